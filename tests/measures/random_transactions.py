"""Random transactions for benchmarks, properties and fuzzing: valid ones that make sense, and hostile words."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

from standoff.measures.transaction import Component, Item, Ownership, Party, Stake, Transaction
from standoff.measures.vocabulary import vocabulary

PLACES = ("CHN", "CHN", "CHN", "USA", "JPN", "DEU", "KOR", "VNM", "TWN", "NLD", "IRN", "RUS", "SGP")
ELEMENTS = ("Dy", "Tb", "Sm", "Nd", "Y", "Ho", "Ga", "Sb", "Fe", "Co")
USES = (
    "civil",
    "military",
    "logic_chips",
    "memory_chips",
    "ai_military",
    "advanced_node_fab",
    "wmd",
    "disaster_relief",
    "us_defence_contract",
)
LISTS = ("CN-CONTROL", "CN-WATCH", "US-EL", "US-EL-FN5", "US-MEU", "US-SDN", "CN-2026-30")
NAMES = ("TDK", "MP Materials", "Rheinmetall AG", "Some Firm Ltd", "Huawei", None, None)
PARAMETERS = (
    ("energy_density_wh_kg", ("299", "300", "310")),
    ("size_um", ("40", "50", "400", "600")),
    ("tpp", ("2368", "15824", "36000")),
    ("purity_percent", ("99.5", "99.99")),
)
FIRST, LAST = date(2018, 1, 1), date(2028, 1, 1)


def random_date(dice: random.Random) -> date:
    return FIRST + timedelta(days=dice.randrange((LAST - FIRST).days))


def maybe(dice: random.Random, value: object, share: float = 0.7) -> object:
    return value if dice.random() < share else None


def random_item(dice: random.Random) -> Item:
    classes = sorted(vocabulary().classes)
    elements = frozenset(dice.sample(ELEMENTS, dice.randrange(3)))
    name, values = dice.choice(PARAMETERS)
    return Item(
        class_id=dice.choice(classes) if dice.random() < 0.9 else None,
        elements=elements,
        absent=frozenset(dice.sample(ELEMENTS, dice.randrange(2))) - elements,
        complete=dice.random() < 0.4,
        parameters=((name, Decimal(dice.choice(values))),) if dice.random() < 0.5 else (),
        control_code=dice.choice((None, None, None, "3A090.a", "3B001.c", "1C905", "EAR99")),
    )


def random_ownership(dice: random.Random, size: int = 6) -> Ownership:
    nodes = [f"N{number}" for number in range(size)]
    stakes = []
    for owned in nodes:
        left = 100
        for owner in dice.sample(nodes, dice.randrange(3)):
            if owner != owned and left > 0:
                percent = dice.choice((10, 25, 49, 50, left))
                percent = min(percent, left)
                left -= percent
                stakes.append(Stake(owner, owned, Decimal(percent) if dice.random() < 0.95 else None))
    listed = tuple((name, frozenset({dice.choice(LISTS)})) for name in dice.sample(nodes, dice.randrange(3)))
    return Ownership(nodes[0], tuple(stakes), listed)


def random_party(dice: random.Random) -> Party:
    return Party(
        name=dice.choice(NAMES),
        country=dice.choice(PLACES) if dice.random() < 0.8 else None,
        military=dice.choice((None, False, False, True)),
        lists=dice.choice((None, frozenset(), frozenset(), frozenset({dice.choice(LISTS)}))),
        ownership=random_ownership(dice) if dice.random() < 0.4 else None,
    )


def random_transaction(dice: random.Random) -> Transaction:
    part = Component(Item("integrated_circuit"), dice.choice(PLACES), Decimal(dice.randrange(60)))
    return Transaction(
        item=random_item(dice),
        origin=dice.choice((None, *PLACES)),
        components=(part,) if dice.random() < 0.3 else (),
        prc_content_percent=dice.choice((None, Decimal("0.0999"), Decimal("0.1"), Decimal(5))),
        us_content_percent=dice.choice((None, Decimal(10), Decimal(25), Decimal(26))),
        technologies=dice.choice(
            (None, frozenset(), frozenset({("magnet_making", "CHN")}), frozenset({("3D001", "USA")}))
        ),
        exporter=Party(country=dice.choice((None, *PLACES))),
        ship_from=dice.choice((None, *PLACES)),
        ship_to=dice.choice((None, *PLACES)),
        end_user=random_party(dice),
        end_use=dice.choice((None, frozenset(), frozenset({dice.choice(USES)}), frozenset({"civil"}))),
        end_use_parameters=dice.choice(((), (("logic_nm", Decimal(14)),), (("memory_layers", Decimal(256)),))),
        mode=dice.choice((None, "sale", "repair", "service", "exhibition")),
        licence_held=dice.choice((None, "none", "general")),
        circumstances=frozenset(
            dice.sample(("returns", "knows", "cots", "public_domain", "certifications_met"), dice.randrange(2))
        ),
    )
