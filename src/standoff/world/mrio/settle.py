"""Settling a table: what is negative, empty or does not add up is changed in stated ways, and every change is reported.

A run starts at rest, so every producer has to sell what it makes and nothing may be negative. Published tables are neither: inventories
that are drawn down are negative final demand, sectors without output buy, totals differ from their parts.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems
from standoff.world.mrio.table import Adjustment, Mrio, RawTable

Array = npt.NDArray[np.float64]

SAME = 1e-6
"""Share of output under which a difference between output and sales is rounding of the published figures (assumed)."""


def settle(raw: RawTable) -> Mrio:
    """A table at rest, with the list of all that was changed.

    In this order: cells that are no numbers count as 0; negative flows between producers count as 0; negative final demand is taken
    from the rest of its row, so that sales stay, and what is more than the row counts as 0; producers without sales buy nothing; output
    is sales; value added under zero counts as 0 (inputs stay).

    Raises:
        InputError: shapes that do not fit the labels, labels that stand twice, or nothing left to run.
    """
    _check(raw)
    note = _Notes(raw)
    flows, households, other = (_finite(note, values) for values in (raw.flows, raw.households, raw.other))
    flows = note.clipped("negative flow between producers, set to 0", flows, _by_cell(raw))
    households, other = _net(note, households, other)
    flows = _close(note, flows, households, other)
    mrio = Mrio(raw.about, raw.regions, raw.sectors, flows, households, other)
    if raw.output is not None:
        gap = mrio.output - np.nan_to_num(raw.output)
        gap[np.abs(gap) <= SAME * np.maximum(mrio.output, 1e-300)] = 0.0
        note.changed("output differs from sales; sales count", gap, raw.node_name)
    short = np.minimum(mrio.output - mrio.flows.sum(axis=0), 0.0)
    note.changed("inputs cost more than output; value added counts as 0, inputs stay", short, raw.node_name)
    return Mrio(
        raw.about, raw.regions, raw.sectors, flows, households, other, note.with_shares(float(mrio.output.sum()))
    )


class _Notes:
    """Collects adjustments."""

    def __init__(self, raw: RawTable) -> None:
        self.raw = raw
        self.found = list(raw.notes)

    def changed(self, what: str, change: Array, name: Callable[[int], str]) -> None:
        """Note the non-zero entries of a change; ``name`` says where the flat position of the largest is."""
        size = np.abs(change).ravel()
        count = int(np.count_nonzero(size))
        if count:
            top = int(size.argmax())
            self.found.append(Adjustment(what, count, float(size[top]), name(top), float(size.sum())))

    def clipped(self, what: str, values: Array, name: Callable[[int], str]) -> Array:
        """Values with the negative ones set to 0."""
        if not (values < 0).any():
            return values
        self.changed(what, np.minimum(values, 0.0), name)
        return np.maximum(values, 0.0)

    def with_shares(self, output: float) -> tuple[Adjustment, ...]:
        return tuple(
            Adjustment(each.what, each.count, each.largest, each.where, each.total, each.total / output)
            for each in self.found
        )


def _finite(note: _Notes, values: Array) -> Array:
    there = np.isfinite(values)
    if there.all():
        return values
    note.found.append(Adjustment("cells that are no numbers, set to 0", int((~there).sum())))
    return np.where(there, values, 0.0)


def _by_cell(raw: RawTable) -> Callable[[int], str]:
    nodes = len(raw.flows)
    return lambda place: f"{raw.node_name(place // nodes)} to {raw.node_name(place % nodes)}"


def _net(note: _Notes, households: Array, other: Array) -> tuple[Array, Array]:
    """Final demand without negative cells; sums of rows stay where they are not negative themselves."""
    cells = np.concatenate([households, other], axis=1)
    if not (cells < 0).any():
        return households, other
    above = np.maximum(cells, 0.0)
    row, positive = cells.sum(axis=1), above.sum(axis=1)
    keep = np.divide(np.maximum(row, 0.0), positive, out=np.zeros_like(row), where=positive > 0)
    settled = above * keep[:, None]

    def name(place: int) -> str:
        node, column = divmod(place, cells.shape[1])
        return f"{note.raw.node_name(node)} to {note.raw.regions[column % households.shape[1]]}"

    note.changed(
        "negative final demand (stocks drawn down), taken from the rest of its row", np.minimum(cells, 0.0), name
    )
    note.changed("final demand negative as a whole, set to 0", np.minimum(row, 0.0), note.raw.node_name)
    return settled[:, : households.shape[1]], settled[:, households.shape[1] :]


def _close(note: _Notes, flows: Array, households: Array, other: Array) -> Array:
    """Flows without purchases of producers that sell nothing; closing one can leave another without sales."""
    final = households.sum(axis=1) + other.sum(axis=1)
    closed = np.zeros(len(final), dtype=bool)
    while True:
        buying = flows.sum(axis=0)
        silent = (flows.sum(axis=1) + final <= 0) & (buying > 0)
        if not silent.any():
            break
        note.changed("producers without sales buy nothing", np.where(silent, buying, 0.0), note.raw.node_name)
        flows = np.where(silent[None, :], 0.0, flows)
        closed |= silent
    idle = int((flows.sum(axis=1) + final <= 0).sum())
    if idle:
        note.found.append(Adjustment("producers without output; they stay at 0", idle))
    return flows


def _check(raw: RawTable) -> None:
    problems = Problems(f"table {raw.about.name}")
    for kind, labels in {"region": raw.regions, "sector": raw.sectors}.items():
        if not labels:
            problems.add(why=f"there is no {kind}", cure="Check the file and the format")
        for label in sorted({each for each in labels if labels.count(each) > 1}):
            problems.add(why=f"this {kind} stands twice", cure="Give each its own label", value=label)
    nodes, regions = len(raw.regions) * len(raw.sectors), len(raw.regions)
    shapes: dict[str, tuple[Any, Any]] = {
        "flows": (raw.flows.shape, (nodes, nodes)),
        "households": (raw.households.shape, (nodes, regions)),
        "other final demand": (raw.other.shape, (nodes, regions)),
        "output": ((nodes,) if raw.output is None else raw.output.shape, (nodes,)),
    }
    for what, (found, wanted) in shapes.items():
        if found != wanted:
            problems.add(why=f"{what}: shape {found} instead of {wanted}", cure="Check the labels against the numbers")
    problems.raise_if_any()
    if not (raw.flows > 0).any():
        problems.add(why="no producer sells to another", cure="Check the file and the format")
    problems.raise_if_any()
