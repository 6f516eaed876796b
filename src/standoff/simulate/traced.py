"""A run under JAX: the same rules, traced once, compiled, and differentiated.

Everything here runs in double precision, switched on for the calls made inside `double_precision` and for nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import fields, replace
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from standoff.model.share_matrix import LinearMap, RunMinimum
from standoff.model.state import Flows, State
from standoff.model.step import step
from standoff.simulate.backend import Backend
from standoff.simulate.initial import resting_state
from standoff.simulate.setup import Setup
from standoff.simulate.traced_network import NewArrays

CHUNK_BYTES = 256_000_000
"""Memory that the steps of one call may fill with what they keep."""
FLOWS_PER_STATE = 2
"""About how many times the size of the state a step's flows are."""


def double_precision() -> AbstractContextManager[Any]:
    """Double precision for the JAX calls inside, whatever the rest of the process uses."""
    context: AbstractContextManager[Any] = jax.enable_x64(True)
    return context


class TracedMap:
    """``y = A x`` along the first axis, as a sum of segments; the values of ``A`` may be traced and may differ between draws.

    Args:
        rows: row of each entry.
        columns: column of each entry.
        values: of each entry, (entries,) or (entries, draws).
        shape: (rows, columns).
    """

    def __init__(self, rows: Any, columns: Any, values: Any, *, shape: tuple[int, int]) -> None:
        order = np.argsort(rows, kind="stable")
        self.rows, self.columns = np.asarray(rows)[order], np.asarray(columns)[order]
        self.values, self.shape = jnp.asarray(values)[order], shape

    @classmethod
    def of(cls, constant: LinearMap) -> TracedMap:
        """The same map as a `LinearMap`."""
        matrix = constant.matrix
        if constant.form == "dense":
            rows, columns = np.nonzero(matrix)
            return cls(rows, columns, matrix[rows, columns], shape=constant.shape)
        entries = matrix.tocoo()
        return cls(entries.row, entries.col, entries.data, shape=constant.shape)

    def __call__(self, x: Any) -> Any:
        values = self.values[:, None] if x.ndim > self.values.ndim else self.values
        return jax.ops.segment_sum(
            values * x[self.columns], self.rows, num_segments=self.shape[0], indices_are_sorted=True
        )


class TracedMinimum:
    """A `RunMinimum` over JAX arrays."""

    def __init__(self, constant: RunMinimum, xp: Any) -> None:
        self.constant, self.xp = constant, xp

    def __call__(self, x: Any, fill: float) -> Any:
        return self.constant(x, fill, self.xp)


class Softened(NewArrays):
    """JAX's array namespace with another derivative of ``minimum``: results are the same, a reverse pass reads them softly.

    Where ``m = min(a, b)``, the exact derivative goes to the smaller of the two alone, so that whatever is not scarce now has none, however
    much would be lost without it. Softened, a share ``s`` of it goes to both by how near each is to binding:
    ``(1 - s) exact + s (m / a, m / b) / (m / a + m / b)``, for positive ``a`` and ``b``. With ``s = 0`` it is the exact derivative (halves
    where both are equal, as in JAX).

    Args:
        share: s, which may be traced.
    """

    def __init__(self, share: Any) -> None:
        self.share = share

    def minimum(self, a: Any, b: Any, out: Any = None) -> Any:
        if jnp.issubdtype(jnp.result_type(a), jnp.integer):  # a place, which has no derivative
            return jnp.minimum(a, b)
        shape = jnp.broadcast_shapes(jnp.shape(a), jnp.shape(b))
        return _soft_minimum(jnp.broadcast_to(1.0 * a, shape), jnp.broadcast_to(1.0 * b, shape), self.share)


@jax.custom_jvp
def _soft_minimum(a: Any, b: Any, share: Any) -> Any:
    return jnp.minimum(a, b)


@_soft_minimum.defjvp
def _change_of_soft_minimum(numbers: tuple[Any, Any, Any], changes: tuple[Any, Any, Any]) -> tuple[Any, Any]:
    a, b, share = numbers
    least = jnp.minimum(a, b)
    both = (a > 0) & (b > 0) & jnp.isfinite(least)
    exact = jnp.where(a < b, 1.0, jnp.where(a > b, 0.0, 0.5))
    near_a = jnp.where(both, least / jnp.where(both, a, 1.0), exact)
    near_b = jnp.where(both, least / jnp.where(both, b, 1.0), 1.0 - exact)
    weight = (1.0 - share) * exact + share * near_a / (near_a + near_b)
    return least, weight * changes[0] + (1.0 - weight) * changes[1]


def traceable(setup: Setup, xp: Any) -> Setup:
    """The setup with its maps and paths as JAX reads them, over an array namespace of JAX."""
    changed: dict[str, Any] = {
        name: jnp.asarray(getattr(setup, name))
        for name in ("capacity_path", "demand_path", "reserve_open_path", "static_places", "tracked_places")
    }
    for field in fields(setup):
        value = getattr(setup, field.name)
        if isinstance(value, LinearMap):
            changed[field.name] = TracedMap.of(value)
        elif isinstance(value, RunMinimum):
            changed[field.name] = TracedMinimum(value, xp)
    table = setup.regime_table
    changed["regime_table"] = replace(table, fields=jax.tree.map(jnp.asarray, table.fields), xp=jnp)
    return replace(setup, **changed)


