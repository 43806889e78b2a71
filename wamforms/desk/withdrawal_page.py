"""Withdrawal: everything of a dyad leaves the study, after its code was typed twice."""

from starlette.responses import Response

from layouts.dyadcode import parse_dyad_code, shown
from layouts.errors import UsageError
from wamforms.desk.scan_page import stacks_of
from wamforms.desk.study_page import forget_lists
from wamforms.desk.visits import Part, Visit, act, look
from wamforms.desk.words import N_
from wamforms.tasks.forgetting import forget, held_of

WHAT = (
    ("prints", N_("Printed forms")),
    ("pages", N_("Scanned pages")),
    ("pictures", N_("Pictures")),
    ("decisions", N_("Decisions of people")),
)
"""What is counted before and after."""


def ask(visit: Visit) -> Response:
    """Ask for a code, and show what the study holds of it; nothing changes by it."""
    typed = visit.query.get("code", "").strip()
    if not typed:
        return visit.show("withdrawal.html", code="", held=None, done=None, what=WHAT)
    code = parse_dyad_code(typed)
    held = held_of(visit.study, code)
    return visit.show("withdrawal.html", code=shown(code), held=held, done=None, what=WHAT)


def withdraw(visit: Visit) -> Response:
    """Remove everything of a dyad whose code was typed again."""
    code = parse_dyad_code(visit.form.get("code", ""))
    again = visit.form.get("again", "").strip()
    if not again or parse_dyad_code(again) != code:
        raise UsageError(
            "the code that was typed again is another one",
            advice="Compare both with the form; nothing was removed.",
        )
    by = visit.by
    with stacks_of(visit.desk).alone():
        done = forget(visit.study, code, by=by)
    stacks_of(visit.desk).forget(shown(code))
    forget_lists(visit.desk)
    return visit.show("withdrawal.html", code=shown(code), held=None, done=done, what=WHAT)


PART = Part("study", (look("/study/withdrawal", ask), act("/study/withdrawal", withdraw)))
