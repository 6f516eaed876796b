"""Laws of the two worlds that ship: sizes, balance, evidence, control totals, and what an expert would check first."""

from __future__ import annotations

import math
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from standoff.world.facts import read_facts
from standoff.world.reconcile import evaluate
from standoff.world.reconcile_totals import ControlTotal, read_control_totals
from standoff.world.tables import WORLDS, World, read_world

NAMES = ("magnets-small", "rare-earths")
QUANTITY_COLUMNS = ("quantity", "price", "value_usd", "value")
TOTALS_FILE = WORLDS / "rare-earths" / "reconciliation" / "control_totals.csv"
TOTALS = read_control_totals(TOTALS_FILE)
COMPUTED = ("DERIVED", "MY ARITHMETIC")


@pytest.fixture(scope="module", params=NAMES)
def world(request: pytest.FixtureRequest) -> World:
    return read_world(str(request.param))


@pytest.fixture(scope="module")
def rare_earths() -> World:
    return read_world("rare-earths")


def places_of(world: World) -> dict[str, str]:
    producers, uses = world.tables["producers"], world.tables["uses"]
    place = dict(zip(producers["producer"], producers["place"], strict=True))
    return place | dict(zip(uses["use"], uses["place"], strict=True))


def flow_sums(world: World, products: set[str]) -> dict[tuple[str, str], float]:
    """Flows of products by place of origin and destination."""
    place, links = places_of(world), world.tables["links"]
    sums: dict[tuple[str, str], float] = defaultdict(float)
    for producer, product, consumer, flow in zip(
        links["producer"], links["product"], links["consumer"], links["flow"], strict=True
    ):
        if product in products:
            sums[place[producer], place[consumer]] += flow
    return sums


def output(world: World, products: set[str]) -> dict[str, float]:
    """Output of products by place."""
    place, producers, offers = places_of(world), world.tables["producers"], world.tables["offers"]
    activity = dict(zip(producers["producer"], producers["activity"], strict=True))
    made: dict[str, float] = defaultdict(float)
    for producer, product, amount in zip(offers["producer"], offers["product"], offers["yield"], strict=True):
        if product in products:
            made[place[producer]] += amount * activity[producer]
    return made


def china_share(made: dict[str, float]) -> float:
    return made["CHN"] / sum(made.values())


def test_sample_world_is_as_small_as_a_tutorial_needs() -> None:
    tables = read_world("magnets-small").tables
    assert 35 <= len(tables["producers"]) <= 50
    assert len(tables["places"]) == 8
    assert sum(tables["uses"]["classes"]) == 60


def test_bundled_world_has_the_size_that_was_asked_for(rare_earths: World) -> None:
    tables = rare_earths.tables
    asked = ["CHN", "USA", "JPN", "KOR", "DEU", "EUR", "IND", "VNM", "MYS", "AUS", "MMR", "THA", "EST", "ROW"]
    assert set(asked) <= set(tables["places"]["place"])
    assert len(tables["producers"]) >= 300
    assert sum(tables["uses"]["classes"]) >= 400
    assert len(tables["links"]) >= 3000


def test_bundled_world_has_every_stage_and_end_use_that_was_asked_for(rare_earths: World) -> None:
    products = set(rare_earths.tables["products"]["product"])
    kinds = set(rare_earths.tables["uses"]["kind"])
    assert {f"oxide_{element}" for element in ("ndpr", "dy", "tb", "sm", "y", "gd", "lace")} <= products
    assert {
        "magnet_ndfeb",
        "magnet_ndfeb_dy_tb",
        "magnet_smco",
        "gallium_metal",
        "germanium",
        "antimony_oxide",
    } <= products
    assert {"traction_motor", "car_micro_motors", "generator_direct", "radar_module", "ir_optics", "primer"} <= products
    assert {"flame_retardant", "drive_unit", "steering_gear", "motor_module"} <= products
    cars = {"electric_car", "hybrid_car", "combustion_car", "electric_two_wheeler"}
    civil = {"wind_onshore", "wind_offshore", "industrial_robot", "industrial_drive", "home_electronics", "hard_disk"}
    defence = {"f35", "missile", "submarine", "destroyer", "other_defence"}
    assert cars | civil | defence | {"air_conditioner", "elevator"} <= kinds


