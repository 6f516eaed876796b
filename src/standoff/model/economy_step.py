"""The one step of economies, under every rule set alike. A set only says what fills its slots.

A step has two halves. In the first, nodes decide: what is demanded, made and delivered. The second follows from it need by need: what
arrives and is used, the stocks, the next orders and what the stocks will allow. It goes through the network in blocks that fit the cache,
once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from standoff.model import ordering, restocking
from standoff.model.arrays import choose, every
from standoff.model.economy import (
    Buffers,
    Economy,
    EconomyFlows,
    EconomyState,
    Moment,
    OrderPlan,
    Part,
    RuleNumbers,
    Shocks,
    Sources,
)
from standoff.model.rulesets import RuleSet

Moved = tuple[Any, Any, Any]
"""By need: what arrives, what is used, the stock after it."""


def step(
    state: EconomyState,
    economy: Economy,
    rules: RuleSet,
    *,
    numbers: RuleNumbers,
    number: int,
    shocks: Shocks,
    buffers: Buffers | None = None,
) -> tuple[EconomyState, EconomyFlows]:
    """One step of any peer: capacity, demand, production, rationing, stocks, labour, orders.

    Args:
        state: at the start of the step.
        economy: constants.
        rules: one rule a slot.
        numbers: of the rules.
        number: of the step, from 0.
        shocks: what comes from outside in this step.
        buffers: arrays by need to write into; new ones if not given. Those of the state may be among them: it is used up then.

    Returns:
        (state at the end, what moved).
    """
    xp = economy.supply.xp
    if state.book is None or state.input_limit is None:
        state = ready(state, economy, rules, numbers=numbers)
    m = Moment(economy, numbers, state, number, shocks, xp)
    decide(m, rules)
    if buffers is None:
        buffers = Buffers(*(xp.empty_like(state.stock) for _ in Buffers._fields))
    buffers, weight, book, input_limit = follow(m, rules, buffers)
    served = m.served
    after = EconomyState(
        stock=buffers.stock,
        order_factor=buffers.order_factor,
        supplier_weight=weight,
        output=m.output,
        overproduction=m.overproduction,
        labour=rules.labour(m),
        book=book,
        input_limit=input_limit,
        smoothed_demand=m.plan.smoothed_demand,
        reliability=m.sources.reliability,
        counted_on=m.sources.counted_on,
    )
    return after, EconomyFlows(
        capacity=m.capacity,
        book=m.book,
        final=m.final,
        rebuilding=shocks.rebuilding,
        output=m.output,
        to_firms=served.to_firms,
        to_final=served.to_final,
        final_share=served.final_share,
        to_rebuilding=m.to_rebuilding,
        arrived=buffers.arrived,
        used=buffers.used,
        home_share=served.home_share,
        rest_share=served.rest_share,
    )


def ready(state: EconomyState, economy: Economy, rules: RuleSet, *, numbers: RuleNumbers) -> EconomyState:
    """The state with orders by supplier and the limit of the stocks, which the step before it left or which are asked for here, and with
    what the rules remember."""
    if state.book is None:
        state = state._replace(book=economy.supply.book(state.order_factor, state.supplier_weight))
    if state.input_limit is None:
        known = rules.production.begin(state.output, economy.supply.xp)
        for part in economy.parts:
            known = rules.production.add(part, state.stock[part.block.needs], known)
        state = state._replace(input_limit=rules.production.limit(economy, known, numbers))
    for memory in rules.memories:
        state = memory(state, economy)
    return state


def decide(m: Moment, rules: RuleSet) -> None:
    """What nodes decide: demand, capacity, output, who is served."""
    state, xp = m.state, m.xp
    m.book, m.input_limit = state.book, state.input_limit
    m.final = rules.consumption(m)
    m.demand = m.book + m.final + m.shocks.rebuilding
    m.overproduction = rules.overproduction(m)
    m.capacity_share = (1.0 - m.shocks.capacity_loss) * m.overproduction * m.state.labour
    m.capacity = m.economy.output * m.capacity_share
    output = xp.minimum(m.demand, m.capacity)
    m.output = xp.minimum(output, m.input_limit, out=output)
    m.activity = m.output * m.economy.per_output
    m.served = rules.rationing(m)
    m.to_rebuilding = m.shocks.rebuilding * m.served.final_share


def follow(m: Moment, rules: RuleSet, buffers: Buffers) -> tuple[Buffers, Any, Any, Any]:
    """Arrivals, use, stocks and orders of every need, written into ``buffers`` where arrays can be written to.

    Returns:
        (arrays by need; weights of the suppliers in the orders, orders by supplier, output that the stocks allow), (nodes,) each.
    """
    economy, state, xp = m.economy, m.state, m.xp
    m.plan, m.sources = rules.ordering(m), rules.sourcing(m)
    plan, weight = m.plan, m.sources.weight
    firms_share = None if m.served.firms_share is None else state.supplier_weight * m.served.firms_share
    if firms_share is not None:
        into = buffers.order_factor if buffers.arrived is None else buffers.arrived
        arrived = economy.supply.arrivals(firms_share, state.order_factor, into)
        if arrived is not None:
            if m.served.from_home is not None:
                arrived += m.served.from_home * state.order_factor
            m.served, firms_share = replace(m.served, arrived=arrived), None
    seen: dict[int, Moved] = {}
    stays, met = _nothing_moves(m, rules, plan, firms_share, seen) if m.numbers.peer_compatible else (False, False)

    def one(place: Any, part: Part, so_far: tuple[Any, Any]) -> tuple[tuple[Any, Any], tuple[Any, ...]]:
        block, needs = part.block, part.block.needs
        book, known = so_far
        use = part.use(m.activity)
        arrived, used, stock = seen.pop(place) if seen else move(m, part, use, firms_share)
        if stays is not False:
            used, stock = choose(stays, arrived, used), choose(stays, state.stock[needs], stock)
        known = rules.production.add(part, stock, known)
        goal = None if met is True else _goal(part, plan, stock, use if plan.goal is m.activity else None)
        if met is not False:
            goal = choose(met, _copy_of_bounded(part, stock), goal)
        orders = _orders(part, plan, stock, goal, use if plan.use is m.activity else part.use(plan.use))
        reach = _reach(part, m.sources)
        orders = restocking.per_flow(orders, reach, xp=xp)
        return (block.add_orders(orders, book), known), (stock, orders, arrived, used)

    begun = (xp.zeros(m.output.shape), rules.production.begin(m.output, xp))
    (book, known), written = economy.through_needs(one, begun, buffers)
    book = economy.supply.finish_book(written.order_factor, book)
    limit = rules.production.limit(economy, known, m.numbers)
    if weight is None:
        return written, xp.broadcast_to(1.0, m.output.shape), book, limit
    return written, weight, book * weight, limit


def move(m: Moment, part: Part, use: Any, firms_share: Any) -> Moved:
    """What arrives, what is used, and the stock after it, of each need of a block that wants to use ``use``."""
    needs, block = part.block.needs, part.block
    if firms_share is None:
        arrived = m.served.arrived[needs]
    else:
        arrived = block.reach(firms_share)
        if m.served.from_home is not None:
            arrived += m.served.from_home[needs]
        arrived *= m.state.order_factor[needs]
    stock = m.state.stock[needs]
    if not part.need_is_group:  # what a group uses is taken from its needs in proportion to their stocks
        use = block.group_to_needs(block.group_total(use), stock)
    left = stock + arrived
    used = m.xp.minimum(use, left)
    left -= used
    return arrived, used, left


def _goal(part: Part, plan: OrderPlan, stock: Any, use: Any) -> Any:
    """Goals of the stocks of a block, a new array; ``use`` is use at the activity that they follow, if known."""
    if plan.goal is None:
        use = part.base
    factors = (part.goal, part.block.at_need(plan.goal)) if use is None else (part.cover, use)
    return part.xp.multiply(*factors, out=part.xp.empty_like(stock))


def _reach(part: Part, sources: Sources) -> Any:
    """Base flow that orders of a block are spread over, suppliers weighted."""
    if sources.reach is not None:
        return sources.reach[part.block.needs]
    return part.base if sources.weight is None else part.block.reach(sources.weight)


def _orders(part: Part, plan: OrderPlan, stock: Any, goal: Any, use: Any) -> Any:
    """Orders of a block, in the place of ``goal``, a new array, where nothing bounds them from above."""
    if plan.largest is None:
        return restocking.close_gap(
            use=use,
            goal=goal,
            stock=stock,
            steps=part.restock,
            bounded=part.bounded,
            destocks=plan.destocks,
            smallest=plan.smallest,
            xp=part.xp,
        )
    return ordering.order_to_goal(
        coefficient=1.0,
        plan=use,
        goal=goal,
        on_hand=stock if part.bounded is None else part.xp.where(part.bounded, stock, goal),
        on_order=0.0,
        restock_steps=part.restock,
        largest=plan.largest * part.base,
        xp=part.xp,
    )


def _copy_of_bounded(part: Part, stock: Any) -> Any:
    return stock.copy() if part.bounded is None else part.xp.where(part.bounded, stock, 0.0)


def _nothing_moves(
    m: Moment, rules: RuleSet, plan: OrderPlan, firms_share: Any, seen: dict[int, Moved]
) -> tuple[Any, Any]:
    """(whether BoARIO takes all stocks for unmoved, whether it takes all goals for met). Keeps in ``seen`` what was computed for it."""

    parts = m.economy.parts

    def moved(place: int) -> Moved:
        if place not in seen:
            seen[place] = move(m, parts[place], parts[place].use(m.activity), firms_share)
        return seen[place]

    def unmoved(place: int) -> Any:
        return restocking.nearly_equal(*moved(place)[:2], xp=m.xp)

    stays = rules.production.tolerant and every(unmoved(place) for place in range(len(parts)))

    def near(place: int, part: Part) -> Any:
        stock = m.state.stock[part.block.needs]
        if stays is not True:
            stock = choose(stays, stock, moved(place)[2])
        return restocking.nearly_equal(stock, _goal(part, plan, stock, None), among=part.bounded, xp=m.xp)

    return stays, plan.tolerant and every(near(place, part) for place, part in enumerate(parts))
