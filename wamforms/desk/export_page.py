"""Hand out: tables for those who may have them, and sheets to talk over."""

from starlette.responses import Response

from wamforms.desk.downloads import download
from wamforms.desk.visits import Part, Visit, act, look
from wamforms.desk.words import N_
from wamforms.tasks.enrol_lists import choices_of
from wamforms.tasks.handing_out import export_zip, talk_pdf

PROFILES = (
    (
        "research",
        N_("Research"),
        N_("All answers and scores in every format, with codebook; consent is a column."),
    ),
    (
        "team",
        N_("The team"),
        N_("Figures of groups only, none of fewer than five dyads."),
    ),
    (
        "officer",
        N_("One professional"),
        N_("The professional's own caseload, and of each client what the client allows."),
    ),
)


def export(visit: Visit) -> Response:
    """Ask who receives the tables."""
    choices = choices_of(visit.study)
    return visit.show("export.html", profiles=PROFILES, choices=choices)


def give_tables(visit: Visit) -> Response:
    """Make the tables and give them as one file."""
    names = ("profile", "officer", "recipient")
    profile, officer, recipient = (visit.form.get(name, "").strip() for name in names)
    made = export_zip(visit.study, profile, officer, recipient)
    return download(made.data, made.name)


def give_talk_sheet(visit: Visit) -> Response:
    """Make the sheet of one dyad to talk over."""
    made = talk_pdf(visit.study, visit.path["dyad"])
    return download(made.data, made.name)


PART = Part(
    "results",
    (
        look("/export", export),
        act("/export", give_tables),
        act("/talk/{dyad}", give_talk_sheet),
    ),
)
