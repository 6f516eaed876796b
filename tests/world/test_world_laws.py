"""Laws of worlds: written and read back they are the same, and nothing in them can be changed by accident."""

from __future__ import annotations

import copy
import pickle
import tempfile
from dataclasses import FrozenInstanceError, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world_files import META, Lists, tiny_tables, tiny_world, write_files

from standoff.errors import InputError
from standoff.world.raw import cell_text
from standoff.world.schema import ASSUMED_RANGE_FACTOR, COMPANIONS, STATUSES, read_schema
from standoff.world.tables import World, bundled_worlds, read_world
from standoff.world.template import TEMPLATE
from standoff.world.writing import write_workbook, write_world

BALANCED = {("links", "flow"), ("needs", "coefficient"), ("offers", "yield"), ("uses", "quantity")}
BALANCED |= {("producers", "activity"), ("producers", "capacity")}
SOURCES = ("report", "facts/stages:stages-001", "report;facts/prices:prices-002")
TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12).map(str.strip)


@st.composite
def evidence(draw: st.DrawFn, value: float, least: float, most: float) -> dict[str, Any]:
    """Low, high, status and source of one number, each left out now and then."""
    status = draw(st.sampled_from(("", *STATUSES)))
    source = (
        draw(st.sampled_from(SOURCES)) if status in ("sourced", "claimed") else draw(st.sampled_from(("", *SOURCES)))
    )
    low = draw(st.none() | st.floats(least, value))
    high = draw(st.none() | st.floats(value, most))
    return dict(zip(COMPANIONS, (low, high, status, source), strict=True))


@st.composite
def worlds(draw: st.DrawFn) -> Lists:
    """The tiny world with random numbers, ranges, statuses, sources and remarks wherever the balance is not touched."""
    tables = tiny_tables()
    for name, schema in read_schema().items():
        if name not in tables or name == "sources":
            continue
        length = len(next(iter(tables[name].values())))
        columns = tables[name]
        for column in draw(st.lists(st.sampled_from(schema.ranged), unique=True)) if schema.ranged else ():
            least = column.minimum if column.minimum is not None else -1e6
            most = column.maximum if column.maximum is not None else 1e6
            numbers = columns.setdefault(column.name, [None] * length)
            extras: list[dict[str, Any]] = []
            for row in range(length):
                if (name, column.name) not in BALANCED:
                    numbers[row] = draw(st.floats(least, most)) if column.required or draw(st.booleans()) else None
                given_number = numbers[row] is not None
                extras.append(draw(evidence(float(numbers[row]), least, most)) if given_number else {})
            for companion in COMPANIONS:
                columns[f"{column.name}_{companion}"] = [extra.get(companion) for extra in extras]
        if draw(st.booleans()):
            columns["status"] = [draw(st.sampled_from(("", *STATUSES))) for _ in range(length)]
            columns["source"] = [draw(st.sampled_from(SOURCES)) for _ in range(length)]
        columns["note"] = [draw(TEXT) for _ in range(length)]
    return tables


@settings(deadline=None, max_examples=60)
@given(worlds())
def test_a_world_written_and_read_back_is_the_same_world(tables: Lists) -> None:
    world = World.from_tables(META, tables)
    with tempfile.TemporaryDirectory() as folder:
        write_world(world, Path(folder) / "out")
        again = read_world(Path(folder) / "out")
    assert again.fingerprint == world.fingerprint
    assert again.meta == world.meta
    for name, table in world.tables.items():
        assert again.tables[name].cells() == table.cells()


@settings(deadline=None, max_examples=8)
@given(worlds())
def test_a_world_written_to_a_workbook_and_read_back_is_the_same_world(tables: Lists) -> None:
    world = World.from_tables(META, {name: with_excel_digits(columns) for name, columns in tables.items()})
    with tempfile.TemporaryDirectory() as folder:
        write_workbook(world, Path(folder) / "out.xlsx")
        assert read_world(Path(folder) / "out.xlsx").fingerprint == world.fingerprint


