"""One measure file (YAML) into a ``Measure``; every mistake in it is reported at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from standoff.errors import InputError, Problems, nearest
from standoff.measures.conditions import check_item_tree, check_when_tree
from standoff.measures.measure import (
    STATUS_OF_CONFIDENCE,
    Administration,
    Figure,
    Limb,
    ListedParty,
    Measure,
    PartyList,
    Relief,
    Suspension,
    TariffLayer,
)
from standoff.measures.outcome import BY_CODE, Outcome
from standoff.measures.places import expand
from standoff.measures.settings import TRUCES

MEASURE_KEYS = {
    "id", "issuer", "authority", "instrument", "title", "announced", "known", "confidence", "targets", "items", "codes",
    "threshold", "policy", "exceptions", "notes", "control_list", "review_working_days", "documents", "sources", "limbs",
    "suspensions", "ended", "ended_known", "ended_by", "parties", "administration", "tariff_layers",
}  # fmt: skip
LIMB_KEYS = {
    "id",
    "text",
    "effective",
    "outcome",
    "item",
    "when",
    "ended",
    "policy",
    "relieves",
    "suspensions",
    "administration",
    "known",
}
SUSPENSION_KEYS = {"from", "until", "last_day_paused", "by", "known", "truce", "status"}
PARTIES_KEYS = {"kind", "countries", "names", "complete", "count"}
PARTY_KEYS = {"name", "also", "from", "policy"}
FIGURE_KEYS = {"value", "low", "high", "status", "source"}
ADMINISTRATION_FIGURES = {"review_days", "approval_share", "denied_share", "throughput", "cleared_share"}
HOLD_KEYS = {"share", "ease_days", "hold_days"}
RELIEF_KEYS = {"measures", "ceiling"}
LAYER_KEYS = {
    "name", "importer", "exporters", "kind", "rate_percent", "legal_basis", "from", "until", "hs", "excluded_hs", "suspensions",
    "source", "note", "status", "not_beside", "until_by", "needs", "known",
}  # fmt: skip
LAYER_KINDS = ("mfn", "general", "list", "sector")
FIGURE_STATUS = ("sourced", "claimed", "assumed")


class Reader:
    """Reads one file, collecting problems with the place they stand at."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems = Problems(f"measure {file}")

    def fault(self, where: str, why: str, cure: str, value: object = "") -> None:
        self.problems.add(why=why, cure=cure, file=self.file, column=where, value=value)

    def mapping(self, content: Any, where: str, keys: set[str], required: tuple[str, ...] = ()) -> Mapping[str, Any]:
        if not isinstance(content, dict):
            self.fault(where, "this must be a block of keys", "Write 'key: value' lines", content)
            return {}
        for key in content:
            if key not in keys:
                self.fault(f"{where}.{key}".lstrip("."), "unknown key", nearest(str(key), keys), key)
        for key in required:
            if content.get(key) in (None, ""):
                self.fault(f"{where}.{key}".lstrip("."), "is missing", f"Give {key}")
        return content

    def day(self, content: Any, where: str) -> date | None:
        if content is None:
            return None
        if isinstance(content, date):
            return content
        try:
            return date.fromisoformat(str(content))
        except ValueError:
            self.fault(where, "not a date", "Write YYYY-MM-DD", content)
            return None

    def words(self, content: Any, where: str) -> tuple[str, ...]:
        if content is None:
            return ()
        if isinstance(content, str):
            return (content,)
        if isinstance(content, list) and all(isinstance(each, str) for each in content):
            return tuple(content)
        self.fault(where, "this must be a list of words", 'Write ["a", "b"]', content)
        return ()

    def places(self, content: Any, where: str) -> frozenset[str]:
        codes = list(self.words(content, where))
        try:
            return expand(codes)
        except InputError as error:
            for problem in error.problems:
                self.fault(where, problem.why, problem.cure, problem.value)
            return frozenset()

    def choice(self, content: Any, where: str, known: tuple[str, ...], default: str) -> str:
        if content is None:
            return default
        if content not in known:
            self.fault(where, "is not one of the known words", nearest(str(content), known), content)
            return default
        return str(content)

    def number(self, content: Any, where: str) -> float:
        if isinstance(content, bool) or not isinstance(content, int | float):
            self.fault(where, "not a number", "Give a number", content)
            return 0.0
        return float(content)

    def items(self, content: Any, where: str) -> list[Any]:
        if content is None:
            return []
        if not isinstance(content, list):
            self.fault(where, "this must be a list", "Start each entry with '- '", content)
            return []
        return content


