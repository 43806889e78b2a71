"""What people do with a question instead of answering it: park it, rescan it, note something."""

from layouts.errors import UsageError
from layouts.model import ItemId
from records.card_entries import CardMark
from records.study import Study


def put_aside(study: Study, page: int, item: str, mark: str, text: str = "", *, by: str) -> None:
    """Store what somebody said of a question, or of a page if there is no item.

    Raises
    ------
    UsageError
        If there is no such page or no such word, or the note is too long or empty.
    """
    if mark not in set(CardMark):
        raise UsageError(f"{mark!r} is no mark", advice=f"Use one of {', '.join(CardMark)}.")
    if mark == CardMark.NOTE and not text.strip():
        raise UsageError("a note says something", advice="Write a word or two.")
    study.store.add_mark(page, ItemId(item), CardMark(mark), text, by=by)
