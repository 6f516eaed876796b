"""One call for each kind of node, so that the tables of a world read as lists of facts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from world_drafts.draft import Draft, Row
from world_drafts.figures import Figure, assumed

ONE = assumed(1.0, 1.0, 1.0, note="by definition")
RESTOCK = assumed(28.0, 14.0, 60.0)


@dataclass(frozen=True)
class Input:
    """What a consumer buys: amount per unit of activity, stock kept in days of use, and what happens without it."""

    coefficient: Figure
    cover: Figure
    sigma: Figure
    criticality: str = "critical"


def add_producer(
    draft: Draft,
    name: str,
    place: str,
    recipe: str,
    *,
    names: tuple[str, str],
    makes: Mapping[str, Figure],
    inputs: Mapping[str, Input],
    stock_days: Figure,
    activity: Figure | None = None,
    capacity: Figure | None = None,
    classes: int = 1,
    firms: int = 1,
) -> None:
    """One process in one place; the first product drives it, the others are by-products."""
    row: Row = {
        "producer": name,
        "name_en": names[0],
        "name_zh": names[1],
        "place": place,
        "recipe": recipe,
        "classes": classes,
        "firms": firms,
    }
    if activity is not None:
        row["activity"] = activity
    if capacity is not None:
        row["capacity"] = capacity
    draft.add("producers", **row)
    for position, (product, amount) in enumerate(makes.items()):
        draft.add(
            "offers",
            producer=name,
            product=product,
            **{"yield": amount},
            driver="no" if position else "yes",
            stock_days=stock_days,
        )
    for product, bought in inputs.items():
        add_need(draft, name, product, bought)


def add_need(draft: Draft, consumer: str, product: str, bought: Input) -> None:
    """One product that one consumer buys."""
    draft.add(
        "needs",
        consumer=consumer,
        product=product,
        coefficient=bought.coefficient,
        cover_days=bought.cover,
        cover_sigma=bought.sigma,
        **{"class": bought.criticality},
        restock_days=RESTOCK,
    )
