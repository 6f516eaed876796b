"""Single runs for the page, in workers: of a page's requests the newest wins, and equal questions are answered from memory."""

from __future__ import annotations

import asyncio
import heapq
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field

from standoff.simulate.scenario import Scenario
from standoff.web import workers
from standoff.web.newest import Newest
from standoff.world.tables import World

MOST_ANSWERS = 256
MOST_CLIENTS = 1000


class Superseded(Exception):  # noqa: N818 - not an error: a newer request of the same page is on its way
    """A newer request of the same page has arrived."""


@dataclass
class Runs:
    """The runs of a server. The first worker takes what it can, so that one page meets a worker that knows its measures."""

    answers: Newest[bytes] = field(default_factory=lambda: Newest(MOST_ANSWERS))
    newest: Newest[int] = field(default_factory=lambda: Newest(MOST_CLIENTS))
    free: list[int] = field(default_factory=lambda: list(range(workers.WORKERS)))
    room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(workers.WORKERS))
    pools: dict[int, ProcessPoolExecutor] = field(default_factory=dict)

    def announce(self, client: str) -> int:
        """Note a request of a page; its number says later whether it is still the newest."""
        self.newest[client] = self.newest.get(client, 0) + 1
        return self.newest[client]

    async def run(
        self, scenario: Scenario, world: str | World, *, key: str, client: str = "", number: int = 0
    ) -> bytes:
        """The answer to a request as JSON.

        Args:
            scenario: what is run.
            world: name of a bundled world, or one that was uploaded.
            key: names the run: equal keys are equal answers.
            client: the page that asks; empty if it does not say.
            number: of the request among those of the page, from `announce`.

        Raises:
            Superseded: a newer request of the same page has arrived while this one waited.
            InputError, ModelError: what the request asks for cannot be.
        """
        async with self.room:
            if client and self.newest.get(client, number) != number:
                raise Superseded
            found = self.answers.get(key)
            if found is None:
                worker = heapq.heappop(self.free)
                try:
                    loop = asyncio.get_running_loop()
                    found = await loop.run_in_executor(self._pool(worker), _run, scenario, world)
                except BrokenProcessPool:  # the system took the process away: the next run gets another
                    self.pools.pop(worker).shutdown(wait=False)
                    raise
                finally:
                    heapq.heappush(self.free, worker)
                self.answers[key] = found
            return found

    async def warm(self) -> None:
        """Start the workers now, the first one first, so that neither the first lever nor the second page waits for one."""
        for worker in range(workers.WORKERS):
            await asyncio.get_running_loop().run_in_executor(self._pool(worker), workers.nothing)

    def close(self) -> None:
        """End the workers."""
        for pool in self.pools.values():
            pool.shutdown(cancel_futures=True)
        self.pools.clear()

    def _pool(self, worker: int) -> ProcessPoolExecutor:
        if worker not in self.pools:
            self.pools[worker] = workers.pool(1, start=_start)
        return self.pools[worker]


def _start() -> None:
    workers.begin()


def _run(scenario: Scenario, world: str | World) -> bytes:
    """In a worker: the answer to a request."""
    engine, exists, network = workers.found_here(scenario, world)
    return engine.answer(scenario, exists, network)
