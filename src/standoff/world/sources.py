"""Checks on evidence: every cited source exists, and a number that cites facts agrees with them."""

from __future__ import annotations

from standoff.errors import Problems, nearest
from standoff.world.facts import FACT_PREFIX, fact_quantity, find_fact, read_facts
from standoff.world.meta import WorldMeta
from standoff.world.noting import Hints, Tables, note
from standoff.world.schema import read_schema
from standoff.world.table import Table

CITATION_TOLERANCE = 1e-3
"""Relative difference up to which a number agrees with the fact it cites: the rounding of published figures."""

KEY_SEPARATOR = "|"


def check_sources(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """Every source that a number cites is a row of the sources or a fact that ships with the package."""
    if any(problem.file == tables["sources"].file for problem in problems.found):
        return
    known = set(tables["sources"]["source"])
    hints = Hints(known)
    faults: dict[str, list[tuple[str, str, str]]] = {}
    for table in tables.values():
        row_level = table.remarks.get("source") or ("",) * len(table)
        cited = {"source": row_level, **{f"{name}_source": known.source for name, known in table.evidence.items()}}
        for column, cells in cited.items():
            for index, cell in enumerate(cells):
                if not cell or (column != "source" and cell == row_level[index]):
                    continue
                if cell not in faults:
                    faults[cell] = source_faults(cell, known, hints)
                for label, why, cure in faults[cell]:
                    note(problems, table, index, column, value=label, why=why, cure=cure)


def source_faults(cell: str, known: set[str], hints: Hints) -> list[tuple[str, str, str]]:
    """The sources of one cell, separated by semicolons, that are not there: (label, why, cure)."""
    faults = []
    for label in filter(None, (part.strip() for part in cell.split(";"))):
        if label.startswith(FACT_PREFIX):
            if find_fact(label) is None:
                faults.append((label, "there is no such fact", "Cite one as facts/stages:stages-017"))
        elif label not in known:
            cure = hints.for_name(label) if known else "Add it to sources.csv"
            faults.append((label, "sources.csv has no such source", cure))
    return faults


def check_citations(tables: Tables, meta: WorldMeta, problems: Problems) -> None:
    """Every citation joins a ranged number of a table with a fact that agrees with it."""
    citations = tables["citations"]
    rows = {name: rows_by_label(tables[name]) for name in set(citations["table"]) if name in tables}
    hints = {name: Hints(labels) for name, labels in rows.items()}
    for index in range(len(citations)):
        name, label, column, fact_id = (citations[key][index] for key in citations.schema.key)
        if name not in tables:
            why, cure = "a world has no such table", nearest(name, read_schema())
            note(problems, citations, index, "table", value=name, why=why, cure=cure)
        elif column not in tables[name].evidence:
            why, cure = f"not a ranged column of {name}", nearest(column, tables[name].evidence)
            note(problems, citations, index, "column", value=column, why=why, cure=cure)
        elif label not in rows[name]:
            why, cure = f"{name} has no such row", hints[name].for_name(label)
            note(problems, citations, index, "row", value=label, why=why, cure=cure)
        elif fact_id not in read_facts():
            why, cure = "there is no such fact", "Cite one of the form stages-017"
            note(problems, citations, index, "fact_id", value=fact_id, why=why, cure=cure)
        else:
            check_agreement(tables[name], rows[name][label], column, citations, index, problems)


def check_agreement(table: Table, row: int, column: str, citations: Table, index: int, problems: Problems) -> None:
    """A cited fact lies in the range of the number: low <= factor * fact <= high, to ``CITATION_TOLERANCE``.

    A number may cite several facts that contradict each other; each has to lie in its range.
    """
    fact_id, factor = citations["fact_id"][index], citations["factor"][index]
    quantity = fact_quantity(read_facts()[fact_id])
    if quantity is None:
        why, cure = "the fact is not a number", "Cite it as a source instead"
        note(problems, citations, index, "fact_id", value=fact_id, why=why, cure=cure)
        return
    low, high = (float(end[row]) for end in table.range(column))
    value = quantity * factor
    slack = CITATION_TOLERANCE * abs(value)
    if not low - slack <= value <= high + slack:
        why = f"the fact gives {value:.6g}, but the {column} it is cited for ranges from {low:.6g} to {high:.6g}"
        cure = "Correct the factor or the number, or widen its range"
        note(problems, citations, index, "factor", value=factor, why=why, cure=cure)


def rows_by_label(table: Table) -> dict[str, int]:
    """Row index by labels joined with a bar; a link may leave out its route and the place it passes."""
    rows: dict[str, int] = {}
    for index, key in enumerate(table.keys()):
        rows.setdefault(KEY_SEPARATOR.join(key[:3]), index)
        rows.setdefault(KEY_SEPARATOR.join(key).rstrip(KEY_SEPARATOR), index)
    return rows
