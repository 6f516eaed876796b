"""The mistakes that a world as a whole can hold, one function each.

A check names the rows at fault and the cure. Cells that could not be read at all were noted before; checks pass over
them, and the balance is only struck on tables without such cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

import numpy as np

from standoff.errors import Problems
from standoff.world.cells import FloatArray
from standoff.world.meta import WorldMeta
from standoff.world.noting import Check, Hints, Tables, note
from standoff.world.schema import OPTIONAL_TABLES
from standoff.world.sources import check_citations, check_sources
from standoff.world.table import Table

BALANCE_TOLERANCE = 1e-6
"""Relative difference up to which needs and offers count as balanced; the network rescales exactly when it loads."""

STRESS_ROUTES = ("grey", "assembly", "entrant")
"""Routes that carry nothing in the base year and open under stress, up to ``max_share`` of the buyer's use."""


def check_rows_are_there(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """Every table that a world cannot do without has at least one row."""
    unread = {problem.file for problem in problems.found if problem.row is None}
    for name, table in tables.items():
        if name not in OPTIONAL_TABLES and len(table) == 0 and table.file not in unread:
            problems.add(file=table.file, why="the table has no rows", cure="Add at least one row under the header")


def check_keys_are_unique(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """No two rows of a table have the same name."""
    for table in tables.values():
        first: dict[tuple[str, ...], int] = {}
        for index, key in enumerate(table.keys()):
            if not all(key[:2]):
                continue
            earlier = first.setdefault(key, index)
            if earlier != index:
                shown = ", ".join(part for part in key if part)
                why = f"row {table.rows[earlier]} already has this {' and '.join(table.schema.key)}"
                cure = "Remove one row, or put both into one"
                note(problems, table, index, table.schema.key[0], value=shown, why=why, cure=cure)


def check_labels_differ_clearly(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """Labels that differ only in capital letters are not told apart by people."""
    for table in tables.values():
        if len(table.schema.key) != 1:
            continue
        column = table.schema.key[0]
        seen: dict[str, str] = {}
        for index, label in enumerate(table[column]):
            other = seen.setdefault(label.casefold(), label)
            if other != label:
                why = f"differs from {other!r} only in capital letters"
                note(problems, table, index, column, value=label, why=why, cure="Give it another name")


def check_consumers_have_one_kind(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """A name is a producer or a use, because needs and links refer to either by name alone."""
    uses, producers = tables["uses"], set(tables["producers"]["producer"])
    for index, label in enumerate(uses["use"]):
        if label and label in producers:
            why = "a producer has the same name"
            note(problems, uses, index, "use", value=label, why=why, cure="Give the use another name")


def check_references(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """Every label that refers to a row of another table names a row that is there.

    Not looked at where the other table has rows without a name: its own problems come first.
    """
    for table in tables.values():
        for column in table.schema.columns:
            if not column.refers_to:
                continue
            if not all(len(tables[name]) and all(tables[name][key]) for name, key in column.refers_to):
                continue
            known = {label for name, key in column.refers_to for label in tables[name][key]}
            hints = Hints(known)
            where = " or ".join(f"{name}.csv" for name, _ in column.refers_to)
            for index, cell in enumerate(table[column.name]):
                for label in (cell,) if isinstance(cell, str) else cell:
                    if label and label not in known:
                        why, cure = f"{where} has no such {column.refers_to[0][1]}", hints.for_name(label)
                        note(problems, table, index, column.name, value=label, why=why, cure=cure)


def check_links_join_offers_and_needs(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """A link runs from an offer to a need; names that are not known at all are reported as references."""
    producers = set(tables["producers"]["producer"])
    consumers = {*producers, *tables["uses"]["use"]}
    offers, needs, links = set(tables["offers"].keys()), set(tables["needs"].keys()), tables["links"]
    if not (offers and needs and all(map(all, offers | needs))):
        return
    for index, (producer, product, consumer) in enumerate(
        zip(links["producer"], links["product"], links["consumer"], strict=True)
    ):
        if product and producer in producers and (producer, product) not in offers:
            why, cure = f"{producer} does not offer {product}", "Add the offer to offers.csv, or change the link"
            note(problems, links, index, "producer", value=f"{producer}, {product}", why=why, cure=cure)
        if product and consumer in consumers and (consumer, product) not in needs:
            why, cure = f"{consumer} does not need {product}", "Add the need to needs.csv, or change the link"
            note(problems, links, index, "consumer", value=f"{consumer}, {product}", why=why, cure=cure)


def check_needs_have_links(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """Every need is served by at least one link, even if that carries nothing in the base year."""
    links, needs = tables["links"], tables["needs"]
    served = set(zip(links["consumer"], links["product"], strict=True))
    if not (served and all(map(all, served))):
        return
    for index, key in enumerate(needs.keys()):
        if all(key) and key not in served:
            why, cure = "no link serves this need", "Add a link in links.csv, or remove the need"
            note(problems, needs, index, "product", value=", ".join(key), why=why, cure=cure)


def check_routes(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """Routes that open under stress carry nothing in the base year; a route via a place names it."""
    links = tables["links"]
    for index, (route, via, flow) in enumerate(zip(links["route"], links["via"], links["flow"], strict=True)):
        if route in STRESS_ROUTES and flow > 0:
            why = f"a route of kind {route} opens only under stress and carries nothing in the base year"
            note(problems, links, index, "flow", value=flow, why=why, cure="Set flow to 0 and give max_share")
        if route == "via" and not via:
            note(problems, links, index, "via", why="a route via a place names the place", cure="Fill in via")


def check_capacity(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """Nobody works above capacity in the base year."""
    producers = tables["producers"]
    for index in np.flatnonzero(producers["capacity"] < producers["activity"]).tolist():
        capacity, activity = producers["capacity"][index], producers["activity"][index]
        why, cure = f"capacity is below the activity of the base year ({activity:.9g})", "Raise it to the activity"
        note(problems, producers, index, "capacity", value=f"{capacity:.9g}", why=why, cure=cure)


def check_drivers(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """A producer that sells anything has at least one product whose demand makes it work."""
    offers = tables["offers"]
    driven = {producer for producer, driver in zip(offers["producer"], offers["driver"], strict=True) if driver}
    for index, producer in enumerate(offers["producer"]):
        if producer and producer not in driven:
            driven.add(producer)
            why = "none of the products of this producer drives it"
            note(problems, offers, index, "driver", value=producer, why=why, cure="Say yes for its main product")


def check_dates(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """No date lies before the base year."""
    first = date(meta.base_year, 1, 1)
    for table in tables.values():
        for column in table.schema.columns:
            if column.type != "date":
                continue
            for index, day in enumerate(table[column.name]):
                if day is not None and day < first:
                    why = f"before the base year of the world ({meta.base_year})"
                    cure = "Give a later day, or count what was there by then in the base year itself"
                    note(problems, table, index, column.name, value=day, why=why, cure=cure)


def check_balance(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """Links bring each need what it uses, and take from each offer what it makes, or less where it is a by-product."""
    struck = ("producers", "uses", "needs", "offers", "links")
    if {problem.file for problem in problems.found} & {tables[name].file for name in struck}:
        return
    activity = dict(zip(tables["producers"]["producer"], tables["producers"]["activity"], strict=True))
    activity.update(zip(tables["uses"]["use"], tables["uses"]["quantity"], strict=True))
    links, needs, offers = tables["links"], tables["needs"], tables["offers"]
    brought = sums(zip(links["consumer"], links["product"], strict=True), links["flow"])
    taken = sums(zip(links["producer"], links["product"], strict=True), links["flow"])
    used = np.array([activity[consumer] for consumer in needs["consumer"]]) * needs["coefficient"]
    made = np.array([activity[producer] for producer in offers["producer"]]) * offers["yield"]
    for index, key in enumerate(needs.keys()):
        difference = brought[key] - used[index]
        if abs(difference) > BALANCE_TOLERANCE * max(used[index], brought[key]):
            why = f"links bring {brought[key]:.9g} a year, but coefficient x activity uses {used[index]:.9g}"
            note_imbalance(problems, needs, index, "coefficient", why=why, difference=difference, of=used[index])
    for index, (key, driver) in enumerate(zip(offers.keys(), offers["driver"], strict=True)):
        difference = taken[key] - made[index]
        slack = BALANCE_TOLERANCE * max(made[index], taken[key])
        if difference > slack or (driver and difference < -slack):
            why = f"links take {taken[key]:.9g} a year, but yield x activity makes {made[index]:.9g}"
            note_imbalance(problems, offers, index, "yield", why=why, difference=difference, of=made[index])


def note_imbalance(
    problems: Problems, table: Table, index: int, column: str, *, why: str, difference: float, of: float
) -> None:
    """An imbalance with its size."""
    share = f", {abs(difference) / of:.3%}" if of > 0 else ""
    size = f"{abs(difference):.9g}{share} too {'much' if difference > 0 else 'little'}"
    cure = f"Correct the flows, the {column} or the activity, or let standoff.world.reconcile balance the world"
    note(problems, table, index, column, value=", ".join(table.keys()[index]), why=f"{why}: {size}", cure=cure)


def sums(keys: Iterable[tuple[str, ...]], flows: FloatArray) -> defaultdict[tuple[str, ...], float]:
    """Flows added up by key; 0 for a key without flows."""
    total: defaultdict[tuple[str, ...], float] = defaultdict(float)
    for key, flow in zip(keys, flows.tolist(), strict=True):
        total[key] += flow
    return total


STRUCTURE_CHECKS: tuple[Check, ...] = (
    check_rows_are_there,
    check_keys_are_unique,
    check_labels_differ_clearly,
    check_consumers_have_one_kind,
    check_references,
    check_sources,
    check_citations,
    check_links_join_offers_and_needs,
    check_needs_have_links,
    check_routes,
    check_capacity,
    check_drivers,
    check_dates,
)
"""What holds for every world, balanced or not: what reconciliation starts from."""

ALL_CHECKS: tuple[Check, ...] = (*STRUCTURE_CHECKS, check_balance)


def run_checks(tables: Tables, meta: WorldMeta, problems: Problems, *, checks: Iterable[Check]) -> None:
    for check in checks:
        check(tables, meta, problems)
