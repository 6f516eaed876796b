"""A number as a tape: terms entered one after the other, as on a calculator, until the number stands there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

PLUS, MINUS, TIMES, OVER, AT_MOST, AT_LEAST = "plus", "minus", "times", "over", "at most", "at least"
CLAMPS = (AT_MOST, AT_LEAST)


@dataclass(frozen=True)
class Cell:
    """One number of a result: what to ask about."""

    variable: str
    label: str
    step: int


@dataclass(frozen=True)
class Term:
    """One entry of the tape.

    Attributes:
        name: what it is, in words.
        value: its value; units follow from the number.
        enters: how it changes what stands there: plus, minus, times, over, at most (the smaller of both), at least.
        kind: what kind of thing it is if it binds: a key of ``explain_words.csv``.
        label: whose it is: the label of an input, link, seller, stock or measure.
        asks: the number that says more about it, None at the end of the line.
        source: where the value comes from, empty for a number that the run itself made.
    """

    name: str
    value: float
    enters: str = PLUS
    kind: str = "sum"
    label: str = ""
    asks: Cell | None = None
    source: str = ""


@dataclass(frozen=True)
class Tape:
    """Terms with the one that bound the number, and the rule that put them together."""

    rule: str
    terms: tuple[Term, ...]
    binding: int
    """Position of the term that bound the number."""
    tied: tuple[int, ...] = ()
    """Positions of limits that would bind next at the very same value."""


@dataclass(frozen=True)
class Explanation:
    """Where a number of a run comes from.

    Attributes:
        variable, label, step, date, unit: which number it is.
        value: the number, as the run recorded it.
        rule: file of the rule that set it, in ``standoff/model`` unless a folder is named.
        terms: entries that recombine to the number.
        binding: the entry that bound it: the limit that held, or the part that counts for most.
        tied: limits with the very same value as the binding one.
        upstream: the next number to ask about, None at the end of the line.
        sources: sources of the world's numbers and of the measure in the terms.
    """

    variable: str
    label: str
    step: int
    date: dt.date
    value: float
    unit: str
    rule: str
    terms: tuple[Term, ...]
    binding: Term
    tied: tuple[Term, ...]
    upstream: Cell | None
    sources: tuple[str, ...]

    def recombine(self) -> float:
        """The number from its terms."""
        return fold(self.terms)

    def scale(self) -> float:
        """Size of the largest number on the tape: what rounding is relative to."""
        standing = partial_results(self.terms)
        return max(
            [abs(self.value), *map(abs, standing), *(abs(t.value) for t in self.terms if t.enters in (PLUS, MINUS))]
        )

    def relaxed(self, change: float) -> float:
        """The number if the binding term, and every limit tied with it, were larger by ``change``; what to relax is up to the asker."""
        moved = {id(term) for term in (self.binding, *self.tied)}
        return fold(replace(term, value=term.value + change) if id(term) in moved else term for term in self.terms)


def fold(terms: Iterable[Term]) -> float:
    """What stands there after the last entry; 0 before the first."""
    standing = 0.0
    for term in terms:
        standing = enter(standing, term)
    return standing


def partial_results(terms: Iterable[Term]) -> list[float]:
    """What stands there after each entry."""
    standing, results = 0.0, []
    for term in terms:
        standing = enter(standing, term)
        results.append(standing)
    return results


def enter(standing: float, term: Term) -> float:
    """What stands there after one more entry."""
    if term.enters == PLUS:
        return standing + term.value
    if term.enters == MINUS:
        return standing - term.value
    if term.enters == TIMES:
        return standing * term.value
    if term.enters == OVER:
        return standing / term.value
    return min(standing, term.value) if term.enters == AT_MOST else max(standing, term.value)


def tape(rule: str, terms: Iterable[Term], *, counts_most: int | None = None) -> Tape:
    """A tape with its binding term found.

    The last limit that held binds. A number that no limit holds is bound by the term that counts for most. Either way the binding term
    is one that moves the number when it is relaxed, wherever there is one.

    Args:
        rule: file of the rule.
        terms: the entries.
        counts_most: position of the term that counts for most, where it is known; the largest summand if not given.
    """
    entries = tuple(terms) or (Term("nothing", 0.0),)
    candidates = _limits_that_held(entries)
    if counts_most is not None:
        candidates.append(counts_most)
    rest = range(len(entries))
    candidates += sorted(
        rest, key=lambda position: (entries[position].enters not in (PLUS, MINUS), -abs(entries[position].value))
    )
    for position in candidates:
        tied = _tied_with(entries, position)
        if _moves(entries, (position, *tied)):
            return Tape(rule, entries, position, tied)
    return Tape(rule, entries, candidates[0], ())


def _limits_that_held(entries: tuple[Term, ...]) -> list[int]:
    """Positions of the limits that changed what stood there, the last first."""
    before = [0.0, *partial_results(entries)[:-1]]
    held = [
        position
        for position, (standing, term) in enumerate(zip(before, entries, strict=True))
        if term.enters in CLAMPS and enter(standing, term) != standing
    ]
    return held[::-1]


def _tied_with(entries: tuple[Term, ...], position: int) -> tuple[int, ...]:
    """Later limits, or limits of the same kind, at the very value that stands there at a position."""
    standing = partial_results(entries)[position]
    return tuple(
        other
        for other, term in enumerate(entries)
        if other != position
        and term.enters == AT_MOST
        and term.value == standing
        and entries[position].enters in (PLUS, AT_MOST)
    )


def _moves(entries: tuple[Term, ...], positions: tuple[int, ...]) -> bool:
    """Whether the number changes when these terms are larger by a tenth, or by one where they are zero."""
    relaxed = (
        replace(term, value=term.value + (0.1 * abs(term.value) or 1.0)) if position in positions else term
        for position, term in enumerate(entries)
    )
    return fold(relaxed) != fold(entries)
