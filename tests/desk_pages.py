"""A person at the desk without a browser: requests as a browser sends them from our own page."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from httpx2 import Response
from starlette.testclient import TestClient

from records.study import open_study
from wamforms.desk.app import make_app, make_desk
from wamforms.desk.guard import LOOPBACK, OPEN
from wamforms.desk.sessions import Session, Sessions
from wamforms.desk.visits import TOKEN_FIELD, TOKEN_HEADER, Desk

PORT = 45_678
HOME = f"http://{LOOPBACK}:{PORT}"
OURS = {"origin": HOME, "sec-fetch-site": "same-origin"}
"""What a browser says of itself when one of our pages sends something."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """A browser with a session."""

    client: TestClient
    desk: Desk

    @property
    def session(self) -> Session:
        """The session of the cookie."""
        (id_,) = (one.value for one in self.client.cookies.jar)
        found = self.desk.sessions.find(str(id_))
        assert found is not None
        return found

    def get(self, path: str, **headers: str) -> Response:
        """Look at a page."""
        return self.client.get(path, headers=headers)

    def text(self, path: str) -> str:
        """Look at a page that is there."""
        found = self.get(path)
        assert found.status_code == 200, found.text
        return found.text

    def post(self, path: str, fields: Mapping[str, str] | None = None) -> Response:
        """Send a form of one of our pages."""
        form = {TOKEN_FIELD: self.session.token, **(fields or {})}
        return self.client.post(path, data=form, headers=OURS)

    def ask(self, path: str, data: Any) -> Response:  # noqa: ANN401 - JSON
        """Send what a script of one of our pages sends."""
        headers = {**OURS, TOKEN_HEADER: self.session.token, "accept": "application/json"}
        return self.client.post(path, json=data, headers=headers)

    def send(self, path: str, body: bytes) -> Response:
        """Send a file."""
        headers = {**OURS, TOKEN_HEADER: self.session.token, "accept": "application/json"}
        return self.client.post(path, content=body, headers=headers)


@contextmanager
def browser(
    folder: Path, sessions: Sessions | None = None, research_key: Sequence[str] = ()
) -> Iterator[tuple[TestClient, Desk]]:
    """Start the desk on a study, with a browser that has no session yet."""
    with open_study(folder, research_key=research_key) as study:
        desk = make_desk(study, PORT, sessions=sessions)
        app = make_app(desk)
        with TestClient(app, HOME, client=(LOOPBACK, 50_000), follow_redirects=False) as client:
            client.headers["accept-language"] = "en"
            yield client, desk


@contextmanager
def at_the_desk(
    folder: Path,
    *,
    by: str = "AB",
    sessions: Sessions | None = None,
    research_key: Sequence[str] = (),
) -> Iterator[Visitor]:
    """Start the desk on a study, and come in with a token."""
    with browser(folder, sessions, research_key) as (client, desk):
        assert client.get(f"{OPEN}?token={desk.sessions.invite()}").status_code == 200
        visitor = Visitor(client, desk)
        visitor.session.by = by
        yield visitor
