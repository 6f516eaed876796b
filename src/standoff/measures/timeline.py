"""Bars for a time line: when each measure is in force or paused, and at which rates a tariff is collected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from standoff.measures.calendar import change_dates, pause_on, runs_on
from standoff.measures.tariffs import within
from standoff.measures.trades import intervals_of

if TYPE_CHECKING:
    from datetime import date

    from standoff.measures.measure import Measure, TariffLayer
    from standoff.measures.register import Register
    from standoff.measures.settings import Settings
    from standoff.measures.trades import Interval
    from standoff.simulate.draws import Clock

SAME = ("measure", "state", "rates", "paused_rates")
"""Two stretches that follow each other and agree in these are one bar."""
Rates = tuple[float, float] | None


def timeline(register: Register, settings: Settings, clock: Clock) -> tuple[dict[str, Any], ...]:
    """Bars for a time line: for each measure, the stretches of the run in which it is in force or paused."""
    bars: list[dict[str, Any]] = []
    intervals = intervals_of(change_dates(register, settings), clock)
    for measure in register.rulebook(settings).measures:
        for interval in intervals:
            running = [limb for limb in measure.limbs if runs_on(measure, limb, interval.start)]
            if not running:
                continue
            paused = all(pause_on(limb.suspensions, interval.start, settings) for limb in running)
            _append(bars, measure, interval, state="suspended" if paused else "in force")
    return tuple(bars)


def tariff_timeline(register: Register, settings: Settings, clock: Clock) -> tuple[dict[str, Any], ...]:
    """The same for tariffs, cut where a rate changes.

    ``rates`` are the lowest and the highest rate that is collected over the goods of the measure, per cent of value (layers on the same
    goods add up), ``paused_rates`` those of layers that stand in the law but are paused; None where there is no such layer. A measure is
    suspended while it collects nothing.
    """
    bars: list[dict[str, Any]] = []
    intervals = intervals_of(change_dates(register, settings), clock)
    for measure in register.rulebook(settings).measures:
        for interval in intervals:
            collected, paused = _rates(measure, interval.start, settings)
            if collected is None and paused is None:
                continue
            state = "suspended" if collected is None else "in force"
            _append(bars, measure, interval, state=state, rates=collected, paused_rates=paused)
    return tuple(bars)


def _rates(measure: Measure, on: date, settings: Settings) -> tuple[Rates, Rates]:
    if measure.ended is not None and on >= measure.ended:
        return None, None
    present = [layer for layer in measure.layers if layer.start <= on and (layer.until is None or on < layer.until)]
    held = [pause_on(layer.suspensions, on, settings) is not None for layer in present]
    return (
        _ends([layer for layer, paused in zip(present, held, strict=True) if not paused]),
        _ends([layer for layer, paused in zip(present, held, strict=True) if paused]),
    )


def _ends(layers: list[TariffLayer]) -> Rates:
    """The lowest and the highest sum of rates over the headings that the layers name, and over all others where a layer names none."""
    if not layers:
        return None
    everywhere = [layer for layer in layers if not layer.hs]
    sums = [
        sum(layer.rate_percent for layer in layers if not layer.hs or any(within(code, own) for own in layer.hs))
        for code in {code for layer in layers for code in layer.hs}
    ]
    sums += [sum(layer.rate_percent for layer in everywhere)] if everywhere else []
    return round(min(sums), 4), round(max(sums), 4)


def _append(bars: list[dict[str, Any]], measure: Measure, interval: Interval, **said: Any) -> None:
    """Add a stretch, or lengthen the bar before it where that says the same."""
    last = bars[-1] if bars else None
    bar = {
        "measure": measure.id,
        "issuer": measure.issuer,
        "title": measure.title,
        "title_zh": measure.title_zh,
        "from": interval.start,
        "until": interval.end,
        **said,
    }
    if last and last["until"] == interval.start and all(last.get(key) == bar.get(key) for key in SAME):
        last["until"] = interval.end
    else:
        bars.append(bar)
