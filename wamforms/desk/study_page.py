"""Study: who is due, what is not back, and who takes part."""

from datetime import date

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from layouts.errors import WamError
from wamforms.desk.downloads import download
from wamforms.desk.sessions import Session
from wamforms.desk.visits import (
    Desk,
    Part,
    Visit,
    act,
    look,
    receive,
    told_error,
    words_for,
)
from wamforms.desk.words import N_
from wamforms.tasks.due import due_list, prints_against_scans
from wamforms.tasks.due_files import SHOWN, due_calendar, due_pdf
from wamforms.tasks.enrol_lists import (
    LIST_BYTES,
    EnrolledList,
    change_dyad,
    choices_of,
    enrol_list,
    enrol_new,
)
from wamforms.tasks.enrolling import EnrolledDyad

STATES = {
    "overdue": N_("overdue"),
    "half in": N_("half in"),
    "due": N_("due"),
    "later": N_("later"),
    "no day set": N_("no day set"),
    "complete": N_("complete"),
}

CLOCKS = {
    "date on the first form": N_("date on the first form"),
    "first scan": N_("first scan"),
    "enrolment, as no form is in": N_("enrolment, as no form is in"),
}

TOO_LARGE = N_("the list is too large")

LISTS = "enrolled lists"
"""Name of the service that keeps the last list of each session until the desk ends."""


def due(visit: Visit) -> Response:
    """Show who is due."""
    officer = visit.query.get("officer") or None
    found = due_list(visit.study, date.today(), officer)
    return visit.show(
        "due.html",
        found=found,
        lines=[one for one in found.lines if one.state in SHOWN],
        undated=list(dict.fromkeys(o.label for o in found.lines if o.state == "no day set")),
        officer=officer or "",
        choices=choices_of(visit.study),
        states=STATES,
        clocks=CLOCKS,
    )


def checklist(visit: Visit) -> Response:
    """Give a checklist for each officer, as PDF."""
    found = due_list(visit.study, date.today(), visit.query.get("officer") or None)
    return download(due_pdf(found), f"checklist-{found.on}.pdf")


def calendar(visit: Visit) -> Response:
    """Give an event for each wave that is not complete, as a calendar file."""
    found = due_list(visit.study, date.today(), visit.query.get("officer") or None)
    return download(due_calendar(found), f"waves-{found.on}.ics")


def missing(visit: Visit) -> Response:
    """Show what was printed and is not back."""
    return visit.show("missing.html", found=prints_against_scans(visit.study, date.today()))


def enrol(visit: Visit) -> Response:
    """Show how dyads are enrolled, and what became of the last list."""
    return visit.show(
        "enrol.html",
        choices=choices_of(visit.study),
        done=_lists(visit.desk).get(visit.session.id),
        told=visit.query.get("told", ""),
        code=visit.query.get("code", ""),
    )


def enrol_dyad(visit: Visit) -> Response:
    """Enrol one dyad."""
    values = [visit.form.get(name, "").strip() for name in ("edition", "officer", "notes")]
    return _enrolled(visit, enrol_new(visit.study, *values))


def change(visit: Visit) -> Response:
    """Change what is said of a dyad."""
    names = ("code", "language", "officer", "notes")
    values = [visit.form.get(name, "").strip() for name in names]
    return _enrolled(visit, change_dyad(visit.study, *values))


def _enrolled(visit: Visit, one: EnrolledDyad) -> Response:
    what = "new" if one.is_new else "changed" if one.is_changed else "same"
    return visit.go(f"/study/enrol?told={what}&code={one.dyad}")


async def take_list(request: Request, desk: Desk, session: Session) -> Response:
    """Enrol a list that was dropped on the page."""
    speech = words_for(request, session)
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > LIST_BYTES:
            return JSONResponse({"error": speech(TOO_LARGE), "advice": ""}, 413)
    name = request.query_params.get("name", "")
    try:
        done = await desk.door.within(lambda study: enrol_list(study, name, bytes(body)))
    except WamError as error:
        return JSONResponse(told_error(speech, error), 409)
    _lists(desk)[session.id] = done
    return JSONResponse({"go": "/study/enrol"})


def with_codes(visit: Visit) -> Response:
    """Give the last list of this session with every code."""
    done = _lists(visit.desk).get(visit.session.id)
    if done is None:
        return visit.go("/study/enrol")
    return download(done.with_codes, done.name)


def _lists(desk: Desk) -> dict[str, EnrolledList]:
    found: _Lists = desk.services.setdefault(LISTS, _Lists())
    return found


def forget_lists(desk: Desk) -> None:
    """Forget the lists of every session: somebody on them has withdrawn."""
    _lists(desk).clear()


class _Lists(dict[str, EnrolledList]):
    """The last list of each session."""

    def close(self) -> None:
        """Forget them all, as the desk ends."""
        self.clear()


PART = Part(
    "study",
    (
        look("/study", due),
        look("/study/checklist", checklist),
        look("/study/calendar", calendar),
        look("/study/missing", missing),
        look("/study/enrol", enrol),
        act("/study/enrol", enrol_dyad),
        act("/study/change", change),
        receive("/study/list", take_list),
        look("/study/list", with_codes),
    ),
    N_("Study"),
)
