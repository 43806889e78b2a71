"""`demo`: the whole way on invented people, in one command."""

from pathlib import Path

import click

from layouts.errors import ExitCode
from scan.batch import usual_workers
from wamforms.cli.voice import PageBar, as_json, give_json, next_step, say, typed

DEMO_HELP = """\b
wamforms demo
wamforms demo practice --dyads 40 --seed 7

Print, fill in, scan and score an invented study in a new folder, and hold what
was read against what the invented people meant.
"""


@click.command(help=DEMO_HELP)
@click.argument("folder", default="wamforms-demo", type=click.Path(path_type=Path, file_okay=False))
@click.option("--dyads", type=click.IntRange(1, 500), default=12, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
@click.option("--workers", type=click.IntRange(0, 64), default=None)
@as_json
def demo(folder: Path, dyads: int, seed: int, workers: int | None, as_json: bool) -> int:
    """Run a practice study."""
    # The practice stack needs pandas and the simulator; no other verb should wait for them.
    from wamforms.tasks.demo import Demo, DemoOrder, run_demo

    def tell(done: Demo) -> None:
        share = done.asked / max(1, done.answers)
        counts = ", ".join(f"{count} {name}" for name, count in done.report.counts.items() if count)
        say(f"{len(done.report.pages)} pages: {counts}")
        say(
            f"{done.answers} answers: {done.right} read right, {done.asked} ({share:.1%})"
            f" sent to a person, {done.wrong} wrong"
        )
        for what, path in (
            ("printed forms", done.forms[0]),
            ("scanned stack", done.stack),
            ("tables", done.tables),
            ("meant and read", done.truth),
            ("a page as it was read", done.picture),
        ):
            say(f"  {what + ':':<24}{path}")
        next_step(f"wamforms settle {typed(done.folder / 'study')}")

    order = DemoOrder(folder, dyads, seed, usual_workers() if workers is None else workers)
    with PageBar(dyads * 8 + 4, shown=True) as bar:
        done = run_demo(order, bar.step)
    if as_json:
        give_json(done)
    tell(done)
    return ExitCode.CHECKS_FAILED if done.wrong else ExitCode.OK
