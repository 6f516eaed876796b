"""Reconciliation: raw statistics never balance, so say what had to give.

The unknowns are activities of producers, quantities of uses and flows of ordinary links. They are moved by the least
weighted squares, each measured in half the width of its own range, so that a number with a wide range gives way before
one with a narrow range, and no number leaves its range::

    minimise    sum ((x - x0) / h)^2            h = (high - low) / 2
    subject to  sum of flows in  =  coefficient x activity         for every need
                sum of flows out =  yield x activity               for every driving offer
                sum of flows out <= yield x activity               for every by-product (the rest is discarded)
                low <= control total <= high                       for every published sum
                low <= x <= high,  activity <= a sourced capacity

Coefficients and yields stay as they are: they are recipes, not statistics. Joint production is handled by letting every
offer of one producer hang on the same activity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sparse

from standoff.errors import InputError, Problem
from standoff.world.reconcile_solver import Certificate, LeastSquares, Vector, conflict, solve
from standoff.world.reconcile_totals import ControlTotal
from standoff.world.tables import World

ORDINARY_ROUTES = ("direct", "via")
NARROWEST = 1e-3
"""Half-ranges below this share of the number count as this share, so that weights stay comparable."""
TOTAL = "control total"
FREE = 1e3
"""Half-range of discarded by-products in units of their largest amount: large enough not to be felt."""


@dataclass(frozen=True)
class Adjustment:
    """One number that was moved: by how much, and how much of the half-width of its range that is."""

    table: str
    row: str
    column: str
    before: float
    after: float
    low: float
    high: float
    status: str

    @property
    def of_range(self) -> float:
        """Size of the move in half-widths of the range."""
        half = max((self.high - self.low) / 2, NARROWEST * abs(self.before), 1e-300)
        return abs(self.after - self.before) / half

    @property
    def relative(self) -> float:
        """Size of the move as a share of the number."""
        return abs(self.after - self.before) / abs(self.before) if self.before else float(self.after != 0)


@dataclass(frozen=True)
class Reconciliation:
    """The balanced values of the unknown columns, what was moved (largest first), and the control totals reached."""

    activity: Vector
    quantity: Vector
    flow: Vector
    adjustments: tuple[Adjustment, ...]
    totals: tuple[tuple[ControlTotal, float], ...]


@dataclass
class System:
    """Unknowns and balances under construction, unscaled."""

    prior: list[float]
    low: list[float]
    high: list[float]
    half: list[float]
    names: list[str]
    rows: list[dict[int, float]]
    row_names: list[str]

    @classmethod
    def empty(cls) -> System:
        """A system without unknowns."""
        return cls([], [], [], [], [], [], [])

    def unknown(self, name: str, prior: float, low: float, high: float, *, half: float | None = None) -> int:
        """Add an unknown; returns its position."""
        self.names.append(name)
        self.prior.append(min(max(prior, low), high))
        self.low.append(low)
        self.high.append(high)
        width = (high - low) / 2 if half is None else half
        self.half.append(max(width, NARROWEST * abs(prior), 1e-12))
        return len(self.prior) - 1

    def balance(self, name: str, terms: dict[int, float]) -> None:
        """Add ``sum of terms = 0``."""
        self.row_names.append(name)
        self.rows.append(terms)

    def scaled(self) -> tuple[LeastSquares, Vector]:
        """The problem with every unknown near one and every balance of size one, and the scale of the unknowns."""
        prior, low, high = np.array(self.prior), np.array(self.low), np.array(self.high)
        scale = np.maximum(np.maximum(np.abs(prior), 0.1 * high), 1e-9)
        index, column, value = [], [], []
        for row, terms in enumerate(self.rows):
            size = max(abs(factor) * scale[unknown] for unknown, factor in terms.items()) or 1.0
            for unknown, factor in terms.items():
                index.append(row)
                column.append(unknown)
                value.append(factor * scale[unknown] / size)
        matrix = sparse.csr_matrix((value, (index, column)), shape=(len(self.rows), len(prior)))
        weight = np.minimum((scale / np.array(self.half)) ** 2, 1 / NARROWEST**2)
        target = np.zeros(len(self.rows))
        return LeastSquares(matrix, target, prior / scale, low / scale, high / scale, weight), scale


def reconcile(world: World, totals: Sequence[ControlTotal] = ()) -> Reconciliation:
    """Balance a world within its ranges and reproduce the control totals.

    Args:
        world: read with ``checks=STRUCTURE_CHECKS``, as it need not balance yet.
        totals: published sums, each with the range it must lie in.

    Raises:
        InputError: when no balanced world lies within the ranges; it names the balances, control totals and ends of
            ranges that exclude each other.
    """
    system = System.empty()
    positions = add_unknowns(system, world)
    add_balances(system, world, positions)
    total_positions = [add_total(system, world, positions, total) for total in totals]
    problem, scale = system.scaled()
    certificate = conflict(problem)
    if certificate is not None:
        raise infeasible(system, certificate, world.name)
    values = solve(problem) * scale
    return collect(world, positions, values, [(t, values[i]) for t, i in zip(totals, total_positions, strict=True)])


@dataclass(frozen=True)
class Positions:
    """Where the unknowns stand: by producer or use, and by row of the links (stress routes are left out)."""

    consumer: dict[str, int]
    link: dict[int, int]


def add_unknowns(system: System, world: World) -> Positions:
    """Activities, quantities and flows with their ranges."""
    producers, uses, links = world.tables["producers"], world.tables["uses"], world.tables["links"]
    consumer: dict[str, int] = {}
    low, high = producers.range("activity")
    known = np.array([status != "assumed" for status in producers.status("capacity")])
    ceiling = np.where(known, producers["capacity"], np.inf)
    for i, name in enumerate(producers["producer"]):
        consumer[name] = system.unknown(
            f"activity of {name}", producers["activity"][i], low[i], min(high[i], ceiling[i])
        )
    low, high = uses.range("quantity")
    for i, name in enumerate(uses["use"]):
        consumer[name] = system.unknown(f"quantity of {name}", uses["quantity"][i], low[i], high[i])
    low, high = links.range("flow")
    link: dict[int, int] = {}
    for i, key in enumerate(zip(links["producer"], links["product"], links["consumer"], strict=True)):
        if links["route"][i] in ORDINARY_ROUTES:
            link[i] = system.unknown("flow " + " -> ".join(key), links["flow"][i], low[i], high[i])
    return Positions(consumer, link)


def add_balances(system: System, world: World, positions: Positions) -> None:
    """One balance a need and one an offer."""
    links = world.tables["links"]
    inward: dict[tuple[str, str], list[int]] = {}
    outward: dict[tuple[str, str], list[int]] = {}
    for i, unknown in positions.link.items():
        inward.setdefault((links["consumer"][i], links["product"][i]), []).append(unknown)
        outward.setdefault((links["producer"][i], links["product"][i]), []).append(unknown)
    needs, offers = world.tables["needs"], world.tables["offers"]
    for i, (consumer, product) in enumerate(needs.keys()):
        terms = dict.fromkeys(inward.get((consumer, product), []), 1.0)
        terms[positions.consumer[consumer]] = -needs["coefficient"][i]
        system.balance(f"what {consumer} needs of {product}", terms)
    for i, (producer, product) in enumerate(offers.keys()):
        activity = positions.consumer[producer]
        terms = dict.fromkeys(outward.get((producer, product), []), 1.0)
        made = offers["yield"][i]
        terms[activity] = terms.get(activity, 0.0) - made
        if not offers["driver"][i]:
            surplus = -sum(factor * system.prior[unknown] for unknown, factor in terms.items())
            most = made * system.high[activity]
            name = f"discarded {product} of {producer}"
            terms[system.unknown(name, max(0.0, surplus), 0.0, most, half=FREE * most)] = 1.0
        system.balance(f"what {producer} makes of {product}", terms)


def add_total(system: System, world: World, positions: Positions, total: ControlTotal) -> int:
    """One control total as an unknown of its own that equals its sum; returns its position."""
    unknown = system.unknown(f"{TOTAL} {total.total}", total.target, total.low, total.high)
    terms = {unknown: -1.0}
    for position, factor in total_terms(world, positions, total):
        terms[position] = terms.get(position, 0.0) + factor * total.factor
    system.balance(f"{TOTAL} {total.total}", terms)
    return unknown


def total_terms(world: World, positions: Positions, total: ControlTotal) -> list[tuple[int, float]]:
    """Unknowns and factors whose sum a control total gives."""
    producers, uses, links = world.tables["producers"], world.tables["uses"], world.tables["links"]
    place = dict(zip(producers["producer"], producers["place"], strict=True))
    place |= dict(zip(uses["use"], uses["place"], strict=True))
    recipe = dict(zip(producers["producer"], producers["recipe"], strict=True))
    kind = recipe | dict(zip(uses["use"], uses["kind"], strict=True))
    at = positions.consumer
    match total.measure:
        case "activity":
            return [(at[p], 1.0) for p in recipe if total.admits(recipe=recipe[p], place=place[p])]
        case "use":
            return [(at[u], 1.0) for u in uses["use"] if total.admits(kind=kind[u], place=place[u])]
        case "output":
            offers = world.tables["offers"]
            return [
                (at[p], made)
                for p, product, made in zip(offers["producer"], offers["product"], offers["yield"], strict=True)
                if total.admits(product=product, recipe=recipe[p], place=place[p])
            ]
        case "need":
            needs = world.tables["needs"]
            return [
                (at[c], coefficient)
                for c, product, coefficient in zip(
                    needs["consumer"], needs["product"], needs["coefficient"], strict=True
                )
                if total.admits(product=product, kind=kind[c], place=place[c])
            ]
        case _:
            return [
                (unknown, 1.0)
                for i, unknown in positions.link.items()
                if total.admits(
                    product=links["product"][i],
                    recipe=recipe[links["producer"][i]],
                    place=place[links["producer"][i]],
                    kind=kind[links["consumer"][i]],
                    to_place=place[links["consumer"][i]],
                )
            ]


def evaluate(world: World, total: ControlTotal) -> float:
    """What a world, balanced or not, gives for a control total."""
    system = System.empty()
    positions = add_unknowns(system, world)
    terms = total_terms(world, positions, total)
    return total.factor * sum(factor * system.prior[position] for position, factor in terms)


def infeasible(system: System, certificate: Certificate, world: str) -> InputError:
    """The error that names what excludes each other."""
    rows = [system.row_names[row] for row in certificate.balances]
    named = [name for name in rows if name.startswith(TOTAL)]
    named += [f"lowest {system.names[i]}: {system.low[i]:.6g}" for i in certificate.at_low]
    named += [f"highest {system.names[i]}: {system.high[i]:.6g}" for i in certificate.at_high]
    named += [f"balance of {name}" for name in rows if not name.startswith(TOTAL)]
    cure = "Widen one of these ranges, drop one of these totals, or correct a coefficient between them"
    what = f"world {world}: no balanced world lies within the ranges; these exclude each other"
    return InputError(what, [Problem(why=name, cure=cure) for name in named])


def collect(
    world: World, positions: Positions, values: Vector, totals: list[tuple[ControlTotal, float]]
) -> Reconciliation:
    """Columns and adjustments from the solved unknowns."""
    producers, uses, links = world.tables["producers"], world.tables["uses"], world.tables["links"]
    at = np.array([positions.consumer[name] for name in (*producers["producer"], *uses["use"])], dtype=int)
    count = len(producers["producer"])
    activity, quantity = values[at[:count]], values[at[count:]]
    flow = np.array(links["flow"], dtype=float)
    for i, unknown in positions.link.items():
        flow[i] = values[unknown]
    moved: list[Adjustment] = []
    for table, column, after in (
        (producers, "activity", activity),
        (uses, "quantity", quantity),
        (links, "flow", flow),
    ):
        low, high = table.range(column)
        status = table.status(column)
        for i, key in enumerate(table.keys()):
            before = float(table[column][i])
            row = Adjustment(table.name, "|".join(key), column, before, float(after[i]), low[i], high[i], status[i])
            moved.append(row)
    moved.sort(key=lambda adjustment: (-adjustment.of_range, -adjustment.relative))
    return Reconciliation(activity, quantity, flow, tuple(moved), tuple(totals))
