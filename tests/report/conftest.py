"""Runs that many tests read; each is made once."""

from __future__ import annotations

import pytest

import standoff
from standoff.results.report.source import Source
from standoff.results.result import Result
from standoff.results.words import read_words

SMALL = "magnets-small"


@pytest.fixture(scope="session")
def april() -> Result:
    return standoff.run("april-2025", world=SMALL)


@pytest.fixture(scope="session")
def cut_off() -> Result:
    return standoff.run("cut-off", world=SMALL)


@pytest.fixture(scope="session")
def baseline() -> Result:
    return standoff.run("baseline", world=SMALL)


@pytest.fixture(scope="session", params=["april-2025", "cut-off", "baseline"])
def result(request: pytest.FixtureRequest, april: Result, cut_off: Result, baseline: Result) -> Result:
    return {"april-2025": april, "cut-off": cut_off, "baseline": baseline}[request.param]


@pytest.fixture
def source(result: Result) -> Source:
    return Source(result, read_words("en"))


@pytest.fixture(scope="session")
def large() -> Result:
    """The largest world that ships: hundreds of uses, by-products, twenty places."""
    return standoff.run("cut-off", world="rare-earths")
