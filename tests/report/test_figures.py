"""Laws of the derived numbers, and: what the page shows is what the result says."""

from __future__ import annotations

import numpy as np
import pytest

from standoff.results.report.content import Section, Table
from standoff.results.report.figures import controls
from standoff.results.report.figures.chain import stage_of_nodes
from standoff.results.report.pages import build_sections
from standoff.results.report.sections.overview import first_screen
from standoff.results.report.sections.use import use_names
from standoff.results.report.source import Source
from standoff.results.result import Result
from standoff.results.words import read_words


def table(source: Source, name: str) -> Table:
    sections: tuple[Section, ...] = build_sections(source)
    return next(each for section in sections for each in section.tables if each.name == name)


def test_every_section_with_a_picture_has_a_table_and_a_sentence(source: Source) -> None:
    for section in build_sections(source):
        assert section.sentence
        assert section.tables or not section.pictures, section.name


def test_controlled_goods_ship_as_in_the_base_year_until_a_measure_begins(april: Result) -> None:
    controlled, effect = controls.controlled_links(april), controls.first_effect(april)
    assert str(effect) == "2025-04-04"
    before = [step for step in range(len(april.dates) - 1) if controls.first_day(april, step + 1) <= effect]
    assert controlled.share_served()[before] == pytest.approx(1.0, abs=1e-9)
    assert controlled.share_served().min() < 0.1


def test_controlled_links_are_empty_without_measures(baseline: Result) -> None:
    assert len(controls.controlled_links(baseline).links) == 0
    assert controls.first_effect(baseline) is None
    assert controls.licence_queue(baseline, controls.controlled_links(baseline)) is None


def test_closed_gate_is_control_without_a_queue(cut_off: Result) -> None:
    controlled = controls.controlled_links(cut_off)
    assert controlled.share_served().max() == 0
    assert controls.licence_queue(cut_off, controlled) is None


def test_queue_holds_what_was_filed_and_not_decided(april: Result) -> None:
    controlled = controls.controlled_links(april)
    queue = controls.licence_queue(april, controlled)
    assert queue is not None
    decided = (queue.approved + queue.denied).cumsum()
    assert queue.in_review == pytest.approx(queue.applied.cumsum() - decided, rel=1e-9, abs=1e-6)
    granted = queue.granted_share[np.isfinite(queue.granted_share)]
    assert granted.min() >= 0
    assert granted.max() <= 1
    assert controls.share_of_orders_waiting(april, controlled).max() <= 1


def test_shortage_begins_somewhere_or_nowhere(source: Source) -> None:
    total = sum(source.chain.begins.values())
    assert total == pytest.approx(1.0 if source.result.unmet_value.sum() > 1 else 0.0)


def test_shortage_begins_only_where_a_measure_holds(april: Result, cut_off: Result, large: Result) -> None:
    """Nothing but measures moves these runs, so no shortage begins at the stage of a product that none of them touches."""
    for result in (april, cut_off, large):
        source = Source(result, read_words("en"))
        touched = {result.network.product_stage[product] for product in source.controlled.product}
        begins = {stage for stage, share in source.chain.begins.items() if share > 1e-9}
        assert begins
        assert begins <= touched


def test_roots_of_a_table_add_up_to_unmet_use(april: Result) -> None:
    source = Source(april, read_words("en"))
    rows = table(source, "loss_roots").rows
    assert sum(row[-2] for row in rows) == pytest.approx(april.unmet_value.sum(), rel=1e-9)
    assert sum(row[-1] for row in rows) == pytest.approx(1.0)
    assert [row[-2] for row in rows] == sorted((row[-2] for row in rows), reverse=True)


def test_chain_of_the_base_year_is_the_world(source: Source) -> None:
    network = source.result.network
    value = network.links.flow * network.product_price[network.offers.product[network.links.offer]]
    assert sum(stretch.usual for stretch in source.chain.stretches) == pytest.approx(value.sum())
    assert set(stage_of_nodes(source.result)) == set(source.chain.stages)


def test_chain_at_rest_flows_as_in_the_base_year(baseline: Result) -> None:
    chain = Source(baseline, read_words("en")).chain
    assert chain.reason == "none"
    for stretch in chain.stretches:
        assert stretch.worst == pytest.approx(stretch.usual, rel=1e-9)


def test_first_stop_is_that_of_the_summary(source: Source) -> None:
    first = source.result.summary()["first_stop"]
    assert source.stops[0].days == (first["days"] if first else np.inf)


def test_unmet_use_on_the_page_is_that_of_the_result(april: Result) -> None:
    source = Source(april, read_words("en"))
    rows = {row[0]: row for row in table(source, "unmet_use").rows}
    for use, name in enumerate(use_names(source)):
        value = april.unmet_value[:, use].sum()
        assert (rows[name][3] if name in rows else 0.0) == pytest.approx(value)
        if name in rows:
            assert sum(rows[name][4:]) == pytest.approx(value)
            assert rows[name][1] == pytest.approx(april.unmet[:, use].sum())
    weeks = table(source, "unmet_use_by_week").rows
    assert [sum(row[1:]) for row in weeks] == pytest.approx(list(april.unmet_value.sum(axis=1)), abs=1e-3)


def test_ledger_on_the_page_is_that_of_the_result(source: Source) -> None:
    by_side = source.result.ledger.by_side()
    rows = table(source, "ledger_by_side").rows
    for row, line in zip(rows, source.result.ledger.lines, strict=True):
        assert list(row[1:]) == [by_side[side][line] for side in source.sides]
    places = table(source, "ledger_by_place").rows
    assert len(places) == len(source.result.network.places)
    for line in range(len(source.result.ledger.lines)):
        assert sum(row[2 + line] for row in places) == pytest.approx(sum(rows[line][1:]), rel=1e-9, abs=1e-3)


def test_first_screen_gives_every_side_its_number(source: Source) -> None:
    screen, by_side = first_screen(source), source.result.ledger.by_side()
    unmet = screen.numbers[1]
    assert [value for _, value in unmet.rows] == [
        source.numbers.usd(by_side[side]["unmet_use"]) for side in source.sides
    ]
    if source.effect is not None:
        assert all(source.labels.in_side(side) in screen.finding for side in source.sides)


def test_shipments_of_the_table_are_those_of_the_links(april: Result) -> None:
    source = Source(april, read_words("en"))
    controlled = source.controlled
    shown = sum(row[3] * row[6] for row in table(source, "controlled_shipments").rows)
    years = len(april.dates) * april.scenario.step_days / 365
    assert shown == pytest.approx(controlled.shipped[:, controlled.usual > 0].sum() / years, rel=1e-9)


def test_cover_starts_at_the_base_year(source: Source) -> None:
    for cover in source.covers:
        assert cover.leanest_start <= cover.median_start + 1e-9
        assert cover.lowest <= cover.leanest_start * (1 + 1e-9)
