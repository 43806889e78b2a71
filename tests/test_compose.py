import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import product
from types import MappingProxyType

import fontpkg_atkinson_hyperlegible
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import ImageFont

from layouts.check import FOLD_MM, faults
from layouts.digest import fingerprint
from layouts.errors import FaultyFileError, UsageError
from layouts.geometry import A4, BOTH_SAFE, LETTER, PAPERS, Paper, PointMm
from layouts.model import ItemId, Layout, Role, Shape
from tests.instruments import LABELS, PHRASES, invented, reworded
from tests.touching import ABOVE, BELOW, texts_of, touches
from wamforms import typeset
from wamforms.artwork import Align, Bar, Face, Field, Outline, Text, Type
from wamforms.compose import Form, compose
from wamforms.definition_files import built_in_domains, load_instrument, load_instruments
from wamforms.instrument import Instrument, Scale
from wamforms.measures import CONTENT_LEFT_MM, MOST_LINES, RADIUS_MM, SMALLEST_PT
from wamforms.mirror import mirrored_layout
from wamforms.page_art import RULER_MM
from wamforms.slots import wave_faults

papers = st.sampled_from(list(PAPERS.values()))
WORD = "waarschijnlijk "


def english(made: Instrument, paper: Paper = A4, role: Role = Role.CLIENT) -> Form:
    return compose(made, role, "en", paper)


def bubbles_of(layout: Layout) -> list[tuple[ItemId, int, PointMm]]:
    return [
        (group.item, bubble.value, bubble.centre)
        for page in layout.pages
        for group in page.groups
        for bubble in group.bubbles
    ]


# Any questionnaire.


@settings(max_examples=40)
@given(
    items=st.integers(1, 60),
    points=st.integers(3, 7),
    shape=st.sampled_from(Shape),
    right_to_left=st.booleans(),
    paper=papers,
    words=st.integers(1, 12),
)
def test_any_questionnaire_becomes_a_form_that_can_be_printed_and_read(
    items: int, points: int, shape: Shape, right_to_left: bool, paper: Paper, words: int
) -> None:
    made = invented(
        items, points, shape=shape, right_to_left=right_to_left, sentence=(WORD * words).strip()
    )
    form = english(made, paper)
    layout = form.layout
    assert faults(layout) == ()
    assert touches(form) == []
    printed = [group.item for page in layout.pages for group in page.groups]
    assert printed == [item.id for item in made.items]
    assert all(
        [bubble.value for bubble in group.bubbles] == list(made.scale.values)
        for page in layout.pages
        for group in page.groups
    )
    for _, _, centre in bubbles_of(layout):
        for fold in paper.folds_mm:
            assert abs(centre.y_mm - fold) - RADIUS_MM >= FOLD_MM - 0.002
    assert [page.number for page in layout.pages] == list(range(1, len(layout.pages) + 1))
    assert layout.points == points
    assert layout.shape is shape
    assert form.fingerprint == fingerprint(layout)


@pytest.mark.parametrize(("items", "points"), [(1, 3), (19, 5), (41, 7)])
def test_what_people_see_and_what_the_scanner_looks_for_are_in_the_same_places(
    items: int, points: int
) -> None:
    for right_to_left in (False, True):
        form = english(invented(items, points, right_to_left=right_to_left))
        for page, art in zip(form.layout.pages, form.art, strict=True):
            outlines = {one.centre for one in art.shown if isinstance(one, Outline)}
            looked_for = {b.centre for group in page.groups for b in group.bubbles}
            assert outlines == looked_for | {one.centre for one in page.examples}
            bars = [one.box for one in art.shown if isinstance(one, Bar)]
            for tick in page.ticks:
                assert any(
                    box.centre == tick.centre and box.width_mm == tick.width_mm for box in bars
                )


@pytest.mark.parametrize("points", range(3, 8))
def test_the_pages_of_a_long_form_share_its_items_evenly(points: int) -> None:
    form = english(invented(60, points))
    counts = [len(page.groups) for page in form.layout.pages]
    assert len(counts) > 1
    assert max(counts) - min(counts) <= 1


