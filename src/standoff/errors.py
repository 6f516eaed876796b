"""Every error that standoff raises on purpose.

The tree::

    StandoffError
    ├── InputError          something a person can mend in a file, a flag or a call (exit code 2)
    │   └── carries Problems: *every* thing that is wrong, not the first one
    └── ModelError          the model itself broke down, e.g. a balance that does not close (exit code 3)

A reader collects problems while it goes on reading, and raises once at the end::

    problems = Problems("world magnets-small")
    problems.add(file="links.csv", row=7, column="flow", value="-3", why="a flow is not negative", cure="give t/year")
    problems.raise_if_any()
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

MOST_PROBLEMS_PRINTED = 50


class StandoffError(Exception):
    """Base of all errors raised on purpose."""


class ModelError(StandoffError):
    """The model broke down: a fault of ours, never of the input."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what stands there, why that cannot be, what to do."""

    why: str
    cure: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""

    def __str__(self) -> str:
        place = ", ".join(
            part
            for part in (
                self.file,
                f"row {self.row}" if self.row is not None else "",
                f"column {self.column}" if self.column else "",
            )
            if part
        )
        shown = f" ({self.value!r})" if self.value else ""
        head = f"{place}: " if place else ""
        return f"{head}{self.why}{shown}. {self.cure}"


class InputError(StandoffError):
    """Bad input, with every problem found in it."""

    def __init__(self, what: str, problems: Iterable[Problem]) -> None:
        self.what = what
        self.problems = tuple(problems)
        super().__init__(self.text())

    def text(self) -> str:
        count = len(self.problems)
        lines = [f"{self.what}: {count} problem{'s' if count != 1 else ''}"]
        lines += [f"  - {problem}" for problem in self.problems[:MOST_PROBLEMS_PRINTED]]
        if count > MOST_PROBLEMS_PRINTED:
            lines.append(f"  ... and {count - MOST_PROBLEMS_PRINTED} more")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[Any, ...]:
        """So that a report can leave the process in which it was made."""
        return type(self), (self.what, self.problems)

    def as_dict(self) -> dict[str, Any]:
        return {"error": self.what, "problems": [asdict(problem) for problem in self.problems]}


@dataclass
class Problems:
    """Collects problems so that a person sees all of them at once."""

    what: str
    found: list[Problem] = field(default_factory=list)

    def add(
        self, *, why: str, cure: str, file: str = "", row: int | None = None, column: str = "", value: object = ""
    ) -> None:
        self.found.append(Problem(why=why, cure=cure, file=file, row=row, column=column, value=str(value)))

    def raise_if_any(self) -> None:
        if self.found:
            raise InputError(self.what, self.found)


def refuse(what: str, *, why: str, cure: str, **place: Any) -> InputError:
    """One problem as an error: ``raise refuse("scenario x", why=..., cure=...)``."""
    problems = Problems(what)
    problems.add(why=why, cure=cure, **place)
    return InputError(what, problems.found)


def nearest(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or lists what there is if none is near."""
    names = sorted(known)
    match = difflib.get_close_matches(word, names, n=1, cutoff=0.5)
    if match:
        return f"Did you mean {match[0]!r}?"
    return "Known: " + ", ".join(names[:20]) + (" ..." if len(names) > 20 else "")
