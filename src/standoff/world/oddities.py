"""What is allowed in a world but odd: returned as warnings, never raised."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from standoff.errors import Problem, Problems
from standoff.world.checks import STRESS_ROUTES
from standoff.world.noting import Tables, note

Oddity = Callable[[Tables, Problems], None]


def find_idle_producers(tables: Tables, found: Problems) -> None:
    """A producer that sells nothing works for nobody."""
    producers, selling = tables["producers"], set(tables["offers"]["producer"])
    for index, producer in enumerate(producers["producer"]):
        if producer not in selling:
            why, cure = "the producer offers nothing", "Add an offer, or remove the producer"
            note(found, producers, index, "producer", value=producer, why=why, cure=cure)


def find_uses_without_needs(tables: Tables, found: Problems) -> None:
    """A use that needs nothing never lacks anything."""
    uses, needing = tables["uses"], set(tables["needs"]["consumer"])
    for index, use in enumerate(uses["use"]):
        if use not in needing:
            why, cure = "the use needs nothing", "Add its needs, or remove the use"
            note(found, uses, index, "use", value=use, why=why, cure=cure)


def find_products_nobody_trades(tables: Tables, found: Problems) -> None:
    """A product that is neither needed nor offered does nothing."""
    products = tables["products"]
    traded = set(tables["needs"]["product"]) | set(tables["offers"]["product"])
    for index, product in enumerate(products["product"]):
        if product not in traded:
            why, cure = "nobody needs or offers the product", "Remove it, or add a need or an offer"
            note(found, products, index, "product", value=product, why=why, cure=cure)


def find_idle_links(tables: Tables, found: Problems) -> None:
    """Ordinary links without a flow, and routes for times of stress that can never carry anything."""
    links = tables["links"]
    for index, (route, flow, share) in enumerate(zip(links["route"], links["flow"], links["max_share"], strict=True)):
        if route in STRESS_ROUTES and share == 0:
            why, cure = f"a route of kind {route} with max_share 0 never carries anything", "Give max_share"
            note(found, links, index, "max_share", why=why, cure=cure)
        elif route not in STRESS_ROUTES and flow == 0:
            why, cure = "an ordinary link that carries nothing", "Remove it, or make it a route of kind entrant"
            note(found, links, index, "flow", why=why, cure=cure)
        elif route not in STRESS_ROUTES and share > 0:
            why, cure = f"max_share has no effect on a route of kind {route}", "Leave it empty"
            note(found, links, index, "max_share", value=share, why=why, cure=cure)


def find_money_at_a_price(tables: Tables, found: Problems) -> None:
    """A product that is counted in dollars has the price 1."""
    products = tables["products"]
    for index in np.flatnonzero((np.array(products["unit"]) == "USD") & (products["price"] != 1.0)).tolist():
        why = "a product counted in USD has a price other than 1"
        cure = "Set the price to 1, or count the product in t or pieces"
        note(found, products, index, "price", value=products["price"][index], why=why, cure=cure)


def find_sources_without_status(tables: Tables, found: Problems) -> None:
    """A row that cites a source but does not say that its numbers are sourced counts as assumed."""
    for table in tables.values():
        if not table.evidence:
            continue
        status = table.remarks.get("status") or ("",) * len(table)
        for index, source in enumerate(table.remarks.get("source", ())):
            own = any(known.status[index] != "assumed" for known in table.evidence.values())
            if source and not status[index] and not own:
                why, cure = "a source without a status: the numbers count as assumed", "Say sourced, claimed or assumed"
                note(found, table, index, "status", value=source, why=why, cure=cure)


def find_uncited_sources(tables: Tables, found: Problems) -> None:
    """A source that no number cites."""
    cited: set[str] = set()
    for table in tables.values():
        for cells in (table.remarks.get("source", ()), *(known.source for known in table.evidence.values())):
            cited.update(part.strip() for cell in set(cells) for part in cell.split(";"))
    sources = tables["sources"]
    for index, source in enumerate(sources["source"]):
        if source not in cited:
            why, cure = "no number cites this source", "Cite it, or remove the row"
            note(found, sources, index, "source", value=source, why=why, cure=cure)


ODDITIES: tuple[Oddity, ...] = (
    find_idle_producers,
    find_uses_without_needs,
    find_products_nobody_trades,
    find_idle_links,
    find_money_at_a_price,
    find_sources_without_status,
    find_uncited_sources,
)


def find_oddities(tables: Tables) -> tuple[Problem, ...]:
    """Everything odd in tables that passed their checks."""
    found = Problems("warnings")
    for find in ODDITIES:
        find(tables, found)
    return tuple(found.found)
