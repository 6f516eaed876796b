"""What the API answers: the same numbers as the package, bands, downloads, uploads."""

from __future__ import annotations

import csv
import io
import json
import time
import zipfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from local_server import Server, serving

import standoff
from standoff.simulate.scenario import shipped_scenarios
from standoff.world.tables import WORLDS

WAIT_OF_FIFTY = 20.0
"""Far above what an idle machine with two cores needs (about 3 s): tests share the machine with others."""


@pytest.mark.parametrize("name", shipped_scenarios())
def test_a_run_says_what_the_package_says(server: Server, name: str) -> None:
    got = server.ask("/api/run", {"scenario": name}).json
    expected = standoff.run(name)
    by_side = expected.ledger.by_side()
    assert got["ledger"].keys() == by_side.keys()
    for side, lines in by_side.items():
        assert got["ledger"][side] == pytest.approx(lines, rel=1e-5, abs=1e-6)
        assert got["numbers"]["unmet"][side] == pytest.approx(lines["unmet_use"], rel=1e-5, abs=1e-6)
    stop = expected.summary()["first_stop"]
    assert (got["numbers"]["first_stop"] or {}).get("where") == (stop or {}).get("where")
    assert sum(row["lost"] for row in got["uses"]) == pytest.approx(expected.unmet_value.sum(), rel=1e-5, abs=1e-3)


def test_without_measures_nothing_is_controlled_and_nothing_is_lost(server: Server) -> None:
    run = server.ask("/api/run", {"scenario": "baseline"}).json
    assert run["numbers"]["unserved"] is None
    assert run["numbers"]["waiting"] is None
    assert run["numbers"]["first_stop"] is None
    assert all(value == pytest.approx(0, abs=1) for value in run["numbers"]["unmet"].values())
    assert all(low is None for low in run["flow"]["low"])


def test_equal_questions_have_equal_runs_and_other_questions_other_runs(server: Server) -> None:
    ids = [server.ask("/api/run", {"changes": {"hoard_share": share}}).json["id"] for share in (0.1, 0.1, 0.2)]
    assert ids[0] == ids[1] != ids[2]


def test_compiled_measures_that_are_kept_change_no_number(server: Server) -> None:
    for changes in (
        {"CN-2025-18.approval_share": 0.3},
        {"CN-2025-18.hold_share": 0.1, "CN-2025-18.throughput": 2.0},
        {},
    ):
        got = server.ask("/api/run", {"changes": changes, "world": "magnets-small"}).json
        expected = standoff.run("april-2025", changes=changes, world="magnets-small").ledger.by_side()
        assert got["ledger"]["usa"] == pytest.approx(expected["usa"], rel=1e-5, abs=1e-6)


def test_a_measure_that_begins_later_bites_later_and_one_that_never_runs_does_not_bite(server: Server) -> None:
    def unmet(calendar: dict[str, object]) -> list[float]:
        run = server.ask("/api/run", {"world": "magnets-small", "changes": {"calendar": {"CN-2025-18": calendar}}}).json
        return [sum(step) for step in zip(*run["lines"]["unmet"].values(), strict=True)]

    published, later, never = unmet({}), unmet({"start": "2025-10-06"}), unmet({"end": "2025-04-04"})
    first = [next((step for step, value in enumerate(each) if value > 1), len(each)) for each in (published, later)]
    assert first[0] < first[1]
    assert max(never) == pytest.approx(0, abs=1)


def test_a_pause_is_a_bar_of_its_own_and_trade_comes_back_in_it(server: Server) -> None:
    pause = {"start": "2025-05-05", "until": "2026-05-04"}
    published = server.ask("/api/run", {}).json
    run = server.ask("/api/run", {"changes": {"calendar": {"CN-2025-18": {"pauses": [pause]}}}}).json
    assert [bar["state"] for bar in run["calendar"]] == ["in force", "suspended", "in force"]
    assert (run["calendar"][1]["start"], run["calendar"][1]["until"]) == (pause["start"], pause["until"])
    assert sum(run["lines"]["waiting"]) < sum(published["lines"]["waiting"])


def test_bands_hold_their_median_and_end(server: Server) -> None:
    job = server.ask("/api/bands", {"draws": 16}).json["job"]
    answer = _finished(server, job)
    assert answer["state"] == "done"
    for low, median, high in answer["bands"]["lines"]["unmet"].values():
        assert all(a <= b <= c for a, b, c in zip(low, median, high, strict=True))
    assert answer["bands"]["id"] == server.ask("/api/run", {}).json["id"]