def test_every_page_says_which_of_how_many_it_is() -> None:
    form = english(invented(60))
    for number, art in enumerate(form.art, 1):
        assert f"Page {number} of {len(form.art)}" in {text.text for text in art.texts()}


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_sentences_are_never_smaller_than_eleven_points(paper: Paper) -> None:
    made = invented(60, 7, sentence=(WORD * 6).strip())
    form = english(made, paper)
    broken = {
        word for text in made.wordings[Role.CLIENT, "en"].items.values() for word in text.split()
    }
    sizes = {
        text.type.size_pt
        for art in form.art
        for text in art.texts()
        if set(text.text.split()) <= broken
    }
    assert len(sizes) == 1, "all sentences of a form have one size"
    assert sizes.pop() >= SMALLEST_PT == 11.0


def test_every_word_of_every_sentence_is_printed_in_order() -> None:
    made = invented(23)
    form = english(made)
    printed = " ".join(text.text for art in form.art for text in art.texts())
    for sentence in made.wordings[Role.CLIENT, "en"].items.values():
        assert sentence in printed


def test_the_ruler_is_fifty_millimetres_long() -> None:
    (art,) = english(invented(5)).art
    widths = [one.box.width_mm for one in art.shown if isinstance(one, Bar)]
    assert RULER_MM == 50.0
    assert widths.count(RULER_MM) == 1


def test_a_form_has_no_place_for_a_name() -> None:
    fields = {slot.field for art in english(invented(60)).art for slot in art.slots}
    assert fields == {Field.DYAD, Field.SHEET, Field.FULL_CODE, Field.EDITION}


# What does not fit.


def test_all_sentences_that_are_too_long_are_named_at_once() -> None:
    made = invented(6, 7)
    wordings = dict(made.wordings)
    long = {ItemId("q02"): WORD * 40, ItemId("q05"): "onafgebroken" * 9}
    for place, wording in made.wordings.items():
        wordings[place] = replace(wording, items={**wording.items, **long})
    with pytest.raises(FaultyFileError) as caught:
        english(replace(made, wordings=wordings))
    assert [fault.partition(":")[0] for fault in caught.value.faults] == ["items.q02", "items.q05"]
    assert all("shorten it" in fault for fault in caught.value.faults)
    assert str(MOST_LINES) in caught.value.faults[0]
    assert caught.value.file == "invented, en"


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"title": "Working together in every way " * 3}, "Working together"),
        ({"scale": ("unquestionably-so",) * 5}, "unquestionably-so"),
        ({"scale": ("one two three four five six seven " * 3,) * 5}, "two three"),
        *(
            ({"phrases": {**PHRASES, name: "this goes on " * 20}}, "this goes on")
            for name in ("cross_one", "correct", "skip", "ruler", "placeholder", "assumed")
        ),
        ({"phrases": {**PHRASES, "keep_clean": "keep it clean " * 9}}, "keep it clean"),
        ({"phrases": {**PHRASES, "version": "{form} {version} " * 12}}, "0.1"),
    ],
    ids=str,
)
def test_a_text_that_would_run_into_another_is_named_and_nothing_is_made(
    changes: dict[str, object], named: str
) -> None:
    made = replace(reworded(invented(19), **changes), version="0.1")
    with pytest.raises(FaultyFileError, match="shorten") as caught:
        english(made)
    assert any(named in fault for fault in caught.value.faults)
    assert all(fault.startswith("page 1: ") for fault in caught.value.faults)


