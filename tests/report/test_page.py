"""The page stands alone, is well formed, can be read without colour or sight, and says so in words where there is nothing."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest
from pages_read import Page

import standoff
from standoff.errors import InputError
from standoff.results.report import write_report
from standoff.results.report.pages import render_report
from standoff.results.report.sections.evidence import command
from standoff.results.report.sections.ledger import ledger_section
from standoff.results.report.sections.overview import unmet_use
from standoff.results.report.source import Source
from standoff.results.result import Result
from standoff.results.words import LANGUAGES, read_words
from standoff.simulate.ensemble import run_ensemble
from standoff.simulate.scenario import scenario_from
from standoff.world.template import new_world

LARGEST_PAGE = 1_500_000


@pytest.fixture(params=LANGUAGES)
def text(request: pytest.FixtureRequest, result: Result) -> str:
    return render_report(result, words=read_words(request.param))


def test_nothing_is_loaded_from_elsewhere(text: str) -> None:
    page = Page(text)
    assert not {"script", "link", "img", "iframe", "object", "embed", "base"} & {tag for tag, _ in page.tags}
    references = [value for _, attributes in page.tags for name, value in attributes.items() if name in ("src", "href")]
    assert all(reference and reference.startswith("#") for reference in references)
    style = text[text.index("<style>") : text.index("</style>")]
    assert "@import" not in style
    assert all(address.startswith("#") for address in re.findall(r"url\(([^)]*)\)", text))


def test_every_element_is_closed_and_every_anchor_leads_somewhere(text: str) -> None:
    page = Page(text)
    assert page.faults == []
    names = [attributes["id"] for _, attributes in page.tags if attributes.get("id")]
    assert len(names) == len(set(names))
    assert {attributes["href"] for attributes in page.all("a")} <= {f"#{name}" for name in names}


def test_every_drawing_is_described_and_every_header_has_a_scope(text: str) -> None:
    page = Page(text)
    drawings = page.all("svg")
    assert all(drawing.get("aria-label") or drawing.get("aria-hidden") == "true" for drawing in drawings)
    assert all(header.get("scope") in ("row", "col") for header in page.all("th"))


def test_page_is_small(text: str, large: Result) -> None:
    assert len(text.encode()) < LARGEST_PAGE
    assert len(render_report(large, words=read_words("en")).encode()) < LARGEST_PAGE


def test_page_says_its_language(result: Result) -> None:
    for lang, code in (("en", "en"), ("zh", "zh-Hans")):
        assert Page(render_report(result, words=read_words(lang))).all("html") == [{"lang": code}]


def test_baseline_says_that_there_is_nothing_to_draw(baseline: Result) -> None:
    page = Page(render_report(baseline, words=read_words("en")))
    words = " ".join(page.texts)
    for key in (
        "supply.nothing",
        "use.rest",
        "stops.rest",
        "measures.rest",
        "queue.nothing",
        "ledger.rest",
        "flow.rest",
    ):
        assert read_words("en").say(key) in words


def test_report_is_a_file_or_nothing(baseline: Result, tmp_path: Path) -> None:
    path = write_report(baseline, tmp_path / "deep" / "report.html")
    assert path.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(InputError, match="language"):
        write_report(baseline, tmp_path / "other.html", lang="fr")
    assert sorted(child.name for child in tmp_path.rglob("*") if child.is_file()) == ["report.html"]


def test_same_run_gives_same_page(april: Result) -> None:
    words = read_words("en")
    assert render_report(april, words=words) == render_report(
        standoff.run("april-2025", world="magnets-small"), words=words
    )


def test_command_on_the_page_names_a_shipped_scenario_or_the_result_file(april: Result) -> None:
    words = read_words("en")
    assert command(Source(april, words)) == "standoff run april-2025 --world magnets-small"
    hidden = standoff.run("april-2025", world="magnets-small", as_of=dt.date(2025, 6, 30))
    assert command(Source(hidden, words)) == "standoff run april-2025 --world magnets-small --as-of 2025-06-30"
    changed = standoff.run("april-2025", world="magnets-small", changes={"hoard_share": 0.5})
    assert command(Source(changed, words)) == "standoff rerun result.nc"


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", ["april-2025", "baseline"])
def test_draws_put_ranges_beside_the_headline_and_into_both_sides_ledger(name: str, lang: str) -> None:
    result = standoff.run(name, world="magnets-small", until=dt.date(2025, 9, 29))
    summary = run_ensemble(result.scenario, result.world, draws=16, seed=1).summary()
    words = read_words(lang)
    page = render_report(result, words=words, draws=summary)
    assert Page(page).faults == []
    assert words.say("status.draws", draws=16) in page
    assert words.say("status.single_run") not in page
    for side in ("china", "usa"):
        assert words.say("column.range_from", side=words.family("side", side)) in page
    alone, beside = (ledger_section(Source(result, words, draws)).tables[0] for draws in (None, summary))
    assert len(beside.columns) == 3 * len(alone.columns) - 2
    for plain, ranged in zip(alone.rows, beside.rows, strict=True):
        assert list(plain) == [ranged[0], *ranged[1::3]]
        assert all(low <= high for low, high in zip(ranged[2::3], ranged[3::3], strict=True))
    assert (
        sum(row.count("（" if lang == "zh" else " (") for _, row in unmet_use(Source(result, words, summary)).rows) == 4
    )


def test_baseline_beside_a_run_adds_differences(april: Result, baseline: Result) -> None:
    alone = Page(render_report(april, words=read_words("en")))
    both = Page(render_report(april, words=read_words("en"), baseline=baseline))
    sections = [{attributes["id"] for attributes in page.all("section")} for page in (alone, both)]
    assert sections[1] - sections[0] == {"over-time", "compare-ledger", "compare-use", "compare-stops"}


@pytest.mark.parametrize(
    "change", [{"until": "2025-01-13"}, {"step_days": 31}, {"step_days": 1, "until": "2025-05-01"}]
)
def test_runs_of_any_length_and_step_have_a_report(change: dict[str, Any]) -> None:
    for scenario in ("april-2025", "cut-off"):
        short = standoff.run(scenario, world="magnets-small", changes=change)
        for lang in LANGUAGES:
            assert Page(render_report(short, words=read_words(lang))).faults == []


def test_a_made_up_world_has_a_report(tmp_path: Path) -> None:
    own = new_world(tmp_path / "own")
    scenario = scenario_from(
        {"name": "own", "title": {"en": "Own"}, "world": str(own), "start": "2025-01-06", "until": "2025-07-07"}
    )
    for lang in LANGUAGES:
        assert Page(render_report(standoff.run(scenario, world=own), words=read_words(lang))).faults == []
