"""Ownership in words: "X owns 50% of A and 10% of B; A owns 40% of B; test B", "listed owners 35% + 15%", "60% owned by ...".

The party tested is the one after "test", else the last that is owned and owns nothing.
"""

from __future__ import annotations

import re
from decimal import Decimal

from standoff.measures.reading.numbers import NUMBER, number
from standoff.measures.reading.phrases import finder, plain_text
from standoff.measures.transaction import Ownership, Stake

PERCENT = r"\s*(?:%|per ?cent|percent|pct)"
VALUE = NUMBER + PERCENT
NAME = r"[A-Z][\w.&']*(?: [A-Z][\w.&']*)*"
OWNS = r"(?:owns?|holds?|controls|has|have|owned|held)"
SHARE_OF = re.compile(VALUE + r"(?:\s+each)?\s+(?:of|in)\s+(?P<owned>" + NAME + ")")
CLAUSE = re.compile(
    r"(?P<owners>"
    + NAME
    + r"(?:(?:,| and| &|, and) "
    + NAME
    + r")*)\s+(?:each\s+|together\s+)?"
    + OWNS
    + r"\s+(?:each\s+)?(?P<rest>[^;.]*)"
)
PASSIVE = re.compile(r"(?P<owned>" + NAME + r")\s+is\s+" + VALUE + r"[- ]owned by\s+(?P<owner>" + NAME + ")")
TEST = re.compile(r"\b(?:test|tested|assess|question about|status of)\s+(?P<party>" + NAME + ")")
OWNED_BY = re.compile(
    VALUE
    + r"[- ]?\s*(?:owned|held|ownership|stake|share|subsidiary|interest|owned subsidiary)(?:\s+(?:by|of|held by)\s+(?P<owner>[^;,.]*))?"
)
OWNER_AT = re.compile(
    r"(?P<owner>[^;,.]{0,60}?(?:owners?|party|parties|firm|firms|entity|entities|person|persons|company|parent|shareholders?|list|listed)\b[^;\d]{0,40}?)(?P<shares>"
    + VALUE.replace("(?P<bound>", "(?:").replace("(?P<value>", "(?:")
    + r"(?:\s*(?:\+|,|and|plus|/)+\s*(?:and\s+)?\d+(?:[.,]\d+)?"
    + PERCENT
    + ")*)",
    re.I,
)
SHARE = re.compile(VALUE)
BY = re.compile(VALUE + r"\)?\s+by\s+(?P<owner>[^;,.%\d]*?)(?=\s+and\s+\d|\s*[;,.]|\s*$)")
HALVES = re.compile(r"(?P<first>\d{1,2})\s*/\s*(?P<second>\d{1,2})\b(?P<owner>[^;.]*)")
WORDED = (
    (re.compile(r"\b(?:wholly|fully)[- ]owned", re.I), "100% owned"),
    (re.compile(r"\bmajority[- ]owned", re.I), "51% owned"),
)
CONTROL = re.compile(
    r"controls? the board|control(?:s|led)? without|shared directors|appoints|common directors|controls management"
    r"|de facto control|golden share"
)
UNKNOWN = re.compile(
    r"ownership (?:is )?(?:unknown|not known|unclear|undisclosed|opaque)|unknown ownership|owners? unknown"
)
BRANCH = re.compile(r"\bbranch(?: office)? of\b")
UNLISTED = re.compile(r"\b(?:unlisted|not listed|non-listed|independent|other|public|remaining)\b")
MOST_OWNERS = 50
PARTY = "party"


def lists_in(text: str, default: str | None) -> frozenset[str]:
    """Kinds of list that a phrase about an owner names; the default where it only says "listed"."""
    plain = plain_text(text)
    found = finder("lists").meanings_in(plain)
    if found:
        return found
    said = re.search(r"\b(?:listed|blocked|sanctioned)\b", plain) and not UNLISTED.search(plain)
    return frozenset({default}) if said and default else frozenset()


