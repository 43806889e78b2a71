"""Export a study: one folder or zip file for whoever receives it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from layouts.errors import UsageError
from output.consent import Audience
from output.dialects import STANDARD, Dialect
from output.export import Written, export
from output.package import PROVENANCE_FILE, still_written, whole_export
from output.parquet import HOW_TO_GET, is_installed
from output.pseudonyms import Pseudonyms
from output.quality import wave_days
from output.remarks import remarks_of, remarks_page
from output.streams import Format
from output.terms import Terms
from records.log import Action
from records.study import Study
from records.views import View
from wamforms.instrument import Instrument
from wamforms.tasks.digests import digest_of
from wamforms.tasks.forms import instruments_of
from wamforms.tasks.provenance import audit_facts, provenance_text, study_facts, written_facts
from wamforms.tasks.secrecy import cutting_opener, seal_of

REMARKS_FILE = "remarks.html"
"""Every handwritten remark as a picture. Written only when asked for: tables may travel,
and a handwriting can identify its writer."""

USUAL_LANGUAGE = "en"
"""Language of the codebook; where a questionnaire lacks it, its first one stands in."""


@dataclass(frozen=True, slots=True)
class ExportOrder:
    """What to export, and for whom.

    Attributes
    ----------
    profile
        Who receives it.
    officer
        Whose caseload, for the officer's profile.
    recipient
        Named, dyads and officers have pseudonyms that no other recipient gets.
    pictures
        One page more, which shows every handwritten remark.
    zipped
        One file in place of a folder.
    plain
        CSV tables and codebook only, without the other formats and descriptions.
    """

    profile: Audience = Audience.RESEARCH
    officer: str = ""
    recipient: str = ""
    language: str = USUAL_LANGUAGE
    dialect: Dialect = STANDARD
    pictures: bool = False
    zipped: bool = False
    plain: bool = False


USUAL_ORDER = ExportOrder()

TABLES_ONLY = ExportOrder(plain=True)
"""What the program itself needs to compute with."""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export left behind.

    Attributes
    ----------
    place
        The folder, or the zip file.
    files
        Names of the files in it.
    waiting
        Answers without a value because a person has to look.
    withheld
        Answers without a value because their client does not allow more.
    remarks
        Domain and sentence: what a reader of the tables must know.
    left_out
        What was not written, and why.
    sealed
        Clients' forms that are in and in no table, because they are sealed.
    """

    place: Path
    profile: str
    files: tuple[str, ...]
    dyads: int
    forms: int
    answers: int
    waiting: int
    withheld: int
    remarks: tuple[tuple[str, str], ...]
    left_out: tuple[str, ...]
    sealed: int = 0


def export_study(
    study: Study,
    place: Path,
    order: ExportOrder = USUAL_ORDER,
    progress: Callable[[int], None] | None = None,
) -> Exported:
    """Write an export, all of it or nothing, and log it.

    A file in it holds the head of the log: whoever has it notices if the study loses
    what was in it.

    Parameters
    ----------
    study : Study
        Open.
    place : Path
        The folder or zip file to be; an earlier export there is replaced.
    order : ExportOrder
    progress : callable, optional
        Hears after each portion how many dyads are done.

    Raises
    ------
    UsageError
        If nothing has been read yet, no questionnaire has the language, the parts of the
        order do not go together, or the place is taken.
    """
    study.plain_file(place, "such as TABLES")
    names = Pseudonyms.of(order.recipient, study.key) if order.recipient else None
    _check_order(order)
    instruments = instruments_of(study)
    _check_language(order, instruments)
    with whole_export(place, zipped=order.zipped) as part:
        with study.store.view() as view:
            _check_officer(order, view)
            terms = _terms(study, order, names, _alive(part, progress))
            written = export(instruments, view, part, terms)
            if order.pictures:
                _write_remarks(study, view, part)
            links = names is None and order.profile is Audience.RESEARCH
            facts = study_facts(study, view, links=links) | written_facts(written)
        facts["audits"] = audit_facts(study)
        digests = {
            path.relative_to(part).as_posix(): digest_of(path)
            for path in sorted(part.rglob("*"))
            if path.is_file()
        }
        about = _about(place, order, names)
        said = json.dumps({**about, "files": digests}, sort_keys=True)
        head = study.store.log.note(Action.EXPORTED, "tables", said)
        (part / PROVENANCE_FILE).write_bytes(
            provenance_text(head, {"study": study.settings.title, **about}, facts, digests)
        )
    return _exported(place, order, written, (*digests, PROVENANCE_FILE))


