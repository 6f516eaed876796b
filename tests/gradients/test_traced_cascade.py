"""The cascade under JAX: rule by rule and failure by failure what NumPy says, in as many rounds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np
import pytest
from peer_cases import DATA
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.model import cascade
from standoff.simulate import traced_cascade
from standoff.simulate.backend import BACKENDS, backend_named
from standoff.simulate.systemic_risk import Spread, systemic_risk
from standoff.simulate.traced import double_precision
from standoff.world.firms import FirmNetwork, read_firms

FOLDER = DATA / "esri"
SAME = 1e-12


def _network(firms: int = 60, links: int = 400) -> FirmNetwork:
    """Firms of six sectors, some with many suppliers and some with none, all three levels of essentiality."""
    draw = np.random.default_rng(7)
    pairs = np.unique(np.minimum(draw.geometric(0.04, (links, 2)), firms) - 1, axis=0)
    supplier, buyer = draw.permutation(firms)[pairs[pairs[:, 0] != pairs[:, 1]]].T
    return FirmNetwork(
        firms=tuple(f"firm {number}" for number in range(firms)),
        sectors=tuple("abcdef"),
        sector=draw.integers(0, 6, firms),
        supplier=supplier,
        buyer=buyer,
        value=draw.lognormal(0.0, 1.0, len(supplier)),
        essentiality=draw.integers(0, 3, (6, 6)).astype(np.int8),
    )


RULES: dict[str, Callable[[cascade.CascadeMaps, Any], Any]] = {
    "replaceability": lambda maps, a: cascade.replaceability(down=a, maps=maps),
    "irreplaceable": lambda maps, a: cascade.irreplaceable(down=a, maps=maps),
    "down": lambda maps, a: cascade.spread_down(down=a, sigma=a, left=1.0 - a / 4.0, maps=maps),
    "up": lambda maps, a: cascade.spread_up(up=a, left=1.0 - a / 4.0, maps=maps),
    "stop": lambda maps, a: cascade.has_stopped(decrease=a[0], before=a[1], now=a[2], eps=0.3, xp=maps.xp),
}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_the_cascade_says_the_same_in_both_libraries(rule: str) -> None:
    spread = Spread.of(_network())
    values = np.random.default_rng(3).random((60, 5)) * (np.arange(60)[:, None] % 7 > 0)
    ours = RULES[rule](spread.maps(), values)
    with double_precision():
        theirs = RULES[rule](traced_cascade.traced_maps(spread), jnp.asarray(values))
        np.testing.assert_allclose(np.asarray(theirs), np.asarray(ours), rtol=SAME, atol=SAME)


@pytest.mark.parametrize("replace", ["none", "market_share"])
@pytest.mark.parametrize("eps", [0.01, 1e-9])
def test_every_failure_ends_the_same_and_after_as_many_rounds(
    replace: str, eps: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = _network()
    monkeypatch.setattr(traced_cascade, "VALUES_ON_CPU", 7 * len(network.value))  # so that slots are used again
    failing = np.random.default_rng(1).permutation(60)[:50]
    ours, theirs = (
        systemic_risk(network, replace=replace, eps=eps, failing=failing, backend=backend_named(name))
        for name in BACKENDS
    )
    assert ours.firms == theirs.firms
    assert np.array_equal(ours.iterations, theirs.iterations)
    assert len(set(ours.iterations)) > 3
    for name in ("both", "down", "up"):
        np.testing.assert_allclose(getattr(theirs, name), getattr(ours, name), rtol=0, atol=SAME)


def test_nobody_fails_and_no_input_is_essential() -> None:
    network = read_firms(FOLDER / "fig1_links.csv", FOLDER / "fig1_firms.csv", essentiality="linear")
    none = np.zeros(0, dtype=np.int64)
    assert all(not len(systemic_risk(network, failing=none, backend=backend_named(name)).both) for name in BACKENDS)
    ours, theirs = (systemic_risk(network, eps=1e-12, backend=backend_named(name)) for name in BACKENDS)
    np.testing.assert_allclose(theirs.both, ours.both, rtol=0, atol=SAME)


def test_the_command_writes_the_same_table_whatever_the_library(tmp_path: Path) -> None:
    lists = ["--links", str(FOLDER / "fig1_links.csv"), "--firms", str(FOLDER / "fig1_firms.csv")]
    runner, tables = CliRunner(), []
    assert runner.invoke(app, ["world", "from-firms", str(tmp_path / "network"), *lists]).exit_code == 0
    for backend in BACKENDS:
        out = tmp_path / backend
        run = ["run", str(tmp_path / "network"), "--rules", "esri", "--out", str(out), "--backend", backend]
        assert runner.invoke(app, [*run, "--set", "substitution=true"]).exit_code == 0
        tables.append(np.loadtxt(out / "esri.csv", delimiter=",", skiprows=1, usecols=(1, 2, 3)))
    np.testing.assert_allclose(tables[1], tables[0], rtol=0, atol=SAME)
