"""What one client may hold of the web server, on a real socket: others are answered whatever it does."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi import FastAPI
from websockets.asyncio.client import connect

from controller.platform.web.connection_limits import Bounds
from tests.controller.serving import serving
from tests.eventually import eventually

GET = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"
HALF = (
    b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 90\r\n\r\n{"
)
QUICK = Bounds(head_s=0.3, stall_s=0.3, linger_s=0.3, sweep_every_s=0.05)


class Caller:
    """A TCP connection by hand. ``source``: the address that it comes from."""

    def __init__(self, address: str, *, source: str = "127.0.0.1") -> None:
        self._place = urlsplit(address).hostname, urlsplit(address).port
        self._source = source
        self.reader: asyncio.StreamReader
        self.writer: asyncio.StreamWriter

    async def __aenter__(self) -> "Caller":
        self.reader, self.writer = await asyncio.open_connection(*self._place, local_addr=(self._source, 0))
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.transport.abort()

    async def say(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def hears(self) -> bytes:
        """All until the server closes; empty where it has cut the connection."""
        try:
            return await asyncio.wait_for(self.reader.read(), 30)
        except ConnectionResetError:
            return b""

    async def is_answered(self) -> bool:
        await self.say(GET)
        head = await asyncio.wait_for(self.reader.readuntil(b"\r\n\r\n"), 30)
        await self.reader.readexactly(int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]))
        return head.startswith(b"HTTP/1.1 200 ")


async def somebody_is_answered(address: str) -> bool:
    async with Caller(address) as caller:
        return await caller.is_answered()


@asynccontextmanager
async def callers(address: str, count: int, *, source: str = "127.0.0.1") -> AsyncIterator[list[Caller]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(Caller(address, source=source)) for _ in range(count)]


async def test_a_head_without_end_is_refused_after_a_few_pieces(app: FastAPI) -> None:
    async with serving(app) as address, Caller(address) as caller:
        await caller.say(b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ")
        sent = 0
        try:
            while sent < 60_000_000:
                await caller.say(b"a" * 16_384)
                sent += 16_384
        except ConnectionError:
            pass
        assert sent < 8_000_000  # what the kernel's buffers took of it
        assert await somebody_is_answered(address)


@pytest.mark.parametrize(
    "head",
    [
        b"X-A: b\r\n" * 200,
        b"X-A: " + b"b" * 40_000 + b"\r\n",
        (b"X-A: " + b"b" * 5_000 + b"\r\n") * 8,
    ],
)
async def test_a_head_that_is_too_large_is_refused(app: FastAPI, head: bytes) -> None:
    async with serving(app) as address, Caller(address) as caller:
        await caller.say(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n")
        assert (await caller.hears()).startswith(b"HTTP/1.1 431 ")


async def test_a_head_of_usual_size_may_come_in_pieces(app: FastAPI) -> None:
    head = (
        b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        + (b"Cookie: " + b"c" * 2_000 + b"\r\n") * 12
    )
    async with serving(app) as address, Caller(address) as caller:
        for at in range(0, len(head), 1_000):
            await caller.say(head[at : at + 1_000])
            await asyncio.sleep(0.001)
        await caller.say(b"\r\n")
        assert (await caller.hears()).startswith(b"HTTP/1.1 200 ")


async def test_what_is_no_http_is_refused(app: FastAPI) -> None:
    async with serving(app) as address, Caller(address) as caller:
        await caller.say(b"\x16\x03\x01\x02\x00\x01\x00")
        assert (await caller.hears()).startswith(b"HTTP/1.1 400 ")


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: loc", b"HTTP/1.1 408 "),
        (HALF, b"HTTP/1.1 408 "),
        (GET + b"GET / HT", b"HTTP/1.1 200 "),
    ],
)
async def test_a_request_that_does_not_go_on_is_dropped(app: FastAPI, said: bytes, heard: bytes) -> None:
    async with serving(app, QUICK) as address, Caller(address) as caller:
        await caller.say(said)
        assert (await caller.hears()).startswith(heard)


async def test_a_body_that_goes_on_slowly_is_taken(app: FastAPI) -> None:
    bounds = Bounds(stall_s=3.0, sweep_every_s=0.05)  # far above a step, on a busy machine too
    async with serving(app, bounds) as address, Caller(address) as caller:
        await caller.say(HALF)
        for _ in range(16):
            await asyncio.sleep(0.2)
            await caller.say(b" ")
        await caller.say(b" " * 72 + b"}")
        assert (await caller.reader.readline()).startswith(b"HTTP/1.1 422 ")


async def test_who_goes_on_sending_after_the_answer_is_dropped(app: FastAPI) -> None:
    async with serving(app, QUICK) as address, Caller(address) as caller:
        await caller.say(b"POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 900000000\r\n\r\n")
        assert (await caller.reader.readline()).startswith(b"HTTP/1.1 413 ")

        async def cut() -> bool:
            try:
                await caller.say(b" " * 65_536)
            except ConnectionError:
                return True
            return caller.writer.is_closing()

        await eventually(cut, what="the connection is cut")


async def test_three_hundred_requests_half_sent_keep_nobody_out(app: FastAPI) -> None:
    async with serving(app, Bounds(most=200)) as address, callers(address, 300) as half:
        for caller in half:
            await caller.say(HALF)
        assert await somebody_is_answered(address)


@pytest.mark.cases_full
async def test_more_open_sockets_than_there_may_be_keep_nobody_out(
    app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    bounds = Bounds(most=200, sweep_every_s=0.05)
    async with serving(app, bounds) as address, callers(address, 500) as silent:
        assert await somebody_is_answered(address)
        assert [await each.hears() for each in silent[:300]] == [b""] * 300  # the oldest went

        async def told() -> bool:
            return "Connections were dropped" in caplog.messages

        await eventually(told, what="it is logged")
        assert vars(caplog.records[-1])["gave_way_to_a_new_connection"] > 0


async def test_an_address_has_its_share_and_a_proxy_all(app: FastAPI) -> None:
    async with (
        serving(app, Bounds(most_of_one=5)) as address,
        callers(address, 20) as proxied,
        callers(address, 8, source="127.0.0.2") as one,
    ):
        assert await one[7].is_answered()
        assert [await each.hears() for each in one[:3]] == [b""] * 3
        assert await one[3].is_answered()
        for each in proxied:
            assert await each.is_answered()


async def test_what_is_being_answered_never_gives_way(app: FastAPI) -> None:
    begun, go = asyncio.Event(), asyncio.Event()

    @app.get("/slow")
    async def slow() -> dict[str, str]:
        begun.set()
        await go.wait()
        return {"status": "done"}

    app.router.routes.insert(0, app.router.routes.pop())
    async with serving(app, Bounds(most=2)) as address, Caller(address) as caller:
        await caller.say(b"GET /slow HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        await begun.wait()
        async with callers(address, 10):
            assert await somebody_is_answered(address)
        go.set()
        assert b"done" in await caller.hears()


async def test_a_screen_counts_as_long_as_it_is_open(app: FastAPI, village: httpx.AsyncClient) -> None:
    headers = {"Authorization": village.headers["Authorization"]}
    async with serving(app, Bounds(most=1)) as address:
        url = f"{address.replace('http', 'ws')}/api/v1/live?site=ramsey"
        async with connect(url, additional_headers=headers), Caller(address) as caller:
            assert await caller.hears() == b""

        async def again() -> bool:
            try:
                return await somebody_is_answered(address)
            except (ConnectionError, asyncio.IncompleteReadError):
                return False

        await eventually(again, what="there is room again")


async def test_several_requests_sent_at_once_are_answered_in_their_order(app: FastAPI) -> None:
    async with serving(app) as address, Caller(address) as caller:
        await caller.say(GET * 3 + GET.replace(b"Host", b"Connection: close\r\nHost"))
        assert (await caller.hears()).count(b"HTTP/1.1 200 ") == 4


def test_the_address_of_a_test_is_not_that_of_a_proxy() -> None:
    """Loopback has more than one address here, or the tests above say nothing."""
    with socket.create_server(("127.0.0.2", 0)) as server:
        assert server.getsockname()[0] == "127.0.0.2"
