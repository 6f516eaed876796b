"""Final uses by place: quantities, values of one unit, parts of one unit.

Value of a unit is the price of the finished good (a lost car costs the price of the car, nothing taken off), so that a
lost car and a lost magnet are both money. Car prices are retail.
"""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from dataclasses import dataclass, field

from rare_earths.covers import SIGMA_USERS, Covers
from rare_earths.places import PLACES
from world_drafts.draft import Draft
from world_drafts.figures import Facts, Figure, assumed
from world_drafts.nodes import ONE, Input, add_need

CARS = ("electric_car", "hybrid_car", "combustion_car")


@dataclass(frozen=True)
class Kind:
    """One kind of use: names, parts per unit, quantity by place, value by place (or one for all)."""

    names: tuple[str, str]
    parts: dict[str, Figure]
    quantity: dict[str, Figure]
    value: dict[str, Figure]
    military: bool = False
    firms: int = 10
    elasticity: Figure = field(default_factory=lambda: assumed(-0.3, -1.0, 0.0))

    def value_in(self, place: str) -> Figure:
        """Value of one unit in a place."""
        return self.value.get(place, self.value["else"])


def spread(
    total: float, shares: dict[str, float], *, low: float = 0.7, high: float = 1.4, note: str = "", source: str = ""
) -> dict[str, Figure]:
    """A world total over places by shares; each place may be off by the given factors."""
    whole = sum(shares.values())
    return {
        place: assumed(
            total * share / whole, low * total * share / whole, high * total * share / whole, note=note, source=source
        )
        for place, share in shares.items()
    }


def add_to(draft: Draft, facts: Facts) -> None:
    """Add every use and what it needs."""
    from rare_earths import uses_cars, uses_defence, uses_industry

    covers = Covers(facts)
    for module in (uses_cars, uses_industry, uses_defence):
        for kind, row in module.kinds(facts).items():
            for place, quantity in row.quantity.items():
                add_use(draft, covers, kind, row, place, quantity)


def add_use(draft: Draft, covers: Covers, kind: str, row: Kind, place: str, quantity: Figure) -> None:
    """One use in one place."""
    use = f"{kind}_{place}"
    draft.add(
        "uses", use=use, name_en=f"{row.names[0]}, {PLACES[place][0]}", name_zh=f"{PLACES[place][1]}{row.names[1]}", kind=kind, place=place,
        quantity=quantity, value=row.value_in(place), end_use="military" if row.military else "civil", priority="priority" if row.military else "rest",
        elasticity=row.elasticity, classes=5, firms=row.firms,
    )  # fmt: skip
    for product, amount in row.parts.items():
        cover = covers.defence() if row.military else covers.car_maker() if kind in CARS else covers.assembler()
        if product.startswith(("gallium", "oxide")):
            cover = covers.gallium(place) if product.startswith("gallium") else assumed(60.0, 30.0, 120.0)
        add_need(draft, use, product, Input(amount, cover, SIGMA_USERS))


def each_one(*products: str) -> dict[str, Figure]:
    """One of each part a unit."""
    return dict.fromkeys(products, ONE)
