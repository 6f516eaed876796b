"""Text cells to typed columns. A cell that cannot be read is noted once and stands as missing in what follows."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from standoff.errors import Problems, nearest
from standoff.units import in_fixed_unit
from standoff.world.raw import RawTable, expected_unit
from standoff.world.schema import Column, TableSchema

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

LONGEST_LABEL = 200
LARGEST_NUMBER = 1e18
"""More than any quantity of the world economy in any unit: beyond it there is a slip, and sums lose their digits."""
YES_NO = {"yes": True, "no": False, "true": True, "false": False}
ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
NUMBER_AND_UNIT = re.compile(r"^(?P<number>[-+]?[\d.]+(?:[eE][-+]?\d+)?)\s*(?P<unit>[^\W\d_].*|[%$€£¥°].*)$")
GROUPED = re.compile(r"^[-+]?\d{1,3}(?:[,' ]\d{3})+(?:\.\d+)?$")
DECIMAL_COMMA = re.compile(r"^[-+]?\d+,\d+$")


@dataclass(frozen=True)
class Reader:
    """One table while its cells are read: where it stands, and where to note what is wrong."""

    raw: RawTable
    schema: TableSchema
    problems: Problems

    def texts(self, name: str) -> Sequence[str]:
        """The cells of a column; empty cells where the file does not have it."""
        return self.raw.columns.get(name) or [""] * len(self.raw.rows)

    def note(self, index: int, column: str, value: object, why: str, cure: str) -> None:
        self.problems.add(file=self.raw.file, row=self.raw.rows[index], column=column, value=value, why=why, cure=cure)

    def need(self, column: Column, texts: Sequence[str]) -> None:
        """Notes the empty cells of a required column (a column that is missing as a whole was noted before)."""
        if not column.required or column.name not in self.raw.columns or all(texts):
            return
        for index, text in enumerate(texts):
            if not text:
                cure = f"Give: {column.description.en}"
                self.note(index, column.name, "", "this cell is required and empty", cure)


def read_column(reader: Reader, column: Column) -> Any:
    """The typed values of a declared column, defaults filled in."""
    texts = reader.texts(column.name)
    reader.need(column, texts)
    if column.is_number:
        values = read_numbers(reader, column, column.name)
        if column.default:
            values = np.where([not text for text in texts], float(column.default), values)
        if column.type == "count":
            return read_counts(reader, column, values)
        return values
    return TEXT_READERS[column.type](reader, column, texts)


def read_numbers(reader: Reader, column: Column, name: str) -> FloatArray:
    """Numbers of a column or of its low or high; an empty or bad cell is NaN, and a bad one is noted."""
    texts = reader.texts(name)
    try:
        values = np.array([float(text) if text else np.nan for text in texts])
        clean = bool(np.isfinite(values).sum() == sum(map(bool, texts))) and "_" not in "".join(texts)
    except ValueError:
        clean = False
    if not clean:
        values = np.array([read_number(reader, column, name, index) for index in range(len(texts))])
    return within_limits(reader, column, name, values)


def read_number(reader: Reader, column: Column, name: str, index: int) -> float:
    """One number the slow way, with the fault named."""
    text = reader.texts(name)[index].strip()
    if not text:
        return np.nan
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if np.isfinite(value) and "_" not in text:
        return value
    why, cure = number_fault(text, expected_unit(reader.schema, name))
    reader.note(index, name, text, why, cure)
    return np.nan


def number_fault(text: str, unit: str) -> tuple[str, str]:
    """Why a text is not a number, and what to write."""
    if text.lower().lstrip("+-") in ("nan", "inf", "infinity"):
        return "not a finite number", "Give a number, or leave the cell empty where it is not required"
    if GROUPED.match(text):
        return "a number has no separators between thousands", f"Write {re.sub(r'[^-+0-9.]', '', text)}"
    if DECIMAL_COMMA.match(text):
        return "a number has a decimal point, not a comma", f"Write {text.replace(',', '.')}"
    match = NUMBER_AND_UNIT.match(text)
    if match:
        wanted = f"Give the bare number in {unit}"
        try:
            converted = in_fixed_unit(float(match["number"]), match["unit"])
        except ValueError:
            converted = ""
        cure = f"{wanted}; {text} is {converted}" if converted else wanted
        return f"a number does not carry a unit ({match['unit']})", cure
    return "not a number", f"Give a number in {unit}"


def within_limits(reader: Reader, column: Column, name: str, values: FloatArray) -> FloatArray:
    """The values; those below the declared minimum or above the declared maximum are noted and stand as missing."""
    low = -LARGEST_NUMBER if column.minimum is None else column.minimum
    high = LARGEST_NUMBER if column.maximum is None else column.maximum
    outside = (values < low) | (values > high)
    for index in np.flatnonzero(outside).tolist():
        negative = low == 0 and values[index] < 0
        why = f"{name} is not negative" if negative else f"{name} lies outside {low:g} to {high:g}"
        cure = f"Give it in {expected_unit(reader.schema, name)}"
        reader.note(index, name, reader.texts(name)[index], why, cure)
    return np.where(outside, np.nan, values) + 0.0


def read_counts(reader: Reader, column: Column, values: FloatArray) -> NDArray[np.int64]:
    """Whole numbers; a bad cell stands as the minimum."""
    for index in np.flatnonzero(np.isfinite(values) & (values != np.round(values))).tolist():
        reader.note(index, column.name, reader.texts(column.name)[index], "not a whole number", "Round it")
    return np.nan_to_num(np.round(values), nan=column.minimum or 0.0).astype(np.int64)


def read_labels(reader: Reader, column: Column, texts: Sequence[str]) -> tuple[str, ...]:
    """Labels exactly as they stand; a label that could be mistaken for another is noted."""
    faults = {text: fault for text in set(texts) if (fault := label_fault(text))}
    if faults:
        for index, text in enumerate(texts):
            if text in faults:
                reader.note(index, column.name, text, *faults[text])
    return tuple(texts)


def label_fault(text: str) -> tuple[str, str] | None:
    """Why a text cannot be a label, and the cure; None where it can."""
    if text != text.strip():
        return "a label does not begin or end with a space", f"Write {text.strip()!r}"
    if ";" in text:
        return "a label does not contain a semicolon", "Use another character: semicolons separate lists of labels"
    if not text.isprintable():
        return "a label does not contain control characters or line breaks", "Type it again by hand"
    if len(text) > LONGEST_LABEL:
        return f"a label has at most {LONGEST_LABEL} characters", "Shorten it and put the rest into the name"
    return None


def read_label_lists(reader: Reader, column: Column, texts: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """Lists of labels separated by semicolons; spaces around a separator do not count."""
    lists = tuple(tuple(part.strip() for part in text.split(";") if part.strip()) for text in texts)
    for index, labels in enumerate(lists):
        if len(set(labels)) < len(labels):
            reader.note(index, column.name, texts[index], "a label stands there twice", "Name each once")
    return lists


def read_choices(reader: Reader, column: Column, texts: Sequence[str]) -> tuple[str, ...]:
    """Words out of the declared choices; the default where a cell is empty or bad."""
    return choose(reader, column.name, column.choices, default=column.default)


def choose(reader: Reader, name: str, choices: Sequence[str], *, default: str = "") -> tuple[str, ...]:
    """The cells of a column where only these words may stand; the default where a cell is empty or bad."""
    texts = reader.texts(name)
    wrong = set(texts) - set(choices) - {""}
    if wrong:
        for index, text in enumerate(texts):
            if text in wrong:
                cure = f"Choose from: {', '.join(choices)}. {choice_hint(text, choices)}".strip()
                reader.note(index, name, text, "not one of the choices", cure)
    return tuple(text if text and text not in wrong else default for text in texts)


def choice_hint(text: str, choices: Sequence[str]) -> str:
    """A conversion where the word is another unit, the nearest choice where there is one."""
    converted = in_fixed_unit(1.0, text)
    if converted.split(" ")[-1] in choices:
        return f"1 {text} is {converted}: convert the quantities of this product"
    hint = nearest(text, choices)
    return hint if hint.startswith("Did") else ""


def read_flags(reader: Reader, column: Column, texts: Sequence[str]) -> BoolArray:
    """Yes or no."""
    wrong = {text for text in texts if text and text.lower() not in YES_NO}
    if wrong:
        for index, text in enumerate(texts):
            if text in wrong:
                reader.note(index, column.name, text, "neither yes nor no", "Write yes or no")
    default = YES_NO[column.default]
    return np.array([YES_NO.get(text.lower(), default) for text in texts], dtype=np.bool_)


def read_dates(reader: Reader, column: Column, texts: Sequence[str]) -> tuple[date | None, ...]:
    """Days; None where a cell is empty or bad."""
    days: list[date | None] = []
    for index, text in enumerate(texts):
        day = iso_date(text) if text else None
        if text and day is None:
            reader.note(index, column.name, text, "not a date", "Write year-month-day, for example 2025-04-04")
        days.append(day)
    return tuple(days)


def iso_date(text: str) -> date | None:
    """The day that a text such as ``2025-04-04`` names, or None."""
    if not ISO_DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_texts(reader: Reader, column: Column, texts: Sequence[str]) -> tuple[str, ...]:
    """Free text; the default where a cell is empty."""
    return tuple(text or column.default for text in texts)


TEXT_READERS: dict[str, Callable[[Reader, Column, Sequence[str]], Any]] = {
    "label": read_labels,
    "labels": read_label_lists,
    "choice": read_choices,
    "flag": read_flags,
    "date": read_dates,
    "text": read_texts,
}
