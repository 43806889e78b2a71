#!/usr/bin/env python3
"""Bring the desk's message catalogues up to date: `python docs/make_words.py`.

It gathers every message of `wamforms/desk`, and every sentence from below that can reach a page of
it (`make_sentences.py`), and adds what is new to `words/nl.po`, without a
translation; what is gone goes. Then write the missing ones: a test asks for each.
"""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

sys.path.insert(0, str(Path(__file__).parent))
from make_sentences import sentences

from wamforms.desk.sentences import CONTEXT

DESK = Path(__file__).resolve().parent.parent / "wamforms" / "desk"
CATALOGUES = sorted((DESK / "words").glob("*.po"))
KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2), "plural": (1, 2)}
HEADER = """\
# The desk's words; python docs/make_words.py adds what is new.
msgid ""
msgstr ""
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"

"""
TEMPLATE_OPTIONS = {"trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}


def messages() -> Catalog:
    """Gather every message of the desk, in the order of files and lines."""
    found = Catalog()
    for path in sorted((*DESK.rglob("*.py"), *DESK.rglob("*.html"))):
        is_python = path.suffix == ".py"
        method = "python" if is_python else babel_extract
        options = {} if is_python else TEMPLATE_OPTIONS
        for _, message, _, _ in extract_from_file(method, path, KEYWORDS, options=options):
            found.add(message, locations=[(path.relative_to(DESK).as_posix(), None)])
    for text, where in sentences().items():
        found.add(text, locations=[(where, None)], context=CONTEXT)
    return found


def updated(path: Path) -> bytes:
    """Return a catalogue with the messages of today and the translations it has."""
    with path.open("rb") as stream:
        catalogue = read_po(stream, locale=path.stem)
    catalogue.update(messages(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    out = BytesIO()
    write_po(out, catalogue, width=100, omit_header=True, include_lineno=False)
    return HEADER.format(language=path.stem).encode() + out.getvalue()


if __name__ == "__main__":
    for one in CATALOGUES:
        one.write_bytes(updated(one))
