"""Forms: see them as they are printed, print a wave, and find what was printed before."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from starlette.responses import Response

from wamforms.desk.downloads import download
from wamforms.desk.visits import Part, Visit, act, look
from wamforms.desk.words import N_
from wamforms.tasks.enrol_lists import choices_of
from wamforms.tasks.masters import MasterOrder, print_masters
from wamforms.tasks.print_history import past_runs, printed_file
from wamforms.tasks.print_plans import Wish, pages_of, plan_of, preview, print_planned

FIELDS = ("wave", "domain", "language", "officer", "role", "codes")


def forms(visit: Visit) -> Response:
    """Show what a print run would be, and the forms in it."""
    wish = _wish(visit.query, is_first=not visit.query.get("wave"))
    return visit.show(
        "forms.html",
        wish=wish,
        plan=plan_of(visit.study, wish),
        choices=choices_of(visit.study),
        waves=visit.study.settings.waves,
        runs=past_runs(visit.study),
        done=visit.query.get("done", ""),
        is_encrypted=visit.study.is_encrypted,
    )


def show_form(visit: Visit) -> Response:
    """Show one form as the printer gets it."""
    edition = (visit.path["domain"], visit.path["role"], visit.path["language"])
    page = int(visit.path["page"])
    return visit.show(
        "form.html",
        edition=edition,
        wave=visit.query.get("wave", "1"),
        page=page,
        pages=pages_of(visit.study, edition, page),
    )


def picture(visit: Visit) -> Response:
    """Give a page of a form as a picture."""
    edition = (visit.path["domain"], visit.path["role"], visit.path["language"])
    wave = visit.query.get("wave", "1")
    drawn = preview(visit.study, edition, wave, int(visit.path["page"]))
    return Response(drawn, media_type="image/png")


def print_run(visit: Visit) -> Response:
    """Print a wave; of an encrypted study the PDF goes to the browser and nowhere else."""
    wish = _wish(visit.form, is_first=False)
    if not visit.study.is_encrypted:
        return visit.go(f"/forms?done={print_planned(visit.study, wish).run}")
    with TemporaryDirectory(prefix="wamforms-print-") as folder:
        run = print_planned(visit.study, wish, Path(folder) / "forms.pdf")
        return download(run.pdf.read_bytes(), f"{run.run}.pdf")


def masters(visit: Visit) -> Response:
    """Make masters to photocopy."""
    if not visit.study.is_encrypted:
        return visit.go(f"/forms?done={print_masters(visit.study, MasterOrder()).pdf.stem}")
    with TemporaryDirectory(prefix="wamforms-print-") as folder:
        made = print_masters(visit.study, MasterOrder(out=Path(folder) / "masters.pdf"))
        return download(made.pdf.read_bytes(), "masters.pdf")


def file(visit: Visit) -> Response:
    """Give a file of a print run."""
    name = visit.path["name"]
    return download(printed_file(visit.study, name), name)


def _wish(said: Mapping[str, str], *, is_first: bool) -> Wish:
    """Take a wish out of a form; a box that is not ticked is not sent."""
    values = {name: said.get(name, "").strip() for name in FIELDS}
    values["wave"] = values["wave"] or "1"
    return Wish(**values, only_new=is_first or bool(said.get("only_new")))


PART = Part(
    "forms",
    (
        look("/forms", forms),
        look("/forms/show/{domain}/{role}/{language}/{page:int}", show_form),
        look("/forms/picture/{domain}/{role}/{language}/{page:int}", picture),
        act("/forms/print", print_run),
        act("/forms/masters", masters),
        look("/forms/file/{name}", file),
    ),
    N_("Forms"),
)
