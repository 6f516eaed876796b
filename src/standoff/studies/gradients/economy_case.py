"""An economy under the rules of a peer, ready to be run with its numbers changed, and the numbers that can be changed, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import nearest, refuse
from standoff.model.economy import Economy, EconomyFlows, RuleNumbers, Shocks
from standoff.model.link_cuts import CutSupply
from standoff.model.list_supply import ListSupply
from standoff.model.rulesets import RuleSet
from standoff.model.supply import Supply
from standoff.simulate.damage import Schedule
from standoff.simulate.economy_run import resting, take_steps

Array = npt.NDArray[np.float64]

RESULTS = ("value_added_lost", "output_lost", "final_use_unmet")
FACTORS = ("cover", "restock", "capacity", "shock", "link")
"""Numbers that are factors on something, 1 as stated."""


@dataclass(frozen=True)
class EconomyNumber:
    """One number of a run.

    Attributes:
        name: ``parameter:NAME``, ``cover:PRODUCT``, ``restock:PRODUCT``, ``capacity:PRODUCER``, ``shock:EVENT`` or ``link:SELLER > BUYER``.
        value: stated; 1 for factors and for what a link lets through.
        unit: of the number.
        field: which of the changes of `EconomyCase.stated` it belongs to.
        place: in it.
    """

    name: str
    value: float
    unit: str
    field: str
    place: int


@dataclass(frozen=True)
class EconomyScalar:
    """A result that adds up over the steps: a weighted sum over producers of what is lost or not met."""

    of: str
    unit: str
    kind: str
    weight: Array
    usual: Array

    def in_step(self, flows: EconomyFlows) -> Any:
        """What a step adds; works on the arrays of any library."""
        if self.kind == "final_use_unmet":
            return (self.weight * (flows.final - flows.to_final)).sum(axis=0)
        return (self.weight * (self.usual - flows.output)).sum(axis=0)


@dataclass(frozen=True)
class EconomyCase:
    """A run of an economy with what its numbers are called.

    Attributes:
        name, world: of the scenario and of the table or folder.
        unit: of money or goods.
        economy, rules, numbers, steps: what is run.
        schedule: makes the events of a run, new at every call.
        producers: name of every node.
        products: name of every product.
        product: product of each node, (nodes,).
        groups: name of a region, a side or a sector to whether a node belongs to it, (nodes,).
        events: name of each event of the schedule that destroys capital or capacity.
    """

    name: str
    world: str
    unit: str
    economy: Economy
    rules: RuleSet
    numbers: RuleNumbers
    steps: int
    schedule: Callable[[], Schedule]
    producers: tuple[str, ...]
    products: tuple[str, ...]
    product: npt.NDArray[np.integer[Any]]
    groups: Mapping[str, npt.NDArray[np.bool_]]
    events: tuple[str, ...]

    @cached_property
    def product_of_need(self) -> npt.NDArray[np.integer[Any]]:
        """Product that each need asks for, of the shape of an array by need, or to be spread over it."""
        supply = self.economy.supply
        if isinstance(supply, ListSupply) and not supply.need_is_group:
            return self.product[supply.supplier]
        by_node = np.broadcast_to(1.0 * np.arange(len(self.products))[:, None], (len(self.products), len(self.product)))
        return supply.pick(by_node).astype(np.int64)

    @property
    def links(self) -> int:
        """Links that have a number each: those of a list, none of a table."""
        return len(self.economy.supply.link_base) if isinstance(self.economy.supply, ListSupply) else 0

    def stated(self) -> dict[str, Any]:
        """All numbers at their stated values: those of the rules, and factors of 1."""
        sizes = (len(self.products), len(self.products), len(self.producers), len(self.events), self.links)
        return {
            "parameter": np.array([getattr(self.numbers, name) for name in PARAMETERS], dtype=float),
            **{field: np.ones(size) for field, size in zip(FACTORS, sizes, strict=True)},
        }

    def named(self) -> list[EconomyNumber]:
        """Every number, in a fixed order."""
        labels = {
            "cover": self.products,
            "restock": self.products,
            "capacity": self.producers,
            "shock": self.events,
            "link": self._link_names() if self.links else (),
        }
        values = self.stated()["parameter"]
        found = [
            EconomyNumber(f"parameter:{name}", float(values[place]), "", "parameter", place)
            for place, name in enumerate(PARAMETERS)
        ]
        for field in FACTORS:
            found += [
                EconomyNumber(f"{field}:{name}", 1.0, "factor", field, place)
                for place, name in enumerate(labels[field])
            ]
        return found

    def scalar(self, of: str) -> EconomyScalar:
        """A result by its name.

        Args:
            of: ``value_added_lost``, ``output_lost`` or ``final_use_unmet`` (delivered short of what was asked), each with ``:GROUP``
                where only one region, side or sector counts.

        Raises:
            InputError: there is no such result or group.
        """
        kind, _, group = (part.strip() for part in of.partition(":"))
        known = [*RESULTS, *(f"{kind}:{name}" for name in self.groups if kind in RESULTS)]
        if of.strip() not in known and (kind not in RESULTS or (group and group not in self.groups)):
            raise refuse("of", why="there is no such result", cure=nearest(of, known), value=of)
        weight = self.groups[group].astype(float) if group else np.ones(len(self.producers))
        if kind == "value_added_lost":
            weight = weight * self.economy.value_added * self.economy.per_output
        return EconomyScalar(of, self.unit, kind, weight, self.economy.output)

    def evaluate(self, changed: Mapping[str, Any], scalar: EconomyScalar) -> float:
        """The result by NumPy, with numbers as `stated` gives them, some of them changed."""
        economy, numbers = self._economy(changed), self._numbers(changed)
        schedule = _Changed(self._schedule(economy, changed), changed["capacity"], self._cut(changed))
        total = 0.0
        state = resting(economy, numbers)
        for taken in take_steps(economy, self.rules, schedule, steps=self.steps, numbers=numbers, state=state):
            total += float(scalar.in_step(taken.flows))
        return total

    def put(self, given: Any, changed: Mapping[str, Any]) -> Any:
        """Numbers of a program of this run (`standoff.simulate.traced_economy.program`), changed; works while JAX traces."""
        import jax.numpy as jnp

        economy, events = dict(given["economy"]), dict(given["events"])
        held = np.isfinite(self.economy.cover)
        factor = changed["cover"][self.product_of_need]
        economy["cover"] = jnp.where(held, jnp.where(held, economy["cover"], 1.0) * factor, np.inf)
        economy["restock"] = economy["restock"] * changed["restock"][self.product_of_need]
        events["capacity"] = changed["capacity"]
        sizes = zip(events["strikes"], changed["shock"], strict=True)
        events["strikes"] = tuple({**each, "size": size} for each, size in sizes)
        rules = {name: changed["parameter"][place] for place, name in enumerate(PARAMETERS)}
        flows = given["flows"]
        if self.links:
            flows = (given["network"]["flows"] * changed["link"],)
        return {**given, "economy": economy, "events": events, "rules": rules, "flows": flows}

    def _numbers(self, changed: Mapping[str, Any]) -> RuleNumbers:
        return replace(self.numbers, **dict(zip(PARAMETERS, changed["parameter"].tolist(), strict=True)))

    def _economy(self, changed: Mapping[str, Any]) -> Economy:
        its = {name: getattr(self.economy, name) * changed[name][self.product_of_need] for name in ("cover", "restock")}
        return replace(self.economy, **its)

    def _schedule(self, economy: Economy, changed: Mapping[str, Any]) -> Schedule:
        return self.schedule().resized(economy, changed["shock"])

    def _cut(self, changed: Mapping[str, Any]) -> Supply | None:
        closed = np.flatnonzero(changed["link"] != 1.0)
        return cut_list(self.economy.supply, closed, 1.0 - changed["link"][closed]) if len(closed) else None

    def _link_names(self) -> tuple[str, ...]:
        supplier, buyer = link_ends(self.economy.supply)
        return tuple(f"{self.producers[i]} > {self.producers[j]}" for i, j in zip(supplier, buyer, strict=True))


PARAMETERS = tuple(each.name for each in fields(RuleNumbers) if each.name != "peer_compatible")


def link_ends(supply: Any) -> tuple[Any, Any]:
    """(supplier, buyer) of each link of a list, in its own order."""
    group = np.repeat(np.arange(supply.nodes), supply.groups_of_node)
    need = group if supply.need_is_group else np.repeat(group, supply.need_lengths)
    return supply.supplier, need[supply.need]


def cut_list(supply: Any, links: Any, share: Any) -> CutSupply:
    """A list of links with a share of some closed."""
    return CutSupply(supply, link=links, supplier=supply.supplier[links], need=supply.need[links], share=share)


class _Changed:
    """Events with less capacity at some producers and other links from the first step on."""

    def __init__(self, events: Schedule, capacity: Array, supply: Supply | None) -> None:
        self.events, self.capacity = events, capacity
        self.supply_in = events.supply_in if supply is None else lambda number: supply

    def begin(self, number: int) -> Shocks:
        shocks = self.events.begin(number)
        return shocks._replace(capacity_loss=1.0 - self.capacity * (1.0 - shocks.capacity_loss))

    def capital_lost(self) -> Array:
        return self.events.capital_lost()

    def end(self, served: Array) -> None:
        self.events.end(served)


def case_of_scenario(scenario: str | Path, *, world: str = "", changes: Mapping[str, Any] | None = None) -> EconomyCase:
    """A scenario on a table of regions and sectors, ready to be run with its numbers changed.

    Raises:
        InputError: what `standoff.simulate.economy_api.run_scenario` raises.
    """
    from standoff.simulate.economy_api import economy_of, folder_of, prepared
    from standoff.simulate.economy_events import Places
    from standoff.simulate.economy_scenario import Struck, read_economy_scenario
    from standoff.world.mrio.folder import read_mrio_folder

    asked = read_economy_scenario(scenario, changes=changes)
    if world:
        asked = asked.model_copy(update={"world": world})
    mrio = read_mrio_folder(folder_of(asked))
    places = Places(mrio, asked)
    places.check()
    economy = economy_of(mrio, asked)
    rules, numbers, events = prepared(asked, mrio, economy)
    groups = {region: mrio.region_of == number for number, region in enumerate(mrio.regions)}
    groups |= {sector: mrio.sector_of == number for number, sector in enumerate(mrio.sectors)}
    groups |= {side: np.isin(mrio.region_of, places.regions([side])) for side in asked.sides}
    return EconomyCase(
        name=asked.name,
        world=mrio.about.name,
        unit=mrio.about.unit,
        economy=economy,
        rules=rules,
        numbers=numbers,
        steps=asked.days,
        schedule=events.schedule,
        producers=tuple(f"{region}, {sector}" for region in mrio.regions for sector in mrio.sectors),
        products=tuple(mrio.sectors),
        product=mrio.sector_of,
        groups=groups,
        events=tuple(each.name for each in asked.events if isinstance(each, Struck)),
    )


def case_of_firms(folder: str | Path, *, rules: str = "", changes: Mapping[str, str] | None = None) -> EconomyCase:
    """A folder of firms with its first damage, ready to be run with its numbers changed.

    Raises:
        InputError: what `standoff.simulate.firm_run.run_firms` raises.
    """
    from standoff.simulate.firm_run import firm_settings, prepared_firms
    from standoff.world.firm_folder import read_firm_files

    settings, slots = firm_settings(changes or {})
    firms = read_firm_files(Path(folder))
    name = rules or "inoue_todo"

    def schedule() -> Schedule:
        return prepared_firms(firms, settings=settings, rules=slots, name=name)[2]

    economy, chosen, _, numbers = prepared_firms(firms, settings=settings, rules=slots, name=name)
    return EconomyCase(
        name=Path(folder).name,
        world=str(folder),
        unit="units of sales",
        economy=economy,
        rules=chosen,
        numbers=numbers,
        steps=settings.steps,
        schedule=schedule,
        producers=firms.firms,
        products=tuple(f"sector {number}" for number in range(int(firms.sector.max(initial=-1)) + 1)),
        product=firms.sector,
        groups={f"sector {number}": firms.sector == number for number in range(int(firms.sector.max(initial=-1)) + 1)},
        events=("damage",),
    )


def changed_at(case: EconomyCase, moves: Sequence[tuple[EconomyNumber, float]]) -> list[dict[str, Any]]:
    """Numbers as stated with one changed: the first the first, and so on."""
    found = []
    for number, value in moves:
        changed = {name: values.copy() for name, values in case.stated().items()}
        changed[number.field][number.place] = value
        found.append(changed)
    return found
