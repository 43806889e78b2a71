"""Words of the study that pages show as they are stored, so that catalogues know them."""

from wamforms.desk.words import N_

ROLES = (N_("client"), N_("professional"))

SCORE_STATES = (
    N_("scored"),
    N_("waits for a person"),
    N_("page missing"),
    N_("too few answered"),
    N_("withheld by consent"),
)

STATUSES = (N_("read"), N_("corrected"), N_("blank"), N_("doubt"), N_("settled"))

MARKS = (N_("empty"), N_("trace"), N_("faint"), N_("marked"), N_("solid"))

DOUBTS = (
    N_("faint mark"),
    N_("nearly blank"),
    N_("several marks"),
    N_("unclear correction"),
    N_("ink on or around the outline"),
    N_("unlike the other marks"),
    N_("two scans differ"),
    N_("a second look differs"),
)

MEANINGS = (N_("value"), N_("blank"), N_("several"), N_("unreadable"), N_("withdrawn"))

STANDINGS = (N_("first"), N_("duplicate"), N_("again"), N_("conflict"))

ROUTES = (
    N_("first code"),
    N_("second code"),
    N_("code elsewhere on the page"),
    N_("rest of the code and printed text"),
    N_("printed text"),
    N_("filled in by hand"),
    N_("typed by a person"),
    N_("not recorded"),
)

NOTES = (
    N_("printed or scanned away from 100 %"),
    N_("one corner marker missing"),
    N_("read without its corner markers"),
    N_("timing ticks missing on one side"),
    N_("first page code unreadable"),
    N_("streak through the answers taken off"),
    N_("light print or pale scan"),
    N_("scanned below 150 dpi"),
    N_("scanned in black and white"),
    N_("remark in its box"),
    N_("remark outside the fields"),
)

CONSENTS = (N_("all answers"), N_("factor scores"), N_("nothing"), N_("not asked"))

REFUSED = (N_("refused"),)
"""How the reason begins that lies beside a file in `problem`."""

LINES = (N_("line {number}"),)
"""How `sentences` names a line of a list."""

TERMS = frozenset(
    (
        *(*ROLES, *SCORE_STATES, *STATUSES, *MARKS, *DOUBTS, *MEANINGS, *STANDINGS),
        *(*ROUTES, *NOTES, *CONSENTS),
    )
)
"""All of them; a test holds them against the choices themselves."""
