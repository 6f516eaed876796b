"""Write docs/rules.md from the docstrings of the rules, so that the page cannot say something else than the code.

python tools/write_rules_page.py docs/rules.md
"""

from __future__ import annotations

import importlib
import inspect
import sys
from pathlib import Path

RULES = (
    "planning",
    "ordering",
    "sourcing",
    "licensing",
    "permits",
    "rationing",
    "serving",
    "transport",
    "leakage",
    "reserves",
    "production",
    "capacity",
    "balance",
    "overproduction",
    "labour",
    "consumption",
    "input_limits",
    "restocking",
    "rebuilding",
    "recovery",
    "cascade",
    "chain_slots",
)
HEAD = """# The rules, one by one

Made from the docstrings by `tools/write_rules_page.py`; a test keeps it current. The order of a step is that of `model/step.py`;
from `overproduction` on the rules are those of the peers (`rulesets.md`).
"""


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    for name in RULES:
        module = importlib.import_module(f"standoff.model.{name}")
        parts.append(f"## `model/{name}.py`\n\n{inspect.cleandoc(module.__doc__ or '')}\n")
        for function_name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not function_name.startswith("_"):
                parts.append(f"### `{function_name}`\n\n```text\n{inspect.cleandoc(function.__doc__ or '')}\n```\n")
    return "\n".join(parts)


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
