"""``standoff explain``: the terms of any number of a run, the rule that set it, and what bound it.

Every variable of a result has an explanation: a tape of terms that recombine to the number, made from what the run recorded and
from the rules themselves. The term that bound the number says which number to ask about next, so a chain of explanations leads from a
use that stopped to the mine, line, seller or licence office that stopped it.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np

from standoff.errors import nearest, refuse
from standoff.results import explain_capacity as capacities
from standoff.results import explain_links as links
from standoff.results import explain_needs as needs
from standoff.results import explain_nodes as nodes
from standoff.results import explain_sellers as sellers
from standoff.results.explain_terms import Cell, Explanation, Tape, Term
from standoff.results.explain_totals import Totals
from standoff.results.explain_view import View
from standoff.results.files import known_variables, variables_of_rules

if TYPE_CHECKING:
    from standoff.results.result import Result

MOST_LINKS_OF_A_CHAIN = 60
SEPARATOR = " @ "
"""Between the two labels of a number that has two: ``seller > product @ tier``, ``use @ cause``."""

Builder = Callable[[View, int, int], Tape]
BUILDERS: dict[str, Builder] = {
    "plan": nodes.plan,
    "activity": nodes.activity,
    "overproduction": capacities.overproduction,
    "labour": capacities.labour,
    "inventory": needs.inventory,
    "in_transit": needs.in_transit,
    "goal": needs.goal,
    "on_order": needs.on_order,
    "ordered": needs.ordered,
    "arrived": needs.arrived,
    "released": needs.released,
    "used": needs.used,
    "refused": needs.refused,
    "stock": sellers.stock,
    "in_making": sellers.in_making,
    "shipped": sellers.shipped,
    "made": sellers.made,
    "discarded": sellers.discarded,
    "share": links.share,
    "reliability": links.reliability,
    "review_wait": links.review_wait,
    "in_review": links.in_review,
    "permits": links.permits,
    "rights_held": links.rights_held,
    "link_ordered": links.link_ordered,
    "link_applied": links.link_applied,
    "link_expired": links.link_expired,
    "link_shipped": links.link_shipped,
    "route_capacity": sellers.route_capacity,
    "route_shipped": sellers.route_shipped,
    "route_lost": sellers.route_lost,
    "reserve": sellers.reserve,
    "reserve_taken": sellers.reserve_taken,
}
"""Explanations of variables with one label. The others are in `Explainer.tape_of`."""


@dataclass(frozen=True)
class Explainer:
    """Explains the numbers of one result. Make one and ask it often: what explanations share is worked out once."""

    result: Result

    @cached_property
    def view(self) -> View:
        return View(self.result)

    @cached_property
    def totals(self) -> Totals:
        return Totals(self.view)

    def explain(self, variable: str, label: str, when: str | dt.date) -> Explanation:
        """The explanation of one number, see `explain`."""
        return self.explain_cell(Cell(_known_variable(self.result, variable), label, self.step_of(when)))

    def trace(self, variable: str, label: str, when: str | dt.date) -> list[Explanation]:
        """The chain of explanations from a number upstream, until nothing further bound it."""
        chain = [self.explain(variable, label, when)]
        asked = {Cell(chain[0].variable, label, chain[0].step)}
        while (cell := chain[-1].upstream) is not None and cell not in asked and len(chain) < MOST_LINKS_OF_A_CHAIN:
            asked.add(cell)
            chain.append(self.explain_cell(cell))
        return chain

    def step_of(self, when: str | dt.date) -> int:
        """The step in which a day lies."""
        start, clock = self.result.scenario.start, self.result.setup.clock
        try:
            day = when if isinstance(when, dt.date) else dt.date.fromisoformat(when)
        except ValueError:
            raise refuse("explain", why="this is not a date", cure=f"Give a day such as {start}", value=when) from None
        step = int((day - start).days // clock.step_days)
        if not 0 <= step < clock.steps:
            days = self.result.dates.astype(object)
            near = days[0] if step < 0 else days[-1]
            raise refuse(
                "explain", why="the run does not reach this day", cure=f"The nearest step begins on {near}", value=day
            )
        return step

    def indices(self, variable: str, label: str) -> tuple[int, ...]:
        """Positions of a label along the dimensions of a variable, the step left out."""
        dims = known_variables()[variable]["dims"].split()[1:]
        if len(dims) == 1:
            return (self._position(variable, dims[0], label),)
        whose, which = dims[::-1] if dims[0] == "tier" else dims
        first, _, second = label.rpartition(SEPARATOR)
        if first not in self.view.positions(whose) or second not in self.view.positions(which):
            known = [f"{a}{SEPARATOR}{b}" for a in self.view.labels(whose) for b in self.view.labels(which)]
            raise refuse(f"explain {variable}", why="there is no such label", cure=nearest(label, known), value=label)
        place = {whose: self.view.positions(whose)[first], which: self.view.positions(which)[second]}
        return tuple(place[dim] for dim in dims)

    def _position(self, variable: str, dim: str, label: str) -> int:
        known = self.view.positions(dim)
        if label not in known:
            raise refuse(f"explain {variable}", why=f"there is no such {dim}", cure=nearest(label, known), value=label)
        return known[label]

    def explain_cell(self, cell: Cell) -> Explanation:
        """The explanation of a number by its place."""
        where = self.indices(cell.variable, cell.label)
        found = self.tape_of(cell.variable, where, cell.step)
        binding = found.terms[found.binding]
        return Explanation(
            variable=cell.variable,
            label=cell.label,
            step=cell.step,
            date=self.result.dates[cell.step].astype(object),
            value=float(self.result.dataset[cell.variable].values[(cell.step, *where)]),
            unit=known_variables()[cell.variable]["unit"],
            rule=found.rule,
            terms=found.terms,
            binding=binding,
            tied=tuple(found.terms[position] for position in found.tied),
            upstream=binding.asks,
            sources=tuple(dict.fromkeys(term.source for term in found.terms if term.source)),
        )

    def tape_of(self, variable: str, where: tuple[int, ...], step: int) -> Tape:
        """Terms of a number."""
        if variable in BUILDERS:
            return BUILDERS[variable](self.view, where[0], step)
        if variable in ("link_approved", "link_denied", "link_returned"):
            return links.link_decision(self.view, variable, where[0], step)
        if variable == "demanded":
            return sellers.demanded(self.view, where[0], where[1], step)
        if variable == "fill":
            return sellers.fill(self.view, where[0], where[1], step)
        if variable == "unmet_by_cause":
            return self.totals.unmet_by_cause(where[0], where[1], step)
        by_name: dict[str, Callable[[int, int], Tape]] = {
            "demand": self.totals.demand,
            "unmet": self.totals.unmet,
            "unmet_value": self.totals.unmet_value,
            "stopped_share": self.totals.stopped_share,
            "trade": self.totals.trade,
        }
        return by_name[variable](where[0], step)


def explain(result: Result, variable: str, *, label: str, when: str | dt.date) -> Explanation:
    """Where one number of a run comes from.

    Args:
        result: from `standoff.run` or `standoff.rerun`.
        variable: a name of ``variables.csv``, for example ``unmet``.
        label: whose number: ``electric_car_DEU``, ``seller > product > buyer``; two labels are joined by `` @ ``.
        when: a day within the run.

    Returns:
        The terms, the rule, what bound the number and which number to ask about next.

    Raises:
        InputError: unknown variable, label or day; names the nearest known one.
    """
    return Explainer(result).explain(variable, label, when)


def trace(result: Result, variable: str, *, label: str, when: str | dt.date) -> list[Explanation]:
    """Follow what bound a number upstream, to the mine, line or licence office where it began. Arguments as in `explain`."""
    return Explainer(result).trace(variable, label, when)


def _known_variable(result: Result, variable: str) -> str:
    known = known_variables()
    if variable not in known:
        raise refuse("explain", why="there is no such variable", cure=nearest(variable, known), value=variable)
    if variable in variables_of_rules() and variable not in result.records:
        why = f"no rule of this run has it: {known[variable]['description_en']}"
        raise refuse("explain", why=why, cure="Ask about plan or activity", value=variable)
    return variable


@cache
def words() -> dict[str, dict[str, str]]:
    """What a binding term of each kind means, by kind and language."""
    text = resources.files("standoff.results").joinpath("explain_words.csv").read_text(encoding="utf-8")
    return {row["kind"]: row for row in csv.DictReader(text.splitlines())}


@cache
def _terms_in(lang: str) -> tuple[tuple[re.Pattern[str], str], ...]:
    """Names of terms in a language: a pattern of the English name and the name with its places; those without places first."""
    text = resources.files("standoff.results").joinpath("explain_terms.csv").read_text(encoding="utf-8")
    rows = sorted(csv.DictReader(text.splitlines()), key=lambda row: row["en"].count("{}"))
    return tuple((re.compile("(.+?)".join(map(re.escape, row["en"].split("{}")))), row[lang]) for row in rows)


def term_name(name: str, *, lang: str = "en") -> str:
    """The name of a term in a language; labels in it stay as they are."""
    if lang == "en":
        return name
    for pattern, template in _terms_in(lang):
        if found := pattern.fullmatch(name):
            return template.format(*found.groups())
    return name


def in_words(explanation: Explanation, *, lang: str = "en") -> str:
    """One line that a person would say: what bound the number."""
    about = known_variables()[explanation.variable][f"description_{lang}"]
    bound = words()[explanation.binding.kind][lang].format(
        label=explanation.binding.label or term_name(explanation.binding.name, lang=lang),
        name=term_name(explanation.binding.name, lang=lang),
    )
    number = np.format_float_positional(explanation.value, precision=4, fractional=False, trim="-")
    return f"{explanation.date}  {about}, {explanation.label}: {number} {explanation.unit}. {bound}"


def as_plain(explanation: Explanation, *, lang: str = "en") -> dict[str, object]:
    """Plain values for JSON."""

    def plain(term: Term) -> dict[str, object]:
        name = term_name(term.name, lang=lang)
        return {"name": name, "enters": term.enters, "value": term.value, "kind": term.kind, "label": term.label}

    upstream = explanation.upstream
    return {
        "variable": explanation.variable,
        "label": explanation.label,
        "step": explanation.step,
        "date": explanation.date.isoformat(),
        "value": explanation.value,
        "unit": explanation.unit,
        "rule": explanation.rule,
        "terms": [plain(term) for term in explanation.terms],
        "recombined": explanation.recombine(),
        "binding": plain(explanation.binding),
        "in_words": in_words(explanation, lang=lang),
        "upstream": None
        if upstream is None
        else {"variable": upstream.variable, "label": upstream.label, "step": upstream.step},
        "sources": list(explanation.sources),
    }