def _exported(
    place: Path, order: ExportOrder, written: Written, files: tuple[str, ...]
) -> Exported:
    left_out: tuple[str, ...] = ()
    if not order.plain and order.profile is Audience.RESEARCH and not is_installed():
        left_out = (f"no parquet files: they need pyarrow; {HOW_TO_GET}",)
    return Exported(
        place=place,
        profile=order.profile.value,
        files=files,
        dyads=written.dyads,
        forms=written.forms,
        answers=written.answers,
        waiting=written.waiting,
        withheld=written.tally.withheld,
        remarks=written.remarks,
        left_out=left_out,
        sealed=written.sealed,
    )


def _check_order(order: ExportOrder) -> None:
    if order.pictures and order.recipient:
        raise UsageError(
            "handwriting is no pseudonym: its pictures cannot go to a recipient",
            advice="Leave out --remarks or --recipient.",
        )
    if order.pictures and order.profile is not Audience.RESEARCH:
        raise UsageError(
            f"pictures of handwriting are not for the profile {order.profile}",
            advice="Leave out --remarks or --profile.",
        )
    if (order.profile is Audience.OFFICER) != bool(order.officer):
        raise UsageError(
            "an officer's export needs to know whose caseload it is"
            if order.profile is Audience.OFFICER
            else f"the profile {order.profile} is about all officers",
            advice="Give both: --profile officer --officer NAME",
        )


def _check_language(order: ExportOrder, instruments: Mapping[str, Instrument]) -> None:
    known = sorted({tag for one in instruments.values() for tag in one.languages})
    if order.language not in (*known, USUAL_LANGUAGE):
        raise UsageError(
            f"no questionnaire of this study has the language {order.language!r}",
            advice=f"Choose one of: {', '.join(known)}.",
        )


def _check_officer(order: ExportOrder, view: View) -> None:
    """Insist on something to export; say who is known if the officer is not."""
    if not view.dyads_read():
        raise UsageError(
            "no form has been read yet, so there is nothing to export",
            advice="Scan first: wamforms scan STUDY FILES",
        )
    known = sorted({name for name in view.officers().values() if name})
    if order.officer and order.officer not in known:
        raise UsageError(
            f"no dyad of this study has the officer {order.officer!r}",
            advice=f"Choose one of: {', '.join(known) or 'nobody is named in the caseload'}.",
        )


def _terms(
    study: Study,
    order: ExportOrder,
    names: Pseudonyms | None,
    progress: Callable[[int], None],
) -> Terms:
    settings = study.settings
    formats = list(Format)
    if order.plain or order.profile is not Audience.RESEARCH:
        formats = [Format.CSV]
    elif not is_installed():
        formats.remove(Format.PARQUET)
    return Terms(
        title=settings.title,
        language=order.language,
        waves=settings.waves,
        due=wave_days(settings.waves, settings.wave_days),
        names=names,
        audience=order.profile,
        officer=order.officer or None,
        sealed=seal_of(study),
        dialect=order.dialect,
        formats=tuple(formats),
        describe=not order.plain,
        progress=progress,
    )


def _alive(part: Path, progress: Callable[[int], None] | None) -> Callable[[int], None]:
    def heard(dyads: int) -> None:
        still_written(part)
        if progress is not None:
            progress(dyads)

    return heard


def _write_remarks(study: Study, view: View, part: Path) -> None:
    found = [one for portion in view.portions(view.dyads_read()) for one in remarks_of(portion)]
    opener = cutting_opener(study, (one.crop for one in found if one.crop is not None))
    with (part / REMARKS_FILE).open("x", encoding="utf-8") as page:
        page.writelines(remarks_page(found, study.settings.title, opener))


def _about(place: Path, order: ExportOrder, names: Pseudonyms | None) -> dict[str, object]:
    """Say for whom an export is; the log keeps it, so that it can be recalled."""
    return {
        "folder": place.resolve().name,
        "profile": order.profile.value,
        "officer": order.officer if names is None else names.officer(order.officer),
        "recipient": "" if names is None else names.recipient,
    }


def whose(study: Study, pseudonym: str, recipient: str) -> str:
    """Find whose a recipient's pseudonym is, and log that somebody asked.

    Raises
    ------
    UsageError
        If it is nobody's of this study.
    """
    names = Pseudonyms.of(recipient, study.key)
    officers = {one.officer for one in study.store.prints()}  # the only ones in a table
    found = names.whose(pseudonym, (one.code for one in study.store.dyads()), officers)
    study.store.log.note(Action.VIEWED, "whose a pseudonym is", names.recipient)
    return found
