"""Copy fact tables into the package, each row with an identifier that worlds can cite.

    python tools/copy_facts.py FOLDER_WITH_CSV src/standoff/data/facts

A row of ``stages.csv`` gets ``stages-001``, ``stages-002`` ... in file order, so rows may be appended to a fact table
but never removed or moved: a world that cites ``facts/stages:stages-017`` must find the same row next year. The script
refuses to write a table in which an identifier that already exists would come to name another row.
"""

from __future__ import annotations

import argparse
import csv
import io
import os
import sys
from pathlib import Path

IDENTIFIER = "fact_id"
NEEDED = ("source_title", "source_url", "confidence")


def identified(text: str, *, stem: str) -> list[list[str]]:
    """The rows of a CSV text, header first, with the identifier in front."""
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    missing = [column for column in NEEDED if column not in header]
    ragged = [number for number, row in enumerate(rows, start=2) if len(row) != len(header)]
    if missing or ragged:
        raise SystemExit(f"{stem}.csv: missing columns {missing}, rows of another length {ragged}")
    return [[IDENTIFIER, *header], *([f"{stem}-{number:03d}", *row] for number, row in enumerate(rows, start=1))]


def moved(old: list[list[str]], new: list[list[str]]) -> list[str]:
    """Identifiers of the old table that are gone from the new one or name a different row there."""
    now = {row[0]: row for row in new}
    return [row[0] for row in old if now.get(row[0]) != row]


def copy_table(source: Path, target: Path, *, corrected: bool) -> int:
    """Write one table and return how many facts it holds."""
    new = identified(source.read_text(encoding="utf-8-sig"), stem=source.stem)
    if target.is_file() and not corrected:
        with target.open(encoding="utf-8", newline="") as stream:
            changed = moved(list(csv.reader(stream)), new)
        if changed:
            raise SystemExit(f"{target.name}: rows changed: {', '.join(changed)} (pass --corrected if you mean it)")
    part = target.with_suffix(".part")
    with part.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(new)
    os.replace(part, target)
    return len(new) - 1


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path, help="folder with the fact tables, one CSV each")
    parser.add_argument("target", type=Path, help="folder of the package that receives them")
    parser.add_argument("--corrected", action="store_true", help="existing rows may change: a source was corrected")
    choice = parser.parse_args(arguments)
    tables = sorted(choice.source.glob("*.csv"))
    if not tables:
        raise SystemExit(f"{choice.source}: no CSV files there")
    choice.target.mkdir(parents=True, exist_ok=True)
    for table in tables:
        print(f"{table.name}: {copy_table(table, choice.target / table.name, corrected=choice.corrected)} facts")


if __name__ == "__main__":
    main(sys.argv[1:])
