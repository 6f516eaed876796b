"""Components and final uses."""

from __future__ import annotations

from collections.abc import Mapping

from magnets_small.upstream import PLACES
from world_drafts.draft import Draft
from world_drafts.figures import Facts, Figure, assumed, claimed, derived

COMPONENTS = {
    "traction_motor": ("Traction motor", "驱动电机", "motor", 1000.0, ("CHN", "JPN", "DEU", "USA")),
    "micro_motor_set": (
        "Set of small motors for one car (steering, pumps, seats)",
        "汽车微特电机（每车一套）",
        "motor",
        400.0,
        ("CHN", "JPN", "DEU", "USA", "VNM"),
    ),
    "generator": (
        "Wind generator with permanent magnets, per MW",
        "永磁风力发电机（每兆瓦）",
        "motor",
        60000.0,
        ("CHN", "DEU"),
    ),
    "servo_set": ("Set of servo motors for one robot", "机器人伺服电机（每台一套）", "motor", 6000.0, ("JPN", "CHN")),
    "guidance_actuator": ("Fin actuators and seeker of one missile", "导弹舵机（每枚一套）", "", 80000.0, ("USA",)),
    "aircraft_kit": ("Actuators and generators of one F-35", "F-35 作动与发电部件（每架）", "", 3000000.0, ("USA",)),
}
MAGNET_ORIGIN = {
    "CHN": {"CHN": 0.99, "JPN": 0.01},
    "USA": {"CHN": 0.768, "JPN": 0.13, "DEU": 0.05, "VNM": 0.04, "USA": 0.012},
    "JPN": {"CHN": 0.13, "JPN": 0.75, "VNM": 0.12},
    "DEU": {"CHN": 0.90, "DEU": 0.08, "JPN": 0.02},
    "VNM": {"CHN": 0.60, "JPN": 0.20, "VNM": 0.20},
}
COMPONENT_ORIGIN = {
    "traction_motor": {
        "CHN": {"CHN": 0.98, "JPN": 0.02},
        "USA": {"USA": 0.5, "CHN": 0.2, "JPN": 0.2, "DEU": 0.1},
        "JPN": {"JPN": 0.95, "CHN": 0.05},
        "DEU": {"DEU": 0.75, "CHN": 0.15, "JPN": 0.1},
    },
    "micro_motor_set": {
        "CHN": {"CHN": 0.95, "JPN": 0.05},
        "USA": {"USA": 0.35, "CHN": 0.35, "JPN": 0.15, "VNM": 0.1, "DEU": 0.05},
        "JPN": {"JPN": 0.7, "CHN": 0.15, "VNM": 0.15},
        "DEU": {"DEU": 0.6, "CHN": 0.3, "JPN": 0.1},
    },
    "generator": {"DEU": {"DEU": 0.6, "CHN": 0.4}},
    "servo_set": {"JPN": {"JPN": 0.9, "CHN": 0.1}},
    "guidance_actuator": {"USA": {"USA": 1.0}},
    "aircraft_kit": {"USA": {"USA": 1.0}},
}
GRADE_KIND = {"magnet_ndfeb": "magnet_plain", "magnet_ndfeb_dy_tb": "magnet_heavy", "magnet_smco": "magnet_smco"}


def add_to(draft: Draft, facts: Facts) -> None:
    """Add components and final uses."""
    for product, (name, name_zh, item, price, _) in COMPONENTS.items():
        draft.add(
            "products",
            product=product,
            name_en=name,
            name_zh=name_zh,
            stage="component",
            unit="piece",
            price=assumed(price),
            hs="850300" if product == "generator" else "850131",
            item_class=item,
            elements="",
            lookalike="no",
        )
    for product, magnets in magnet_content(facts).items():
        for place in COMPONENTS[product][4]:
            add_component(draft, facts, product, place, magnets)
    add_uses(draft, facts)


