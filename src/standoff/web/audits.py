"""The page *Claims*: the registry at once, and the model's answers from a process of their own, with progress and cancel.

The answers are those of ``standoff audit`` with its defaults. They are worked out once in the life of a server; whoever asks while they
are, waits for the same answers.
"""

from __future__ import annotations

import os
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


def claim_list() -> list[dict[str, Any]]:
    """Every claim with what research found, those first for which the model has the mechanism; nothing here is computed."""
    researched = read_researched()
    found = [_claim(claim, researched[claim.id]) for claim in read_claims()]
    return sorted(found, key=lambda claim: bool(claim["verdict"]))


def _claim(claim: Claim, researched: dict[str, str]) -> dict[str, Any]:
    values = asdict(claim)
    return {
        **{name: values[name] for name in ("id", "text", "date", "kind", "quantity", "system")},
        "paraphrase": _both(claim.paraphrase, claim.paraphrase_zh),
        "test": _both(claim.test, claim.test_zh),
        "speaker": _both(claim.speaker, claim.speaker_zh),
        "cites": _both(claim.cites, claim.cites_zh),
        "cites_found": researched["document_found"],
        "verdict": "" if claim.id in TESTS else untested_verdict(claim),
        "found": researched["verdict"],
        "finding": _both(researched["figure_found"], researched["figure_found_zh"]),
        "document": researched["source_url"],
        "confidence": researched["confidence"],
    }


def _both(english: str, chinese: str) -> dict[str, str]:
    return {"en": english, "zh": chinese or english}


@dataclass
class Audits:
    """The one audit of a server."""

    lock: Lock = field(default_factory=Lock)
    process: Any = None
    receiver: Any = None
    done: Any = None
    answers: list[dict[str, Any]] | None = None

    def begin(self) -> dict[str, Any]:
        """Start the audit unless it runs or is done."""
        with self.lock:
            if self.answers is None and self.process is None:
                context = get_context("spawn")
                self.done = context.RawValue("i", 0)
                self.receiver, sender = context.Pipe(duplex=False)
                self.process = context.Process(target=_work, args=(sender, self.done), daemon=True)
                self.process.start()
                sender.close()
        return self.look()

    def look(self) -> dict[str, Any]:
        """How far the audit is; with the answers once it is done."""
        with self.lock:
            if self.process is not None and self.receiver.poll():
                self.answers = self._received()
                self._end()
            running = self.process is not None
            return {
                "state": "running" if running else "idle" if self.answers is None else "done",
                "draws": DRAWS * len(SCENARIOS),
                "done": self.done.value if running else 0,
                "world": WORLD,
                "answers": self.answers,
            }

    def cancel(self) -> None:
        """Stop the audit if it runs: its process ends at once."""
        with self.lock:
            self._end()

    def _received(self) -> list[dict[str, Any]] | None:
        """The answers; None where the process ended without any."""
        try:
            answers: list[dict[str, Any]] = self.receiver.recv()
        except EOFError:
            return None
        return answers

    def _end(self) -> None:
        if self.process is not None:
            self.process.terminate()
            self.process.join()
            self.receiver.close()
        self.process = None


def _work(sender: Any, done: Any) -> None:
    """In the process: send the answers where there is a mechanism."""
    if hasattr(os, "nice"):
        os.nice(POLITENESS)

    def watch(draws: int) -> None:
        done.value = draws

    found = audit(world=WORLD, draws=DRAWS, seed=SEED, progress=watch)
    sender.send(
        [
            {"id": row["id"], "verdict": row["computed_verdict"], "answer": row["answer"]}
            for row in found
            if row["answer"]
        ]
    )
