"""Measures as the simulation sees them: a link in a week is a standing transaction, and is determined as one.

For every link, and for every interval between two dates on which an answer can change, the same `determine` that answers a shipper
is asked. Its outcome becomes a gate, a licence regime or nothing:

=====================================  =====================================================================================
outcome                                in the simulation
=====================================  =====================================================================================
PROHIBITED                             gate closed
LICENCE_DENY, LICENCE, _CASE, _STD     licence regime, run by the numbers of the measure's ``administration``
NEED_FACT                              licence regime of the rule that is open: a missing fact never opens a gate
everything else                        open
looks like a controlled item           customs hold of the measure that controls its twin, for a share that eases
=====================================  =====================================================================================

The world is taken to have settled under what was in force on the eve of the first day: a trade that is treated as it was then is open,
and rates are those added since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.measures.administer import HOLD, administered, check_permits
from standoff.measures.calendar import change_dates
from standoff.measures.determine import determine
from standoff.measures.gates import Regime, Regimes, no_measures, no_regime
from standoff.measures.outcome import Outcome
from standoff.measures.tariffs import TariffStack, tariff_layers
from standoff.measures.timeline import tariff_timeline, timeline
from standoff.measures.trades import Interval, Trade, intervals_of, law_place, trades_of, transaction_of
from standoff.world.network import Network

if TYPE_CHECKING:
    from standoff.measures.determination import Determination, Finding
    from standoff.measures.register import Register
    from standoff.measures.settings import Settings
    from standoff.simulate.draws import Clock
    from standoff.world.tables import World

OPEN, CLOSED = 0, -1
"""Codes of a link's treatment beside the numbers of regimes. Codes below ``CLOSED`` say also which measure closes: see `_Compiler`."""


def compile_measures(
    world: World,
    network: Network,
    clock: Clock,
    *,
    register: Register,
    settings: Settings,
    permits: Mapping[str, str] | None = None,
) -> Regimes:
    """Gates and licence regimes of a register on a network.

    Args:
        world: for what the products are.
        network: the same world as arrays.
        clock: first day, number and length of steps.
        register: the measures of the scenario, and no others.
        settings: readings of open texts and the truce scenario.
        permits: whether licences are a ``quantity`` or a ``right``, by measure id, where not as the register says.

    Raises:
        InputError: ``permits`` names a measure or a kind of permit that does not exist.
    """
    check_permits(permits or {}, register)
    if not len(register):
        return no_measures(clock.steps)
    intervals = intervals_of(change_dates(register, settings), clock)
    trades, trade_of_link = trades_of(world, network)
    compiler = _Compiler(world, network, register, settings, permits or {})
    eve = clock.start - timedelta(days=1)
    settled = np.array([compiler.treat(trade, eve) for trade in trades])
    told = np.array([[compiler.treat(trade, interval.start) for trade in trades] for interval in intervals])
    treatment = np.maximum(told, CLOSED)
    treatment = np.where(treatment == np.maximum(settled, CLOSED), OPEN, treatment)
    tariff, by_measure = tariffs_by_trade(world, trades, intervals, register=register, settings=settings)
    touched_trades = ((treatment != OPEN) | (tariff != 0)).any(axis=0)
    links = np.flatnonzero(touched_trades[trade_of_link])
    trade_of = trade_of_link[links]
    closer = np.where(treatment == CLOSED, told, OPEN)[:, trade_of]
    regimes, by_link = _in_use(compiler.regimes, treatment[:, trade_of])
    weight = _overlap(intervals, clock)
    announced = _announced_steps(regimes, clock)
    index = _index(by_link, weight)
    return Regimes(
        regimes=regimes,
        links=links,
        index=index,
        in_force=weight @ (by_link > OPEN),
        gate=1.0 - weight @ (by_link == CLOSED),
        tariff=weight @ tariff[:, trade_of],
        since=_since(regimes, clock),
        feared=_feared(by_link, announced, intervals, clock),
        timeline=timeline(register, settings, clock),
        tariffs=tariff_timeline(register, settings, clock),
        closed_by=_closed_by(closer, compiler.closers, weight),
        tariff_by={name: weight @ rates[:, trade_of] for name, rates in by_measure.items() if rates[:, trade_of].any()},
    )


