"""What a user can put right, and the exit code it ends with."""

from collections.abc import Sequence
from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes of the `wamforms` command; a published interface that never changes."""

    OK = 0
    INTERNAL_ERROR = 1
    USAGE = 2
    INPUT_UNREADABLE = 3
    DOUBTS_WAIT = 4
    PAGES_REFUSED = 5
    FORM_MISMATCH = 6
    CHECKS_FAILED = 7
    LOCKED = 8
    INTERRUPTED = 130


class WamError(Exception):
    """A problem the user can act on.

    The message says which file and what is wrong; the advice says what to do.
    Bugs are never wrapped in this class.
    """

    exit_code: ClassVar[ExitCode] = ExitCode.INPUT_UNREADABLE

    def __init__(self, message: str, *, advice: str = "") -> None:
        super().__init__(message)
        self.advice = advice

    def __reduce__(self) -> tuple[object, ...]:
        """Survive the way back from a worker process, advice included."""
        return _rebuild, (type(self), self.args, self.__dict__.copy())


class UsageError(WamError):
    """What was asked for does not exist or does not go together."""

    exit_code = ExitCode.USAGE


class LockedError(WamError):
    """Something is encrypted, and its passphrase or key is missing or another one."""

    exit_code = ExitCode.LOCKED


class MismatchError(WamError):
    """A form, layout or stored version does not fit the other side."""

    exit_code = ExitCode.FORM_MISMATCH


class FaultyFileError(WamError):
    """A file that people edit has faults; all of them are listed at once."""

    def __init__(self, file: str, faults: Sequence[str]) -> None:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__(
            f"{file}: {count}\n" + "\n".join(f"  - {fault}" for fault in faults),
            advice="Mend the lines named above and try again; nothing was changed.",
        )
        self.file = file
        self.faults = tuple(faults)


def _rebuild(kind: type[WamError], args: tuple[object, ...], state: dict[str, object]) -> WamError:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(state)
    return error
