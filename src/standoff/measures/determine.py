"""A transaction on a date: what is asked of it, by which rule, and what fact is missing.

Every rule that the item does not rule out is tested. Yes gives a finding; reliefs (general licence, certificate route, exemption)
lighten findings; the strongest is the answer. A rule that comes out unknown and could ask for more turns "not caught" and
"suspended" into ``NEED_FACT``; beside a binding answer its missing facts are listed.
"""

from __future__ import annotations

from datetime import date

from standoff.measures.context import Context
from standoff.measures.determination import Determination, Finding, lightened
from standoff.measures.outcome import NEED_FACT, NOT_CAUGHT, Answer, Outcome
from standoff.measures.register import Register
from standoff.measures.rulebook import Rule
from standoff.measures.settings import DEFAULT_SETTINGS, Settings
from standoff.measures.transaction import Transaction

NOTHING: frozenset[str] = frozenset()


def determine(
    transaction: Transaction,
    on: date,
    register: Register,
    settings: Settings = DEFAULT_SETTINGS,
    *,
    measures: frozenset[str] | None = None,
    presumed: frozenset[str] = NOTHING,
) -> Determination:
    """What this transaction meets on this day.

    Args:
        transaction: the facts, as far as they are known.
        on: the day of export, re-export or transfer.
        register: the measures that exist.
        settings: readings of the open texts and the truce scenario.
        measures: answer for these measures alone (conditions still see the whole register).
        presumed: facts that the question takes for granted, e.g. ``dual_use_item``.

    Returns:
        The determination; "not caught" means by these rules, never "cleared".
    """
    rulebook = register.rulebook(settings)
    interval = rulebook.interval(on)
    context = Context(transaction, rulebook, interval, presumed)
    reliefs = [(rule, answer) for rule, answer in interval.relieving if context.limb(rule.number)]
    findings: list[Finding] = []
    unsettled: list[Finding] = []
    for rule, answer in rulebook.candidates(interval, transaction.item):
        if measures is not None and rule.measure.id not in measures:
            continue
        truth = context.limb(rule.number)
        if truth is False:
            continue
        finding = _finding(rule, answer, reliefs, None if truth else context)
        if truth:
            findings.append(finding)
        elif finding.answer.outcome is not Outcome.NOT_CAUGHT:
            unsettled.append(finding)
    return _combine(context, on, findings, unsettled)


def _finding(rule: Rule, answer: Answer, reliefs: list[tuple[Rule, Answer]], context: Context | None) -> Finding:
    left, by = answer, None
    for relief, lighter in reliefs:
        candidate = lightened(left, rule.measure.id, relief.limb, lighter)
        if candidate is not left:
            left, by = candidate, relief
    return Finding(
        measure=rule.measure,
        limb=rule.limb,
        answer=left,
        original=answer,
        relieved_by=by.key if by else "",
        relieving=by.measure if by else None,
        number=rule.number,
        context=context,
    )


def _combine(context: Context, on: date, findings: list[Finding], unsettled: list[Finding]) -> Determination:
    findings.sort(key=_strength, reverse=True)
    best = findings[0] if findings else None
    answer = best.answer if best else NOT_CAUGHT
    deciding = best
    open_findings = [each for each in unsettled if each.answer.rank > answer.rank]
    if open_findings:
        open_findings.sort(key=_strength, reverse=True)
        if not answer.outcome.binds:
            answer, deciding = NEED_FACT, open_findings[0]
    return Determination(
        on=on,
        answer=answer,
        findings=tuple(findings),
        open_findings=tuple(open_findings),
        deciding=deciding,
        context=context,
    )


def _strength(finding: Finding) -> tuple[tuple[int, int], int]:
    """Stronger answers first; of equal ones the younger text, which is the more special one."""
    return finding.answer.rank, finding.limb.effective.toordinal()