def read_measure(content: Any, *, file: str) -> Measure:
    """A measure from parsed YAML.

    Raises:
        InputError: with everything that is wrong in the file.
    """
    reader = Reader(file)
    row = reader.mapping(content, "", MEASURE_KEYS, ("id", "issuer", "instrument", "title", "confidence"))
    title = row.get("title", "")
    title = reader.mapping(title, "title", {"en", "zh"}, ("en",)) if isinstance(title, dict) else {"en": str(title)}
    suspensions = _suspensions(reader, row.get("suspensions"), "suspensions")
    identifier = str(row.get("id", ""))
    announced = reader.day(row.get("announced"), "announced")
    measure = Measure(
        id=identifier,
        issuer=str(row.get("issuer", "")),
        authority=str(row.get("authority", "")),
        instrument=str(row.get("instrument", "")),
        title=str(title.get("en", "")),
        title_zh=str(title.get("zh", "")),
        announced=announced,
        known=reader.day(row.get("known"), "known") or announced,
        confidence=reader.choice(row.get("confidence"), "confidence", tuple(STATUS_OF_CONFIDENCE), "low"),
        **{
            key: str(row.get(key) or "")
            for key in ("targets", "items", "codes", "threshold", "policy", "exceptions", "notes")
        },
        control_list=row.get("control_list") is True,
        review_working_days=int(reader.number(row["review_working_days"], "review_working_days"))
        if row.get("review_working_days") is not None
        else None,
        documents=reader.words(row.get("documents"), "documents"),
        sources=reader.words(row.get("sources"), "sources"),
        limbs=_limbs(reader, row.get("limbs"), suspensions),
        ended=reader.day(row.get("ended"), "ended"),
        ended_known=reader.day(row.get("ended_known"), "ended_known") or reader.day(row.get("ended"), "ended"),
        ended_by=str(row.get("ended_by") or ""),
        party_list=_party_list(reader, row.get("parties")),
        administration=read_administration(reader, row.get("administration"), "administration"),
        layers=_layers(reader, row.get("tariff_layers"), identifier),
    )
    if reader.problems.found:
        raise InputError(reader.problems.what, reader.problems.found)
    return measure


def _limbs(reader: Reader, content: Any, suspensions: tuple[Suspension, ...]) -> tuple[Limb, ...]:
    limbs = []
    seen: set[str] = set()
    for number, each in enumerate(reader.items(content, "limbs")):
        where = f"limbs[{number}]"
        row = reader.mapping(each, where, LIMB_KEYS, ("id", "text", "effective", "outcome"))
        name = str(row.get("id", number))
        if name in seen:
            reader.fault(f"{where}.id", "two limbs have this id", "Give each its own", name)
        seen.add(name)
        outcome = reader.choice(row.get("outcome"), f"{where}.outcome", tuple(BY_CODE), "NOT_CAUGHT")
        for problem in check_item_tree(row.get("item")):
            reader.fault(f"{where}.item", *problem)
        for problem in check_when_tree(row.get("when")):
            reader.fault(f"{where}.when", *problem)
        effective = reader.day(row.get("effective"), f"{where}.effective")
        ended = reader.day(row.get("ended"), f"{where}.ended")
        if effective and ended and ended <= effective:
            reader.fault(f"{where}.ended", "ends before it begins", "Check the two dates", ended)
        own = _suspensions(reader, row.get("suspensions"), f"{where}.suspensions")
        limbs.append(
            Limb(
                id=name,
                text=" ".join(str(row.get("text", "")).split()),
                effective=effective or date.max,
                outcome=BY_CODE[outcome],
                item=row.get("item"),
                when=row.get("when"),
                ended=ended,
                policy=str(row.get("policy") or ""),
                relief=_relief(reader, row.get("relieves"), f"{where}.relieves"),
                suspensions=own if "suspensions" in row else suspensions,
                administration=read_administration(reader, row.get("administration"), f"{where}.administration"),
                known=reader.day(row.get("known"), f"{where}.known"),
            )
        )
    return tuple(limbs)


def _relief(reader: Reader, content: Any, where: str) -> Relief | None:
    if content is None:
        return None
    row = reader.mapping(content, where, RELIEF_KEYS, ("measures", "ceiling"))
    ceiling = reader.choice(row.get("ceiling"), f"{where}.ceiling", tuple(BY_CODE), Outcome.LICENCE_STD.code)
    return Relief(measures=reader.words(row.get("measures"), f"{where}.measures"), ceiling=BY_CODE[ceiling])


def _suspensions(reader: Reader, content: Any, where: str) -> tuple[Suspension, ...]:
    found = []
    for number, each in enumerate(reader.items(content, where)):
        place = f"{where}[{number}]"
        row = reader.mapping(each, place, SUSPENSION_KEYS, ("from", "until"))
        start = reader.day(row.get("from"), f"{place}.from")
        until = reader.day(row.get("until"), f"{place}.until")
        if start is None or until is None:
            continue
        if until < start:
            reader.fault(f"{place}.until", "the suspension ends before it begins", "Check the two dates", until)
        truces = reader.words(row.get("truce"), f"{place}.truce")
        for truce in truces:
            reader.choice(truce, f"{place}.truce", TRUCES, TRUCES[0])
        found.append(
            Suspension(
                start=start,
                printed=until,
                last_day_paused=row.get("last_day_paused") is True,
                by=str(row.get("by") or ""),
                known=reader.day(row.get("known"), f"{place}.known") or start,
                truces=truces,
                status=reader.choice(row.get("status"), f"{place}.status", FIGURE_STATUS, "sourced"),
            )
        )
    return tuple(sorted(found, key=lambda each: (each.start, each.printed)))


