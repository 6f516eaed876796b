"""Economies at rest from tables and lists: multi-regional input-output tables, one country's table, networks of firms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems, nearest
from standoff.model.economy import Economy
from standoff.model.home import Homes
from standoff.model.list_supply import ListSupply
from standoff.model.share_matrix import TABLE_DENSE_FROM_DENSITY
from standoff.model.supply import Supply, ratio
from standoff.model.table_supply import TableSupply

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

YEAR_STEPS = 365.0
SMALLEST_INPUT_SHARE = 1e-5
"""Inputs below this share of output never bind under ``scarce_inventory`` (BoARIO 0.7.2)."""
CAPITAL_TO_VALUE_ADDED = 4.0
"""Assumed by BoARIO where no capital is given."""
SHAPES, STORAGES = ("auto", "dense", "sparse"), ("float64", "float32")
SMALLEST_COVER = 2.0
"""To which BoARIO raises a cover of one step or less."""


def economy_from_table(
    *,
    flows: Array,
    final: Array,
    output: Array,
    products: int,
    cover: Array | float,
    restock: Array | float,
    capital: Array | None = None,
    critical: Array | None = None,
    important: Array | None = None,
    households: Array | None = None,
    final_at_home: Array | None = None,
    steps_per_year: float = YEAR_STEPS,
    peer_compatible: bool = False,
    shape: str = "auto",
    storage: str = "float64",
) -> Economy:
    """An economy from a yearly table.

    Args:
        flows: Z, from producer (row) to producer (column), money per year; producers by region, then product.
        final: final demand, money per year, (producers,) or (producers, columns).
        output: money per year, (producers,).
        products: products of a region.
        cover: steps of use in stock, by product or by (product, producer); infinite where an input never binds.
        restock: steps to close a gap of the stock, by product or one number.
        capital: money; four times value added if not given.
        critical, important: 1 where an input is, by (product, producer); all critical if not given.
        households: part of final demand, money per year, (producers,).
        final_at_home: part of final demand in the region of its producer, money per year, (producers,); all of it if not given (assumed).
        steps_per_year: steps in a year.
        peer_compatible: as BoARIO 0.7.2: compare yearly inputs with daily output when telling inputs without weight, and raise
            a cover of one step or less to two.
        shape: ``dense`` keeps the whole table, ``sparse`` a list of the flows above 0 (and needs only where something flows);
            ``auto`` chooses by the share of flows above 0.
        storage: ``float64``, or ``float32`` for a dense table of half the bytes, which a step reads in half the time: output then is
            exact to about 1e-6 of it (docs/peers.md).

    Raises:
        InputError: sizes that do not fit, negative numbers, a shape or storage that there is not.
    """
    final = final.sum(axis=1) if final.ndim == 2 else final
    _check_table(flows, final, output, products, shape, storage)
    supply = _table_supply(flows, products, steps_per_year, shape=shape, storage=storage)
    compared = output / steps_per_year if peer_compatible else output
    value_added = np.maximum(output - steps_per_year * supply.inputs, 0.0)
    needs = supply.base.shape
    by_product = (products, len(output))
    cover = supply.pick(_by_need(cover, by_product))
    return Economy(
        supply=supply,
        output=output / steps_per_year,
        final=final / steps_per_year,
        cover=_held(cover) if peer_compatible else cover,
        restock=supply.pick(_by_need(restock, by_product)),
        critical=np.broadcast_to(1.0, needs) if critical is None else supply.pick(critical),
        important=np.broadcast_to(0.0, needs) if important is None else supply.pick(important),
        counts=_above(supply, SMALLEST_INPUT_SHARE / steps_per_year * compared),
        capital=CAPITAL_TO_VALUE_ADDED * value_added if capital is None else capital,
        value_added=value_added / steps_per_year,
        households=np.zeros(len(output)) if households is None else households / steps_per_year,
        homes=Homes(np.arange(len(output)) // products, share_at_home(final, final_at_home)),
    )


def economy_from_firms(
    *,
    supplier: Index,
    buyer: Index,
    flow: Array,
    product: Index,
    final: Array,
    cover: float,
    restock: float,
    stock_by_link: bool = True,
    place: Index | None = None,
) -> Economy:
    """An economy of firms from a list of sales.

    Args:
        supplier, buyer, flow: sales per step, (links,).
        product: product of each firm, (firms,).
        final: final demand per step, (firms,).
        cover: steps of use in stock.
        restock: steps to close a gap of the stock.
        stock_by_link: a stock of each supplier's goods, or one of each product.
        place: number of the place of each firm, (firms,), if it is known; final demand is at home (assumed).
    """
    supply = ListSupply(supplier, buyer, flow, product=product, stock_by_link=stock_by_link)
    output = supply.base_book + final
    value_added = output - supply.inputs
    needs = supply.base.shape
    return Economy(
        supply=supply,
        output=output,
        final=final,
        cover=np.broadcast_to(cover, needs),
        restock=np.broadcast_to(restock, needs),
        critical=np.broadcast_to(1.0, needs),
        important=np.broadcast_to(0.0, needs),
        counts=_above(supply, SMALLEST_INPUT_SHARE * output),
        capital=CAPITAL_TO_VALUE_ADDED * np.maximum(value_added, 0.0) * YEAR_STEPS,
        value_added=value_added,
        households=np.zeros(len(product)),
        homes=None if place is None else Homes(place, np.ones(len(product))),
    )


def share_at_home(final: Array, at_home: Array | None) -> Array:
    """Share of final demand in the place of its seller, all where there is none: what is rebuilt there is ordered at home (assumed)."""
    if at_home is None:
        return np.ones(len(final))
    return np.where(final > 0, ratio(at_home, final), 1.0)


def _table_supply(flows: Array, products: int, steps: float, *, shape: str, storage: str) -> Supply:
    """The shape that is faster for the share of flows above 0, if it is not told."""
    if shape == "auto":
        shape = "dense" if np.count_nonzero(flows) >= TABLE_DENSE_FROM_DENSITY * flows.size else "sparse"
    if shape == "dense":
        return TableSupply(flows, products, per_step=steps, storage=np.dtype(storage))
    supplier, buyer = np.nonzero(flows)
    product = np.arange(len(flows)) % products
    return ListSupply(supplier, buyer, flows[supplier, buyer] / steps, product=product, stock_by_link=False)


def _above(supply: Supply, least: Array) -> npt.NDArray[np.bool_]:
    """Whether the base flow of a need is above a bound of its buyer, (needs)."""
    above = np.empty(supply.base.shape, dtype=bool)
    for block in supply.blocks:
        above[block.needs] = supply.base[block.needs] > block.at_need(least)
    return above


def _held(cover: Array) -> Array:
    """BoARIO raises a cover of one step or less to two, with a warning."""
    return np.where(cover <= 1.0, SMALLEST_COVER, cover)


def _by_need(values: Array | float, shape: tuple[int, ...]) -> Array:
    given = np.asarray(values, dtype=float)
    if given.ndim == 1:
        given = given[:, None]
    return np.broadcast_to(given, shape)


def _check_table(flows: Array, final: Array, output: Array, products: int, shape: str, storage: str) -> None:
    problems = Problems("input-output table")
    for name, value, known in (("shape", shape, SHAPES), ("storage", storage, STORAGES)):
        if value not in known:
            problems.add(column=name, value=value, why=f"no such {name}", cure=nearest(value, known))
    if shape == "sparse" and storage != "float64":
        problems.add(column="storage", value=storage, why="a sparse table is kept in float64", cure="Leave it out")
    nodes = len(output)
    sizes: Mapping[str, bool] = {
        f"flows are {flows.shape}, not {nodes} x {nodes}": flows.shape != (nodes, nodes),
        f"final demand has {len(final)} rows, not {nodes}": len(final) != nodes,
        f"{nodes} producers are no multiple of {products} products": bool(nodes % products),
    }
    for why, wrong in sizes.items():
        if wrong:
            problems.add(why=why, cure="Give one row and one column a producer, by region, then product")
    for name, values in {"flows": flows, "output": output}.items():
        if not np.isfinite(values).all() or (values < 0).any():
            problems.add(why=f"{name} hold numbers that are negative or not finite", cure="Correct the table")
    problems.raise_if_any()
