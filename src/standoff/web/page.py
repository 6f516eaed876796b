"""The built page: read into memory once, packed once, served from there. No request names a file."""

from __future__ import annotations

import gzip
import mimetypes
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

from starlette.requests import Request
from starlette.responses import Response

NOT_BUILT = (
    "<!doctype html><meta charset=utf-8><title>standoff</title><p>The page is not built. In a checkout: <code>python"
    " tools/build_page.py</code> (needs Node.js 20 or newer). The API answers under <code>/api</code>."
)
TYPES = {".js": "text/javascript", ".json": "application/json", ".svg": "image/svg+xml"}


@dataclass(frozen=True)
class Asset:
    """One file of the page."""

    content: bytes
    packed: bytes
    media_type: str
    lasting: bool


@cache
def assets() -> dict[str, Asset]:
    """Every file of the built page by its path; empty where it is not built."""
    folder = resources.files("standoff.web").joinpath("static")
    return dict(_walk(folder, "")) if folder.is_dir() else {}


def is_built() -> bool:
    return "index.html" in assets()


def respond(path: str, request: Request) -> Response:
    """The asset of a path, packed where the browser takes that."""
    asset = assets().get(path)
    if asset is None:
        if path == "index.html":
            return Response(NOT_BUILT, media_type="text/html", status_code=503)
        return Response("There is no such page.", media_type="text/plain", status_code=404)
    headers = {
        "cache-control": "max-age=31536000, immutable" if asset.lasting else "no-cache",
        "vary": "accept-encoding",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.packed, media_type=asset.media_type, headers={**headers, "content-encoding": "gzip"})
    return Response(asset.content, media_type=asset.media_type, headers=headers)


def _walk(folder: Traversable, prefix: str) -> list[tuple[str, Asset]]:
    found: list[tuple[str, Asset]] = []
    for child in folder.iterdir():
        name = f"{prefix}{child.name}"
        if child.is_dir():
            found += _walk(child, f"{name}/")
        else:
            content = child.read_bytes()
            suffix = name[name.rfind(".") :]
            media_type = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
            found.append(
                (name, Asset(content, gzip.compress(content, 9, mtime=0), media_type, name.startswith("assets/")))
            )
    return found
