"""What the columns of the tables mean, in words; every word that a closed column may hold."""

from collections.abc import Mapping

from layouts.model import Role
from output.consent import CONSENT_COLUMNS
from output.quality import Flag
from output.remarks import Where
from output.scoring import ScoreState
from output.sheets import (
    CODE_ROUTES,
    DATE_STATUSES,
    DOUBTS,
    MISSING_LABELS,
    NOTES,
    STATUSES,
    FormStanding,
    Missing,
)
from scan.date_reading import DateDoubt
from scan.results import Status

ALL_MISSING = "codes " + "; ".join(f"{code.value}={MISSING_LABELS[code]}" for code in Missing)
"""Every code of a value that is not there."""

LABELS = {
    "dyad": "code of the dyad as printed on the form",
    "domain": "domain of the questionnaire",
    "role": "who filled in the form",
    "item": "item of the questionnaire",
    "value": "answer as printed, reverse-keyed items not turned round",
    "status": "where the answer comes from",
    "doubt": "why a person had to look, also after it was settled",
    "fill": "ink in the answered bubble, or in the darkest one: 0 none, 1 as dark as print",
    "probability": "how sure the reader was that a person would say the same: 0 to 1",
    "source": "scanned file and page in it",
    "page": "page of the form",
    "missing": "why there is no value; empty where there is one",
    "points": "number of answers to choose from; never mix scores of different ones",
    "language": "language of the form",
    "version": "version of the questionnaire as printed",
    "fingerprint": "fingerprint of the form as printed",
    "serial": "number of the print; several where pages of several prints were used",
    "officer": "code of the professional at the time of printing",
    "sources": "scanned files and pages in them",
    "pages": "pages scanned",
    "pages_printed": "pages the form has",
    "notes": "what was unusual about the scan",
    "standing": "how several scans of the form stand to each other",
    "scale": "printed size against the nominal one, of the page furthest from 1",
    "residual_mm": "largest distance of a marker or tick from its expected place, in mm",
    "code_route": "how it became known which form each page is of",
    "filled_on": "date on the form, year-month-day; only photocopied forms ask for one",
    "filled_on_status": "where the date comes from; doubt: it waits for a person",
    "filled_on_doubt": "why a person had to look at the date, also after it was settled",
    **{name: label for name, (label, _) in CONSENT_COLUMNS.items()},
    "factor": "factor of the questionnaire",
    "score": "factor score",
    "score_100": "factor score from 0 to 100, whatever the number of answers to choose from",
    "answered": "items of the factor with a value",
    "items": "items of the factor",
    "state": "why there is a score, or none",
    "flag": "why the sheet deserves a second look",
    "detail": "what was seen",
    "remark": "number of the remark on its page",
    "where": "in the form's box for it, or outside the fields, where it may be a stain, too",
    **{f"{edge}_mm": f"{edge} of the remark on the paper" for edge in ("left", "top")},
    **{f"{size}_mm": f"{size} of the remark" for size in ("width", "height")},
    "n": "dyads behind the figure",
    "mean": "mean of the factor scores",
    "sd": "standard deviation of the factor scores",
    "mean_100": "mean from 0 to 100, whatever the number of answers to choose from",
    "mean_difference": "mean of professional minus client",
    "mean_absolute_difference": "mean size of the difference, whoever scored higher",
    "compares": "whether both people were asked about one construct",
    "forms_in": "forms that came back",
    "suppressed": "why there is no figure; empty where there is one",
    "role_code": "client -1, professional 1",
    "key": "+1, or -1 where agreement lowers the factor: the answer is turned round",
    "lowest": "smallest number of an answer",
    "highest": "largest number of an answer",
    "minimum_share": "share of a factor's items that must be answered for a score",
    "picture": "file of the study folder that shows it; pictures are not exported unasked",
}
"""What a column means, in whichever table it stands."""

COUNTED = {one.value: f"number of items with status {one}" for one in Status}
"""What the columns of `forms.csv` mean that are named after a status."""

CLOSED: Mapping[str, tuple[str, ...]] = {
    "role": tuple(Role),
    "status": STATUSES,
    "standing": tuple(FormStanding),
    "filled_on_status": DATE_STATUSES,
    "filled_on_doubt": tuple(DateDoubt),
    **{name: words for name, (_, words) in CONSENT_COLUMNS.items()},
    "state": tuple(ScoreState),
    "flag": tuple(Flag),
    "where": tuple(Where),
}
"""Every word of the columns that hold one word of a settled list, or none."""

VOCABULARIES = {
    **{name: "; ".join(words) for name, words in CLOSED.items()},
    "doubt": "; ".join(DOUBTS),
    "notes": "; ".join(NOTES),
    "code_route": "; ".join(CODE_ROUTES),
    "missing": ALL_MISSING,
}
"""Every word a column may hold, where that is settled; some columns hold several of them."""

COLUMN_NOTES = {
    "status": "doubt waits for a person and has no value; settled was decided by a person",
    "standing": "again: scanned again with the same answers; chosen: a person chose between"
    " scans; conflict: scans differ and wait for a person, no answer has a value",
    "flag": "a flag points at a sheet of paper; no answer is left out because of it",
    "dyad": "random, says nothing about anybody",
    "probability": "of the reading, or of the likeliest answer where a person had to look;"
    " empty for pages read by a version that did not keep it",
}

OWN_ROWS = {
    ("answers_long.csv", "value"),
    ("factor_scores.csv", "score"),
}
"""Columns whose description hangs on the instrument."""
