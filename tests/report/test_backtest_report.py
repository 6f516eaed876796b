"""The report of a back-test: the drawings and sentences that the page shows, in both languages, from words of the table alone."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from test_words import marked

from standoff.results.report.backtests import first_screen, held_of, write_backtest_report
from standoff.results.report.pages import render_page
from standoff.results.report.sections.backtest import backtest_sections
from standoff.studies.backtest.episode import read_episode
from standoff.studies.backtest.frozen import FOLDER, Frozen, read_frozen
from standoff.studies.backtest.study import backtest
from standoff.web.backtests import frozen_view

EPISODE = read_episode("magnets-2025")


@pytest.fixture(scope="module")
def frozen() -> Frozen:
    return read_frozen(EPISODE.folder / FOLDER)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_the_report_draws_and_says_what_the_page_does(tmp_path: Path, frozen: Frozen, lang: str) -> None:
    path = write_backtest_report(EPISODE, frozen, backtest(EPISODE, frozen), tmp_path / "b.html", lang=lang)
    text = unescape(path.read_text(encoding="utf-8"))
    sections = frozen_view(EPISODE.name)["sections"][lang]
    assert len(sections) >= 5
    for section in sections:
        assert section["sentence"] in text
        for picture in section["pictures"]:
            for chart in picture["charts"]:
                assert chart["description"] in text
                for mark in chart["marks"]:
                    assert mark["attributes"].get("d", "") in text


def test_the_report_runs_no_script_and_loads_nothing(tmp_path: Path, frozen: Frozen) -> None:
    text = write_backtest_report(EPISODE, frozen, backtest(EPISODE, frozen), tmp_path / "b.html").read_text("utf-8")
    assert "<script" not in text
    assert not re.search(r"(src|href)=\"(?!#)", text)


def test_every_word_of_the_report_is_in_the_table(frozen: Frozen) -> None:
    words = marked()
    held = held_of(EPISODE, frozen, backtest(EPISODE, frozen), words)
    page = render_page("report.html.j2", words, screen=first_screen(EPISODE, held), sections=backtest_sections(held))
    body = re.sub(r"<(style|head)>.*?</\1>|<[^>]+>", " ", page, flags=re.DOTALL)
    body = unescape(body)
    for text in (EPISODE.title.en, EPISODE.summary.en, "standoff backtest magnets-2025"):
        body = body.replace(text, " ")
    body = re.sub(r"\b[0-9a-f]{16}\b", " ", body)  # fingerprints
    assert re.findall(r"[^\W\d_]{2,}", body) == []
