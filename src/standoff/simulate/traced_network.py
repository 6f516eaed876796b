"""A network of suppliers under JAX: what `standoff.model.supply` asks, over arrays that a trace may follow.

A network comes in two halves. What never changes (sizes, who sells to whom) is a NumPy network; what a derivative may be taken by (flows)
or what is too large to be written into a compiled program is a nest of arrays, `network_arrays`. All needs are one block, because a
compiler makes its own blocks, but those of a table with draws, which do not fit the cache together.
"""

from __future__ import annotations

from functools import cached_property
from types import SimpleNamespace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from standoff.errors import refuse
from standoff.model.home import HomeFlows
from standoff.model.link_cuts import CutSupply
from standoff.model.list_supply import ListSupply
from standoff.model.supply import Block, Supply, ratio
from standoff.model.table_supply import TableSupply

ALL = slice(None)


class NewArrays:
    """JAX's array namespace with the words of NumPy that rules use: what NumPy writes into ``out``, this returns anew.

    A quotient that is not asked for has no derivative, where JAX's own would be one of a division by zero.
    """

    def __getattr__(self, name: str) -> Any:
        return getattr(jnp, name)

    def minimum(self, a: Any, b: Any, out: Any = None) -> Any:
        return jnp.minimum(a, b)

    def maximum(self, a: Any, b: Any, out: Any = None) -> Any:
        return jnp.maximum(a, b)

    def multiply(self, a: Any, b: Any, out: Any = None) -> Any:
        return jnp.multiply(a, b)

    def abs(self, a: Any, out: Any = None) -> Any:
        return jnp.abs(a)

    def subtract(self, a: Any, b: Any, out: Any = None, where: Any = True) -> Any:
        return a - b if where is True else jnp.where(where, a - b, out)

    def divide(self, top: Any, bottom: Any, out: Any = None, where: Any = True) -> Any:
        if where is True:
            return top / bottom
        return jnp.where(where, jnp.where(where, top, 0.0) / jnp.where(where, bottom, 1.0), out)

    def broadcast(self, *arrays: Any) -> Any:
        """Something of the shape that the arrays have together."""
        return SimpleNamespace(shape=jnp.broadcast_shapes(*(jnp.shape(each) for each in arrays)))


class Members:
    """Entries along the first axis that belong together: all of a column, or those of a group.

    Args:
        group: group of each entry, ascending; None where the first axis is summed.
        groups: how many groups.
    """

    def __init__(self, group: Any = None, groups: int = 0) -> None:
        self.group, self.groups = group, groups

    def total(self, values: Any) -> Any:
        if self.group is None:
            return values.sum(axis=0)
        return jax.ops.segment_sum(values, self.group, num_segments=self.groups, indices_are_sorted=True)

    def smallest(self, values: Any) -> Any:
        if self.group is None:
            return values.min(axis=0)
        return jax.ops.segment_min(values, self.group, num_segments=self.groups, indices_are_sorted=True)

    def spread(self, values: Any) -> Any:
        return values[None] if self.group is None else _at(values, self.group)


def _least(of: Members, values: Any) -> Any:
    """Smallest entries of members; the derivative goes to the smallest in equal parts."""

    @jax.custom_jvp
    def least(values: Any) -> Any:
        return of.smallest(values)

    @least.defjvp
    def change(numbers: tuple[Any], changes: tuple[Any]) -> tuple[Any, Any]:
        found = of.smallest(numbers[0])
        here = (numbers[0] == of.spread(found)).astype(float)
        moved = jnp.where(here > 0, here * changes[0], 0.0)
        return found, ratio(of.total(moved), of.total(here), NewArrays())

    return least(values)


def _at(values: Any, index: Any) -> Any:
    """Rows of an array, which are known to be there."""
    return values.at[index].get(mode="promise_in_bounds")


def _along(constant: Any, like: Any) -> Any:
    """A constant with as many axes as what it is multiplied by."""
    return constant.reshape(constant.shape + (1,) * (like.ndim - constant.ndim))


