"""Every example of the pages on measures runs."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.testing import CliRunner

from standoff.cli.main import app
from standoff.measures.register import load_register

DOCS = Path(__file__).parents[2] / "docs"
PAGES = [DOCS / "measures.md", *sorted((DOCS / "regimes").glob("*.md"))]
BLOCK = re.compile(r"```([^\n]*)\n(.*?)```", re.DOTALL)


def commands() -> list[str]:
    found = []
    for page in PAGES:
        for _, block in BLOCK.findall(page.read_text(encoding="utf-8")):
            if block.startswith("standoff "):
                found.append(block.replace("\\\n", " ").strip())
    return found


@pytest.mark.parametrize("command", commands())
def test_a_command_of_the_pages_runs(command: str) -> None:
    done = CliRunner().invoke(app, shlex.split(command)[1:])
    assert done.exit_code == 0, done.output
    assert done.output


def test_the_measure_of_the_pages_loads(tmp_path: Path) -> None:
    text = (DOCS / "measures.md").read_text(encoding="utf-8")
    yaml = next(block for language, block in BLOCK.findall(text) if language == "yaml")
    path = tmp_path / "mine.yaml"
    path.write_text(yaml, encoding="utf-8")
    assert "NO-2026-1" in load_register(extra_paths=[path])


def test_every_test_that_a_measure_may_use_is_on_the_page() -> None:
    from standoff.measures.item_tests import ITEM_LEAVES
    from standoff.measures.transaction_tests import LEAVES

    text = (DOCS / "measures.md").read_text(encoding="utf-8")
    assert not [name for name in {*ITEM_LEAVES, *LEAVES} if f"`{name}`" not in text]


def test_every_regime_page_is_in_the_table_of_contents() -> None:
    index = (DOCS / "regimes" / "index.md").read_text(encoding="utf-8")
    assert not [page.stem for page in PAGES[1:] if page.stem != "index" and page.stem not in index]
