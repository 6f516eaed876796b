"""The classes of things that rules speak about: ``data/vocabulary/classes.yaml``.

A class has words in English and Chinese, parents ("a samarium-cobalt magnet is a permanent magnet"), the elements that are
surely inside, and says whether naming its elements names all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from standoff.measures.data_files import DATA, read_data

FOLDER = DATA / "vocabulary"

RARE_EARTHS = frozenset(
    ["Sc", "Y", "La", "Ce", "Pr", "Nd", "Pm", "Sm", "Eu", "Gd", "Tb", "Dy", "Ho", "Er", "Tm", "Yb", "Lu"]
)


@dataclass(frozen=True, slots=True)
class ItemClass:
    """One class of things.

    Attributes:
        names: words for it, English then Chinese; the first English one is its title.
        parents: classes that it is a kind of.
        elements: symbols surely inside.
        complete: ``all``: what is named is the whole composition; ``rare_earths``: every rare earth inside is named;
            empty: other elements may be inside.
        parameters: values that the class fixes, e.g. a chip's processing performance.
        codes: control codes that stand for it when nothing else describes the item.
        hs: reference customs numbers.
    """

    id: str
    english: tuple[str, ...]
    chinese: tuple[str, ...]
    parents: tuple[str, ...]
    elements: frozenset[str]
    complete: str
    parameters: tuple[tuple[str, str], ...]
    codes: tuple[str, ...]
    hs: tuple[str, ...]


@dataclass(frozen=True)
class Vocabulary:
    classes: dict[str, ItemClass]
    ancestors: dict[str, frozenset[str]]
    descendants: dict[str, frozenset[str]]


def _item_class(identifier: str, row: dict[str, Any]) -> ItemClass:
    return ItemClass(
        id=identifier,
        english=tuple(row.get("en", ())),
        chinese=tuple(row.get("zh", ())),
        parents=tuple(row.get("is", ())),
        elements=frozenset(row.get("elements", ())),
        complete=row.get("complete", ""),
        parameters=tuple((name, str(value)) for name, value in row.get("parameters", {}).items()),
        codes=tuple(row.get("codes", ())),
        hs=tuple(str(code) for code in row.get("hs", ())),
    )


def _lines(classes: dict[str, ItemClass]) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    ancestors: dict[str, frozenset[str]] = {}

    def above(identifier: str) -> frozenset[str]:
        if identifier not in ancestors:
            found = {identifier}
            for parent in classes[identifier].parents:
                found |= above(parent)
            ancestors[identifier] = frozenset(found)
        return ancestors[identifier]

    descendants: dict[str, set[str]] = {identifier: set() for identifier in classes}
    for identifier in classes:
        for ancestor in above(identifier):
            descendants[ancestor].add(identifier)
    return ancestors, {identifier: frozenset(found) for identifier, found in descendants.items()}


@cache
def vocabulary(folder: Path = FOLDER) -> Vocabulary:
    """The classes, with everything above and below each (itself included)."""
    rows: dict[str, Any] = {}
    for path in sorted(folder.glob("classes*.yaml")):
        rows |= read_data(path)
    classes = {identifier: _item_class(identifier, row) for identifier, row in rows.items()}
    ancestors, descendants = _lines(classes)
    return Vocabulary(classes, ancestors, descendants)
