"""Laws of `standoff explain`: terms recombine to the number, and relaxing what bound it moves it, on the tape and in the engine."""

from __future__ import annotations

import csv
import re
from collections import Counter
from dataclasses import replace
from functools import cache
from importlib import resources
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from standoff.model.state import Flows, RegimeStep, State
from standoff.model.step import step
from standoff.results.explain import Explainer, as_plain, in_words, term_name, words
from standoff.results.explain_terms import Cell, Explanation, Term, fold
from standoff.results.files import variables
from standoff.simulate.api import run
from standoff.simulate.initial import resting_state
from standoff.simulate.setup import Setup

SCENARIOS = ("april-2025", "cut-off")
RIGHTS = "april-2025 with licences that are a right to ship"
LEVEL = "april-2025 with links served up to a common level"
PRONET = "april-2025 with links served as proNet does it"
CHANGES = {
    RIGHTS: {"CN-2025-18.permit": "right"},
    LEVEL: {"rationing": "common_level_final_last"},
    PRONET: {"rationing": "as_pronet"},
}
CELLS = 1000


@cache
def explainer(scenario: str) -> Explainer:
    return Explainer(run(scenario.split()[0], world="magnets-small", changes=CHANGES.get(scenario, {})))


def cell_at(asked: Explainer, variable: str, picks: tuple[float, ...]) -> Cell:
    """The cell of a variable at some shares of the way along each of its dimensions."""
    values = asked.result.dataset[variable].values
    step_, *where = (min(int(pick * size), size - 1) for pick, size in zip(picks, values.shape, strict=False))
    dims = variables()[variable]["dims"].split()[1:]
    labels = [asked.view.labels(dim)[index] for dim, index in zip(dims, where, strict=True)]
    return Cell(variable, " @ ".join(labels[::-1] if dims[0] == "tier" else labels), step_)


def explained(asked: Explainer, cell: Cell) -> Explanation:
    found = asked.explain_cell(cell)
    assert np.isfinite(found.value)
    return found


@cache
def random_explanations(scenario: str) -> tuple[Explanation, ...]:
    """Explanations of random cells, as many of each variable."""
    asked, rng = explainer(scenario), np.random.default_rng(11)
    names = [name for name in variables() if asked.result.dataset[name].size]
    return tuple(
        explained(asked, cell_at(asked, names[number % len(names)], tuple(rng.random(3)))) for number in range(CELLS)
    )


@pytest.mark.parametrize("scenario", [*SCENARIOS, *CHANGES])
def test_terms_recombine_to_the_number_in_a_thousand_random_cells(scenario: str) -> None:
    for found in random_explanations(scenario):
        assert abs(found.recombine() - found.value) <= 1e-9 * found.scale(), found


@settings(max_examples=200, deadline=None)
@given(
    scenario=st.sampled_from([*SCENARIOS, *CHANGES]),
    variable=st.sampled_from(sorted(variables())),
    picks=st.tuples(*[st.floats(0, 1)] * 3),
)
def test_terms_recombine_wherever_hypothesis_looks(scenario: str, variable: str, picks: tuple[float, ...]) -> None:
    asked = explainer(scenario)
    if asked.result.dataset[variable].size:
        found = explained(asked, cell_at(asked, variable, picks))
        assert abs(found.recombine() - found.value) <= 1e-9 * found.scale()


def test_every_variable_is_explained() -> None:
    assert {found.variable for found in random_explanations("april-2025")} == set(variables())


@pytest.mark.parametrize("scenario", [*SCENARIOS, *CHANGES])
def test_relaxing_the_binding_term_moves_the_number(scenario: str) -> None:
    stuck = [
        found
        for found in random_explanations(scenario)
        if found.relaxed(0.1 * abs(found.binding.value) or 1.0) == found.recombine()
    ]
    for found in stuck:  # only where no term alone moves it, such as nothing ordered from a seller with nothing to sell
        for term in found.terms:
            moved = (replace(each, value=each.value + 1.0) if each is term else each for each in found.terms)
            assert fold(moved) == pytest.approx(found.recombine(), abs=1e-12), found
    assert len(stuck) < 0.1 * CELLS


