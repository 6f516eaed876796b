"""The page *Determine*: one shipment, its outcome, the clause that decides, and the same shipment on other days."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from standoff.measures.cases import answer_question, read_question
from standoff.measures.chinese import answer_in_chinese
from standoff.measures.outlook import other_dates
from standoff.measures.reading.report import understood
from standoff.measures.register import shipped_register
from standoff.measures.settings import Settings
from standoff.web.requests import Shipment


def determine_shipment(shipment: Shipment) -> dict[str, Any]:
    """The determination of a shipment as plain values, its words in both languages.

    Raises:
        InputError: what cannot be read of it.
    """
    register, settings = shipped_register(), Settings(truce=shipment.truce)
    row = shipment.model_dump(exclude={"truce"})
    question = read_question(row)
    answered = answer_question(question, register, settings)
    days = other_dates(
        question.on,
        register.rulebook(settings).change_dates,
        lambda day: answer_question(replace(question, on=day), register, settings).got,
    )
    found = answered.determination
    answer = {
        **(found.as_dict() if found else {"on": question.on.isoformat()}),
        "code": answered.got,
        "understood": understood(question.transaction),
        "on_other_dates": [{"on": day.isoformat(), "code": code} for day, code in days],
        "readings": list(settings.notes()),
    }
    return {**answer, "chinese": answer_in_chinese(answer)}


def measure_list() -> list[dict[str, Any]]:
    """Every measure that the calendar can show: those with limbs or tariff layers."""
    return [
        {
            "id": measure.id,
            "issuer": measure.issuer,
            "title": {"en": measure.title, "zh": measure.title_zh or measure.title},
            "announced": measure.announced.isoformat() if measure.announced else None,
            "status": measure.status,
            "sources": list(measure.sources),
        }
        for measure in shipped_register()
        if measure.limbs or measure.layers
    ]
