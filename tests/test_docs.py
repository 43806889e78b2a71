import re
from pathlib import Path

import click
import pytest

from layouts.errors import ExitCode
from wamforms.cli.start import STORY
from wamforms.cli.verbs import VERBS

HOME = Path(__file__).parent.parent
README = HOME / "README.md"
MANUAL = HOME / "docs" / "command-line.md"
COMMANDS = {name: verb.load() for name, verb in VERBS.items()}


def examples(path: Path) -> list[str]:
    """Every command that a page shows in a block of code."""
    text = path.read_text(encoding="utf-8")
    blocks = re.findall(r"^```[a-z]*\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return re.findall(r"^\$? ?(wamforms [a-z].*)$", "\n".join(blocks), re.MULTILINE)


@pytest.mark.parametrize("page", [README, MANUAL], ids=["README", "command-line"])
@pytest.mark.parametrize("verb", COMMANDS)
def test_every_verb_is_in_the_readme_and_in_the_manual(page: Path, verb: str) -> None:
    assert re.search(rf"\bwamforms {verb}\b", page.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", [README, MANUAL], ids=["README", "command-line"])
def test_the_pages_show_no_verb_and_no_option_that_is_not_there(page: Path) -> None:
    for example in examples(page):
        _, verb, *rest = example.partition("#")[0].split()
        assert verb in COMMANDS, example
        known = {name for option in COMMANDS[verb].params for name in option.opts}
        known |= {"--help", "-h"}
        used = {word.partition("=")[0] for word in rest if re.match(r"--?[a-z]", word)}
        assert used <= known, example


def test_the_manual_names_every_option() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    for verb, command in COMMANDS.items():
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.opts[0] in text, f"{verb} {option.opts[0]}"


def test_the_manual_names_every_exit_code() -> None:
    text = MANUAL.read_text(encoding="utf-8")
    for code in ExitCode:
        assert re.search(rf"(?<!\d){code.value}(?!\d)", text), code


@pytest.mark.parametrize("verb", COMMANDS)
def test_every_verb_has_help_and_a_word_for_the_list(verb: str) -> None:
    command = COMMANDS[verb]
    assert command.name == verb
    assert (command.help or "").count(f"\nwamforms {verb}") >= 2, "two examples"
    assert any("--json" in one.opts for one in command.params)


def test_the_story_of_the_program_tells_the_whole_way() -> None:
    told = re.findall(r"wamforms ([a-z]+)", STORY)
    assert told == ["init", "print", "scan", "settle", "export", "demo"]
