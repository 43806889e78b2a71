"""An audit proves what it says, to people who saw nothing before, and changes no answer."""

import hashlib
import io
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from layouts.errors import ExitCode, UsageError
from layouts.model import ItemId, Role
from output.bounds import upper_bound
from records.audit_entries import Audit, Reading, Rule, Stratum, Turn
from records.entries import NewDyad, NewPage, NewPrint
from records.places import places_of
from records.settings import Settings
from records.study import Study, create_study
from scan.adjudicate import Meaning
from tests.desk import Desk
from tests.instruments import invented
from tests.readings import DOUBTFUL, code, dyad, layout_of, read
from tests.small_study import office
from wamforms.tasks.audit_certificate import method
from wamforms.tasks.audit_draw import Wanted, bounds_of, draw, frame_of, plan
from wamforms.tasks.audit_results import StratumResult, percent, result_of
from wamforms.tasks.auditing import progress_of, to_key, to_look

ITEMS = 19
DYADS = 30
SEED = "41536226135146235416"
BLANK = Reading(Meaning.BLANK, None)


def value(number: int) -> Reading:
    return Reading(Meaning.VALUE, number)


def wanted(bound: float = 0.05, **more: object) -> Wanted:
    return Wanted(dict.fromkeys(Stratum, bound), **more)  # type: ignore[arg-type]


@pytest.fixture
def study(tmp_path: Path) -> Study:
    """Thirty forms: q01 is blank, q02 waits, q03 was settled as 2, the rest is marked 4."""
    study = create_study(tmp_path / "study", Settings("T", "en", "a4", ("invented",), ("start",)))
    store = study.store
    form = store.add_form(layout_of(invented(ITEMS)))
    store.enrol([NewDyad(dyad(n), "invented", "en") for n in range(DYADS)])
    prints = store.add_prints(
        [NewPrint(dyad(n), Role.CLIENT, 1, form) for n in range(DYADS)], run="first"
    )
    answers: dict[str, int | None] = {f"q{n:02d}": 4 for n in range(1, ITEMS + 1)}
    answers |= {"q01": None, "q02": DOUBTFUL, "q03": DOUBTFUL}
    store.begin_file("a" * 64, "stack.pdf")
    for one in prints:
        sheet = code(form=form, whose=one.dyad, serial=one.serial)
        image = f"{one.serial:064x}"
        store.add_pages([NewPage("a" * 64, one.serial, image, ".jpg", read(sheet, answers))])
        store.add_verdict(one.serial, ItemId("q03"), Meaning.VALUE, 2, by="AB")
    return study


def drawn(study: Study, wish: Wanted, seed: str = SEED) -> Audit:
    return study.store.audit(draw(study, wish, seed, "dice", by="AB"))


def key_all(study: Study, audit: Audit, by: str, wrong: int = 0) -> None:
    """Key what the study has, but for the first `wrong` marked fields."""
    answers = {field.number: field for field in audit.fields}
    for question in to_key(study, audit, by):
        field = answers[question.field]
        reading = field.answer
        if wrong and field.stratum is Stratum.MARKED:
            wrong, reading = wrong - 1, value(5)
        study.store.add_audit_key(field.number, question.turn, reading, by=by)


def fresh(study: Study, audit: Audit) -> Audit:
    return study.store.audit(audit.number)


def marked(study: Study, audit: Audit) -> StratumResult:
    return result_of(study, fresh(study, audit)).strata[0]


# The frame and the draw.


def test_the_frame_holds_every_decided_answer_in_its_stratum(study: Study) -> None:
    frame = frame_of(study.store.snapshot())
    counts = {one: sum(f.stratum is one for _, f in frame.fields) for one in Stratum}
    assert counts == {Stratum.MARKED: 16 * DYADS, Stratum.EMPTY: DYADS, Stratum.SETTLED: DYADS}
    assert frame.forms == DYADS


def test_anybody_can_draw_the_same_sample_again(study: Study) -> None:
    frame = frame_of(study.store.snapshot())
    audit = drawn(study, wanted())
    tickets = sorted(
        (hashlib.sha256(f"{SEED},{name}".encode()).hexdigest(), one.page, one.item)
        for name, one in frame.fields
        if one.stratum is Stratum.MARKED
    )
    expected = {(page, item) for _, page, item in tickets[:59]}
    assert _marked(audit) == expected
    assert _marked(drawn(study, wanted(), "12345123451234512345")) != expected


