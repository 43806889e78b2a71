"""What the reader is told about a study before it sees any page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from layouts.geometry import BoxMm, Paper
from layouts.model import DyadCode, Fiducial, Fingerprint, Layout, PageLayout
from layouts.sheetcode import MasterCode, PageCode, SheetCode


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose paper number it is: an enrolled dyad and its domain."""

    dyad: DyadCode
    domain: str


@dataclass(frozen=True, slots=True)
class KnownForms:
    """A study's own paper: its key, every layout and every page it ever printed.

    Attributes
    ----------
    key
        Signs the page codes.
    layouts
        Every form, by its fingerprint.
    prints
        The print list: the code of every printed page. Needed only for pages
        whose symbols are unreadable; without it they wait for a person.
    owners
        Everybody enrolled, by the six digits that stand for them on photocopied forms.
    """

    key: bytes
    layouts: Mapping[Fingerprint, Layout]
    prints: tuple[SheetCode, ...] = ()
    owners: Mapping[str, Owner] = field(default_factory=dict)

    def frames(self) -> "tuple[Frame, ...]":
        """List the different places where markers and codes may stand."""
        return tuple(
            dict.fromkeys(
                Frame.of(layout, page) for layout in self.layouts.values() for page in layout.pages
            )
        )

    def page_of(self, code: PageCode) -> PageLayout | None:
        """Find the page that a code stands on; None if this study never printed it."""
        layout = self.layouts.get(code.fingerprint)
        if layout is None or code.page > len(layout.pages):
            return None
        return layout.pages[code.page - 1]

    def prints_on(self, frame: "Frame") -> tuple[PageCode, ...]:
        """List the printed pages and masters with markers and codes where `frame` has them."""
        fitting = {
            (known, page.number)
            for known, layout in self.layouts.items()
            for page in layout.pages
            if Frame.of(layout, page) == frame
        }
        masters = (
            MasterCode(known, page.number)
            for known, layout in self.layouts.items()
            for page in layout.pages
            if page.written is not None and (known, page.number) in fitting
        )
        prints = (one for one in self.prints if (one.fingerprint, one.page) in fitting)
        return (*prints, *masters)


@dataclass(frozen=True, slots=True)
class Frame:
    """Markers and codes of a page, before it is known which form it is."""

    paper: Paper
    fiducials: tuple[Fiducial, ...]
    codes: tuple[BoxMm, ...]
    code_texts: tuple[tuple[BoxMm, ...], ...]

    @classmethod
    def of(cls, layout: Layout, page: PageLayout) -> "Frame":
        """Take the frame out of a known page."""
        return cls(layout.paper, page.fiducials, page.codes, page.code_texts)
