"""A scenario ready to be run with its numbers changed, and the numbers that can be changed, by name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Protocol, TypeVar

import numpy as np

from standoff.errors import Problems, nearest
from standoff.measures.gates import Regimes
from standoff.model.parameters import default_parameters
from standoff.simulate.api import demand_factors, prepare_measures
from standoff.simulate.backend import NUMPY, Backend
from standoff.simulate.draws import Clock, Draws
from standoff.simulate.run import run_steps
from standoff.simulate.sampling import FIXED, VALUING, factor_labels
from standoff.simulate.scenario import Scenario
from standoff.simulate.setup import Setup, build_setup
from standoff.studies.gradients.scalars import Scalar, SumRecorder
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import World

BLOCK = 64
"""Changed runs in a block, as in an ensemble."""


class Named(Protocol):
    """A number of any kind of run: its name, stated value and unit."""

    @property
    def name(self) -> str: ...

    @property
    def value(self) -> float: ...

    @property
    def unit(self) -> str: ...


AnyNumber = TypeVar("AnyNumber", bound=Named)


@dataclass(frozen=True)
class Number:
    """One number of a run.

    Attributes:
        name: ``parameter:NAME``, ``REGIME:FIELD``, ``cover:PRODUCT``, ``reserve:STOCK``, ``slip:PROJECT``, ``built:PROJECT``,
            ``capacity:PRODUCER`` or ``link:SELLER > PRODUCT > BUYER``.
        value: stated; 1 for the factors on cover, stock, capacity and what a link lets through; 1 where a project is built, 0 where not.
        unit: of the number.
        field: where `Draws` hold it.
        key: key of the field where it is a mapping.
        rows: of the array (class nodes, links of classes), where not all are the number's.
    """

    name: str
    value: float
    unit: str
    field: str
    key: str | tuple[str, str] | None = None
    rows: Any = None

    def held_in(self, fields: Any) -> Any:
        """The array of the number among `Draws.arrays`, or among derivatives by them."""
        return fields[self.field] if self.key is None else fields[self.field][self.key]

    def of(self, fields: Any) -> Any:
        """Sum of a derivative's entries that belong to the number, (draws,)."""
        entries = self.held_in(fields)
        return entries if self.rows is None else entries[self.rows].sum(axis=0)


@dataclass(frozen=True)
class Case:
    """A scenario on a world with its measures compiled."""

    scenario: Scenario
    world: World
    network: Network
    regimes: Regimes
    parameters: dict[str, float]
    clock: Clock

    def setup(self, draws: Draws, backend: Backend = NUMPY) -> Setup:
        """The setup of some draws."""
        return build_setup(
            self.network,
            self.clock,
            regimes=self.regimes,
            parameters=self.parameters,
            rules=self.scenario.chosen,
            numbers=self.scenario.rule_numbers(),
            home_first=self.scenario.home_first,
            demand_factor=demand_factors(self.scenario, self.network, self.clock),
            draws=draws,
            backend=backend,
        )

    def stated(self, count: int = 1, *, factors: bool = False) -> Draws:
        """Draws that all stand at the stated values, if asked with a factor on all that an ensemble draws and that moves something."""
        network, ones = self.network, np.ones(count)
        projects = network.projects
        return Draws(
            count=count,
            parameters={name: ones * value for name, value in self.parameters.items() if name not in FIXED},
            administration={
                (regime.label, field): ones * number.value
                for regime in self.regimes.regimes[1:]
                for field, number in regime.administration.items()
            },
            cover=np.ones((len(network.products), count)),
            reserve=np.ones((len(network.stocks.labels), count)),
            built=(projects.chance >= 0.5)[:, None] * ones,
            slip=projects.slip_days[:, None] * ones,
            capacity=np.ones((network.nodes.producers, count)),
            gate=np.ones((len(network.links), count)),
            factors={kind: np.ones((len(labels), count)) for kind, labels in self._factor_labels().items()}
            if factors
            else {},
        )

    def factors(self) -> list[Number]:
        """The numbers that `stated` holds as factors beside those of `numbers`, named as an ensemble names them."""
        return [
            Number(f"{kind}:{label}", 1.0, "factor", "factors", kind, rows)
            for kind, labels in self._factor_labels().items()
            for label, rows in _rows(labels).items()
        ]

    def _factor_labels(self) -> dict[str, Sequence[str]]:
        labels = factor_labels(self.network, self.world)
        return {kind: groups for kind, groups in labels.items() if kind not in VALUING and len(groups)}

    def numbers(self) -> list[Number]:
        """Every number that `Draws` hold, in a fixed order."""
        network = self.network
        units = {name: each.unit for name, each in default_parameters().items()}
        found = [
            Number(f"parameter:{name}", value, units[name], "parameters", name)
            for name, value in self.parameters.items()
            if name not in FIXED
        ]
        for regime in self.regimes.regimes[1:]:
            for field, number in regime.administration.items():
                unit = "days" if field.endswith("_days") else "share"
                key = (regime.label, field)
                found.append(Number(f"{regime.label}:{field}", number.value, unit, "administration", key))
        found += _factors("cover", network.products, np.arange(len(network.products)), "cover")
        found += _factors("reserve", network.stocks.labels, np.arange(len(network.stocks.labels)), "reserve")
        for name, rows in _rows(network.projects.labels).items():
            first = rows[0]
            found.append(Number(f"slip:{name}", float(network.projects.slip_days[first]), "days", "slip", rows=rows))
            found.append(
                Number(f"built:{name}", float(network.projects.chance[first] >= 0.5), "share", "built", rows=rows)
            )
        nodes = network.nodes
        found += _factors("capacity", nodes.parent_labels, nodes.parent[: nodes.producers], "capacity")
        found += _factors("link", link_labels(self.world), network.links.row, "gate")
        return found

    def evaluate(self, draws: Draws, scalar: Scalar) -> Any:
        """The result of each draw, (draws,), by NumPy, in blocks."""
        values = []
        for start in range(0, draws.count, BLOCK):
            setup = self.setup(_part(draws, slice(start, min(start + BLOCK, draws.count))))
            recorder = SumRecorder(scalar, setup)
            run_steps(setup, recorder)
            values.append(recorder.total)
        return np.concatenate(values)


