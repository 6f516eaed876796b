"""Explanations of totals over cover classes and links: demand, unmet use, stops, trade."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from standoff.results.attribution.roots import CAUSES
from standoff.results.explain_needs import shipment_cell
from standoff.results.explain_terms import TIMES, Cell, Tape, Term, tape
from standoff.results.explain_view import View
from standoff.results.indicators import trade_groups


@dataclass(frozen=True)
class Totals:
    """Explanations of totals, with what they share."""

    view: View

    @cached_property
    def corridors(self) -> Any:
        """Trade of each ordinary link."""
        return trade_groups(self.view.result.network)[0]

    def classes(self, consumer: int) -> list[int]:
        return [int(node) for node in np.flatnonzero(self.view.result.network.nodes.parent == consumer)]

    def first_use(self) -> int:
        nodes = self.view.result.network.nodes
        return int(nodes.parent[nodes.producers])

    def short(self, node: int, step: int) -> float:
        return self.view.now("plan", step, node) - self.view.now("activity", step, node)

    def _by_class(self, values: dict[int, float], *, what: str, step: int, asks: str) -> list[Term]:
        labels = self.view.result.network.nodes.labels
        return [
            Term(
                f"{what}: {labels[node]}",
                value,
                kind="class",
                label=labels[node],
                asks=self.view.node_cell(asks, node, step),
            )
            for node, value in values.items()
        ]

    def demand(self, use: int, step: int) -> Tape:
        nodes = self.classes(self.first_use() + use)
        wanted = {node: self.view.now("plan", step, node) for node in nodes}
        return tape("results/indicators.py", self._by_class(wanted, what="demand", step=step, asks="plan"))

    def unmet(self, use: int, step: int) -> Tape:
        nodes = self.classes(self.first_use() + use)
        short = {node: self.short(node, step) for node in nodes}
        return tape("results/indicators.py", self._by_class(short, what="short", step=step, asks="activity"))

    def unmet_value(self, use: int, step: int) -> Tape:
        nodes = self.view.result.network.nodes
        label = nodes.parent_labels[self.first_use() + use]
        value = float(nodes.value[self.classes(self.first_use() + use)[0]])
        terms = [
            Term(
                "unmet use",
                float(self.view.result.unmet[step, use]),
                kind="class",
                label=label,
                asks=Cell("unmet", label, step),
            ),
            Term(
                "value of one unit", value, TIMES, "value", label, source=self.view.world_source("uses", "value", use)
            ),
        ]
        return tape("results/result.py", terms)

    def unmet_by_cause(self, use: int, cause: int, step: int) -> Tape:
        """By the input that bound and what it goes back to; the next question is why the class that lacks most is short."""
        losses, network = self.view.result.losses, self.view.result.network
        nodes = self.classes(self.first_use() + use)
        worst = max(nodes, key=lambda node: self.short(node, step))
        terms = []
        for column in np.flatnonzero(losses.use == use):
            product = network.products[losses.losers[column][1]]
            for layer, (name, measure, root, _, _) in enumerate(losses.keys):
                value = float(losses.values[step, column, layer])
                if name != CAUSES[cause] or value == 0:
                    continue
                back = " ".join(each for each in (measure, network.products[root] if root >= 0 else "") if each)
                asks = self.view.node_cell("activity", worst, step)
                terms.append(
                    Term(f"short of {product}, back to {back or name}", value, kind="root", label=back, asks=asks)
                )
        return tape("results/attribution/ledger.py", terms)

    def stopped_share(self, consumer: int, step: int) -> Tape:
        nodes = self.view.result.network.nodes
        limit = self.view.result.parameters["stop_share"]
        parts = {}
        for node in self.classes(consumer):
            wanted, reached = self.view.now("plan", step, node), self.view.now("activity", step, node)
            parts[node] = float(nodes.weight[node]) if wanted > 0 and reached < limit * wanted else 0.0
        return tape("results/indicators.py", self._by_class(parts, what="stands still", step=step, asks="activity"))

    def trade(self, corridor: int, step: int) -> Tape:
        view, network = self.view, self.view.result.network
        links = np.flatnonzero(self.corridors == corridor)
        terms = [
            Term(
                f"shipped on {network.link_label(int(link))}",
                float(view.flows[step, link]),
                kind="link",
                label=network.link_label(int(link)),
                asks=shipment_cell(view, int(link), step),
            )
            for link in links
        ]
        missing = [view.per_step(network.links.flow[link]) - float(view.flows[step, link]) for link in links]
        worst = int(np.argmax(missing))
        if missing[worst] <= 0:
            return tape("results/indicators.py", terms)
        terms[worst] = replace(terms[worst], kind="link_short")
        return tape("results/indicators.py", terms, counts_most=worst)
