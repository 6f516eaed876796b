"""Claims and back-tests in a browser: found, scored, walked through by keyboard; bands that fail say so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from local_server import Server
from opened import opened

from standoff.results.numbers import Numbers
from standoff.results.words import read_words

AUDIT_MS = 300_000
ROWS = (
    b"month,period_end,product,destination,value,unit\n"
    b"2025-07,,RE magnets (HS 8505.11),World,5001,t\n2025-08,,RE magnets (HS 8505.11),World,5002,t\n"
)


def test_claims_are_searched_and_the_model_answers(browser: Any, server: Server) -> None:
    with opened(browser, server, "#/claims") as there:
        page = there.page
        page.wait_for_selector("#claim-A18 code", timeout=AUDIT_MS)
        assert "Does not hold" in page.inner_text("#claim-A18")
        assert "37 kg" in page.inner_text("#claim-A18")
        page.fill("input[type=search]", "F-35 needs")
        page.wait_for_function("() => document.querySelectorAll('.claim').length === 1")
        page.fill("input[type=search]", "")
        page.select_option("#claims-verdict", "holds only if")
        shown = page.locator(".claim").all_inner_texts()
        assert shown
        assert all("Holds only in part of the range" in text for text in shown)


def test_a_claim_leads_to_what_was_run(browser: Any, server: Server) -> None:
    with opened(browser, server, "#/claims") as there:
        there.page.wait_for_selector("#claim-A55 code", timeout=AUDIT_MS)
        there.page.click("#claim-A55 a[href*=explore]")
        there.page.wait_for_selector(".results[data-run] #unmet svg")
        assert "scenario=cut-off" in there.page.url
        assert "until=" in there.page.url


def test_later_rows_are_scored_and_can_be_put_away(browser: Any, server: Server) -> None:
    with opened(browser, server, "#/backtests") as there:
        page = there.page
        dots = page.locator("circle.observed").count()
        page.set_input_files("input[type=file]", {"name": "later.csv", "mimeType": "text/csv", "buffer": ROWS})
        page.wait_for_selector(".observed:has-text('2 months scored')")
        assert (
            page.locator("circle.observed").count() == dots + 4
        )  # in the picture of the world and beside the naive forecasts
        assert "later months" in page.inner_text("#scores table")
        page.click(".observed button")
        page.wait_for_function(f"() => document.querySelectorAll('circle.observed').length === {dots}")


def test_a_wrong_file_is_reported_and_the_frozen_forecasts_stay(browser: Any, server: Server) -> None:
    with opened(browser, server, "#/backtests") as there:
        page = there.page
        file = {"name": "later.csv", "mimeType": "text/csv", "buffer": ROWS.replace(b"2025-07", b"2025-77")}
        page.set_input_files("input[type=file]", file)
        page.wait_for_selector(".problems li")
        assert "2025-77" in page.inner_text(".problems")
        assert page.locator(".reported figure svg").count() > 10
        there.faults.clear()  # the browser notes the refused upload on its console


def test_the_new_pages_are_walked_by_keyboard_alone(browser: Any, server: Server) -> None:
    with opened(browser, server, "#/backtests") as there:
        page, keys = there.page, there.page.keyboard
        for target in ("input[type=file]", ".reported .single", ".reported button", "#forecasts summary"):
            _tab_to(page, target)
        keys.press("Enter")
        page.wait_for_selector("#forecasts details[open] table")
        _tab_to(page, "#forecasts details .scroll")
        _tab_to(page, "#language", back=True)
        keys.press("Enter")
        page.wait_for_selector("h2:has-text('预测与实测')")
        _tab_to(page, "nav a[href='#/claims']", back=True)
        keys.press("Enter")
        page.wait_for_selector(".claim")
        _tab_to(page, "input[type=search]")
        keys.type("F-35")
        _tab_to(page, "#claims-found")
        keys.press("ArrowDown")
        _tab_to(page, ".claim summary")
        keys.press("Enter")
        page.wait_for_selector(".claim details[open]")


def test_bands_that_fail_say_so_and_the_numbers_stay(browser: Any, server: Server) -> None:
    report = {
        "error": "run",
        "problems": [{"why": "too steep", "cure": "Move it back", "file": "", "row": None, "column": "", "value": ""}],
    }
    with opened(browser, server) as there:
        page, run = there.page, there.run()
        page.route(
            "**/api/bands",
            lambda route: route.fulfill(status=400, body=json.dumps(report), content_type="application/json"),
        )
        page.fill("#hoard_share", "0.7")
        there.wait_for_other_run(run)
        page.wait_for_selector(".problems:has-text('too steep')")
        assert "could not be drawn" in page.inner_text(".progress")
        page.unroute("**/api/bands")
        page.fill("#hoard_share", "0.6")
        page.wait_for_selector(".progress:has-text('draws of')")
        assert page.locator(".problems").count() == 0
        there.faults.clear()  # the browser notes the refused request on its console


@pytest.mark.parametrize(("locale", "language"), [("en-GB", "en"), ("zh-CN", "zh")])
def test_the_page_writes_words_and_numbers_as_the_report_does(
    browser: Any, server: Server, locale: str, language: str
) -> None:
    words = read_words(language)
    run = server.ask("/api/run", {"world": "magnets-small"}).json
    with opened(browser, server, locale=locale) as there:
        sides = there.page.locator("#ledgers thead th").all_inner_texts()[1:]
        assert [side.strip() for side in sides] == [words.family("side", side) for side in run["ledger"]]
        for row in there.page.locator("#ledgers tbody tr").all():
            name, *cells = (text.split("\n")[0] for text in row.locator("th, td").all_inner_texts())
            (line,) = [line for line in run["ledger"]["china"] if words.family("line", line) == name]
            assert cells == [Numbers(words).usd(run["ledger"][side][line]) for side in run["ledger"]]
        shares = there.page.locator("#uses tbody tr td:nth-of-type(6)").all_inner_texts()
        known = {Numbers(words).percent(use["share"]) for use in run["uses"]}
        assert shares
        assert set(shares) <= known


def test_a_tariff_on_the_calendar_can_be_moved(browser: Any, server: Server) -> None:
    with opened(browser, server, "#/explore?scenario=truce-lapse") as there:
        page, run = there.page, there.run()
        track = page.locator(".measure:has-text('CN-TC-2025-456')")
        assert "34 %" in track.inner_text()
        assert "24 %: suspended" in track.inner_text()
        track.locator("[aria-label*='pause ends']").focus()
        page.keyboard.press("PageUp")
        there.wait_for_other_run(run)
        assert "CN-TC-2025-456" in page.url
        assert "8 December 2026" in track.inner_text()


def _tab_to(page: Any, selector: str, *, back: bool = False) -> None:
    for _ in range(300):
        if page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector):
            return
        page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")
