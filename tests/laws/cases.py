"""A random world under random measures, run: what the invariants are tested on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from standoff.model.economy import RuleNumbers
from standoff.model.parameters import parameter_values
from standoff.model.rulesets import SETS
from standoff.simulate.draws import Clock
from standoff.simulate.initial import resting_state
from standoff.simulate.record import FullRecorder
from standoff.simulate.run import run_steps
from standoff.simulate.setup import Setup, build_setup
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import World
from worlds import START, Act, Shape, build_world, compile_acts, random_acts

STEPS = 80


@dataclass(frozen=True)
class Run:
    """One run of one network."""

    network: Network
    setup: Setup
    records: Any
    first: Any


@dataclass(frozen=True)
class Case:
    """A world, its network, what is done to it, and changes of demand."""

    world: World
    network: Network
    clock: Clock
    acts: tuple[Act, ...]
    demand: Any

    def run(self, **options: Any) -> Run:
        """Run the case; options are those of `run_network`."""
        return run_network(self.network, self.clock, acts=list(self.acts), **{"demand": self.demand, **options})


def run_network(
    network: Network,
    clock: Clock,
    *,
    acts: list[Act],
    demand: Any = None,
    rules: dict[str, str] | None = None,
    numbers: RuleNumbers | None = None,
    parameters: dict[str, float] | None = None,
) -> Run:
    """Run acts on a network and keep everything."""
    setup = build_setup(
        network,
        clock,
        regimes=compile_acts(network, clock, acts),
        parameters=parameter_values(parameters or {}),
        rules=SETS["standoff"] | (rules or {}),
        numbers=numbers,
        demand_factor=demand,
    )
    recorder = FullRecorder(setup, resting_state(setup))
    records = run_steps(setup, recorder).records()
    return Run(network, setup, records, recorder.first)


def clock_of(steps: int = STEPS, step_days: float = 7.0) -> Clock:
    return Clock(START, steps, step_days)


def case_of(shape: Shape, *, steps: int = STEPS) -> Case:
    """The case of a shape: half of the worlds also see demand rise for a while."""
    world, clock = build_world(shape), clock_of(steps)
    network = build_network(world)
    rng = np.random.default_rng([7, shape.seed])
    uses = len(network.nodes) - network.nodes.producers
    demand = np.ones((steps, uses))
    if rng.random() < 0.5:
        begin = int(rng.integers(steps // 2))
        demand[begin : begin + int(rng.integers(4, steps // 2))] = float(rng.uniform(0.7, 1.8))
    acts = random_acts(network, clock, seed=int(rng.integers(2**32)))
    return Case(world, network, clock, tuple(acts), demand)