def _marked(audit: Audit) -> set[tuple[int, ItemId]]:
    return {(one.page, one.item) for one in audit.fields if one.stratum is Stratum.MARKED}


def test_small_strata_are_checked_completely(study: Study) -> None:
    _, readers, plans = plan(study, wanted(0.05, allowed=1))
    assert readers == 1
    assert [(one.size, one.is_census) for one in plans] == [(93, False), (30, True), (30, True)]


def test_the_kinds_of_answers_come_mixed(study: Study) -> None:
    kinds = [field.stratum for field in drawn(study, wanted()).fields]
    for part in (kinds[:30], kinds[30:60], kinds[60:90], kinds[90:]):
        assert set(part) == set(Stratum)


def test_below_what_one_person_errs_two_have_to_read(study: Study) -> None:
    assert plan(study, wanted(0.0003))[1] == 2
    with pytest.raises(UsageError, match="two are needed"):
        plan(study, wanted(0.0003, readers=1))


@pytest.mark.parametrize(("seed", "source"), [("123", "dice"), (SEED, " ")])
def test_a_seed_has_to_be_long_and_to_come_from_somewhere(
    study: Study, seed: str, source: str
) -> None:
    with pytest.raises(UsageError, match="a seed needs"):
        draw(study, wanted(), seed, source, by="AB")
    assert study.store.audits() == ()


def test_pages_of_another_version_are_not_mixed_in(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = study.store
    monkeypatch.setattr("records.store.program", lambda: "9.9.9")
    store.enrol([NewDyad(dyad(99), "invented", "en")])
    (form,) = store.layouts()
    (one,) = store.add_prints([NewPrint(dyad(99), Role.CLIENT, 1, form)], run="second")
    page = read(code(form=form, whose=one.dyad, serial=one.serial), {"q05": 4})
    store.add_pages([NewPage("a" * 64, one.serial, "f" * 64, ".jpg", page)])
    with pytest.raises(UsageError, match="one version"):
        plan(study, wanted())
    frame, _, _ = plan(study, wanted(read_by="9.9.9"))
    assert len(frame.fields) == 1


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ((), (0.01, 0.01, 0.01)),
        (("0.1%",), (0.001, 0.001, 0.001)),
        (("empty=0.05", "0.002"), (0.002, 0.05, 0.002)),
    ],
)
def test_bounds_are_typed_as_shares_or_percent(
    texts: tuple[str, ...], expected: tuple[float, ...]
) -> None:
    assert tuple(bounds_of(texts).values()) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["0", "1", "150%", "x", "other=1%", "nan", "-0.1", "="])
def test_what_is_no_bound_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="no bound"):
        bounds_of([text])


# Keying.


def test_nothing_is_told_before_all_is_keyed(study: Study) -> None:
    audit = drawn(study, wanted())
    study.store.add_audit_key(audit.fields[0].number, Turn.FIRST, value(1), by="AB")
    assert progress_of(fresh(study, audit)).looks_open is None
    with pytest.raises(UsageError, match="not finished"):
        result_of(study, fresh(study, audit))
    with pytest.raises(UsageError, match="not every field"):
        to_look(study, fresh(study, audit), "CD")


def test_a_question_does_not_say_what_the_study_has(study: Study) -> None:
    audit = drawn(study, wanted())
    questions = to_key(study, audit, "AB")
    assert len(questions) == len(audit.fields)
    assert {one.candidates for one in questions} == {()}
    assert {one.options for one in questions} == {(1, 2, 3, 4, 5)}


def test_two_readers_are_two_people(study: Study) -> None:
    audit = drawn(study, wanted(readers=2))
    key_all(study, audit, "AB")
    assert to_key(study, fresh(study, audit), " ab ") == ()
    assert not progress_of(fresh(study, audit)).is_complete
    key_all(study, fresh(study, audit), "CD")
    assert progress_of(fresh(study, audit)).is_complete


