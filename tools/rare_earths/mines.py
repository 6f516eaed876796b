"""Mines and separation. Basis: oxides (REO); recovery is in the yields of separation."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from rare_earths.covers import SIGMA_MATERIALS, Covers
from rare_earths.places import PLACES
from world_drafts.draft import Draft
from world_drafts.figures import Facts, Figure, assumed, derived
from world_drafts.nodes import ONE, Input, add_producer

MINE_STOCK = assumed(20.0, 7.0, 45.0)
OXIDE_STOCK = assumed(20.0, 7.0, 45.0)


def add_to(draft: Draft, facts: Facts) -> None:
    """Add mines, separators and recyclers."""
    for name, place, product, activity, title, title_zh in mines(facts):
        add_producer(
            draft, name, place, "mine_heavy" if product == "conc_heavy" else "mine_light",
            names=(title, title_zh), makes={product: ONE}, inputs={}, stock_days=MINE_STOCK, activity=activity,
        )  # fmt: skip
        draft.origin_size[name, product] = activity.value
    covers = Covers(facts)
    for separator in separators(facts):
        add_separator(draft, covers, *separator)


def mines(facts: Facts) -> list[tuple[str, str, str, Figure, str, str]]:
    """Mines with output of 2024 in tonnes REO."""

    def usgs(fact: str, low: float | None = None, high: float | None = None, also: tuple[str, ...] = ()) -> Figure:
        return facts.sourced(
            fact, low=low, high=high, also=also, note="USGS 2026; the range takes in World Mining Data"
        )

    return [
        ("mine_light_CHN_baotou", "CHN", "conc_light", assumed(190000.0, 170000.0, 210000.0, note="most of the light quota"), "Bayan Obo", "白云鄂博"),
        ("mine_light_CHN_sichuan", "CHN", "conc_light", assumed(53000.0, 40000.0, 65000.0), "Sichuan mines", "四川稀土矿"),
        ("mine_light_CHN_shandong", "CHN", "conc_light", assumed(7500.0, 4000.0, 12000.0), "Shandong mines", "山东稀土矿"),
        ("mine_heavy_CHN", "CHN", "conc_heavy", facts.sourced("stages-056", note="quota for ion clay, unchanged in 2024"), "Ion-clay mines, China", "中国离子型稀土矿"),
        ("mine_light_USA", "USA", "conc_light", usgs("stages-029", also=("stages-016",)), "Mountain Pass", "芒廷帕斯"),
        ("mine_light_AUS", "AUS", "conc_light", usgs("stages-030", also=("stages-017",)), "Mount Weld", "韦尔德山"),
        ("mine_heavy_MMR", "MMR", "conc_heavy", usgs("stages-032", high=44366.0, also=("stages-019",)), "Ion-clay mines, Myanmar", "缅甸离子型稀土矿"),
        ("mine_heavy_LAO", "LAO", "conc_heavy", assumed(5500.0, 4130.0, 10750.0, source="wmd-2024", note="World Mining Data 4,130 t; China booked 10,748 t gross from there"), "Ion-clay mines, Laos", "老挝离子型稀土矿"),
        ("mine_heavy_BRA", "BRA", "conc_heavy", usgs("stages-031", low=20.0), "Serra Verde", "塞拉维德"),
        ("mine_light_IND", "IND", "conc_light", usgs("stages-034", low=2500.0), "Monazite sands, India", "印度独居石"),
        ("mine_light_MYS", "MYS", "conc_light", usgs("stages-036", high=5120.0), "Ion clay and tin tailings, Malaysia", "马来西亚稀土矿"),
        ("mine_light_THA", "THA", "conc_light", usgs("stages-039"), "Monazite, Thailand", "泰国独居石"),
        ("mine_light_VNM", "VNM", "conc_light", usgs("stages-040", high=1100.0), "Mines, Vietnam", "越南稀土矿"),
        ("mine_light_ROW_madagascar", "ROW", "conc_light", usgs("stages-035", high=4000.0), "Monazite, Madagascar", "马达加斯加独居石"),
        ("mine_light_ROW_nigeria", "ROW", "conc_light", usgs("stages-037", high=4000.0), "Monazite, Nigeria", "尼日利亚独居石"),
        ("mine_light_ROW_russia", "ROW", "conc_light", usgs("stages-038", low=1761.0), "Loparite, Russia", "俄罗斯铈铌钙钛矿"),
    ]  # fmt: skip


Separator = tuple[str, str, str, str, dict[str, Figure], str, Figure | None, Figure | None]


def basket(ndpr: float, *, dy: float = 0.0, tb: float = 0.0, sm: float = 0.0, y: float = 0.0, gd: float = 0.0, lace: float = 0.0,
           driver: str = "oxide_ndpr") -> dict[str, Figure]:  # fmt: skip
    """Oxides from one tonne of REO fed, the driver first; nearly fixed proportions, so ranges are narrow."""
    shares = {
        "oxide_ndpr": ndpr,
        "oxide_dy": dy,
        "oxide_tb": tb,
        "oxide_sm": sm,
        "oxide_y": y,
        "oxide_gd": gd,
        "oxide_lace": lace,
    }
    made = {
        product: assumed(share, 0.8 * share, 1.2 * share, note="share of the basket x recovery")
        for product, share in shares.items()
        if share
    }
    return {driver: made[driver], **{product: share for product, share in made.items() if product != driver}}


def separators(facts: Facts) -> list[Separator]:
    """Separators: name, place, English and Chinese name, basket, feed, activity and capacity where known."""
    clay = {"dy": 0.042, "tb": 0.0083, "sm": 0.04, "y": 0.25, "gd": 0.048, "lace": 0.10}
    lynas = facts.sourced(
        "stages-199",
        factor=1 / 0.235,
        also=("stages-200",),
        high=29000.0,
        note="NdPr output over its share of 0.235 in the feed",
    )
    mp = facts.sourced("stages-098", factor=1 / 0.155, note="NdPr output over its share of 0.155 in the feed")
    return [
        ("separation_light_CHN_north", "CHN", "Northern rare earths, separation", "北方稀土分离", basket(0.215, dy=0.0006, tb=0.0001, sm=0.011, gd=0.003, lace=0.72), "conc_light", None, None),
        ("separation_light_CHN_sichuan", "CHN", "Sichuan and imported bastnaesite, separation", "四川及进口氟碳铈矿分离", basket(0.175, dy=0.0003, tb=0.0001, sm=0.009, gd=0.002, lace=0.76), "conc_light", None, None),
        ("separation_light_CHN_monazite", "CHN", "Imported monazite, separation", "进口独居石分离", basket(0.20, dy=0.004, tb=0.0006, sm=0.02, y=0.02, gd=0.012, lace=0.66), "conc_light", None, None),
        ("separation_heavy_CHN_south", "CHN", "Southern heavy separation, Jiangxi", "江西重稀土分离", basket(0.26, driver="oxide_dy", **clay), "conc_heavy", None, None),
        ("separation_heavy_CHN_guangdong", "CHN", "Southern heavy separation, Guangdong and Guangxi", "广东广西重稀土分离", basket(0.26, driver="oxide_dy", **clay), "conc_heavy", None, None),
        ("separation_light_MYS", "MYS", "Kuantan, light separation", "关丹轻稀土分离", basket(0.235, lace=0.14), "conc_light", lynas, None),
        ("separation_heavy_MYS", "MYS", "Kuantan, heavy circuit (first oxide May 2025)", "关丹重稀土分离", basket(0.05, dy=0.03, tb=0.006, sm=0.2, driver="oxide_dy"), "conc_light", assumed(60.0, 5.0, 150.0, note="commissioning"), facts.sourced("stocks_capacity-024", note="tonnes of feed a year")),
        ("separation_light_USA_mountain_pass", "USA", "Mountain Pass, separation", "芒廷帕斯分离", basket(0.155, lace=0.35), "conc_light", mp, facts.sourced("stages-104", factor=1 / 0.155, note="nearly 4,000 t NdPr a year over 0.155")),
        ("separation_light_USA_white_mesa", "USA", "White Mesa, separation", "怀特梅萨分离", basket(0.18, lace=0.5), "conc_light", facts.sourced("stages-205", factor=1 / 0.18, note="NdPr of the 2024 campaign over 0.18"), facts.sourced("stages-105", factor=1 / 0.18, note="NdPr a year over 0.18")),
        ("separation_light_EST", "EST", "Sillamäe, separation", "锡拉迈埃分离", basket(0.17, lace=0.7), "conc_light", assumed(1800.0, 600.0, 3000.0), facts.sourced("stages-114")),
        ("separation_light_EUR", "EUR", "La Rochelle, separation", "拉罗谢尔分离", basket(0.05, lace=0.85, driver="oxide_lace"), "conc_light", facts.sourced("stages-115", low=1500.0, note="products, mostly catalyst grades"), None),
        ("separation_light_IND", "IND", "IREL, separation", "印度稀土公司分离", basket(0.012, lace=0.6), "conc_light", facts.sourced("stages-198", factor=1 / 0.012, note="Nd oxide over 0.012: little is refined beyond mixed chloride"), None),
        ("separation_light_AUS", "AUS", "Eneabba, separation (pilot scale in 2024)", "埃尼巴分离（2024 年仅试验规模）", basket(0.19, lace=0.3), "conc_light", pilot(20.0), None),
        ("separation_heavy_USA", "USA", "Heavy separation, United States (pilots in 2024)", "美国重稀土分离（2024 年仅试验规模）", basket(0.2, **{**clay, "y": 0.2}, driver="oxide_dy"), "conc_heavy", pilot(3.0), None),
        ("separation_heavy_EUR", "EUR", "Heavy separation, France (planned)", "法国重稀土分离（规划中）", basket(0.2, **clay, driver="oxide_dy"), "conc_heavy", pilot(3.0), None),
        ("separation_heavy_EST", "EST", "Heavy line of Sillamäe (finished September 2025)", "锡拉迈埃重稀土线（2025 年 9 月完工）", basket(0.2, **clay, driver="oxide_dy"), "conc_heavy", pilot(2.0), None),
        ("separation_heavy_VNM", "VNM", "Vietnam, separation of clay and imported feed", "越南重稀土分离", basket(0.26, driver="oxide_dy", **clay), "conc_heavy", assumed(600.0, 200.0, 1500.0), None),
        ("recycling_CHN_ganzhou", "CHN", "Swarf recycling, Jiangxi", "江西废料回收", recycled(facts), "swarf", None, None),
        ("recycling_CHN_other", "CHN", "Swarf recycling, other provinces", "其他省份废料回收", recycled(facts), "swarf", None, None),
        ("recycling_JPN", "JPN", "Swarf recycling, Japan", "日本废料回收", recycled(facts), "swarf", None, None),
        ("recycling_VNM", "VNM", "Swarf recycling, Vietnam", "越南废料回收", recycled(facts), "swarf", None, None),
    ]  # fmt: skip


def pilot(feed: float) -> Figure:
    """A plant that is planned or being built: a trace of output, so that customers can be named before it opens."""
    return assumed(feed, 0.05 * feed, 4.0 * feed, note="pilot scale; what counts is its project")


def recycled(facts: Facts) -> dict[str, Figure]:
    """Oxides from a tonne of swarf: Nd 26.7 and Pr 4.35 % measured, x 1.167 as oxide, x 0.83 recovered."""
    note = "(26.7 + 4.35) % x 1.167 x 0.83"
    return {
        "oxide_ndpr": derived(0.30, 0.20, 0.35, source=facts.label("intensity-053"), note=note),
        "oxide_dy": assumed(0.008, 0.004, 0.012),
        "oxide_tb": assumed(0.0015, 0.0007, 0.0025),
    }


SIZE = {
    "separation_light_CHN_north": 190.0, "separation_light_CHN_sichuan": 95.0, "separation_light_CHN_monazite": 9.0,
    "separation_heavy_CHN_south": 35.0, "separation_heavy_CHN_guangdong": 20.0, "separation_light_MYS": 27.0,
    "separation_heavy_MYS": 0.06, "separation_light_USA_mountain_pass": 8.3, "separation_light_USA_white_mesa": 0.2,
    "separation_light_EST": 1.8, "separation_light_EUR": 4.0, "separation_light_IND": 2.0, "separation_heavy_VNM": 0.6, "separation_light_AUS": 0.02, "separation_heavy_USA": 0.003, "separation_heavy_EUR": 0.003, "separation_heavy_EST": 0.002,
    "recycling_CHN_ganzhou": 65.0, "recycling_CHN_other": 32.0, "recycling_JPN": 3.0,
    "recycling_VNM": 0.8,
}  # fmt: skip
"""Feed in kt a year, to spread demand over separators before the balance is struck."""


def add_separator(draft: Draft, covers: Covers, name: str, place: str, title: str, title_zh: str, makes: dict[str, Figure], feed: str,
                  activity: Figure | None, capacity: Figure | None) -> None:  # fmt: skip
    """One separator or recycler; activity is tonnes of feed."""
    recipe = name.split(f"_{place}")[0]
    feed_input = Input(assumed(1.0, 1.0, 1.1, note="tonnes of feed"), covers.materials(place), SIGMA_MATERIALS)
    add_producer(
        draft, name, place, recipe, names=(f"{title}, {PLACES[place][0]}", title_zh), makes=makes, inputs={feed: feed_input},
        stock_days=OXIDE_STOCK, activity=activity, capacity=capacity,
    )  # fmt: skip
    for product, share in makes.items():
        draft.origin_size[name, product] = SIZE[name] * share.value
