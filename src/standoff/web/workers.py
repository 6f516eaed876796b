"""Processes of the page: runs and draws are made there, so that the server itself always answers."""

from __future__ import annotations

import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext
from typing import Any

from standoff.simulate.allocator import keep_freed_memory
from standoff.simulate.scenario import Scenario
from standoff.web.engine import Engine
from standoff.web.requests import RunRequest
from standoff.world.network import Network
from standoff.world.tables import World

WORKERS = min(os.cpu_count() or 1, 2)
"""Processes of a kind: runs for the page, and draws for its bands."""
PRELOADED = ["standoff.simulate.ensemble", "standoff.web.engine", "scipy.stats"]

_HERE: dict[str, Engine] = {}
"""What this worker keeps of worlds and measures, set once when it starts."""


def context() -> BaseContext:
    """How workers start: from a process that has read the code once, where the system can do that; else each for itself."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    found = multiprocessing.get_context("forkserver")
    found.set_forkserver_preload(PRELOADED)
    return found


def pool(processes: int, *, start: Callable[..., None], arguments: tuple[Any, ...] = ()) -> ProcessPoolExecutor:
    """Workers that call ``start`` when they begin."""
    return ProcessPoolExecutor(processes, mp_context=context(), initializer=start, initargs=arguments)


def begin() -> Engine:
    """Make this worker ready: the world and the measures of the first scenario are there before they are asked for."""
    threading.Thread(target=_end_with_the_server, daemon=True).start()
    keep_freed_memory()
    engine = Engine()
    _HERE["engine"] = engine
    engine.compile(*engine.asked(RunRequest()))
    return engine


def _end_with_the_server() -> None:
    """A server that is killed cannot end its workers: each ends itself."""
    server = multiprocessing.parent_process()
    if server is not None:
        server.join()
        os._exit(0)


def found_here(scenario: Scenario, world: str | World) -> tuple[Engine, World, Network]:
    """In a worker: what it keeps, and the world that a scenario runs on.

    Args:
        scenario: what is run.
        world: name of a bundled world, or one that was uploaded.
    """
    engine = _HERE["engine"]
    name = world if isinstance(world, str) else engine.keep_world(world)
    return engine, *engine.world_of(scenario, name)


def nothing() -> None:
    """A task that only has a worker started."""