def test_whoever_keyed_alone_does_not_take_the_second_look(study: Study) -> None:
    audit = drawn(study, wanted())
    key_all(study, audit, "AB", wrong=1)
    assert to_look(study, fresh(study, audit), "AB") == ()
    (question,) = to_look(study, fresh(study, audit), "CD")
    assert question.candidates == (value(4), value(5))


def test_the_last_key_of_a_turn_counts(study: Study) -> None:
    audit = drawn(study, wanted())
    key_all(study, audit, "AB", wrong=1)
    (question,) = to_look(study, fresh(study, audit), "CD")
    study.store.add_audit_key(question.field, Turn.FIRST, value(4), by="AB")
    assert progress_of(fresh(study, audit)).is_complete


# What it proves.


def test_no_wrong_answer_proves_the_bound_that_was_wanted(study: Study) -> None:
    audit = drawn(study, wanted())
    key_all(study, audit, "AB")
    found = result_of(study, fresh(study, audit))
    assert found.is_met
    assert [one.verdict for one in found.strata] == [
        "0 wrong in 59 answers: below 4.96 % with 95 % confidence",
        "0 wrong in all 30 answers: the rate is 0 %",
        "0 wrong in all 30 answers: the rate is 0 %",
    ]


def test_a_certificate_of_a_sealed_study_says_of_whom_it_proves_nothing(study: Study) -> None:
    audit = drawn(study, wanted())
    key_all(study, audit, "AB")
    found = result_of(study, fresh(study, audit))
    told = "nothing is proved of what clients answered"
    assert told not in " ".join(method(found))
    assert told in " ".join(method(replace(found, is_sealed=True)))


def test_a_slip_of_the_reader_is_no_wrong_answer(study: Study) -> None:
    audit = drawn(study, wanted())
    key_all(study, audit, "AB", wrong=1)
    (question,) = to_look(study, fresh(study, audit), "CD")
    study.store.add_audit_key(question.field, Turn.LOOK, value(4), by="CD")
    one = marked(study, audit)
    assert (one.wrong, one.checked, one.upper) == (0, 59, upper_bound(0, 59))
    assert one.is_met
    assert result_of(study, fresh(study, audit)).wrong == ()


def test_a_wrong_answer_widens_the_bound_and_is_named(study: Study) -> None:
    audit = drawn(study, wanted())
    key_all(study, audit, "AB", wrong=1)
    (question,) = to_look(study, fresh(study, audit), "CD")
    study.store.add_audit_key(question.field, Turn.LOOK, BLANK, by="CD")
    one = marked(study, audit)
    assert (one.wrong, one.checked, one.upper) == (1, 59, upper_bound(1, 59))
    assert not one.is_met
    (wrong,) = result_of(study, fresh(study, audit)).wrong
    assert (wrong.had, wrong.paper) == ("4", "blank")
    assert wrong.decision.endswith(f"/client/1/{question.item}=blank")


def test_an_audit_changes_no_answer(study: Study) -> None:
    before = [record.answers for record in places_of(study.store.snapshot())]
    audit = drawn(study, wanted())
    key_all(study, audit, "AB", wrong=3)
    for question in to_look(study, fresh(study, audit), "CD"):
        study.store.add_audit_key(question.field, Turn.LOOK, BLANK, by="CD")
    assert [record.answers for record in places_of(study.store.snapshot())] == before


def test_what_is_settled_later_does_not_change_what_was_drawn(study: Study) -> None:
    audit = drawn(study, wanted())
    field = audit.fields[0]
    study.store.add_verdict(field.page, field.item, Meaning.VALUE, 1, by="CD")
    assert fresh(study, audit).fields == audit.fields


def test_the_sequential_test_may_be_looked_at_any_time(study: Study) -> None:
    audit = drawn(study, wanted(0.05, rule=Rule.SEQUENTIAL))
    size = audit.plan.strata[0].size
    assert size == 61  # ln(19) / (ln(1 - 0.0025) - ln(1 - 0.05)), rounded up
    assert not result_of(study, audit).is_met
    key_all(study, audit, "AB")
    assert "accepted: 0 wrong in 61" in result_of(study, fresh(study, audit)).strata[0].verdict


