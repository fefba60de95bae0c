"""How many of our files and functions each of the main flows passes, beside its limit: the way that a reader follows.

``pytest -s tests/bench/test_bench_flows.py`` prints a line per flow, with ``-v`` also what it passes, file by file.
What is kept in memory, such as a site's configuration, is there already: each flow has been gone through before.
"""

import asyncio
from contextlib import nullcontext

import httpx
import pytest

from controller.app.container import Container
from controller.enrolment.repository import live_keys
from edge.wire.access_decision import Reason
from edge.wire.events import AccessData
from tests.bench.passing import Passed
from tests.controller import village
from tests.controller.enrolment.trusting import trust
from tests.controller.telemetry.speaking import Speaker, event
from tests.edge.hall import ZERO, Hall, grant, with_hall
from tests.eventually import eventually

LIMITS = {
    "POST a booking": (35, 200),
    "move a booking": (30, 188),
    "GET a day of the diary": (22, 103),
    "cancel a booking": (23, 139),
    "last key to event sent": (22, 112),
    "event received to stored": (13, 69),
}
"""Flow -> most files, most functions."""


def report(request: pytest.FixtureRequest, flow: str, passed: Passed) -> None:
    """Print what was passed."""
    files, functions = LIMITS[flow]
    print(f"\n{flow}: {len(passed.files)} files (limit {files}), {len(passed.functions)} functions (limit {functions})")
    if request.config.get_verbosity() > 0:
        for file in sorted(passed.files):
            print(f"  {file}: {', '.join(name for each, name in sorted(passed.functions) if each == file)}")


async def test_what_a_booking_passes(request: pytest.FixtureRequest, client: httpx.AsyncClient) -> None:
    await village.furnish(client)
    first = await village.book(client, starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    await village.change(client, first, starts="2026-11-27T18:30")
    await village.act(client, first, "cancel")
    passed = Passed()
    with passed.recording():
        answer = await village.post(client)
    assert answer.status_code == 201
    report(request, "POST a booking", passed)
    for flow, method, path, body in (
        ("move a booking", "PATCH", f"/bookings/{answer.json()['id']}", {"starts": "2026-11-26T18:30"}),
        ("GET a day of the diary", "GET", "/sites/ramsey/bookings?from=2026-11-26&to=2026-11-27", None),
        ("cancel a booking", "POST", f"/bookings/{answer.json()['id']}/cancel", None),
    ):
        passed = Passed()
        with passed.recording():
            answered = await client.request(method, f"{village.API}{path}", json=body)
        assert answered.is_success
        report(request, flow, passed)


def test_what_a_code_at_the_door_passes(request: pytest.FixtureRequest) -> None:
    passed = Passed()

    async def act(hall: Hall) -> None:
        await hall.send_codes(1, grant("482913", ZERO, ZERO.replace(hour=23)))
        for code in ("482913", "48291"):
            await hall.enter(code)
        before = len(hall.data(AccessData))
        with passed.recording():
            await hall.press(3)
            await hall.until(lambda: len(hall.data(AccessData)) > before)

    with_hall(act)
    report(request, "last key to event sent", passed)


async def test_what_an_event_passes(
    request: pytest.FixtureRequest, client: httpx.AsyncClient, container: Container
) -> None:
    await village.furnish(client)
    speaker = Speaker(edge="pi-front")
    await trust(container, "ramsey", "pi-front", speaker.public_key)
    async with container.database.read() as tx:
        container.mqtt.verifier.load(await live_keys(tx))
    ingest, passed = container.mqtt.ingest, Passed()

    async def idle() -> bool:
        return not ingest.busy

    running = asyncio.create_task(ingest.run())
    for seq in (1, 2):
        data = AccessData(door="front-door", granted=True, reason=Reason.GRANTED)
        with passed.recording() if seq == 2 else nullcontext():
            ingest.offer("ramsey", "pi-front", speaker.batch([event(seq, data, device="front-door")]))
            await eventually(idle, what="the event is stored")
    running.cancel()
    report(request, "event received to stored", passed)
