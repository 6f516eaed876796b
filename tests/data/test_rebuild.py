"""The committed worlds are what their scripts make of the facts."""

from __future__ import annotations

import csv
import os
import subprocess
import sys
from pathlib import Path

import pytest

from standoff.world.facts import FACTS
from standoff.world.tables import WORLDS

ROOT = Path(__file__).parents[2]
SCRIPTS = {"magnets-small": "build_magnets_small.py", "rare-earths": "build_rare_earths.py"}


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def differing(one: str, other: str) -> bool:
    """Whether two cells differ by more than the last digits of a sum."""
    if one == other:
        return False
    try:
        return float(one) != pytest.approx(float(other), rel=1e-6, abs=1e-9)
    except ValueError:
        return True


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_scripts_give_the_committed_world(name: str, tmp_path: Path) -> None:
    out = tmp_path / name
    out.mkdir()
    (out / "world.yaml").write_bytes((WORLDS / name / "world.yaml").read_bytes())
    schema = ROOT / "src" / "standoff" / "world" / "schema.csv"
    command = [sys.executable, str(ROOT / "tools" / SCRIPTS[name]), "--facts", str(FACTS), "--schema", str(schema)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([*command, "--out", str(out)], check=True, env=environment, cwd=tmp_path)
    for path in sorted(out.glob("*.csv")):
        built, committed = rows(path), rows(WORLDS / name / path.name)
        assert len(built) == len(committed), path.name
        for number, (new, old) in enumerate(zip(built, committed, strict=True), start=2):
            changed = {column for column in new if differing(new[column], old[column])}
            assert changed == set(), (path.name, number)
