"""A whole simulated study, walked through by the command line as its three users would.

    python -m bench.story                     276 dyads, 5 domains, 3 waves: 1,656 forms planned
    python -m bench.story --dyads 6 --write  the short one, and docs/a-study.md from it

Officers change between waves; sheets come twice, late, upside down and in the wrong batch;
three clients withdraw; a picture of the study is tampered with and the study restored. At
the end the tables are held against the truth, cell by cell.
"""

import argparse
import tempfile
from pathlib import Path

from bench.story_acts import SEED, tell
from bench.story_scene import Story

DYADS = 276
"""As many as the published study had (facts on the instrument, row 10)."""

PAGE = Path(__file__).parents[1] / "docs" / "a-study.md"

HEAD = """\
# A study from print to tables

Six invented dyads in five domains over three waves, walked through on the command line as an
administrator, a professional and a researcher would. Everything in a frame was typed and answered
as it stands here; the program wrote this page (`python -m bench.story --dyads 6 --write`), and a
test tells the same story. The long one has 276 dyads (`python -m bench.story`).

"""


def main() -> None:
    """Tell the story, and write the page about it if asked to."""
    parser = argparse.ArgumentParser(description="Walk through a whole simulated study.")
    parser.add_argument("--dyads", type=int, default=DYADS)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--plain", action="store_true", help="Everybody makes plain crosses.")
    parser.add_argument("--write", action="store_true", help=f"Write {PAGE.name} from it.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="wamforms-story-") as folder:
        plain = chosen.plain or chosen.write
        story = tell(Path(folder), dyads=chosen.dyads, seed=chosen.seed, plain=plain)
        if chosen.write:
            PAGE.write_text(page_of(story), encoding="utf-8")
    counted = story.counted
    print(f"{len(story.plot.forms)} forms, {counted.pages} pages scanned, {counted.asked} asked")
    print(f"{len(story.plot.kept())} forms in the tables, every cell as meant")
    print(", ".join(f"{what} {seconds:.0f} s" for what, seconds in counted.seconds.items()))


def page_of(story: Story) -> str:
    """Put the page together."""
    return HEAD + "\n".join(story.type.page).rstrip() + "\n"


if __name__ == "__main__":
    main()
