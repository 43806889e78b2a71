"""Read a line of printed text with rapidocr, if it is installed; offline, one thread.

Only its recogniser is used: where the line stands is known. The package is
large and slow to load, so nothing of it is touched before a page needs it.
"""

import importlib.util
import logging
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast

import cv2

from scan.picture import Gray

LineReader = Callable[[Gray], str]
"""Takes one line of print, dark on light, and returns what it seems to say."""

INSTALL = "pip install 'wamforms[ocr]'"

_MODEL = "*_rec_*.onnx"
"""The recogniser's file inside the package; naming it keeps rapidocr from any download."""

_NEEDED = ("rapidocr", "onnxruntime")


def is_installed() -> bool:
    """Tell whether the extra is there, without loading it."""
    return all(importlib.util.find_spec(name) is not None for name in _NEEDED)


@cache
def line_reader() -> LineReader | None:
    """Load the recogniser once per process; None if it is not installed or not usable."""
    model = _model()
    if model is None:
        return None
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    recognise = _recogniser(model)

    def read(line: Gray) -> str:
        found = recognise(cv2.cvtColor(line, cv2.COLOR_GRAY2BGR))
        return str(found[0]) if found else ""

    return read


def _model() -> Path | None:
    if not is_installed():
        return None
    package = importlib.util.find_spec("rapidocr")
    places = () if package is None else package.submodule_search_locations or ()
    return next((file for place in places for file in Path(place).rglob(_MODEL)), None)


def _recogniser(model: Path) -> Callable[[Any], tuple[str, ...] | None]:
    from rapidocr import RapidOCR
    from rapidocr.ch_ppocr_rec import TextRecOutput

    engine = RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_det": False,
            "Global.use_cls": False,
            "Rec.model_path": str(model),
            "EngineConfig.onnxruntime.intra_op_num_threads": 1,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )

    def recognise(line: Any) -> tuple[str, ...] | None:  # noqa: ANN401 - OpenCV's own array type
        found = cast("TextRecOutput", engine(line, use_det=False, use_cls=False))
        return found.txts

    return recognise