def build_case(scenario: Scenario, world: World, *, as_of: dt.date | None = None) -> Case:
    """A scenario on a world, ready to be run with its numbers changed.

    Args:
        scenario, world: what is run.
        as_of: information date: measures announced later do not exist.
    """
    network = build_network(world)
    regimes, parameters = prepare_measures(scenario, world, network, as_of=as_of)
    clock = Clock(start=scenario.start, steps=scenario.steps, step_days=scenario.step_days)
    return Case(scenario, world, network, regimes, parameters, clock)


def chosen_numbers(numbers: Sequence[AnyNumber], by: Sequence[str]) -> list[AnyNumber]:
    """The numbers that some names or patterns (``capacity:*``) mean.

    Raises:
        InputError: names every pattern that matches nothing.
    """
    problems = Problems("by")
    names = [number.name for number in numbers]
    for pattern in by:
        if not any(fnmatchcase(name, pattern) for name in names):
            problems.add(why="there is no such number", cure=nearest(pattern, names), value=pattern)
    problems.raise_if_any()
    return [number for number in numbers if any(fnmatchcase(number.name, pattern) for pattern in by)]


def changed(case: Case, changes: Sequence[tuple[Number, float]]) -> Draws:
    """Draws of which each has one number changed: the first the first, and so on.

    Args:
        case: what is run.
        changes: numbers with their new values.
    """
    draws = case.stated(len(changes), factors=any(number.field == "factors" for number, _ in changes))
    arrays = draws.arrays()
    for column, (number, value) in enumerate(changes):
        held = number.held_in(arrays)
        held[(..., column) if number.rows is None else (number.rows, column)] = value
    return draws


def link_labels(world: World) -> list[str]:
    """``seller > product > buyer`` of each row of the table ``links``, with the way where rows differ only in it."""
    links = world.tables["links"]
    columns = (links["producer"], links["product"], links["consumer"], links["route"], links["via"])
    plain = [f"{seller} > {product} > {buyer}" for seller, product, buyer, _, _ in zip(*columns, strict=True)]
    seen = {name for name in plain if plain.count(name) > 1}
    ways = [via or route for *_, route, via in zip(*columns, strict=True)]
    return [f"{name} ({way})" if name in seen else name for name, way in zip(plain, ways, strict=True)]


def _factors(prefix: str, labels: Sequence[str], owner: Any, field: str) -> list[Number]:
    """A factor for each label that owns rows."""
    rows = _rows([labels[index] for index in owner])
    return [Number(f"{prefix}:{name}", 1.0, "factor", field, rows=index) for name, index in rows.items()]


def _rows(names: Sequence[str]) -> dict[str, Any]:
    found: dict[str, list[int]] = {}
    for row, name in enumerate(names):
        found.setdefault(name, []).append(row)
    return {name: np.array(rows) for name, rows in found.items()}


def _part(draws: Draws, part: slice) -> Draws:
    """Some of the draws."""
    picked: dict[str, Any] = {}
    for name, values in draws.arrays().items():
        picked[name] = (
            {key: each[..., part] for key, each in values.items()} if isinstance(values, dict) else values[..., part]
        )
    return Draws.of_arrays(picked)
