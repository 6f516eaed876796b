"""Names that people write into a world are text, never markup and never a formula."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from pages_read import Page

import standoff
from standoff.results.compare import compare_results
from standoff.results.report.pages import render_comparison, render_report
from standoff.results.result import Result
from standoff.results.words import LANGUAGES, read_words
from standoff.results.workbook import write_workbook
from standoff.simulate.scenario import read_scenario, scenario_from
from standoff.world.tables import World, read_world

MARKUP = "\"><script>alert(1)</script><img src=x onerror=alert(2)> & '{{ 7 * 7 }}"
FORMULA = '=HYPERLINK("http://example.org")'


@pytest.fixture(scope="module")
def hostile() -> Result:
    shipped = read_world("magnets-small")
    tables = {name: dict(each.cells()) for name, each in shipped.tables.items()}
    for name in ("places", "products", "producers", "uses"):
        rows = len(tables[name]["name_en"])
        for lang in ("en", "zh"):
            tables[name][f"name_{lang}"] = [f"{MARKUP} {row}" if row % 2 else FORMULA for row in range(rows)]
    world = World.from_tables(shipped.meta, tables)
    plain = read_scenario("april-2025").as_dict() | {"world": "magnets-small"}
    text = {"en": MARKUP, "zh": MARKUP}
    return standoff.run(scenario_from({**plain, "title": text, "summary": text}), world=world)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_markup_in_names_is_shown_as_text(hostile: Result, lang: str) -> None:
    for text in (
        render_report(hostile, words=read_words(lang)),
        render_comparison(compare_results(hostile, hostile), words=read_words(lang)),
    ):
        page = Page(text)
        assert page.faults == []
        assert not {"script", "img"} & {tag for tag, _ in page.tags}
        assert not any(name.startswith("on") for _, attributes in page.tags for name in attributes)
        assert any(MARKUP in words for words in page.texts)


def test_formulas_in_names_are_text_in_a_workbook(hostile: Result, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(write_workbook(hostile, tmp_path / "hostile.xlsx"))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert any(cell.value == FORMULA for cell in cells)
    assert all(cell.data_type != "f" for cell in cells)
