"""The codebook's entries about the tables of dyads."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from layouts.model import Role
from output.codebook import Contents, Entry
from output.codebook_words import ALL_MISSING
from output.pairs import (
    ACTOR,
    DIFFERENCE,
    PREFIXES,
    Measure,
    What,
    measures,
    pairwise_measures,
    panel_measures,
)
from output.sheets import MISSING_LABELS, Missing
from output.wordings import (
    assumed,
    comparison,
    factor_name,
    options_text,
    rescaling,
    rule,
    sentence,
    signed,
    wording_id,
)
from wamforms.instrument import FactorId, Instrument, Item

WIDE = "dyads_wide.csv"

_ROLES = {prefix: role for role, prefix in PREFIXES.items()}

_NO_DIFFERENCE = "empty cell: one of the two scores is missing"


def pair_entries(about: Contents) -> Iterator[Entry]:
    """Describe the columns of all tables of dyads that are in the export."""
    if "dyads_wide" in about.tables:
        for measure in measures(about.instruments):
            yield from _wide(measure, about)
    if "dyads_pairwise" in about.tables:
        for measure in pairwise_measures(about.instruments):
            yield _pairwise(measure)
    if "panel_wide" in about.tables:
        for measure in panel_measures(about.instruments, range(1, len(about.waves) + 1)):
            yield _panel(measure, about)


def _wide(measure: Measure, about: Contents) -> Iterator[Entry]:
    """Describe a column for every domain that has it; codes are the same for all."""
    if measure.what in (What.MISSING, What.NO_SCORE):
        of = measure.prefix + measure.of
        label = f"why {of} is empty; empty itself where {of} has a value"
        yield Entry(WIDE, measure.name, label=label, values=ALL_MISSING)
        return
    for domain, one in about.instruments.items():
        item = next((item for item in one.items if item.id == measure.of), None)
        if measure.what is What.ITEM and item is not None:
            yield _item(measure, domain, item, about)
        elif measure.what is not What.ITEM and measure.of in one.factors:
            yield _score(measure, domain, about)


def _item(measure: Measure, domain: str, item: Item, about: Contents) -> Entry:
    one, role = about.instruments[domain], _ROLES[measure.prefix]
    counts = about.counted.get((domain, measure.name), {})
    valid = sum(count for value, count in counts.items() if value >= 0)
    return Entry(
        *(WIDE, measure.name, domain),
        label=f"{role}: {sentence(one, role, item, about.language)}",
        values=options_text(one, role, about.language),
        missing=f"empty cell; see {measure.name}_missing",
        formula=f"key {item.key:+d} on {item.factor}",
        assumed=assumed(one),
        note="placeholder wording" if one.placeholder else "",
        wording_id=wording_id(one, role, item, about.language),
        key="normal" if item.key > 0 else "reversed",
        n=str(valid) if counts else "",
        counts=_counts_text(counts, one, valid),
    )


def _counts_text(counts: Mapping[int, int], one: Instrument, valid: int) -> str:
    """List every option with its number and share, and every reason that occurs."""
    if not counts:
        return ""
    options = [
        f"{value}: {counts.get(value, 0)} ({100 * counts.get(value, 0) / max(valid, 1):.1f} %)"
        for value in sorted(one.scale.values)
    ]
    reasons = [f"{MISSING_LABELS[code]}: {counts[code]}" for code in Missing if counts.get(code)]
    return "; ".join((*options, *reasons))


def _score(measure: Measure, domain: str, about: Contents) -> Entry:
    one = about.instruments[domain]
    factor = FactorId(measure.of)
    if measure.prefix == DIFFERENCE:
        client, professional = (prefix + measure.name[len(DIFFERENCE) :] for prefix in _ROLES)
        return Entry(
            *(WIDE, measure.name, domain),
            label=f"difference: {factor_name(one, Role.CLIENT, factor, about.language)}"
            + _hundred(measure),
            missing=_NO_DIFFERENCE,
            formula=f"{professional} - {client}",
            assumed=assumed(one),
            note=comparison(one, factor, about.language),
        )
    role = _ROLES[measure.prefix]
    members = ", ".join(signed(measure.prefix, item) for item in one.items_of(factor))
    label = f"{role}: {factor_name(one, role, factor, about.language)}"
    scored = Entry(
        *(WIDE, measure.name, domain),
        label=label + _hundred(measure),
        missing=f"empty cell; see {measure.prefix}{factor}_missing",
        formula=f"{rule(one)}; items {members}",
        assumed=assumed(one),
    )
    if measure.what is What.SCORE_100:
        formula = rescaling(one).replace("score", f"{measure.prefix}{factor}")
        return replace(scored, formula=formula)
    if measure.what is What.ANSWERED:
        count = f"{label}: items answered, of {len(one.items_of(factor))}"
        return Entry(WIDE, measure.name, domain, label=count)
    return scored


def _hundred(measure: Measure) -> str:
    return ", from 0 to 100" if measure.what is What.SCORE_100 else ""


def _pairwise(measure: Measure) -> Entry:
    whose = "the actor's" if measure.prefix == ACTOR else "the partner's"
    return Entry(
        *("dyads_pairwise.csv", measure.name),
        label=f"{whose} {measure.of}: {measure.what}",
        values=ALL_MISSING if measure.what is What.NO_SCORE else "",
        note=f"as c_ and p_ columns of {WIDE}; who the actor is stands in column role",
    )


def _panel(measure: Measure, about: Contents) -> Entry:
    name = measure.name.rpartition("_w")[0]
    assert measure.wave is not None
    return Entry(
        *("panel_wide.csv", measure.name),
        label=f"{name} at wave {measure.wave}, {about.waves[measure.wave - 1]}",
        values=ALL_MISSING if measure.what in (What.MISSING, What.NO_SCORE) else "",
        note=f"see {name} of {WIDE}",
    )
