"""Whose photocopied form is it? What a person types, held against enrolment and form."""

import re

from layouts.dyadcode import is_dyad_code
from layouts.errors import UsageError
from layouts.model import DyadCode, Role
from layouts.papernumber import DYAD_DIGITS, is_paper_number
from layouts.sheetcode import COPY_SERIAL, MasterCode, SheetCode
from scan.codetext import folded
from scan.known import KnownForms, Owner

EXAMPLE = "4827 1935 C1 or K7Q4-2M9Y C1"
"""The paper number or the code of the dyad, then who and which wave."""

_TYPED = re.compile(r"(.{8})([CP])([0-9]{1,2})")
_ROLES = {"C": Role.CLIENT, "P": Role.PROFESSIONAL}


def typed_copy(typed: str, master: MasterCode, forms: KnownForms) -> SheetCode:
    """Find out whose form a person says it is.

    Raises
    ------
    UsageError
        If it is not whole, its check digits or check character do not fit,
        nobody enrolled has it, or the form is not for them.
    """
    parts = _TYPED.fullmatch(folded(typed))
    if parts is None:
        raise UsageError(
            f"{typed!r} does not say whose form it is",
            advice=f"Type the number, who and which wave, such as {EXAMPLE}.",
        )
    text, role, wave = parts[1], _ROLES[parts[2]], int(parts[3])
    owner = _owner(typed, text, role, wave, forms)
    layout = forms.layouts[master.fingerprint]
    if role is not layout.role or owner.domain != layout.domain:
        raise UsageError(
            f"{typed!r} is of {owner.domain}, {role}, but the form is of"
            f" {layout.domain}, {layout.role}",
            advice="Compare it with the list of paper numbers.",
        )
    written = layout.pages[master.page - 1].written
    if written is None or wave not in {one.value for one in written.wave.bubbles}:
        raise UsageError(f"the form has no wave {wave}", advice="Look at the bubbles again.")
    return SheetCode(master.fingerprint, owner.dyad, role, wave, master.page, COPY_SERIAL)


def _owner(typed: str, text: str, role: Role, wave: int, forms: KnownForms) -> Owner:
    enrolled = {owner.dyad: owner for owner in forms.owners.values()}
    if (owner := enrolled.get(DyadCode(text))) is not None:
        return owner
    owner = forms.owners.get(text[:DYAD_DIGITS])
    if owner is not None and is_paper_number(text, role, wave):
        return owner
    if text.isdecimal():
        what = "its check digits do not fit, or nobody has this number"
    elif is_dyad_code(text):
        what = "this dyad is not enrolled in this study"
    else:
        what = "its check character does not fit"
    raise UsageError(
        f"{typed!r}: {what}",
        advice="Compare number, who and wave with the picture and with the list.",
    )
