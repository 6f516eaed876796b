"""Control totals: published sums that the balanced world must reproduce within their ranges."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from world_drafts.figures import Facts

SINTERED = "magnet_ndfeb_dy_tb;magnet_ndfeb;magnet_ndfeb_ce"
NDFEB = f"{SINTERED};magnet_bonded"
TRADED = f"{SINTERED};magnet_smco"
"""What customs book under HS 8505.11: sintered magnets of all grades. Bonded ones are booked elsewhere."""
CARS = "electric_car;hybrid_car;combustion_car"


@dataclass(frozen=True)
class Total:
    """One row: name, titles, measure, filters, target and range, unit, fact or source, status, note."""

    name: str
    title: tuple[str, str]
    measure: str
    filters: dict[str, str]
    target: float
    low: float
    high: float
    unit: str
    source: str
    note: str = ""
    status: str = "sourced"
    factor: float = 1.0


def totals(facts: Facts) -> list[Total]:
    """Every control total."""
    return [*mining(), *oxides_and_metals(), *magnets(), *demand(facts), *minor_metals()]


def mining() -> list[Total]:
    """Mines of 2024, t REO."""
    ores = {"recipe": "mine_light;mine_heavy"}
    return [
        Total("mine_world", ("Mines, world", "世界矿产量"), "activity", ores, 380000, 370000, 400000, "t REO", "stages-028", "country rows add to 383,000; World Mining Data 398,000"),
        Total("mine_china", ("Mines, China", "中国矿产量"), "activity", {**ores, "place": "CHN"}, 270000, 267000, 273000, "t REO", "stages-033", "quota"),
        Total("mine_usa", ("Mines, United States", "美国矿产量"), "activity", {**ores, "place": "USA"}, 45500, 45000, 45600, "t REO", "stages-029"),
        Total("mine_australia", ("Mines, Australia", "澳大利亚矿产量"), "activity", {**ores, "place": "AUS"}, 29000, 13000, 29100, "t REO", "stages-030", "13,000 in the edition before; World Mining Data 20,100"),
        Total("mine_myanmar", ("Mines, Myanmar", "缅甸矿产量"), "activity", {**ores, "place": "MMR"}, 27000, 26500, 44400, "t REO", "stages-032", "World Mining Data 39,400; China booked 44,366 t gross"),
        Total("mine_india", ("Mines, India", "印度矿产量"), "activity", {**ores, "place": "IND"}, 2900, 2500, 2950, "t REO", "stages-034"),
        Total("mine_brazil", ("Mines, Brazil", "巴西矿产量"), "activity", {**ores, "place": "BRA"}, 560, 20, 570, "t REO", "stages-031"),
        Total("concentrate_usa_china", ("Concentrate from the USA to China", "美国对华精矿"), "flow", {"product": "conc_light", "place": "USA", "to_place": "CHN"}, 33400, 28000, 40000, "t REO", "stages-223", "55,612 t gross at 60 % REO", "assumed"),
    ]  # fmt: skip


def oxides_and_metals() -> list[Total]:
    """Oxides and metals of 2024, t."""

    def oxide(product: str, place: str, **more: str) -> dict[str, str]:
        return {"product": product, "place": place, **more}

    magnet_makers = f"{NDFEB};powder_bonded"
    return [
        Total("ndpr_china", ("NdPr oxide, China", "中国氧化镨钕"), "output", oxide("oxide_ndpr", "CHN"), 106000, 100000, 110000, "t", "stages-095", "Argus; SMM June pace 87,900"),
        Total("ndpr_china_scrap", ("NdPr oxide from swarf, China", "中国废料镨钕"), "output", oxide("oxide_ndpr", "CHN", recipe="recycling"), 29700, 24000, 33000, "t", "intensity-062", "28 % of 106,000", "assumed"),
        Total("ndpr_malaysia", ("NdPr oxide, Malaysia", "马来西亚氧化镨钕"), "output", oxide("oxide_ndpr", "MYS"), 6100, 5655, 6560, "t", "stages-199;stages-200", "years to June 2024 and 2025"),
        Total("ndpr_usa", ("NdPr oxide, United States", "美国氧化镨钕"), "output", oxide("oxide_ndpr", "USA"), 1324, 1290, 1330, "t", "stages-098;stages-205", "Mountain Pass 1,294 and White Mesa 30"),
        Total("ndpr_malaysia_china", ("NdPr oxide from Malaysia to China", "马来西亚对华氧化镨钕"), "flow", {"product": "oxide_ndpr", "place": "MYS", "to_place": "CHN"}, 3261, 3200, 3320, "t", "stages-245"),
        Total("ndpr_usa_china", ("NdPr oxide from the USA to China", "美国对华氧化镨钕"), "flow", {"product": "oxide_ndpr", "place": "USA", "to_place": "CHN"}, 232, 228, 236, "t", "stages-246"),
        Total("dy_china", ("Dy oxide, China", "中国氧化镝"), "output", oxide("oxide_dy", "CHN"), 3500, 2577, 3550, "t", "stages-116;stages-215", "Argus; twelve times the SMM months is 2,577"),
        Total("tb_china", ("Tb oxide, China", "中国氧化铽"), "output", oxide("oxide_tb", "CHN"), 650, 490, 660, "t", "stages-117;stages-216", "Argus; twelve times the SMM months is 490"),
        Total("gd_china", ("Gd oxide, China", "中国氧化钆"), "output", oxide("oxide_gd", "CHN"), 3616, 3100, 4200, "t", "stages-217", "twelve times the SMM months", "assumed"),
        Total("y_world", ("Y oxide sold, world", "世界氧化钇销量"), "flow", {"product": "oxide_y"}, 8000, 7000, 15000, "t", "stages-127;stages-126", "7,000 to 9,000, or 10,000 to 15,000"),
        Total("metal_china", ("NdPr metal, China", "中国镨钕金属"), "output", oxide("metal_ndpr", "CHN"), 88000, 83000, 91000, "t", "stages-097", "Argus; SMM June pace 71,900"),
        Total("metal_use_china", ("NdPr metal used for magnets, China", "中国磁材镨钕用量"), "need", {"product": "metal_ndpr", "kind": magnet_makers, "place": "CHN"}, 80000, 77000, 84000, "t", "demand-011"),
        Total("metal_use_japan", ("Nd and NdPr used for magnets, Japan", "日本磁材钕镨用量"), "need", {"product": "metal_ndpr", "kind": magnet_makers, "place": "JPN"}, 5550, 5500, 5600, "t", "demand-106"),
    ]  # fmt: skip


def magnets() -> list[Total]:
    """Magnets of 2024: blanks made, finished magnets traded."""

    def exports(
        name: str,
        title: tuple[str, str],
        to_place: str,
        target: float,
        low: float,
        high: float,
        source: str,
        note: str = "",
        status: str = "sourced",
    ) -> Total:
        return Total(
            f"magnets_to_{name}",
            title,
            "flow",
            {"product": TRADED, "place": "CHN", "to_place": to_place},
            target,
            low,
            high,
            "t finished",
            source,
            note,
            status,
        )

    months = "mean of the months of 2024 that are known, times twelve"
    return [
        Total("ndfeb_china", ("NdFeB blanks, China", "中国钕铁硼毛坯"), "activity", {"recipe": NDFEB, "place": "CHN"}, 300000, 288000, 312000, "t blanks", "stages-133", "Argus, about; SMM forecast 260,000"),
        Total("cefeb_china", ("Cerium magnets, China", "中国铈磁体"), "activity", {"recipe": "magnet_ndfeb_ce", "place": "CHN"}, 95000, 90000, 100000, "t blanks", "stages-135", "taken as part of the 300,000"),
        Total("smco_china", ("SmCo magnets, China", "中国钐钴"), "activity", {"recipe": "magnet_smco", "place": "CHN"}, 3900, 3700, 4200, "t blanks", "stages-170", "3,723 in 2023, growing 11.6 % a year"),
        Total("ndfeb_japan", ("NdFeB blanks, Japan", "日本钕铁硼毛坯"), "activity", {"recipe": NDFEB, "place": "JPN"}, 18500, 13800, 20000, "t blanks", "stages-180;demand-106", "15,000 in 2018; 5,550 t of Nd in 2024 is 18,000 to 20,000 t", "assumed"),
        Total("ndfeb_elsewhere", ("NdFeB finished outside China", "中国以外钕铁硼成品"), "output", {"product": NDFEB, "place": "!CHN"}, 14500, 12200, 18000, "t finished", "stages-178", "12,200 in 2021; Japan 8 to 10 % of the world", "assumed"),
        exports("world", ("Magnets from China, all destinations", "中国磁体出口总量"), "!CHN", 58152, 57500, 58800, "demand-031"),
        exports("usa", ("Magnets from China to the USA", "中国对美磁体出口"), "USA", 7444, 7380, 7500, "magnet-exports-2024", "year-on-year figures of 2025 turned round"),
        exports("germany", ("Magnets from China to Germany", "中国对德磁体出口"), "DEU", 11500, 9500, 13000, "magnet-exports-2024", months, "assumed"),
        exports("european_union", ("Magnets from China to the European Union", "中国对欧盟磁体出口"), "DEU;EUR;EST", 21546, 20500, 22600, "magnet-exports-2024", "twice the first half"),
        exports("korea", ("Magnets from China to Korea", "中国对韩磁体出口"), "KOR", 5376, 4800, 6000, "magnet-exports-2024", months, "assumed"),
        exports("japan", ("Magnets from China to Japan", "中国对日磁体出口"), "JPN", 2304, 2080, 2600, "magnet-exports-2024", months, "assumed"),
        exports("vietnam", ("Magnets from China to Vietnam", "中国对越磁体出口"), "VNM", 4632, 3900, 5400, "magnet-exports-2024", "September 2024 times twelve", "assumed"),
        exports("india", ("Magnets from China to India", "中国对印磁体出口"), "IND", 3132, 2600, 4010, "magnet-exports-2024", "July 2024 times twelve", "assumed"),
        exports("thailand", ("Magnets from China to Thailand", "中国对泰磁体出口"), "THA", 2900, 2272, 3800, "demand-088", "2,272 in 2020, grown with the total", "assumed"),
    ]  # fmt: skip


def demand(facts: Facts) -> list[Total]:
    """Magnets by use and units of final use."""

    def magnets_in(
        name: str,
        title: tuple[str, str],
        kinds: str,
        target: float,
        low: float,
        high: float,
        source: str,
        note: str = "",
        place: str = "",
    ) -> Total:
        return Total(
            f"magnets_in_{name}",
            title,
            "need",
            {"product": f"{NDFEB};magnet_smco", "kind": kinds, "place": place},
            target,
            low,
            high,
            "t finished",
            source,
            note,
        )

    vehicles = {
        "CHN": "demand-113",
        "USA": "demand-114",
        "JPN": "demand-115",
        "IND": "demand-116",
        "MEX": "demand-117",
        "KOR": "demand-118",
        "DEU": "demand-119",
        "BRA": "demand-120",
        "THA": "demand-122",
    }
    cars = [
        Total(f"vehicles_{place.lower()}", (f"Vehicles made, {place}", f"汽车产量 {place}"), "use", {"kind": CARS, "place": place}, facts.quantity(fact),
              0.995 * facts.quantity(fact), 1.005 * facts.quantity(fact), "vehicles", fact)
        for place, fact in vehicles.items()
    ]  # fmt: skip
    return [
        *cars,
        Total("vehicles_world", ("Vehicles made, world", "世界汽车产量"), "use", {"kind": CARS}, 92504338, 91.5e6, 94.0e6, "vehicles", "demand-138"),
        Total("electric_cars_world", ("Electric and plug-in cars, world", "世界电动汽车"), "use", {"kind": "electric_car"}, 17.0e6, 16.5e6, 18.0e6, "vehicles", "demand-021"),
        Total("wind_world", ("Wind installed, world", "世界风电装机"), "use", {"kind": "wind_onshore;wind_offshore"}, 117000, 116000, 127000, "MW", "demand-155;demand-172"),
        Total("robots_world", ("Industrial robots, world", "世界工业机器人"), "use", {"kind": "industrial_robot"}, 541302, 538000, 545000, "robots", "demand-173"),
        Total("smartphones_world", ("Smartphones, world", "世界智能手机"), "use", {"kind": "smartphone"}, 1230e6, 1220e6, 1240e6, "phones", "demand-182"),
        Total("hard_disks_world", ("Hard disks, world", "世界硬盘"), "use", {"kind": "hard_disk"}, 120e6, 116e6, 124e6, "drives", "demand-181", "four times the second quarter", "assumed"),
        magnets_in("electric_cars", ("Magnets in motors of electric cars", "电动汽车电机磁体"), "traction_motor", 43018, 42000, 44000, "demand-059", "35 % of high-performance magnets"),
        magnets_in("air_conditioners", ("Magnets in air conditioners", "空调磁体"), "compressor_motor", 30154, 29500, 30800, "demand-064"),
        magnets_in("wind", ("Magnets in wind turbines", "风电磁体"), "generator_direct;generator_geared", 4848, 4800, 14750, "demand-062;demand-063;demand-070", "4,848 t (ACREI) or 12 % of demand (CSRE, 2023)"),
        magnets_in("steering", ("Magnets in electric steering", "电动转向磁体"), "steering_motor", 12000, 11500, 13500, "demand-072", "2023"),
        magnets_in("hard_disks", ("Magnets in hard disks", "硬盘磁体"), "disk_actuator", 1800, 1200, 3000, "demand-193", "120m drives at 10 to 25 g"),
        magnets_in("cars_china", ("Magnets in cars and car parts, China", "中国汽车磁体"), "traction_motor;hybrid_motor;steering_motor;car_micro_motors", 36200, 35000, 46000, "demand-071", "2023, before a year of growth", "CHN"),
        magnets_in("india", ("Rare-earth magnets used, India", "印度稀土磁体用量"), "", 4010, 3300, 4400, "demand-080", "2025", "IND"),
    ]  # fmt: skip


def minor_metals() -> list[Total]:
    """Gallium, germanium, antimony."""
    abroad = {"place": "CHN", "to_place": "!CHN"}
    return [
        Total("gallium_primary", ("Primary gallium, world", "世界原生镓"), "activity", {"recipe": "gallium_primary"}, 760, 755, 990, "t", "stages-151", "World Mining Data 987"),
        Total("gallium_elsewhere", ("Primary gallium outside China", "中国以外原生镓"), "activity", {"recipe": "gallium_primary", "place": "!CHN"}, 10, 8, 14, "t", "stages-155", "World Mining Data 13"),
        Total("gallium_exports", ("Gallium from China", "中国镓出口"), "flow", {"product": "gallium_metal;gallium_refined", **abroad}, 59, 54, 66, "t", "stages-255", "54 t in eleven months"),
        Total("germanium_world", ("Germanium, world", "世界锗"), "activity", {"recipe": "germanium"}, 150, 145, 233, "t", "stages-158;stages-159", "150 derived and World Mining Data; 233 another", "assumed"),
        Total("germanium_china", ("Germanium, China", "中国锗"), "activity", {"recipe": "germanium", "place": "CHN"}, 92, 87, 105, "t", "stages-160;stages-161", "60 to 68 % of 150", "assumed"),
        Total("germanium_exports", ("Germanium from China", "中国锗出口"), "flow", {"product": "germanium", **abroad}, 24, 22, 27, "t", "stages-254", "22 t in eleven months"),
        Total("antimony_mines", ("Antimony mined, world", "世界锑矿"), "activity", {"recipe": "antimony_mine"}, 112000, 83000, 141231, "t Sb", "stages-162", "USGS 83,000 (2023); World Mining Data 117,433 (2023), 141,231 (2024)"),
        Total("antimony_metal_china", ("Antimony metal, China", "中国锑锭"), "activity", {"recipe": "antimony_metal", "place": "CHN"}, 66534, 66000, 67000, "t", "stages-247"),
        Total("antimony_oxide_china", ("Antimony trioxide, China", "中国三氧化二锑"), "activity", {"recipe": "antimony_oxide", "place": "CHN"}, 91700, 91000, 92500, "t", "stages-248"),
        Total("antimony_exports", ("Antimony metal and trioxide from China", "中国锑出口"), "flow", {"product": "antimony_metal;antimony_oxide", **abroad}, 38632, 37500, 39800, "t gross", "trade_events-021"),
    ]  # fmt: skip


COLUMNS = (
    "total",
    "title_en",
    "title_zh",
    "measure",
    "product",
    "recipe",
    "kind",
    "place",
    "to_place",
    "factor",
    "target",
    "low",
    "high",
    "unit",
    "status",
    "source",
    "note",
)


def write(path: Path, rows: list[Total], facts: Facts, achieved: dict[str, float] | None = None) -> None:
    """Write the totals, with what the balanced world gives where that is known."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [*COLUMNS, *(["achieved"] if achieved else [])], lineterminator="\n")
        writer.writeheader()
        for row in rows:
            source = ";".join(
                part if part.startswith("magnet-exports") else facts.label(part) for part in row.source.split(";")
            )
            cells = {"total": row.name, "title_en": row.title[0], "title_zh": row.title[1], "measure": row.measure, "factor": row.factor, "target": row.target, "low": row.low,
                     "high": row.high, "unit": row.unit, "status": row.status, "source": source, "note": row.note, **row.filters}  # fmt: skip
            if achieved:
                cells["achieved"] = f"{achieved[row.name]:.6g}"
            writer.writerow(cells)