def magnet_content(facts: Facts) -> dict[str, dict[str, Figure]]:
    """Finished magnets in one component, in tonnes."""
    kilo = 0.001
    return {
        "traction_motor": {"magnet_ndfeb_dy_tb": facts.sourced("intensity-001", factor=kilo)},
        "micro_motor_set": {
            "magnet_ndfeb_dy_tb": derived(
                0.00015,
                0.0001,
                0.00025,
                source=facts.label("demand-074"),
                note="0.15 kg finished in an electric power steering",
            ),
            "magnet_ndfeb": facts.sourced("intensity-010", factor=kilo, low=0.00005, high=0.00025),
        },
        "generator": {
            "magnet_ndfeb_dy_tb": derived(
                0.273,
                0.16,
                0.65,
                source=facts.label("intensity-020"),
                note="(8.7 % direct drive x 650 kg + 29.1 % medium speed x 160 kg) / 37.8 %, per MW",
            )
        },
        "servo_set": {"magnet_ndfeb_dy_tb": facts.sourced("intensity-035", factor=kilo)},
        "guidance_actuator": {"magnet_smco": assumed(0.001, 0.0002, 0.003)},
        "aircraft_kit": {
            "magnet_smco": facts.sourced("intensity-030", factor=kilo),
            "magnet_ndfeb_dy_tb": facts.sourced("intensity-031", factor=kilo),
        },
    }


def add_component(draft: Draft, facts: Facts, product: str, place: str, magnets: Mapping[str, Figure]) -> None:
    """One maker of a component, with the magnets it keeps in stock."""
    name = f"{product}_{place}"
    defence = product in ("guidance_actuator", "aircraft_kit")
    draft.add(
        "producers",
        producer=name,
        name_en=f"{COMPONENTS[product][0]}, {PLACES[place][0]}",
        name_zh=f"{PLACES[place][1]}{COMPONENTS[product][1]}",
        place=place,
        recipe=product,
        classes=3,
        firms=10,
    )
    draft.add(
        "offers",
        producer=name,
        product=product,
        **{"yield": assumed(1.0, 1.0, 1.0, note="by definition")},
        driver="yes",
        stock_days=assumed(10.0, 5.0, 20.0),
    )
    for grade, amount in magnets.items():
        cover = makers_cover(facts, defence)
        draft.add(
            "needs",
            consumer=name,
            product=grade,
            coefficient=amount,
            cover_days=cover,
            cover_sigma=assumed(0.6, 0.3, 0.9),
            **{"class": "critical"},
            restock_days=assumed(28.0, 14.0, 60.0),
        )
        sellers = {f"{GRADE_KIND[grade]}_{origin}": share for origin, share in MAGNET_ORIGIN[place].items()}
        known = {str(row["producer"]) for row in draft.tables["producers"]}
        draft.supply_from(name, grade, {seller: share for seller, share in sellers.items() if seller in known})


def makers_cover(facts: Facts, defence: bool) -> Figure:
    """Magnets that a maker of components keeps, in days of use: never inferred from the dates of plant stops."""
    if defence:
        return claimed(
            120.0,
            60.0,
            183.0,
            source=facts.label("stocks_capacity-004"),
            note="less than six months of defence supply, unsourced in the source",
        )
    return derived(
        28.9,
        14.5,
        49.9,
        source=facts.label("stocks_capacity-084"),
        note="1.28 months of shipments (1.97 in 1982) in all stocks of US manufacturers, less ten days of finished goods",
    )


