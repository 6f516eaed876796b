"""Words, levers and graphs: nothing untranslated, nothing empty, every lever moves something."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from standoff.web.levers import levers
from standoff.web.requests import RunRequest, scenario_of
from standoff.web.tables import read_rows

PAGE = Path(__file__).parents[2] / "web" / "src"
HOLE = re.compile(r"\{(\w+)\}")
HAN = re.compile(r"[\u4e00-\u9fff]")


def test_every_word_is_there_in_both_languages_with_the_same_holes() -> None:
    keys = [row["key"] for row in read_rows("strings")]
    assert len(keys) == len(set(keys))
    for row in read_rows("strings"):
        assert row["en"].strip(), row["key"]
        assert row["zh"].strip(), row["key"]
        assert sorted(HOLE.findall(row["en"])) == sorted(HOLE.findall(row["zh"])), row["key"]
        assert HAN.search(row["zh"]), row["key"]
        assert not HAN.search(row["en"]), row["key"]


@pytest.mark.parametrize("table", ["levers", "graphs"])
def test_levers_and_graphs_speak_both_languages(table: str) -> None:
    for row in read_rows(table):
        for field in (name for name in row if name.endswith(("_en", "_zh"))):
            assert row[field].strip(), (row, field)


def test_every_word_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in PAGE.rglob("*.ts*") if "generated" not in path.parts)
    made = set(re.findall(r"[`\"](\w+_)\$\{", source))
    for row in read_rows("strings"):
        key = row["key"]
        assert f'"{key}"' in source or any(key.startswith(prefix) for prefix in made), key


def test_every_lever_moves_the_scenario() -> None:
    for lever in levers():
        value = lever["reach"][0] if lever["reach"] else lever["names"][-1]["value"]
        value = {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value
        key = f"CN-2025-18.{lever['key']}" if lever["kind"] == "administration" else lever["key"]
        assert scenario_of(RunRequest(changes={key: value})) != scenario_of(RunRequest()), key


def test_a_lever_reaches_over_the_whole_range_of_its_number() -> None:
    for lever in levers():
        if lever["range"]:
            low, high, step = lever["reach"]
            assert (
                low <= lever["range"][0] <= lever["default"] <= lever["range"][1] <= high or lever["shown"] == "percent"
            )
            assert 0 < step < high - low
