"""A world in the making: nodes, needs and origins, solved upward from final use so that it balances by construction."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from world_drafts.figures import Figure, assumed

RANGED = {
    "products": ("price",),
    "producers": ("activity", "capacity", "value_added"),
    "needs": ("coefficient", "cover_days", "cover_sigma", "restock_days"),
    "offers": ("yield", "stock_days"),
    "links": ("flow", "lag_days", "max_share", "adapt_days", "loss_share", "premium"),
    "uses": ("quantity", "value", "elasticity"),
    "stocks": ("quantity", "release_rate", "trigger_share"),
    "projects": ("capacity", "ramp_days", "slip_days", "chance", "capex", "price_floor"),
}
KEYS = {
    "places": ("place",),
    "products": ("product",),
    "producers": ("producer",),
    "needs": ("consumer", "product"),
    "offers": ("producer", "product"),
    "links": ("producer", "product", "consumer", "route"),
    "uses": ("use",),
    "stocks": ("stock",),
    "projects": ("project",),
    "sources": ("source",),
}
Cell = str | float | int | Figure
Row = dict[str, Cell]


@dataclass
class Draft:
    """Tables of a world under construction; ``origins`` says from whom each need is bought (shares that add to one)."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in KEYS})
    origins: dict[tuple[str, str], dict[str, float]] = field(default_factory=dict)
    origin_size: dict[tuple[str, str], float] = field(default_factory=dict)
    """Rough size of each seller of each product, by which demand is spread before a balance is struck."""

    def add(self, table: str, **row: Cell) -> None:
        """Append one row."""
        self.tables[table].append(row)

    def add_products(self, rows: Iterable[tuple[Cell, ...]]) -> None:
        """Append materials counted in tonnes, each as (product, names, stage, price, hs, item class, elements, lookalike)."""
        columns = ("product", "name_en", "name_zh", "stage", "price", "hs", "item_class", "elements", "lookalike")
        for row in rows:
            named = dict(zip(columns, row, strict=True))
            self.add("products", unit="t", **named)

    def find(self, table: str, label: str) -> Row:
        """The row of a table with one key."""
        key = KEYS[table][0]
        return next(row for row in self.tables[table] if row[key] == label)

    def supply_from(self, consumer: str, product: str, shares: Mapping[str, float]) -> None:
        """Say who sells a product to a consumer; shares are scaled to add to one."""
        total = sum(shares.values())
        self.origins[consumer, product] = {seller: share / total for seller, share in shares.items() if share > 0}

    def drop_unsold(self) -> None:
        """Take out producers that nobody buys from, and with them what they would have bought, until all sell."""
        while True:
            sellers = {seller for shares in self.origins.values() for seller in shares}
            idle = {str(row["producer"]) for row in self.tables["producers"]} - sellers
            if not idle:
                return
            for table, key in (("producers", "producer"), ("offers", "producer"), ("needs", "consumer")):
                self.tables[table] = [row for row in self.tables[table] if row[key] not in idle]
            self.origins = {need: shares for need, shares in self.origins.items() if need[0] not in idle}

    def activities(self) -> dict[str, float]:
        """Activity of every producer and use (units per year): what its customers draw.

        Solves ``y_p a_p = sum over buyers of share x coefficient x activity`` for the driver offer of each producer.
        By-products follow; ``ValueError`` when one is drawn beyond what the drivers make.
        """
        names = [str(row["producer"]) for row in self.tables["producers"]]
        position = {name: i for i, name in enumerate(names)}
        fixed = {str(row["use"]): number(row["quantity"]) for row in self.tables["uses"]}
        driver = {str(o["producer"]): str(o["product"]) for o in self.tables["offers"] if o["driver"] == "yes"}
        yields = {(str(o["producer"]), str(o["product"])): number(o["yield"]) for o in self.tables["offers"]}
        matrix = np.eye(len(names))
        drawn = np.zeros(len(names))
        for need in self.tables["needs"]:
            consumer, product = str(need["consumer"]), str(need["product"])
            for seller, share in self.origins[consumer, product].items():
                if driver.get(seller) != product:
                    continue
                amount = share * number(need["coefficient"]) / yields[seller, product]
                if consumer in fixed:
                    drawn[position[seller]] += amount * fixed[consumer]
                else:
                    matrix[position[seller], position[consumer]] -= amount
        solved = np.linalg.solve(matrix, drawn)
        return {**{name: float(solved[i]) for name, i in position.items()}, **fixed}

    def settle(self, *, flow_range: float = 2.0, balanced: bool = True) -> None:
        """Fill in activities, capacities and the flows of the ordinary links.

        With ``balanced=False`` activities that are already given stay as they are and by-products may be overdrawn:
        a prior for the reconciliation. Flows may be off by ``flow_range`` either way.
        """
        activity = self.activities()
        ordinary = self.ordinary_links(activity, flow_range)
        if balanced:
            self.refuse_overdrawn(ordinary, activity)
        self.tables["links"] = ordinary + self.tables["links"]
        for row in self.tables["producers"]:
            level = activity[str(row["producer"])]
            row.setdefault(
                "activity", assumed(level, level / flow_range, level * flow_range, note="what its customers draw")
            )

    def ordinary_links(self, activity: Mapping[str, float], flow_range: float) -> list[Row]:
        """One direct link for each seller of each need."""
        links: list[Row] = []
        for need in self.tables["needs"]:
            consumer, product = str(need["consumer"]), str(need["product"])
            total = number(need["coefficient"]) * activity[consumer]
            for seller, share in self.origins[consumer, product].items():
                flow = assumed(share * total, share * total / flow_range, share * total * flow_range)
                links.append(
                    {"producer": seller, "product": product, "consumer": consumer, "flow": flow, "route": "direct"}
                )
        return links

    def refuse_overdrawn(self, links: Sequence[Row], activity: Mapping[str, float]) -> None:
        """Raise ``ValueError`` where more of a by-product is drawn than is made."""
        taken: dict[tuple[str, str], float] = {}
        for link in links:
            key = str(link["producer"]), str(link["product"])
            taken[key] = taken.get(key, 0.0) + number(link["flow"])
        for offer in self.tables["offers"]:
            key = str(offer["producer"]), str(offer["product"])
            made = number(offer["yield"]) * activity[key[0]]
            if taken.get(key, 0.0) > made * (1 + 1e-9):
                raise ValueError(f"{key}: {taken[key]} drawn, {made} made")

    def fill_capacities(self, spare: Mapping[str, Figure]) -> None:
        """Capacity of every producer that has none given: activity times the spare of its recipe or name."""
        usual = assumed(1.15, 1.0, 1.4)
        for row in self.tables["producers"]:
            level = number(row["activity"])
            factor = spare.get(str(row["producer"]), spare.get(str(row["recipe"]), usual))
            known = row.get("capacity")
            if isinstance(known, Figure) and known.status != "assumed":
                continue
            row["capacity"] = assumed(level * factor.value, level * factor.low, level * factor.high, note=factor.note)

    def value_added(self) -> None:
        """Value added per activity: value of what is made less value of what is bought, at least a twentieth."""
        price = {str(row["product"]): number(row["price"]) for row in self.tables["products"]}
        for row in self.tables["producers"]:
            name = row["producer"]
            made = sum(
                number(o["yield"]) * price[str(o["product"])]
                for o in self.tables["offers"]
                if o["producer"] == name and o["driver"] == "yes"
            )
            bought = sum(
                number(n["coefficient"]) * price[str(n["product"])]
                for n in self.tables["needs"]
                if n["consumer"] == name
            )
            row["value_added"] = assumed(max(made - bought, 0.05 * made), note="output less inputs at base prices")

    def write(self, folder: Path, order: Mapping[str, Sequence[str]]) -> None:
        """Write one CSV a table and ``citations.csv``; columns in the order of the schema."""
        folder.mkdir(parents=True, exist_ok=True)
        cited: list[tuple[str, ...]] = []
        for table, rows in self.tables.items():
            if not rows:
                continue
            columns = table_columns(table, rows, order[table])
            with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as stream:
                writer = csv.DictWriter(stream, columns, lineterminator="\n")
                writer.writeheader()
                for row in rows:
                    writer.writerow(flat(row))
                    cited += citations(table, row)
        with (folder / "citations.csv").open("w", encoding="utf-8", newline="") as stream:
            plain = csv.writer(stream, lineterminator="\n")
            plain.writerow(("table", "row", "column", "fact_id", "factor", "note"))
            plain.writerows(cited)


