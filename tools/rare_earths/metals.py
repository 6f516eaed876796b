"""Metals, alloys and magnets. Basis: activity of a magnet maker is tonnes of blanks, its product finished magnets."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from rare_earths.covers import SIGMA_MATERIALS, Covers
from rare_earths.places import PLACES
from world_drafts.draft import Draft
from world_drafts.figures import Facts, Figure, assumed, derived
from world_drafts.nodes import ONE, Input, add_producer

METAL_STOCK = assumed(15.0, 7.0, 30.0)
METALS = {
    "metal_ndpr": ("NdPr metal", "镨钕金属", "oxide_ndpr"),
    "metal_dy": ("Dy metal and alloy", "镝金属与合金", "oxide_dy"),
    "metal_tb": ("Tb metal", "金属铽", "oxide_tb"),
    "metal_sm": ("Sm metal", "金属钐", "oxide_sm"),
    "metal_gd": ("Gd metal and alloy", "钆金属与合金", "oxide_gd"),
}
METAL_MAKERS = {
    "metal_ndpr": {"CHN_baotou": 38.0, "CHN_ganzhou": 30.0, "CHN_sichuan": 20.0, "VNM": 2.6, "THA": 0.4, "GBR": 0.09, "JPN": 0.9, "USA": 0.01, "EUR": 0.004},
    "metal_dy": {"CHN_ganzhou": 1.9, "CHN_other": 0.9, "JPN": 0.10, "VNM": 0.04, "GBR": 0.005, "USA": 0.0001},
    "metal_tb": {"CHN_ganzhou": 0.38, "CHN_other": 0.1, "JPN": 0.018},
    "metal_sm": {"CHN": 1.1, "JPN": 0.02, "GBR": 0.03},
    "metal_gd": {"CHN": 2.0},
}  # fmt: skip
"""Makers and their size in kt a year."""

MAGNET_NAMES = {
    "magnet_ndfeb_dy_tb": ("NdFeB magnets with Dy or Tb", "含镝铽钕铁硼"),
    "magnet_ndfeb": ("NdFeB magnets without heavy elements", "无重稀土钕铁硼"),
    "magnet_ndfeb_ce": ("Cerium magnets", "铈磁体"),
    "magnet_bonded": ("Bonded NdFeB magnets", "粘结钕铁硼"),
    "magnet_smco": ("SmCo magnets", "钐钴磁体"),
}
MAGNET_MAKERS = {
    "magnet_ndfeb_dy_tb": {"CHN_ningbo": 78.0, "CHN_ganzhou": 53.0, "JPN_shinetsu": 5.5, "JPN_proterial": 5.0,
                           "JPN_tdk": 2.5, "VNM_shinetsu": 1.5, "VNM_star": 0.2, "KOR_star": 1.0, "DEU_vac": 0.6, "EUR_neorem": 0.25, "EUR_magneti": 0.1,
                           "PHL_shinetsu": 0.7, "GBR": 0.05, "USA": 0.1, "EST": 0.01, "IND": 0.003},
    "magnet_ndfeb": {"CHN_ningbo": 34.0, "CHN_baotou": 25.0, "JPN_daido": 0.48, "JPN_proterial": 2.0,
                     "VNM_shinetsu": 0.6, "VNM_star": 0.1, "KOR_star": 0.5, "DEU_vac": 0.3, "EUR_magneti": 0.1, "PHL_shinetsu": 0.3, "USA": 0.05},
    "magnet_ndfeb_ce": {"CHN_baotou": 55.0, "CHN_ningbo": 40.0},
    "magnet_bonded": {"CHN": 8.5, "JPN": 1.2, "THA": 0.6, "DEU": 0.2, "KOR": 0.4, "USA": 0.3},
    "magnet_smco": {"CHN_hangzhou": 2.2, "CHN_other": 1.5, "JPN": 0.25, "DEU": 0.15, "USA": 0.3, "GBR": 0.06, "EUR": 0.08, "IND": 0.02},
}  # fmt: skip
"""Makers and their size in kt of blanks a year; outside China rough guesses around the few published figures."""


def add_to(draft: Draft, facts: Facts) -> None:
    """Add makers of metal, powder and magnets."""
    covers = Covers(facts)
    for metal, makers in METAL_MAKERS.items():
        add_metal(draft, facts, covers, metal, makers)
    add_powder(draft, facts, covers)
    for magnet, makers in MAGNET_MAKERS.items():
        recipe = magnet_recipe(facts, magnet)
        for label, size in makers.items():
            add_magnet(draft, facts, covers, magnet, label, size, recipe)


def named(base: tuple[str, str], label: str) -> tuple[str, str]:
    """English and Chinese name of a maker from what it makes, its place and its region or firm."""
    place, _, which = label.partition("_")
    detail = f" ({which.capitalize()})" if which else ""
    return f"{base[0]}, {PLACES[place][0]}{detail}", f"{PLACES[place][1]}{base[1]}{detail}"


def add_metal(draft: Draft, facts: Facts, covers: Covers, metal: str, makers: dict[str, float]) -> None:
    """Makers of one metal."""
    name, name_zh, oxide = METALS[metal]
    ratio = {
        "metal_ndpr": derived(1.205, 1.17, 1.44, source=facts.label("intensity-059"), note="106 kt oxide to 88 kt metal in China; a review puts the loss at 20 %"),
        "metal_dy": assumed(1.2, 1.148, 1.3, note="stoichiometry 1.148 and loss"),
        "metal_tb": assumed(1.25, 1.176, 1.35, note="stoichiometry 1.176 (as Tb4O7) and loss"),
        "metal_sm": assumed(1.22, 1.16, 1.35, note="stoichiometry 1.160 and loss"),
        "metal_gd": assumed(1.2, 1.153, 1.3, note="stoichiometry 1.153 and loss"),
    }[metal]  # fmt: skip
    for label, size in makers.items():
        place = label.partition("_")[0]
        capacity = (
            facts.sourced("stages-222", also=("stages-221",)) if (metal, label) == ("metal_ndpr", "GBR") else None
        )
        add_producer(
            draft, f"{metal}_{label}", place, metal, names=named((name, name_zh), label), makes={metal: ONE},
            inputs={oxide: Input(ratio, covers.materials(place), SIGMA_MATERIALS)}, stock_days=METAL_STOCK, capacity=capacity,
        )  # fmt: skip
        draft.origin_size[f"{metal}_{label}", metal] = size


def add_powder(draft: Draft, facts: Facts, covers: Covers) -> None:
    """NdFeB powder for bonded magnets, with the capacities of the one large maker."""
    metal = {"metal_ndpr": assumed(0.28, 0.25, 0.31)}
    for label, size, capacity in (
        ("CHN", 9.5, None),
        ("THA", 1.2, facts.sourced("stages-144")),
    ):
        add_producer(
            draft, f"powder_bonded_{label}", label, "powder_bonded", names=named(("NdFeB powder", "钕铁硼磁粉"), label), makes={"powder_bonded": ONE},
            inputs={product: Input(share, covers.materials(label), SIGMA_MATERIALS) for product, share in metal.items()}, stock_days=METAL_STOCK, capacity=capacity,
        )  # fmt: skip
        draft.origin_size[f"powder_bonded_{label}", "powder_bonded"] = size


def magnet_recipe(facts: Facts, magnet: str) -> dict[str, tuple[Figure, str]]:
    """Metal per tonne of blank, and what happens without it."""
    gallium = (assumed(0.0009, 0.0003, 0.003, note="dopant; 0.05 to 0.5 % in some grades, none in others"), "important")
    return {
        "magnet_ndfeb_dy_tb": {
            "metal_ndpr": (assumed(0.292, 0.27, 0.31, note="0.3075 less Dy and Tb"), "critical"),
            "metal_dy": (assumed(0.0185, 0.006, 0.04, note="so that use fits the Dy oxide made; standard grades 0.9 %, high-temperature grades 4 % and more"), "critical"),
            "metal_tb": (assumed(0.0028, 0.001, 0.006, note="so that use fits the Tb oxide made"), "important"),
            "gallium_metal": gallium,
        },
        "magnet_ndfeb": {"metal_ndpr": (facts.sourced("intensity-040", factor=0.01, note="Nd by weight, taken as NdPr"), "critical"), "gallium_metal": gallium},
        "magnet_ndfeb_ce": {
            "metal_ndpr": (assumed(0.195, 0.15, 0.24, note="so that Chinese use of NdPr metal fits 80 kt"), "critical"),
            "oxide_lace": (assumed(0.12, 0.06, 0.18, note="cerium as oxide"), "critical"),
            "metal_gd": (assumed(0.015, 0.0, 0.03, note="Gd-Fe in low grades"), "important"),
        },
        "magnet_bonded": {"powder_bonded": (assumed(0.97, 0.9, 1.0), "critical")},
        "magnet_smco": {"metal_sm": (assumed(0.26, 0.22, 0.36, note="Sm2Co17 about a quarter Sm, SmCo5 a third"), "critical")},
    }[magnet]  # fmt: skip


def add_magnet(draft: Draft, facts: Facts, covers: Covers, magnet: str, label: str, size: float,
               recipe: dict[str, tuple[Figure, str]]) -> None:  # fmt: skip
    """One maker of magnets, who sells cutting waste too where there is a recycler to buy it."""
    place = label.partition("_")[0]
    bonded = magnet == "magnet_bonded"
    finished = assumed(0.95, 0.9, 0.98) if bonded else derived(
        0.65, 0.60, 0.72, source=facts.label("intensity-062"), note="finished per blank: 28 % cutting scrap (0.72) or 60 % yield in steering motors"
    )  # fmt: skip
    makes = {magnet: finished}
    if not bonded and magnet != "magnet_smco" and place in ("CHN", "JPN", "VNM"):
        makes["swarf"] = assumed(0.33, 0.26, 0.38, note="what is not finished magnet, less what is lost")
    if (magnet, label) == ("magnet_ndfeb", "JPN_daido"):
        makes = {magnet: assumed(0.95, 0.9, 1.0, note="hot-deformed near net shape")}
    capacity = {
        ("magnet_ndfeb_dy_tb", "VNM_star"): facts.sourced("stages-188", factor=1 / 0.65, note="finished tonnes a year to blanks; opened February 2025"),
    }.get((magnet, label))  # fmt: skip
    inputs = {
        product: Input(amount, covers.magnet_maker(place), SIGMA_MATERIALS, word)
        for product, (amount, word) in recipe.items()
        if product != "gallium_metal" or place == "CHN"
    }
    add_producer(
        draft, f"{magnet}_{label}", place, magnet, names=named(MAGNET_NAMES[magnet], label), makes=makes, inputs=inputs,
        stock_days=assumed(20.0, 7.0, 40.0), capacity=capacity, firms=max(1, round(size / 5)) if place == "CHN" else 1,
    )  # fmt: skip
    for product, amount in makes.items():
        draft.origin_size[f"{magnet}_{label}", product] = size * amount.value
