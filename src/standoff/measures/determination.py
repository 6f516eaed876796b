"""The answer to one question: outcome, the rule that decided, what is missing, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from standoff.measures.calendar import pause_on
from standoff.measures.context import Context
from standoff.measures.measure import Limb, Measure, Suspension
from standoff.measures.outcome import NEED_FACT, Answer, Outcome
from standoff.measures.red_flags import red_flags

DISCLAIMER = "This is not legal advice: rules are read from public texts, and the texts decide."
DAYS_OF_FIVE = 7 / 5
SURENESS = ("sourced", "sourced with note", "claimed", "assumed")


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule's word on the transaction.

    Attributes:
        answer: what it asks after reliefs.
        original: what it would ask without them.
        relieved_by: key of the relieving rule, if one applied.
        number: the rule's number in its rulebook.
        context: for an open finding, what it was asked of; then ``answer`` is what it would be if the missing facts turned out
            against the shipper.
    """

    measure: Measure
    limb: Limb
    answer: Answer
    original: Answer
    relieved_by: str = ""
    relieving: Measure | None = None
    number: int = -1
    context: Context | None = field(default=None, repr=False, compare=False)

    @property
    def missing(self) -> tuple[str, ...]:
        """The facts that an open finding lacks; worked out when asked, because most askers want the outcome only."""
        return () if self.context is None else self.context.rulebook.missing(self.context, self.number)

    @property
    def key(self) -> str:
        return f"{self.measure.id}/{self.limb.id}"

    @property
    def clause(self) -> str:
        return self.limb.text


def lightened(answer: Answer, measure: str, relief: Limb, lighter: Answer) -> Answer:
    """The answer after a relief, or the same object where the relief does not reach it. A paused relief lightens paused rules only."""
    terms = relief.relief
    if terms is None or not _matches(measure, terms.measures):
        return answer
    suspended = answer.outcome is Outcome.SUSPENDED
    asked = answer.inner if suspended else answer.outcome
    offered = lighter.inner if lighter.outcome is Outcome.SUSPENDED else lighter.outcome
    if asked is None or offered is None or (lighter.outcome is Outcome.SUSPENDED and not suspended):
        return answer
    if asked.severity > terms.ceiling.severity or offered.severity >= asked.severity:
        return answer
    return Answer(Outcome.SUSPENDED, offered, answer.until) if suspended else Answer(offered)


def _matches(measure: str, patterns: Iterable[str]) -> bool:
    return any(measure == each or (each.endswith("*") and measure.startswith(each[:-1])) for each in patterns)


def reaches(finding: Finding, relief: Limb, lighter: Answer) -> bool:
    return lightened(finding.answer, finding.measure.id, relief, lighter) is not finding.answer


@dataclass(frozen=True, slots=True)
class DecidedBy:
    measure: str
    limb: str
    clause: str


