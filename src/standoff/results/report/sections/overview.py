"""The first screen: what was run, what came out for every side, four numbers, and whether the run is sound."""

from __future__ import annotations

import numpy as np

from standoff.results.report.content import BigNumber, FirstScreen
from standoff.results.report.figures.controls import first_day, lowest_served, share_of_orders_waiting
from standoff.results.report.figures.stops import days_after, last_day
from standoff.results.report.source import Source


def first_screen(source: Source) -> FirstScreen:
    """Title, generated finding, numbers, status."""
    scenario = source.result.scenario
    chinese = source.words.lang == "zh"
    return FirstScreen(
        title=(chinese and scenario.title.zh) or scenario.title.en,
        summary=(chinese and scenario.summary.zh) or scenario.summary.en,
        finding=finding(source),
        numbers=(first_stop(source), unmet_use(source), not_served(source), orders_waiting(source)),
        status=status_line(source),
        warnings=tuple(str(warning) for warning in source.result.world.warnings),
    )


def finding(source: Source) -> str:
    """One sentence with the losses of every side, in the same terms."""
    say, numbers, result = source.say, source.numbers, source.result
    span = {"start": numbers.day(source.effect or result.scenario.start), "end": numbers.day(last_day(result))}
    ledger = result.ledger.by_side()
    if source.effect is None and all(round(row["unmet_use"]) == 0 for row in ledger.values()):
        return say("finding.rest", **span)
    lowest = lowest_served(result, source.controlled)
    head = (
        say("finding.shipments", share=numbers.percent(lowest.share), day=numbers.day(lowest.day))
        if lowest
        else say("finding.no_control")
    )

    unmet = (
        say("finding.unmet", side=source.labels.in_side(side), amount=numbers.money(ledger[side]["unmet_use"]))
        for side in source.sides
    )
    revenue = (change_of_revenue(source, side, -ledger[side]["export_revenue_lost"]) for side in source.sides)
    return say("finding.losses", head=head, unmet=source.words.join(unmet), revenue=source.words.join(revenue), **span)


def change_of_revenue(source: Source, side: str, change: float) -> str:
    """Falls, rises or stays, in the same words for every side."""
    moved = "finding.revenue_rises" if change > 0 else "finding.revenue_falls"
    key = moved if round(change) else "finding.revenue_same"
    return source.say(key, side=source.labels.in_side(side), amount=source.numbers.usd(abs(change)))


def first_stop(source: Source) -> BigNumber:
    """Days until the first line stops, and where."""
    say, numbers = source.say, source.numbers
    label = say("big.first_stop")
    first = source.stops[0] if source.stops else None
    if first is None or not np.isfinite(first.days):
        return BigNumber(say("big.no_stop"), label, f"{say('big.no_stop_detail')}{first_use_over_draws(source)}")
    together = [stop for stop in source.stops if stop.days == first.days]
    largest = max(together, key=lambda stop: stop.first_share)
    use = next((stop for stop in source.stops if stop.is_use and np.isfinite(stop.days)), None)
    detail = say(
        "big.first_stop_detail" if len(together) == 1 else "big.first_stop_detail_others",
        where=source.labels.consumers[largest.label],
        share=numbers.percent(largest.first_share),
        others=len(together) - 1,
        run_days=numbers.days(largest.days),
        use=say("big.first_use", use=source.labels.consumers[use.label], days=since(source, use.days)) if use else "",
    )
    return BigNumber(since(source, first.days), label, f"{detail}{first_use_over_draws(source)}")


def first_use_over_draws(source: Source) -> str:
    """When the first final use stops over the draws, as a sentence; nothing where none were run."""
    if source.draws is None:
        return ""
    stop = source.draws["first_use_stop"]
    if not stop["share_of_draws"]:
        return source.say("big.no_use_draws", draws=source.draws["draws"])
    ends = ("low80", "high80")
    low, high = (since(source, stop[end]) if stop[end] is not None else source.say("big.never_in_run") for end in ends)
    return source.say(
        "big.first_use_draws",
        share=source.numbers.percent(stop["share_of_draws"]),
        draws=source.draws["draws"],
        low=low,
        high=high,
    )


