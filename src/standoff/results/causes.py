"""Why final use was not met: every dollar of unmet use is given to a cause, and the parts add up to the whole.

The causes are those of `standoff.results.attribution`, which follows each loss through stocks, pipelines and plants back to the measure and
border that started it. What a plant lacks because others bid for its goods goes back to what made them bid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standoff.results.attribution.roots import CAUSES

if TYPE_CHECKING:
    from standoff.results.result import Result

__all__ = ["CAUSES", "unmet_by_cause"]


def unmet_by_cause(result: Result) -> Any:
    """Value of unmet final use by cause, USD per step, (steps, uses, causes); sums over causes are `Result.unmet_value`."""
    return result.losses.by_cause()
