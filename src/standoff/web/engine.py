"""Worlds, networks and compiled measures that are kept between questions, and the run that answers one."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

from standoff.errors import refuse
from standoff.measures.gates import Regimes
from standoff.results.result import Result
from standoff.simulate.api import prepare_measures, scenario_world, simulate
from standoff.simulate.scenario import Scenario
from standoff.web.newest import Newest
from standoff.web.payload import RECORDS, payload, run_id
from standoff.web.requests import RunRequest, scenario_of
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import World, bundled_worlds, read_world

if TYPE_CHECKING:
    from standoff.simulate.ensemble import Job

MOST_WORLDS = 4
"""Of those that were uploaded, and of those that are mirrored."""
MOST_COMPILED = 8
MOST_PLANS = 2


@dataclass
class Engine:
    """Everything that lives between two requests. Bounded: the oldest goes first."""

    worlds: dict[str, tuple[World, Network]] = field(default_factory=dict)
    uploaded: Newest[tuple[World, Network]] = field(default_factory=lambda: Newest(MOST_WORLDS))
    mirrored: Newest[tuple[World, Network]] = field(default_factory=lambda: Newest(MOST_WORLDS))
    compiled: Newest[Regimes] = field(default_factory=lambda: Newest(MOST_COMPILED))
    plans: Newest[Job] = field(default_factory=lambda: Newest(MOST_PLANS))
    running: Lock = field(default_factory=Lock)

    def compile(self, scenario: Scenario, world: World, network: Network) -> None:
        """Compile the measures of a scenario, so that they are there when it is run."""
        prepare_measures(scenario, world, network, kept=self.compiled)

    def answer(self, scenario: Scenario, world: World, network: Network) -> bytes:
        """What the page shows of a run of the full model, as JSON."""
        return as_json(payload(simulate(scenario, world, network, kept=self.compiled, record=RECORDS)))

    def planned(self, scenario: Scenario, world: World, network: Network, *, draws: int, seed: int) -> Job:
        """The draws of a scenario, planned once for all parts that are run here."""
        from standoff.simulate.ensemble import plan_ensemble

        key = f"{run_id(scenario, world)} {draws} {seed}"
        if key not in self.plans:
            self.plans[key] = plan_ensemble(
                scenario, world, draws=draws, seed=seed, network=network, kept=self.compiled
            )
        return self.plans[key]

    def result(self, request: RunRequest) -> Result:
        """The whole result, for a download."""
        scenario = scenario_of(request)
        world, network = self.world_of(scenario, request.world)
        with self.running:
            return simulate(scenario, world, network)

    def asked(self, request: RunRequest) -> tuple[Scenario, World, Network]:
        """What a request asks for, and the world that it runs on."""
        scenario = scenario_of(request)
        return scenario, *self.world_of(scenario, request.world)

    def named(self, name: str) -> str | World:
        """A world as another process can come by it: the name of one that is bundled, or the uploaded one itself."""
        return self.uploaded[name][0] if name in self.uploaded else name

    def world_of(self, scenario: Scenario, name: str) -> tuple[World, Network]:
        """The world that a scenario runs on: its own or another, mirrored where it says so."""
        world, network = self.world(name or scenario.world)
        if scenario.mirror is None:
            return world, network
        key = f"{world.fingerprint} {scenario.mirror}"
        if key not in self.mirrored:
            mirrored = scenario_world(scenario, world)
            self.mirrored[key] = (mirrored, build_network(mirrored))
        return self.mirrored[key]

    def world(self, name: str) -> tuple[World, Network]:
        """A bundled world by name or an uploaded one by its id. Raises InputError for any other word."""
        if name in self.uploaded:
            return self.uploaded[name]
        if name not in bundled_worlds():
            raise refuse(
                "world",
                why="there is no such world here",
                cure="Choose one of " + ", ".join(bundled_worlds()) + ", or upload yours again",
                value=name,
            )
        if name not in self.worlds:
            world = read_world(name)
            self.worlds[name] = (world, build_network(world))
        return self.worlds[name]

    def keep_world(self, world: World) -> str:
        """Keep an uploaded world in memory; returns the id by which requests name it."""
        name = f"uploaded-{world.fingerprint[:12]}"
        if name not in self.uploaded:
            self.uploaded[name] = (world, build_network(world))
        return name


def as_json(content: Any) -> bytes:
    """Compact JSON in UTF-8."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
