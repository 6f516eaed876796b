"""Rule set ``esri`` against GLcascade / fastcascade 0.9.3.1, through the commands."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from peer_cases import DATA
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.errors import InputError
from standoff.simulate.systemic_risk import systemic_risk
from standoff.world.firms import read_firm_folder, read_firms, write_firms

FOLDER = DATA / "esri"
LINKS, FIRMS = FOLDER / "fig1_links.csv", FOLDER / "fig1_firms.csv"
COLUMNS = ("ESRI", "ESRI_d", "ESRI_u")


def _expected() -> dict[tuple[str, str, str], list[dict[str, str]]]:
    cases: dict[tuple[str, str, str], list[dict[str, str]]] = {}
    with (FOLDER / "esri_expected_all.csv").open(newline="") as stream:
        for row in csv.DictReader(stream):
            if row["rcpp"] == "FALSE":
                cases.setdefault((row["case"], row["substitution"].lower(), row["eps"]), []).append(row)
    return cases


@pytest.mark.parametrize("case", _expected())
def test_esri_is_glcascade_through_the_commands(case: tuple[str, str, str], tmp_path: Path) -> None:
    pattern, substitution, eps = case
    runner, network, out = CliRunner(), tmp_path / "network", tmp_path / "out"
    lists = ["--links", str(LINKS), "--firms", str(FIRMS), "--essentiality", str(_matrix(tmp_path, pattern))]
    made = runner.invoke(app, ["world", "from-firms", str(network), *lists, "--json"])
    assert made.exit_code == 0, made.output
    assert json.loads(made.output)["firms"] == 11
    chosen = ["--set", f"substitution={substitution}", "--set", f"eps={eps}"]
    run = runner.invoke(app, ["run", str(network), "--rules", "esri", *chosen, "--out", str(out)])
    assert run.exit_code == 0, run.output
    with (out / "esri.csv").open(newline="") as stream:
        ours = list(csv.DictReader(stream))
    for mine, theirs in zip(ours, _expected()[case], strict=True):
        assert mine["firm"] == theirs["firm"]
        for column in COLUMNS:
            assert float(mine[column]) == pytest.approx(float(theirs[column]), abs=1e-14)


def _matrix(folder: Path, pattern: str) -> Path:
    """Essentiality as a table with one column a buyer sector."""
    level = {"linear": 1, "leontief": 2}[pattern]
    path = folder / "essentiality.csv"
    names = [str(number) for number in range(1, 6)]
    rows = [["", *names], *([name, *[str(level)] * 5] for name in names)]
    path.write_text("\n".join(",".join(row) for row in rows))
    return path


@pytest.mark.parametrize("case", _expected())
def test_rounds_of_the_cascade_are_those_of_glcascade(case: tuple[str, str, str]) -> None:
    network = read_firms(LINKS, FIRMS, essentiality=case[0])
    risk = systemic_risk(network, replace="market_share" if case[1] == "true" else "none", eps=float(case[2]))
    assert risk.iterations.tolist() == [int(row["T"]) for row in _expected()[case]]


def test_mixed_essentiality_lies_between_its_patterns(tmp_path: Path) -> None:
    bounds = [systemic_risk(read_firms(LINKS, FIRMS, essentiality=name)).down for name in ("linear", "leontief")]
    rows = [(k, m, 2 if (k + m) % 2 else 1) for k in range(1, 6) for m in range(1, 6)]
    path = tmp_path / "mixed.csv"
    path.write_text("input_sector,buyer_sector,essentiality\n" + "\n".join(",".join(map(str, row)) for row in rows))
    mixed = systemic_risk(read_firms(LINKS, FIRMS, essentiality=path)).down
    assert (mixed >= bounds[0] - 1e-12).all()
    assert (mixed <= bounds[1] + 1e-12).all()
    assert (mixed > bounds[0] + 1e-12).any()


def test_negligible_inputs_spread_nothing_down(tmp_path: Path) -> None:
    rows = [f"{k},{m},0" for k in range(1, 6) for m in range(1, 6)]
    path = tmp_path / "none.csv"
    path.write_text("\n".join(["input_sector,buyer_sector,essentiality", *rows]))
    network = read_firms(LINKS, FIRMS, essentiality=path)
    own = np.bincount(network.supplier, network.value, 11) / network.value.sum()
    assert systemic_risk(network).down == pytest.approx(own)


def test_a_network_is_read_back_the_same(tmp_path: Path) -> None:
    network = read_firms(LINKS, FIRMS, essentiality="leontief")
    write_firms(network, tmp_path)
    again = read_firm_folder(tmp_path)
    assert again.firms == network.firms
    for name in ("sector", "supplier", "buyer", "value", "essentiality"):
        assert np.array_equal(getattr(again, name), getattr(network, name))


def test_parquet_lists_are_read(tmp_path: Path) -> None:
    for path in (LINKS, FIRMS):
        pd.read_csv(path, dtype=str).to_parquet(tmp_path / f"{path.stem}.parquet")
    network = read_firms(tmp_path / "fig1_links.parquet", tmp_path / "fig1_firms.parquet")
    assert systemic_risk(network).both[6] == pytest.approx(0.7)


def test_everything_wrong_in_the_lists_is_reported_at_once(tmp_path: Path) -> None:
    links, firms = tmp_path / "links.csv", tmp_path / "firms.csv"
    firms.write_text("firm,sector\na,1\na,1\n")
    links.write_text("i,j,x\na,b,1\na,a,minus\n")
    with pytest.raises(InputError) as report:
        read_firms(links, firms)
    assert len(report.value.problems) == 3


def test_essentiality_of_a_pair_that_trades_has_to_be_told(tmp_path: Path) -> None:
    path = tmp_path / "some.csv"
    path.write_text("k,l,level\n1,4,2\n")
    with pytest.raises(InputError) as report:
        read_firms(LINKS, FIRMS, essentiality=path)
    assert len(report.value.problems) == 7


def test_a_table_of_two_buyer_sectors_is_no_list(tmp_path: Path) -> None:
    links, firms, table = (tmp_path / name for name in ("links.csv", "firms.csv", "table.csv"))
    firms.write_text("firm,sector\na,x\nb,y\n")
    links.write_text("i,j,x\na,b,1\nb,a,1\n")
    table.write_text(",x,y\nx,0,2\ny,1,0\n")
    assert read_firms(links, firms, essentiality=table).essentiality.tolist() == [[0, 2], [1, 0]]


def test_blocks_of_failures_change_no_result(monkeypatch: pytest.MonkeyPatch) -> None:
    network = read_firms(LINKS, FIRMS, essentiality="leontief")
    whole = systemic_risk(network, eps=1e-9)
    monkeypatch.setattr("standoff.simulate.systemic_risk.BLOCK_VALUES", 2 * len(network.value))
    parts = systemic_risk(network, eps=1e-9)
    for name in ("both", "down", "up", "iterations"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name), abs=1e-14)
