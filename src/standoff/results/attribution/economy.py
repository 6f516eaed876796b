"""What each loss of output of a peer's run is due to: capacity, demand, or an input and the suppliers who did not deliver it.

A node's loss is what it made less than usual. Its parts follow the step: first what it wanted to make less, because of demand or of
capacity, whichever was lower; then what inputs kept it from making. The second part goes to the input that bound and, by the stock that
is missing, to its suppliers: every stock carries the size of its gap by link, charged as in `standoff.results.attribution.charging`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.model.economy import Economy, EconomyFlows, EconomyState, RuleNumbers
from standoff.model.input_limits import rated_inputs
from standoff.model.rulesets import RuleSet
from standoff.model.supply import Supply, ratio
from standoff.simulate.damage import Schedule
from standoff.simulate.economy_run import resting, take_steps

KINDS = ("capacity", "orders_of_firms", "final_demand", "link_closed", "not_delivered", "ordered_less", "used_more")
"""Parts of a loss. The last four are of inputs: a measure closed the link, the supplier did not deliver what was ordered, the node had
ordered less than usual, or it had used more than usual, wants more than usual or keeps too little."""
OF_LINKS = ("link_closed", "not_delivered", "ordered_less")
RATED: dict[str, tuple[float, float, float]] = {
    "leontief": (1.0, 1.0, 1.0),
    "strongly_critical": (1.0, 1.0, 0.0),
    "half_critical": (1.0, 0.5, 0.0),
    "weakly_critical": (1.0, 0.0, 0.0),
}
"""For production rules with rated inputs: how far critical, important and other inputs bind."""
TIE = 1e-9
"""Inputs that allow the same output, relative to usual, bind together and are charged alike."""


@dataclass(frozen=True)
class StepLosses:
    """Losses of one step, money or units.

    Attributes:
        parts: (nodes, kinds), none negative.
        by_input: what each need bound, by need.
        by_link: of it, parts of each link, (`OF_LINKS`, links).
    """

    parts: Any
    by_input: Any
    by_link: Any


@dataclass(frozen=True)
class EconomyLosses:
    """Losses of a run.

    Attributes:
        parts: (steps, nodes, kinds); sums over kinds are what was made less than usual.
        by_input: over the whole run, by need.
        by_link: over the whole run, (`OF_LINKS`, links).
        output: (steps, nodes).
    """

    parts: Any
    by_input: Any
    by_link: Any
    output: Any

    def total(self) -> dict[str, float]:
        """Lost output over nodes and steps by kind."""
        return dict(zip(KINDS, self.parts.sum(axis=(0, 1)).tolist(), strict=True))


def losses_of_run(
    economy: Economy,
    rules: RuleSet,
    schedule: Schedule,
    *,
    steps: int,
    numbers: RuleNumbers | None = None,
    progress: Callable[[int], None] | None = None,
) -> EconomyLosses:
    """Run some steps from rest and follow every loss of output.

    Args:
        economy, rules, schedule, steps, numbers: as for `standoff.simulate.economy_run.run_economy`.
        progress: called with the number of steps done.
    """
    numbers = numbers or RuleNumbers()
    book = GapBook(economy, rules, numbers)
    parts = np.empty((steps, economy.supply.nodes, len(KINDS)))
    output = np.empty((steps, economy.supply.nodes))
    by_input: Any = 0.0
    by_link: Any = 0.0
    state = resting(economy, numbers)
    for number, now, before, flows, after in take_steps(
        economy, rules, schedule, steps=steps, numbers=numbers, state=state
    ):
        lost = book.step(before, flows, after, supply=now.supply)
        parts[number], output[number] = lost.parts, flows.output
        by_input, by_link = by_input + lost.by_input, by_link + lost.by_link
        if progress:
            progress(number + 1)
    return EconomyLosses(parts, by_input, by_link, output)


class GapBook:
    """Gaps of stocks by what they go back to, carried from step to step. Lives for one run."""

    def __init__(self, economy: Economy, rules: RuleSet, numbers: RuleNumbers) -> None:
        self.economy, self.rules, self.numbers = economy, rules, numbers
        supply = economy.supply
        self.shape = economy.supply.base.shape
        self.usual = supply.link_base
        # the position of each link's need, by a product that only the network knows
        position = np.arange(1.0, economy.coefficient.size + 1.0).reshape(self.shape)
        self.need = np.rint(ratio(supply.links(position, np.ones(supply.nodes)), self.usual)).astype(np.int64) - 1
        self.need = np.maximum(self.need, 0)  # a link that carries nothing may count as any need's
        self.at_home = np.zeros(len(self.usual), dtype=bool)
        if economy.homes is not None:
            self.at_home[supply.links_at_home(economy.homes.place).link] = True
        self.gaps = np.zeros((len(OF_LINKS), len(self.usual)))
        self.more = np.zeros(self.shape)

    def step(self, state: EconomyState, flows: EconomyFlows, after: EconomyState, *, supply: Supply) -> StepLosses:
        """Losses of a step from what was there before, what moved, and what is there after it.

        Args:
            state, flows, after: of the step.
            supply: the network in the step, some links of which may be closed.
        """
        economy, whole = self.economy, self.economy.supply
        demand = flows.book + flows.final + flows.rebuilding
        wanted = np.minimum(demand, flows.capacity)
        parts = np.zeros((whole.nodes, len(KINDS)))
        parts[:, :3] = self._wanted_less(flows, demand=demand, wanted=wanted)
        kept = np.maximum(np.minimum(economy.output, wanted) - flows.output, 0.0)
        gap = whole.links_to_needs(self.gaps.sum(axis=0)) + self.more
        group = self._bound(state, wanted=wanted, kept=kept, gap=gap)
        need = whole.group_to_needs(np.where(whole.group_total(gap) > 0, group, 0.0), gap)
        by_link = ratio(need, gap).ravel()[self.need] * self.gaps
        for kind, flow in zip(OF_LINKS, by_link, strict=True):
            parts[:, KINDS.index(kind)] = self._links_to_nodes(flow)
        parts[:, -1] = np.maximum(kept - parts[:, 3:-1].sum(axis=1), 0.0)
        self._carry(state, flows, after, supply)
        return StepLosses(parts, need, by_link)

    def _served(self, flows: EconomyFlows) -> Any:
        """Share of the orders of each link that its supplier served, as far as the rule tells links apart by place alone."""
        supplier = self.economy.supply.supplier
        if flows.home_share is None:
            return ratio(flows.to_firms, flows.book)[supplier]
        return np.where(self.at_home, flows.home_share[supplier], flows.rest_share[supplier])

    def _links_to_nodes(self, flow: Any) -> Any:
        supply = self.economy.supply
        return supply.total(supply.group_total(supply.links_to_needs(flow)))

    def _wanted_less(self, flows: EconomyFlows, *, demand: Any, wanted: Any) -> Any:
        """What a node wanted to make less than usual: because of capacity, of firms' orders, of final demand, (nodes, 3)."""
        economy = self.economy
        less = np.maximum(economy.output - wanted, 0.0)
        capacity = np.where(np.abs(flows.capacity - demand) <= TIE * economy.output, 0.5, flows.capacity < demand)
        firms = np.maximum(economy.supply.base_book - flows.book, 0.0)
        final = np.maximum(economy.final - flows.final - flows.rebuilding, 0.0)
        of_firms = np.where(firms + final > 0, ratio(firms, firms + final), 1.0)
        missing = less * (1.0 - capacity)
        return np.stack([less * capacity, missing * of_firms, missing * (1.0 - of_firms)], axis=1)

    def _bound(self, state: EconomyState, *, wanted: Any, kept: Any, gap: Any) -> Any:
        """What each group of inputs kept its buyer from making, by group."""
        economy, supply, rule = self.economy, self.economy.supply, self.rules.chosen["production"]
        usual = supply.at_group(economy.output)
        if rule == "linear":  # stocks stand in for each other: every gap counts
            weight = supply.group_total(gap)
            weight = np.where(supply.at_group(supply.total(weight)) > 0, weight, economy.group_coefficient)
        else:
            limit = self._limit(state, rule, wanted)
            lowest = supply.at_group(supply.smallest(limit))
            tied = TIE * (usual if rule in RATED else 1.0)
            weight = (np.isfinite(limit) & (limit <= lowest + tied)).astype(float)
        return weight * supply.at_group(ratio(kept, supply.total(weight)))

    def _limit(self, state: EconomyState, rule: str, wanted: Any) -> Any:
        """Output, or share of wanted output, that each group allows."""
        economy, supply = self.economy, self.economy.supply
        usual = supply.at_group(economy.output)
        if rule not in RATED:
            stock = supply.group_total(np.where(economy.bounded, state.stock, 0.0))
            required = self.numbers.psi * economy.group_goal_per_output * supply.at_group(wanted)
            counts = economy.group_counts & (required != 0)
            return np.where(counts, np.divide(stock, required, out=np.ones_like(required), where=counts), np.inf)
        binds = np.where(economy.critical > 0, RATED[rule][0], np.where(economy.important > 0, *RATED[rule][1:]))
        return rated_inputs(
            stock=supply.group_total(state.stock),
            coefficient=economy.group_coefficient,
            usual=usual,
            critical=supply.group_total((binds == 1.0).astype(float)),
            important=supply.group_total((binds == 0.5).astype(float)),
        )

    def _carry(self, state: EconomyState, flows: EconomyFlows, after: EconomyState, supply: Supply) -> None:
        """Gaps at the end of the step: those there were and those made, scaled to what is missing in stock."""
        economy, whole = self.economy, self.economy.supply
        usual = supply.links(np.ones(self.shape), np.ones(whole.nodes))  # over what is open
        ordered = supply.links(state.order_factor, state.supplier_weight)
        came = ordered * self._served(flows)
        came = (
            came * ratio(flows.arrived, whole.links_to_needs(came)).ravel()[self.need]
        )  # exact by need, by orders within
        made = np.maximum(np.stack([self.usual - usual, ordered - came, usual - ordered]), 0.0)
        below = np.maximum(self.usual - came, 0.0)
        self.gaps = self.gaps + ratio(below, made.sum(axis=0)) * made
        self.more = self.more + np.maximum(flows.used - whole.base, 0.0)
        missing = np.where(economy.bounded, economy.resting_stock - after.stock, 0.0)
        scale = ratio(np.maximum(missing, 0.0), whole.links_to_needs(self.gaps.sum(axis=0)) + self.more)
        self.more, self.gaps = self.more * scale, self.gaps * scale.ravel()[self.need]
