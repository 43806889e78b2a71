"""What an instrument says in words: labels, sentences and rules, for whoever reads the tables."""

import hashlib
from collections.abc import Mapping
from math import ceil

from layouts.model import Role
from wamforms.instrument import FactorId, Instrument, Item, Wording

_ROUNDING = 1e-9
"""As in `output.scoring`: 0.7 of 10 items are 7, whatever the product is in binary."""


def wording_of(one: Instrument, role: Role, language: str) -> Wording:
    """Return the wording of a role; an instrument without the language in its first one."""
    chosen = language if (role, language) in one.wordings else one.languages[0]
    return one.wordings[role, chosen]


def sentence(one: Instrument, role: Role, item: Item, language: str) -> str:
    """Return what is printed for an item."""
    return wording_of(one, role, language).items[item.id]


def wording_id(one: Instrument, role: Role, item: Item, language: str) -> str:
    """Name a sentence, so that it can be cited where the wording itself may not be printed.

    The last part is a digest of the sentence: another wording has another one.
    """
    wording = wording_of(one, role, language)
    digest = hashlib.sha256(wording.items[item.id].encode()).hexdigest()[:8]
    parts = (one.id, one.version, one.domain, role, wording.language, item.id)
    return "/".join(parts) + f"#{digest}"


def factor_name(one: Instrument, role: Role, factor: FactorId, language: str) -> str:
    """Return what a factor is called for a role."""
    return wording_of(one, role, language).factors[factor]


def options(one: Instrument, role: Role, language: str) -> Mapping[int, str]:
    """Return the label of every answer, by its number."""
    labels = wording_of(one, role, language).scale
    return dict(sorted(zip(one.scale.values, labels, strict=True)))


def options_text(one: Instrument, role: Role, language: str) -> str:
    """List the answers as codebooks do."""
    return "; ".join(f"{value}={label}" for value, label in options(one, role, language).items())


def least_answered(one: Instrument, items: int) -> int:
    """Say how many of a factor's items must be answered for a score."""
    return max(1, ceil(one.minimum_share * items - _ROUNDING))


def rule(one: Instrument) -> str:
    """Say how a factor is scored."""
    turned = f"{min(one.scale.values)} + {max(one.scale.values)} - value"
    return (
        f"mean of the answered items, reverse-keyed ones as {turned};"
        f" at least {one.minimum_share:.0%} of the items answered and none in doubt"
    )


def rescaling(one: Instrument) -> str:
    """Say how a score comes to lie between 0 and 100."""
    lowest, highest = min(one.scale.values), max(one.scale.values)
    return f"100 * (score - {lowest}) / ({highest} - {lowest})"


def signed(prefix: str, item: Item) -> str:
    """Name the column of an item, and whether it is turned round."""
    return f"{prefix}{item.id}" + (" (reversed)" if item.key < 0 else "")


def assumed(one: Instrument) -> str:
    """Mark what hangs on something that is not published."""
    return "yes" if one.assumed else ""


def comparison(one: Instrument, factor: FactorId, language: str) -> str:
    """Say so if a difference compares two constructs; empty if it does not."""
    client = factor_name(one, Role.CLIENT, factor, language)
    professional = factor_name(one, Role.PROFESSIONAL, factor, language)
    if client == professional:
        return ""
    return f"compares two different constructs: {client} (client) and {professional} (professional)"
