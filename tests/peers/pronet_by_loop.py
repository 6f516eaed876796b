"""Inoue and Todo's simulator (proNet) once more, firm by firm and link by link, to hold the engine's arrays against.

Written from the description of proNet's rules and from its outputs, sharing nothing with the engine: dictionaries of links, no arrays.
Rationing 2 and 3 keep the habits that proNet's outputs show, see docs/peers.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

TIE = 1e-12
"""Differences up to which two numbers of a day count as equal, relative to the output that is given out."""

Links = dict[str, dict[str, float]]


@dataclass(frozen=True)
class Network:
    """Firms, what they buy and the shock."""

    sector: Mapping[str, str]
    buys: Links
    """Usual purchase per day: buyer, then supplier."""
    final: Mapping[str, float]
    damage: Mapping[str, float]
    """Share of capacity lost on day 0."""

    def clients(self, firm: str) -> dict[str, float]:
        """Usual order of every client."""
        return {buyer: inputs[firm] for buyer, inputs in self.buys.items() if firm in inputs}


@dataclass(frozen=True)
class Rules:
    """proNet's options: ``-R``, ``-o``, ``-i``, ``-T`` and recovery."""

    rationing: int
    orders: int
    cover: float = 15.0
    restock: float = 6.0
    damage_left: Callable[[int], float] = field(default=lambda day: 1.0)
    """Share of the first damage left on a day."""


@dataclass
class Day:
    """What happened on one day, by firm."""

    output: dict[str, float]
    demand: dict[str, float]
    supply: dict[str, float]
    """Output that stocks allow, infinite without inputs."""
    to_final: dict[str, float]


def run_by_loop(network: Network, rules: Rules, *, days: int) -> list[Day]:
    """Run from rest."""
    firms = list(network.sector)
    clients = {firm: network.clients(firm) for firm in firms}
    usual = {firm: sum(clients[firm].values()) + network.final[firm] for firm in firms}
    stock = {buyer: {s: rules.cover * a for s, a in inputs.items()} for buyer, inputs in network.buys.items()}
    delivered = {buyer: dict(inputs) for buyer, inputs in network.buys.items()}
    output, history = dict(usual), []
    for number in range(days):
        activity = {firm: output[firm] / usual[firm] if usual[firm] else 0.0 for firm in firms}
        supply, orders = {}, {}
        for firm in firms:
            _use_and_receive(network, firm, stock[firm], delivered[firm], activity[firm])
            supply[firm] = _allowed(network, firm, stock[firm]) * usual[firm]
            orders[firm] = {
                supplier: _order(rules, usual=amount, activity=activity[firm], stock=stock[firm][supplier])
                for supplier, amount in network.buys[firm].items()
            }
        demand = {firm: network.final[firm] + sum(orders[client][firm] for client in clients[firm]) for firm in firms}
        to_final = {}
        for firm in firms:
            capacity = (1.0 - network.damage.get(firm, 0.0) * rules.damage_left(number)) * usual[firm]
            output[firm] = min(capacity, supply[firm], demand[firm])
            asked = {client: orders[client][firm] for client in clients[firm]}
            served, to_final[firm] = _ration(rules.rationing, output[firm], asked, clients[firm], network.final[firm])
            for client, amount in served.items():
                delivered[client][firm] = amount
        history.append(Day(output=dict(output), demand=demand, supply=supply, to_final=to_final))
    return history


def _use_and_receive(
    network: Network, firm: str, stock: dict[str, float], delivered: dict[str, float], activity: float
) -> None:
    """Use of a sector is spread over its suppliers by what is in stock of each."""
    held, needed = _by_sector(network, firm, stock)
    for supplier in stock:
        sector = network.sector[supplier]
        used = stock[supplier] * activity * needed[sector] / held[sector] if held[sector] > 0 else 0.0
        stock[supplier] = max(0.0, stock[supplier] + delivered[supplier] - used)


def _allowed(network: Network, firm: str, stock: dict[str, float]) -> float:
    """Output that the scarcest sector in stock allows, relative to the usual one."""
    held, needed = _by_sector(network, firm, stock)
    return min((held[sector] / needed[sector] for sector in held), default=float("inf"))


def _by_sector(network: Network, firm: str, stock: dict[str, float]) -> tuple[dict[str, float], dict[str, float]]:
    """What a firm has in stock of each sector, and what it usually buys of it."""
    held: dict[str, float] = {}
    needed: dict[str, float] = {}
    for supplier, amount in network.buys[firm].items():
        sector = network.sector[supplier]
        held[sector] = held.get(sector, 0.0) + stock[supplier]
        needed[sector] = needed.get(sector, 0.0) + amount
    return held, needed


def _order(rules: Rules, *, usual: float, activity: float, stock: float) -> float:
    follows = usual * activity
    gap = rules.cover * (usual if rules.orders == 1 else follows) - stock
    if rules.orders == 2:
        gap = max(0.0, gap)
    return max(0.0, follows + gap / rules.restock)


def _ration(
    rule: int, output: float, asked: dict[str, float], usual: dict[str, float], final: float
) -> tuple[dict[str, float], float]:
    """Deliveries by client, and to final demand."""
    book = sum(asked.values())
    if rule == 0:
        share = output / (book + final) if book + final > 0 else 0.0
        return {client: order * share for client, order in asked.items()}, final * share
    if rule == 1:
        share = min(1.0, output / book) if book > 0 else 0.0
        return {client: order * share for client, order in asked.items()}, min(final, max(0.0, output - book))
    levels, final_level = _raise_levels(output, asked, usual, final if rule == 2 else 0.0)
    served = {client: levels[client] * usual[client] for client in usual}
    if rule == 2:
        return served, final_level * final
    return served, min(final, max(0.0, output - sum(served.values())))


def _raise_levels(
    output: float, asked: dict[str, float], usual: dict[str, float], final: float
) -> tuple[dict[str, float], float]:
    """Everybody is raised from one relative order to the next, as long as output is more than that takes."""
    wanted = {client: asked[client] / usual[client] for client in asked}
    reached = dict.fromkeys(wanted, 0.0)
    final_wanted, final_reached = (1.0 if final > 0 else 0.0), 0.0
    left, here = output, set(wanted)
    while True:
        wanting = {client for client in here if wanted[client] > TIE}
        rises = [wanted[client] for client in wanting] + ([final_wanted] if final_wanted > TIE else [])
        if not rises:
            return reached, final_reached
        rise = min(rises)
        # A client that ordered nothing still counts in the first round, and final demand in every one
        takes = rise * (sum(usual[client] for client in here) + final)
        if left <= takes + TIE * output:
            share = left / (sum(usual[client] for client in wanting) + (final if final_wanted > TIE else 0.0))
            for client in wanting:
                reached[client] += share
            return reached, final_reached + (share if final_wanted > TIE else 0.0)
        for client in here:
            reached[client] += rise
            wanted[client] -= rise
        if final_wanted > TIE:
            final_reached += rise
            final_wanted -= rise
        left -= takes
        here = {client for client in here if wanted[client] > TIE}