def _party_list(reader: Reader, content: Any) -> PartyList | None:
    if content is None:
        return None
    row = reader.mapping(content, "parties", PARTIES_KEYS, ("kind",))
    parties = []
    for number, each in enumerate(reader.items(row.get("names"), "parties.names")):
        where = f"parties.names[{number}]"
        entry = {"name": each} if isinstance(each, str) else reader.mapping(each, where, PARTY_KEYS, ("name",))
        parties.append(
            ListedParty(
                name=str(entry.get("name", "")),
                other_names=reader.words(entry.get("also"), f"{where}.also"),
                start=reader.day(entry.get("from"), f"{where}.from"),
                policy=str(entry.get("policy") or ""),
            )
        )
    return PartyList(
        kind=str(row.get("kind", "")),
        countries=reader.places(row.get("countries"), "parties.countries"),
        parties=tuple(parties),
        complete=row.get("complete") is True,
        count=int(reader.number(row["count"], "parties.count")) if row.get("count") is not None else None,
    )


def _figure(reader: Reader, content: Any, where: str) -> Figure:
    row = reader.mapping(content, where, FIGURE_KEYS, ("value", "low", "high", "status", "source"))
    figure = Figure(
        value=reader.number(row.get("value"), f"{where}.value"),
        low=reader.number(row.get("low"), f"{where}.low"),
        high=reader.number(row.get("high"), f"{where}.high"),
        status=reader.choice(row.get("status"), f"{where}.status", FIGURE_STATUS, "assumed"),
        source=str(row.get("source", "")),
    )
    if not figure.low <= figure.value <= figure.high:
        reader.fault(where, "the value is outside its range", "Give low <= value <= high", figure.value)
    return figure


def read_administration(reader: Reader, content: Any, where: str) -> Administration | None:
    """The block that tells the simulation how a permission is handled."""
    if content is None:
        return None
    row = reader.mapping(content, where, ADMINISTRATION_FIGURES | {"permit", "customs_hold", "note"})
    permit = reader.mapping(row.get("permit") or {}, f"{where}.permit", {"kind", "validity_days"})
    hold = reader.mapping(row.get("customs_hold") or {}, f"{where}.customs_hold", HOLD_KEYS)
    kind = permit.get("kind")
    if kind is not None:
        reader.choice(kind, f"{where}.permit.kind", ("quantity", "right"), "quantity")
    return Administration(
        figures={
            key: _figure(reader, row[key], f"{where}.{key}") for key in sorted(ADMINISTRATION_FIGURES & row.keys())
        },
        permit_kind=kind,
        permit_validity_days=_figure(reader, permit["validity_days"], f"{where}.permit.validity_days")
        if "validity_days" in permit
        else None,
        customs_hold={
            key: _figure(reader, hold[key], f"{where}.customs_hold.{key}") for key in sorted(HOLD_KEYS & hold.keys())
        },
        note=str(row.get("note") or ""),
    )


def _layers(reader: Reader, content: Any, measure: str) -> tuple[TariffLayer, ...]:
    layers = []
    for number, each in enumerate(reader.items(content, "tariff_layers")):
        where = f"tariff_layers[{number}]"
        row = reader.mapping(each, where, LAYER_KEYS, ("name", "importer", "kind", "legal_basis", "from", "source"))
        importer = reader.places([row["importer"]] if row.get("importer") else [], f"{where}.importer")
        start = reader.day(row.get("from"), f"{where}.from")
        until = reader.day(row.get("until"), f"{where}.until")
        if start and until and until <= start:
            reader.fault(f"{where}.until", "the layer ends before it begins", "Check the two dates", until)
        layers.append(
            TariffLayer(
                name=str(row.get("name", "")),
                importer=next(iter(importer), ""),
                exporters=reader.places(row["exporters"], f"{where}.exporters") if row.get("exporters") else None,
                kind=reader.choice(row.get("kind"), f"{where}.kind", LAYER_KINDS, "general"),
                rate_percent=reader.number(row.get("rate_percent"), f"{where}.rate_percent"),
                legal_basis=str(row.get("legal_basis", "")),
                start=start or date.max,
                until=until,
                hs=tuple(str(code) for code in row.get("hs") or ()),
                excluded_hs=tuple(str(code) for code in row.get("excluded_hs") or ()),
                measure=measure,
                status=reader.choice(row.get("status"), f"{where}.status", FIGURE_STATUS, "sourced"),
                suspensions=_suspensions(reader, row.get("suspensions"), f"{where}.suspensions"),
                source=str(row.get("source", "")),
                note=str(row.get("note") or ""),
                not_beside=reader.words(row.get("not_beside"), f"{where}.not_beside"),
                until_by=str(row.get("until_by") or ""),
                needs=str(row.get("needs") or ""),
                known=reader.day(row.get("known"), f"{where}.known"),
            )
        )
    return tuple(layers)
