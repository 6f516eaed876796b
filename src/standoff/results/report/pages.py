"""From sections to one HTML file: Jinja2 templates, style inside, no script, nothing loaded from elsewhere."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.results.numbers import Numbers
from standoff.results.report.content import Section
from standoff.results.report.sections import (
    difference,
    evidence,
    flow,
    ledger,
    measures,
    overview,
    stocks,
    stops,
    supply,
    use,
)
from standoff.results.report.source import Source
from standoff.results.words import Words, read_words

if TYPE_CHECKING:
    from jinja2 import Environment

    from standoff.results.compare import Comparison
    from standoff.results.result import Result

BUILDERS = (
    flow.flow_section,
    supply.supply_section,
    stocks.stocks_section,
    use.use_section,
    stops.stops_section,
    ledger.ledger_section,
    measures.measures_section,
    measures.queue_section,
    evidence.assumptions_section,
    evidence.sources_section,
)


def write_report(
    result: Result,
    path: str | Path,
    *,
    lang: str = "en",
    baseline: Result | None = None,
    draws: Mapping[str, Any] | None = None,
) -> Path:
    """Write the report of a run.

    Args:
        result: the run.
        path: the HTML file; folders are made.
        lang: ``en`` or ``zh``.
        baseline: a run to stand beside it; adds a section of differences.
        draws: summary of an ensemble of the same scenario; adds ranges to the first screen and the ledger.

    Returns:
        The path written. The file is whole or not there.

    Raises:
        InputError: a language that does not exist.
    """
    return write_whole(Path(path), render_report(result, words=read_words(lang), baseline=baseline, draws=draws))


def render_report(
    result: Result, *, words: Words, baseline: Result | None = None, draws: Mapping[str, Any] | None = None
) -> str:
    """The report as HTML text."""
    source = Source(result, words, draws)
    sections = build_sections(source)
    if baseline is not None:
        from standoff.results.compare import compare_results

        sections = (*difference.difference_sections(compare_results(baseline, result), words), *sections)
    return render_page("report.html.j2", words, screen=overview.first_screen(source), sections=sections)


def render_comparison(comparison: Comparison, *, words: Words) -> str:
    """Two runs side by side as HTML text."""
    return render_page(
        "report.html.j2",
        words,
        screen=difference.difference_screen(comparison, words),
        sections=difference.difference_sections(comparison, words),
    )


def build_sections(source: Source) -> tuple[Section, ...]:
    """Every section, in the order of the page."""
    return tuple(build(source) for build in BUILDERS)


def render_page(template: str, words: Words, **content: Any) -> str:
    """A page of the templates with words, number writers and content."""
    return (
        environment().get_template(template).render(lang=words.lang, say=words.say, cell=Numbers(words).cell, **content)
    )


@cache
def environment() -> Environment:
    """Templates of the report and of its drawings; every value is escaped."""
    from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=ChoiceLoader([PackageLoader("standoff.results.report"), PackageLoader("standoff.results.charts")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write_whole(path: Path, text: str) -> Path:
    """Write a text file whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    return path
