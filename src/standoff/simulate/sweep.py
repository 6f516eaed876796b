"""A sweep: many draws in block files that survive a kill, here on several processes or on a Dask cluster.

A folder holds ``manifest.json``, which says what is swept, and one file a block. Both are written beside their place and moved there, so
that a file is whole or is not there. Starting again runs what is missing. Draws are numbered and blocks always begin at the same draws: how
often a sweep was stopped, and where its blocks ran, does not change a bit.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from standoff.errors import refuse
from standoff.simulate.ensemble import (
    BLOCK,
    Block,
    Job,
    join_blocks,
    plan_ensemble,
    run_block,
    run_blocks,
)
from standoff.simulate.ensemble_result import Ensemble, write_ensemble
from standoff.simulate.scenario import Scenario
from standoff.world.build import build_network
from standoff.world.network import Network
from standoff.world.tables import World

MANIFEST = "manifest.json"
CORRIDORS = "corridors"
UNFINISHED = ".part"


@dataclass(frozen=True)
class Swept:
    """A finished sweep, and how much of it was found done when it started."""

    ensemble: Ensemble
    found: int
    files: tuple[Path, ...]


def sweep(
    scenario: Scenario,
    world: World,
    *,
    draws: int,
    folder: Path,
    seed: int = 0,
    processes: int = 1,
    dask: str = "",
    block: int = BLOCK,
    as_of: dt.date | None = None,
    progress: Callable[[int], None] | None = None,
) -> Swept:
    """Run a scenario with every ranged number drawn, block by block into a folder.

    Args:
        scenario, world: what is swept.
        draws: how many; a finished sweep can be continued with more.
        folder: where the blocks are.
        seed: of the draws.
        processes: how many blocks run at the same time here.
        dask: address of a Dask scheduler whose workers have standoff; blocks run there instead.
        block: draws in a block.
        as_of: information date: measures announced later do not exist.
        progress: called with the number of draws that are there.

    Raises:
        InputError: the folder holds another sweep.
    """
    network = build_network(world)
    job = plan_ensemble(scenario, world, draws=draws, seed=seed, as_of=as_of, network=network)
    check_manifest(folder, manifest_of(job, seed=seed, block=block, as_of=as_of))
    slices = job.slices(block)
    done = {part.start: read_block(block_path(folder, part)) for part in slices}
    missing = [part for part in slices if done[part.start] is None]
    count = draws - sum(part.stop - part.start for part in missing)
    found = count
    if progress:
        progress(count)
    run = run_on_dask(job, missing, address=dask) if dask else run_blocks(job, network, missing, processes=processes)
    for number, fresh in run:
        part = missing[number]
        write_block(block_path(folder, part), fresh)
        done[part.start] = fresh
        count += part.stop - part.start
        if progress:
            progress(count)
    blocks = [kept for part in slices if (kept := done[part.start]) is not None]
    ensemble = join_blocks(job, network, blocks, seed=seed)
    written = write_ensemble(ensemble, folder / "ensemble.nc")
    return Swept(ensemble, found, (folder / MANIFEST, written))


def manifest_of(job: Job, *, seed: int, block: int, as_of: dt.date | None) -> dict[str, Any]:
    """What makes two sweeps the same, but for the number of draws."""
    from standoff import __version__

    return {
        "version": __version__,
        "scenario": job.scenario.as_dict(),
        "world": job.world.name,
        "world_fingerprint": job.world.fingerprint,
        "numbers": len(job.ranges),
        "seed": seed,
        "block": block,
        "as_of": as_of.isoformat() if as_of else None,
    }


def check_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest of a new folder; hold it against that of an old one. Leavings of a kill are swept away."""
    folder.mkdir(parents=True, exist_ok=True)
    for left in folder.glob(f"*{UNFINISHED}"):
        left.unlink()
    path = folder / MANIFEST
    if not path.is_file():
        write_whole(path, json.dumps(manifest, ensure_ascii=False, indent=2).encode())
        return
    try:
        there = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise refuse(
            f"sweep in {folder}",
            why=f"{MANIFEST} cannot be read, so nobody knows what the blocks are of",
            cure="Give another folder with --out, or empty this one",
        ) from None
    different = sorted(key for key in manifest if there.get(key) != manifest[key])
    if different:
        raise refuse(
            f"sweep in {folder}",
            why=f"the folder holds another sweep: {', '.join(different)} differ",
            cure="Give another folder with --out, or the same question",
        )


def block_path(folder: Path, part: slice) -> Path:
    """File of a block."""
    return folder / f"block-{part.start:07d}-{part.stop:07d}.npz"


def write_block(path: Path, block: Block) -> None:
    """Write a block, whole or not at all."""
    buffer = io.BytesIO()
    arrays: dict[str, Any] = {**block.kept, CORRIDORS: np.array(block.corridors, dtype=np.int64)}
    np.savez(buffer, **arrays)
    write_whole(path, buffer.getvalue())


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the place and move it there: a kill leaves the old file or the new one. What a loss of power may do to a block is found
    by its checksums when it is read, so that nothing has to wait for the disk."""
    handle, name = tempfile.mkstemp(dir=path.parent, suffix=UNFINISHED)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    os.replace(name, path)


def read_block(path: Path) -> Block | None:
    """A block that is there and whole by its checksums, else None."""
    try:
        with np.load(io.BytesIO(path.read_bytes())) as content:
            arrays = {name: content[name] for name in content.files}
    except (OSError, ValueError, EOFError, zipfile.BadZipFile):
        return None
    corridors = [(int(p), int(o), int(d)) for p, o, d in arrays.pop(CORRIDORS)]
    return Block(arrays, corridors)


def run_on_dask(job: Job, slices: Sequence[slice], *, address: str) -> Iterator[tuple[int, Block]]:
    """Run blocks on the workers of a Dask scheduler, each with its number, in the order in which they are done."""
    try:
        distributed: Any = import_module("distributed")  # by name: it has no types and need not be there
    except ImportError:
        raise refuse(
            "--dask", why="Dask is not installed", cure="pip install 'standoff[dask]'", value=address
        ) from None
    with distributed.Client(address, timeout="20s") as client:
        everywhere = client.scatter(job, broadcast=True)
        waiting = {
            client.submit(_run_far, everywhere, part.start, part.stop, pure=False): number
            for number, part in enumerate(slices)
        }
        for finished in distributed.as_completed(list(waiting)):
            yield waiting[finished], finished.result()
            finished.release()


_NETWORKS: dict[str, Network] = {}
"""Networks that this worker has built, by fingerprint of their world."""


def _run_far(job: Job, start: int, stop: int) -> Block:
    network = _NETWORKS.get(job.world.fingerprint)
    if network is None:
        network = _NETWORKS.setdefault(job.world.fingerprint, build_network(job.world))
    return run_block(job, network, slice(start, stop))
