"""Explanations of what buyers hold, order and receive of each input: rules order, move, release, produce."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from standoff.model import production, reserves
from standoff.model.transport import split_lag
from standoff.results.explain_terms import (
    AT_LEAST,
    AT_MOST,
    MINUS,
    OVER,
    TIMES,
    Cell,
    Tape,
    Term,
    tape,
)
from standoff.results.explain_view import View


def input_limit(view: View, need: int, step: int) -> float:
    """Activity that the stock of one input allows: the rule itself, on one need."""
    stock, coefficient, usual = (
        np.array([value])
        for value in (
            available(view, need, step),
            view.constant("coefficient", need),
            view.constant("usual_activity", need),
        )
    )
    if view.cut_while_scarce(need):
        allowed = production.scarce_limit(
            stock=stock,
            coefficient=coefficient,
            use=np.array([view.constant("use", need)]),
            cover_steps=np.array([view.constant("cover_steps", need)]),
            usual=usual,
            psi=view.rules.numbers.psi,
            xp=np,
        )
    else:
        allowed = production.input_limit(
            stock=stock,
            coefficient=coefficient,
            usual=usual,
            critical=np.array([view.constant("critical", need)]),
            important=np.array([view.constant("important", need)]),
            xp=np,
        )
    return float(allowed[0])


def available(view: View, need: int, step: int) -> float:
    """Input stock after arrivals and releases, before use."""
    return view.before("inventory", step, need) + view.now("arrived", step, need) + view.now("released", step, need)


def why_empty(view: View, need: int, step: int) -> Cell:
    """Arrivals of the week in which they fell furthest below use: what emptied the stock."""
    usual = view.constant("use", need)
    return view.need_cell("arrived", need, view.worst_step(view.result.records["arrived"][:, need], usual, step))


def inventory(view: View, need: int, step: int) -> Tape:
    label = view.result.network.need_label(need)
    terms = [
        Term(
            "stock at the start",
            view.before("inventory", step, need),
            kind="stock",
            label=label,
            asks=view.need_cell("inventory", need, step - 1) if step else None,
        ),
        Term(
            "arrivals",
            view.now("arrived", step, need),
            kind="arrivals",
            label=label,
            asks=view.need_cell("arrived", need, step),
        ),
        Term(
            "from strategic stocks",
            view.now("released", step, need),
            kind="reserve",
            asks=view.need_cell("released", need, step),
        ),
        Term("used", view.now("used", step, need), MINUS, "use", label, view.need_cell("used", need, step)),
    ]
    return tape("step.py", terms)


def in_transit(view: View, need: int, step: int) -> Tape:
    terms = [
        Term("on the way at the start", view.before("in_transit", step, need), kind="arrivals"),
        *_dispatched(view, need, step),
        Term(
            "arrivals", view.now("arrived", step, need), MINUS, "arrivals", asks=view.need_cell("arrived", need, step)
        ),
    ]
    return tape("transport.py", terms)


def _dispatched(view: View, need: int, step: int) -> list[Term]:
    network = view.result.network
    terms = [
        Term(
            f"shipped by {network.link_label(int(link))}",
            float(view.flows[step, link]),
            kind="link",
            label=network.link_label(int(link)),
            asks=shipment_cell(view, int(link), step),
        )
        for link in np.flatnonzero(network.links.need == need)
    ]
    for route in np.flatnonzero(network.latent.need == need):
        label = view.labels("route")[int(route)]
        left = view.now("route_shipped", step, route) - view.now("route_lost", step, route)
        terms.append(
            Term(f"shipped by {label}", left, kind="route", label=label, asks=Cell("route_shipped", label, step))
        )
    return terms


def shipment_cell(view: View, link: int, step: int) -> Cell:
    """What to ask about a link's shipments: the link where it is tracked, else whether its seller was short."""
    network, setup = view.result.network, view.result.setup
    if link in view.tracked_position:
        return Cell("link_shipped", network.link_label(link), step)
    slot = int(setup.slots.of_link[link])
    if view.fill_of(slot, step) < 1 - 1e-9:
        return view.slot_cell("fill", slot, step)
    return view.need_cell("ordered", int(network.links.need[link]), step)


