"""Who, when, and with which version: what stands beside every row that is added."""

from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version

from layouts.errors import UsageError


def named(by: str) -> str:
    """Insist on a name or initials behind every decision.

    Raises
    ------
    UsageError
        If there is none.
    """
    if not by.strip():
        raise UsageError(
            "a decision needs to say who decided",
            advice="Give your initials.",
        )
    return by.strip()


def now() -> str:
    """Return the time to the second, in UTC."""
    return datetime.now(UTC).isoformat(timespec="seconds")


@cache
def program() -> str:
    """Return the version of the program."""
    return version("wamforms")
