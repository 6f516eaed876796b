"""The register for a person: lists, single measures, the state of a day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from standoff.measures.calendar import pauses_under, runs_on
from standoff.measures.measure import Measure
from standoff.measures.outcome import Outcome
from standoff.measures.register import Register
from standoff.measures.settings import Settings


def _day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def short(measure: Measure) -> dict[str, Any]:
    """One line of a list."""
    starts = [limb.effective for limb in measure.limbs] + [layer.start for layer in measure.layers]
    return {
        "id": measure.id,
        "issuer": measure.issuer,
        "title": measure.title,
        "title_zh": measure.title_zh,
        "instrument": measure.instrument,
        "announced": _day(measure.announced),
        "effective": _day(min(starts, default=None)),
        "status": measure.status,
        "rules": len(measure.limbs),
        "tariff_layers": len(measure.layers),
    }


def full(measure: Measure) -> dict[str, Any]:
    """Everything that the register says about one measure."""
    return {
        **short(measure),
        "authority": measure.authority,
        "known": _day(measure.known),
        "ended": _day(measure.ended),
        "confidence": measure.confidence,
        "targets": measure.targets,
        "items": measure.items,
        "codes": measure.codes,
        "threshold": measure.threshold,
        "policy": measure.policy,
        "exceptions": measure.exceptions,
        "review_working_days": measure.review_working_days,
        "documents": list(measure.documents),
        "limbs": [
            {
                "id": limb.id,
                "effective": _day(limb.effective),
                "ended": _day(limb.ended),
                "outcome": limb.outcome.code,
                "relieves": ", ".join(limb.relief.measures) if limb.relief else "",
                "text": limb.text,
                "suspensions": "; ".join(
                    f"{each.start} to {each.printed} by {each.by}"
                    + (f" (truce {', '.join(each.truces)})" if each.truces else "")
                    for each in limb.suspensions
                ),
            }
            for limb in measure.limbs
        ],
        "listed_parties": [party.name for party in measure.party_list.parties] if measure.party_list else [],
        "list_complete": measure.party_list.complete if measure.party_list else None,
        "layers": [
            {
                "name": layer.name,
                "rate_percent": layer.rate_percent,
                "from": _day(layer.start),
                "until": _day(layer.until),
                "hs": ", ".join(layer.hs),
            }
            for layer in measure.layers
        ],
        "sources": list(measure.sources),
        "notes": measure.notes,
    }


def state_on(
    register: Register, on: date, settings: Settings, *, days: int, issuer: str | None = None
) -> dict[str, Any]:
    """Rules in force and paused on a day, and what changes in the days after it; of one issuer where asked."""
    interval = register.rulebook(settings).interval(on)
    running: list[dict[str, Any]] = []
    paused: list[dict[str, Any]] = []
    for rule, answer in (*interval.restricting, *interval.relieving):
        if issuer is not None and rule.measure.issuer != issuer:
            continue
        row = {
            "rule": rule.key,
            "title": rule.measure.title,
            "outcome": (answer.inner or answer.outcome).code,
            "status": rule.measure.status,
        }
        if answer.outcome is Outcome.SUSPENDED:
            paused.append({**row, "until": _day(answer.until)})
        else:
            running.append(row)
    return {
        "on": on.isoformat(),
        "truce": settings.truce,
        "in_force": sorted(running, key=lambda row: str(row["rule"])),
        "suspended": sorted(paused, key=lambda row: str(row["rule"])),
        "changes": changes(register, on, on + timedelta(days=days), settings, issuer=issuer),
    }


def changes(
    register: Register, after: date, until: date, settings: Settings, *, issuer: str | None = None
) -> list[dict[str, str]]:
    """What begins, ends, pauses or resumes in ``(after, until]``."""
    found: list[tuple[date, str, str]] = []
    for measure in register.rulebook(settings).measures:
        if issuer is not None and measure.issuer != issuer:
            continue
        for limb in measure.limbs:
            name = f"{measure.id}/{limb.id}"
            found.append((limb.effective, name, "begins"))
            found += [(end, name, "ends") for end in (limb.ended, measure.ended) if end]
            for pause in pauses_under(limb.suspensions, settings):
                end = pause.end(settings.last_day)
                if runs_on(measure, limb, pause.start):
                    found.append((pause.start, name, f"is paused by {pause.by} until {pause.printed.isoformat()}"))
                paused_on = any(
                    each.start <= end < each.end(settings.last_day) for each in pauses_under(limb.suspensions, settings)
                )
                if runs_on(measure, limb, end) and not paused_on:
                    found.append((end, name, "runs again"))
        for layer in measure.layers:
            name = f"{measure.id}: {layer.name} {layer.rate_percent:g} %"
            found.append((layer.start, name, "begins"))
            if layer.until:
                found.append((layer.until, name, "ends"))
    rows = sorted({row for row in found if after < row[0] <= until})
    return [{"date": day.isoformat(), "rule": rule, "what": what} for day, rule, what in rows]
