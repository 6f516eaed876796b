"""An economy under the rules of a peer, ready to be run with its numbers changed, and the numbers that can be changed, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import nearest, refuse
from standoff.model.economy import Economy, EconomyFlows, RuleNumbers, Shocks
from standoff.model.list_supply import ListSupply
from standoff.model.rulesets import RuleSet
from standoff.model.supply import Supply
from standoff.simulate.damage import Schedule
from standoff.simulate.economy_run import resting, take_steps
from standoff.studies.gradients.economy_numbers import (
    PARAMETERS,
    WIDE,
    EconomyNumber,
    cut_links,
    link_ends,
    links_of,
    need_buyer,
    one_supplier_each,
)

Array = npt.NDArray[np.float64]

RESULTS = ("value_added_lost", "output_lost", "final_use_unmet")
MOST_NAMED = 200_000
"""Links or stocks up to which each of them is listed by name (assumed; names of more take seconds and gigabytes)."""


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

    def stated(self) -> dict[str, Any]:
        """All numbers at their stated values: those of the rules, and factors of 1."""
        return {
            "parameter": np.array([getattr(self.numbers, name) for name in PARAMETERS], dtype=float),
            **{field: np.ones(size) for field, size in self._sizes().items()},
        }

    def named(self) -> list[EconomyNumber]:
        """Every number, in a fixed order; links and stocks only where they are not too many."""
        sizes = {"parameter": len(PARAMETERS), **self._sizes()}
        return [
            self.number(field, place)
            for field, size in sizes.items()
            for place in range(size if field not in WIDE or size <= MOST_NAMED else 0)
        ]

    def number(self, field: str, place: int) -> EconomyNumber:
        """One number by where it stands in `stated`."""
        if field == "parameter":
            name = PARAMETERS[place]
            return EconomyNumber(f"parameter:{name}", float(getattr(self.numbers, name)), "", field, place)
        if field == "link":
            supplier, _, buyer = link_ends(self.economy.supply, np.array([place]))
            name = f"{self.producers[supplier[0]]} > {self.producers[buyer[0]]}"
        elif field == "stock":
            name = f"{self._goods(place)} > {self.producers[self._holder[place]]}"
        else:
            names = {"capacity": self.producers, "shock": self.events}.get(field, self.products)
            name = names[place]
        return EconomyNumber(f"{field}:{name}", 1.0, "factor", field, place)

    def _sizes(self) -> dict[str, int]:
        products = len(self.products)
        sizes = {"cover": products, "restock": products, "capacity": len(self.producers), "shock": len(self.events)}
        return {**sizes, "link": links_of(self.economy.supply), "stock": self.economy.supply.base.size}

    def _goods(self, place: int) -> str:
        """What a stock is of: a product, or one supplier's goods."""
        supply = self.economy.supply
        if one_supplier_each(supply):
            return self.producers[int(supply.supplier[place])]
        of_need = np.broadcast_to(self.product_of_need, supply.base.shape)
        return self.products[int(of_need.ravel()[place])]

    @cached_property
    def _holder(self) -> npt.NDArray[np.integer[Any]]:
        return need_buyer(self.economy.supply)

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
        """The result by NumPy, with numbers as `stated` gives them, some of them changed; wide ones may be left out."""
        economy, numbers = self._economy(changed), self._numbers(changed)
        schedule = _Changed(self._schedule(economy, changed), changed, economy.supply)
        total = 0.0
        state = resting(economy, numbers)
        if "stock" in changed:
            held = np.isfinite(state.stock)
            state.stock[held] *= changed["stock"].reshape(state.stock.shape)[held]
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
        put = {**given, "economy": economy, "events": events, "rules": rules}
        if "stock" in changed:
            put["stock"] = changed["stock"].reshape(self.economy.supply.base.shape)
        if "link" in changed:
            whole = given["network"]["flows"]
            share = changed["link"].reshape(whole.shape).astype(whole.dtype)
            first, *later = given["flows"]
            put["flows"] = (
                (whole if first is None else first) * share,
                *(each if each is None else each * share for each in later),
            )
        return put

    def _numbers(self, changed: Mapping[str, Any]) -> RuleNumbers:
        return replace(self.numbers, **dict(zip(PARAMETERS, changed["parameter"].tolist(), strict=True)))

    def _economy(self, changed: Mapping[str, Any]) -> Economy:
        its = {name: getattr(self.economy, name) * changed[name][self.product_of_need] for name in ("cover", "restock")}
        return replace(self.economy, **its)

    def _schedule(self, economy: Economy, changed: Mapping[str, Any]) -> Schedule:
        return self.schedule().resized(economy, changed["shock"])


class _Changed:
    """Events with less capacity at some producers and fewer links from the first step on."""

    def __init__(self, events: Schedule, changed: Mapping[str, Any], whole: Supply) -> None:
        self.events, self.capacity, self.whole = events, changed["capacity"], whole
        share = changed.get("link", np.ones(0))
        self.closed = np.flatnonzero(share != 1.0)
        self.share = 1.0 - share[self.closed]
        self.uncut: Supply | None = None
        self.supply_in = self._cut if len(self.closed) else events.supply_in

    def _cut(self, number: int) -> Supply:
        """The network of a step, the same object as long as that of the events is."""
        uncut = self.events.supply_in(number) if self.events.supply_in else self.whole
        if uncut is not self.uncut:
            self.uncut, self.cut = uncut, cut_links(uncut, self.closed, self.share)
        return self.cut

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
    """Numbers as stated with one changed: the first the first, and so on. Wide ones are left out where they stay as they are."""
    found = []
    stated = case.stated()
    for number, value in moves:
        changed = {name: values for name, values in stated.items() if name not in WIDE or name == number.field}
        changed[number.field] = changed[number.field].copy()
        changed[number.field][number.place] = value
        found.append(changed)
    return found
