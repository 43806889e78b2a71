"""Keep the last opened document open, so that 200 pages cost one opening."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, NamedTuple, Protocol, TypeVar


class Closable(Protocol):
    """Anything that holds a file open."""

    def close(self) -> object:
        """Let go of the file."""


Document = TypeVar("Document", bound=Closable)


class Version(NamedTuple):
    """A file at one moment; a file that was replaced gets another version."""

    file: Path
    changed_ns: int
    size_bytes: int


def version_of(file: Path) -> Version:
    """Identify a file as it is now.

    Raises
    ------
    OSError
        If the file is gone.
    """
    now = file.stat()
    return Version(file, now.st_mtime_ns, now.st_size)


class Slot(Generic[Document]):
    """Room for one open document of this process.

    Closing is explicit because Windows refuses to move or delete an open file.
    """

    def __init__(self, opener: Callable[[Path], Document]) -> None:
        self._opener = opener
        self._version: Version | None = None
        self._document: Document | None = None

    def get(self, file: Path) -> Document:
        """Return the open document, opening it if it is another one than last time."""
        version = version_of(file)
        if self._document is None or version != self._version:
            self.close()
            self._document = self._opener(file)
            self._version = version
        return self._document

    def close(self) -> None:
        """Close the document, if one is open."""
        document, self._document, self._version = self._document, None, None
        if document is not None:
            document.close()
