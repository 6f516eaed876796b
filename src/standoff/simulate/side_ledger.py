"""The ledger of every draw by side, added up while the steps run: an ensemble keeps too little to make it afterwards.

The lines are those of `standoff.results.ledgers`; a test holds the two against each other.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.model.share_matrix import sum_map
from standoff.model.state import Flows
from standoff.results.ledgers import LINES
from standoff.simulate.draws import Draws, factor_of
from standoff.simulate.setup import Setup
from standoff.world.network import DAYS_PER_YEAR


class SideLedger:
    """Adds up what each side loses, USD, (lines, sides, draws)."""

    def __init__(self, setup: Setup, *, draws: Draws | None) -> None:
        network = setup.network
        nodes, needs, latent = network.nodes, network.needs, network.latent
        labels = sides_of(network.place_side)
        side = np.array([labels.index(name) for name in network.place_side], dtype=np.int64)
        first, count = nodes.producers, len(labels)
        self.setup, self.first = setup, first
        self.total = np.zeros((len(LINES), count, setup.draws))
        self.usual = (nodes.activity[:first] * setup.clock.step_days / DAYS_PER_YEAR)[:, None]
        self.use_value = nodes.value[first:, None] * factor_of(draws, "value", slice(None))
        self.value_added = nodes.value[:first, None] * factor_of(draws, "value_added", slice(None))
        price = network.product_price[:, None] * factor_of(draws, "price", slice(None))
        self.uses = sum_map(side[nodes.place[first:]], count)
        self.producers = sum_map(side[nodes.place[:first]], count)
        seller_place = nodes.place[network.offers.producer[latent.offer]]
        buyer_place = nodes.place[needs.consumer[latent.need]]
        self.route_price = price[needs.product[latent.need]]
        self.premium = latent.premium[:, None] * factor_of(draws, "premium", latent.route)
        self.route_seller, self.route_buyer = sum_map(side[seller_place], count), sum_map(side[buyer_place], count)
        self.route_abroad = (seller_place != buyer_place)[:, None]
        self.reserve_price = price[network.stocks.product]
        self.holders = sum_map(side[network.stocks.place], count)
        self._sales(side, price, count)
        regimes = setup.regime_table.regimes
        self.taxed = np.searchsorted(setup.tracked, regimes.links)
        self.tariff = regimes.tariff
        taxed_needs = network.links.need[regimes.links]
        self.taxed_price = price[needs.product[taxed_needs]]
        self.importers = sum_map(side[nodes.place[needs.consumer[taxed_needs]]], count)

    def _sales(self, side: Any, price: Any, count: int) -> None:
        """Ordinary links between places: those that orders fill as always, and those whose shipments are tracked."""
        setup, network = self.setup, self.setup.network
        nodes, links = network.nodes, network.links
        seller = nodes.place[network.offers.producer[links.offer]]
        abroad = seller != nodes.place[network.needs.consumer[links.need]]
        is_tracked = np.zeros(len(links.flow), dtype=bool)
        is_tracked[setup.tracked] = True
        plain = np.flatnonzero(abroad & ~is_tracked)
        self.abroad = np.flatnonzero(abroad[setup.tracked])
        tracked = setup.tracked[self.abroad]
        value = price[network.needs.product[links.need]]
        self.plain_need, self.plain_slot = links.need[plain], setup.slot[plain]
        self.plain_value = setup.share[plain, None] * value[plain]
        self.tracked_value = value[tracked]
        self.plain_sellers, self.tracked_sellers = (
            sum_map(side[seller[plain]], count),
            sum_map(side[seller[tracked]], count),
        )
        usual = (links.flow * setup.clock.step_days / DAYS_PER_YEAR)[:, None] * value
        everywhere = sum_map(side[seller[abroad]], count)
        self.usual_sales = everywhere(np.broadcast_to(usual[abroad], (int(abroad.sum()), setup.draws)))

    def keep(self, number: int, flows: Flows) -> None:
        """Add what a step lost to each side."""
        plan, activity = flows.plan, flows.activity
        route_value = flows.route_shipped * self.route_price
        fill = flows.fill.reshape(self.setup.flat_slot_shape)
        plain = flows.ordered[self.plain_need] * fill[self.plain_slot] * self.plain_value
        sold = self.plain_sellers(plain) + self.tracked_sellers(flows.link_shipped[self.abroad] * self.tracked_value)
        taxed = flows.link_shipped[self.taxed] * self.taxed_price * self.tariff[number][:, None]
        lost = {
            "unmet_use": self.uses((plan - activity)[self.first :] * self.use_value),
            "value_added_lost": self.producers((self.usual - activity[: self.first]) * self.value_added),
            "export_revenue_lost": self.usual_sales - sold - self.route_seller(route_value * self.route_abroad),
            "premium_paid": self.route_buyer(route_value * self.premium),
            "seized": self.route_seller(flows.route_lost * self.route_price),
            "reserve_used": self.holders(flows.reserve_taken * self.reserve_price),
            "tariff_paid": self.importers(taxed),
        }
        for line, (name, _) in enumerate(LINES):
            self.total[line] += lost[name]


def sides_of(place_sides: tuple[str, ...]) -> tuple[str, ...]:
    """Sides in the order of their first places."""
    return tuple(dict.fromkeys(place_sides))
