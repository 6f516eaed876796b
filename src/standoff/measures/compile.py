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

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np

from standoff.errors import Problems, nearest
from standoff.measures.calendar import change_dates
from standoff.measures.content import content_shares
from standoff.measures.determine import determine
from standoff.measures.gates import (
    ADMINISTRATION_FIELDS,
    Administered,
    Regime,
    Regimes,
    no_measures,
    no_regime,
)
from standoff.measures.measure import Administration
from standoff.measures.outcome import Outcome
from standoff.measures.places import places as known_places
from standoff.measures.tariffs import tariff_layers
from standoff.measures.transaction import Item, Party, Transaction
from standoff.world.network import Network

if TYPE_CHECKING:
    from standoff.measures.determination import Determination, Finding
    from standoff.measures.measure import Figure
    from standoff.measures.register import Register
    from standoff.measures.settings import Settings
    from standoff.simulate.draws import Clock
    from standoff.world.tables import World

HOLD = "HOLD"
"""Label of the outcome of goods that are held because they look controlled."""
MILITARY_FROM_SHARE = 0.5
"""A producer counts as a military end user when at least half of what it sells goes to military uses (assumed)."""
PERMITS = ("quantity", "right")
OPEN, CLOSED = 0, -1
"""Codes of a link's treatment beside the numbers of regimes."""


@dataclass(frozen=True)
class Trade:
    """What links have in common that rules look at. Links of one trade are treated alike.

    ``content`` is the share of value that is listed material from China, in thousandths of a per cent, for the content rules of No. 61.
    """

    product: int
    origin: int
    destination: int
    via: int
    military: bool
    content: int = 0


@dataclass(frozen=True)
class Interval:
    """Days between two dates on which no answer changes: ``[start, end)``."""

    start: date
    end: date


def compile_measures(
    world: World,
    network: Network,
    clock: Clock,
    *,
    register: Register,
    settings: Settings,
    changes: Mapping[str, Mapping[str, float]] | None = None,
    permits: Mapping[str, str] | None = None,
) -> Regimes:
    """Gates and licence regimes of a register on a network.

    Args:
        world: for what the products are.
        network: the same world as arrays.
        clock: first day, number and length of steps.
        register: the measures of the scenario, and no others.
        settings: readings of open texts and the truce scenario.
        changes: other numbers of administration, by measure id and field.
        permits: whether licences are a ``quantity`` or a ``right``, by measure id, where not as the register says.

    Raises:
        InputError: ``changes`` names a measure or field that does not exist, or a number out of range.
    """
    check_changes(changes or {}, register)
    check_permits(permits or {}, register)
    if not len(register):
        return no_measures(clock.steps)
    intervals = intervals_of(change_dates(register, settings), clock)
    trades, trade_of_link = trades_of(world, network)
    compiler = _Compiler(world, network, register, settings, changes or {}, permits or {})
    eve = clock.start - timedelta(days=1)
    settled = np.array([compiler.treat(trade, eve) for trade in trades])
    treatment = np.array([[compiler.treat(trade, interval.start) for trade in trades] for interval in intervals])
    treatment = np.where(treatment == settled, OPEN, treatment)
    tariff = tariffs_by_trade(world, trades, intervals, register=register, settings=settings)
    touched_trades = ((treatment != OPEN) | (tariff != 0)).any(axis=0)
    links = np.flatnonzero(touched_trades[trade_of_link])
    by_link = treatment[:, trade_of_link[links]]
    regimes, by_link = _in_use(compiler.regimes, by_link)
    weight = _overlap(intervals, clock)
    announced = _announced_steps(regimes, clock)
    index = _index(by_link, weight)
    return Regimes(
        regimes=regimes,
        links=links,
        index=index,
        in_force=weight @ (by_link > OPEN),
        gate=1.0 - weight @ (by_link == CLOSED),
        tariff=weight @ tariff[:, trade_of_link[links]],
        since=_since(regimes, clock),
        feared=_feared(by_link, announced, intervals, clock),
        timeline=timeline(register, settings, clock),
    )


