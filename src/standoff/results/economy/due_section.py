"""The part of an economy's report that says what its losses of output are due to."""

from __future__ import annotations

import numpy as np

from standoff.results.attribution.economy import KINDS, OF_LINKS
from standoff.results.economy.due import DueTo
from standoff.results.economy.source import EconomySource
from standoff.results.report.content import Column, Section, Table

MOST_SUPPLIERS = 20
"""Suppliers that are shown, those first whose goods were missing most."""


def due_section(source: EconomySource) -> Section | None:
    """Lost output by what it is due to; None for a run that did not follow it."""
    say, due = source.say, source.result.due
    if due is None:
        return None
    by_kind = source.clean(due.by_region.sum(axis=0))
    lost = float(by_kind.sum())
    leading = KINDS[int(np.argmax(by_kind))]
    return Section(
        "due",
        say("economy.due"),
        say(
            "economy.due_sentence",
            kind=say(f"economy_due.{leading}"),
            share=source.percent(float(by_kind.max()) / lost),
            amount=source.money(lost),
        )
        if lost > 0
        else say("economy.due_none"),
        tables=(_by_side(source, due), _suppliers(source, due)),
        definitions=(say("economy.due_definition"),),
    )


def _by_side(source: EconomySource, due: DueTo) -> Table:
    """A row a side, a column a kind of loss."""
    result = source.result
    named = [(source.side(side), list(regions)) for side, regions in result.sides.items()]
    named.append((source.say("economy.world"), list(range(len(result.mrio.regions)))))
    rows = []
    for name, regions in named:
        parts = source.clean(due.by_region[regions].sum(axis=0))
        rows.append((name, float(parts.sum()), *parts.tolist()))
    columns = (Column(source.say("column.side")), *_columns(source, ("all", *KINDS)))
    return Table("due_by_side", source.say("economy.due_by_side"), columns, rows, open=True)


def _suppliers(source: EconomySource, due: DueTo) -> Table:
    """Regions and sectors whose goods were missing, by how that came."""
    mrio = source.result.mrio
    sectors = [source.say("economy.due_sector", sector=name) for name in mrio.sectors]
    rows = []
    for names, amounts in ((mrio.regions, due.supplier_region), (sectors, due.supplier_sector)):
        scaled = source.clean(amounts)
        order = np.argsort(-scaled.sum(axis=1), kind="stable")[:MOST_SUPPLIERS]
        rows += [(names[at], float(scaled[at].sum()), *scaled[at].tolist()) for at in order if scaled[at].sum() > 0]
    columns = (Column(source.say("economy_head.where")), *_columns(source, ("all", *OF_LINKS)))
    return Table("due_suppliers", source.say("economy.due_suppliers"), columns, rows, open=True)


def _columns(source: EconomySource, kinds: tuple[str, ...]) -> tuple[Column, ...]:
    return tuple(source.money_column(f"economy_due.{kind}") for kind in kinds)
