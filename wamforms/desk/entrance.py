"""How one gets to the desk: with a token, with initials, in a language; and how one leaves."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from wamforms.desk.guard import cookie_name
from wamforms.desk.visits import WHO, Desk, Part, Visit, act, look, words_for
from wamforms.desk.words import chosen

INITIALS_LENGTH = 12
"""Initials, not a name: they are stored with each decision."""


def opened(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    """Exchange a one-time token for a session.

    The answer is a page that goes on by itself, not a redirect: a browser that was sent
    here from elsewhere would keep a strict cookie back on a redirect.
    """

    async def answer(request: Request) -> Response:
        session = desk.sessions.exchange(request.query_params.get("token", ""))
        if session is None:
            return desk.page(words_for(request), "locked.html", 403)
        response = desk.page(words_for(request), "opened.html")
        response.set_cookie(cookie_name(desk.port), session.id, httponly=True, samesite="strict")
        return response

    return answer


def locked(desk: Desk) -> Callable[[Request], Awaitable[Response]]:
    """Show that the desk is locked; nothing of the study is on this page."""

    async def answer(request: Request) -> Response:
        return desk.page(words_for(request), "locked.html")

    return answer


def ask_who(visit: Visit) -> Response:
    """Ask for initials."""
    return visit.show("who.html", next=_ours(visit.query.get("next", "/")))


def say_who(visit: Visit) -> Response:
    """Keep the initials for this session."""
    visit.session.by = visit.form.get("by", "").strip()[:INITIALS_LENGTH]
    return visit.go(_ours(visit.form.get("next", "/")))


def set_language(visit: Visit) -> Response:
    """Keep the language for this session."""
    visit.session.language = chosen(visit.form.get("language", ""), "")
    return visit.go(_ours(visit.form.get("next", "/")))


def lock(visit: Visit) -> Response:
    """End the session."""
    visit.desk.sessions.close(visit.session)
    return visit.go("/locked")


def here(visit: Visit) -> Response:
    """Hear that somebody is still at the page; the guard has noted it."""
    return visit.give(here=True)


def _ours(address: str) -> str:
    """Return an address if it is one of our own pages, else the first page."""
    is_ours = address.startswith("/") and not address.startswith(("//", "/\\"))
    return address if is_ours else "/"


PART = Part(
    "entrance",
    (
        look(WHO, ask_who),
        act(WHO, say_who),
        act("/language", set_language),
        act("/lock", lock),
        look("/here", here),
    ),
)
