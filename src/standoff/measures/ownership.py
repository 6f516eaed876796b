"""Who counts as owned by a listed party.

US rule (and default for China): *aggregate*. A party that listed owners hold, together, at 50 % or more counts as listed
itself, and then its whole holding in the next party counts. Percentages along a chain are not multiplied.
Source: 15 CFR 744.11 (Affiliates Rule) with the arithmetic of OFAC FAQ 398 to 402; China's No. 61 art. 2 gives the number but
no arithmetic (switch S9).

    held(party) = sum of percent over direct owners that are listed or themselves held >= 50
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from standoff.measures.transaction import Ownership

HALF = Decimal(50)
WHOLE = Decimal(100)


@dataclass(frozen=True, slots=True)
class Held:
    """How much listed owners hold: for certain, and at most if every unknown holding were the largest possible."""

    percent: Decimal
    most: Decimal
    owners: tuple[str, ...]

    @property
    def at_half(self) -> bool | None:
        """Whether the 50 % line (inclusive) is reached; None where an unknown holding decides."""
        if self.percent >= HALF:
            return True
        return None if self.most >= HALF else False


Rule = Callable[[Ownership, frozenset[str]], Held]


def _direct(graph: Ownership) -> dict[str, list[tuple[str, Decimal | None]]]:
    heads = dict(graph.branches)
    owners: dict[str, list[tuple[str, Decimal | None]]] = {}
    for stake in graph.stakes:
        owned = heads.get(stake.owned, stake.owned)
        owners.setdefault(owned, []).append((heads.get(stake.owner, stake.owner), stake.percent))
    return owners


def aggregate(graph: Ownership, listed: frozenset[str]) -> Held:
    """The OFAC method: spread "counts as listed" until nothing changes. Circular holdings are safe: a set only grows."""
    heads = dict(graph.branches)
    party = heads.get(graph.party, graph.party)
    roots = frozenset(heads.get(name, name) for name in listed)
    owners = _direct(graph)
    sure = _spread(owners, roots, unknown_as=Decimal(0))
    possible = _spread(owners, roots, unknown_as=WHOLE)
    holders = [name for name, _ in owners.get(party, ()) if name in sure]
    return Held(
        percent=WHOLE if party in roots else _sum(owners, party, sure, Decimal(0)),
        most=WHOLE if party in roots else _sum(owners, party, possible, WHOLE),
        owners=tuple(sorted(_roots_above(owners, holders, roots))),
    )


def _sum(
    owners: dict[str, list[tuple[str, Decimal | None]]], party: str, counted: set[str], unknown_as: Decimal
) -> Decimal:
    total = Decimal(0)
    for name, percent in owners.get(party, ()):
        if name in counted:
            total += unknown_as if percent is None else percent
    return min(total, WHOLE)


def _spread(
    owners: dict[str, list[tuple[str, Decimal | None]]], roots: frozenset[str], *, unknown_as: Decimal
) -> set[str]:
    counted = set(roots)
    grew = True
    while grew:
        grew = False
        for party in owners:
            if party not in counted and _sum(owners, party, counted, unknown_as) >= HALF:
                counted.add(party)
                grew = True
    return counted


def _roots_above(
    owners: dict[str, list[tuple[str, Decimal | None]]], start: list[str], roots: frozenset[str]
) -> set[str]:
    found: set[str] = set()
    seen: set[str] = set()
    waiting = list(start)
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        if name in roots:
            found.add(name)
        waiting += [owner for owner, _ in owners.get(name, ())]
    return found


LONGEST_CHAIN = 30


def multiply(graph: Ownership, listed: frozenset[str]) -> Held:
    """Economic interest: percentages multiply along each chain and chains add up."""
    owners = _direct(graph)
    heads = dict(graph.branches)
    roots = frozenset(heads.get(name, name) for name in listed)
    party = heads.get(graph.party, graph.party)
    if party in roots:
        return Held(WHOLE, WHOLE, (party,))

    def interest(unknown_as: Decimal) -> Decimal:
        # Follows interest upwards step by step, so that circular holdings fade instead of looping.
        total, front = Decimal(0), {party: Decimal(1)}
        for _ in range(LONGEST_CHAIN):
            above: dict[str, Decimal] = {}
            for name, share in front.items():
                for owner, percent in owners.get(name, ()):
                    part = share * (unknown_as if percent is None else percent) / WHOLE
                    if owner in roots:
                        total += part * WHOLE
                    elif part:
                        above[owner] = above.get(owner, Decimal(0)) + part
            front = above
            if not front:
                break
        return min(total, WHOLE)

    holders = [name for name, _ in owners.get(party, ())]
    return Held(interest(Decimal(0)), interest(WHOLE), tuple(sorted(_roots_above(owners, holders, roots))))


def direct(graph: Ownership, listed: frozenset[str]) -> Held:
    """Only what listed owners hold directly."""
    heads = dict(graph.branches)
    roots = {heads.get(name, name) for name in listed}
    party = heads.get(graph.party, graph.party)
    owners = _direct(graph)
    if party in roots:
        return Held(WHOLE, WHOLE, (party,))
    holders = tuple(sorted(name for name, _ in owners.get(party, ()) if name in roots))
    return Held(_sum(owners, party, roots, Decimal(0)), _sum(owners, party, roots, WHOLE), holders)


RULES: dict[str, Rule] = {"aggregate": aggregate, "multiply": multiply, "direct": direct}
