"""Systemic risk of every firm: the weighted output lost when it fails, by the static cascade (rule set ``esri``)."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems, nearest, refuse
from standoff.model import cascade
from standoff.model.share_matrix import LinearMap, RunMinimum
from standoff.world.essentiality import ESSENTIAL, NON_ESSENTIAL, PATTERNS
from standoff.world.firms import FirmNetwork

Array = npt.NDArray[np.float64]
Replace = Callable[..., Array]

USUAL_EPS = 0.01
BLOCK_VALUES = 4_000_000
"""Values of a links x scenarios array held at a time: 32 MB; five times as many took twice as long (10,000 firms, 100,000 links)."""
MOST_ITERATIONS = 10_000
"""Rounds after which a cascade that creeps on is given up, and said to have been."""
MOST_STATES = 25_000_000
"""Firms times failures of which the state of every firm is kept: 0.4 GB."""

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
    iterations: npt.NDArray[np.int64]

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


def cascade_maps(network: FirmNetwork) -> cascade.CascadeMaps:
    """The maps of `cascade` for a firm network.

    Weights: an essential input loses ``W_ij / sum of W over suppliers of that sector``, a non-essential one
    ``W_ij / all inputs of j``, a negligible one nothing; upstream ``W_ij / sales of i``.
    """
    count = len(network.firms)
    supplier, buyer, value = network.supplier, network.buyer, network.value
    sales: Array = np.bincount(supplier, value, count).astype(float)
    inputs = np.bincount(buyer, value, count)
    level = network.essentiality[network.sector[supplier], network.sector[buyer]]
    keys, need = np.unique(buyer * len(network.sectors) + network.sector[supplier], return_inverse=True)
    need_buyer = keys // max(len(network.sectors), 1)
    by_need = np.bincount(need, value, len(keys))
    need_level = np.zeros(len(keys), dtype=np.int8)
    need_level[need] = level
    weight = np.where(
        level == ESSENTIAL, value / by_need[need], np.where(level == NON_ESSENTIAL, value / inputs[buyer], 0)
    )
    essential = np.flatnonzero(need_level == ESSENTIAL)
    optional = np.flatnonzero(need_level == NON_ESSENTIAL)
    smallest = RunMinimum(need_buyer[essential], count, members=essential)
    sector_sum = LinearMap(
        network.sector, np.arange(count), np.ones(count), shape=(len(network.sectors), count), form="sparse"
    )
    return cascade.CascadeMaps(
        sales=sales,
        losses_by_need=LinearMap(need, supplier, weight, shape=(len(keys), count), form="sparse"),
        losses_by_seller=LinearMap(supplier, buyer, value / sales[supplier], shape=(count, count), form="sparse"),
        smallest_essential=lambda x: smallest(x, 1.0),
        sum_non_essential=LinearMap(
            need_buyer[optional], optional, np.ones(len(optional)), shape=(count, len(keys)), form="sparse"
        ),
        by_market=lambda x: sector_sum(x)[network.sector],
    )


def systemic_risk(
    network: FirmNetwork,
    *,
    replace: str = "none",
    eps: float = USUAL_EPS,
    failing: npt.NDArray[np.int64] | None = None,
    into: LostByFirm | None = None,
) -> SystemicRisk:
    """Let each firm fail in turn and follow the cascade to its end.

    Args:
        network: firms, sales and essentiality.
        replace: ``none``, or ``market_share``: rivals of the same sector replace a firm by their share of what is left.
        eps: a scenario ends when nothing falls by more than this, or the loss grows by at most this share of itself.
        failing: which firms fail, all if not given.
        into: takes what every firm loses.

    Returns:
        Losses as shares of all sales: ``sum of s_i (1 - min(h_down, h_up)) / sum of s_i``, and each direction alone.
    """
    maps = cascade_maps(network)
    chosen = np.arange(len(network.firms)) if failing is None else failing
    width = max(1, BLOCK_VALUES // max(len(network.supplier), len(network.firms), 1))
    parts = []
    for start in range(0, len(chosen), width):
        block = slice(start, start + width)
        room = None if into is None else LostByFirm(into.down[:, block], into.up[:, block])
        parts.append(_cascade(maps, chosen[block], replace=REPLACE[replace], eps=eps, into=room))
    both, down, up, iterations = (np.concatenate(column) for column in zip(*parts, strict=True))
    return SystemicRisk(
        firms=tuple(network.firms[firm] for firm in chosen), both=both, down=down, up=up, iterations=iterations
    )


def _cascade(
    maps: cascade.CascadeMaps,
    failing: npt.NDArray[np.int64],
    *,
    replace: Replace,
    eps: float,
    into: LostByFirm | None,
) -> tuple[Array, Array, Array, npt.NDArray[np.int64]]:
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
