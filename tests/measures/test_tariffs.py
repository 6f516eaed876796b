"""Tariff layers: the log of rates, snap-back, the court ruling, both sides, scenarios (S04)."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from standoff.errors import InputError
from standoff.measures.register import load_register
from standoff.measures.settings import DEFAULT_SETTINGS, TRUCES, read_settings
from standoff.measures.tariffs import tariff_change_dates, tariff_layers

REGISTER = load_register()


def general(importer: str, on: str, **settings: str) -> float:
    exporter = "CHN" if importer == "USA" else "USA"
    return tariff_layers(
        importer, exporter, "850511", date.fromisoformat(on), REGISTER, read_settings(settings)
    ).general_layer_percent


@pytest.mark.parametrize(
    ("on", "rate"),
    [
        ("2025-02-03", 0), ("2025-02-04", 10), ("2025-03-04", 20), ("2025-04-04", 20), ("2025-04-05", 30), ("2025-04-09", 104),
        ("2025-04-10", 145), ("2025-05-13", 145), ("2025-05-14", 30), ("2025-06-01", 30), ("2025-08-15", 30), ("2025-11-09", 30),
        ("2025-11-10", 20), ("2025-11-15", 20),
        ("2026-02-23", 20), ("2026-02-24", 10), ("2026-07-23", 10), ("2026-07-24", 12.5), ("2026-11-15", 12.5),
    ],
)  # fmt: skip
def test_the_general_layer_of_the_united_states_follows_the_log(on: str, rate: float) -> None:
    assert general("USA", on) == rate


@pytest.mark.parametrize(
    ("on", "rate"),
    [("2025-04-09", 0), ("2025-04-10", 84), ("2025-04-12", 125), ("2025-05-14", 10), ("2025-08-12", 10), ("2026-02-24", 10)],
)  # fmt: skip
def test_the_general_layer_of_china_follows_the_log(on: str, rate: float) -> None:
    assert general("CHN", on) == rate


def test_the_accept_run_of_june_2025_shows_its_layers() -> None:
    stack = tariff_layers("US", "CN", "8505.11", date(2025, 6, 1), REGISTER)
    print(stack.as_dict())
    assert {(layer.name, layer.rate_percent) for layer in stack.of_kind("general")} == {
        ("fentanyl", 20),
        ("reciprocal", 10),
    }
    assert [(layer.rate_percent, printed) for layer, printed in stack.suspended] == [(24, date(2025, 8, 12))]


def test_without_the_renewal_of_november_2025_both_sides_rise_by_24_points_the_same_day() -> None:
    lapsed = REGISTER.without(["X-2025-KL"])
    for importer, exporter in (("USA", "CHN"), ("CHN", "USA")):
        before, after = (tariff_layers(importer, exporter, "850511", date(2025, 11, day), lapsed) for day in (9, 10))
        print(importer, before.general_layer_percent, after.general_layer_percent)
        assert after.general_layer_percent - before.general_layer_percent == 24


def test_at_the_lapse_of_november_2026_only_layers_with_a_legal_base_come_back() -> None:
    assert general("USA", "2026-11-10", truce="lapse") == 12.5
    assert general("CHN", "2026-11-09", truce="lapse") == 10
    assert general("CHN", "2026-11-10", truce="lapse") == 34
    assert general("CHN", "2026-11-10") == 10
    assert general("CHN", "2027-01-10") == 34
    assert general("CHN", "2027-01-10", truce="ext_1y") == 10


def test_the_court_ruling_removes_every_layer_on_its_base_and_150_days_follow() -> None:
    before, after = (
        tariff_layers("USA", "CHN", "850511", day, REGISTER) for day in (date(2026, 2, 23), date(2026, 2, 24))
    )
    gone = {layer.legal_basis for layer in before.layers} - {layer.legal_basis for layer in after.layers}
    assert gone
    assert all("IEEPA" in basis for basis in gone)
    assert not any("IEEPA" in layer.legal_basis for layer in after.layers)
    new = [layer for layer in after.layers if layer not in before.layers]
    assert [layer.name for layer in new] == ["Section 122 surcharge"]
    assert new[0].until is not None
    assert (new[0].until - new[0].start).days == 150
    struck = REGISTER.without(["US-SCOTUS-2026"])
    assert (
        tariff_layers(
            "USA", "CHN", "850511", date(2026, 11, 10), struck, read_settings({"truce": "lapse"})
        ).general_layer_percent
        == 56.5
    )


@pytest.mark.parametrize(
    ("on", "total"),
    [("2025-04-10", 147.1), ("2025-12-31", 22.1), ("2026-01-01", 47.1), ("2026-03-01", 37.1), ("2026-08-01", 39.6)],
)
def test_the_sum_for_magnets(on: str, total: float) -> None:
    assert tariff_layers("USA", "CHN", "850511", date.fromisoformat(on), REGISTER).total_percent == total


def test_soybeans_pay_thirteen_per_cent_after_the_farm_list_was_lifted() -> None:
    assert tariff_layers("CHN", "USA", "1201", date(2025, 12, 1), REGISTER).total_percent == 13
    assert tariff_layers("CHN", "USA", "1201", date(2025, 6, 1), REGISTER).total_percent == 23


def test_a_sector_duty_is_not_topped_by_the_surcharge_or_the_reciprocal_layer() -> None:
    stack = tariff_layers("USA", "CHN", "7208", date(2026, 3, 1), REGISTER)
    assert stack.of_kind("sector")
    assert not any(layer.name == "Section 122 surcharge" for layer in stack.layers)


@pytest.mark.parametrize("truce", TRUCES)
def test_rates_change_only_on_change_dates_and_are_never_negative(truce: str) -> None:
    settings = read_settings({"truce": truce})
    days = set(tariff_change_dates(REGISTER, settings))
    for importer, exporter in (("USA", "CHN"), ("CHN", "USA")):
        last = None
        day = date(2024, 12, 1)
        while day < date(2027, 3, 1):
            total = tariff_layers(importer, exporter, "850511", day, REGISTER, settings).total_percent
            assert total >= 0
            assert last is None or last == total or day in days
            last, day = total, day + timedelta(days=1)


def test_a_country_puts_no_duty_on_its_own_goods_and_bad_words_are_refused() -> None:
    assert not tariff_layers("USA", "USA", "850511", date(2025, 4, 10), REGISTER).layers
    for bad in ("", "abc", "8", "85.05.11.00.00.00.00"):
        with pytest.raises(InputError):
            tariff_layers("USA", "CHN", bad, date(2025, 4, 10), REGISTER, DEFAULT_SETTINGS)
    with pytest.raises(InputError, match="country"):
        tariff_layers("USX", "CHN", "8505", date(2025, 4, 10), REGISTER)