def number(cell: Cell) -> float:
    """The value of a cell."""
    return cell.value if isinstance(cell, Figure) else float(cell)


def table_columns(table: str, rows: Sequence[Row], order: Sequence[str]) -> list[str]:
    """Columns that a table uses, in schema order, each ranged column followed by its range, status and source."""
    columns: list[str] = []
    for name in order:
        if not any(name in row for row in rows):
            continue
        columns.append(name)
        if name in RANGED.get(table, ()):
            columns += [f"{name}_low", f"{name}_high", f"{name}_status", f"{name}_source"]
    return [*columns, "note"]


def flat(row: Row) -> dict[str, str]:
    """One row as text."""
    cells: dict[str, str] = {}
    notes = [str(row["note"])] if row.get("note") else []
    for name, cell in row.items():
        if name == "note":
            continue
        if isinstance(cell, Figure):
            cells[name] = text(cell.value)
            cells[f"{name}_low"], cells[f"{name}_high"] = text(cell.low), text(cell.high)
            cells[f"{name}_status"], cells[f"{name}_source"] = cell.status, cell.source
            if cell.note:
                notes.append(f"{name}: {cell.note}")
        else:
            cells[name] = text(cell) if isinstance(cell, float) else str(cell)
    return {**cells, "note": "; ".join(notes)}


def text(value: float) -> str:
    """A number with twelve digits, without an exponent where it can be avoided."""
    return f"{value:.12g}"


def citations(table: str, row: Row) -> list[tuple[str, ...]]:
    """Rows of ``citations.csv`` for the figures of one row."""
    label = "|".join(str(row[key]) for key in KEYS[table])
    return [
        (table, label, name, cited.fact_id, text(cited.factor), cited.note)
        for name, cell in row.items()
        if isinstance(cell, Figure)
        for cited in cell.citations
    ]
