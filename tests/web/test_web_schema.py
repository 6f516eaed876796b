"""Whatever the description allows, the server answers: no fault of ours, no hang."""

from __future__ import annotations

import schemathesis
from hypothesis import HealthCheck, settings
from local_server import Server
from schemathesis.checks import not_a_server_error

from standoff.web.app import create_app

schema = schemathesis.openapi.from_dict(create_app(hosts=()).openapi())


@schema.parametrize()
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
def test_no_request_brings_the_server_down(case: schemathesis.Case, server: Server) -> None:
    response = case.call(base_url=server.address.rstrip("/"), timeout=30)
    case.validate_response(response, checks=[not_a_server_error])
    assert b"Traceback" not in response.content
