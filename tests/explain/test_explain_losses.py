"""``standoff explain RESULT`` alone says what all losses go back to."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import standoff
from standoff.cli.main import app
from standoff.errors import InputError

SMALL = ["explain", "april-2025", "--world", "magnets-small"]


def test_all_losses_are_told_as_one_json_object() -> None:
    answer = CliRunner().invoke(app, [*SMALL, "--json"])
    assert answer.exit_code == 0
    told = json.loads(answer.stdout)
    assert set(told) == {"loss_roots", "output_roots"}
    result = standoff.run("april-2025", world="magnets-small")
    assert sum(part["usd"] for part in told["loss_roots"]) == pytest.approx(result.unmet_value.sum(), rel=1e-9)
    for parts in told.values():
        assert sum(part["share"] for part in parts) == pytest.approx(1.0)
        assert {part["measure"] for part in parts} == {"CN-2025-18"}


def test_losses_of_a_result_file_are_those_of_its_run(tmp_path: Path) -> None:
    result = standoff.run("cut-off", world="magnets-small")
    file = result.to_netcdf(tmp_path / "result.nc")
    answer = CliRunner().invoke(app, ["explain", str(file), "--json"])
    assert answer.exit_code == 0, answer.output
    first = json.loads(answer.stdout)["loss_roots"][0]
    part = result.attribution.parts()[0]
    assert (first["cause"], first["measure"], first["usd"]) == (part.cause, part.measure, pytest.approx(part.usd))


@pytest.mark.parametrize(
    ("lang", "title", "cause"), [("en", "goes back to", "licence denied"), ("zh", "起因", "许可被拒")]
)
def test_losses_are_told_in_both_languages(lang: str, title: str, cause: str) -> None:
    answer = CliRunner().invoke(app, [*SMALL, "--lang", lang])
    assert answer.exit_code == 0
    heading, first, *_ = answer.stdout.splitlines()
    assert title in heading
    assert cause in first


def test_a_variable_needs_whose_and_when() -> None:
    answer = CliRunner().invoke(app, [*SMALL, "unmet"])
    assert isinstance(answer.exception, InputError)
    assert "LABEL WHEN" in str(answer.exception)
