"""Stockpiles (S08): what a gap means in months, and what a purchase adds in days of use."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from standoff.errors import nearest, refuse
from standoff.world.network import DAYS_PER_YEAR
from standoff.world.tables import World


def months_of_cover(gap_share: float, *, horizon_months: float) -> float:
    """Months that a stock lasts if it falls short of a requirement by a share, for the horizon that the requirement is for.

    Formula: ``(1 - gap) horizon``. Without the horizon a gap of 60 % means nothing: 3 months or 19.
    """
    return (1.0 - gap_share) * horizon_months


def yearly_use(world: World, product: str, place: str) -> float:
    """Use of a product by all consumers in a place, units per year."""
    activity = dict(zip(world.tables["producers"]["producer"], world.tables["producers"]["activity"], strict=True))
    activity |= dict(zip(world.tables["uses"]["use"], world.tables["uses"]["quantity"], strict=True))
    where = dict(zip(world.tables["producers"]["producer"], world.tables["producers"]["place"], strict=True))
    where |= dict(zip(world.tables["uses"]["use"], world.tables["uses"]["place"], strict=True))
    needs = world.tables["needs"]
    return sum(
        float(coefficient) * float(activity[consumer])
        for consumer, bought, coefficient in zip(needs["consumer"], needs["product"], needs["coefficient"], strict=True)
        if bought == product and where[consumer] == place
    )


def days_bought(world: World, purchases: Mapping[str, float], *, place: str) -> dict[str, float]:
    """Days of a place's use that a purchase at base prices adds, by product; infinite where the place uses none.

    The price effect of buying is not in it: the engine has no prices yet, so it is absent, not zero.

    Args:
        world: for use and base prices.
        purchases: USD by product; products that are not bought get 0 days.
        place: whose use counts.

    Raises:
        InputError: a product that the world does not have.
    """
    products = world.tables["products"]
    price = dict(zip(products["product"], np.asarray(products["price"], dtype=float), strict=True))
    for product in purchases:
        if product not in price:
            raise refuse("purchase", why="the world has no such product", cure=nearest(product, price), value=product)
    days = {}
    for product in price:
        use = yearly_use(world, product, place)
        bought = purchases.get(product, 0.0) / price[product]
        days[product] = bought / use * DAYS_PER_YEAR if use > 0 else (float("inf") if bought else 0.0)
    return days
