import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layouts.errors import FaultyFileError
from tests.mini_definition import DOMAIN, SHARED, written
from wamforms.definition_files import copy_definitions, load_instrument, load_instruments
from wamforms.instrument import Instrument


def faults(home: Path, shared: str = SHARED, domain: str = DOMAIN) -> tuple[str, ...]:
    with pytest.raises(FaultyFileError) as caught:
        load_instruments(written(home, shared, domain))
    return caught.value.faults


SHARED_FAULTS = [
    # what stands in the file, what replaces it, start of the fault (after the file), part of it
    ('id = "mini"', 'id = "Mini!"', "id", "small letters"),
    ('version = "1.0"', 'version = "one two"', "version", "digits"),
    ('licence = "free"', 'licence = ""', "licence", "is empty"),
    ('licence = "free"', "", "licence", "is missing"),
    ('licence = "free"', 'license = "free"', "license", "did you mean licence?"),
    ('licence = "free"', "licence = 5", "licence", "must be text"),
    ("placeholder = false", 'placeholder = "no"', "placeholder", "true or false"),
    ('shape = "round"', 'shape = "oval"', "shape", '"square"'),
    ('assumed = ["the key of b1"]', "assumed = []", "assumed", "items.b1 is marked assumed"),
    ('assumed = ["the key of b1"]', "assumed = [5]", "assumed.0", "must be text"),
    ('["trust", "goals"]', '["trust", "goals", "bond"]', "factors", "'bond' has no items"),
    ('["trust", "goals"]', '["trust", "trust", "goals"]', "factors", "'trust' is there twice"),
    ('["trust", "goals"]', "[]", "factors", "is empty"),
    ('slots = ["worker"]', 'slots = ["worker", "A B"]', "slots", "'A B'"),
    ("[1, 2, 3]", "[1, 2]", "scale.values", "has 2 points"),
    ("[1, 2, 3]", "[1, 2, 3, 4, 5, 6, 7, 8]", "scale.values", "has 8 points"),
    ("[1, 2, 3]", "[1, 2, 2]", "scale.values", "2 is there twice"),
    ("[1, 2, 3]", "[-1, 0, 1]", "scale.values", "negative"),
    ("[1, 2, 3]", "[1, 2, 99]", "scale.values", "over 96"),
    ("[1, 2, 3]", "[1, 2, true]", "scale.values.2", "whole number"),
    ("= 0.5", "= 0", "scoring.minimum_share", "above 0"),
    ("= 0.5", "= 80", "scoring.minimum_share", "at most 1"),
    ("= 0.5", "= nan", "scoring.minimum_share", "at most 1"),
    ('a1 = { factor = "trust", key', 'a1 = { factor = "turst", key', "items.a1.factor", "trust?"),
    ("key = 1 }", "key = 2 }", "items.a1.key", "1, or -1"),
    ("key = 1 }", "key = 1.0 }", "items.a1.key", "whole number"),
    ("key = 1 }", "key = 1, note = 3 }", "items.a1.note", "not a known key"),
    ("a1 = { factor", "A1 = { factor", "items.A1", "small letters"),
    ("[languages.en]", "[languages.EN]", "languages.EN", "language tag"),
    ('name = "English"', 'name = ""', "languages.en.name", "is empty"),
    ('["no", "a bit", "yes"]', '["no", "yes"]', "languages.en.scale", "each of the 3 points"),
    ('["no", "a bit", "yes"]', '["no", "", "yes"]', "languages.en.scale", "is empty"),
    ('ruler = "50 mm"', "", "languages.en.phrases.ruler", "is missing"),
    ('ruler = "50 mm"', 'ruler = "50"\nrulr = ""', "languages.en.phrases.rulr", "mean ruler?"),
    ('shape = "', 'remarks = true\nshape = "', "languages.en.phrases.remarks", "is missing"),
    ('shape = "', 'remarks = "yes"\nshape = "', "remarks", "true or false"),
    ('shape = "', 'consent = true\nshape = "', "languages.en.phrases.consent_all", "is missing"),
    ('shape = "', 'consent = 1\nshape = "', "consent", "true or false"),
    (
        'ruler = "50 mm"',
        'ruler = "50"\nconsent_factors = "scores"',
        "languages.en.phrases.consent_factors",
        "must contain {factors}",
    ),
    (
        'ruler = "50 mm"',
        'ruler = "50"\nconsent = "My {boss} may see:"',
        "languages.en.phrases.consent",
        "no slot {boss}",
    ),
    ("a1 = { factor", "consent = { factor", "items.consent", "name of the consent row"),
    ('ruler = "50 mm"', 'ruler = "50"\nremarks = ""', "languages.en.phrases.remarks", "is empty"),
    ("{page} of {pages}", "{page}", "languages.en.phrases.page", "must contain {pages}"),
    ("Wave {wave}", "{wave} {wav}", "languages.en.phrases.wave", "no slot {wav}"),
    (', goals = "Goals" }', " }", "languages.en.client.factors.goals", "is missing"),
    ("For you", "For {you}", "languages.en.client.role", "no slot {you}"),
    ("My {worker} listens.", "My {werker}.", "languages.en.client.sentences.a1", "mean worker?"),
    ("My {worker} listens.", "My {worker.", "languages.en.client.sentences.a1", "single {"),
    ("My {worker} listens.", "{}", "languages.en.client.sentences.a1", "no slot {}"),
    ("My {worker} listens.", "  ", "languages.en.client.sentences.a1", "is empty"),
    ("My {worker} listens.", "a\\nb", "languages.en.client.sentences.a1", "one line"),
    ("My {worker} listens.", "x" * 161, "languages.en.client.sentences.a1", "161 characters"),
    ('a1 = "My {worker} listens."', "", "languages.en.client.sentences.a1", "has no sentence"),
    (
        'a1 = "My',
        'a2 = "My',
        "languages.en.client.sentences.a2",
        "no such item; use one of: a1, b1",
    ),
]


