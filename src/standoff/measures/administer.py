"""How a licence regime is run: the numbers of the register, and those that a scenario changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from standoff.errors import Problems, nearest
from standoff.measures.gates import ADMINISTRATION_FIELDS, Administered, Regime, Regimes
from standoff.measures.measure import Administration
from standoff.measures.outcome import Outcome

if TYPE_CHECKING:
    from standoff.measures.measure import Figure
    from standoff.measures.register import Register

HOLD = "HOLD"
"""Label of the outcome of goods that are held because they look controlled."""
PERMITS = ("quantity", "right")
CHANGES = {
    "review_days": "review_days",
    "approval_share": "approval_share",
    "denied_share": "denied_share",
    "throughput": "throughput",
    "validity_days": "validity_days",
    "cleared_share": "cleared_share",
    "hold_share": "hold_share",
    "hold_days": "review_days",
    "hold_ease_days": "ease_days",
}
"""Names under which a scenario may change a number of administration, and the field that it changes."""


def administered(administration: Administration, *, hold: bool) -> dict[str, Administered]:
    """Numbers of how a regime is run, by name of ``ADMINISTRATION_FIELDS``."""
    figures = administration.figures
    held = administration.customs_hold
    found: dict[str, Figure | float] = {
        "review_days": held["hold_days"] if hold else figures["review_days"],
        "approval_share": 1.0 if hold else figures["approval_share"],
        "denied_share": 0.0 if hold else figures["denied_share"],
        "throughput": figures["throughput"],
        "validity_days": administration.permit_validity_days or 365.0,
        "cleared_share": figures["cleared_share"],
        "hold_share": held["share"] if hold else 1.0,
        "ease_days": held["ease_days"] if hold else float("inf"),
    }
    result = {}
    for name in ADMINISTRATION_FIELDS:
        figure = found[name]
        if isinstance(figure, float):
            result[name] = Administered(figure, figure, figure, "assumed", note="follows from what the regime is")
        else:
            result[name] = Administered(figure.value, figure.low, figure.high, figure.status, figure.source)
    return result


def changed(
    numbers: Mapping[str, Administered], *, hold: bool, changes: Mapping[str, float]
) -> dict[str, Administered]:
    """Numbers of a regime with a scenario's changes on top."""
    result = dict(numbers)
    for name, value in changes.items():
        if name in CHANGES and CHANGES[name] in result and (hold == name.startswith("hold_") or name == "throughput"):
            result[CHANGES[name]] = Administered(value, value, value, "assumed", note="set in the scenario")
    return result


def with_changes(regimes: Regimes, changes: Mapping[str, Mapping[str, float]]) -> Regimes:
    """Compiled measures with other numbers of administration: nothing else of them depends on these."""
    return replace(
        regimes,
        regimes=tuple(
            replace(
                regime,
                administration=changed(
                    regime.administration, hold=regime.outcome == HOLD, changes=changes_for(regime, changes)
                ),
            )
            for regime in regimes.regimes
        ),
    )


def changes_for(regime: Regime, changes: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """The changes that a regime takes: those of its measure, then those of its limb (``CN-2025-18/military``).

    What is refused in principle stays so when a measure's approval changes; say the limb to change it.
    """
    taken = dict(changes.get(regime.measure, {}))
    if regime.outcome == Outcome.LICENCE_DENY.code:
        taken = {name: value for name, value in taken.items() if name not in ("approval_share", "denied_share")}
    return {**taken, **changes.get(regime.label.partition(":")[0], {})}


def check_changes(changes: Mapping[str, Mapping[str, float]], register: Register) -> None:
    """Raise one report of every measure, limb, name or value in a scenario's changes that cannot be."""
    problems = Problems("administration")
    for key, fields in changes.items():
        measure, _, limb = key.partition("/")
        if measure not in register:
            problems.add(
                why="the scenario has no such measure",
                cure=nearest(measure, register.ids),
                value=measure,
                column="administration",
            )
        elif limb and limb not in (limbs := [each.id for each in register.get(measure).limbs]):
            problems.add(
                why=f"{measure} has no such limb", cure=nearest(limb, limbs), value=limb, column="administration"
            )
        for name, value in fields.items():
            share = name.endswith("share")
            if name not in CHANGES:
                problems.add(why="there is no such number of administration", cure=nearest(name, CHANGES), value=name)
            elif not 0 <= value <= (1 if share else float("inf")):
                problems.add(
                    why="out of range",
                    cure="Give a share between 0 and 1" if share else "Give a number of at least 0",
                    column=f"{key}.{name}",
                    value=value,
                )
    problems.raise_if_any()


def check_permits(permits: Mapping[str, str], register: Register) -> None:
    """Raise one report of every measure or kind of permit that there is not."""
    problems = Problems("permits")
    for measure, kind in permits.items():
        if measure not in register:
            problems.add(why="the scenario has no such measure", cure=nearest(measure, register.ids), value=measure)
        if kind not in PERMITS:
            problems.add(why="there is no such kind of permit", cure=nearest(kind, PERMITS), column=measure, value=kind)
    problems.raise_if_any()
