"""What the server refuses, and what it never says."""

from __future__ import annotations

import io
import socket
import zipfile
from urllib.parse import urlsplit

import pytest
from local_server import Server

from standoff.web.guard import LARGEST_BODY


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example:80", "", "localhost"])
def test_a_foreign_host_is_refused(server: Server, host: str) -> None:
    assert server.ask("/api/start", headers={"host": host}).status == 400


@pytest.mark.parametrize(
    "headers", [{"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"}]
)
def test_a_foreign_page_is_refused(server: Server, headers: dict[str, str]) -> None:
    assert server.ask("/api/run", {}, headers=headers).status == 403


def test_the_page_itself_is_answered(server: Server) -> None:
    origin = server.address.rstrip("/")
    assert server.ask("/api/run", {}, headers={"origin": origin, "sec-fetch-site": "same-origin"}).status == 200


def test_a_body_that_is_too_large_is_refused_before_it_is_read(server: Server) -> None:
    assert server.ask("/api/run", b" " * (LARGEST_BODY + 1)).status == 413


def test_a_body_that_lies_about_its_size_is_refused(server: Server) -> None:
    address = urlsplit(server.address)
    with socket.create_connection((address.hostname, address.port), timeout=10) as line:
        line.sendall(
            b"POST /api/run HTTP/1.1\r\nHost: " + address.netloc.encode() + b"\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        for _ in range(5):
            line.sendall(chunk)
        assert b" 413 " in line.recv(200)


@pytest.mark.parametrize(
    "path",
    [
        "/../pyproject.toml",
        "/..%2f..%2fpyproject.toml",
        "/assets/../../app.py",
        "//etc/passwd",
        "/%2e%2e/app.py",
        "/static/index.html",
    ],
)
def test_no_path_reaches_the_file_system(server: Server, path: str) -> None:
    assert server.ask(path).status == 404


@pytest.mark.parametrize(
    "name", ["../magnets-small", "/etc", "./magnets-small", "C:\\world", "magnets-small/../rare-earths"]
)
def test_a_world_or_scenario_is_a_name_and_never_a_path(server: Server, name: str) -> None:
    assert server.ask("/api/run", {"scenario": name}).status == 400
    assert server.ask("/api/run", {"world": name}).status == 400


@pytest.mark.parametrize("key", ["measure_files", "own_measures", "world", "name", "rules", "title"])
def test_fields_that_name_files_or_words_cannot_be_changed(server: Server, key: str) -> None:
    assert server.ask("/api/run", {"changes": {key: ["/etc/passwd"]}}).status == 400


def test_an_uploaded_scenario_names_no_file(server: Server) -> None:
    for text in (
        b"measure_files: [/etc/passwd]\n",
        b"own_measures: [{id: X}]\n",
        b"world: /etc\n",
        b"extends: ../../secret\n",
    ):
        back = server.ask("/api/upload/scenario", b"extends: april-2025\n" + text if b"extends" not in text else text)
        asked = back.json if back.status == 200 else {}
        assert (
            back.status == 400
            or server.ask("/api/run", {key: asked[key] for key in ("scenario", "changes", "world")}).status == 400
        )


def test_a_zip_that_climbs_out_of_its_folder_writes_nothing_there(server: Server, tmp_path: object) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("../../../../tmp/standoff-climbed.csv", "x")
        archive.writestr("../../places.csv", "place\n")
    assert server.ask("/api/upload/world", stream.getvalue()).status == 400


def test_a_zip_that_unpacks_to_very_much_is_refused(server: Server) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("links.csv", b"0" * 70_000_000)
    answer = server.ask("/api/upload/world", stream.getvalue())
    assert answer.status == 400
    assert "unpacked" in answer.json["problems"][0]["why"]


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b'{"changes": {"hoard_share": NaN}}', b"[" * 50_000])
def test_garbage_is_told_off_and_nothing_else(server: Server, body: bytes) -> None:
    answer = server.ask("/api/run", body, headers={"content-type": "application/json"})
    assert answer.status in (400, 422)
    assert b"Traceback" not in answer.body
    assert b".py" not in answer.body


def test_every_answer_carries_the_policy_that_keeps_foreign_scripts_out(server: Server) -> None:
    for path in ("/", "/api/start", "/nothing", "/api/nothing"):
        policy = server.ask(path).headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in policy


BOMB = b"a: &a [x, x, x, x, x, x, x, x, x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (name, name, b", ".join([b"*%c" % (name - 1)] * 9)) for name in range(ord("b"), ord("k"))
)


@pytest.mark.parametrize(
    "file", [BOMB, b"[" * 60_000, b"until: 2025-13-45\n", b"\xff", b"- 1\n", b"1: 2\n", b"x" * 200_000]
)
def test_a_scenario_file_that_is_meant_to_hurt_is_refused(server: Server, file: bytes) -> None:
    answer = server.ask("/api/upload/scenario", file)
    assert answer.status == 400
    assert answer.json["problems"][0]["cure"]


@pytest.mark.parametrize(
    "changes",
    [{"licence_stages": 0}, {"licence_stages": 1e9}, {"reliability_exponent": 1e9}, {"CN-2025-18.hold_ease_days": 0}],
)
def test_numbers_that_no_model_bears_are_told_off(server: Server, changes: dict[str, float]) -> None:
    answer = server.ask("/api/run", {"changes": changes, "world": "magnets-small"})
    assert answer.status == 400
    assert answer.json["problems"]


def test_too_long_a_run_is_refused(server: Server) -> None:
    answer = server.ask("/api/run", {"changes": {"until": "2100-01-01"}})
    assert answer.status == 400
    assert answer.json["problems"][0]["column"] == "until"


def test_the_documents_of_a_content_network_are_off(server: Server) -> None:
    assert server.ask("/docs").status == 404
    assert server.ask("/redoc").status == 404
