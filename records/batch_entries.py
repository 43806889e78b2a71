"""What batches are made of, as plain values."""

from dataclasses import dataclass
from enum import StrEnum


class FileCame(StrEnum):
    """How a file came into a batch."""

    SCANNED = "scanned"
    KNOWN = "known"
    UNREADABLE = "unreadable"
    WITHDRAWN = "withdrawn"  # all its pages were those of a dyad that is gone


@dataclass(frozen=True, slots=True)
class BatchFile:
    """One file that was given to a batch.

    Attributes
    ----------
    sha256
        Of its bytes; None if it could not even be opened.
    pages
        How many pages it was found to hold when it was listed, before any was read.
    reason
        Why it gave no pages; empty for others.
    """

    name: str
    sha256: str | None
    came: FileCame
    pages: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BatchEnd:
    """The moment at which a batch was done, by what the study then held last."""

    last_page: int
    last_print: int
    at: str


@dataclass(frozen=True, slots=True)
class Batch:
    """One run of the scanner.

    Attributes
    ----------
    program
        The version that read it.
    pages
        Numbers of the pages that it stored.
    end
        None while it runs, and for ever if it was interrupted.
    """

    number: int
    program: str
    at: str
    files: tuple[BatchFile, ...]
    pages: tuple[int, ...]
    end: BatchEnd | None
