"""What an explanation looks things up in: records before and in a step, labels, flows by link, and the review queue done again."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from standoff.model import chain_slots, licensing, permits, planning
from standoff.model.rationing import TIERS
from standoff.results.explain_terms import Cell
from standoff.results.indicators import slot_fill
from standoff.simulate.api import demand_factors
from standoff.simulate.initial import resting_state
from standoff.simulate.record import DRIFTING_FIELDS
from standoff.world.network import DAYS_PER_YEAR

if TYPE_CHECKING:
    from standoff.model.chain_rules import ChainRules
    from standoff.model.state import RegimeStep, State
    from standoff.results.result import Result

MEMORY_DAYS = 91.0
"""How far back a delivery that did not come still explains an empty stock (assumed)."""


class Followed(NamedTuple):
    """An activity that orders or goals follow."""

    name: str
    value: float
    cell: Cell | None
    """What to ask about it."""


@dataclass(frozen=True)
class View:
    """A result with what its explanations share; built once, looked at often."""

    result: Result

    def now(self, name: str, step: int, index: Any) -> float:
        """A recorded number of a step."""
        return float(self.result.records[name][step][index])

    def before(self, name: str, step: int, index: Any) -> float:
        """A recorded state at the start of a step."""
        state = self.result.first[name] if step == 0 else self.result.records[name][step - 1]
        return float(state[index])

    def state_before(self, step: int) -> State:
        """The state at the start of a step, of which only what drifts with capacity is as it was then."""
        drifting = [name for name in DRIFTING_FIELDS if name in self.result.first]
        past = self.result.first if step == 0 else {name: self.result.records[name][step - 1] for name in drifting}
        state: State = self.initial._replace(**{name: past[name] for name in drifting})
        return state

    def per_step(self, yearly: float) -> float:
        return float(yearly) * self.result.setup.clock.step_days / DAYS_PER_YEAR

    def constant(self, name: str, index: int) -> float:
        """A constant of the rules, whether one number or one a row."""
        value = np.asarray(getattr(self.result.setup.constants, name))
        return float(value[index] if value.ndim else value)

    def regime(self, step: int) -> RegimeStep:
        return self.result.setup.regime_table.at(step)

    def need_cell(self, variable: str, need: int, step: int) -> Cell:
        return Cell(variable, self.result.network.need_label(need), step)

    def offer_cell(self, variable: str, offer: int, step: int) -> Cell:
        return Cell(variable, self.result.network.offer_label(offer), step)

    def slot_cell(self, variable: str, slot: int, step: int) -> Cell:
        """What to ask about a slot: the tier of its seller."""
        slots = self.result.setup.slots
        return self.tier_cell(variable, int(slots.tier[slot]), int(slots.offer[slot]), step)

    def tier_cell(self, variable: str, tier: int, offer: int, step: int) -> Cell:
        return Cell(variable, f"{self.result.network.offer_label(offer)} @ {TIERS[tier]}", step)

    def node_cell(self, variable: str, node: int, step: int) -> Cell:
        return Cell(variable, self.result.network.nodes.labels[node], step)

    def labels(self, dim: str) -> list[str]:
        """Labels of one dimension of the dataset; none where it is empty."""
        return self._labels.get(dim, [])

    def positions(self, dim: str) -> dict[str, int]:
        """Position of each label of one dimension."""
        return self._positions.get(dim, {})

    @cached_property
    def _labels(self) -> dict[str, list[str]]:
        coordinates = self.result.dataset.coords
        return {str(dim): [str(label) for label in coordinates[dim].values] for dim in coordinates if dim != "step"}

    @cached_property
    def _positions(self) -> dict[str, dict[str, int]]:
        return {dim: {label: place for place, label in enumerate(labels)} for dim, labels in self._labels.items()}

    @cached_property
    def _need_rows(self) -> dict[tuple[str, ...], int]:
        return {key: row for row, key in enumerate(self.result.world.tables["needs"].keys())}

    @property
    def rules(self) -> ChainRules:
        """The rules of the run."""
        return self.result.setup.rules

    def is_producer(self, node: int) -> bool:
        return node < self.result.network.nodes.producers

    def cut_while_scarce(self, need: int) -> bool:
        """Whether activity is cut before the stock of a need is used up."""
        producer = self.is_producer(int(self.result.network.needs.consumer[need]))
        return producer and self.rules.chosen["production"] == "scarce_inventory"

    def wanted(self, offer: int, step: int) -> float:
        """Activity that orders and the gap of finished stock of one product ask for."""
        gap = self.constant("stock_target", offer) - self.before("stock", step, offer)
        orders = float(self.smoothed_orders[step, offer])
        return (orders + gap / self.constant("finished_restock_steps", offer)) / self.constant("yields", offer)

    @cached_property
    def _demand_factors(self) -> Any:
        return demand_factors(self.result.scenario, self.result.network, self.result.setup.clock)

    def demand_factor(self, node: int, step: int) -> float:
        """Factor of the scenario on the demand of a use."""
        first = self.result.network.nodes.producers
        return 1.0 if self._demand_factors is None else float(self._demand_factors[step, node - first])

    def demand_on(self, node: int, step: int) -> float:
        """Activity that is asked of a producer, before capacity and not below 0."""
        offers = self.result.network.offers
        drivers = np.flatnonzero((offers.producer == node) & offers.driver)
        return max([0.0, *(self.wanted(int(offer), step) for offer in drivers)])

    @cached_property
    def outputs_seen(self) -> tuple[Any, Any]:
        """Output as producers see it and the activity that goals are for at the start of each step, (steps, ...): the rule done again."""
        setup, state = self.result.setup, self.initial
        seen, goals = [state.output], [state.goal_activity]
        for activity in self.result.records["activity"][:-1, : len(state.output)]:
            output, goal = chain_slots.remember_output(setup, state, activity, np)
            state = state._replace(output=output, goal_activity=goal)
            seen.append(output)
            goals.append(goal)
        return np.stack(seen), None if goals[0] is None else np.stack(goals)

    def _recent(self, value: float, node: int, step: int) -> Followed:
        return Followed("for recent output", value, self.node_cell("activity", node, step - 1) if step else None)

    def use_follows(self, node: int, step: int) -> Followed:
        """The activity whose use a node's orders replace."""
        rule, cell = self.rules.chosen["ordering"], self.node_cell("plan", node, step)
        if rule == "planned_use" or not self.is_producer(node):
            return Followed("for planned use", self.now("plan", step, node), cell)
        if rule == "demand":
            return Followed("for what is asked for", self.demand_on(node, step), cell)
        return self._recent(float(self.outputs_seen[0][step][node]), node, step)

    def goal_follows(self, need: int, step: int) -> Followed | None:
        """The activity that the goal of a stock is for; None where it stays at usual use."""
        node = int(self.result.network.needs.consumer[need])
        rule = self.rules.chosen["ordering"]
        if not self.is_producer(node) or rule in ("planned_use", "demand", "output_fixed_goal"):
            return None
        if rule == "wanted_output":
            return Followed("for planned use", self.now("plan", step, node), self.node_cell("plan", node, step))
        return self._recent(float(self.outputs_seen[1][step][need]), node, step)

    def destocks(self, node: int) -> bool:
        """Whether a node works off too much stock."""
        return not self.is_producer(node) or self.rules.chosen["ordering"] not in (
            "wanted_output",
            "output_no_destocking",
        )

    @cached_property
    def flows(self) -> Any:
        """Shipments on every ordinary link, (steps, links)."""
        return self.result.link_flows

    @cached_property
    def tracked_position(self) -> dict[int, int]:
        return {int(link): position for position, link in enumerate(self.result.setup.tracked)}

    @cached_property
    def office(self) -> dict[int, int]:
        """Position among the regulated links of each tracked link that is ever under a regime."""
        return {int(link): position for position, link in enumerate(self.result.setup.regulated)}

    @cached_property
    def initial(self) -> Any:
        return resting_state(self.result.setup)

    @cached_property
    def smoothed_orders(self) -> Any:
        """Orders as sellers saw them at the start of each step, (steps, offers)."""
        demanded = self.result.records["demanded"].sum(axis=1)
        path = [self.initial.smoothed_orders]
        for row in demanded[:-1]:
            path.append(planning.smooth(path[-1], row, steps=self.result.setup.constants.smoothing_steps))
        return np.stack(path)

    @cached_property
    def queue(self) -> list[Any]:
        """What the review queue did in each step, on regulated links, done again from what was applied for."""
        setup = self.result.setup
        stages, done = self.initial.stages, []
        for step, applied in enumerate(self.result.records["link_applied"]):
            regime = self.regime(step)
            review = licensing.review_queue(
                stages=stages * regime.active[setup.regulated],
                applied=applied[setup.regulated],
                probability=regime.probability,
                decisions=regime.decisions,
                approval=regime.approval,
                denial=regime.denial,
                substeps=setup.substeps,
                xp=np,
            )
            done.append(review)
            stages = review.stages
        return done

    @cached_property
    def rights_expired(self) -> Any:
        """Rights to ship that expired at the start of each step and what was granted in it, (steps, 2, regulated)."""
        setup, records = self.result.setup, self.result.records
        rights, links = resting_state(setup).rights, setup.right_links
        rows = np.zeros((setup.clock.steps, 2, len(setup.regulated)))
        for step in range(setup.clock.steps if len(links) else 0):
            regime = self.regime(step)
            valid = rights.valid
            rows[step, 0, links] = valid[step % len(valid)]
            left = valid.sum(axis=0) - valid[step % len(valid)]
            active = regime.active[setup.regulated][links]
            wanted = (
                (records["link_ordered"][step] * regime.gate)[setup.regulated][links] * regime.licensed[links] * active
            )
            rights, _, _ = permits.use_rights(
                rights=rights,
                wanted=wanted,
                active=active,
                probability=regime.probability[links],
                decisions=regime.decisions[links],
                approval=regime.approval[links],
                denial=regime.denial[links],
                substeps=setup.substeps,
                validity=setup.right_validity,
                renewal=setup.renewal,
                step=step,
                xp=np,
            )
            rows[step, 1, links] = rights.valid.sum(axis=0) - left * active
        return rows

    def fill_of(self, slot: int, step: int) -> float:
        return float(slot_fill(self.result.records)[step][slot])

    def controlled(self, link: int, step: int) -> float:
        """Orders on a tracked link that a licence or hold keeps from leaving at once."""
        ordered = self.now("link_ordered", step, link)
        return ordered * float(self.regime(step).gate[link] * self.licensed(link, step))

    def licensed(self, link: int, step: int) -> float:
        """Share of the orders on a tracked link that has to go through the queue."""
        if link not in self.office:
            return 0.0
        regime = self.regime(step)
        return float(regime.licensed[self.office[link]] * regime.active[link])

    def passed_by_right(self, link: int, step: int) -> float:
        return min(self.controlled(link, step), self.now("rights_held", step, link))

    def asked(self, link: int, step: int) -> float:
        """What a tracked link asked its seller to ship: free, permitted and under a right."""
        regime = self.regime(step)
        ordered = self.now("link_ordered", step, link)
        free = ordered * float(regime.gate[link]) - self.controlled(link, step)
        permitted = self.before("permits", step, link) * float(regime.active[link]) + self.now(
            "link_approved", step, link
        )
        return free + permitted + self.passed_by_right(link, step)

    def worst_step(self, values: Any, usual: float, step: int) -> int:
        """The step in recent weeks, up to this one, in which a flow fell furthest below usual."""
        back = int(MEMORY_DAYS / self.result.setup.clock.step_days)
        start = max(step - back, 0)
        short = usual - values[start : step + 1]
        return start + int(len(short) - 1 - np.argmax(short[::-1]))

    def measure_on(self, link: int, step: int) -> str:
        """Id of the measure that holds on a tracked link, or of those in force where its gate is closed."""
        table, position = self.result.regimes, int(self.result.setup.regime_table.position[link])
        if position < 0:
            return ""
        number = int(table.index[step, position])
        if number:
            return table.regimes[number].measure
        day = self.result.dates[step].astype(object)
        running = {bar["measure"] for bar in table.timeline if bar["from"] <= day < bar["until"]}
        return ", ".join(sorted(running))

    def is_held(self, link: int, step: int) -> bool:
        table, position = self.result.regimes, int(self.result.setup.regime_table.position[link])
        return position >= 0 and table.regimes[int(table.index[step, position])].outcome == "HOLD"

    def world_source(self, table: str, column: str, row: int) -> str:
        """Source of a number of the world, or that it is assumed."""
        rows = self.result.world.tables[table]
        where = rows.source(column)[row] or rows.status(column)[row] or "assumed"
        return f"{table}.{column}, row {rows.rows[row]}: {where}"

    def need_source(self, column: str, need: int) -> str:
        network = self.result.network
        consumer = network.nodes.parent_labels[network.nodes.parent[network.needs.consumer[need]]]
        product = network.products[network.needs.product[need]]
        return self.world_source("needs", column, self._need_rows[consumer, product])
