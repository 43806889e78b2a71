#!/usr/bin/env python3
"""Find every sentence of the program that can reach a page of the desk, as a template.

`python docs/make_words.py` puts them into the catalogues; this program by itself lists them.

Below the desk nobody knows languages: errors, reasons and remarks are English sentences, written
as f-strings where they are needed, and some are stored with a page. The f-string is the template:
`f"{path.name} is no PDF"` is `{name} is no PDF` in the catalogue, and the desk finds the template
again that a sentence was made from (`wamforms.desk.sentences`).
"""

import ast
import re
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOPS = ("layouts", "scan", "records", "output", "wamforms")

NOT_AT_THE_DESK = (
    *("output.statistics", "wamforms.definition", "wamforms.compose", "wamforms.paging"),
    *("wamforms.written_block", "wamforms.practice", "wamforms.tasks.demo", "wamforms.tasks.audit"),
    *("wamforms.consent_row", "wamforms.remarks_box", "wamforms.slots", "records.log"),
    *("records.audits", "output.quality"),
)
"""Imported on the way, but the desk asks them nothing, or they speak of files that only
somebody who writes questionnaires can mend."""

BUGS = frozenset(
    {
        *("ValueError", "TypeError", "RuntimeError", "KeyError", "OSError", "ImportError"),
        *("DatabaseError", "IntegrityError", "AssertionError", "PydanticCustomError"),
    }
)
"""Errors that are no sentence for a user."""

SAYS = frozenset(
    {"PageUnreadable", "UnreadableFile", "PageRefused", "refused", "Whose", "Leftover"}
)
"""What carries a sentence besides errors."""

NAMES = frozenset({"what", "why", "reason", "detail", "advice", "remark", "fault", "remarks"})
"""Variables and fields that hold a sentence, or a part of one."""


LEAST = 6
"""Letters between the places of a template; with fewer, such as `{fault}: {detail}`, it would fit
anything, and the desk says its parts one by one."""

FAULTS = frozenset({"_too_many", "_laid", "_held", "_unpacked"})
"""Functions that return or yield sentences though their name does not say so."""


_PLACE = re.compile(r"\{\w+\}")
_LETTERS = re.compile("[a-zA-Z]")


MORE = ("{file}: 1 fault", "{file}: {count} faults")
"""How a list of faults begins; `FaultyFileError` puts it together."""


def sentences() -> dict[str, str]:
    """Return every template with the module it is in."""
    found = dict.fromkeys(MORE, "layouts/errors.py")
    for module in sorted(reachable("wamforms.desk.app")):
        if not module.startswith(NOT_AT_THE_DESK):
            for text in _said(module):
                letters = len(_LETTERS.findall(_PLACE.sub("", text)))
                if module == "scan.results" or (" " in text.strip() and letters >= LEAST):
                    found.setdefault(text, _file(module).relative_to(ROOT).as_posix())
    return found


def reachable(module: str) -> frozenset[str]:
    """List the modules of the program that one imports, on whatever way."""
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        one = waiting.pop()
        if one not in seen and one.startswith(TOPS) and _file(one).exists():
            seen.add(one)
            waiting += _imports(one)
    return frozenset(seen)


def _file(module: str) -> Path:
    path = ROOT / module.replace(".", "/")
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")


@cache
def _tree(module: str) -> ast.Module:
    return ast.parse(_file(module).read_text(encoding="utf-8"))


def _imports(module: str) -> Iterator[str]:
    for node in ast.walk(_tree(module)):
        if isinstance(node, ast.Import):
            yield from (one.name for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{one.name}" for one in node.names)


def _said(module: str) -> Iterator[str]:
    constants = _constants(module)
    for node in ast.walk(_tree(module)):
        for value in _values(node):
            yield from _templates(value, constants)


def _values(node: ast.AST) -> Iterator[ast.expr]:
    """List the expressions of a node that may be a sentence."""
    match node:
        case ast.Call(func=func, args=args, keywords=keywords):
            name = func.id if isinstance(func, ast.Name) else getattr(func, "attr", "")
            is_error = name.endswith("Error") and name not in BUGS
            is_fault = name == "append" and _named(getattr(func, "value", None)) == "faults"
            if is_error or is_fault or name in SAYS:
                yield from args
            yield from (one.value for one in keywords if one.arg in NAMES)
        case ast.Assign(targets=[ast.Name(id=name)], value=value) if name in NAMES:
            yield value
        case ast.FunctionDef(name=name) if "fault" in name or name in FAULTS:
            for inner in ast.walk(node):
                if isinstance(inner, ast.Yield | ast.Return) and inner.value is not None:
                    yield inner.value
        case ast.ClassDef(name="Fault", body=body):
            yield from (one.value for one in body if isinstance(one, ast.Assign))
        case _:
            return


def _named(node: ast.AST | None) -> str:
    return node.id if isinstance(node, ast.Name) else ""


def _templates(node: ast.expr, constants: Mapping[str, ast.expr]) -> Iterator[str]:
    """Write an expression as templates: both of a choice, each of a list."""
    match node:
        case ast.IfExp(body=one, orelse=other):
            yield from _templates(one, constants)
            yield from _templates(other, constants)
        case ast.List(elts=elements) | ast.Tuple(elts=elements):
            for one in elements:
                yield from _templates(one, constants)
        case ast.ListComp(elt=one) | ast.GeneratorExp(elt=one):
            yield from _templates(one, constants)
        case ast.Name(id=name) if name in constants:
            yield from _templates(constants[name], {})
        case _:
            text = _template(node, {})
            if text:
                yield text


def _template(node: ast.expr, seen: dict[str, str]) -> str | None:
    match node:
        case ast.Constant(value=str(text)):
            return text.replace("{", "").replace("}", "") if "{" in text else text
        case ast.JoinedStr(values=parts):
            return "".join(
                part.value
                if isinstance(part, ast.Constant)
                else "{" + _place(part.value, seen) + "}"
                for part in parts
                if isinstance(part, ast.Constant | ast.FormattedValue)
            )
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            both = _template(left, seen), _template(right, seen)
            return None if None in both else "".join(filter(None, both))
        case _:
            return None


def _place(node: ast.expr, seen: dict[str, str]) -> str:
    """Name a place after its expression, each expression another name."""
    whole = ast.unparse(node)
    names = [one.id for one in ast.walk(node) if isinstance(one, ast.Name)]
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            pass
        case _:
            name = names[-1] if names else "value"
    name = name.strip("_").lower()
    while seen.get(name, whole) != whole:
        name += "_"
    seen[name] = whole
    return name


@cache
def _constants(module: str) -> Mapping[str, ast.expr]:
    """Find strings that have a name, in a module and in what it takes from others."""
    found = dict(_own_constants(module))
    for node in _tree(module).body:
        match node:
            case ast.ImportFrom(module=str(source), names=names) if source.startswith(TOPS):
                theirs = _own_constants(source) if _file(source).exists() else {}
                found |= {one.name: theirs[one.name] for one in names if one.name in theirs}
            case _:
                pass
    return found


def _own_constants(module: str) -> dict[str, ast.expr]:
    return {
        target.id: node.value
        for node in _tree(module).body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant | ast.JoinedStr)
        for target in node.targets
        if isinstance(target, ast.Name) and target.id.isupper()
    }


if __name__ == "__main__":
    for one in sentences():
        sys.stdout.write(f"{one}\n")
