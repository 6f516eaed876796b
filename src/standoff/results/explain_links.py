"""Explanations of orders, licences and shipments on links: rules source, license, permit, ration."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from standoff.model import chain_slots, licensing, sourcing
from standoff.model.serving import ONE_LEVEL
from standoff.results.explain_terms import MINUS, OVER, TIMES, Cell, Tape, Term, tape
from standoff.results.explain_view import View

MOSTLY_REFUSED = 0.5
"""Below this share of decisions that grant, refusals and not the review time are what holds goods back."""
UNREGULATED = Term("no licence or hold is ever asked for here", 0.0, kind="open")


def link_ordered(view: View, link: int, step: int) -> Tape:
    setup = view.result.setup
    need = int(setup.link_need[link])
    terms = [
        Term(
            "orders of the buyer",
            view.now("ordered", step, need),
            kind="orders",
            label=view.result.network.need_label(need),
            asks=view.need_cell("ordered", need, step),
        ),
        Term(
            "share of this link",
            view.before("share", step, link),
            TIMES,
            "share",
            _name(view, link),
            _cell(view, "share", link, step - 1) if step else None,
        ),
    ]
    return tape("sourcing.py", terms)


def _name(view: View, link: int) -> str:
    return view.result.network.link_label(int(view.result.setup.tracked[link]))


def _cell(view: View, variable: str, link: int, step: int) -> Cell:
    return Cell(variable, _name(view, link), step)


def _placed(view: View, link: int, step: int) -> list[Term]:
    """Orders and what the gate leaves of them."""
    return [
        Term(
            "ordered",
            view.now("link_ordered", step, link),
            kind="orders",
            label=_name(view, link),
            asks=_cell(view, "link_ordered", link, step),
        ),
        Term(
            "share that the gate lets be placed",
            float(view.regime(step).gate[link]),
            TIMES,
            "gate",
            view.measure_on(link, step),
        ),
    ]


def licence_kind(view: View, link: int, step: int) -> str:
    """What holds a link's orders: a customs hold, refusals in principle, or the review."""
    if view.is_held(link, step):
        return "hold"
    position = view.office.get(link)
    if position is not None and float(view.regime(step).approval[position]) == 0.0:
        return "refusal"
    return "review"


def link_applied(view: View, link: int, step: int) -> Tape:
    if link not in view.office:
        return tape("licensing.py", [UNREGULATED])
    by_quantity = view.constant("by_quantity", view.office[link])
    terms = [
        *_placed(view, link, step),
        Term(
            "share that needs a licence",
            view.licensed(link, step),
            TIMES,
            licence_kind(view, link, step),
            view.measure_on(link, step),
        ),
        Term("licences are quantities", by_quantity, TIMES, "right"),
    ]
    return tape("licensing.py", terms, counts_most=_least_factor(terms))


def _least_factor(terms: list[Term]) -> int:
    """The factor that takes most away; the first term where none does."""
    factors = [(term.value, position) for position, term in enumerate(terms) if term.enters == TIMES and term.value < 1]
    return min(factors)[1] if factors else 0


def _decided(view: View, link: int, step: int) -> Term:
    """What the office decided in a step, and whether its throughput or its review time held the rest."""
    position = view.office[link]
    review, regime = view.queue[step], view.regime(step)
    decided = float((review.approved + review.denied + review.returned)[position])
    most = float(regime.decisions[position])
    busy = decided > 0 and decided >= most * (1 - 1e-9)
    kind = "throughput" if busy else licence_kind(view, link, step)
    return Term("decided in the step", decided, kind=kind, label=view.measure_on(link, step))


def link_decision(view: View, variable: str, link: int, step: int) -> Tape:
    """Approved, denied for good, or returned to the first stage."""
    if link not in view.office:
        return tape("licensing.py", [UNREGULATED])
    position, regime, measure = view.office[link], view.regime(step), view.measure_on(link, step)
    approval, denial = float(regime.approval[position]), float(regime.denial[position])
    factors = {
        "link_approved": [Term("share granted", approval, TIMES, "refusal", measure)],
        "link_denied": [
            Term("share refused", 1.0 - approval, TIMES, "refusal", measure),
            Term("share of refusals that is final", denial, TIMES, "refusal", measure),
        ],
        "link_returned": [
            Term("share refused", 1.0 - approval, TIMES, "refusal", measure),
            Term("share of refusals that may be filed again", 1.0 - denial, TIMES, "refusal", measure),
        ],
    }[variable]
    terms = [_decided(view, link, step), *factors]
    none_granted = variable == "link_approved" and approval < MOSTLY_REFUSED
    return tape("licensing.py", terms, counts_most=1 if none_granted else 0)


