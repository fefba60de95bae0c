"""Whatever is sent to any route, it is answered and never a fault; what is refused is a problem that says why, and
leaves nothing behind."""

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack

import httpx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from controller.app.container import Container
from controller.people.passwords import Passwords
from controller.platform.settings import Settings
from tests.controller.clock import ManualClock
from tests.controller.counting import row_counts
from tests.controller.running import running, signed_in
from tests.controller.village import API, SITE, Json, book, furnish
from tests.fuzz.effort import examples
from tests.property.api_requests import Maker, Request

EXAMPLES = examples(2)
"""Requests to each route, on each database."""
NOT_WALKED = frozenset({("delete", "/api/v1/session"), ("get", "/readyz")})
"""One would sign the walk out, the other tells that no broker is there."""
NO_SUCH_ROUTE = frozenset({404, 405})
"""What a path of odd characters may lead to, whatever the route says of itself."""


class Walk:
    """A furnished controller, and a client that is its first user."""

    def __init__(
        self, runner: asyncio.Runner, container: Container, client: httpx.AsyncClient, document: Json, maker: Maker
    ) -> None:
        self.document = document
        self.maker = maker
        self._runner = runner
        self._container = container
        self._client = client
        self._rows: dict[str, int] | None = None

    def rows(self) -> dict[str, int]:
        """Counted once between two requests."""
        if self._rows is None:
            self._rows = self._runner.run(row_counts(self._container))
        return self._rows

    def send(self, request: Request) -> httpx.Response:
        self._rows = None
        sent = self._client.request(
            request.method, request.path, params=request.query, headers=request.headers, content=request.body
        )
        return self._runner.run(sent)


@pytest.fixture
def walk(any_settings: Settings, clock: ManualClock, passwords: Passwords) -> Iterator[Walk]:
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def enter() -> Walk:
            app = await stack.enter_async_context(running(any_settings, clock, passwords))
            client = await stack.enter_async_context(signed_in(app))
            document = app.openapi()
            return Walk(runner, app.state.container, client, document, Maker(document, await _furnished(client)))

        try:
            yield runner.run(enter())
        finally:
            runner.run(stack.aclose())


async def _furnished(client: httpx.AsyncClient) -> dict[str, tuple[str, ...]]:
    """Something of every kind, and its ids."""
    await furnish(client)
    await client.put(f"{API}/sites/{SITE}/equipment/chair", json={"name": "Chair", "count": 40})
    await client.put(f"{API}/parties/choir", json={"kind": "group", "name": "Choir"})
    made = await book(client, party="choir", equipment={"chair": 3})
    series = {
        "space": "studio",
        "title": "Yoga",
        "first_starts": "2026-12-01T18:00",
        "first_ends": "2026-12-01T19:00",
        "rule": "FREQ=WEEKLY;COUNT=4",
    }
    weekly = await client.post(f"{API}/sites/{SITE}/series", json=series)
    wish = {"space": "hall", "title": "Drama", "starts": "2026-11-26T18:30", "ends": "2026-11-26T19:30"}
    waiting = await client.post(f"{API}/sites/{SITE}/waiting", json=wish)
    link = await client.post(f"{API}/subscriptions", json={"site": SITE})
    user = {"name": "Bo", "password": "a long password", "assignments": [{"role": "group_leader", "party": "choir"}]}
    added = await client.post(f"{API}/users", json=user)
    assert {weekly.status_code, waiting.status_code, link.status_code, added.status_code} == {201}, weekly.text
    return {
        "site": (SITE,),
        "space": ("hall", "studio", "yard"),
        "door": ("front-door",),
        "edge": ("pi-front",),
        "party": ("choir",),
        "booking_id": (made["id"],),
        "series_id": (weekly.json()["id"],),
        "wait_id": (waiting.json()["id"],),
        "subscription_id": (link.json()["id"],),
        "user_id": (added.json()["id"],),
    }


@pytest.mark.cases_full
def test_no_request_is_ever_a_fault(walk: Walk) -> None:
    for path, operations in walk.document["paths"].items():
        for method, operation in operations.items():
            if (method, path) not in NOT_WALKED:
                told = {int(each) for each in operation["responses"]}
                _walk_through(walk, walk.maker.request(method, path, operation), told | NO_SUCH_ROUTE)


def _walk_through(walk: Walk, requests: st.SearchStrategy[Request], told: set[int]) -> None:
    @settings(max_examples=EXAMPLES, database=None, suppress_health_check=list(HealthCheck))
    @given(requests)
    def each(request: Request) -> None:
        before = walk.rows()
        answer = walk.send(request)
        assert answer.status_code < 500, answer.text
        assert answer.status_code in told, f"answers {answer.status_code}, which its description leaves out"
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"]
            assert walk.rows() == before

    each()
