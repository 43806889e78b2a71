"""Serve the desk on this computer, and open the browser on it."""

import asyncio
import os
import socket
import webbrowser
from collections.abc import Callable
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread

import uvicorn

from layouts.errors import UsageError
from records.study import Study
from wamforms.desk.app import make_app, make_desk
from wamforms.desk.guard import LOOPBACK, OPEN
from wamforms.desk.visits import Desk

LAST_WORDS_S = 2
"""How long a page that is still listening may take when the desk ends."""


def serve(
    study: Study,
    *,
    port: int = 0,
    ready: Callable[[str], None],
    again: Callable[[], None] | None = None,
) -> None:
    """Serve a study until somebody stops it.

    Parameters
    ----------
    study : Study
        Open; it stays its owner's.
    port : int
        0 lets the system choose a free one.
    ready : callable
        Gets an address that opens the desk once.
    again : callable, optional
        Returns each time another address is wanted; it waits in a thread.

    Raises
    ------
    UsageError
        If the port is taken.
    """
    listening = _listening(port)
    desk = make_desk(study, int(listening.getsockname()[1]))
    config = uvicorn.Config(
        make_app(desk),
        log_level="error",
        access_log=False,  # the token would stand in it
        server_header=False,
        ws="none",
        http="h11",
        timeout_graceful_shutdown=LAST_WORDS_S,
    )
    asyncio.run(_serve(uvicorn.Server(config), listening, desk, ready, again))


def _listening(port: int) -> socket.socket:
    """Take a port of this computer, and of no other network it is in."""
    listening = socket.socket()
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, os.name == "posix")
        listening.bind((LOOPBACK, port))
    except OSError as error:
        listening.close()
        raise UsageError(
            f"port {port} cannot be used ({error.strerror})",
            advice="Leave --port out, and the desk finds a free one.",
        ) from error
    return listening


async def _serve(
    server: uvicorn.Server,
    listening: socket.socket,
    desk: Desk,
    ready: Callable[[str], None],
    again: Callable[[], None] | None,
) -> None:
    serving = asyncio.create_task(server.serve([listening]))
    while not server.started and not serving.done():
        await asyncio.sleep(0.01)
    if server.started:
        ready(address(desk))
        if again is not None:
            Thread(target=_invite_again, args=(desk, ready, again), daemon=True).start()
    await serving


def _invite_again(desk: Desk, ready: Callable[[str], None], again: Callable[[], None]) -> None:
    while True:
        try:
            again()
        except (EOFError, OSError):
            return
        ready(address(desk))


def address(desk: Desk) -> str:
    """Make an address that opens the desk once."""
    return f"http://{LOOPBACK}:{desk.port}{OPEN}?token={desk.sessions.invite()}"


def open_browser(link: str) -> bool:
    """Open the browser on an address, without showing it in the list of processes.

    The browser gets a file of ours that sends it on, as Jupyter does it.
    """
    folder = Path(mkdtemp(prefix="wamforms-desk-"))  # for its owner only
    page = folder / "open.html"
    page.write_text(
        f'<!doctype html><meta charset="utf-8"><title>wamforms</title>'
        f'<meta http-equiv="refresh" content="0;url={link}"><a href="{link}">wamforms</a>\n'
    )
    return webbrowser.open(page.as_uri())
