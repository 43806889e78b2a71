"""A separator sheet left in the stack is known for what it is."""

from pathlib import Path

import numpy as np
import pytest

from layouts.geometry import A4
from scan.results import PageBlank
from tests.paper import KEY, printed
from wamforms.draw import FormsPdf, Separator
from wamforms.practice.effects import NAMED
from wamforms.practice.render import render
from wamforms.practice.scanner import MM_PER_INCH, scan


@pytest.mark.parametrize("name", ["office", "upside down", "sideways", "bilevel", "photocopy"])
def test_a_separator_sheet_in_the_stack_is_not_refused(name: str, tmp_path: Path) -> None:
    pdf = FormsPdf(tmp_path / "separator.pdf", A4, "test", "en", KEY)
    pdf.add_separator(Separator("officer A", "start", ("K7Q4-2M9Y   probation   nl",) * 30))
    pdf.save()
    (page,) = render(tmp_path / "separator.pdf", 200.0)
    rng = np.random.default_rng(3)
    picture = scan(page, 200.0 / MM_PER_INCH, NAMED[name].varied(rng), rng)
    assert printed().read(picture) == PageBlank("page", is_separator=True)
