"""What a worker answers is the run of the full model, whatever it keeps from one question to the next."""

from __future__ import annotations

import pytest

from standoff.simulate.api import run
from standoff.simulate.scenario import shipped_scenarios
from standoff.web.engine import Engine, as_json
from standoff.web.payload import payload
from standoff.web.requests import RunRequest, scenario_of

LEVERS = (
    {},
    {"hoard_share": 0.9},
    {"CN-2025-18.approval_share": 0.1},
    {"step_days": 3.5},
    {"CN-2025-18.permit": "right"},
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


@pytest.mark.parametrize("scenario", shipped_scenarios())
def test_every_scenario_is_answered_with_the_numbers_of_a_full_run(engine: Engine, scenario: str) -> None:
    asked = RunRequest(scenario=scenario, world="magnets-small")
    assert engine.answer(*engine.asked(asked)) == as_json(payload(run(scenario_of(asked), world="magnets-small")))


@pytest.mark.parametrize("changes", LEVERS, ids=lambda changes: str(list(changes)))
def test_a_lever_that_moves_is_answered_with_the_numbers_of_a_full_run(
    engine: Engine, changes: dict[str, object]
) -> None:
    asked = RunRequest(world="magnets-small", changes=changes)
    for _ in range(2):  # also when everything is there from the time before
        assert engine.answer(*engine.asked(asked)) == as_json(payload(run(scenario_of(asked), world="magnets-small")))
