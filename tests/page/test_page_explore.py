"""Explore in a browser: first chart, levers, keyboard, links, languages."""

from __future__ import annotations

import re
from typing import Any

import pytest
from local_server import Server
from opened import opened

MOST_BYTES = 500_000
PAUSE_END = "[role=slider][aria-label*='pause ends']"


def test_the_first_page_is_light_and_asks_nobody_else(browser: Any, server: Server) -> None:
    with opened(browser, server, "#/explore") as there:
        there.page.wait_for_selector(".progress:has-text('draws')")
        assert 0 < there.bytes < MOST_BYTES


def test_a_lever_moves_numbers_lines_and_tables(browser: Any, server: Server) -> None:
    with opened(browser, server) as there:
        watched = ("#first_stop", "#unmet_sides", "#ledgers", "#uses", "#unmet .picture", "#waiting .picture")
        before = {part: there.page.inner_html(part) for part in watched}
        run = there.run()
        there.page.fill("[id='CN-2025-18.review_days']", "300")
        there.wait_for_other_run(run)
        assert {part for part in watched if there.page.inner_html(part) != before[part]} == set(watched)
        assert "review_days=300" in there.page.url


def test_the_numbers_on_the_page_are_those_of_the_run(browser: Any, server: Server) -> None:
    run = server.ask("/api/run", {"world": "magnets-small"}).json
    with opened(browser, server) as there:
        assert there.run() == run["id"]
        shown = there.page.inner_text("#first_stop .big").split()[0]
        assert float(shown) == pytest.approx(run["numbers"]["first_stop"]["weeks"], rel=0.01)
        lost = there.page.inner_text("#ledgers tbody tr:first-child td:nth-of-type(2)")
        assert float(re.sub(r"[^\d.]", "", lost)) == pytest.approx(run["ledger"]["usa"]["unmet_use"] / 1e9, rel=0.01)


def test_the_band_arrives_when_the_lever_rests(browser: Any, server: Server) -> None:
    with opened(browser, server) as there:
        there.page.wait_for_selector("#unmet_sides small:has-text('80 of 100')")
        there.page.wait_for_selector("#unmet g[aria-label=area]", state="attached")


def test_undo_and_reset_bring_the_published_run_back(browser: Any, server: Server) -> None:
    with opened(browser, server) as there:
        published = there.run()
        there.page.fill("#hoard_share", "0.7")
        moved = there.wait_for_other_run(published)
        there.page.click("#undo")
        assert there.wait_for_other_run(moved) == published


def test_a_walk_by_keyboard_alone(browser: Any, server: Server) -> None:
    with opened(browser, server) as there:
        page, keys = there.page, there.page.keyboard
        run = there.run()
        _tab_to(page, "[id='CN-2025-18.approval_share']")
        keys.press("ArrowLeft")
        run = there.wait_for_other_run(run)
        _tab_to(page, "#calendar .buttons button:first-of-type")
        keys.press("Enter")
        run = there.wait_for_other_run(run)
        page.wait_for_selector(PAUSE_END)
        _tab_to(page, PAUSE_END, back=True)
        day = int(page.get_attribute(PAUSE_END, "aria-valuenow"))
        keys.press("ArrowRight")
        there.wait_for_other_run(run)
        assert int(page.get_attribute(PAUSE_END, "aria-valuenow")) == day + 7
        _tab_to(page, "#ledgers .scroll")
        ledgers = page.inner_text("#ledgers table")
        assert "China" in ledgers
        assert "United States" in ledgers
        with page.expect_download() as download:
            _tab_to(page, "#take-csv")
            keys.press("Enter")
        assert download.value.suggested_filename.endswith(".csv")
        _tab_to(page, "#language", back=True)
        keys.press("Enter")
        page.wait_for_selector("html[lang='zh-CN']")
        assert "美元" in page.inner_text("#ledgers table")
        numbers, run = page.inner_text(".numbers dl"), there.run()
        page.reload()
        page.wait_for_selector(".results[data-run] #unmet svg")
        assert there.run() == run
        assert page.inner_text(".numbers dl").split()[0] == numbers.split()[0]


def test_a_handle_can_be_dragged(browser: Any, server: Server) -> None:
    with opened(browser, server) as there:
        handle = there.page.locator("[role=slider][aria-label*='begins']").first
        handle.scroll_into_view_if_needed()
        run, box = there.run(), handle.bounding_box()
        there.page.mouse.move(box["x"] + 12, box["y"] + 10)
        there.page.mouse.down()
        there.page.mouse.move(box["x"] + 160, box["y"] + 10, steps=5)
        there.page.mouse.up()
        there.wait_for_other_run(run)
        assert "calendar=" in there.page.url


def test_a_file_with_mistakes_is_reported_whole(browser: Any, server: Server) -> None:
    with opened(browser, server) as there:
        file = {"name": "mine.yaml", "mimeType": "application/yaml", "buffer": b"hoard: 3\nuntil: never\n"}
        there.page.set_input_files("input[accept='.yaml,.yml']", file)
        there.page.wait_for_selector(".problems li:nth-child(2)")
        there.faults.clear()  # the browser notes the refused upload on its console


def _tab_to(page: Any, selector: str, *, back: bool = False) -> None:
    """Press Tab until the focus is where it should be: that a person gets there is what is tested."""
    for _ in range(300):
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")
