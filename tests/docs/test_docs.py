"""The docs say what the code does: pages made from it are current, examples run, nothing points out of the repository."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import util
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tool(name: str) -> ModuleType:
    """A script of the folder tools as a module."""
    spec = util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("script", "written"), [("write_rules_page", "rules.md"), ("write_code_map", "code-map.md")])
def test_pages_made_from_the_code_are_current(script: str, written: str) -> None:
    assert (ROOT / "docs" / written).read_text(encoding="utf-8") == tool(script).page(), (
        f"run tools/{script}.py docs/{written}"
    )


def test_every_module_says_what_it_is() -> None:
    assert tool("write_code_map").undocumented() == []


def test_the_python_example_of_the_readme_runs(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.S)
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "result.nc").is_file()


def test_every_command_of_the_readme_exists() -> None:
    import typer

    from standoff.cli.main import app

    known = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^standoff ([a-z]+)", text, re.M))
    assert named
    assert named <= known


def test_links_between_pages_lead_somewhere() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_nothing_refers_to_what_lies_beside_the_repository() -> None:
    paths = [ROOT / "Makefile", ROOT / "README.md", *(ROOT / "src").rglob("*"), *(ROOT / "tests").rglob("*")]
    for path in paths:
        if (
            path.is_file()
            and path.suffix in ("", ".py", ".md", ".yaml", ".csv", ".toml", ".html", ".j2")
            and path != Path(__file__)
        ):
            assert "../shared" not in path.read_text(encoding="utf-8", errors="ignore"), path
