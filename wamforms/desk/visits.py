"""One request to the desk: who asks, in which language, with the study open."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from layouts.errors import WamError
from records.study import Study
from wamforms.desk.door import Door
from wamforms.desk.sessions import Session, Sessions
from wamforms.desk.words import Words, chosen, words

TOKEN_HEADER = "x-desk-token"
TOKEN_FIELD = "token"

WHO = "/who"
"""Where somebody who has not yet said it says who they are."""

LOCKED = "/locked"


class NameMissingError(Exception):
    """A page that needs initials was asked for by somebody who has given none."""


View = Callable[["Visit"], Response]
"""What shows or does something: one request in, one response out."""

Stream = Callable[[Request, "Desk", Session], Awaitable[Response]]
"""A view that takes a body or sends an answer piece by piece, without an open study."""


@dataclass(frozen=True, slots=True)
class Way:
    """One address of the desk, and what answers there."""

    method: str
    path: str
    view: View | None = None
    stream: Stream | None = None


def look(path: str, view: View) -> Way:
    """Answer a GET; nothing changes by it."""
    return Way("GET", path, view)


def act(path: str, view: View) -> Way:
    """Answer a POST of a form or of JSON, from our own page and with its token."""
    return Way("POST", path, view)


def listen(path: str, view: Stream) -> Way:
    """Answer a GET piece by piece."""
    return Way("GET", path, stream=view)


def receive(path: str, view: Stream) -> Way:
    """Answer a POST whose body is taken piece by piece; the token is in its header."""
    return Way("POST", path, stream=view)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the desk.

    Attributes
    ----------
    label
        Its word in the navigation, marked with `N_`; empty for a part that is not there.
    """

    name: str
    ways: tuple[Way, ...]
    label: str = ""

    @property
    def address(self) -> str:
        """Where its first page is."""
        return self.ways[0].path


@dataclass(frozen=True, slots=True)
class Desk:
    """One run of the desk.

    Attributes
    ----------
    environment
        Makes the templates of a language.
    services
        What parts keep while the desk runs, by their names, such as a scan under way.
    """

    door: Door
    sessions: Sessions
    port: int
    parts: tuple[Part, ...]
    environment: Callable[[Words], Environment]
    services: dict[str, Any] = field(default_factory=dict)

    def page(
        self, speech: Words, template: str, /, status: int = 200, **values: object
    ) -> Response:
        """Draw a template that needs nobody's session."""
        drawn = self.environment(speech).get_template(template).render(words=speech, **values)
        return HTMLResponse(drawn, status)


@dataclass(frozen=True, slots=True)
class Visit:
    """One request, taken apart.

    Attributes
    ----------
    place
        Path of the address, with its query, to come back to.
    path
        Parts of the path that are named in its way.
    form
        Fields of a form that was sent; the last one of a name counts.
    data
        What was sent as JSON; None if nothing was.
    """

    study: Study
    session: Session
    words: Words
    desk: Desk
    place: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    form: Mapping[str, str]
    data: Any
    part: str

    @property
    def by(self) -> str:
        """The initials of the person.

        Raises
        ------
        NameMissingError
            If they were not given yet; the person is asked, and comes back.
        """
        if not self.session.by:
            raise NameMissingError
        return self.session.by

    def show(self, template: str, /, status: int = 200, **values: object) -> Response:
        """Draw a page."""
        frame = {
            "session": self.session,
            "title_of_study": self.study.settings.title,
            "parts": [part for part in self.desk.parts if part.label],
            "part": self.part,
            "place": self.place,
            "is_sealed": self.study.is_sealed,
            "is_closed": self.study.hides_clients,
        }
        return self.desk.page(self.words, template, status, **frame, **values)

    def give(self, status: int = 200, **values: object) -> Response:
        """Answer a script."""
        return JSONResponse(values, status)

    def go(self, address: str) -> Response:
        """Send the browser on, after something was done."""
        return RedirectResponse(address, 303)


def words_for(request: Request, session: Session | None = None) -> Words:
    """Choose the language of an answer."""
    wanted = session.language if session else ""
    return words(chosen(wanted, request.headers.get("accept-language", "")))


def told_error(words: Words, error: WamError) -> dict[str, str]:
    """Say what went wrong and what to do in a language."""
    return {"error": words.sentence(str(error)), "advice": words.sentence(error.advice)}
