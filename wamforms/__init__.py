"""Paper questionnaires for the working alliance: print, scan, score.

Started beside a file or folder of the user's that hides one of its parts, the
program stops with one sentence instead of running half of somebody else's code.
"""

import sys
from importlib.util import find_spec
from pathlib import Path

PARTS = ("layouts", "scan", "records", "output")
"""The program's other top-level packages."""


def _refuse_shadowed_parts() -> None:
    home = Path(__file__).resolve().parent.parent
    for part in PARTS:
        spec = find_spec(part)
        found = None if spec is None else spec.origin
        if found is None or Path(found).resolve().parent != home / part:
            sentence = (
                f"wamforms needs its own part {part!r}, but Python found {found}. "
                "Rename that file, or start the program with the command 'wamforms'."
            )
            if sys.argv[:1] == ["-m"]:  # `python -m wamforms`: a person reads this
                sys.stderr.write(sentence + "\n")
                raise SystemExit(2)
            raise ImportError(sentence)


_refuse_shadowed_parts()