def tariffs_by_trade(
    world: World,
    trades: list[Trade],
    intervals: list[Interval],
    *,
    register: Register,
    settings: Settings,
) -> tuple[Any, dict[str, Any]]:
    """Rates that the scenario's measures add to those of the eve of its first day, share of value.

    Returns:
        (in all, (intervals, trades); the same by measure).
    """
    rates = np.zeros((len(intervals), len(trades)))
    layered = [measure.id for measure in register if measure.layers]
    by_measure = {measure: np.zeros(rates.shape) for measure in layered}
    if not layered:
        return rates, by_measure
    codes = world.tables["products"]["hs"]
    known: dict[tuple[str, str, str, date], TariffStack] = {}

    def stack(importer: str, exporter: str, code: str, on: date) -> TariffStack:
        key = (importer, exporter, code, on)
        if key not in known:
            known[key] = tariff_layers(importer, exporter, code, on, register, settings)
        return known[key]

    for column, trade in enumerate(trades):
        importer, exporter = law_place(world, trade.destination), law_place(world, trade.origin)
        if trade.origin == trade.destination or not codes[trade.product] or importer is None or exporter is None:
            continue
        code = codes[trade.product][0]
        base = stack(importer, exporter, code, intervals[0].start - timedelta(days=1))
        for row, interval in enumerate(intervals):
            now = stack(importer, exporter, code, interval.start)
            rates[row, column] = now.total_percent / 100.0 - base.total_percent / 100.0
            for sign, layers in ((0.01, now.layers), (-0.01, base.layers)):
                for layer in layers:
                    by_measure[layer.measure][row, column] += sign * layer.rate_percent
    return rates, by_measure


class _Compiler:
    """Determines trades interval by interval and collects the regimes that come up. Lives for one compilation.

    A closed gate is told as ``CLOSED - 1 - n``, where ``n`` is the position among ``closers`` of the measure that closes it.
    """

    def __init__(
        self,
        world: World,
        network: Network,
        register: Register,
        settings: Settings,
        permits: Mapping[str, str],
    ) -> None:
        self.world, self.network, self.register, self.settings = world, network, register, settings
        self.permits = permits
        self.regimes: list[Regime] = [no_regime()]
        self.number: dict[str, int] = {}
        self.closers: list[str] = []
        self.twins = _twins(world)

    def treat(self, trade: Trade, on: date) -> int:
        """Code of the treatment of a trade on a day: OPEN, closed or the number of a regime."""
        item_class = self.world.tables["products"]["item_class"][trade.product]
        if trade.origin == trade.destination and trade.via < 0:
            return OPEN
        if item_class:
            answer = self._determine(trade, on)
            finding = self._finding(answer)
            if Outcome.PROHIBITED in (answer.outcome, finding and finding.answer.outcome):
                closing = answer.deciding if answer.outcome is Outcome.PROHIBITED else finding
                return self._closed(closing.measure.id if closing else "")
            if finding is not None:
                return self._regime(finding, answer.outcome.code, on)
        for twin in self.twins.get(trade.product, ()):
            answer = self._determine(replace(trade, product=twin), on)
            finding = self._finding(answer)
            if finding is not None and self.register.administration(finding.measure, finding.limb).customs_hold:
                return self._regime(finding, HOLD, on)
        return OPEN

    def _closed(self, measure: str) -> int:
        if measure not in self.closers:
            self.closers.append(measure)
        return CLOSED - 1 - self.closers.index(measure)

    def _determine(self, trade: Trade, on: date) -> Determination:
        transaction = transaction_of(self.world, trade)
        return determine(transaction, on, self.register, self.settings)

    def _finding(self, answer: Determination) -> Finding | None:
        """The rule by whose licence the trade goes, None where it needs none."""
        if answer.outcome is Outcome.NEED_FACT:
            return answer.open_findings[0]
        return answer.deciding if answer.outcome.needs_licence else None

    def _regime(self, finding: Finding, outcome: str, on: date) -> int:
        label = f"{finding.key}:{outcome}"
        if label not in self.number:
            self.number[label] = len(self.regimes)
            administration = self.register.administration(finding.measure, finding.limb)
            kind = administration.permit_kind or "quantity"
            self.regimes.append(
                Regime(
                    label=label,
                    measure=finding.measure.id,
                    outcome=outcome,
                    start=max(finding.limb.effective, on) if outcome == HOLD else finding.limb.effective,
                    announced=finding.measure.known or finding.measure.announced or finding.limb.effective,
                    administration=administered(administration, hold=outcome == HOLD),
                    permit="quantity" if outcome == HOLD else self.permits.get(finding.measure.id, kind),
                )
            )
        return self.number[label]


