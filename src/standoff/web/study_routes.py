"""What the server answers about studies: claims and back-tests."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from standoff.web import audits, backtests, study_answers
from standoff.web.audits import Audits
from standoff.web.routes import LONGEST_WAIT, REFUSED, answer_json

LOOK_EVERY = 0.1

studies = APIRouter(prefix="/api", responses=REFUSED)
EpisodeName = Annotated[str, Query(max_length=80)]


def audits_of(request: Request) -> Audits:
    found: Audits = request.app.state.audits
    return found


@studies.get("/claims", response_model=list[study_answers.ClaimAnswer])
def claims() -> Response:
    """Claims in paraphrase, each with what research found. Nothing here is computed."""
    return answer_json(audits.claim_list())


@studies.post("/claims/audit", response_model=study_answers.AuditAnswer, status_code=202)
async def begin_audit(request: Request) -> Response:
    """Begin to work out what the model says of each claim; a second request joins the first."""
    answer = answer_json(await run_in_threadpool(audits_of(request).begin))
    answer.status_code = 202
    return answer


@studies.get("/claims/audit", response_model=study_answers.AuditAnswer)
async def look_at_audit(request: Request, wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT)] = 0.0) -> Response:
    """How far the audit is; waits up to ``wait`` seconds for its end."""
    found = audits_of(request)
    for _ in range(int(wait / LOOK_EVERY)):
        if found.look()["state"] != "running":
            break
        await asyncio.sleep(LOOK_EVERY)
    return answer_json(found.look())


@studies.delete("/claims/audit", status_code=204)
def cancel_audit(request: Request) -> Response:
    """Stop the audit."""
    audits_of(request).cancel()
    return Response(status_code=204)


@studies.get("/backtests", response_model=list[study_answers.EpisodeAnswer])
def backtest_list() -> Response:
    """Episodes that ship."""
    return answer_json(backtests.episodes())


@studies.get("/backtests/{name}", response_model=study_answers.BacktestAnswer)
def backtest(name: str) -> Response:
    """What is frozen of an episode: charts, sentences and tables."""
    return answer_json(backtests.frozen_view(name))


@studies.post(
    "/upload/observed",
    response_model=study_answers.BacktestAnswer,
    openapi_extra={"requestBody": {"content": {"text/csv": {}}}},
)
async def upload_observed(request: Request, episode: EpisodeName = "magnets-2025") -> Response:
    """Hold an episode's frozen forecasts against a file of later rows. Nothing of it is kept."""
    return answer_json(await run_in_threadpool(backtests.observed_view, episode, await request.body()))
