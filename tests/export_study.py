"""A study as its memory knows it, without paper: every kind of answer, and every consent."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from layouts.geometry import PointMm
from layouts.model import CONSENT, Bubble, Group, ItemId, Layout, Role
from records.entries import NewDyad, NewPage, NewPrint
from records.settings import Settings
from records.study import Study, create_study
from scan.adjudicate import Meaning
from scan.results import PageRead
from tests.readings import DOUBTFUL, code, dyad, item, layout_of, read
from wamforms.definition_files import load_instrument

PROBATION = load_instrument("probation")
ITEMS = [one.id for one in PROBATION.items]
DYADS = 7
CONSENTS = (1, 2, 3, None, DOUBTFUL)
"""What the clients of dyads 1 to 5 say, and then again from the first; a blank and a doubt too."""

FILE = "f" * 64


def asking(layout: Layout) -> Layout:
    """Put the row of consent on a form."""
    row = Group(CONSENT, tuple(Bubble(n, PointMm(100 + 14 * n, 250), 2.5) for n in (1, 2, 3)))
    return replace(layout, pages=(replace(layout.pages[0], consent=row),))


def answers(number: int, wave: int, role: Role) -> Mapping[str, int | None]:
    """Make up answers that differ by dyad, wave and role; some blank, some doubtful."""
    shift = 3 * number + wave + (2 if role is Role.CLIENT else 0)
    found: dict[str, int | None] = {
        name: 1 + (shift * (at + 2)) % 5 for at, name in enumerate(ITEMS)
    }
    if number == 2:
        found |= {"q02": None, "q03": DOUBTFUL, "q06": None, "q10": None}
    return found


def made_study(folder: Path) -> Study:
    """Make the study: seven dyads of two officers, two of three waves; one form did not come."""
    settings = Settings("Twee waarden: a, b", "nl", "a4", ("probation",), ("start", "later", "end"))
    study = create_study(folder, settings)
    store = study.store
    forms = {
        Role.CLIENT: store.add_form(asking(layout_of(PROBATION, Role.CLIENT))),
        Role.PROFESSIONAL: store.add_form(layout_of(PROBATION, Role.PROFESSIONAL)),
    }
    store.enrol(
        [NewDyad(dyad(n), "probation", "nl", "=AB" if n % 2 else "CD") for n in range(1, DYADS + 1)]
    )
    wanted = [
        NewPrint(dyad(n), role, wave, forms[role])
        for n in range(1, DYADS + 1)
        for wave in (1, 2)
        for role in Role
    ]
    pages: list[PageRead] = []
    for one in store.add_prints(wanted, run="r"):
        number = int(one.dyad[3:7])
        if (number, one.wave, one.role) == (1, 2, Role.PROFESSIONAL):
            continue
        sheet = code(one.serial, whose=one.dyad, role=one.role, wave=one.wave, form=one.fingerprint)
        page = read(sheet, answers(number, one.wave, one.role))
        if one.role is Role.CLIENT:
            said = item(CONSENT, CONSENTS[(number - 1) % len(CONSENTS)])
            page = replace(page, consent=said)
        pages.append(page)
    store.begin_file(FILE, "=stack.pdf")
    stored = store.add_pages(
        [NewPage(FILE, n, f"{n:064x}", ".jpg", page) for n, page in enumerate(pages, 1)]
    )
    store.end_file(FILE, len(pages))
    second = next(p.id for p in stored if p.code is not None and p.code.dyad == dyad(2))
    store.add_verdict(second, ItemId("q03"), Meaning.SEVERAL, None, by="AB")
    return study
