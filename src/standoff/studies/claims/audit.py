"""What the model says about a claim, where it has the mechanism: an interval, a verdict, and where the claim would hold.

The same rule for every claim, whoever it favours: it holds where it is true in nine draws of ten, fails where it is true in one of ten or
less, and otherwise holds only in the region that is given.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.simulate.api import scenario_world
from standoff.simulate.ensemble import run_ensemble
from standoff.simulate.ensemble_result import Ensemble
from standoff.simulate.scenario import read_scenario
from standoff.studies.claims.registry import CLAIMS, Claim, read_claims, read_researched
from standoff.studies.paralysis import THREE_MONTHS, days_to_paralysis
from standoff.studies.sensitivity.discovery import find_box
from standoff.world.tables import World, read_world

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Said = tuple[str, str]
"""The same in English and Chinese."""

HOLDS, ONLY_IF, FAILS = "holds", "holds only if", "fails"
NO_MECHANISM, ONLY_DATA = "needs a mechanism that is not there yet", "only data can tell"
SURE = 0.9
RUN_DAYS = 364
BLOCK = 32
"""Draws that run together: progress is told, and a caller may stop, after each block."""
SCENARIOS = ("april-2025", "cut-off")
"""What the claims with a mechanism need to be run, each once."""
RANGE_POINTS = 41
PARALYSED = 0.2
"""Output below this share of baseline for four weeks is paralysis."""


@dataclass(frozen=True)
class Where:
    """One condition of the region in which a claim would hold.

    Attributes:
        kind: ``edge`` (a number of the model between two values), ``density`` (share of draws inside all edges in which the claim is
            true), ``span`` (of the measured quantity) or ``horizon`` (months, and what they leave).
        name: the number of the model, for an edge.
        low, high: the two values; None where there is no limit.
    """

    kind: str
    name: str = ""
    low: float | None = None
    high: float | None = None

    def words(self, unit: str) -> str:
        """The condition as the command line prints it."""
        low = "" if self.low is None else f"{self.low:.3g}"
        high = "" if self.high is None else f"{self.high:.3g}"
        if self.kind == "edge":
            return f"{low and low + ' <= '}{self.name}{high and ' <= ' + high}"
        if self.kind == "density":
            return f"there it is true in {self.low:.0%} of draws"
        if self.kind == "span":
            return f"{low} to {high} {unit}"
        return f"a horizon of {self.low:g} months leaves {self.high:.1f} months"


@dataclass(frozen=True)
class Answer:
    """What the model says.

    Attributes:
        measured, measured_zh: what was computed, in words.
        unit: of the interval.
        low, median, high: 80 % interval, or the ends of the stated ranges.
        verdict: one of the five.
        share_true: share of draws, or of the cases in ``region``, in which the claim is true; None where it
            cannot be told.
        where: where the claim would hold.
        region: the same in words.
        scenario, until: what was run for it; empty where a range of the world decides.
        table: the table of the world whose ranges decide; empty where draws do.
    """

    measured: str
    measured_zh: str
    unit: str
    low: float
    median: float
    high: float
    verdict: str
    share_true: float | None
    where: tuple[Where, ...] = ()
    region: tuple[str, ...] = field(init=False)
    scenario: str = ""
    until: str = ""
    table: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "region", tuple(each.words(self.unit) for each in self.where))


@dataclass(frozen=True)
class Bench:
    """A world and its ensembles, each run once when first asked for."""

    world: World
    draws: int
    seed: int
    as_of: dt.date | None
    progress: Callable[[int], None] | None = None
    done: dict[str, Ensemble] = field(default_factory=dict)

    def ensemble(self, scenario: str) -> Ensemble:
        """Draws of a scenario over a year."""
        if scenario not in self.done:
            asked = read_scenario(scenario, changes={"world": self.world.name})
            asked = read_scenario(
                scenario, changes={"world": self.world.name, "until": asked.start + dt.timedelta(days=RUN_DAYS)}
            )
            world, before = scenario_world(asked, self.world), self.draws * len(self.done)
            progress = self.progress
            self.done[scenario] = run_ensemble(
                asked,
                world,
                draws=self.draws,
                seed=self.seed,
                as_of=self.as_of,
                block=BLOCK,
                progress=None if progress is None else lambda done: progress(before + done),
            )
        return self.done[scenario]


def audit(
    *,
    world: str | Path = "rare-earths",
    draws: int = 128,
    seed: int = 0,
    as_of: dt.date | None = None,
    only: str = "",
    claims: Path = CLAIMS,
    progress: Callable[[int], None] | None = None,
) -> list[dict[str, Any]]:
    """Every claim with the model's answer and, beside it, what research found.

    Args:
        world: that answers.
        draws, seed: of the ensembles.
        as_of: information date: measures announced later do not exist.
        only: one claim's id; all if empty.
        claims: registry file; its columns ``verdict`` and ``figure_found`` change no answer.
        progress: called with the number of draws done, of ``draws`` times the number of `SCENARIOS`.
    """
    bench = Bench(read_world(world), draws, seed, as_of, progress)
    researched = read_researched(claims)
    return [
        {**asdict(claim), **_answer(claim, bench), "researched": researched[claim.id]}
        for claim in read_claims(claims)
        if not only or claim.id == only
    ]


def _answer(claim: Claim, bench: Bench) -> dict[str, Any]:
    if claim.id in TESTS:
        answer = asdict(TESTS[claim.id](bench))
        return {"answer": answer, "computed_verdict": answer["verdict"]}
    return {"answer": None, "computed_verdict": untested_verdict(claim)}


def untested_verdict(claim: Claim) -> str:
    """What is said of a claim that no test here answers."""
    return ONLY_DATA if claim.only_data else NO_MECHANISM


def from_draws(ensemble: Ensemble, quantity: Floats, true: Flags, *, measured: Said, unit: str) -> Answer:
    """An answer from draws: interval, share of draws in which the claim is true, and the box in which it is."""
    low, median, high = (float(value) for value in np.quantile(quantity, (0.1, 0.5, 0.9)))
    share = float(true.mean())
    verdict = HOLDS if share >= SURE else FAILS if share <= 1.0 - SURE else ONLY_IF
    names = [each.name for each in ensemble.ranges]
    box = find_box(np.stack([ensemble.values[name] for name in names], axis=1), true, names)
    where: tuple[Where, ...] = ()
    if box is not None:
        edges = tuple(Where("edge", edge.name, edge.low, edge.high) for edge in box.edges)
        where = (*edges, Where("density", low=float(box.density)))
    ran = {"scenario": ensemble.scenario.name, "until": ensemble.scenario.until.isoformat()}
    return Answer(*measured, unit, low, median, high, verdict, share, where, **ran)


def from_range(
    low: float, value: float, high: float, *, true: Callable[[float], bool], measured: Said, unit: str, table: str
) -> Answer:
    """An answer from a stated range: true everywhere in it, nowhere, or only in the part that is given."""
    points = np.unique(np.append(np.linspace(low, high, RANGE_POINTS), value))
    inside = points[[true(float(point)) for point in points]]
    verdict = FAILS if not len(inside) else HOLDS if len(inside) == len(points) else ONLY_IF
    where = (Where("span", low=float(inside[0]), high=float(inside[-1])),) if verdict == ONLY_IF else ()
    return Answer(*measured, unit, low, value, high, verdict, len(inside) / len(points), where, table=table)


def place_share(world: World, recipes: tuple[str, ...], place: str) -> tuple[float, float, float]:
    """Share of a place in the activity of some recipes: at the stated values, and at the ends of all ranges."""
    table = world.tables["producers"]
    rows = np.isin(np.array(table["recipe"]), recipes)
    here = rows & (np.array(table["place"]) == place)
    low, high = (np.asarray(side, dtype=float) for side in table.range("activity"))
    value = np.asarray(table["activity"], dtype=float)
    rest = rows & ~here
    least = low[here].sum() / (low[here].sum() + high[rest].sum())
    most = high[here].sum() / (high[here].sum() + low[rest].sum())
    return float(least), float(value[here].sum() / value[rows].sum()), float(most)


def magnets_share(bench: Bench) -> Answer:
    """A19: whether more than half of the world's NdFeB magnets are made in China."""
    share = place_share(bench.world, ("magnet_ndfeb", "magnet_ndfeb_dy_tb", "magnet_ndfeb_ce"), "CHN")
    return from_range(
        *share,
        true=lambda x: x > 0.5,
        measured=(
            "China's share of sintered NdFeB output; true above one half",
            "中国占烧结钕铁硼产量的比例；超过一半即成立",
        ),
        unit="share",
        table="producers",
    )


