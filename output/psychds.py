"""`dataset_description.json`: the study for programs that know Psych-DS."""

import json
from collections.abc import Sequence

from output.tables import REAL, WHOLE
from output.variables import Variable

DATA_FOLDER = "data"
DATA_FILE = f"{DATA_FOLDER}/description-dyads_data.csv"
"""Psych-DS looks for its tables in this folder and by such names; it is `dyads_wide.csv`
once more, always with commas."""

_SCHEMA = "https://schema.org/"


def dataset_description(title: str, description: str, variables: Sequence[Variable]) -> bytes:
    """Describe the data set and every column of its table."""
    said = {
        "@context": _SCHEMA,
        "@type": "Dataset",
        "name": title,
        "description": description,
        "variableMeasured": [_variable(one) for one in variables],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def _variable(one: Variable) -> dict[str, object]:
    said: dict[str, object] = {
        "@type": "PropertyValue",
        "name": one.name,
        "description": one.label,
    }
    if one.values:
        said["valueReference"] = [
            {"@type": "PropertyValue", "value": value, "name": label}
            for value, label in sorted(one.values.items())
        ]
        said["minValue"], said["maxValue"] = min(one.values), max(one.values)
    if one.kind in (WHOLE, REAL) and one.code is not None:
        said["measurementTechnique"] = f"an empty cell has its reason in {one.code}"
    return said
