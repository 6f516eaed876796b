"""Explanations of what producers and uses plan and do: rules plan and produce."""

from __future__ import annotations

import numpy as np

from standoff.results.explain_capacity import capacity_limits
from standoff.results.explain_needs import available, input_limit, why_empty
from standoff.results.explain_terms import AT_LEAST, AT_MOST, MINUS, OVER, TIMES, Cell, Tape, Term, tape
from standoff.results.explain_view import View


def plan(view: View, node: int, step: int) -> Tape:
    network, setup = view.result.network, view.result.setup
    if node >= network.nodes.producers:
        usual = view.per_step(network.nodes.activity[node])
        demanded = float(setup.demand_path[step, node - network.nodes.producers])
        row = int(network.nodes.parent[node]) - int(network.nodes.parent[network.nodes.producers])
        terms = [Term("usual final use", usual, kind="demand", source=view.world_source("uses", "quantity", row))]
        asked = usual * view.demand_factor(node, step)
        if asked != usual:
            terms.append(Term("change of demand in the scenario", asked / usual, TIMES, "demand"))
        if demanded != asked:
            terms.append(Term("spent on it instead of on other goods", demanded / asked, TIMES, "demand"))
        return tape("simulate/paths.py", terms)
    return _plan_of_producer(view, node, step)


def _plan_of_producer(view: View, node: int, step: int) -> Tape:
    network = view.result.network
    offers = [int(offer) for offer in np.flatnonzero((network.offers.producer == node) & network.offers.driver)]
    if not offers:
        return tape("planning.py", [Term("no product drives this producer", 0.0)])
    wanted = {offer: view.wanted(offer, step) for offer in offers}
    first = max(wanted, key=lambda offer: wanted[offer])
    label = network.offer_label(first)
    others = [
        Term(
            f"wanted for {network.offer_label(offer)}",
            value,
            AT_LEAST,
            "orders",
            network.offer_label(offer),
            view.offer_cell("demanded", offer, step),
        )
        for offer, value in wanted.items()
        if offer != first
    ]
    terms = [
        Term("target of finished stock", view.constant("stock_target", first), kind="orders", label=label),
        Term("finished stock at the start", view.before("stock", step, first), MINUS, "orders", label),
        Term("steps to make good the gap", view.constant("finished_restock_steps", first), OVER, "orders", label),
        Term(
            "orders as the seller sees them",
            float(view.smoothed_orders[step, first]),
            kind="orders",
            label=label,
            asks=_busiest_slot(view, first, step),
        ),
        Term("made per unit of activity", view.constant("yields", first), OVER, "orders", label),
        *others,
        *capacity_limits(view, node, step),
        Term("nothing is made backwards", 0.0, AT_LEAST, "surplus", label),
    ]
    return tape("planning.py", terms, counts_most=3)


def _busiest_slot(view: View, offer: int, step: int) -> Cell:
    tier = int(np.argmax(view.result.records["demanded"][step][:, offer]))
    return view.tier_cell("demanded", tier, offer, step)


def activity(view: View, node: int, step: int) -> Tape:
    network = view.result.network
    planned = view.now("plan", step, node)
    kind = "demand" if node >= network.nodes.producers else "plan"
    terms = [
        Term(
            "planned activity",
            planned,
            kind=kind,
            label=network.nodes.labels[node],
            asks=view.node_cell("plan", node, step),
        )
    ]
    if view.rules.chosen["production"] == "linear":
        return tape("production.py", [*terms, *_pooled(view, node, step)], counts_most=0)
    limits = []
    for need in np.flatnonzero(network.needs.consumer == node):
        limit = input_limit(view, int(need), step)
        if np.isfinite(limit):
            product = network.products[network.needs.product[need]]
            limits.append(
                Term(
                    f"what the stock of {product} allows"
                    + (" before it is scarce" if view.cut_while_scarce(int(need)) else ""),
                    limit,
                    AT_MOST,
                    "input",
                    network.need_label(int(need)),
                    why_empty(view, int(need), step),
                    view.need_source("coefficient", int(need)),
                )
            )
    return tape("production.py", [*terms, *limits], counts_most=0)


def _pooled(view: View, node: int, step: int) -> list[Term]:
    """What all inputs of a node together allow; none without inputs. The one that lacks most of its value says more."""
    needs = [int(need) for need in np.flatnonzero(view.result.network.needs.consumer == node)]
    price = np.asarray(view.result.setup.input_value)[needs]
    needed = price * np.array([view.constant("coefficient", need) for need in needs])
    if not needed.sum() > 0:
        return []
    there = price * np.array([available(view, need, step) for need in needs])
    worst = needs[int(np.argmax(needed / needed.sum() * there.sum() - there))]
    limit, label = float(there.sum() / needed.sum()), view.result.network.need_label(worst)
    return [Term("what all inputs together allow", limit, AT_MOST, "input", label, why_empty(view, worst, step))]
