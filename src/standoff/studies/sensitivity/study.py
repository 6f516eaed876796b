"""One report on what drives a result: screening of every drawn number, Sobol indices of the leading ones, and where it goes wrong."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import nearest, refuse
from standoff.simulate.ensemble import Job, join_blocks, plan_ensemble, run_blocks
from standoff.simulate.ensemble_result import Ensemble
from standoff.simulate.sampling import draw_values
from standoff.simulate.scenario import Scenario
from standoff.studies.sensitivity.discovery import Box, find_box
from standoff.studies.sensitivity.indices import Indices, binned_indices, saltelli_points, sobol_indices
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import World

Floats = npt.NDArray[np.float64]

TOTAL = "unmet_use_usd"
KINDS = ("unmet", "stopped", "trade")
HIGH = 0.8
"""Where no threshold is given, a result is high in its highest fifth."""


@dataclass(frozen=True)
class Sensitivity:
    """What drives a result.

    Attributes:
        of: the result.
        screening: first index of every drawn number from the draws, strongest first.
        numbers: the leading numbers, for which indices are computed with all others at their stated values.
        indices: first and total.
        draws, runs: of the screening and of the design.
        threshold: above which the result is looked for.
        box: where it is above.
    """

    of: str
    screening: dict[str, float]
    numbers: tuple[str, ...]
    indices: Indices
    draws: int
    runs: int
    threshold: float
    box: Box | None

    def as_dict(self) -> dict[str, Any]:
        """Plain values."""
        columns = (self.indices.first, self.indices.first_error, self.indices.total, self.indices.total_error)
        rows = [
            {"number": name, "first": f, "first_error": fe, "total": t, "total_error": te}
            for name, f, fe, t, te in zip(self.numbers, *(column.tolist() for column in columns), strict=True)
        ]
        return {
            "of": self.of,
            "method": "first indices by bins of every drawn number on Sobol draws; first (Saltelli 2010) and total (Jansen 1999) "
            "indices of the leading numbers on a Saltelli design, all others at their stated values; box by PRIM on the draws",
            "draws": self.draws,
            "runs": self.runs,
            "screening": [{"number": name, "first": value} for name, value in list(self.screening.items())[:20]],
            "indices": rows,
            "above": self.threshold,
            "box": asdict(self.box) if self.box else None,
        }


def sensitivity(
    scenario: Scenario,
    world: World,
    *,
    of: str = TOTAL,
    draws: int = 512,
    leading: int = 6,
    design: int = 64,
    above: float | None = None,
    seed: int = 0,
    processes: int = 1,
    as_of: dt.date | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sensitivity:
    """Screen every drawn number, compute indices of the leading ones, and look for where the result is high.

    Args:
        scenario, world: what is run.
        of: ``unmet_use_usd``, ``unmet:USE``, ``stopped:USE`` (largest share of the use that stood still) or ``trade:CORRIDOR``.
        draws: of the screening.
        leading: numbers whose indices are computed.
        design: base points of the Saltelli design; it takes ``design x (leading + 2)`` runs.
        above: threshold of the scenario discovery, in the result's units.
        seed, processes, as_of: as in `standoff.simulate.ensemble.run_ensemble`.
        progress: called with the number of runs done.
    """
    network = build_network(world)
    job = plan_ensemble(scenario, world, draws=draws, seed=seed, as_of=as_of, network=network)
    if not job.ranges:
        raise refuse(f"sensitivity of {scenario.name}", why="no number is drawn", cure="Give the world ranges")
    ensemble = _run(job, network, processes=processes, seed=seed)
    values = result_of(ensemble, of)
    if progress:
        progress(draws)
    names = [each.name for each in job.ranges]
    table = np.stack([job.values[name] for name in names], axis=1)
    screened = binned_indices(table, values)
    order = np.argsort(-screened, kind="stable")
    chosen = [names[position] for position in order[:leading]]
    moved = design_job(job, chosen, count=design, seed=seed)
    indices = sobol_indices(result_of(_run(moved, network, processes=processes, seed=seed), of), dimensions=len(chosen))
    if progress:
        progress(draws + moved.draws)
    threshold = above if above is not None else float(np.quantile(values, HIGH))
    return Sensitivity(
        of=of,
        screening={names[position]: float(screened[position]) for position in order},
        numbers=tuple(chosen),
        indices=indices,
        draws=draws,
        runs=moved.draws,
        threshold=threshold,
        box=find_box(table, values > threshold, names),
    )


def design_job(job: Job, numbers: list[str], *, count: int, seed: int) -> Job:
    """A job on the Saltelli design of some numbers, all others at their stated values."""
    points = saltelli_points(count, dimensions=len(numbers), seed=seed)
    known = {each.name: each for each in job.ranges}
    values = {name: np.full(len(points), each.value) for name, each in known.items()}
    values.update(draw_values([known[name] for name in numbers], points))
    return replace(job, values=values)


def _run(job: Job, network: Network, *, processes: int, seed: int) -> Ensemble:
    blocks = dict(run_blocks(job, network, job.slices(), processes=processes))
    return join_blocks(job, network, [blocks[number] for number in sorted(blocks)], seed=seed)


def result_of(ensemble: Ensemble, of: str) -> Floats:
    """The result asked for, (draws,).

    Raises:
        InputError: there is no such result.
    """
    if of == TOTAL:
        total: Floats = ensemble.loss
        return total
    kind, _, label = of.partition(":")
    corridors = [f"{product}: {origin} > {place}" for product, origin, place in ensemble.corridors]
    labels = {"unmet": ensemble.uses, "stopped": ensemble.uses, "trade": tuple(corridors)}
    if kind not in KINDS or label.strip() not in labels[kind]:
        known = (
            [f"{kind}:{name}" for name in labels[kind]]
            if kind in KINDS
            else [TOTAL, *(f"{each}:..." for each in KINDS)]
        )
        raise refuse("--of", why="there is no such result", cure=nearest(of, known), value=of)
    row = labels[kind].index(label.strip())
    if kind == "stopped":
        largest: Floats = ensemble.kept["stopped_share"][:, row].max(axis=0).astype(float)
        return largest
    summed: Floats = ensemble.kept[kind][:, row].astype(float).sum(axis=0)
    return summed
