"""The time line of tariffs: rates, pauses, the return of what was paused, and other dates."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest

from standoff.measures.calendar_changes import Dates, with_dates
from standoff.measures.register import Register, shipped_register
from standoff.measures.settings import Settings
from standoff.measures.tariffs import tariff_layers
from standoff.measures.timeline import tariff_timeline
from standoff.simulate.draws import Clock

COUNTER = "CN-TC-2025-456"
ACTS = (COUNTER, "X-2025-GENEVA", "X-2025-STOCKHOLM", "X-2025-KL")
CLOCK = Clock(start=dt.date(2025, 1, 6), steps=150, step_days=7.0)
LAPSE = Settings(truce="lapse")


def register_of(*ids: str) -> Register:
    return Register(tuple(measure for measure in shipped_register() if measure.id in ids))


def bars_of(register: Register) -> list[dict[str, Any]]:
    return [bar for bar in tariff_timeline(register, LAPSE, CLOCK) if bar["measure"] == COUNTER]


def test_a_paused_rate_comes_back_when_the_pause_ends() -> None:
    *_, paused, back = bars_of(register_of(*ACTS))
    assert (paused["rates"], paused["paused_rates"]) == ((10.0, 10.0), (24.0, 24.0))
    assert (back["rates"], back["paused_rates"]) == ((34.0, 34.0), None)
    assert paused["until"] == back["from"] == dt.date(2026, 11, 10)


@pytest.mark.parametrize("day", [dt.date(2025, 4, 11), dt.date(2025, 5, 1), dt.date(2025, 9, 1), dt.date(2026, 12, 1)])
def test_the_bar_of_a_day_has_the_rates_that_are_collected_on_it(day: dt.date) -> None:
    register = register_of(*ACTS)
    (bar,) = [each for each in bars_of(register) if each["from"] <= day < each["until"]]
    stack = tariff_layers("CHN", "USA", "120190", day, register, LAPSE)
    assert bar["rates"] == (stack.general_layer_percent,) * 2
    assert (bar["paused_rates"] is None) == (not stack.suspended)


def test_bars_follow_each_other_without_overlap() -> None:
    register = register_of(*(measure.id for measure in shipped_register()))
    bars = tariff_timeline(register, LAPSE, CLOCK)
    assert len({bar["measure"] for bar in bars}) > 8
    for before, after in pairwise(bars):
        assert before["from"] < before["until"]
        assert before["measure"] != after["measure"] or before["until"] <= after["from"]


def test_a_moved_tariff_keeps_its_sequence_of_rates() -> None:
    register = register_of(*ACTS)
    begun = bars_of(register)[0]["from"]
    moved = bars_of(with_dates(register, {COUNTER: Dates(start=begun + dt.timedelta(days=28))}))
    assert [bar["rates"] for bar in moved[:2]] == [bar["rates"] for bar in bars_of(register)[:2]]
    assert [bar["from"] for bar in moved[:3]] == [bar["from"] + dt.timedelta(days=28) for bar in bars_of(register)[:3]]


def test_other_pauses_are_those_of_what_the_text_pauses() -> None:
    pause = (dt.date(2025, 5, 14), dt.date(2027, 1, 4))
    bars = bars_of(with_dates(register_of(*ACTS), {COUNTER: Dates(pauses=[pause])}))
    (held,) = [bar for bar in bars if bar["paused_rates"]]
    assert (held["from"], held["until"]) == pause
    assert held["rates"] == (10.0, 10.0)


def test_a_measure_without_pauses_is_paused_whole() -> None:
    pause = (dt.date(2026, 9, 7), dt.date(2027, 1, 4))
    changed = with_dates(register_of("US-301-FL"), {"US-301-FL": Dates(pauses=[pause])})
    states = [bar["state"] for bar in tariff_timeline(changed, LAPSE, CLOCK)]
    assert states == ["in force", "suspended", "in force"]
