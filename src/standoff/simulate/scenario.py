"""Scenario files: a scenario is only its difference from the baseline.

A scenario names a world, a start and an end, the measures in force and, where it wants to, other numbers. Everything that it does not
say is the baseline's. Files are read at the door with pydantic; unknown keys are refused with the nearest known one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, ValidationInfo, field_validator, model_validator

from standoff.errors import InputError, Problems, nearest, refuse
from standoff.model.economy import RuleNumbers
from standoff.model.rulesets import NUMBERS_OF, RULES, SETS, chain_numbers, rule_meant
from standoff.yaml_files import read_yaml

SCENARIOS = Path(__file__).resolve().parent.parent / "data" / "scenarios"
MOST_STEPS = 5200
SomeDay = Annotated[dt.date, Field(ge=dt.date(1900, 1, 1), le=dt.date(2200, 1, 1))]


class Text(BaseModel):
    """The same words in English and Chinese."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    en: str
    zh: str = ""


class DemandChange(BaseModel):
    """A change of final demand: a factor on every use that matches, from one day until another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    factor: float = Field(ge=0, le=100)
    place: str = ""
    kind: str = ""
    start: dt.date | None = None
    until: dt.date | None = None


class Pause(BaseModel):
    """A pause of a measure: from the first paused day to the first day on which it runs again."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: SomeDay
    until: SomeDay


