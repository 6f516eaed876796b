"""Random worlds that balance by construction, for laws that hold in every world.

A world is solved upward from its final uses: what a tier sells is what the tiers below and the uses buy of it, so that activity and
yields follow from the flows and no reconciliation is needed. `random_worlds` and `random_regimes` are hypothesis strategies;
`fixed_shapes` gives the same worlds in every test run, for counts of what is active in how many of them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
from hypothesis import strategies as st

from standoff.measures.gates import Administered, Regime, Regimes, no_regime
from standoff.simulate.draws import Clock
from standoff.world.network import Network
from standoff.world.schema import Words
from standoff.world.tables import World, WorldMeta

START = date(2025, 1, 6)
Rng = np.random.Generator
Row = dict[str, Any]


@dataclass(frozen=True)
class Shape:
    """Size of a random world, and the seed of everything else in it."""

    tiers: int
    producers: int
    seed: int


def random_shapes(*, most_producers: int = 60) -> st.SearchStrategy[Shape]:
    """Shapes of 3 to 6 tiers; shrinks to few tiers and few producers."""
    return st.integers(3, 6).flatmap(
        lambda tiers: st.builds(
            Shape,
            tiers=st.just(tiers),
            producers=st.integers(max(5, tiers), most_producers),
            seed=st.integers(0, 2**32 - 1),
        )
    )


def random_worlds(*, most_producers: int = 60) -> st.SearchStrategy[World]:
    """Checked worlds of 3 to 6 tiers and 5 to 60 producers."""
    return random_shapes(most_producers=most_producers).map(build_world)


def fixed_shapes(count: int, *, most_producers: int = 60) -> list[Shape]:
    """The same shapes in every test run."""
    rng = np.random.default_rng(20250404)
    return [
        Shape(int(rng.integers(3, 7)), int(rng.integers(6, most_producers + 1)), int(rng.integers(2**32)))
        for _ in range(count)
    ]


def build_world(shape: Shape) -> World:
    """The world of a shape: always the same one."""
    return World.from_tables(_meta(shape), columns_of(_Draft(shape).rows))


def columns_of(rows: dict[str, list[Row]]) -> dict[str, dict[str, list[Any]]]:
    """Rows by table as columns by table."""
    return {
        table: {name: [row[name] for row in entries] for name in entries[0]}
        for table, entries in rows.items()
        if entries
    }


def _meta(shape: Shape) -> WorldMeta:
    name = f"random-{shape.tiers}-{shape.producers}-{shape.seed}"
    return WorldMeta(name, Words("Random"), Words("A random world that balances"), 2024, date(2025, 1, 1), 2024)


class _Draft:
    """Rows of the tables of one random world. Lives for one call of `build_world`."""

    def __init__(self, shape: Shape) -> None:
        self.rng = np.random.default_rng([shape.seed, shape.tiers, shape.producers])
        self.rows: dict[str, list[Row]] = defaultdict(list)
        self.places = [f"P{index}" for index in range(int(self.rng.integers(3, 6)))]
        self.rows["places"] = [
            {"place": place, "name_en": f"Place {place}", "side": f"S{place}"} for place in self.places
        ]
        self.tier_of: dict[str, int] = {}
        self.makers: dict[str, list[str]] = defaultdict(list)
        self.product_tier: dict[str, int] = {}
        self.wanted: dict[str, dict[str, float]] = defaultdict(dict)
        self.activity: dict[str, float] = {}
        self.sales: dict[tuple[str, str], float] = defaultdict(float)
        self._name_producers(shape)
        self._choose_needs(shape)
        for tier in reversed(range(shape.tiers)):
            self._solve_tier(tier)
        self._write_needs()
        self._add_latent_routes()
        self._add_stocks()
        self._add_projects()

    def pick(self, items: list[Any]) -> Any:
        return items[int(self.rng.integers(len(items)))]

    def chance(self, share: float) -> bool:
        return bool(self.rng.random() < share)

    def scale(self, low: float, high: float) -> float:
        """A number between two bounds, even in its logarithm."""
        return float(np.exp(self.rng.uniform(np.log(low), np.log(high))))

    def _name_producers(self, shape: Shape) -> None:
        tiers = [*range(shape.tiers), *self.rng.integers(0, shape.tiers, shape.producers - shape.tiers).tolist()]
        for tier in range(shape.tiers):
            members = [f"t{tier}-{number}" for number in range(tiers.count(tier))]
            products = [f"good{tier}a", f"good{tier}b"] if len(members) > 1 and self.chance(0.6) else [f"good{tier}a"]
            by_product = f"by{tier}" if self.chance(0.5) else ""
            for number, member in enumerate(members):
                main = products[number % len(products)]
                self.tier_of[member] = tier
                self.makers[main].append(member)
                if len(products) > 1 and self.chance(0.3):
                    self.makers[products[(number + 1) % 2]].append(member)
                if by_product and (number == 0 or self.chance(0.4)):
                    self.makers[by_product].append(member)
            for product in [*products, *([by_product] if by_product else [])]:
                self.product_tier[product] = tier
                stage = ("mine", "separation", "metal", "material", "component", "part")[tier]
                self.rows["products"].append(
                    {"product": product, "name_en": product, "stage": stage, "unit": "t", "price": self.scale(1, 1e4)}
                )

    def _choose_needs(self, shape: Shape) -> None:
        uses = [f"use{index}" for index in range(int(self.rng.integers(2, 7)))]
        consumers = [producer for producer, tier in self.tier_of.items() if tier > 0]
        for consumer in [*consumers, *uses]:
            tier = self.tier_of.get(consumer, shape.tiers)
            below = [product for product, at in self.product_tier.items() if at < tier]
            nearest = [
                product for product in below if self.product_tier[product] == tier - 1 and not product.startswith("by")
            ]
            chosen = {self.pick(nearest), *(self.pick(below) for _ in range(int(self.rng.integers(0, 3))))}
            self.wanted[consumer] = {product: self.scale(0.1, 3.0) for product in sorted(chosen)}
        for product, tier in self.product_tier.items():
            if not any(product in basket for basket in self.wanted.values()) and not product.startswith("by"):
                later = [consumer for consumer in self.wanted if self.tier_of.get(consumer, shape.tiers) > tier]
                self.wanted[self.pick(later)][product] = self.scale(0.1, 3.0)
        for use in uses:
            self.activity[use] = self.scale(10, 1e5)
            self.rows["uses"].append(
                {
                    "use": use,
                    "kind": "made",
                    "place": self.pick(self.places),
                    "quantity": self.activity[use],
                    "value": self.scale(1, 1e4),
                    "end_use": "military" if self.chance(0.25) else "civil",
                    "priority": "priority" if self.chance(0.35) else "rest",
                    "classes": int(self.rng.integers(1, 6)),
                }
            )

    def _solve_tier(self, tier: int) -> None:
        """Sales of the tier's products from what is bought of them, then activity and yields from sales."""
        for product, at in self.product_tier.items():
            if at == tier:
                self._split_over_makers(product)
        for producer, its_tier in self.tier_of.items():
            if its_tier == tier:
                self._settle(producer)

    def _split_over_makers(self, product: str) -> None:
        makers = self.makers[product]
        buyers = [consumer for consumer, basket in self.wanted.items() if product in basket]
        if not buyers:
            return
        chosen = {buyer: {self.pick(makers) for _ in range(int(self.rng.integers(1, 4)))} for buyer in buyers}
        for maker in sorted(
            set(makers).difference(*chosen.values())
        ):  # sorted: sets of text have no order of their own
            chosen[self.pick(buyers)].add(maker)
        for buyer, sellers in chosen.items():
            amount = self.wanted[buyer][product] * self.activity[buyer]
            for seller, share in zip(sorted(sellers), self.rng.dirichlet(np.full(len(sellers), 2.0)), strict=True):
                self.sales[seller, product] += amount * float(share)
                self.rows["links"].append(self._link(seller, product, buyer, flow=amount * float(share)))

    def _link(self, seller: str, product: str, buyer: str, *, flow: float, route: str = "direct") -> Row:
        weeks = float(self.rng.integers(0, 9))
        return {
            "producer": seller,
            "product": product,
            "consumer": buyer,
            "flow": flow,
            "lag_days": weeks * 7 if self.chance(0.5) else float(self.rng.integers(0, 57)),
            "route": route,
            "max_share": 0.0 if route == "direct" else float(self.rng.uniform(0.05, 0.9)),
            "adapt_days": float(self.rng.integers(14, 200)),
            "loss_share": float(self.rng.uniform(0, 0.3)) if route == "grey" else 0.0,
            "premium": 0.5,
        }

    def _settle(self, producer: str) -> None:
        baskets = [product for product, makers in self.makers.items() if producer in makers]
        main = next(product for product in baskets if not product.startswith("by"))
        activity = self.sales[producer, main] / self.scale(0.2, 2.0)
        self.activity[producer] = activity
        slack = float(self.rng.uniform(1.0, 1.5)) if self.chance(0.7) else 1.0
        self.rows["producers"].append(
            {
                "producer": producer,
                "place": self.pick(self.places),
                "recipe": "makes",
                "activity": activity,
                "capacity": activity * slack,
                "value_added": self.scale(0.1, 100),
                "classes": int(self.rng.integers(1, 5)),
            }
        )
        for product in baskets:
            sold = self.sales[producer, product]
            driver = product == main or (sold > 0 and not product.startswith("by") and self.chance(0.5))
            beyond = 1.0 if driver else 1.0 + float(self.rng.exponential(0.4))
            made = beyond * sold if sold > 0 else 0.05 * activity
            days = float(self.rng.uniform(0, 42))
            self.rows["offers"].append(
                {
                    "producer": producer,
                    "product": product,
                    "yield": made / activity,
                    "driver": driver,
                    "stock_days": days,
                }
            )

    def _write_needs(self) -> None:
        for consumer, basket in self.wanted.items():
            spread = float(self.rng.uniform(0.3, 0.9)) if self.chance(0.5) else 0.0
            for number, (product, coefficient) in enumerate(basket.items()):
                kind = "critical" if number == 0 else self.pick(["critical", "critical", "important", "optional"])
                self.rows["needs"].append(
                    {
                        "consumer": consumer,
                        "product": product,
                        "coefficient": coefficient,
                        "cover_days": 0.0 if self.chance(0.05) else self.scale(5, 150),
                        "cover_sigma": spread,
                        "class": kind,
                        "restock_days": float(self.rng.uniform(7, 60)),
                    }
                )

    def _add_latent_routes(self) -> None:
        for buyer, basket in self.wanted.items():
            for product in basket:
                if self.chance(0.35):
                    seller = self.pick(self.makers[product])
                    route = self.pick(["grey", "assembly", "entrant"])
                    self.rows["links"].append(self._link(seller, product, buyer, flow=0.0, route=route))

    def _add_stocks(self) -> None:
        for number in range(int(self.rng.integers(0, 4))):
            buyer = self.pick(list(self.wanted))
            product = self.pick(list(self.wanted[buyer]))
            year = self.wanted[buyer][product] * self.activity[buyer]
            self.rows["stocks"].append(
                {
                    "stock": f"reserve{number}",
                    "place": self.pick(self.places),
                    "product": product,
                    "quantity": year * float(self.rng.uniform(0.05, 0.6)),
                    "release_rate": year * float(self.rng.uniform(0.2, 2.0)),
                    "trigger_share": float(self.rng.uniform(0.3, 1.0)),
                    "serves_places": tuple(self.places),
                    "serves_end_use": self.pick(["any", "any", "civil", "military"]),
                    "opens": START + timedelta(days=int(self.rng.integers(0, 200))) if self.chance(0.4) else None,
                }
            )

    def _add_projects(self) -> None:
        for number in range(int(self.rng.integers(0, 3))):
            producer = self.pick(list(self.tier_of))
            self.rows["projects"].append(
                {
                    "project": f"line{number}",
                    "producer": producer,
                    "capacity": self.activity[producer] * float(self.rng.uniform(0.1, 0.8)),
                    "start": START + timedelta(days=int(self.rng.integers(0, 400))),
                    "ramp_days": float(self.rng.integers(7, 200)),
                    "slip_days": float(self.rng.integers(0, 60)),
                }
            )


