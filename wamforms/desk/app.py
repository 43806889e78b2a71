"""The desk as an application: its parts behind its guard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import fontpkg_atkinson_hyperlegible
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from records.study import Study
from wamforms.desk import (
    entrance,
    export_page,
    forms_page,
    home_page,
    results_page,
    retention_page,
    scan_page,
    second_page,
    settle_page,
    study_page,
    value_page,
    withdrawal_page,
)
from wamforms.desk.answering import endpoint
from wamforms.desk.door import Door
from wamforms.desk.guard import OPEN, STATIC, Guard
from wamforms.desk.pages import engine
from wamforms.desk.sessions import Sessions
from wamforms.desk.visits import LOCKED, Desk, Part, words_for

PARTS: tuple[Part, ...] = (
    home_page.PART,
    forms_page.PART,
    scan_page.PART,
    settle_page.PART,
    second_page.PART,
    study_page.PART,
    retention_page.PART,
    withdrawal_page.PART,
    results_page.PART,
    value_page.PART,
    export_page.PART,
    entrance.PART,
)
"""Every part of the desk, in the order of the navigation."""

_STATIC = Path(__file__).parent / "static"
_FONTS = fontpkg_atkinson_hyperlegible.ROOT / "files"


class _Files(StaticFiles):
    """Files that are asked for again, but sent again only if they changed."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Return a file."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = "no-cache"
        return response


def make_desk(study: Study, port: int, *, sessions: Sessions | None = None) -> Desk:
    """Set up what a run of the desk needs.

    Parameters
    ----------
    study : Study
        Open; it stays its owner's, who closes it when the desk has ended.
    port : int
        Where it will be served.
    """
    return Desk(Door(study), sessions or Sessions(), port, PARTS, engine())


def make_app(desk: Desk) -> Starlette:
    """Make the application; it closes the study when it ends."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        if desk.door.incoming.waiting:  # a desk was stopped in the middle of a stack
            scan_page.stacks_of(desk).scan()
        yield
        for service in desk.services.values():
            service.close()
        desk.door.close()

    async def unknown(request: Request, _: Exception) -> Response:
        return desk.page(words_for(request), "unknown.html", 404)

    return Starlette(
        routes=[
            Route(OPEN, entrance.opened(desk), methods=["GET"]),
            Route(LOCKED, entrance.locked(desk), methods=["GET"]),
            Mount(f"{STATIC}fonts", _Files(directory=_FONTS)),
            Mount(STATIC.rstrip("/"), _Files(directory=_STATIC)),
            *(
                Route(way.path, endpoint(desk, part, way), methods=[way.method])
                for part in desk.parts
                for way in part.ways
            ),
        ],
        middleware=[Middleware(Guard, sessions=desk.sessions, port=desk.port)],
        exception_handlers={404: unknown},
        lifespan=lifespan,
    )
