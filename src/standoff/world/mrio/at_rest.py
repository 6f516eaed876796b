"""From a table to the economy at rest that the rules of the peers work on."""

from __future__ import annotations

import numpy as np

from standoff.model.economy import Economy
from standoff.world.economies import economy_from_table
from standoff.world.mrio.table import Array, Mrio


def economy_from_mrio(
    mrio: Mrio,
    *,
    cover: Array | float,
    restock: Array | float,
    critical: Array | None = None,
    important: Array | None = None,
) -> Economy:
    """An economy at rest, a step being a day::

        economy = economy_from_mrio(read_mrio("sanction-simulator"), cover=90.0, restock=60.0)

    Args:
        mrio: the table.
        cover: days of use in stock, by product, by (product, producer) or one number; infinite where an input never binds.
        restock: days to close a gap of the stock, by product or one number.
        critical, important: 1 where an input is, by (product, producer); all critical if not given.
    """
    own = np.arange(len(mrio.output)), mrio.region_of
    return economy_from_table(
        flows=mrio.flows,
        final=mrio.households.sum(axis=1) + mrio.other.sum(axis=1),
        output=mrio.output,
        products=len(mrio.sectors),
        cover=cover,
        restock=restock,
        critical=critical,
        important=important,
        households=mrio.households.sum(axis=1),
        final_at_home=mrio.households[own] + mrio.other[own],
        shape="dense",  # in which links can be cut by product and region
    )
