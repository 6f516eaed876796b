"""Places, products, and producers from the mine to the magnet."""

from __future__ import annotations

from collections.abc import Mapping

from magnets_small import products
from world_drafts.draft import Draft, Row
from world_drafts.figures import Facts, Figure, assumed, derived

PLACES = {
    "CHN": ("China", "中国", "china", 104.0, 35.0),
    "USA": ("United States", "美国", "usa", -98.0, 39.0),
    "JPN": ("Japan", "日本", "allies", 138.0, 36.0),
    "DEU": ("Germany", "德国", "allies", 10.5, 51.0),
    "VNM": ("Vietnam", "越南", "third", 106.0, 16.0),
    "AUS": ("Australia", "澳大利亚", "allies", 134.0, -25.0),
    "MYS": ("Malaysia", "马来西亚", "third", 102.0, 4.0),
    "MMR": ("Myanmar", "缅甸", "third", 96.0, 21.0),
}
STAGE_ZH = {
    "mine_light": "轻稀土矿",
    "mine_heavy": "中重稀土矿",
    "separation_light": "轻稀土分离",
    "separation_heavy": "重稀土分离",
    "recycling": "磁材废料回收",
    "metal_ndpr": "镨钕金属",
    "metal_dy": "镝铁合金",
    "metal_tb": "金属铽",
    "metal_sm": "金属钐",
    "magnet_plain": "钕铁硼（无重稀土）",
    "magnet_heavy": "钕铁硼（含镝铽）",
    "magnet_smco": "钐钴磁体",
}
STAGE_EN = {
    "mine_light": "Light rare-earth mines",
    "mine_heavy": "Heavy rare-earth mines (ion clay)",
    "separation_light": "Separation of light feed",
    "separation_heavy": "Separation of heavy feed",
    "recycling": "Recycling of magnet swarf",
    "metal_ndpr": "NdPr metal",
    "metal_dy": "Dy metal and alloy",
    "metal_tb": "Tb metal",
    "metal_sm": "Sm metal",
    "magnet_plain": "NdFeB magnets without heavy elements",
    "magnet_heavy": "NdFeB magnets with Dy or Tb",
    "magnet_smco": "SmCo magnets",
}


def add_to(draft: Draft, facts: Facts) -> None:
    """Add places, products and producers up to the magnet."""
    for place, (name, name_zh, side, longitude, latitude) in PLACES.items():
        draft.add(
            "places", place=place, name_en=name, name_zh=name_zh, side=side, longitude=longitude, latitude=latitude
        )
    products.add_products(draft, facts)
    add_mines_and_separation(draft, facts)
    add_metals(draft, facts)
    add_magnets(draft, facts)


def producer(
    draft: Draft,
    kind: str,
    place: str,
    *,
    makes: Mapping[str, Figure],
    uses: Mapping[str, tuple[Figure, Mapping[str, float]]],
    cover: Figure | None = None,
) -> None:
    """One process in one place: the first product drives it, the others are by-products."""
    name = f"{kind}_{place}"
    place_en, place_zh = PLACES[place][:2]
    draft.add(
        "producers",
        producer=name,
        name_en=f"{STAGE_EN[kind]}, {place_en}",
        name_zh=f"{place_zh}{STAGE_ZH[kind]}",
        place=place,
        recipe=kind,
        classes=1,
        firms=1,
    )
    for position, (product, amount) in enumerate(makes.items()):
        draft.add(
            "offers",
            producer=name,
            product=product,
            **{"yield": amount},
            driver="yes" if position == 0 else "no",
            stock_days=assumed(14.0, 7.0, 30.0),
        )
    for product, (coefficient, origins) in uses.items():
        need: Row = {
            "consumer": name,
            "product": product,
            "coefficient": coefficient,
            "cover_days": cover or assumed(30.0, 14.0, 60.0),
            "cover_sigma": assumed(0.0, 0.0, 0.5),
            "class": "critical",
            "restock_days": assumed(28.0, 14.0, 60.0),
        }
        draft.add("needs", **need)
        draft.supply_from(name, product, origins)


ONE = assumed(1.0, 1.0, 1.0, note="by definition: activity is counted in tonnes of this product")


def add_mines_and_separation(draft: Draft, facts: Facts) -> None:
    """Mines, and separation as joint production; activity is tonnes of REO mined or fed."""
    for kind, places in {"mine_light": ("CHN", "USA", "AUS"), "mine_heavy": ("CHN", "MMR")}.items():
        for place in places:
            producer(draft, kind, place, makes={f"ore_{kind[5:]}": ONE}, uses={})
    feed = assumed(1.0, 1.0, 1.1, note="tonne of feed; recovery is in the yields")
    light = {
        "CHN": (0.19, 0.0008, 0.0001, 0.012, {"mine_light_CHN": 0.87, "mine_light_USA": 0.13}),
        "USA": (0.155, 0.0002, 0.00003, 0.008, {"mine_light_USA": 1.0}),
        "MYS": (0.23, 0.0005, 0.0001, 0.02, {"mine_light_AUS": 1.0}),
    }
    for place, (ndpr, dy, tb, sm, origins) in light.items():
        made = {
            "oxide_ndpr": assumed(ndpr, 0.14, 0.25, note="share of NdPr in the basket"),
            "oxide_dy": assumed(dy),
            "oxide_tb": assumed(tb),
            "oxide_sm": assumed(sm),
        }
        if place != "CHN":
            made = {"oxide_ndpr": made["oxide_ndpr"]}
        producer(draft, "separation_light", place, makes=made, uses={"ore_light": (feed, origins)})
    producer(
        draft,
        "separation_heavy",
        "CHN",
        makes={
            "oxide_dy": assumed(0.045, 0.03, 0.06, note="share of Dy oxide in ion-clay feed"),
            "oxide_tb": assumed(0.0085, 0.005, 0.011),
            "oxide_ndpr": assumed(0.2, 0.12, 0.3),
        },
        uses={"ore_heavy": (feed, {"mine_heavy_CHN": 0.4, "mine_heavy_MMR": 0.6})},
    )
    producer(
        draft,
        "separation_heavy",
        "MYS",
        makes={
            "oxide_dy": assumed(0.03, 0.015, 0.05, note="samarium-europium-gadolinium concentrate of Mount Weld"),
            "oxide_tb": assumed(0.006, 0.003, 0.01),
        },
        uses={"ore_light": (feed, {"mine_light_AUS": 1.0})},
    )
    producer(draft, "recycling", "CHN", makes={"oxide_ndpr": ONE}, uses={})