def network_arrays(supply: Supply) -> dict[str, Any]:
    """The arrays of a network, as NumPy has them: what may be differentiated by, and places too many to be written into a program.

    Raises:
        InputError: a shape of network that JAX does not run.
    """
    if isinstance(supply, CutSupply):
        arrays = network_arrays(supply.whole)
        cut = supply.whole.link_base.copy()
        cut[supply.closed] *= supply.open_share
        if isinstance(supply.whole, TableSupply):
            cut = cut.reshape(supply.whole.table.shape).astype(supply.whole.table.dtype)
        return {**arrays, "flows": cut, "usual": arrays["flows"]}
    if isinstance(supply, TableSupply):
        return {"flows": supply.table, "base": supply.base}
    if isinstance(supply, ListSupply):
        group = np.repeat(np.arange(supply.nodes), supply.groups_of_node)
        arrays = {"flows": supply.link_base, "base": supply.base, "supplier": supply.supplier, "buyer": group}
        if not supply.need_is_group:
            arrays["group"] = np.repeat(np.arange(len(group)), supply.need_lengths)
        else:
            arrays["need"] = supply.need
        return arrays
    raise refuse(
        "backend jax", why=f"a network of the shape {type(supply).__name__} runs in NumPy only", cure="Use numpy"
    )


def traced_network(whole: Supply, arrays: Any, xp: NewArrays, *, draws: bool) -> Supply:
    """A network under JAX.

    Args:
        whole: the same in NumPy, without cuts: sizes and places are taken from it.
        arrays: those of `network_arrays`, of the network or of a cut one.
        xp: array namespace.
        draws: whether arrays have draws as their last axis.
    """
    shape = TracedTable if isinstance(whole, TableSupply) else TracedList
    return shape(whole, arrays, xp, draws=draws)


class TracedNetwork(Supply):
    """What both shapes share."""

    def __init__(self, whole: Any, arrays: Any, xp: NewArrays, *, draws: bool) -> None:
        self.whole, self.xp, self.nodes, self.draws = whole, xp, whole.nodes, draws
        self.flows, self.base, self.base_book = arrays["flows"], arrays["base"], whole.base_book
        self.arrays = arrays

    @property
    def nbytes(self) -> int:
        return int(self.whole.nbytes)

    def finish_book(self, factor: Any, book: Any) -> Any:
        return book

    def as_given(self, values: Any) -> Any:
        return self.whole.as_given(values)

    def pick(self, values: Any) -> Any:
        return self.whole.pick(values)

    @property
    def supplier(self) -> Any:
        return self.whole.supplier

    @property
    def link_base(self) -> Any:
        return self.arrays.get("usual", self.flows).astype(float).ravel()

    @property
    def closed_in_part(self) -> bool:
        return "usual" in self.arrays

    def reach_and_usual(self, weight: Any) -> tuple[Any, Any]:
        usual = {**self.arrays, "flows": self.arrays["usual"]}
        return self.reach(weight), type(self)(self.whole, usual, self.xp, draws=False).reach(weight)

    def links_at_home(self, place: Any) -> Any:
        return self.whole.links_at_home(place)

    def flow_of(self, link: Any) -> Any:
        return _at(self.flows.ravel(), link).astype(float)

    def home_flows(self, place: Any) -> HomeFlows:
        link, supplier, need = self.links_at_home(place)
        flow, size = self.flow_of(link), self.whole.base.size

        def sums(of: Any, by: Any, groups: int) -> Any:
            moved = _at(of, by[0])
            return jax.ops.segment_sum(_along(flow, moved) * moved, by[1], num_segments=groups)

        return HomeFlows(
            lambda weight: sums(weight, (supplier, need), size),
            lambda factor: sums(factor, (need, supplier), self.nodes),
            shape=self.whole.base.shape,
        )

    def links_to_suppliers(self, flow: Any) -> Any:
        return jax.ops.segment_sum(flow, self.whole.supplier, num_segments=self.nodes)


class TracedTable(TracedNetwork):
    """A `TableSupply` under JAX: all products at once, or, with draws, one after another, so that their draws fit the cache."""

    def __init__(self, whole: Any, arrays: Any, xp: NewArrays, *, draws: bool) -> None:
        super().__init__(whole, arrays, xp, draws=draws)
        self.loops = draws
        # With buyers before producers a product with many draws takes half the time
        self.turned: Any = jax.lax.optimization_barrier(jnp.swapaxes(self.flows, 1, 2)) if draws else None  # type: ignore[no-untyped-call]

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return (TracedTableBlock(self),)

    def through_blocks(self, one: Any, start: Any) -> tuple[Any, Any]:
        def product(so_far: Any, place: Any) -> Any:
            return one(place, TracedTableBlock(self, place), so_far)

        known, found = jax.lax.scan(product, start, jnp.arange(self.whole.products))
        return known, jax.tree.map(lambda each: each.reshape(-1, *each.shape[2:]), found)

    def links(self, factor: Any, weight: Any) -> Any:
        by_product = weight.reshape(self.whole.regions, self.whole.products).T
        return (self.flows * by_product[:, :, None] * factor[:, None, :]).ravel()

    def links_to_needs(self, flow: Any) -> Any:
        return flow.reshape(self.flows.shape).sum(axis=1)


