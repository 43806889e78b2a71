"""How a table is written as CSV, so that the program it is for opens it right."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """What differs between programs that read CSV.

    Attributes
    ----------
    has_mark
        Whether the file begins with a byte order mark: Excel takes a file without
        one for the old character set of the country.
    """

    name: str
    separator: str = ","
    decimal: str = "."
    has_mark: bool = False

    @property
    def encoding(self) -> str:
        """Name of the encoding for readers."""
        return "utf-8-sig" if self.has_mark else "utf-8"


STANDARD = Dialect("standard")
"""RFC 4180 in UTF-8, which R, SPSS, Python and Stata read as it is."""

EXCEL_EN = Dialect("excel-en", has_mark=True)

EXCEL_NL = Dialect("excel-nl", separator=";", decimal=",", has_mark=True)
"""Where the decimal mark is a comma, Excel takes the semicolon for the separator."""

DIALECTS = {one.name: one for one in (STANDARD, EXCEL_EN, EXCEL_NL)}
"""By the name that people type."""
