"""Rule set ``esri`` against GLcascade's published cases and, where there are none, against its equations once more as a plain loop."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from esri_by_loop import ESSENTIAL, NEGLIGIBLE, NON_ESSENTIAL, Chain, fail
from hypothesis import given, settings
from hypothesis import strategies as st
from peer_cases import DATA

from standoff.simulate.systemic_risk import systemic_risk
from standoff.world.firms import FirmNetwork, read_firms

FOLDER = DATA / "esri"
LEVELS = {
    "linear": [NON_ESSENTIAL],
    "leontief": [ESSENTIAL],
    "mixed": [NON_ESSENTIAL, ESSENTIAL],
    "all three": [NEGLIGIBLE, NON_ESSENTIAL, ESSENTIAL],
}


def _chain(network: FirmNetwork) -> Chain:
    names = network.sectors
    return Chain(
        sector=[names[sector] for sector in network.sector],
        sales={
            (int(i), int(j)): float(x) for i, j, x in zip(network.supplier, network.buyer, network.value, strict=True)
        },
        essentiality={
            (k, m): int(network.essentiality[row, column])
            for row, k in enumerate(names)
            for column, m in enumerate(names)
        },
    )


@pytest.mark.parametrize("substitution", ["FALSE", "TRUE"])
@pytest.mark.parametrize("pattern", ["linear", "leontief"])
def test_the_loop_is_glcascade(pattern: str, substitution: str) -> None:
    chain = _chain(read_firms(FOLDER / "fig1_links.csv", FOLDER / "fig1_firms.csv", essentiality=pattern))
    with (FOLDER / "esri_expected_all.csv").open(newline="") as stream:
        rows = [row for row in csv.DictReader(stream) if (row["case"], row["substitution"]) == (pattern, substitution)]
    for row in rows:
        ours = fail(chain, int(row["firm"]) - 1, substitution=substitution == "TRUE", eps=float(row["eps"]))
        assert ours.both == pytest.approx(float(row["ESRI"]), abs=1e-14)
        assert ours.rounds == int(row["T"])


@st.composite
def _networks(draw: st.DrawFn) -> FirmNetwork:
    firms, sectors = draw(st.integers(2, 9)), draw(st.integers(1, 4))
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    pairs = np.argwhere(rng.random((firms, firms)) < draw(st.sampled_from([0.2, 0.5])))
    if not len(pairs):
        pairs = np.array([[0, 1]])
    levels = LEVELS[draw(st.sampled_from(list(LEVELS)))]
    return FirmNetwork(
        firms=tuple(f"f{number}" for number in range(firms)),
        sectors=tuple("abcd"[:sectors]),
        sector=rng.integers(0, sectors, firms),
        supplier=pairs[:, 0],
        buyer=pairs[:, 1],
        value=rng.lognormal(0.0, 1.0, len(pairs)),
        essentiality=rng.choice(np.array(levels, dtype=np.int8), (sectors, sectors)),
    )


@settings(max_examples=150, deadline=None, derandomize=True)
@given(network=_networks(), substitution=st.booleans(), eps=st.sampled_from([1e-2, 1e-4, 1e-6]))
def test_random_networks_and_patterns_are_the_loop(network: FirmNetwork, substitution: bool, eps: float) -> None:
    ours = systemic_risk(network, replace="market_share" if substitution else "none", eps=eps)
    chain = _chain(network)
    sold = [chain.sold(firm) for firm in range(len(network.firms))]
    for firm in range(len(network.firms)):
        theirs = fail(chain, firm, substitution=substitution, eps=eps)
        assert ours.iterations[firm] == theirs.rounds
        assert ours.both[firm] == pytest.approx(theirs.both, abs=1e-12)
        for name, remains in (("down", theirs.down), ("up", theirs.up)):
            lost = sum(s * (1.0 - h) for s, h in zip(sold, remains, strict=True)) / sum(sold)
            assert getattr(ours, name)[firm] == pytest.approx(lost, abs=1e-12)
