"""Handwritten remarks: where each stands, and one page that shows them all."""

from base64 import b64encode
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from html import escape
from itertools import groupby

from layouts.dyadcode import shown
from layouts.geometry import BoxMm
from records.entries import Crop, Snapshot
from records.images import name_of
from records.places import PlaceRecord, places_of
from records.study_folder import IMAGE_FOLDER
from scan.adjudicate import Place

NO_PICTURE = "not kept as a picture"


class Where(StrEnum):
    """Which of the two kinds of place a remark is in."""

    BOX = "in its box"
    OUTSIDE = "outside the fields"


@dataclass(frozen=True, slots=True)
class FoundRemark:
    """One remark of the scan that counts.

    Attributes
    ----------
    number
        Counts the remarks of its page.
    crop
        Its picture; None if there is none.
    """

    place: Place
    domain: str
    number: int
    where: Where
    box: BoxMm
    source: str
    crop: Crop | None

    @property
    def picture(self) -> str | None:
        """Where its picture lies in the study folder."""
        if self.crop is None:
            return None
        return f"{IMAGE_FOLDER}/{name_of(self.crop.image, self.crop.suffix)}"


def remarks_of(
    snapshot: Snapshot, places: Sequence[PlaceRecord] | None = None
) -> tuple[FoundRemark, ...]:
    """List the remarks of every page that counts, by dyad, role, wave and page.

    Parameters
    ----------
    snapshot : Snapshot
        The memory at one moment.
    places : sequence of PlaceRecord, optional
        Those of the snapshot, if somebody has them already.
    """
    crops: defaultdict[int, dict[int, Crop]] = defaultdict(dict)
    for crop in snapshot.crops:
        crops[crop.page][crop.number] = crop
    names = {file.sha256: file.name for file in snapshot.files}
    return tuple(
        one
        for record in (places_of(snapshot) if places is None else places)
        for one in _of_page(record, snapshot, names[record.counted.file], crops[record.counted.id])
    )


def _of_page(
    record: PlaceRecord, snapshot: Snapshot, file: str, crops: dict[int, Crop]
) -> Iterator[FoundRemark]:
    for number, remark in enumerate(record.reading.remarks, 1):
        yield FoundRemark(
            place=record.place,
            domain=snapshot.layouts[record.reading.code.fingerprint].domain,
            number=number,
            where=Where.BOX if remark.region else Where.OUTSIDE,
            box=remark.box,
            source=f"{file}#{record.counted.index}",
            crop=crops.get(number),
        )


_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 52rem; margin: 2rem auto;
       padding: 0 1rem; color: #111; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2.2rem; }
figure { margin: 1rem 0; break-inside: avoid; }
img { max-width: 100%; height: auto; border: 1px solid #999; background: #fff; }
figcaption { color: #444; font-size: .9rem; }
"""

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
"""The page may load nothing and run nothing, whatever is in it."""


def remarks_page(
    found: Sequence[FoundRemark], title: str, picture: Callable[[str, str], bytes]
) -> Iterable[str]:
    """Write one HTML page with every picture in it, part by part.

    It needs nothing from outside and has no scripts; nobody has read the remarks,
    so there is no text of them.

    Parameters
    ----------
    picture
        Opens a kept picture by its digest and suffix.
    """
    count = "1 remark" if len(found) == 1 else f"{len(found)} remarks"
    yield (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Remarks: {escape(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<h1>{escape(title)}: {count}</h1>\n"
        "<p>Handwriting can identify its writer, and nobody has taken names out of it. Keep this"
        " file like the forms themselves, and delete it when it is no longer needed.</p>\n"
    )
    for (dyad, role, wave), remarks in groupby(
        found, key=lambda one: (one.place.dyad, one.place.role, one.place.wave)
    ):
        yield f"<h2>{shown(dyad)}, {role}, wave {wave}</h2>\n"
        for one in remarks:
            yield _figure(one, picture)
    yield "</body>\n</html>\n"


def _figure(one: FoundRemark, picture: Callable[[str, str], bytes]) -> str:
    said = f"page {one.place.page}, {one.where}; {escape(one.source)}"
    if one.crop is None:
        return f"<p>{said}: {NO_PICTURE}</p>\n"
    data = b64encode(picture(one.crop.image, one.crop.suffix)).decode()
    return (
        f'<figure><img alt="Handwriting, {said}" src="data:image/png;base64,{data}">\n'
        f"<figcaption>{said}</figcaption></figure>\n"
    )
