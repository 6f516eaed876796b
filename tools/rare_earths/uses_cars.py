"""Cars and two-wheelers."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from rare_earths.uses import Kind, each_one, spread
from world_drafts.figures import Facts, Figure, assumed, derived

MILLION = 1e6


def kinds(facts: Facts) -> dict[str, Kind]:
    """Electric, hybrid and combustion cars, electric two-wheelers."""
    common = each_one("steering_gear", "motor_module")
    motors = assumed(1.3, 1.0, 1.6, note="some cars have two motors; some motors have no magnets (5 to 22 %)")
    petrol = petrol_values(facts)
    return {
        "electric_car": Kind(("Electric and plug-in cars", "电动汽车"), {"drive_unit": motors, **common}, electric(facts), electric_values(facts)),
        "hybrid_car": Kind(("Hybrid cars", "混合动力汽车"), {"hybrid_transmission": assumed(1.0, 1.0, 1.0, note="one a car"), **common}, hybrid(), petrol),
        "combustion_car": Kind(("Cars and vans with combustion engine", "燃油汽车"), common, combustion(facts), petrol),
        "electric_two_wheeler": Kind(
            ("Electric two-wheelers", "电动两轮车"), each_one("hub_motor"),
            {"CHN": derived(55.2e6, 50.0e6, 60.0e6, source=facts.label("demand-154"), note="81.9 % of 67.4m")}
            | spread(12.2e6, {"IND": 1.4, "VNM": 1.2, "TWN": 0.3, "EUR": 3.2, "DEU": 2.0, "ROW": 4.1}),
            {"else": assumed(700.0, 300.0, 1500.0), "CHN": assumed(400.0, 250.0, 700.0), "EUR": assumed(1800.0, 1000.0, 2800.0), "DEU": assumed(2200.0, 1200.0, 3000.0)},
        ),
    }  # fmt: skip


def electric(facts: Facts) -> dict[str, Figure]:
    """Battery and plug-in cars made in 2024."""
    return {
        "CHN": facts.sourced("demand-142"),
        "DEU": derived(1.27e6, 995000.0, 1.4e6, source=facts.label("demand-144"), note="BEV 995,000 in 2023, with plug-in hybrids 1.27m"),
        "USA": derived(1.15e6, 0.8e6, 1.6e6, source=facts.label("demand-148"), note="1.6m sold, part imported"),
        "EUR": assumed(1.35e6, 0.9e6, 1.9e6, note="Spain 256,000, France 225,000 (2023), Belgium, Czechia, Sweden, Slovakia, Italy and others"),
        "KOR": assumed(0.45e6, 0.3e6, 0.6e6), "JPN": assumed(0.25e6, 0.15e6, 0.4e6), "MEX": assumed(0.2e6, 0.1e6, 0.3e6),
        "IND": assumed(0.11e6, 0.08e6, 0.15e6), "GBR": assumed(0.13e6, 0.08e6, 0.2e6), "THA": assumed(0.06e6, 0.03e6, 0.1e6),
        "ROW": assumed(0.2e6, 0.1e6, 0.35e6),
    }  # fmt: skip


def hybrid() -> dict[str, Figure]:
    """Full hybrids made in 2024; no count by place is in the facts."""
    made = {
        "JPN": 2.2,
        "CHN": 0.8,
        "USA": 0.9,
        "KOR": 0.6,
        "EUR": 0.9,
        "DEU": 0.25,
        "GBR": 0.2,
        "THA": 0.17,
        "IND": 0.15,
    }
    return {
        place: assumed(count * MILLION, 0.6 * count * MILLION, 1.5 * count * MILLION) for place, count in made.items()
    }


def combustion(facts: Facts) -> dict[str, Figure]:
    """All other vehicles: output of 2024 less electric and hybrid cars."""
    vehicles = {"CHN": "demand-113", "USA": "demand-114", "JPN": "demand-115", "IND": "demand-116", "MEX": "demand-117", "KOR": "demand-118", "DEU": "demand-119",
                "BRA": "demand-120", "THA": "demand-122", "MYS": "demand-131", "GBR": "demand-132"}  # fmt: skip
    vehicles["GBR"] = "demand-130"
    rest: dict[str, Figure] = {}
    plug, hybrids = electric(facts), hybrid()
    for place, fact in vehicles.items():
        other = sum(made[place].value for made in (plug, hybrids) if place in made)
        left = facts.quantity(fact) - other
        rest[place] = derived(
            left, 0.8 * left, 1.2 * left, source=facts.label(fact), note="vehicles made less electric and hybrid cars"
        )
    rest["EUR"] = assumed(7.1e6, 6.0e6, 8.2e6, note="about 9.4m vehicles less electric and hybrid cars")
    rest["ROW"] = assumed(9.0e6, 7.5e6, 10.5e6)
    rest["VNM"] = assumed(0.17e6, 0.1e6, 0.3e6)
    rest["TWN"] = assumed(0.26e6, 0.2e6, 0.3e6)
    rest["PHL"] = assumed(0.12e6, 0.08e6, 0.15e6)
    return rest


def electric_values(facts: Facts) -> dict[str, Figure]:
    """Retail price of an electric car."""
    europe = facts.sourced("values-004", low=42000.0, note="2022; prices have fallen since")
    return {
        "CHN": facts.sourced("values-003", low=20000.0, note="2022; prices have fallen since"), "USA": facts.sourced("values-001", also=("values-009",)),
        "DEU": europe, "EUR": europe, "GBR": europe, "else": assumed(35000.0, 22000.0, 50000.0),
    }  # fmt: skip


def petrol_values(facts: Facts) -> dict[str, Figure]:
    """Retail price of other cars."""
    europe = assumed(40000.0, 28000.0, 50000.0, note="electric car of 58,600 less 22 % to 27 %, and cheaper classes")
    return {
        "CHN": facts.sourced("values-010", low=15000.0, high=28000.0), "USA": facts.sourced("values-007", also=("values-008",), note="all cars"),
        "DEU": europe, "EUR": europe, "GBR": europe, "IND": assumed(12000.0, 8000.0, 18000.0), "else": assumed(25000.0, 15000.0, 35000.0),
    }  # fmt: skip