def separation_share(bench: Bench) -> Answer:
    """B16: whether China's share of separation is near 80 %, that is between 75 and 85."""
    share = place_share(bench.world, ("separation_light", "separation_heavy"), "CHN")
    return from_range(
        *share,
        true=lambda x: 0.75 <= x <= 0.85,
        measured=(
            "China's share of light and heavy separation; true between 0.75 and 0.85",
            "中国占轻、重稀土分离的比例；在0.75与0.85之间即成立",
        ),
        unit="share",
        table="producers",
    )


def fighter_mass(bench: Bench) -> Answer:
    """A18: whether the magnets of an F-35 weigh 417 kg in the world's bill of materials."""
    needs = bench.world.tables["needs"]
    goods = [name for name in bench.world.tables["products"]["product"] if name.startswith("magnet_")]
    rows = (np.array(needs["consumer"]) == "aircraft_kit_USA") & np.isin(np.array(needs["product"]), goods)
    low, high = (1000.0 * np.asarray(side, dtype=float)[rows].sum() for side in needs.range("coefficient"))
    value = 1000.0 * np.asarray(needs["coefficient"], dtype=float)[rows].sum()
    return from_range(
        float(low),
        float(value),
        float(high),
        true=lambda x: x >= 417.0,
        measured=("magnets of an aircraft; true from 417", "一架飞机所用磁体；达到417即成立"),
        unit="kg",
        table="needs",
    )


