"""Layouts as JSON, as a study keeps them so that old forms stay readable."""

import json
from dataclasses import fields
from functools import cache, lru_cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from layouts.errors import MismatchError
from layouts.model import Layout

KEPT_LAYOUTS = 64
"""Layouts kept for the next time: more than a study prints. Nearly every verb asks for all."""


def to_json(layout: Layout) -> str:
    """Write a layout as text that is the same on every machine.

    The standard library writes it, because the fingerprint hangs on every
    character of it.
    """
    return json.dumps(
        layout, default=_parts, sort_keys=True, ensure_ascii=True, separators=(",", ":")
    )


def _parts(one: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the records of `layouts.model`
    return {part.name: getattr(one, part.name) for part in fields(one)}


@lru_cache(maxsize=KEPT_LAYOUTS)
def from_json(text: str | bytes) -> Layout:
    """Read a stored layout back.

    Raises
    ------
    MismatchError
        If the text is not a layout of this version of the program.
    """
    try:
        return _reader().validate_json(text)
    except ValidationError as error:
        raise MismatchError(
            "a stored layout cannot be read by this version of wamforms",
            advice="Open the study with the version that printed its forms.",
        ) from error


@cache
def _reader() -> TypeAdapter[Layout]:
    return TypeAdapter(Layout)
