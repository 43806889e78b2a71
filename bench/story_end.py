"""The end of the simulated study: what came late, what leaves the study, and the proof."""

import csv
from pathlib import Path

from bench.story_audit import audited
from bench.story_plot import WAVES
from bench.story_scene import FAILED, MAYBE, REFUSED, STUDY, WORKERS, Story, settle
from bench.story_tables import differences, overshown
from bench.story_terminal import StoryError
from layouts.errors import ExitCode


def close(story: Story) -> None:
    """Tell the end, and hold the tables against the truth."""
    story.type.tell("## The end")
    _late(story)
    _from_a_drawer(story)
    audited(story)
    _for_research(story)
    _for_professionals(story)
    story.type("check", STUDY, show="said")
    wrong = differences(story.plot, story.paper, story.folder / "tables")
    if wrong:
        raise StoryError("\n".join([f"{len(wrong)} cells are not the truth", *wrong[:20]]))
    story.type.tell(
        f"The tables hold {len(story.plot.kept())} forms. Held against what everybody meant, cell"
        " by cell, nothing differs."
    )


def _late(story: Story) -> None:
    late = story.plot.late_from(len(WAVES))
    if late:
        sheets = "1 sheet of the last wave comes" if len(late) == 1 else f"{len(late)} sheets come"
        story.type.tell(f"{sheets} in a month late.")
        story.counted.pages += story.paper.batch(late, story.folder / "late.pdf")
        story.type("scan", STUDY, "late.pdf", *WORKERS, "--json", codes=MAYBE)
        settle(story)


def _from_a_drawer(story: Story) -> None:
    story.type.tell("Paper of somebody who has withdrawn turns up in a drawer, and is refused.")
    gone = next(
        key for key in story.paper.printed if key.dyad == story.plot.leaving[0] and key.wave == 1
    )
    story.paper.batch([gone], story.folder / "drawer.pdf")
    words = ("scan", STUDY, "drawer.pdf", *WORKERS, "--json")
    found = story.type(*words, codes=REFUSED).json
    if [page["became"] for page in found["pages"]] != ["refused"]:
        raise StoryError("paper of somebody who has withdrawn was read")


def _for_research(story: Story) -> None:
    say, type_ = story.type.tell, story.type
    say("The **researcher** gets the tables, with pseudonyms of the recipient's own.")
    type_("export", STUDY, "tables", show="said")
    say("From the same tables come the statistics that studies of dyads publish.")
    done = type_("analyse", "tables", "--out", "statistics", "--json").json
    if done["forms"] != len(story.plot.kept()):
        raise StoryError(f"the statistics are about {done['forms']} forms")
    type_("export", STUDY, "for-utrecht", "--recipient", "Utrecht", "--json")
    pseudonym = _first_cell(story.folder / "for-utrecht" / "forms.csv", "dyad")
    back = type_("whose", STUDY, pseudonym, "--recipient", "Utrecht", "--json").out
    if not any(one.code in back for one in story.plot.dyads):
        raise StoryError("the pseudonym does not lead back")


def _for_professionals(story: Story) -> None:
    say, type_ = story.type.tell, story.type
    say("A **professional** gets what each client allows: talk sheets, and the own caseload.")
    type_("talk", STUDY, "--pdf", "talk.pdf", "--json", codes=(ExitCode.OK, FAILED))
    officer = story.plot.dyads[2].officers[-1]
    words = ("export", STUDY, "for-officer", "--profile", "officer", "--officer", officer)
    type_(*words, show="said")
    told = overshown(story.paper, story.folder / "for-officer")
    if told:
        raise StoryError(f"the officer sees what clients withheld: {told[:5]}")


def _first_cell(path: Path, column: str) -> str:
    with path.open(encoding="utf-8", newline="") as file:
        return next(csv.DictReader(file))[column]
