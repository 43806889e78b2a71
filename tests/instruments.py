"""Invented questionnaires of any size, for tests that must not depend on the shipped one."""

from dataclasses import replace

from layouts.model import ItemId, Role, Shape
from wamforms.instrument import FactorId, Instrument, Item, Scale, Wording

PHRASES = {
    "cross_one": "Put one cross in each row.",
    "correct": "Wrong one? Fill it in completely and cross the right one.",
    "skip": "You may skip a row. There are no wrong answers.",
    "wave": "measurement: {wave}",
    "page": "Page {page} of {pages}",
    "version": "Form {form}, version {version}",
    "ruler": "50 mm when printed at 100 %",
    "placeholder": "PLACEHOLDER WORDING",
    "assumed": "Items per factor, keys and points are assumed.",
    "keep_clean": "Please keep the black corners clean.",
    "remarks": "Room for a remark, without names.",
    "consent": "The person I talk with may see:",
    "consent_blank": "No cross means: nothing.",
    "consent_all": "all answers",
    "consent_factors": "only the scores",
    "consent_nothing": "nothing",
}
LABELS = ("never true", "rarely true", "sometimes true", "often true", "always true")


def invented(
    items: int = 19,
    points: int = 5,
    *,
    shape: Shape = Shape.ROUND,
    right_to_left: bool = False,
    sentence: str = "The person I talk with explains what happens when a plan does not work out.",
    domain: str = "invented",
    remarks: bool = False,
    consent: bool = False,
) -> Instrument:
    """Make an instrument with `items` items of `points` points in two factors."""
    names = tuple(ItemId(f"q{number:02d}") for number in range(1, items + 1))
    factors = (FactorId("warmth"), FactorId("order"))
    wordings = {
        (role, "en"): Wording(
            language="en",
            name="English",
            right_to_left=right_to_left,
            title="Working together",
            domain="Invented domain",
            role=f"{role} form",
            factors={FactorId("warmth"): "Warmth", FactorId("order"): "Order"},
            scale=tuple(LABELS[place % 5] for place in range(points)),
            items={name: sentence for name in names},
            phrases=PHRASES,
        )
        for role in Role
    }
    return Instrument(
        id="invented",
        version="1",
        domain=domain,
        scale=Scale(tuple(range(1, points + 1))),
        shape=shape,
        items=tuple(
            Item(name, factors[place % 2], -1 if place % 7 == 6 else 1)
            for place, name in enumerate(names)
        ),
        factors=factors,
        minimum_share=0.8,
        licence="invented for tests",
        placeholder=True,
        assumed=("everything",),
        wordings=wordings,
        remarks=remarks,
        consent=consent,
    )


def reworded(made: Instrument, **changes: object) -> Instrument:
    """Change fields of every wording, such as `title`."""
    wordings = {
        place: replace(wording, **changes)  # type: ignore[arg-type]
        for place, wording in made.wordings.items()
    }
    return replace(made, wordings=wordings)
