"""The item in words: class, elements, parameters.

The head of the description decides the class ("rotor with NdFeB magnets" is a rotor). Elements come from names, symbols and
formulas; "X-doped" or "X-bearing" declares the whole composition, "without X" declares X absent.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from decimal import Decimal
from functools import cache
from typing import Any

from standoff.measures.data_files import read_data
from standoff.measures.reading import numbers
from standoff.measures.reading.phrases import Finder, finder, plain_text
from standoff.measures.transaction import Item, Parameters
from standoff.measures.vocabulary import FOLDER, RARE_EARTHS, ItemClass, vocabulary

HEAD_ENDS = re.compile(
    r",|;|\(|\b(?:with|containing|contains|for|using|made|by|in|from|that|which|to|holding|comprising|incorporating|having|used|of|after|when|under|is|are|whose|sold|sent|exported|shipped|fixed|mounted)\b"
)
HEAVY_WORDS = re.compile(r"heavy rare earths?|\bhrees?\b|heavy res?\b|重稀土")
HEAVY_ELEMENTS = frozenset(["Sm", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu", "Y", "Sc", "Eu"])
NEGATION = re.compile(
    r"\b(?:without|no|free of|free from|zero|not containing|does not contain|do not contain|contains no|containing no|excluding|0 ?%)\s+"
    r"(?:any |added |traces of )*(?P<rest>[^.;()]{0,80})"
)
CONNECTIVES = frozenset(
    {
        "and",
        "or",
        "nor",
        ",",
        "any",
        "added",
        "rare",
        "earths",
        "earth",
        "heavy",
        "res",
        "re",
        "hree",
        "hrees",
        "no",
        "without",
        "not",
    }
)
UNCERTAIN = re.compile(
    r"[^,;.(]{0,60}\b(?:unknown|not known|unclear|not stated|untested|not tested|uncertain)\b[^,;.)]*", re.IGNORECASE
)
ADDED = re.compile(r"doped|bearing|containing only|only|掺")
LINE_SERVICE = "re_line_service"
WEAK_CLASSES = (None, "foreign_machine", "ordinary_goods")
"""Descriptions that say less than the classification EAR99."""
ANY_PERCENT_PURITY = frozenset({"antimony_oxide", "organic_antimony", "artificial_graphite", "tungsten_metal"})


@cache
def _elements() -> dict[str, Any]:
    content: dict[str, Any] = read_data(FOLDER / "elements.yaml")
    return content


@cache
def _element_names() -> Finder:
    return Finder((name, symbol) for symbol, row in _elements().items() for name in row["names"])


@cache
def _symbols() -> re.Pattern[str]:
    firm = [symbol for symbol, row in _elements().items() if not row.get("loose")]
    return re.compile(r"(?<![A-Za-z])(" + "|".join(sorted(firm, key=len, reverse=True)) + r")(?![a-zA-Z])")


@cache
def _formula() -> re.Pattern[str]:
    symbols = "|".join(sorted(_elements(), key=len, reverse=True))
    return re.compile(r"(?<![A-Za-z0-9])((?:(?:" + symbols + r")\d*){2,})(?![A-Za-z])")


@cache
def class_finder() -> Finder:
    return Finder(
        (word, identifier)
        for identifier, each in vocabulary().classes.items()
        for word in (*each.english, *each.chinese)
    )


def _formula_symbols(text: str) -> list[frozenset[str]]:
    symbols = re.compile("|".join(sorted(_elements(), key=len, reverse=True)))
    return [frozenset(symbols.findall(match.group(1))) for match in _formula().finditer(text)]


def elements_in(text: str) -> frozenset[str]:
    """Every element that the text names, by name, symbol or formula; not where it says that the content is unknown."""
    text = UNCERTAIN.sub(" ", text)
    found = set(_element_names().meanings_in(plain_text(text)))
    found |= set(_symbols().findall(text))
    for symbols in _formula_symbols(text):
        found |= symbols
    return frozenset(found)


def absent_in(text: str) -> frozenset[str]:
    """Every element that the text says is not inside. A negation reaches only over a run of elements: "without Dy or Tb"."""
    absent: set[str] = set()
    spaced = text.replace("-", " ")
    for match in NEGATION.finditer(spaced.casefold()):
        run: list[str] = []
        for word in re.findall(r"\S+", spaced[match.start("rest") : match.end("rest")].replace(",", " ")):
            if word.casefold() not in CONNECTIVES and not elements_in(word):
                break
            run.append(word)
        piece = " ".join(run)
        absent |= elements_in(piece)
        if HEAVY_WORDS.search(piece.casefold()):
            absent |= HEAVY_ELEMENTS
    for match in re.finditer(r"(?<!\S)(\S{1,20})[- ]free\b", text):
        absent |= elements_in(match.group(1))
        if match.group(1).casefold() in ("hree", "earth", "heavy"):
            absent |= HEAVY_ELEMENTS
    return frozenset(absent)


def _most_telling(identifiers: list[str]) -> str:
    """Of the classes named in one phrase: the last, unless another is a kind of it."""
    last = identifiers[-1]
    below = vocabulary().descendants[last]
    kinds = [each for each in identifiers if each in below and each != last]
    return kinds[-1] if kinds else last


def _is_line_service(plain: str) -> bool:
    """Work on a production line for rare earths or magnets: a word for the work, and words for such a line after it."""
    work = finder("line_work").find(plain)
    return bool(work) and any(match.start > work[0].start for match in finder("rare_earth_lines").find(plain))


def class_in(text: str) -> str | None:
    """The class of the described thing: looked for in the head of the description, then in what follows.

    A break ("with", "for", a comma ...) inside a known phrase is none: "commissioning of a magnet line" is one phrase.
    """
    plain = plain_text(text)
    if _is_line_service(plain):
        return LINE_SERVICE
    found = class_finder().find_overlapping(plain)
    if not found:
        return None
    breaks = [each.start() for each in HEAD_ENDS.finditer(plain)]
    outside = [place for place in breaks if not any(match.start <= place < match.end for match in found)]
    first = bisect_right(outside, found[0].start)
    return _most_telling([match.meaning for match in found if bisect_right(outside, match.start) == first])


def _refined(identifier: str | None, elements: frozenset[str]) -> str | None:
    """The kind of a class that the named elements make it: a magnet of Nd, Fe and B is an NdFeB magnet."""
    if identifier is None:
        return None
    words = vocabulary()
    kinds = [
        each
        for each in sorted(words.descendants[identifier] - {identifier})
        if words.classes[each].elements and words.classes[each].elements <= elements
    ]
    return max(kinds, key=lambda each: len(words.classes[each].elements), default=identifier)


def class_of_code(code: str) -> str | None:
    """The class that a control code stands for when nothing else describes the item: the longest code that fits."""
    best: tuple[int, str] | None = None
    for identifier, each in vocabulary().classes.items():
        for known in each.codes:
            if code.casefold().startswith(known.casefold()) and (best is None or len(known) > best[0]):
                best = (len(known), identifier)
    return best[1] if best else None


def _by_formula(text: str, identifier: str | None) -> str | None:
    """Oxides and halides written as formulas: Dy2O3, TbF3."""
    if identifier is not None and identifier not in ("re_compound",):
        return identifier
    for symbols in _formula_symbols(text):
        if symbols & RARE_EARTHS:
            if symbols - RARE_EARTHS == {"O"}:
                return "re_oxide"
            if symbols & {"F", "Cl", "N", "S", "P", "H", "C"}:
                return "re_compound"
            if symbols & {"Fe", "Co", "Ni", "Al", "Mg", "Cu"}:
                return "re_alloy"
    return identifier


def read_item(text: str, *, code: str = "", facts: str = "", hs: str | None = None) -> Item:
    """An item from its description, control code and further facts. What the words do not tell stays unknown."""
    identifier = _by_formula(text, class_in(text))
    if identifier is None and code:
        identifier = class_of_code(code)
    if "EAR99" in text.upper() and identifier in WEAK_CLASSES:
        identifier = "ear99_item"
    absent = absent_in(f"{text}; {facts}")
    elements = elements_in(text) - absent
    identifier = _refined(identifier, elements) if identifier == "permanent_magnet" else identifier
    item_class = vocabulary().classes.get(identifier or "")
    if identifier in ("magnet_part",) and not elements & RARE_EARTHS:
        elements = frozenset()
    if identifier is None and elements and len(elements & RARE_EARTHS) == 1 and not re.search(r"\d", text):
        identifier = "re_metal" if len(text.split()) <= 2 else None
        item_class = vocabulary().classes.get(identifier or "")
    return Item(
        class_id=identifier,
        elements=elements - (item_class.elements if item_class else frozenset()),
        absent=absent,
        complete=_declared(text, item_class, elements),
        parameters=read_parameters(f"{text}; {facts}", identifier),
        hs=hs,
        control_code=code or code_in(text),
    )


def _declared(text: str, item_class: ItemClass | None, elements: frozenset[str]) -> bool:
    """Whether the words name the whole composition."""
    if not elements:
        return False
    if item_class is not None and item_class.id == "re_alloy":
        return bool(elements - RARE_EARTHS)
    magnet = item_class is not None and "permanent_magnet" in vocabulary().ancestors[item_class.id]
    return magnet and bool(ADDED.search(text.casefold())) and bool(elements & RARE_EARTHS - {"Nd", "Pr"})


def read_parameters(text: str, identifier: str | None) -> Parameters:
    """Physical parameters with units, exactly as written."""
    lowered = text.casefold().replace("−", "-")
    found: dict[str, Decimal] = {}
    for name in numbers.PATTERNS:
        value = numbers.measured(name, lowered)
        if value is not None:
            found[name] = value
    trace = numbers.trace_content(lowered)
    if trace is not None:
        found["dy_tb_mass_percent"] = trace
    weight = numbers.WEIGHT.search(lowered)
    covered = numbers.number(weight) if weight else None
    if covered is not None:
        found["covered_weight_percent"] = covered
    if "purity" in lowered or "pure" in lowered or identifier in ANY_PERCENT_PURITY or numbers.NINES.search(lowered):
        value = numbers.purity(lowered)
        if value is not None:
            found["purity_percent"] = value
    return tuple(sorted(found.items()))


US_NUMBER = re.compile(r"(?<![A-Za-z0-9])(?:\d[A-E]\d{3}(?:\.[a-z](?:\.\d+)?)*|EAR99)(?![A-Za-z0-9])", re.IGNORECASE)


def code_in(text: str) -> str | None:
    """A control code in the description, e.g. 3B001.c; software and technology numbers name what something is made with."""
    for match in US_NUMBER.finditer(text):
        if match.group(0)[1:2].upper() not in ("D", "E") or match.group(0).upper() == "EAR99":
            return match.group(0)
    return None
