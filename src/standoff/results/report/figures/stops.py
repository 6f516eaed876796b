"""When lines stop, beside the answer of a spreadsheet (stock over use)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from standoff.results import indicators
from standoff.results.report.figures.controls import Controlled, first_day

if TYPE_CHECKING:
    from standoff.results.result import Result


@dataclass(frozen=True)
class Stop:
    """One plant or final use.

    Attributes:
        label: row of the tables ``producers`` or ``uses``.
        is_use: whether it is a final use.
        days: from the start of the run until its first part stands still, infinite if none does.
        spreadsheet_days: stock over use of the scarcest critical input of the leanest class.
        first_share: share that stands still in the first such step.
        largest_share: largest share that stands still in any step.
        day: first day of the step in which its first part stands still.
    """

    label: str
    place: int
    is_use: bool
    days: float
    spreadsheet_days: float
    first_share: float
    largest_share: float
    day: date | None


def all_stops(result: Result) -> tuple[Stop, ...]:
    """Every plant and use, those that stop first before the others."""
    network, share = result.network, result.stopped_share
    nodes = network.nodes
    days = indicators.first_stop_days(share, step_days=result.scenario.step_days)
    spreadsheet = indicators.spreadsheet_days(network)
    first_use = int(nodes.parent[nodes.producers]) if len(nodes) > nodes.producers else len(nodes.parent_labels)
    place = np.zeros(len(nodes.parent_labels), dtype=np.int64)
    place[nodes.parent] = nodes.place
    stops = []
    for row, label in enumerate(nodes.parent_labels):
        stands = np.isfinite(days[row])
        step = round(days[row] / result.scenario.step_days) - 1 if stands else 0
        stops.append(
            Stop(
                label=label,
                place=int(place[row]),
                is_use=row >= first_use,
                days=float(days[row]),
                spreadsheet_days=float(spreadsheet[row]),
                first_share=float(share[step, row]) if stands else 0.0,
                largest_share=float(share[:, row].max(initial=0.0)),
                day=first_day(result, step) if stands else None,
            )
        )
    return tuple(sorted(stops, key=lambda stop: (stop.days, stop.spreadsheet_days, stop.label)))


def exposed_labels(result: Result, controlled: Controlled) -> frozenset[str]:
    """Rows that buy a controlled good, themselves or as makers of what they sell to a final use (one stage down)."""
    network = result.network
    buyers = np.unique(network.needs.consumer[network.links.need[controlled.links]])
    links = network.links
    supplied = np.isin(network.offers.producer[links.offer], buyers)
    next_stage = network.needs.consumer[links.need[supplied]]
    rows = network.nodes.parent[np.union1d(buyers, next_stage)]
    return frozenset(network.nodes.parent_labels[row] for row in rows)


def days_after(result: Result, days: float, effect: date | None) -> float:
    """Days from the first effect of a measure instead of from the start of the run."""
    return days - (effect - result.scenario.start).days if effect else days


def last_day(result: Result) -> date:
    """Last day of the run."""
    return first_day(result, result.setup.clock.steps - 1) + timedelta(days=result.scenario.step_days - 1)
