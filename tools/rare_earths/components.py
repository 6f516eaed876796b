"""Components and the tier of car parts: what they hold, and where they are made.

Sizes of makers by place are rough shares; only their proportions matter, as the balance decides the level.
"""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from dataclasses import dataclass

from rare_earths.covers import FINISHED_DAYS, SIGMA_MAKERS, Covers
from rare_earths.metals import named
from world_drafts.draft import Draft
from world_drafts.figures import Facts, Figure, assumed, claimed, derived
from world_drafts.nodes import ONE, Input, add_producer

KILO = 0.001


@dataclass(frozen=True)
class Component:
    """One kind of component: names, stage, unit, price, customs heading and item class, and makers by place."""

    names: tuple[str, str]
    stage: str
    unit: str
    price: float
    hs: str
    item: str
    makers: dict[str, float]
    cover: str = "maker"


CARS = {
    "CHN": 330.0,
    "USA": 80.0,
    "JPN": 95.0,
    "KOR": 42.0,
    "DEU": 60.0,
    "EUR": 85.0,
    "MEX": 45.0,
    "IND": 50.0,
    "THA": 18.0,
    "GBR": 6.0,
    "BRA": 18.0,
    "ROW": 40.0,
}
COMPONENTS = {
    "traction_motor": Component(("Traction motors", "驱动电机"), "component", "piece", 900.0, "850132;850152", "motor", {"CHN": 118.0, "JPN": 16.0, "DEU": 18.0, "EUR": 18.0, "USA": 14.0, "KOR": 14.0, "MEX": 3.0, "IND": 0.8, "GBR": 0.6, "THA": 0.7}),
    "hybrid_motor": Component(("Hybrid motors", "混动电机"), "component", "piece", 500.0, "850132;850152", "motor", {"CHN": 12.0, "JPN": 40.0, "DEU": 4.0, "EUR": 6.0, "USA": 5.0, "KOR": 7.0, "THA": 2.0, "IND": 1.0}),
    "steering_motor": Component(("Steering motors", "转向电机"), "component", "piece", 60.0, "850131", "motor", {"CHN": 260.0, "JPN": 160.0, "KOR": 60.0, "DEU": 85.0, "EUR": 110.0, "USA": 40.0, "MEX": 50.0, "IND": 45.0, "THA": 25.0, "VNM": 15.0, "BRA": 10.0}),
    "car_micro_motors": Component(("Small car motors, set", "汽车微特电机（套）"), "component", "piece", 120.0, "850110;850131", "motor", {"CHN": 330.0, "JPN": 95.0, "KOR": 45.0, "DEU": 60.0, "EUR": 95.0, "USA": 60.0, "MEX": 60.0, "IND": 55.0, "THA": 30.0, "VNM": 40.0, "BRA": 15.0, "ROW": 15.0}),
    "generator_direct": Component(("Direct-drive wind generators, MW", "直驱风力发电机（兆瓦）"), "component", "piece", 90000.0, "850164", "generator", {"CHN": 55.0, "DEU": 4.0, "EUR": 9.0, "IND": 1.0}),
    "generator_geared": Component(("Medium-speed wind generators, MW", "半直驱风力发电机（兆瓦）"), "component", "piece", 40000.0, "850164", "generator", {"CHN": 260.0, "DEU": 12.0, "EUR": 18.0, "IND": 8.0, "USA": 3.0}),
    "compressor_motor": Component(("Compressor motors", "压缩机电机"), "component", "piece", 35.0, "850140;841430", "motor", {"CHN": 130.0, "JPN": 8.0, "KOR": 16.0, "THA": 20.0, "IND": 9.0, "MYS": 3.0, "MEX": 3.0, "EUR": 2.0, "USA": 2.0}),
    "servo_motor": Component(("Servo motors", "伺服电机"), "component", "piece", 350.0, "850152", "motor", {"CHN": 11.0, "JPN": 9.5, "DEU": 5.0, "EUR": 2.2, "TWN": 1.2, "KOR": 1.1, "USA": 0.8}),
    "industrial_motor": Component(("Permanent-magnet industrial motors", "工业永磁电机"), "component", "piece", 900.0, "850152;850153", "motor", {"CHN": 1.7, "JPN": 0.3, "DEU": 0.45, "EUR": 0.45, "USA": 0.2, "KOR": 0.15}),
    "elevator_machine": Component(("Elevator machines", "电梯曳引机"), "component", "piece", 1500.0, "850153", "motor", {"CHN": 0.85, "JPN": 0.05, "KOR": 0.03, "EUR": 0.07, "IND": 0.05}),
    "hub_motor": Component(("Hub motors of two-wheelers", "轮毂电机"), "component", "piece", 35.0, "850131", "motor", {"CHN": 58.0, "VNM": 5.0, "IND": 1.6, "TWN": 1.5, "EUR": 0.4, "DEU": 0.4}),
    "disk_actuator": Component(("Voice-coil actuators of disks", "硬盘音圈电机"), "component", "piece", 4.0, "847170", "actuator", {"CHN": 40.0, "JPN": 12.0, "THA": 50.0, "PHL": 15.0, "MYS": 10.0}),
    "phone_speaker_haptic": Component(("Speakers and haptic motors of phones", "手机扬声器与马达"), "component", "piece", 3.0, "851829;850110", "speaker", {"CHN": 950.0, "VNM": 280.0, "KOR": 40.0, "PHL": 15.0, "IND": 30.0}),
    "audio_motor_unit": Component(("Speakers and motors of home electronics", "音响与家电电机"), "component", "piece", 2.5, "851829;850110", "speaker", {"CHN": 900.0, "VNM": 330.0, "KOR": 40.0, "MYS": 60.0, "THA": 35.0, "JPN": 20.0, "MEX": 20.0, "EUR": 20.0}),
    "magnet_assembly": Component(("Magnet assemblies for other goods, t", "其他磁组件（吨）"), "component", "t", 90000.0, "850511;850590", "magnet_assembly", {"CHN": 22.0, "JPN": 1.6, "DEU": 6.0, "EUR": 5.0, "USA": 4.0, "KOR": 2.5, "TWN": 1.8, "GBR": 0.8, "IND": 2.2, "ROW": 3.0}),
    "drive_unit": Component(("Electric drive units", "电驱动总成"), "part", "piece", 2200.0, "870899", "car_part", {"CHN": 125.0, "JPN": 6.0, "DEU": 15.0, "EUR": 18.0, "USA": 13.0, "KOR": 9.0, "MEX": 3.0, "IND": 1.0, "GBR": 1.0, "THA": 1.0}),
    "hybrid_transmission": Component(("Hybrid transmissions", "混动变速器"), "part", "piece", 2500.0, "870840", "car_part", {"CHN": 14.0, "JPN": 36.0, "DEU": 4.0, "EUR": 6.0, "USA": 8.0, "KOR": 6.0, "THA": 2.5, "MEX": 2.0, "IND": 1.0, "GBR": 0.8}),
    "steering_gear": Component(("Electric steering gears", "电动转向系统"), "part", "piece", 350.0, "870894", "car_part", CARS),
    "motor_module": Component(("Seat, pump, window and brake modules, set", "座椅泵窗制动模块（套）"), "part", "piece", 800.0, "870829;870830", "car_part", CARS),
    "aircraft_kit": Component(("Actuators, generators and radar of one F-35", "F-35 作动、发电与雷达部件"), "assembly", "piece", 12.0e6, "880730", "aircraft_part", {"USA": 1.0}, cover="defence"),
    "guidance_kit": Component(("Fin actuators and seekers of missiles", "导弹舵机与导引头"), "assembly", "piece", 80000.0, "930690", "missile_part", {"USA": 11.0, "EUR": 3.0, "DEU": 1.5, "GBR": 1.2, "JPN": 1.0, "KOR": 2.0, "IND": 1.0, "CHN": 9.0, "ROW": 3.0}, cover="defence"),
    "submarine_kit": Component(("Motors, pumps and sonar of one submarine", "潜艇电机泵与声呐"), "assembly", "piece", 80.0e6, "890610", "ship_part", {"USA": 2.0}, cover="defence"),
    "destroyer_kit": Component(("Motors, radar and actuators of one destroyer", "驱逐舰电机雷达与作动"), "assembly", "piece", 120.0e6, "890610", "ship_part", {"USA": 2.0, "JPN": 1.0, "KOR": 1.5, "CHN": 6.0}, cover="defence"),
    "defence_motor_set": Component(("Motors of drones, vehicles and munitions, t of magnets", "其他军用电机（吨磁体）"), "assembly", "t", 400000.0, "850131", "defence_part", {"USA": 0.3, "EUR": 0.15, "DEU": 0.05, "GBR": 0.05, "CHN": 0.9, "KOR": 0.05, "JPN": 0.04, "IND": 0.06, "ROW": 0.3}, cover="defence"),
    "radar_module": Component(("Transmit-receive modules, kg Ga", "雷达收发组件（公斤镓）"), "component", "piece", 400000.0, "852990", "radar_module", {"USA": 900.0, "EUR": 300.0, "GBR": 120.0, "JPN": 150.0, "KOR": 100.0, "CHN": 2000.0, "IND": 60.0}, cover="defence"),
    "ir_optics": Component(("Infrared lenses, kg Ge", "红外镜头（公斤锗）"), "component", "piece", 20000.0, "900190", "ir_optics", {"CHN": 14000.0, "USA": 11000.0, "EUR": 5500.0, "DEU": 2500.0, "GBR": 2000.0, "JPN": 1500.0, "KOR": 1500.0, "IND": 800.0}),
    "fibre_preform": Component(("Optical-fibre preforms, kg Ge", "光纤预制棒（公斤锗）"), "component", "piece", 60000.0, "700220", "fibre_preform", {"CHN": 27000.0, "JPN": 8000.0, "USA": 7000.0, "EUR": 4500.0, "KOR": 1800.0, "IND": 2000.0}),
    "flame_retardant": Component(("Flame-retardant compounds, t of trioxide", "阻燃剂（吨三氧化二锑）"), "component", "t", 40000.0, "381290;390490", "flame_retardant", {"CHN": 45.0, "USA": 15.0, "EUR": 14.0, "DEU": 5.0, "JPN": 8.0, "KOR": 8.0, "TWN": 4.0, "IND": 7.0}),
    "lead_alloy": Component(("Antimonial lead alloy, t Sb", "铅锑合金（吨锑）"), "component", "t", 45000.0, "780191", "lead_alloy", {"CHN": 9.0, "USA": 5.0, "EUR": 4.0, "IND": 4.0, "JPN": 1.0, "KOR": 1.5, "ROW": 4.0}),
    "solar_glass": Component(("Antimony fining agents for solar glass, t of trioxide", "光伏玻璃澄清剂（吨）"), "component", "t", 40000.0, "700312", "solar_glass", {"CHN": 26.0, "VNM": 0.6, "IND": 0.8}),
    "primer": Component(("Primers and tracer mixes, t Sb", "底火与曳光剂（吨锑）"), "component", "t", 150000.0, "360300", "primer", {"USA": 0.5, "EUR": 0.45, "GBR": 0.06, "KOR": 0.1, "CHN": 0.6, "ROW": 0.7}, cover="defence"),
}  # fmt: skip


