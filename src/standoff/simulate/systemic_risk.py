"""Systemic risk of every firm: the weighted output lost when it fails, by the static cascade (rule set ``esri``)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems, nearest, refuse
from standoff.model import cascade
from standoff.model.share_matrix import LinearMap, RunMinimum, sum_map
from standoff.simulate.backend import NUMPY, Backend
from standoff.world.essentiality import ESSENTIAL, NON_ESSENTIAL, PATTERNS
from standoff.world.firms import FirmNetwork

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Places = npt.NDArray[np.integer[Any]]
Replace = Callable[..., Array]

USUAL_EPS = 0.01
BLOCK_VALUES = 4_000_000
"""Values of a links x scenarios array held at a time: 32 MB; five times as many took twice as long (10,000 firms, 100,000 links)."""
MOST_ITERATIONS = 10_000
"""Rounds after which a cascade that creeps on is given up, and said to have been."""
MOST_STATES = 25_000_000
"""Firms times failures of which the state of every firm is kept: 0.4 GB."""
AT_REST = 1e-6
"""Fall of output in a round up to which a cascade that is followed over time has come to rest (assumed)."""

REPLACE: dict[str, Replace] = {"market_share": cascade.replaceability, "none": cascade.irreplaceable}


@dataclass(frozen=True)
class RiskSettings:
    """How the cascade is run."""

    replace: str = "none"
    eps: float = USUAL_EPS
    essentiality: str = ""
    """A pattern instead of the network's own, or empty."""
    states: bool = False
    """Whether what every firm loses in every failure is written as well."""


def risk_settings(changes: Mapping[str, str]) -> RiskSettings:
    """Settings from ``KEY=VALUE`` changes: ``substitution``, ``eps``, ``essentiality``, ``states``.

    Raises:
        InputError: names every unknown key and wrong value.
    """
    problems = Problems("settings of esri")
    known = {"substitution", "eps", "essentiality", "states"}
    eps = USUAL_EPS
    chosen = {key: changes.get(key, "false").lower() for key in ("substitution", "states")}
    for key, text in changes.items():
        if key not in known:
            problems.add(column=key, why="no such setting", cure=nearest(key, known))
        elif key in chosen and chosen[key] not in ("true", "false"):
            problems.add(column=key, value=text, why="neither true nor false", cure=f"Write --set {key}=true")
        elif key == "essentiality" and text not in PATTERNS:
            problems.add(column=key, value=text, why="no such pattern", cure=nearest(text, PATTERNS))
        elif key == "eps":
            try:
                eps = float(text)
            except ValueError:
                eps = -1.0
            if not eps >= 0:
                problems.add(column=key, value=text, why="not a number of 0 or more", cure="Write --set eps=0.01")
    problems.raise_if_any()
    return RiskSettings(
        replace="market_share" if chosen["substitution"] == "true" else "none",
        eps=eps,
        essentiality=changes.get("essentiality", ""),
        states=chosen["states"] == "true",
    )


@dataclass(frozen=True)
class SystemicRisk:
    """Losses by failing firm, as shares of all sales."""

    firms: tuple[str, ...]
    both: Array
    down: Array
    up: Array
    iterations: Index

    @property
    def warnings(self) -> tuple[str, ...]:
        """What a person should hear: which cascades had not come to rest when they were given up."""
        creeping = [self.firms[place] for place in np.flatnonzero(self.iterations > MOST_ITERATIONS)]
        if not creeping:
            return ()
        return (
            f"{len(creeping)} cascades had not come to rest after {MOST_ITERATIONS:,} rounds, first that of "
            f"{creeping[0]}: take a larger eps",
        )

    def to_csv(self, path: Path) -> Path:
        """Write firm, ESRI, ESRI_d, ESRI_u."""
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(("firm", "ESRI", "ESRI_d", "ESRI_u"))
            for firm, *values in zip(self.firms, self.both, self.down, self.up, strict=True):
                writer.writerow((firm, *(repr(float(value)) for value in values)))
        return path


