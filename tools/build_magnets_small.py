"""Build the sample world ``magnets-small`` from the fact tables.

    python tools/build_magnets_small.py --facts src/standoff/data/facts --schema src/standoff/world/schema.csv \
        --out src/standoff/data/worlds/magnets-small

The world is a sample, not a balance of the world economy: final uses come from the facts, everything upstream is what
they draw, so it balances by construction.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

from magnets_small import downstream, routes, upstream
from world_drafts.draft import Draft
from world_drafts.figures import Facts


def column_order(schema: Path) -> dict[str, list[str]]:
    """Columns of every table in the order of the schema."""
    order: dict[str, list[str]] = {}
    with schema.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            order.setdefault(row["table"], []).append(row["column"])
    return order


def main() -> None:
    """Build the folder."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    for name in ("facts", "schema", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    facts = Facts(options.facts)
    draft = Draft()
    upstream.add_to(draft, facts)
    downstream.add_to(draft, facts)
    draft.settle()
    draft.fill_capacities({})
    draft.value_added()
    routes.add_to(draft, facts)
    draft.write(options.out, column_order(options.schema))


if __name__ == "__main__":
    main()