def in_review(view: View, link: int, step: int) -> Tape:
    if link not in view.office:
        return tape("licensing.py", [UNREGULATED])
    terms = [
        Term(
            "in review at the start",
            view.before("in_review", step, link),
            kind=licence_kind(view, link, step),
            label=view.measure_on(link, step),
        ),
        Term("under the regime still", float(view.regime(step).active[link]), TIMES, "open"),
        Term(
            "new applications",
            view.now("link_applied", step, link),
            kind="orders",
            asks=_cell(view, "link_applied", link, step),
        ),
        Term(
            "approved",
            view.now("link_approved", step, link),
            MINUS,
            "review",
            asks=_cell(view, "link_approved", link, step),
        ),
        Term(
            "denied for good",
            view.now("link_denied", step, link),
            MINUS,
            "refusal",
            asks=_cell(view, "link_denied", link, step),
        ),
    ]
    return tape("licensing.py", terms)


def _granted(view: View, link: int, step: int) -> list[Term]:
    return [
        Term(
            "permitted before",
            view.before("permits", step, link),
            kind="review",
            asks=_cell(view, "permits", link, step - 1) if step else None,
        ),
        Term("under the regime still", float(view.regime(step).active[link]), TIMES, "open"),
        Term(
            "approved",
            view.now("link_approved", step, link),
            kind="review",
            asks=_cell(view, "link_approved", link, step),
        ),
    ]


def _unused(view: View, link: int, step: int) -> Term:
    slot = int(view.result.setup.tracked_slot[link])
    return Term(
        "share that the seller could not ship",
        1.0 - view.fill_of(slot, step),
        TIMES,
        "seller",
        _name(view, link),
        view.slot_cell("fill", slot, step),
    )


def permits(view: View, link: int, step: int) -> Tape:
    if link not in view.office:
        return tape("licensing.py", [UNREGULATED])
    keep = float(view.regime(step).keep[view.office[link]])
    terms = [
        *_granted(view, link, step),
        _unused(view, link, step),
        Term("share that stays valid", keep, TIMES, "validity", view.measure_on(link, step)),
    ]
    return tape("licensing.py", terms, counts_most=3)


def link_expired(view: View, link: int, step: int) -> Tape:
    if link not in view.office:
        return tape("licensing.py", [UNREGULATED])
    keep = float(view.regime(step).keep[view.office[link]])
    terms = [
        *_granted(view, link, step),
        _unused(view, link, step),
        Term("share that lapses", 1.0 - keep, TIMES, "validity", view.measure_on(link, step)),
    ]
    return tape("licensing.py", terms, counts_most=3)


def rights_held(view: View, link: int, step: int) -> Tape:
    if link not in view.office:
        return tape("permits.py", [UNREGULATED])
    position, measure = view.office[link], view.measure_on(link, step)
    rows = view.rights_expired
    terms = [
        Term(
            "held before",
            view.now("rights_held", step - 1, link) if step else 0.0,
            kind="right",
            label=measure,
            asks=_cell(view, "rights_held", link, step - 1) if step else None,
        ),
        Term(
            "granted in the step before",
            float(rows[step - 1, 1, position]) if step else 0.0,
            kind="review",
            label=measure,
        ),
        Term("expired", float(rows[step, 0, position]), MINUS, "validity", measure),
        Term("under the regime still", float(view.regime(step).active[link]), TIMES, "open"),
    ]
    return tape("permits.py", terms)


def link_shipped(view: View, link: int, step: int) -> Tape:
    regime, slot = view.regime(step), int(view.result.setup.tracked_slot[link])
    served = view.fill_of(slot, step)
    needs_none = 1.0 - view.licensed(link, step)
    permitted = view.before("permits", step, link) * float(regime.active[link])
    approved, passed = view.now("link_approved", step, link), view.passed_by_right(link, step)
    right = link in view.office and not view.constant("by_quantity", view.office[link])
    terms = [
        *_placed(view, link, step),
        Term(
            "share that needs no licence",
            needs_none,
            TIMES,
            licence_kind(view, link, step),
            view.measure_on(link, step),
            _cell(view, "rights_held" if right else "link_approved", link, step),
            _administration(view, link, step),
        ),
        Term("permitted before and not yet shipped", permitted, kind="review"),
        Term("approved", approved, kind="review", asks=_cell(view, "link_approved", link, step)),
        Term("passes under a right to ship", passed, kind="right", asks=_cell(view, "rights_held", link, step)),
        _served(view, link, step),
    ]
    ordered = terms[0].value
    losses = {
        1: ordered * (1.0 - terms[1].value),
        2: view.controlled(link, step) - permitted - approved - passed,
        6: view.asked(link, step) * (1.0 - served),
    }
    worst = max(losses, key=lambda position: losses[position])
    return tape("step.py", terms, counts_most=worst if losses[worst] > 1e-9 * ordered else 0)


def _served(view: View, link: int, step: int) -> Term:
    """What the seller makes of all that the link asks for."""
    setup, name = view.result.setup, _name(view, link)
    slot = int(setup.tracked_slot[link])
    fill, seller = view.fill_of(slot, step), view.slot_cell("fill", slot, step)
    told = "share that the seller could ship"
    if setup.rules.chosen["rationing"] in ONE_LEVEL and fill < 1.0:
        level = fill * view.asked(link, step) / view.constant("tracked_use", link)
        told = f"{told}: as for every buyer, up to {level:.3g} times the usual order"
    return Term(told, fill, TIMES, "seller", name, seller)


