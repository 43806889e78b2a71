"""Files that the desk gives to the browser; they are never kept in its cache."""

from pathlib import PurePath

from starlette.responses import Response

KINDS = {
    ".pdf": "application/pdf",
    ".csv": "text/csv; charset=utf-8",
    ".ics": "text/calendar; charset=utf-8",
    ".zip": "application/zip",
    ".html": "application/octet-stream",  # never shown as a page of ours
}


def download(data: bytes, name: str) -> Response:
    """Give a file to keep.

    Parameters
    ----------
    name : str
        Plain characters only: it stands in a header.
    """
    kind = KINDS.get(PurePath(name).suffix, "application/octet-stream")
    safe = "".join(
        one if one.isascii() and (one.isalnum() or one in "-_.") else "-" for one in name
    )
    return Response(
        data,
        media_type=kind,
        headers={"Content-Disposition": f'attachment; filename="{safe}"'},
    )
