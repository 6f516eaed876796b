"""Laws of the calendar, the local level and the scores."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from standoff.studies.backtest.baseline import Total, fit_baseline
from standoff.studies.backtest.months import days_in, label_of, lunar_shares, month_of, monthly_weights, split_by_days
from standoff.studies.backtest.rows import by_month, disjoint
from standoff.studies.backtest.scores import crps, monthly_history, naive_sample, no_change

FIRST = month_of("2024-03")


def steady(count: int, rate: float = 100.0) -> list[Total]:
    return [Total((FIRST + month,), rate * days_in(FIRST + month)) for month in range(count)]


def test_a_month_and_its_label_are_the_same_thing() -> None:
    assert [label_of(month_of(text)) for text in ("2024-01", "2025-12")] == ["2024-01", "2025-12"]


def test_a_sum_split_by_days_is_kept() -> None:
    months = [month_of("2026-01"), month_of("2026-02")]
    parts = split_by_days(590.0, months)
    assert sum(parts.values()) == pytest.approx(590.0)
    assert parts[months[0]] / parts[months[1]] == pytest.approx(31 / 28)


def test_steps_cover_every_day_of_a_month_once() -> None:
    months = [month_of("2025-04"), month_of("2025-05")]
    weights = monthly_weights(dt.date(2025, 3, 31), steps=10, step_days=7.0, months=months)
    assert weights.sum(axis=1) == pytest.approx([1.0, 1.0])


def test_a_month_without_a_lunar_new_year_has_no_calendar_effect() -> None:
    assert lunar_shares([month_of("2025-06")]).sum() == 0.0
    assert lunar_shares([month_of("2025-02")])[0, 1] == pytest.approx(11 / 28)


def test_a_steady_level_is_carried_on_and_gets_less_certain() -> None:
    months = range(FIRST + 9, FIRST + 10 + 12)
    baseline = fit_baseline(steady(9), months)
    summer = [label_of(month)[5:] not in ("01", "02", "03") for month in months]
    rate = baseline.median_tonnes() / [days_in(month) for month in months]
    assert rate[summer] == pytest.approx(100.0, rel=0.02)
    spread = np.einsum("g,gmm->m", baseline.weight, baseline.covariance)
    assert spread[-1] > spread[0] > 0


def test_a_sum_of_two_months_says_as_much_as_a_level_needs() -> None:
    months = [FIRST + 12]
    singles = steady(8)
    joined = [*singles[:6], Total((FIRST + 6, FIRST + 7), singles[6].value + singles[7].value)]
    assert fit_baseline(joined, months).median_tonnes() == pytest.approx(
        fit_baseline(singles, months).median_tonnes(), rel=1e-3
    )


def test_what_shorter_totals_say_is_taken_off_longer_ones() -> None:
    year = Total(tuple(range(FIRST, FIRST + 4)), 1000.0)
    known = [Total((FIRST,), 300.0), Total((FIRST + 2,), 200.0)]
    parts = disjoint([year, *known])
    assert sum(part.value for part in parts) == pytest.approx(1000.0)
    assert Total((FIRST + 1, FIRST + 3), 500.0) in parts


def test_single_months_stand_beside_a_sum_that_contains_them() -> None:
    found = by_month([Total((FIRST, FIRST + 1), 620.0), Total((FIRST,), 400.0)])
    assert found[FIRST] == 400.0
    assert found[FIRST + 1] == pytest.approx(220.0)


def test_a_sum_of_two_months_is_split_by_days_and_a_longer_one_is_left_alone() -> None:
    pair, quarter = Total((FIRST, FIRST + 1), 610.0), Total((FIRST + 3, FIRST + 4, FIRST + 5), 900.0)
    assert by_month([quarter, pair]) == pytest.approx({FIRST: 310.0, FIRST + 1: 300.0})


def test_crps_of_a_point_is_its_absolute_error() -> None:
    assert crps(np.full(99, 5.0), 3.0) == pytest.approx(2.0)


def test_crps_of_a_normal_sample_is_the_closed_form() -> None:
    from scipy.stats import norm

    sample = norm.ppf((np.arange(4000) + 0.5) / 4000)
    z = 0.7
    assert crps(sample, z) == pytest.approx(z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi), abs=1e-3)


def test_a_naive_forecast_knows_nothing_after_its_origin() -> None:
    history = monthly_history(steady(10))
    origin = FIRST + 6
    before = naive_sample(no_change, history, origin=origin, month=origin + 2)
    changed = {month: value * (9.0 if month > origin else 1.0) for month, value in history.items()}
    after = naive_sample(no_change, changed, origin=origin, month=origin + 2)
    assert before is not None
    assert after is not None
    assert np.array_equal(before, after)
