"""Rule *produce* of the peers: the output that stocks of inputs allow.

Needs that stand in for each other count as one group. A rule sees stocks block by block as soon as they are known and keeps one number a
buyer, so that the next step has its limit without going through the needs again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from standoff.model.economy import Economy, Part, RuleNumbers
from standoff.model.production import input_limit, output_of_scarce_stock
from standoff.model.supply import ratio

UNBOUND = 1e200
"""Activity that nothing binds: finite, so that no output times it is not a number."""


class InputRule(Protocol):
    """How much output the stocks allow."""

    tolerant: bool
    """Whether stocks that all nearly stay as they are count as unmoved (BoARIO)."""

    def begin(self, like: Any, xp: Any = np) -> Any:
        """What is known before any need was seen, of the shape of ``like``, (nodes,)."""

    def add(self, part: Part, stock: Any, known: Any) -> Any:
        """What is known with the stocks of a block; the same array where it can be."""

    def limit(self, economy: Economy, known: Any, numbers: RuleNumbers) -> Any:
        """Output that all stocks allow, (nodes,)."""


@dataclass(frozen=True)
class ScarcestInput:
    """Every input sets a limit, and the lowest one binds.

    Formula: ``x <= x0 min over groups of a``, a the activity relative to usual that a group of inputs allows.
    """

    activity: Callable[[Part, Any], Any]
    """(block, stock by group) to the activity that each group allows, infinite where it never binds, (groups)."""
    tolerant: bool = False

    def begin(self, like: Any, xp: Any = np) -> Any:
        return xp.full(like.shape, UNBOUND)

    def add(self, part: Part, stock: Any, known: Any) -> Any:
        return part.block.smallest(self.activity(part, part.block.group_total(stock)), known)

    def limit(self, economy: Economy, known: Any, numbers: RuleNumbers) -> Any:
        return economy.output * known


@dataclass(frozen=True)
class ScarceInventory(ScarcestInput):
    """The same with every stock held against the share ``psi`` of its goal.

    Formula: ``x <= x0 min over groups of S / (psi s u0)`` with s the cover and u0 usual use: output is cut in proportion to the scarcest
    stock, long before it is used up.

    Source: Hallegatte (2014), doi:10.1111/risa.12090; BoARIO 0.7.2.
    """

    def limit(self, economy: Economy, known: Any, numbers: RuleNumbers) -> Any:
        return output_of_scarce_stock(usual=economy.output, share=known, psi=numbers.psi)


@dataclass(frozen=True)
class PooledInputs:
    """Linear production: ``x <= x0 sum of stocks / sum of usual use``; a producer without inputs is free."""

    tolerant: bool = False

    def begin(self, like: Any, xp: Any = np) -> Any:
        return xp.zeros(like.shape)

    def add(self, part: Part, stock: Any, known: Any) -> Any:
        return part.block.total(part.block.group_total(stock), known)

    def limit(self, economy: Economy, known: Any, numbers: RuleNumbers) -> Any:
        needed, xp = economy.inputs, economy.supply.xp
        return economy.output * xp.where(needed > 0, ratio(known, needed, xp), UNBOUND)


def share_of_goal(part: Part, stock: Any) -> Any:
    """Stock relative to its goal at usual output, of the inputs that are of any weight and have a goal, (groups)."""
    return _divide(stock, part.group_goal, binding=part.group_binding, xp=part.xp)


def every_input(part: Part, stock: Any) -> Any:
    """Every input binds: ``a = S / u0``, (groups)."""
    return _divide(stock, part.group_base, binding=part.group_used, xp=part.xp)


def rated_inputs(*, stock: Any, coefficient: Any, usual: Any, critical: Any, important: Any, xp: Any = np) -> Any:
    """Limit of each group: critical in full, important by half, others not; the rule of the default set."""
    return input_limit(stock=stock, coefficient=coefficient, usual=usual, critical=critical, important=important, xp=xp)


def rated(critical: Callable[[Part], Any], important: Callable[[Part], Any]) -> Callable[[Part, Any], Any]:
    """`rated_inputs` of a block: ``critical`` and ``important`` say which of its groups are."""

    def activity(part: Part, stock: Any) -> Any:
        return rated_inputs(
            stock=stock,
            coefficient=part.group_base,
            usual=1.0,
            critical=critical(part),
            important=important(part),
            xp=part.xp,
        )

    return activity


def _divide(stock: Any, goal: Any, *, binding: Any, xp: Any) -> Any:
    """``stock / goal``, infinite where not binding; ``binding`` is None where everything is."""
    if binding is None:
        return stock / goal
    return xp.divide(stock, goal, out=xp.full(xp.broadcast(stock, goal).shape, np.inf), where=binding)
