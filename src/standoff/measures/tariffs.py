"""Tariffs: which layers one place puts on goods of another on a day, and why.

    total = most-favoured-nation + list duties + sector duty + general layer        (per cent of value)

Layers come from the measures' ``tariff_layers``. A pause takes a layer away until it ends, and then the layer is back by itself;
a court ruling ends every layer on its base. The register has list and sector duties only for the headings that it names.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from standoff.errors import refuse
from standoff.measures.calendar import change_dates_of, pause_on
from standoff.measures.measure import Measure, TariffLayer
from standoff.measures.places import three_letter
from standoff.measures.register import Register
from standoff.measures.settings import DEFAULT_SETTINGS, Settings

KIND_ORDER = ("mfn", "list", "sector", "general")


@dataclass(frozen=True, slots=True)
class TariffStack:
    """The duty on one line on one day.

    Attributes:
        layers: those that are collected.
        suspended: those that are in the law but paused, with the date that is printed.
        general_layer_percent: the sum of the country-wide extra duties.
        total_percent: the sum of all layers.
        notes: what the sum leaves open.
    """

    on: date
    importer: str
    exporter: str
    hs: str
    layers: tuple[TariffLayer, ...]
    suspended: tuple[tuple[TariffLayer, date], ...]
    notes: tuple[str, ...]

    @property
    def general_layer_percent(self) -> float:
        return _sum(layer for layer in self.layers if layer.kind == "general")

    @property
    def total_percent(self) -> float:
        return _sum(self.layers)

    def of_kind(self, kind: str) -> tuple[TariffLayer, ...]:
        return tuple(layer for layer in self.layers if layer.kind == kind)

    def as_dict(self) -> dict[str, Any]:
        """The shape of ``standoff tariff --json``."""
        return {
            "on": self.on.isoformat(),
            "importer": self.importer,
            "exporter": self.exporter,
            "hs": self.hs,
            "layers": [_layer(layer) for layer in self.layers],
            "suspended": [{**_layer(layer), "suspended_until": until.isoformat()} for layer, until in self.suspended],
            "general_layer_percent": self.general_layer_percent,
            "total_percent": self.total_percent,
            "notes": list(self.notes),
        }


def _sum(layers: Iterable[TariffLayer]) -> float:
    # Rates have at most two decimals; rounding keeps 2.1 + 25 + 10 at 37.1.
    return round(sum(layer.rate_percent for layer in layers), 4)


def _layer(layer: TariffLayer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "rate_percent": layer.rate_percent,
        "legal_basis": layer.legal_basis,
        "from": layer.start.isoformat(),
        "until": layer.until.isoformat() if layer.until else None,
        "measure": layer.measure,
        "kind": layer.kind,
        "status": layer.status,
        "source": layer.source,
    }


def tariff_layers(
    importer: str,
    exporter: str,
    hs: str,
    on: date,
    register: Iterable[Measure],
    settings: Settings = DEFAULT_SETTINGS,
) -> TariffStack:
    """The layers that ``importer`` collects on goods of heading ``hs`` from ``exporter`` on a day.

    Args:
        importer, exporter: two- or three-letter codes.
        hs: customs heading, two to ten digits, dots allowed.
        register: a ``Register``, where pauses and ends by acts that it leaves out do not exist, or any measures, taken as they stand.

    Raises:
        InputError: an unknown place, or a heading that is none.
    """
    importer, exporter = three_letter(importer), three_letter(exporter)
    digits = hs.replace(".", "").strip()
    if not digits.isdigit() or not 2 <= len(digits) <= 12:
        raise refuse("tariff", why="not a customs heading", cure="Give 2 to 12 digits, e.g. 850511", value=hs)
    present: list[TariffLayer] = []
    suspended: list[tuple[TariffLayer, date]] = []
    # A register knows which acts it leaves out; a plain list of measures is taken as it stands.
    measures = register.rulebook(settings).measures if isinstance(register, Register) else register
    for measure in measures:
        for layer in measure.layers:
            if not _applies(layer, importer, exporter, digits, on):
                continue
            pause = pause_on(layer.suspensions, on, settings)
            if pause is None:
                present.append(layer)
            else:
                suspended.append((layer, pause.printed))
    kinds = {layer.kind for layer in present}
    present = [
        layer
        for layer in present
        if not kinds & set(layer.not_beside) - ({layer.kind} if layer.kind != "list" else set())
    ]
    present.sort(key=lambda layer: (KIND_ORDER.index(layer.kind), layer.start))
    return TariffStack(
        on=on,
        importer=importer,
        exporter=exporter,
        hs=digits,
        layers=tuple(present),
        suspended=tuple(suspended),
        notes=_notes(present),
    )


def _applies(layer: TariffLayer, importer: str, exporter: str, digits: str, on: date) -> bool:
    if layer.importer != importer or on < layer.start or (layer.until is not None and on >= layer.until):
        return False
    if layer.exporters is not None and exporter not in layer.exporters:
        return False
    if exporter == importer:
        return False
    if layer.hs and not any(within(digits, code) for code in layer.hs):
        return False
    return not any(within(digits, code) for code in layer.excluded_hs)


def within(digits: str, code: str) -> bool:
    """A heading is within a code if it is as long or longer and begins with it; six digits stand for all below them."""
    code = code.replace(".", "")
    return digits.startswith(code) or (len(digits) >= 6 and code.startswith(digits))


def _notes(layers: list[TariffLayer]) -> tuple[str, ...]:
    notes = []
    if not any(layer.kind == "mfn" for layer in layers):
        notes.append("the most-favoured-nation duty of this heading is not in the register and counts as 0 here")
    if not any(layer.kind == "list" for layer in layers):
        notes.append(
            "no list duty of this heading is in the register on this day; lists are encoded only for the headings named there"
        )
    notes.append("exemption annexes were not checked line by line")
    return tuple(notes)


def tariff_change_dates(register: Iterable[Measure], settings: Settings = DEFAULT_SETTINGS) -> tuple[date, ...]:
    """Every date on which some rate can change."""
    return change_dates_of((measure for measure in register if measure.layers), settings)
