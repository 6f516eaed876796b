"""What stands before every request: which host and page may ask, how large and how long a request may be, what a browser may load."""

from __future__ import annotations

import asyncio
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST_BODY = 200_000
LARGEST_UPLOAD = 20_000_000
LONGEST_BODY_SECONDS = 20.0
LOCAL_NAMES = ("127.0.0.1", "localhost", "[::1]")
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self';"
        " font-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "x-frame-options": "DENY",
}
"""Styles may stand inline because charts set their own; scripts may not."""


class Guard:
    """ASGI middleware: refuses foreign hosts and origins, large or slow bodies; adds security headers to every answer."""

    def __init__(self, app: ASGIApp, *, hosts: tuple[str, ...]) -> None:
        self.app, self.hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers[name] = value
            await send(message)

        refusal = self._refusal(scope)
        if refusal is not None:
            await refusal(scope, receive, send_guarded)
            return
        body = await _body(receive, limit=_limit(scope))
        if isinstance(body, JSONResponse):
            await body(scope, receive, send_guarded)
            return
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive_body() -> Message:
            return given.pop() if given else await receive()

        await self.app(scope, receive_body, send_guarded)

    def _refusal(self, scope: Scope) -> JSONResponse | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() not in self.hosts:
            return _refused(400, "this server answers only to its own address")
        origin = headers.get("origin")
        if origin is not None and urlsplit(origin).netloc.lower() not in self.hosts:
            return _refused(403, "requests of other pages are refused")
        if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            return _refused(403, "requests of other pages are refused")
        length = headers.get("content-length", "0")
        if not length.isdigit() or int(length) > _limit(scope):
            return _refused(413, f"at most {_limit(scope):,} bytes are taken")
        return None


def allowed_hosts(port: int) -> tuple[str, ...]:
    """Host headers under which the server may be asked: a name of a foreign site that points here is refused."""
    return tuple(f"{name}:{port}" for name in LOCAL_NAMES) + (LOCAL_NAMES if port == 80 else ())


def _limit(scope: Scope) -> int:
    return LARGEST_UPLOAD if str(scope["path"]).startswith("/api/upload/") else LARGEST_BODY


def _refused(status: int, why: str) -> JSONResponse:
    return JSONResponse({"error": why, "problems": []}, status_code=status)


async def _body(receive: Receive, *, limit: int) -> bytes | JSONResponse:
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(LONGEST_BODY_SECONDS):
            while True:
                message: dict[str, Any] = dict(await receive())
                if message["type"] != "http.request":
                    return _refused(400, "the request ended early")
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > limit:
                    return _refused(413, f"at most {limit:,} bytes are taken")
                if not message.get("more_body"):
                    return b"".join(parts)
    except TimeoutError:
        return _refused(408, f"the request was not complete after {LONGEST_BODY_SECONDS:.0f} seconds")
