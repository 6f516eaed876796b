"""Tables are read from what others publish; what does not add up is settled in stated ways and reported."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up import ABOUT, raw_table, table

from standoff.errors import InputError
from standoff.world.mrio.folder import read_mrio_folder, write_mrio
from standoff.world.mrio.read import read_mrio
from standoff.world.mrio.settle import settle
from standoff.world.mrio.table import Mrio, RawTable


def rests(mrio: Mrio) -> bool:
    """Whether nothing is negative, output is sales and nobody without sales buys."""
    whole = all((values >= 0).all() and np.isfinite(values).all() for values in mrio.arrays.values())
    return whole and not mrio.flows[:, mrio.output == 0].any()


@given(st.integers(0, 10**6))
def test_any_table_is_settled_and_every_change_is_told(seed: int) -> None:
    draw, raw = np.random.default_rng(seed), raw_table(3, 2, seed=seed)

    def spoil(values: Any) -> Any:
        struck = draw.random(values.shape) < 0.1
        return np.where(struck, draw.choice([-1.0, 0.0, np.nan], values.shape) * values, values)

    spoilt = replace(raw, flows=spoil(raw.flows), households=spoil(raw.households), other=spoil(raw.other))
    mrio = settle(spoilt)
    assert rests(mrio)
    same = all(np.array_equal(getattr(mrio, name), getattr(spoilt, name)) for name in ("flows", "households", "other"))
    assert same == (not [each for each in mrio.adjustments if "inputs cost" not in each.what])


def test_a_sound_table_is_left_as_it_is() -> None:
    raw = raw_table()
    mrio = settle(raw)
    assert mrio.adjustments == ()
    assert np.array_equal(mrio.flows, raw.flows)


def test_stocks_drawn_down_leave_sales_as_they_are() -> None:
    raw = raw_table()
    other = raw.other.copy()
    other[2, 1] = -0.5 * raw.households[2].sum()
    mrio = settle(replace(raw, other=other))
    (note,) = (each for each in mrio.adjustments if "drawn down" in each.what)
    assert mrio.output[2] == pytest.approx(raw.flows[2].sum() + raw.households[2].sum() + other[2].sum())
    assert note.total == pytest.approx(-other[2, 1])
    assert note.where == "R0, S2 to R1"
    assert note.share == pytest.approx(note.total / mrio.output.sum())


def test_a_producer_that_sells_nothing_buys_nothing_nor_does_its_only_supplier() -> None:
    raw = raw_table()
    flows, households, other = raw.flows.copy(), raw.households.copy(), raw.other.copy()
    for values in (flows, households, other):
        values[3:5] = 0.0
    flows[4, 3] = 7.0  # 4 sells to 3 alone, and 3 to nobody
    mrio = settle(replace(raw, flows=flows, households=households, other=other))
    assert not mrio.flows[:, 3:5].any()
    assert sum("buy nothing" in each.what for each in mrio.adjustments) == 2
    assert next(each.count for each in mrio.adjustments if "without output" in each.what) == 2


def test_output_that_differs_from_sales_and_inputs_above_output_are_told() -> None:
    raw = raw_table()
    flows = raw.flows.copy()
    flows[:, 5] *= 4.0
    sales = flows.sum(axis=1) + raw.households.sum(axis=1) + raw.other.sum(axis=1)
    output = sales.copy()
    output[0] *= 1.1
    mrio = settle(replace(raw, flows=flows, output=output))
    told = {each.what.split(";")[0]: each for each in mrio.adjustments}
    assert told["output differs from sales"].total == pytest.approx(0.1 * sales[0])
    assert told["inputs cost more than output"].where == "R1, S2"
    assert mrio.value_added[5] == 0.0


def test_labels_and_shapes_that_do_not_fit_are_one_report() -> None:
    raw = replace(raw_table(), regions=("A", "A", "B", "C"), other=np.zeros((3, 3)))
    with pytest.raises(InputError) as report:
        settle(raw)
    assert {"stands twice", "shape"} <= {
        word for each in report.value.problems for word in ("stands twice", "shape") if word in each.why
    }


def test_a_folder_is_read_back_to_the_bit(tmp_path: Path) -> None:
    raw = raw_table()
    mrio = settle(replace(raw, flows=np.where(raw.flows > 20.0, -1.0, raw.flows)))
    write_mrio(mrio, tmp_path)
    again = read_mrio_folder(tmp_path)
    assert again.fingerprint == mrio.fingerprint
    assert again.adjustments == mrio.adjustments
    assert again.about == mrio.about
    assert all(np.array_equal(again.arrays[name], mrio.arrays[name]) for name in mrio.arrays)


def test_a_folder_that_was_changed_is_refused_with_everything_that_is_wrong(tmp_path: Path) -> None:
    write_mrio(table(), tmp_path)
    with np.load(tmp_path / "table.npz") as held:
        arrays = {name: held[name] for name in held.files}
    arrays["flows"][0, 0] += 1.0
    np.savez(tmp_path / "table.npz", **arrays)
    with pytest.raises(InputError, match="not those that were written"):
        read_mrio_folder(tmp_path)
    np.savez(tmp_path / "table.npz", flows=-arrays["flows"])
    (tmp_path / "adjustments.csv").unlink()
    text = (tmp_path / "mrio.yaml").read_text(encoding="utf-8")
    (tmp_path / "mrio.yaml").write_text(text.replace("unit:", "units:"), encoding="utf-8")
    with pytest.raises(InputError) as report:
        read_mrio_folder(tmp_path)
    assert len(report.value.problems) == 5  # unit, negative flows, two arrays missing, adjustments missing


@pytest.mark.parametrize("money", [("million USD", 1e6, "USD"), ("M.EUR", 1e6, "EUR"), ("Mill USD", 1e6, "USD"),
                                   ("000 USD", 1e3, "USD"), ("millions of US$", 1e6, "USD"), ("kUSD", 1e3, "USD"),
                                   ("unknown", 1.0, "unknown")])  # fmt: skip
def test_money_units_of_the_known_tables_are_understood(money: tuple[str, float, str]) -> None:
    assert replace(ABOUT, unit=money[0]).money == money[1:]


# Through pymrio
def test_the_test_table_of_pymrio_is_read_as_pymrio_has_it() -> None:
    import pymrio

    system = pymrio.load_test()
    system.calc_all()
    mrio = read_mrio("pymrio-test")
    assert mrio.regions == tuple(system.get_regions())
    assert mrio.sectors == tuple(system.get_sectors())
    assert np.array_equal(mrio.flows, system.Z.to_numpy())
    assert mrio.output == pytest.approx(system.x.to_numpy()[:, 0])
    homes = [column for column in system.Y.columns if "household" in column[1] or "NPISH" in column[1]]
    assert mrio.households.sum() == pytest.approx(system.Y[homes].to_numpy().sum())
    assert mrio.other.sum() == pytest.approx(system.Y.drop(columns=homes).to_numpy().sum())


@pytest.mark.parametrize("form", ["txt", "parquet"])
def test_a_folder_that_pymrio_saved_is_the_same_table(tmp_path: Path, form: str) -> None:
    import pymrio

    system = pymrio.load_test()
    system.calc_all()
    system.save_all(tmp_path / "saved", table_format=form)
    read = read_mrio(str(tmp_path / "saved"))
    assert read.flows == pytest.approx(read_mrio("pymrio-test").flows)
    assert read.about.unit == "Mill USD"
    named = read_mrio(str(tmp_path / "saved"), form="exiobase3", name="mine")
    assert named.flows == pytest.approx(read.flows)
    assert named.about.name == "mine"


def oecd_file(folder: Path) -> Path:
    """A raw file as the OECD publishes them: two countries, two industries, Mexico in two parts."""
    makers = ["MEX_A", "MEX_B", "USA_A", "USA_B", "MX1_A", "MX1_B"]
    finals = [f"{country}_{kind}" for country in ("MEX", "USA") for kind in ("HFCE", "GFCF", "INVNT")]
    draw = np.random.default_rng(5)
    frame = pd.DataFrame(draw.uniform(1, 9, (6, 12)).round(3), makers, makers + finals)
    frame["USA_INVNT"] = -10.0
    frame.loc["TLS"] = 0.1
    frame.loc["VA"] = 1.0
    frame["OUT"] = frame.sum(axis=1)
    path = folder / "ICIO2023_2019.csv"
    frame.to_csv(path)
    return path


def test_a_raw_file_of_the_oecd_is_read_with_what_pymrio_did_to_it(tmp_path: Path) -> None:
    path = oecd_file(tmp_path)
    with pytest.raises(InputError, match="--format"):
        read_mrio(str(path))
    mrio = read_mrio(str(path), form="oecd")
    assert mrio.regions == ("MEX", "USA")
    assert mrio.about.year == "2019"
    assert mrio.about.money == (1e6, "USD")
    frame = pd.read_csv(path, index_col=0)
    joined = frame.loc[["MEX_A", "MX1_A"], ["USA_B"]].to_numpy().sum()
    assert mrio.flows[0, 3] == pytest.approx(joined)
    assert any("drawn down" in each.what and each.count == 4 for each in mrio.adjustments)
    by_folder = read_mrio(str(tmp_path), form="oecd", year="2019")
    assert by_folder.fingerprint == mrio.fingerprint


def eora_files(folder: Path) -> None:
    """Raw files as Eora26 has them: two countries, two sectors, and a row and column of the rest of the world."""
    sectors = [("Here", "HER", "Industries", "Farms"), ("Here", "HER", "Industries", "Mills"),
               ("There", "THE", "Industries", "Farms"), ("There", "THE", "Industries", "Mills"),
               ("ROW", "ROW", "Industries", "TOTAL")]  # fmt: skip
    final = [(*place, "Final demand", f"{kind}") for place in (("Here", "HER"), ("There", "THE"), ("ROW", "ROW"))
             for kind in ("Household final consumption P.3h", "Gross fixed capital formation P.51")]  # fmt: skip
    draw = np.random.default_rng(2)
    tables = {
        "Eora26_2015_bp_T": draw.uniform(1, 9, (5, 5)),
        "Eora26_2015_bp_FD": draw.uniform(1, 9, (5, 6)),
        "Eora26_2015_bp_VA": draw.uniform(1, 9, (1, 5)),
        "Eora26_2015_bp_Q": draw.uniform(1, 9, (1, 5)),
        "Eora26_2015_bp_QY": draw.uniform(1, 9, (1, 6)),
        "labels_T": sectors,
        "labels_FD": final,
        "labels_VA": [("Primary Inputs", "Wages")],
        "labels_Q": [("Energy (TJ)", "Coal")],
    }
    for name, rows in tables.items():
        pd.DataFrame(rows).to_csv(folder / f"{name}.txt", sep="\t", header=False, index=False)


def test_raw_files_of_eora_are_read_and_what_is_dropped_is_told(tmp_path: Path) -> None:
    eora_files(tmp_path)
    mrio = read_mrio(str(tmp_path), form="eora26", year="2015")
    assert mrio.regions == ("HER", "THE")
    assert mrio.about.money == (1e3, "USD")
    assert mrio.households.any()
    assert mrio.other.any()
    assert any("Rest of the World" in each.what for each in mrio.adjustments)


def wiod_file(folder: Path) -> Path:
    """A raw file as WIOD (release of 2013) has it: two countries of the sectors c34 and c35, two kinds of final demand."""
    makers = [(code, name, country, c) for country in ("CAN", "USA")
              for code, name, c in (("O", "Services", "c34"), ("P", "Homes", "c35"))]  # fmt: skip
    finals = [("", name, country, c) for country in ("CAN", "USA")
              for name, c in (("Final consumption by households", "c37"), ("Stocks", "c42"))]  # fmt: skip
    heads = [*makers, *finals, ("", "Total output", "TOT", "c99")]
    draw = np.random.default_rng(4)
    rows: list[list[object]] = [[None] * (4 + len(heads)) for _ in range(2)]
    rows += [[None] * 4 + [head[level] for head in heads] for level in range(4)]
    rows[0][0], rows[2][0], rows[3][0] = (
        "Intercountry Input-Output Table 2009",
        "(industry-by-industry)",
        "(millions of US$)",
    )
    rows += [[*maker, *draw.uniform(1, 9, len(heads))] for maker in makers]
    rows += [
        ["", name, "TOT", code, *draw.uniform(1, 9, len(heads))]
        for name, code in (("Total", "r60"), ("Value added", "r64"))
    ]
    path = folder / "wiot09_row_apr12.xlsx"
    pd.DataFrame(rows).to_excel(path, header=False, index=False)
    return path


def test_a_raw_file_of_wiod_is_read(tmp_path: Path) -> None:
    path = wiod_file(tmp_path)
    mrio = read_mrio(str(tmp_path), form="wiod", year="2009")
    sheet = pd.read_excel(path, header=None)
    assert (mrio.regions, mrio.sectors) == (("CAN", "USA"), ("O", "P"))
    assert mrio.about.money == (1e6, "USD")
    assert mrio.flows == pytest.approx(sheet.iloc[6:10, 4:8].to_numpy(dtype=float))
    assert mrio.households == pytest.approx(sheet.iloc[6:10, [8, 10]].to_numpy(dtype=float))
    assert mrio.other == pytest.approx(sheet.iloc[6:10, [9, 11]].to_numpy(dtype=float))


@pytest.mark.parametrize("form", ["pymrio", "oecd", "exiobase3", "wiod", "eora26"])
def test_a_folder_of_something_else_is_one_clear_report(tmp_path: Path, form: str) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(InputError, match=f"cannot read it as {form}"):
        read_mrio(str(tmp_path), form=form, year="2014")
    with pytest.raises(InputError, match="no such file or folder"):
        read_mrio(str(tmp_path / "gone"), form=form)


def test_a_table_with_holes_in_its_labels_is_one_report(tmp_path: Path) -> None:
    import pymrio

    system = pymrio.load_test()
    system.Z = system.Z.drop(index=("reg2", "mining"))
    system.Y = system.Y.rename(index={"trade": "trading"}, level=1)
    system.save_all(tmp_path / "saved")
    with pytest.raises(InputError) as report:
        read_mrio(str(tmp_path / "saved"))
    assert {"rows of Z: 47, not 6 regions x 8 sectors", "a row of Y that is no row of Z"} <= {
        problem.why for problem in report.value.problems
    }


# Shares of the package sanction-simulator
def share_archive(folder: Path) -> tuple[Path, RawTable]:
    """An archive as the package has it, of a made-up table; sectors outside, countries inside."""
    raw = raw_table(3, 2)
    output = raw.flows.sum(axis=1) + raw.households.sum(axis=1) + raw.other.sum(axis=1)
    theirs = np.arange(6).reshape(3, 2).T.ravel()
    inputs = raw.flows.sum(axis=0)
    path = folder / "bench_cache.npz"
    np.savez(
        path,
        A=(raw.flows / inputs)[np.ix_(theirs, theirs)],
        omb=(inputs / output)[theirs],
        go=output[theirs],
        countries=np.array(raw.regions),
        sectors=np.array(raw.sectors),
        audit=np.array(json.dumps({"beta_capped_columns": 2})),
    )
    return path, raw


def test_shares_become_the_flows_they_came_from(tmp_path: Path) -> None:
    path, raw = share_archive(tmp_path)
    mrio = read_mrio(str(path))
    assert mrio.flows == pytest.approx(raw.flows)
    assert mrio.other.sum(axis=1) == pytest.approx(raw.households.sum(axis=1) + raw.other.sum(axis=1))
    away = ~np.eye(3, dtype=bool)[mrio.region_of]
    assert not mrio.other[away].any()
    assert any("assumed to stay" in each.what for each in mrio.adjustments)
    assert any("98 %" in each.what and each.count == 2 for each in mrio.adjustments)
    wheel = tmp_path / "some.whl"
    with zipfile.ZipFile(wheel, "w") as packed:
        packed.write(path, "sanction_simulator/data/bench_cache.npz")
    assert read_mrio(str(wheel)).fingerprint == mrio.fingerprint


def test_an_archive_of_something_else_is_one_clear_report(tmp_path: Path) -> None:
    np.savez(tmp_path / "bench_cache.npz", A=np.ones(3))
    with pytest.raises(InputError, match="lacks omb, go"):
        read_mrio(str(tmp_path / "bench_cache.npz"))
    (tmp_path / "text.npz").write_text("no archive")
    with pytest.raises(InputError, match="no NumPy archive"):
        read_mrio(str(tmp_path / "text.npz"))
    with pytest.raises(InputError, match="no such file"):
        read_mrio(str(tmp_path / "gone.npz"))
