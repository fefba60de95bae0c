"""Members held against a library system by SIP2: our side against pysip2's server, which is not ours."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import httpx
import pytest

from controller.access.members.library_check import LibraryCheck
from controller.access.members.sip2 import (
    LONGEST,
    Patron,
    Sip2Error,
    Sip2Line,
    ask_about,
    checksum,
    opened,
    patron_of,
    sealed,
)
from controller.app.container import Container
from controller.platform.settings import Sip2Server
from edge.wire.credentials import Presented
from tests.controller.access.asking import ask
from tests.controller.access.test_members import ADA, send
from tests.controller.running import NOW
from tests.controller.village import API
from tests.services.library import PASSWORD, USER

BEN = "D400,8351,1980-01-01,,no,,2026-11-01,"
STATUS = " " * 14
ROOT = Path(__file__).parents[3]


@asynccontextmanager
async def library(**patrons: str | None) -> AsyncIterator[Sip2Server]:
    """A library system that knows these numbers, each with its patron status; ``None``: it is not valid."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.services.library",
        json.dumps(patrons),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        yield Sip2Server(host="127.0.0.1", port=port, username=USER, password=PASSWORD, institution="CCC")
    finally:
        process.stdin.close()
        await process.wait()


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("D1", Patron(known=True)),
        ("D2", Patron(known=True, blocked=True)),
        ("D3", Patron(known=True, blocked=True)),
        ("D4", Patron(known=False)),
        ("D9", Patron(known=False)),
        ("D1|AAD2", Patron(known=False)),
    ],
)
async def test_a_number_is_known_blocked_or_neither(number: str, expected: Patron) -> None:
    known: dict[str, str | None] = {"D1": STATUS, "D2": "Y" + STATUS[1:], "D3": "    Y" + STATUS[5:], "D4": None}
    async with library(**known) as server, Sip2Line(server) as line:
        assert await line.patron(number, NOW) == expected
        assert await line.patron("D1", NOW) == Patron(known=True)


@pytest.mark.cases_full
async def test_people_blocked_or_unknown_in_the_library_are_suspended_until_that_is_lifted(
    village: httpx.AsyncClient, container: Container
) -> None:
    await send(village, f"{ADA}\n{BEN}")
    ada, ben = Presented(card="bar:D100200300", digits="2749"), Presented(card="bar:D400", digits="8351")

    async def check(**known: str | None) -> tuple[int, int, bool, bool]:
        async with library(**known) as server:
            done = await LibraryCheck(container.members, container.clock, server).check(actor="x")
        let_in = [(await ask(container, each, NOW)).granted for each in (ada, ben)]
        return done.asked, done.changed, let_in[0], let_in[1]

    good: dict[str, str | None] = {"D100200300": STATUS, "D400": STATUS}
    assert await check(**good) == (2, 0, True, True)
    assert await check(**(good | {"D400": "Y" + STATUS[1:]})) == (2, 1, True, False)
    assert await check(D400=STATUS) == (2, 2, False, True)
    assert await check(**good) == (2, 1, True, True)


async def test_a_wrong_password_and_a_silent_port_are_reported_as_such() -> None:
    async with library() as server:
        wrong = Sip2Server(host=server.host, port=server.port, username="hall", password="x")
        with pytest.raises(Sip2Error, match="refuses the login"):
            async with Sip2Line(wrong):
                pass
    with pytest.raises(Sip2Error, match="nothing answers"):
        async with Sip2Line(server):
            pass


async def test_without_a_library_system_the_controller_says_so(village: httpx.AsyncClient) -> None:
    answer = await village.post(f"{API}/members/check")
    assert (answer.status_code, "[sip2]" in answer.json()["detail"]) == (409, True)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (b"", "closed the connection"),
        (b"\r", "without checksums"),
        (b"941AY0AZ0000\r", "damaged"),
        (sealed("941", 1), "a different question"),
        (b"x" * (LONGEST + 1) + b"\r", "longer than"),
        (sealed("940", 0), "refuses the login"),
        (sealed("64", 0), "refuses the login"),
        (b"\xff\xfeAY0AZ\xff\xff\xff\xff\r", "damaged"),
    ],
)
async def test_an_answer_counts_only_with_its_checksum(answer: bytes, why: str) -> None:
    async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r")
        writer.write(answer)
        await writer.drain()
        writer.close()

    peer = await asyncio.start_server(reply, "127.0.0.1", 0)
    async with peer:
        port = peer.sockets[0].getsockname()[1]
        with pytest.raises(Sip2Error, match=why):
            async with Sip2Line(Sip2Server(host="127.0.0.1", port=port, username="hall")):
                pass


def test_the_checksum_is_that_of_the_standard() -> None:
    """The example of the protocol's appendix: 9900302.00 with its checksum."""
    assert sealed("9900302.00", 1) == b"9900302.00AY1AZFCA5\r"
    assert checksum(b"9900302.00AY1AZ") == "FCA5"
    assert opened(b"9900302.00AY1AZFCA5\r", 1) == "9900302.00"


def test_what_most_systems_add_of_birth_and_expiry_is_read() -> None:
    fixed = "64" + STATUS + "001" + "20261125    120000" + "0000" * 6
    found = patron_of(f"{fixed}AOCCC|AAD1|AEAda|BLY|PB19900501|PA20270630    235900|ZZ|")
    assert found == Patron(known=True, born=date(1990, 5, 1), expires=date(2027, 6, 30))
    assert patron_of(f"{fixed}AOCCC|AAD1|AEAda|BLY|PBunknown|PA|").born is None
    with pytest.raises(Sip2Error):
        patron_of("64short")


def test_a_question_has_the_standards_form() -> None:
    server = Sip2Server(host="h", institution="CCC")
    assert ask_about(server, "D1", NOW).startswith("63001")
    assert ask_about(server, "D1", NOW)[5:23] == f"{NOW:%Y%m%d    %H%M%S}"
    assert ask_about(server, "D1", NOW)[33:] == "AOCCC|AAD1|AC|AD|"