@pytest.mark.parametrize(("old", "new", "key", "words"), SHARED_FAULTS)
def test_a_fault_of_the_shared_file_is_named(
    tmp_path: Path, old: str, new: str, key: str, words: str
) -> None:
    assert old in SHARED
    found = faults(tmp_path, SHARED.replace(old, new, 1))
    assert any(one.startswith(f"mini.toml: {key}: ") and words in one for one in found), found


DOMAIN_FAULTS = [
    ('domain = "Testing"', "", "languages.en.domain", "is missing"),
    ('domain = "Testing"', "domain = true", "languages.en.domain", "must be text"),
    ('slots = { worker = "tester" }', "", "languages.en.slots.worker", "is missing"),
    ('worker = "tester"', 'worker = ""', "languages.en.slots.worker", "is empty"),
    ('worker = "tester"', 'worker = "{worker}"', "languages.en.slots.worker", "no slot"),
    ('worker = "tester"', 'worker = "a", wrker = "b"', "languages.en.slots.wrker", "mean worker?"),
    ("[languages.en]", "[languages.fr]", "languages.fr", "mini.toml does not have this language"),
    ("[languages.en.", "[languages.fr.", "languages.fr.domain", "is missing"),
    ("A {worker} needs", "A {boss} needs", "languages.en.professional.sentences.b1", "{boss}"),
    ("b1 =", "c1 =", "languages.en.professional.sentences.c1", "no such item"),
    (
        "A {worker} needs no plan.",
        "I am the tester.",
        "languages.en.professional.sentences.b1",
        "is the same sentence as a1",
    ),
    (
        "[languages.en.prof",
        '[languages.en.phrases]\nwave = "Round"\n[languages.en.prof',
        "languages.en.phrases.wave",
        "must contain {wave}",
    ),
    (
        "[languages.en.prof",
        '[languages.en.phrases]\nwaves = "Round"\n[languages.en.prof',
        "languages.en.phrases.waves",
        "mean wave?",
    ),
    ("en.professional", "en.boss", "languages.en.boss", "not a known key"),
]


@pytest.mark.parametrize(("old", "new", "key", "words"), DOMAIN_FAULTS)
def test_a_fault_of_a_domain_file_is_named(
    tmp_path: Path, old: str, new: str, key: str, words: str
) -> None:
    assert old in DOMAIN
    found = faults(tmp_path, domain=DOMAIN.replace(old, new, 1))
    assert any(one.startswith(f"mini/lab.toml: {key}: ") and words in one for one in found), found


def test_a_sentence_that_grows_too_long_with_its_words_is_named(tmp_path: Path) -> None:
    shared = SHARED.replace("My {worker} listens.", "{worker} " * 17 + "x")
    assert faults(tmp_path, shared, DOMAIN.replace('"tester"', '"test driver"')) == (
        "mini.toml: languages.en.client.sentences.a1: is 205 characters long with the words of "
        "mini/lab.toml; 160 is the most",
    )


def test_a_language_without_wording_for_a_role_is_named(tmp_path: Path) -> None:
    before, _, _ = SHARED.partition("[languages.en.professional]")
    found = faults(tmp_path, before)
    assert found == ("mini.toml: languages.en.professional: is missing; add it",)


def test_a_domain_without_a_language_is_named(tmp_path: Path) -> None:
    found = faults(tmp_path, domain="[languages]")
    assert found == (
        "mini/lab.toml: languages.en: is missing; mini.toml has this language, so add it here",
    )


def test_faults_of_every_kind_and_file_are_reported_together(tmp_path: Path) -> None:
    shared = SHARED
    for old, new in {
        'licence = "free"': 'license = "free"',
        "placeholder = false": 'placeholder = "no"',
        "[1, 2, 3]": "[1, 1, -3]",
        "key = 1 }": "key = 0 }",
        "My {worker} listens.": "My {boss} listens.",
        'ruler = "50 mm"': "",
    }.items():
        shared = shared.replace(old, new, 1)
    found = faults(tmp_path, shared, DOMAIN.replace('worker = "tester"', 'worker = ""'))
    assert sorted(": ".join(one.split(": ")[:2]) for one in found) == [
        "mini.toml: items.a1.key",
        "mini.toml: languages.en.client.sentences.a1",
        "mini.toml: languages.en.phrases.ruler",
        "mini.toml: licence",
        "mini.toml: license",
        "mini.toml: placeholder",
        "mini.toml: scale.values",
        "mini.toml: scale.values",
        "mini/lab.toml: languages.en.slots.worker",
    ]