def trades_of(world: World, network: Network) -> tuple[list[Trade], Any]:
    """The distinct trades of a network and the trade of each ordinary link."""
    links, needs, offers, nodes = network.links, network.needs, network.offers, network.nodes
    military = military_nodes(network)
    content = _content(world, network)
    seller, buyer = offers.producer[links.offer], needs.consumer[links.need]
    rows = np.stack(
        [
            offers.product[links.offer],
            nodes.place[seller],
            nodes.place[buyer],
            links.via,
            military[buyer].astype(np.int64),
            content[links.offer],
        ],
        axis=1,
    )
    distinct, position = np.unique(rows, axis=0, return_inverse=True)
    trades = [Trade(int(p), int(o), int(d), int(v), bool(m), int(c)) for p, o, d, v, m, c in distinct]
    return trades, position.reshape(-1)


def _content(world: World, network: Network) -> Any:
    """Listed Chinese content of each offer in thousandths of a per cent, rounded to two digits so that like goods are one trade."""
    china = [place for place in range(len(network.places)) if law_place(world, place) == "CHN"]
    shares = sum((content_shares(world, network, place) for place in china), np.zeros(len(network.offers.yields)))
    thousandths = np.maximum(shares * 1e5, 0.0)
    digits = 10.0 ** np.maximum(np.floor(np.log10(np.maximum(thousandths, 1.0))) - 1, 0)
    return (np.round(thousandths / digits) * digits).astype(np.int64)


def military_nodes(network: Network) -> Any:
    """Which consumers are military end users: military uses, and producers that mostly sell to them, (nodes,).

    One stage up and no further: a maker of missile actuators is a military user, a magnet or metal maker that supplies it is not.
    """
    links, nodes = network.links, network.nodes
    seller = network.offers.producer[links.offer]
    value = links.flow * network.product_price[network.needs.product[links.need]]
    sales = np.bincount(seller, weights=value, minlength=len(nodes))
    to_military = value * nodes.military[network.needs.consumer[links.need]]
    sold = np.bincount(seller, weights=to_military, minlength=len(nodes))
    return nodes.military | ((sales > 0) & (sold >= MILITARY_FROM_SHARE * sales))


def intervals_of(days: Iterable[date], clock: Clock) -> list[Interval]:
    """Intervals of a run between dates on which an answer can change."""
    end = clock.start + timedelta(days=float(clock.steps * clock.step_days))
    inside = [day for day in days if clock.start < day < end]
    edges = [clock.start, *inside, end]
    return [Interval(start, stop) for start, stop in itertools.pairwise(edges)]


def transaction_of(world: World, trade: Trade) -> Transaction:
    """The standing transaction of a trade, with every fact that a world knows stated."""
    products = world.tables["products"]
    origin, destination = law_place(world, trade.origin), law_place(world, trade.destination)
    via = law_place(world, trade.via) if trade.via >= 0 else None
    buyer = Party(name="", country=destination, military=trade.military, lists=frozenset())
    codes = products["hs"][trade.product]
    return Transaction(
        item=Item(
            class_id=products["item_class"][trade.product] or None,
            elements=frozenset(products["elements"][trade.product]),
            complete=True,
            hs=codes[0] if codes else None,
        ),
        origin=origin,
        prc_content_percent=Decimal(trade.content) / 1000,
        technologies=frozenset(),
        exporter=Party(name="", country=origin, military=False, lists=frozenset()),
        ship_from=origin,
        ship_to=destination,
        transit=(via,) if via is not None else (),
        consignee=buyer,
        end_user=buyer,
        end_use=frozenset({"military" if trade.military else "civil"}),
        mode="sale",
        licence_held="none",
    )


def tariffs_by_trade(
    world: World,
    trades: list[Trade],
    intervals: list[Interval],
    *,
    register: Register,
    settings: Settings,
) -> Any:
    """Rate that the scenario's measures add to that of the eve of its first day, share of value, (intervals, trades)."""
    rates = np.zeros((len(intervals), len(trades)))
    layered = [measure for measure in register if measure.layers]
    if not layered:
        return rates
    codes = world.tables["products"]["hs"]
    known: dict[tuple[str, str, str, date], float] = {}

    def rate(importer: str, exporter: str, code: str, on: date) -> float:
        key = (importer, exporter, code, on)
        if key not in known:
            known[key] = float(tariff_layers(importer, exporter, code, on, layered, settings).total_percent) / 100.0
        return known[key]

    for column, trade in enumerate(trades):
        importer, exporter = law_place(world, trade.destination), law_place(world, trade.origin)
        if trade.origin == trade.destination or not codes[trade.product] or importer is None or exporter is None:
            continue
        code = codes[trade.product][0]
        base = rate(importer, exporter, code, intervals[0].start - timedelta(days=1))
        for row, interval in enumerate(intervals):
            rates[row, column] = rate(importer, exporter, code, interval.start) - base
    return rates