def arrived(view: View, need: int, step: int) -> Tape:
    network, days = view.result.network, view.result.setup.clock.step_days
    terms, missing = [], []
    ring = view.initial.arriving
    if step < len(ring) and ring[step, need] > 0:
        terms.append(Term("was on the way before the first day", float(ring[step, need]), kind="arrivals"))
        missing.append(-np.inf)
    for link in np.flatnonzero(network.links.need == need):
        label = network.link_label(int(link))
        for whole, weight in split_lag(float(network.links.lag_days[link] / days)):
            if step >= whole:
                value = weight * float(view.flows[step - whole, link])
                missing.append(weight * view.per_step(network.links.flow[link]) - value)
                terms.append(
                    Term(
                        f"left {whole} steps ago on {label}",
                        value,
                        kind="link",
                        label=label,
                        asks=shipment_cell(view, int(link), step - whole),
                        source=view.world_source("links", "lag_days", int(network.links.row[link])),
                    )
                )
    for route in np.flatnonzero(network.latent.need == need):
        label = view.labels("route")[int(route)]
        for whole, weight in split_lag(float(network.latent.lag_days[route] / days)):
            if step >= whole:
                at = step - whole
                left = view.now("route_shipped", at, route) - view.now("route_lost", at, route)
                missing.append(-np.inf)
                terms.append(
                    Term(
                        f"left {whole} steps ago on {label}",
                        weight * left,
                        kind="route",
                        label=label,
                        asks=Cell("route_shipped", label, at),
                    )
                )
    worst = int(np.argmax(missing)) if missing else None
    short = worst is not None and missing[worst] > 1e-9 * view.constant("use", need)
    if worst is None or not short:
        return tape("transport.py", terms)
    terms[worst] = replace(terms[worst], kind="link_short")
    return tape("transport.py", terms, counts_most=worst)


def released(view: View, need: int, step: int) -> Tape:
    stocks, setup = view.result.network.stocks, view.result.setup
    pairs = np.flatnonzero(stocks.pair_need == need)
    if not len(pairs):
        return tape("reserves.py", [Term("no strategic stock serves it", 0.0, kind="reserve")])
    given = reserves_given(view, step)
    terms = [
        Term(
            f"from {stocks.labels[stocks.pair_stock[pair]]}",
            float(given[pair]),
            kind="reserve",
            label=stocks.labels[stocks.pair_stock[pair]],
            asks=Cell("reserve_taken", stocks.labels[int(setup.pair_reserve[pair])], step),
        )
        for pair in pairs
    ]
    return tape("reserves.py", terms)


def reserve_gaps(view: View, step: int) -> Any:
    """What each served need lacks of the trigger, (pairs,)."""
    setup, records = view.result.setup, view.result.records
    before = view.result.first["inventory"] if step == 0 else records["inventory"][step - 1]
    stock = before + records["arrived"][step]
    return np.maximum(setup.constants.reserve_trigger - stock[setup.pair_need], 0.0)


def reserves_given(view: View, step: int) -> Any:
    """What each strategic stock gave to each need that it serves: the rule itself, (pairs,)."""
    setup, records = view.result.setup, view.result.records
    given, _ = reserves.release(
        reserve=view.result.first["reserve"] if step == 0 else records["reserve"][step - 1],
        largest=setup.constants.reserve_rate * setup.reserve_open(step),
        gap=reserve_gaps(view, step),
        sum_by_stock=setup.pairs_to_reserves,
        pair_stock=setup.pair_reserve,
        given_to_need=setup.given_to_need,
        xp=np,
    )
    return given


def goal(view: View, need: int, step: int) -> Tape:
    network, setup = view.result.network, view.result.setup
    cover, followed = view.constant("cover_steps", need), view.goal_follows(need, step)
    use = view.constant("use", need) if followed is None else view.constant("coefficient", need) * followed.value
    asks = None if followed is None else followed.cell
    names = (
        ("usual stock cover", "usually on the way")
        if followed is None
        else (f"stock cover {followed.name}", f"on the way {followed.name}")
    )
    regime = view.regime(step)
    feared = setup.links_to_needs(setup.constants.base_share * regime.feared)[need]
    hoard = view.constant("hoard_share", need) * float(feared)
    label = network.need_label(need)
    terms = [
        Term(names[0], use * cover, "plus", "cover", label, asks, view.need_source("cover_days", need)),
        Term("extra cover out of precaution", use * cover * hoard, kind="hoard", label=label),
        Term(names[1], use * view.constant("lag_steps", need), kind="cover", label=label),
    ]
    for link in _tracked_links(view, need):
        name = network.link_label(int(setup.tracked[link]))
        wait = view.before("review_wait", step, link)
        if wait > 0:
            terms.append(
                Term(f"kept in review on {name}", wait, kind="review", label=name, asks=Cell("review_wait", name, step))
            )
    return tape("ordering.py", terms)