def add_uses(draft: Draft, facts: Facts) -> None:
    """Final uses: what is made or installed in a year, and what one unit is worth."""
    car_usa, petrol_usa = (
        facts.sourced("values-001"),
        derived(49100.0, 46000.0, 50080.0, source=facts.label("values-002"), note="55,000 / 1.12"),
    )
    rows: list[tuple[str, str, str, str, Figure, Figure]] = [
        (
            "electric_car",
            "Electric and plug-in cars",
            "电动汽车",
            "CHN",
            facts.sourced("demand-142"),
            facts.sourced("values-003", low=20000.0),
        ),
        (
            "electric_car",
            "Electric and plug-in cars",
            "电动汽车",
            "USA",
            facts.sourced("demand-148", factor=1e6, low=1.1e6, high=1.6e6),
            car_usa,
        ),
        (
            "electric_car",
            "Electric and plug-in cars",
            "电动汽车",
            "DEU",
            facts.sourced("demand-144", high=1.27e6),
            facts.sourced("values-004", low=45000.0),
        ),
        (
            "hybrid_car",
            "Hybrid cars",
            "混合动力汽车",
            "JPN",
            assumed(2.0e6, 1.5e6, 3.0e6),
            assumed(28000.0, 20000.0, 40000.0),
        ),
        ("hybrid_car", "Hybrid cars", "混合动力汽车", "USA", assumed(1.2e6, 0.6e6, 1.8e6), petrol_usa),
        (
            "combustion_car",
            "Cars with combustion engine",
            "燃油汽车",
            "CHN",
            derived(
                19.1e6, 18.0e6, 19.3e6, source=facts.label("demand-113"), note="31.28m vehicles less 12.2m electric"
            ),
            assumed(21000.0, 15000.0, 30000.0),
        ),
        (
            "combustion_car",
            "Cars with combustion engine",
            "燃油汽车",
            "USA",
            derived(
                7.8e6, 7.0e6, 8.9e6, source=facts.label("demand-114"), note="10.56m vehicles less electric and hybrid"
            ),
            petrol_usa,
        ),
        (
            "combustion_car",
            "Cars with combustion engine",
            "燃油汽车",
            "DEU",
            derived(2.8e6, 2.7e6, 3.1e6, source=facts.label("demand-119"), note="4.07m cars less 1.27m electric"),
            assumed(45000.0, 35000.0, 55000.0),
        ),
        (
            "wind_turbine",
            "Wind turbines installed, MW",
            "风电装机（兆瓦）",
            "DEU",
            facts.sourced("demand-158", factor=1000.0, also=("demand-168",)),
            facts.sourced("values-018", low=700000.0, high=1370000.0),
        ),
        (
            "industrial_robot",
            "Industrial robots installed",
            "工业机器人",
            "JPN",
            facts.sourced("demand-175"),
            assumed(50000.0, 25000.0, 400000.0),
        ),
        (
            "missile",
            "Guided missiles",
            "导弹",
            "USA",
            assumed(10000.0, 5000.0, 20000.0),
            assumed(500000.0, 150000.0, 2000000.0),
        ),
        ("f35", "F-35 aircraft", "F-35 战斗机", "USA", facts.sourced("demand-040"), facts.sourced("values-012")),
    ]
    parts: dict[str, dict[str, Figure]] = {
        "electric_car": {
            "traction_motor": assumed(1.15, 1.0, 1.4, note="some cars have two motors"),
            "micro_motor_set": assumed(1.0, 1.0, 1.0, note="one set a car"),
        },
        "hybrid_car": {
            "traction_motor": assumed(0.6, 0.4, 0.8, note="smaller motor, in units of the motor of an electric car"),
            "micro_motor_set": assumed(1.0, 1.0, 1.0, note="one set a car"),
        },
        "combustion_car": {"micro_motor_set": assumed(1.0, 1.0, 1.0, note="one set a car")},
        "wind_turbine": {
            "generator": derived(
                0.378, 0.29, 0.45, source=facts.label("demand-171"), note="8.7 % direct drive and 29.1 % medium speed"
            )
        },
        "industrial_robot": {"servo_set": assumed(1.0, 1.0, 1.0, note="one set a robot")},
        "missile": {"guidance_actuator": assumed(1.0, 1.0, 1.0, note="one set a missile")},
        "f35": {"aircraft_kit": assumed(1.0, 1.0, 1.0, note="one kit an aircraft")},
    }
    for kind, name, name_zh, place, quantity, value in rows:
        military = kind in ("missile", "f35")
        use = f"{kind}_{place}"
        draft.add(
            "uses",
            use=use,
            name_en=f"{name}, {PLACES[place][0]}",
            name_zh=f"{PLACES[place][1]}{name_zh}",
            kind=kind,
            place=place,
            quantity=quantity,
            value=value,
            end_use="military" if military else "civil",
            priority="priority" if military else "rest",
            elasticity=assumed(-0.3, -1.0, 0.0),
            classes=5,
            firms=1 if kind == "f35" else 10,
        )
        for product, amount in parts[kind].items():
            draft.add(
                "needs",
                consumer=use,
                product=product,
                coefficient=amount,
                cover_days=users_cover(facts, military),
                cover_sigma=assumed(
                    0.5,
                    0.35,
                    0.8,
                    note="half the logarithm of 4 weeks over 2, widened for firms outside the trade press",
                ),
                **{"class": "critical"},
                restock_days=assumed(28.0, 14.0, 60.0),
            )
            origins = COMPONENT_ORIGIN[product][place]
            draft.supply_from(use, product, {f"{product}_{origin}": share for origin, share in origins.items()})


def users_cover(facts: Facts, military: bool) -> Figure:
    """Components that an assembler keeps, in days: two to four weeks just in time, longer in defence."""
    if military:
        return assumed(60.0, 30.0, 180.0)
    return facts.sourced("stocks_capacity-014", factor=7.0, note="weeks, Western car makers and suppliers")
