"""The log of the controller is not filled by what one edge has refused, and its lines name what they are about."""

import logging
import re
import subprocess
import sys

import pytest

from controller.platform.text.request_id import RequestFilter, request_id
from edge.wire.log_format import AN_HOUR
from tests.controller.running import signed_in, stranger
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"

FLOOD = """
from controller.platform.text.log_format import set_up_logging
from controller.telemetry.envelope_verifier import EnvelopeVerifier

set_up_logging()
gate = EnvelopeVerifier()
for edge in ("main", "other"):
    for number in range(500):
        gate.refuse("ramsey", edge, "malformed", f"message {number}")
gate.refuse("ramsey", "main", "bad_signature", "another")
assert gate.take_counts()["ramsey", "main", "malformed"] == 500
"""


def test_refusals_over_and_over_are_counted_and_told_a_few_times_an_hour() -> None:
    done = subprocess.run([sys.executable, "-c", FLOOD], capture_output=True, text=True, check=True, timeout=60)
    lines = [line for line in done.stderr.splitlines() if "was refused" in line]
    assert len(lines) == 2 * AN_HOUR + 1
    assert sum("edge=other" in line for line in lines) == AN_HOUR
    assert "kind=bad_signature" in lines[-1]


@pytest.mark.parametrize(
    ("header", "used"),
    [
        (f"00-{TRACE}-00f067aa0ba902b7-01", True),
        (f"cc-{TRACE}-00f067aa0ba902b7-01-what-comes-later", True),
        (f"00-{'0' * 32}-00f067aa0ba902b7-01", False),
        (f"00-{TRACE.upper()}-00f067aa0ba902b7-01", False),
        (f"00-{TRACE}-00f067aa0ba902b7-01\nERROR another line", False),
        ("", False),
    ],
)
def test_a_request_keeps_the_trace_id_that_it_came_with(header: str, used: bool) -> None:
    """W3C Trace Context, 3.2; whatever else is sent there gets into no log."""
    found = request_id(header.encode())
    assert (found == TRACE) is used
    assert re.fullmatch(r"[0-9a-f]{32}", found)


async def test_a_request_a_plan_and_its_edge_are_found_by_one_id(
    hub: Hub, edge: FakeEdge, caplog: pytest.LogCaptureFixture
) -> None:
    """In one process; tests/faults/test_log_ids.py does it with real ones."""
    caplog.handler.addFilter(RequestFilter())
    caplog.set_level(logging.INFO, "controller")
    async with signed_in(hub.app) as client:
        body = {"space": "hall", "title": "Choir", "starts": "2026-11-25T18:00", "ends": "2026-11-25T19:00"}
        headers = {"traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        answer = await client.post("/api/v1/sites/ramsey/bookings", json=body, headers=headers)
    assert (answer.status_code, answer.headers["x-request-id"]) == (201, TRACE)

    def lines(message: str) -> list[dict[str, object]]:
        found = [vars(each) for each in caplog.records if each.getMessage() == message]
        return [each for each in found if TRACE in (each.get("request"), *each.get("requests", ()))]

    async def carried_out() -> bool:
        return bool(lines("An edge carries out a plan"))

    await eventually(carried_out, what="the edge carries out the plan of the request")
    assert lines("Published a plan")[0]["plan"] == lines("An edge carries out a plan")[0]["plan"]
    assert lines("A request was answered")
    assert (await client_answer_without_header(hub)) != TRACE


async def client_answer_without_header(hub: Hub) -> str:
    async with stranger(hub.app) as client:
        return str((await client.get("/healthz")).headers["x-request-id"])