def test_the_sequential_test_rejects_as_soon_as_it_can(study: Study) -> None:
    audit = drawn(study, wanted(0.05, rule=Rule.SEQUENTIAL))
    key_all(study, audit, "AB", wrong=1)
    for question in to_look(study, fresh(study, audit), "CD"):
        study.store.add_audit_key(question.field, Turn.LOOK, BLANK, by="CD")
    one = result_of(study, fresh(study, audit)).strata[0]
    assert one.verdict == "rejected: 1 wrong within 1"
    assert not one.is_met


@pytest.mark.parametrize(
    ("share", "text"), [(0.0, "0 %"), (0.001, "0.1 %"), (0.00099801, "0.0999 %"), (1.0, "100 %")]
)
def test_a_bound_is_never_rounded_down(share: float, text: str) -> None:
    assert percent(share) == text


# The command.


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Desk:
    monkeypatch.chdir(tmp_path)
    return Desk(tmp_path, capsys)


def types(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


@pytest.fixture
def truth(desk: Desk) -> list[str]:
    """Draw an audit of one form at the desk, and tell what it has, in the order of asking."""
    small = office(desk.folder)
    small.scan(small.pdf("stack.pdf", small.page(0)))
    bound = ("--bound", "20%", "--bound", "empty=30%")
    planned = desk("audit", "study", "plan", *bound, "--json")
    assert [one["size"] for one in planned.json["strata"]] == [14, 0, 0]
    assert desk("audit", "study").code == ExitCode.USAGE
    seed = ("--seed", SEED, "--seed-from", "dice", "--by", "AB")
    made = desk("audit", "study", "draw", *bound, *seed, "--json")
    assert made.code == ExitCode.DOUBTS_WAIT
    assert made.json["fields"] == 14
    with small.open() as study:
        return [str(field.answer.value) for field in study.store.audit().fields]


def test_keying_goes_back_and_on_and_stops_and_shows_no_answer(
    desk: Desk, truth: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    types(monkeypatch, truth[0], "9", "b", truth[0], "s", "q")
    said = desk("audit", "study", "key", "--by", "AB")
    assert "none of the choices" in said.err
    assert "picture: " in said.err
    assert "\N{FULL BLOCK}" not in said.err  # the ink that settle shows would be a hint
    assert "1 of 14 rows keyed" in said.err
    types(monkeypatch, "q")
    assert "picture: " not in desk("audit", "study", "key", "--by", "AB", "--paper").err
    assert desk("audit", "study", "result").code == ExitCode.USAGE


def test_an_audit_from_the_dice_to_the_certificate(
    desk: Desk, truth: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "1" if truth[0] != "1" else "2"
    types(monkeypatch, other, *truth[1:])
    assert "1 row wait" in desk("audit", "study", "key", "--by", "AB").err
    assert "another person has to look" in desk("audit", "study", "look", "--by", "ab").err
    types(monkeypatch, other)
    assert desk("audit", "study", "look", "--by", "CD").code == ExitCode.OK
    done = desk("audit", "study", "result", "--pdf", "certificate.pdf", "--json")
    assert done.code == ExitCode.CHECKS_FAILED
    assert done.json["is_met"] is False
    assert done.json["strata"][0]["wrong"] == 1
    with pikepdf.open("certificate.pdf") as pdf:
        assert len(pdf.pages) == 1
    (told,) = [line for line in done.err.splitlines() if "--decide" in line]
    settled = desk("settle", "study", "--by", "CD", "--decide", told.split("--decide ")[1])
    assert settled.code == ExitCode.OK
    assert "0 questions wait" in settled.err


def test_an_answer_that_no_audit_found_wrong_is_not_open_to_a_change(desk: Desk) -> None:
    small = office(desk.folder)
    small.scan(small.pdf("stack.pdf", small.page(0)))
    with small.open() as study:
        (record,) = places_of(study.store.snapshot())
        assert study.store.found_wrong() == frozenset()
    place = record.place
    said = desk("settle", "study", "--by", "CD", "--decide", f"{place.dyad}/{place.role}/1/q04=1")
    assert "does not wait for a decision" in said.err
