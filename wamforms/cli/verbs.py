"""The verbs by name; what one needs is loaded when it is used.

All of them together load half of what is installed, pandas and OpenCV among it, and
who asks for help or for a status would wait for that more than a second.
"""

from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType

import click


class Verb(click.Command):
    """What the list of verbs says of one that is not loaded.

    Parameters
    ----------
    place
        Module of `wamforms.cli` and name in it.
    short_help
        The line in the list.
    """

    def __init__(self, place: str, short_help: str) -> None:
        super().__init__(None, short_help=short_help)
        self.place = place

    def load(self) -> click.Command:
        """Load the verb itself."""
        module, _, name = self.place.partition(":")
        found = getattr(import_module(f"wamforms.cli.{module}"), name)
        if not isinstance(found, click.Command):
            raise TypeError(f"{self.place} is no command")
        return found


class Verbs(click.Group):
    """A list of verbs of which only the one that is used is loaded."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Load the verb that was typed; help and completion go by the list alone."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, command.load() if isinstance(command, Verb) else command, rest


VERBS: Mapping[str, Verb] = MappingProxyType(
    {
        "init": Verb("study_commands:init", "Make a study in a new folder."),
        "enrol": Verb("enrol_command:enrol", "Enrol dyads from a list or one by one."),
        "keylist": Verb("keylist_command:keylist", "Keep names and codes in a file of their own."),
        "print": Verb("form_commands:print_", "Print the forms of a wave."),
        "scan": Verb("scan_command:scan", "Read scanned forms."),
        "watch": Verb("watch_command:watch", "Scan whatever comes into a folder."),
        "reconcile": Verb("reconcile_command:reconcile_", "Add up what became of a batch."),
        "due": Verb("due_command:due", "Show who is due, overdue and half in."),
        "missing": Verb("due_command:missing", "Hold the print list against the scans."),
        "status": Verb("study_commands:status", "Show what is printed, in, waiting and missing."),
        "settle": Verb("settle_command:settle", "Answer what the reader left open."),
        "desk": Verb("desk_command:desk", "Open the study in the browser."),
        "export": Verb("export_command:export", "Write the tables for whoever receives them."),
        "researcher-key": Verb("sealing_commands:researcher_key", "Make a researcher's keys."),
        "unseal": Verb("sealing_commands:unseal_", "Open an encrypted export."),
        "audit": Verb("audit_command:audit", "Prove how accurate the answers are."),
        "analyse": Verb("analyse_command:analyse", "Compute the statistics."),
        "talk": Verb("talk_command:talk", "Make one-page sheets to talk over."),
        "layout": Verb("form_commands:layout", "Show where everything stands on a form."),
        "demo": Verb("demo_command:demo", "Print, fill, scan and score an invented study."),
        "doctor": Verb("doctor_command:doctor", "Check this computer, and a study."),
        "check": Verb("safety_commands:check", "Verify a study and its log."),
        "backup": Verb("safety_commands:backup", "Copy a study to a safe place, verified."),
        "restore": Verb("safety_commands:restore", "Make a study from a backup."),
        "passphrase": Verb(
            "passphrase_command:passphrase", "Change the passphrase of an encrypted study."
        ),
        "retention": Verb(
            "retention_command:retention", "List paper to destroy and what is past its date."
        ),
        "forget": Verb("forget_command:forget_", "Remove everything of a dyad."),
        "whose": Verb("whose_command:whose_", "Trace a recipient's pseudonym back."),
    }
)