def engine_step(asked: Explainer, number: int) -> tuple[State, Setup, RegimeStep]:
    """The engine just before a step of the run."""
    setup = asked.result.setup
    state = resting_state(setup)
    for earlier in range(number):
        state, _ = step(state, setup, number=earlier, regime=setup.regime_table.at(earlier), xp=np)
    return state, setup, setup.regime_table.at(number)


def bumped(values: Any, index: int, *, by: float) -> Any:
    changed = np.array(values, dtype=float)
    changed[index] += by
    return changed


def relaxed_step(asked: Explainer, found: Explanation) -> Flows:
    """The step of a number done again by the engine with what bound the number relaxed."""
    state, setup, regime = engine_step(asked, found.step)
    network, kind, label = asked.result.network, found.binding.kind, found.binding.label
    index = asked.indices(found.variable, found.label)[-1]
    if kind == "input":
        need = asked.view.labels("need").index(label)
        state = state._replace(inventory=bumped(state.inventory, need, by=float(setup.constants.use[need])))
    elif kind == "capacity":
        path = setup.capacity_path.copy()
        path[found.step, index] *= 1.1
        setup = replace(setup, capacity_path=path)
    elif kind == "gate":
        regime = regime._replace(gate=bumped(regime.gate, index, by=0.5))
    elif kind == "seller":
        offer = index if found.variable != "link_shipped" else int(network.links.offer[setup.tracked[index]])
        state = state._replace(
            stock=bumped(state.stock, offer, by=1.0 + asked.result.records["demanded"][found.step, :, offer].sum())
        )
    elif kind in ("review", "hold", "refusal") and found.variable == "link_shipped":
        office = asked.view.office[index]
        regime = regime._replace(licensed=bumped(regime.licensed, office, by=-0.5 * float(regime.licensed[office])))
    elif kind == "throughput":
        regime = regime._replace(decisions=bumped(regime.decisions, asked.view.office[index], by=1.0 + found.value))
    elif kind == "refusal":
        office = asked.view.office[index]
        regime = regime._replace(approval=bumped(regime.approval, office, by=0.1))
    elif kind == "order_limit":
        largest = setup.constants.largest_order * 1.1
        setup = replace(setup, constants=replace(setup.constants, largest_order=largest))
    elif kind == "reserve_rate":
        setup = replace(setup, reserve_open_path=setup.reserve_open_path + 1.0)
    else:
        raise AssertionError(f"{kind} binds {found.variable}, and no relaxation of it is known")
    _, flows = step(state, setup, number=found.step, regime=regime, xp=np)
    return flows


RELAXED = {
    ("activity", "input"), ("plan", "capacity"), ("link_shipped", "gate"), ("link_shipped", "review"), ("link_shipped", "hold"),
    ("link_shipped", "refusal"), ("link_shipped", "seller"), ("fill", "seller"), ("shipped", "seller"), ("link_approved", "throughput"),
    ("link_approved", "refusal"), ("ordered", "order_limit"), ("reserve_taken", "reserve_rate"),
}  # fmt: skip
"""Numbers and what binds them, where more of the binding thing means more of the number."""


def bound_cells(asked: Explainer, *, most: int) -> list[Explanation]:
    """Random numbers that something holds, up to so many of each kind."""
    rng, found, seen = np.random.default_rng(5), [], Counter[tuple[str, str]]()
    for variable in sorted({name for name, _ in RELAXED}):
        if not asked.result.dataset[variable].size:
            continue
        for _ in range(150):
            each = asked.explain_cell(cell_at(asked, variable, tuple(rng.random(3))))
            key = (variable, each.binding.kind)
            if key in RELAXED and seen[key] < most and not each.tied:
                seen[key] += 1
                found.append(each)
    return found


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_the_engine_does_more_when_what_bound_it_is_relaxed(scenario: str) -> None:
    asked = explainer(scenario)
    cells = bound_cells(asked, most=4)
    kinds = {(each.variable, each.binding.kind) for each in cells}
    assert {
        ("activity", "input"),
        ("fill", "seller"),
        ("link_shipped", "gate" if scenario == "cut-off" else "review"),
    } <= kinds
    for each in cells:
        flows = relaxed_step(asked, each)
        after = float(np.asarray(getattr(flows, each.variable))[_where(asked, each)])
        assert after > each.value, (each.variable, each.label, each.date, each.binding)