def test_a_cancelled_band_stops(server: Server) -> None:
    job = server.ask("/api/bands", {"draws": 1024, "world": "magnets-small", "changes": {"hoard_share": 0.11}}).json[
        "job"
    ]
    assert server.ask(f"/api/bands/{job}", method="DELETE").status == 204
    assert _finished(server, job)["state"] == "cancelled"


def test_a_newer_band_of_the_same_page_cancels_the_older(server: Server) -> None:
    first, second = (
        server.ask("/api/bands", {"draws": draws, "client": "one", "world": "magnets-small"}).json["job"]
        for draws in (1024, 8)
    )
    assert _finished(server, first)["state"] == "cancelled"
    assert _finished(server, second)["state"] == "done"


def test_a_refusal_in_a_worker_is_a_report_and_the_worker_goes_on(server: Server) -> None:
    changes = {"CN-2025-18.nonsense": 1}
    job = server.ask("/api/bands", {"draws": 8, "changes": changes}).json["job"]
    while (answer := server.ask(f"/api/bands/{job}?wait=2")).status == 200 and answer.json["state"] == "running":
        pass
    ran = server.ask("/api/run", {"changes": changes})
    assert answer.status == ran.status == 400
    assert answer.json == ran.json
    assert "nonsense" in str(answer.json["problems"])
    again = server.ask("/api/bands", {"draws": 8, "world": "magnets-small"}).json["job"]
    assert _finished(server, again)["state"] == "done"


def test_a_request_that_a_newer_one_of_its_page_overtakes_is_not_run(server: Server) -> None:
    def ask(number: int) -> int:
        changes = {"order_limit": 3 + number / 1000}
        return server.ask("/api/run", {"changes": changes, "client": "a hasty page", "world": "magnets-small"}).status

    with ThreadPoolExecutor(30) as pool:
        found = list(pool.map(ask, range(30)))
    assert set(found) == {200, 409}
    assert server.ask("/api/run", {"client": "a hasty page", "world": "magnets-small"}).status == 200


def test_a_server_that_is_killed_leaves_no_worker_behind() -> None:
    with serving() as server:
        assert server.ask("/api/bands", {"draws": 64, "world": "magnets-small"}).status == 202
        assert server.ask("/api/run", {"changes": {"hoard_share": 0.1}, "world": "magnets-small"}).status == 200
        children = psutil.Process(server.process.pid).children(recursive=True)
        assert len(children) >= 2
        server.process.kill()
        _, left = psutil.wait_procs(children, timeout=20)
        assert left == []


def test_a_worker_that_is_killed_is_replaced() -> None:
    def answers(number: int) -> tuple[int, object]:
        changes = {"hoard_share": number / 100}
        ran = server.ask("/api/run", {"changes": changes, "world": "magnets-small"}).status
        job = server.ask("/api/bands", {"draws": 8, "changes": changes, "world": "magnets-small"})
        return ran, _finished(server, job.json["job"])["state"] if job.status == 202 else job.status

    with serving() as server:
        assert answers(1) == (200, "done")
        for child in psutil.Process(server.process.pid).children(recursive=True):
            if not child.children() and "resource_tracker" not in " ".join(child.cmdline()):
                child.kill()
        server.ask("/api/run", {"changes": {"hoard_share": 0.02}, "world": "magnets-small"})
        assert answers(3) == (200, "done")


def test_fifty_pages_at_once_are_all_answered(server: Server) -> None:
    def ask(number: int) -> tuple[int, float]:
        begun = time.monotonic()
        status = server.ask(
            "/api/run", {"changes": {"hoard_share": number / 100}, "client": f"page {number}", "world": "magnets-small"}
        ).status
        return status, time.monotonic() - begun

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(ask, range(50)))
    assert {status for status, _ in answers} == {200}
    assert max(seconds for _, seconds in answers) < WAIT_OF_FIFTY


def test_the_table_carries_metadata_sources_and_the_ledger(server: Server) -> None:
    answer = server.ask("/api/download", {"kind": "csv"})
    assert answer.headers["content-disposition"].startswith('attachment; filename="standoff-april-2025-')
    text = answer.body.decode()
    head = [line for line in text.splitlines() if line.startswith("#")]
    assert any("CN-2025-18" in line and "assumed" in line for line in head)
    rows = list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))
    lost = sum(float(row["value"]) for row in rows if row["series"] == "ledger" and row["label"] == "unmet_use")
    assert lost == pytest.approx(standoff.run("april-2025").unmet_value.sum(), rel=1e-4)


