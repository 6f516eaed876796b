"""What each side loses, line by line. Both sides always stand in one table.

Lines are not added up: a lost car contains a lost magnet. Each line says what it counts and against what.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.results.indicators import by_group
from standoff.world.network import DAYS_PER_YEAR

if TYPE_CHECKING:
    from standoff.results.result import Result

LINES = (
    ("unmet_use", "Final use that was not met, at the value of the final good"),
    ("value_added_lost", "Value added of producers below that of the base year (negative: gained)"),
    ("export_revenue_lost", "Revenue from sales abroad below that of the base year, at base prices (negative: gained)"),
    ("premium_paid", "Premium paid over the base price on grey, assembly and entrant routes"),
    ("seized", "Value of goods seized or lost on grey routes, borne by the seller's place"),
    ("reserve_used", "Strategic stock used up, at base prices"),
    ("tariff_paid", "Tariffs paid by importers above those of the base year"),
)


@dataclass(frozen=True)
class Ledger:
    """USD by line, place and step.

    Attributes:
        lines: names of the lines.
        places: labels of places.
        sides: side of each place.
        values: USD per step, (lines, steps, places).
    """

    lines: tuple[str, ...]
    places: tuple[str, ...]
    sides: tuple[str, ...]
    values: Any

    def by_side(self) -> dict[str, dict[str, float]]:
        """USD over the whole run by side and line."""
        totals = self.values.sum(axis=1)
        result: dict[str, dict[str, float]] = {}
        for place, side in enumerate(self.sides):
            row = result.setdefault(side, dict.fromkeys(self.lines, 0.0))
            for line, name in enumerate(self.lines):
                row[name] += float(totals[line, place])
        return result

    def by_place(self) -> dict[str, dict[str, float]]:
        """USD over the whole run by place and line."""
        totals = self.values.sum(axis=1)
        return {
            place: {name: float(totals[line, index]) for line, name in enumerate(self.lines)}
            for index, place in enumerate(self.places)
        }

    def as_dict(self) -> dict[str, Any]:
        return {"by_side": self.by_side(), "by_place": self.by_place()}


def build_ledger(result: Result) -> Ledger:
    """The ledger of a run against the base year, which rests: every flow of the base year is constant."""
    network, records, setup = result.network, result.records, result.setup
    nodes, latent = network.nodes, network.latent
    places, per_step = len(network.places), setup.clock.step_days / DAYS_PER_YEAR

    def at_place(values: Any, place: Any) -> Any:
        return by_group(values, place, places)

    first = nodes.producers
    unmet = (records["plan"] - records["activity"])[:, first:] * nodes.value[first:]
    below = (nodes.activity * per_step - records["activity"])[:, :first] * nodes.value[:first]
    product, origin, destination = np.array(network.trades[1], dtype=np.int64).reshape(-1, 3).T
    price = network.product_price[product]
    usual = result.trade_usual
    abroad = origin != destination
    route_product = network.needs.product[latent.need]
    route_value = records["route_shipped"] * network.product_price[route_product]
    seller = nodes.place[network.offers.producer[latent.offer]]
    buyer = nodes.place[network.needs.consumer[latent.need]]
    sold_abroad = at_place((usual - result.trade)[:, abroad] * price[abroad], origin[abroad])
    sold_abroad -= at_place((route_value * (seller != buyer)), seller)
    values = {
        "unmet_use": at_place(unmet, nodes.place[first:]),
        "value_added_lost": at_place(below, nodes.place[:first]),
        "export_revenue_lost": sold_abroad,
        "premium_paid": at_place(route_value * latent.premium, buyer),
        "seized": at_place(records["route_lost"] * network.product_price[route_product], seller),
        "reserve_used": at_place(
            records["reserve_taken"] * network.product_price[network.stocks.product], network.stocks.place
        ),
        "tariff_paid": _tariffs(result, at_place),
    }
    return Ledger(
        lines=tuple(name for name, _ in LINES),
        places=network.places,
        sides=network.place_side,
        values=np.stack([values[name] for name, _ in LINES]),
    )


def _tariffs(result: Result, at_place: Any) -> Any:
    """Rates added by the scenario's measures times the value of what still came in."""
    network, regimes = result.network, result.regimes
    tracked = np.searchsorted(result.setup.tracked, regimes.links)
    needs = network.links.need[regimes.links]
    value = result.records["link_shipped"][:, tracked] * network.product_price[network.needs.product[needs]]
    return at_place(value * regimes.tariff, network.nodes.place[network.needs.consumer[needs]])
