"""Every kind of mistake gives one clear report that names file, row, column, value, why and cure."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world_files import META, WORLD_YAML, Lists, tiny_tables, write_files

from standoff.errors import InputError, Problem
from standoff.world import raw
from standoff.world.checks import ALL_CHECKS, STRUCTURE_CHECKS
from standoff.world.schema import read_schema
from standoff.world.tables import World, read_world

Edit = Callable[[Lists], object]


def put(table: str, column: str, row: int, value: object) -> Edit:
    """An edit that writes one cell, addressed by its row in the file (2 is the first)."""

    def edit(tables: Lists) -> None:
        columns = tables[table]
        cells = columns.setdefault(column, [None] * len(next(iter(columns.values()))))
        cells[row - 2] = value

    return edit


def append(table: str, **cells: object) -> Edit:
    """An edit that adds a row; columns that are not named stay empty."""

    def edit(tables: Lists) -> None:
        for column, values in tables[table].items():
            values.append(cells.get(column))

    return edit


def drop(table: str, column: str) -> Edit:
    return lambda tables: tables[table].pop(column)


MISTAKES: list[tuple[Edit, tuple[str, int, str, str], str, str]] = [
    (put("links", "flows", 2, 1), ("links.csv", 1, "flows", "flows"), "no such column", "Did you mean 'flow'?"),
    (drop("links", "flow"), ("links.csv", 1, "flow", ""), "required and missing", "Flow of the base year"),
    (put("uses", "kind", 3, ""), ("uses.csv", 3, "kind", ""), "required and empty", "What is made"),
    (put("links", "flow", 2, "many"), ("links.csv", 2, "flow", "many"), "not a number", "units per year"),
    (
        put("links", "flow", 2, "120 t"),
        ("links.csv", 2, "flow", "120 t"),
        "does not carry a unit (t)",
        "120 t is 120 t",
    ),
    (put("links", "flow", 2, "12 kg"), ("links.csv", 2, "flow", "12 kg"), "carry a unit (kg)", "12 kg is 0.012 t"),
    (put("links", "lag_days", 2, "2 weeks"), ("links.csv", 2, "lag_days", "2 weeks"), "unit (weeks)", "is 14 days"),
    (put("links", "max_share", 5, "20%"), ("links.csv", 5, "max_share", "20%"), "unit (%)", "20% is 0.2 share"),
    (put("links", "flow", 2, "12 furlongs"), ("links.csv", 2, "flow", "12 furlongs"), "unit (furlongs)", "bare number"),
    (put("links", "flow", 2, "1,200"), ("links.csv", 2, "flow", "1,200"), "between thousands", "Write 1200"),
    (put("links", "flow", 2, "0,5"), ("links.csv", 2, "flow", "0,5"), "decimal point", "Write 0.5"),
    (put("links", "flow", 2, "1_200"), ("links.csv", 2, "flow", "1_200"), "not a number", "Give a number"),
    (put("links", "flow", 2, "NaN"), ("links.csv", 2, "flow", "NaN"), "not a finite number", "Give a number"),
    (put("links", "flow", 2, float("nan")), ("links.csv", 2, "flow", "nan"), "not a finite number", "Give a number"),
    (put("links", "flow", 2, "-inf"), ("links.csv", 2, "flow", "-inf"), "not a finite number", "Give a number"),
    (put("links", "flow", 2, -3), ("links.csv", 2, "flow", "-3"), "flow is not negative", "units per year"),
    (put("links", "flow", 2, 1e19), ("links.csv", 2, "flow", "1e+19"), "outside 0 to 1e+18", "units per year"),
    (put("links", "lag_days", 2, 400), ("links.csv", 2, "lag_days", "400"), "outside 0 to 364", "days"),
    (put("links", "max_share", 5, 1.5), ("links.csv", 5, "max_share", "1.5"), "outside 0 to 1", "share"),
    (put("uses", "elasticity", 2, 0.5), ("uses.csv", 2, "elasticity", "0.5"), "to 0", "no unit"),
    (put("uses", "classes", 2, 2.5), ("uses.csv", 2, "classes", "2.5"), "not a whole number", "Round it"),
    (put("offers", "driver", 2, "maybe"), ("offers.csv", 2, "driver", "maybe"), "neither yes nor no", "yes or no"),
    (put("products", "stage", 2, "mining"), ("products.csv", 2, "stage", "mining"), "not one", "Did you mean 'mine'?"),
    (put("products", "unit", 2, "kg"), ("products.csv", 2, "unit", "kg"), "not one of", "1 kg is 0.001 t"),
    (put("stocks", "opens", 2, "1.3.2025"), ("stocks.csv", 2, "opens", "1.3.2025"), "not a date", "2025-04-04"),
    (put("stocks", "opens", 2, "2025-02-30"), ("stocks.csv", 2, "opens", "2025-02-30"), "not a date", "2025-04-04"),
    (put("stocks", "opens", 2, "20250301"), ("stocks.csv", 2, "opens", "20250301"), "not a date", "2025-04-04"),
    (put("stocks", "opens", 2, "2023-12-31"), ("stocks.csv", 2, "opens", "2023-12-31"), "before the base", "later day"),
    (put("projects", "start", 2, "2020-01-01"), ("projects.csv", 2, "start", "2020-01-01"), "before the base", "later"),
    (put("stocks", "serves_places", 2, "NO;NO"), ("stocks.csv", 2, "serves_places", "NO;NO"), "twice", "each once"),
    (put("stocks", "serves_places", 2, "NO;N0"), ("stocks.csv", 2, "serves_places", "N0"), "no such place", "'NO'"),
    (put("stocks", "stock", 2, " reserve"), ("stocks.csv", 2, "stock", " reserve"), "with a space", "'reserve'"),
    (put("stocks", "stock", 2, "a;b"), ("stocks.csv", 2, "stock", "a;b"), "semicolon", "another character"),
    (put("stocks", "stock", 2, "a\nb"), ("stocks.csv", 2, "stock", "a\nb"), "line breaks", "by hand"),
    (put("stocks", "stock", 2, "x" * 201), ("stocks.csv", 2, "stock", "x" * 201), "at most 200", "Shorten"),
    (put("sources", "note", 2, "a\x07b"), ("sources.csv", 2, "", ""), "control character", "by hand"),
    (
        append("products", product="Ore", name_en="x", stage="mine", unit="t", price=1),
        ("products.csv", 5, "product", "Ore"),
        "from 'ore' only in capital letters",
        "another name",
    ),
    (
        append("places", place="NO", name_en="x"),
        ("places.csv", 4, "place", "NO"),
        "row 3 already has this place",
        "Remove one row",
    ),
    (
        append("links", producer="mine", product="ore", consumer="smelter", flow=0, route="direct", via=""),
        ("links.csv", 6, "producer", "mine, ore, smelter, direct"),
        "row 2 already has this producer and product and consumer",
        "Remove one row",
    ),
    (
        append("needs", consumer="car", product="metal", coefficient=1, cover_days=1),
        ("needs.csv", 5, "consumer", "car, metal"),
        "row 3 already has",
        "Remove one row",
    ),
    (put("producers", "place", 2, "AAB"), ("producers.csv", 2, "place", "AAB"), "places.csv has no such", "'AAA'"),
    (put("producers", "producer", 2, "car"), ("uses.csv", 2, "use", "car"), "producer has the same name", "another"),
    (put("links", "producer", 2, "mien"), ("links.csv", 2, "producer", "mien"), "producers.csv has no", "'mine'"),
    (
        put("links", "consumer", 3, "bus"),
        ("links.csv", 3, "consumer", "bus"),
        "producers.csv or uses.csv",
        "Known: car",
    ),
    (
        put("links", "product", 4, "slag"),
        ("links.csv", 4, "consumer", "wind, slag"),
        "wind does not need slag",
        "needs",
    ),
    (
        put("links", "product", 2, "metal"),
        ("links.csv", 2, "producer", "mine, metal"),
        "does not offer metal",
        "offers",
    ),
    (
        append("needs", consumer="wind", product="ore", coefficient=0, cover_days=1),
        ("needs.csv", 5, "product", "wind, ore"),
        "no link serves this need",
        "Add a link",
    ),
    (put("links", "flow", 5, 3), ("links.csv", 5, "flow", "3.0"), "grey opens only under stress", "Set flow to 0"),
    (put("links", "route", 2, "via"), ("links.csv", 2, "via", ""), "names the place", "Fill in via"),
    (put("producers", "capacity", 2, 100), ("producers.csv", 2, "capacity", "100"), "below the activity", "Raise it"),
    (put("offers", "driver", 2, "no"), ("offers.csv", 2, "driver", "mine"), "none of the products", "main product"),
    (put("uses", "quantity", 2, 90), ("needs.csv", 3, "coefficient", "car, metal"), "5, 11.111% too little", "flows"),
    (put("offers", "yield", 2, 0.8), ("offers.csv", 2, "yield", "mine, ore"), "24, 25.000% too much", "reconcile"),
    (put("offers", "yield", 2, 1.1), ("offers.csv", 2, "yield", "mine, ore"), "makes 132", "Correct the flows"),
    (put("producers", "activity_low", 2, 121), ("producers.csv", 2, "activity", "121, 120, 130"), "between", "Order"),
    (
        put("producers", "activity_status", 2, "known"),
        ("producers.csv", 2, "activity_status", "known"),
        "not one",
        "so",
    ),
    (
        put("producers", "activity_source", 2, ""),
        ("producers.csv", 2, "activity_source", ""),
        "cites no source",
        "Cite",
    ),
    (put("needs", "source", 2, ""), ("needs.csv", 2, "source", ""), "the row is claimed but cites", "Cite a row"),
    (put("needs", "source", 2, "reprot"), ("needs.csv", 2, "source", "reprot"), "no such source", "'report'"),
    (
        put("producers", "activity_source", 2, "facts/stages:stages-9999"),
        ("producers.csv", 2, "activity_source", "facts/stages:stages-9999"),
        "no such fact",
        "facts/stages:stages-017",
    ),
    (put("links", "premium_low", 2, 0.1), ("links.csv", 2, "premium_low", "0.1"), "no premium that", "Give premium"),
]


def problems_of(action: Callable[[], object]) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        action()
    return caught.value.problems


@pytest.mark.parametrize(("edit", "place", "why", "cure"), MISTAKES)
@pytest.mark.parametrize("source", ["files", "memory"])
def test_a_mistake_is_reported_once_and_with_its_cure(
    edit: Edit, place: tuple[str, int, str, str], why: str, cure: str, source: str, tmp_path: Path
) -> None:
    tables = tiny_tables()
    edit(tables)
    if source == "files":
        problems = problems_of(lambda: read_world(write_files(tmp_path / "tiny", tables)))
    else:
        problems = problems_of(lambda: World.from_tables(META, tables))
    matching = [p for p in problems if (p.file, p.row, p.column, p.value) == place and why in p.why and cure in p.cure]
    assert len(matching) == 1, "\n".join(map(str, problems))


def test_every_check_finds_a_mistake_that_no_other_check_finds() -> None:
    """A check that no mistake above triggers would be a check that nobody has seen work."""
    for check in ALL_CHECKS:
        others = tuple(other for other in ALL_CHECKS if other is not check)
        if check.__name__ in ("check_rows_are_there", "check_citations"):
            continue
        assert any(count(edit, ALL_CHECKS) > count(edit, others) for edit, *_ in MISTAKES), (
            f"no mistake is found by {check.__name__} alone"
        )


def count(edit: Edit, checks: tuple[object, ...]) -> int:
    tables = tiny_tables()
    edit(tables)
    try:
        World.from_tables(META, tables, checks=checks)  # type: ignore[arg-type]
    except InputError as error:
        return len(error.problems)
    return 0


def test_all_problems_of_all_files_come_in_one_report_in_reading_order(tmp_path: Path) -> None:
    tables = tiny_tables()
    put("places", "longitude", 2, 500)(tables)
    put("uses", "place", 3, "XX")(tables)
    put("links", "flow", 3, "n/a")(tables)
    put("links", "flow", 2, -1)(tables)
    put("products", "hs_codes", 2, "1")(tables)
    folder = write_files(tmp_path / "tiny", tables)
    (folder / "world.yaml").write_text(WORLD_YAML.replace("2025-01-01", "2019-01-01"), encoding="utf-8")
    (folder / "linkes.csv").write_text("a\n", encoding="utf-8")
    (folder / "stocks.csv").write_bytes(b"")
    problems = problems_of(lambda: read_world(folder))
    assert [(p.file, p.row) for p in problems] == [
        ("world.yaml", None),
        ("linkes.csv", None),
        ("places.csv", 2),
        ("products.csv", 1),
        ("links.csv", 2),
        ("links.csv", 3),
        ("uses.csv", 3),
        ("stocks.csv", None),
    ], "\n".join(map(str, problems))


def test_a_table_that_cannot_be_read_hides_no_problem_of_another_cell(tmp_path: Path) -> None:
    tables = tiny_tables()
    put("uses", "quantity", 2, "x")(tables)
    folder = write_files(tmp_path / "tiny", tables)
    (folder / "needs.csv").unlink()
    assert {p.file for p in problems_of(lambda: read_world(folder))} == {"uses.csv", "needs.csv"}


def test_a_missing_column_does_not_set_off_problems_elsewhere() -> None:
    for table, columns in tiny_tables().items():
        for column in columns:
            tables = tiny_tables()
            tables[table].pop(column)
            declared = read_schema()[table].by_name.get(column)
            if declared is not None and declared.required:
                problems = problems_of(lambda tables=tables: World.from_tables(META, tables))  # type: ignore[misc]
                assert {p.file for p in problems} == {f"{table}.csv"}, f"{table}.{column}: {problems}"


@pytest.mark.parametrize(
    ("content", "row", "why", "cure"),
    [
        (b"", None, "empty", "header"),
        (b"\n  \n", None, "empty", "header"),
        (b"\n\nplace,name_en\n", 1, "first row is empty", "names of the columns"),
        (b"place,name_en\n", None, "no rows", "Add at least one row"),
        (b"place;name_en\nAAA;A\n", 1, "semicolons", "commas"),
        (b"place\tname_en\nAAA\tA\n", 1, "tabs", "commas"),
        (b"place,name_en\nAAA,A\nNO,Norv\xe8ge\n", 3, "not UTF-8", "CSV UTF-8"),
        ("place,name_en\nAAA,A\n".encode("utf-16"), 1, "not UTF-8", "CSV UTF-8"),
        (b"place,name_en\nAAA,A\nNO,Norway,north,extra\n", 3, "4 cells under a header of 2", "double quotes"),
        (b"place,name_en\nAAA\nNO,Norway\n", 2, "1 cells under a header of 2", "double quotes"),
        (b'place,name_en\nAAA,"A\nNO,Norway\n', None, "not valid CSV", "quotes"),
        (b"place,name_en,place\nAAA,A,AAA\nNO,Norway,NO\n", 1, "twice", "Remove one"),
        (b"place,name_en,\nAAA,A,what\nNO,Norway,\n", 1, "no name", "Known"),
        (b"place,name_en,longitude [degree]\nAAA,A,1\nNO,Norway,2\n", 1, "carry a unit", "'longitude'"),
        (b"place,name_en,longitude (rad)\nAAA,A,1\nNO,Norway,2\n", 1, "carry a unit", "in degree"),
        (b"place,name_en,longitude\n,,degree\nAAA,A,1\nNO,Norway,2\n", 2, "holds units", "longitude in degree"),
        (b"place,name_en,longitude\nplace,text,%\nAAA,A,1\nNO,Norway,2\n", 2, "holds units", "longitude in degree"),
    ],
)
def test_a_file_that_is_no_proper_table_is_named(
    content: bytes, row: int | None, why: str, cure: str, tmp_path: Path
) -> None:
    folder = write_files(tmp_path / "tiny", tiny_tables())
    (folder / "places.csv").write_bytes(content)
    problems = problems_of(lambda: read_world(folder))
    assert [p for p in problems if p.file == "places.csv" and p.row == row and why in p.why and cure in p.cure], (
        problems
    )
    assert {p.file for p in problems} == {"places.csv"}


def test_a_flow_header_with_a_unit_says_which_unit_is_expected(tmp_path: Path) -> None:
    tables = tiny_tables()
    tables["links"]["flow [kg/yr]"] = tables["links"].pop("flow")
    (problem,) = problems_of(lambda: read_world(write_files(tmp_path / "tiny", tables)))
    assert problem.column == "flow"
    assert "units per year (the unit of the product: t, piece or USD)" in problem.cure


def test_a_file_that_is_far_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "tiny", tiny_tables())
    with (folder / "links.csv").open("r+b") as stream:
        stream.truncate(raw.LARGEST_TABLE_BYTES * 1000)
    (problem,) = problems_of(lambda: read_world(folder))
    assert problem.file == "links.csv"
    assert "200,000,000" in problem.why


@pytest.mark.parametrize(
    ("yaml", "column", "why"),
    [
        (WORLD_YAML.replace("base_year: 2024", "baseyear: 2024"), "baseyear", "no such key"),
        (WORLD_YAML.replace("base_year: 2024\n", ""), "base_year", "required and missing"),
        (WORLD_YAML.replace("base_year: 2024", "base_year: soon"), "base_year", "not a year"),
        (WORLD_YAML.replace("base_year: 2024", "base_year: true"), "base_year", "not a year"),
        (WORLD_YAML.replace("base_year: 2024", "base_year: 3024"), "base_year", "not a year"),
        (WORLD_YAML.replace("2025-01-01", "January"), "start", "not a date"),
        (WORLD_YAML.replace("2025-01-01", "2025-13-45"), "", "month must be in"),
        (WORLD_YAML.replace("2025-01-01", "2025-01-01T10:00:00"), "start", "not a date"),
        (WORLD_YAML.replace("2025-01-01", "[2025, 1, 1]"), "start", "not a date"),
        (WORLD_YAML.replace("2025-01-01", "2023-06-01"), "start", "before the base year"),
        (WORLD_YAML.replace("name: tiny", "name: Tiny World"), "name", "not a name"),
        (WORLD_YAML.replace("name: tiny", "name: 7"), "name", "not a name"),
        (WORLD_YAML.replace("{en: Tiny, zh: 微型}", "[Tiny]"), "title", "English"),
        (WORLD_YAML.replace("{en: Tiny, zh: 微型}", "{fr: Petit}"), "title", "English"),
        (WORLD_YAML + "scenarios: {a: b}\n", "scenarios", "not a list"),
        ("- a\n- b\n", "", "not a list of keys"),
        ("", "", "empty"),
        ("name: [\n", "", "YAML"),
    ],
)
def test_a_mistake_in_the_description_is_named(yaml: str, column: str, why: str, tmp_path: Path) -> None:
    folder = write_files(tmp_path / "tiny", tiny_tables())
    (folder / "world.yaml").write_text(yaml, encoding="utf-8")
    problems = problems_of(lambda: read_world(folder))
    assert any(why in p.why and (p.column == column or not column) for p in problems), problems


def test_a_description_in_memory_is_checked_like_one_in_a_file() -> None:
    (problem,) = problems_of(lambda: World.from_tables(replace(META, start=date(2020, 1, 1)), tiny_tables()))
    assert "before the base year" in problem.why


def test_lists_of_different_lengths_and_unknown_tables_are_named() -> None:
    tables = tiny_tables()
    tables["uses"]["kind"].append("boat")
    tables["flows"] = {"a": [1]}
    problems = problems_of(lambda: World.from_tables(META, tables))
    assert [(p.file, "different lengths" in p.why or "no such table" in p.why) for p in problems] == [
        ("flows", True),
        ("uses.csv", True),
    ]


@pytest.mark.parametrize(
    ("name", "why"),
    [("magnets-smal", "no such folder"), ("nowhere/at/all", "no such folder"), ("file.txt", "not this kind of file")],
)
def test_a_world_that_is_not_there_is_named(name: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("x", encoding="utf-8")
    (problem,) = problems_of(lambda: read_world(tmp_path / name if "." in name else name))
    assert why in problem.why


def test_an_unbalanced_world_can_be_read_for_reconciliation() -> None:
    tables = tiny_tables()
    put("uses", "quantity", 2, 90)(tables)
    world = World.from_tables(META, tables, checks=STRUCTURE_CHECKS)
    assert world.tables["uses"]["quantity"][0] == 90


def test_citations_join_numbers_with_facts_that_agree() -> None:
    def cite(**change: object) -> Lists:
        row = {
            "table": "producers",
            "row": "mine",
            "column": "activity",
            "fact_id": "stages-001",
            "factor": 120 / 376000,
        }
        return {**tiny_tables(), "citations": {name: [value] for name, value in {**row, **change}.items()}}

    assert World.from_tables(META, cite()).tables["citations"]["factor"][0] == 120 / 376000
    assert World.from_tables(META, cite(table="links", row="mine|ore|smelter", column="flow"))
    assert World.from_tables(META, cite(table="links", row="mine|ore|smelter|direct", column="flow"))
    for change, column, why in (
        ({"table": "mines"}, "table", "no such table"),
        ({"column": "producer"}, "column", "not a ranged column"),
        ({"row": "mien"}, "row", "no such row"),
        ({"fact_id": "stages-9999"}, "fact_id", "no such fact"),
        ({"factor": 1}, "factor", "ranges from 110 to 130"),
        ({"fact_id": "elasticities-013"}, "fact_id", "not a number"),
    ):
        (problem,) = problems_of(lambda change=change: World.from_tables(META, cite(**change)))  # type: ignore[misc]
        assert (problem.column, why in problem.why) == (column, True), problem


def test_a_description_that_refers_to_itself_a_billion_times_is_reported_at_once(tmp_path: Path) -> None:
    folder = write_files(tmp_path / "tiny", tiny_tables())
    levels = "".join(f"k{i}: &k{i} [{', '.join([f'*k{i - 1}'] * 10)}]\n" for i in range(1, 12))
    yaml = WORLD_YAML.replace("base_year: 2024", f"k0: &k0 x\n{levels}base_year: *k11")
    (folder / "world.yaml").write_text(yaml, encoding="utf-8")
    problems = problems_of(lambda: read_world(folder))
    assert max(len(str(problem)) for problem in problems) < 1000


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(["world.yaml", "places.csv", "links.csv", "needs.csv", "uses.csv", "stocks.csv", "sources.csv"]),
    st.floats(0, 1),
    st.integers(0, 20),
    st.text(max_size=8).map(lambda text: text.encode("utf-8", "ignore"))
    | st.binary(max_size=6)
    | st.sampled_from([b"nan", b"-1", b";", b'"', b",,,", b"\r\n", b"kg", b"=", b"[", b"&a", b"\xff\xfe", b"\x00"]),
)
def test_whatever_a_file_holds_the_answer_is_a_world_or_a_report(
    name: str, where: float, removed: int, inserted: bytes
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write_files(Path(folder) / "tiny", tiny_tables()) / name
        content = path.read_bytes()
        start = int(where * len(content))
        path.write_bytes(content[:start] + inserted + content[start + removed :])
        problems: tuple[Problem, ...] = ()
        try:
            read_world(path.parent)
        except InputError as error:
            problems = error.problems
    assert all(problem.why and problem.cure and problem.file for problem in problems)