class TracedTableBlock:
    """All products of a table, or one.

    Args:
        supply: the table.
        product: place of the one product, which may be traced; None for all.
    """

    def __init__(self, supply: TracedTable, product: Any = None) -> None:
        self.supply, self.xp, self.product = supply, supply.xp, product
        self.needs: Any = ALL if product is None else product[None]
        self.groups = self.needs
        self.flows = supply.flows if product is None else supply.flows[product]
        self.group_base = supply.base[self.needs]
        self.shape = self.group_base.shape

    def at_need(self, values: Any) -> Any:
        return values[None]

    def at_group(self, values: Any) -> Any:
        return values[None]

    def reach(self, weight: Any) -> Any:
        by_region = weight.reshape(self.supply.whole.regions, self.supply.whole.products, *weight.shape[1:])
        if self.product is None:
            return self._product("prf,rp...->pf...", by_region)
        return self._product("fr,r...->f...", by_region[:, self.product], self.supply.turned[self.product])[None]

    def add_orders(self, factor: Any, book: Any) -> Any:
        if self.product is None:
            return book + self._product("prf,pf...->rp...", factor).reshape(book.shape)
        by_region = book.reshape(self.supply.whole.regions, self.supply.whole.products, *book.shape[1:])
        orders = self._product("rf,f...->r...", factor[0])
        return by_region.at[:, self.product].add(orders).reshape(book.shape)

    def _product(self, which: str, values: Any, flows: Any = None) -> Any:
        flows = self.flows if flows is None else flows
        return jnp.einsum(which, flows, values.astype(flows.dtype)).astype(float)

    def group_total(self, values: Any) -> Any:
        return values

    def group_to_needs(self, values: Any, parts: Any) -> Any:
        return values

    def smallest(self, values: Any, least: Any) -> Any:
        found = _least(Members(), values) if self.product is None else values[0]
        return self.xp.minimum(least, found)

    def total(self, values: Any, total: Any) -> Any:
        return total + values.sum(axis=0)


class TracedList(TracedNetwork):
    """A `ListSupply` under JAX."""

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        return (TracedListBlock(self),)

    def at_link(self, values: Any) -> Any:
        """Values of needs at their links."""
        return values if "need" not in self.arrays else _at(values, self.arrays["need"])

    def links(self, factor: Any, weight: Any) -> Any:
        return self.flows * self.at_link(factor) * _at(weight, self.arrays["supplier"])

    def links_to_needs(self, flow: Any) -> Any:
        if "need" not in self.arrays:
            return flow
        return jax.ops.segment_sum(flow, self.arrays["need"], num_segments=len(self.base))

    def finish_book(self, factor: Any, book: Any) -> Any:
        flow = self.at_link(factor)
        flow = _along(self.flows, flow) * flow
        return jax.ops.segment_sum(flow, self.arrays["supplier"], num_segments=self.nodes)


class TracedListBlock:
    """All buyers of a list."""

    needs = groups = ALL

    def __init__(self, supply: TracedList) -> None:
        self.supply, self.xp = supply, supply.xp
        self.shape = supply.base.shape
        self.buyer = supply.arrays["buyer"]
        self.buyers = Members(self.buyer, supply.nodes)
        self.in_group = None
        if "group" in supply.arrays:
            self.in_group = Members(supply.arrays["group"], len(self.buyer))
        self.group_base = self.group_total(supply.base)

    def at_need(self, values: Any) -> Any:
        at_group = self.at_group(values)
        return at_group if self.in_group is None else self.in_group.spread(at_group)

    def at_group(self, values: Any) -> Any:
        return _at(values, self.buyer)

    def reach(self, weight: Any) -> Any:
        weights = _at(weight, self.supply.arrays["supplier"])
        return self.supply.links_to_needs(_along(self.supply.flows, weights) * weights)

    def add_orders(self, factor: Any, book: Any) -> Any:
        return book

    def group_total(self, values: Any) -> Any:
        return values if self.in_group is None else self.in_group.total(values)

    def group_to_needs(self, values: Any, parts: Any) -> Any:
        if self.in_group is None:
            return values
        return parts * self.in_group.spread(ratio(values, self.in_group.total(parts), self.xp))

    def smallest(self, values: Any, least: Any) -> Any:
        return jnp.minimum(least, _least(self.buyers, values))

    def total(self, values: Any, total: Any) -> Any:
        return total + self.buyers.total(values)
