"""Labelled arrays straight into a netCDF file: the library of labelled arrays takes longer to load than a small sweep takes to run."""

from __future__ import annotations

import datetime as dt
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray as xr

COMPRESSION = {"compression": "gzip", "compression_opts": 1, "shuffle": True}
"""Of arrays that are mostly zero, such as unmet use. Others take most of the time and give the least: their digits are those of single
precision and look like chance."""


@dataclass(frozen=True)
class Labelled:
    """What a dataset holds.

    Attributes:
        variables: dims, values and attributes by name.
        labels: words of each dimension that has them.
        days: first day of each step, of the dimension ``step``.
        attributes: of the whole.
    """

    variables: Mapping[str, tuple[tuple[str, ...], Any, Mapping[str, str]]]
    labels: Mapping[str, list[str]]
    days: Any
    attributes: Mapping[str, str]

    def to_dataset(self) -> xr.Dataset:
        """The same as an xarray dataset."""
        import xarray as xr

        coordinates = {"step": self.days.astype("datetime64[ns]"), **self.labels}
        return xr.Dataset(dict(self.variables), coords=coordinates, attrs=dict(self.attributes))


def write_labelled(content: Labelled, path: Path) -> Path:
    """Write to a netCDF file that xarray reads as `Labelled.to_dataset`, whole or not at all."""
    import h5netcdf
    import h5py

    with whole_file(path) as temporary, h5netcdf.File(temporary, "w") as file:
        file.attrs.update(content.attributes)
        for dims, values, _ in content.variables.values():
            sizes = dict(zip(dims, values.shape, strict=True))
            file.dimensions.update({dim: size for dim, size in sizes.items() if dim not in file.dimensions})
        days = file.create_variable("step", ("step",), data=(content.days - content.days[0]).astype(np.int64))
        first: dt.date = content.days[0].astype(dt.date)
        days.attrs.update({"units": f"days since {first.isoformat()}", "calendar": "proleptic_gregorian"})
        for dim, labels in content.labels.items():
            file.create_variable(dim, (dim,), data=np.array(labels, dtype=h5py.string_dtype()))
        for variable, (dims, values, attributes) in content.variables.items():
            form = COMPRESSION if 2 * np.count_nonzero(values) < values.size else {}
            file.create_variable(variable, dims, data=values, **form).attrs.update(attributes)
    return path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place to write to that becomes ``path`` when all went well, and is gone otherwise."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
