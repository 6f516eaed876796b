"""Systemic risk of every firm under JAX: the same cascade, one failure a slot, every slot taken by the next failure as soon as it is free.

A cascade ends after as many rounds as it takes. NumPy drops what has come to rest; a compiled loop keeps the shape of its arrays, so that
a slot that is at rest would wait for the slowest. Here it begins the next failure instead, inside one loop for all of them.
"""

from __future__ import annotations

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import numpy.typing as npt
from jax.experimental.sparse import BCSR

from standoff.model import cascade
from standoff.model.share_matrix import LinearMap, sum_map
from standoff.simulate.systemic_risk import MOST_ITERATIONS, Replace, Spread
from standoff.simulate.traced import double_precision

Index = npt.NDArray[np.int64]

VALUES_ON_CPU, VALUES_ELSEWHERE = 1_000_000, 200_000_000
"""Values of a links x slots array: few enough for a processor's cache (measured, 10,000 firms; four times as many took a third longer),
enough to keep an accelerator busy (assumed: none was at hand)."""


class _Slots(NamedTuple):
    """Failures under way, and what is known of all. A slot whose failure is beyond the last has nothing to do."""

    failure: Any
    """Position of its failure among those that were asked for, (slots,)."""
    down: Any
    up: Any
    before: Any
    """Weighted loss after the round before, (slots,)."""
    rounds: Any
    age: Any
    """Rounds so far, the last one among them, (slots,)."""
    begun: Any
    """How many failures have begun."""
    found: Any
    """Both directions, downstream, upstream and rounds of every failure, each (failures,)."""


def all_failures(
    spread: Spread, failing: Index, *, replace: Replace, eps: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.float64], Index]:
    """Let each firm of ``failing``, at least one, fail in turn; as in `standoff.simulate.systemic_risk.systemic_risk`."""
    room = VALUES_ON_CPU if jax.default_backend() == "cpu" else VALUES_ELSEWHERE
    width = min(len(failing), max(1, room // max(spread.by_seller.matrix.nnz, len(spread.sales), 1)))
    with double_precision():
        found = _to_the_end(_arrays(spread), jnp.asarray(failing), jnp.asarray(eps), width=width, replace=replace)
        both, down, up, rounds = (np.asarray(each) for each in found)
    return both, down, up, rounds


@partial(jax.jit, static_argnames=("width", "replace"))
def _to_the_end(arrays: Any, failing: Any, eps: Any, *, width: int, replace: Replace) -> Any:
    """All failures in one loop, ``width`` at a time."""
    maps = _maps(arrays)
    last, firms = len(failing), jnp.arange(len(maps.sales))[:, None]
    weight = maps.sales / jnp.maximum(maps.sales.sum(), np.finfo(float).tiny)

    def first_shock(failure: Any) -> Any:
        return jnp.where(firms == failing[jnp.minimum(failure, last - 1)], 0.0, 1.0)

    def round_of_all(slots: _Slots) -> _Slots:
        left = first_shock(slots.failure)
        sigma = replace(down=slots.down, maps=maps)
        down = cascade.spread_down(down=slots.down, sigma=sigma, left=left, maps=maps)
        up = cascade.spread_up(up=slots.up, left=left, maps=maps)
        decrease = jnp.maximum((slots.down - down).max(axis=0), (slots.up - up).max(axis=0))
        now = weight @ (1.0 - jnp.minimum(down, up))
        still, slow = cascade.has_stopped(decrease=decrease, before=slots.before, now=now, eps=eps, xp=jnp)
        rounds, ended = slots.rounds + ~still, still | slow | (slots.age >= MOST_ITERATIONS)
        told = (now, weight @ (1.0 - down), weight @ (1.0 - up), rounds)
        found = tuple(kept.at[slots.failure].set(new, mode="drop") for kept, new in zip(slots.found, told, strict=True))
        ended &= slots.failure < last
        failure = jnp.where(ended, jnp.minimum(slots.begun + jnp.cumsum(ended) - 1, last), slots.failure)
        fresh = first_shock(failure)
        return _Slots(
            failure=failure,
            down=jnp.where(ended, fresh, down),
            up=jnp.where(ended, fresh, up),
            before=jnp.where(ended, weight[failing[jnp.minimum(failure, last - 1)]], now),
            rounds=jnp.where(ended, 1, rounds),
            age=jnp.where(ended, 1, slots.age + 1),
            begun=slots.begun + ended.sum(),
            found=found,
        )

    failure = jnp.arange(width)
    none = jnp.zeros(last)
    start = _Slots(
        failure=failure,
        down=first_shock(failure),
        up=first_shock(failure),
        before=weight[failing[failure]],
        rounds=jnp.ones(width, dtype=int),
        age=jnp.ones(width, dtype=int),
        begun=jnp.asarray(width),
        found=(none, none, none, jnp.zeros(last, dtype=int)),
    )
    return jax.lax.while_loop(lambda slots: (slots.failure < last).any(), round_of_all, start).found


def _arrays(spread: Spread) -> dict[str, Any]:
    """What is too large to be written into a compiled program."""
    return {
        "sales": jnp.asarray(spread.sales),
        "sector": jnp.asarray(spread.sector),
        "by_need": _rows(spread.by_need),
        "non_essential": _rows(spread.non_essential),
        "by_seller": _rows(spread.by_seller),
        "of_sector": _rows(sum_map(spread.sector, spread.sectors)),
        "needs": [(jnp.asarray(firms), jnp.asarray(needs)) for firms, needs in _by_length(spread.need_buyer)],
    }


def traced_maps(spread: Spread) -> cascade.CascadeMaps:
    """The maps of the cascade over JAX arrays."""
    return _maps(_arrays(spread))


def _maps(arrays: dict[str, Any]) -> cascade.CascadeMaps:
    def smallest(values: Any) -> Any:
        found = jnp.ones((len(arrays["sales"]), *values.shape[1:]))
        for firms, needs in arrays["needs"]:
            found = found.at[firms].set(values[needs].min(axis=1))
        return found

    def of(name: str) -> Any:
        return lambda x: arrays[name] @ x

    return cascade.CascadeMaps(
        sales=arrays["sales"],
        losses_by_need=of("by_need"),
        smallest_essential=smallest,
        non_essential_losses=of("non_essential"),
        losses_by_seller=of("by_seller"),
        by_market=lambda x: (arrays["of_sector"] @ x)[arrays["sector"]],
        xp=jnp,
    )


def _rows(constant: LinearMap) -> Any:
    """A sparse map as JAX multiplies it by many columns: on a processor in a quarter of the time of a sum of segments (measured)."""
    return BCSR.from_scipy_sparse(constant.matrix)  # type: ignore[no-untyped-call]


def _by_length(owner: Any) -> list[tuple[Index, Index]]:
    """Entries by owner in tables that waste less than half of their room: (owners, their entries, the last one again where one has less).

    Args:
        owner: of each entry, ascending.
    """
    owners, first, count = np.unique(owner, return_index=True, return_counts=True)
    found = []
    for power in range(int(count.max(initial=0)).bit_length()):
        chosen = (count >= 1 << power) & (count < 2 << power)
        if chosen.any():
            place = np.minimum(np.arange(count[chosen].max()), count[chosen, None] - 1)
            found.append((owners[chosen], first[chosen, None] + place))
    return found
