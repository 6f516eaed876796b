"""The model of Pichler et al. (2022) as pyIEEM runs it, once more, sector by sector, to hold the engine's arrays against.

Written from its equations, sharing nothing with the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

FUNCTIONS = ("leontief", "strongly_critical", "half_critical", "weakly_critical", "linear")


@dataclass(frozen=True)
class Country:
    """A table per day, and how its sectors behave."""

    flows: Sequence[Sequence[float]]
    """Of supplier to buyer."""
    output: Sequence[float]
    households: Sequence[float]
    other_final: Sequence[float]
    rating: Sequence[Sequence[float]]
    """Of an input for a buyer: 1 critical, 0.5 important, 0 neither."""
    cover: Sequence[float]
    """Days of use in stock, by buyer."""
    restock: float
    hire: float
    fire: float
    saved: float


@dataclass(frozen=True)
class Shocks:
    """Shares lost on a day: of labour, of consumption, of other final demand."""

    labour: Sequence[float]
    consumption: Sequence[float]
    other: Sequence[float]


@dataclass(frozen=True)
class Day:
    """What happened on a day, by sector."""

    output: list[float]
    demand: list[float]
    consumption: list[float]
    other: list[float]
    labour: list[float]
    """After the day, relative to usual."""


def run_by_loop(
    country: Country, production: str, *, shocks: Callable[[int], Shocks], days: int, floor: float
) -> list[Day]:
    """Run from rest; orders are not under ``floor`` (minus infinity in pyIEEM)."""
    sectors = range(len(country.output))
    per_output = [[country.flows[i][j] / country.output[j] for j in sectors] for i in sectors]
    stock = [[country.cover[j] * country.flows[i][j] for j in sectors] for i in sectors]
    labour, demand = [1.0 for _ in sectors], list(country.output)
    history = []
    for number in range(days):
        now = shocks(number)
        wanted = _consumption(country, now.consumption)
        other = [country.other_final[i] * (1.0 - now.other[i]) for i in sectors]
        orders = [
            [
                max(
                    floor,
                    per_output[i][j] * demand[j]
                    + (country.cover[j] * country.flows[i][j] - stock[i][j]) / country.restock,
                )
                for j in sectors
            ]
            for i in sectors
        ]
        demand = [sum(orders[i]) + wanted[i] + other[i] for i in sectors]
        capacity = [country.output[j] * labour[j] for j in sectors]
        inputs = [_allowed(country, production, j, stock, per_output) for j in sectors]
        output = [min(capacity[j], inputs[j], demand[j]) for j in sectors]
        served = [output[i] / demand[i] if demand[i] else 0.0 for i in sectors]
        for i in sectors:
            for j in sectors:
                stock[i][j] = max(0.0, stock[i][j] + orders[i][j] * served[i] - per_output[i][j] * output[j])
        for j in sectors:
            gap = (min(inputs[j], demand[j]) - capacity[j]) / country.output[j]
            labour[j] += (country.hire if gap > 0 else country.fire) * gap
            labour[j] = max(0.0, min(labour[j], 1.0 - now.labour[j]))
        history.append(
            Day(
                output=output,
                demand=demand,
                consumption=[wanted[i] * served[i] for i in sectors],
                other=[other[i] * served[i] for i in sectors],
                labour=list(labour),
            )
        )
    return history


def _consumption(country: Country, shock: Sequence[float]) -> list[float]:
    """Part of what is not spent on goods out of reach is spent on others."""
    total = sum(country.households)
    kept = [(1.0 - lost) * usual / total for lost, usual in zip(shock, country.households, strict=True)]
    spent = sum(kept)
    return [share / spent * total * (1.0 - country.saved * (1.0 - spent)) for share in kept]


def _allowed(
    country: Country, production: str, buyer: int, stock: list[list[float]], per_output: list[list[float]]
) -> float:
    """Output that the stocks of a buyer allow."""
    limits = [float("inf")]
    used = [i for i in range(len(country.output)) if per_output[i][buyer] > 0]
    if production == "linear":
        needed = sum(per_output[i][buyer] for i in used)
        return sum(stock[i][buyer] for i in used) / needed if needed > 0 else float("inf")
    for i in used:
        rating, allows = country.rating[i][buyer], stock[i][buyer] / per_output[i][buyer]
        if production == "leontief" or rating == 1 or (production == "strongly_critical" and rating == 0.5):
            limits.append(allows)
        elif production == "half_critical" and rating == 0.5:
            limits.append(0.5 * (allows + country.output[buyer]))
    return min(limits)
