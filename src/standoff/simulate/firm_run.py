"""Daily totals of a network of firms after a shock to some of them, under the rules of any peer."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np

from standoff.errors import Problems, nearest
from standoff.model.economy import Economy, RuleNumbers
from standoff.model.economy_step import ready
from standoff.model.recovery import CURVES
from standoff.model.rulesets import RULES, RuleSet, compose, rule_numbers
from standoff.results.attribution.economy import KINDS, EconomyLosses, losses_of_run
from standoff.simulate.backend import NUMPY, Backend
from standoff.simulate.collapse import Diagnosis, diagnose, warn_beforehand
from standoff.simulate.damage import Damage, Schedule
from standoff.simulate.economy_run import EconomyRun, resting, run_economy, take_steps
from standoff.world.economies import economy_from_firms
from standoff.world.firm_folder import PLACE_COLUMNS, PLACES, FirmFolder

YES_OR_NO = {"true": True, "false": False}
NO_PLACES = (
    f"rationing tiers serves all alike: {PLACES} with a column {' or '.join(PLACE_COLUMNS)} would say where firms are"
)
OF_RULES = tuple(each.name for each in fields(RuleNumbers) if each.name != "peer_compatible")
"""Numbers of the rules that a setting changes."""


@dataclass(frozen=True)
class FirmSettings:
    """Numbers of a run; the defaults are those of Inoue and Todo (2019) and of their simulator."""

    steps: int = 80
    cover: float = 15.0
    """Days of use in stock."""
    restock: float = 6.0
    """Days to close a gap of the stock."""
    recovery: str = "none"
    """A curve of `standoff.model.recovery`, or none."""
    recovery_steps: float = 30.0
    recovery_start: int = 5
    """Day at whose end recovery begins."""
    losses: bool = False
    """Whether losses are also followed to what they are due to, which takes a second run."""
    numbers: Mapping[str, float] = field(default_factory=dict)
    """Numbers of the rules, of `standoff.model.economy.RuleNumbers`, that are not as shipped."""
    snapshots: tuple[int, ...] = ()
    """Days of which every firm is written, which takes another run."""


def firm_settings(changes: Mapping[str, str]) -> tuple[FirmSettings, dict[str, str]]:
    """Sort ``KEY=VALUE`` changes into (settings, rules by slot). ``orders`` is short for ``ordering``.

    Raises:
        InputError: names every unknown key and every value that is no number.
    """
    problems = Problems("settings of a run of firms")
    kinds = {"steps": int, "cover": float, "restock": float, "recovery_steps": float, "recovery_start": int}
    values: dict[str, Any] = {}
    numbers: dict[str, float] = {}
    rules = {}
    for key, text in changes.items():
        slot = "ordering" if key == "orders" else key
        if slot in RULES:
            rules[slot] = text
        elif key == "recovery":
            if text not in {"none", *CURVES}:
                problems.add(column=key, value=text, why="no such recovery", cure=nearest(text, {"none", *CURVES}))
            values[key] = text
        elif key == "losses":
            if text not in YES_OR_NO:
                problems.add(column=key, value=text, why="neither true nor false", cure="Write --set losses=true")
            values[key] = YES_OR_NO.get(text, False)
        elif key in kinds or key in OF_RULES:
            try:
                if key in kinds:
                    values[key] = kinds[key](text)
                else:
                    numbers[key] = float(text)
            except ValueError:
                problems.add(column=key, value=text, why="not a number", cure=f"Write --set {key}=10")
        elif key == "snapshots":
            days = text.split(",")
            if all(day.strip().isdigit() for day in days):
                values[key] = tuple(int(day) for day in days)
            else:
                problems.add(column=key, value=text, why="no list of days", cure="Write --set snapshots=5,20,40")
        else:
            known = {*kinds, *RULES, *OF_RULES, "recovery", "orders", "losses", "snapshots"}
            problems.add(column=key, why="no such setting", cure=nearest(key, known))
    problems.raise_if_any()
    return FirmSettings(**values, numbers=numbers), rules


@dataclass(frozen=True)
class FirmRun:
    """A run, what was said of its settings beforehand, and what its own dynamics did to it."""

    run: EconomyRun
    warnings: tuple[str, ...]
    diagnosis: Diagnosis | None
    """None where damage stays or the run is too short to tell."""
    notes: tuple[str, ...] = ()
    """What a rule could not do with what is known of the firms."""

    @property
    def told(self) -> tuple[str, ...]:
        """All that a person should hear: nothing where the economy rests."""
        if self.diagnosis is None or self.diagnosis.status == "rests":
            return self.warnings
        return (*self.warnings, self.diagnosis.text)


def run_firms(
    firms: FirmFolder,
    *,
    settings: FirmSettings,
    rules: Mapping[str, str],
    name: str = "inoue_todo",
    backend: Backend = NUMPY,
) -> FirmRun:
    """Run a network of firms from rest.

    Args:
        firms: network and first damage.
        settings: numbers.
        rules: slot to rule, where not that of the set.
        name: of the rule set.
        backend: array library that takes the steps.
    """
    economy, chosen, schedule, numbers = prepared_firms(firms, settings=settings, rules=rules, name=name)
    run = run_economy(economy, chosen, schedule, steps=settings.steps, numbers=numbers, backend=backend)
    heals = settings.recovery != "none" and settings.steps >= settings.recovery_start + 2 * settings.recovery_steps
    return FirmRun(
        run=run,
        warnings=warn_beforehand(economy, chosen, numbers),
        diagnosis=diagnose(run) if heals else None,
        notes=(NO_PLACES,) if chosen.chosen["rationing"] == "tiers" and firms.place is None else (),
    )


def losses_of_firms(
    firms: FirmFolder, *, settings: FirmSettings, rules: Mapping[str, str], name: str = "inoue_todo"
) -> EconomyLosses:
    """Run a network of firms and follow every loss of output to what it is due to. Arguments as in `run_firms`."""
    economy, chosen, schedule, numbers = prepared_firms(firms, settings=settings, rules=rules, name=name)
    return losses_of_run(economy, chosen, schedule, steps=settings.steps, numbers=numbers)


def write_snapshots(
    firms: FirmFolder, path: Path, *, settings: FirmSettings, rules: Mapping[str, str], name: str = "inoue_todo"
) -> Path:
    """Write day, firm, production, demand and supply (output that stocks allow, inf without inputs) of the days in the settings.

    Arguments as in `run_firms`, and the file.
    """
    economy, chosen, schedule, numbers = prepared_firms(firms, settings=settings, rules=rules, name=name)
    state = ready(resting(economy, numbers), economy, chosen, numbers=numbers)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("day", "firm", "production", "demand", "supply"))
        for taken in take_steps(economy, chosen, schedule, steps=settings.steps, numbers=numbers, state=state):
            if taken.number in settings.snapshots:
                columns = (taken.flows.output, taken.flows.book + taken.flows.final, taken.before.input_limit)
                for firm, *values in zip(firms.firms, *(column.tolist() for column in columns), strict=True):
                    writer.writerow((taken.number, firm, *map(repr, values)))
    return path


def prepared_firms(
    firms: FirmFolder, *, settings: FirmSettings, rules: Mapping[str, str], name: str
) -> tuple[Economy, RuleSet, Schedule, RuleNumbers]:
    """Economy, rules, events and numbers of a run. Arguments as in `run_firms`."""
    economy = economy_from_firms(
        supplier=firms.supplier,
        buyer=firms.buyer,
        flow=firms.flow,
        product=firms.sector,
        final=firms.final,
        cover=settings.cover,
        restock=settings.restock,
        place=firms.place,
    )
    recovers = settings.recovery != "none"
    damage = Damage(
        impact=firms.capacity_lost,
        occurrence=0,
        duration=settings.recovery_start - 1,  # the curve is 1 on the first day that counts
        recovery=settings.recovery if recovers else None,
        recovery_steps=settings.recovery_steps,
    )
    return economy, compose(name, **rules), Schedule(economy, [damage]), rule_numbers(settings.numbers)


def write_losses(losses: EconomyLosses, firms: FirmFolder, path: Path) -> Path:
    """Write what each firm lost over the run: firm, lost, and its parts (`standoff.results.attribution.economy.KINDS`)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = losses.parts.sum(axis=0)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("firm", "lost", *KINDS))
        for firm, row in zip(firms.firms, parts, strict=True):
            writer.writerow((firm, repr(float(row.sum())), *(repr(float(value)) for value in row)))
    return path


def write_totals(run: EconomyRun, path: Path) -> Path:
    """Write day, production, value_added, consumption; day -1 is rest."""
    economy = run.economy
    rest = (economy.output.sum(), economy.value_added.sum(), economy.final.sum())
    totals = np.column_stack([run["output"].sum(axis=1), run.value_added.sum(axis=1), run["to_final"].sum(axis=1)])
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(("day", "production", "value_added", "consumption"))
        for day, row in enumerate([rest, *totals], start=-1):
            writer.writerow((day, *(repr(float(value)) for value in row)))
    return path
