"""Economies at rest from tables and lists: multi-regional input-output tables, one country's table, networks of firms."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from standoff.errors import Problems
from standoff.model.economy import Economy
from standoff.model.supply import ListSupply, TableSupply

Array = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]

YEAR_STEPS = 365.0
SMALLEST_INPUT_SHARE = 1e-5
"""Inputs below this share of output never bind under ``scarce_inventory`` (BoARIO 0.7.2)."""
CAPITAL_TO_VALUE_ADDED = 4.0
"""Assumed by BoARIO where no capital is given."""
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
    steps_per_year: float = YEAR_STEPS,
    peer_compatible: bool = False,
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
        steps_per_year: steps in a year.
        peer_compatible: as BoARIO 0.7.2: compare yearly inputs with daily output when telling inputs without weight, and raise
            a cover of one step or less to two.

    Raises:
        InputError: shapes that do not fit, or negative numbers.
    """
    final = final.sum(axis=1) if final.ndim == 2 else final
    _check_table(flows, final, output, products)
    supply = TableSupply(flows, products, per_step=steps_per_year)
    yearly = supply.base * steps_per_year
    compared = output / steps_per_year if peer_compatible else output
    value_added = np.maximum(output - yearly.sum(axis=0), 0.0)
    shape = supply.base.shape
    return Economy(
        supply=supply,
        output=output / steps_per_year,
        final=final / steps_per_year,
        cover=_held(_by_need(cover, shape)) if peer_compatible else _by_need(cover, shape),
        restock=_by_need(restock, shape),
        critical=np.broadcast_to(1.0, shape) if critical is None else critical,
        important=np.broadcast_to(0.0, shape) if important is None else important,
        counts=yearly > SMALLEST_INPUT_SHARE * compared[None, :],
        capital=CAPITAL_TO_VALUE_ADDED * value_added if capital is None else capital,
        value_added=value_added / steps_per_year,
        households=np.zeros(len(output)) if households is None else households / steps_per_year,
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
) -> Economy:
    """An economy of firms from a list of sales.

    Args:
        supplier, buyer, flow: sales per step, (links,).
        product: product of each firm, (firms,).
        final: final demand per step, (firms,).
        cover: steps of use in stock.
        restock: steps to close a gap of the stock.
        stock_by_link: a stock of each supplier's goods, or one of each product.
    """
    supply = ListSupply(supplier, buyer, flow, product=product, stock_by_link=stock_by_link)
    output = supply.base_book + final
    inputs = np.zeros_like(output)
    for block in supply.blocks:
        block.total(block.group_base, inputs)
    value_added = output - inputs
    needs = supply.base.shape
    return Economy(
        supply=supply,
        output=output,
        final=final,
        cover=np.broadcast_to(cover, needs),
        restock=np.broadcast_to(restock, needs),
        critical=np.broadcast_to(1.0, needs),
        important=np.broadcast_to(0.0, needs),
        counts=np.concatenate(
            [supply.base[b.needs] > SMALLEST_INPUT_SHARE * b.at_need(output) for b in supply.blocks], dtype=bool
        ),
        capital=CAPITAL_TO_VALUE_ADDED * np.maximum(value_added, 0.0) * YEAR_STEPS,
        value_added=value_added,
        households=np.zeros(len(product)),
    )


def _held(cover: Array) -> Array:
    """BoARIO raises a cover of one step or less to two, with a warning."""
    return np.where(cover <= 1.0, SMALLEST_COVER, cover)


def _by_need(values: Array | float, shape: tuple[int, ...]) -> Array:
    given = np.asarray(values, dtype=float)
    if given.ndim == 1:
        given = given[:, None]
    return np.broadcast_to(given, shape)


def _check_table(flows: Array, final: Array, output: Array, products: int) -> None:
    problems = Problems("input-output table")
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
