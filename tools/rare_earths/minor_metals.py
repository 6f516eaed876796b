"""Gallium, germanium and antimony up to the refined material."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from rare_earths.covers import SIGMA_MATERIALS, Covers
from rare_earths.metals import named
from world_drafts.draft import Draft
from world_drafts.figures import Facts, Figure, assumed, derived
from world_drafts.nodes import ONE, Input, add_producer

STOCK = assumed(20.0, 7.0, 45.0)
PRIMARY_GALLIUM = {
    "CHN_henan": 260.0,
    "CHN_shanxi": 260.0,
    "CHN_guangxi": 180.0,
    "ROW_russia": 6.0,
    "JPN": 3.0,
    "KOR": 3.0,
    "AUS": 0.1,
    "EUR": 0.1,
}
RECYCLED_GALLIUM = {"JPN": 45.0, "DEU": 18.0, "EUR": 12.0, "USA": 6.0, "KOR": 5.0, "ROW": 5.0, "TWN": 8.0}
REFINED_GALLIUM = {
    "CHN_nanjing": 200.0,
    "CHN_other": 130.0,
    "JPN": 80.0,
    "DEU": 25.0,
    "EUR": 20.0,
    "USA": 14.0,
    "ROW": 10.0,
}
WAFERS = {"CHN": 290.0, "JPN": 80.0, "DEU": 26.0, "TWN": 60.0, "USA": 20.0, "KOR": 20.0, "GBR": 4.0}
GERMANIUM = {
    "CHN_yunnan": 60.0,
    "CHN_inner_mongolia": 35.0,
    "EUR": 20.0,
    "ROW_canada": 12.0,
    "ROW_russia": 6.0,
    "USA": 5.0,
    "JPN": 4.0,
    "DEU": 4.0,
    "GBR": 2.0,
    "KOR": 0.1,
}
ANTIMONY_MINES = {"CHN": 46223.0, "ROW_russia": 24670.0, "ROW_tajikistan": 27500.0, "MMR": 10000.0, "ROW_turkey": 4548.0, "ROW_bolivia": 4817.0,
                  "AUS": 1282.0, "LAO": 1270.0, "MEX": 662.0, "VNM": 218.0, "THA": 800.0, "ROW_other": 3500.0}  # fmt: skip
ANTIMONY_METAL = {
    "CHN_hunan": 40.0,
    "CHN_guangxi": 26.0,
    "VNM": 4.0,
    "ROW_tajikistan": 5.0,
    "ROW_oman": 9.0,
    "IND": 4.0,
    "MEX": 0.7,
    "THA": 1.5,
    "JPN": 0.3,
}
ANTIMONY_OXIDE = {
    "CHN_hunan": 55.0,
    "CHN_guangdong": 36.0,
    "EUR": 14.0,
    "USA": 2.0,
    "JPN": 7.0,
    "KOR": 4.0,
    "IND": 5.0,
    "ROW": 5.0,
}


def add_to(draft: Draft, facts: Facts) -> None:
    """Add producers of gallium, germanium and antimony."""
    covers = Covers(facts)
    add_gallium(draft, facts, covers)
    for label, size in GERMANIUM.items():
        activity = assumed(size, 0.6 * size, 1.5 * size, note="refined from zinc residues, coal ash and scrap")
        add_simple(draft, "germanium", "germanium", label, activity, ("Germanium", "锗"))
    add_antimony(draft, facts, covers)


def add_simple(draft: Draft, recipe: str, product: str, label: str, activity: Figure, names: tuple[str, str]) -> None:
    """A producer whose feed is not modelled: a by-product of a metal that is not in this world."""
    name = f"{recipe}_{label}"
    add_producer(draft, name, label.partition("_")[0], recipe, names=named(names, label), makes={product: ONE}, inputs={},
                 stock_days=STOCK, activity=activity)  # fmt: skip
    draft.origin_size[name, product] = activity.value


def add_gallium(draft: Draft, facts: Facts, covers: Covers) -> None:
    """Primary and recycled gallium, refining, wafers."""
    for label, size in PRIMARY_GALLIUM.items():
        place = label.partition("_")[0]
        low, high = (0.5 * size, 1.5 * size) if place == "CHN" else (0.3 * size, 1.5 * size)
        add_simple(
            draft, "gallium_primary", "gallium_metal", label, assumed(size, low, high), ("Primary gallium", "原生镓")
        )
    for label, size in RECYCLED_GALLIUM.items():
        activity = assumed(size, 0.4 * size, 1.6 * size, note="new scrap of wafer making")
        add_simple(draft, "gallium_recycled", "gallium_metal", label, activity, ("Recycled gallium", "再生镓"))
    loss = assumed(1.05, 1.0, 1.15)
    stages = (
        ("gallium_refined", "gallium_metal", REFINED_GALLIUM, ("Refined gallium", "高纯镓")),
        ("gallium_wafer", "gallium_refined", WAFERS, ("Gallium compound wafers", "镓化合物晶圆")),
    )
    for product, feed, makers, names in stages:
        for label, size in makers.items():
            place = label.partition("_")[0]
            add_producer(draft, f"{product}_{label}", place, product, names=named(names, label), makes={product: ONE},
                         inputs={feed: Input(loss, covers.gallium(place), SIGMA_MATERIALS)}, stock_days=STOCK)  # fmt: skip
            draft.origin_size[f"{product}_{label}", product] = size


def add_antimony(draft: Draft, facts: Facts, covers: Covers) -> None:
    """Mines, smelters and makers of trioxide. Basis: tonnes of antimony in ore and metal, of Sb2O3 in trioxide."""
    for label, size in ANTIMONY_MINES.items():
        activity = assumed(
            size,
            0.4 * size,
            1.5 * size,
            source="wmd-2024",
            note="World Mining Data 2024; USGS is far lower for the world",
        )
        if label == "CHN":
            activity = facts.sourced(
                "stages-163", status="assumed", high=46300.0, note="nearly half of 83,000; World Mining Data 46,223"
            )
        if label == "MMR":
            activity = assumed(
                size,
                2000.0,
                26290.0,
                source="wmd-2024",
                note="World Mining Data 26,290 after 3,050 in 2023; re-exports of Thailand mixed in",
            )
        add_simple(draft, "antimony_mine", "antimony_ore", label, activity, ("Antimony mines", "锑矿"))
    add_simple(
        draft,
        "antimony_secondary",
        "antimony_ore",
        "CHN",
        assumed(22000.0, 5000.0, 40000.0, note="by-product of lead smelting and old stock, as ore equivalent"),
        ("Antimony from lead smelting", "铅冶炼副产锑"),
    )
    for label, size in ANTIMONY_METAL.items():
        place = label.partition("_")[0]
        add_producer(draft, f"antimony_metal_{label}", place, "antimony_metal", names=named(("Antimony metal", "锑冶炼"), label), makes={"antimony_metal": ONE},
                     inputs={"antimony_ore": Input(assumed(1.03, 1.0, 1.08), covers.antimony(place), SIGMA_MATERIALS)}, stock_days=STOCK)  # fmt: skip
        draft.origin_size[f"antimony_metal_{label}", "antimony_metal"] = size
    oxide = {
        "antimony_metal": derived(0.55, 0.35, 0.84, source=facts.label("stages-248"), note="0.835 t Sb a t of trioxide; part comes straight from ore"),
        "antimony_ore": assumed(0.30, 0.0, 0.5, note="the rest of 0.85"),
    }  # fmt: skip
    for label, size in ANTIMONY_OXIDE.items():
        place = label.partition("_")[0]
        amounts = oxide if place == "CHN" else {"antimony_metal": assumed(0.85, 0.84, 0.88)}
        add_producer(draft, f"antimony_oxide_{label}", place, "antimony_oxide", names=named(("Antimony trioxide", "三氧化二锑"), label), makes={"antimony_oxide": ONE},
                     inputs={product: Input(amount, covers.antimony(place), SIGMA_MATERIALS) for product, amount in amounts.items()}, stock_days=STOCK)  # fmt: skip
        draft.origin_size[f"antimony_oxide_{label}", "antimony_oxide"] = size
