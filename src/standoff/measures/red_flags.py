"""What is no rule but should make a careful exporter look twice."""

from __future__ import annotations

from decimal import Decimal

from standoff.measures.context import Context
from standoff.measures.ownership import HALF

LISTS = frozenset({"US-EL", "US-EL-FN1", "US-EL-FN4", "US-EL-FN5", "US-MEU", "US-SDN", "CN-CONTROL", "CN-WATCH"})


def red_flags(context: Context) -> tuple[str, ...]:
    """Listed owners below one half, control without ownership, similar names."""
    flags: list[str] = []
    for party in context.parties():
        graph = party.ownership
        if graph is not None:
            held = context.held(party, LISTS, "aggregate")
            if Decimal(0) < held.percent < HALF:
                flags.append(
                    f"listed owners hold {held.percent.normalize():f} % of the end user: below half, but to be looked into"
                )
            flags += [f"control of the end user without half of its shares: {sign}" for sign in graph.control]
    _, near = context.named()
    flags += [f"a name on the list of {measure} is similar to a party's name" for measure in sorted(near)]
    return tuple(flags)
