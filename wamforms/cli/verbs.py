"""The verbs by name; what one needs is loaded when it is used.

All of them together load half of what is installed, pandas and OpenCV among it, and
who asks for help or for a status would wait for that more than a second.
"""

from importlib import import_module

import click


class Verb(click.Command):
    """What the list of verbs says of one that is not loaded.

    Parameters
    ----------
    typed
        Its name.
    place
        Module of `wamforms.cli` and name in it.
    short_help
        The line in the list.
    """

    def __init__(self, typed: str, place: str, short_help: str) -> None:
        super().__init__(typed, short_help=short_help)
        self.typed = typed
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


VERBS = (
    Verb("init", "study_commands:init", "Make a study in a new folder."),
    Verb("enrol", "enrol_command:enrol", "Enrol dyads from a list or one by one."),
    Verb("keylist", "keylist_command:keylist", "Keep names and codes in a file of their own."),
    Verb("print", "form_commands:print_", "Print the forms of a wave."),
    Verb("scan", "scan_command:scan", "Read scanned forms."),
    Verb("watch", "watch_command:watch", "Scan whatever comes into a folder."),
    Verb("reconcile", "reconcile_command:reconcile_", "Add up what became of a batch."),
    Verb("due", "due_command:due", "Show who is due, overdue and half in."),
    Verb("missing", "due_command:missing", "Hold the print list against the scans."),
    Verb("status", "study_commands:status", "Show what is printed, in, waiting and missing."),
    Verb("settle", "settle_command:settle", "Answer what the reader left open."),
    Verb("desk", "desk_command:desk", "Open the study in the browser."),
    Verb("export", "export_command:export", "Write the tables for whoever receives them."),
    Verb("researcher-key", "sealing_commands:researcher_key", "Make a researcher's keys."),
    Verb("unseal", "sealing_commands:unseal_", "Open an encrypted export."),
    Verb("audit", "audit_command:audit", "Prove how accurate the answers are."),
    Verb("analyse", "analyse_command:analyse", "Compute the statistics."),
    Verb("talk", "talk_command:talk", "Make one-page sheets to talk over."),
    Verb("layout", "form_commands:layout", "Show where everything stands on a form."),
    Verb("demo", "demo_command:demo", "Print, fill, scan and score an invented study."),
    Verb("doctor", "doctor_command:doctor", "Check this computer, and a study."),
    Verb("check", "safety_commands:check", "Verify a study and its log."),
    Verb("backup", "safety_commands:backup", "Copy a study to a safe place, verified."),
    Verb("restore", "safety_commands:restore", "Make a study from a backup."),
    Verb(
        "passphrase",
        "passphrase_command:passphrase",
        "Change the passphrase of an encrypted study.",
    ),
    Verb(
        "retention",
        "retention_command:retention",
        "List paper to destroy and what is past its date.",
    ),
    Verb("forget", "forget_command:forget_", "Remove everything of a dyad."),
    Verb("whose", "whose_command:whose_", "Trace a recipient's pseudonym back."),
)