def _closed_by(told: Any, closers: Sequence[str], weight: Any) -> dict[str, Any]:
    """Share of each step in which each measure closes each link's gate, (steps, links) by measure that closes any."""
    by_measure = {measure: told == CLOSED - 1 - number for number, measure in enumerate(closers)}
    return {measure: weight @ there for measure, there in by_measure.items() if there.any()}


def _in_use(regimes: list[Regime], by_link: Any) -> tuple[tuple[Regime, ...], Any]:
    """The regimes that hold somewhere in the run, renumbered, and the treatments with the new numbers."""
    used = [OPEN, *sorted({int(number) for number in np.unique(by_link)} - {OPEN, CLOSED})]
    number = np.full(len(regimes), OPEN)
    number[used] = np.arange(len(used))
    return tuple(regimes[old] for old in used), np.where(by_link == CLOSED, CLOSED, number[by_link])


def _announced_steps(regimes: Sequence[Regime], clock: Clock) -> Any:
    """Step (with a fraction) in which each regime was announced, (regimes,)."""
    return np.array(
        [0.0 if r.announced is None else (r.announced - clock.start).days / clock.step_days for r in regimes]
    )


def _twins(world: World) -> dict[int, tuple[int, ...]]:
    """For each product that looks controlled, the controlled products under the same customs heading."""
    products = world.tables["products"]
    codes = [{code[:6] for code in row} for row in products["hs"]]
    return {
        index: tuple(
            other
            for other, item in enumerate(products["item_class"])
            if other != index and item and not products["lookalike"][other] and codes[index] & codes[other]
        )
        for index, lookalike in enumerate(products["lookalike"])
        if lookalike
    }


def _overlap(intervals: list[Interval], clock: Clock) -> Any:
    """Share of each step that lies in each interval, (steps, intervals)."""
    begin = np.arange(clock.steps) * clock.step_days
    start = np.array([(interval.start - clock.start).days for interval in intervals], dtype=float)
    end = np.append(start[1:], np.inf)
    lengths = np.minimum(begin[:, None] + clock.step_days, end) - np.maximum(begin[:, None], start)
    return np.maximum(lengths, 0.0) / clock.step_days


def _index(by_link: Any, weight: Any) -> Any:
    """Regime of each link in each step: that of the last interval in the step with one, (steps, links)."""
    index = np.zeros((len(weight), by_link.shape[1]), dtype=np.int64)
    for step, row in enumerate(weight):
        for interval in np.flatnonzero(row > 0):
            index[step] = np.where(by_link[interval] > OPEN, by_link[interval], index[step])
    return index


def _since(regimes: Sequence[Regime], clock: Clock) -> Any:
    """Steps since each regime began, at the middle of each step and not below zero, (steps, regimes)."""
    start = np.array(
        [0.0 if regime.start is None else (regime.start - clock.start).days / clock.step_days for regime in regimes]
    )
    return np.maximum(np.arange(clock.steps)[:, None] + 0.5 - start, 0.0)


def _feared(by_link: Any, announced: Any, intervals: list[Interval], clock: Clock) -> Any:
    """Share of each step in which a link is under a regime or one has been announced for it, (steps, links)."""
    begin = np.arange(clock.steps)[:, None]
    feared = np.zeros((clock.steps, by_link.shape[1]))
    for row, interval in zip(by_link, intervals, strict=True):
        end = (interval.end - clock.start).days / clock.step_days
        known = np.clip(np.minimum(begin + 1, end) - np.maximum(begin, announced[np.maximum(row, 0)]), 0.0, 1.0)
        feared = np.maximum(feared, np.where(row > OPEN, known, 0.0))
    return feared
