"""How the command line speaks: results on stdout, everything else on stderr."""

import json
import os
import re
import shlex
import sys
from collections.abc import Iterable
from dataclasses import asdict, is_dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from wamforms.tasks.page_lines import PageLine

if TYPE_CHECKING:
    from rich.progress import Progress as Bar
    from rich.progress import TaskID

_PLAIN = re.compile(r"[\w@%+=:,./-]+")
"""What a shell takes as it is; unlike `shlex`, letters of every language."""

quiet = click.option("--quiet", "-q", is_flag=True, help="Say only what went wrong.")
as_json = click.option("--json", "as_json", is_flag=True, help="Give the result as JSON on stdout.")
study_folder = click.argument(
    "study", metavar="STUDY", type=click.Path(path_type=Path, file_okay=False)
)


def say(text: str = "") -> None:
    """Tell people something; never on stdout, which is for results."""
    click.echo(text, err=True)


def typed(path: Path) -> str:
    """Write a path as it is typed into a shell: in quotation marks if it holds a space."""
    text = str(path)
    if os.name == "nt":
        return f'"{text}"' if " " in text else text
    return text if _PLAIN.fullmatch(text) else shlex.quote(text)


def counted(count: int, noun: str) -> str:
    """Count something whose plural ends in s."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def next_step(text: str) -> None:
    """End a command by naming the one that usually follows."""
    say(click.style("Next: ", bold=True) + text)


def give_json(result: object) -> None:
    """Write a result as JSON on stdout."""
    click.echo(json.dumps(_plain(result), ensure_ascii=False, indent=2))


def table(rows: Iterable[tuple[str, ...]]) -> None:
    """Write rows of text in columns, on stderr."""
    listed = list(rows)
    if not listed:
        return
    widths = [max(len(row[column]) for row in listed) for column in range(len(listed[0]))]
    for row in listed:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        say("  " + "   ".join(cells).rstrip())


def _plain(value: object) -> Any:  # noqa: ANN401 - JSON has no narrower type
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, Path):
        return str(value)
    return value


class PageBar:
    """A progress bar on a terminal, silence anywhere else."""

    def __init__(self, total: int | None, *, shown: bool) -> None:
        self._total = total
        self._shown = shown and sys.stderr.isatty()
        self._bar: Bar | None = None
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        if self._shown:
            # rich takes 60 ms to load; a command in a pipe must not pay for it.
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

            self._bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                MofNCompleteColumn(),
                console=Console(stderr=True),
            )
            self._bar.start()
            self._task = self._bar.add_task("reading", total=self._total)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def page_done(self, line: PageLine) -> None:
        """Move on by one page and name it."""
        self.step(line.source)

    def step(self, text: str) -> None:
        """Move on by one and say what is being done."""
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, advance=1, description=text)