def _administration(view: View, link: int, step: int) -> str:
    """How the measure on a link is run, with what each number rests on."""
    table, position = view.result.regimes, int(view.result.setup.regime_table.position[link])
    if position < 0 or not table.index[step, position]:
        return ""
    regime = table.regimes[int(table.index[step, position])]
    numbers = (f"{name} {each.value:g} ({each.source or each.status})" for name, each in regime.administration.items())
    return f"{regime.label}: {'; '.join(numbers)}"


def review_wait(view: View, link: int, step: int) -> Tape:
    if link not in view.office:
        return tape("licensing.py", [UNREGULATED])
    position, regime = view.office[link], view.regime(step)
    licensed = view.licensed(link, step) * view.constant("by_quantity", position)
    wait = licensing.expected_wait(
        usual=view.constant("link_use", position),
        licensed=licensed,
        review_steps=float(regime.review_steps[position]),
        rounds=float(regime.rounds[position]),
    )
    return _smoothed(
        view,
        "review_wait",
        link,
        step,
        Term("what has to be in review for usual use", float(wait), kind="review", label=view.measure_on(link, step)),
        steps=view.constant("seen_steps", position),
        rule="licensing.py",
    )


def _smoothed(view: View, variable: str, link: int, step: int, target: Term, *, steps: float, rule: str) -> Tape:
    """A number that drifts towards a target."""
    before = view.before(variable, step, link)
    last = _cell(view, variable, link, step - 1) if step else None
    terms = [
        target,
        Term("as it was", before, MINUS, "habit"),
        Term("steps in which it follows", steps, OVER, "habit"),
        Term("as it was", before, kind="habit", label=_name(view, link), asks=last),
    ]
    return tape(rule, terms, counts_most=0 if abs(target.value - before) > 1e-9 * abs(before) else 3)


def share(view: View, link: int, step: int) -> Tape:
    setup, k = view.result.setup, view.result.setup.constants
    if setup.rules.chosen["sourcing"] == "usual":
        return tape(
            "sourcing.py", [Term("shares are fixed in this run", view.before("share", step, link), kind="habit")]
        )
    if setup.rules.chosen["sourcing"] == "capacity":
        return _share_by_capacity(view, link, step)
    preferred = sourcing.preferred_shares(
        attraction=sourcing.attraction(
            base_share=k.base_share, cost=view.regime(step).cost, cost_exponent=k.cost_exponent
        ),
        reliability=view.result.records["reliability"][step],
        reliability_exponent=k.reliability_exponent,
        sum_by_need=setup.links_to_touched,
        need=setup.link_touched,
    )[link]
    target = Term(
        "share that the buyer would choose",
        float(preferred),
        kind="share",
        label=_name(view, link),
        asks=_cell(view, "reliability", link, step),
    )
    return _smoothed(view, "share", link, step, target, steps=view.constant("sourcing_steps", link), rule="sourcing.py")


def _share_by_capacity(view: View, link: int, step: int) -> Tape:
    """Usual shares weighted by what sellers can make and gates let pass; see `standoff.model.sourcing.weighted_shares`."""
    setup, base = view.result.setup, np.asarray(view.result.setup.constants.base_share)
    need, seller = setup.link_need == setup.link_need[link], int(setup.link_seller[link])
    left = chain_slots.capacity_left(setup, view.state_before(step), np)
    gate = np.asarray(view.regime(step).gate)
    total = float((base * gate * left[setup.link_seller])[need].sum())
    usual = Term("usual share", float(base[link]), kind="share", label=_name(view, link))
    if total == 0.0:
        return tape("sourcing.py", [replace(usual, name="usual share, nobody else can deliver either")])
    name, producers = view.result.network.nodes.labels[seller], view.rules.chosen
    variable = "labour" if producers["labour"] == "pichler" else "overproduction"
    drifts = step > 0 and variable in view.result.records
    asks = view.node_cell(variable, seller, step - 1) if drifts else None
    terms = [
        usual,
        Term("share that the gate lets be placed", float(gate[link]), TIMES, "gate", view.measure_on(link, step)),
        Term("what the seller can make, of usual", float(left[seller]), TIMES, "capacity", name, asks),
        Term("the same over all sellers", total / float(base[need].sum()), OVER, "share"),
    ]
    return tape("sourcing.py", terms, counts_most=_least_factor(terms))


def reliability(view: View, link: int, step: int) -> Tape:
    setup = view.result.setup
    if setup.rules.chosen["sourcing"] != "adaptive":
        return tape(
            "sourcing.py", [Term("not watched in this run", view.before("reliability", step, link), kind="habit")]
        )
    records: Any = view.result.records
    delivered = sourcing.delivered_share(
        ordered=records["link_ordered"][step, link : link + 1],
        shipped=records["link_shipped"][step, link : link + 1],
        usual=setup.constants.tracked_use[link : link + 1],
        xp=np,
    )[0]
    target = Term(
        "shipped of what was ordered",
        float(delivered),
        kind="link",
        label=_name(view, link),
        asks=_cell(view, "link_shipped", link, step),
    )
    return _smoothed(
        view, "reliability", link, step, target, steps=view.constant("reliability_steps", link), rule="sourcing.py"
    )
