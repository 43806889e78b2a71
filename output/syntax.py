"""The reader for SPSS: syntax that loads the tables of dyads and computes every score again."""

from collections.abc import Iterator, Mapping

from output.pairs import PREFIXES
from output.sheets import Missing
from output.wordings import least_answered
from wamforms.instrument import FactorId, Instrument

_SAME = "0.000001"
"""Scores are written with six decimals."""

_HEAD = """\
* Encoding: UTF-8.
* Load the tables of dyads and compute every factor score again; stops at any difference.
* Run it in the folder of the export: first CD 'the folder', then INSERT FILE='read_wam.sps'.
* It writes wam_verdict.sps beside itself, by which it stops.
GET FILE='dyads_wide.sav'.
COMPUTE wrong_ = 0.
COMPUTE again_ = 0.
COMPUTE open_ = 0.
COMPUTE hidden_ = 0.
COMPUTE one_ = 1.
"""

_TAIL = """\
AGGREGATE /OUTFILE=* MODE=ADDVARIABLES /BREAK=one_ /all_ = SUM(wrong_).
DO IF ($CASENUM = 1 AND all_ = 0).
WRITE OUTFILE='wam_verdict.sps' /"ECHO 'All scores are those of the answers.'.".
ELSE IF ($CASENUM = 1).
WRITE OUTFILE='wam_verdict.sps' /"GET FILE='STOPPED: scores differ from the answers'.".
END IF.
EXECUTE.
INSERT FILE='wam_verdict.sps' ERROR=STOP.
DELETE VARIABLES wrong_ again_ open_ hidden_ one_ all_.
"""
"""SPSS has no command that stops because of data; a file that is not there stops it."""


def read_wam_sps(instruments: Mapping[str, Instrument]) -> str:
    """Write the syntax for the instruments of an export."""
    return _HEAD + "".join(_scores(instruments)) + _TAIL


def _scores(instruments: Mapping[str, Instrument]) -> Iterator[str]:
    for domain, one in instruments.items():
        yield f"* {domain}.\n"
        for prefix in PREFIXES.values():
            for factor in one.factors:
                yield _score(domain, one, factor, prefix)


def _score(domain: str, one: Instrument, factor: FactorId, prefix: str) -> str:
    """Compute one factor; an item in doubt or on a page that is not there leaves none."""
    items = one.items_of(factor)
    names = "\n  ".join(prefix + item.id for item in items)
    turned = min(one.scale.values) + max(one.scale.values)
    keyed = ",\n  ".join(
        prefix + item.id if item.key > 0 else f"{turned} - {prefix}{item.id}" for item in items
    )
    score = prefix + factor
    never = f"({Missing.IN_DOUBT.value}, {Missing.ABSENT.value})"
    comparable = f"domain = '{domain}' AND hidden_ = 0"
    return (
        f"COUNT open_ = {names} {never}.\n"
        f"COUNT hidden_ = {names} ({Missing.WITHHELD.value}).\n"
        f"COMPUTE again_ = MEAN.{least_answered(one, len(items))}({keyed}).\n"
        "IF (open_ > 0) again_ = $SYSMIS.\n"
        f"IF ({comparable} AND MISSING(again_) NE MISSING({score})) wrong_ = wrong_ + 1.\n"
        f"IF ({comparable} AND ABS(again_ - {score}) > {_SAME}) wrong_ = wrong_ + 1.\n"
    )
