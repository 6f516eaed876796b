"""The wheel carries the page: built, unpacked elsewhere, served and opened with the network closed."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from local_server import serving
from opened import opened

ROOT = Path(__file__).parents[2]


def test_the_wheel_opens_with_the_network_closed(browser: Any, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    package = tmp_path / "unpacked"
    zipfile.ZipFile(wheel).extractall(package)
    with serving(package) as server, opened(browser, server) as there:
        assert there.run()
