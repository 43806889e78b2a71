#!/usr/bin/env python3
"""Make the pictures of `docs/talk.md` from an invented dyad.

    python docs/make_talk.py

Look at both pictures before committing them.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from layouts.model import Role
from output.talk_sheet import Apart, Mark, Moment, TalkRow, TalkSheet
from output.talk_words import EN, NL
from wamforms.definition_files import load_instrument
from wamforms.instrument import FactorId
from wamforms.practice.render import render
from wamforms.tasks.talk_page import talk_pages

PICTURES = Path(__file__).with_name("pictures")
WIDTH_PX = 820
GREYS = 16
"""Levels of grey: a page of black and light grey needs no more."""

SCORES = {
    "trust": ((2.8, 3.4), (3.6, 3.8)),
    "bond": ((3.6, 3.6), (3.4, 3.4)),
    "goals": ((4.2, 4.4), (2.4, 2.8)),
    "reactance": ((2.75, 2.25), (2.5, 1.5)),
}
"""Earlier and present mean of client and professional, on five points."""

SURE = frozenset({("reactance", Role.PROFESSIONAL)})
"""Whose change is larger than measurement error."""


def sheet(language: str) -> TalkSheet:
    """Invent a talk sheet."""
    wordings = load_instrument("probation").wordings
    rows = []
    for name, both in SCORES.items():
        factor = FactorId(name)
        names = {role: wordings[role, language].factors[factor] for role in Role}
        marks = {
            role: Mark((now - 1) / 4, (old - 1) / 4, Apart(now - old, (name, role) in SURE))
            for role, (old, now) in zip(Role, both, strict=True)
        }
        gap = Apart(both[1][1] - both[0][1], abs(both[1][1] - both[0][1]) > 1.2)
        is_one = len(set(names.values())) == 1
        rows.append(TalkRow(factor, names, marks, not is_one, gap if is_one else None))
    return TalkSheet(
        dyad="K7Q4-2M9Y",
        officer="B12",
        language=language,
        steps=4,
        now=Moment("+6 months", "2026-09-14"),
        before=Moment("start", "2026-03-12"),
        sides=tuple(Role),
        rows=tuple(rows),
        other_professional=False,
        is_precision_known=True,
        placeholder=True,
    )


def one_side(whole: TalkSheet) -> TalkSheet:
    """Take the client's side away, as a form does on which the client chose that."""
    own = Role.PROFESSIONAL
    rows = (
        replace(row, marks={own: Mark(row.marks[own].place)}, between=None) for row in whole.rows
    )
    return replace(whole, sides=(own,), rows=tuple(rows), before=None)


def save(pdf: bytes, name: str) -> None:
    """Save a page as a picture with a thin edge, so that the paper is seen."""
    path = PICTURES / f"{name}.pdf"
    path.write_bytes(pdf)
    (page,) = render(path, 200.0)
    path.unlink()
    page = np.pad(np.asarray(page), 2, constant_values=150)
    picture = Image.fromarray(page)
    height = round(picture.height * WIDTH_PX / picture.width)
    small = picture.resize((WIDTH_PX, height), Image.Resampling.LANCZOS)
    small.quantize(GREYS).save(PICTURES / f"{name}.png", optimize=True)


def main() -> None:
    """Make both pictures."""
    save(talk_pages([(sheet("en"), EN)]), "talk")
    save(talk_pages([(one_side(sheet("nl")), NL)]), "talk-one-side")


if __name__ == "__main__":
    main()
