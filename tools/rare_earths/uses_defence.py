"""Defence: aircraft, missiles, ships, other. Only F-35 output and its magnets have sources; the rest is assumed."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from rare_earths.uses import Kind, each_one
from world_drafts.figures import Facts, Figure, assumed


def guess(numbers: dict[str, float]) -> dict[str, Figure]:
    """Assumed quantities: half to double."""
    return {place: assumed(number) for place, number in numbers.items()}


def kinds(facts: Facts) -> dict[str, Kind]:
    """All military uses."""
    boats = facts.sourced("demand-041", low=1.1, note="plan; deliveries are slower")
    return {
        "f35": Kind(("F-35 aircraft", "F-35 战斗机"), each_one("aircraft_kit"), {"USA": facts.sourced("demand-040")},
                    {"else": facts.sourced("values-012", also=("values-013", "values-014"), note="F-35A, B and C")}, military=True, firms=1),
        "missile": Kind(("Guided missiles", "导弹"), each_one("guidance_kit"), guess({"USA": 11000.0, "EUR": 3000.0, "DEU": 1200.0, "GBR": 1200.0, "JPN": 1000.0, "KOR": 2000.0, "IND": 1000.0, "CHN": 9000.0, "ROW": 3000.0}),
                        {"else": assumed(500000.0, 150000.0, 2000000.0)}, military=True, firms=5),
        "submarine": Kind(("Virginia-class submarines", "弗吉尼亚级潜艇"), each_one("submarine_kit"), {"USA": boats}, {"else": assumed(4.3e9, 3.0e9, 5.0e9)}, military=True, firms=1),
        "destroyer": Kind(("Destroyers", "驱逐舰"), each_one("destroyer_kit"), guess({"USA": 2.0, "JPN": 1.0, "KOR": 1.5, "CHN": 6.0}), {"else": assumed(2.0e9, 1.0e9, 2.6e9)}, military=True, firms=1),
        "other_defence": Kind(("Drones, vehicles and munitions, t of magnets", "无人机车辆弹药（吨磁体）"), each_one("defence_motor_set"),
                              guess({"USA": 300.0, "EUR": 150.0, "DEU": 50.0, "GBR": 50.0, "CHN": 900.0, "KOR": 50.0, "JPN": 40.0, "ROW": 300.0}),
                              {"else": assumed(1.0e7, 3.0e6, 3.0e7, note="a tonne of magnets moves some ten thousand small drones")}, military=True, firms=10),
        "radar_electronics": Kind(("Radars and jammers, kg Ga", "雷达与电子战（公斤镓）"), each_one("radar_module"), guess({"USA": 800.0, "EUR": 300.0, "GBR": 120.0, "JPN": 120.0, "KOR": 80.0, "CHN": 1900.0, "IND": 60.0}),
                                  {"else": assumed(5.0e6, 1.0e6, 2.0e7)}, military=True, firms=5),
        "military_night_vision": Kind(("Military infrared sights, kg Ge", "军用红外（公斤锗）"), each_one("ir_optics"), guess({"USA": 4000.0, "EUR": 1200.0, "DEU": 500.0, "GBR": 600.0, "KOR": 300.0, "CHN": 1500.0}),
                                      {"else": assumed(200000.0, 80000.0, 500000.0)}, military=True, firms=5),
        "ammunition": Kind(("Ammunition, t Sb", "弹药（吨锑）"), each_one("primer"), guess({"USA": 500.0, "EUR": 450.0, "GBR": 60.0, "KOR": 100.0, "CHN": 600.0, "ROW": 700.0}),
                           {"else": assumed(2.0e6, 5.0e5, 5.0e6, note="a tonne of antimony primes and hardens millions of rounds")}, military=True, firms=5),
    }  # fmt: skip