SPREAD = (
    "traction_motor",
    "hybrid_motor",
    "steering_motor",
    "car_micro_motors",
    "servo_motor",
    "compressor_motor",
    "generator_geared",
)
"""Makers whose stocks of magnets differ enough between firms to be split into classes of cover."""


def contents(facts: Facts) -> dict[str, dict[str, tuple[Figure, str]]]:
    """Inputs per piece or tonne of component, and what happens without them."""
    dy_tb, plain, cerium, bonded, smco = (
        "magnet_ndfeb_dy_tb",
        "magnet_ndfeb",
        "magnet_ndfeb_ce",
        "magnet_bonded",
        "magnet_smco",
    )
    one = (assumed(1.0, 1.0, 1.0, note="by definition"), "critical")

    def critical(figure: Figure) -> tuple[Figure, str]:
        return figure, "critical"

    def tonnes(low: float, value: float, high: float, note: str = "") -> tuple[Figure, str]:
        return critical(assumed(value, low, high, note=note))

    def quoted_ship(fact: str) -> tuple[Figure, str]:
        row = facts.row(fact)
        quoted = float(row["quantity"]) * KILO
        return critical(claimed(0.1 * quoted, 0.02 * quoted, float(row["high"]) * KILO, source=facts.label(fact),
                                note="a tenth of the quoted mass: no audit exists, and the audit of the F-35 cut the quote by ten or more"))  # fmt: skip

    return {
        "traction_motor": {dy_tb: critical(derived(0.0019, 0.001, 0.002, source=facts.label("intensity-001"), note="1 to 2 kg a motor; 43,018 t over 17.3m cars with 1.3 motors is 1.9 kg"))},
        "hybrid_motor": {dy_tb: tonnes(0.0004, 0.0008, 0.0012)},
        "steering_motor": {dy_tb: critical(derived(0.00013, 0.0001, 0.00025, source=facts.label("demand-074"), note="0.15 kg finished in a steering motor; about seven cars in eight have one"))},
        "car_micro_motors": {
            plain: critical(derived(0.00007, 0.00004, 0.00018, source=facts.label("intensity-010"), note="0.102 kg a car, two thirds sintered")),
            bonded: critical(derived(0.000032, 0.00002, 0.00008, source=facts.label("intensity-010"), note="0.102 kg a car, one third bonded")),
        },
        "generator_direct": {dy_tb: critical(facts.sourced("intensity-020", factor=KILO, also=("intensity-019", "intensity-023"), low=0.4, note="kg per MW"))},
        "generator_geared": {dy_tb: critical(derived(0.11, 0.08, 0.16, source=facts.label("intensity-021"), note="160 kg a MW at medium speed, 80 at high speed"))},
        "compressor_motor": {
            dy_tb: critical(derived(0.00008, 0.00005, 0.00012, source=facts.label("demand-064"), note="30,154 t over 190m motors, half with Dy")),
            plain: critical(derived(0.00008, 0.00005, 0.00012, source=facts.label("demand-064"), note="30,154 t over 190m motors, half without Dy")),
        },
        "servo_motor": {dy_tb: critical(derived(0.00029, 0.00008, 0.0005, source=facts.label("intensity-035"), note="1.75 kg a robot over six motors"))},
        "industrial_motor": {dy_tb: tonnes(0.0008, 0.0015, 0.003)},
        "elevator_machine": {plain: tonnes(0.003, 0.006, 0.009)},
        "hub_motor": {cerium: tonnes(0.00008, 0.00015, 0.00025), plain: tonnes(0.00005, 0.0001, 0.00015)},
        "disk_actuator": {plain: critical(facts.sourced("demand-192", factor=1e-6, note="g per drive"))},
        "phone_speaker_haptic": {plain: critical(facts.sourced("intensity-037", factor=KILO, note="kg per phone"))},
        "audio_motor_unit": {cerium: tonnes(0.000003, 0.000006, 0.000012), plain: tonnes(0.000002, 0.000004, 0.000008)},
        "magnet_assembly": {cerium: tonnes(0.6, 0.80, 0.9), bonded: tonnes(0.05, 0.12, 0.25), plain: tonnes(0.02, 0.075, 0.2), smco: tonnes(0.0, 0.04, 0.06, "sensors, pumps, couplings")},
        "drive_unit": {"traction_motor": one},
        "hybrid_transmission": {"hybrid_motor": (assumed(1.3, 1.0, 2.0, note="many have two"), "critical")},
        "steering_gear": {"steering_motor": one},
        "motor_module": {"car_micro_motors": one},
        "aircraft_kit": {
            smco: critical(facts.sourced("intensity-030", factor=KILO, note="kg of alloy; audit of 2026, against 417 kg of unknown basis")),
            dy_tb: critical(facts.sourced("intensity-031", factor=KILO, note="kg of alloy")),
            "radar_module": (assumed(0.5, 0.1, 1.5), "critical"),
        },
        "guidance_kit": {smco: tonnes(0.0002, 0.001, 0.003), dy_tb: tonnes(0.0, 0.0003, 0.001), "ir_optics": (assumed(0.1, 0.0, 0.3), "critical")},
        "submarine_kit": {dy_tb: quoted_ship("intensity-032"), smco: tonnes(0.01, 0.05, 0.2)},
        "destroyer_kit": {dy_tb: quoted_ship("intensity-033"), smco: tonnes(0.01, 0.05, 0.2), "radar_module": (assumed(20.0, 5.0, 60.0), "critical")},
        "defence_motor_set": {dy_tb: tonnes(0.2, 0.6, 0.8), smco: tonnes(0.05, 0.4, 0.6)},
        "radar_module": {"gallium_wafer": critical(assumed(0.001, 0.001, 0.001, note="by definition: one kg of gallium"))},
        "ir_optics": {"germanium": critical(assumed(0.0011, 0.001, 0.0014, note="one kg and what is lost in grinding after recycling"))},
        "fibre_preform": {"germanium": critical(assumed(0.0011, 0.001, 0.0013, note="one kg and what is lost after recycling"))},
        "flame_retardant": {"antimony_oxide": one},
        "lead_alloy": {"antimony_metal": one},
        "solar_glass": {"antimony_oxide": one},
        "primer": {"antimony_metal": one},
    }  # fmt: skip


