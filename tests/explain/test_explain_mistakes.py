"""Asking for a number that is not there gives one clear error that names the nearest known one."""

from __future__ import annotations

import json
from functools import cache

import pytest
import typer
from typer.testing import CliRunner

from standoff.cli.explain import explain as command
from standoff.errors import InputError
from standoff.results.explain import Explainer, explain, trace
from standoff.results.result import Result
from standoff.simulate.api import run


@cache
def result() -> Result:
    return run("april-2025", world="magnets-small")


@pytest.mark.parametrize(
    ("variable", "label", "when", "why", "cure"),
    [
        ("unmett", "electric_car_DEU", "2025-09-01", "no such variable", "'unmet'"),
        ("unmet", "electric_car_DEUX", "2025-09-01", "no such use", "'electric_car_DEU'"),
        ("unmet_by_cause", "electric_car_DEU @ gate", "2025-09-01", "no such label", "electric_car_DEU @ gate_closed"),
        ("unmet", "electric_car_DEU", "2024-09-01", "does not reach", "2025-01-06"),
        ("unmet", "electric_car_DEU", "2031-01-01", "does not reach", "2026-12-28"),
        ("unmet", "electric_car_DEU", "soon", "not a date", "2025-01-06"),
    ],
)
def test_unknown_names_the_nearest_known(variable: str, label: str, when: str, why: str, cure: str) -> None:
    with pytest.raises(InputError) as caught:
        explain(result(), variable, label=label, when=when)
    assert len(caught.value.problems) == 1
    assert why in str(caught.value)
    assert cure in str(caught.value)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """A result on the sample world, as the command is told of it."""
    return (str(result().to_netcdf(tmp_path_factory.mktemp("explain") / "result.nc")), "--world", "magnets-small")


def app() -> typer.Typer:
    made = typer.Typer()
    made.command()(command)
    return made


def test_command_prints_terms_and_the_next_question(written: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app(), [*written, "unmet", "electric_car_DEU", "2025-07-09"])
    assert done.exit_code == 0
    assert "<- bound it" in done.stdout
    assert f"next: standoff explain {' '.join(written)} activity" in done.stdout


def test_command_prints_one_json_object(written: tuple[str, ...]) -> None:
    asked = [*written, "unmet", "electric_car_DEU", "2025-07-09", "--json"]
    plain = json.loads(CliRunner().invoke(app(), asked).stdout)
    assert plain["variable"] == "unmet"
    assert plain["value"] == pytest.approx(plain["recombined"])
    chain = json.loads(CliRunner().invoke(app(), [*asked, "--trace"]).stdout)["chain"]
    assert len(chain) == len(trace(result(), "unmet", label="electric_car_DEU", when="2025-07-09"))


@pytest.mark.parametrize(("lang", "word"), [("en", "waits for a licence"), ("zh", "许可")])
def test_command_traces_in_words(lang: str, word: str, written: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app(), [*written, "unmet", "electric_car_DEU", "2025-07-09", "--trace", "--lang", lang])
    assert done.exit_code == 0
    assert word in done.stdout


def test_command_refuses_a_language_that_it_does_not_speak(written: tuple[str, ...]) -> None:
    done = CliRunner().invoke(app(), [*written, "unmet", "electric_car_DEU", "2025-07-09", "--lang", "fr"])
    assert isinstance(done.exception, InputError)


def test_a_day_within_a_step_means_that_step() -> None:
    asked = Explainer(result())
    assert asked.step_of("2025-01-06") == asked.step_of("2025-01-12") == 0
    assert asked.step_of("2025-01-13") == 1