def test_links_bring_every_need_what_it_uses_to_a_billionth(world: World) -> None:
    tables = world.tables
    level = dict(zip(tables["producers"]["producer"], tables["producers"]["activity"], strict=True))
    level |= dict(zip(tables["uses"]["use"], tables["uses"]["quantity"], strict=True))
    brought: dict[tuple[str, str], float] = defaultdict(float)
    for product, consumer, flow in zip(
        *(tables["links"][name] for name in ("product", "consumer", "flow")), strict=True
    ):
        brought[consumer, product] += flow
    for (consumer, product), coefficient in zip(tables["needs"].keys(), tables["needs"]["coefficient"], strict=True):
        used = coefficient * level[consumer]
        assert math.isclose(brought[consumer, product], used, rel_tol=1e-9), (consumer, product)


def test_every_producer_works_and_every_ordinary_link_carries_something(world: World) -> None:
    assert np.all(world.tables["producers"]["activity"] > 0)
    links = world.tables["links"]
    ordinary = np.array([route in ("direct", "via") for route in links["route"]])
    assert np.all(links["flow"][ordinary] > 0)
    assert world.warnings == ()


def test_a_cited_fact_lies_in_the_range_of_the_number_that_cites_it(world: World) -> None:
    """Opens the row of every citation: quantity x factor within low and high, and the number within them too."""
    facts, citations = read_facts(), world.tables["citations"]
    rows = {
        name: {"|".join(key): i for i, key in enumerate(world.tables[name].keys())} for name in set(citations["table"])
    }
    outside = []
    for table, label, column, fact_id, factor in zip(
        *(citations[name] for name in ("table", "row", "column", "fact_id", "factor")), strict=True
    ):
        cell = next(facts[fact_id][name] for name in QUANTITY_COLUMNS if facts[fact_id].get(name))
        quoted, position = float(cell) * factor, rows[table][label]
        low, high = (ends[position] for ends in world.tables[table].range(column))
        value = world.tables[table][column][position]
        tolerance = 1e-9 * abs(quoted)
        if not (low - tolerance <= quoted <= high + tolerance and low <= value <= high):
            outside.append((table, label, column, fact_id, quoted, low, value, high))
    assert len(citations) > 50
    assert outside == []


def test_every_sourced_number_of_a_fact_has_its_citation(world: World) -> None:
    citations = world.tables["citations"]
    cited = set(zip(citations["table"], citations["row"], citations["column"], strict=True))
    bare = []
    for name, table in world.tables.items():
        for column in table.evidence:
            for key, status, source in zip(table.keys(), table.status(column), table.source(column), strict=True):
                if status == "sourced" and source.startswith("facts/") and (name, "|".join(key), column) not in cited:
                    bare.append((name, key, column))
    assert bare == []


def test_a_number_whose_fact_was_computed_is_called_assumed(world: World) -> None:
    facts = read_facts()
    for table in world.tables.values():
        for column in table.evidence:
            for status, source in zip(table.status(column), table.source(column), strict=True):
                if status == "sourced" and source.startswith("facts/"):
                    assert not facts[source.partition(":")[2]]["note"].startswith(COMPUTED), (
                        table.name,
                        column,
                        source,
                    )


@pytest.mark.parametrize("total", TOTALS, ids=lambda total: total.total)
def test_control_total_is_reproduced_within_its_range(total: ControlTotal, rare_earths: World) -> None:
    achieved = evaluate(rare_earths, total)
    assert total.low * (1 - 1e-9) <= achieved <= total.high * (1 + 1e-9)


