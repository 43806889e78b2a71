"""Codes of dyads and officers as one recipient gets them: two recipients cannot compare theirs."""

import hashlib
import hmac
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd

from layouts.alphabet import to_text
from layouts.dyadcode import shown
from layouts.errors import UsageError, WamError
from layouts.model import DyadCode
from records.keys import derived_key

PURPOSE = "wamforms pseudonyms 1"
"""Keeps the keys of recipients apart from any other use of the study's key."""

LENGTH = 10
"""Characters of a pseudonym: 50 bits, so that in 2,000 dyads two are alike once in 500 million
exports. A dyad's code has eight: neither is taken for the other."""

LINKS = (
    *("serial", "source", "sources", "picture"),
    *("fill", "probability", "scale", "residual_mm"),
    *("left_mm", "top_mm", "width_mm", "height_mm"),
)
"""Columns that are left empty: a number of the paper, or a measure that is nobody else's,
says which rows of two exports are the same."""


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """The pseudonyms of one recipient.

    Attributes
    ----------
    recipient
        As it was named; capitals and spaces make no other one.
    """

    recipient: str
    _key: bytes = field(repr=False)

    @classmethod
    def of(cls, recipient: str, key: bytes) -> "Pseudonyms":
        """Make the pseudonyms of a recipient from the study's key.

        Raises
        ------
        UsageError
            If the recipient has no name.
        """
        name = " ".join(unicodedata.normalize("NFKC", recipient).split())
        if not name.isprintable() or not name:
            raise UsageError(
                "the recipient has no name", advice="Name it, such as --recipient 'Utrecht'."
            )
        return cls(name, derived_key(key, f"{PURPOSE} {name.casefold()}"))

    def dyad(self, code: DyadCode) -> str:
        """Return the pseudonym of a dyad."""
        return self._made("D", shown(code))

    def officer(self, code: str) -> str:
        """Return the pseudonym of an officer."""
        return self._made("O", code)

    def whose(self, typed: str, dyads: Iterable[DyadCode], officers: Iterable[str]) -> str:
        """Find whose a pseudonym is: the dyad as printed on its forms, or the officer.

        Raises
        ------
        UsageError
            If it is nobody's of these.
        """
        known = {self.dyad(one): shown(one) for one in dyads}
        known |= {self.officer(one): one for one in officers if one}
        found = known.get(typed.strip().upper())
        if found is None:
            raise UsageError(
                f"{typed!r} is nobody's pseudonym for {self.recipient}",
                advice="Compare it with the table, and the recipient with its PROVENANCE.json.",
            )
        return found

    def in_order(self, dyads: Iterable[DyadCode], officers: Iterable[str]) -> list[DyadCode]:
        """Sort dyads by their pseudonyms: the order of the codes on forms says nothing then.

        Raises
        ------
        WamError
            If two dyads or two officers got the same one.
        """
        made = {code: self.dyad(code) for code in dyads}
        self._insist_different(list(made.values()))
        self._insist_different([self.officer(one) for one in officers])
        return sorted(made, key=made.__getitem__)

    def applied(self, table: pd.DataFrame) -> pd.DataFrame:
        """Return a table with pseudonyms, without links, in the order of the pseudonyms.

        Raises
        ------
        WamError
            If two dyads or officers got the same one.
        """
        changed = table.copy()
        for column, mark in (("dyad", "D"), ("officer", "O")):
            if column in table:
                changed[column] = table[column].map(self._different(table[column], mark))
                changed[column] = changed[column].astype(table[column].dtype)
        for column in LINKS:
            if column in table:
                changed[column] = pd.Series(pd.NA, index=table.index, dtype=table[column].dtype)
        return changed.sort_values("dyad", kind="stable", ignore_index=True)

    def _different(self, column: pd.Series, mark: str) -> dict[str, str]:
        made = {str(one): self._made(mark, str(one)) for one in column.dropna().unique()}
        self._insist_different(list(made.values()))
        return made

    def _insist_different(self, made: list[str]) -> None:
        if len(set(made)) < len(made):
            raise WamError(
                f"two pseudonyms for {self.recipient} are the same",
                advice="Give the recipient a slightly different name.",
            )

    def _made(self, mark: str, text: str) -> str:
        digest = hmac.digest(self._key, f"{mark} {text}".encode(), hashlib.sha256)
        bits = int.from_bytes(digest) >> (8 * len(digest) - 5 * LENGTH)
        return f"{mark}-{to_text(bits, LENGTH)}"
