"""Episodes: a folder with ``episode.yaml`` and the open observations. A new episode is a new folder, not new code."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from standoff.errors import InputError, Problems, nearest, refuse
from standoff.simulate.scenario import Scenario, Text, read_scenario, scenario_from
from standoff.studies.backtest.baseline import Total
from standoff.studies.backtest.months import Month, first_day, month_of, split_by_days
from standoff.yaml_files import read_yaml

EPISODES = Path(__file__).resolve().parents[2] / "data" / "episodes"
TONNES_COLUMNS = ("month", "period_end", "product", "destination", "value", "unit")
STOP_COLUMNS = ("episode", "trigger_date", "firm", "country", "product", "outcome", "stop_date")
LONGEST_SPLIT = 2
"""Months of a sum that is split by days when it is scored; longer sums are left alone."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class Predict(_Strict):
    """Months that are predicted."""

    first: str = Field(alias="from")
    until: str


class Forecast(_Strict):
    """What a forecast knows beyond the scenario: an information date, or later measures."""

    as_of: dt.date | None = None
    measures: tuple[str, ...] = ()
    settings: dict[str, str] = {}


class Spread(_Strict):
    """A number with its range."""

    value: float
    low: float
    high: float


class Structure(_Strict):
    """A number that shapes the engine itself: each of its values is a model of its own, equally likely beforehand."""

    parameter: str
    values: tuple[float, ...]


class GrantedRow(_Strict):
    """Licences granted of those filed so far."""

    date: dt.date
    share: float = Field(ge=0, le=1)
    source: str


class Granted(_Strict):
    """Granted-of-filed shares: whose, how well known, when."""

    places: tuple[str, ...]
    error: float = Field(gt=0)
    rows: tuple[GrantedRow, ...]


class Firms(_Strict):
    """A class of firms in the world, and words by which a row of the stops is one of them."""

    kinds: tuple[str, ...]
    words: tuple[str, ...]
    places: tuple[str, ...] = ()


class Episode(_Strict):
    """A past event and what was known of it. See ``data/episodes/magnets-2025/episode.yaml`` for each field."""

    name: str
    title: Text
    summary: Text = Text(en="")
    scenario: str
    world: str
    start: dt.date
    control: dt.date
    information_date: dt.date
    product: str
    origin: str
    goods: tuple[str, ...]
    predict: Predict
    tonnes: str
    stops: str = ""
    stop_episode: str = ""
    destinations: dict[str, tuple[str, ...]]
    forecasts: dict[str, Forecast]
    moved: dict[str, tuple[str, ...]]
    structure: Structure
    controlled_share: Spread
    granted: Granted | None = None
    firm_classes: dict[str, Firms] = {}
    terms: str
    folder: Path

    @property
    def predicted(self) -> tuple[Month, ...]:
        """Months that are predicted."""
        return tuple(range(month_of(self.predict.first), month_of(self.predict.until) + 1))

    @property
    def open_months(self) -> tuple[Month, ...]:
        """Months from the control to the information date."""
        first, last = (month_of(day.isoformat()) for day in (self.control, self.information_date))
        return tuple(range(first, last + 1))

    def scenario_of(self, forecast: Forecast, *, until: dt.date, structure: float) -> Scenario:
        """The scenario of a forecast, from the episode's start until a day, in one of the structures."""
        plain = read_scenario(self.scenario).as_dict()
        measures = (*plain.get("measures", ()), *forecast.measures)
        settings = {**plain.get("settings", {}), **forecast.settings}
        parameters = {**plain.get("parameters", {}), self.structure.parameter: structure}
        changes = {"world": self.world, "start": self.start, "until": until, "measures": measures}
        return scenario_from({**plain, **changes, "settings": settings, "parameters": parameters})

    def fingerprint(self) -> str:
        """Of everything that a calibration reads: the episode and its open rows."""
        digest = hashlib.sha256()
        for name in ("episode.yaml", self.tonnes, self.stops):
            if name:
                digest.update((self.folder / name).read_bytes())
        return digest.hexdigest()


@dataclass(frozen=True)
class StopRow:
    """A firm that stopped, or did not.

    Attributes:
        firm, firm_class: name and class of firms.
        stopped: whether it stopped.
        by: the day of the stop, or until when it had not; None where the row does not say.
    """

    firm: str
    firm_class: str
    stopped: bool
    by: dt.date | None


def shipped_episodes() -> tuple[str, ...]:
    """Names of the episodes that come with the package."""
    return tuple(sorted(path.parent.name for path in EPISODES.glob("*/episode.yaml")))


