"""The step done again with what every deviation goes back to.

Every quantity of a run (a stock, a flow, a plan) is compared with its value in the economy at rest. Each rule of the step makes the
deviation of one quantity a sum of deviations of others and of what governments or users change. One rule of charging then says where
each deviation goes back to:

    A deviation is charged to the parts that push the same way, in proportion to them; what pushes the other way relieves all alike.

So every deviation carries amounts by root (`standoff.results.attribution.roots`), none negative, that add up to its size. Goods on the
way keep theirs until they arrive, so a shortage is followed through stocks, pipelines and plants over as many steps as it takes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.model.chain_slots import scarce_limit
from standoff.results.attribution.charging import Ring, charge, deviation, explained
from standoff.results.attribution.links import LinkFlows
from standoff.results.attribution.producers import CapacityBook, Wanted
from standoff.results.attribution.roots import Roots
from standoff.simulate.setup import Setup
from standoff.world.network import DAYS_PER_YEAR

TIE = 1e-9
"""Inputs that allow the same activity, relative to the plan, bind together and are charged alike."""


@dataclass(frozen=True)
class Short:
    """What kept some nodes from their plan in a step.

    Attributes:
        need: the input that bound, one entry for each binding input of each node that is short.
        node: whose.
        amounts: activity lost by root, (entries, roots).
    """

    need: Any
    node: Any
    amounts: Any


@dataclass(frozen=True)
class Followed:
    """Deviations of the activities that orders and goals of stocks follow, and their amounts by root."""

    use: Any
    """(nodes,)"""
    amounts: Any
    """(nodes, roots)"""
    goal: Any = None
    """(needs,); None where goals stay."""
    goal_amounts: Any = None
    """(needs, roots)"""
    destocks: bool = True


class Ledger:
    """Amounts by root of every deviation, step by step. Lives for one pass over the records of a run."""

    def __init__(self, setup: Setup, records: Any, first: Any, roots: Roots) -> None:
        self.setup, self.records, self.first, self.roots = setup, records, first, roots
        network, k, count = setup.network, setup.constants, len(roots)
        self.needs, self.offers, self.nodes = len(network.needs.use), len(network.offers.yields), len(network.nodes)
        per_step = setup.clock.step_days / DAYS_PER_YEAR
        self.usual_activity = network.nodes.activity * per_step
        self.sales = network.offers.sales * per_step
        self.usual_made = k.yields * self.usual_activity[setup.offer_node]
        self.links = LinkFlows(setup, records, first, roots)

        def blank(rows: int) -> Any:
            return np.zeros((rows, count))

        self.inventory, self.refused = blank(self.needs), blank(self.needs)
        self.stock, self.orders_seen = blank(self.offers), blank(self.offers)
        self.transit = Ring(setup.ring, self.needs, count)
        self.making = Ring(setup.making[-1][0] + 1, self.offers, count)
        self.seen = np.zeros(self.offers)  # deviation of the smoothed orders
        self.output = (
            np.zeros(self.nodes),
            blank(self.nodes),
        )  # deviation of output as producers see it, and its amounts
        self.goal = np.zeros(self.needs), blank(self.needs)  # of the activity that goals are for
        self.capacity = CapacityBook(setup, records, first, count)

    def before(self, name: str, step: int) -> Any:
        """A recorded state at the start of a step."""
        return self.first[name] if step == 0 else self.records[name][step - 1]

    def step(self, number: int) -> tuple[Any, Short]:
        """Do one step again.

        Returns:
            (amounts by root of plans that are not as usual, (nodes, roots); what kept nodes from their plan).
        """
        records, k = self.records, self.setup.constants
        planned = deviation(records["plan"][number], self.usual_activity)
        wanted = self._wanted(number)
        plan = self._plan(number, planned, wanted)
        ordered = deviation(records["ordered"][number], k.use)
        orders = self._orders(number, ordered, self._followed(wanted, planned=planned, plan=plan))
        demanded = records["demanded"][number].sum(axis=0)
        stocked = deviation(self.before("stock", number), self.first["stock"])
        asked = deviation(demanded, self.sales)
        flows = self.links.step(number, ordered=ordered, orders=orders)
        book = charge(asked, (1, 1.0, flows.asked_more), (-1, 1.0, flows.asked_less))
        lacking = charge(np.ones(self.offers), (asked, 1.0, book), (-stocked, 1.0, self.stock))
        self.links.dispatch(number, flows, transit=self.transit, orders=orders, ordered=ordered, lacking=lacking)
        available, amounts = self._available(number)
        less = records["plan"][number] - records["activity"][number]
        short = self._short(number, less, planned=planned, plan=plan, available=available, amounts=amounts)
        lost = self.inputs_to_nodes(short)
        self._use(number, planned, plan, lost, available=available, amounts=amounts)
        self._make(number, planned, plan, lost, asked=asked, book=book, stocked=stocked)
        self._remember_orders(asked, book)
        self.links.adapt(number, flows, lacking=lacking, sellers=self.capacity)
        self._drift(number, wanted, lost, available=available, amounts=amounts)
        self._remember_output(number, planned, plan, lost)
        return plan, short

    def inputs_to_nodes(self, short: Short) -> Any:
        """Activity lost by root, (nodes, roots)."""
        lost = np.zeros((self.nodes, len(self.roots)))
        if len(short.node):
            nodes, begin = np.unique(short.node, return_index=True)  # needs are sorted by consumer
            lost[nodes] = np.add.reduceat(short.amounts, begin, axis=0)
        return lost

    def _wanted(self, number: int) -> Wanted:
        """What is asked of producers, because of orders seen and of their own stock; see `standoff.model.planning`."""
        setup, k = self.setup, self.setup.constants
        producers = setup.network.nodes.producers
        stocked = deviation(self.before("stock", number), self.first["stock"]) / k.finished_restock_steps
        wanted = (self.sales + self.seen - stocked) / k.yields
        driver = np.full(producers, -1, dtype=np.int64)
        best = np.full(producers, -np.inf)
        for positions in setup.driver_minimum.positions:
            producer = setup.driver_minimum.groups[: len(positions)]
            better = wanted[positions] > best[producer]
            driver[producer[better]], best[producer[better]] = positions[better], wanted[positions[better]]
        yields = k.yields[driver]
        asked = np.maximum(best, 0.0)
        usual = np.where(driver >= 0, self.usual_activity[:producers], 0.0)
        parts = (
            (self.seen[driver], 1.0 / yields, self.orders_seen[driver]),
            (-stocked[driver], 1.0 / (yields * k.finished_restock_steps), self.stock[driver]),
        )
        return Wanted(asked, deviation(asked, usual), parts)

    def _plan(self, number: int, planned: Any, wanted: Wanted) -> Any:
        """Producers plan what is asked of them, within capacity; users because demand is another."""
        producers = len(wanted.asked)
        made = self.capacity.plan(number, planned[:producers], wanted)
        used = np.zeros((len(planned) - producers, len(self.roots)))
        used[np.arange(len(used)), self.roots.demand] = np.abs(planned[producers:])
        used[:, 0] = 0.0
        return np.concatenate([made, used])

    def _followed(self, wanted: Wanted, *, planned: Any, plan: Any) -> Followed:
        """The activities that orders and goals follow; see `standoff.model.chain_slots`."""
        rule, producers = self.setup.rules.chosen["ordering"], len(wanted.asked)
        if rule == "planned_use":
            return Followed(planned, plan)
        if rule == "demand":
            asked = (wanted.deviation, wanted.amounts(wanted.deviation))
        else:
            asked = (self.output[0][:producers], self.output[1][:producers])
        use, amounts = (
            np.concatenate([own, of_uses[producers:]]) for own, of_uses in zip(asked, (planned, plan), strict=True)
        )
        kept = rule in ("wanted_output", "output_no_destocking")
        if rule in ("demand", "output_fixed_goal"):
            return Followed(use, amounts)
        node = self.setup.need_node
        goal, its = (planned[node], plan[node]) if rule == "wanted_output" else self.goal
        return Followed(use, amounts, goal=goal, goal_amounts=its, destocks=not kept)

    def _orders(self, number: int, ordered: Any, follows: Followed) -> Any:
        """Orders follow use and close the gap to the goal; see `standoff.model.ordering`."""
        setup, k = self.setup, self.setup.constants
        node, restock = setup.need_node, 1.0 / k.restock_steps
        stocked = deviation(self.before("inventory", number), self.first["inventory"])
        more, less = self.links.queue(number)  # kept in the queue on purpose, and waiting there
        off = 1.0 if follows.destocks else np.where(setup.of_producer & (ordered < 0), 0.0, 1.0)  # too much is kept
        parts = [
            (follows.use[node], k.coefficient, follows.amounts[node]),
            (-stocked, restock * off, self.inventory),
            (1, restock, self.transit.missing),
            (-1, restock * off, self.transit.extra),
            (1, restock, more),
            (-1, restock * off, less),
            (-1, restock * off, self.refused),
        ]
        if follows.goal is not None:
            reach = np.where(setup.of_producer, k.coefficient * (k.cover_steps + k.lag_steps), 0.0)
            parts.append((follows.goal, reach * restock * off, follows.goal_amounts))
        return charge(ordered, *parts)

    def _available(self, number: int) -> tuple[Any, Any]:
        """Deviation of what can be used in a step, and its amounts by root."""
        records, use = self.records, self.setup.constants.use
        missing, extra = self.transit.take(number)
        came = deviation(records["arrived"][number], use)
        arrived = charge(came, (1, 1.0, extra), (-1, 1.0, missing))
        stocked = deviation(self.before("inventory", number), self.first["inventory"])
        available = stocked + came + records["released"][number]
        return available, charge(available, (stocked, 1.0, self.inventory), (came, 1.0, arrived))

    def _short(self, number: int, less: Any, *, planned: Any, plan: Any, available: Any, amounts: Any) -> Short:
        """What inputs kept nodes from, ``less``, (nodes,): charged to those that bound, by their weight.

        Inputs that bind together count alike; where all are added up, each counts by what is missing of it.
        """
        node = self.setup.need_node
        slope, weight = self._binding(number, available)
        need = np.flatnonzero(weight * (less[node] > 0))
        whose = node[need]
        together = np.bincount(node, weights=weight, minlength=self.nodes)
        each = less[whose] * weight[need] / together[whose]
        charged = charge(each, (planned[whose], 1.0, plan[whose]), (-available[need], slope[need], amounts[need]))
        return Short(need, whose, explained(charged, each))

    def _binding(self, number: int, available: Any) -> tuple[Any, Any]:
        """By need: activity that a unit of its stock allows, and its weight among the inputs that bind its consumer."""
        setup, k, rule = self.setup, self.setup.constants, self.setup.rules.chosen["production"]
        used = k.coefficient > 0
        if rule == "linear":
            value = setup.input_value * used
            missing = value * np.maximum(-available, 0.0)
            some = setup.needs_to_nodes(missing)[setup.need_node] > 0
            return value, np.where(some, missing, value * k.coefficient)
        stock = available + self.first["inventory"] + k.use
        allowed = stock / np.where(used, k.coefficient, 1.0)
        limit = np.where(k.critical > 0, allowed, 0.5 * (allowed + k.usual_activity))
        slope = np.where(k.critical > 0, 1.0, 0.5) / np.where(used, k.coefficient, 1.0)
        counts = used & (k.critical + k.important > 0)
        if rule == "scarce_inventory":
            per_unit = scarce_limit(setup, np.ones_like(stock), np)
            slope = np.where(setup.of_producer, per_unit, slope)
            limit = np.where(setup.of_producer & used, stock * per_unit, limit)
            counts = np.where(setup.of_producer, used, counts)
        least = setup.smallest_over_needs(np.where(counts, limit, np.inf))
        together = limit <= (least + TIE * self.records["plan"][number])[setup.need_node]
        return slope, (counts & together).astype(float)

    def _use(self, number: int, planned: Any, plan: Any, lost: Any, *, available: Any, amounts: Any) -> None:
        """Input stocks and refusals at the end of the step."""
        setup, k, records = self.setup, self.setup.constants, self.records
        node = setup.need_node
        stocked = deviation(records["inventory"][number], self.first["inventory"])
        self.inventory = charge(
            stocked,
            (available, 1.0, amounts),
            (-planned[node], k.coefficient, plan[node]),
            (1, k.coefficient, lost[node]),
        )
        self.refused = charge(
            records["refused"][number], (1, 1.0, self.refused), (1, 1.0, self.links.denied_by_need(number))
        )

    def _make(self, number: int, planned: Any, plan: Any, lost: Any, *, asked: Any, book: Any, stocked: Any) -> None:
        """Finished stock: what is made enters it after the time of making, orders empty it."""
        setup, k, records = self.setup, self.setup.constants, self.records
        node = setup.offer_node
        made = deviation(records["made"][number], self.usual_made)
        amounts = charge(made, (planned[node], k.yields, plan[node]), (-1, k.yields, lost[node]))
        for whole, weight in setup.making:
            for below in (True, False):
                row = np.flatnonzero((made < 0) if below else (made > 0))
                self.making.send(number, np.full(len(row), whole), row, weight * amounts[row], below=below)
        missing, extra = self.making.take(number)
        left = deviation(records["stock"][number], self.first["stock"])
        self.stock = charge(left, (stocked, 1.0, self.stock), (-asked, 1.0, book), (1, 1.0, extra), (-1, 1.0, missing))

    def _drift(self, number: int, wanted: Wanted, lost: Any, *, available: Any, amounts: Any) -> None:
        """Workforces and overproduction at the end of the step."""
        if not self.capacity.drifts:
            return
        producers = len(wanted.asked)
        limit = self.capacity.input_limit(available + self.first["inventory"] + self.setup.constants.use)
        below = np.zeros(self.nodes)
        below[:producers] = np.maximum(self.usual_activity[:producers] - limit, 0.0)
        nothing = np.zeros((self.nodes, len(self.roots)))
        bound = self._short(number, below, planned=below, plan=nothing, available=available, amounts=amounts)
        self.capacity.drift(
            number, wanted, limit=limit, bound=self.inputs_to_nodes(bound)[:producers], lost=lost[:producers]
        )

    def _remember_output(self, number: int, planned: Any, plan: Any, lost: Any) -> None:
        """Output as producers see it, and the activity that goals are for; see `standoff.model.chain_slots.remember_output`."""
        if not self.setup.rules.sees_output:
            return
        k, node = self.setup.constants, self.setup.need_node
        made = deviation(self.records["activity"][number], self.usual_activity)
        amounts = charge(made, (planned, 1.0, plan), (-1, 1.0, lost))
        self.output = _drifted(self.output, (made, amounts), k.smoothing_steps)
        if self.setup.rules.goal_sees_output:
            seen = (self.output[0][node], self.output[1][node])
            self.goal = _drifted(self.goal, seen, np.maximum(k.cover_steps + k.lag_steps, 1.0))

    def _remember_orders(self, asked: Any, book: Any) -> None:
        steps = self.setup.constants.smoothing_steps
        seen = self.seen + (asked - self.seen) / steps
        self.orders_seen = charge(seen, (self.seen, 1.0 - 1.0 / steps, self.orders_seen), (asked, 1.0 / steps, book))
        self.seen = seen


def _drifted(before: tuple[Any, Any], towards: tuple[Any, Any], steps: Any) -> tuple[Any, Any]:
    """A deviation that drifts to another over some steps, with its amounts."""
    moved = before[0] + (towards[0] - before[0]) / steps
    return moved, charge(moved, (before[0], 1.0 - 1.0 / steps, before[1]), (towards[0], 1.0 / steps, towards[1]))
