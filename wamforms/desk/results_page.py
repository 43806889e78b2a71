"""Results: factor tables and profiles, each value one step from the paper."""

from starlette.responses import Response

from wamforms.desk.charts import Chart, chart
from wamforms.desk.visits import Part, Visit, look
from wamforms.desk.words import N_
from wamforms.tasks.profiles import profile_of
from wamforms.tasks.results import FactorLine, FactorMeans, Wanted, audience_named, results_of

AUDIENCES = (
    ("administrator", N_("me alone")),
    ("officer", N_("the professional")),
    ("team", N_("the team")),
)
"""Who looks along: what clients do not let them see is not on the page either."""

SHOWN_DYADS = 100
"""Rows of one page: more are slow to draw and nobody reads them."""


def results(visit: Visit) -> Response:
    """Show one wave of one domain: factors over dyads, and dyad by dyad."""
    audience = audience_named(visit.query.get("for", ""))
    domain, _, wave = visit.query.get("group", "").rpartition("/")
    officer = visit.query.get("officer") or None
    number = int(wave) if wave.isdecimal() else None
    wanted = Wanted(domain or None, number, officer, audience, visit.words.language)
    found = results_of(visit.study, wanted)
    start = min(_whole(visit.query.get("from", "")), max(len(found.dyads) - 1, 0))
    return visit.show(
        "results.html",
        found=found,
        officer=officer or "",
        audience=audience.value,
        audiences=AUDIENCES,
        start=start,
        page=found.dyads[start : start + SHOWN_DYADS],
        after=start + SHOWN_DYADS if start + SHOWN_DYADS < len(found.dyads) else 0,
        before=max(start - SHOWN_DYADS, 0),
        drawn=lambda one: _means_drawn(one, found.lowest, found.highest),
    )


def dyad(visit: Visit) -> Response:
    """Show everything of one dyad."""
    audience = audience_named(visit.query.get("for", ""))
    code = visit.path["dyad"]
    found = profile_of(visit.study, code, visit.words.language, audience)
    return visit.show(
        "dyad.html",
        found=found,
        code=code,
        audience=audience.value,
        audiences=AUDIENCES,
        drawn=lambda one, before: (
            _drawn(one, before, found.lowest, found.highest) if found else None
        ),
    )


def find(visit: Visit) -> Response:
    """Go to the dyad whose code somebody typed."""
    return visit.go(f"/results/{visit.query.get('code', '').strip() or '-'}")


def _whole(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _drawn(line: FactorLine, before: FactorLine | None, lowest: int, highest: int) -> Chart:
    then = {} if before is None else {role: one.score for role, one in before.scores.items()}
    return chart(lowest, highest, {role: one.score for role, one in line.scores.items()}, then)


def _means_drawn(line: FactorMeans, lowest: int, highest: int) -> Chart:
    return chart(lowest, highest, {role: one.value for role, one in line.means.items()})


PART = Part(
    "results",
    (look("/results", results), look("/find", find), look("/results/{dyad}", dyad)),
    N_("Results"),
)
