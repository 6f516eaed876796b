"""One row of words into a transaction."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from standoff.measures.reading import facts as read
from standoff.measures.reading.items import read_item
from standoff.measures.reading.numbers import NUMBER, PERCENT, number
from standoff.measures.reading.ownership_text import read_ownership
from standoff.measures.transaction import Party, Transaction

if TYPE_CHECKING:
    from standoff.measures.regimes import Regime

US_SHARE = re.compile(
    NUMBER + PERCENT + r"\s+(?:controlled )?(?:US|U\.S\.|American)[- ](?:origin )?(?:controlled )?content", re.I
)
US_SHARE_AFTER = re.compile(
    r"(?:US|U\.S\.|American)[- ](?:origin )?(?:controlled )?content[^\d;%]{0,20}" + NUMBER + PERCENT, re.I
)
PRC_SHARE = re.compile(
    NUMBER
    + PERCENT
    + r"[^;.,]{0,20}(?:PRC|Chinese|China)[- ](?:origin )?(?:rare[- ]earth |listed |Dy |Tb |Sm )?(?:content|share|material|value)",
    re.I,
)
PRC_SHARE_AFTER = re.compile(
    r"(?:PRC|Chinese|China)[- ](?:origin )?[\w ]{0,20}(?:content|share|value)[^\d;%]{0,20}" + NUMBER + PERCENT, re.I
)
PRC_ORIGIN = re.compile(r"\b(?:PRC|China|Chinese)[- ](?:origin|made)\b", re.I)
FIELDS = (
    "item",
    "control_code",
    "origin",
    "technology_origin",
    "exporter",
    "ship_from",
    "ship_to",
    "end_user",
    "end_use",
    "facts",
)


def read_transaction(
    row: Mapping[str, str], *, share: Decimal | None = None, regime: Regime | None = None
) -> Transaction:
    """The transaction that a row of words describes; what it does not say stays unknown."""
    text = {field: row.get(field, "") for field in FIELDS}
    american = regime is not None and regime.id.startswith("US")
    everything = "; ".join(part for part in (text["item"], text["facts"], text["end_use"]) if part)
    ship_to = read.read_place(text["ship_to"])
    item = read_item(text["item"], code=text["control_code"], facts=text["facts"])
    if item.class_id in ("any_ear_item", None) and read_item(text["facts"]).control_code:
        item = replace(item, control_code=item.control_code or read_item(text["facts"]).control_code)
    end_use = read.read_end_use(
        (text["end_use"], _purpose(text["item"]), _use_in_facts(text["facts"]), _project(text["end_user"]))
    )
    circumstances, refused = read.read_circumstances(everything)
    end_user = _end_user(text, american=american)
    if end_user.military is None and end_use is not None and "civil" in end_use and "military" not in end_use:
        end_user = replace(end_user, military=False)
    prc, us = _shares(everything, share, american=american, regime=regime)
    return Transaction(
        item=item,
        origin=_origin(text, american=american),
        components=read.read_components(f"{text['item']}; {text['facts']}"),
        prc_content_percent=prc,
        us_content_percent=us,
        technologies=read.read_technologies(text["technology_origin"], f"{text['item']}; {text['facts']}"),
        exporter=_exporter(text["exporter"]),
        ship_from=read.read_place(text["ship_from"]),
        ship_to=ship_to,
        end_user=end_user,
        end_use=end_use,
        end_use_parameters=read.read_use_parameters(everything, end_use or frozenset()),
        mode=read.read_mode(everything),
        licence_held=read.read_licence(everything),
        circumstances=circumstances,
        not_circumstances=refused,
        stages=read.read_stages(text["facts"] + "; " + text["item"]),
    )


def _purpose(item: str) -> str:
    """What the description says the item is for."""
    match = re.search(r"\b(?:for|used (?:for|in|to))\b(.*)", item)
    tail = match.group(1) if match else ""
    return tail if read_known_use(tail) else (item if read_project(item) else "")


def read_known_use(text: str) -> bool:
    tags = read.read_end_use([text]) if text.strip() else None
    return bool(tags) and tags != frozenset({"other"})


def read_project(text: str) -> bool:
    tags = read.read_end_use([text])
    return tags is not None and "overseas_rare_earth_project" in tags


def _use_in_facts(facts: str) -> str:
    """Facts state a use only where they name one that rules know; other facts are not about the use."""
    if not read_known_use(facts):
        return ""
    return (
        facts
        if re.search(
            r"use|purpose|for |destined|intended|production|logic|nand|layer|nm|emergency|military|strength",
            facts,
            re.I,
        )
        else ""
    )


def _project(end_user: str) -> str:
    tags = read.read_end_use([end_user]) if end_user else None
    return end_user if tags and tags & {"overseas_rare_earth_project", "us_defence_contract"} else ""


def _origin(text: Mapping[str, str], *, american: bool) -> str | None:
    origin = read.read_place(text["origin"])
    if origin is None and PRC_ORIGIN.search(text["item"]) and re.match(r"\s*(?:PRC|China|Chinese)", text["item"], re.I):
        return "CHN"
    if (
        origin is None
        and american
        and re.search(r"\bUS[- ](?:origin|made)\b", text["item"])
        and not re.search(r"with|contain", text["item"])
    ):
        return "USA"
    return origin


def _exporter(text: str) -> Party:
    plain = text.strip()
    if not plain or plain.casefold() == "any":
        return Party()
    return Party(
        name=None if read.is_generic(plain) else plain, country=read.place_named(plain) or read.read_place(plain)
    )


def _end_user(text: Mapping[str, str], *, american: bool) -> Party:
    default = "US-EL" if american else "CN-CONTROL"
    party = read.read_party(
        text["end_user"],
        use_text=text["end_use"],
        facts=text["facts"],
        default_list=default,
        country=read.read_place(text["ship_to"]),
    )
    graph = read_ownership(text["item"], default_list=default) if re.search(r"\bowned\b", text["item"]) else None
    if graph is not None and party.ownership is None:
        party = replace(party, ownership=graph, lists=party.lists or frozenset())
    return party


def _shares(
    everything: str, share: Decimal | None, *, american: bool, regime: Regime | None
) -> tuple[Decimal | None, Decimal | None]:
    """Chinese listed content and controlled US content: from the words, else the share column by the regime asked."""
    us = next((number(match) for pattern in (US_SHARE, US_SHARE_AFTER) if (match := pattern.search(everything))), None)
    prc = next(
        (number(match) for pattern in (PRC_SHARE, PRC_SHARE_AFTER) if (match := pattern.search(everything))), None
    )
    if share is not None:
        if american:
            us = share
        elif us is None or regime is not None:
            prc = share
    return prc, us
