"""Orders on their way from buyer to seller and goods on theirs back, with what their deviations go back to.

On links that no measure touches, orders are a fixed share of what a need orders; these are worked out by need and by seller. Links that
a measure can touch (*tracked*) are worked out one by one: share, gate, licence, what the seller lacked.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

from standoff.model.share_matrix import LinearMap, sum_map
from standoff.model.state import RegimeStep
from standoff.results.attribution.charging import Ring, charge, deviation
from standoff.results.attribution.producers import CapacityBook
from standoff.results.attribution.roots import Roots
from standoff.results.indicators import slot_fill
from standoff.simulate.setup import Setup
from standoff.world.network import DAYS_PER_YEAR


@dataclass(frozen=True)
class Flows:
    """What buyers asked sellers to ship in a step, and what kept the rest back.

    Attributes:
        leaving: asked of sellers on tracked links, units, (links,).
        asked: deviation of it from usual, (links,); ``amounts`` by root, (links, roots).
        kept: what gate and licence kept back, by root, (links, roots).
        asked_more, asked_less: what pushes the orders in a seller's book up and down, (offers, roots).
    """

    leaving: Any
    asked: Any
    amounts: Any
    kept: Any
    asked_more: Any
    asked_less: Any


def final_share(regime: RegimeStep) -> Any:
    """Share of applications that is refused for good in the end: ``(1 - alpha) delta / (alpha + (1 - alpha) delta)``, (regulated,)."""
    lost = (1.0 - regime.approval) * regime.denial
    decided = regime.approval + lost
    return np.divide(lost, decided, out=np.zeros_like(lost), where=decided > 0)


class LinkFlows:
    """Tracked links, latent routes and the queue. Lives for one pass."""

    def __init__(self, setup: Setup, records: Any, first: Any, roots: Roots) -> None:
        self.setup, self.records, self.first, self.roots = setup, records, first, roots
        network, count = setup.network, len(roots)
        self.needs, self.offers = len(network.needs.use), len(network.offers.yields)
        self.link, self.routes = len(setup.tracked), len(network.latent)
        self.usual = network.links.flow[setup.tracked] * setup.clock.step_days / DAYS_PER_YEAR
        self.offer_of_slot = setup.slots.offer
        self.offer = self.offer_of_slot[setup.tracked_slot]
        self.static_to_offers = LinearMap(
            network.links.offer[setup.static],
            network.links.need[setup.static],
            setup.share[setup.static],
            shape=(self.offers, self.needs),
            form="sparse",
        )
        self.links_to_offers = sum_map(self.offer[: self.link], self.offers)
        self.routes_to_offers = sum_map(self.offer[self.link :], self.offers)
        ends = setup.static_ends
        part = setup.static[ends.position]
        self.share_of_cell = np.bincount(ends.cell, weights=ends.weight * setup.share[part], minlength=ends.cells)
        self.slots_to_cells = sparse.csr_array(setup.slots_to_cells.matrix)
        self.tracked_to_cells = sparse.csr_array(setup.tracked_to_cells.matrix)
        self.share = np.zeros((self.link, count))
        self.unreliable = np.zeros((self.link, count))
        self.capacity = np.zeros((self.routes, count))

    def before(self, name: str, step: int) -> Any:
        return self.first[name] if step == 0 else self.records[name][step - 1]

    def queue(self, number: int) -> tuple[Any, Any]:
        """What raises orders because buyers keep stock or applications for a measure's sake, and what waits, (needs, roots) each."""
        setup, k, roots = self.setup, self.setup.constants, self.roots
        more, less = np.zeros((self.needs, len(roots))), np.zeros((self.needs, len(roots)))
        if not self.link:
            return more, less
        need = setup.link_need
        regime = setup.regime_table.at(number)
        fear = k.hoard_share * k.base_share * regime.feared * (k.use * k.cover_steps)[need]
        np.add.at(more, (need, roots.feared[number]), fear)
        np.add.at(more, (need, roots.waiting[number]), self.before("review_wait", number))
        waiting = self.before("in_review", number) + self.before("permits", number)
        refused = setup.regulated_to_links(final_share(regime))
        np.add.at(less, (need, roots.waiting[number]), waiting * (1.0 - refused))
        np.add.at(less, (need, roots.denied[number]), waiting * refused)
        return more, less

    def step(self, number: int, *, ordered: Any, orders: Any) -> Flows:
        """From orders of needs to what sellers are asked to ship.

        Args:
            number: of the step.
            ordered: deviation of orders, (needs,).
            orders: its amounts by root, (needs, roots).
        """
        setup, k, roots = self.setup, self.setup.constants, self.roots
        up, down = (np.where((sign * ordered > 0)[:, None], orders, 0.0) for sign in (1, -1))
        more, less = self.static_to_offers(up), self.static_to_offers(down)
        if not self.link:
            nothing = np.zeros((0, len(roots)))
            return Flows(np.zeros(0), np.zeros(0), nothing, nothing, more, less)
        need = setup.link_need
        leaving, kept, freed = self._at_the_border(number)
        moved = deviation(self.before("share", number), k.base_share)
        asked = deviation(leaving, self.usual)
        amounts = charge(
            asked,
            (ordered[need], k.base_share, orders[need]),
            (moved, (ordered + k.use)[need], self.share),
            (-1, 1.0, kept),
            (1, 1.0, freed),
        )
        more = more + self.links_to_offers(np.where((asked > 0)[:, None], amounts, 0.0))
        less = less + self.links_to_offers(np.where((asked < 0)[:, None], amounts, 0.0))
        return Flows(leaving, asked, amounts, kept, more + self.routes_to_offers(self.capacity), less)

    def _at_the_border(self, number: int) -> tuple[Any, Any, Any]:
        """What tracked links ask their sellers to ship, (links,), and what gate and licence keep back and let go late, by root.

        An application is charged by its fate: the share that will be refused for good counts as refused from the day it is filed,
        the rest waits until it is granted.
        """
        setup, records, roots = self.setup, self.records, self.roots
        regime, every = setup.regime_table.at(number), np.arange(self.link)
        placed = records["link_ordered"][number]
        active = regime.active[setup.regulated]
        allowed = placed * regime.gate
        applied = allowed[setup.regulated] * regime.licensed * active
        passed = np.minimum(applied, records["rights_held"][number][setup.regulated])
        granted = self.before("permits", number)[setup.regulated] * active
        granted = granted + records["link_approved"][number][setup.regulated] + passed
        refused = applied * final_share(regime)
        waiting = applied - refused - granted
        kept, freed = np.zeros((self.link, len(roots))), np.zeros((self.link, len(roots)))
        for share, root in roots.gates:
            kept[every, root] += placed * share[number]
        kept[every, roots.denied[number]] += setup.regulated_to_links(refused)
        kept[every, roots.waiting[number]] += setup.regulated_to_links(np.maximum(waiting, 0.0))
        freed[every, roots.waiting[number]] += setup.regulated_to_links(np.maximum(-waiting, 0.0))
        return allowed + setup.regulated_to_links(granted - applied), kept, freed

    def dispatch(self, number: int, flows: Flows, *, transit: Ring, orders: Any, ordered: Any, lacking: Any) -> None:
        """Put what is shipped below and above usual on its way.

        Args:
            lacking: what each seller's shortage goes back to, adding up to 1, (offers, roots).
        """
        setup, records = self.setup, self.records
        need, lag = setup.static_ends.need, setup.static_ends.lag
        fill = slot_fill(records)[number]
        carries = (self.share_of_cell > 0) & orders.any(axis=1)[need]
        for below in (True, False):
            cells = np.flatnonzero(carries & ((ordered < 0)[need] == below))
            amounts = self.share_of_cell[cells, None] * orders[need[cells]]
            transit.send(number, lag[cells], need[cells], amounts, below=below)
        slots = np.flatnonzero(fill < 1)
        parts = self.slots_to_cells[:, slots]
        cells = np.flatnonzero(np.diff(parts.indptr))
        unserved = (1.0 - fill[slots])[:, None] * lacking[self.offer_of_slot[slots]]
        amounts = (ordered + setup.constants.use)[need[cells], None] * (parts[cells] @ unserved)
        transit.send(number, lag[cells], need[cells], amounts, below=True)
        if self.link:
            self._dispatch_tracked(number, flows, transit=transit, fill=fill, lacking=lacking)

    def _dispatch_tracked(self, number: int, flows: Flows, *, transit: Ring, fill: Any, lacking: Any) -> None:
        setup, ends = self.setup, self.setup.tracked_ends
        shipped = deviation(self.records["link_shipped"][number], self.usual)
        amounts = charge(shipped, (flows.asked, 1.0, flows.amounts), (-1, 1.0, self.short(number, flows, lacking)))
        survive = fill[setup.tracked_slot[self.link :]] * (1.0 - setup.constants.route_loss)
        every = np.concatenate([amounts, survive[:, None] * self.capacity])
        sign = np.concatenate([np.sign(shipped), np.ones(self.routes)])
        for below in (True, False):
            some = np.flatnonzero((sign < 0) if below else (sign > 0))
            parts = self.tracked_to_cells[:, some]
            cells = np.flatnonzero(np.diff(parts.indptr))
            transit.send(number, ends.lag[cells], ends.need[cells], parts[cells] @ every[some], below=below)

    def short(self, number: int, flows: Flows, lacking: Any) -> Any:
        """What sellers lacked for tracked links, by root, (links, roots)."""
        fill = slot_fill(self.records)[number][self.setup.tracked_slot[: self.link]]
        return (flows.leaving * (1.0 - fill))[:, None] * lacking[self.offer[: self.link]]

    def denied_by_need(self, number: int) -> Any:
        """Refused for good in a step, by root, (needs, roots)."""
        denied = np.zeros((self.needs, len(self.roots)))
        if self.link:
            np.add.at(denied, (self.setup.link_need, self.roots.denied[number]), self.records["link_denied"][number])
        return denied

    def adapt(self, number: int, flows: Flows, *, lacking: Any, sellers: CapacityBook) -> None:
        """Shares of links drift and latent routes grow because of what did not come or costs more."""
        if not self.link:
            return
        setup, k, records = self.setup, self.setup.constants, self.records
        failed = flows.kept + self.short(number, flows, lacking)
        if setup.rules.chosen["sourcing"] == "adaptive":
            usual = np.maximum(records["link_ordered"][number], k.tracked_use) * k.reliability_steps
            missed = 1.0 - records["reliability"][number]
            keep = 1.0 - 1.0 / k.reliability_steps
            self.unreliable = charge(missed, (1, keep, self.unreliable), (1, 1.0 / usual, failed))
            self._share(number)
        elif setup.rules.chosen["sourcing"] == "capacity":
            self._share_by_capacity(number, sellers)
        if self.routes:
            before, after = self.before("route_capacity", number), records["route_capacity"][number]
            pull = np.maximum(before + k.adapt_steps * (after - before), 0.0)
            by_need = setup.links_to_touched(failed)[setup.route_touched]
            wanted = charge(pull, (1, 1.0, by_need))
            self.capacity = charge(
                after, (1, 1.0 - 1.0 / k.adapt_steps, self.capacity), (1, 1.0 / k.adapt_steps, wanted)
            )

    def _share(self, number: int) -> None:
        """A link loses orders because it costs more or fails, and gains because others do; see `standoff.model.sourcing`."""
        setup, k, records = self.setup, self.setup.constants, self.records
        cost = k.cost_exponent * np.log(setup.regime_table.at(number).cost)
        failing = -k.reliability_exponent * np.log(records["reliability"][number])
        dearer = charge(cost, *self._tariffs(number))
        less_reliable = charge(failing, (1, 1.0, self.unreliable))
        own = np.where((cost > 0)[:, None], dearer, 0.0) + less_reliable
        cheaper = np.where((cost < 0)[:, None], dearer, 0.0)
        base = k.base_share[:, None]
        others, rivals = (setup.links_to_touched(base * each)[setup.link_touched] for each in (own, cheaper))
        before, after = self.before("share", number) - k.base_share, records["share"][number] - k.base_share
        wanted = before + k.sourcing_steps * (after - before)
        preferred = charge(
            wanted,
            (-1, k.base_share, own),
            (1, k.base_share, cheaper),
            (1, k.base_share, others),
            (-1, k.base_share, rivals),
        )
        keep = 1.0 - 1.0 / k.sourcing_steps
        self.share = charge(after, (before, keep, self.share), (wanted, 1.0 / k.sourcing_steps, preferred))

    def _share_by_capacity(self, number: int, sellers: CapacityBook) -> None:
        """A link loses orders because its gate closes or its seller can make less, and gains because others do."""
        setup, base = self.setup, self.setup.constants.base_share[:, None]
        left, why = sellers.left(number)
        seller = setup.link_seller
        own, gains = (np.where((sign * left[seller] > 0)[:, None], why[seller], 0.0) for sign in (-1, 1))
        for closed, root in self.roots.gates:
            own[np.arange(self.link), root] += closed[number]
        others, rivals = (setup.links_to_touched(base * each)[setup.link_touched] for each in (own, gains))
        after = deviation(self.records["share"][number], setup.constants.base_share)
        self.share = charge(
            after,
            (-1, base[:, 0], own),
            (1, base[:, 0], gains),
            (1, base[:, 0], others),
            (-1, base[:, 0], rivals),
        )

    def _tariffs(self, number: int) -> list[tuple[Any, Any, Any]]:
        """Rates that measures add to or take from each tracked link, as parts of its cost."""
        parts = []
        for rate, root in self.roots.tariffs:
            amounts = np.zeros((self.link, len(self.roots)))
            amounts[np.arange(self.link), root] = np.abs(rate[number])
            parts.append((rate[number], 1.0, amounts))
        return parts or [(0, 1.0, np.zeros((self.link, len(self.roots))))]
