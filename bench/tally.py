"""Count what came of pages, in a form that adds up and can be written down."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from scan.results import BubbleReading, ItemReading, PageOutcome, PageRead, PageRefused, Status
from wamforms.practice.grading import Grade, Wrong, grade, how_wrong, is_readable
from wamforms.practice.people import Truth

EMPTY_SIDE = "taken for an empty side"
"""A form of which nobody hears again: worse than a refusal, so it is named apart."""

OTHER_SHEET = "read as another sheet"
"""Its answers went to somebody else; every one of them is wrong."""

CRASHED = "the reader crashed"

POSITION_ERRORS: Mapping[str, int] = {Wrong.OTHER_ANSWER: 2}
"""Positions that one wrong answer gets wrong if more than one: one bubble read for another."""


@dataclass(frozen=True, slots=True)
class Made:
    """A page that was made: what is true of it, for the grading.

    Attributes
    ----------
    condition, seed, number
        These three make the same page again.
    code
        What its page code says, as people read it.
    truths
        One a row, in printed order.
    facets
        One a row: by what its result is also counted, such as style and pen.
    uncounted
        Rows that only fill the page up.
    """

    condition: str
    seed: int
    number: int
    code: str
    truths: Sequence[Truth]
    facets: Sequence[Mapping[str, str]]
    uncounted: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """One row that was asked about or read wrongly, with what makes its page again."""

    condition: str
    seed: int
    number: int
    row: int
    item: str
    kind: str
    facets: Mapping[str, str]
    meant: int | None
    read: int | None
    how: str
    bubbles: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What came of some pages.

    Attributes
    ----------
    untouched, untouched_readable
        Pages that were read without a single question, and without one about a
        readable row.
    positions, fields
        Bubbles and rows on the pages that were read.
    readable
        Rows whose paper has one meaning that a careful person would read.
    wrong
        Accepted and not meant, by how.
    refused
        Pages that were not read, by reason.
    facets
        Readable rows, by `facet|name|grade`.
    asked_for
        Questions, by `what the row was: why`.
    misses
        Every wrong answer.
    asked_rows
        Every row that was asked about; kept only where somebody will look at them.
    seconds
        Work of one core, making the pages included.
    """

    pages: int = 0
    untouched: int = 0
    untouched_readable: int = 0
    positions: int = 0
    fields: int = 0
    readable: int = 0
    asked: int = 0
    asked_readable: int = 0
    wrong: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    facets: Counter[str] = field(default_factory=Counter)
    asked_for: Counter[str] = field(default_factory=Counter)
    misses: tuple[Row, ...] = ()
    asked_rows: tuple[Row, ...] = ()
    seconds: float = 0.0

    def __add__(self, other: Self) -> Self:
        """Add up two parts."""
        parts = {
            one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)
        }
        return type(self)(**parts)

    @property
    def wrong_fields(self) -> int:
        """How many accepted answers were not meant."""
        return self.wrong.total()

    @property
    def wrong_positions(self) -> int:
        """How many bubbles that takes: an answer read for another is wrong in two."""
        return sum(POSITION_ERRORS.get(how, 1) * count for how, count in self.wrong.items())

    @property
    def pages_refused(self) -> int:
        """How many pages were not read."""
        return self.refused.total()

    def plain(self) -> dict[str, Any]:
        """Turn it into what JSON knows."""
        plain = {
            one.name: getattr(self, one.name)
            for one in fields(self)
            if one.name not in {"misses", "asked_rows"}
        }
        plain["misses"] = [asdict(row) for row in self.misses]
        plain["asked_rows"] = [asdict(row) for row in self.asked_rows]
        return {name: value for name, value in plain.items() if value}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> Self:
        """Take it back from JSON."""
        parts: dict[str, Any] = dict(plain)
        for name in ("wrong", "refused", "facets", "asked_for"):
            parts[name] = Counter(parts.get(name, {}))
        for name in ("misses", "asked_rows"):
            parts[name] = tuple(
                Row(**{**row, "bubbles": tuple(row["bubbles"])}) for row in parts.get(name, ())
            )
        return cls(**parts)

    def by(self, facet: str) -> dict[str, Counter[str]]:
        """Take one facet apart: its names, each with its grades."""
        grades: dict[str, Counter[str]] = {}
        for key, count in sorted(self.facets.items()):
            name, _, rest = key.partition("|")
            if name == facet:
                what, _, graded = rest.rpartition("|")
                grades.setdefault(what, Counter())[graded] += count
        return grades


def tally_of(made: Made, outcome: PageOutcome, *, keep_asked: bool = False) -> Tally:
    """Hold the outcome of one page against its truth."""
    if not isinstance(outcome, PageRead):
        fault = outcome.fault.value if isinstance(outcome, PageRefused) else EMPTY_SIDE
        return Tally(pages=1, refused=Counter({fault: 1}))
    graded = list(_graded(made, outcome))
    asked = [row for row in graded if row.grade is Grade.ASKED]
    wrong = [row for row in graded if row.grade is Grade.WRONG]
    readable = [row for row in graded if is_readable(row.truth)]
    asked_readable = sum(row.grade is Grade.ASKED for row in readable)
    return Tally(
        pages=1,
        untouched=0 if asked else 1,
        untouched_readable=0 if asked_readable else 1,
        positions=sum(len(row.item.bubbles) for row in graded),
        fields=len(graded),
        readable=len(readable),
        asked=len(asked),
        asked_readable=asked_readable,
        wrong=Counter(row.how for row in wrong),
        facets=Counter(
            f"{facet}|{name}|{row.grade}" for row in readable for facet, name in row.facets.items()
        ),
        asked_for=Counter(f"{row.truth.kind}: {row.how}" for row in asked),
        misses=tuple(_row(made, row, outcome) for row in wrong),
        asked_rows=tuple(_row(made, row, outcome) for row in asked) if keep_asked else (),
    )


def crash(error: Exception) -> Tally:
    """Count a page whose reading ended in a bug; one page must not end a night's campaign."""
    return Tally(pages=1, refused=Counter({f"{CRASHED}: {type(error).__name__}: {error}": 1}))


@dataclass(frozen=True, slots=True)
class _Graded:
    number: int
    truth: Truth
    item: ItemReading
    facets: Mapping[str, str]
    grade: Grade
    how: str


def _graded(made: Made, outcome: PageRead) -> Iterator[_Graded]:
    right_sheet = outcome.code.for_people() == made.code
    rows = zip(made.truths, outcome.items, made.facets, strict=right_sheet)
    for number, (truth, item, facets) in enumerate(rows):
        if number in made.uncounted:
            continue
        graded = grade(truth, item.status, item.value)
        how = ""
        if not right_sheet:
            graded, how = Grade.WRONG, OTHER_SHEET
        elif graded is Grade.ASKED:
            how = " + ".join(item.doubts)
        elif graded is Grade.WRONG:
            how = how_wrong(truth, item.value).value
        yield _Graded(number, truth, item, facets, graded, how)


def _row(made: Made, row: _Graded, outcome: PageRead) -> Row:
    wrong = row.item.status is not Status.DOUBT
    return Row(
        condition=made.condition,
        seed=made.seed,
        number=made.number,
        row=row.number,
        item=row.item.item,
        kind=row.truth.kind.value,
        facets={**row.facets, "route": outcome.route.value},
        meant=row.truth.value,
        read=row.item.value,
        how=row.how,
        bubbles=tuple(map(_measures, row.item.bubbles)) if wrong else (),
    )


def _measures(bubble: BubbleReading) -> dict[str, Any]:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in asdict(bubble).items()
    }
