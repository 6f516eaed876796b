"""What every side and place loses, line by line."""

from __future__ import annotations

from standoff.results.ledgers import LINES
from standoff.results.report.content import Column, Section, Table
from standoff.results.report.source import Source

LINE_NAMES = tuple(name for name, _ in LINES)


def ledger_section(source: Source) -> Section:
    """Both tables of the ledger; lines are not added up."""
    say, numbers = source.say, source.numbers
    ledger = source.result.ledger
    sides, places = ledger.by_side(), ledger.by_place()
    touched = [line for line in LINE_NAMES if any(round(row[line]) != 0 for row in sides.values())]
    if not touched:
        sentence = say("ledger.rest")
    else:
        largest = max(
            ((side, line) for side in source.sides for line in touched), key=lambda key: sides[key[0]][key[1]]
        )
        sentence = say(
            "ledger.sentence",
            lines=len(touched),
            side=source.labels.in_side(largest[0]),
            line=source.words.family("line", largest[1]),
            amount=numbers.usd(sides[largest[0]][largest[1]]),
        )
    by_side = Table(
        "ledger_by_side",
        say("ledger.by_side"),
        (
            Column(say("column.ledger_line")),
            *(Column(source.labels.side(side), "usd") for side in source.sides),
        ),
        [
            (source.words.family("line", line), *(sides[side][line] for side in source.sides))
            for line in LINE_NAMES
        ],
        open=True,
        note=say("ledger.not_added"),
    )
    by_place = Table(
        "ledger_by_place",
        say("ledger.by_place"),
        (
            Column(say("column.place")),
            Column(say("column.side")),
            *(Column(source.words.family("line", line), "usd") for line in LINE_NAMES),
        ),
        [
            (
                source.labels.places[place],
                source.labels.side(side),
                *(places[place][line] for line in LINE_NAMES),
            )
            for place, side in zip(ledger.places, ledger.sides, strict=True)
        ],
        open=len(ledger.places) <= 10,
    )
    return Section(
        "ledger",
        say("ledger.title"),
        sentence,
        tables=(by_side, by_place),
        definitions=tuple(
            say("ledger.definition", line=source.words.family("line", line), meaning=source.words.family("meaning", line))
            for line in LINE_NAMES
        ),
    )
