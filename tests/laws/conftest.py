"""Lets the laws import `worlds`, and prints in what share of the random worlds each mechanism was active."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

PRINTED = {"mechanisms": "share of random worlds in which it was active", "paradoxes": "paradoxes of random worlds"}

sys.path.insert(0, str(Path(__file__).parents[1]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for report in terminalreporter.stats.get("passed", []) + terminalreporter.stats.get("failed", []):
        for name, value in report.user_properties:
            if name in PRINTED:
                terminalreporter.write_line(f"{PRINTED[name]}: {value}")
