"""The ledger of every draw by side. Quantities are added up while the steps run, because an ensemble keeps too little to do so afterwards,
and valued at the end.

The lines are those of `standoff.results.ledgers`; a test holds the two against each other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.share_matrix import LinearMap, sum_map
from standoff.model.state import Flows
from standoff.results.indicators import use_groups, use_values
from standoff.results.ledgers import LINES
from standoff.simulate.draws import Draws, factor_of
from standoff.simulate.setup import Setup
from standoff.world.network import DAYS_PER_YEAR, Network


class SideLedger:
    """Adds up what each side loses."""

    def __init__(self, setup: Setup, *, draws: Draws | None) -> None:
        network, count = setup.network, setup.draws
        self.setup, self.valued = setup, draws
        self.sides = _Sides(network)
        self.pairs = len(self.sides.labels) * len(network.products)
        self.unmet = np.zeros((use_groups(network)[1], count))
        self.made = np.zeros((network.nodes.producers, count))
        self.sold = np.zeros((self.pairs, count))
        self.taxed = np.zeros((self.pairs, count))
        self.by_route = np.zeros((len(network.latent), count))
        self.lost_on_route = np.zeros((len(network.latent), count))
        self.reserve_used = np.zeros((len(network.stocks.labels), count))
        self._follow_sales(network)
        regimes = setup.regime_table.regimes
        rated = np.flatnonzero((regimes.tariff != 0).any(axis=0))
        links = regimes.links[rated]
        self.rated, self.tariff = np.searchsorted(setup.tracked, links), regimes.tariff[:, rated]
        self.imports = sum_map(
            self.sides.pair(self.sides.buyer[links], network.needs.product[network.links.need[links]]), self.pairs
        )

    def _follow_sales(self, network: Network) -> None:
        """Links between places: those of a slot that share its fill, and those whose shipments are tracked."""
        setup, links, sides = self.setup, network.links, self.sides
        product = network.needs.product[links.need]
        is_tracked = np.zeros(len(links.flow), dtype=bool)
        is_tracked[setup.tracked] = True
        plain = np.flatnonzero(sides.abroad & ~is_tracked)
        self.slots, row = np.unique(setup.slots.of_link[plain], return_inverse=True)
        self.asked_abroad = LinearMap(
            row, links.need[plain], setup.share[plain], shape=(len(self.slots), len(network.needs.use))
        )
        offer = setup.slots.offer[self.slots]
        seller = network.nodes.place[network.offers.producer[offer]]
        self.by_slot = sum_map(sides.pair(sides.of_place[seller], network.offers.product[offer]), self.pairs)
        self.abroad = np.flatnonzero(sides.abroad[setup.tracked])
        tracked = setup.tracked[self.abroad]
        self.by_link = sum_map(sides.pair(sides.seller[tracked], product[tracked]), self.pairs)
        everywhere = np.flatnonzero(sides.abroad)
        pair = sides.pair(sides.seller[everywhere], product[everywhere])
        self.usual = np.bincount(pair, weights=links.flow[everywhere], minlength=self.pairs)[:, None] / DAYS_PER_YEAR

    def keep(self, number: int, *, flows: Flows, unmet: Any) -> None:
        """Add a step.

        Args:
            number: of the step.
            flows: of the step.
            unmet: units by row of ``uses``, (uses, draws).
        """
        self.unmet += unmet
        self.made += flows.activity[: len(self.made)]
        fill = flows.slot_fill.take(self.slots, axis=0)
        self.sold += self.by_slot(self.asked_abroad(flows.ordered) * fill)
        self.sold += self.by_link(flows.link_shipped.take(self.abroad, axis=0))
        self.by_route += flows.route_shipped
        self.lost_on_route += flows.route_lost
        self.reserve_used += flows.reserve_taken
        if self.tariff[number].any():
            self.taxed += self.imports(flows.link_shipped[self.rated] * self.tariff[number][:, None])

    def total(self) -> Any:
        """USD over the whole run, (lines, sides, draws)."""
        network, sides, draws = self.setup.network, self.sides, self.valued
        nodes, latent, days = network.nodes, network.latent, self.setup.clock.steps * self.setup.clock.step_days
        first = nodes.producers
        price = network.product_price[:, None] * factor_of(draws, "price", slice(None))
        route_price = price[network.needs.product[latent.need]]
        shipped = self.by_route * route_price
        sellers = sides.of_place[nodes.place[network.offers.producer[latent.offer]]]
        buyers = sides.of_place[nodes.place[network.needs.consumer[latent.need]]]
        abroad = nodes.place[network.offers.producer[latent.offer]] != nodes.place[network.needs.consumer[latent.need]]
        by_pair = np.tile(price, (len(sides.labels), 1))
        pair_side = np.repeat(np.arange(len(sides.labels)), len(network.products))
        premium = latent.premium[:, None] * factor_of(draws, "premium", latent.route)
        below = nodes.activity[:first, None] * days / DAYS_PER_YEAR - self.made
        value_added = nodes.value[:first, None] * factor_of(draws, "value_added", slice(None))
        sold_abroad = sides.add(pair_side, (self.usual * days - self.sold) * by_pair)
        values = {
            "unmet_use": sides.add(sides.of_use, self.unmet * self._use_values(network)),
            "value_added_lost": sides.add(sides.of_place[nodes.place[:first]], below * value_added),
            "export_revenue_lost": sold_abroad - sides.add(sellers, shipped * abroad[:, None]),
            "premium_paid": sides.add(buyers, shipped * premium),
            "seized": sides.add(sellers, self.lost_on_route * route_price),
            "reserve_used": sides.add(
                sides.of_place[network.stocks.place], self.reserve_used * price[network.stocks.product]
            ),
            "tariff_paid": sides.add(pair_side, self.taxed * by_pair),
        }
        return np.stack([np.broadcast_to(values[name], sold_abroad.shape) for name, _ in LINES])

    def _use_values(self, network: Network) -> Any:
        """Value of a unit of each use, (uses, 1 or draws)."""
        groups, count = use_groups(network)
        first_class = np.zeros(count, dtype=np.int64)
        first_class[groups] = np.arange(len(groups))
        return use_values(network)[:, None] * factor_of(self.valued, "value", first_class)


class _Sides:
    """Whose loss a place, a link or a use is."""

    def __init__(self, network: Network) -> None:
        nodes, links = network.nodes, network.links
        self.labels, self.products = sides_of(network.place_side), len(network.products)
        self.of_place = np.array([self.labels.index(side) for side in network.place_side], dtype=np.int64)
        seller = nodes.place[network.offers.producer[links.offer]]
        buyer = nodes.place[network.needs.consumer[links.need]]
        self.abroad = seller != buyer
        self.seller, self.buyer = self.of_place[seller], self.of_place[buyer]
        groups, uses = use_groups(network)
        self.of_use = np.zeros(uses, dtype=np.int64)
        self.of_use[groups] = self.of_place[nodes.place[nodes.producers :]]

    def pair(self, side: Any, product: Any) -> Any:
        """Number of each pair of side and product."""
        return side * self.products + product

    def add(self, side: Any, values: Any) -> Any:
        """Sums by side, (sides, draws)."""
        return sum_map(side, len(self.labels))(np.ascontiguousarray(values))


def sides_of(place_sides: tuple[str, ...]) -> tuple[str, ...]:
    """Sides in the order of their first places."""
    return tuple(dict.fromkeys(place_sides))
