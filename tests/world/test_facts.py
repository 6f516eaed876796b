"""The fact tables: every figure can be cited, and an identifier never comes to name another row."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from standoff.world.facts import fact_label, find_fact, read_facts

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def copy_facts() -> ModuleType:
    spec = importlib.util.spec_from_file_location("copy_facts", ROOT / "tools" / "copy_facts.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_fact_has_a_source_and_a_confidence() -> None:
    facts = read_facts()
    assert len(facts) == sum(
        len(table.read_text(encoding="utf-8").splitlines()) - 1
        for table in (ROOT / "src/standoff/data/facts").glob("*.csv")
    )
    for identifier, fact in facts.items():
        assert fact["source_title"], identifier
        assert fact["confidence"] in {"high", "medium", "low"}, identifier
        assert identifier.startswith(f"{fact['table']}-")


def test_the_readme_counts_the_rows_that_are_there() -> None:
    text = (ROOT / "src/standoff/data/facts/README.md").read_text(encoding="utf-8")
    counts: dict[str, int] = {}
    for fact in read_facts().values():
        counts[fact["table"]] = counts.get(fact["table"], 0) + 1
    for table, count in counts.items():
        assert any(line.startswith(f"| `{table}.csv`") and line.endswith(f"| {count} |") for line in text.splitlines())


def test_a_label_finds_its_fact_and_no_other() -> None:
    for fact in read_facts().values():
        assert find_fact(fact_label(fact)) is fact
    assert find_fact("facts/stages:stages-999999") is None
    assert find_fact("facts/prices:stages-001") is None
    assert find_fact("facts/stages") is None


def test_copying_numbers_rows_and_refuses_to_renumber(copy_facts: ModuleType, tmp_path: Path) -> None:
    source, target = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    table = source / "mines.csv"
    header = "what,source_title,source_url,confidence\n"
    table.write_text("\ufeff" + header + "one,a,b,high\n", encoding="utf-8")
    copy_facts.main([str(source), str(target)])
    table.write_text(header + "one,a,b,high\ntwo,a,b,low\n", encoding="utf-8")
    copy_facts.main([str(source), str(target)])
    kept = (target / "mines.csv").read_text(encoding="utf-8")
    assert kept == "fact_id," + header + "mines-001,one,a,b,high\nmines-002,two,a,b,low\n"
    table.write_text(header + "two,a,b,low\n", encoding="utf-8")
    with pytest.raises(SystemExit, match="mines-001, mines-002"):
        copy_facts.main([str(source), str(target)])
    assert (target / "mines.csv").read_text(encoding="utf-8") == kept
    assert not list(target.glob("*.part"))
