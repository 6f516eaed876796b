"""The one step that all peers share. A rule set only says what fills its slots.

A step has two halves. In the first, nodes decide: what is demanded, made and delivered. The second follows from it need by need: what
arrives and is used, the stocks, the next orders and what the stocks will allow. It goes through the network in blocks that fit the cache,
once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from standoff.model import restocking
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
    m = Moment(economy, numbers, state, number, shocks)
    decide(m, rules)
    if buffers is None:
        buffers = Buffers(*(np.empty_like(state.stock) for _ in Buffers._fields))
    weight, book, input_limit = follow(m, rules, buffers)
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
        to_rebuilding=shocks.rebuilding * served.final_share,
        arrived=buffers.arrived,
        used=buffers.used,
    )


def decide(m: Moment, rules: RuleSet) -> None:
    """What nodes decide: demand, capacity, output, who is served."""
    state, supply = m.state, m.economy.supply
    m.book = supply.book(state.order_factor, state.supplier_weight) if state.book is None else state.book
    m.input_limit = _limit_of_stocks(m, rules) if state.input_limit is None else state.input_limit
    m.final = rules.consumption(m)
    m.demand = m.book + m.final + m.shocks.rebuilding
    m.overproduction = rules.overproduction(m)
    m.capacity_share = (1.0 - m.shocks.capacity_loss) * m.overproduction * m.state.labour
    m.capacity = m.economy.output * m.capacity_share
    m.output = np.minimum(m.demand, m.capacity)
    np.minimum(m.output, m.input_limit, out=m.output)
    m.activity = m.output * m.economy.per_output
    m.served = rules.rationing(m)


def _limit_of_stocks(m: Moment, rules: RuleSet) -> Any:
    known = rules.production.begin(m.state.output)
    for part in m.economy.parts:
        rules.production.add(part, m.state.stock[part.block.needs], known)
    return rules.production.limit(m.economy, known, m.numbers)


def follow(m: Moment, rules: RuleSet, buffers: Buffers) -> tuple[Any, Any, Any]:
    """Arrivals, use, stocks and orders of every need, written into ``buffers``.

    Returns:
        (weights of the suppliers in the orders, orders by supplier, output that the stocks allow), (nodes,) each.
    """
    economy, state = m.economy, m.state
    plan, weight = rules.ordering(m), rules.sourcing(m)
    firms_share = None if m.served.firms_share is None else state.supplier_weight * m.served.firms_share
    if firms_share is not None:
        into = buffers.order_factor if buffers.arrived is None else buffers.arrived
        arrived = economy.supply.arrivals(firms_share, state.order_factor, into)
        if arrived is not None:
            m.served, firms_share = replace(m.served, arrived=arrived), None
    seen: dict[int, Moved] = {}
    stays, met = _nothing_moves(m, rules, plan, firms_share, seen) if m.numbers.peer_compatible else (False, False)
    book, known = np.zeros_like(m.output), rules.production.begin(m.output)
    for place, part in enumerate(economy.parts):
        block, needs = part.block, part.block.needs
        use = part.use(m.activity)
        arrived, used, stock = seen.pop(place) if place in seen else move(m, part, use, firms_share)
        if stays:
            used, stock = arrived, state.stock[needs]
        rules.production.add(part, stock, known)
        orders = restocking.close_gap(
            use=use if plan.use is m.activity else part.use(plan.use),
            goal=_copy_of_bounded(part, stock)
            if met
            else _goal(part, plan, stock, use if plan.goal is m.activity else None),
            stock=stock,
            steps=part.restock,
            bounded=part.bounded,
            smallest_gap=plan.smallest_gap,
            smallest=plan.smallest,
        )
        reach = part.base if weight is None else block.reach(weight)
        np.divide(orders, reach, out=orders, where=reach != 0)
        block.add_orders(orders, book)
        buffers.stock[needs], buffers.order_factor[needs] = stock, orders
        if buffers.arrived is not None:
            buffers.arrived[needs], buffers.used[needs] = arrived, used
    book = economy.supply.finish_book(buffers.order_factor, book)
    if weight is None:
        return np.broadcast_to(1.0, m.output.shape), book, rules.production.limit(economy, known, m.numbers)
    return weight, book * weight, rules.production.limit(economy, known, m.numbers)


def move(m: Moment, part: Part, use: Any, firms_share: Any) -> Moved:
    """What arrives, what is used, and the stock after it, of each need of a block that wants to use ``use``."""
    needs, block = part.block.needs, part.block
    if firms_share is None:
        arrived = m.served.arrived[needs]
    else:
        arrived = block.reach(firms_share)
        arrived *= m.state.order_factor[needs]
    stock = m.state.stock[needs]
    if not part.need_is_group:  # what a group uses is taken from its needs in proportion to their stocks
        use = block.group_to_needs(block.group_total(use), stock)
    left = stock + arrived
    used = np.minimum(use, left)
    left -= used
    return arrived, used, left


def _goal(part: Part, plan: OrderPlan, stock: Any, use: Any) -> Any:
    """Goals of the stocks of a block; ``use`` is use at the activity that they follow, if known."""
    if plan.goal is None:
        use = part.base
    elif use is None:
        use = part.use(plan.goal)
    return np.multiply(part.cover, use, out=np.empty_like(stock))


def _copy_of_bounded(part: Part, stock: Any) -> Any:
    return stock.copy() if part.bounded is None else np.where(part.bounded, stock, 0.0)


def _nothing_moves(
    m: Moment, rules: RuleSet, plan: OrderPlan, firms_share: Any, seen: dict[int, Moved]
) -> tuple[bool, bool]:
    """(whether BoARIO takes all stocks for unmoved, whether it takes all goals for met). Keeps in ``seen`` what was computed for it."""

    parts = m.economy.parts

    def moved(place: int) -> Moved:
        if place not in seen:
            seen[place] = move(m, parts[place], parts[place].use(m.activity), firms_share)
        return seen[place]

    stays = rules.production.tolerant and all(restocking.nearly_equal(*moved(place)[:2]) for place in range(len(parts)))

    def near(place: int, part: Part) -> bool:
        stock = m.state.stock[part.block.needs] if stays else moved(place)[2]
        return restocking.nearly_equal(stock, _goal(part, plan, stock, None), among=part.bounded)

    return stays, plan.tolerant and all(near(place, part) for place, part in enumerate(parts))
