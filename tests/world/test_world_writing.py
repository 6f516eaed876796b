"""Writing is whole or not at all, the template is a world that passes, and the page on worlds tells the truth."""

from __future__ import annotations

import importlib.util
import os
import re
import stat
from pathlib import Path

import pytest
from world_files import tiny_world

from standoff.errors import InputError
from standoff.world.schema import Words, read_schema
from standoff.world.summary import describe_world, find_table, table_entries, table_lines
from standoff.world.tables import read_world
from standoff.world.template import TEMPLATE, new_workbook, new_world, renamed
from standoff.world.writing import write_whole, write_workbook, write_world

ROOT = Path(__file__).parents[2]


def test_the_template_is_a_world_that_passes_under_the_name_of_its_folder(tmp_path: Path) -> None:
    folder = new_world(tmp_path / "My First World")
    world = read_world(folder)
    assert world.name == "my-first-world"
    assert world.warnings == ()
    assert [len(world.tables[name]) for name in ("producers", "uses", "places", "stocks", "projects")] == [
        7,
        3,
        3,
        1,
        1,
    ]
    assert set(world.tables["links"]["route"]) == {"direct", "grey"}
    assert describe_world(world)["shares"] == {"sourced": 0, "claimed": 0, "assumed": 1}
    assert os.listdir(tmp_path) == ["My First World"]
    assert sorted(os.listdir(folder)) == sorted(os.listdir(TEMPLATE))


def test_the_template_as_a_workbook_is_the_same_world_with_every_column_to_fill_in(tmp_path: Path) -> None:
    import openpyxl

    path = new_workbook(tmp_path / "example")
    assert path.name == "example.xlsx"
    assert read_world(path).fingerprint == read_world(TEMPLATE).fingerprint
    workbook = openpyxl.load_workbook(path)
    for name, table in read_schema().items():
        assert set(table.by_name) <= {cell.value for cell in workbook[name][1]}


def test_the_template_shows_every_number_that_can_carry_a_range() -> None:
    for name, table in read_schema().items():
        if len(read_world(TEMPLATE).tables[name]):
            header = (TEMPLATE / f"{name}.csv").read_text(encoding="utf-8").splitlines()[0].split(",")
            assert {column.name for column in table.ranged} <= set(header), name


@pytest.mark.parametrize("name", ["", "???", "世界"])
def test_a_folder_name_without_letters_leaves_the_name_of_the_template(name: str) -> None:
    assert renamed(tiny_world().meta, name).name == "tiny"


@pytest.mark.parametrize("write", [write_world, write_workbook])
def test_nothing_is_overwritten(write: object, tmp_path: Path) -> None:
    there = tmp_path / "there.xlsx"
    there.write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="something of that name already"):
        write(tiny_world(), there)  # type: ignore[operator]
    assert there.read_text(encoding="utf-8") == "mine"
    assert os.listdir(tmp_path) == ["there.xlsx"]


def test_a_failure_on_the_way_leaves_nothing_behind(tmp_path: Path) -> None:
    def full(part: Path) -> None:
        part.mkdir()
        (part / "half.csv").write_text("half", encoding="utf-8")
        raise OSError(28, "No space left on device")

    with pytest.raises(InputError, match="No space left"):
        write_whole(tmp_path / "out", full)
    assert os.listdir(tmp_path) == []

    def interrupted(part: Path) -> None:
        part.mkdir()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_whole(tmp_path / "out", interrupted)
    assert os.listdir(tmp_path) == []


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="folder to write into is not there"):
        new_world(tmp_path / "no" / "world")


def test_what_is_written_can_be_read_by_others(tmp_path: Path) -> None:
    """The shelter is private while it is being written; what comes out has the usual rights."""
    plain = tmp_path / "plain"
    plain.mkdir()
    write_world(tiny_world(), tmp_path / "out")
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == stat.S_IMODE(plain.stat().st_mode)


def test_the_description_counts_every_number_that_somebody_wrote() -> None:
    world = tiny_world()
    content = describe_world(world, language="zh")
    written = sum(
        cell != ""
        for table in world.tables.values()
        for column in table.schema.ranged
        for cell in table.cells().get(column.name, ())
    )
    assert content["numbers"] == written
    assert sum(content["shares"].values()) == pytest.approx(1)
    assert content["shares"]["sourced"] == 1 / written
    assert content["shares"]["claimed"] == 2 / written
    assert content["title"] == "微型"
    assert content["rows"]["links"] == 4


def test_rows_are_shown_with_range_status_source_and_the_unit_of_their_product() -> None:
    world = tiny_world()
    (first, *_) = table_entries(world, world.tables["producers"])
    expected = {"value": 120, "low": 110, "high": 130, "unit": "activity per year", "status": "sourced"}
    assert first["activity"] == {**expected, "source": "facts/stages:stages-001"}
    links = table_entries(world, world.tables["links"])
    assert links[0]["flow"]["unit"] == "t per year"
    lines = table_lines(world, world.tables["links"])
    assert lines[0] == ("mine > ore > smelter > direct", "flow", "120", "60", "240", "t per year", "assumed", "")
    assert [line[1] for line in lines] == ["flow", "flow", "flow", "flow", "max_share"]
    assert table_entries(world, world.tables["places"])[1]["longitude"] is None
    assert table_entries(world, world.tables["stocks"])[0]["opens"] == "2025-03-01"


def test_a_table_that_is_not_there_is_named() -> None:
    with pytest.raises(InputError, match="Did you mean 'links'"):
        find_table(tiny_world(), "lnks")


def test_texts_fall_back_to_english() -> None:
    assert Words("a", "甲").say("zh") == "甲"
    assert Words("a").say("zh") == "a"
    assert Words("a", "甲").say("en") == "a"


def test_the_page_on_worlds_lists_the_columns_of_the_schema() -> None:
    spec = importlib.util.spec_from_file_location("write_world_columns", ROOT / "tools" / "write_world_columns.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    page = (ROOT / "docs" / "worlds.md").read_text(encoding="utf-8")
    assert tool.updated(page) == page, "run tools/write_world_columns.py docs/worlds.md"


def test_the_examples_on_the_page_on_worlds_run() -> None:
    page = (ROOT / "docs" / "worlds.md").read_text(encoding="utf-8")
    examples = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    assert len(examples) == 2
    for example in examples:
        exec(compile(example, "docs/worlds.md", "exec"), {})


def test_the_schema_file_is_consistent_with_itself() -> None:
    schema = read_schema()
    for table in schema.values():
        assert set(table.key) <= set(table.by_name)
        for column in table.columns:
            assert column.description.en
            assert column.description.zh
            assert column.is_number or not column.ranged
            assert not column.default or not column.required
            assert bool(column.choices) == (column.type == "choice")
            assert not column.choices or column.required or column.default in column.choices
            for name, key in column.refers_to:
                assert key in schema[name].by_name
            if column.is_number and column.default:
                least = -1e18 if column.minimum is None else column.minimum
                most = 1e18 if column.maximum is None else column.maximum
                assert least <= float(column.default) <= most
