"""Explanations of what sellers hold, make and ship, of latent routes and of strategic stocks: rules ration, produce, leak, release."""

from __future__ import annotations

import numpy as np

from standoff.model import leakage
from standoff.model.rationing import TIERS
from standoff.model.serving import KEEPING_BACK
from standoff.results.explain_needs import reserve_gaps
from standoff.results.explain_terms import AT_LEAST, AT_MOST, MINUS, OVER, TIMES, Cell, Tape, Term, tape
from standoff.results.explain_view import View

LATENT = TIERS.index("latent")
ROUNDING = 1e-12
"""Share of an order below which a difference is rounding error."""


def stock(view: View, offer: int, step: int) -> Tape:
    label = view.result.network.offer_label(offer)
    terms = [
        Term(
            "finished stock at the start",
            view.before("stock", step, offer),
            kind="stock",
            label=label,
            asks=view.offer_cell("stock", offer, step - 1) if step else None,
        ),
        *finished(view, offer, step),
        Term(
            "shipped", view.now("shipped", step, offer), MINUS, "orders", label, view.offer_cell("shipped", offer, step)
        ),
        Term("thrown away", view.now("discarded", step, offer), MINUS, "surplus", label),
    ]
    return tape("production.py", terms)


def finished(view: View, offer: int, step: int) -> list[Term]:
    """What was finished in a step: begun earlier, or before the first day."""
    network = view.result.network
    label, usual = network.offer_label(offer), view.per_step(network.nodes.activity[network.offers.producer[offer]])
    terms = []
    for whole, weight in view.result.setup.making:
        if step < whole:
            value = weight * view.constant("yields", offer) * usual
            terms.append(Term("begun before the first day", value, kind="activity", label=label))
        else:
            value = weight * view.now("made", step - whole, offer)
            terms.append(
                Term(
                    f"begun {whole} steps ago",
                    value,
                    kind="activity",
                    label=label,
                    asks=view.offer_cell("made", offer, step - whole),
                )
            )
    return terms


def in_making(view: View, offer: int, step: int) -> Tape:
    done = [
        Term(term.name, term.value, MINUS, term.kind, term.label, term.asks) for term in finished(view, offer, step)
    ]
    terms = [
        Term("in the making at the start", view.before("in_making", step, offer), kind="activity"),
        Term("begun", view.now("made", step, offer), kind="activity", asks=view.offer_cell("made", offer, step)),
        *done,
    ]
    return tape("transport.py", terms)


def made(view: View, offer: int, step: int) -> Tape:
    network = view.result.network
    node = int(network.offers.producer[offer])
    name = network.nodes.labels[node]
    terms = [
        Term(
            "activity",
            view.now("activity", step, node),
            kind="activity",
            label=name,
            asks=view.node_cell("activity", node, step),
        ),
        Term("made per unit of activity", view.constant("yields", offer), TIMES, "activity", name),
    ]
    return tape("production.py", terms)


def shipped(view: View, offer: int, step: int) -> Tape:
    asked = [
        Term(
            f"asked by {name}",
            view.now("demanded", step, (tier, offer)),
            kind="orders",
            label=name,
            asks=Cell("demanded", f"{view.result.network.offer_label(offer)} @ {name}", step),
        )
        for tier, name in enumerate(TIERS)
    ]
    terms = [*asked, _stock_limit(view, offer, step)]
    wanted = float(view.result.records["demanded"][step][:, offer].sum())
    kept = _kept_back(view, offer, wanted, view.before("stock", step, offer), view.now("shipped", step, offer))
    return tape("rationing.py", [*terms, *kept], counts_most=len(terms) if kept else None)


def _kept_back(view: View, offer: int, wanted: float, there: float, shipped: float) -> list[Term]:
    """What stays in stock although it was asked for, under a rule that does so."""
    kept = min(wanted, there) - shipped
    if view.result.setup.rules.chosen["rationing"] not in KEEPING_BACK or not kept > ROUNDING * wanted:
        return []
    label = view.result.network.offer_label(offer)
    return [Term("asked for and kept in stock by the rule of rationing", kept, MINUS, "rule", label)]


def _stock_limit(view: View, offer: int, step: int) -> Term:
    return Term(
        "finished stock",
        view.before("stock", step, offer),
        AT_MOST,
        "seller",
        view.result.network.offer_label(offer),
        _why_stock_is_low(view, offer, step),
    )


