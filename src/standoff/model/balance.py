"""Mass balance of a run: every unit of every product is accounted for in every step."""

from __future__ import annotations

from typing import Any

import numpy as np

from standoff.errors import ModelError
from standoff.model.share_matrix import sum_map

TOLERANCE = 1e-9
ACCOUNTED = (
    *("made", "released", "used", "discarded", "route_lost"),
    *("stock", "in_making", "inventory", "in_transit"),
)
"""Records that the balance is made of."""


def mass_residual(network: Any, records: Any, first: Any, *, loss: Any) -> Any:
    """Relative residual of the mass balance of each product in each step, (steps, products, ...).

    Formula: ``made + released = used + lost + discarded + change of (finished stock, in making, input stock, in transit)`` for each
    product; grey arrivals come out of the seller's finished stock, so they are no source of their own. Relative to the product's
    stocks and output.

    Args:
        network: for the product of each offer, need and route.
        records: full records of a run.
        first: stocks before the first step.
        loss: losses on latent routes, (steps, routes, ...).
    """
    offers, needs, products = network.offers.product, network.needs.product, len(network.products)
    route = needs[network.latent.need]

    def total(values: Any, groups: Any) -> Any:
        add = sum_map(groups, products)
        if values.ndim > 2:
            return np.stack([add(step) for step in values])
        return add(np.ascontiguousarray(values.T)).T  # one product for all steps is several times faster

    def change(name: str, groups: Any) -> Any:
        path = np.concatenate([first[name][None], records[name]])
        return total(np.diff(path, axis=0), groups)

    supply = total(records["made"], offers) + total(records["released"], needs)
    away = total(records["used"], needs) + total(records["discarded"], offers) + total(loss, route)
    stored = sum(change(name, offers) for name in ("stock", "in_making"))
    stored = stored + sum(change(name, needs) for name in ("inventory", "in_transit"))
    scale = supply + away + total(records["stock"], offers) + total(records["inventory"], needs)
    return (supply - away - stored) / np.where(scale > 0, scale, 1.0)


def check_mass(network: Any, records: Any, first: Any) -> float:
    """The largest relative residual of a run.

    Raises:
        ModelError: the balance does not close to 1e-9; names product and step.
    """
    residual = np.abs(mass_residual(network, records, first, loss=records["route_lost"]))
    worst = float(residual.max(initial=0.0))
    if not worst <= TOLERANCE:
        step, product = np.unravel_index(int(np.nanargmax(residual)), residual.shape)[:2]
        raise ModelError(
            f"mass balance of {network.products[int(product)]} does not close in step {int(step)}: {worst:.2e} of its stock and output"
        )
    return worst