def test_a_long_title_and_long_instructions_shrink_before_they_fail() -> None:
    plain = english(invented(5)).art[0]
    title = "Working together on what matters to both of us"
    hint = "Put one cross in each row, with a dark pen, please, and do take all the time you need."
    longer = reworded(invented(5, 3), title=title, phrases={**PHRASES, "cross_one": hint})
    form = english(longer)
    assert touches(form) == []
    sizes = {text.text: text.type.size_pt for text in form.art[0].texts()}
    before = {text.text: text.type.size_pt for text in plain.texts()}
    assert sizes[title] < before["Working together"]
    assert sizes[hint] < before[PHRASES["cross_one"]]
    assert sizes[hint] == sizes[PHRASES["skip"]], "the three sentences keep one size"


def test_a_language_that_is_not_there_names_those_that_are() -> None:
    with pytest.raises(UsageError, match="no client form in language 'fr'") as caught:
        compose(invented(), Role.CLIENT, "fr", A4)
    assert "en" in caught.value.advice


# The name of the wave, which only the study knows.


def test_a_long_wave_shrinks_and_then_is_a_fault() -> None:
    form = english(invented())
    assert not list(wave_faults(form, "start"))
    longer = "six months after the first talk, at the office, by post or at home"
    assert not list(wave_faults(form, longer))
    assert touches(form, longer) == []
    (fault,) = wave_faults(form, longer * 2)
    assert "invented form (client, en); shorten it" in fault


def test_a_wave_with_letters_that_the_typeface_lacks_is_a_fault() -> None:
    (fault,) = wave_faults(english(invented()), "第一 start")
    assert "第" in fault
    assert "一" in fault


def test_a_wave_that_does_not_fit_is_never_drawn() -> None:
    form = english(invented())
    slot = next(slot for slot in form.art[0].slots if slot.field is Field.EDITION)
    page = form.layout.pages[0]
    with pytest.raises(ValueError, match="does not fit"):
        texts_of(form, page, form.art[0], "wave " * 80)
    assert slot.least_pt >= 8.0


# Right to left.


@pytest.mark.parametrize("paper", PAPERS.values(), ids=PAPERS)
def test_a_right_to_left_form_is_the_mirror_image_of_the_other(paper: Paper) -> None:
    plain = english(invented(19), paper)
    mirrored = english(invented(19, right_to_left=True), paper)
    width = paper.width_mm
    turned = {
        (item, value, PointMm(round(width - at.x_mm, 3), at.y_mm))
        for item, value, at in bubbles_of(plain.layout)
    }
    assert set(bubbles_of(mirrored.layout)) == turned
    assert mirrored.fingerprint != plain.fingerprint
    page, other = plain.layout.pages[0], mirrored.layout.pages[0]
    assert page.fiducials == other.fiducials, "orientation must not depend on the language"
    assert {tick.centre for tick in page.ticks} == {tick.centre for tick in other.ticks}
    assert mirrored_layout(mirrored_layout(plain.layout)) == plain.layout


def test_right_to_left_text_ends_where_the_other_begins() -> None:
    form = english(invented(19, right_to_left=True))
    title = next(text for text in form.art[0].texts() if text.text == "Working together")
    assert title.type.align is Align.RIGHT
    assert title.place.x_mm == pytest.approx(A4.width_mm - CONTENT_LEFT_MM)


# The forms that come with the program.


@cache
def shipped() -> MappingProxyType[tuple[str, Role, str, str], Form]:
    return MappingProxyType(
        {
            (domain, role, language, paper.name): compose(made, role, language, paper)
            for domain, made in load_instruments().items()
            for role, language in made.wordings
            for paper in (A4, LETTER, BOTH_SAFE)
        }
    )


def test_five_domains_two_roles_and_two_languages_are_shipped() -> None:
    wanted = product(built_in_domains(), Role, ("nl", "en"), PAPERS)
    assert set(shipped()) >= set(wanted)
    assert len(built_in_domains()) == 5


def test_every_shipped_form_stands_on_one_side_without_a_fault() -> None:
    for form in shipped().values():
        assert faults(form.layout) == ()
        assert len(form.layout.pages) == 1
        assert len(form.layout.pages[0].groups) == 19


