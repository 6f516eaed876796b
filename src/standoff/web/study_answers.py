"""What the API answers about studies, for its description: claims, their audit, and back-tests."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel

from standoff.web.answers import Words


class ClaimAnswer(BaseModel):
    """A claim in paraphrase, and what research found. ``verdict`` is empty where the audit has to work it out."""

    id: str
    text: str
    date: str
    paraphrase: Words
    kind: str
    quantity: str
    system: str
    test: Words
    speaker: Words
    cites: Words
    cites_found: str
    verdict: str
    found: str
    finding: Words
    document: str
    confidence: str


class WhereAnswer(BaseModel):
    kind: Literal["edge", "density", "span", "horizon"]
    name: str
    low: float | None
    high: float | None


class ModelAnswer(BaseModel):
    """What the model says, where it has the mechanism."""

    measured: str
    measured_zh: str
    unit: str
    low: float
    median: float
    high: float
    verdict: str
    share_true: float | None
    where: list[WhereAnswer]
    region: list[str]
    scenario: str
    until: str
    table: str


class AuditRow(BaseModel):
    id: str
    verdict: str
    answer: ModelAnswer


class AuditAnswer(BaseModel):
    state: Literal["idle", "running", "done"]
    draws: int
    done: int
    world: str
    answers: list[AuditRow] | None


class EpisodeAnswer(BaseModel):
    name: str
    title: Words
    summary: Words


class MarkAnswer(BaseModel):
    """One element of a drawing."""

    tag: str
    attributes: dict[str, str]
    text: str
    tip: str


class LegendAnswer(BaseModel):
    text: str
    style: str
    kind: str


class ChartAnswer(BaseModel):
    width: float
    height: float
    title: str
    note: str
    description: str
    legend: list[LegendAnswer]
    marks: list[MarkAnswer]


class PictureAnswer(BaseModel):
    caption: str
    legend: list[LegendAnswer]
    charts: list[ChartAnswer]


class TableAnswer(BaseModel):
    name: str
    title: str
    open: bool
    head: list[str]
    plain: list[bool]
    rows: list[list[str]]


class SectionAnswer(BaseModel):
    """A section of a report, drawn and written as there."""

    name: str
    title: str
    sentence: str
    pictures: list[PictureAnswer]
    tables: list[TableAnswer]
    definitions: list[str]


class LeftOutAnswer(BaseModel):
    why: str
    value: str
    rows: list[int]


class ObservedAnswer(BaseModel):
    """Which rows of a file count, and why the others do not."""

    file: str
    rows: int
    used: int
    left_out: list[LeftOutAnswer]


class BacktestAnswer(BaseModel):
    episode: str
    title: Words
    summary: Words
    terms: str
    observed: ObservedAnswer | None
    scored: int
    sections: dict[Literal["en", "zh"], list[SectionAnswer]]