def test_control_totals_that_were_asked_for_are_there() -> None:
    named = {total.total for total in TOTALS}
    asked = [
        "ndfeb_china",
        "magnets_to_world",
        "magnets_to_usa",
        "ndpr_china",
        "ndpr_malaysia",
        "ndpr_usa",
        "dy_china",
        "tb_china",
    ]
    assert {*asked, "gallium_primary", "mine_world", "mine_china", "mine_usa", "mine_myanmar"} <= named


def test_sourced_control_totals_cite_facts_that_lie_in_their_range() -> None:
    facts = read_facts()
    other_period = {"smco_china", "gallium_exports", "germanium_exports"}  # 2023, and eleven months of 2024
    for total in TOTALS:
        labels = [label.partition(":")[2] for label in total.source.split(";") if label.startswith("facts/")]
        quoted = [
            float(next(facts[label][name] for name in QUANTITY_COLUMNS if facts[label].get(name))) for label in labels
        ]
        same_unit = len(quoted) == 1 and facts[labels[0]]["unit"].startswith(("t", "vehicles", "units"))
        if total.status == "sourced" and same_unit and total.total not in other_period:
            assert total.low <= quoted[0] <= total.high, total.total


def test_shares_of_china_are_those_that_are_published(rare_earths: World) -> None:
    sintered = {"magnet_ndfeb", "magnet_ndfeb_dy_tb", "magnet_ndfeb_ce"}
    assert china_share(output(rare_earths, {"oxide_ndpr"})) == pytest.approx(0.91, abs=0.03)
    assert china_share(output(rare_earths, sintered)) == pytest.approx(0.94, abs=0.03)
    assert china_share(output(rare_earths, {"metal_ndpr"})) == pytest.approx(0.92, abs=0.05)
    assert china_share(output(rare_earths, {"oxide_sm"})) > 0.99
    assert 0.60 <= china_share(output(rare_earths, {"germanium"})) <= 0.68
    mined = output(rare_earths, {"conc_light", "conc_heavy"})
    assert 0.60 <= china_share(mined) <= 0.70


@pytest.mark.parametrize(("place", "share"), [("USA", 0.768), ("KOR", 0.879), ("DEU", 0.90), ("EUR", 0.90)])
def test_import_dependence_is_near_the_published_share(place: str, share: float, rare_earths: World) -> None:
    """Share of magnet imports that comes from China (KITA, 2022), within six points."""
    sums = flow_sums(
        rare_earths, {"magnet_ndfeb", "magnet_ndfeb_dy_tb", "magnet_ndfeb_ce", "magnet_bonded", "magnet_smco"}
    )
    imports = sum(flow for (origin, to), flow in sums.items() if to == place and origin != place)
    assert sums["CHN", place] / imports == pytest.approx(share, abs=0.06)


def test_mass_of_magnets_in_aircraft_cannot_be_what_stops_them(rare_earths: World) -> None:
    """417 kg against 11 to 20 kg a plane: under one and under 0.05 per cent of US magnet imports from China."""
    imports = 1000 * evaluate(rare_earths, next(total for total in TOTALS if total.total == "magnets_to_usa"))
    aircraft = 150
    assert 417 * aircraft / imports == pytest.approx(0.0084, rel=0.03)
    assert 11 * aircraft / imports == pytest.approx(0.00022, rel=0.03)
    assert 20 * aircraft / imports == pytest.approx(0.00040, rel=0.03)


def test_cover_does_not_come_from_dates_of_plant_stops(world: World) -> None:
    """The facts that are dates of stops (Suzuki, European users) are cited by no number."""
    forbidden = {"stocks_capacity-016", "stocks_capacity-017", "stocks_capacity-015"}
    assert not forbidden & set(world.tables["citations"]["fact_id"])
    cover = world.tables["needs"]["cover_days"]
    assert np.all(cover >= 7)
    assert np.all(cover <= 183)


def test_adjustments_are_listed_from_the_largest_down() -> None:
    path = Path(WORLDS / "rare-earths" / "reconciliation" / "adjustments.csv")
    lines = path.read_text(encoding="utf-8").splitlines()
    sizes = [float(line.split(",")[-2]) for line in lines[1:]]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) > 100
