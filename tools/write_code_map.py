"""Write docs/code-map.md: every module with the first line of its docstring, in the order in which data flows.

python tools/write_code_map.py docs/code-map.md
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "src" / "standoff"
ROOMS = {
    "": "The package",
    "world": "world: what exists",
    "measures": "measures: what governments do",
    "model": "model: what happens in one step",
    "simulate": "simulate: one run, many runs",
    "studies": "studies: what it means",
    "results": "results: numbers, explanations, reports",
    "cli": "cli: the command",
    "web": "web: the page",
}
HEAD = """# Code map

Data flows one way: **world → measures → model → studies → faces**. Nothing reaches back. Made by `tools/write_code_map.py` from the first
line of each module; a test keeps it current. Beside the package: `tests/` (laws, oracles, cases), `benchmarks/`, `tools/` (how the bundled
data is built), `docs/`.
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for room, title in ROOMS.items():
        folder = PACKAGE / room
        files = sorted(folder.glob("*.py") if room == "" else folder.rglob("*.py"))
        rows = [f"| `{path.relative_to(PACKAGE)}` | {first_line(path)} |" for path in files if first_line(path)]
        if rows:
            parts.append(f"## {title}\n\n| module | what |\n|---|---|\n" + "\n".join(rows) + "\n")
    return "\n".join(parts)


def first_line(path: Path) -> str:
    """First line of a module's docstring, empty if it has none."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return docstring.splitlines()[0] if docstring else ""


def undocumented() -> list[str]:
    """Modules with code and no docstring."""
    return [
        str(path.relative_to(PACKAGE))
        for path in sorted(PACKAGE.rglob("*.py"))
        if path.read_text(encoding="utf-8").strip() and not first_line(path)
    ]


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