def _why_stock_is_low(view: View, offer: int, step: int) -> Cell:
    """The week in which least was made, of those that could have filled the stock."""
    network = view.result.network
    usual = view.constant("yields", offer) * view.per_step(network.nodes.activity[network.offers.producer[offer]])
    worst = view.worst_step(view.result.records["made"][:, offer], usual, step)
    short = view.now("made", worst, offer) < usual * (1 - 1e-9)
    return view.offer_cell("made", offer, worst if short else step)


def discarded(view: View, offer: int, step: int) -> Tape:
    ceiling = view.constant("stock_ceiling", offer)
    label = view.result.network.offer_label(offer)
    if not np.isfinite(ceiling):
        return tape(
            "production.py",
            [Term("a product that drives its producer is never thrown away", 0.0, kind="surplus", label=label)],
        )
    terms = [
        Term("finished stock at the start", view.before("stock", step, offer), kind="stock", label=label),
        *finished(view, offer, step),
        Term(
            "shipped", view.now("shipped", step, offer), MINUS, "orders", label, view.offer_cell("shipped", offer, step)
        ),
        Term("largest stock of a by-product", ceiling, MINUS, "surplus", label),
        Term("no less than nothing", 0.0, AT_LEAST, "surplus", label),
    ]
    return tape("production.py", terms)


def demanded(view: View, tier: int, offer: int, step: int) -> Tape:
    network, setup = view.result.network, view.result.setup
    tiers = setup.slots.tier[setup.slots.of_link]
    terms = []
    for link in np.flatnonzero((network.links.offer == offer) & (tiers == tier)):
        name = network.link_label(int(link))
        position = view.tracked_position.get(int(link))
        need = int(network.links.need[link])
        if position is None:
            value = view.now("ordered", step, need) * float(setup.share[link])
            asks = view.need_cell("ordered", need, step)
        else:
            value, asks = view.asked(position, step), Cell("link_shipped", name, step)
        terms.append(Term(f"asked on {name}", value, kind="orders", label=name, asks=asks))
    if tier == LATENT:
        for route in np.flatnonzero(network.latent.offer == offer):
            label = view.labels("route")[int(route)]
            last = Cell("route_capacity", label, step - 1) if step else None
            value = view.before("route_capacity", step, route)
            terms.append(Term(f"carried by {label}", value, kind="route", label=label, asks=last))
    return tape("step.py", terms)


def fill(view: View, tier: int, offer: int, step: int) -> Tape:
    label = view.result.network.offer_label(offer)
    asked = view.now("demanded", step, (tier, offer))
    if not asked > 0:
        return tape("rationing.py", [Term("nothing was asked", 1.0, kind="orders", label=label)])
    here = Cell("demanded", f"{label} @ {TIERS[tier]}", step)
    earlier = [_served_before(view, first, offer, step) for first in range(tier)]
    limit = _stock_limit(view, offer, step)
    left = max(limit.value - sum(term.value for term in earlier), 0.0)
    kept = _kept_back(view, offer, asked, left, asked * view.now("fill", step, (tier, offer)))
    terms = [
        Term(limit.name, limit.value, kind="seller", label=label, asks=limit.asks),
        *earlier,
        Term("no less than nothing", 0.0, AT_LEAST, "seller", label, limit.asks),
        Term("asked by this tier", asked, AT_MOST, "orders", label, here),
        *kept,
        Term("asked by this tier", asked, OVER, "orders", label, here),
    ]
    return tape("rationing.py", terms, counts_most=len(terms) - 2 if kept else 0)


def _served_before(view: View, tier: int, offer: int, step: int) -> Term:
    """What an earlier tier takes of the stock: all that it asks for, or what a rule that keeps goods back gives it."""
    label = view.result.network.offer_label(offer)
    cell, asked = Cell("demanded", f"{label} @ {TIERS[tier]}", step), view.now("demanded", step, (tier, offer))
    if view.result.setup.rules.chosen["rationing"] in KEEPING_BACK:
        given = asked * view.now("fill", step, (tier, offer))
        return Term(f"shipped to {TIERS[tier]}, served before", given, MINUS, "rivals", label, cell)
    return Term(f"asked by {TIERS[tier]}, served before", asked, MINUS, "rivals", label, cell)