class OtherDates(BaseModel):
    """Other dates for one measure, see `standoff.measures.calendar_changes.Dates`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    start: SomeDay | None = None
    end: SomeDay | None = None
    pauses: tuple[Pause, ...] | None = None


class Scenario(BaseModel):
    """What is simulated.

    Attributes:
        name: short name; also the name of the output folder.
        title, summary: words for people.
        world: name or path of the world that it was written for.
        start: first day.
        until: the day after the last.
        step_days: length of a step.
        measures: ids of the register, in any order.
        measure_files: further measure files, relative to the scenario file.
        calendar: other dates for measures, by id: begin, end, pauses.
        settings: switches of the rule engine and ``truce``.
        administration: other numbers of how a measure is run, by measure and name.
        permits: whether a measure's licences are a ``quantity`` or a ``right`` to ship, where not as the register says.
        parameters: other behavioural parameters.
        rules: set of `standoff.model.rulesets`.
        overproduction, labour, consumption, production, rationing, ordering, sourcing: rule of each slot, that of the set if it is not
            said. A set stands for its rule; ``sourcing`` is also true or false, which are ``adaptive`` and ``usual``.
        numbers: numbers of these rules, see `standoff.model.economy.RuleNumbers`.
        home_first: whether a short seller serves its own place first, under the rationing ``tiers``.
        demand: changes of final demand.
        mirror: two places of the world that change parts.
        not_represented: what the scenario's measures touch and the world does not have.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: Text
    summary: Text = Text(en="")
    world: str
    start: dt.date
    until: dt.date
    step_days: float = Field(default=7.0, gt=0, le=31)
    measures: tuple[str, ...] = ()
    measure_files: tuple[str, ...] = ()
    calendar: dict[str, OtherDates] = {}
    settings: dict[str, str] = {}
    administration: dict[str, dict[str, float]] = {}
    permits: dict[str, str] = {}
    parameters: dict[str, float] = {}
    rules: str = "standoff"
    overproduction: str = SETS["standoff"]["overproduction"]
    labour: str = SETS["standoff"]["labour"]
    consumption: str = SETS["standoff"]["consumption"]
    production: str = SETS["standoff"]["production"]
    rationing: str = SETS["standoff"]["rationing"]
    ordering: str = SETS["standoff"]["ordering"]
    sourcing: str = SETS["standoff"]["sourcing"]
    numbers: dict[str, float] = {}
    home_first: bool = True
    demand: tuple[DemandChange, ...] = ()
    mirror: tuple[str, str] | None = None
    not_represented: tuple[str, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, given: Any) -> Any:
        return _with_rules(given)

    @field_validator("rules", *RULES)
    @classmethod
    def _known(cls, value: str, info: ValidationInfo) -> str:
        known = RULES.get(str(info.field_name), SETS)
        if value == "esri":
            raise ValueError("it is no dynamic model: give a folder of firms, see standoff world from-firms")
        if value not in known:
            raise ValueError(f"there is no such rule. {nearest(value, {*known, *SETS})}")
        return value

    @property
    def chosen(self) -> dict[str, str]:
        """The rule of each slot."""
        return {slot: getattr(self, slot) for slot in RULES}

    def rule_numbers(self) -> RuleNumbers:
        """The numbers of the rules."""
        return chain_numbers(self.numbers, self.chosen)

    @property
    def steps(self) -> int:
        """Whole steps between start and end."""
        return int((self.until - self.start).days // self.step_days)

    def as_dict(self) -> dict[str, Any]:
        """Plain values that rebuild the scenario; what stands at its default is left out, and rules that are those of the set."""
        content = self.model_dump(mode="json", exclude_defaults=True, exclude=set(RULES))
        return content | {slot: rule for slot, rule in self.chosen.items() if rule != SETS[self.rules][slot]}


def _with_rules(given: Any) -> Any:
    """Scenario content with the rule of every slot by name, as far as it can be told."""
    if not isinstance(given, Mapping):
        return given
    usual = SETS.get(str(given.get("rules", "standoff")), {})
    meant = {slot: rule_meant(slot, given[slot]) or str(given[slot]) for slot in RULES if slot in given}
    return {**given, **usual, **meant}


def shipped_scenarios() -> tuple[str, ...]:
    """Names of the scenarios that come with the package."""
    return tuple(sorted(path.stem for path in SCENARIOS.glob("*.yaml")))


def read_scenario(name_or_path: str | Path, *, changes: Mapping[str, Any] | None = None) -> Scenario:
    """A scenario by name or from a file, with changes on top.

    Args:
        name_or_path: a shipped name or the path of a YAML file.
        changes: values by dotted key: a field (``until``), a parameter (``hoard_share``), a switch (``truce``), a rule of a slot
            (``ordering``), a number of the rules (``psi``) or a number of administration (``CN-2025-18.approval_share``).

    Raises:
        InputError: everything that is wrong with the file or the changes.
    """
    path = _find(name_or_path)
    content = _inherit(path, seen=())
    content.setdefault("name", path.stem)
    for key, value in (changes or {}).items():
        _change(content, key, value)
    return scenario_from(content, file=path.name, folder=path.parent)


def scenario_from(content: Mapping[str, Any], *, file: str = "scenario", folder: Path | None = None) -> Scenario:
    """A scenario from plain values. Raises InputError with every problem."""
    problems = Problems(f"scenario {content.get('name', file)}")
    try:
        scenario = Scenario.model_validate(dict(content))
    except ValidationError as error:
        for fault in error.errors():
            report_fault(problems, fault, file, known=[*Scenario.model_fields, "extends"])
        raise InputError(problems.what, problems.found) from None
    if scenario.until <= scenario.start:
        problems.add(
            why="the end is not after the start", cure="Give a later date", column="until", value=scenario.until
        )
    elif not 1 <= scenario.steps <= MOST_STEPS:
        problems.add(
            why=f"{scenario.steps} steps; a run has between 1 and {MOST_STEPS}",
            cure="Change until or step_days",
            column="until",
            value=scenario.until,
        )
    for change in scenario.demand:
        if change.start and change.until and change.until <= change.start:
            problems.add(why="a change of demand ends before it begins", cure="Swap the dates", value=change.until)
    try:
        scenario.rule_numbers()
    except InputError as error:
        problems.found += error.problems
    problems.raise_if_any()
    if folder is not None and scenario.measure_files:
        files = tuple(str((folder / name).resolve()) for name in scenario.measure_files)
        scenario = scenario.model_copy(update={"measure_files": files})
    return scenario


def _find(name_or_path: str | Path) -> Path:
    shipped = SCENARIOS / f"{name_or_path}.yaml"
    if isinstance(name_or_path, str) and name_or_path in shipped_scenarios():
        return shipped
    path = Path(name_or_path)
    if path.suffix in (".yaml", ".yml"):
        return path
    raise refuse(
        f"scenario {name_or_path}",
        why="there is no such scenario",
        cure=f"{nearest(str(name_or_path), shipped_scenarios())} Or give the path of a .yaml file",
    )


@cache
def _read_shipped(name: str) -> Any:
    """A scenario file of the package. The page asks for the same ones with every move of a lever."""
    return read_yaml(SCENARIOS / f"{name}.yaml")


def _inherit(path: Path, *, seen: tuple[str, ...]) -> dict[str, Any]:
    content = deepcopy(_read_shipped(path.stem)) if path.parent == SCENARIOS else read_yaml(path)
    if not isinstance(content, dict):
        raise refuse(
            f"scenario {path.stem}",
            why="a scenario is a list of keys and values",
            cure="See `standoff scenarios show baseline`",
        )
    parent = content.pop("extends", None)
    if parent is None:
        return content
    if parent in (*seen, path.stem):
        raise refuse(
            f"scenario {path.stem}",
            why="scenarios extend each other in a circle",
            cure="Break the circle",
            value=parent,
        )
    beside = path.parent / f"{parent}.yaml"
    base = _inherit(beside if beside.is_file() else _find(parent), seen=(*seen, path.stem))
    for key, value in content.items():
        base[key] = {**base[key], **value} if isinstance(value, dict) and isinstance(base.get(key), dict) else value
    if "name" not in content:
        base["name"] = path.stem
    return base


def _change(content: dict[str, Any], key: str, value: Any) -> None:
    from standoff.measures.settings import SWITCHES
    from standoff.model.parameters import default_parameters

    measure, _, field = key.rpartition(".")
    switches = {"truce", *(switch.key for switch in SWITCHES), *(switch.name for switch in SWITCHES)}
    if measure and field == "permit":
        content["permits"] = {**content.get("permits", {}), measure: value}
    elif measure:
        administration = content.setdefault("administration", {})
        administration[measure] = {**administration.get(measure, {}), field: _number(key, value)}
    elif key in default_parameters():
        content["parameters"] = {**content.get("parameters", {}), key: _number(key, value)}
    elif key in switches:
        content["settings"] = {**content.get("settings", {}), key: value}
    elif key in NUMBERS_OF:
        content["numbers"] = {**content.get("numbers", {}), key: _number(key, value)}
    elif key == "orders":  # proNet's word for the slot
        content["ordering"] = value
    elif key in Scenario.model_fields:
        content[key] = value
    else:
        known = [*Scenario.model_fields, *default_parameters(), *switches, *NUMBERS_OF]
        raise refuse("--set", why="there is no such setting", cure=nearest(key, known), value=key)


def _number(key: str, value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        raise refuse("--set", why="this is not a number", cure="Give a number", column=key, value=value) from None


def report_fault(problems: Problems, fault: Any, file: str, *, known: Iterable[str]) -> None:
    """Note one fault that pydantic found in a scenario file; ``known`` are the keys that it may have."""
    place = ".".join(str(part) for part in fault["loc"])
    key = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "extra_forbidden":
        problems.add(why="there is no such key", cure=nearest(key, known), file=file, column=place)
    elif fault["type"] == "missing":
        problems.add(why="this key is missing", cure="Add it, or extend baseline", file=file, column=place)
    else:
        why = fault["msg"].removeprefix("Value error, ")
        problems.add(why=why, cure="Correct the value", file=file, column=place, value=fault.get("input", ""))