def since(source: Source, days: float) -> str:
    """Days of the run as days after the first effect of a measure."""
    return source.numbers.days(days_after(source.result, days, source.effect))


def unmet_use(source: Source) -> BigNumber:
    """Unmet final use of every side, with its range where draws were run."""
    say, numbers, ledger = source.say, source.numbers, source.result.ledger.by_side()
    total = sum(row["unmet_use"] for row in ledger.values())
    amounts = {side: numbers.usd(ledger[side]["unmet_use"]) for side in source.sides}
    detail = say("big.unmet_total", amount=numbers.usd(total))
    if source.draws is not None:
        for side, amount in amounts.items():
            spread = source.draws["ledger_usd"][side]["unmet_use"]
            low, high = (numbers.plain(spread[end]) for end in ("low80", "high80"))
            amounts[side] = say("big.with_range", amount=amount, low=low, high=high)
        whole = source.draws["unmet_use_usd"]
        detail += say(
            "big.unmet_draws",
            draws=source.draws["draws"],
            low=numbers.usd(whole["low80"]),
            high=numbers.usd(whole["high80"]),
        )
    rows = tuple((source.labels.side(side), amount) for side, amount in amounts.items())
    return BigNumber("", say("big.unmet"), detail, rows)


def not_served(source: Source) -> BigNumber:
    """The largest share of controlled flow that was not served."""
    say, numbers = source.say, source.numbers
    lowest = lowest_served(source.result, source.controlled)
    if lowest is None:
        return BigNumber(say("big.nothing_controlled"), say("big.not_served"), say("big.nothing_controlled_detail"))
    products = np.unique(source.controlled.product)
    worst = min(products, key=lambda product: product_low(source, product))
    return BigNumber(
        numbers.percent(max(1.0 - lowest.share, 0.0)),
        say("big.not_served"),
        say(
            "big.not_served_detail",
            share=numbers.percent(lowest.share),
            day=numbers.day(lowest.day),
            product=source.product(worst),
            product_share=numbers.percent(product_low(source, worst)),
        ),
    )


def product_low(source: Source, product: int) -> float:
    """Lowest share of the base year at which a controlled product ships; infinite where it has no trade in the base year."""
    lowest = lowest_served(source.result, source.controlled, source.controlled.product == product)
    return lowest.share if lowest else np.inf


def orders_waiting(source: Source) -> BigNumber:
    """Orders that wait for a licence at the peak of the queue."""
    say, numbers = source.say, source.numbers
    label = say("big.waiting")
    if source.queue is None:
        return BigNumber(say("big.no_queue"), label, say("big.no_queue_detail"))
    share = share_of_orders_waiting(source.result, source.controlled)
    step = int(np.argmax(share))
    weeks = source.queue.weeks_waiting * source.result.scenario.step_days / 7
    peak = int(np.argmax(weeks))
    return BigNumber(
        numbers.percent(float(share[step])),
        label,
        say(
            "big.waiting_detail",
            day=numbers.day(first_day(source.result, step)),
            weeks=numbers.plain(float(weeks[peak])),
            peak=numbers.day(first_day(source.result, peak)),
        ),
    )


def status_line(source: Source) -> tuple[str, ...]:
    """Whether the run is sound, in a few short statements."""
    say, result = source.say, source.result
    count = len(result.world.warnings)
    return (
        say("status.done") if result.status == "done" else say("status.other", status=result.status),
        say("status.mass", residual=f"{result.residual:.1e}"),
        say("status.warnings", count=count) if count else say("status.no_warnings"),
        say("status.single_run") if source.draws is None else say("status.draws", draws=source.draws["draws"]),
    )
