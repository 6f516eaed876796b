"""The server of the page: one process, one address, no database, no network."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response

from standoff import __version__
from standoff.errors import InputError, ModelError, refuse
from standoff.web import page
from standoff.web.audits import Audits
from standoff.web.bands import Bands
from standoff.web.engine import Engine
from standoff.web.guard import Guard
from standoff.web.payload import run_id
from standoff.web.requests import RunRequest
from standoff.web.routes import api
from standoff.web.runs import Runs
from standoff.web.study_routes import studies


def create_app(*, hosts: tuple[str, ...], warm: bool = False) -> FastAPI:
    """The application.

    Args:
        hosts: Host headers that are answered, from `standoff.web.guard.allowed_hosts`.
        warm: make the first run before the first request, and start the workers.
    """

    @asynccontextmanager
    async def living(app: FastAPI) -> AsyncIterator[None]:
        engine, runs, bands = app.state.engine, app.state.runs, app.state.bands
        if warm:
            make_first_run(engine, runs)
            starting = asyncio.create_task(start_workers(runs, bands))
        yield
        if warm:
            starting.cancel()
        runs.close()
        bands.close()
        app.state.audits.cancel()

    app = FastAPI(
        title="standoff",
        version=__version__,
        summary="What runs out where and when, and what it costs each side.",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
        lifespan=living,
    )
    app.state.engine, app.state.runs, app.state.bands = Engine(), Runs(), Bands()
    app.state.audits = Audits()
    app.add_middleware(Guard, hosts=hosts)
    app.include_router(api)
    app.include_router(studies)
    app.add_exception_handler(InputError, _bad_input)
    app.add_exception_handler(ModelError, _no_run)
    app.add_exception_handler(RequestValidationError, _unreadable)
    app.add_exception_handler(Exception, _our_fault)

    @app.get("/", include_in_schema=False)
    def index(request: Request) -> Response:
        return page.respond("index.html", request)

    @app.get("/{path:path}", include_in_schema=False)
    def asset(path: str, request: Request) -> Response:
        return page.respond(path, request)

    return app


def make_first_run(engine: Engine, runs: Runs) -> None:
    """Make the run that every page begins with, here and now: its answer is kept, so that a page never waits for a worker to start."""
    scenario, world, network = engine.asked(RunRequest())
    runs.answers[run_id(scenario, world)] = engine.answer(scenario, world, network)


async def start_workers(runs: Runs, bands: Bands) -> None:
    """Start the worker that a lever needs, then those of the bands."""
    await runs.warm()
    bands.warm()


async def _bad_input(request: Request, error: Exception) -> Response:
    assert isinstance(error, InputError)
    return JSONResponse(error.as_dict(), status_code=400)


async def _no_run(request: Request, error: Exception) -> Response:
    """The model broke down with the numbers that were given."""
    refused = refuse("run", why=str(error), cure="Take numbers that lie nearer to their ranges")
    return JSONResponse(refused.as_dict(), status_code=400)


async def _unreadable(request: Request, error: Exception) -> Response:
    """A request that is not what the API describes, in the form of every other report."""
    assert isinstance(error, RequestValidationError)
    problems = [
        {
            "why": str(fault["msg"]),
            "cure": "See /api/openapi.json",
            "file": "",
            "row": None,
            "column": ".".join(str(part) for part in fault["loc"][1:]),
            "value": "",
        }
        for fault in error.errors()
    ]
    return JSONResponse({"error": "request", "problems": problems}, status_code=422)


async def _our_fault(request: Request, error: Exception) -> Response:
    """A fault of ours: the browser is told so, and nothing of how."""
    return JSONResponse(
        {"error": "A fault of ours. The server's own output says more.", "problems": []}, status_code=500
    )
