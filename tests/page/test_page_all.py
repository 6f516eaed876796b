"""Every page in both languages: readable by everybody, complete, and no wider than the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from local_server import Server
from opened import PAGES, opened

AXE = Path(__file__).parents[2] / "web" / "node_modules" / "axe-core" / "axe.min.js"
LOCALES = ("en-GB", "zh-CN")
SERIOUS = ("serious", "critical")
AUDIT_MS = 300_000
"""Far above what an idle machine needs: the audit stands back behind everything else."""


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", PAGES)
def test_no_serious_barrier(browser: Any, server: Server, name: str, locale: str) -> None:
    for scheme in ("light", "dark"):
        with opened(browser, server, f"#/{name}", locale=locale, color_scheme=scheme) as there:
            if name == "claims":
                there.page.wait_for_selector("#claim-A18 code", timeout=AUDIT_MS)
            there.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
            if name == "determine":
                there.page.click("button.main")
                there.page.wait_for_selector(".outcome")
            there.page.evaluate(AXE.read_text(encoding="utf-8"))
            found = there.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
            barriers = [
                (each["id"], node["target"], node["failureSummary"])
                for each in found["violations"]
                if each["impact"] in SERIOUS
                for node in each["nodes"]
            ]
            assert barriers == []


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_is_empty_or_untranslated(browser: Any, server: Server, name: str, locale: str) -> None:
    with opened(browser, server, f"#/{name}", locale=locale) as there:
        text = there.page.inner_text("body")
        assert not any(word in text for word in ("undefined", "NaN", "[object", "Infinity"))
        headings = there.page.locator("h1, h2, h3, nav a, button, label, summary, caption").all_inner_texts()
        assert headings
        if locale == "zh-CN":
            plain = [
                each for each in headings if each.strip() and not any("\u4e00" <= sign <= "\u9fff" for sign in each)
            ]
            assert set(plain) <= {"English", "CSV", "netCDF", "SVG", "PNG", "+", "–"}


@pytest.mark.parametrize("name", PAGES)
def test_a_narrow_screen_does_not_scroll_sideways(browser: Any, server: Server, name: str) -> None:
    with opened(browser, server, f"#/{name}", viewport={"width": 360, "height": 740}) as there:
        assert there.page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_language_switches_at_once(browser: Any, server: Server) -> None:
    with opened(browser, server) as there:
        run = there.run()
        there.page.click("#language")
        there.page.wait_for_selector("h2:has-text('双方账目')")
        assert there.run() == run
        assert "亿美元" in there.page.inner_text("#unmet_sides")


def test_a_shipment_is_determined(browser: Any, server: Server) -> None:
    with opened(browser, server, "#/determine") as there:
        there.page.click("button.main")
        there.page.wait_for_selector(".outcome blockquote:has-text('CN-2025-18')")
        assert there.page.locator(".dates li").count() >= 4


def test_scenarios_are_compared(browser: Any, server: Server) -> None:
    with opened(browser, server, "#/compare?with=baseline,cut-off") as there:
        there.page.wait_for_selector("thead th:nth-child(4)")
        assert there.page.locator("tbody tr").count() > 8


def test_a_number_is_found_with_its_range_and_status(browser: Any, server: Server) -> None:
    with opened(browser, server, "#/data") as there:
        there.page.fill("input[type=search]", "F-35")
        there.page.wait_for_function("() => document.querySelector('table.data tbody').innerText.includes('f35')")
        assert "assumed" in there.page.inner_text("table.data") or "sourced" in there.page.inner_text("table.data")
