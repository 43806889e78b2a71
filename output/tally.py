"""What went through an export, counted while it is written."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from output.pairs import PREFIXES, Pair
from output.sheets import NOT_PRINTED, Sheet
from scan.results import Status


@dataclass(slots=True)
class Tally:
    """What went through an export, counted while it was written."""

    dyads: int = 0
    forms: int = 0
    answers: int = 0
    withheld: int = 0
    sealed: int = 0
    counted: dict[tuple[str, str], Counter[int]] = field(default_factory=dict)
    by_status: Counter[str] = field(default_factory=Counter)

    def add(self, sheets: Sequence[Sheet]) -> None:
        """Count a portion."""
        self.dyads += len({sheet.dyad for sheet in sheets})
        self.forms += len(sheets)
        for sheet in sheets:
            answers = sheet.answers
            left_out = len(sheet.not_printed)
            self.answers += len(answers) + left_out
            if sheet.shown.answers:
                self.by_status.update(answer.status.value for answer in answers)
            else:
                self.withheld += len(answers)
            self.by_status[NOT_PRINTED] += left_out

    @property
    def waiting(self) -> int:
        """Answers that a person has to look at."""
        return self.by_status[Status.DOUBT.value]

    def count(self, some: Sequence[Pair]) -> None:
        """Count every answer, and every reason for none."""
        for pair in some:
            for prefix in PREFIXES.values():
                for name, cell in pair.cells.items():
                    if name.startswith(prefix) and name.endswith("_missing"):
                        column = name.removesuffix("_missing")
                        code = pair.cells.get(column) if cell is None else cell
                        if isinstance(code, int):
                            key = (pair.domain, column)
                            self.counted.setdefault(key, Counter())[code] += 1