def law_place(world: World, place: int) -> str | None:
    """The country whose law a place of a world stands under, None where the world does not say: unknown to every rule."""
    table = world.tables["places"]
    code = table["law_as"][place] or table["place"][place]
    return code if code in known_places() else None


class _Compiler:
    """Determines trades interval by interval and collects the regimes that come up. Lives for one compilation."""

    def __init__(
        self,
        world: World,
        network: Network,
        register: Register,
        settings: Settings,
        changes: Mapping[str, Mapping[str, float]],
        permits: Mapping[str, str],
    ) -> None:
        self.world, self.network, self.register, self.settings, self.changes = (
            world,
            network,
            register,
            settings,
            changes,
        )
        self.permits = permits
        self.regimes: list[Regime] = [no_regime()]
        self.number: dict[str, int] = {}
        self.twins = _twins(world)

    def treat(self, trade: Trade, on: date) -> int:
        """Code of the treatment of a trade on a day: OPEN, CLOSED or the number of a regime."""
        item_class = self.world.tables["products"]["item_class"][trade.product]
        if trade.origin == trade.destination and trade.via < 0:
            return OPEN
        if item_class:
            answer = self._determine(trade, on)
            finding = self._finding(answer)
            if Outcome.PROHIBITED in (answer.outcome, finding and finding.answer.outcome):
                return CLOSED
            if finding is not None:
                return self._regime(finding, answer.outcome.code, on)
        for twin in self.twins.get(trade.product, ()):
            answer = self._determine(replace(trade, product=twin), on)
            finding = self._finding(answer)
            if finding is not None and self._administration(finding).customs_hold:
                return self._regime(finding, HOLD, on)
        return OPEN

    def _determine(self, trade: Trade, on: date) -> Determination:
        transaction = transaction_of(self.world, trade)
        return determine(transaction, on, self.register, self.settings)

    def _finding(self, answer: Determination) -> Finding | None:
        """The rule by whose licence the trade goes, None where it needs none."""
        if answer.outcome is Outcome.NEED_FACT:
            return answer.open_findings[0]
        return answer.deciding if answer.outcome.needs_licence else None

    def _administration(self, finding: Finding) -> Administration:
        """How the permission is run: the limb's numbers before the measure's before those of its outcome."""
        layers = [self.register.defaults.get(finding.limb.outcome), finding.measure.administration]
        layers.append(finding.limb.administration)
        merged = Administration()
        for layer in layers:
            if layer is not None:
                merged = Administration(
                    figures={**merged.figures, **layer.figures},
                    permit_kind=layer.permit_kind or merged.permit_kind,
                    permit_validity_days=layer.permit_validity_days or merged.permit_validity_days,
                    customs_hold=layer.customs_hold or merged.customs_hold,
                    note=layer.note or merged.note,
                )
        return merged

    def _regime(self, finding: Finding, outcome: str, on: date) -> int:
        label = f"{finding.key}:{outcome}"
        if label not in self.number:
            self.number[label] = len(self.regimes)
            changes = self.changes.get(finding.measure.id, {})
            administration = self._administration(finding)
            kind = administration.permit_kind or "quantity"
            self.regimes.append(
                Regime(
                    label=label,
                    measure=finding.measure.id,
                    outcome=outcome,
                    start=max(finding.limb.effective, on) if outcome == HOLD else finding.limb.effective,
                    announced=finding.measure.known or finding.measure.announced or finding.limb.effective,
                    administration=administered(administration, hold=outcome == HOLD, changes=changes),
                    permit="quantity" if outcome == HOLD else self.permits.get(finding.measure.id, kind),
                )
            )
        return self.number[label]


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


