"""Draw the sample of an audit: its size is decided first, its fields come from a public number."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil

from layouts.errors import UsageError
from output.bounds import fields_needed, sequential_limits
from records.audit_entries import NewAudit, NewField, Reading, Rule, Stratum, StratumPlan
from records.entries import Snapshot
from records.places import PlaceRecord, places_of
from records.study import Study
from scan.adjudicate import Answer
from scan.results import Status

TWO_READERS_BELOW = 0.0004
"""One person keying errs in about 4 of 10,000 fields (Paulsen 2012: 3.70); to rule out less,
two have to read every field."""

AIM_SHARE = 0.05
"""The sequential test shows a rate of a twentieth of the one it rules out, as VVSG 1.0 does."""

SEED_CHARACTERS = 10
"""Ten digits of dice are 33 bits: nobody tries that many samples to find a kind one."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an audit shall prove.

    Attributes
    ----------
    bounds
        The rate of wrong answers to be ruled out, for each kind of answer.
    allowed
        Wrong answers among the sample that shall still rule it out.
    readers
        How many people key each field; None takes as many as the bounds need.
    read_by
        Only pages read by this version of the program; None if there is but one.
    """

    bounds: Mapping[Stratum, float]
    allowed: int = 0
    rule: Rule = Rule.FIXED
    readers: int | None = None
    read_by: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Every answer that may be drawn, each under a name that says whose and which it is."""

    fields: tuple[tuple[str, NewField], ...]
    forms: int
    read_by: str

    @property
    def digest(self) -> str:
        """SHA-256 of all names and answers: what the frame was before drawing."""
        lines = (
            f"{name}={one.answer.meaning}:{one.answer.value}" for name, one in sorted(self.fields)
        )
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def plan(study: Study, wanted: Wanted) -> tuple[Frame, int, tuple[StratumPlan, ...]]:
    """Decide how many fields to check, and how many people read them; nothing is stored.

    Returns
    -------
    tuple
        The frame, the number of readers, and a plan for every kind of answer.

    Raises
    ------
    UsageError
        If nothing can be audited, several versions read the pages, or one reader is too few.
    """
    frame = frame_of(study.store.snapshot(), wanted.read_by)
    least = 2 if min(wanted.bounds.values()) < TWO_READERS_BELOW else 1
    readers = wanted.readers or least
    if readers < least:
        raise UsageError(
            f"one reader errs more often than {min(wanted.bounds.values()):g}, so two are needed",
            advice="Use --readers 2, or a larger bound.",
        )
    counts = Counter(field.stratum for _, field in frame.fields)
    plans = tuple(
        StratumPlan(one, bound, wanted.allowed, counts[one], min(size, counts[one]))
        for one, bound in wanted.bounds.items()
        for size in [_size(bound, wanted)]
    )
    return frame, readers, plans


def _size(bound: float, wanted: Wanted) -> int:
    if wanted.rule is Rule.FIXED:
        return fields_needed(bound, wanted.allowed)
    _, accept_from = sequential_limits(wanted.allowed, AIM_SHARE * bound, bound)
    return ceil(accept_from)


def draw(study: Study, wanted: Wanted, seed: str, seed_from: str, *, by: str) -> int:
    """Draw a sample and store it; returns the number of the audit.

    Every field gets the SHA-256 of seed and name as its ticket, and the smallest
    tickets are drawn (consistent sampling after Rivest): whoever has the seed and the
    frame finds the same fields, and nobody can prefer one. They are read in the order
    of a second ticket, all kinds mixed.

    Raises
    ------
    UsageError
        If the seed is too short, nobody says where it comes from, or `plan` fails.
    """
    seed = "".join(seed.split())
    if len(seed) < SEED_CHARACTERS or not seed_from.strip():
        raise UsageError(
            f"a seed needs {SEED_CHARACTERS} digits, and a word about where they come from",
            advice='Throw dice: --seed 41536226135146235416 --seed-from "20 throws by AB and CD"',
        )
    frame, readers, plans = plan(study, wanted)
    drawn = sorted(frame.fields, key=lambda one: ticket(seed, one[0]))
    left = {one.stratum: one.size for one in plans}
    chosen = []
    for name, field in drawn:
        if left.get(field.stratum, 0):
            left[field.stratum] -= 1
            chosen.append((ticket(f"{seed},order", name), field))
    # By the first ticket a kind that is checked completely would come last, by itself.
    chosen.sort(key=lambda one: one[0])
    decided = NewAudit(
        seed=seed,
        seed_from=seed_from.strip(),
        rule=wanted.rule,
        readers=readers,
        read_by=frame.read_by,
        forms=frame.forms,
        frame=frame.digest,
        strata=plans,
    )
    return study.store.add_audit(decided, [field for _, field in chosen], by=by)


def ticket(seed: str, name: str) -> str:
    """Return the ticket of a field; the order of tickets is the order of drawing."""
    return hashlib.sha256(f"{seed},{name}".encode()).hexdigest()


def frame_of(snapshot: Snapshot, read_by: str | None = None) -> Frame:
    """List every answer that has been decided, by the machine or by a person.

    Those of sealed sheets are not among them: a sample and its keys lie open.

    Raises
    ------
    UsageError
        If there is none, or pages of several versions of the program are mixed.
    """
    records = [one for one in places_of(snapshot) if not one.is_open and not one.counted.is_sealed]
    if read_by is not None:
        records = [one for one in records if one.counted.program == read_by]
    versions = sorted({one.counted.program for one in records})
    if len(versions) > 1:
        raise UsageError(
            f"pages were read by wamforms {', '.join(versions)}; an audit holds for one version",
            advice=f"Choose one: --read-by {versions[-1]}",
        )
    fields = tuple(named for record in records for named in _fields(record))
    if not fields:
        raise UsageError(
            "there are no answers that could be checked",
            advice="Scan forms first, and settle what waits.",
        )
    forms = {(one.place.dyad, one.place.role, one.place.wave) for one in records}
    return Frame(fields, len(forms), versions[0])


def _fields(record: PlaceRecord) -> Iterable[tuple[str, NewField]]:
    place = record.place
    where = f"{place.dyad}/{place.role}/{place.wave}/{place.page}"
    for answer in record.answers:
        if answer.meaning is not None:
            reading = Reading(answer.meaning, answer.value)
            yield (
                f"{where}/{answer.item}",
                NewField(_stratum(answer), record.counted.id, answer.item, reading),
            )


def _stratum(answer: Answer) -> Stratum:
    if answer.status is Status.SETTLED:
        return Stratum.SETTLED
    return Stratum.EMPTY if answer.status is Status.BLANK else Stratum.MARKED


def bounds_of(texts: Sequence[str]) -> dict[Stratum, float]:
    """Read bounds such as `0.001`, `0.1%` or `empty=0.01`; those without a name are for all.

    Raises
    ------
    UsageError
        If one is no share between 0 and 1, or of an unknown kind of answer.
    """
    found = dict.fromkeys(Stratum, 0.01)
    for text in sorted(texts, key=lambda one: "=" in one):
        name, _, number = text.rpartition("=")
        try:
            share = float(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
            kinds = [Stratum(name)] if name else list(Stratum)
        except ValueError:
            share, kinds = 0.0, []
        if not 0 < share < 1:
            raise UsageError(
                f"{text!r} is no bound",
                advice="Write a share such as 0.001 or 0.1%, or one for a kind: empty=1%",
            )
        found |= dict.fromkeys(kinds, share)
    return found
