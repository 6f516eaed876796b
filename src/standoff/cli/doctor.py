"""What ``standoff doctor`` looks at."""

from __future__ import annotations

import platform
from importlib import metadata
from typing import Any

PARTS = (
    ("numpy", True, "arrays"),
    ("scipy", True, "sparse networks, optimisation"),
    ("pandas", True, "tables"),
    ("xarray", True, "labelled results"),
    ("h5netcdf", True, "result files"),
    ("h5py", True, "result files"),
    ("pydantic", True, "scenario files"),
    ("ruamel.yaml", True, "scenario and measure files"),
    ("typer", True, "this command"),
    ("rich", True, "tables in the terminal"),
    ("jinja2", True, "reports"),
    ("fastapi", True, "the page"),
    ("uvicorn", True, "the page"),
    ("highspy", True, "linear programmes"),
    ("jax", False, "extra [jax]: gradients, criticality"),
    ("openpyxl", False, "extra [excel]: worlds and tables as workbooks"),
    ("pymrio", False, "extra [mrio]: multi-regional tables of others"),
    ("sanction-simulator", False, "the OECD table of 2022, for: standoff world from-mrio sanction-simulator"),
)


def examine() -> list[dict[str, Any]]:
    """Every part with its version, empty where it is not installed, and what it is for."""
    found = [{"name": "python", "version": platform.python_version(), "needed": True, "use": "3.11 or newer"}]
    for name, needed, use in PARTS:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            version = ""
        found.append({"name": name, "version": version, "needed": needed, "use": use})
    return found
