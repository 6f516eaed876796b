"""What is not ordinary trade: transport times, grey and assembly routes, entrants, stocks, projects, sources."""

from __future__ import annotations

from world_drafts.draft import Draft, Row, number
from world_drafts.figures import Facts, Figure, assumed, derived

SEA_DAYS = {
    frozenset(("CHN", "USA")): (32.0, 25.0, 45.0),
    frozenset(("CHN", "DEU")): (38.0, 30.0, 50.0),
    frozenset(("CHN", "JPN")): (10.0, 5.0, 16.0),
    frozenset(("CHN", "VNM")): (8.0, 4.0, 14.0),
    frozenset(("CHN", "MYS")): (12.0, 8.0, 18.0),
    frozenset(("CHN", "MMR")): (7.0, 3.0, 14.0),
    frozenset(("JPN", "USA")): (22.0, 16.0, 30.0),
    frozenset(("JPN", "DEU")): (40.0, 32.0, 50.0),
    frozenset(("JPN", "VNM")): (12.0, 8.0, 18.0),
    frozenset(("JPN", "MYS")): (12.0, 8.0, 18.0),
    frozenset(("DEU", "USA")): (22.0, 16.0, 30.0),
    frozenset(("VNM", "USA")): (32.0, 25.0, 45.0),
    frozenset(("VNM", "MYS")): (8.0, 4.0, 14.0),
    frozenset(("VNM", "DEU")): (36.0, 30.0, 48.0),
    frozenset(("AUS", "MYS")): (14.0, 10.0, 21.0),
}


def add_to(draft: Draft, facts: Facts) -> None:
    """Complete the draft after its flows are settled."""
    add_special_links(draft)
    places = {str(row["producer"]): str(row["place"]) for row in draft.tables["producers"]}
    places |= {str(row["use"]): str(row["place"]) for row in draft.tables["uses"]}
    for link in draft.tables["links"]:
        link["lag_days"] = lag(places[str(link["producer"])], places[str(link["consumer"])])
    add_stocks(draft, facts)
    add_projects(draft, facts)


def lag(origin: str, destination: str) -> Figure:
    """Days from dispatch to arrival, by sea between places."""
    if origin == destination:
        return assumed(5.0, 2.0, 10.0)
    return assumed(*SEA_DAYS.get(frozenset((origin, destination)), (35.0, 25.0, 50.0)))


def add_special_links(draft: Draft) -> None:
    """Routes that carry nothing until a shortage opens them."""
    nothing = assumed(0.0, 0.0, 0.0, note="opens under stress only")
    for place in ("USA", "DEU", "JPN"):
        motor = f"traction_motor_{place}"
        common: Row = {
            "producer": "magnet_heavy_CHN",
            "product": "magnet_ndfeb_dy_tb",
            "consumer": motor,
            "flow": nothing,
        }
        draft.add(
            "links",
            **common,
            route="grey",
            via="VNM",
            max_share=assumed(0.08, 0.0, 0.2),
            adapt_days=assumed(120.0, 60.0, 240.0),
            loss_share=assumed(0.15, 0.05, 0.3),
            premium=assumed(1.0, 0.3, 3.0),
        )
        draft.add(
            "links",
            **common,
            route="assembly",
            max_share=assumed(0.25, 0.05, 0.5),
            adapt_days=assumed(90.0, 45.0, 180.0),
            premium=assumed(0.15, 0.05, 0.4),
        )
    for place in ("USA", "DEU"):
        draft.add(
            "links",
            producer="magnet_heavy_CHN",
            product="magnet_ndfeb_dy_tb",
            consumer=f"micro_motor_set_{place}",
            flow=nothing,
            route="assembly",
            max_share=assumed(0.35, 0.1, 0.6),
            adapt_days=assumed(75.0, 30.0, 150.0),
            premium=assumed(0.1, 0.02, 0.3),
        )
    draft.add(
        "links",
        producer="magnet_smco_CHN",
        product="magnet_smco",
        consumer="guidance_actuator_USA",
        flow=nothing,
        route="grey",
        via="VNM",
        max_share=assumed(0.03, 0.0, 0.1),
        adapt_days=assumed(180.0, 90.0, 360.0),
        loss_share=assumed(0.3, 0.1, 0.6),
        premium=assumed(3.0, 1.0, 8.0),
    )
    draft.add(
        "links",
        producer="separation_heavy_CHN",
        product="oxide_dy",
        consumer="metal_dy_JPN",
        flow=nothing,
        route="grey",
        via="VNM",
        max_share=assumed(0.05, 0.0, 0.15),
        adapt_days=assumed(150.0, 60.0, 300.0),
        loss_share=assumed(0.2, 0.05, 0.4),
        premium=assumed(2.0, 0.5, 4.0),
    )
    entrants = [
        ("magnet_heavy_JPN", "magnet_ndfeb_dy_tb", "servo_set_CHN"),
        ("magnet_heavy_VNM", "magnet_ndfeb_dy_tb", "traction_motor_DEU"),
        ("magnet_heavy_USA", "magnet_ndfeb_dy_tb", "aircraft_kit_USA"),
        ("magnet_plain_VNM", "magnet_ndfeb", "micro_motor_set_DEU"),
        ("separation_heavy_MYS", "oxide_tb", "metal_tb_JPN"),
    ]
    existing = {(link["producer"], link["product"], link["consumer"]) for link in draft.tables["links"]}
    for seller, product, buyer in entrants:
        if (seller, product, buyer) in existing:
            continue
        draft.add(
            "links",
            producer=seller,
            product=product,
            consumer=buyer,
            flow=nothing,
            route="entrant",
            max_share=assumed(0.3, 0.1, 0.6),
            adapt_days=assumed(365.0, 180.0, 730.0),
            premium=assumed(0.3, 0.1, 0.6),
        )


