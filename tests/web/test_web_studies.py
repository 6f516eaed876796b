"""Claims and back-tests over the API: the same as the studies say, whatever is uploaded."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from local_server import Server

from standoff.errors import InputError
from standoff.results.numbers import Numbers
from standoff.results.words import read_words
from standoff.studies.backtest.episode import read_episode
from standoff.studies.backtest.frozen import FOLDER, read_frozen
from standoff.studies.backtest.rows import TONNES_COLUMNS
from standoff.studies.backtest.study import backtest
from standoff.studies.claims.audit import TESTS, audit
from standoff.studies.claims.registry import read_claims
from standoff.web.backtests import frozen_view, observed_view

EPISODE = "magnets-2025"
HEAD = ",".join(TONNES_COLUMNS)
PRODUCT = '"RE magnets (HS 8505.11)"'
LONGEST_AUDIT = 300.0
"""Far above what an idle machine needs (about 5 s): the audit stands back behind everything else."""
CHEAP = ("A18", "A19", "A47", "A55", "B16")
"""Claims that need no draws, and one that needs those of one scenario."""


def file_of(*rows: str) -> bytes:
    return "\n".join([HEAD, *rows, ""]).encode()


def table(view: dict[str, Any], name: str, language: str = "en") -> dict[str, Any]:
    (found,) = [each for part in view["sections"][language] for each in part["tables"] if each["name"] == name]
    return dict(found)


def audited(server: Server) -> dict[str, Any]:
    end = time.monotonic() + LONGEST_AUDIT
    while time.monotonic() < end:
        found = server.ask("/api/claims/audit?wait=5").json
        if found["state"] != "running":
            return dict(found)
    raise AssertionError("the audit does not end")


def test_claims_come_at_once_in_both_languages_and_say_what_waits_for_the_model(server: Server) -> None:
    claims = server.ask("/api/claims").json
    assert {claim["id"] for claim in claims} == {claim.id for claim in read_claims()}
    assert all(claim["paraphrase"]["en"] != claim["paraphrase"]["zh"] for claim in claims)
    assert {claim["id"] for claim in claims if not claim["verdict"]} == set(TESTS)
    assert [not claim["verdict"] for claim in claims] == sorted(
        (not claim["verdict"] for claim in claims), reverse=True
    )


def test_an_audit_can_be_stopped_and_then_says_what_the_command_says(server: Server) -> None:
    assert server.ask("/api/claims/audit", {}).status == 202
    assert server.ask("/api/claims/audit", method="DELETE").status == 204
    assert audited(server)["state"] == "idle"
    server.ask("/api/claims/audit", {})
    found = audited(server)
    assert found["state"] == "done"
    answers = {row["id"]: row for row in found["answers"]}
    assert set(answers) == set(TESTS)
    for name in CHEAP:
        (expected,) = audit(only=name)
        assert answers[name]["verdict"] == expected["computed_verdict"]
        for key in ("low", "median", "high", "share_true", "region"):
            assert json.dumps(answers[name]["answer"][key]) == json.dumps(expected["answer"][key])


def test_a_backtest_shows_the_frozen_numbers(server: Server) -> None:
    episode = read_episode(EPISODE)
    found = backtest(episode, read_frozen(episode.folder / FOLDER))
    view = server.ask(f"/api/backtests/{EPISODE}").json
    rows = {(row[0], row[1]): row for row in table(view, "backtest_forecasts")["rows"]}
    write = Numbers(read_words("en")).plain
    for series in found["series"]:
        if series["forecast"] == "strict" and series["destination"] == "Japan":
            row = rows["Japan", series["month"]]
            assert row[2:5] == [write(series[name]) for name in ("median", "lo80", "hi80")]
    assert view["scored"] == 0


def test_both_languages_draw_the_same_marks() -> None:
    view = frozen_view(EPISODE)
    shapes = {
        language: [
            mark["attributes"]
            for part in view["sections"][language]
            for picture in part["pictures"]
            for chart in picture["charts"]
            for mark in chart["marks"]
            if mark["tag"] != "text"
        ]
        for language in ("en", "zh")
    }
    assert shapes["en"] == shapes["zh"] != []


def test_later_rows_are_scored_and_change_no_forecast() -> None:
    content = file_of(*(f"2025-0{month},,{PRODUCT},World,{5000 + month},t" for month in (7, 8, 9)))
    view, frozen = observed_view(EPISODE, content), frozen_view(EPISODE)
    assert view["scored"] == 3
    with_file, without = (table(each, "backtest_forecasts")["rows"] for each in (view, frozen))
    assert [row[:-1] for row in with_file] == [row[:-1] for row in without]
    assert [row[-1] for row in with_file if row[0] == "World" and row[1] == "2025-07"] == ["5,010"]
    heads = table(view, "backtest_scores")["head"]
    assert any("later months" in head for head in heads)


def test_a_file_with_mistakes_is_reported_whole_and_by_row(server: Server) -> None:
    content = file_of(f"2025-17,,{PRODUCT},World,5000,t", f"2025-08,,{PRODUCT},World,nan,t")
    answer = server.ask("/api/upload/observed?episode=magnets-2025", content)
    assert answer.status == 400
    assert {(each["row"], each["column"]) for each in answer.json["problems"]} == {(2, "month"), (3, "value")}


def test_what_the_command_line_refuses_is_refused_in_the_same_words(server: Server, tmp_path: Path) -> None:
    content = file_of(f"2025-07,,{PRODUCT},World,-4,t", f"2025-08,,{PRODUCT},World,5000,kg")
    path = tmp_path / "observed.csv"
    path.write_bytes(content)
    episode = read_episode(EPISODE)
    with pytest.raises(InputError) as refused:
        backtest(episode, read_frozen(episode.folder / FOLDER), observed=path)
    answer = server.ask("/api/upload/observed?episode=magnets-2025", content)
    assert answer.json == refused.value.as_dict()


@pytest.mark.parametrize("content", [b"", b"\x00\xff", b"a,b\n1,2\n", (HEAD + '\n"').encode(), HEAD.encode() * 200_000])
def test_no_file_breaks_the_server(server: Server, content: bytes) -> None:
    answer = server.ask("/api/upload/observed?episode=magnets-2025", content)
    assert answer.status in (200, 400)
    assert "Traceback" not in answer.body.decode()


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["2025-07", "2026-03", "0000-01", "9999999-01", "x", ""]),
            st.sampled_from(["", "2025-08", "99999-01"]),
            st.sampled_from([PRODUCT, "x"]),
            st.sampled_from(["World", "Mars"]),
            st.sampled_from(["5000", "-1", "inf", "1e400", "1e300", ""]),
            st.sampled_from(["t", "kg"]),
        ),
        max_size=3,
    )
)
def test_any_row_is_scored_or_refused(rows: list[tuple[str, ...]]) -> None:
    try:
        view = observed_view(EPISODE, file_of(*(",".join(row) for row in rows)))
    except InputError:
        return
    assert view["scored"] >= 0


@pytest.mark.parametrize("name", ["nothing", "..%2F..%2Fepisodes", "%2Fetc"])
def test_an_episode_is_a_name_and_never_a_path(server: Server, name: str) -> None:
    assert server.ask(f"/api/backtests/{name}").status in (400, 404)
    assert server.ask(f"/api/upload/observed?episode={name}", file_of()).status == 400


def test_a_report_comes_in_the_language_of_the_page(server: Server) -> None:
    for language, word in (("en", "What every side loses"), ("zh", "各方损失")):
        answer = server.ask("/api/download", {"world": "magnets-small", "kind": "report", "language": language})
        assert answer.status == 200
        assert answer.headers["content-disposition"].endswith('.html"')
        assert word in answer.body.decode()


def test_the_calendar_has_tariffs_with_rates_and_what_is_paused(server: Server) -> None:
    bars = server.ask("/api/run", {"scenario": "truce-lapse"}).json["calendar"]
    counter = [bar for bar in bars if bar["measure"] == "CN-TC-2025-456"]
    assert [(bar["rates"], bar["paused_rates"]) for bar in counter] == [
        ([10.0, 10.0], [24.0, 24.0]),
        ([34.0, 34.0], None),
    ]
    assert counter[0]["until"] == counter[1]["start"] == "2026-11-10"
