"""Capacity to come: who builds what, from when, with what chance."""

# ruff: noqa: E501 - one row of a table stands on one line
from __future__ import annotations

from dataclasses import dataclass

from world_drafts.draft import Draft
from world_drafts.figures import Facts, Figure, assumed, derived

BLANKS = 1 / 0.65
"""Finished tonnes to blanks: activity of a magnet maker is counted in blanks."""
DY_IN_FEED = 0.042
DY_TB = "magnet_ndfeb_dy_tb"


@dataclass(frozen=True)
class Project:
    """One project: capacity as activity of its producer; start as announced; slip and chance are judgements."""

    name: str
    producer: str
    capacity: Figure
    start: str
    slip: float
    chance: float
    capex: float
    ramp: float = 540.0


def projects(facts: Facts) -> list[Project]:
    """Every project."""
    return [
        *magnet_plants(facts),
        *separation_and_metal(facts),
        *heavy_separation(facts),
        *gallium_and_germanium(facts),
    ]


def magnet_plants(facts: Facts) -> list[Project]:
    """Magnet plants outside China."""

    def blanks(fact: str) -> Figure:
        return facts.sourced(fact, factor=BLANKS, note="finished tonnes a year to blanks at 0.65")

    later = derived(
        9000 * BLANKS,
        5000 * BLANKS,
        9000 * BLANKS,
        source=facts.label("stocks_capacity-022"),
        note="10,000 t company total less Independence",
    )
    star = derived(
        3000 * BLANKS,
        2000 * BLANKS,
        5000 * BLANKS,
        source=facts.label("stocks_capacity-090"),
        note="4,000 t less what counts as there in 2024",
    )
    return [
        Project("mp_independence", f"{DY_TB}_USA", blanks("stocks_capacity-021"), "2025-12-01", 120.0, 0.95, 2.0e8),
        Project("mp_10x", f"{DY_TB}_USA", later, "2028-07-01", 365.0, 0.7, 1.0e9),
        Project("evac_sumter", f"{DY_TB}_USA", blanks("stocks_capacity-039"), "2025-12-01", 90.0, 0.9, 5.0e8),
        Project(
            "usa_rare_earth_stillwater", f"{DY_TB}_USA", blanks("stocks_capacity-038"), "2026-04-01", 365.0, 0.6, 4.0e8
        ),
        Project("vulcan_benson", f"{DY_TB}_USA", blanks("stocks_capacity-041"), "2028-01-01", 540.0, 0.5, 1.0e9),
        Project("neo_narva", f"{DY_TB}_EST", blanks("stocks_capacity-033"), "2025-09-19", 60.0, 0.95, 8.6e7),
        Project("star_vietnam", f"{DY_TB}_VNM_star", star, "2025-02-15", 30.0, 0.9, 8.0e7),
        Project(
            "indian_scheme", f"{DY_TB}_IND", blanks("stocks_capacity-094"), "2028-01-01", 540.0, 0.5, 8.3e8, ramp=730.0
        ),
    ]


def separation_and_metal(facts: Facts) -> list[Project]:
    """Mines, light separation and metal outside China."""
    label = facts.label
    return [
        Project("mountain_pass_ramp", "separation_light_USA_mountain_pass", derived((4000 - 1294) / 0.155, 10000.0, 30000.0, source=label("stages-104"), note="nearly 4,000 t NdPr a year less 2024, over 0.155"), "2025-01-01", 0.0, 1.0, 1.0e8),
        Project("white_mesa_phase_2", "separation_light_USA_white_mesa", derived(5000 / 0.18, 20000.0, 33000.0, source=label("stocks_capacity-029"), note="5,000 t of added NdPr over 0.18"), "2029-01-01", 365.0, 0.6, 4.1e8),
        Project("lynas_light_expansion", "separation_light_MYS", derived((10500 - 6100) / 0.235, 10000.0, 20000.0, source=label("stages-201"), note="10,500 t NdPr capacity less output, over 0.235"), "2025-01-01", 0.0, 1.0, 3.0e8),
        Project("iluka_eneabba", "separation_light_AUS", facts.sourced("stocks_capacity-032", note="t REO a year"), "2027-01-01", 540.0, 0.75, 1.14e9, ramp=730.0),
        Project("solvay_la_rochelle", "separation_light_EUR", derived(3500.0, 2000.0, 5000.0, source=label("stages-257"), note="what the old plant could reach"), "2027-01-01", 730.0, 0.5, 1.15e8),
        Project("serra_verde", "mine_heavy_BRA", derived(4440.0, 2000.0, 5000.0, source=label("stocks_capacity-044"), note="5,000 t REO less 2024"), "2025-01-01", 180.0, 0.9, 1.0e8, ramp=900.0),
        Project("less_common_metals_lacq", "metal_ndpr_EUR", facts.sourced("stocks_capacity-037", note="t a year"), "2027-07-01", 365.0, 0.6, 1.27e8),
    ]  # fmt: skip