def test_one_fault_of_the_shared_file_is_told_once_for_all_domains(tmp_path: Path) -> None:
    home = written(tmp_path, SHARED.replace('a1 = "My {worker} listens."', ""))
    (home / "mini" / "second.toml").write_text(DOMAIN)
    with pytest.raises(FaultyFileError) as caught:
        load_instruments(home)
    assert len(caught.value.faults) == 1


def test_a_wrong_kind_is_not_followed_by_faults_that_come_from_it(tmp_path: Path) -> None:
    found = faults(tmp_path, SHARED.replace("[1, 2, 3]", '"1 2 3"'))
    assert found == ("mini.toml: scale.values: must be a list in square brackets",)


@pytest.mark.parametrize(
    ("text", "start", "words"),
    [
        ('id = "a"\nversion = 1.0.0\n', "line 2, column", "check quotes"),
        ('id = "a"\nid = "b"\n', "line 2, column", "each name may stand once"),
        ('id = "a', "end of document", "check quotes"),
        ("a = [", "end of document", "check quotes"),
        ("a = " + "[" * 5000, "file", "too many brackets"),
        ("a = " + "1" * 5000, "file", "check quotes"),
    ],
)
def test_what_is_not_toml_is_named_with_its_place(
    tmp_path: Path, text: str, start: str, words: str
) -> None:
    (fault,) = faults(tmp_path, text)
    assert fault.startswith(f"mini.toml: {start}")
    assert words in fault


def test_text_in_another_encoding_is_named(tmp_path: Path) -> None:
    home = written(tmp_path)
    (home / "mini.toml").write_bytes(SHARED.replace("Mini", "Mïni").encode("latin-1"))
    with pytest.raises(FaultyFileError, match="not UTF-8"):
        load_instruments(home)


def test_a_domain_file_with_a_strange_name_is_named(tmp_path: Path) -> None:
    home = written(tmp_path)
    (home / "mini" / "Lab copy.toml").write_text(DOMAIN)
    with pytest.raises(FaultyFileError, match=r"mini/Lab copy\.toml: file name: use small"):
        load_instruments(home)


def test_a_fault_in_one_domain_leaves_the_others_usable(tmp_path: Path) -> None:
    home = written(tmp_path)
    (home / "mini" / "broken.toml").write_text("[")
    assert load_instrument("lab", home).domain == "lab"


# --------------------------------------------------------------------- any file

any_file = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def loads_or_is_faulty(home: Path, shared: bytes, domain: bytes) -> None:
    written(home)
    (home / "mini.toml").write_bytes(shared)
    (home / "mini" / "lab.toml").write_bytes(domain)
    try:
        assert isinstance(load_instrument("lab", home), Instrument)
    except FaultyFileError as error:
        assert all(fault.isprintable() for fault in error.faults)


@any_file
@given(st.binary(max_size=80) | st.text(max_size=80).map(str.encode), st.booleans())
def test_any_bytes_load_or_are_faulty(tmp_path: Path, text: bytes, shared: bool) -> None:
    both = (text, DOMAIN.encode()) if shared else (SHARED.encode(), text)
    loads_or_is_faulty(tmp_path, *both)


VALUES = st.sampled_from(
    ["5", "-1", "true", "nan", '""', '"a"', '"{x}"', "[]", "[[1]]", "{}", "{a = {b = 1}}", "1e999"]
)


@any_file
@given(st.lists(st.tuples(st.integers(0, 200), VALUES), min_size=1, max_size=4), st.randoms())
def test_any_value_in_any_place_loads_or_is_faulty(
    tmp_path: Path, changes: list[tuple[int, str]], luck: random.Random
) -> None:
    lines = list(map(str, (SHARED + "#domain\n" + DOMAIN).splitlines()))
    for number, value in changes:
        place = number % len(lines)
        name, equals, _ = lines[place].partition(" = ")
        lines[place] = f"{name} = {value}" if equals else luck.choice(["", lines[place], value])
    shared, _, domain = "\n".join(lines).partition("#domain")
    loads_or_is_faulty(tmp_path, shared.encode(), domain.encode())


def test_the_documented_example_is_what_the_program_says(tmp_path: Path) -> None:
    manual = Path(__file__).parent.parent / "docs" / "definitions.md"
    copy_definitions(tmp_path)
    path = tmp_path / "wam.toml"
    text = path.read_text(encoding="utf-8")
    for old, new in {
        'q07 = { factor = "goals"': 'q07 = { factor = "gaols"',
        "minimum_share = 0.8": "minimum_share = 80",
        "Mijn {professional} praat": "Mijn {profesional} praat",
    }.items():
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FaultyFileError) as caught:
        load_instruments(tmp_path)
    for fault in caught.value.faults:
        assert fault in manual.read_text(encoding="utf-8")
