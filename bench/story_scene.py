"""What every act of the simulated study has: the stage, and the person who settles doubts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.story_paper import Paper
from bench.story_plot import Key, Plot
from bench.story_terminal import StoryError, Terminal
from layouts.errors import ExitCode
from layouts.model import ItemId, Role
from wamforms.practice.people import TruthKind

STUDY = "study"

WORKERS = ("--workers", "0")
"""Starting processes takes longer than reading a pile of a short story."""

MAYBE = (ExitCode.OK, ExitCode.DOUBTS_WAIT)
SUMS = (*MAYBE, ExitCode.PAGES_REFUSED)
REFUSED = (ExitCode.PAGES_REFUSED,)
FAILED = ExitCode.CHECKS_FAILED


@dataclass(slots=True)
class Counted:
    """What the story counts on its way."""

    pages: int = 0
    asked: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


@dataclass(slots=True)
class Story:
    """The story while it is told."""

    plot: Plot
    paper: Paper
    type: Terminal
    counted: Counted

    @property
    def folder(self) -> Path:
        """Where everything happens."""
        return self.type.folder


def settle(story: Story) -> None:
    """Let a person answer everything that waits, by looking at the paper."""
    say, type_ = story.type.tell, story.type
    waiting = type_(*("settle", STUDY, "--list", "--json"), codes=MAYBE).json
    rows = "1 row waits" if len(waiting) == 1 else f"{len(waiting)} rows wait"
    say(f"{rows} for a person, who looks at each and decides.")
    if not waiting:
        return
    story.counted.asked += len(waiting)
    words = [word for one in waiting for word in ("--decide", _decision(story, one))]
    type_("settle", STUDY, "--by", "AB", *words, show="said")


def _decision(story: Story, question: Mapping[str, object]) -> str:
    if question["kind"] != "item":
        raise StoryError(f"the story has no such question: {question}")
    key = Key(str(question["dyad"]), Role(str(question["role"])), int(str(question["wave"])))
    truth = story.paper.truth(key, ItemId(str(question["item"])))
    is_several = truth.kind is TruthKind.SEVERAL
    answer = "several" if is_several else "blank" if truth.value is None else str(truth.value)
    return f"{key.dyad}/{key.role}/{key.wave}/{truth.item}={answer}"