def add_to(draft: Draft, facts: Facts) -> None:
    """Add products and makers of components and parts."""
    covers, held = Covers(facts), contents(facts)
    for product, component in COMPONENTS.items():
        draft.add(
            "products", product=product, name_en=component.names[0], name_zh=component.names[1], stage=component.stage, unit=component.unit,
            price=assumed(component.price), hs=component.hs, item_class=component.item, elements="", lookalike="no",
        )  # fmt: skip
        for place, size in component.makers.items():
            inputs = {
                bought: Input(amount, cover_of(covers, component, bought, place), SIGMA_MAKERS, word)
                for bought, (amount, word) in held[product].items()
            }
            add_producer(
                draft, f"{product}_{place}", place, product, names=named(component.names, place), makes={product: ONE}, inputs=inputs,
                stock_days=assumed(4.0, 2.0, 8.0) if component.stage == "part" else assumed(FINISHED_DAYS, 4.0, 20.0), classes=3 if product in SPREAD else 1, firms=5,
            )  # fmt: skip
            draft.origin_size[f"{product}_{place}", product] = size


def cover_of(covers: Covers, component: Component, bought: str, place: str) -> Figure:
    """Days of an input that a maker of components keeps."""
    if component.stage == "part":
        return covers.assembler()
    if component.cover == "defence":
        return covers.defence()
    if bought.startswith("antimony"):
        return covers.antimony(place)
    return covers.maker()
