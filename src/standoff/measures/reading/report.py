"""What was understood of the words, so that a person can see a misreading."""

from __future__ import annotations

from typing import Any

from standoff.measures.transaction import UNKNOWN_PARTY, Transaction
from standoff.measures.vocabulary import vocabulary


def understood(transaction: Transaction) -> dict[str, Any]:
    """The known facts of a transaction as plain values; what is unknown is left out."""
    item = transaction.item
    item_class = vocabulary().classes.get(item.class_id or "")
    user = transaction.end_user
    found: dict[str, Any] = {
        "item": item_class.english[0] if item_class else "not understood",
        "elements": ", ".join(sorted(item.elements | (item_class.elements if item_class else frozenset()))),
        "without": ", ".join(sorted(item.absent)),
        "parameters": ", ".join(f"{name} {value.normalize():f}" for name, value in item.parameters),
        "control code": item.control_code,
        "origin": transaction.origin,
        "from": transaction.ship_from,
        "to": transaction.ship_to,
        "Chinese content %": _number(transaction.prc_content_percent),
        "US content %": _number(transaction.us_content_percent),
        "technology": None
        if transaction.technologies is None
        else ", ".join(f"{name} of {place}" for name, place in sorted(transaction.technologies)) or "none of note",
        "end user": None if user == UNKNOWN_PARTY else _party(transaction),
        "end use": None if transaction.end_use is None else ", ".join(sorted(transaction.end_use)),
        "use parameters": ", ".join(f"{name} {value.normalize():f}" for name, value in transaction.end_use_parameters),
        "mode": transaction.mode,
        "licence held": transaction.licence_held,
        "circumstances": ", ".join(sorted(transaction.circumstances)),
        "stages": ", ".join(f"{stage} in {place}" for stage, place in transaction.stages),
    }
    return {key: value for key, value in found.items() if value not in (None, "")}


def _number(value: Any) -> str | None:
    return None if value is None else f"{value.normalize():f}"


def _party(transaction: Transaction) -> str:
    user = transaction.end_user
    parts = [user.name or "unnamed"]
    if user.military is not None:
        parts.append("military" if user.military else "not military")
    if user.lists is not None:
        parts.append("on " + ", ".join(sorted(user.lists)) if user.lists else "on no list")
    if user.ownership is not None:
        parts.append(f"{len(user.ownership.stakes)} holdings known")
    return ", ".join(parts)
