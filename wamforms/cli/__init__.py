"""The command line: parses, calls one task, says what came of it."""

from wamforms.cli.start import main

__all__ = ["main"]
