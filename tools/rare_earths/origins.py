"""From whom each need is bought before the balance is struck.

Materials: shares of origin by place of the buyer, from trade rows where there are any. Components: sizes of makers,
with a preference for makers in the same place and the same region. The reconciliation moves all of them.
"""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from collections import defaultdict

from rare_earths.places import same_region
from world_drafts.draft import Draft

HOME, REGION = 25.0, 4.0
DEFENCE_HOME = 5000.0
FEWEST_SHARE, MOST_SELLERS = 0.01, 5
DEFENCE = (
    "aircraft_kit",
    "guidance_kit",
    "submarine_kit",
    "destroyer_kit",
    "defence_motor_set",
    "radar_module",
    "primer",
)

MAGNETS = {
    "CHN": "CHN 98.5 JPN 1.2 DEU 0.1", "USA": "CHN 62 JPN 22 DEU 4 EUR 1 USA 3 PHL 3 VNM 4 KOR 1", "JPN": "CHN 13 JPN 74 VNM 9 PHL 4",
    "KOR": "CHN 68 KOR 16 JPN 10 VNM 6", "DEU": "CHN 84 DEU 6 EUR 3 JPN 6 GBR 0.3", "EUR": "CHN 82 EUR 5 DEU 5 JPN 7 EST 0.1", "GBR": "CHN 90 GBR 3 DEU 3 JPN 4",
    "IND": "CHN 90 JPN 6 VNM 2 KOR 2 IND 1", "VNM": "CHN 62 VNM 20 JPN 18", "THA": "CHN 75 JPN 20 VNM 3 THA 2", "MYS": "CHN 70 JPN 25 VNM 5",
    "PHL": "CHN 50 JPN 35 PHL 15", "TWN": "CHN 85 JPN 15", "MEX": "CHN 85 JPN 8 USA 2 DEU 5", "BRA": "CHN 93 JPN 4 DEU 3", "ROW": "CHN 92 JPN 4 DEU 3 GBR 1",
}  # fmt: skip
"""Sintered and bonded magnets. Cerium magnets come from China only, so the shares of the others lie below the published shares of
imports from China (2022: USA 76.8 %, Korea 87.9, EU 90.0, Japan 31.1); the rest is assumed."""