@pytest.mark.parametrize("wave", ["start", "+6 months", "na afronding traject"])
def test_nothing_touches_on_any_shipped_form(wave: str) -> None:
    assert {key: found for key, form in shipped().items() if (found := touches(form, wave))} == {}


def test_all_shipped_forms_have_different_fingerprints() -> None:
    marks = [form.fingerprint for form in shipped().values()]
    assert len(set(marks)) == len(marks)


def test_forms_of_placeholder_wording_say_so() -> None:
    for form in shipped().values():
        texts = {text.text for art in form.art for text in art.texts()}
        assert any("PLACEHOLDER WORDING" in text for text in texts)
        assert form.wording.phrases["assumed"] in texts


def test_licensed_wording_with_nothing_assumed_says_neither() -> None:
    form = english(replace(invented(), placeholder=False, assumed=()))
    texts = {text.text for art in form.art for text in art.texts()}
    assert PHRASES["placeholder"] not in texts
    assert PHRASES["assumed"] not in texts


# Fingerprints.


def _swapped(made: Instrument) -> Instrument:
    first, second, *rest = made.items
    return replace(made, items=(second, first, *rest))


def _with_sentence(made: Instrument) -> Instrument:
    wording = made.wordings[Role.CLIENT, "en"]
    changed = {**wording.items, ItemId("q03"): wording.items[ItemId("q03")] + "!"}
    return reworded(made, items=changed)


CHANGES: dict[str, Callable[[Instrument], Instrument]] = {
    "title": lambda made: reworded(made, title="Working together!"),
    "domain's name": lambda made: reworded(made, domain="Another domain"),
    "role's name": lambda made: reworded(made, role="another role"),
    "option": lambda made: reworded(made, scale=(*LABELS[:4], "at all times")),
    "sentence": _with_sentence,
    **{
        f"phrase {name}": lambda made, name=name: reworded(  # type: ignore[misc]
            made, phrases={**PHRASES, name: PHRASES[name] + "!"}
        )
        for name in PHRASES
    },
    "version": lambda made: replace(made, version="2"),
    "instrument": lambda made: replace(made, id="other"),
    "domain": lambda made: replace(made, domain="other"),
    "shape": lambda made: replace(made, shape=Shape.SQUARE),
    "order of items": _swapped,
    "values": lambda made: replace(made, scale=Scale((0, 1, 2, 3, 4))),
    "order of values": lambda made: replace(made, scale=Scale((5, 4, 3, 2, 1))),
    "direction": lambda made: reworded(made, right_to_left=True),
}


@pytest.mark.parametrize("what", CHANGES)
def test_another_wording_value_or_place_is_another_form(what: str) -> None:
    made = replace(invented(), consent=True)  # else its phrases are on no form
    assert english(CHANGES[what](made)).fingerprint != english(made).fingerprint


def test_role_paper_and_number_of_items_are_another_form() -> None:
    forms = [english(invented(), paper, role) for paper in PAPERS.values() for role in Role]
    forms += [english(invented(18)), english(invented(19, 4))]
    assert len({form.fingerprint for form in forms}) == len(forms)


def test_how_an_item_is_scored_is_no_part_of_the_paper() -> None:
    made = invented()
    turned = replace(made, items=tuple(replace(item, key=-item.key) for item in made.items))
    assert english(turned).fingerprint == english(made).fingerprint


@settings(max_examples=30)
@given(st.data())
def test_a_bubble_moved_by_a_hundredth_is_another_layout(data: st.DataObject) -> None:
    layout = english(invented(7, 3)).layout
    page = layout.pages[0]
    row = data.draw(st.integers(0, len(page.groups) - 1))
    group = page.groups[row]
    place = data.draw(st.integers(0, len(group.bubbles) - 1))
    bubble = group.bubbles[place]
    moved = replace(bubble, centre=PointMm(bubble.centre.x_mm + 0.01, bubble.centre.y_mm))
    bubbles = (*group.bubbles[:place], moved, *group.bubbles[place + 1 :])
    groups = (*page.groups[:row], replace(group, bubbles=bubbles), *page.groups[row + 1 :])
    other = replace(layout, pages=(replace(page, groups=groups),))
    assert fingerprint(other) != fingerprint(layout)


