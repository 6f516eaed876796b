"""Sections of a report as plain values: the page draws the same marks, words and tables as ``report.html``."""

from __future__ import annotations

from typing import Any

from standoff.results.charts.marks import Chart, LegendItem, Picture
from standoff.results.numbers import Numbers
from standoff.results.report.content import Section, Table

PLAIN_KINDS = ("text", "date")


def section_values(section: Section, numbers: Numbers) -> dict[str, Any]:
    """A section with every number written as the report writes it."""
    return {
        "name": section.name,
        "title": section.title,
        "sentence": section.sentence,
        "pictures": [_picture(picture) for picture in section.pictures],
        "tables": [_table(table, numbers) for table in section.tables],
        "definitions": list(section.definitions),
    }


def _picture(picture: Picture) -> dict[str, Any]:
    return {
        "caption": picture.caption,
        "legend": _legend(picture.legend),
        "charts": [_chart(chart) for chart in picture.charts],
    }


def _chart(chart: Chart) -> dict[str, Any]:
    return {
        "width": chart.width,
        "height": chart.height,
        "title": chart.title,
        "note": chart.note,
        "description": chart.description,
        "legend": _legend(chart.legend),
        "marks": [
            {
                "tag": mark.tag,
                "attributes": {name: str(value) for name, value in mark.attributes.items()},
                "text": mark.text,
                "tip": mark.tip,
            }
            for mark in chart.marks
        ],
    }


def _legend(items: tuple[LegendItem, ...]) -> list[dict[str, str]]:
    return [{"text": item.text, "style": item.style, "kind": item.kind} for item in items]


def _table(table: Table, numbers: Numbers) -> dict[str, Any]:
    return {
        "name": table.name,
        "title": table.title,
        "open": table.open,
        "head": [column.heading for column in table.columns],
        "plain": [column.kind in PLAIN_KINDS for column in table.columns],
        "rows": [
            [numbers.cell(value, column.kind) for value, column in zip(row, table.columns, strict=True)]
            for row in table.rows[:: table.every]
        ],
    }
