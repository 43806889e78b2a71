"""Only this computer's own page may talk to the desk.

Other web sites open in the same browser can send requests to a local server, and a name
of theirs can be made to point to 127.0.0.1. Browsers say where a request comes from and
which name it was sent to; whatever is not exactly ours is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wamforms.desk.sessions import Sessions

LOOPBACK = "127.0.0.1"
"""The one address the desk listens on, and the one name it answers to."""

OPEN = "/open"
"""Where a token is given for a session."""

STATIC = "/static/"
"""Style, scripts and fonts: the same for everybody, and nothing of a study."""

CONTENT_POLICY = "; ".join(
    (
        "default-src 'none'",
        "img-src 'self'",
        "style-src 'self'",
        "script-src 'self'",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
"""Nothing from elsewhere, and no script or style that stands inside a page."""

HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # With no-referrer a browser hides the origin of our own forms, too, and they are refused.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}

_FRAMES = frozenset({"iframe", "frame", "embed", "object"})
_FROM_OUTSIDE = frozenset({"cross-site", "same-site"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request says about itself.

    Attributes
    ----------
    peer
        Address of the other end.
    port
        The desk's own.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    peer: str
    port: int


def refusal(asked: Asked) -> str:
    """Say why a request is refused whoever sends it; empty if it is not."""
    headers = asked.headers
    if asked.peer != LOOPBACK:
        return "the desk serves this computer only"
    if headers.get("host") != f"{LOOPBACK}:{asked.port}":
        return "this is not the name of the desk"
    if headers.get("sec-fetch-dest") in _FRAMES:
        return "the desk is not shown inside another page"
    if asked.method not in {"GET", "HEAD", "POST"}:
        return "the desk knows GET and POST only"
    return _foreign(asked)


def _foreign(asked: Asked) -> str:
    """Say why the page that a request comes from is none of ours; empty if it is one."""
    site = asked.headers.get("sec-fetch-site", "")
    if asked.method != "POST":
        is_outside = site in _FROM_OUTSIDE and asked.path != OPEN
        return "another page asked for this" if is_outside else ""
    is_ours = asked.headers.get("origin") == f"http://{LOOPBACK}:{asked.port}"
    if is_ours and site == "same-origin":
        return ""
    return "only the desk's own pages may change anything"


def cookie_name(port: int) -> str:
    """Name the cookie: browsers do not keep those of two ports apart."""
    return f"wamforms-desk-{port}"


class Guard:
    """Refuses what is not from our own page, finds the session, and sets the headers."""

    def __init__(self, app: ASGIApp, sessions: Sessions, port: int) -> None:
        self._app = app
        self._sessions = sessions
        self._port = port

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        request = Request(scope)
        why = refusal(self._asked(request))
        if why:
            refused = PlainTextResponse(f"Refused: {why}.\n", status_code=403)
            await refused(scope, receive, send_with_headers)
            return
        scope.setdefault("state", {})["session"] = self._sessions.find(
            self._cookie(request.headers), touch="x-desk-by-itself" not in request.headers
        )
        await self._app(scope, receive, send_with_headers)

    def _asked(self, request: Request) -> Asked:
        peer = request.client.host if request.client else ""
        return Asked(request.method, request.url.path, request.headers, peer, self._port)

    def _cookie(self, headers: Headers) -> str:
        try:
            found = SimpleCookie(headers.get("cookie", "")).get(cookie_name(self._port))
        except CookieError:
            return ""
        return "" if found is None else found.value