def add_metals(draft: Draft, facts: Facts) -> None:
    """Metals; oxide per tonne of metal as the Chinese balance of 2024 gives it."""
    ndpr = derived(
        1.205,
        1.17,
        1.44,
        source=facts.label("intensity-059"),
        note="106 kt oxide to 88 kt metal; a review says 20 % loss on top of stoichiometry",
    )
    origins = {
        "CHN": {
            "separation_light_CHN": 0.46,
            "recycling_CHN": 0.26,
            "separation_heavy_CHN": 0.26,
            "separation_light_MYS": 0.02,
        },
        "VNM": {"separation_light_MYS": 0.8, "separation_light_USA": 0.1, "separation_light_CHN": 0.1},
        "USA": {"separation_light_USA": 1.0},
    }
    for place, shares in origins.items():
        producer(draft, "metal_ndpr", place, makes={"metal_ndpr": ONE}, uses={"oxide_ndpr": (ndpr, shares)})
    dy, tb = (
        assumed(1.2, 1.148, 1.3, note="stoichiometry 1.148 and loss"),
        assumed(1.25, 1.176, 1.35, note="stoichiometry 1.176 and loss"),
    )
    for place, heavy in {
        "CHN": {"separation_heavy_CHN": 0.98, "separation_light_CHN": 0.02},
        "JPN": {"separation_heavy_CHN": 0.97, "separation_heavy_MYS": 0.03},
    }.items():
        cover = (
            derived(
                60.0,
                60.0,
                180.0,
                source=facts.label("stocks_capacity-008"),
                note="the Japanese target of 60 days taken as what the industry holds itself",
            )
            if place == "JPN"
            else None
        )
        producer(draft, "metal_dy", place, makes={"metal_dy": ONE}, uses={"oxide_dy": (dy, heavy)}, cover=cover)
        producer(
            draft,
            "metal_tb",
            place,
            makes={"metal_tb": ONE},
            uses={"oxide_tb": (tb, {"separation_heavy_CHN": 1.0})},
            cover=cover,
        )
    producer(
        draft,
        "metal_sm",
        "CHN",
        makes={"metal_sm": ONE},
        uses={"oxide_sm": (assumed(1.22, 1.16, 1.35), {"separation_light_CHN": 1.0})},
    )


def add_magnets(draft: Draft, facts: Facts) -> None:
    """Magnets: activity is tonnes of blanks, what is sold is finished magnets."""
    finished = derived(
        0.65,
        0.60,
        0.72,
        source=facts.label("intensity-062"),
        note="tonnes of finished magnet per tonne of blank: 28 % of cutting scrap, or 60 % in steering motors",
    )
    plain = facts.sourced("intensity-040", factor=0.01, note="Nd by weight; NdPr in this world")
    heavy_ndpr = assumed(0.285, 0.25, 0.31, note="0.3075 less Dy and Tb")
    dy, tb = facts.sourced("intensity-048", factor=0.01), assumed(0.004, 0.001, 0.008)
    cover = assumed(45.0, 20.0, 90.0, note="makers said in June 2025 that they had stock while car makers stopped")
    ndpr = {
        "CHN": {"metal_ndpr_CHN": 1.0},
        "JPN": {"metal_ndpr_CHN": 0.5, "metal_ndpr_VNM": 0.5},
        "DEU": {"metal_ndpr_CHN": 0.9, "metal_ndpr_VNM": 0.1},
        "VNM": {"metal_ndpr_CHN": 0.6, "metal_ndpr_VNM": 0.4},
        "USA": {"metal_ndpr_CHN": 0.5, "metal_ndpr_USA": 0.5},
    }
    for place in ("CHN", "JPN", "VNM"):
        producer(
            draft,
            "magnet_plain",
            place,
            makes={"magnet_ndfeb": finished},
            uses={"metal_ndpr": (plain, ndpr[place])},
            cover=cover,
        )
    for place in ("CHN", "JPN", "DEU", "VNM", "USA"):
        heavies = {"CHN": {"CHN": 1.0}, "JPN": {"CHN": 0.5, "JPN": 0.5}}.get(place, {"CHN": 0.9, "JPN": 0.1})
        producer(
            draft,
            "magnet_heavy",
            place,
            makes={"magnet_ndfeb_dy_tb": finished},
            cover=cover,
            uses={
                "metal_ndpr": (heavy_ndpr, ndpr[place]),
                "metal_dy": (dy, {f"metal_dy_{origin}": share for origin, share in heavies.items()}),
                "metal_tb": (tb, {f"metal_tb_{origin}": share for origin, share in heavies.items()}),
            },
        )
    for place in ("CHN", "JPN", "DEU", "USA"):
        producer(
            draft,
            "magnet_smco",
            place,
            makes={"magnet_smco": finished},
            cover=cover,
            uses={"metal_sm": (assumed(0.25, 0.22, 0.35, note="Sm2Co17 about a quarter Sm"), {"metal_sm_CHN": 1.0})},
        )
