"""The command line as its three users type it, with what it answered, for the story."""

import contextlib
import io
import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import fill
from typing import Any
from unittest.mock import patch

from wamforms.cli.start import run

PAGE_WIDTH = 100

MOST_LINES = 16
"""Lines of an answer that the page shows."""

_HASH = re.compile(r"\b([0-9a-f]{4})[0-9a-f]{8,60}\b")
_NUMBERED = re.compile(r"\b\d+:(?=[0-9a-f]{4}\.\.\.)")


@dataclass(frozen=True, slots=True)
class Told:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:  # noqa: ANN401 - JSON has no narrower type
        """Its result."""
        return json.loads(self.out)


class StoryError(Exception):
    """The program did something else than the story says."""


@dataclass(slots=True)
class Terminal:
    """A folder in which commands are typed, and the page that is written about them.

    Attributes
    ----------
    page
        Lines of Markdown so far.
    """

    folder: Path
    page: list[str] = field(default_factory=list)

    def __call__(
        self, *words: str | Path, codes: Sequence[int] = (0,), show: str = "", typed: str = ""
    ) -> Told:
        """Run a command that must end with one of some exit codes.

        Parameters
        ----------
        show
            What of it comes onto the page: `said`, `json` or nothing.
        typed
            What the person answers while it runs, a line each.
        """
        arguments = [str(word) for word in words]
        out, err = io.StringIO(), io.StringIO()
        with (
            contextlib.chdir(self.folder),
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
            patch("sys.stdin", io.StringIO(typed)),
        ):
            told = Told(run(arguments), out.getvalue(), err.getvalue())
        if told.code not in codes:
            line = shlex.join(["wamforms", *arguments])
            raise StoryError(f"{line} ended with {told.code}, not {codes}:\n{told.err}")
        if show:
            self._show(arguments, told, show)
        return told

    def tell(self, text: str) -> None:
        """Write a paragraph onto the page."""
        self.page += [fill(text, PAGE_WIDTH, break_on_hyphens=False), ""]

    def _show(self, arguments: list[str], told: Told, show: str) -> None:
        typed = shlex.join(["wamforms", *arguments])
        answer = told.out if show == "json" else told.err
        lines = [_steady(line).rstrip() for line in answer.strip("\n").splitlines()]
        lines = [line for line in lines if not line.startswith("Next: ")]
        if len(lines) > MOST_LINES:
            lines = [*lines[: MOST_LINES - 2], f"... {len(lines) - MOST_LINES + 2} more lines"]
        self.page += ["```text", f"$ {_shortened(typed)}", *lines, "```", ""]


def _steady(line: str) -> str:
    """Shorten what is never the same: digests, heads of logs, seconds, room on the disk."""
    line = re.sub(r"\b\d+ MB free", "70000 MB free", line)
    line = re.sub(r"T\d\d:\d\d:\d\d\+", "T09:00:00+", line)
    line = _HASH.sub(r"\1...", line)
    line = _NUMBERED.sub("", line)
    return re.sub(r"\b[0-9a-f]{4}\.\.\.", "9f6c...", line)


def _shortened(typed: str) -> str:
    """Show the first two decisions of a long list."""
    words = typed.split(" --decide ")
    return typed if len(words) <= 3 else " --decide ".join(words[:3]) + " ..."
