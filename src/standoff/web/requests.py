"""What the page asks for, and how it becomes a scenario. A request names what ships and changes numbers; it never names a file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from standoff.errors import nearest, refuse
from standoff.measures.settings import SWITCHES
from standoff.model.parameters import default_parameters
from standoff.model.rulesets import NUMBERS_OF, RULES
from standoff.simulate.scenario import Scenario, read_scenario, shipped_scenarios

Name = Annotated[str, Field(min_length=1, max_length=80)]
FIELDS = (
    "start",
    "until",
    "step_days",
    "measures",
    "calendar",
    "settings",
    "administration",
    "parameters",
    "rules",
    *RULES,
    "numbers",
    "home_first",
    "demand",
    "mirror",
    "permits",
)
"""Fields of a scenario that a request may change. Not among them: files, folders, and the words that stand for the scenario."""
MOST_PAGE_STEPS = 600
"""Steps that a run for the page may have: about eleven years of weeks."""

DRAWS = 64
"""Draws of a band when nobody says how many."""

MOST_STAGES = 20
"""Stages of a review that a run for the page may have: each is an array of its own."""


class RunRequest(BaseModel):
    """A scenario as its difference from one that ships.

    ``changes`` are values by key: a field (``until``), a parameter (``hoard_share``), a switch (``truce``) or a number of how a
    measure is run (``CN-2025-18.approval_share``).
    """

    model_config = ConfigDict(extra="forbid")

    scenario: Name = "april-2025"
    changes: dict[Name, JsonValue] = Field(default={}, max_length=200)
    world: str = Field(default="", max_length=80, description="Id of an uploaded world; empty: the scenario's own")
    client: str = Field(default="", max_length=40, description="A page's own id: of its requests the newest wins")


class BandRequest(RunRequest):
    """The same, over draws of every number with a range."""

    draws: int = Field(default=DRAWS, ge=8, le=1024)
    seed: int = Field(default=0, ge=0, le=2**31)


class DownloadRequest(RunRequest):
    kind: Literal["csv", "netcdf", "scenario", "report"] = "csv"
    language: Literal["en", "zh"] = Field(default="en", description="Of the report")


class Shipment(BaseModel):
    """A shipment in plain words, as far as it is known; what is left empty stays unknown."""

    model_config = ConfigDict(extra="forbid")

    item: str = Field(min_length=1, max_length=2000)
    date: str = Field(max_length=10, pattern=r"^\d{4}-\d{2}-\d{2}$")
    control_code: str = Field(default="", max_length=100)
    origin: str = Field(default="", max_length=100)
    value_share_pct: str = Field(default="", max_length=20)
    technology_origin: str = Field(default="", max_length=200)
    exporter: str = Field(default="", max_length=200)
    ship_from: str = Field(default="", max_length=100)
    ship_to: str = Field(default="", max_length=100)
    end_user: str = Field(default="", max_length=500)
    end_use: str = Field(default="", max_length=500)
    facts: str = Field(default="", max_length=2000)
    truce: Literal["lapse", "ext_2027_01_10", "ext_1y"] = "ext_2027_01_10"


def scenario_of(request: RunRequest) -> Scenario:
    """The scenario that a request asks for.

    Raises:
        InputError: no such scenario, a key that may not be changed, or a value that cannot be.
    """
    names = shipped_scenarios()
    if request.scenario not in names:
        raise refuse(
            "scenario", why="there is no such scenario", cure=nearest(request.scenario, names), value=request.scenario
        )
    for key in request.changes:
        check_key(key)
    scenario = read_scenario(request.scenario, changes=request.changes)
    if scenario.steps > MOST_PAGE_STEPS:
        raise refuse(
            f"scenario {scenario.name}",
            why=f"{scenario.steps} steps; the page runs at most {MOST_PAGE_STEPS}",
            cure="Take an earlier end or longer steps, or use the command line",
            column="until",
            value=scenario.until,
        )
    stages = scenario.parameters.get("licence_stages", 1.0)
    if stages != int(stages) or not 1 <= stages <= MOST_STAGES:
        raise refuse(
            f"scenario {scenario.name}",
            why="a review has a whole number of stages",
            cure=f"Give a whole number from 1 to {MOST_STAGES}",
            column="licence_stages",
            value=stages,
        )
    return scenario


def check_key(key: str) -> None:
    """Raises InputError for a key that a request may not change."""
    switches = {"truce", *(each.key for each in SWITCHES), *(each.name for each in SWITCHES)}
    known = {*FIELDS, *default_parameters(), *switches, *NUMBERS_OF}
    if "." not in key and key not in known:
        raise refuse("changes", why="this cannot be changed here", cure=nearest(key, known), value=key)


def changes_of(scenario: Scenario, base: Scenario) -> dict[str, Any]:
    """What a scenario changes against another, as a request's changes."""
    ours, theirs = (each.model_dump(mode="json") for each in (scenario, base))
    return {field: ours[field] for field in FIELDS if ours[field] != theirs[field]}
