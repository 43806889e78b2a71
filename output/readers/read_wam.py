"""Load an exported study and compute every factor score again; stops at any difference.

    python read_wam.py [FOLDER]

Needs pandas. To go on working, import it: `from read_wam import read_all`.
"""

import sys
from pathlib import Path

import pandas as pd

FORM = ["dyad", "domain", "role", "wave"]
WITHHELD, IN_DOUBT = -5, -7
SAME = 1e-6  # scores are written with six decimals


def read(folder: Path, name: str) -> pd.DataFrame:
    """Read one table, written for statistics programs or for Excel."""
    path = folder / f"{name}.csv"
    with path.open(encoding="utf-8-sig") as file:
        is_dutch = ";" in file.readline()
    return pd.read_csv(
        path,
        sep=";" if is_dutch else ",",
        decimal="," if is_dutch else ".",
        encoding="utf-8-sig",
        keep_default_na=False,
        na_values=[""],
        dtype={"dyad": str, "domain": str, "item": str, "factor": str},
    )


def computed(answers: pd.DataFrame, scoring: pd.DataFrame) -> pd.DataFrame:
    """Compute the factor scores of every form."""
    rows = answers[[*FORM, "item", "value", "missing"]].merge(scoring, on=["domain", "item"])
    turned = rows["lowest"] + rows["highest"] - rows["value"]
    rows["keyed"] = rows["value"].where(rows["key"] > 0, turned)
    rows["doubts"] = rows["missing"] == IN_DOUBT
    rows["hidden"] = rows["missing"] == WITHHELD
    found = rows.groupby([*FORM, "factor"], sort=False).agg(
        again=("keyed", "mean"),
        n=("keyed", "count"),
        rows=("keyed", "size"),
        doubts=("doubts", "sum"),
        hidden=("hidden", "sum"),
        lowest=("lowest", "first"),
        highest=("highest", "first"),
        share=("minimum_share", "first"),
    )
    sizes = scoring.groupby(["domain", "factor"]).size().rename("size").reset_index()
    found = found.reset_index().merge(sizes, on=["domain", "factor"])
    is_whole = (found["rows"] == found["size"]) & (found["doubts"] == 0)
    is_enough = (found["n"] > 0) & (found["n"] >= found["share"] * found["size"] - 1e-9)
    found["again"] = found["again"].where(is_whole & is_enough)
    span = found["highest"] - found["lowest"]
    found["again_100"] = 100 * (found["again"] - found["lowest"]) / span
    return found


def differences(folder: Path) -> pd.DataFrame:
    """List the exported scores that are not those of the answers."""
    scores = read(folder, "factor_scores")
    found = computed(read(folder, "answers_long"), read(folder, "scoring"))
    both = scores.merge(found, on=[*FORM, "factor"], how="outer", indicator=True)
    differs = _differs(both["score"], both["again"]) | _differs(
        both["score_100"], both["again_100"]
    )
    # Whoever may not see the answers of a form cannot score it; a page may be missing as a whole.
    is_comparable = both["hidden"].fillna(0) == 0
    is_unknown = (both["_merge"] == "right_only") | (
        (both["_merge"] == "left_only") & both["score"].notna()
    )
    return both[(is_comparable & differs) | is_unknown]


def _differs(one: pd.Series, other: pd.Series) -> pd.Series:
    return (one.isna() != other.isna()) | ((one - other).abs() > SAME)


def read_all(folder: Path) -> dict[str, pd.DataFrame]:
    """Load every table and stop if a score is not that of its answers."""
    wrong = differences(folder)
    if len(wrong):
        raise SystemExit(f"{len(wrong)} scores differ from those of the answers:\n{wrong}")
    return {path.stem: read(folder, path.stem) for path in sorted(folder.glob("*.csv"))}


if __name__ == "__main__":
    tables = read_all(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    print(f"{len(tables['factor_scores'])} scores are those of the answers")
