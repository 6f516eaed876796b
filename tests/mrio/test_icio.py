"""The OECD table of 2022 (80 economies x 50 sectors) is read whole and runs."""

from __future__ import annotations

import numpy as np
import pytest
from made_up import cut

from standoff.simulate.economy_api import run_scenario
from standoff.simulate.economy_scenario import economy_scenario_from
from standoff.world.mrio.read import read_mrio
from standoff.world.mrio.table import Mrio


@pytest.fixture(scope="module")
def icio() -> Mrio:
    return read_mrio("sanction-simulator")


def test_icio_is_read_with_its_totals(icio: Mrio) -> None:
    """192.4 trillion USD of gross output; what the reader assumed is said, and nothing had to be clipped."""
    assert (len(icio.regions), len(icio.sectors)) == (80, 50)
    assert icio.output.sum() == pytest.approx(192.4187e6, rel=1e-5)
    assert icio.value_added.sum() == pytest.approx(93.1694e6, rel=1e-5)
    assert {"USA", "CHN", "TWN"} <= set(icio.regions)
    assert not any("negative" in each.what or "differs" in each.what for each in icio.adjustments)
    assert any("assumed to stay" in each.what for each in icio.adjustments)


def test_icio_rests_and_a_cut_strikes_the_seller_first(icio: Mrio) -> None:
    struck = cut(1.0, exporters=["CHN"], destinations=["USA"], sectors=[], leakage=0.1, start="2022-01-04")
    content = {"name": "icio", "rules": "ario", "start": "2022-01-01", "until": "2022-01-21", "events": [struck]}
    result = run_scenario(economy_scenario_from(content), world=icio)
    usual = result.losses.usual_output
    assert result.run["output"][2] == pytest.approx(usual, rel=1e-9)
    lost = result.losses.by_region(result.losses.output_lost)
    china, america = (icio.regions.index(name) for name in ("CHN", "USA"))
    assert lost[china] == lost.max()
    assert 0.003 < lost[china] / (result.losses.by_region(usual)[china] * 20) < 0.03
    assert np.abs(np.delete(lost, [china, america])).sum() < lost[china]
