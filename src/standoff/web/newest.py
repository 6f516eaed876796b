"""A mapping that holds so much and no more: what was used longest ago goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, MutableMapping
from typing import TypeVar

Value = TypeVar("Value")


class Newest(MutableMapping[str, Value]):
    """The ``most`` values that were put in or looked up last, by name."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._kept: OrderedDict[str, Value] = OrderedDict()

    def __getitem__(self, name: str) -> Value:
        value = self._kept[name]
        self._kept.move_to_end(name)
        return value

    def __setitem__(self, name: str, value: Value) -> None:
        self._kept[name] = value
        self._kept.move_to_end(name)
        while len(self._kept) > self.most:
            self._kept.popitem(last=False)

    def __delitem__(self, name: str) -> None:
        del self._kept[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)
