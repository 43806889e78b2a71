"""The texts that differ from sheet to sheet, and whether they fit their places."""

from collections.abc import Iterator
from typing import assert_never

from layouts.sheetcode import PageCode
from wamforms.artwork import Field, Slot, Text
from wamforms.compose import Form
from wamforms.instrument import Wording
from wamforms.typeset import missing_characters, shrunk


def edition(wording: Wording, wave: str) -> str:
    """Say whose form this is and for which wave; a master is for any."""
    whose = f"{wording.domain} · {wording.role}"
    return f"{whose} · {wording.phrases['wave'].format(wave=wave)}" if wave else whose


def filled(slot: Slot, wording: Wording, code: PageCode, wave: str) -> Text:
    """Fill a slot for one sheet.

    Raises
    ------
    ValueError
        If the text does not fit; `wave_faults` tells beforehand.
    """
    text = _text(slot.field, wording, code, wave)
    kind = shrunk(text, slot.type, slot.room_mm, slot.least_pt)
    if kind is None:
        raise ValueError(f"{text!r} does not fit {slot.room_mm:.0f} mm")
    return Text(text, slot.place, kind)


def wave_faults(form: Form, wave: str) -> Iterator[str]:
    """Tell why the name of a wave cannot be printed on a form."""
    if missing := missing_characters(wave):
        yield f"has {missing}, which the typeface has not; write it in other characters"
    text = edition(form.wording, wave)
    for slot in form.art[0].slots:
        if slot.field is Field.EDITION and not shrunk(text, slot.type, slot.room_mm, slot.least_pt):
            layout = form.layout
            yield (
                f"does not fit the head of the {layout.domain} form"
                f" ({layout.role}, {layout.language}); shorten it"
            )


def _text(field: Field, wording: Wording, code: PageCode, wave: str) -> str:
    dyad, *rest = code.for_people().split(" · ")
    match field:
        case Field.DYAD:
            return dyad
        case Field.SHEET:
            return " · ".join(rest)
        case Field.FULL_CODE:
            return code.for_people()
        case Field.EDITION:
            return edition(wording, wave)
        case _:
            assert_never(field)