def read_ownership(text: str, *, default_list: str) -> Ownership | None:
    """The graph that the words describe; None where they speak of no ownership or say that it is unknown.

    Args:
        text: the facts.
        default_list: the list that is meant where owners are called listed without saying on what.
    """
    if UNKNOWN.search(text.casefold()):
        return None
    for pattern, meaning in WORDED:
        text = pattern.sub(meaning, text)
    control = tuple(match.group(0) for match in CONTROL.finditer(text.casefold()))
    named = _named(text, default_list)
    if named is not None:
        return named
    stakes: list[Stake] = []
    listed: list[tuple[str, frozenset[str]]] = []
    for number_of, (owner, percent, lists) in enumerate(_described(text, default_list)[:MOST_OWNERS]):
        name = owner if owner and all(owner != stake.owner for stake in stakes) else f"owner {number_of + 1}"
        stakes.append(Stake(name, PARTY, percent))
        if lists:
            listed.append((name, lists))
    if BRANCH.search(text.casefold()):
        lists = lists_in(text, default_list)
        if lists:
            return Ownership(PARTY, (), (("head", lists),), branches=((PARTY, "head"),))
    if not stakes and not control:
        return None
    return Ownership(PARTY, tuple(stakes), tuple(listed), control=control)


def _described(text: str, default_list: str) -> list[tuple[str, Decimal | None, frozenset[str]]]:
    """Owners without names: "60% owned by an Entity List firm", "two listed owners 25% + 25%"."""
    found: list[tuple[str, Decimal | None, frozenset[str]]] = []
    for piece in re.split(r";|(?<!\d)\.(?!\d)", text):
        if re.search(r"\bcovered material\b|\bof US shipments\b|\bcontent\b|\bof (?:the )?value\b", piece):
            continue
        if not re.search(r"\d", piece):
            continue
        before = len(found)
        halves = HALVES.search(piece)
        if halves and lists_in(halves["owner"], default_list):
            lists = lists_in(halves["owner"], default_list)
            found += [("", Decimal(halves[name]), lists) for name in ("first", "second")]
            continue
        for match in BY.finditer(piece):
            owner = match["owner"].strip()
            same = found[-1][2] if owner == "another" and found else frozenset()
            found.append((owner, number(match), lists_in(owner, default_list) or same))
        if len(found) > before:
            continue
        for match in OWNED_BY.finditer(piece):
            owner = (match["owner"] or "").strip()
            lists = lists_in(owner, default_list) if owner else frozenset({default_list})
            found.append((owner, number(match), lists))
        if len(found) > before:
            continue
        for match in OWNER_AT.finditer(piece):
            lists = lists_in(match["owner"], default_list)
            shares = [number(each) for each in SHARE.finditer(match["shares"])]
            found += [(match["owner"].strip(), share, lists) for share in shares]
    return found


def _named(text: str, default_list: str) -> Ownership | None:
    """Owners with names. Those that nobody owns are taken as listed unless some are said to be."""
    stakes: list[Stake] = []
    for match in PASSIVE.finditer(text):
        stakes.append(Stake(match["owner"], match["owned"], number(match)))
    for clause in CLAUSE.finditer(text):
        owners = [name for name in re.split(r",? and |, | & ", clause["owners"]) if name]
        for share in SHARE_OF.finditer(clause["rest"]):
            stakes += [Stake(owner, share["owned"], number(share)) for owner in owners]
    stakes = list(dict.fromkeys(stakes))
    if not stakes:
        return None
    owned = {stake.owned for stake in stakes}
    owners = [stake.owner for stake in stakes]
    said = [(owner, _said_of(owner, text, default_list)) for owner in dict.fromkeys(owners)]
    listed = tuple((owner, lists) for owner, lists in said if lists)
    if not listed:
        listed = tuple((owner, frozenset({default_list})) for owner in dict.fromkeys(owners) if owner not in owned)
    test = TEST.search(text)
    last = [stake.owned for stake in stakes if stake.owned not in owners] or [stakes[-1].owned]
    return Ownership(test["party"] if test else last[-1], tuple(stakes), listed)


def _said_of(owner: str, text: str, default_list: str) -> frozenset[str]:
    """Lists that the text says this owner is on: "X (Entity List)", "X is on the control list", "listed party X"."""
    name = re.escape(owner)
    match = re.search(rf"\b{name}\b\s*(?:\(([^)]*)\)|(?:is|are)\s+(?:on\s+)?([^;,.]*))", text)
    if match:
        lists = lists_in(match.group(1) or match.group(2) or "", default_list)
        if lists:
            return lists
    match = re.search(rf"((?:blocked|listed|SDN|Entity List|control[- ]list)[\w \-]{{0,25}})\b{name}\b", text)
    return lists_in(match.group(1), default_list) if match else frozenset()
