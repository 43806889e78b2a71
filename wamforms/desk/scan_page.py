"""Scan: drop files or watch a folder, see every page come, and add the batch up."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from layouts.errors import LockedError, UsageError, WamError
from wamforms.desk.sessions import Session
from wamforms.desk.stacks import Stacks
from wamforms.desk.visits import (
    Desk,
    Part,
    Visit,
    act,
    listen,
    look,
    receive,
    told_error,
    words_for,
)
from wamforms.desk.words import N_, Words
from wamforms.tasks.inbox import check_folders
from wamforms.tasks.incoming import take_in
from wamforms.tasks.pictures import thumbnail
from wamforms.tasks.reconciliation_page import write_reconciliation
from wamforms.tasks.reconciling import batch_numbers, reconcile
from wamforms.tasks.rescans import rescan_list

LISTEN_S = 0.15
"""How often a page is told what is new: faster than anybody reads."""

SPOKEN = ("text", "advice", "reason")
"""Parts of an event that are sentences."""

OUTCOMES = {
    "read": N_("read"),
    "waiting": N_("with doubts"),
    "conflict": N_("differs from an earlier scan"),
    "again": N_("scanned before"),
    "duplicate": N_("the same picture"),
    "blank side": N_("blank back"),
    "separator sheet": N_("separator sheet"),
    "refused": N_("not read"),
}
FATES = {
    "done": N_("moved to {to}"),
    "duplicate": N_("scanned before; moved to {to}"),
    "problem": N_("has a problem; moved to {to}, with the reason beside it"),
    "later": N_("is left where it is for now"),
}
PILES = {
    "read": N_("read"),
    "waiting for a person": N_("waiting for a person"),
    "differ from an earlier scan": N_("differ from an earlier scan"),
    "scanned before": N_("scanned before"),
    "blank backs": N_("blank backs"),
    "separator sheets": N_("separator sheets"),
    "foreign or of another study": N_("foreign or of another study"),
    "refused": N_("not read"),
    "of withdrawn dyads": N_("of withdrawn dyads"),
    "stored by another run": N_("stored by another run"),
}

ENVELOPE = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 170" width="120" height="170">'
    '<rect width="120" height="170" fill="#f4f1ea"/><g fill="none" stroke="#6b6257"'
    ' stroke-width="3"><rect x="25" y="60" width="70" height="48" rx="3"/>'
    '<path d="M25 62 60 90 95 62"/></g></svg>'
)
"""What stands in the place of a page that only the research key opens."""

ROLES = {"client": N_("client"), "professional": N_("professional")}


def stacks_of(desk: Desk) -> Stacks:
    """Return what scans in this run of the desk."""
    found: Stacks = desk.services.setdefault("stacks", Stacks(desk.door))
    return found


def scan(visit: Visit) -> Response:
    """Show where files are dropped, and what is under way."""
    stacks = stacks_of(visit.desk)
    return visit.show(
        "scan.html",
        outcomes=OUTCOMES,
        fates=FATES,
        is_running=stacks.is_running,
        watched=stacks.watched,
        waiting=[path.name for path in visit.desk.door.incoming.waiting],
        batches=batch_numbers(visit.study)[-10:][::-1],
        rescans=rescan_list(visit.study),
    )


async def files(request: Request, desk: Desk, session: Session) -> Response:
    """Take a file in; it is scanned with those that come together with it."""
    try:
        name = request.query_params.get("name", "")
        kept = await take_in(desk.door.incoming, name, request.stream())
    except WamError as error:
        return JSONResponse(told_error(words_for(request, session), error), 409)
    return JSONResponse({"kept": kept.name})


async def events(request: Request, desk: Desk, session: Session) -> Response:
    """Tell a page what happens, from where it was the last time."""
    speech = words_for(request, session)
    stacks = stacks_of(desk)
    last = request.headers.get("last-event-id") or request.query_params.get("from", "0")
    start = int(last) if last.isascii() and last.isdecimal() else 0

    async def told() -> AsyncIterator[str]:
        sent = start
        yield "retry: 1000\n\n"
        while not stacks.is_ending and not await request.is_disconnected():
            for event in stacks.events[sent:]:
                sent += 1
                said = json.dumps(_said(event, speech), default=str)
                yield f"id: {sent}\ndata: {said}\n\n"
            await asyncio.sleep(LISTEN_S)

    return StreamingResponse(told(), media_type="text/event-stream")


def _said(event: dict[str, Any], speech: Words) -> dict[str, Any]:
    """Say what stands in an event in the language of the page; the rest of it is no language."""
    said: dict[str, Any] = {name: speech.sentence(event[name]) for name in SPOKEN if name in event}
    if "unreadable" in event:
        lost = event["unreadable"]
        said["unreadable"] = [{**one, "reason": speech.sentence(one["reason"])} for one in lost]
    return {**event, **said}


def go_on(visit: Visit) -> Response:
    """Go on with files that a stopped desk left."""
    stacks_of(visit.desk).scan()
    return visit.go("/scan")


def start(visit: Visit) -> Response:
    """Scan what has been taken in."""
    stacks_of(visit.desk).scan()
    return visit.give(is_running=True)


def watch(visit: Visit) -> Response:
    """Watch a folder, or stop doing so if none is named."""
    stacks = stacks_of(visit.desk)
    typed = visit.form.get("folder", "").strip().strip('"')
    if not typed:
        stacks.stop_watching()
        return visit.go("/scan")
    folder = Path(typed).expanduser()
    if not folder.is_absolute():
        raise UsageError(
            f"{typed} is no whole path of a folder", advice="Name it from its beginning on."
        )
    check_folders(folder, visit.study.folder)
    stacks.watch(folder)
    return visit.go("/scan")


def thumb(visit: Visit) -> Response:
    """Give a page so small that nothing on it can be read; of a sealed one an envelope."""
    try:
        small = thumbnail(visit.study, int(visit.path["page"]))
    except LockedError:
        return Response(ENVELOPE, media_type="image/svg+xml")
    return Response(small, media_type="image/jpeg")


def batch(visit: Visit) -> Response:
    """Show a batch, added up."""
    found = reconcile(visit.study, int(visit.path["number"]))
    return visit.show("batch.html", found=found, piles=PILES, roles=ROLES)


def sheet(visit: Visit) -> Response:
    """Give the sheet of a batch to sign, as PDF."""
    found = reconcile(visit.study, int(visit.path["number"]))
    with TemporaryDirectory(prefix="wamforms-desk-") as folder:
        path = Path(folder) / "batch.pdf"
        write_reconciliation(found, path)
        data = path.read_bytes()
    name = f'attachment; filename="batch-{found.batch}.pdf"'
    return Response(data, media_type="application/pdf", headers={"Content-Disposition": name})


PART = Part(
    "scan",
    (
        look("/scan", scan),
        receive("/scan/files", files),
        listen("/scan/events", events),
        act("/scan/start", start),
        act("/scan/on", go_on),
        act("/scan/watch", watch),
        look("/scan/thumb/{page:int}", thumb),
        look("/scan/batch/{number:int}", batch),
        look("/scan/batch/{number:int}/sheet.pdf", sheet),
    ),
    N_("Scan"),
)