@dataclass(frozen=True)
class Act:
    """What one government does to some links: a licence, a customs hold or a closed gate, from one day until another."""

    kind: str
    links: tuple[int, ...]
    start_day: float
    end_day: float
    numbers: dict[str, float]

    def but(self, **changes: float) -> Act:
        """The same act with other numbers of administration."""
        return replace(self, numbers={**self.numbers, **changes})


def random_regimes(network: Network, clock: Clock) -> st.SearchStrategy[Regimes]:
    """Compiled regimes on a network: licences, holds and gates with start and end dates."""
    return st.integers(0, 2**32 - 1).map(
        lambda seed: compile_acts(network, clock, random_acts(network, clock, seed=seed))
    )


def random_acts(network: Network, clock: Clock, *, seed: int) -> list[Act]:
    """One to three acts, each on the trade of one product (all its sellers or those of one place), no link under two."""
    rng = np.random.default_rng(seed)
    links, days = network.links, clock.steps * clock.step_days
    product = network.offers.product[links.offer]
    origin = network.nodes.place[network.offers.producer[links.offer]]
    free = np.ones(len(links), dtype=bool)
    acts = []
    for _ in range(int(rng.integers(1, 4))):
        one = int(rng.integers(len(links)))
        caught = free & (product == product[one])
        if rng.random() < 0.4:
            caught &= origin == origin[one]
        free &= ~caught
        start = float(rng.integers(0, int(days * 0.3)))
        end = float(rng.integers(int(days * 0.4), int(days))) if rng.random() < 0.6 else np.inf
        kind = str(rng.choice(["licence", "licence", "licence", "hold", "gate"]))
        if caught.any():
            acts.append(Act(kind, tuple(np.flatnonzero(caught).tolist()), start, end, _administration(rng, kind)))
    return acts


