"""A tariff question in words: the country-wide layer, the sum, or one named duty.

The general layer is the answer where the row speaks of it, or where no list or sector duty stands on the line that day; otherwise
the sum of all layers. A row that names one duty ("Section 232 rate") gets that one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from functools import cache

from standoff.measures.data_files import read_data
from standoff.measures.reading.facts import read_place
from standoff.measures.reading.phrases import Finder, plain_text
from standoff.measures.register import Register
from standoff.measures.settings import Settings
from standoff.measures.tariffs import TariffStack, tariff_layers
from standoff.measures.vocabulary import FOLDER

HEADING = re.compile(r"(?:HTS|HS|heading|tariff line|税号)\s*(?:US)?\s*(\d{4}(?:\.?\d{2})*)", re.I)
GENERAL = re.compile(
    r"general layer|country[- ]wide|all goods|separate|snap[- ]?back|24[- ]point|24 points|34 ?%|truce|any goods|across the board",
    re.I,
)
SUM = re.compile(r"\bsum\b|\btotal\b|all[- ]in|stacked|full rate|combined|all layers|landed", re.I)
NAMED = {
    "Section 232": re.compile(r"(?:s ?232|section 232)\b(?! metal)", re.I),
    "Section 301": re.compile(r"(?:s301|section 301) (?:list )?(?:rate|duty|layer) (?:alone|only)", re.I),
    "Section 122": re.compile(r"(?:s122|section 122) (?:rate|duty|layer|alone|only)", re.I),
    "fentanyl": re.compile(r"fentanyl (?:rate|duty|layer|tariff) (?:alone|only)", re.I),
}
ANY_HEADING = "9999"


@cache
def _lines() -> Finder:
    lines = read_data(FOLDER / "tariff_lines.yaml")
    return Finder((word, code) for code, words in lines.items() for word in words)


def heading_in(row: Mapping[str, str]) -> str:
    """The customs heading that a row means: a number, or words for one; a placeholder that no list names otherwise."""
    text = f"{row.get('item', '')} {row.get('control_code', '')}"
    match = HEADING.search(text)
    if match:
        return match.group(1).replace(".", "")
    found = _lines().find(plain_text(text))
    return found[0].meaning if found else ANY_HEADING


def tariff_answer(
    row: Mapping[str, str], on: date, importer: str, register: Register, settings: Settings
) -> tuple[str, TariffStack]:
    """``GENERAL_RATE:x`` or ``RATE:x`` for a row about duties, and the layers behind it."""
    importer = read_place(row.get("ship_to", "")) or importer
    other = "CHN" if importer == "USA" else "USA"
    exporter = read_place(row.get("origin", "")) or read_place(row.get("ship_from", "")) or other
    stack = tariff_layers(importer, exporter, heading_in(row), on, register, settings)
    return code_of(stack, f"{row.get('item', '')}; {row.get('facts', '')}"), stack


def code_of(stack: TariffStack, text: str) -> str:
    for name, pattern in NAMED.items():
        if pattern.search(text) and not SUM.search(text):
            rates = [layer.rate_percent for layer in stack.layers if layer.name.startswith(name)]
            if rates:
                return f"RATE:{_plain(sum(rates))}"
    if SUM.search(text):
        return f"RATE:{_plain(stack.total_percent)}"
    added = stack.of_kind("list") or stack.of_kind("sector")
    if GENERAL.search(text) or not added:
        if not GENERAL.search(text) and stack.importer == "CHN" and stack.of_kind("mfn"):
            return f"RATE:{_plain(stack.total_percent)}"
        return f"GENERAL_RATE:{_plain(stack.general_layer_percent)}"
    return f"RATE:{_plain(stack.total_percent)}"


def _plain(rate: float) -> str:
    return f"{rate:g}"
