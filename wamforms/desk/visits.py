"""One request to the desk: who asks, in which language, with the study open."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl, quote

from jinja2 import Environment
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from layouts.errors import WamError
from records.study import Study
from wamforms.desk.door import Door
from wamforms.desk.sessions import Session, Sessions
from wamforms.desk.words import Words, chosen, words

BODY_BYTES = 1_000_000
"""A form or a decision is far smaller; files come another way."""

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


def endpoint(desk: Desk, part: Part, way: Way) -> Callable[[Request], Awaitable[Response]]:
    """Make what Starlette calls for a way."""

    async def answer(request: Request) -> Response:
        session: Session | None = getattr(request.state, "session", None)
        if session is None:
            return _locked(desk, request)
        if way.stream is not None:
            if way.method == "POST" and not _has_token(request, {}, session):
                return _refused()
            return await way.stream(request, desk, session)
        body = await _body(request)
        if body is None:
            return Response("Too much at once.", 413)
        form, data = _taken_apart(request, body)
        if way.method == "POST" and not _has_token(request, form, session):
            return _refused()
        if way.view is None:
            raise TypeError(f"nothing answers at {way.path}")
        return await _viewed(_Call(desk, part, way.view, session, form, data), request)

    return answer


@dataclass(frozen=True, slots=True)
class _Call:
    """A request that may be answered."""

    desk: Desk
    part: Part
    view: View
    session: Session
    form: Mapping[str, str]
    data: Any


async def _viewed(call: _Call, request: Request) -> Response:
    place = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    make = partial(
        Visit,
        session=call.session,
        words=words_for(request, call.session),
        desk=call.desk,
        place=place,
        path=request.path_params,
        query=request.query_params,
        form=call.form,
        data=call.data,
        part=call.part.name,
    )

    def work(study: Study) -> Response:
        visit = make(study)
        try:
            return call.view(visit)
        except NameMissingError:
            return visit.go(f"{WHO}?next={quote(place)}")
        except WamError as error:
            return _failed(visit, error, is_script=_is_script(request))

    return await call.desk.door.within(work)


def words_for(request: Request, session: Session | None = None) -> Words:
    """Choose the language of an answer."""
    wanted = session.language if session else ""
    return words(chosen(wanted, request.headers.get("accept-language", "")))


def _failed(visit: Visit, error: WamError, *, is_script: bool) -> Response:
    """Say what went wrong and what to do, in a page or for a script."""
    told = told_error(visit.words, error)
    return visit.give(409, **told) if is_script else visit.show("trouble.html", 409, **told)


def told_error(words: Words, error: WamError) -> dict[str, str]:
    """Say what went wrong and what to do in a language."""
    return {"error": words.sentence(str(error)), "advice": words.sentence(error.advice)}


def _locked(desk: Desk, request: Request) -> Response:
    if _is_script(request):
        return JSONResponse({"error": "locked", "advice": ""}, 403)
    return desk.page(words_for(request), "locked.html", 403)


def _refused() -> Response:
    return Response("Refused: the token of the page is missing or wrong.\n", 403)


def _is_script(request: Request) -> bool:
    return request.headers.get("accept", "").startswith("application/json")


def _has_token(request: Request, form: Mapping[str, str], session: Session) -> bool:
    given = request.headers.get(TOKEN_HEADER) or form.get(TOKEN_FIELD, "")
    return compare_digest(given.encode(), session.token.encode())


async def _body(request: Request) -> bytes | None:
    """Take a small body; None if it is larger than any of ours."""
    body = bytearray()
    async for piece in request.stream():
        body += piece
        if len(body) > BODY_BYTES:
            return None
    return bytes(body)


def _taken_apart(request: Request, body: bytes) -> tuple[Mapping[str, str], Any]:
    kind = request.headers.get("content-type", "").partition(";")[0]
    text = body.decode(errors="replace")
    if kind == "application/x-www-form-urlencoded":
        return dict(parse_qsl(text, keep_blank_values=True)), None
    if kind == "application/json":
        try:
            return {}, json.loads(text)
        except ValueError:
            return {}, None
    return {}, None
