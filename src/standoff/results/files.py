"""Writing a result down and doing it again. The file carries its whole configuration."""

from __future__ import annotations

import csv
import json
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standoff.errors import refuse
from standoff.model.rationing import TIERS
from standoff.results.causes import CAUSES
from standoff.results.netcdf import whole_file

if TYPE_CHECKING:
    import xarray as xr

    from standoff.results.result import Result

COMPRESSION = {"zlib": True, "complevel": 1, "shuffle": True}
"""A third of the size for a third of a second on a large world (measured)."""
LARGEST_RESULT_BYTES = 4_000_000_000


@cache
def variables() -> dict[str, dict[str, str]]:
    """Every variable of a result: dims, unit and description, by name."""
    text = resources.files("standoff.results").joinpath("variables.csv").read_text(encoding="utf-8")
    return {row["variable"]: row for row in csv.DictReader(text.splitlines())}


@cache
def variables_of_rules() -> dict[str, dict[str, str]]:
    """Variables that only the results of some rules have, likewise."""
    text = resources.files("standoff.results").joinpath("variables_of_rules.csv").read_text(encoding="utf-8")
    return {row["variable"]: row for row in csv.DictReader(text.splitlines())}


def known_variables() -> dict[str, dict[str, str]]:
    """Every variable that a result can have."""
    return {**variables(), **variables_of_rules()}


def to_dataset(result: Result) -> xr.Dataset:
    """A result as an xarray dataset with labels, units, descriptions and the run's configuration."""
    import xarray as xr

    network = result.network
    uses = network.nodes.parent_labels[-result.unmet.shape[1] :] if result.unmet.shape[1] else ()
    labels: dict[str, Any] = {
        "step": result.dates.astype("datetime64[ns]"),
        "node": list(network.nodes.labels),
        "producer": list(network.nodes.labels[: network.nodes.producers]),
        "need": [network.need_label(index) for index in range(len(network.needs.use))],
        "offer": [network.offer_label(index) for index in range(len(network.offers.yields))],
        "tier": list(TIERS),
        "link": [network.link_label(index) for index in result.setup.tracked],
        "route": _route_labels(result),
        "holder": list(network.stocks.labels),
        "use": list(uses),
        "cause": list(CAUSES),
        "consumer": list(network.nodes.parent_labels),
        "corridor": [f"{product}: {origin} > {destination}" for product, origin, destination in result.trades],
    }
    derived = {
        "demand": result.demand,
        "unmet": result.unmet,
        "unmet_value": result.unmet_value,
        "unmet_by_cause": result.unmet_by_cause,
        "stopped_share": result.stopped_share,
        "trade": result.trade,
    }
    data = {}
    there = {name: row for name, row in known_variables().items() if name in derived or name in result.records}
    for name, row in there.items():
        values = derived[name] if name in derived else result.records[name]
        attributes = {"units": row["unit"], "long_name": row["description_en"], "long_name_zh": row["description_zh"]}
        data[name] = (tuple(row["dims"].split()), values, attributes)
    dims = {"step", *(dim for row in there.values() for dim in row["dims"].split())}
    coordinates = {name: values for name, values in labels.items() if len(values) and name in dims}
    return xr.Dataset(data, coords=coordinates, attrs={"standoff": json.dumps(result.config(), ensure_ascii=False)})


def _route_labels(result: Result) -> list[str]:
    from standoff.world.network import LATENT_ROUTES

    network = result.network
    return [
        f"{network.nodes.labels[network.offers.producer[offer]]} > {network.need_label(need)} ({LATENT_ROUTES[route]})"
        for offer, need, route in zip(network.latent.offer, network.latent.need, network.latent.route, strict=True)
    ]


def write_netcdf(result: Result, path: Path) -> Path:
    """Write a result to a netCDF file, whole or not at all."""
    return write_dataset(result.dataset, path)


def write_dataset(dataset: xr.Dataset, path: Path) -> Path:
    """Write a dataset to a netCDF file, whole or not at all."""
    with whole_file(path) as temporary:
        dataset.to_netcdf(temporary, engine="h5netcdf", encoding=dict.fromkeys(dataset.data_vars, COMPRESSION))
    return path


def read_config(path: str | Path) -> dict[str, Any]:
    """The configuration that a result file carries.

    Raises:
        InputError: no such file, or not a result of standoff.
    """
    import h5py

    path = Path(path)
    if not path.is_file():
        raise refuse(
            f"result {path.name}", why="there is no such file", cure="Give the path of a result.nc", value=path
        )
    if path.stat().st_size > LARGEST_RESULT_BYTES:
        raise refuse(
            f"result {path.name}", why="the file is too large to be a result", cure="Give the path of a result.nc"
        )
    try:
        with h5py.File(path) as file:
            text = file.attrs["standoff"]
    except (OSError, KeyError):
        raise refuse(
            f"result {path.name}", why="this is not a result file of standoff", cure="Give the path of a result.nc"
        ) from None
    config: dict[str, Any] = json.loads(text)
    return config


def read_dataset(path: str | Path) -> xr.Dataset:
    """The dataset of a result file."""
    import xarray as xr

    read_config(path)
    return xr.load_dataset(path, engine="h5netcdf")
