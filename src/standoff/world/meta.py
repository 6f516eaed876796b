"""What a world says about itself: ``world.yaml``, or the sheet ``world`` of a workbook."""

from __future__ import annotations

import re
import reprlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from standoff.errors import Problems, nearest
from standoff.world.cells import iso_date
from standoff.world.schema import Words

META_FILE = "world.yaml"
META_SHEET = "world"
NAME = re.compile(r"[a-z0-9][a-z0-9_.-]*")
YEAR = re.compile(r"[0-9]{4}")
LONGEST_SHOWN = 200
FIRST_YEAR, LAST_YEAR = 1900, 2200


@dataclass(frozen=True)
class WorldMeta:
    """Name and dates of a world. Scenarios begin on ``start`` or later; money is in dollars of ``usd_year``."""

    name: str
    title: Words
    summary: Words
    base_year: int
    start: date
    usd_year: int
    scenarios: tuple[str, ...] = ()


FALLBACK = WorldMeta("unknown", Words("unknown"), Words(""), FIRST_YEAR, date(FIRST_YEAR, 1, 1), FIRST_YEAR)
KEYS = ("name", "title", "summary", "base_year", "start", "usd_year", "scenarios")


def read_meta(content: Any, problems: Problems, *, file: str) -> WorldMeta:
    """The description of a world from the plain content of its file; notes everything that is wrong with it."""
    if not isinstance(content, Mapping):
        problems.add(file=file, why="not a list of keys and values", cure=f"Give the keys {', '.join(KEYS)}")
        return FALLBACK
    for key in content:
        if key not in KEYS:
            problems.add(file=file, column=str(key), why="a world has no such key", cure=nearest(str(key), KEYS))
    reader = MetaReader(content, problems, file)
    base_year = reader.year("base_year")
    start = reader.day("start")
    if start and base_year and start < date(base_year, 1, 1):
        reader.fault("start", start, f"before the base year {base_year}", "Start in the base year or later")
    return WorldMeta(
        name=reader.name(),
        title=reader.words("title"),
        summary=reader.words("summary"),
        base_year=base_year or FALLBACK.base_year,
        start=start or FALLBACK.start,
        usd_year=reader.year("usd_year") or FALLBACK.usd_year,
        scenarios=reader.scenarios(),
    )


@dataclass(frozen=True)
class MetaReader:
    """The keys of a world one by one, noting what is missing or of the wrong kind."""

    content: Mapping[str, Any]
    problems: Problems
    file: str

    def fault(self, key: str, value: object, why: str, cure: str) -> None:
        shown = (cell(value) or reprlib.repr(value))[:LONGEST_SHOWN]
        self.problems.add(file=self.file, column=key, value=shown, why=why, cure=cure)

    def required(self, key: str, cure: str) -> Any:
        value = self.content.get(key)
        if value is None or value == "":
            self.fault(key, "", "this key is required and missing", cure)
            return None
        return value

    def name(self) -> str:
        value = self.required("name", "Give a short name, for example magnets-small")
        if value is not None and not (isinstance(value, str) and NAME.fullmatch(value)):
            self.fault("name", value, "not a name", "Use small letters, digits, hyphens, dots and underscores only")
        return str(value or FALLBACK.name)

    def words(self, key: str) -> Words:
        value = self.required(key, "Give it as {en: ..., zh: ...}")
        if isinstance(value, str):
            return Words(value)
        if not isinstance(value, Mapping) or not isinstance(value.get("en"), str) or set(value) - {"en", "zh"}:
            if value is not None:
                self.fault(key, value, "not a text in English (en) and Chinese (zh)", "Give it as {en: ..., zh: ...}")
            return Words("")
        return Words(value["en"], str(value.get("zh") or ""))

    def year(self, key: str) -> int | None:
        value = self.required(key, "Give a year, for example 2024")
        if value is None:
            return None
        text = str(int(value)) if isinstance(value, float) and value.is_integer() else cell(value)
        if not (YEAR.fullmatch(text) and FIRST_YEAR <= int(text) <= LAST_YEAR):
            self.fault(key, value, f"not a year from {FIRST_YEAR} to {LAST_YEAR}", "Give a year, for example 2024")
            return None
        return int(text)

    def day(self, key: str) -> date | None:
        value = self.required(key, "Give a day, for example 2025-01-01")
        day = iso_date(cell(value)) if value is not None else None
        if value is not None and day is None:
            self.fault(key, value, "not a date", "Write year-month-day, for example 2025-01-01")
        return day

    def scenarios(self) -> tuple[str, ...]:
        value = self.content.get("scenarios") or []
        names = [part.strip() for part in value.split(";") if part.strip()] if isinstance(value, str) else value
        if not isinstance(names, (list, tuple)) or not all(isinstance(name, str) for name in names):
            self.fault("scenarios", value, "not a list of scenario names", "Give a list, or leave the key out")
            return ()
        return tuple(names)


def cell(value: object) -> str:
    """A year or a day as text; anything that is not one line of plain content as nothing."""
    return str(value) if isinstance(value, (str, int, date)) else ""


def plain_meta(meta: WorldMeta) -> dict[str, Any]:
    """The description as plain content, as it stands in ``world.yaml``."""
    return {
        "name": meta.name,
        "title": {"en": meta.title.en, "zh": meta.title.zh},
        "summary": {"en": meta.summary.en, "zh": meta.summary.zh},
        "base_year": meta.base_year,
        "start": meta.start.isoformat(),
        "usd_year": meta.usd_year,
        "scenarios": list(meta.scenarios),
    }
