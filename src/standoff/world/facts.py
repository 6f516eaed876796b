"""The fact tables that ship with the package: published figures that worlds cite row by row."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FACTS = Path(__file__).parents[1] / "data" / "facts"
FACT_PREFIX = "facts/"
QUANTITY_COLUMNS = ("quantity", "price", "value_usd", "value")
"""Where the figure of a fact stands; every fact table has one of these."""


@cache
def read_facts() -> Mapping[str, Mapping[str, str]]:
    """Every fact by its identifier (``stages-017``), with the columns of its table as text.

    The key ``table`` is added to each row: the name of the fact table, so that ``fact_label`` can cite it.
    """
    facts: dict[str, Mapping[str, str]] = {}
    for table in sorted(FACTS.glob("*.csv")):
        with table.open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                facts[row["fact_id"]] = MappingProxyType({"table": table.stem, **row})
    return MappingProxyType(facts)


def fact_label(fact: Mapping[str, str]) -> str:
    """How a world cites a fact: ``facts/stages:stages-017``."""
    return f"{FACT_PREFIX}{fact['table']}:{fact['fact_id']}"


def find_fact(label: str) -> Mapping[str, str] | None:
    """The fact that a source label names, or None where there is no such row."""
    table, _, identifier = label.removeprefix(FACT_PREFIX).partition(":")
    fact = read_facts().get(identifier)
    return fact if fact is not None and fact["table"] == table else None


def fact_quantity(fact: Mapping[str, str]) -> float | None:
    """The figure of a fact in its own unit, or None where it is a word (``yes``, ``varies``)."""
    try:
        return float(next(fact[name] for name in QUANTITY_COLUMNS if name in fact))
    except ValueError:
        return None
