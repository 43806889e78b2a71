"""The certificate of an audit: one page, beside what others have published."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from layouts.errors import UsageError
from records.audit_entries import Rule
from records.stamps import program
from records.wholefiles import write_whole
from wamforms.record_page import (
    Part,
    banner,
    heading,
    line,
    moment,
    one_page,
    signatures,
    table,
    title,
)
from wamforms.tasks.audit_results import AuditResult, StratumResult, percent, rounded_up

PUBLISHED = (
    ("optical mark reading", "0.46 (0.01 to 2.58)", "Paulsen 2012, 10.1371/journal.pone.0035087"),
    ("keyed twice", "0.46", "the same"),
    ("keyed once", "3.70 (1.60 to 7.29)", "the same"),
    ("optical mark reading", "3.52 (2.17 to 5.72)", "Paulsen 2020, PubMed 33283058"),
    ("keyed twice", "4.18 (2.68 to 6.53)", "the same"),
    ("TeleForm, all fields", "6.7", "Jenkins 2014, PMC5079618"),
    ("optical, 93 papers", "74 (21 to 160)", "Garza 2025, PMC13078370"),
    ("keyed once, 93 papers", "29 (24 to 35)", "the same"),
    ("keyed twice, 93 papers", "14 (8 to 20)", "the same"),
)
"""Wrong answers in 10,000, with the 95 % interval where one was published."""

NAMES = {
    "marked": "read by the machine, marked",
    "empty": "read by the machine, blank",
    "settled": "settled by a person",
}
"""What the kinds of answers are called on paper."""

FRAME_CHARACTERS = 16
"""Of the frame's SHA-256: 64 bits, enough to be compared by eye and not to be met by chance."""


def write_certificate(found: AuditResult, path: Path) -> None:
    """Write the certificate as PDF; an older one of the same name is replaced.

    Raises
    ------
    UsageError
        If the file cannot be written there.
    """
    foot = f"wamforms {program()} · pages read by wamforms {found.read_by}"
    pdf = one_page(f"Audit {found.audit}", _parts(found), foot)
    try:
        write_whole(path, pdf)
    except OSError as error:
        raise UsageError(
            f"{path} cannot be written ({error.strerror})", advice="Choose another name with --pdf."
        ) from error


def _parts(found: AuditResult) -> Iterator[Part]:
    yield from title(
        f"Audit {found.audit}: accuracy of answers",
        f"{found.study} · sample drawn {moment(found.drawn_at)}",
    )
    first = found.strata[0]
    reached = "" if found.is_met else "NOT EVERY BOUND WAS REACHED. "
    yield from banner(
        f"{reached}{NAMES[first.stratum]}: {first.verdict}", is_alarm=not found.is_met
    )
    yield heading("What was found")
    yield from table(_findings(found.strata), (0.32, 0.12, 0.12, 0.1, 0.14, 0.2))
    for one in found.strata[1:]:
        yield line(f"{NAMES[one.stratum]}: {one.verdict}")
    if found.wrong:
        # Whose they are is no business of those who receive a certificate.
        yield line(f"{len(found.wrong)} wrong; wamforms audit lists them, to be put right.")
    yield heading("How it was done")
    for text in method(found):
        yield line(text)
    yield heading("Beside published rates: wrong answers in 10,000 fields")
    yield from table(
        [("method", "rate (95 % interval)", "source"), *_ours(found.strata), *PUBLISHED],
        (0.34, 0.24, 0.42),
    )
    yield from signatures("First reader", "Second reader")


def _findings(strata: Sequence[StratumResult]) -> Iterator[Sequence[str]]:
    yield ("answers", "in all", "checked", "wrong", "wanted", "reached")
    for one in strata:
        reached = "nothing to check" if not one.frame else percent(one.upper)
        counts = (f"{one.frame:,}", f"{one.checked:,}", str(one.wrong), percent(one.wanted))
        yield (NAMES[one.stratum], *counts, reached if one.is_met else f"{reached}, NOT MET")


def method(found: AuditResult) -> Iterator[str]:
    """Say how it was done, a sentence a line."""
    yield (
        f"Frame: every decided answer of {found.forms:,} forms, fixed before drawing; its SHA-256"
        f" begins {found.frame[:FRAME_CHARACTERS]}."
    )
    if found.is_sealed:
        yield "Not in the frame: sealed sheets, so nothing is proved of what clients answered."
    yield (
        f"Sample: the smallest SHA-256 of seed and field; seed {found.seed}, from"
        f" {found.seed_from}."
    )
    if found.rule == Rule.FIXED:
        yield (
            "Rule: the number of fields was decided before; nothing was evaluated until all were"
            " keyed. Bounds are exact one-sided ones (Clopper and Pearson)."
        )
    else:
        yield "Rule: Wald's sequential test as in VVSG 1.0; a twentieth of each bound is shown."
    people = "two people, each" if found.readers == 2 else "one person"
    yield (
        f"Reading: {people} blind to what the study has; every difference was looked at again."
        f" By {', '.join(found.people)}."
    )
    if found.earlier:
        yield f"Audits of this study before this one: {found.earlier}."
    yield f"Newest entry of the study's log: {found.log_head}"


def _ours(strata: Sequence[StratumResult]) -> Iterator[Sequence[str]]:
    for one in strata:
        if one.checked:
            sample = f"this audit: {one.wrong} wrong in {one.checked:,}"
            yield (NAMES[one.stratum], _rate(one), sample)


def _rate(one: StratumResult) -> str:
    if one.upper >= 1:
        return "not bounded"
    per_10k = rounded_up(one.upper * 10_000)
    return f"{per_10k}, all were checked" if one.checked == one.frame else f"below {per_10k}"
