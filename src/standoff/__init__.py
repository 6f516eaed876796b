"""standoff: a simulator of economic stand-offs over supply chains.

The public names are imported on first use, so that the command starts fast::

    import standoff
    result = standoff.run("april-2025")
    result.table("unmet")
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_HOMES = {
    "run": "standoff.simulate.api",
    "rerun": "standoff.simulate.api",
    "Result": "standoff.results.result",
    "Scenario": "standoff.simulate.scenario",
    "read_scenario": "standoff.simulate.scenario",
    "shipped_scenarios": "standoff.simulate.scenario",
    "World": "standoff.world.tables",
    "read_world": "standoff.world.tables",
    "criticality": "standoff.studies.gradients.criticality",
    "economy_criticality": "standoff.studies.gradients.economy",
    "economy_gradient": "standoff.studies.gradients.economy",
    "gradient": "standoff.studies.gradients.gradient",
    "StandoffError": "standoff.errors",
    "InputError": "standoff.errors",
    "ModelError": "standoff.errors",
}
__all__ = [
    "InputError",
    "ModelError",
    "Result",
    "Scenario",
    "StandoffError",
    "World",
    "__version__",
    "criticality",
    "economy_criticality",
    "economy_gradient",
    "gradient",
    "read_scenario",
    "read_world",
    "rerun",
    "run",
    "shipped_scenarios",
]

if TYPE_CHECKING:
    from standoff.errors import InputError, ModelError, StandoffError
    from standoff.results.result import Result
    from standoff.simulate.api import rerun, run
    from standoff.simulate.scenario import Scenario, read_scenario, shipped_scenarios
    from standoff.studies.gradients.criticality import criticality
    from standoff.studies.gradients.economy import economy_criticality, economy_gradient
    from standoff.studies.gradients.gradient import gradient
    from standoff.world.tables import World, read_world


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(_HOMES[name]), name)
    raise AttributeError(f"module 'standoff' has no attribute {name!r}")
