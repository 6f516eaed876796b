"""Build hook: a wheel or an sdist carries the built page, or is not made."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class PageHook(BuildHookInterface):  # type: ignore[type-arg]
    """Builds the page where its sources are there; an sdist brings it built. An editable installation leaves it to ``make``."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        if version == "editable":
            return
        if (root / "web" / "package.json").is_file():
            subprocess.run([sys.executable, str(root / "tools" / "build_page.py")], check=True)
        elif not (root / "src" / "standoff" / "web" / "static" / "index.html").is_file():
            raise SystemExit(
                "The page is missing from this source distribution; build from a checkout with Node.js 20 or newer."
            )
