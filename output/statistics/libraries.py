"""The one door to the statistics libraries, which come with the extra `analyse`."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

from layouts.errors import UsageError

NEEDED = ("scipy", "statsmodels", "semopy", "threadpoolctl", "matplotlib")
"""Import names of what the extra `analyse` installs."""


def library(name: str) -> Any:  # noqa: ANN401 - none of these libraries ships types
    """Import a module of a statistics library when it is first needed.

    Raises
    ------
    UsageError
        If the extra is not installed.
    """
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.partition(".")[0] not in NEEDED:
            raise
        raise UsageError(
            f"the statistics need the package {error.name.partition('.')[0]},"
            " which is not installed here",
            advice="Install it: pip install 'wamforms[analyse]'",
        ) from error


def check_installed() -> None:
    """Make sure that every library is there, before any work is done.

    Raises
    ------
    UsageError
        If one is missing.
    """
    for name in NEEDED:
        library(name)


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep linear algebra on one core.

    The matrices have 20 rows; on several threads each of thousands of tiny
    products waits for the others, and a model that fits in 0.03 s takes 9 s.
    """
    with library("threadpoolctl").threadpool_limits(1):
        yield


@contextmanager
def unheard(*beginnings: str) -> Iterator[None]:
    """Do not pass on warnings that begin with these words; the caller checks the matter itself."""
    with warnings.catch_warnings():
        for text in beginnings:
            warnings.filterwarnings("ignore", message=re.escape(text))
        yield
