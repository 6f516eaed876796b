"""What a measure is: a dated, sourced text with limbs, pauses and an end."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from standoff.measures.outcome import Outcome

STATUS_OF_CONFIDENCE = {"high": "sourced", "medium": "sourced with note", "low": "claimed"}


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its range and where it is from. ``status``: sourced, claimed or assumed."""

    value: float
    low: float
    high: float
    status: str
    source: str


@dataclass(frozen=True, slots=True)
class Administration:
    """How a permission is handled in practice, for the simulation.

    Attributes:
        figures: review_days, approval_share, denied_share, throughput, cleared_share (those that are given).
        permit_kind: ``quantity`` (a licence for an amount) or ``right`` (may ship while it is valid).
        permit_validity_days: how long a permit lives.
        customs_hold: share, ease_days, hold_days of goods stopped at the border although not controlled.
        note: what these figures are not.
    """

    figures: dict[str, Figure] = field(default_factory=dict)
    permit_kind: str | None = None
    permit_validity_days: Figure | None = None
    customs_hold: dict[str, Figure] = field(default_factory=dict)
    note: str = ""

    def under(self, layer: Administration) -> Administration:
        """The same with what another block says on top of it."""
        return Administration(
            figures={**self.figures, **layer.figures},
            permit_kind=layer.permit_kind or self.permit_kind,
            permit_validity_days=layer.permit_validity_days or self.permit_validity_days,
            customs_hold=layer.customs_hold or self.customs_hold,
            note=layer.note or self.note,
        )


@dataclass(frozen=True, slots=True)
class Suspension:
    """A pause. ``printed`` is the date in the text; ``truces`` names the scenarios in which it exists (empty: all)."""

    start: date
    printed: date
    last_day_paused: bool = False
    by: str = ""
    known: date | None = None
    truces: tuple[str, ...] = ()
    status: str = "sourced"

    def end(self, last_day: str) -> date:
        """The first day on which the rule runs again; switch S1 (``last_day``) settles an ambiguous text."""
        paused = self.last_day_paused or last_day == "paused"
        return self.printed + timedelta(days=1) if paused else self.printed


@dataclass(frozen=True, slots=True)
class ListedParty:
    name: str
    other_names: tuple[str, ...] = ()
    start: date | None = None
    policy: str = ""


@dataclass(frozen=True, slots=True)
class PartyList:
    """Names that a measure puts on a list. ``complete`` is False where the register does not have them all."""

    kind: str
    countries: frozenset[str]
    parties: tuple[ListedParty, ...]
    complete: bool
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Relief:
    """What a relieving limb lightens: findings of these measures up to a ceiling, down to its outcome."""

    measures: tuple[str, ...]
    ceiling: Outcome


@dataclass(frozen=True, slots=True)
class Limb:
    """One part of a measure with its own date and condition.

    ``item`` and ``when`` are condition trees as read from the file; they are compiled once per register and settings. ``known`` is the
    day on which the limb became known where a later act added it to the measure.
    """

    id: str
    text: str
    effective: date
    outcome: Outcome
    item: Any = None
    when: Any = None
    ended: date | None = None
    policy: str = ""
    relief: Relief | None = None
    suspensions: tuple[Suspension, ...] = ()
    administration: Administration | None = None
    known: date | None = None


@dataclass(frozen=True, slots=True)
class TariffLayer:
    """A duty on what one place imports from others, from one day to another (``until`` is the first day without it).

    ``until_by`` and ``needs`` name measures: where the first is left out of a register the layer does not end, where the second
    is left out it does not come. ``not_beside`` names kinds of layer beside which it is not collected. ``known`` is the day on which it
    became known where a later act added it to the measure.
    """

    name: str
    importer: str
    exporters: frozenset[str] | None
    kind: str
    rate_percent: float
    legal_basis: str
    start: date
    until: date | None
    hs: tuple[str, ...]
    excluded_hs: tuple[str, ...]
    measure: str
    status: str
    suspensions: tuple[Suspension, ...] = ()
    source: str = ""
    note: str = ""
    not_beside: tuple[str, ...] = ()
    until_by: str = ""
    needs: str = ""
    known: date | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """One act of one issuer. See ``docs/measures.md`` for the file format."""

    id: str
    issuer: str
    authority: str
    instrument: str
    title: str
    title_zh: str
    announced: date | None
    known: date | None
    confidence: str
    targets: str = ""
    items: str = ""
    codes: str = ""
    threshold: str = ""
    policy: str = ""
    exceptions: str = ""
    notes: str = ""
    control_list: bool = False
    review_working_days: int | None = None
    documents: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    limbs: tuple[Limb, ...] = ()
    ended: date | None = None
    ended_known: date | None = None
    ended_by: str = ""
    party_list: PartyList | None = None
    administration: Administration | None = None
    layers: tuple[TariffLayer, ...] = ()

    @property
    def status(self) -> str:
        """How sure the row is: sourced, sourced with note, or claimed. Carried into every answer."""
        return STATUS_OF_CONFIDENCE[self.confidence]
