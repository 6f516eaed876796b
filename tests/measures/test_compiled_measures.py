"""The simulation sees the same law as a shipper: for random links and days, its gate equals the determination."""

from __future__ import annotations

import random
from datetime import date, timedelta

import pytest

from standoff.measures.calendar import change_dates
from standoff.measures.compile import compile_measures
from standoff.measures.determine import determine
from standoff.measures.outcome import Outcome
from standoff.measures.register import load_register
from standoff.measures.settings import DEFAULT_SETTINGS
from standoff.measures.trades import Trade, trades_of, transaction_of
from standoff.simulate.draws import Clock
from standoff.world.build import build_network
from standoff.world.tables import World, read_world

OPEN, CLOSED = "open", "closed"
TRIES = 400


def treatment(world: World, trade: Trade, on: date) -> str:
    """What the law asks of a trade on a day: nothing, a licence under a rule, or that it stays."""
    if not world.tables["products"]["item_class"][trade.product] or (
        trade.origin == trade.destination and trade.via < 0
    ):
        return OPEN
    found = determine(transaction_of(world, trade), on, load_register(), DEFAULT_SETTINGS)
    deciding = found.open_findings[0] if found.outcome is Outcome.NEED_FACT else found.deciding
    if deciding is not None and Outcome.PROHIBITED in (found.outcome, deciding.answer.outcome):
        return CLOSED
    asks = found.outcome.needs_licence or found.outcome is Outcome.NEED_FACT
    return f"{deciding.key}:{found.outcome.code}" if asks and deciding is not None else OPEN


@pytest.mark.parametrize("start", [date(2024, 12, 30), date(2025, 9, 29)])
def test_the_gate_of_a_link_equals_the_determination_of_its_shipment(start: date) -> None:
    world = read_world("magnets-small")
    network = build_network(world)
    clock = Clock(start=start, steps=100, step_days=7.0)
    register = load_register()
    regimes = compile_measures(world, network, clock, register=register, settings=DEFAULT_SETTINGS)
    trades, trade_of_link = trades_of(world, network)
    column = {int(link): number for number, link in enumerate(regimes.links)}
    changes = set(change_dates(register))
    dice = random.Random(17)
    seen: dict[str, int] = {}
    for _ in range(TRIES):
        link, step = dice.randrange(len(trade_of_link)), dice.randrange(clock.steps)
        first = start + timedelta(days=7 * step)
        if any(first + timedelta(days=day) in changes for day in range(1, 7)):
            continue
        trade = trades[trade_of_link[link]]
        lookalike = world.tables["products"]["lookalike"][trade.product]
        law, eve = treatment(world, trade, first), treatment(world, trade, start - timedelta(days=1))
        expected = OPEN if law == eve else law
        number = column.get(link)
        gate = 1.0 if number is None else float(regimes.gate[step, number])
        label = OPEN if number is None else regimes.regimes[regimes.index[step, number]].label
        assert gate == (0.0 if expected == CLOSED else 1.0)
        if expected not in (OPEN, CLOSED):
            assert label == expected
        elif not lookalike:
            assert number is None or regimes.index[step, number] == 0
        seen[expected] = seen.get(expected, 0) + 1
    assert seen[OPEN] > 0
    assert any(key not in (OPEN, CLOSED) for key in seen)
