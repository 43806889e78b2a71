#!/usr/bin/env python3
"""Write the verbs and options of `docs/command-line.md` from the program itself.

    python docs/make_reference.py

`tests/test_manual.py` fails while the file is stale. The tables are written here
and not by click, whose help looks different in every release.
"""

from collections.abc import Iterator
from pathlib import Path

import click

from wamforms.cli.verbs import VERBS

REFERENCE = Path(__file__).with_name("command-line.md")

BEGIN = "<!-- verbs: written by docs/make_reference.py -->\n"
END = "<!-- end of verbs -->\n"

ORDER = ("init", "print", "scan", "status", "settle", "export", "layout", "demo", "doctor")
"""The verbs in the order in which people need them; others follow by name."""


def updated(text: str) -> str:
    """Put the present verbs into the text of the reference."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + reference() + END + after


def reference() -> str:
    """Describe every verb: help, usage, options."""
    loaded = {name: verb.load() for name, verb in VERBS.items()}
    names = sorted(loaded, key=lambda name: (name not in ORDER, _place(name), name))
    return "\n".join(line for name in names for line in _verb(name, loaded[name]))


def _place(name: str) -> int:
    return ORDER.index(name) if name in ORDER else 0


def _verb(name: str, verb: click.Command) -> Iterator[str]:
    arguments = [one for one in verb.params if isinstance(one, click.Argument)]
    options = [one for one in verb.params if isinstance(one, click.Option)]
    yield f"### wamforms {name}\n"
    yield from _help(verb.help or "")
    usage = " ".join(["wamforms", name, "[OPTIONS]", *map(_argument, arguments)])
    yield f"Usage: `{usage}`\n"
    if options:
        yield "| option | value | what it does |"
        yield "|---|---|---|"
        yield from (_option(one) for one in options)
        yield ""


def _help(text: str) -> Iterator[str]:
    """Turn a help text into Markdown: the examples at its beginning are code."""
    blocks = [block.strip("\n") for block in text.replace("\b\n", "").split("\n\n")]
    examples, *paragraphs = blocks
    yield f"```sh\n{examples}\n```\n"
    for paragraph in paragraphs:
        yield " ".join(paragraph.split()) + "\n"


def _argument(argument: click.Argument) -> str:
    name = argument.metavar or (argument.name or "").upper()
    name = name if argument.required else f"[{name.strip('[]')}]"
    return name + ("..." if argument.nargs == -1 else "")


def _option(option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in sorted(option.opts, key=len, reverse=True))
    cells = [names, _value(option), " ".join(filter(None, (option.help, *_remarks(option))))]
    return "| " + " | ".join(cells) + " |"


def _value(option: click.Option) -> str:
    if option.is_flag:
        return ""
    match option.type:
        case click.Choice(choices=choices):
            return ", ".join(f"`{choice}`" for choice in choices)
        case click.IntRange(min=least, max=most):
            return f"{least} to {most}"
        case click.Path(file_okay=False):
            return "folder"
        case click.Path():
            return "file"
        case kind:
            return {"integer": "number"}.get(kind.name, kind.name)


def _remarks(option: click.Option) -> Iterator[str]:
    default = option.default
    if option.required:
        yield "Needed."
    elif isinstance(default, tuple | list) and default:
        yield f"Usually {', '.join(f'`{one}`' for one in default)}."
    elif isinstance(default, str | int) and not option.is_flag:
        yield f"Usually `{default}`."


def main() -> None:
    """Bring the reference up to date."""
    text = REFERENCE.read_text(encoding="utf-8")
    REFERENCE.write_text(updated(text), encoding="utf-8")


if __name__ == "__main__":
    main()
