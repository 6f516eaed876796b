"""What a rule is on a chain: what it is given and gives back in each slot, and the rules of a run together.

`standoff.model.chain_slots` has the rules themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, NamedTuple

from standoff.model.economy import RuleNumbers
from standoff.model.state import State

if TYPE_CHECKING:
    from standoff.simulate.setup import Setup
    from standoff.world.network import Network


class Follows(NamedTuple):
    """What orders follow."""

    use: Any
    """Activity whose use they replace, (nodes, ...)."""
    goal: Any = None
    """Activity of each need's consumer that its goal is for, (needs, ...); None where goals stay at usual use."""
    destocks: bool = True
    """Whether producers work off too much stock; final uses always do."""


class Done(NamedTuple):
    """What a step has come to, by producer, (producers, ...)."""

    demand: Any
    """Activity that is asked for, before capacity."""
    input_limit: Any
    """Activity that stocks of inputs allow."""
    activity: Any


class Drift(NamedTuple):
    """A slot that bounds capacity by a state of its own."""

    capacity: Callable[[State, Any, Any], Any]
    """(state, capacity without the rule, array namespace) to capacity with it, (producers, ...)."""
    begin: Callable[[Setup, RuleNumbers, Any], Any]
    """The state at rest, (producers,) or (producers, 1); None where the rule has none."""
    after: Callable[[Setup, State, Done, Any], Any]
    """The state at the end of a step."""


Consumption = Callable[["Network", Any, RuleNumbers], Any]
Production = Callable[["Setup", Any, Any], Any]
Ordering = Callable[["Setup", State, Any, Any, Any], Follows]
Sourcing = Callable[..., tuple[Any, Any]]


@dataclass(frozen=True)
class ChainRules:
    """A rule for every slot of a step on a chain."""

    chosen: Mapping[str, str]
    """Name of the rule in each slot."""
    numbers: RuleNumbers
    """Per step of the run."""
    sees_output: bool
    """Whether orders follow output."""
    goal_sees_output: bool
    """Whether goals of stocks do."""
    overproduction: Drift
    labour: Drift
    consumption: Consumption
    production: Production
    ordering: Ordering
    sourcing: Sourcing

    @property
    def every_link(self) -> bool:
        """Whether shares can change on links that no measure touches."""
        steady = self.chosen["overproduction"] == "none" and self.chosen["labour"] == "fixed"
        return self.chosen["sourcing"] == "capacity" and not steady


def numbers_per_step(numbers: RuleNumbers, *, step_days: float) -> RuleNumbers:
    """Numbers of the rules for a step of some days.

    The share of a labour gap that is closed in a day, gamma, becomes ``1 - (1 - gamma)^d`` for a step of d days; the days in which
    overproduction drifts are divided by d, never below one step. The others are shares and factors, which time does not touch.
    """
    return replace(
        numbers,
        hire=1.0 - (1.0 - numbers.hire) ** step_days,
        fire=1.0 - (1.0 - numbers.fire) ** step_days,
        overproduction_steps=max(numbers.overproduction_steps / step_days, 1.0),
    )
