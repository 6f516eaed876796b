"""Energy, industry, electronics, buildings, materials."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

import csv
from pathlib import Path

from rare_earths.uses import Kind, each_one, spread
from world_drafts.figures import Facts, Figure, assumed, derived

MW_PER_GW = 1000.0


def sector_shares(sector: str, places: str, folder: Path) -> dict[str, float]:
    """Gross output of a sector by place (million USD of 2022), for the places named."""
    with (folder / "icio_2022_output.csv").open(encoding="utf-8", newline="") as stream:
        output = {row["place"]: float(row["million_usd"]) for row in csv.DictReader(stream) if row["sector"] == sector}
    return {place: output[place] for place in places.split()}


SPREAD_BY = "a world total spread by sector output (ICIO 2022)"
EVIDENCE = Path(__file__).parents[2] / "src" / "standoff" / "data" / "worlds" / "rare-earths" / "evidence"


def kinds(facts: Facts) -> dict[str, Kind]:
    """All civil uses but cars."""
    return {**energy_and_industry(facts), **electronics(facts), **materials(facts), **gallium_germanium_antimony(facts)}


def energy_and_industry(facts: Facts) -> dict[str, Kind]:
    """Wind, robots, machinery, motors, air conditioning, elevators."""
    direct = "direct drive is 8.7 % of turbines, some of it without magnets, more of it at sea"
    wind_value = {
        "CHN": facts.sourced("values-015", also=("values-017",)),
        "else": facts.sourced("values-018", low=700000.0, high=1370000.0),
    }
    sea_value = {"CHN": facts.sourced("values-016"), "else": assumed(1500000.0, 900000.0, 2200000.0)}
    return {
        "wind_onshore": Kind(
            ("Wind onshore, MW", "陆上风电（兆瓦）"),
            {"generator_direct": assumed(0.035, 0.02, 0.087, note=direct), "generator_geared": derived(0.29, 0.22, 0.33, source=facts.label("demand-171"), note="29.1 % medium speed, mostly with magnets")},
            {
                "CHN": derived(75800.0, 70000.0, 82000.0, source=facts.label("demand-156"), note="79.8 GW less 4 GW at sea"),
                "USA": facts.sourced("demand-157", factor=MW_PER_GW, also=("demand-165",)), "IND": facts.sourced("demand-159", factor=MW_PER_GW),
                "BRA": facts.sourced("demand-160", factor=MW_PER_GW, also=("demand-164",)),
                "DEU": derived(3300.0, 2500.0, 3500.0, source=facts.label("demand-158"), note="4.0 GW less 0.7 GW at sea"),
                "EUR": derived(7700.0, 6500.0, 9000.0, source=facts.label("demand-161"), note="12.9 GW in the union less Germany and the sea"),
                "ROW": derived(12500.0, 8000.0, 16000.0, source=facts.label("demand-155"), note="the rest of 117 GW"),
            }, wind_value,
        ),
        "wind_offshore": Kind(
            ("Wind offshore, MW", "海上风电（兆瓦）"), {"generator_direct": assumed(0.25, 0.15, 0.6), "generator_geared": assumed(0.35, 0.2, 0.6)},
            spread(8000.0, {"CHN": 4.0, "DEU": 0.7, "EUR": 1.0, "GBR": 1.2, "TWN": 0.9}, note="8 GW at sea in 2024"), sea_value,
        ),
        "industrial_robot": Kind(
            ("Industrial robots", "工业机器人"), {"servo_motor": assumed(6.0, 4.0, 7.0, note="one motor an axis")},
            {
                **{place: facts.sourced(fact) for place, fact in {"CHN": "demand-174", "JPN": "demand-175", "USA": "demand-176", "KOR": "demand-177", "IND": "demand-178", "DEU": "demand-179"}.items()},
                **spread(113000.0, {"EUR": 64.0, "ROW": 49.0}, low=0.8, high=1.2, note="the rest of 541,302"),
            }, {"else": assumed(50000.0, 25000.0, 400000.0)},
        ),
        "machinery": Kind(
            ("Machines with servo drives", "伺服驱动机械"), {"servo_motor": assumed(6.0, 3.0, 8.0)},
            spread(3.2e6, sector_shares("C28", "CHN USA JPN KOR DEU EUR TWN IND", EVIDENCE), low=0.5, high=1.5, note=SPREAD_BY, source="icio-2022"),
            {"else": assumed(40000.0, 15000.0, 80000.0)},
        ),
        "industrial_drive": Kind(
            ("Pumps, fans and compressors with magnet motors", "永磁电机驱动设备"), each_one("industrial_motor"),
            spread(3.0e6, sector_shares("C28", "CHN USA JPN KOR DEU EUR IND", EVIDENCE), low=0.5, high=1.5, note=SPREAD_BY, source="icio-2022"),
            {"else": assumed(3000.0, 1500.0, 8000.0)},
        ),
        "air_conditioner": Kind(
            ("Inverter air conditioners", "变频空调"), each_one("compressor_motor"),
            spread(190.0e6, {"CHN": 150.0, "THA": 12.0, "JPN": 6.0, "KOR": 6.0, "IND": 6.0, "MYS": 3.0, "USA": 2.0, "MEX": 2.0, "EUR": 3.0}, note="so that magnets come to 30,154 t"),
            {"else": assumed(450.0, 250.0, 900.0)},
        ),
        "elevator": Kind(
            ("Elevators", "电梯"), each_one("elevator_machine"), spread(1.05e6, {"CHN": 700.0, "IND": 70.0, "EUR": 75.0, "KOR": 35.0, "JPN": 25.0, "USA": 35.0, "ROW": 110.0}),
            {"else": assumed(35000.0, 15000.0, 80000.0)},
        ),
        "other_magnet_goods": Kind(
            ("Other goods with magnets, t of magnets", "其他含磁商品（吨磁体）"), each_one("magnet_assembly"),
            spread(48000.0, {"CHN": 18.0, "USA": 6.0, "JPN": 2.5, "DEU": 5.5, "EUR": 5.0, "KOR": 2.5, "TWN": 1.6, "IND": 2.2, "ROW": 5.0}, low=0.4, high=1.8,
                   note="what is left of magnet output: tools, toys, separators, holding, sensors"),
            {"else": assumed(400000.0, 150000.0, 1000000.0)},
        ),
    }  # fmt: skip


def electronics(facts: Facts) -> dict[str, Kind]:
    """Phones, disks and other electronics."""
    return {
        "smartphone": Kind(
            ("Smartphones", "智能手机"), each_one("phone_speaker_haptic"),
            spread(1230.0e6, {"CHN": 820.0, "IND": 220.0, "VNM": 160.0, "KOR": 8.0, "ROW": 22.0}, low=0.85, high=1.15, note="1,230m phones by place of assembly"),
            {"else": facts.sourced("values-024")},
        ),
        "hard_disk": Kind(
            ("Hard disks", "硬盘"), each_one("disk_actuator"), spread(120.0e6, {"THA": 75.0, "CHN": 20.0, "PHL": 15.0, "MYS": 10.0}, low=0.8, high=1.2, note="four times the second quarter of 2024"),
            {"else": facts.sourced("values-022", also=("values-023",))},
        ),
        "home_electronics": Kind(
            ("Audio, computers and appliances", "音响电脑与家电"), each_one("audio_motor_unit"),
            spread(1500.0e6, sector_shares("C26", "CHN VNM MYS THA JPN MEX EUR KOR", EVIDENCE), low=0.5, high=1.6, note=SPREAD_BY, source="icio-2022"),
            {"else": assumed(90.0, 40.0, 250.0)},
        ),
    }  # fmt: skip


def materials(facts: Facts) -> dict[str, Kind]:
    """La and Ce, Y and Gd, which are used as oxides."""
    return {
        "catalyst_glass": Kind(
            ("Catalysts, glass and polishing, t La and Ce", "催化剂玻璃抛光（吨镧铈）"), each_one("oxide_lace"),
            {"USA": facts.sourced("demand-024", low=4500.0, note="apparent consumption of all rare earths, mostly La and Ce"), "JPN": facts.sourced("demand-105", note="Ce")}
            | spread(95000.0, {"CHN": 70.0, "EUR": 6.0, "DEU": 2.0, "KOR": 3.0, "TWN": 2.0, "IND": 2.0, "ROW": 10.0}, low=0.5, high=1.5),
            {"else": assumed(40000.0, 15000.0, 100000.0)},
        ),
        "ceramics_coatings": Kind(
            ("Ceramics, coatings and phosphors, t Y", "陶瓷涂层荧光粉（吨钇）"), each_one("oxide_y"),
            {"USA": facts.sourced("demand-029", also=("demand-030",), note="imports as a stand-in for use"), "JPN": facts.sourced("demand-109", low=700.0, note="2018")}
            | spread(6800.0, {"CHN": 55.0, "EUR": 4.0, "DEU": 2.5, "KOR": 3.5, "ROW": 3.0}, low=0.6, high=1.5), {"else": assumed(500000.0, 200000.0, 2000000.0)},
        ),
        "ndpr_stock_building": Kind(
            ("Other uses and stock building of NdPr oxide, t", "镨钕氧化物其他用途与库存增加（吨）"), each_one("oxide_ndpr"),
            {"CHN": derived(6000.0, 2000.0, 10000.0, source=facts.label("demand-010"), note="106,000 t made against an apparent use of 96,000 t, less what is exported")},
            {"else": facts.sourced("prices-040", factor=1000.0, note="USD per kg to USD per t")},
        ),
        "medical_gadolinium": Kind(
            ("Contrast media and nuclear uses, t Gd", "造影剂与核用途（吨钆）"), each_one("oxide_gd"), spread(900.0, {"CHN": 3.0, "USA": 1.6, "EUR": 1.6, "DEU": 1.0, "JPN": 1.0, "ROW": 0.8}),
            {"else": assumed(3.0e6, 1.0e6, 8.0e6)},
        ),
    }  # fmt: skip


def gallium_germanium_antimony(facts: Facts) -> dict[str, Kind]:
    """Chips and lights, fibre and infrared, plastics, batteries and solar glass."""
    share = facts.label("demand-047")
    wafer = each_one("gallium_wafer")

    def gallium(total: float, shares: dict[str, float], low: float, high: float) -> dict[str, Figure]:
        return {place: derived(figure.value, low * figure.value, high * figure.value, source=share, note="share of a world use of 600 to 650 t")
                for place, figure in spread(total, shares).items()}  # fmt: skip

    return {
        "rf_chip": Kind(("Radio and integrated circuits, t Ga", "射频与集成电路（吨镓）"), wafer, gallium(265.0, {"CHN": 158.0, "TWN": 38.0, "JPN": 28.0, "USA": 15.0, "KOR": 12.0, "DEU": 6.0, "EUR": 6.0}, 0.7, 1.3), {"else": assumed(150.0e6, 40.0e6, 500.0e6)}),
        "led_opto": Kind(("Lights and lasers, t Ga", "照明与激光（吨镓）"), wafer, gallium(203.0, {"CHN": 150.0, "TWN": 18.0, "JPN": 16.0, "KOR": 7.0, "DEU": 6.0, "USA": 2.5, "EUR": 3.0}, 0.7, 1.3), {"else": assumed(60.0e6, 20.0e6, 200.0e6)}),
        "power_chip": Kind(("Power semiconductors and solar cells, t Ga", "功率半导体与太阳能电池（吨镓）"), wafer, gallium(150.0, {"CHN": 125.0, "TWN": 6.0, "JPN": 7.0, "USA": 2.0, "DEU": 6.0, "EUR": 4.0}, 0.7, 1.3), {"else": assumed(60.0e6, 20.0e6, 200.0e6)}),
        "fibre_network": Kind(("Optical fibre, kg Ge", "光纤（公斤锗）"), each_one("fibre_preform"), spread(47000.0, {"CHN": 25.0, "USA": 8.0, "EUR": 6.5, "IND": 3.0, "JPN": 2.5, "ROW": 5.0}, note="over 30 % of germanium"), {"else": assumed(150000.0, 60000.0, 400000.0)}),
        "thermal_camera": Kind(("Thermal cameras, kg Ge", "热成像仪（公斤锗）"), each_one("ir_optics"), spread(32000.0, {"CHN": 14.0, "USA": 8.0, "EUR": 4.5, "DEU": 2.0, "JPN": 1.5, "KOR": 1.2, "IND": 0.6}, note="20 to 26 % of germanium"), {"else": assumed(80000.0, 30000.0, 200000.0)}),
        "solar_catalyst_germanium": Kind(("Space solar cells, polymer catalysts and other, t Ge", "太空电池催化剂等（吨锗）"), each_one("germanium"), spread(58.0, {"CHN": 26.0, "JPN": 12.0, "USA": 10.0, "DEU": 4.0, "EUR": 4.0, "KOR": 2.0}), {"else": assumed(30.0e6, 10.0e6, 80.0e6)}),
        "flame_retardant_plastic": Kind(("Flame-retardant plastics and textiles, t of trioxide", "阻燃塑料纺织（吨三氧化二锑）"), each_one("flame_retardant"), spread(100000.0, sector_shares("C22", "CHN USA EUR DEU JPN KOR IND TWN ROW", EVIDENCE), low=0.6, high=1.5, note=SPREAD_BY, source="icio-2022"), {"else": assumed(100000.0, 40000.0, 250000.0)}),
        "lead_battery": Kind(("Lead-acid batteries, t Sb", "铅酸电池（吨锑）"), each_one("lead_alloy"), spread(28000.0, {"CHN": 9.0, "USA": 5.0, "EUR": 3.5, "IND": 4.5, "JPN": 1.0, "KOR": 1.5, "ROW": 4.5}, low=0.5, high=1.5), {"else": assumed(600000.0, 200000.0, 1500000.0)}),
        "solar_panel_glass": Kind(("Solar glass, t of trioxide", "光伏玻璃（吨三氧化二锑）"), each_one("solar_glass"), spread(27000.0, {"CHN": 25.0, "VNM": 0.7, "IND": 1.0, "MYS": 0.5}, low=0.5, high=1.5), {"else": assumed(1.0e6, 300000.0, 2.0e6)}),
    }  # fmt: skip
