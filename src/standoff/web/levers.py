"""Levers: rows of ``levers.csv``, with the value and range of the number that each moves."""

from __future__ import annotations

from typing import Any

from standoff.measures.settings import Settings
from standoff.model.parameters import default_parameters
from standoff.simulate.scenario import Scenario
from standoff.web.tables import LANGUAGES, read_rows, say

KINDS = ("administration", "parameter", "choice")


def levers() -> list[dict[str, Any]]:
    """Every lever as plain values: words, reach, steps, named values, and the default with its range, status and source.

    A lever of kind ``administration`` stands for one number of each measure of a scenario; its default is the run's.
    """
    return [_lever(row) for row in read_rows("levers")]


def _lever(row: dict[str, str]) -> dict[str, Any]:
    lever: dict[str, Any] = {
        "key": row["lever"],
        "group": row["group"],
        "kind": row["kind"],
        "label": say(row, "label"),
        "help": say(row, "help"),
        "unit": say(row, "unit"),
        "shown": row["shown"],
        "reach": [float(row[name]) for name in ("low", "high", "step")] if row["low"] else None,
        "names": [_named(each) for each in row["names"].split("|") if each],
        "default": None,
        "range": None,
        "status": "",
        "source": row["source"],
    }
    if row["kind"] == "parameter":
        parameter = default_parameters()[row["lever"]]
        lever |= {
            "default": parameter.value,
            "range": [parameter.low, parameter.high],
            "status": parameter.status,
            "source": parameter.source or row["source"],
        }
    elif row["kind"] == "choice":
        of_scenario = Scenario.model_fields.get(row["lever"])
        usual = str(of_scenario.default).lower() if of_scenario else None
        lever["default"] = usual or getattr(Settings(), row["lever"])
    return lever


def _named(text: str) -> dict[str, Any]:
    """``0.5=case by case/逐案`` as value and words."""
    value, _, words = text.partition("=")
    return {"value": value, **dict(zip(LANGUAGES, words.split("/"), strict=True))}
