"""The page *Claims*: the registry at once, and the model's answers from a process of their own, with progress and cancel.

The answers are those of ``standoff audit`` with its defaults. They are worked out once in the life of a server; whoever asks while they
are, waits for the same answers.
"""

from __future__ import annotations

import os
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import asdict, dataclass, field
from multiprocessing import get_context
from threading import Lock
from typing import Any

from standoff.studies.claims.audit import SCENARIOS, TESTS, audit, untested_verdict
from standoff.studies.claims.registry import Claim, read_claims, read_researched

WORLD, DRAWS, SEED = "rare-earths", 128, 0
"""As ``standoff audit`` has them."""
POLITENESS = 10
"""How far the draws stand back, as a niceness of the operating system: a lever that moves comes first."""


class _Cancelled(Exception):  # noqa: N818 - how the draws are left when somebody stops them
    pass


_HERE: dict[str, Any] = {}
"""In the worker process, set once when it starts: the flag that stops it and the draws done."""


def claim_list() -> list[dict[str, Any]]:
    """Every claim with what research found, those first for which the model has the mechanism; nothing here is computed."""
    researched = read_researched()
    found = [_claim(claim, researched[claim.id]) for claim in read_claims()]
    return sorted(found, key=lambda claim: bool(claim["verdict"]))


def _claim(claim: Claim, researched: dict[str, str]) -> dict[str, Any]:
    values = asdict(claim)
    return {
        **{name: values[name] for name in ("id", "text", "date", "kind", "quantity", "system", "test")},
        "paraphrase": {"en": claim.paraphrase, "zh": claim.paraphrase_zh or claim.paraphrase},
        "verdict": "" if claim.id in TESTS else untested_verdict(claim),
        "found": researched["verdict"],
        "finding": researched["figure_found"],
        "document": researched["source_url"],
        "confidence": researched["confidence"],
    }


@dataclass
class Audits:
    """The one audit of a server."""

    lock: Lock = field(default_factory=Lock)
    pool: ProcessPoolExecutor | None = None
    job: Future[Any] | None = None
    answers: list[dict[str, Any]] | None = None
    shared: Any = None

    def begin(self) -> dict[str, Any]:
        """Start the audit unless it runs or is done."""
        with self.lock:
            if self.answers is None and self.job is None:
                context = get_context("spawn")
                self.shared = context.RawArray("i", 2)
                self.pool = ProcessPoolExecutor(1, mp_context=context, initializer=_start, initargs=(self.shared,))
                self.job = self.pool.submit(_work)
        return self.look()

    def look(self) -> dict[str, Any]:
        """How far the audit is; with the answers once it is done."""
        with self.lock:
            if self.job is not None and self.job.done():
                over = self.job
                self._end()
                self.answers = None if over.cancelled() else over.result()
            running = self.job is not None
            return {
                "state": "running" if running else "idle" if self.answers is None else "done",
                "draws": DRAWS * len(SCENARIOS),
                "done": int(self.shared[1]) if running else 0,
                "world": WORLD,
                "answers": self.answers,
            }

    def cancel(self) -> None:
        """Stop the audit if it runs."""
        with self.lock:
            if self.job is not None:
                self.shared[0] = 1
                self.job.cancel()

    def close(self) -> None:
        """End the worker process."""
        self.cancel()
        with self.lock:
            self._end()

    def _end(self) -> None:
        if self.pool is not None:
            self.pool.shutdown(wait=False, cancel_futures=True)
        self.pool, self.job = None, None


def _start(shared: Any) -> None:
    if hasattr(os, "nice"):
        os.nice(POLITENESS)
    _HERE["shared"] = shared


def _work() -> list[dict[str, Any]] | None:
    """In the worker: the answers where there is a mechanism, None if somebody stopped it."""

    def watch(done: int) -> None:
        _HERE["shared"][1] = done
        if _HERE["shared"][0]:
            raise _Cancelled

    try:
        found = audit(world=WORLD, draws=DRAWS, seed=SEED, progress=watch)
    except _Cancelled:
        return None
    return [
        {"id": row["id"], "verdict": row["computed_verdict"], "answer": row["answer"]} for row in found if row["answer"]
    ]
