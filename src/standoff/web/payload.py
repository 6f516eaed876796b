"""What the page draws of a run, and nothing more: compact plain values, rounded to what a chart can show."""

from __future__ import annotations

from hashlib import sha256
from math import isfinite
from typing import Any

import numpy as np

from standoff.model.balance import ACCOUNTED
from standoff.results import indicators
from standoff.results.result import Result
from standoff.simulate.scenario import Scenario
from standoff.simulate.setup import Setup
from standoff.web.flow_picture import flow_picture
from standoff.world.network import DAYS_PER_YEAR
from standoff.world.tables import World

CONTROLLED_STAGE = "magnet"
RECORDS = frozenset(
    (
        *ACCOUNTED,
        *("plan", "activity", *indicators.LINK_RECORDS),
        *("in_review", "permits", "route_shipped", "reserve_taken"),
    )
)
"""Records of a run that the page draws, and those by which its mass balance is checked."""
HALF = 0.5


def run_id(scenario: Scenario, world: World) -> str:
    """Names a run by what it was asked and of which world: equal ids are equal numbers."""
    return sha256(f"{world.fingerprint}\n{scenario.model_dump_json()}".encode()).hexdigest()[:16]


def payload(result: Result) -> dict[str, Any]:
    """Everything that the page shows of one run."""
    scenario, setup = result.scenario, result.setup
    return {
        "id": run_id(scenario, result.world),
        "status": result.status,
        "scenario": about(scenario, result.world),
        "numbers": four_numbers(result),
        "lines": {
            "unmet": {side: rounded(values) for side, values in unmet_by_side(result).items()},
            "waiting": rounded(waiting_share(result)),
            "controlled": rounded(controlled_trade(setup, result.records["link_shipped"])),
            "controlled_usual": exact(usual_controlled_trade(setup)),
        },
        "uses": use_rows(result),
        "ledger": {
            side: {line: exact(value) for line, value in row.items()} for side, row in result.ledger.by_side().items()
        },
        "flow": flow_picture(result),
        "calendar": [_bar(bar) for bar in (*result.regimes.timeline, *result.regimes.tariffs)],
        "administration": administration(result),
    }


def _bar(bar: dict[str, Any]) -> dict[str, Any]:
    return {
        **{name: bar[name] for name in ("measure", "issuer", "title", "title_zh", "state")},
        "start": bar["from"].isoformat(),
        "until": bar["until"].isoformat(),
        "rates": bar.get("rates"),
        "paused_rates": bar.get("paused_rates"),
    }


def about(scenario: Scenario, world: World) -> dict[str, Any]:
    return {
        "name": scenario.name,
        "title": scenario.title.model_dump(),
        "summary": scenario.summary.model_dump(),
        "world": world.name,
        "start": scenario.start.isoformat(),
        "until": scenario.until.isoformat(),
        "steps": scenario.steps,
        "step_days": scenario.step_days,
        "measures": list(scenario.measures),
        "not_represented": list(scenario.not_represented),
    }


def four_numbers(result: Result) -> dict[str, Any]:
    """The four numbers that a person asks for first. A number whose subject is not in the run is None, never estimated."""
    stops = indicators.first_stop_days(result.stopped_share, step_days=result.scenario.step_days)
    first = int(np.argmin(stops))
    waiting = waiting_share(result)
    return {
        "first_stop": {"where": result.network.nodes.parent_labels[first], "weeks": exact(stops[first] / 7.0)}
        if np.isfinite(stops[first])
        else None,
        "unmet": {side: exact(values.sum()) for side, values in unmet_by_side(result).items()},
        "unserved": unserved_share(result),
        "waiting": {"share": exact(waiting.max()), "step": int(waiting.argmax())} if len(waiting) else None,
    }


def unmet_by_side(result: Result) -> dict[str, Any]:
    """Value of unmet final use by side, USD per step, {side: (steps,)}."""
    return by_side(result.world, result.unmet_value)


def by_side(world: World, values: Any) -> dict[str, Any]:
    """Sum of the second axis, rows of the table ``uses``, by side of their place."""
    places, uses = world.tables["places"], world.tables["uses"]
    side_of = dict(zip(places["place"], places["side"], strict=True))
    sides = np.array([side_of[place] for place in uses["place"]])
    return {side: values[:, sides == side].sum(axis=1) for side in dict.fromkeys(places["side"])}


def controlled_products(result: Result) -> list[int]:
    """Products of which some trade stands under a licence, a hold or a closed gate at some time."""
    regimes, network = result.regimes, result.network
    touched = ((regimes.index > 0) | (regimes.gate < 1.0)).any(axis=0)
    return sorted({int(product) for product in network.needs.product[network.links.need[regimes.links[touched]]]})


