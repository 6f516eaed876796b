"""A server of the page in a process of its own, and plain requests to it."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Server:
    """An address that answers, and the process behind it."""

    address: str
    process: subprocess.Popen[str]

    def ask(self, path: str, body: object = None, *, method: str = "", headers: dict[str, str] | None = None) -> Answer:
        """One request. A dict goes as JSON, bytes go as they are."""
        netloc = urlsplit(self.address).netloc
        connection = http.client.HTTPConnection(netloc, timeout=60)
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"content-type": "application/json"} if isinstance(body, dict) else {}
        try:
            connection.request(
                method or ("GET" if body is None else "POST"), path, content, {**sent, **(headers or {})}
            )
            answer = connection.getresponse()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read())
        finally:
            connection.close()


@contextmanager
def serving(package: Path | None = None) -> Iterator[Server]:
    """`standoff serve` on a free port; of a package that lies unpacked somewhere, if given, and from there."""
    command = [sys.executable, "-m", "standoff", "serve", "--port", "0", "--no-browser", "--json"]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}
    if package is not None:
        environment["PYTHONPATH"] = str(package)
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment, cwd=package
    )
    try:
        assert process.stdout is not None
        server = Server(json.loads(process.stdout.readline())["address"], process)
        assert server.ask("/api/start").status == 200  # the first answer comes when the server is warm
        yield server
    finally:
        process.terminate()
        process.communicate(timeout=20)