def read_episode(name_or_path: str | Path) -> Episode:
    """An episode by name or from a folder.

    Raises:
        InputError: there is no such episode, or with everything that is wrong in it.
    """
    folder = EPISODES / str(name_or_path)
    if not (folder / "episode.yaml").is_file():
        folder = Path(name_or_path)
    if not (folder / "episode.yaml").is_file():
        raise refuse(
            f"episode {name_or_path}",
            why="there is no such episode",
            cure=f"{nearest(str(name_or_path), shipped_episodes())} Or give a folder with an episode.yaml",
        )
    try:
        return Episode.model_validate({**read_yaml(folder / "episode.yaml"), "name": folder.name, "folder": folder})
    except ValidationError as error:
        problems = Problems(f"episode {folder.name}")
        for fault in error.errors():
            key = ".".join(str(part) for part in fault["loc"])
            problems.add(
                file="episode.yaml",
                column=key,
                why=fault["msg"],
                cure="See the episodes that ship",
                value=fault["input"],
            )
        raise InputError(problems.what, problems.found) from None


def read_rows(path: Path, columns: Sequence[str]) -> list[dict[str, str]]:
    """Rows of a CSV file that has at least these columns."""
    if not path.is_file():
        raise refuse(f"file {path.name}", why="there is no such file", cure="Check the path", value=path)
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [column for column in columns if column not in (reader.fieldnames or ())]
        if missing:
            raise refuse(
                f"file {path.name}",
                why=f"columns are missing: {', '.join(missing)}",
                cure="Keep the columns of the episode's own file",
            )
        return list(reader)


def tonnes_of(rows: Iterable[Mapping[str, str]], episode: Episode, *, file: str) -> dict[str, list[Total]]:
    """Totals of the episode's product by destination, in tonnes.

    Raises:
        InputError: months or numbers that are none, with every row that is wrong.
    """
    problems = Problems(f"file {file}")
    found: dict[str, list[Total]] = {}
    for number, row in enumerate(rows, start=2):
        if row["product"] != episode.product:
            continue
        try:
            first, last = month_of(row["month"]), month_of(row["period_end"] or row["month"])
            value = float(row["value"])
        except ValueError:
            problems.add(
                file=file, row=number, why="month, period_end or value is not one", cure="Write 2025-07 and 5280"
            )
            continue
        if row["unit"] != "t" or last < first or value < 0:
            problems.add(file=file, row=number, why="unit, period or value is wrong", cure="Give tonnes of a period")
            continue
        found.setdefault(row["destination"], []).append(Total(tuple(range(first, last + 1)), value))
    problems.raise_if_any()
    return found


def open_tonnes(episode: Episode) -> dict[str, list[Total]]:
    """The episode's own totals that end no later than its information date."""
    rows = read_rows(episode.folder / episode.tonnes, TONNES_COLUMNS)
    last = month_of(episode.information_date.isoformat())
    found = tonnes_of(rows, episode, file=episode.tonnes)
    return {name: [total for total in totals if total.months[-1] <= last] for name, totals in found.items()}


def disjoint(totals: Iterable[Total]) -> list[Total]:
    """Totals without overlap: what shorter totals say is taken off longer ones, and what is left is spread over the other months."""
    kept: list[Total] = []
    for total in sorted(totals, key=lambda each: (len(each.months), each.months)):
        inside = [each for each in kept if set(each.months) <= set(total.months)]
        known = {month for each in inside for month in each.months}
        rest = tuple(month for month in total.months if month not in known)
        left = total.value - sum(each.value for each in inside)
        overlapping = any(set(rest) & set(each.months) for each in kept)
        if rest and left > 0 and not overlapping:
            kept.append(Total(rest, left))
    return sorted(kept, key=lambda each: each.months)


def by_month(totals: Iterable[Total]) -> dict[Month, float]:
    """Tonnes by month: single months as they stand, sums of two months split by days."""
    found: dict[Month, float] = {}
    for total in sorted(totals, key=lambda each: -len(each.months)):
        if len(total.months) <= LONGEST_SPLIT:
            known = {month: found[month] for month in total.months if month in found}
            found.update({**split_by_days(total.value, total.months), **(known if len(total.months) > 1 else {})})
    return found


def read_stops(path: Path, episode: Episode) -> list[StopRow]:
    """Firms of the episode that stopped and that did not; rows about anything else are left out."""
    found = []
    for row in read_rows(path, STOP_COLUMNS):
        outcome = row["outcome"].strip().lower()
        firm_class = _class_of(row["product"], episode)
        if row["episode"] != episode.stop_episode or outcome not in ("stop", "no stop") or firm_class is None:
            continue
        found.append(StopRow(row["firm"], firm_class, outcome == "stop", _day(row["stop_date"])))
    return found


def _class_of(product: str, episode: Episode) -> str | None:
    for name, firms in episode.firm_classes.items():
        if any(word in product.lower() for word in firms.words):
            return name
    return None


def _day(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        try:
            return first_day(month_of(text) + 1)
        except ValueError:
            return None
