"""The static cascade of ESRI once more, firm by firm and link by link, to hold the engine's arrays against.

Written from the equations of Diem et al. (2022) as GLcascade has them, sharing nothing with the engine.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

NEGLIGIBLE, NON_ESSENTIAL, ESSENTIAL = 0, 1, 2
SMALLEST_MARKET = 1e-10


@dataclass(frozen=True)
class Chain:
    """Who sells how much to whom, and how far a sector needs another's goods."""

    sector: Sequence[str]
    """Of each firm."""
    sales: Mapping[tuple[int, int], float]
    """Of supplier to buyer."""
    essentiality: Mapping[tuple[str, str], int]
    """Of the input sector for the buyer's sector."""

    def sold(self, firm: int) -> float:
        return sum(value for (supplier, _), value in self.sales.items() if supplier == firm)

    def bought(self, firm: int) -> float:
        return sum(value for (_, buyer), value in self.sales.items() if buyer == firm)

    def inputs(self, firm: int) -> dict[str, dict[int, float]]:
        """Purchases of a firm by sector and supplier."""
        found: dict[str, dict[int, float]] = {}
        for (supplier, buyer), value in self.sales.items():
            if buyer == firm:
                found.setdefault(self.sector[supplier], {})[supplier] = value
        return found

    def buyers(self, firm: int) -> dict[int, float]:
        return {buyer: value for (supplier, buyer), value in self.sales.items() if supplier == firm}


@dataclass(frozen=True)
class Failure:
    """What remains of every firm when one has failed."""

    down: list[float]
    up: list[float]
    both: float
    """Weighted loss."""
    rounds: int


def fail(chain: Chain, failing: int, *, substitution: bool, eps: float) -> Failure:
    """Let one firm fail and follow the cascade until nothing falls by more than eps, or the loss grows by at most that share."""
    firms = range(len(chain.sector))
    inputs, buyers = [chain.inputs(firm) for firm in firms], [chain.buyers(firm) for firm in firms]
    sold, bought = [chain.sold(firm) for firm in firms], [chain.bought(firm) for firm in firms]
    first = [0.0 if firm == failing else 1.0 for firm in firms]
    down, up = list(first), list(first)
    loss, rounds = _loss(down, up, sold), 1
    while True:
        sigma = [_irreplaceable(chain, firm, down, sold) if substitution else 1.0 for firm in firms]
        lower = [min(first[j], _by_inputs(chain, j, inputs[j], bought[j], down, sigma)) for j in firms]
        upper = [
            min(first[i], max(0.0, 1.0 - sum(value / sold[i] * (1.0 - up[j]) for j, value in buyers[i].items())))
            for i in firms
        ]
        falls = max(
            max(a - b for a, b in zip(down, lower, strict=True)), max(a - b for a, b in zip(up, upper, strict=True))
        )
        before, loss = loss, _loss(lower, upper, sold)
        down, up = lower, upper
        if falls <= eps:
            return Failure(down, up, loss, rounds)
        rounds += 1
        if before > 0 and (loss - before) / before <= eps:
            return Failure(down, up, loss, rounds)


def _loss(down: list[float], up: list[float], sold: list[float]) -> float:
    lost = sum(s * (1.0 - min(d, u)) for d, u, s in zip(down, up, sold, strict=True))
    return lost / sum(sold)


def _irreplaceable(chain: Chain, firm: int, down: list[float], sold: list[float]) -> float:
    """Share of a firm's goods that nobody left in its sector replaces."""
    market = sum(down[k] * sold[k] for k, sector in enumerate(chain.sector) if sector == chain.sector[firm])
    return 1.0 if market <= SMALLEST_MARKET else min(1.0, sold[firm] / market)


def _by_inputs(
    chain: Chain,
    buyer: int,
    inputs: dict[str, dict[int, float]],
    bought: float,
    down: list[float],
    sigma: list[float],
) -> float:
    """Output that inputs allow: the scarcest essential sector, or all non-essential ones together."""
    scarcest, together = 1.0, 1.0
    for sector, suppliers in inputs.items():
        level = chain.essentiality[sector, chain.sector[buyer]]
        if level == NEGLIGIBLE:
            continue
        of = sum(suppliers.values()) if level == ESSENTIAL else bought
        missing = sum(value / of * sigma[i] * (1.0 - down[i]) for i, value in suppliers.items())
        if level == ESSENTIAL:
            scarcest = min(scarcest, 1.0 - missing)
        else:
            together -= missing
    return max(0.0, min(scarcest, together))
