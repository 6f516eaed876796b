"""Parties, uses, places and circumstances in words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import cache

from standoff.measures.names import NameIndex
from standoff.measures.places import places, three_letter
from standoff.measures.reading import numbers
from standoff.measures.reading.ownership_text import read_ownership
from standoff.measures.reading.phrases import HAN, Finder, finder, plain_text, says
from standoff.measures.register import shipped_register
from standoff.measures.transaction import Component, Item, Parameters, Party

ELSEWHERE = "ROW"
WORDS_NOT_PLACES = frozenset({"IT", "IN", "IS", "NO", "DE", "AI", "RE"})
"""Capitals that are more often a word or an abbreviation than a place."""
GENERIC_WORD = re.compile(r"[^\W\d_]+", re.UNICODE)
STAGE_WORDS = {
    **dict.fromkeys(("mined", "mining"), "mined"),
    **dict.fromkeys(("refined", "smelted"), "refined"),
    **dict.fromkeys(("separated", "separation"), "separated"),
    **dict.fromkeys(("melted", "melting"), "melted"),
    **dict.fromkeys(("produced", "sintered", "made", "manufactured"), "produced"),
}
STAGES = re.compile(
    r"((?:(?:"
    + "|".join(STAGE_WORDS)
    + r")(?:\s*(?:,|and|&|/)\s*)*)+)\s*(?:only\s+)?(?:in|at)\s+(?:the\s+)?([A-Z][\w]*(?: [A-Z][\w]*)*)"
)
EVERY_STAGE = ("mined", "refined", "separated", "melted", "produced")
US_PART = re.compile(
    r"\bUS(?:-origin|-made| origin| made)?\s+(?:IC|chip|integrated circuit|semiconductor)s?\b"
    r"|\b(?:IC|chip|integrated circuit)s? (?:of US origin|from the US|made in the US)\b"
)
US_MUNITION = re.compile(r"\bUSML\b|\bITAR\b")
TECHNOLOGY_NUMBER = re.compile(r"(?<![A-Za-z0-9])\d[DE](?!90)\d{3}(?![0-9])")
US_TECHNOLOGY = re.compile(
    r"\b(?:with|using|by|of|from|on|uses?)\s+(?:\w+\s+){0,2}?(?:US|U\.S\.|American)(?:[- ]origin)?\s+(?:[\w-]+\s+(?:and|or)\s+)?"
    r"(?:technology|software|tools?|equipment|know-how)",
)
VOLUME = re.compile(numbers.NUMBER + numbers.PERCENT + r"\s+of (?:total |the )?US (?:shipments|volume|sales)")
CERTIFICATES_MISSING = re.compile(
    r"\b(?:no|without|missing|lacking|not all|some) (?:\w+ ){0,2}(?:certification|certifications|lab test|test|conditions)"
    r"|certifications? (?:not met|missing|not all)|not certified|uncertified",
    re.I,
)
CERTIFICATES_MET = re.compile(
    r"\b(?:all|every)\b[^;.]{0,40}\b(?:certif\w+|conditions?|requirements?|tests?)\b"
    r"[^;.]{0,30}\b(?:met|satisfied|fulfilled|in place|provided|given|complete)\b",
    re.I,
)
HALF = Decimal(50)


@cache
def place_finder() -> Finder:
    return Finder(
        (name, each.alpha3)
        for each in places().values()
        for name in (each.english, each.chinese, *each.other_names)
        if name
    )


def place_named(text: str) -> str | None:
    """The first place that the words name, or a code written in capitals."""
    found = place_finder().find(plain_text(text))
    if found:
        return found[0].meaning
    for word in re.findall(r"(?<![A-Za-z])[A-Z]{2,3}(?![A-Za-z])", text):
        if word in _place_codes() and word not in WORDS_NOT_PLACES:
            return three_letter(word)
    return None


def read_place(text: str) -> str | None:
    """A place column: a code, a name, or a phrase such as "KR-made" or "abroad"."""
    text = text.strip()
    if not text:
        return None
    lowered = text.casefold()
    if lowered in (
        "abroad",
        "overseas",
        "foreign",
        "other",
        "third country",
        "foreign-made",
        "foreign made",
        "elsewhere",
        "outside china",
    ):
        return ELSEWHERE
    word = re.split(r"[\s\-,;/]", text)[0]
    for each in places().values():
        if word.upper() in (each.alpha2, each.alpha3) and len(word) in (2, 3):
            return each.alpha3
    named = place_named(text)
    if named is not None:
        return named
    return ELSEWHERE if "foreign" in lowered or "abroad" in lowered or "overseas" in lowered else None


def read_end_use(texts: Iterable[str]) -> frozenset[str] | None:
    """Tags of the end use; None where nothing is said, ``other`` where what is said is none of the tags."""
    said = [text for text in texts if text and text.strip().casefold() not in ("any", "unknown", "?")]
    if not said:
        return None
    found: set[str] = set()
    for text in said:
        found |= finder("end_uses").meanings_in(plain_text(text))
    if re.search(r"non military|not military|no military", plain_text(" ".join(said))):
        found -= {"military"}
        found |= {"civil"}
    if found & {"ai_military"}:
        found -= {"military", "helps_military"}
    return frozenset(found) or frozenset({"other"})


def read_use_parameters(text: str, tags: frozenset[str]) -> Parameters:
    lowered = text.casefold()
    found: dict[str, Decimal] = {}
    nanometres = numbers.measured("logic_nm", lowered)
    if nanometres is not None:
        found["dram_nm" if "dram_chips" in tags else "logic_nm"] = nanometres
    layers = numbers.measured("memory_layers", lowered)
    if layers is not None:
        found["memory_layers"] = layers
    return tuple(sorted(found.items()))


@cache
def _generic_words() -> frozenset[str]:
    from standoff.measures.reading.phrases import phrase_file

    return frozenset(plain_text(word) for word in phrase_file()["generic_parties"])


@cache
def _listed_names() -> NameIndex:
    return NameIndex(shipped_register())


def is_listed_name(text: str) -> bool:
    """Whether the words are a name on some list of the register ("USA Rare Earth" is a firm, not a description)."""
    return bool(_listed_names().find(text)[0])


@cache
def _place_codes() -> frozenset[str]:
    return frozenset(code for each in places().values() for code in (each.alpha2, each.alpha3))


def is_generic(text: str) -> bool:
    """Whether the words describe a kind of party ("Japanese car maker") instead of naming one.

    A name has a word in capitals (or in Chinese) that is neither a place nor a word for a kind of party.
    """
    generic, codes = _generic_words(), _place_codes()
    for word in GENERIC_WORD.findall(text):
        plain = plain_text(word)
        named = word[0].isupper() or bool(HAN.search(word))
        known = (
            plain in generic or plain.removesuffix("s") in generic or word in codes or bool(place_finder().find(plain))
        )
        if named and not known and not part_of_place(plain, text):
            return False
    return True


def part_of_place(word: str, text: str) -> bool:
    """Whether the word belongs to the name of a place of several words, such as "South Korea"."""
    plain = plain_text(text)
    return any(word in plain[match.start : match.end].split() for match in place_finder().find(plain))


def read_party(text: str, *, use_text: str, facts: str, default_list: str, country: str | None) -> Party:
    """The end user: who, where, military or not, on which lists, owned by whom."""
    text = text.strip()
    everything = f"{text}; {facts}"
    ownership = read_ownership(everything, default_list=default_list)
    plain = plain_text(everything)
    use_plain = plain_text(use_text)
    generic = is_generic(text) and not is_listed_name(text)
    military: bool | None = says("military_parties", plain_text(text)) or None
    if re.search(r"non military|not military|no military", plain):
        military = None
    if military is None and (
        re.search(r"\bcivil|\bcommercial|\bconsumer", f"{plain_text(text)} {use_plain}")
        or (text and generic and text.casefold() != "any")
    ):
        military = False
    if military is None and re.search(r"non military|not military|no military", plain):
        military = False
    return Party(
        name=None if not text or generic else text,
        country=(place_named(text) if generic else None) or (country if text else None),
        military=military,
        lists=_lists(text, facts, owned=ownership is not None, generic=generic),
        ownership=ownership,
    )


def _lists(text: str, facts: str, *, owned: bool, generic: bool) -> frozenset[str] | None:
    plain = plain_text(f"{text}; {facts}")
    if says("list_unknown", plain):
        return None
    own = plain_text(text)
    found = (
        finder("lists").meanings_in(own)
        if not re.search(r"\bowned by|\bsubsidiary of|\baffiliate of|% owned", own)
        else frozenset()
    )
    if not owned and not found and facts:
        stated = re.search(
            r"(?:end user|buyer|user|consignee|customer|importer|party|purchaser) (?:is |are )?(?:on|in|a|an|named)\b([^;]*)",
            plain,
        )
        if stated:
            found = finder("lists").meanings_in(stated.group(1))
    if says("list_none", plain) and not found:
        return frozenset()
    if found:
        return found
    if owned:
        return frozenset()
    if not text or text.casefold() == "any":
        return None
    return frozenset() if generic else None


def read_stages(text: str) -> tuple[tuple[str, str], ...]:
    """Where material was mined, refined, separated, melted and produced."""
    found: dict[tuple[str, str], None] = {}
    for match in STAGES.finditer(text):
        place = place_named(match.group(2))
        if place is None:
            continue
        for word in re.findall(r"[a-z]+", match.group(1)):
            if word in STAGE_WORDS:
                found[(STAGE_WORDS[word], place)] = None
    rest = re.search(
        r"(?:all stages|every stage|entirely|wholly)[^;.]*?\b(?:in|outside) ([A-Z]\w+(?: [A-Z]\w+)*)", text
    )
    if rest:
        outside = "outside" in rest.group(0)
        place = ELSEWHERE if outside else place_named(rest.group(1))
        if place:
            found.update({(stage, place): None for stage in EVERY_STAGE})
    return tuple(found)


def read_circumstances(text: str) -> tuple[frozenset[str], frozenset[str]]:
    """Circumstances that are said to hold, and those said not to."""
    found = set(finder("circumstances").meanings_in(plain_text(text)))
    refused: set[str] = set()
    if CERTIFICATES_MET.search(text):
        found.add("certifications_met")
    if CERTIFICATES_MISSING.search(text):
        found.discard("certifications_met")
        refused.add("certifications_met")
    volume = VOLUME.search(text)
    share = numbers.number(volume) if volume else None
    if share is not None and share > HALF:
        found.add("volume_above_half")
    if re.search(r"not (?:a )?cots|non-cots", text, re.I):
        found.discard("cots")
        refused.add("cots")
    if re.search(r"does not know|without knowledge|unaware|no knowledge", text, re.I):
        found.discard("knows")
        refused.add("knows")
    if says("no_direct_product", plain_text(text)):
        found.discard("us_direct_product")
        refused.add("us_direct_product")
    return frozenset(found), frozenset(refused)


def read_technologies(column: str, text: str) -> frozenset[tuple[str, str]] | None:
    """(technology, place) pairs; empty where the words say that there is none of note."""
    plain = plain_text(text)
    found: set[tuple[str, str]] = set()
    if column.strip():
        place = read_place(column) or place_named(column)
        names = finder("technologies").meanings_in(plain_text(column)) or frozenset({"magnet_making"})
        if column.strip().casefold() in ("none", "no"):
            return frozenset()
        found |= {(name, place) for name in names if place}
    for number_of in TECHNOLOGY_NUMBER.findall(text):
        found.add((number_of, "USA"))
    if (US_TECHNOLOGY.search(text) or "us tooled" in plain) and not says("no_direct_product", plain):
        found.add(("us_technology", "USA"))
    stated = re.search(
        r"(?:chinese|prc|prc origin|china origin|cn) (?:origin )?([\w ]{0,30}?)(?:technology|know how|process)", plain
    )
    if stated and not says("no_technology", plain):
        names = finder("technologies").meanings_in(stated.group(0)) or frozenset({"magnet_making"})
        found |= {(name, "CHN") for name in names}
    if found:
        return frozenset(found)
    if says("no_technology", plain) or says("no_direct_product", plain):
        return frozenset()
    return None


def read_components(text: str) -> tuple[Component, ...]:
    """Parts that decide on United States jurisdiction: a US chip inside, a munitions component."""
    parts: list[Component] = []
    if US_PART.search(text) and not re.search(r"\bno US", text):
        parts.append(Component(Item("integrated_circuit"), "USA"))
    if US_MUNITION.search(text):
        parts.append(Component(Item("usml_article"), "USA"))
    return tuple(parts)


def read_mode(text: str) -> str | None:
    found = finder("modes").find(plain_text(text))
    return found[0].meaning if found else None


def read_licence(text: str) -> str | None:
    plain = plain_text(text)
    if says("no_general_licence", plain):
        return "none"
    return "general" if says("general_licence", plain) else None
