"""Names of a world in the language of the reader, falling back on English and then on the bare label."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from standoff.results.words import Words
from standoff.world.tables import World


@dataclass(frozen=True)
class Labels:
    """Looks up names of places, products, producers and uses."""

    world: World
    words: Words

    def _names(self, table: str, key: str) -> dict[str, str]:
        columns = self.world.tables[table]
        own = columns[f"name_{self.words.lang}"]
        return {
            label: name or english or label
            for label, name, english in zip(columns[key], own, columns["name_en"], strict=True)
        }

    @cached_property
    def places(self) -> dict[str, str]:
        return self._names("places", "place")

    @cached_property
    def products(self) -> dict[str, str]:
        return self._names("products", "product")

    @cached_property
    def consumers(self) -> dict[str, str]:
        """Producers and uses by label."""
        return self._names("producers", "producer") | self._names("uses", "use")

    def side(self, side: str) -> str:
        return self.words.family("side", side)

    def in_side(self, side: str) -> str:
        """A side within a sentence: ``in the United States``."""
        known = f"in_side.{side}"
        return self.words.say(known) if known in self.words.table else self.words.say("in_side", side=side)

    def stage(self, stage: str) -> str:
        return self.words.family("stage", stage)