def with_excel_digits(columns: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Numbers rounded to the 15 significant digits that Excel shows; rounding keeps low <= value <= high."""
    return {
        name: [float(f"{cell:.15g}") if isinstance(cell, float) else cell for cell in cells]
        for name, cells in columns.items()
    }


@settings(deadline=None, max_examples=60)
@given(worlds())
def test_every_number_lies_in_its_range_and_says_what_it_rests_on(tables: Lists) -> None:
    for table in World.from_tables(META, tables).tables.values():
        for column in table.schema.ranged:
            low, high = table.range(column.name)
            values = table[column.name]
            assert np.all((low <= values) & (values <= high))
            assert np.all(np.isfinite(low) & np.isfinite(high))
            if column.minimum is not None:
                assert np.all(low >= column.minimum)
            if column.maximum is not None:
                assert np.all(high <= column.maximum)
            for status, source in zip(table.status(column.name), table.source(column.name), strict=True):
                assert status == "assumed" or (status in STATUSES and source)


@pytest.mark.parametrize("name", ["files", "shuffled columns", "defaults spelled out", "byte order mark", "blank rows"])
def test_how_a_world_is_written_does_not_change_its_fingerprint(name: str, tmp_path: Path) -> None:
    tables = tiny_tables()
    if name == "shuffled columns":
        tables = {table: dict(reversed(columns.items())) for table, columns in reversed(tables.items())}
    if name == "defaults spelled out":
        tables["links"]["lag_days"] = [7, "7.0", None, "7e0"]
        tables["places"]["side"] = ["third", ""]
    folder = write_files(tmp_path / "tiny", tables)
    for path in folder.glob("*.csv"):
        content = path.read_bytes()
        if name == "byte order mark":
            path.write_bytes(b"\xef\xbb\xbf" + content)
        if name == "blank rows":
            path.write_bytes(content + b"\r\n" + b"," * content.splitlines()[0].count(b",") + b"\r\n")
    assert read_world(folder).fingerprint == tiny_world().fingerprint


@pytest.mark.parametrize(
    ("table", "column", "value"),
    [
        ("links", "flow_low", [119, 39, 19, 0]),
        ("links", "note", ["", "", "seen", ""]),
        ("uses", "value_status", ["assumed", "claimed"]),
        ("places", "name_zh", ["甲", ""]),
        ("places", "note", ["x", ""]),
        ("stocks", "opens", ["2025-03-02"]),
        ("stocks", "serves_places", ["NO;AAA"]),
        ("offers", "driver", ["yes", "yes", "yes"]),
    ],
)
def test_anything_that_changes_in_a_world_changes_its_fingerprint(table: str, column: str, value: list[Any]) -> None:
    tables = tiny_tables()
    if column == "value_status":
        tables["uses"]["value_source"] = ["", "report"]
    if column == "driver":
        tables["needs"] = {name: [*cells, None] for name, cells in tables["needs"].items()}
        for name, cell in (("consumer", "wind"), ("product", "slag"), ("coefficient", 3.6), ("cover_days", 1)):
            tables["needs"][name][-1] = cell
        for name, cell in (("producer", "smelter"), ("product", "slag"), ("consumer", "wind"), ("flow", 18)):
            tables["links"][name].append(cell)
        for name in ("route", "via", "max_share"):
            tables["links"][name].append(None)
    before = World.from_tables(META, tables).fingerprint
    tables[table][column] = value
    assert World.from_tables(META, tables).fingerprint != before


def test_the_description_is_part_of_the_fingerprint() -> None:
    assert World.from_tables(replace(META, usd_year=2023), tiny_tables()).fingerprint != tiny_world().fingerprint


def test_a_number_without_a_status_is_assumed_and_may_be_half_or_double() -> None:
    table = tiny_world().tables["uses"]
    low, high = table.range("value")
    assert table.status("value") == ["assumed", "assumed"]
    assert np.array_equal(low * ASSUMED_RANGE_FACTOR, table["value"])
    assert np.array_equal(high, table["value"] * ASSUMED_RANGE_FACTOR)


def test_a_sourced_number_without_a_range_is_exact_and_a_share_stays_a_share() -> None:
    tables = tiny_tables()
    tables["uses"]["status"], tables["uses"]["source"] = ["sourced", "claimed"], ["report", "report"]
    tables["links"]["max_share"] = [None, None, None, 0.7]
    world = World.from_tables(META, tables)
    low, high = world.tables["uses"].range("value")
    assert (low[0], high[0]) == (30000, 30000)
    assert (low[1], high[1]) == (5e5, 2e6)
    assert world.tables["links"].range("max_share")[1][3] == 1


def test_a_default_is_assumed_even_in_a_sourced_row() -> None:
    tables = tiny_tables()
    tables["links"]["status"], tables["links"]["source"] = ["sourced"] * 4, ["report"] * 4
    links = World.from_tables(META, tables).tables["links"]
    assert links.status("flow") == ["sourced"] * 4
    assert links.status("lag_days") == ["assumed"] * 4
    assert links.source("lag_days") == [""] * 4


def test_the_columns_have_the_types_of_the_schema() -> None:
    world = tiny_world()
    assert world.tables["places"]["place"] == ("AAA", "NO")
    assert np.isnan(world.tables["places"]["longitude"][1])
    assert world.tables["products"]["elements"] == (("Nd", "Pr"), (), ())
    assert world.tables["offers"]["driver"].tolist() == [True, True, False]
    assert world.tables["uses"]["classes"].dtype == np.int64
    assert world.tables["stocks"]["opens"][0].isoformat() == "2025-03-01"
    assert world.tables["links"].rows == (2, 3, 4, 5)
    assert len(world.tables["citations"]) == 0
    for name, table in world.tables.items():
        assert table.names == tuple(read_schema()[name].by_name)


def test_a_world_cannot_be_changed_in_place() -> None:
    for world in (tiny_world(), copy.deepcopy(tiny_world()), pickle.loads(pickle.dumps(tiny_world()))):
        with pytest.raises(FrozenInstanceError):
            world.meta = META
        with pytest.raises(TypeError):
            world.tables["links"] = world.tables["uses"]
        with pytest.raises(TypeError):
            world.tables["links"].columns["flow"] = np.zeros(4)
        with pytest.raises(ValueError, match="read-only"):
            world.tables["links"]["flow"][0] = 1
        with pytest.raises(ValueError, match="read-only"):
            world.tables["links"].range("flow")[0][0] = 1
        assert world.fingerprint == tiny_world().fingerprint


def test_a_frame_holds_the_columns_and_their_evidence() -> None:
    frame = tiny_world().tables["producers"].to_frame()
    assert frame["activity"].tolist() == [120, 60]
    assert frame["activity_low"].tolist() == [110, 30]
    assert frame["activity_status"].tolist() == ["sourced", "assumed"]


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**12), 10**12) | st.booleans() | st.dates())
def test_a_value_as_text_reads_back_as_itself(value: Any) -> None:
    text = cell_text(value)
    if isinstance(value, bool):
        assert text == ("yes" if value else "no")
    elif isinstance(value, (int, float)):
        assert float(text) == value
    else:
        assert text == value.isoformat()


@pytest.mark.parametrize("name", [*bundled_worlds(), str(TEMPLATE)])
def test_every_world_that_ships_passes_its_own_check(name: str) -> None:
    world = read_world(name)
    assert World.from_tables(world.meta, {key: table.cells() for key, table in world.tables.items()}).fingerprint == (
        world.fingerprint
    )


def test_oddities_are_returned_and_not_raised() -> None:
    tables = tiny_tables()
    tables["products"] = {name: [*cells, cells[0]] for name, cells in tables["products"].items()}
    tables["products"]["product"][3], tables["products"]["unit"][3] = "coal", "USD"
    tables["producers"] = {name: [*cells, cells[1]] for name, cells in tables["producers"].items()}
    tables["producers"]["producer"][2] = "idle"
    tables["uses"] = {name: [*cells, cells[0]] for name, cells in tables["uses"].items()}
    tables["uses"]["use"][2] = "boat"
    tables["links"]["max_share"] = [0.5, None, None, None]
    for name, cell in (
        ("producer", "smelter"),
        ("product", "metal"),
        ("consumer", "car"),
        ("route", "via"),
        ("via", "NO"),
    ):
        tables["links"][name].append(cell)
    tables["links"]["flow"].append(0)
    tables["links"]["max_share"].append(None)
    tables["sources"] = {"source": ["report", "unread"], "title": ["A", "B"]}
    tables["uses"]["source"] = ["report", "", ""]
    found = World.from_tables(META, tables).warnings
    assert [(warning.file, warning.row) for warning in found] == [
        ("producers.csv", 4),
        ("uses.csv", 4),
        ("products.csv", 5),
        ("links.csv", 2),
        ("links.csv", 5),
        ("links.csv", 6),
        ("products.csv", 5),
        ("uses.csv", 2),
        ("sources.csv", 3),
    ]


def test_five_thousand_mistakes_are_reported_in_one_go() -> None:
    count = 5000
    tables = tiny_tables()
    tables["links"] = {
        "producer": [f"mine{i}" for i in range(count)],
        "product": ["ore "] * count,
        "consumer": [f"buyer{i}" for i in range(count)],
        "flow": [-1] * count,
        "source": [f"page{i}" for i in range(count)],
        "status": ["sourced"] * count,
    }
    with pytest.raises(InputError) as caught:
        World.from_tables(META, tables)
    assert len(caught.value.problems) >= 5 * count


def test_a_failed_check_leaves_the_lists_as_they_were() -> None:
    tables = tiny_tables()
    tables["links"]["flow"][0] = -1
    before = copy.deepcopy(tables)
    with pytest.raises(InputError):
        World.from_tables(META, tables)
    assert tables == before
