"""The shipped forms, printed once, and a study that knows them."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from layouts.alphabet import to_text
from layouts.dyadcode import LENGTH, check_character
from layouts.geometry import A4
from layouts.model import DyadCode, Role
from layouts.sheetcode import SheetCode
from scan.known import KnownForms
from wamforms.compose import Form, compose
from wamforms.definition_files import load_instruments
from wamforms.draw import FormsPdf, PrintedSheet

DPI = 200.0
"""What most offices scan at; benches that compare nothing else use it."""

KEY = bytes(32)

PRINTS = 1000
"""Length of the print list: a page with a damaged code is looked for among so many."""

_CODES_SEED = 7
"""Real studies draw codes from the system; here the same page must come out every time."""


@cache
def printed_forms() -> tuple[tuple[Form, bytes], ...]:
    """Print every shipped form once: each with its PDF."""
    return tuple((form, _pdf(form, code)) for form, code in _prints()[: len(_forms())])


@cache
def known_forms() -> KnownForms:
    """Collect what the reader is told: key, layouts and a print list."""
    layouts = {form.fingerprint: form.layout for form in _forms()}
    return KnownForms(KEY, layouts, tuple(code for _, code in _prints()))


def code_of(number: int) -> SheetCode:
    """Tell the code on the first page of form `number` of `printed_forms`."""
    return _prints()[number][1]


@cache
def _forms() -> tuple[Form, ...]:
    return tuple(
        compose(instrument, role, language, A4)
        for instrument in load_instruments().values()
        for role in Role
        for language in instrument.languages
    )


@cache
def _prints() -> tuple[tuple[Form, SheetCode], ...]:
    """Draw up a print list; the forms that are really printed come first."""
    rng = np.random.default_rng(_CODES_SEED)
    forms = _forms()
    listed = (forms[number % len(forms)] for number in range(max(PRINTS, len(forms))))
    return tuple(
        (form, SheetCode(form.fingerprint, drawn_code(rng), form.layout.role, 1, 1, serial))
        for serial, form in enumerate(listed, 1)
    )


def drawn_code(rng: np.random.Generator) -> DyadCode:
    """Draw a dyad code that is the same for the same generator."""
    body = to_text(int(rng.integers(32 ** (LENGTH - 1))), LENGTH - 1)
    return DyadCode(body + check_character(body))


def _pdf(form: Form, code: SheetCode) -> bytes:
    codes = tuple(
        SheetCode(code.fingerprint, code.dyad, code.role, code.wave, page.number, code.serial)
        for page in form.layout.pages
    )
    with TemporaryDirectory() as folder:
        path = Path(folder) / "form.pdf"
        pdf = FormsPdf(path, A4, "bench", form.layout.language, KEY)
        pdf.add_sheet(PrintedSheet(form, codes, "start"))
        pdf.save()
        return path.read_bytes()
