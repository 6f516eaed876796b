"""What a rule can answer, and which answer is the stronger one.

Severity follows the decision rules: a prohibition outranks a licence that is refused in principle, that outranks a
licence decided case by case, and so on. ``NEED_FACT`` stands directly above ``SUSPENDED`` and ``NOT_CAUGHT``, so that one
regime's "not caught" never hides another's missing fact. ``NOT_CAUGHT`` means "not by this rule", never "cleared".
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum


class Outcome(Enum):
    """An answer and its severity (higher is stronger). Severities are ranks: only their order means something."""

    PROHIBITED = ("PROHIBITED", 90)
    LICENCE_DENY = ("LICENCE_DENY", 80)
    LICENCE = ("LICENCE", 75)
    LICENCE_CASE = ("LICENCE_CASE", 70)
    LICENCE_STD = ("LICENCE_STD", 60)
    NOTIFY = ("NOTIFY", 50)
    EXCEPTION = ("EXCEPTION", 48)
    NEED_FACT = ("NEED_FACT", 40)
    SUSPENDED = ("SUSPENDED", 30)
    ALLOWED = ("ALLOWED", 12)
    NOT_CAUGHT = ("NOT_CAUGHT", 10)
    SUBJECT_TO_EAR = ("SUBJECT_TO_EAR", 5)
    NOT_SUBJECT = ("NOT_SUBJECT", 4)

    def __init__(self, code: str, severity: int) -> None:
        self.code = code
        self.severity = severity

    @property
    def binds(self) -> bool:
        """True where the shipment may not simply go: something must be asked, reported or stopped today."""
        return self.severity >= Outcome.EXCEPTION.severity

    @property
    def needs_licence(self) -> bool:
        return Outcome.LICENCE_STD.severity <= self.severity <= Outcome.LICENCE_DENY.severity


BY_CODE = {outcome.code: outcome for outcome in Outcome}


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome, and for a suspended rule what it would be if it ran and the date printed in the suspending text."""

    outcome: Outcome
    inner: Outcome | None = None
    until: date | None = None

    @property
    def code(self) -> str:
        """The answer in the grammar of the case tables, e.g. ``SUSPENDED(LICENCE_STD,2026-11-10)``."""
        if self.outcome is Outcome.SUSPENDED and self.inner is not None:
            printed = self.until.isoformat() if self.until else "open"
            return f"SUSPENDED({self.inner.code},{printed})"
        return self.outcome.code

    @property
    def rank(self) -> tuple[int, int]:
        """Sorts answers by strength; among suspended ones by what they would be if they ran."""
        return (self.outcome.severity, self.inner.severity if self.inner else 0)


NOT_CAUGHT = Answer(Outcome.NOT_CAUGHT)
NEED_FACT = Answer(Outcome.NEED_FACT)
