"""Those who look on while stacks are read."""

from typing import Protocol

from wamforms.tasks.scanning import Progress, ScanReport, Silence


class Onlooker(Progress, Protocol):
    """Anything that wants to hear of whole stacks, one after the other."""

    def stack_begun(self, files: int) -> None:
        """Hear that so many files are going to be read."""

    def stack_done(self, report: ScanReport) -> None:
        """Hear what became of them."""


class Nobody(Silence):
    """Nobody looks on: the command line tells of each file when it was moved."""

    def stack_begun(self, files: int) -> None:
        """Do nothing."""

    def stack_done(self, report: ScanReport) -> None:
        """Do nothing."""
