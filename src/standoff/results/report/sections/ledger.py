"""What every side and place loses, line by line."""

from __future__ import annotations

from typing import Any

from standoff.results.ledgers import LINES
from standoff.results.report.content import Column, Section, Table
from standoff.results.report.source import Source

LINE_NAMES = tuple(name for name, _ in LINES)
MOST_PLACES_OPEN = 10
"""A longer table of places is folded."""


def ledger_section(source: Source) -> Section:
    """Both tables of the ledger; lines are not added up."""
    say, sides = source.say, source.result.ledger.by_side()
    touched = [line for line in LINE_NAMES if any(round(row[line]) != 0 for row in sides.values())]
    sentence = say("ledger.rest")
    if touched:
        keys = [(side, line) for side in source.sides for line in touched]
        side, line = max(keys, key=lambda key: sides[key[0]][key[1]])
        sentence = say(
            "ledger.sentence",
            lines=len(touched),
            side=source.labels.in_side(side),
            line=source.words.family("line", line),
            amount=source.numbers.usd(sides[side][line]),
        )
    return Section(
        "ledger",
        say("ledger.title"),
        sentence,
        tables=(_by_side(source), _by_place(source)),
        definitions=tuple(
            say(
                "ledger.definition",
                line=source.words.family("line", line),
                meaning=source.words.family("meaning", line),
            )
            for line in LINE_NAMES
        ),
    )


def _by_side(source: Source) -> Table:
    say, sides = source.say, source.result.ledger.by_side()
    columns = [Column(say("column.ledger_line"))]
    rows: list[list[Any]] = [[source.words.family("line", line)] for line in LINE_NAMES]
    title, note = say("ledger.by_side"), say("ledger.not_added")
    for side in source.sides:
        columns.append(Column(source.labels.side(side), "usd"))
        for row, line in zip(rows, LINE_NAMES, strict=True):
            row.append(sides[side][line])
        if source.draws is not None:
            ends = (say(key, side=source.labels.side(side)) for key in ("column.range_from", "column.range_to"))
            columns += [Column(end, "usd") for end in ends]
            for row, line in zip(rows, LINE_NAMES, strict=True):
                spread = source.draws["ledger_usd"][side][line]
                row += [spread["low80"], spread["high80"]]
    if source.draws is not None:
        error = source.draws["unmet_use_usd"]["monte_carlo_error"]
        note += say(
            "ledger.ranges",
            draws=source.draws["draws"],
            low=source.numbers.usd(error["low80"]),
            high=source.numbers.usd(error["high80"]),
        )
    return Table("ledger_by_side", title, tuple(columns), rows, open=True, note=note)


def _by_place(source: Source) -> Table:
    say, ledger = source.say, source.result.ledger
    places = ledger.by_place()
    columns = [Column(say("column.place")), Column(say("column.side"))]
    columns += [Column(source.words.family("line", line), "usd") for line in LINE_NAMES]
    rows = [
        (source.labels.places[place], source.labels.side(side), *(places[place][line] for line in LINE_NAMES))
        for place, side in zip(ledger.places, ledger.sides, strict=True)
    ]
    few = len(rows) <= MOST_PLACES_OPEN
    return Table("ledger_by_place", say("ledger.by_place"), tuple(columns), rows, open=few)