def administered(
    administration: Administration, *, hold: bool, changes: Mapping[str, float]
) -> dict[str, Administered]:
    """Numbers of how a regime is run, by name of ``ADMINISTRATION_FIELDS``."""
    figures = administration.figures
    held = administration.customs_hold
    found: dict[str, Figure | float] = {
        "review_days": held["hold_days"] if hold else figures["review_days"],
        "approval_share": 1.0 if hold else figures["approval_share"],
        "denied_share": 0.0 if hold else figures["denied_share"],
        "throughput": figures["throughput"],
        "validity_days": administration.permit_validity_days or 365.0,
        "cleared_share": figures["cleared_share"],
        "hold_share": held["share"] if hold else 1.0,
        "ease_days": held["ease_days"] if hold else float("inf"),
    }
    result = {}
    for name in ADMINISTRATION_FIELDS:
        figure = found[name]
        if isinstance(figure, float):
            result[name] = Administered(figure, figure, figure, "assumed", note="follows from what the regime is")
        else:
            result[name] = Administered(figure.value, figure.low, figure.high, figure.status, figure.source)
    for name, value in changes.items():
        if name in CHANGES and CHANGES[name] in result and (hold == name.startswith("hold_") or name == "throughput"):
            result[CHANGES[name]] = Administered(value, value, value, "assumed", note="set in the scenario")
    return result


CHANGES = {
    "review_days": "review_days",
    "approval_share": "approval_share",
    "denied_share": "denied_share",
    "throughput": "throughput",
    "validity_days": "validity_days",
    "cleared_share": "cleared_share",
    "hold_share": "hold_share",
    "hold_days": "review_days",
    "hold_ease_days": "ease_days",
}
"""Names under which a scenario may change a number of administration, and the field that it changes."""


def check_changes(changes: Mapping[str, Mapping[str, float]], register: Register) -> None:
    """Raise one report of every measure, name or value in a scenario's changes that cannot be."""
    problems = Problems("administration")
    for measure, fields in changes.items():
        if measure not in register:
            problems.add(
                why="the scenario has no such measure",
                cure=nearest(measure, register.ids),
                value=measure,
                column="administration",
            )
        for name, value in fields.items():
            share = name.endswith("share")
            if name not in CHANGES:
                problems.add(why="there is no such number of administration", cure=nearest(name, CHANGES), value=name)
            elif not 0 <= value <= (1 if share else float("inf")):
                problems.add(
                    why="out of range",
                    cure="Give a share between 0 and 1" if share else "Give a number of at least 0",
                    column=f"{measure}.{name}",
                    value=value,
                )
    problems.raise_if_any()


def check_permits(permits: Mapping[str, str], register: Register) -> None:
    """Raise one report of every measure or kind of permit that there is not."""
    problems = Problems("permits")
    for measure, kind in permits.items():
        if measure not in register:
            problems.add(why="the scenario has no such measure", cure=nearest(measure, register.ids), value=measure)
        if kind not in PERMITS:
            problems.add(why="there is no such kind of permit", cure=nearest(kind, PERMITS), column=measure, value=kind)
    problems.raise_if_any()


def timeline(register: Register, settings: Settings, clock: Clock) -> tuple[dict[str, Any], ...]:
    """Bars for a time line: for each measure, the stretches of the run in which it is in force or paused."""
    from standoff.measures.calendar import pause_on, runs_on

    bars: list[dict[str, Any]] = []
    intervals = intervals_of(change_dates(register, settings), clock)
    for measure in register.rulebook(settings).measures:
        for interval in intervals:
            running = [limb for limb in measure.limbs if runs_on(measure, limb, interval.start)]
            if not running:
                continue
            paused = all(pause_on(limb.suspensions, interval.start, settings) for limb in running)
            state = "suspended" if paused else "in force"
            last = bars[-1] if bars else None
            if last and (last["measure"], last["state"], last["until"]) == (measure.id, state, interval.start):
                last["until"] = interval.end
            else:
                bars.append(
                    {
                        "measure": measure.id,
                        "issuer": measure.issuer,
                        "title": measure.title,
                        "title_zh": measure.title_zh,
                        "from": interval.start,
                        "until": interval.end,
                        "state": state,
                    }
                )
    return tuple(bars)


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