HEAVY_METAL = {
    "CHN": "CHN 100",
    "JPN": "CHN 55 JPN 38 VNM 7",
    "VNM": "CHN 60 JPN 20 VNM 20",
    "USA": "CHN 90 JPN 6 GBR 2 USA 2",
    "else": "CHN 92 JPN 6 GBR 2",
}
ANTIMONY_ORE_CHINA = "CHN 72 ROW 16 MMR 6 THA 2 AUS 2 LAO 1.5 MEX 0.5"
BY_PLACE: dict[str, dict[str, str]] = {
    "conc_heavy": {"CHN": "CHN 32 MMR 56 LAO 11 BRA 1", "VNM": "MMR 80 LAO 20", "USA": "BRA 100", "EUR": "BRA 50 LAO 50", "EST": "BRA 100"},
    "swarf": {"CHN": "CHN 100", "JPN": "JPN 100", "VNM": "VNM 100"},
    "oxide_ndpr": {"CHN": "CHN 96.7 MYS 3.1 USA 0.2", "VNM": "MYS 50 USA 28 CHN 20 VNM 2", "THA": "MYS 55 EST 35 CHN 10", "JPN": "MYS 76 CHN 14 USA 4 JPN 5 IND 1 AUS 0.3", "GBR": "EST 60 MYS 25 CHN 15 AUS 1", "USA": "USA 100", "EUR": "EUR 80 MYS 10 CHN 10"},
    "oxide_dy": {"CHN": "CHN 100", "JPN": "CHN 98 JPN 1 MYS 1 EUR 0.1", "VNM": "CHN 60 VNM 40", "GBR": "CHN 95 EST 5", "USA": "USA 80 CHN 20"},
    "oxide_tb": {"CHN": "CHN 100", "JPN": "CHN 99 JPN 1"},
    "oxide_sm": {"CHN": "CHN 100", "JPN": "CHN 100", "GBR": "CHN 98 MYS 2"},
    "oxide_gd": {"else": "CHN 100"},
    "oxide_y": {"CHN": "CHN 100", "else": "CHN 93 VNM 7"},
    "oxide_lace": {"CHN": "CHN 100", "USA": "CHN 68 USA 20 EST 6 MYS 6", "JPN": "CHN 72 MYS 14 EUR 8 EST 3 IND 3", "EUR": "EUR 40 CHN 35 MYS 15 EST 10", "DEU": "CHN 45 EUR 30 MYS 15 EST 10",
                   "IND": "CHN 45 IND 55", "else": "CHN 85 MYS 8 EUR 7"},
    "metal_ndpr": {"CHN": "CHN 99.6 VNM 0.4", "JPN": "VNM 45 CHN 34 JPN 14 THA 7", "KOR": "CHN 85 VNM 15", "VNM": "CHN 65 VNM 35", "PHL": "CHN 60 VNM 40", "GBR": "GBR 40 CHN 60",
                   "USA": "CHN 60 VNM 30 GBR 8 USA 2", "EST": "CHN 40 VNM 50 GBR 10", "EUR": "CHN 88 VNM 7 GBR 3 EUR 2", "DEU": "CHN 89.5 VNM 7 GBR 3 EUR 0.5", "THA": "CHN 70 VNM 15 THA 15", "else": "CHN 90 VNM 7 GBR 3"},
    "metal_dy": HEAVY_METAL,
    "metal_tb": HEAVY_METAL,
    "metal_sm": {"CHN": "CHN 100", "JPN": "CHN 85 JPN 15", "GBR": "CHN 55 GBR 45", "else": "CHN 85 GBR 15"},
    "metal_gd": {"else": "CHN 100"},
    "powder_bonded": {"CHN": "CHN 100", "THA": "THA 90 CHN 10", "else": "CHN 45 THA 55"},
    **dict.fromkeys(("magnet_ndfeb", "magnet_ndfeb_dy_tb", "magnet_ndfeb_ce", "magnet_bonded"), MAGNETS),
    "magnet_smco": {**MAGNETS, "USA": "CHN 45 USA 38 JPN 7 DEU 6 GBR 3 EUR 1", "JPN": "CHN 45 JPN 55", "DEU": "CHN 60 DEU 35 GBR 5", "EUR": "CHN 65 EUR 20 DEU 15", "GBR": "CHN 55 GBR 40 DEU 5"},
    "gallium_metal": {"CHN": "CHN 100", "JPN": "CHN 28 JPN 52 TWN 9 ROW 7 KOR 4 AUS 0.1", "DEU": "CHN 49.5 DEU 50 EUR 0.5", "EUR": "CHN 40 EUR 45 ROW 15", "USA": "USA 40 CHN 22 KOR 18 ROW 20",
                      "ROW": "ROW 60 CHN 40", "else": "CHN 80 KOR 20"},
    "gallium_refined": {"CHN": "CHN 97 JPN 3", "JPN": "JPN 88 CHN 12", "DEU": "DEU 60 EUR 28 CHN 12", "TWN": "JPN 55 CHN 25 DEU 20", "USA": "USA 50 EUR 20 ROW 20 JPN 10", "KOR": "CHN 40 JPN 50 DEU 10", "GBR": "EUR 50 ROW 50"},
    "germanium": {"CHN": "CHN 100", "USA": "USA 22 EUR 31 ROW 27 CHN 14 DEU 6", "JPN": "JPN 28 CHN 34 EUR 18 ROW 20", "EUR": "EUR 55 CHN 30 ROW 15", "DEU": "EUR 20 CHN 42 DEU 28 ROW 10",
                  "KOR": "CHN 62 EUR 35 KOR 3", "GBR": "GBR 45 CHN 20 EUR 35", "IND": "CHN 50 EUR 50"},
    "antimony_ore": {"CHN": ANTIMONY_ORE_CHINA, "VNM": "VNM 5 MMR 50 ROW 30 LAO 15", "ROW": "ROW 100", "IND": "ROW 80 THA 5 MMR 15", "MEX": "MEX 100", "THA": "MMR 70 THA 30", "JPN": "ROW 100"},
    "antimony_metal": {"CHN": "CHN 95 VNM 1 ROW 4", "EUR": "ROW 55 CHN 30 VNM 10 IND 5", "DEU": "ROW 55 CHN 30 VNM 10 IND 5", "GBR": "ROW 70 CHN 30", "USA": "ROW 35 CHN 20 IND 20 MEX 12 VNM 8 THA 5",
                       "JPN": "CHN 45 VNM 35 ROW 10 THA 8 JPN 2", "KOR": "CHN 40 VNM 20 THA 20 ROW 20", "IND": "IND 50 ROW 30 CHN 20", "ROW": "ROW 85 CHN 15"},
    "antimony_oxide": {"CHN": "CHN 100", "USA": "CHN 58 EUR 22 USA 12 KOR 4 IND 4", "EUR": "EUR 60 CHN 40", "DEU": "EUR 60 CHN 40", "JPN": "JPN 65 CHN 35", "KOR": "KOR 45 CHN 50 JPN 5",
                       "TWN": "CHN 70 JPN 20 KOR 10", "IND": "IND 60 CHN 40", "else": "CHN 100"},
}  # fmt: skip
BY_BUYER: dict[tuple[str, str], dict[str, float]] = {
    ("separation_light_CHN_north", "conc_light"): {"mine_light_CHN_baotou": 98.0, "mine_light_CHN_shandong": 2.0},
    ("separation_light_CHN_sichuan", "conc_light"): {"mine_light_CHN_sichuan": 57.0, "mine_light_USA": 39.0, "mine_light_CHN_shandong": 4.0},
    ("separation_light_CHN_monazite", "conc_light"): {"mine_light_THA": 27.0, "mine_light_ROW_nigeria": 20.0, "mine_light_ROW_madagascar": 19.0, "mine_light_VNM": 4.0, "mine_light_MYS": 2.0, "mine_light_ROW_russia": 5.0},
    ("separation_light_MYS", "conc_light"): {"mine_light_AUS": 1.0},
    ("separation_heavy_MYS", "conc_light"): {"mine_light_AUS": 1.0},
    ("separation_light_USA_mountain_pass", "conc_light"): {"mine_light_USA": 1.0},
    ("separation_light_USA_white_mesa", "conc_light"): {"mine_light_USA": 1.0},
    ("separation_light_EST", "conc_light"): {"mine_light_ROW_russia": 1.0},
    ("separation_light_EUR", "conc_light"): {"mine_light_ROW_russia": 1.0, "mine_light_USA": 2.0, "mine_light_MYS": 0.2, "mine_light_IND": 0.3},
    ("separation_light_AUS", "conc_light"): {"mine_light_AUS": 1.0},
    ("separation_light_IND", "conc_light"): {"mine_light_IND": 1.0},
}  # fmt: skip


