"""Controlled goods: which links a licence or a closed gate reaches, what still ships on them, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.world.network import DAYS_PER_YEAR

if TYPE_CHECKING:
    from standoff.results.result import Result

HOLD = "HOLD"
LEAST_SHARE = 1e-9
"""Differences below this share of the base year are rounding error."""


@dataclass(frozen=True)
class Controlled:
    """Links between places that a licence regime or a closed gate reaches in any step; customs holds alone do not count.

    Attributes:
        links: positions in ``Network.links``, (links,).
        tracked: their positions among the tracked links, (links,).
        column: their positions among the columns of ``Regimes``, (links,).
        price: base price of the product, USD per unit, (links,).
        usual: base-year shipments, units per step, (links,).
        shipped: shipments, units per step, (steps, links).
    """

    links: Any
    tracked: Any
    column: Any
    product: Any
    origin: Any
    destination: Any
    price: Any
    usual: Any
    shipped: Any

    @property
    def usual_value(self) -> Any:
        """USD per step, (links,)."""
        return self.usual * self.price

    @property
    def value(self) -> Any:
        """USD per step at base prices, (steps, links)."""
        return self.shipped * self.price

    def share_served(self, chosen: Any = slice(None)) -> Any:
        """Shipments of some links as a share of their base year, at base prices, (steps,)."""
        usual = float(self.usual_value[chosen].sum())
        return self.value[:, chosen].sum(axis=1) / (usual if usual > 0 else 1.0)


def controlled_links(result: Result) -> Controlled:
    """The links under control and what they carry."""
    network, regimes, setup = result.network, result.regimes, result.setup
    outcomes = np.array([regime.outcome for regime in regimes.regimes])
    licensed = (regimes.index > 0) & (outcomes[regimes.index] != HOLD)
    column = np.flatnonzero((licensed | (regimes.gate < 1.0)).any(axis=0))
    links = regimes.links[column]
    tracked = np.searchsorted(setup.tracked, links)
    offer, need = network.links.offer[links], network.links.need[links]
    product = network.offers.product[offer]
    return Controlled(
        links=links,
        tracked=tracked,
        column=column,
        product=product,
        origin=network.nodes.place[network.offers.producer[offer]],
        destination=network.nodes.place[network.needs.consumer[need]],
        price=network.product_price[product],
        usual=network.links.flow[links] * (setup.clock.step_days / DAYS_PER_YEAR),
        shipped=result.records["link_shipped"][:, tracked],
    )


def first_effect(result: Result) -> date | None:
    """First day of the run on which a measure touches any link; None where none does."""
    regimes = result.regimes
    touched = ((regimes.in_force > 0) | (regimes.gate < 1.0) | (regimes.tariff != 0)).any(axis=1)
    if not touched.any():
        return None
    step = int(np.argmax(touched))
    begin = first_day(result, step)
    end = begin + timedelta(days=result.scenario.step_days)
    days = [bar["from"] for bar in regimes.timeline if begin <= bar["from"] < end]
    return min(days, default=begin)


def first_day(result: Result, step: int) -> date:
    """First day of a step."""
    day: date = result.dates[step].astype(object)
    return day


@dataclass(frozen=True)
class Lowest:
    """The step in which something was lowest."""

    share: float
    day: date
    step: int


def lowest_served(result: Result, controlled: Controlled, chosen: Any = slice(None)) -> Lowest | None:
    """The lowest shipments of controlled goods as a share of the base year, and the week; None without controlled trade."""
    if not float(controlled.usual_value[chosen].sum()) > 0:
        return None
    share = controlled.share_served(chosen)
    step = int(np.argmin(share))
    return Lowest(share=float(share[step]), day=first_day(result, step), step=step)


@dataclass(frozen=True)
class Queue:
    """The licence queue of all links under a licence regime, USD at base prices, (steps,) each.

    Attributes:
        usual: base-year shipments, USD per step.
        in_review, permits: at the end of the step.
        applied, approved, denied, returned, expired: per step.
        wait_days: waiting time that buyers have learnt to plan for.
    """

    usual: float
    in_review: Any
    permits: Any
    applied: Any
    approved: Any
    denied: Any
    returned: Any
    expired: Any
    wait_days: Any

    @property
    def granted_share(self) -> Any:
        """G(t)/A(t): granted so far over filed so far; not a number before the first application."""
        filed = self.applied.cumsum()
        return np.where(filed > 0, self.approved.cumsum() / np.where(filed > 0, filed, 1.0), np.nan)

    @property
    def weeks_waiting(self) -> Any:
        """Applications in review in steps of usual shipments."""
        return self.in_review / (self.usual if self.usual > 0 else 1.0)


def licence_queue(result: Result, controlled: Controlled) -> Queue | None:
    """The queue, or None where no licence was ever needed."""
    regimes = result.regimes
    outcomes = np.array([regime.outcome for regime in regimes.regimes])
    index = regimes.index[:, controlled.column]
    licensed = np.flatnonzero(((index > 0) & (outcomes[index] != HOLD)).any(axis=0))
    if not len(licensed):
        return None
    position, price = controlled.tracked[licensed], controlled.price[licensed]
    usual = float(controlled.usual_value[licensed].sum())

    def total(name: str) -> Any:
        return result.records[name][:, position] @ price

    return Queue(
        usual=usual,
        in_review=total("in_review"),
        permits=total("permits"),
        applied=total("link_applied"),
        approved=total("link_approved"),
        denied=total("link_denied"),
        returned=total("link_returned"),
        expired=total("link_expired"),
        wait_days=total("review_wait") / (usual if usual > 0 else 1.0) * result.setup.clock.step_days,
    )


def share_of_orders_waiting(result: Result, controlled: Controlled) -> Any:
    """Part of all that buyers of controlled goods have on order that lies in review, at base prices, (steps,).

    The orders of a buyer count from every supplier: in transit, in review, granted, and refused but not yet given up. Both are
    taken at the end of a step; orders at the end of the last one are not recorded, and its share is that of the one before.
    """
    network, records = result.network, result.records
    needs = np.unique(network.links.need[controlled.links])
    price = network.product_price[network.needs.product[needs]]
    steps = len(records["on_order"])
    following = np.minimum(np.arange(steps) + 1, steps - 1)
    ordered = (records["on_order"][:, needs] @ price)[following]
    waiting = (records["in_review"][:, controlled.tracked] @ controlled.price)[following - 1]
    return waiting / np.where(ordered > 0, ordered, 1.0)