def differentiate(
    setup_of: Callable[[Any], Setup], emit: Callable[[Setup, Flows], Any], *, softened: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """A compiled function from numbers to a result and its derivatives by all of them, from one reverse pass.

    A reverse pass computes each step again rather than remember it whole: that takes a fifth of the memory and, measured, less time.

    Args:
        setup_of: the setup of the numbers, arrays in any nest of tuples and mappings, for `JAX`.
        emit: what a step adds to the result, (draws,), from its flows.
        softened: whether the function takes the share of `Softened` as a second argument.

    Returns:
        A function that returns the result, (draws,), and derivatives of the form of the numbers. Draws do not depend on each other.
    """

    def total(numbers: Any, share: Any) -> tuple[Any, Any]:
        setup, xp = setup_of(numbers), Softened(share) if softened else NewArrays()
        result = scan_steps(setup, lambda _, flows: emit(setup, flows), recompute=True, xp=xp).sum(axis=0)
        return result.sum(), result

    compiled = jax.jit(jax.grad(total, has_aux=True))

    def call(numbers: Any, share: float = 0.0) -> tuple[Any, Any]:
        with double_precision():
            derivatives, result = compiled(jax.tree.map(jnp.asarray, numbers), jnp.asarray(share))
            return np.asarray(result), jax.tree.map(np.asarray, derivatives)

    return call


def compile_steps(setup_of: Callable[[Any], Setup], *, steps: int) -> Callable[[Any], Iterator[tuple[State, Flows]]]:
    """A compiled function from numbers to the steps of a run, as NumPy arrays.

    Args:
        setup_of: the setup of the numbers, arrays in any nest of tuples and mappings.
        steps: of the run.

    Returns:
        A function that yields the state at the end of each step and what moved in it. Rings come as their sums, in one row.
    """

    def begin(numbers: Any) -> State:
        return _resting(setup_of(numbers))

    def go_on(numbers: Any, state: State, ahead: Any) -> tuple[State, Any]:
        return _scan(setup_of(numbers), lambda after, flows: (_slim(after), flows), state=state, ahead=ahead)

    first, chunk = jax.jit(begin), jax.jit(go_on)

    def run(numbers: Any) -> Iterator[tuple[State, Flows]]:
        with double_precision():
            given = jax.tree.map(jnp.asarray, numbers)
            state = first(given)
        size = sum(each.nbytes for each in jax.tree.leaves(state))
        ahead = -(-steps // -(-steps * size * FLOWS_PER_STATE // CHUNK_BYTES))
        for begun in range(0, steps, ahead):
            with double_precision():
                state, kept = chunk(given, state, jnp.arange(begun, begun + ahead))
                whole = jax.tree.map(np.asarray, kept)
            for number in range(min(ahead, steps - begun)):
                yield jax.tree.map(lambda each, number=number: each[number], whole)

    return run


def _slim(state: State) -> State:
    """The state with each ring as its sum, in one row: all that recorders read of it."""
    rings = {name: getattr(state, name).sum(axis=0)[None] for name in ("in_making", "arriving", "stages")}
    return state._replace(**rings, rights=state.rights._replace(valid=state.rights.valid.sum(axis=0)[None]))


def scan_steps(setup: Setup, emit: Callable[[State, Flows], Any], *, recompute: bool = False, xp: Any = None) -> Any:
    """All steps from rest in one compiled loop. To be called while JAX traces.

    Args:
        setup: built with `JAX`.
        emit: what to keep of the state at the end of a step and of what moved in it.
        recompute: whether a reverse pass computes each step again rather than remember it whole.
        xp: `NewArrays` that the rules run over; with exact derivatives if not given.

    Returns:
        What was kept, with the steps as a first axis.
    """
    steps = jnp.arange(setup.clock.steps)
    return _scan(setup, emit, state=_resting(setup), ahead=steps, recompute=recompute, xp=xp)[1]


def _resting(setup: Setup) -> State:
    state: State = jax.tree.map(jnp.asarray, resting_state(setup, xp=jnp))
    return state


def _scan(
    setup: Setup,
    emit: Callable[[State, Flows], Any],
    *,
    state: State,
    ahead: Any,
    xp: Any = None,
    recompute: bool = False,
) -> tuple[State, Any]:
    """Some steps in one loop: the state after them, and what was kept of each."""
    xp = xp or NewArrays()
    ready = traceable(setup, xp)
    paths = jax.tree.map(jnp.asarray, ready.regime_table.paths)

    def one(state: State, number: Any) -> tuple[State, Any]:
        regime = ready.regime_table.look_up(number, paths)
        after, flows = step(state, ready, number=number, regime=regime, xp=xp)
        return after, emit(after, flows)

    after, kept = jax.lax.scan(jax.checkpoint(one, prevent_cse=False) if recompute else one, state, ahead)
    return after, kept


JAX = Backend(name="jax", xp=jnp, linear_map=TracedMap)