def test_the_scenario_file_brings_the_same_run_back(server: Server) -> None:
    changes = {"hoard_share": 0.4, "CN-2025-18.review_days": 90, "calendar": {"CN-2025-18": {"end": "2026-06-01"}}}
    file = server.ask("/api/download", {"kind": "scenario", "changes": changes}).body
    back = server.ask("/api/upload/scenario", file).json
    again = server.ask("/api/run", {"scenario": back["scenario"], "changes": back["changes"]}).json
    there = server.ask("/api/run", {"changes": changes}).json
    assert again["ledger"] == there["ledger"]
    assert again["lines"] == there["lines"]


def test_the_file_of_a_run_with_a_measure_of_its_own_brings_that_run_back(server: Server, tmp_path: Path) -> None:
    file = server.ask("/api/download", {"kind": "scenario", "scenario": "cut-off"}).body
    back = server.ask("/api/upload/scenario", file).json
    assert back["scenario"] == "cut-off"
    assert back["changes"] == {}
    (tmp_path / "cut.yaml").write_bytes(file)
    cut = standoff.run("cut-off", world="magnets-small").unmet_value.sum()
    assert standoff.run(tmp_path / "cut.yaml", world="magnets-small").unmet_value.sum() == cut
    assert cut > standoff.run("baseline", world="magnets-small").unmet_value.sum()


def test_the_netcdf_file_carries_its_configuration(server: Server, tmp_path: Path) -> None:
    from standoff.results.files import read_config

    path = tmp_path / "result.nc"
    path.write_bytes(server.ask("/api/download", {"kind": "netcdf"}).body)
    assert read_config(path)["scenario"]["name"] == "april-2025"


def test_an_uploaded_scenario_has_the_same_report_as_on_the_command_line(server: Server) -> None:
    answer = server.ask("/api/upload/scenario", b"extends: april-2025\nhoard: 3\nuntil: never\n")
    assert answer.status == 400
    assert {problem["column"] for problem in answer.json["problems"]} == {"hoard", "until"}


def test_an_uploaded_world_runs(server: Server) -> None:
    outline = server.ask("/api/upload/world", _zip()).json
    assert outline["world"].startswith("uploaded-")
    run = server.ask("/api/run", {"world": outline["world"]}).json
    assert run["ledger"] == server.ask("/api/run", {"world": "magnets-small"}).json["ledger"]


def test_an_uploaded_world_with_mistakes_is_reported_whole(server: Server) -> None:
    answer = server.ask("/api/upload/world", _zip(uses="use,place\nx,nowhere\n"))
    assert answer.status == 400
    assert len(answer.json["problems"]) > 1
    assert all(problem["cure"] for problem in answer.json["problems"])


def test_a_shipment_is_answered_with_clause_and_other_days(server: Server) -> None:
    shipment = {
        "item": "NdFeB magnets with dysprosium",
        "date": "2025-11-20",
        "origin": "CN",
        "ship_from": "CN",
        "ship_to": "DE",
    }
    found = server.ask("/api/determine", {**shipment, "end_use": "civil", "end_user": "civil manufacturer"}).json
    assert found["code"] == "LICENCE_STD"
    assert found["decided_by"]["measure"] == "CN-2025-18"
    assert found["on_other_dates"]


def test_every_number_of_a_world_can_be_searched(server: Server) -> None:
    page = server.ask("/api/worlds/magnets-small/tables/uses?search=missile").json
    assert 0 < page["total"] < server.ask("/api/worlds/magnets-small/tables/uses").json["total"]
    assert all("missile" in " ".join(line).casefold() for line in page["lines"])


def _finished(server: Server, job: int) -> dict[str, object]:
    while True:
        answer: dict[str, object] = server.ask(f"/api/bands/{job}?wait=2").json
        if answer["state"] != "running":
            return answer


def _zip(**other: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for path in (WORLDS / "magnets-small").iterdir():
            if path.stem != "citations":
                archive.writestr(f"folder/{path.name}", other.get(path.stem, path.read_text(encoding="utf-8")))
    return stream.getvalue()


def test_the_description_in_the_repository_is_the_api(server: Server) -> None:
    from standoff.web.describe import description

    written = Path(__file__).parents[2] / "web" / "openapi.json"
    assert written.read_text(encoding="utf-8") == description()
    served = server.ask("/api/openapi.json").json
    assert served["paths"].keys() == json.loads(description())["paths"].keys()