@dataclass(frozen=True)
class LostByFirm:
    """Share of its output that every firm loses in every failure, (firms, failures)."""

    down: Array
    up: Array

    @classmethod
    def room(cls, firms: int, failures: int) -> LostByFirm:
        """Room for `systemic_risk` to write into. Raises InputError where it would take too much memory."""
        if firms * failures > MOST_STATES:
            raise refuse(
                "states of firms",
                why=f"{firms:,} firms in {failures:,} failures are more than {MOST_STATES:,} numbers",
                cure="Leave states out, or let fewer firms fail",
            )
        return cls(*(np.empty((firms, failures)) for _ in ("down", "up")))

    def to_csv(self, folder: Path) -> tuple[Path, ...]:
        """Write hd.csv and hu.csv as GLcascade has them: one row a firm, one column a failure, no names."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = (folder / "hd.csv", folder / "hu.csv")
        for path, lost in zip(paths, (self.down, self.up), strict=True):
            with path.open("w", newline="", encoding="utf-8") as stream:
                csv.writer(stream, lineterminator="\n").writerows(
                    [repr(value) for value in row] for row in lost.tolist()
                )
        return paths


@dataclass(frozen=True)
class Spread:
    """Where failures spread in a network: constant sums, of which either library makes its `standoff.model.cascade.CascadeMaps`.

    Weights: an essential input loses ``W_ij / sum of W over suppliers of that sector``, a non-essential one
    ``W_ij / all inputs of j``, a negligible one nothing; upstream ``W_ij / sales of i``.

    Attributes:
        sales: out-strength of each firm, (firms,).
        sector: of each firm, (firms,).
        sectors: how many.
        by_need: firms to essential needs.
        need_buyer: firm of each essential need, ascending.
        non_essential: firms to firms.
        by_seller: firms to firms.
    """

    sales: Array
    sector: Places
    sectors: int
    by_need: LinearMap
    need_buyer: Places
    non_essential: LinearMap
    by_seller: LinearMap

    @classmethod
    def of(cls, network: FirmNetwork) -> Spread:
        """Where failures spread in a network of firms."""
        level = network.essentiality[network.sector[network.supplier], network.sector[network.buyer]]
        return cls.of_links(network.supplier, network.buyer, network.value, sector=network.sector, level=level)

    @classmethod
    def of_links(cls, supplier: Places, buyer: Places, value: Array, *, sector: Places, level: Places) -> Spread:
        """The same from links: their ends, flows and how essential each is, and the sector of each firm."""
        count, sectors = len(sector), int(sector.max(initial=-1)) + 1
        sales: Array = np.bincount(supplier, value, count).astype(float)
        inputs = np.bincount(buyer, value, count)
        keys, need = np.unique(buyer * sectors + sector[supplier], return_inverse=True)
        by_need = np.bincount(need, value, len(keys))
        weight = np.where(level == ESSENTIAL, value / by_need[need], value / inputs[buyer])
        essential, optional = np.flatnonzero(level == ESSENTIAL), np.flatnonzero(level == NON_ESSENTIAL)
        kept, row = np.unique(need[essential], return_inverse=True)

        def sums(rows: Any, links: Any, height: int) -> LinearMap:
            return LinearMap(rows, supplier[links], weight[links], shape=(height, count), form="sparse")

        return cls(
            sales=sales,
            sector=sector,
            sectors=sectors,
            by_need=sums(row, essential, len(kept)),
            need_buyer=keys[kept] // max(sectors, 1),
            non_essential=sums(buyer[optional], optional, count),
            by_seller=LinearMap(supplier, buyer, value / sales[supplier], shape=(count, count), form="sparse"),
        )

    def maps(self) -> cascade.CascadeMaps:
        """The maps in NumPy."""
        smallest = RunMinimum(self.need_buyer, len(self.sales))
        sector_sum = sum_map(self.sector, self.sectors)
        return cascade.CascadeMaps(
            sales=self.sales,
            losses_by_need=self.by_need,
            smallest_essential=lambda x: smallest(x, 1.0),
            non_essential_losses=self.non_essential,
            losses_by_seller=self.by_seller,
            by_market=lambda x: sector_sum(x)[self.sector],
        )


def systemic_risk(
    network: FirmNetwork,
    *,
    replace: str = "none",
    eps: float = USUAL_EPS,
    failing: npt.NDArray[np.int64] | None = None,
    into: LostByFirm | None = None,
    backend: Backend = NUMPY,
) -> SystemicRisk:
    """Let each firm fail in turn and follow the cascade to its end.

    Args:
        network: firms, sales and essentiality.
        replace: ``none``, or ``market_share``: rivals of the same sector replace a firm by their share of what is left.
        eps: a scenario ends when nothing falls by more than this, or the loss grows by at most this share of itself.
        failing: which firms fail, all if not given.
        into: takes what every firm loses, which NumPy computes under every backend.
        backend: array library, see `standoff.simulate.backend.backend_named`.

    Returns:
        Losses as shares of all sales: ``sum of s_i (1 - min(h_down, h_up)) / sum of s_i``, and each direction alone.
    """
    spread = Spread.of(network)
    chosen = np.arange(len(network.firms)) if failing is None else failing
    found: tuple[Array, Array, Array, Index]
    if not len(chosen):
        found = np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, dtype=np.int64)
    elif backend is NUMPY or into is not None:
        found = _in_blocks(spread, chosen, replace=REPLACE[replace], eps=eps, into=into)
    else:
        from standoff.simulate.traced_cascade import all_failures

        found = all_failures(spread, chosen, replace=REPLACE[replace], eps=eps)
    both, down, up, iterations = found
    return SystemicRisk(
        firms=tuple(network.firms[firm] for firm in chosen), both=both, down=down, up=up, iterations=iterations
    )


def _in_blocks(
    spread: Spread, failing: Index, *, replace: Replace, eps: float, into: LostByFirm | None
) -> tuple[Array, Array, Array, Index]:
    """The failures block by block, in NumPy."""
    maps = spread.maps()
    width = max(1, BLOCK_VALUES // max(spread.by_seller.matrix.nnz, len(spread.sales), 1))
    parts = []
    for start in range(0, len(failing), width):
        block = slice(start, start + width)
        room = None if into is None else LostByFirm(into.down[:, block], into.up[:, block])
        parts.append(_cascade(maps, failing[block], replace=replace, eps=eps, into=room))
    both, down, up, iterations = (np.concatenate(column) for column in zip(*parts, strict=True))
    return both, down, up, iterations


def _cascade(
    maps: cascade.CascadeMaps, failing: Index, *, replace: Replace, eps: float, into: LostByFirm | None
) -> tuple[Array, Array, Array, Index]:
    """Iterate one block of scenarios; those that have come to rest are dropped from the arrays."""
    count, scenarios = len(maps.sales), len(failing)
    weight = maps.sales / max(maps.sales.sum(), np.finfo(float).tiny)
    left = np.ones((count, scenarios))
    left[failing, np.arange(scenarios)] = 0.0
    down, up = left, left
    before = weight @ (1.0 - left)
    rounds = np.ones(scenarios, dtype=np.int64)
    both, losses_down, losses_up = before.copy(), before.copy(), before.copy()
    going = np.arange(scenarios)
    for _ in range(MOST_ITERATIONS):
        sigma = replace(down=down, maps=maps)
        down_now = cascade.spread_down(down=down, sigma=sigma, left=left, maps=maps)
        up_now = cascade.spread_up(up=up, left=left, maps=maps)
        decrease = np.maximum((down - down_now).max(axis=0), (up - up_now).max(axis=0))
        now = weight @ (1.0 - np.minimum(down_now, up_now))
        still, slow = cascade.has_stopped(decrease=decrease, before=before, now=now, eps=eps)
        rounds[going] += ~still
        both[going], losses_down[going], losses_up[going] = now, weight @ (1.0 - down_now), weight @ (1.0 - up_now)
        if into is not None:
            into.down[:, going], into.up[:, going] = 1.0 - down_now, 1.0 - up_now
        on = ~(still | slow)
        if on.all():
            down, up, before = down_now, up_now, now
            continue
        going, before = going[on], now[on]
        if not len(going):
            break
        left, down, up = left[:, on], down_now[:, on], up_now[:, on]
    return both, losses_down, losses_up, rounds


def losses_in_rounds(
    maps: cascade.CascadeMaps, failing: Index, *, weight: Array, rounds: int, replace: str = "none", width: int = 64
) -> Array:
    """What each failure takes away downstream, added up over rounds of the cascade.

    Formula: ``sum over rounds r = 0 ... R - 1 of sum over i of w_i (1 - h_i(r))``, with h(0) the failed firm alone: where a round
    takes as long as stocks last, it is a loss over time.

    Args:
        maps: the network, in NumPy.
        failing: which firms fail, each alone.
        weight: w, what a firm makes or is worth in a round, (firms,).
        rounds: R.
        replace: as for `systemic_risk`.
        width: failures that are followed at a time.

    Returns:
        (failing,), in the unit of the weight.
    """
    parts = [
        _in_rounds(maps, failing[start : start + width], weight, rounds, REPLACE[replace])
        for start in range(0, len(failing), width)
    ]
    return np.concatenate(parts) if parts else np.zeros(0)


def _in_rounds(maps: cascade.CascadeMaps, failing: Index, weight: Array, rounds: int, replace: Replace) -> Array:
    """One block of failures; those that have come to rest are dropped and go on losing the same."""
    going = np.arange(len(failing))
    left = np.ones((len(weight), len(failing)))
    left[failing, going] = 0.0
    down, total = left, np.zeros(len(failing))
    for number in range(rounds):
        total[going] += weight @ (1.0 - down)
        sigma = replace(down=down, maps=maps)
        after = cascade.spread_down(down=down, sigma=sigma, left=left, maps=maps)
        on = (down - after).max(axis=0) > AT_REST
        total[going[~on]] += (rounds - 1 - number) * (weight @ (1.0 - after[:, ~on]))
        going, left, down = going[on], left[:, on], after[:, on]
    return total
