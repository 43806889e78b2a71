"""The plot of the simulated study: who takes part, what they mean, and what happens to paper."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from layouts.alphabet import to_text
from layouts.dyadcode import check_character, shown
from layouts.model import CONSENT, DyadCode, ItemId, Role
from wamforms.definition_files import built_in_domains, load_instruments
from wamforms.instrument import Instrument
from wamforms.practice.answers import draw_answers

WAVES = ("start", "+6 months", "+9 months")
DAYS = ("2027-01-11", "2027-07-13", "2027-10-12")
"""When each wave is printed and scanned: six months are 183 days, nine 274."""

CLIENTS_OF_ONE = 4
"""A professional has about four clients (facts on the instrument, row 12)."""

CHANGES = {2: (10, 3), 3: (7, 2)}
"""At which wave officers change: of every so many dyads the one with this place."""


class Fate(StrEnum):
    """What happens to a form after somebody filled it in."""

    CAME = "came"
    UPSIDE_DOWN = "upside down"
    TWICE = "twice"
    LATE = "late"
    """In the next wave's batch: too late and in the wrong one."""

    WRONG_BATCH = "wrong batch"
    """In the batch of another domain."""

    NEVER = "never"


FATES = {
    Fate.UPSIDE_DOWN: (17, 3),
    Fate.TWICE: (29, 7),
    Fate.LATE: (31, 11),
    Fate.WRONG_BATCH: (37, 13),
    Fate.NEVER: (41, 17),
}
"""Of every so many forms the one with this place; the others come as they should."""

CONSENTS = (1, 2, 3, None)
"""What clients cross in the consent row, taking turns; None leaves it blank."""


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Whose form of which wave."""

    dyad: str
    role: Role
    wave: int


@dataclass(frozen=True, slots=True)
class Meant:
    """What somebody means to answer; CONSENT among it on a client's form."""

    values: Mapping[ItemId, int | None]
    fate: Fate
    number: int


@dataclass(frozen=True, slots=True)
class Dyad:
    """A dyad with the professional it has at each wave."""

    code: str
    domain: str
    language: str
    officers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Plot:
    """Everything that is true.

    Attributes
    ----------
    leaving
        Codes of the three who withdraw, after the first, second and third wave.
    """

    dyads: tuple[Dyad, ...]
    forms: Mapping[Key, Meant]
    leaving: tuple[str, str, str]
    instruments: Mapping[str, Instrument]

    def late_from(self, wave: int) -> list[Key]:
        """List the forms of a wave that come with the next one."""
        return [
            key for key, one in self.forms.items() if key.wave == wave and one.fate is Fate.LATE
        ]

    def domain(self, code: str) -> str:
        """Return the domain of a dyad."""
        return next(one.domain for one in self.dyads if one.code == code)

    def gone(self, key: Key) -> bool:
        """Whether a form is of somebody who has withdrawn by the end."""
        return key.dyad in self.leaving

    def kept(self) -> dict[Key, Meant]:
        """Return the forms that came in and stay: what the final tables must hold."""
        return {
            key: one
            for key, one in self.forms.items()
            if one.fate is not Fate.NEVER and not self.gone(key)
        }


def make_plot(dyads: int, seed: int) -> Plot:
    """Write the plot of a study of so many dyads, the same for the same seed."""
    instruments = load_instruments()
    domains = built_in_domains()
    codes = _codes(dyads, np.random.default_rng([seed, 1]))
    cast = tuple(_dyad(at, code, domains) for at, code in enumerate(codes))
    leaving = (cast[1].code, cast[-2].code, cast[-1].code)
    forms = dict(_forms(cast, instruments, leaving, np.random.default_rng(seed)))
    return Plot(cast, forms, leaving, instruments)


def _codes(dyads: int, rng: np.random.Generator) -> Iterator[str]:
    """Draw codes as real ones are drawn, but the same each time."""
    for number in rng.integers(1 << 35, size=dyads).tolist():
        body = to_text(number, 7)
        yield shown(DyadCode(body + check_character(body)))


def _dyad(at: int, code: str, domains: tuple[str, ...]) -> Dyad:
    officer = f"P{at // CLIENTS_OF_ONE + 1:03d}"
    officers = [officer]
    for wave in (2, 3):
        every, place = CHANGES[wave]
        changes = at % every == place % every
        officers.append(f"P{at // CLIENTS_OF_ONE + 1:03d}-{wave}" if changes else officers[-1])
    return Dyad(code, domains[at % len(domains)], ("nl", "en")[at % 2], tuple(officers))


def _forms(
    cast: tuple[Dyad, ...],
    instruments: Mapping[str, Instrument],
    leaving: tuple[str, str, str],
    rng: np.random.Generator,
) -> Iterator[tuple[Key, Meant]]:
    number = 0
    for at, dyad in enumerate(cast):
        for one in draw_answers(instruments[dyad.domain], 1, len(WAVES), rng):
            if dyad.code in leaving and one.wave > leaving.index(dyad.code) + 1:
                continue  # Who has withdrawn fills nothing in.
            values = dict(one.values)
            if one.role is Role.CLIENT:
                values[CONSENT] = CONSENTS[(at + one.wave) % len(CONSENTS)]
            yield Key(dyad.code, one.role, one.wave), Meant(values, _fate(number), number)
            number += 1


def _fate(number: int) -> Fate:
    return next(
        (fate for fate, (every, place) in FATES.items() if number % every == place), Fate.CAME
    )
