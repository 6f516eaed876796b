"""Transport times, and routes that open under stress: grey trade, magnets inside assemblies, new suppliers."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from rare_earths.places import same_region
from world_drafts.draft import Draft, Row
from world_drafts.figures import Figure, assumed

NOTHING = assumed(0.0, 0.0, 0.0, note="opens under stress only")
HOME_DAYS = (4.0, 2.0, 10.0)
REGION_DAYS = (10.0, 5.0, 18.0)
FAR_DAYS = {
    frozenset(("asia", "america")): (32.0, 24.0, 45.0), frozenset(("asia", "europe")): (38.0, 30.0, 50.0), frozenset(("europe", "america")): (22.0, 14.0, 30.0),
}  # fmt: skip
PART_OF_WORLD = {
    **dict.fromkeys(("CHN", "JPN", "KOR", "TWN", "VNM", "THA", "MYS", "PHL", "LAO", "MMR"), "asia"),
    **dict.fromkeys(("DEU", "EUR", "EST", "GBR"), "europe"),
    **dict.fromkeys(("USA", "MEX", "BRA"), "america"),
}
OTHER_DAYS = (30.0, 20.0, 45.0)
BY_AIR = ("gallium_refined", "gallium_wafer", "germanium", "radar_module", "ir_optics", "metal_tb", "oxide_tb")
AIR_DAYS = (7.0, 4.0, 12.0)

MOTORS = (
    "traction_motor",
    "hybrid_motor",
    "steering_motor",
    "servo_motor",
    "compressor_motor",
    "industrial_motor",
    "generator_geared",
    "generator_direct",
)
GREY = (
    "oxide_dy",
    "oxide_tb",
    "metal_dy",
    "metal_tb",
    "metal_sm",
    "oxide_y",
    "magnet_ndfeb_dy_tb",
    "magnet_smco",
    "gallium_metal",
    "gallium_refined",
    "germanium",
    "antimony_metal",
    "antimony_oxide",
)
GREY_VIA = {"USA": "MEX", "EUR": "ROW", "DEU": "ROW", "GBR": "ROW"}
ENTRANTS = {
    "magnet_ndfeb_dy_tb": ("magnet_ndfeb_dy_tb_VNM_star", "magnet_ndfeb_dy_tb_EST", "magnet_ndfeb_dy_tb_USA", "magnet_ndfeb_dy_tb_JPN_proterial"),
    "magnet_smco": ("magnet_smco_GBR", "magnet_smco_USA", "magnet_smco_JPN"),
    "oxide_dy": ("separation_heavy_MYS", "separation_heavy_USA", "separation_heavy_EUR"), "oxide_tb": ("separation_heavy_MYS", "separation_heavy_EUR"),
    "oxide_ndpr": ("separation_light_AUS", "separation_light_EUR"), "oxide_sm": ("separation_heavy_MYS",),
    "metal_dy": ("metal_dy_USA", "metal_dy_GBR", "metal_dy_VNM"), "metal_sm": ("metal_sm_GBR",), "metal_ndpr": ("metal_ndpr_EUR", "metal_ndpr_GBR", "metal_ndpr_USA"),
    "gallium_metal": ("gallium_primary_KOR", "gallium_primary_AUS", "gallium_primary_EUR"), "germanium": ("germanium_ROW_canada", "germanium_EUR", "germanium_KOR"),
    "antimony_metal": ("antimony_metal_ROW_oman", "antimony_metal_IND"),
}  # fmt: skip


def add_special(draft: Draft) -> None:
    """Add grey, assembly and entrant links for what Chinese licences can stop."""
    place = {str(row["producer"]): str(row["place"]) for row in draft.tables["producers"]}
    at = place | {str(row["use"]): str(row["place"]) for row in draft.tables["uses"]}
    recipe = {str(row["producer"]): str(row["recipe"]) for row in draft.tables["producers"]}
    added: list[Row] = []
    for need in draft.tables["needs"]:
        consumer, product = str(need["consumer"]), str(need["product"])
        where = at[consumer]
        if where == "CHN":
            continue
        sellers = draft.origins[consumer, product]
        chinese = {seller: share for seller, share in sellers.items() if place[seller] == "CHN"}
        if chinese and sum(chinese.values()) > 0.1:
            largest = max(chinese, key=lambda seller: chinese[seller])
            added += special(largest, product, consumer, where, recipe.get(consumer, ""))
            added += entrants(product, consumer, where, sellers, place)
    draft.tables["links"] += added


def special(seller: str, product: str, consumer: str, where: str, recipe: str) -> Iterator[Row]:
    """Grey trade in listed materials, and magnets inside rotors and motors that are not listed."""
    common: Row = {"producer": seller, "product": product, "consumer": consumer, "flow": NOTHING}
    if product in GREY:
        via = GREY_VIA.get(where, "VNM" if where != "VNM" else "THA")
        yield {**common, "route": "grey", "via": via, "max_share": assumed(0.05, 0.0, 0.15), "adapt_days": assumed(120.0, 60.0, 240.0),
               "loss_share": assumed(0.15, 0.05, 0.4), "premium": assumed(1.0, 0.3, 4.0)}  # fmt: skip
    if product == "magnet_ndfeb_dy_tb" and recipe in MOTORS:
        yield {
            **common,
            "route": "assembly",
            "max_share": assumed(0.25, 0.05, 0.5),
            "adapt_days": assumed(90.0, 45.0, 180.0),
            "premium": assumed(0.15, 0.05, 0.4),
        }


def entrants(
    product: str, consumer: str, where: str, sellers: dict[str, float], place: dict[str, str]
) -> Iterator[Row]:
    """Suppliers that must first be qualified: up to two that do not sell to the buyer yet."""
    others = [seller for seller in ENTRANTS.get(product, ()) if seller not in sellers]
    others.sort(key=lambda seller: (place[seller] != where, not same_region(place[seller], where)))
    for seller in others[:2]:
        yield {"producer": seller, "product": product, "consumer": consumer, "flow": NOTHING, "route": "entrant", "max_share": assumed(0.3, 0.1, 0.6),
               "adapt_days": assumed(450.0, 240.0, 730.0, note="qualification; over 24 months for steering motors"), "premium": assumed(0.3, 0.1, 0.8)}  # fmt: skip


def add_lags(draft: Draft) -> None:
    """Transport times of all links."""
    at = {str(row["producer"]): str(row["place"]) for row in draft.tables["producers"]}
    at |= {str(row["use"]): str(row["place"]) for row in draft.tables["uses"]}
    for link in draft.tables["links"]:
        link["lag_days"] = lag(at[str(link["producer"])], at[str(link["consumer"])], str(link["product"]))


def name_evidence(draft: Draft) -> None:
    """Name what the shares of ordinary trade across borders were guessed from."""
    at = {str(row["producer"]): str(row["place"]) for row in draft.tables["producers"]}
    at |= {str(row["use"]): str(row["place"]) for row in draft.tables["uses"]}
    for link in draft.tables["links"]:
        flow, product = link["flow"], str(link["product"])
        abroad = at[str(link["producer"])] != at[str(link["consumer"])]
        if link["route"] == "direct" and abroad and isinstance(flow, Figure):
            if product.startswith(("oxide_", "metal_", "conc_heavy", "antimony_ore")):
                link["flow"] = replace(flow, source="baci-2024")
            elif product.startswith("magnet_") and at[str(link["producer"])] == "CHN":
                link["flow"] = replace(flow, source="magnet-exports-2024")


def lag(origin: str, destination: str, product: str) -> Figure:
    """Days from dispatch to arrival: lorry at home, sea abroad, air for what is small and dear."""
    if origin == destination:
        return assumed(*HOME_DAYS)
    if product in BY_AIR:
        return assumed(*AIR_DAYS)
    if same_region(origin, destination):
        return assumed(*REGION_DAYS)
    ends = frozenset((PART_OF_WORLD.get(origin, origin), PART_OF_WORLD.get(destination, destination)))
    return assumed(*FAR_DAYS.get(ends, OTHER_DAYS))
