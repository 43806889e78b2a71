import sys

import pytest

from bench.second_opinion import library, main
from layouts.errors import WamError


def test_without_the_second_library_one_sentence_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "augraphy", None)
    with pytest.raises(WamError, match="needs the library augraphy") as caught:
        library()
    assert "pip install" in caught.value.advice


def test_the_command_ends_with_that_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "augraphy", None)
    monkeypatch.setattr(sys, "argv", ["second_opinion", "--pages", "1"])
    with pytest.raises(SystemExit, match="pip install"):
        main()
