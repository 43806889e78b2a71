from itertools import combinations
from pathlib import Path

import pytest

from layouts.errors import UsageError, WamError
from layouts.model import ItemId, Role, Shape
from tests.mini_definition import SHARED, written
from wamforms.definition_files import (
    built_in_domains,
    copy_definitions,
    load_instrument,
    load_instruments,
)
from wamforms.instrument import CONSENT_PHRASES, MASTER_PHRASES, PHRASES, REMARKS, Wording

FORMS = [
    pytest.param(wording, id=f"{domain}-{role}-{language}")
    for domain, instrument in load_instruments().items()
    for (role, language), wording in instrument.wordings.items()
]


# ---------------------------------------------------------------- what is shipped


def test_five_domains_are_shipped_with_the_known_structure_and_visible_assumptions() -> None:
    assert built_in_domains() == (
        "debt-counselling",
        "labour-reintegration",
        "probation",
        "social-care",
        "youth-services",
    )
    for domain, instrument in load_instruments().items():
        assert instrument == load_instrument(domain)
        assert instrument.domain == domain
        assert [item.id for item in instrument.items] == [f"q{n:02}" for n in range(1, 20)]
        assert len(instrument.factors) == 4
        assert all(instrument.items_of(factor) for factor in instrument.factors)
        assert instrument.placeholder
        assert instrument.assumed
        assert instrument.languages == ("en", "nl")


@pytest.mark.parametrize("wording", FORMS)
def test_shipped_sentences_have_a_usual_length_and_differ(wording: Wording) -> None:
    sentences = list(wording.items.values())
    assert len(set(sentences)) == 19
    assert all(20 <= len(sentence) <= 90 for sentence in sentences)
    assert all(sentence[0].isupper() and sentence.endswith(".") for sentence in sentences)
    assert not any(set("{}") & set(text) for text in (*sentences, wording.title, wording.role))


@pytest.mark.parametrize("wording", FORMS)
def test_shipped_phrases_fit_their_lines_and_labels_their_columns(wording: Wording) -> None:
    assert set(wording.phrases) == {*PHRASES, REMARKS, *CONSENT_PHRASES, *MASTER_PHRASES}
    assert all(len(wording.phrases[name]) <= 62 for name in ("cross_one", "correct", "skip"))
    plain = {name: wording.phrases[name] for name in (*PHRASES, REMARKS, *CONSENT_PHRASES)}
    assert all(len(text) <= 90 for text in plain.values())
    assert all(len(wording.phrases[name]) <= 120 for name in MASTER_PHRASES)
    assert max(len(word) for label in wording.scale for word in label.split()) <= 9


def test_the_wording_fits_each_domain() -> None:
    for one, other in combinations(load_instruments().values(), 2):
        for form, wording in one.wordings.items():
            theirs = other.wordings[form]
            changed = [q for q in wording.items if wording.items[q] != theirs.items[q]]
            assert len(changed) >= 6, (one.domain, other.domain, form)


def test_the_fourth_factor_has_another_name_for_the_professional() -> None:
    wordings = load_instrument("probation").wordings
    for language in ("nl", "en"):
        client, professional = (wordings[role, language].factors for role in Role)
        assert [key for key in client if client[key] != professional[key]] == ["reactance"]


# ------------------------------------------------------------- a folder of one's own


def test_a_definition_comes_out_as_written(tmp_path: Path) -> None:
    instrument = load_instrument("lab", written(tmp_path))
    assert (instrument.id, instrument.version, instrument.shape) == ("mini", "1.0", Shape.ROUND)
    assert instrument.scale.values == (1, 2, 3)
    assert [(item.id, item.factor, item.key) for item in instrument.items] == [
        ("a1", "trust", 1),
        ("b1", "goals", -1),
    ]
    client = instrument.wordings[Role.CLIENT, "en"]
    assert list(client.items.values()) == ["My tester listens.", "My tester has no plan."]
    professional = instrument.wordings[Role.PROFESSIONAL, "en"]
    assert professional.role == "For the tester"
    assert professional.items[ItemId("b1")] == "A tester needs no plan."


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    assert load_instrument("lab", written(tmp_path, "\ufeff" + SHARED)).id == "mini"


def test_copies_load_as_the_same_instruments_and_can_be_edited(tmp_path: Path) -> None:
    home = tmp_path / "mine"
    copies = copy_definitions(home)
    assert load_instruments(home) == load_instruments()
    shared = copies[0].read_text(encoding="utf-8")
    edited = shared.replace("placeholder = true", "placeholder = false")
    copies[0].write_text(edited, encoding="utf-8")
    assert not load_instrument("probation", home).placeholder


def test_copies_never_overwrite(tmp_path: Path) -> None:
    copy_definitions(tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.toml")}
    with pytest.raises(WamError, match="already holds definitions"):
        copy_definitions(tmp_path)
    assert before == {path: path.read_bytes() for path in tmp_path.rglob("*.toml")}


def test_copies_into_what_is_no_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "note").write_text("text")
    with pytest.raises(WamError, match="cannot write"):
        copy_definitions(tmp_path / "note")


def test_an_unknown_domain_is_named_with_the_nearest_one() -> None:
    with pytest.raises(UsageError, match="did you mean 'debt-counselling'") as caught:
        load_instrument("Debt counseling")
    assert "youth-services" in caught.value.advice


def test_a_folder_without_one_instrument_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        load_instruments(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="found none"):
        load_instruments(tmp_path)
    written(tmp_path)
    (tmp_path / "other.toml").write_text("")
    with pytest.raises(UsageError, match=r"found mini\.toml, other\.toml"):
        load_instruments(tmp_path)
    (tmp_path / "other.toml").unlink()
    (tmp_path / "mini" / "lab.toml").unlink()
    with pytest.raises(UsageError, match="no domain files"):
        load_instruments(tmp_path)


def test_hidden_files_are_no_definitions(tmp_path: Path) -> None:
    home = written(tmp_path)
    (home / "._mini.toml").write_bytes(b"\xff")
    (home / "mini" / "._lab.toml").write_bytes(b"\xff")
    assert list(load_instruments(home)) == ["lab"]
