"""Retention: which paper may be destroyed, and what is kept longer than was decided."""

from collections import Counter
from datetime import date

from starlette.responses import Response

from wamforms.desk.downloads import download
from wamforms.desk.visits import Part, Visit, look
from wamforms.desk.words import N_
from wamforms.tasks.retaining import retained
from wamforms.tasks.shredding_page import piles_of, shredding_pdf

REASONS = {
    "no date is set for paper": N_("no date is set for paper"),
    "its date is not past": N_("its date is not past"),
    "it was not read": N_("it was not read"),
    "a page of the form is missing": N_("a page of the form is missing"),
    "a question about it waits": N_("a question about it waits"),
    "only the research key tells whether a question about it waits": N_(
        "only the research key tells whether a question about it waits"
    ),
    "not backed up since it was read or decided about": N_(
        "not backed up since it was read or decided about"
    ),
    "it is drawn for an audit that is not finished": N_(
        "it is drawn for an audit that is not finished"
    ),
    "no audit is finished yet": N_("no audit is finished yet"),
}


def retention(visit: Visit) -> Response:
    """Show which paper may go, and why the rest may not."""
    found = retained(visit.study, date.today())
    reasons = Counter(reason.value for one in found.paper for reason in one.kept)
    return visit.show(
        "retention.html",
        found=found,
        piles=piles_of(found),
        reasons=reasons.most_common(),
        labels=REASONS,
    )


def shredding(visit: Visit) -> Response:
    """Give the list to sign, as PDF."""
    found = retained(visit.study, date.today())
    return download(shredding_pdf(found), f"shredding-list-{found.on}.pdf")


PART = Part(
    "study",
    (look("/study/retention", retention), look("/study/shredding", shredding)),
)