@dataclass(frozen=True, slots=True)
class Determination:
    """What one transaction meets on one date.

    Attributes:
        answer: the strongest answer over the regimes asked.
        findings: every rule that applies, strongest first.
        open_findings: rules that cannot be settled with the facts given, strongest first.
        deciding: the finding that set the answer; None for "not caught".
        context: the question that was asked.
    """

    on: date
    answer: Answer
    findings: tuple[Finding, ...]
    open_findings: tuple[Finding, ...]
    deciding: Finding | None
    context: Context = field(repr=False, compare=False)

    @property
    def subject_to_ear(self) -> bool | None:
        """Whether United States export rules have a say, as far as is known."""
        return self.context.subject_to_ear()

    @property
    def jurisdiction_by(self) -> DecidedBy | None:
        """The rule that brings the item under United States export rules, if one surely does."""
        rules = self.context.rulebook.rules
        for number in self.context.interval.jurisdiction:
            if self.context.limb(number):
                rule = rules[number]
                return DecidedBy(rule.measure.id, rule.limb.id, rule.limb.text)
        return None

    @property
    def jurisdiction_missing(self) -> tuple[str, ...]:
        """The facts that leave jurisdiction open."""
        if self.subject_to_ear is not None:
            return ()
        names: dict[str, None] = {}
        for number in self.context.interval.jurisdiction:
            if self.context.limb(number) is None:
                names.update(dict.fromkeys(self.context.rulebook.missing(self.context, number)))
        return tuple(names)

    @property
    def red_flags(self) -> tuple[str, ...]:
        """Things that are no rule but should be looked at."""
        return red_flags(self.context)

    @property
    def outcome(self) -> Outcome:
        return self.answer.outcome

    @property
    def code(self) -> str:
        """The outcome in the grammar of the case tables."""
        return self.answer.code

    @property
    def until(self) -> date | None:
        """For a suspended rule, the date printed in the suspending text."""
        return self.answer.until

    @property
    def policy(self) -> str:
        if self.deciding is None:
            return ""
        if self.deciding.relieving is not None:
            return self.deciding.relieving.policy
        return self.deciding.limb.policy or self.deciding.measure.policy

    @property
    def decided_by(self) -> DecidedBy | None:
        if self.deciding is None:
            return None
        if self.deciding.relieving is not None:
            measure, _, limb = self.deciding.relieved_by.partition("/")
            clause = next(each.text for each in self.deciding.relieving.limbs if each.id == limb)
            return DecidedBy(measure, limb, clause)
        return DecidedBy(self.deciding.measure.id, self.deciding.limb.id, self.deciding.clause)

    @property
    def missing(self) -> tuple[str, ...]:
        """Facts that could still change the answer, most important first."""
        names: dict[str, None] = {}
        for finding in self.open_findings:
            names.update(dict.fromkeys(finding.missing))
        return tuple(names)

    @property
    def _governing(self) -> tuple[Measure, ...]:
        if self.answer.outcome is Outcome.NEED_FACT:
            return tuple(finding.measure for finding in self.open_findings[:1])
        if self.deciding is None:
            return ()
        extra = (self.deciding.relieving,) if self.deciding.relieving else ()
        return (*extra, self.deciding.measure)

    @property
    def expected_delay_working_days(self) -> int | None:
        """The statutory review clock of the deciding measure; it may pause while an end user is verified."""
        if not self.answer.outcome.needs_licence or self.deciding is None:
            return None
        return self.deciding.measure.review_working_days

    @property
    def expected_delay_days(self) -> int | None:
        """The same in calendar days, five working days a week, public holidays not counted."""
        working = self.expected_delay_working_days
        return None if working is None else round(working * DAYS_OF_FIVE)

    @property
    def documents(self) -> tuple[str, ...]:
        if self.answer.outcome in (Outcome.NOT_CAUGHT, Outcome.NEED_FACT, Outcome.ALLOWED):
            return ()
        return tuple(dict.fromkeys(each for measure in self._governing for each in measure.documents))

    @property
    def sources(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each for measure in self._governing for each in measure.sources))

    @property
    def rests_on_truce(self) -> bool:
        """Whether a pause that exists only in the chosen truce scenario keeps a rule from running."""
        return any(pause.truces for pause in self._pauses)

    @property
    def _pauses(self) -> tuple[Suspension, ...]:
        settings = self.context.rulebook.settings
        paused = (each.limb for each in self.findings if each.original.outcome is Outcome.SUSPENDED)
        found = (pause_on(limb.suspensions, self.on, settings) for limb in paused)
        return tuple(pause for pause in found if pause is not None)

    @property
    def status(self) -> str:
        """How sure the rules are that the answer rests on, the least sure one: sourced, sourced with note, claimed, assumed.

        Pauses count: an answer that rests on an announced truce without a text is *claimed*. "Not caught" is as sure as the register.
        """
        statuses = [measure.status for measure in self._governing] + [pause.status for pause in self._pauses]
        return max(statuses, key=SURENESS.index, default="sourced with note")

    @property
    def could_lighten(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Reliefs that would lighten the answer if the facts that they lack turned out to hold: rule and facts."""
        if self.deciding is None or not self.outcome.binds:
            return ()
        rulebook = self.context.rulebook
        found = []
        for relief, lighter in self.context.interval.relieving:
            if self.context.limb(relief.number) is None and reaches(self.deciding, relief.limb, lighter):
                found.append((relief.key, rulebook.missing(self.context, relief.number)))
        return tuple(found)

    @property
    def by_measure(self) -> dict[str, str]:
        """Every measure that says something, and its strongest answer."""
        strongest: dict[str, Answer] = {}
        for finding in self.findings:
            known = strongest.get(finding.measure.id)
            if known is None or finding.answer.rank > known.rank:
                strongest[finding.measure.id] = finding.answer
        for finding in self.open_findings:
            if finding.measure.id not in strongest:
                strongest[finding.measure.id] = NEED_FACT
        return {identifier: answer.code for identifier, answer in strongest.items()}

    @property
    def trace(self) -> tuple[str, ...]:
        """One line a rule, strongest first: what it asks and why."""
        lines = []
        for finding in self.findings:
            relief = f", lightened from {finding.original.code} by {finding.relieved_by}" if finding.relieved_by else ""
            lines.append(f"{finding.key}: {finding.answer.code}{relief}. {finding.clause}")
        for finding in self.open_findings:
            lines.append(
                f"{finding.key}: open ({', '.join(finding.missing)}); could be {finding.answer.code}. {finding.clause}"
            )
        return tuple(lines)

    def as_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        decided = self.decided_by
        return {
            "on": self.on.isoformat(),
            "code": self.code,
            "outcome": self.outcome.code,
            "policy": self.policy,
            "decided_by": None
            if decided is None
            else {"measure": decided.measure, "limb": decided.limb, "clause": decided.clause},
            "until": self.until.isoformat() if self.until else None,
            "missing": list(self.missing),
            "expected_delay_days": self.expected_delay_days,
            "expected_delay_working_days": self.expected_delay_working_days,
            "documents": list(self.documents),
            "sources": list(self.sources),
            "status": self.status,
            "by_measure": self.by_measure,
            "subject_to_ear": self.subject_to_ear,
            "rests_on_truce": self.rests_on_truce,
            "could_lighten": [{"rule": rule, "missing": list(facts)} for rule, facts in self.could_lighten],
            "red_flags": list(self.red_flags),
            "trace": list(self.trace),
            "disclaimer": DISCLAIMER,
        }
