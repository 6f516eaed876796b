"""What the API answers, for its description. Answers are made as plain values and not validated again on their way out."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, JsonValue

Language = Literal["en", "zh"]
Words = dict[Language, str]


class ProblemAnswer(BaseModel):
    why: str
    cure: str
    file: str
    row: int | None
    column: str
    value: str


class Refusal(BaseModel):
    """Everything that is wrong with a request, as on the command line."""

    error: str
    problems: list[ProblemAnswer]


class FirstStop(BaseModel):
    where: str
    weeks: float


class Waiting(BaseModel):
    share: float
    step: int


class FourNumbers(BaseModel):
    """None where the run has no such thing."""

    first_stop: FirstStop | None
    unmet: dict[str, float]
    unserved: float | None
    waiting: Waiting | None


class About(BaseModel):
    name: str
    title: Words
    summary: Words
    world: str
    start: str
    until: str
    steps: int
    step_days: float
    measures: list[str]
    not_represented: list[str]


class Lines(BaseModel):
    unmet: dict[str, list[float]]
    waiting: list[float]
    controlled: list[float]
    controlled_usual: float


class UseRow(BaseModel):
    use: str
    lost: float
    share: float
    lowest: float
    first_stop_days: float | None
    half_stop_days: float | None
    stopped_weeks: float
    stock_days: float | None


class Flow(BaseModel):
    nodes: list[tuple[str, str]]
    links: list[tuple[int, int, float, list[float]]]
    low: list[tuple[str, float] | None]


class Bar(BaseModel):
    measure: str
    issuer: str
    title: str
    title_zh: str
    start: str
    until: str
    state: Literal["in force", "suspended"]
    rates: tuple[float, float] | None
    paused_rates: tuple[float, float] | None


class RegimeAnswer(BaseModel):
    measure: str
    outcome: str
    numbers: dict[str, tuple[float, float, float, str, str]]


class Run(BaseModel):
    id: str
    status: str
    scenario: About
    numbers: FourNumbers
    lines: Lines
    uses: list[UseRow]
    ledger: dict[str, dict[str, float]]
    flow: Flow
    calendar: list[Bar]
    administration: list[RegimeAnswer]


class BandLines(BaseModel):
    unmet: dict[str, list[list[float]]]
    controlled_value: list[list[float]]


class BandsAnswer(BaseModel):
    id: str
    draws: int
    ranges: int
    lines: BandLines
    unmet: dict[str, list[float]]
    stops: dict[str, float]


class JobAnswer(BaseModel):
    job: int
    state: Literal["running", "done", "cancelled"]
    draws: int
    done: int
    bands: BandsAnswer | None


class Named(BaseModel):
    value: str
    en: str
    zh: str


class Lever(BaseModel):
    key: str
    group: str
    kind: Literal["administration", "parameter", "choice"]
    label: Words
    help: Words
    unit: Words
    shown: Literal["percent", "days", "times", "plain"]
    reach: tuple[float, float, float] | None
    names: list[Named]
    default: float | str | None
    range: tuple[float, float] | None
    status: str
    source: str


class ScenarioName(BaseModel):
    name: str
    title: Words
    summary: Words
    world: str


class Start(BaseModel):
    """What the page needs before its first run."""

    version: str
    scenarios: list[ScenarioName]
    worlds: list[str]
    levers: list[Lever]
    rule_sets: dict[str, dict[str, str]]


class PlaceName(BaseModel):
    en: str
    zh: str
    side: str
    at: tuple[float | None, float | None]


class Outline(BaseModel):
    world: str
    title: Words
    summary: Words
    usd_year: int
    base_year: int
    shares: dict[str, float]
    stages: list[str]
    places: dict[str, PlaceName]
    products: dict[str, Words]
    producers: dict[str, Words]
    uses: dict[str, Words]
    use_places: dict[str, str]
    tables: dict[str, int]


class TablePage(BaseModel):
    table: str
    columns: list[str]
    total: int
    lines: list[list[str]]


class MeasureName(BaseModel):
    id: str
    issuer: str
    title: Words
    announced: str | None
    status: str
    sources: list[str]


class Decided(BaseModel):
    measure: str
    limb: str
    clause: str


class OtherDate(BaseModel):
    on: str
    code: str


class DeterminedWords(BaseModel):
    clause: str = ""
    policy: str = ""
    missing: list[str] = []
    documents: list[str] = []
    red_flags: list[str] = []
    trace: list[str] = []
    understood: dict[str, str] = {}
    readings: list[str] = []


class Determined(DeterminedWords):
    on: str
    code: str
    outcome: str = ""
    decided_by: Decided | None = None
    until: str | None = None
    expected_delay_days: int | None = None
    sources: list[str] = []
    status: str = ""
    on_other_dates: list[OtherDate] = []
    disclaimer: str = ""
    chinese: DeterminedWords = DeterminedWords()


class Uploaded(BaseModel):
    scenario: str
    changes: dict[str, JsonValue]
    world: str
    title: Words
