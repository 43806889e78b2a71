"""`datapackage.json`: the tables for programs that know Frictionless Data."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from output.dialects import Dialect
from output.tables import REAL, WHOLE
from output.variables import Variable

_KEYS: Mapping[str, tuple[str, ...]] = {
    "answers_long": ("dyad", "role", "wave", "item"),
    "forms": ("dyad", "role", "wave"),
    "factor_scores": ("dyad", "role", "wave", "factor"),
    "scoring": ("domain", "item"),
    "dyads_wide": ("dyad", "wave"),
    "dyads_pairwise": ("dyad", "wave", "role"),
    "panel_wide": ("dyad",),
}
"""Columns that tell the rows of a table apart."""

_OF_FORMS = ("answers_long", "factor_scores")
"""Tables whose rows belong to a row of `forms`."""

Json = dict[str, Any]


def datapackage(
    title: str,
    description: str,
    tables: Mapping[str, Sequence[Variable]],
    titles: Mapping[str, str],
    dialect: Dialect,
) -> bytes:
    """Describe every table.

    Parameters
    ----------
    title, description : str
        Of the whole package.
    tables : mapping of str to sequence of Variable
        Columns of each CSV file, by its name without the ending.
    titles : mapping of str to str
        What one row of each table is.
    dialect : Dialect
        How the files are written.
    """
    said = {
        "profile": "tabular-data-package",
        "name": re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-") or "study",
        "title": title,
        "description": description,
        "resources": [
            _resource(name, variables, titles[name], dialect) for name, variables in tables.items()
        ],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def _resource(name: str, variables: Sequence[Variable], title: str, dialect: Dialect) -> Json:
    return {
        "profile": "tabular-data-resource",
        "name": name.replace("_", "-"),
        "path": f"{name}.csv",
        "title": f"{title} per row",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": dialect.encoding,
        "dialect": {"delimiter": dialect.separator},
        "schema": _schema(name, variables, dialect),
    }


def _schema(name: str, variables: Sequence[Variable], dialect: Dialect) -> Json:
    schema: Json = {
        "fields": [_field(one, dialect) for one in variables],
        "missingValues": [""],
    }
    if name in _KEYS:
        schema["primaryKey"] = list(_KEYS[name])
    if name in _OF_FORMS:
        key = list(_KEYS["forms"])
        reference = {"resource": "forms", "fields": key}
        schema["foreignKeys"] = [{"fields": key, "reference": reference}]
    return schema


def _field(one: Variable, dialect: Dialect) -> Json:
    field: Json = {"name": one.name, "title": one.name, "description": one.label}
    if one.kind is WHOLE or one.kind is REAL:
        field["type"] = "integer" if one.kind is WHOLE else "number"
        if one.kind is REAL and dialect.decimal != ".":
            field["decimalChar"] = dialect.decimal
    else:
        field["type"] = "string"
    if one.values:
        field["constraints"] = {"enum": sorted(one.values)}
        field["valueLabels"] = {str(value): label for value, label in sorted(one.values.items())}
    elif one.words:
        field["constraints"] = {"enum": list(one.words)}
    if one.code is not None:
        field["missingReason"] = one.code
    return field
