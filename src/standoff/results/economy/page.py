"""The report of an economy: one HTML file, from the same parts as the report of a world."""

from __future__ import annotations

from pathlib import Path

from standoff.results.economy.due_section import due_section
from standoff.results.economy.result import EconomyResult
from standoff.results.economy.sections import events_section, evidence_section, losses_section, places_section
from standoff.results.economy.source import EconomySource
from standoff.results.report.content import BigNumber, FirstScreen, Section
from standoff.results.report.pages import render_page, write_whole
from standoff.results.words import read_words

BUILDERS = (losses_section, places_section, due_section, events_section, evidence_section)


def write_economy_report(result: EconomyResult, path: str | Path, *, lang: str = "en") -> Path:
    """Write the report of a run of an economy.

    Raises:
        InputError: a language that does not exist.
    """
    source = EconomySource(result, read_words(lang))
    page = render_page("report.html.j2", source.words, screen=first_screen(source), sections=sections_of(source))
    return write_whole(Path(path), page)


def write_economy_workbook(result: EconomyResult, path: str | Path, *, lang: str = "en") -> Path:
    """Write every table of the report as an Excel workbook."""
    from standoff.results.workbook import write_sections

    source = EconomySource(result, read_words(lang))
    return write_sections(Path(path), first_screen(source), sections_of(source), source.words)


def sections_of(source: EconomySource) -> tuple[Section, ...]:
    """Every section, in the order of the page."""
    sections = (build(source) for build in BUILDERS)
    return tuple(section for section in sections if section is not None)


def first_screen(source: EconomySource) -> FirstScreen:
    """Title, finding with every side in the same words, numbers, status."""
    say, result = source.say, source.result
    scenario = result.scenario
    chinese = source.words.lang == "zh"
    status = [
        say("status.done") if result.status == "done" else say("status.other", status=result.status),
        say("economy.rules", rules=scenario.rules),
        say("economy.changes", count=len(result.mrio.adjustments)),
    ]
    if result.diagnosis:
        status.append(say(f"economy_end.{result.diagnosis.status}", end=source.percent(result.diagnosis.end)))
    if result.spread is None:
        status.append(say("status.single_run"))
    return FirstScreen(
        title=(chinese and scenario.title.zh) or scenario.title.en or scenario.name,
        summary=(chinese and scenario.summary.zh) or scenario.summary.en,
        finding=finding(source),
        numbers=(
            by_side(source, "value_added_lost"),
            by_side(source, "unmet_final_use"),
            worst_day(source),
            world(source),
        ),
        status=tuple(status),
        warnings=result.warnings,
    )


def finding(source: EconomySource) -> str:
    """One sentence: what the world and every side lost of value added."""
    say, numbers = source.say, source.numbers
    lost = float(source.totals["value_added_lost"][0].sum())
    parts = [
        say("economy.side_part", side=source.side(side), amount=source.money(source.lost("value_added_lost", side)))
        for side in source.result.sides
    ]
    return say(
        "economy.finding",
        start=numbers.day(source.dates[0]),
        end=numbers.day(source.dates[-1]),
        amount=source.money(lost),
        share=source.percent(lost / float(source.usual.sum())),
        sides=source.words.join(parts),
    )


def by_side(source: EconomySource, name: str) -> BigNumber:
    """A loss of every side."""
    rows = tuple((source.side(side), source.money(source.lost(name, side))) for side in source.result.sides)
    key = {"value_added_lost": "economy.value_added_lost", "unmet_final_use": "economy.unmet"}[name]
    return BigNumber("", source.say(key), source.say("economy.whole_run"), rows)


def worst_day(source: EconomySource) -> BigNumber:
    """The largest loss of value added on one day, as a share of usual, for every side."""
    losses = source.result.losses
    rows = []
    for side, regions in source.result.sides.items():
        at = list(regions)
        usual = float(losses.usual_added[at].sum())
        lowest = float(losses.value_added_path[:, at].sum(axis=1).min())
        share = 1.0 - lowest / usual if usual > 0 else 0.0
        rows.append((source.side(side), source.percent(share if abs(share) > 1e-9 else 0.0)))
    return BigNumber("", source.say("economy.worst_day"), source.say("economy.worst_day_detail"), tuple(rows))


def world(source: EconomySource) -> BigNumber:
    """Value added that the world lost, with its range."""
    lost = float(source.totals["value_added_lost"][0].sum())
    detail = source.say("economy.no_range")
    if source.result.spread is not None:
        low, high = (end * source.scale for end in source.result.spread.world_range("value_added_lost"))
        detail = source.say("economy.between", low=source.money(low), high=source.money(high))
    return BigNumber(source.money(lost), source.say("economy.world_lost"), detail)