def test_a_form_is_composed_once_and_anew_after_any_change_of_its_questionnaire() -> None:
    made = load_instrument("probation")
    form = compose(made, Role.CLIENT, "nl", A4)
    assert compose(load_instrument("probation"), Role.CLIENT, "nl", A4) is form
    mine = made.wordings[Role.CLIENT, "nl"]
    for changed in (
        replace(mine, title="Other"),
        replace(mine, items={**mine.items, ItemId("q01"): "Other."}),
        replace(mine, phrases={**mine.phrases, "skip": "Other."}),
    ):
        wordings = {**made.wordings, (Role.CLIENT, "nl"): changed}
        other = compose(replace(made, wordings=wordings), Role.CLIENT, "nl", A4)
        assert other.wording is changed
        assert other.fingerprint != form.fingerprint


def test_the_same_input_has_the_same_fingerprint_in_every_process() -> None:
    program = (
        "from layouts.geometry import PAPERS\n"
        "from wamforms.compose import compose\n"
        "from wamforms.definition_files import load_instruments\n"
        "for domain, made in load_instruments().items():\n"
        "    for role, language in made.wordings:\n"
        "        print(domain, role, language,"
        " compose(made, role, language, PAPERS['a4']).fingerprint)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONHASHSEED": "4711"},
        capture_output=True,
        text=True,
        check=True,
    )
    here = {
        f"{domain} {role} {language} {form.fingerprint}"
        for (domain, role, language, paper), form in shipped().items()
        if paper == "a4"
    }
    assert set(done.stdout.splitlines()) == here


# The typeface.


@pytest.mark.parametrize("face", Face)
def test_no_letter_reaches_out_of_the_box_that_overlaps_are_judged_by(face: Face) -> None:
    name = f"{typeset.font_name(face)}.ttf"
    font = ImageFont.truetype(str(fontpkg_atkinson_hyperlegible.ROOT / "files" / name), 1000)
    letters = "".join(map(chr, [*range(33, 127), *range(192, 256)])) + "ĞğŞşİıŐőŠšŽžŁł"
    known = "".join(c for c in letters if not typeset.missing_characters(c, face))
    for character in known:
        _, top, _, bottom = font.getbbox(character, anchor="ls")
        assert -top <= typeset.ABOVE * 1000, character
        assert bottom <= typeset.BELOW * 1000 or character in "Ş|", character
    assert ABOVE <= typeset.ABOVE
    assert BELOW <= typeset.BELOW


@given(st.text("abcdefghij ", min_size=1, max_size=60), st.floats(20.0, 120.0))
def test_shrunk_type_fits_its_room_and_is_never_under_its_limit(text: str, room_mm: float) -> None:
    largest = Type(12.0)
    kind = typeset.shrunk(text, largest, room_mm, 8.0)
    if kind is None:
        assert typeset.width_mm(text, 8.0) > room_mm
    else:
        assert 8.0 <= kind.size_pt <= 12.0
        assert typeset.width_mm(text, kind.size_pt) <= room_mm + 1e-9
        assert kind == largest or typeset.width_mm(text, kind.size_pt + 0.25) > room_mm - 1e-9


@pytest.mark.parametrize("align", Align)
def test_a_text_s_box_lies_where_its_alignment_says(align: Align) -> None:
    text = Text("50 mm", PointMm(100.0, 100.0), Type(10.0, align=align))
    box = typeset.text_box(text)
    edge = {Align.LEFT: box.left_mm, Align.CENTRE: box.centre.x_mm, Align.RIGHT: box.right_mm}
    assert edge[align] == pytest.approx(100.0)
    assert box.top_mm < 100.0 < box.bottom_mm
