"""Episodes: a folder with ``episode.yaml`` and the open observations. A new episode is a new folder, not new code."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from standoff.errors import InputError, Problems, nearest, refuse
from standoff.simulate.scenario import Scenario, Text, read_scenario, scenario_from
from standoff.studies.backtest.months import Month, month_of
from standoff.yaml_files import read_yaml

EPISODES = Path(__file__).resolve().parents[2] / "data" / "episodes"


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