def months_of_cover(bench: Bench) -> Answer:
    """A47: months that a stock lasts if 60 % of a requirement is missing, by the horizon that the requirement is for."""
    gap = 0.6
    where = tuple(Where("horizon", low=horizon, high=(1.0 - gap) * horizon) for horizon in (7.5, 12.0, 24.0, 48.0))
    return Answer(
        measured="months of cover at a gap of 60 %",
        measured_zh="缺口60%时可支撑的月数",
        unit="months",
        low=(1.0 - gap) * 7.5,
        median=(1.0 - gap) * 12.0,
        high=(1.0 - gap) * 48.0,
        verdict=ONLY_DATA,
        share_true=None,
        where=where,
    )


def united_states_flow(bench: Bench) -> Answer:
    """A09: whether magnets to the United States are back at 95 % of the base year from the 22nd to the 30th week after the control."""
    ensemble = bench.ensemble("april-2025")
    rows = [
        index
        for index, (product, origin, place) in enumerate(ensemble.corridors)
        if product.startswith("magnet_") and origin == "CHN" and place == "USA"
    ]
    flow = ensemble.kept["trade"][:, rows].sum(axis=1).astype(float)
    week = int((dt.date(2025, 4, 4) - ensemble.scenario.start).days // ensemble.scenario.step_days)
    back = flow[week + 22 : week + 30].mean(axis=0) / flow[0]
    return from_draws(
        ensemble,
        back,
        back >= 0.95,
        measured=(
            "magnets from China to the United States, 22 to 30 weeks after the control, of the base year; true from 0.95. "
            "The licence rule itself stays in force",
            "管制后第22至30周中国输美磁体占基准年的比例；达到0.95即成立。许可规则本身仍然有效",
        ),
        unit="share",
    )


def united_states_chain(bench: Bench) -> Answer:
    """B17: whether nine tenths of the value of US uses miss more than one hundredth of a half-year's use after the control."""
    ensemble = bench.ensemble("april-2025")
    uses = ensemble.world.tables["uses"]
    here = np.array(uses["place"]) == "USA"
    week = int((dt.date(2025, 4, 4) - ensemble.scenario.start).days // ensemble.scenario.step_days)
    quantity = np.asarray(uses["quantity"], dtype=float)[here] / 2.0
    missed = ensemble.kept["unmet"][week : week + 26, here].sum(axis=0) / quantity[:, None]
    value = quantity * np.asarray(uses["value"], dtype=float)[here]
    touched = value @ (missed > 0.01) / value.sum()
    return from_draws(
        ensemble,
        touched,
        touched >= 0.9,
        measured=(
            "share of the value of US final uses that miss more than 1 % in the half-year after the control; true from 0.9",
            "管制后半年内缺口超过1%的美国最终使用占其价值的比例；达到0.9即成立",
        ),
        unit="share",
    )


def arms_after_cut_off(bench: Bench) -> Answer:
    """A55: whether at least half of US military uses are paralysed within three months of a total cut-off."""
    ensemble = bench.ensemble("cut-off")
    uses = ensemble.world.tables["uses"]
    rows = (np.array(uses["place"]) == "USA") & (np.array(uses["end_use"]) == "military")
    within = (days_to_paralysis(ensemble, share=PARALYSED)[rows] <= THREE_MONTHS).mean(axis=0)
    return from_draws(
        ensemble,
        within,
        within >= 0.5,
        measured=(
            "share of US military uses with output below 20 % of baseline for four weeks within three months; true from one half",
            "三个月内产出连续四周低于基准20%的美国军事用途的比例；达到一半即成立",
        ),
        unit="share",
    )


TESTS: dict[str, Callable[[Bench], Answer]] = {
    "A09": united_states_flow,
    "A18": fighter_mass,
    "A19": magnets_share,
    "A47": months_of_cover,
    "A55": arms_after_cut_off,
    "B16": separation_share,
    "B17": united_states_chain,
}
"""Claims of S01, S03, S08 and S09 whose mechanism is there."""
