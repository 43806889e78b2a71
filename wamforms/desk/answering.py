"""From a request to a visit, and to the answer of a view or of who may not see it."""

import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from hmac import compare_digest
from typing import Any
from urllib.parse import parse_qsl, quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from layouts.errors import WamError
from records.study import Study
from wamforms.desk.sessions import Session
from wamforms.desk.visits import (
    TOKEN_FIELD,
    TOKEN_HEADER,
    WHO,
    Desk,
    NameMissingError,
    Part,
    View,
    Visit,
    Way,
    told_error,
    words_for,
)

BODY_BYTES = 1_000_000
"""A form or a decision is far smaller; files come another way."""


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


def _failed(visit: Visit, error: WamError, *, is_script: bool) -> Response:
    """Say what went wrong and what to do, in a page or for a script."""
    told = told_error(visit.words, error)
    return visit.give(409, **told) if is_script else visit.show("trouble.html", 409, **told)


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
