"""Lets these tests import the random worlds, the cases of the laws and those of the peers."""

from __future__ import annotations

import sys
from pathlib import Path

TESTS = Path(__file__).parents[1]
sys.path[:0] = [str(TESTS / folder) for folder in ("", "laws", "peers", "mrio")]
