"""How many of our files and functions each of the main flows passes, beside its limit.

``pytest -s tests/bench/test_bench_flows.py`` prints a line per flow; with ``-v`` also what it passes, file by file.
"""

import httpx
import pytest

from tests.bench.passing import Passed
from tests.controller import village

LIMITS = {
    "POST a booking": (35, 200),
    "cancel a booking": (35, 200),
    "move a booking": (35, 200),
    "GET the diary": (35, 200),
    "key press to event sent": (35, 200),
    "event received to stored": (35, 200),
}
"""Flow -> most files, most functions."""


def report(request: pytest.FixtureRequest, flow: str, passed: Passed) -> None:
    files, functions = LIMITS[flow]
    print(f"\n{flow}: {len(passed.files)} files (limit {files}), {len(passed.functions)} functions (limit {functions})")
    if request.config.get_verbosity() > 0:
        for file in sorted(passed.files):
            print(f"  {file}: {', '.join(sorted(name for each, name in passed.functions if each == file))}")


@pytest.fixture
async def booking(client: httpx.AsyncClient) -> village.Json:
    """A furnished village that has served each kind of request once, and a booking of it."""
    await village.furnish(client)
    first = await village.book(client, starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    await village.change(client, first, starts="2026-11-27T18:30")
    await village.act(client, first, "cancel")
    return await village.book(client)


async def test_what_a_booking_passes(request: pytest.FixtureRequest, client: httpx.AsyncClient) -> None:
    await village.furnish(client)
    passed = Passed()
    with passed.recording():
        answer = await village.post(client)
    assert answer.status_code == 201
    report(request, "POST a booking", passed)