def unserved_share(result: Result) -> float | None:
    """Share of the world's wanted use of controlled magnets that was not reached, over the run; None without controlled magnets."""
    network, records = result.network, result.records
    magnets = [product for product in controlled_products(result) if network.product_stage[product] == CONTROLLED_STAGE]
    needs = np.flatnonzero(np.isin(network.needs.product, magnets))
    if not len(needs):
        return None
    wanted = records["plan"][:, network.needs.consumer[needs]] * network.needs.coefficient[needs]
    return exact(max(1.0 - records["used"][:, needs].sum() / wanted.sum(), 0.0)) if wanted.sum() > 0 else None


def waiting_share(result: Result) -> Any:
    """Of what buyers on regulated links have outstanding, the share in review, by value, (steps,); empty without licences."""
    setup, records, network = result.setup, result.records, result.network
    licensed = setup.tracked[setup.regime_table.position >= 0]
    if not len(licensed) or not (result.regimes.index > 0).any():
        return np.zeros(0)
    needs = np.unique(network.links.need[licensed])
    price = network.product_price[network.needs.product]
    in_review = records["in_review"] @ price[setup.link_need]
    permits = records["permits"] @ price[setup.link_need]
    outstanding = records["in_transit"][:, needs] @ price[needs] + in_review + permits
    return np.where(outstanding > 0, in_review / np.where(outstanding > 0, outstanding, 1.0), 0.0)


def controlled_links(setup: Setup) -> Any:
    """Tracked links of trades that a regime touches, as an ensemble records them."""
    corridor, _ = indicators.trade_groups(setup.network)
    touched = np.unique(corridor[setup.tracked[setup.regime_table.position >= 0]])
    return np.flatnonzero(np.isin(corridor[setup.tracked], touched))


def controlled_trade(setup: Setup, shipped: Any) -> Any:
    """Trade under regimes, USD per step at base prices, (steps,)."""
    chosen = controlled_links(setup)
    return shipped[:, chosen] @ setup.network.product_price[setup.network.needs.product[setup.link_need[chosen]]]


def usual_controlled_trade(setup: Setup) -> float:
    """The same in the base year, USD per step."""
    flow = setup.network.links.flow[setup.tracked] * setup.clock.step_days / DAYS_PER_YEAR
    return float(controlled_trade(setup, flow[None, :]).sum())


def use_rows(result: Result) -> list[dict[str, Any]]:
    """One row a final use: what it lost, when it first stood still, how long a spreadsheet would have said it lasts."""
    uses = result.world.tables["uses"]
    first = len(result.network.nodes.parent_labels) - len(uses)
    days = result.scenario.step_days
    stopped = result.stopped_share[:, first:]
    some = indicators.first_stop_days(stopped, step_days=days)
    half = indicators.first_stop_days(np.where(stopped >= HALF, stopped, 0.0), step_days=days)
    sheet = indicators.spreadsheet_days(result.network)[first:]
    demand = result.demand
    served = 1.0 - result.unmet / np.where(demand > 0, demand, 1.0)
    columns = {
        "lost": result.unmet_value.sum(axis=0),
        "share": result.unmet.sum(axis=0) / np.maximum(demand.sum(axis=0), 1e-300),
        "lowest": served.min(axis=0),
        "first_stop_days": some,
        "half_stop_days": half,
        "stopped_weeks": stopped.sum(axis=0) * days / 7.0,
        "stock_days": sheet,
    }
    rows = zip(*(map(exact, values.tolist()) for values in columns.values()), strict=True)
    return [{"use": use, **dict(zip(columns, row, strict=True))} for use, row in zip(uses["use"], rows, strict=True)]


def administration(result: Result) -> list[dict[str, Any]]:
    """Numbers of how each regime is run, with range, status and source: the defaults of the levers."""
    return [
        {
            "measure": regime.measure,
            "outcome": regime.outcome,
            "numbers": {
                name: [exact(number.value), exact(number.low), exact(number.high), number.status, number.source]
                for name, number in regime.administration.items()
                if np.isfinite(number.value)
            },
        }
        for regime in result.regimes.regimes[1:]
    ]


def exact(value: Any) -> Any:
    """A plain number of six digits; None where it is not finite."""
    number = float(value)
    return float(f"{number:.6g}") if isfinite(number) else None


def rounded(values: Any) -> list[float]:
    """Plain numbers of four digits for a chart."""
    return [float(f"{value:.4g}") for value in np.asarray(values, dtype=float).tolist()]
