"""Build the bundled world ``rare-earths``: draft from facts, reconcile, add stocks and projects, write.

    PYTHONPATH=src python tools/build_rare_earths.py --facts src/standoff/data/facts \
        --schema src/standoff/world/schema.csv --out src/standoff/data/worlds/rare-earths

Deterministic: the same facts give the same files. ``world.yaml`` in the folder is written by hand and stays.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from build_magnets_small import column_order
from rare_earths import (
    components,
    metals,
    mines,
    minor_metals,
    origins,
    places,
    products,
    projects,
    routes,
    stocks,
    totals,
    uses,
)
from standoff.world.checks import STRUCTURE_CHECKS
from standoff.world.reconcile import Reconciliation, reconcile
from standoff.world.reconcile_totals import read_control_totals
from standoff.world.tables import read_world
from world_drafts.draft import Draft
from world_drafts.figures import Facts, Figure

FLOW_RANGE = 5.0
"""Flows between two producers are known to a factor of five at best; published sums bind them far tighter."""


def draft_world(facts: Facts) -> Draft:
    """The raw world: everything but stocks, projects and a balance."""
    draft = Draft()
    places.add_to(draft)
    products.add_to(draft, facts)
    mines.add_to(draft, facts)
    metals.add_to(draft, facts)
    minor_metals.add_to(draft, facts)
    components.add_to(draft, facts)
    uses.add_to(draft, facts)
    origins.add_to(draft)
    draft.drop_unsold()
    draft.settle(flow_range=FLOW_RANGE, balanced=False)
    routes.add_special(draft)
    routes.add_lags(draft)
    routes.name_evidence(draft)
    stocks.add_sources(draft)
    return draft


def balance(draft: Draft, facts: Facts, order: dict[str, list[str]], description: Path) -> Reconciliation:
    """Reconcile the raw world with the control totals."""
    with tempfile.TemporaryDirectory() as folder:
        raw = Path(folder) / "raw"
        draft.fill_capacities({})
        draft.write(raw, order)
        shutil.copy(description, raw / "world.yaml")
        totals_file = Path(folder) / "control_totals.csv"
        totals.write(totals_file, totals.totals(facts), facts)
        return reconcile(read_world(raw, checks=STRUCTURE_CHECKS), read_control_totals(totals_file))


def apply(draft: Draft, balanced: Reconciliation) -> None:
    """Write the reconciled values into the draft; ranges stay."""
    columns = (
        ("producers", "activity", balanced.activity),
        ("uses", "quantity", balanced.quantity),
        ("links", "flow", balanced.flow),
    )
    for table, column, values in columns:
        for row, value in zip(draft.tables[table], values.tolist(), strict=True):
            figure = row[column]
            assert isinstance(figure, Figure)
            row[column] = replace(figure, value=value)
    for row in draft.tables["producers"]:
        if isinstance(row.get("capacity"), Figure) and row["capacity"].status == "assumed":  # type: ignore[union-attr]
            del row["capacity"]


def write_adjustments(path: Path, balanced: Reconciliation) -> None:
    """What the data had to give, largest first; what moved by less than a thousandth is left out."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("table", "row", "column", "before", "after", "change_percent", "of_half_range", "status"))
        for moved in balanced.adjustments:
            if moved.relative > 1e-3:
                change = 100 * (moved.after / moved.before - 1) if moved.before else 0.0
                writer.writerow(
                    (
                        moved.table,
                        moved.row,
                        moved.column,
                        f"{moved.before:.6g}",
                        f"{moved.after:.6g}",
                        f"{change:.1f}",
                        f"{moved.of_range:.3f}",
                        moved.status,
                    )
                )


def main() -> None:
    """Build the folder."""
    parser = argparse.ArgumentParser(description="Build the bundled world rare-earths.")
    for name in ("facts", "schema", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    facts, order = Facts(options.facts), column_order(options.schema)
    draft = draft_world(facts)
    balanced = balance(draft, facts, order, options.out / "world.yaml")
    apply(draft, balanced)
    draft.fill_capacities(stocks.SPARE)
    draft.value_added()
    stocks.add_stocks(draft, facts)
    projects.add_to(draft, facts)
    draft.write(options.out, order)
    achieved = {total.total: value for total, value in balanced.totals}
    totals.write(options.out / "reconciliation" / "control_totals.csv", totals.totals(facts), facts, achieved)
    write_adjustments(options.out / "reconciliation" / "adjustments.csv", balanced)


if __name__ == "__main__":
    main()
