"""The registry of claims, read apart from what research found about them."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from standoff.errors import refuse

CLAIMS = Path(__file__).resolve().parents[2] / "data" / "claims" / "claims.csv"
COLUMNS = ("id", "text", "paraphrase_en", "kind", "quantity_unit", "system", "simulator_test")
RESEARCHED = ("verdict", "document_found", "figure_found", "figure_found_zh", "source_url", "confidence")
TEXTS = {"A": "2025-06-12", "B": "2025-10-17"}
"""Day of each text."""
ONLY_DATA = "not testable by model, only by data"


@dataclass(frozen=True)
class Claim:
    """A statement as it was made.

    Attributes:
        id, text, date: of the statement: number, article, day.
        paraphrase, paraphrase_zh: in neutral words, in English and Chinese; empty where the registry has no Chinese.
        kind, quantity, system: what sort of statement, its figure, what it is about.
        test, test_zh: how a model could test it, likewise.
        speaker, speaker_zh: who says it, as far as the paraphrase tells; often the text itself.
        cites, cites_zh: document that the statement calls on; empty for none. Whether it was found is research.
    """

    id: str
    text: str
    date: str
    paraphrase: str
    kind: str
    quantity: str
    system: str
    test: str
    paraphrase_zh: str = ""
    test_zh: str = ""
    speaker: str = ""
    speaker_zh: str = ""
    cites: str = ""
    cites_zh: str = ""

    @property
    def only_data(self) -> bool:
        """Whether no model can tell."""
        return self.test.strip().lower() == ONLY_DATA


def read_claims(path: Path = CLAIMS) -> list[Claim]:
    """Every claim, without what research found."""
    return [
        Claim(
            id=row["id"],
            text=row["text"],
            date=TEXTS.get(row["text"], ""),
            paraphrase=row["paraphrase_en"],
            kind=row["kind"],
            quantity=row["quantity_unit"],
            system=row["system"],
            test=row["simulator_test"],
            paraphrase_zh=row.get("paraphrase_zh", ""),
            test_zh=row.get("simulator_test_zh", ""),
            speaker=row.get("speaker", ""),
            speaker_zh=row.get("speaker_zh", ""),
            cites=row.get("cited_document", ""),
            cites_zh=row.get("cited_document_zh", ""),
        )
        for row in _rows(path, COLUMNS)
    ]


def read_researched(path: Path = CLAIMS) -> dict[str, dict[str, str]]:
    """What research found, by claim: shown beside an answer, never used for one. Empty where the file has none of it."""
    return {row["id"]: {name: row.get(name, "") for name in RESEARCHED} for row in _rows(path, ("id",))}


def _rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    if not path.is_file():
        raise refuse(f"claims {path.name}", why="there is no such file", cure="Check the path", value=path)
    rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    missing = [name for name in columns if rows and name not in rows[0]]
    if missing:
        raise refuse(f"claims {path.name}", why=f"columns are missing: {', '.join(missing)}", cure="Keep them")
    return rows
