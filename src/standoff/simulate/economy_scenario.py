"""Scenario files for economies of regions and sectors: rules of a peer, its numbers, and what strikes when.

Dates are days; a step is a day. A number that is not known well is given as ``{value: 0.8, low: 0.5, high: 1.0}``. Sectors and regions are
named as the table names them, regions also by a side of the scenario; a list that is left out means all.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from standoff.errors import InputError, Problems, nearest, refuse
from standoff.model.economy import RuleNumbers
from standoff.model.recovery import CURVES
from standoff.model.rulesets import RULES, RuleSet, compose, rule_numbers
from standoff.simulate.scenario import MOST_STEPS, SomeDay, Text, report_fault
from standoff.yaml_files import read_yaml

DRAWN = ("share", "leakage", "recovery_days")
"""Numbers of an event that may have a range."""
USUAL_DAYS = {"cover": 90.0, "restock": 60.0}
"""Those of BoARIO 0.7.2; assumed, like any number that a scenario gives."""


class Strict(BaseModel):
    """Refuses keys that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Ranged(Strict):
    """A number and the range that it may lie in; a bare number has none."""

    value: float
    low: float
    high: float

    @model_validator(mode="before")
    @classmethod
    def _from_number(cls, given: Any) -> Any:
        if isinstance(given, (int, float)) and not isinstance(given, bool):
            return {"value": given, "low": given, "high": given}
        return given

    @model_validator(mode="after")
    def _in_order(self) -> Ranged:
        if not self.low <= self.value <= self.high:
            raise ValueError("low, value and high are not in this order")
        return self


class Share(Ranged):
    """A ranged number between 0 and 1."""

    value: float = Field(ge=0, le=1)
    low: float = Field(ge=0, le=1)
    high: float = Field(ge=0, le=1)


class Event(Strict):
    """What all events have: a name for ``--set`` and the report, and a first day."""

    name: str = ""
    start: SomeDay


class ExportCut(Event):
    """Exporters may not sell some goods to some places: links and final use are closed by ``share (1 - leakage)`` until a day."""

    kind: Literal["export_cut"]
    exporters: tuple[str, ...] = Field(min_length=1)
    destinations: tuple[str, ...] = ()
    """All others than the exporters if left out."""
    sectors: tuple[str, ...] = ()
    share: Share = Share(value=1, low=1, high=1)
    leakage: Share = Share(value=0, low=0, high=0)
    until: SomeDay | None = None


class Rebuild(Strict):
    """How destroyed capital is rebuilt: who delivers what part of it, in how many days it is ordered."""

    sectors: dict[str, float]
    days: float = Field(gt=0)
    factor: float = Field(default=1.0, gt=0)

    @model_validator(mode="after")
    def _whole(self) -> Rebuild:
        if abs(sum(self.sectors.values()) - 1.0) > 1e-9:
            raise ValueError("the shares of the sectors that rebuild do not add up to 1")
        return self


class Struck(Event):
    """Capital destroyed or capacity lost: full for some days, then recovering."""

    kind: Literal["capital_destroyed", "capacity_lost"]
    regions: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    share: Share
    duration_days: int = Field(ge=1)
    recovery: str = ""
    """A curve of `standoff.model.recovery`; what is lost stays lost without one."""
    recovery_days: Ranged = Ranged(value=30, low=30, high=30)
    rebuilding: Rebuild | None = None

    @model_validator(mode="after")
    def _known(self) -> Struck:
        if self.recovery and self.recovery not in CURVES:
            raise ValueError(f"no such curve of recovery: {self.recovery}. {nearest(self.recovery, CURVES)}")
        if self.recovery_days.low <= 0:
            raise ValueError("days of recovery are more than 0")
        if self.rebuilding and (self.kind != "capital_destroyed" or self.recovery):
            raise ValueError("only destroyed capital is rebuilt, and it does not recover by itself then")
        return self


class Restriction(Event):
    """Labour kept from work, or demand that falls, by a share until a day; demand by where it is and what it asks for."""

    kind: Literal["labour_lost", "household_demand", "other_final_demand"]
    regions: tuple[str, ...] = ()
    sectors: tuple[str, ...] = ()
    share: Share
    until: SomeDay | None = None