def route_capacity(view: View, route: int, step: int) -> Tape:
    network, setup, records = view.result.network, view.result.setup, view.result.records
    before = view.before("route_capacity", step, route)
    missing = leakage.missing_share(
        ordered=setup.links_to_touched(records["link_ordered"][step]),
        shipped=setup.links_to_touched(records["link_shipped"][step]),
        usual=setup.constants.touched_use,
        xp=np,
    )[setup.route_touched[route]]
    need = int(network.latent.need[route])
    label = network.need_label(need)
    terms = [
        Term(
            "share of usual use that was not shipped",
            float(missing),
            kind="missing",
            label=label,
            asks=_worst_link(view, need, step),
        ),
        Term(
            "most that the route can carry",
            view.constant("route_reach", route),
            TIMES,
            "route",
            label,
            source=view.world_source("links", "max_share", int(network.latent.row[route])),
        ),
        Term("what it could carry", before, MINUS, "route"),
        Term(
            "steps in which it grows",
            view.constant("adapt_steps", route),
            OVER,
            "route",
            source=view.world_source("links", "adapt_days", int(network.latent.row[route])),
        ),
        Term(
            "what it could carry",
            before,
            kind="route",
            asks=Cell("route_capacity", view.labels("route")[route], step - 1) if step else None,
        ),
    ]
    return tape("leakage.py", terms, counts_most=0 if missing > 0 else 4)


def _worst_link(view: View, need: int, step: int) -> Cell | None:
    """The link of a need on which most was ordered and not shipped."""
    setup, records = view.result.setup, view.result.records
    links = np.flatnonzero(setup.link_need == need)
    if not len(links):
        return None
    kept = records["link_ordered"][step, links] - records["link_shipped"][step, links]
    return Cell("link_shipped", view.result.network.link_label(int(setup.tracked[links[int(np.argmax(kept))]])), step)


def route_shipped(view: View, route: int, step: int) -> Tape:
    network = view.result.network
    offer = int(network.latent.offer[route])
    slot = int(view.result.setup.slots.of_route[route])
    served = view.fill_of(slot, step)
    terms = [
        Term(
            "what the route could carry",
            view.before("route_capacity", step, route),
            kind="route",
            label=view.labels("route")[route],
            asks=Cell("route_capacity", view.labels("route")[route], step - 1) if step else None,
        ),
        Term(
            "share that the seller could serve",
            served,
            TIMES,
            "seller",
            network.offer_label(offer),
            view.slot_cell("fill", slot, step),
        ),
    ]
    return tape("rationing.py", terms, counts_most=1 if served < 1 else 0)


def route_lost(view: View, route: int, step: int) -> Tape:
    label = view.labels("route")[route]
    terms = [
        Term(
            "shipped on the route",
            view.now("route_shipped", step, route),
            kind="route",
            label=label,
            asks=Cell("route_shipped", label, step),
        ),
        Term(
            "share seized or lost",
            view.constant("route_loss", route),
            TIMES,
            "route",
            label,
            source=view.world_source("links", "loss_share", int(view.result.network.latent.row[route])),
        ),
    ]
    return tape("step.py", terms)


def reserve(view: View, holder: int, step: int) -> Tape:
    label = view.result.network.stocks.labels[holder]
    terms = [
        Term(
            "held at the start",
            view.before("reserve", step, holder),
            kind="stock",
            label=label,
            source=view.world_source("stocks", "quantity", holder),
        ),
        Term(
            "taken",
            view.now("reserve_taken", step, holder),
            MINUS,
            "reserve",
            label,
            Cell("reserve_taken", label, step),
        ),
    ]
    return tape("reserves.py", terms)


def reserve_taken(view: View, holder: int, step: int) -> Tape:
    setup, network = view.result.setup, view.result.network
    label = network.stocks.labels[holder]
    gaps = reserve_gaps(view, step)
    served = [
        Term(
            f"lacking: {network.need_label(int(setup.pair_need[pair]))}",
            float(gaps[pair]),
            kind="missing",
            label=network.need_label(int(setup.pair_need[pair])),
            asks=view.need_cell("inventory", int(setup.pair_need[pair]), step),
        )
        for pair in np.flatnonzero(setup.pair_reserve == holder)
    ] or [Term("it serves nobody", 0.0)]
    open_ = float(setup.reserve_open(step)[holder])
    rate = view.constant("reserve_rate", holder) * open_
    terms = [
        *served,
        Term("held", view.before("reserve", step, holder), AT_MOST, "reserve_empty", label),
        Term(
            "largest release" if open_ else "not open yet",
            rate,
            AT_MOST,
            "reserve_rate",
            label,
            source=view.world_source("stocks", "release_rate", holder),
        ),
    ]
    return tape("reserves.py", terms)