def _tracked_links(view: View, need: int) -> list[int]:
    return [int(link) for link in np.flatnonzero(view.result.setup.link_need == need)]


def on_order(view: View, need: int, step: int) -> Tape:
    links = _tracked_links(view, need)
    ask = view.need_cell("in_transit", need, step - 1) if step else None
    terms = [
        Term("on the way", view.before("in_transit", step, need), kind="arrivals", asks=ask),
        Term("in review", sum(view.before("in_review", step, link) for link in links), kind="review"),
        Term("permitted and not shipped", sum(view.before("permits", step, link) for link in links), kind="review"),
        Term("denied and not yet borne", view.before("refused", step, need), kind="refusal"),
    ]
    return tape("step.py", terms)


def ordered(view: View, need: int, step: int) -> Tape:
    network = view.result.network
    node = int(network.needs.consumer[need])
    label = network.need_label(need)
    followed = view.use_follows(node, step)
    kept = [] if view.destocks(node) else [Term("too much stock is not worked off", 0.0, AT_LEAST, "surplus", label)]
    terms = [
        Term(
            "wanted in hand and on order",
            view.now("goal", step, need),
            kind="cover",
            label=label,
            asks=view.need_cell("goal", need, step),
        ),
        Term("in hand", view.before("inventory", step, need), MINUS, "stock", label),
        Term(
            "on order", view.now("on_order", step, need), MINUS, "stock", label, view.need_cell("on_order", need, step)
        ),
        Term(
            "steps to close the gap",
            view.constant("restock_steps", need),
            OVER,
            "cover",
            label,
            source=view.need_source("restock_days", need),
        ),
        *kept,
        Term(
            followed.name,
            view.constant("coefficient", need) * followed.value,
            kind="plan",
            label=network.nodes.labels[node],
            asks=followed.cell,
        ),
        Term("nothing is sent back", 0.0, AT_LEAST, "surplus", label),
        Term("largest order", view.constant("largest_order", need), AT_MOST, "order_limit", label),
    ]
    return tape("ordering.py", terms, counts_most=4 + len(kept))


def used(view: View, need: int, step: int) -> Tape:
    network = view.result.network
    node = int(network.needs.consumer[need])
    name = network.nodes.labels[node]
    terms = [
        Term(
            "activity",
            view.now("activity", step, node),
            kind="activity",
            label=name,
            asks=view.node_cell("activity", node, step),
        ),
        Term(
            "used per unit of activity",
            view.constant("coefficient", need),
            TIMES,
            "use",
            name,
            source=view.need_source("coefficient", need),
        ),
        Term(
            "stock there is",
            available(view, need, step),
            AT_MOST,
            "input",
            network.need_label(need),
            why_empty(view, need, step),
        ),
    ]
    return tape("production.py", terms)


def refused(view: View, need: int, step: int) -> Tape:
    network, setup = view.result.network, view.result.setup
    node = int(network.needs.consumer[need])
    links = _tracked_links(view, need)
    shortfall = view.constant("coefficient", need) * (view.now("plan", step, node) - view.now("activity", step, node))
    active = float(setup.links_to_needs(setup.constants.base_share * view.regime(step).active)[need])
    forget = view.constant("forget_share", need) * (1.0 - active)
    terms = [
        Term("denied before and not yet borne", view.before("refused", step, need), kind="refusal"),
        *(
            Term(
                f"denied on {network.link_label(int(setup.tracked[link]))}",
                view.now("link_denied", step, link),
                kind="refusal",
                asks=Cell("link_denied", network.link_label(int(setup.tracked[link])), step),
            )
            for link in links
        ),
        Term(
            "borne as a shortfall of use",
            shortfall,
            MINUS,
            "use",
            network.nodes.labels[node],
            view.node_cell("activity", node, step),
        ),
        Term("no less than nothing", 0.0, AT_LEAST, "surplus"),
        Term("not forgotten", 1.0 - forget, TIMES, "refusal"),
    ]
    return tape("licensing.py", terms)
