"""Say when an economy collapses or swings by its own dynamics, and which settings can make it so.

With the rule ``scarce_inventory`` output is cut in proportion to stock long before the stock is used up. Less output means less demand,
so lower goals and smaller orders; where a gap is closed more slowly than the stock covers use, stocks never come back to the share
``psi`` of their goal, and a small shock takes the whole economy down. BoARIO 0.7.2 says nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from standoff.model.economy import Economy, RuleNumbers
from standoff.model.rulesets import RuleSet
from standoff.simulate.economy_run import EconomyRun

COLLAPSED, DEPRESSED = 0.01, 0.97
"""Shares of usual output at the end, with nothing striking any more, below which a run is called so."""
SWING = 0.05
"""Share of usual output by which an economy that nothing strikes may still move to and fro."""
LAST_SHARE = 0.25
"""Part of a run that counts as its end."""


@dataclass(frozen=True)
class Diagnosis:
    """What became of an economy."""

    status: str
    """``rests``, ``depressed``, ``collapsed`` or ``swings``."""
    end: float
    """Output at the end as a share of usual."""
    text: str


def warn_beforehand(economy: Economy, rules: RuleSet, numbers: RuleNumbers) -> tuple[str, ...]:
    """Warnings about settings under which a shock may not heal.

    A need is in danger where its cover is shorter than the time to close a gap: ``cover < restock``. It may collapse, it need not;
    no setting with ``cover >= restock`` has been seen to (tests/peers/test_collapse.py runs 36).
    """
    if rules.chosen["production"] != "scarce_inventory":
        return ()
    danger = economy.counts & np.isfinite(economy.cover) & (economy.cover < economy.restock)
    if not danger.any():
        return ()
    cover, restock = economy.cover[danger], economy.restock[danger]
    return (
        f"{int(danger.sum())} of {int(economy.counts.sum())} inputs are kept for {cover.min():g} to {cover.max():g} steps"
        f" but restocked over {restock.min():g} to {restock.max():g}: output falls once stock is under {numbers.psi:.0%} of its"
        " goal, and stock cannot come back as fast as output falls. After a shock the economy may collapse by its own dynamics."
        " Restock at least as fast as the cover, or keep more.",
    )


def diagnose(run: EconomyRun) -> Diagnosis:
    """What became of an economy some time after the last shock.

    Args:
        run: that kept ``output``, long enough for the damage to be gone.
    """
    path = run["output"].sum(axis=1) / run.economy.output.sum()
    end = float(path[-1])
    last = path[-max(2, int(len(path) * LAST_SHARE)) :]
    turns = int((np.diff(np.sign(np.diff(last))) != 0).sum())
    if end < COLLAPSED:
        return Diagnosis("collapsed", end, f"output fell to {end:.1%} of usual by the economy's own dynamics")
    if turns >= 2 and float(last.max() - last.min()) > SWING:
        return Diagnosis("swings", end, f"output still swings by {last.max() - last.min():.1%} of usual: a bullwhip")
    if end < DEPRESSED:
        return Diagnosis("depressed", end, f"output stays at {end:.1%} of usual although nothing strikes any more")
    return Diagnosis("rests", end, f"output is back at {end:.1%} of usual")