def heavy_separation(facts: Facts) -> list[Project]:
    """Heavy separation outside China; activity is tonnes of feed."""

    def feed(dysprosium: float, fact: str) -> Figure:
        tonnes = dysprosium / DY_IN_FEED
        return derived(
            tonnes,
            0.6 * tonnes,
            1.3 * tonnes,
            source=facts.label(fact),
            note=f"{dysprosium:g} t Dy a year over {DY_IN_FEED}",
        )

    concentrate = derived(
        5000.0, 2000.0, 5000.0, source=facts.label("stocks_capacity-036"), note="5,000 t of heavy concentrate a year"
    )
    return [
        Project("lynas_heavy_circuit", "separation_heavy_MYS", facts.sourced("stocks_capacity-024", note="tonnes of feed"), "2025-05-15", 0.0, 1.0, 2.5e7, ramp=270.0),
        Project("lynas_heavy_plant", "separation_heavy_MYS", facts.sourced("stocks_capacity-025", note="tonnes of feed"), "2026-04-01", 180.0, 0.85, 1.19e8),
        Project("lynas_texas", "separation_heavy_USA", facts.sourced("stocks_capacity-026", note="t of heavy oxides a year, taken as feed"), "2027-01-01", 730.0, 0.2, 2.88e8),
        Project("white_mesa_heavy", "separation_heavy_USA", feed(165.0, "stocks_capacity-029"), "2029-01-01", 365.0, 0.6, 1.0e8),
        Project("aclara_louisiana", "separation_heavy_USA", feed(200.0, "stocks_capacity-045"), "2028-01-01", 540.0, 0.5, 2.77e8),
        Project("caremag_lacq", "separation_heavy_EUR", concentrate, "2026-12-01", 365.0, 0.75, 2.2e8),
        Project("silmet_heavy_line", "separation_heavy_EST", assumed(200.0, 50.0, 500.0, note="tonnage not published"), "2025-09-19", 30.0, 0.95, 1.0e7),
    ]  # fmt: skip


def gallium_and_germanium(facts: Facts) -> list[Project]:
    """By-product circuits outside China."""
    onsan = derived(
        15.0, 10.0, 16.0, source=facts.label("stocks_capacity-051"), note="about 15 t a year beside germanium"
    )
    return [
        Project(
            "alcoa_gallium",
            "gallium_primary_AUS",
            facts.sourced("stocks_capacity-049", note="t a year"),
            "2027-06-01",
            180.0,
            0.7,
            2.0e8,
            ramp=365.0,
        ),
        Project(
            "metlen_gallium",
            "gallium_primary_EUR",
            facts.sourced("stocks_capacity-052", note="t a year"),
            "2027-06-01",
            180.0,
            0.75,
            3.4e8,
            ramp=365.0,
        ),
        Project("korea_zinc_gallium", "gallium_primary_KOR", onsan, "2028-01-01", 180.0, 0.8, 1.0e8, ramp=365.0),
        Project(
            "korea_zinc_germanium",
            "germanium_KOR",
            facts.sourced("stocks_capacity-051", note="t a year"),
            "2028-01-01",
            180.0,
            0.8,
            1.0e8,
            ramp=365.0,
        ),
    ]


def add_to(draft: Draft, facts: Facts) -> None:
    """Add all projects."""
    for project in projects(facts):
        slip, chance, ramp, capex = project.slip, project.chance, project.ramp, project.capex
        draft.add(
            "projects",
            project=project.name,
            producer=project.producer,
            capacity=project.capacity,
            start=project.start,
            ramp_days=assumed(ramp, 0.5 * ramp, 2 * ramp),
            slip_days=assumed(slip, 0.0, max(2 * slip, 180.0)),
            chance=assumed(chance, max(0.0, chance - 0.3), min(1.0, chance + 0.2)),
            capex=assumed(capex, 0.6 * capex, 1.8 * capex),
            price_floor=assumed(0.0, 0.0, 1.0, note="none is published by project"),
        )
