"""A register compiled for one reading of the open texts: conditions as closures, the calendar as intervals.

Between two change dates every rule is either running, paused or not there, so all that depends on the date alone is worked
out once per interval.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from standoff.measures.calendar import change_dates_of, pause_on, runs_on, without_absent_pauses
from standoff.measures.conditions import Test, Truth, compile_tree
from standoff.measures.item_tests import ITEM_LEAVES
from standoff.measures.measure import Limb, Measure
from standoff.measures.names import NameIndex
from standoff.measures.outcome import Answer, Outcome
from standoff.measures.settings import Settings
from standoff.measures.transaction import Item

if TYPE_CHECKING:
    from standoff.measures.context import Context

MOST_ITEMS_REMEMBERED = 4_000


@dataclass(frozen=True, slots=True)
class Rule:
    """One limb with the measure it belongs to, and its number in the rulebook."""

    number: int
    measure: Measure
    limb: Limb

    @property
    def key(self) -> str:
        return f"{self.measure.id}/{self.limb.id}"


@dataclass(frozen=True, slots=True)
class Interval:
    """What stands between two change dates.

    Attributes:
        start: first day.
        restricting, relieving: (rule, answer if its condition holds); a paused rule answers ``SUSPENDED``.
        jurisdiction: numbers of rules that bring something under the US regulations.
        control_lists: issuer and the rules of its control lists that run.
        list_kinds: lists in force and their kind.
        by_key: measure id, and ``measure/limb``, to the rules that are in the texts (running or paused).
    """

    start: date
    restricting: tuple[tuple[Rule, Answer], ...]
    relieving: tuple[tuple[Rule, Answer], ...]
    jurisdiction: tuple[int, ...]
    control_lists: dict[str, tuple[int, ...]]
    list_kinds: dict[str, str]
    by_key: dict[str, tuple[int, ...]]


class Rulebook:
    """Compiled conditions and intervals of one register under one ``Settings``."""

    def __init__(self, measures: Iterable[Measure], settings: Settings) -> None:
        # Imported here: transaction tests look at contexts, and contexts look at rulebooks.
        from standoff.measures.transaction_tests import LEAVES

        self.measures = tuple(without_absent_pauses(measures))
        self.settings = settings
        self.rules = tuple(
            Rule(number, measure, limb)
            for number, (measure, limb) in enumerate(
                (measure, limb) for measure in self.measures for limb in measure.limbs
            )
        )
        self.item_tests: list[Test[Item]] = [compile_tree(rule.limb.item, ITEM_LEAVES, settings) for rule in self.rules]
        self._without_item: list[Truth] = [rule.limb.item is None for rule in self.rules]
        self._with_item = [
            (rule.number, self.item_tests[rule.number].truth) for rule in self.rules if rule.limb.item is not None
        ]
        self.whens: list[Test[Context]] = [compile_tree(rule.limb.when, LEAVES, settings) for rule in self.rules]
        self.names = NameIndex(self.measures)
        self.lists = {measure.id: measure.party_list for measure in self.measures if measure.party_list is not None}
        self.change_dates = change_dates_of(self.measures, settings)
        self._intervals: dict[int, Interval] = {}
        self._items: dict[Item, tuple[Truth, ...]] = {}
        self._candidates: dict[tuple[int, Item], tuple[tuple[Rule, Answer], ...]] = {}

    def interval(self, on: date) -> Interval:
        number = bisect_right(self.change_dates, on)
        found = self._intervals.get(number)
        if found is None:
            found = self._intervals[number] = self._build(self.change_dates[number - 1] if number else date.min)
        return found

    def item_truths(self, item: Item) -> tuple[Truth, ...]:
        """For every rule, whether its item condition holds."""
        found = self._items.get(item)
        if found is None:
            truths: list[Truth] = self._without_item.copy()
            for number, truth in self._with_item:
                truths[number] = truth(item)
            found = tuple(truths)
            if len(self._items) >= MOST_ITEMS_REMEMBERED:
                self._items.clear()
            self._items[item] = found
        return found

    def candidates(self, interval: Interval, item: Item) -> tuple[tuple[Rule, Answer], ...]:
        """The restricting rules of this interval that the item does not rule out."""
        key = (interval.start.toordinal(), item)
        found = self._candidates.get(key)
        if found is None:
            truths = self.item_truths(item)
            found = tuple(pair for pair in interval.restricting if truths[pair[0].number] is not False)
            if len(self._candidates) >= MOST_ITEMS_REMEMBERED:
                self._candidates.clear()
            self._candidates[key] = found
        return found

    def missing(self, context: Context, number: int) -> tuple[str, ...]:
        """The facts that an unknown rule lacks."""
        item = context.transaction.item
        names: dict[str, None] = {}
        if context.items[number] is None:
            names.update(dict.fromkeys(self.item_tests[number].missing(item)))
        if self.whens[number].truth(context) is None:
            names.update(dict.fromkeys(self.whens[number].missing(context)))
        return tuple(names)

    def _build(self, start: date) -> Interval:
        restricting: list[tuple[Rule, Answer]] = []
        relieving: list[tuple[Rule, Answer]] = []
        jurisdiction: list[int] = []
        control_lists: dict[str, list[int]] = {}
        by_key: dict[str, list[int]] = {}
        for rule in self.rules:
            if not runs_on(rule.measure, rule.limb, start):
                continue
            by_key.setdefault(rule.measure.id, []).append(rule.number)
            by_key.setdefault(rule.key, []).append(rule.number)
            answer = self._answer(rule.limb, start)
            if rule.limb.relief is not None:
                relieving.append((rule, answer))
            elif answer.outcome is Outcome.SUBJECT_TO_EAR:
                jurisdiction.append(rule.number)
            else:
                restricting.append((rule, answer))
                # A limb without an item of its own (a rule on users) is no entry of a control list.
                if rule.measure.control_list and rule.limb.item is not None and answer.outcome is not Outcome.SUSPENDED:
                    control_lists.setdefault(rule.measure.issuer, []).append(rule.number)
        restricting.sort(key=lambda pair: pair[1].rank, reverse=True)
        # The younger text is the more special one, and is named as the relief that applied.
        relieving.sort(key=lambda pair: pair[0].limb.effective, reverse=True)
        return Interval(
            start=start,
            restricting=tuple(restricting),
            relieving=tuple(relieving),
            jurisdiction=tuple(jurisdiction),
            control_lists={issuer: tuple(numbers) for issuer, numbers in control_lists.items()},
            list_kinds=self._list_kinds(start),
            by_key={key: tuple(numbers) for key, numbers in by_key.items()},
        )

    def _answer(self, limb: Limb, on: date) -> Answer:
        pause = pause_on(limb.suspensions, on, self.settings)
        return Answer(limb.outcome) if pause is None else Answer(Outcome.SUSPENDED, limb.outcome, pause.printed)

    def _list_kinds(self, on: date) -> dict[str, str]:
        kinds = {}
        for measure in self.measures:
            if measure.party_list is None or not measure.limbs:
                continue
            limb = measure.limbs[0]
            if runs_on(measure, limb, on) and pause_on(limb.suspensions, on, self.settings) is None:
                kinds[measure.id] = measure.party_list.kind
        return kinds