def add_to(draft: Draft) -> None:
    """Set the origins of every need."""
    place = {str(row["producer"]): str(row["place"]) for row in draft.tables["producers"]}
    at = place | {str(row["use"]): str(row["place"]) for row in draft.tables["uses"]}
    sellers: dict[str, dict[str, float]] = defaultdict(dict)
    for (seller, product), size in draft.origin_size.items():
        sellers[product][seller] = size
    for need in draft.tables["needs"]:
        consumer, product = str(need["consumer"]), str(need["product"])
        if (consumer, product) in BY_BUYER:
            shares = BY_BUYER[consumer, product]
        elif product in BY_PLACE:
            shares = by_place(product, at[consumer], sellers[product], place)
        else:
            shares = thinned(by_size(product, at[consumer], sellers[product], place))
        if not shares:
            raise ValueError(f"nobody sells {product} to {consumer}")
        draft.supply_from(consumer, product, shares)


def by_place(product: str, buyer_place: str, sellers: dict[str, float], place: dict[str, str]) -> dict[str, float]:
    """Shares of a table by place of origin, spread over the sellers there by their size."""
    table = BY_PLACE[product]
    words = table.get(buyer_place, table.get("else", "")).split()
    shares: dict[str, float] = {}
    for origin, share in zip(words[::2], map(float, words[1::2]), strict=True):
        there = {seller: size for seller, size in sellers.items() if place[seller] == origin}
        total = sum(there.values())
        shares |= {seller: share * size / total for seller, size in there.items()}
    return shares


def by_size(product: str, buyer_place: str, sellers: dict[str, float], place: dict[str, str]) -> dict[str, float]:
    """Shares by size, with a preference for the same place and region."""
    home = DEFENCE_HOME if product in DEFENCE else HOME

    def preference(origin: str) -> float:
        if origin == buyer_place:
            return home
        return REGION if same_region(origin, buyer_place) else 1.0

    return {seller: size * preference(place[seller]) for seller, size in sellers.items()}


def thinned(shares: dict[str, float]) -> dict[str, float]:
    """The largest sellers only: small ones cost a link each and say nothing."""
    total = sum(shares.values())
    kept = sorted(shares.items(), key=lambda item: -item[1])[:MOST_SELLERS]
    return {seller: share for seller, share in kept if share / total >= FEWEST_SHARE or len(kept) <= MOST_SELLERS // 2}
