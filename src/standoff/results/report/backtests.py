"""The report of a back-test: one HTML file from the sections that the page shows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.results.report.content import BigNumber, FirstScreen
from standoff.results.report.pages import render_page, write_whole
from standoff.results.report.sections.backtest import NAIVE, OFF, Held, backtest_sections, finding_of
from standoff.results.words import Words, read_words

if TYPE_CHECKING:
    from standoff.studies.backtest.episode import Episode
    from standoff.studies.backtest.frozen import Frozen

LOW, MEDIAN, HIGH = 9, 49, 89
"""Places of the 80 % interval and the median among the quantiles that are kept."""


def write_backtest_report(
    episode: Episode, frozen: Frozen, found: Mapping[str, Any], path: str | Path, *, lang: str = "en"
) -> Path:
    """Write the report of a back-test.

    Args:
        episode, frozen: what was studied, and what is frozen of it.
        found: what `standoff.studies.backtest.study.backtest` returned.
        path: the HTML file.
        lang: ``en`` or ``zh``.

    Raises:
        InputError: a language that does not exist.
    """
    held = held_of(episode, frozen, found, read_words(lang))
    page = render_page(
        "report.html.j2", held.words, screen=first_screen(episode, held), sections=backtest_sections(held)
    )
    return write_whole(Path(path), page)


def held_of(episode: Episode, frozen: Frozen, found: Mapping[str, Any], words: Words) -> Held:
    """What the sections of a back-test read."""
    from standoff.studies.backtest.frozen import code_fingerprint
    from standoff.studies.backtest.months import label_of

    off = {
        (destination, label_of(month)): (float(levels[LOW]), float(levels[MEDIAN]), float(levels[HIGH]))
        for (forecast, destination, month), levels in frozen.quantiles.items()
        if forecast == OFF
    }
    same = frozen.record["code_fingerprint"] == code_fingerprint()
    return Held(found, off, naive_of(episode), same, words)


def naive_of(episode: Episode) -> dict[str, dict[tuple[str, str], float]]:
    """Every naive forecast of every month, from the months that the model's own forecast of it knows."""
    from standoff.studies.backtest.months import label_of
    from standoff.studies.backtest.rows import open_tonnes
    from standoff.studies.backtest.scores import monthly_history, naive_forecasts

    makers = naive_forecasts(episode.open_months[0])
    last = episode.open_months[-1]
    found: dict[str, dict[tuple[str, str], float]] = {name: {} for name in NAIVE}
    for destination, totals in open_tonnes(episode).items():
        history = monthly_history(totals)
        for month in (*episode.open_months, *episode.predicted):
            for name in NAIVE:
                guess = makers[name](history, month - 1 if month <= last else last, month)
                if guess is not None:
                    found[name][destination, label_of(month)] = float(guess)
    return found


def first_screen(episode: Episode, held: Held) -> FirstScreen:
    """Title, finding, numbers of the open months, status."""
    say, found = held.say, held.found
    title, summary = (text.model_dump() for text in (episode.title, episode.summary))
    lang = held.words.lang
    stops = found["stops"].values()
    day = held.numbers.day(date.fromisoformat(found["information_date"]))
    return FirstScreen(
        title=title[lang] or title["en"],
        summary=summary[lang] or summary["en"],
        finding=finding_of(held),
        numbers=(
            *_open_numbers(held),
            BigNumber(
                say(
                    "backtest.big_stops_value",
                    hits=sum(row["hits"] for row in stops),
                    misses=sum(row["misses"] for row in stops),
                ),
                say("backtest.big_stops"),
                say("backtest.big_stops_detail", count=sum(row["false_alarms"] for row in stops)),
            ),
        ),
        status=(
            say("backtest.status", day=day),
            say("frozen.same_code" if held.code_is_the_same else "frozen.other_code"),
        ),
    )


def _open_numbers(held: Held) -> tuple[BigNumber, ...]:
    world = held.found["summary_open"].get("World", {"n": 0})
    if not world["n"]:
        return ()
    known = {name: world[f"mae_{name}"] for name in NAIVE if world.get(f"mae_{name}") is not None}
    best = min(known, key=lambda name: float(known[name]))
    say = held.say
    return (
        BigNumber(held.tonnes(world["mae"]), say("score.mae"), say("backtest.big_months", count=world["n"])),
        BigNumber(held.tonnes(known[best]), say("backtest.big_naive"), held.words.family("naive", best)),
        BigNumber(held.tonnes(world["mae_measure_off"]), say("score.mae_measure_off")),
    )