def _administration(rng: Rng, kind: str) -> dict[str, float]:
    hold = kind == "hold"
    return {
        "review_days": float(rng.uniform(7, 40) if hold else rng.uniform(14, 150)),
        "approval_share": 1.0 if hold else float(rng.uniform(0.1, 1.0)),
        "denied_share": 0.0 if hold else float(rng.uniform(0.0, 1.0)),
        "throughput": float(rng.uniform(0.6, 2.0)),
        "validity_days": float(rng.uniform(14, 365)),
        "cleared_share": float(rng.uniform(0.0, 0.5)),
        "hold_share": float(rng.uniform(0.2, 0.9)) if hold else 1.0,
        "ease_days": float(rng.uniform(20, 120)) if hold else np.inf,
    }


def compile_acts(network: Network, clock: Clock, acts: list[Act]) -> Regimes:
    """Acts as the arrays that the engine reads, by the rules of `standoff.measures.compile`."""
    links = np.array(sorted({link for act in acts for link in act.links}), dtype=np.int64)
    column = {int(link): position for position, link in enumerate(links)}
    begin = np.arange(clock.steps) * clock.step_days
    regimes = [no_regime()]
    index = np.zeros((clock.steps, len(links)), dtype=np.int64)
    in_force, closed, feared = (np.zeros(index.shape) for _ in range(3))
    closed_by: dict[str, Any] = {}
    for act in acts:
        there = [column[link] for link in act.links]
        overlap = np.clip(np.minimum(begin + clock.step_days, act.end_day) - np.maximum(begin, act.start_day), 0, None)
        weight = overlap[:, None] / clock.step_days
        if act.kind == "gate":
            closed[:, there] = weight
            by_act = closed_by.setdefault(f"GATE-{len(closed_by) + 1}", np.zeros(index.shape))
            by_act[:, there] = weight
            continue
        index[:, there] = np.where(weight > 0, len(regimes), 0)
        in_force[:, there] = feared[:, there] = weight
        start = START + timedelta(days=act.start_day)
        numbers = {name: Administered(value, value, value, "assumed") for name, value in act.numbers.items()}
        regimes.append(Regime(f"act{len(regimes)}", f"ACT-{len(regimes)}", act.kind.upper(), start, start, numbers))
    days = [0.0, *(act.start_day for act in acts if act.kind != "gate")]
    since = np.maximum(np.arange(clock.steps)[:, None] + 0.5 - np.array(days) / clock.step_days, 0.0)
    return Regimes(
        regimes=tuple(regimes),
        links=links,
        index=index,
        in_force=in_force,
        gate=1.0 - closed,
        tariff=np.zeros(index.shape),
        since=since,
        feared=feared,
        closed_by=closed_by,
    )