def _where(asked: Explainer, found: Explanation) -> tuple[int, ...]:
    """Where the engine keeps the number: decisions are kept by regulated link only."""
    where = asked.indices(found.variable, found.label)
    return (asked.view.office[where[0]],) if found.variable == "link_approved" else where


@pytest.mark.parametrize("scenario", SCENARIOS)
def test_a_chain_leads_from_unmet_use_to_the_measure(scenario: str) -> None:
    asked = explainer(scenario)
    unmet = asked.result.unmet
    ends = Counter[str]()
    for use in np.flatnonzero(unmet.sum(axis=0) > 0):
        day = asked.result.dates[int(np.argmax(unmet[:, use]))].astype(object)
        chain = asked.trace("unmet", asked.view.labels("use")[use], day)
        assert len(chain) == len({(each.variable, each.label, each.step) for each in chain})
        assert [each.step for each in chain] == sorted((each.step for each in chain), reverse=True)
        ends[chain[-1].binding.kind] += 1
        for lang in ("en", "zh"):
            assert all(in_words(each, lang=lang) for each in chain)
    measures = {"gate", "review", "refusal", "throughput", "hold"}
    assert sum(count for kind, count in ends.items() if kind in measures) >= 0.5 * ends.total()


def test_every_kind_of_binding_term_has_words() -> None:
    kinds = {
        term.kind
        for scenario in (*SCENARIOS, *CHANGES)
        for found in random_explanations(scenario)
        for term in found.terms
    }
    assert kinds <= set(words())


def test_plain_values_say_the_same_as_the_explanation() -> None:
    found = random_explanations("april-2025")[0]
    plain = as_plain(found)
    assert plain["value"] == found.value
    assert plain["recombined"] == found.recombine()


def test_a_tape_is_entered_from_top_to_bottom() -> None:
    terms = [
        Term("a", 6.0),
        Term("b", 2.0, "minus"),
        Term("c", 3.0, "times"),
        Term("d", 2.0, "over"),
        Term("e", 5.0, "at most"),
    ]
    assert fold(terms) == 5.0
    assert fold([*terms, Term("f", 7.0, "at least")]) == 7.0


@pytest.mark.parametrize("scenario", [*SCENARIOS, *CHANGES])
def test_every_term_has_a_chinese_name_without_english_words(scenario: str) -> None:
    asked = explainer(scenario)
    labels = sorted(
        {
            str(label)
            for dim in ("node", "need", "offer", "link", "route", "holder", "use", "consumer")
            for label in asked.view.labels(dim)
        },
        key=len,
        reverse=True,
    )
    for found in random_explanations(scenario):
        for term in found.terms:
            told = term_name(term.name, lang="zh")
            assert told != term.name, term.name
            for name in (*labels, *asked.result.network.products, *asked.result.scenario.measures):
                told = told.replace(name, "")
            assert not re.search("[a-z]{4,}", told), (term.name, told)


def test_no_two_rows_of_the_words_for_terms_are_the_same() -> None:
    text = resources.files("standoff.results").joinpath("explain_terms.csv").read_text(encoding="utf-8")
    rows = [row["en"] for row in csv.DictReader(text.splitlines())]
    assert len(rows) == len(set(rows))
    for row in rows:
        filled = row.format(*("X" * row.count("{}")))
        assert term_name(filled, lang="zh") != filled
