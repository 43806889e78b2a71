"""Withdrawal: everything of one dyad leaves the study, and the study proves it to itself."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from layouts.dyadcode import shown
from layouts.errors import UsageError
from layouts.model import DyadCode
from records.log import Action, Entry
from records.study import Study
from records.traces import Trace
from records.withdrawals import Withdrawal
from wamforms.tasks.leftovers import Leftover, clean_copies, clean_prints, leftovers


@dataclass(frozen=True, slots=True)
class Held:
    """What a study holds of a dyad before it is withdrawn.

    Attributes
    ----------
    pages
        Readings of scanned pages, those of blank backs and refused pages included.
    decisions
        What people settled, dated, typed or audited on them.
    unowned
        Refused pages of which nobody knows whose they are; one may be of this dyad.
    is_withdrawn
        True if its rows are gone already, and only files may be left.
    recall
        The exports, which have left the study and are to be asked back.
    """

    prints: int
    pages: int
    decisions: int
    pictures: int
    exports: int
    backups: int
    unowned: int
    is_withdrawn: bool
    recall: tuple["Copy", ...] = ()


@dataclass(frozen=True, slots=True)
class Copy:
    """An export or a backup that was made while the dyad was in the study.

    Attributes
    ----------
    head
        Number of its entry in the log; of a backup, the head of the log that its
        manifest names.
    place
        Name of the folder an export was written to, if it is known.
    recipient
        Whom it was for, if it was said.
    """

    head: str
    at: str
    place: str = ""
    recipient: str = ""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What a withdrawal did.

    Attributes
    ----------
    receipt
        Number of the receipt; it names nobody.
    cleaned
        Files of print runs, and old copies of the database, that were changed or deleted.
    left
        What was found in the study's folder after it; empty if nothing was.
    """

    receipt: int
    prints: int
    pages: int
    decisions: int
    pictures: int
    cleaned: tuple[str, ...]
    recall: tuple[Copy, ...]
    backups: tuple[Copy, ...]
    unowned: int
    left: tuple[Leftover, ...]
    log_head: str


def held_of(study: Study, code: DyadCode) -> Held:
    """Count what there is of a dyad; nothing is changed.

    Raises
    ------
    UsageError
        If the study never knew it.
    """
    gone = study.store.withdrawal_of(code)
    trace = study.store.trace_of(code)
    if trace.is_empty and gone is None:
        raise UsageError(
            f"not in this study: dyad {shown(code)}", advice="Compare the code with the form."
        )
    return Held(
        prints=trace.prints,
        pages=trace.pages,
        decisions=trace.decisions,
        pictures=len(trace.pictures),
        exports=len(trace.exports if gone is None else gone.exports),
        backups=len(trace.backups if gone is None else gone.backups),
        unowned=trace.unowned,
        is_withdrawn=gone is not None,
        recall=_copies(study, Action.EXPORTED, trace.exports if gone is None else gone.exports),
    )


def forget(study: Study, code: DyadCode, *, by: str = "") -> Forgotten:
    """Remove everything of a dyad, or what an interrupted withdrawal left of it.

    Parameters
    ----------
    study : Study
        Open, and in use by nobody else.
    code : DyadCode
        Whose.
    by : str
        Who was asked to do it.

    Raises
    ------
    UsageError
        If the study never knew it.
    """
    held_of(study, code)
    store = study.store
    trace = store.trace_of(code)
    digests = {digest for digest, _ in trace.pictures}
    receipt = _receipt(study, code, trace, by)
    digests |= {digest for digest, _ in store.pictures_to_delete()}
    finish_pictures(study)
    cleaned = (*clean_prints(study.folder, code), *clean_copies(study.folder))
    store.rewrite()
    return Forgotten(
        receipt=receipt.number,
        prints=receipt.prints,
        pages=receipt.pages,
        decisions=receipt.decisions,
        pictures=receipt.pictures,
        cleaned=cleaned,
        recall=_copies(study, Action.EXPORTED, receipt.exports),
        backups=_copies(study, Action.BACKED_UP, receipt.backups),
        unowned=trace.unowned,
        left=leftovers(study, code, digests),
        log_head=store.log.head().text,
    )


def _receipt(study: Study, code: DyadCode, trace: Trace, by: str) -> Withdrawal:
    """Remove the rows if there are any; return the receipt of this dyad."""
    gone = study.store.withdrawal_of(code)
    if gone is None or not trace.is_empty:
        return study.store.withdraw(code, by=by)
    return gone


def finish_pictures(study: Study) -> None:
    """Delete the pictures that withdrawals left to be deleted, unless somebody's page has them."""
    known = study.store.pictures()
    for digest, suffix in study.store.pictures_to_delete():
        if (digest, suffix) not in known:
            study.images.path(digest, suffix).unlink(missing_ok=True)
    study.store.pictures_deleted()


def _copies(study: Study, action: Action, seqs: Iterable[int]) -> tuple[Copy, ...]:
    wanted = set(seqs)
    return tuple(_copy(one) for one in study.store.log.events(action) if one.seq in wanted)


def _copy(entry: Entry) -> Copy:
    if entry.action == Action.BACKED_UP:
        return Copy(entry.detail, entry.at)
    said = json.loads(entry.detail)
    return Copy(str(entry.seq), entry.at, said.get("folder", ""), said.get("recipient", ""))
