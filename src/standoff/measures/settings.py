"""The open questions of the texts, as switches with a default and a note that is printed, and the truce scenario.

Where a text does not say, nothing is hard-coded: the switch carries the reading, and every answer lists the readings used.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields

from standoff.errors import InputError, Problems, nearest

TRUCES = ("lapse", "ext_2027_01_10", "ext_1y")


@dataclass(frozen=True, slots=True)
class Switch:
    key: str
    name: str
    choices: tuple[str, ...]
    note: str


SWITCHES = (
    Switch(
        "S1", "last_day", ("resumes", "paused"), "Whether the printed last day of a Chinese pause is itself paused."
    ),
    Switch(
        "S2",
        "magnet_trace",
        ("practice", "text"),
        "Trade practice passes NdFeB magnets with at most 0.1 % Dy + Tb by mass; the text of No. 18 has no threshold.",
    ),
    Switch("S3", "share_of", ("shipped_item", "finished_machine"), "What the 0.1 % of No. 61 is a share of."),
    Switch("S4", "finished_goods", ("outside", "inside"), "Whether finished goods are in Part 2 of Annex 1 of No. 61."),
    Switch("S5", "value_basis", ("fob", "ex_works", "full_cost"), "The value that a share is measured on."),
    Switch(
        "S6",
        "technology_limb",
        ("technology_only", "needs_material"),
        "Whether No. 61 art. 1(2) also needs Chinese rare earths beside Chinese technology.",
    ),
    Switch(
        "S7",
        "humanitarian_report",
        ("after", "before"),
        "When a humanitarian export is reported: 10 working days after, or before.",
    ),
    Switch(
        "S8", "public_domain", ("outside", "inside"), "Whether public-domain and basic research are outside No. 62."
    ),
    Switch(
        "S9",
        "china_ownership",
        ("aggregate", "multiply", "direct"),
        "How China's 50 % rule adds up chains of owners; the text does not say.",
    ),
)


@dataclass(frozen=True, slots=True)
class Settings:
    """One reading of the open texts. Field names are the switches' names; see ``SWITCHES`` for the choices."""

    last_day: str = "resumes"
    magnet_trace: str = "practice"
    share_of: str = "shipped_item"
    finished_goods: str = "outside"
    value_basis: str = "fob"
    technology_limb: str = "technology_only"
    humanitarian_report: str = "after"
    public_domain: str = "outside"
    china_ownership: str = "aggregate"
    truce: str = "ext_2027_01_10"

    def notes(self) -> tuple[str, ...]:
        """One line a switch: key, reading, what it is about."""
        lines = [f"{each.key} {each.name} = {getattr(self, each.name)}: {each.note}" for each in SWITCHES]
        return (*lines, f"truce = {self.truce}: what follows the pauses printed to November 2026.")


DEFAULT_SETTINGS = Settings()


def read_settings(values: Mapping[str, str]) -> Settings:
    """Settings from names or keys: ``{"S2": "text", "truce": "lapse"}``.

    Raises:
        InputError: an unknown switch or choice, all of them at once.
    """
    problems = Problems("switches")
    names = {each.key: each for each in SWITCHES} | {each.name: each for each in SWITCHES}
    chosen: dict[str, str] = {}
    for key, value in values.items():
        if key == "truce":
            _choose(problems, chosen, Switch("truce", "truce", TRUCES, ""), value)
        elif key in names:
            _choose(problems, chosen, names[key], value)
        else:
            problems.add(why="there is no such switch", cure=nearest(key, [*names, "truce"]), value=key)
    if problems.found:
        raise InputError(problems.what, problems.found)
    return Settings(**chosen)


def _choose(problems: Problems, chosen: dict[str, str], switch: Switch, value: str) -> None:
    if value in switch.choices:
        chosen[switch.name] = value
    else:
        problems.add(why=f"{switch.key} has no such choice", cure=nearest(value, switch.choices), value=value)


assert {each.name for each in SWITCHES} | {"truce"} == {each.name for each in fields(Settings)}
