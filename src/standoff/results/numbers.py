"""Numbers as people write them: three digits, magnitude words (billion, 亿), units, dates.

Numbers are rounded here and nowhere else; tables and workbooks carry the full value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from standoff.results.words import Words

MAGNITUDES = {
    "en": ((1e12, "magnitude.trillion"), (1e9, "magnitude.billion"), (1e6, "magnitude.million")),
    "zh": ((1e12, "magnitude.trillion"), (1e8, "magnitude.hundred_million"), (1e4, "magnitude.ten_thousand")),
}
NOTHING = 0.5
"""Money below half a dollar is rounding error of sums and is shown as nothing."""
MINUS = "\u2212"
DASH = "\u2013"


@dataclass(frozen=True)
class Numbers:
    """Writes numbers in the language of some words."""

    words: Words

    def plain(self, value: float) -> str:
        """Three significant digits and a magnitude word: ``17.6 billion``."""
        if not math.isfinite(value):
            return DASH
        size = abs(value)
        for scale, key in MAGNITUDES[self.words.lang]:
            if size >= scale * 0.9995:
                text = self.words.say(key, number=digits(size / scale))
                break
        else:
            text = digits(size)
        return f"{MINUS}{text}" if value < 0 and size > 0 else text

    def usd(self, value: float) -> str:
        """Dollars, no cents: ``USD 17.6 billion``; what is under half a dollar is ``0``."""
        if not math.isfinite(value):
            return DASH
        return self.words.say("unit.usd", number=self.plain(0.0 if abs(value) < NOTHING else value))

    def money(self, value: float) -> str:
        """Dollars in a sentence: ``nothing`` instead of ``USD 0``."""
        return self.words.say("amount.none") if abs(value) < NOTHING else self.usd(value)

    def percent(self, share: float) -> str:
        """A share as percent: ``3.0 %``; a whole number of percent without decimals."""
        if not math.isfinite(share):
            return DASH
        size = abs(share) * 100
        if size < 0.05:
            text = "0" if size < 5e-4 else "< 0.1"
        else:
            text = f"{size:,.0f}" if size >= 99.95 or abs(size - round(size)) < 1e-9 else f"{size:.1f}"
        sign = MINUS if share < 0 and size >= 0.05 else ""
        return self.words.say("unit.percent", number=sign + text)

    def days(self, value: float) -> str:
        """A number of days; an infinite one means never."""
        if math.isinf(value):
            return self.words.say("never")
        key = "unit.day" if round(value) == 1 else "unit.days"
        return self.words.say(key, number=f"{round(value):,}".replace("-", MINUS))

    def day(self, value: date) -> str:
        """A date in a sentence: ``4 April 2025``, ``2025年4月4日``."""
        month = self.words.say(f"month.{value.month}")
        return self.words.say("date.long", year=value.year, month=month, day=value.day)

    def cell(self, value: Any, kind: str) -> str:
        """A cell of a table by the kind of its column; the heading of a column of money says the unit."""
        if value is None or value == "":
            return DASH if kind != "text" else ""
        if kind in ("text", "written"):
            return str(value)
        if kind == "date":
            return str(value)
        if kind == "usd":
            return self.plain(0.0 if abs(float(value)) < NOTHING else float(value))
        writers = {"percent": self.percent, "days": self.days, "number": self.plain}
        return writers[kind](float(value))


def digits(value: float) -> str:
    """A number of at least 0 with three significant digits, grouped by thousands."""
    if value == 0 or value < 5e-7:
        return "0"
    places = 2 - math.floor(math.log10(value) + 1e-12)
    rounded = round(value, places)
    if places <= 0:
        return f"{rounded:,.0f}"
    text = f"{rounded:,.{min(places, 6)}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


class Spoken:
    """What says words and writes numbers in the language of its ``words``: the base of all that sections read."""

    words: Words

    def say(self, key: str, **values: object) -> str:
        return self.words.say(key, **values)

    @cached_property
    def numbers(self) -> Numbers:
        return Numbers(self.words)
