"""Questions about one regime: which measures answer, and what the question takes for granted.

A question without a regime is answered for all regimes together.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from standoff.errors import nearest, refuse
from standoff.measures.data_files import read_data
from standoff.measures.determination import Determination
from standoff.measures.determine import determine
from standoff.measures.outcome import Answer, Outcome
from standoff.measures.register import Register, shipped_register
from standoff.measures.settings import Settings
from standoff.measures.transaction import Transaction
from standoff.measures.vocabulary import FOLDER, vocabulary

SHORTEST_INSIDE = 3
FOOTNOTES = frozenset({"US-EL-FN1", "US-EL-FN4", "US-EL-FN5"})
EXEMPTIONS = frozenset({"cots", "electronic_device", "national_security_waiver"})


@dataclass(frozen=True, slots=True)
class Regime:
    """One regime: see ``data/vocabulary/regimes.yaml``."""

    id: str
    names: tuple[str, ...]
    measures: frozenset[str]
    fallback: frozenset[str]
    presumes: frozenset[str]
    presumes_if_exempt: frozenset[str]
    jurisdiction: bool
    tariff: str | None


@cache
def regimes() -> dict[str, Regime]:
    content = read_data(FOLDER / "regimes.yaml")
    overlays = content["overlays"]
    return {
        identifier: Regime(
            id=identifier,
            names=tuple(row["names"]),
            measures=frozenset(row["measures"]) | (frozenset(overlays) if row.get("overlays") else frozenset()),
            fallback=frozenset(row.get("fallback", ())),
            presumes=frozenset(row.get("presumes", ())),
            presumes_if_exempt=frozenset(row.get("presumes_if_exempt", ())),
            jurisdiction=row.get("jurisdiction") is True,
            tariff=row.get("tariff"),
        )
        for identifier, row in content["regimes"].items()
    }


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold().replace("%", "percent"))


@cache
def _by_name() -> dict[str, str]:
    found = {}
    for regime in regimes().values():
        for name in (regime.id, *regime.names):
            found[_key(name)] = regime.id
    return found


def find_regime(name: str) -> Regime | None:
    """The regime of a name such as ``CN No.18/2025``; None for an empty name.

    Raises:
        InputError: there is no such regime.
    """
    if not name.strip():
        return None
    known = _by_name()
    identifier = known.get(_key(name))
    if identifier is not None:
        return regimes()[identifier]
    # A name may carry more words than the known one: "CN No.61/2025 limb (c)". The longest known name in it is meant.
    inside = [key for key in known if len(key) > SHORTEST_INSIDE and key in _key(name)]
    if inside:
        return regimes()[known[max(inside, key=len)]]
    found = _of_measures(name)
    if found is None:
        raise refuse("regime", why="there is no such regime", cure=nearest(name, [*regimes()]), value=name)
    return found


def _of_measures(name: str) -> Regime | None:
    """A regime that no table names: one measure by id or by "No. 26/2026", or all of one issuer ("US export rules")."""
    register = shipped_register()
    number = re.search(r"No\.?\s*(\d+)\s*(?:/|of)\s*(\d{4})", name)
    stem = f"CN-{number[2]}-{number[1]}" if number else name.strip()
    measures = {each for each in register.ids if each == stem or each.startswith(stem + "-")}
    first = re.match(r"[A-Z]{2}\b", name.strip())
    if not measures and first:
        measures = {measure.id for measure in register if measure.issuer == first.group(0)}
    if not measures:
        return None
    american = all(each.startswith("US-") for each in measures)
    nothing: frozenset[str] = frozenset()
    return Regime(
        id=f"{'US' if american else 'CN'}: {name.strip()}",
        names=(name,),
        measures=frozenset(measures),
        fallback=nothing,
        presumes=nothing,
        presumes_if_exempt=nothing,
        jurisdiction=american,
        tariff=None,
    )


def answer(
    transaction: Transaction, on: date, register: Register, settings: Settings, regime: Regime | None
) -> tuple[Answer, Determination]:
    """The answer to a question about one regime, or about all, with the determination behind it."""
    if regime is None:
        found = determine(transaction, on, register, settings)
        return found.answer, found
    presumed = regime.presumes
    if transaction.circumstances & EXEMPTIONS:
        presumed |= regime.presumes_if_exempt
    measures = regime.measures
    found = determine(transaction, on, register, settings, measures=measures, presumed=presumed)
    if regime.fallback and not found.outcome.binds:
        wider = determine(transaction, on, register, settings, measures=measures | regime.fallback, presumed=presumed)
        if wider.answer.rank > found.answer.rank:
            found = wider
    if regime.jurisdiction and asks_jurisdiction(transaction, found):
        return jurisdiction(found), found
    return found.answer, found


def asks_jurisdiction(transaction: Transaction, found: Determination) -> bool:
    """Whether a question about US rules is one about jurisdiction only.

    It is when it tells the ground (US content, US technology, a US part) of a foreign-made item and nothing about user or use;
    or when nothing but jurisdiction came out for a foreign-made item that is no US design.
    """
    if transaction.origin == "USA" or transaction.ship_from == "USA":
        return False
    user = transaction.end_user
    # A footnote of the Entity List is a ground of jurisdiction; any other list is about the user.
    named_lists = (user.lists or frozenset()) - FOOTNOTES
    names_user_or_use = (
        transaction.end_use is not None or bool(named_lists) or user.ownership is not None or user.name is not None
    )
    tells_ground = (
        transaction.us_content_percent is not None or bool(transaction.technologies) or bool(transaction.components)
    ) or bool(transaction.circumstances & {"us_direct_product"})
    if found.outcome is Outcome.PROHIBITED:
        return False
    if tells_ground and not names_user_or_use:
        return True
    designed = transaction.item.class_id in vocabulary().descendants["us_designed_chip"]
    return not found.outcome.binds and not designed


def jurisdiction(found: Determination) -> Answer:
    """Subject to the EAR, not subject, or a fact is missing."""
    if found.subject_to_ear is None:
        return Answer(Outcome.NEED_FACT)
    return Answer(Outcome.SUBJECT_TO_EAR if found.subject_to_ear else Outcome.NOT_SUBJECT)
