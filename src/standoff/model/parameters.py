"""Behavioural parameters: value, range, unit, status and source of each stand in ``parameters.csv`` beside this file."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from standoff.errors import Problems, nearest


@dataclass(frozen=True)
class Parameter:
    """One number with everything that belongs to it."""

    name: str
    value: float
    low: float
    high: float
    unit: str
    status: str
    source: str
    description: Mapping[str, str]


@cache
def default_parameters() -> Mapping[str, Parameter]:
    """Parameters as shipped, by name."""
    text = resources.files("standoff.model").joinpath("parameters.csv").read_text(encoding="utf-8")
    return {
        row["parameter"]: Parameter(
            name=row["parameter"],
            value=float(row["value"]),
            low=float(row["low"]),
            high=float(row["high"]),
            unit=row["unit"],
            status=row["status"],
            source=row["source"],
            description={"en": row["description_en"], "zh": row["description_zh"]},
        )
        for row in csv.DictReader(text.splitlines())
    }


def parameter_values(changes: Mapping[str, float], *, what: str = "parameters") -> dict[str, float]:
    """Values of all parameters with some changed.

    Args:
        changes: new values by name.
        what: where the changes come from, for the report.

    Raises:
        InputError: an unknown name (the nearest known one is named), or a value that is not a finite number of at least 0.
    """
    known = default_parameters()
    problems = Problems(what)
    values = {name: parameter.value for name, parameter in known.items()}
    for name, value in changes.items():
        if name not in known:
            problems.add(why="there is no such parameter", cure=nearest(name, known), value=name, column="parameters")
        elif not 0 <= value < float("inf"):
            problems.add(
                why="a parameter is a finite number of at least 0", cure="Give such a number", column=name, value=value
            )
        else:
            values[name] = float(value)
    problems.raise_if_any()
    return values