AnyEvent = Annotated[ExportCut | Struck | Restriction, Field(discriminator="kind")]


class EconomyScenario(Strict):
    """What is run.

    Attributes:
        name, title, summary: words for people.
        world: folder of the table.
        rules: set of `standoff.model.rulesets`.
        rule_changes: another rule in a slot.
        numbers: numbers of the rules, see `standoff.model.economy.RuleNumbers`.
        start, until: first day, and the day after the last.
        cover: days of use in stock, one number or by sector with ``default``.
        cover_of: whose sector that is: of the ``input`` that is kept, or of the ``buyer`` who keeps it.
        restock: days to close a gap of the stock, one number or by sector of the input.
        never_binding: sectors whose goods never hold up production.
        ratings: CSV of how critical inputs (rows) are to sectors (columns): 1, 0.5, 0; beside the scenario file.
        sides: names for groups of regions, for events and for the report.
        events: what strikes.
        losses: whether losses of output are also followed to what they are due to, which takes a second, slower run.
    """

    name: str
    title: Text = Text(en="")
    summary: Text = Text(en="")
    world: str = ""
    rules: Literal["standoff", "ario", "pichler", "inoue_todo"] = "ario"
    rule_changes: dict[str, str] = {}
    numbers: dict[str, float] = {}
    start: SomeDay
    until: SomeDay
    cover: dict[str, Annotated[float, Field(gt=0)]] = {"default": USUAL_DAYS["cover"]}
    cover_of: Literal["input", "buyer"] = "input"
    restock: dict[str, Annotated[float, Field(gt=0)]] = {"default": USUAL_DAYS["restock"]}
    never_binding: tuple[str, ...] = ()
    ratings: str = ""
    sides: dict[str, tuple[str, ...]] = {}
    events: tuple[AnyEvent, ...] = ()
    losses: bool = False

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, given: Any) -> Any:
        return filled(given)

    @property
    def days(self) -> int:
        """Steps between start and end."""
        return (self.until - self.start).days

    def rule_set(self) -> RuleSet:
        """The rules, with the changes."""
        return compose(self.rules, **self.rule_changes)

    def rule_numbers(self) -> RuleNumbers:
        """The numbers of the rules."""
        return rule_numbers(self.numbers)

    def as_dict(self) -> dict[str, Any]:
        """Plain values that rebuild the scenario."""
        return self.model_dump(mode="json", exclude_defaults=True)


def filled(given: Any) -> Any:
    """Scenario content in which one number of days stands for all sectors and every event has a name."""
    if not isinstance(given, dict):
        return given
    content = dict(given)
    for key, usual in USUAL_DAYS.items():
        if isinstance(content.get(key), (int, float)):
            content[key] = {"default": content[key]}
        elif isinstance(content.get(key), dict):
            content[key] = {"default": usual, **content[key]}
    events = content.get("events")
    if isinstance(events, (list, tuple)):
        content["events"] = [
            {**each, "name": each.get("name") or f"{each.get('kind', 'event')}-{number}"}
            if isinstance(each, dict)
            else each
            for number, each in enumerate(events, start=1)
        ]
    return content


@dataclass(frozen=True)
class Unknown:
    """A number of an event with a range."""

    event: str
    field: str
    value: float
    low: float
    high: float

    @property
    def label(self) -> str:
        return f"{self.event}.{self.field}"


def unknowns(scenario: EconomyScenario) -> tuple[Unknown, ...]:
    """Every number of the scenario that has a range."""

    def find() -> Iterator[Unknown]:
        for event in scenario.events:
            for field in DRAWN:
                number = getattr(event, field, None)
                if number is not None and number.low < number.high:
                    yield Unknown(event.name, field, number.value, number.low, number.high)

    return tuple(find())


def with_values(scenario: EconomyScenario, values: Mapping[str, float]) -> EconomyScenario:
    """The scenario with other values of ranged numbers, by label."""
    events = []
    for event in scenario.events:
        for label, value in values.items():
            name, _, field = label.rpartition(".")
            if name == event.name:
                number = getattr(event, field)
                event = event.model_copy(update={field: number.model_copy(update={"value": value})})
        events.append(event)
    return scenario.model_copy(update={"events": tuple(events)})


