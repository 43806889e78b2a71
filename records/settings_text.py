"""`study.toml` as it is written: every key with a comment for the people who edit it."""

import json
import tomllib
from pathlib import Path

from layouts.geometry import PAPERS
from layouts.sheetcode import MAX_WAVES
from records.settings import LEAST_ASK_BELOW, Retention, Settings, settings_of
from records.wholefiles import write_whole
from scan.thresholds import Thresholds


def check_settings(settings: Settings, name: str) -> None:
    """Check settings before they are written.

    Parameters
    ----------
    settings : Settings
        As the program made them up from what somebody asked for.
    name : str
        What messages call them.

    Raises
    ------
    FaultyFileError
        With every fault that reading them back would find.
    """
    settings_of(tomllib.loads(settings_text(settings)), name)


def write_settings(path: Path, settings: Settings) -> None:
    """Write `study.toml` with a comment above every key, whole or not at all."""
    write_whole(path, settings_text(settings).encode())


def settings_text(settings: Settings) -> str:
    """Lay out `study.toml` for people."""
    definitions = (
        '# definitions = "definitions"'
        if settings.definitions is None
        else f"definitions = {_quoted(settings.definitions.as_posix())}"
    )
    limits = [f"{_quoted(name)} = {float(limit)!r}" for name, limit in settings.thresholds.items()]
    return _TEMPLATE.format(
        title=_quoted(settings.title),
        language=_quoted(settings.language),
        paper=_quoted(settings.paper),
        papers=", ".join(sorted(PAPERS)),
        domains=_listed(settings.domains),
        waves=_listed(settings.waves),
        most_waves=MAX_WAVES,
        definitions=definitions,
        sealed=_sealed_text(settings.sealed_to),
        thresholds="".join(f"{line}\n" for line in limits),
        wave_days="".join(f"{_quoted(name)} = {n}\n" for name, n in settings.wave_days.items()),
        retention=_retention_text(settings.retention),
        ask_below=Thresholds().ask_below,
        least=LEAST_ASK_BELOW,
    )


_TEMPLATE = """\
# A wamforms study. Any text editor will do; keep the quotation marks.

# What the study is called, on print lists and in tables.
title = {title}

# Language of the forms where the caseload names none.
language = {language}

# Paper in the printer: {papers}.
paper = {paper}

# Domains of this study; each needs a questionnaire of the same name.
domains = {domains}

# Measurement occasions in order, at most {most_waves}. Printed forms hold the position
# in this list: rename if you like, add at the end, never reorder.
waves = {waves}

# Folder with questionnaires of your own, beside this file. Without this line
# the ones that come with the program are used.
{definitions}
{sealed}
# Days after a dyad's first form was printed at which a wave is due, such as
# "exit" = 365. Sheets that come in more than a month before or after are flagged, never
# left out. "start", "+6 months" and "+9 months" are known: 0, 183 and 274.
[wave_days]
{wave_days}
# How many days after it was scanned a sheet is kept: its paper, and its answers and
# pictures. Paper that waits for an audit: audit = true. wamforms retention says what is
# past its date, and lists the paper that may be destroyed.
[retention]
{retention}
# When a person is asked: about every answer whose probability of being what a person
# would read is below ask_below, from {least} (asks least) to 1 (asks about everything).
# docs/what-counts-as-a-mark.md shows marks on each side. Other limits of the mark
# reader may stand here too, by name; leave them out unless you have a reason.
[thresholds]
# ask_below = {ask_below}
{thresholds}"""


def _sealed_text(public: tuple[str, ...]) -> str:
    if not public:
        return ""
    return (
        "\n# Public research keys, chosen when the study was made and for good: what clients\n"
        "# answer is readable only with a secret key that belongs to one of them.\n"
        f"sealed_to = {_listed(public)}\n"
    )


def _retention_text(chosen: Retention) -> str:
    """Write what is decided, and as comments what is not."""
    days = {"paper_days": (chosen.paper_days, 183), "data_days": (chosen.data_days, 3653)}
    lines = [
        f"# {name} = {example}\n" if value is None else f"{name} = {value}\n"
        for name, (value, example) in days.items()
    ]
    return "".join([*lines, "audit = true\n" if chosen.audit else "# audit = true\n"])


def _quoted(text: str) -> str:
    """Write a TOML string; JSON's differs from it only in the DEL character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _listed(names: tuple[str, ...]) -> str:
    return "[" + ", ".join(_quoted(name) for name in names) + "]"
