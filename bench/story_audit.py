"""The audit of the simulated study: rows are drawn, read blind from the paper, and compared."""

from bench.story_plot import Key
from bench.story_scene import MAYBE, STUDY, Story
from bench.story_terminal import StoryError
from layouts.dyadcode import shown
from records.study import open_study
from wamforms.practice.people import TruthKind
from wamforms.tasks.auditing import KeyQuestion, to_key

READER = "EF"
"""Somebody who has not settled the doubts."""


def audited(story: Story) -> None:
    """Prove how accurate the answers are, as a third person."""
    say, type_ = story.type.tell, story.type
    say(
        "Before anything is handed out, somebody who settled nothing reads a sample from the paper,"
        " without seeing what the study has."
    )
    bound = ("--bound", "10%", "--readers", "1")
    type_("audit", STUDY, "plan", *bound, show="said")
    dice = ("--seed", "4 1 6 2 2 5 3 6 1 4", "--seed-from", "ten dice, thrown by EF")
    type_("audit", STUDY, "draw", *bound, *dice, "--by", READER, "--json", codes=MAYBE)
    with open_study(story.folder / STUDY) as study:
        questions = to_key(study, study.store.audit(None), READER)
    read = "".join(f"{_read(story, one)}\n" for one in questions)
    type_("audit", STUDY, "key", "--by", READER, "--paper", "--json", typed=read)
    found = type_("audit", STUDY, "result", "--pdf", "certificate.pdf", "--json", show="said").json
    if found["wrong"] or not found["is_met"]:
        raise StoryError(f"the audit finds {found['wrong']}")


def _read(story: Story, question: KeyQuestion) -> str:
    """Type what stands on the paper."""
    code = question.page.code
    if code is None:
        raise StoryError(f"page {question.page.id} was drawn, and never read")
    truth = story.paper.truth(Key(shown(code.dyad), code.role, code.wave), question.item)
    if truth.kind is TruthKind.SEVERAL:
        return "m"
    return "0" if truth.value is None else str(truth.value)
