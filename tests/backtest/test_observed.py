"""Later rows are read last, change no forecast, and each of them counts or is said to be left out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.errors import InputError
from standoff.studies.backtest.episode import Episode, read_episode
from standoff.studies.backtest.months import month_of
from standoff.studies.backtest.observed import Observed, read_observed
from standoff.studies.backtest.rows import STOP_COLUMNS, TONNES_COLUMNS, open_tonnes

MAGNETS = "RE magnets (HS 8505.11)"
HEADER = ",".join(TONNES_COLUMNS)
SERIES = {"product", "destination", "month", "forecast", "median", "lo80", "hi80", "observed"}
SUMMARY = {"n", "mae", "mae_no_change", "mae_last_year", "mae_mean_2024", "coverage80", "crps", "crps_best_naive"}


@pytest.fixture(scope="module")
def episode() -> Episode:
    return read_episode("magnets-2025")


def write(path: Path, *rows: str, header: str = HEADER) -> Path:
    path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
    return path


def tonnes(month: str, destination: str, value: object, *, until: str = "") -> str:
    return f"{month},{until},{MAGNETS},{destination},{value},t"


def read(path: Path, episode: Episode) -> Observed:
    return read_observed(path, episode, known=open_tonnes(episode))


def run_command(*arguments: str) -> Any:
    done = CliRunner().invoke(app, ["backtest", "magnets-2025", *arguments, "--json"], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_forecasts_are_the_same_to_the_bit_with_and_without_what_was_observed(tmp_path: Path) -> None:
    rows = [tonnes("2025-07", "World", 4000), tonnes("2025-07", "USA", 500)]
    later = write(tmp_path / "later.csv", *rows, tonnes("2026-01", "World", 10000, until="2026-02"))
    without = run_command("--out", str(tmp_path / "a"))
    beside = run_command("--observed", str(later), "--out", str(tmp_path / "b"))
    for name in ("predictions.csv", "stops.csv", "posterior.csv", "frozen.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    strip = [
        [{k: v for k, v in row.items() if k != "observed"} for row in each["series"]] for each in (without, beside)
    ]
    assert strip[0] == strip[1]
    assert [beside["summary"][name]["n"] for name in ("World", "USA")] == [3, 1]


def test_the_contract_of_the_command(tmp_path: Path) -> None:
    later = write(tmp_path / "later.csv", tonnes("2025-08", "USA", 600))
    for arguments in ((), ("--observed", str(later))):
        found = run_command("--out", str(tmp_path), *arguments)
        assert {"episode", "information_date", "frozen", "series", "summary"} <= found.keys()
        assert all(row.keys() == SERIES for row in found["series"])
        assert {row["forecast"] for row in found["series"]} == {"strict", "policy_known"}
        months = {row["month"] for row in found["series"] if row["destination"] == "USA"}
        assert sorted(months) == [*(f"2025-{n:02d}" for n in range(7, 13)), "2026-01", "2026-02", "2026-03"]
        assert all(0 < row["lo80"] < row["median"] < row["hi80"] for row in found["series"])
        assert found["summary"].keys() == {"World", "USA"}
        assert all(row.keys() >= SUMMARY for row in found["summary"].values())
    scored, nothing = found["summary"]["USA"], found["summary"]["World"]
    assert scored["n"] == 1
    assert all(scored[key] is not None for key in SUMMARY)
    assert nothing["n"] == 0
    assert all(nothing[key] is None for key in SUMMARY - {"n"})


def test_the_error_of_a_summary_is_that_of_the_scored_forecast(tmp_path: Path) -> None:
    later = write(tmp_path / "later.csv", tonnes("2025-07", "World", 4000), tonnes("2025-09", "World", 6000))
    found = run_command("--out", str(tmp_path), "--observed", str(later))
    strict = {
        row["month"]: row
        for row in found["series"]
        if row["forecast"] == "strict" and row["destination"] == "World" and row["observed"] is not None
    }
    assert strict.keys() == {"2025-07", "2025-09"}
    errors = [abs(row["median"] - row["observed"]) for row in strict.values()]
    assert found["summary"]["World"]["mae"] == pytest.approx(sum(errors) / 2)
    june = 3188
    assert found["summary"]["World"]["mae_no_change"] == pytest.approx((4000 - june + 6000 - june) / 2)


def test_every_row_counts_or_is_said_to_be_left_out(tmp_path: Path, episode: Episode) -> None:
    path = write(
        tmp_path / "later.csv",
        tonnes("2025-07", "World", 5577),
        tonnes("2025-07", "World", 5577),
        tonnes("2025-06", "World", 1),
        tonnes("2026-04", "World", 5000),
        tonnes("2025-08", "Netherlands", 300),
        tonnes("2025-01", "World", 50000, until="2025-11"),
        tonnes("2025-09", "USA", ""),
        "2025-07,,Dysprosium,World,900,kg",
        f"2025-08,,{MAGNETS},World,100,USD million",
        tonnes("2026-01", "World", 10000, until="2026-02"),
        tonnes("2026-01", "World", 6000),
    )
    found = read(path, episode)
    assert found.tonnes["World"] == {
        month_of("2025-07"): 5577.0,
        month_of("2026-01"): 6000.0,
        month_of("2026-02"): pytest.approx(4000.0),
    }
    said = found.as_dict()
    assert (said["rows"], said["used"]) == (11, 3)
    why = {row: left["why"] for left in said["left_out"] for row in left["rows"]}
    assert sorted(why) == [2, 4, 5, 6, 7, 8, 9, 10]
    assert "row 3 counts" in why[2]
    assert "information date" in why[4]
    assert "later than the predicted" in why[5]
    assert "does not predict" in why[6]
    assert "more than 2 months" in why[7]
    assert "without a value" in why[8]
    assert "another product" in why[9]
    assert "not in tonnes" in why[10]


def test_of_two_rows_about_one_month_the_better_evidence_counts(tmp_path: Path, episode: Episode) -> None:
    rows = [f"{tonnes('2025-07', 'World', value)},{kind}" for value, kind in ((5577, "reported"), (5000, "claim"))]
    found = read(write(tmp_path / "later.csv", *rows, header=f"{HEADER},kind"), episode)
    assert found.tonnes["World"] == {month_of("2025-07"): 5577.0}


def test_a_sum_that_reaches_back_into_open_months_counts_for_what_they_leave(tmp_path: Path, episode: Episode) -> None:
    found = read(write(tmp_path / "later.csv", tonnes("2025-06", "World", 8188, until="2025-07")), episode)
    assert found.tonnes["World"] == {month_of("2025-07"): pytest.approx(5000.0)}


def test_a_broken_file_is_refused_with_every_row(tmp_path: Path, episode: Episode) -> None:
    path = write(
        tmp_path / "bad.csv",
        tonnes("2025-7x", "World", 10),
        tonnes("2025-08", "World", "ten"),
        tonnes("2025-09", "World", "nan"),
        tonnes("2025-10", "World", -4),
        tonnes("2025-12", "World", 10, until="2025-11"),
    )
    with pytest.raises(InputError, match="5 problems") as refused:
        read(path, episode)
    assert [problem.row for problem in refused.value.problems] == [2, 3, 4, 5, 6]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "columns are missing: month, period_end"),
        (b"month;value\n2025-07;5\n", "commas"),
        (b"month,product,destination,value,unit\n", "columns are missing: period_end"),
        ("month,period_end\n日\n".encode("gb18030"), "UTF-8"),
        (f"{HEADER}\n2025-07,,{MAGNETS},World,5,577,t\n".encode(), "quotation marks"),
        (f"{HEADER}\n2025-07,,{MAGNETS}\n".encode(), "fewer cells"),
    ],
)
def test_a_file_of_another_shape_is_refused(tmp_path: Path, episode: Episode, content: bytes, said: str) -> None:
    path = tmp_path / "other.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=said):
        read(path, episode)


def test_firms_are_read_by_class_and_the_others_are_said(tmp_path: Path, episode: Episode) -> None:
    def firm(name: str, product: str, outcome: str, day: str = "", *, of: str = "RE magnets 2025") -> str:
        return f"{of},2025-04-04,{name},Japan,{product},{outcome},{day}"

    path = write(
        tmp_path / "stops.csv",
        firm("A", "vehicles", "stop", "2025-07-14"),
        firm("B", "electric scooters", "no stop"),
        firm("C", "toys", "stop"),
        firm("D", "vehicles", "output July 2025"),
        firm("E", "vehicles", "stop", of="Nexperia chips 2025"),
        header=",".join(STOP_COLUMNS),
    )
    found = read(path, episode)
    assert [(row.firm, row.firm_class, row.stopped) for row in found.stops] == [
        ("A", "car_makers", True),
        ("B", "two_wheelers", False),
    ]
    assert [left["rows"] for left in found.as_dict()["left_out"]] == [[4], [5], [6]]
    scored = run_command("--observed", str(path), "--out", str(tmp_path / "out"))["stops"]
    assert scored["car_makers"]["hits"] + scored["car_makers"]["misses"] == 1
    assert scored["two_wheelers"]["false_alarms"] + scored["two_wheelers"]["correct_no_stop"] == 1


def test_a_header_without_rows_is_no_observation(tmp_path: Path, episode: Episode) -> None:
    for columns in (STOP_COLUMNS, TONNES_COLUMNS):
        found = read(write(tmp_path / "none.csv", header=",".join(columns)), episode)
        assert (found.tonnes, found.stops, found.rows) == ({}, [], 0)


def test_the_observed_file_is_never_written_over(tmp_path: Path) -> None:
    path = write(tmp_path / "stops.csv", header=",".join(STOP_COLUMNS))
    before = path.read_bytes()
    done = CliRunner().invoke(app, ["backtest", "magnets-2025", "--observed", str(path), "--out", str(tmp_path)])
    assert isinstance(done.exception, InputError)
    assert path.read_bytes() == before


def test_a_file_that_is_not_there_is_said_before_anything_is_computed(tmp_path: Path) -> None:
    arguments = ["backtest", "magnets-2025", "--observed", str(tmp_path / "gone.csv"), "--out", str(tmp_path / "o")]
    done = CliRunner().invoke(app, arguments)
    assert isinstance(done.exception, InputError)
    assert not (tmp_path / "o").exists()
