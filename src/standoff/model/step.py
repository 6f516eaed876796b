"""One step, as a recipe. Each line calls one rule; each rule is a file of this folder.

The order is that of model.md section 3: plan, order, source, license, ration, move, release, produce and use, adapt. A step is a
function of the state, the setup and what governments do in the step; only the rings (goods in
the making and on the way, rights by expiry) are changed in place, and under JAX not even those. Rows are picked with ``take``, which in
NumPy is two to four times as fast for rows of draws as an index and gives the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standoff.model import leakage, licensing, ordering, permits, planning, production, reserves, transport
from standoff.model.chain_rules import Done, Follows
from standoff.model.chain_slots import remember_output
from standoff.model.permits import Rights
from standoff.model.state import Flows, RegimeStep, State

if TYPE_CHECKING:
    from standoff.simulate.setup import Setup


def step(state: State, setup: Setup, *, number: int, regime: RegimeStep, xp: Any) -> tuple[State, Flows]:
    """Run one step.

    Args:
        state: at the start of the step; its rings are changed in place where their arrays allow it.
        setup: constants of the run.
        number: of the step, from 0.
        regime: what governments do in this step.
        xp: array namespace.

    Returns:
        (state at the end of the step, what moved in it).
    """
    s, k, rules = setup, setup.constants, setup.rules

    # Plan
    wanted = planning.wanted_activity(
        smoothed_orders=state.smoothed_orders,
        stock=state.stock,
        stock_target=k.stock_target,
        restock_steps=k.finished_restock_steps,
        yields=k.yields,
        largest_over_drivers=s.largest_over_drivers,
    )
    capacity = rules.overproduction.capacity(state, rules.labour.capacity(state, s.capacity(number), xp), xp)
    planned = planning.plan_to_stock(wanted=wanted, capacity=capacity, xp=xp)
    plan = xp.concatenate([planned, s.demand(number, xp)])

    # Order
    follows = rules.ordering(s, state, plan, wanted, xp)
    waiting = state.stages.sum(axis=0) + state.permits
    in_office = s.regulated_to_needs(waiting)
    goal = _stock_goal(setup, follows, number=number, regime=regime, xp=xp) + s.regulated_to_needs(state.review_wait)
    on_order = state.arriving.sum(axis=0) + in_office + state.refused
    ordered = ordering.order_to_goal(
        coefficient=k.coefficient,
        plan=follows.use.take(s.need_node, axis=0),
        goal=goal,
        on_hand=state.inventory,
        on_order=on_order,
        restock_steps=k.restock_steps,
        largest=k.largest_order,
        destocks=follows.destocks or ~s.of_producer,
        xp=xp,
    )

    # Source
    link_ordered = ordered.take(s.link_need, axis=0) * state.share

    # License
    active = regime.active.take(s.regulated, axis=0)
    allowed = link_ordered * regime.gate
    applied = allowed.take(s.regulated, axis=0) * regime.licensed * active
    rights, passed, held = _ship_under_rights(state, s, wanted=applied, regime=regime, number=number, xp=xp)
    by_quantity = applied * k.by_quantity
    review = licensing.review_queue(
        stages=state.stages * active,
        applied=by_quantity,
        probability=regime.probability,
        decisions=regime.decisions,
        approval=regime.approval,
        denial=regime.denial,
        substeps=s.substeps,
        xp=xp,
    )
    granted = state.permits * active + review.approved
    leaving = allowed + s.regulated_to_links(granted + passed - applied)

    # Ration
    asked = xp.concatenate([leaving, state.route_capacity])
    demanded = s.needs_to_slots(ordered) + s.tracked_to_slots(asked)
    rationed = s.slots.ration(stock=state.stock, demanded=demanded, xp=xp)
    tracked_fill = rationed.fill.take(s.tracked_slot, axis=0)
    tracked_shipped = asked * tracked_fill
    link_shipped = tracked_shipped[: s.link_count]
    route_shipped = tracked_shipped[s.link_count :]
    route_lost = route_shipped * k.route_loss
    unused = granted * (1.0 - tracked_fill.take(s.regulated, axis=0))

    # Move
    surviving = xp.concatenate([link_shipped, route_shipped - route_lost])
    plain = s.slots_to_cells(rationed.fill) * ordered.take(s.static_ends.need, axis=0)
    arriving = state.arriving
    for by_cell, places in ((plain, s.static_places), (s.tracked_to_cells(surviving), s.tracked_places)):
        arriving = transport.dispatch(arriving=arriving, shipped=by_cell, places=places, step=number)
    arrived, arriving = transport.receive(arriving=arriving, step=number)
    inventory = state.inventory + arrived

    # Release
    gap = xp.maximum(k.reserve_trigger - inventory.take(s.pair_need, axis=0), 0.0)
    given, taken = reserves.release(
        reserve=state.reserve,
        largest=k.reserve_rate * s.reserve_open(number),
        gap=gap,
        sum_by_stock=s.pairs_to_reserves,
        pair_stock=s.pair_reserve,
        given_to_need=s.given_to_need,
        xp=xp,
    )
    released = s.pairs_to_needs(given)
    inventory = inventory + released

    # Produce and use
    limit = rules.production(s, inventory, xp)
    activity = xp.minimum(plan, limit)
    used = production.inputs_used(
        coefficient=k.coefficient, activity=activity.take(s.need_node, axis=0), stock=inventory, xp=xp
    )
    made = k.yields * activity.take(s.offer_node, axis=0)
    finished, in_making = transport.delay(ring=state.in_making, entering=made, lags=s.making, step=number)
    stock, discarded = production.discard_surplus(
        stock=state.stock - rationed.shipped + finished, ceiling=k.stock_ceiling, xp=xp
    )

    # Adapt
    shortfall = k.coefficient * (plan - activity).take(s.need_node, axis=0)
    done = Done(wanted, limit[: len(wanted)], activity[: len(wanted)])
    output, goal_activity = remember_output(s, state, done.activity, xp)
    share, reliability = rules.sourcing(
        s, state, number=number, regime=regime, ordered=link_ordered, shipped=link_shipped, xp=xp
    )
    missing = leakage.missing_share(
        ordered=s.links_to_touched(link_ordered), shipped=s.links_to_touched(link_shipped), usual=k.touched_use, xp=xp
    )
    wait = licensing.expected_wait(
        usual=k.link_use,
        licensed=regime.licensed * active * k.by_quantity,
        review_steps=regime.review_steps,
        rounds=regime.rounds,
    )
    remembered = s.while_regimes_stay(
        number, "remembered", lambda: 1.0 - k.forget_share * (1.0 - s.links_to_needs(k.base_share * regime.active))
    )
    after = State(
        stock=stock,
        in_making=in_making,
        smoothed_orders=planning.smooth(state.smoothed_orders, rationed.demanded.sum(axis=0), steps=k.smoothing_steps),
        inventory=inventory - used,
        arriving=arriving,
        refused=licensing.remember_refusals(
            refused=state.refused,
            denied=s.regulated_to_needs(review.denied),
            shortfall=shortfall,
            remembered=remembered,
            xp=xp,
        ),
        review_wait=planning.smooth(state.review_wait, wait, steps=k.seen_steps),
        stages=review.stages,
        permits=unused * regime.keep,
        rights=rights,
        share=share,
        reliability=reliability,
        route_capacity=leakage.grow_routes(
            capacity=state.route_capacity,
            pull=k.route_reach * missing.take(s.route_touched, axis=0),
            adapt_steps=k.adapt_steps,
        ),
        reserve=state.reserve - taken,
        overproduction=rules.overproduction.after(s, state, done, xp),
        labour=rules.labour.after(s, state, done, xp),
        output=output,
        goal_activity=goal_activity,
    )
    return after, Flows(
        plan=plan,
        activity=activity,
        goal=goal,
        on_order=on_order,
        ordered=ordered,
        arrived=arrived,
        released=released,
        used=used,
        demanded=rationed.demanded,
        fill=rationed.tier_fill,
        shipped=rationed.shipped,
        made=made,
        discarded=discarded,
        link_ordered=link_ordered,
        link_applied=by_quantity,
        link_approved=review.approved,
        link_denied=review.denied,
        link_returned=review.returned,
        link_expired=unused * (1.0 - regime.keep),
        link_shipped=link_shipped,
        rights_held=held,
        route_shipped=route_shipped,
        route_lost=route_lost,
        reserve_taken=taken,
        link_fill=rationed.link_fill,
    )


def _stock_goal(setup: Setup, follows: Follows, *, number: int, regime: RegimeStep, xp: Any) -> Any:
    """Goals of stocks for usual use, or of producers for the activity that their goals follow; see `ordering.stock_goal`."""
    k = setup.constants

    def goal(use: Any) -> Any:
        hoard = k.hoard_share * setup.links_to_needs(k.base_share * regime.feared)
        return ordering.stock_goal(use=use, cover_steps=k.cover_steps, lag_steps=k.lag_steps, hoard=hoard)

    if follows.goal is None:
        return setup.while_regimes_stay(number, "stock_goal", lambda: goal(k.use))
    return goal(xp.where(setup.of_producer, k.coefficient * follows.goal, k.use))


def _ship_under_rights(
    state: State, setup: Setup, *, wanted: Any, regime: RegimeStep, number: int, xp: Any
) -> tuple[Rights, Any, Any]:
    """Rights after the step, what ships under them and what is held, by link. Nothing where every permit is a quantity."""
    links = setup.right_links
    if not len(links):
        nothing = xp.zeros_like(wanted)
        return state.rights, nothing, nothing
    rights, passed, held = permits.use_rights(
        rights=state.rights,
        wanted=wanted[links],
        active=regime.active[setup.regulated][links],
        probability=regime.probability[links],
        decisions=regime.decisions[links],
        approval=regime.approval[links],
        denial=regime.denial[links],
        substeps=setup.substeps,
        validity=setup.right_validity,
        renewal=setup.renewal,
        step=number,
        xp=xp,
    )
    return rights, setup.rights_to_regulated(passed), setup.rights_to_regulated(held)
