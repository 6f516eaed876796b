"""What somebody outside would try with the commands of the peers: forms of files, and outputs beside the usual ones."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from peer_cases import DATA
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.errors import InputError
from standoff.simulate.systemic_risk import LostByFirm, systemic_risk
from standoff.world.firms import read_firms

ESRI, FIRMS = DATA / "esri", DATA / "inoue_todo"
LINKS, LIST = ESRI / "fig1_links.csv", ESRI / "fig1_firms.csv"
LEVELS = np.random.default_rng(5).integers(0, 3, (5, 5))
NAMES = [str(number) for number in range(1, 6)]
ENTRIES = [(k, m, LEVELS[int(k) - 1, int(m) - 1]) for k in NAMES for m in NAMES]
ROWS = LEVELS.tolist()
FORMS: dict[str, Iterable[Iterable[Any]]] = {
    "list": [("input_sector", "buyer_sector", "essentiality"), *ENTRIES],
    "list of i, j, e": [("i", "j", "e"), *ENTRIES],
    "list of other names": [("p", "q", "r"), *ENTRIES],
    "list without a header": ENTRIES,
    "list with buyers first": [("buyer_sector", "input_sector", "level"), *((m, k, e) for k, m, e in ENTRIES)],
    "list with numbers of rows": [("", "from", "to", "value"), *((n, *row) for n, row in enumerate(ENTRIES))],
    "table": [("", *NAMES), *((k, *row) for k, row in zip(NAMES, ROWS, strict=True))],
    "table, no name above rows": [NAMES, *((k, *row) for k, row in zip(NAMES, ROWS, strict=True))],
    "table, X before numbers": [
        ("", *(f"X{m}" for m in NAMES)),
        *((k, *row) for k, row in zip(NAMES, ROWS, strict=True)),
    ],
    "table, columns counted": [
        ("", *(f"V{m}" for m in NAMES)),
        *((k, *row) for k, row in zip(NAMES, ROWS, strict=True)),
    ],
    "table, rows without names": [NAMES, *ROWS],
    "table, rows without names, columns counted": [[f"V{m}" for m in NAMES], *ROWS],
    "levels alone": ROWS,
}


def _write(path: Path, rows: Iterable[Iterable[Any]]) -> Path:
    with path.open("w", newline="") as stream:
        csv.writer(stream).writerows(rows)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_essentiality_is_read_in_every_form_that_can_only_mean_one_thing(form: str, tmp_path: Path) -> None:
    network = read_firms(LINKS, LIST, essentiality=_write(tmp_path / "essentiality.csv", FORMS[form]))
    assert network.essentiality.tolist() == ROWS


def test_levels_alone_are_refused_where_the_order_of_sectors_is_in_doubt(tmp_path: Path) -> None:
    firms = _write(tmp_path / "firms.csv", [("firm", "sector"), ("a", "steel"), ("b", "coal")])
    links = _write(tmp_path / "links.csv", [("i", "j", "x"), ("a", "b", 1)])
    with pytest.raises(InputError, match="Write the sectors in a header"):
        read_firms(links, firms, essentiality=_write(tmp_path / "levels.csv", [(0, 1), (2, 0)]))


@pytest.mark.parametrize("substitution", ["TRUE", "FALSE"])
@pytest.mark.parametrize("pattern", ["linear", "leontief"])
def test_what_every_firm_loses_in_every_failure_is_that_of_glcascade(
    pattern: str, substitution: str, tmp_path: Path
) -> None:
    runner, network, out = CliRunner(), tmp_path / "network", tmp_path / "out"
    lists = ["--links", str(LINKS), "--firms", str(LIST), "--essentiality", pattern]
    assert runner.invoke(app, ["world", "from-firms", str(network), *lists]).exit_code == 0
    chosen = ["--set", f"substitution={substitution}", "--set", "eps=1e-12", "--set", "states=true"]
    run = runner.invoke(app, ["run", str(network), "--rules", "esri", *chosen, "--out", str(out)])
    assert run.exit_code == 0, run.output
    for name in ("hd", "hu"):
        ours = np.loadtxt(out / f"{name}.csv", delimiter=",")
        theirs = np.loadtxt(ESRI / f"{name}_{pattern}_sub{substitution}.csv", delimiter=",")
        np.testing.assert_allclose(ours, theirs, atol=1e-14)


def test_losses_of_firms_weighted_by_sales_are_the_systemic_risk() -> None:
    network = read_firms(LINKS, LIST, essentiality="leontief")
    lost = LostByFirm.room(11, 11)
    risk = systemic_risk(network, eps=1e-9, into=lost)
    sales = np.bincount(network.supplier, network.value, 11)
    np.testing.assert_allclose(sales @ lost.down / sales.sum(), risk.down, atol=1e-14)
    np.testing.assert_allclose(sales @ np.maximum(lost.down, lost.up) / sales.sum(), risk.both, atol=1e-14)


def test_room_for_too_many_failures_is_refused() -> None:
    with pytest.raises(InputError, match="Leave states out"):
        LostByFirm.room(1_000_000, 1_000_000)


def test_a_cascade_that_creeps_on_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    network = read_firms(LINKS, LIST)
    assert not systemic_risk(network).warnings
    monkeypatch.setattr("standoff.simulate.systemic_risk.MOST_ITERATIONS", 1)
    assert "take a larger eps" in systemic_risk(network, eps=1e-12).warnings[0]


def test_snapshots_of_firms_are_those_of_pronet(tmp_path: Path) -> None:
    chosen = ["--set", "rationing=2", "--set", "snapshots=5,79", "--out", str(tmp_path)]
    run = CliRunner().invoke(app, ["run", str(FIRMS / "net200"), "--rules", "inoue_todo", *chosen])
    assert run.exit_code == 0, run.output
    with (tmp_path / "snapshots.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    with np.load(FIRMS / "snapshots.npz") as held:
        for day in (5, 79):
            theirs = held[f"R2_o0_none@{day}"]
            for column, name in ((1, "production"), (2, "demand"), (3, "supply")):
                ours = np.array([float(row[name]) for row in rows if row["day"] == str(day)])
                known = np.isfinite(ours)
                np.testing.assert_allclose(ours[known], theirs[known, column], rtol=6e-6, atol=1e-9)


def test_a_folder_with_its_files_in_input_is_read(tmp_path: Path) -> None:
    (tmp_path / "input").mkdir()
    for path in (FIRMS / "toy").iterdir():
        (tmp_path / "input" / path.name).write_bytes(path.read_bytes())
    run = CliRunner().invoke(app, ["run", str(tmp_path), "--rules", "inoue_todo", "--out", str(tmp_path / "out")])
    assert run.exit_code == 0, run.output
