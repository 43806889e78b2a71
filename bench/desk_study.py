"""How long pages of the desk take of a whole study: `python -m bench.desk_study [--dyads 276]`.

Processor time from request to answer, without a browser, of the pages that look at all of the
study, right after somebody else has changed something in it, and again. The study has three
waves; 4 % of its rows were in doubt, and half of those are decided. The first request of each
page is left out: it also loads what the page is made with.
"""

import argparse
import sqlite3
from contextlib import closing
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

from bench.export import WAVES, make_study
from layouts.dyadcode import shown
from layouts.model import DyadCode, Role
from records.connections import connect
from records.log import Action
from records.study import open_study
from records.study_folder import STORE_FILE
from tests.desk_pages import Visitor, at_the_desk
from wamforms.desk.door import THREADS

ROWS = 19
"""Of a form."""

DOUBTS = 0.04
"""As an ordinary office has them (`python -m bench.accuracy`)."""

_DECIDE = (
    "INSERT INTO verdicts (page, item, meaning, value, by, at)"
    " SELECT pages.id, json_extract(value, '$.item'), 'value', 3, 'AB', '2027-02-01T10:00:00+00:00'"
    " FROM pages, json_each(reading, '$.items') WHERE json_extract(value, '$.status') = 'doubt'"
    " AND pages.id % 2"
)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--dyads", type=int, default=276)
    parser.add_argument("--times", type=int, default=5)
    options = parser.parse_args()
    with TemporaryDirectory() as place:
        study = Path(place) / "study"
        rows = make_study(study, options.dyads * ROWS * len(Role) * len(WAVES), DOUBTS)
        with closing(connect(study / STORE_FILE)) as db:
            decided = db.execute(_DECIDE).rowcount
            code = _first_code(db)
        print(f"{options.dyads} dyads, {rows:,} answers, {decided:,} decided\n")
        print("| page | after a change, median | least | again |\n|---|---|---|---|")
        measure(study, options.times, code)


def measure(study: Path, times: int, code: DyadCode) -> None:
    """Ask for each page so many times, and say what it took."""
    pages = {
        **{"home": "/", "settle": "/settle/deck", "who is due": "/study"},
        **{"not back": "/study/missing", "to destroy": "/study/retention"},
        **{"forms": "/forms?wave=1", "results": "/results"},
        "a dyad": f"/results/{shown(code)}",
    }
    with at_the_desk(study) as visitor, open_study(study) as other:
        for name, address in pages.items():
            visitor.text(address)
            anew_s, again_s = [], []
            for number in range(times):
                other.store.log.note(Action.VIEWED, f"page {number + 1}", by="CD")
                anew_s.append(_spent_s(visitor, address))
                again_s += [_spent_s(visitor, address) for _ in range(THREADS)]
            again = f"{min(again_s):.2f} s"
            print(f"| {name} | {median(anew_s):.2f} s | {min(anew_s):.2f} s | {again} |")


def _spent_s(visitor: Visitor, address: str) -> float:
    begun_s = process_time()
    visitor.text(address)
    return process_time() - begun_s


def _first_code(db: sqlite3.Connection) -> DyadCode:
    (code,) = db.execute("SELECT min(code) FROM dyads").fetchone()
    return DyadCode(code)


if __name__ == "__main__":
    main()
