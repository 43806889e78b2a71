"""`reconcile`: every page of a batch is somewhere, on screen and on paper."""

from dataclasses import asdict
from pathlib import Path

import click

from layouts.errors import ExitCode
from wamforms.cli.unlocking import open_study
from wamforms.cli.voice import as_json, counted, give_json, next_step, say, study_folder, typed
from wamforms.tasks.reconciliation import Reconciliation
from wamforms.tasks.reconciliation_page import equation, sealed_pages, write_reconciliation
from wamforms.tasks.reconciling import reconcile

RECONCILE_HELP = """\b
wamforms reconcile mystudy --pdf batch.pdf
wamforms reconcile mystudy --batch 7 --json
wamforms reconcile mystudy --list

Add up a batch, which is one run of scan or watch: pages in = read + waiting +
scanned before + blank backs + foreign + refused, against the print list, with
the paper to scan again. The PDF is one page to sign and file with the paper.

\b
Exit codes: 0 all in order, 4 questions wait for a person, 5 there is paper to
scan again, 7 the batch does not add up.
"""

SHOWN = 8
"""Lines of a list on the screen; the JSON has all of them."""


@click.command("reconcile", help=RECONCILE_HELP)
@study_folder
@click.option("--batch", type=click.IntRange(1), help="Number of the batch; else the last one.")
@click.option(
    "--pdf", type=click.Path(path_type=Path, dir_okay=False), help="Write the page to sign."
)
@click.option("--list", "only_list", is_flag=True, help="Only list the batches.")
@as_json
def reconcile_(
    study: Path, batch: int | None, pdf: Path | None, only_list: bool, as_json: bool
) -> int:
    """Add up a batch."""
    with open_study(study) as opened:
        opened.plain_files((pdf,), "with --pdf FILE.pdf")
        numbers = opened.store.batches() if only_list else (batch,)
        found = [reconcile(opened, number) for number in numbers]
    if only_list:
        return _list(found, as_json=as_json)
    if as_json:
        give_json(listed(found[0]))
    if pdf is not None:
        write_reconciliation(found[0], pdf)
    tell(found[0])
    if pdf is not None:
        say(f"  to sign: {pdf}")
    _advise(found[0], study)
    return exit_code(found[0])


def _list(found: list[Reconciliation], *, as_json: bool) -> int:
    if as_json:
        give_json([listed(one) for one in found])
    for one in found:
        mark = "" if one.adds_up else "  DOES NOT ADD UP"
        say(f"  batch {one.batch}, {one.at}: {equation(one)}{mark}")
    say(counted(len(found), "batch").replace("batchs", "batches"))
    return ExitCode.OK if all(one.adds_up for one in found) else ExitCode.CHECKS_FAILED


def listed(found: Reconciliation) -> dict[str, object]:
    """Return what the JSON shows, with the verdict in so many words."""
    return {**asdict(found), "adds_up": found.adds_up}


def exit_code(found: Reconciliation) -> ExitCode:
    """Choose the exit code: the gravest thing there is."""
    if not found.adds_up:
        return ExitCode.CHECKS_FAILED
    if found.open_rescans:
        return ExitCode.PAGES_REFUSED
    return ExitCode.DOUBTS_WAIT if found.waiting_now else ExitCode.OK


def tell(found: Reconciliation, *, with_paper: bool = True) -> None:
    """Say how a batch adds up, and what is missing.

    Parameters
    ----------
    found : Reconciliation
        The batch.
    with_paper : bool
        False where the refused pages have just been listed.
    """
    say(f"Batch {found.batch}: {equation(found)}")
    if found.adds_up:
        say("  every page is accounted for")
    else:
        say(click.style("  THIS BATCH DOES NOT ADD UP", fg="red", bold=True))
        for fault in found.faults:
            say(f"  {fault}")
    if found.sealed:
        say(f"  {sealed_pages(found.sealed)}")
    for wave in found.waves:
        missing = wave.expected - wave.before - wave.came
        codes = " ".join(wave.missing[:SHOWN]) + (" ..." if len(wave.missing) > SHOWN else "")
        say(
            f"  {wave.label}, {wave.role}: {wave.expected} expected = {wave.before} in before"
            f" + {wave.came} came now + {missing} missing" + (f" ({codes})" if codes else "")
        )
    if with_paper:
        _tell_paper(found)


def _tell_paper(found: Reconciliation) -> None:
    for one in found.open_rescans[:SHOWN]:
        say(f"  scan again: {one.source}{f', {one.form}' if one.form else ''}: {one.reason}")
    if len(found.open_rescans) > SHOWN:
        say(f"  and {len(found.open_rescans) - SHOWN} more to scan again")
    for one in found.foreign[:SHOWN]:
        say(f"  take out of the stack: {one.source}: {one.reason}")


def _advise(found: Reconciliation, study: Path) -> None:
    if found.waiting_now:
        next_step(f"wamforms settle {typed(study)}")
    elif found.open_rescans or not found.adds_up:
        next_step(f"wamforms scan {typed(study)} STACK.pdf")
    else:
        next_step(f"wamforms status {typed(study)}")