def add_stocks(draft: Draft, facts: Facts) -> None:
    """Strategic stocks. Tonnages are secret: days of use by the published targets."""

    def yearly(product: str, place: str) -> float:
        buyers = {str(p["producer"]) for p in draft.tables["producers"] if p["place"] == place}
        return sum(
            number(link["flow"])
            for link in draft.tables["links"]
            if link["product"] == product and link["consumer"] in buyers
        )

    for product in ("oxide_dy", "oxide_tb"):
        held = yearly(product, "JPN") * 60.0 / 365.0
        draft.add(
            "stocks",
            stock=f"japan_{product}",
            place="JPN",
            product=product,
            quantity=derived(
                held,
                0.0,
                3 * held,
                source=facts.label("stocks_capacity-008"),
                note="60 days of use, the published target; what is held is secret",
            ),
            release_rate=assumed(held * 4, held, held * 12),
            trigger_share=assumed(0.5, 0.2, 0.8),
            serves_places="JPN",
            serves_end_use="any",
        )
    smco = yearly("magnet_smco", "USA") * 0.5
    draft.add(
        "stocks",
        stock="usa_smco",
        place="USA",
        product="magnet_smco",
        quantity=assumed(
            smco, 0.0, 2 * smco, note="listed by the stockpile as a varying amount; half a year of use is a guess"
        ),
        release_rate=assumed(smco * 2, smco, smco * 6),
        trigger_share=assumed(0.5, 0.2, 0.8),
        serves_places="USA",
        serves_end_use="military",
    )


def add_projects(draft: Draft, facts: Facts) -> None:
    """Capacity to come: activity of magnet makers is tonnes of blanks, so finished tonnes are divided by 0.65."""

    def finished(fact: str) -> Figure:
        return facts.sourced(fact, factor=1 / 0.65, note="finished tonnes to blanks")

    shared = {"ramp_days": assumed(540.0, 270.0, 1080.0), "price_floor": assumed(0.0, 0.0, 60000.0)}
    draft.add(
        "projects",
        project="mp_independence",
        producer="magnet_heavy_USA",
        capacity=finished("stocks_capacity-021"),
        start="2025-12-01",
        slip_days=assumed(90.0, 0.0, 365.0),
        chance=assumed(0.95, 0.8, 1.0),
        capex=assumed(2.0e8, 1.0e8, 4.0e8),
        **shared,
    )
    draft.add(
        "projects",
        project="mp_10x",
        producer="magnet_heavy_USA",
        capacity=finished("stocks_capacity-022"),
        start="2028-06-01",
        slip_days=assumed(365.0, 0.0, 1095.0),
        chance=assumed(0.7, 0.4, 0.9),
        capex=facts.sourced(
            "stocks_capacity-022", factor=1e5, status="assumed", note="US$1bn of bank finance for 10,000 t a year"
        ),
        **shared,
    )
    draft.add(
        "projects",
        project="lynas_heavy",
        producer="separation_heavy_MYS",
        capacity=facts.sourced("stocks_capacity-024"),
        start="2025-05-15",
        slip_days=assumed(0.0, 0.0, 180.0),
        chance=assumed(1.0, 1.0, 1.0, note="operating"),
        capex=assumed(25.0e6, 20.0e6, 30.0e6),
        **shared,
    )