def read_economy_scenario(path: str | Path, *, changes: Mapping[str, Any] | None = None) -> EconomyScenario:
    """A scenario from a YAML file, with changes on top.

    Args:
        path: the file.
        changes: values by key: a field (``until``, ``cover``), a slot of the rules (``sourcing``), a number of the rules (``psi``), or
            a number of
            an event by its name (``cut.share``).

    Raises:
        InputError: everything that is wrong with the file or the changes.
    """
    path = Path(path)
    content = read_yaml(path)
    if not isinstance(content, dict):
        raise refuse(f"scenario {path.stem}", why="a scenario is a list of keys and values", cure="See docs/mrio.md")
    content = {"name": path.stem, **content}
    if content.get("ratings"):
        content["ratings"] = str((path.parent / str(content["ratings"])).resolve())
    return economy_scenario_from(content, file=path.name, changes=changes or {})


def economy_scenario_from(
    content: Mapping[str, Any], *, file: str = "scenario", changes: Mapping[str, Any] | None = None
) -> EconomyScenario:
    """A scenario from plain values. Raises InputError with every problem."""
    problems = Problems(f"scenario {content.get('name', file)}")
    changed = dict(content)
    for key, value in (changes or {}).items():
        _change(changed, key, value, problems)
    problems.raise_if_any()
    try:
        scenario = EconomyScenario.model_validate(changed)
    except ValidationError as error:
        known = {*EconomyScenario.model_fields}.union(*(each.model_fields for each in (ExportCut, Struck, Restriction)))
        for fault in error.errors():
            report_fault(problems, fault, file, known=known)
        raise InputError(problems.what, problems.found) from None
    _check(scenario, problems)
    for made in (scenario.rule_set, scenario.rule_numbers):
        try:
            made()
        except InputError as error:
            problems.found += error.problems
    problems.raise_if_any()
    return scenario


def _check(scenario: EconomyScenario, problems: Problems) -> None:
    if not 1 <= scenario.days <= MOST_STEPS:
        problems.add(
            why=f"{scenario.days} days; a run has between 1 and {MOST_STEPS}",
            cure="Change start or until",
            column="until",
        )
    names = [event.name for event in scenario.events]
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.add(why="two events have this name", cure="Give each its own", column="events", value=name)
    for event in scenario.events:
        ends = getattr(event, "until", None)
        if ends is not None and ends <= event.start:
            problems.add(why="the event ends before it begins", cure="Swap the dates", column=event.name, value=ends)
        if not scenario.start <= event.start < scenario.until:
            problems.add(
                why="the event begins outside the run", cure="Change its start", column=event.name, value=event.start
            )


def _change(content: dict[str, Any], key: str, value: Any, problems: Problems) -> None:
    event, _, field = key.rpartition(".")
    numbers = RuleNumbers.__dataclass_fields__
    if event:
        _change_event(content, event, field, value, problems)
    elif key in RULES or key == "orders":
        content["rule_changes"] = {**content.get("rule_changes", {}), "ordering" if key == "orders" else key: value}
    elif key in numbers:
        content["numbers"] = {**content.get("numbers", {}), key: value}
    elif key in ("cover", "restock"):
        try:
            content[key] = float(value)
        except ValueError:
            problems.add(why="this is not a number", cure=f"Write --set {key}=30", column=key, value=value)
    elif key in EconomyScenario.model_fields:
        content[key] = value
    else:
        known = {*RULES, *numbers, *EconomyScenario.model_fields}
        problems.add(why="there is no such setting", cure=nearest(key, known), column="--set", value=key)


def _change_event(content: dict[str, Any], name: str, field: str, value: Any, problems: Problems) -> None:
    events = filled(content).get("events", [])
    names = [each.get("name", "") for each in events if isinstance(each, dict)]
    if name not in names:
        problems.add(why="there is no such event", cure=nearest(name, names), column="--set", value=name)
        return
    try:
        number: Any = float(value)
    except ValueError:
        number = value
    content["events"] = [{**each, field: number} if each.get("name") == name else each for each in events]
