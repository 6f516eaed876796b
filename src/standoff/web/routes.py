"""What the server answers under /api. Each route reads a request, asks one function, and writes what it says."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from standoff import __version__
from standoff.model.rulesets import SETS
from standoff.simulate.scenario import read_scenario, shipped_scenarios
from standoff.web import answers, downloads, shipments, uploads, world_data
from standoff.web.bands import Bands
from standoff.web.engine import Engine, as_json
from standoff.web.levers import levers
from standoff.web.payload import run_id
from standoff.web.requests import BandRequest, DownloadRequest, RunRequest, Shipment
from standoff.web.runs import Runs, Superseded
from standoff.world.tables import bundled_worlds

REFUSED: dict[int | str, dict[str, Any]] = {
    400: {"model": answers.Refusal, "description": "Everything that is wrong with the request"},
    422: {"model": answers.Refusal, "description": "A request that cannot be read"},
}
LONGEST_WAIT = 5.0
LOOK_EVERY = 0.02
JobNumber = Annotated[int, Path(ge=1, le=2**53)]
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "netcdf": "application/x-netcdf",
    "scenario": "application/yaml; charset=utf-8",
    "report": "text/html; charset=utf-8",
}
SUFFIX = {"csv": "csv", "netcdf": "nc", "scenario": "yaml", "report": "html"}

api = APIRouter(prefix="/api", responses=REFUSED)


def engine_of(request: Request) -> Engine:
    engine: Engine = request.app.state.engine
    return engine


def runs_of(request: Request) -> Runs:
    runs: Runs = request.app.state.runs
    return runs


def bands_of(request: Request) -> Bands:
    bands: Bands = request.app.state.bands
    return bands


def answer_json(content: bytes | Any) -> Response:
    """Plain values, or JSON that is written already, as an answer."""
    body = content if isinstance(content, bytes) else as_json(content)
    return Response(body, media_type="application/json", headers={"cache-control": "no-store"})


@api.get("/start", response_model=answers.Start)
def start() -> Response:
    """Scenarios, worlds and levers."""
    found = [read_scenario(name) for name in shipped_scenarios()]
    return answer_json(
        {
            "version": __version__,
            "scenarios": [
                {
                    "name": each.name,
                    "title": each.title.model_dump(),
                    "summary": each.summary.model_dump(),
                    "world": each.world,
                }
                for each in found
            ],
            "worlds": list(bundled_worlds()),
            "levers": levers(),
            "rule_sets": SETS,
        }
    )


@api.post("/run", response_model=answers.Run, responses={409: {"description": "A newer request of the same page wins"}})
async def run(asked: RunRequest, request: Request) -> Response:
    """Run a scenario on the full model."""
    engine, runs = engine_of(request), runs_of(request)
    number = runs.announce(asked.client) if asked.client else 0
    scenario, world, _ = await run_in_threadpool(engine.asked, asked)
    named = engine.named(asked.world or scenario.world)
    try:
        return answer_json(
            await runs.run(scenario, named, key=run_id(scenario, world), client=asked.client, number=number)
        )
    except Superseded:
        return Response(status_code=409)


@api.post("/bands", response_model=answers.JobAnswer, status_code=202)
async def begin_bands(asked: BandRequest, request: Request) -> Response:
    """Begin many draws in the worker; ask for them under the number that comes back."""
    engine = engine_of(request)
    scenario = (await run_in_threadpool(engine.asked, asked))[0]
    world = engine.named(asked.world or scenario.world)
    job = bands_of(request).begin(scenario, world, draws=asked.draws, seed=asked.seed, client=asked.client)
    answer = answer_json({"job": job.number, "state": "running", "draws": job.draws, "done": 0, "bands": None})
    answer.status_code = 202
    return answer


@api.get("/bands/{job}", response_model=answers.JobAnswer)
async def look_at_bands(
    job: JobNumber, request: Request, wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0.0
) -> Response:
    """How far the draws are; waits up to ``wait`` seconds for their end."""
    bands = bands_of(request)
    for _ in range(int(wait / LOOK_EVERY)):
        if bands.look(job)["state"] != "running":
            break
        await asyncio.sleep(LOOK_EVERY)
    return answer_json(bands.look(job))


@api.delete("/bands/{job}", status_code=204)
def cancel_bands(job: JobNumber, request: Request) -> Response:
    """Stop a job of draws."""
    bands_of(request).cancel(job)
    return Response(status_code=204)


@api.get("/worlds/{name}", response_model=answers.Outline)
def world_outline(name: str, request: Request) -> Response:
    """Names of everything in a world."""
    return answer_json(world_data.outline(engine_of(request).world(name)[0]))


@api.get("/worlds/{name}/tables/{table}", response_model=answers.TablePage)
def world_table(
    name: str,
    table: str,
    request: Request,
    search: Annotated[str, Query(max_length=100)] = "",
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> Response:
    """Numbers of a table with range, status and source."""
    world = engine_of(request).world(name)[0]
    return answer_json(world_data.table_page(world, table=table, search=search, offset=offset))


@api.get("/measures", response_model=list[answers.MeasureName])
def measures() -> Response:
    """Measures of the register."""
    return answer_json(shipments.measure_list())


@api.post("/determine", response_model=answers.Determined)
def determine(shipment: Shipment) -> Response:
    """What a shipment meets on a day, and on other days."""
    return answer_json(shipments.determine_shipment(shipment))


@api.post("/download", response_class=Response, responses={200: {"content": {each: {} for each in MEDIA.values()}}})
def download(asked: DownloadRequest, request: Request) -> Response:
    """A run as a table, as netCDF, as the scenario file, or as the report that the command line writes."""
    engine = engine_of(request)
    scenario, world, _ = engine.asked(asked)
    name = f"standoff-{scenario.name}-{run_id(scenario, world)}.{SUFFIX[asked.kind]}"
    if asked.kind == "scenario":
        content: bytes = downloads.scenario_yaml(scenario).encode()
    elif asked.kind == "csv":
        content = downloads.result_csv(engine.result(asked)).encode()
    elif asked.kind == "report":
        content = downloads.report_html(engine.result(asked), asked.language).encode()
    else:
        content = bytes(engine.result(asked).dataset.to_netcdf(engine="h5netcdf"))
    headers = {"content-disposition": f'attachment; filename="{name}"', "cache-control": "no-store"}
    return Response(content, media_type=MEDIA[asked.kind], headers=headers)


@api.post(
    "/upload/scenario",
    response_model=answers.Uploaded,
    openapi_extra={"requestBody": {"content": {"application/yaml": {}}}},
)
async def upload_scenario(request: Request) -> Response:
    """Read a scenario file; the answer is what to run."""
    return answer_json(await run_in_threadpool(uploads.read_uploaded_scenario, await request.body()))


@api.post(
    "/upload/world",
    response_model=answers.Outline,
    openapi_extra={"requestBody": {"content": {"application/octet-stream": {}}}},
)
async def upload_world(request: Request) -> Response:
    """Read a world; it stays in memory under the id that comes back."""
    world = await run_in_threadpool(uploads.read_uploaded_world, await request.body())
    engine = engine_of(request)
    name = await run_in_threadpool(engine.keep_world, world)
    return answer_json({**world_data.outline(world), "world": name})
