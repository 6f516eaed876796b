"""Numbers with units in text, exactly as written.

"Less than" and "more than" move a number off the bound by a sliver, so that "less than 0.1 %" is below an inclusive 0.1 %.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation

SLIVER = Decimal("0.000000001")
NUMBER = r"(?P<bound>less than|below|under|<(?!=)|more than|above|over|>(?!=)|exceeding)?\s*(?P<value>\d+(?:[.,]\d+)?)"
PERCENT = r"\s*(?:%|per ?cent|percent|wt ?%|pct)"
BELOW = ("less than", "below", "under", "<")
MICROMETRE = r"\s*-?(?:um|µm|μm|microns?|micromet(?:re|er)s?)\b"

PATTERNS = {
    "energy_density_wh_kg": NUMBER + r"\s*-?wh\s*(?:/|per)\s*kg",
    "compaction_density_g_cm3": NUMBER + r"\s*g\s*(?:/|per)\s*(?:cm3|cm³|cm\^3|cc|cubic centimet(?:re|er))",
    "density_g_cm3": NUMBER + r"\s*g\s*(?:/|per)\s*(?:cm3|cm³|cm\^3|cc|cubic centimet(?:re|er))",
    "capacity_mah_g": NUMBER + r"\s*mah\s*(?:/|per)\s*g",
    "flexural_strength_mpa": NUMBER + r"\s*mpa",
    "pressure_gpa": NUMBER + r"\s*gpa",
    "cylinder_mm": NUMBER + r"\s*mm",
    "speed_m_s": NUMBER + r"\s*m\s*/\s*s",
    "volume_m3": NUMBER + r"\s*(?:m3|m³)",
    "wire_um": r"wire[^\d]{0,20}" + NUMBER + MICROMETRE,
    "grit_um": r"grit[^\d]{0,20}" + NUMBER + MICROMETRE,
    "size_um": NUMBER + MICROMETRE,
    "tpp": r"(?:tpp|total processing performance)[^\d<>]{0,12}" + NUMBER,
    "memory_bandwidth_gb_s": NUMBER + r"\s*gb\s*/\s*s",
    "performance_density": r"performance density[^\d<>]{0,12}" + NUMBER,
    "tungsten_percent": NUMBER + PERCENT + r"\s*(?:w\b|tungsten)",
}
USE_PATTERNS = {
    "logic_nm": NUMBER + r"\s*-?(?:nm|nanomet(?:re|er)s?)\b",
    "dram_nm": NUMBER + r"\s*-?(?:nm|nanomet(?:re|er)s?)\b",
    "memory_layers": NUMBER + r"\s*-?\s*layers?",
}
HEAVY = r"(?:dy|tb|dysprosium|terbium|heavy rare[- ]earths?|hree|镝|铽)"
TRACE = (
    re.compile(HEAVY + r"(?![^,;%]{0,60}(?:share|value|price))[^\d%;]{0,40}?" + NUMBER + PERCENT),
    re.compile(NUMBER + PERCENT + r"\s*(?:by (?:mass|weight)\s*)?(?:of\s*)?(?:combined\s*|total\s*)?" + HEAVY),
)
EACH = tuple(
    (
        re.compile(NUMBER + PERCENT + r"\s*(?:" + one + r")\b"),
        re.compile(r"\b(?:" + one + r")[^\w%]{0,4}(?:content )?" + NUMBER + PERCENT),
    )
    for one in ("dy|dysprosium", "tb|terbium")
)
TOGETHER = re.compile(r"(?:dy|dysprosium)\s*(?:\+|and|/|&|plus)\s*(?:tb|terbium)")
WEIGHT = re.compile(
    NUMBER
    + PERCENT
    + r"[^.;]{0,30}(?:covered material|by weight|of (?:its |the )?weight)|covered material[^\d;]{0,20}"
    + NUMBER.replace("bound", "bound2").replace("value", "value2")
    + PERCENT
)
PURITY = (
    re.compile(NUMBER + PERCENT + r"\s*(?:pure|purity)"),
    re.compile(r"(?:purity|pure|grade)[^\d<>%]{0,15}" + NUMBER + PERCENT),
    re.compile(r"(?P<value>9\d(?:\.\d+)?)" + PERCENT),
)
NINES = re.compile(r"(?<![\w.])(?P<count>[2-9])n(?P<five>5)?(?!\w)")
COMPILED = {name: re.compile(pattern) for name, pattern in {**PATTERNS, **USE_PATTERNS}.items()}


def number(match: re.Match[str]) -> Decimal | None:
    """The value of a match of ``NUMBER``, moved off the bound where the text says less or more."""
    groups = match.groupdict()
    text = groups.get("value") or groups.get("value2") or ""
    try:
        value = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    bound = groups.get("bound") or groups.get("bound2")
    if bound:
        value += -SLIVER if bound in BELOW else SLIVER
    return value


def measured(name: str, text: str) -> Decimal | None:
    """The first value of this parameter in casefolded text, None if there is none."""
    match = COMPILED[name].search(text)
    return number(match) if match else None


def first(patterns: tuple[re.Pattern[str], ...], text: str) -> Decimal | None:
    for pattern in patterns:
        match = pattern.search(text)
        if match:
            return number(match)
    return None


def trace_content(text: str) -> Decimal | None:
    """Dysprosium and terbium together, per cent of mass: the sum where each is told by itself ("0.08% Dy and 0.05% Tb")."""
    if not TOGETHER.search(text):
        parts = [first(patterns, text) for patterns in EACH]
        told = [part for part in parts if part is not None]
        if len(told) == len(EACH):
            return sum(told, Decimal(0))
    return first(TRACE, text)


def purity(text: str) -> Decimal | None:
    """A purity in per cent, from "99.99 %" or "4N"."""
    value = first(PURITY, text)
    if value is not None:
        return value
    match = NINES.search(text)
    if match is None:
        return None
    count = int(match["count"])
    digits = "99." + "9" * (count - 2) if count > 2 else "99"
    return Decimal(digits + ("5" if match["five"] else ""))
