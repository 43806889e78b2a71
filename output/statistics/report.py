"""The report: every table in a page that a browser shows, and in Markdown."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from html import escape

from output.statistics.analysis import Analysis
from output.statistics.figures import Figure
from output.statistics.stat_table import SHOWN_FROM, STEADY_FROM, StatTable

REPORT_ROWS = 60
"""More rows than this nobody reads on a page; the CSV file has all of them."""

FIGURES = "figures"
"""Folder of the pictures, beside the report."""

_DECIMALS = 3

RULES = (
    f"Every row says how many it counts (n). Under n = {SHOWN_FROM} nothing but n is given, under"
    f" {STEADY_FROM} the row says that n is small. Why a number is missing stands in the column"
    " note. Intervals are 95 % unless a table says otherwise. Tables of single dyads are files"
    " only and are not shown here: they are as confidential as the answers."
)

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #1a1a1a; background: #fff;
       max-width: 76rem; margin: 2rem auto; padding: 0 1rem; }
h2 { margin-top: 3rem; border-top: 1px solid #bbb; padding-top: 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.85rem; }
caption { text-align: left; font-weight: 600; padding: 0.3rem 0; }
th, td { padding: 0.25rem 0.6rem; border-bottom: 1px solid #ddd; text-align: left;
         vertical-align: top; max-width: 22rem; }
th { border-bottom: 2px solid #555; }
th.number, td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
figure { margin: 1rem 0; overflow-x: auto; }
figure img { max-width: 100%; height: auto; }
figcaption { color: #444; font-size: 0.9rem; }
.note { color: #444; font-size: 0.9rem; }
"""


def as_html(analysis: Analysis, title: str, figures: Sequence[Figure] = ()) -> str:
    """Write the report as one page that needs nothing from outside."""
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>{escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>",
        f"<h1>{escape(title)}</h1>\n<p>{escape(RULES)}</p>",
        _html_list(analysis.remarks),
        '<nav aria-label="Tables"><ul>',
        *(f'<li><a href="#{one.name}">{escape(one.title)}</a></li>' for one in analysis.tables),
        "</ul></nav>",
        *(_html_table(one, figures) for one in analysis.tables),
        "</main>\n</body>\n</html>\n",
    ]
    return "\n".join(part for part in parts if part)


def as_markdown(analysis: Analysis, title: str, figures: Sequence[Figure] = ()) -> str:
    """Write the report as Markdown; its pictures are files in the folder `FIGURES`."""
    lines = [f"# {title}", "", RULES, ""]
    lines += [f"- {_markdown_cell(remark)}" for remark in analysis.remarks]
    for one in analysis.tables:
        shown = (f"![{two.caption}]({FIGURES}/{two.name}.svg)" for two in _under(one, figures))
        pictures = [line for picture in shown for line in (picture, "")]
        lines += ["", f"## {one.title}", "", *pictures, *_markdown_table(one)]
    return "\n".join(lines) + "\n"


def _html_list(remarks: tuple[str, ...]) -> str:
    if not remarks:
        return ""
    return "<ul>" + "".join(f"<li>{escape(remark)}</li>" for remark in remarks) + "</ul>"


def _under(table: StatTable, figures: Iterable[Figure]) -> list[Figure]:
    return [one for one in figures if one.table == table.name]


def _html_table(one: StatTable, figures: Iterable[Figure]) -> str:
    head = f'<section id="{one.name}">\n<h2>{escape(one.title)}</h2>'
    pictures = map(_html_figure, _under(one, figures))
    return "\n".join([head, *pictures, _html_body(one), *_html_words(one), "</section>"])


def _html_figure(one: Figure) -> str:
    """Put a picture into the page itself, so that the page can be sent and kept alone."""
    data = b64encode(one.drawn.svg).decode()
    words = escape(one.caption)
    picture = f'<img src="data:image/svg+xml;base64,{data}" alt="{words}">'
    return f"<figure>\n{picture}\n<figcaption>{words}</figcaption>\n</figure>"


def _html_body(one: StatTable) -> str:
    if one.is_personal or one.frame.empty:
        return f"<p>{escape(_instead(one))}</p>"
    shown = _shown(one)
    heads = "".join(
        f'<th scope="col"{_kind(row[at] for row in shown[1:])}>{escape(str(name))}</th>'
        for at, name in enumerate(shown[0])
    )
    rows = "\n".join(
        "<tr>" + "".join(_html_cell(cell) for cell in row) + "</tr>" for row in shown[1:]
    )
    table = f"<table>\n<thead><tr>{heads}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>"
    return f'<div class="wide" tabindex="0">{table}</div>'


def _html_cell(cell: object) -> str:
    return f"<td{_kind([cell])}>{escape(_text(cell))}</td>"


def _kind(cells: Iterable[object]) -> str:
    """Mark what holds numbers, which stand to the right."""
    return ' class="number"' if any(isinstance(cell, (int, float)) for cell in cells) else ""


def _html_words(one: StatTable) -> Iterator[str]:
    for label, words in _words(one):
        yield f'<p class="note"><strong>{label}</strong> {escape(words)}</p>'


def _markdown_table(one: StatTable) -> list[str]:
    lines = [_instead(one)]
    if not one.is_personal and not one.frame.empty:
        shown = _shown(one)
        rule: list[object] = [
            "---:" if any(isinstance(row[at], (int, float)) for row in shown[1:]) else "---"
            for at in range(len(shown[0]))
        ]
        rows = [shown[0], rule, *shown[1:]]
        lines = ["| " + " | ".join(_markdown_cell(cell) for cell in row) + " |" for row in rows]
    return [*lines, "", *(f"**{label}** {words}  " for label, words in _words(one))]


def _markdown_cell(cell: object) -> str:
    return _text(cell).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _words(one: StatTable) -> Iterator[tuple[str, str]]:
    yield "Shows:", one.shows
    yield "Does not show:", one.shows_not
    if one.notes:
        yield "How:", " ".join(one.notes)
    rest = len(one.frame) - REPORT_ROWS
    if rest > 0 and not one.is_personal:
        yield "File:", f"{one.name}.csv has {rest} more rows and all digits."


def _instead(one: StatTable) -> str:
    if one.is_personal:
        return f"{one.name}.csv: {len(one.frame)} rows about single dyads, not shown here."
    return "No row: the study has nothing for this table yet."


def _shown(one: StatTable) -> list[list[object]]:
    """Give the head and the first rows, without columns that are the same or empty throughout."""
    kept = [name for name in one.frame.columns if not _is_idle(one, str(name))]
    columns: list[list[object]] = [one.frame[name].tolist()[:REPORT_ROWS] for name in kept]
    body: list[list[object]] = [list(row) for row in zip(*columns, strict=True)]
    return [[str(name) for name in kept], *body]


def _is_idle(one: StatTable, name: str) -> bool:
    """Tell whether a column says nothing on the page: empty, or only which questionnaire."""
    values = one.frame[name].tolist()
    if all(value is None for value in values):
        return True
    return name in ("questionnaire", "domain") and len(set(values)) == 1


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        if 0 < abs(cell) < 10**-_DECIMALS:
            return f"{cell:.1e}"
        return f"{cell:.{_DECIMALS}f}"
    return str(cell)
