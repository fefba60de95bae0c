"""SIP2, the protocol of library systems: the part needed to ask about one member after another.

3M Standard Interchange Protocol 2.00: a login (93), then a patron information request (63) for each card number. Lines
end in CR; each has a sequence number and a checksum (AY, AZ), and an answer whose checksum is wrong is not believed.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from datetime import UTC, date, datetime
from types import TracebackType

import msgspec

from controller.platform.settings import Sip2Server

PATIENCE_S = 10.0
"""How long an answer may take."""
LONGEST = 16_384
"""Longest answer, in bytes."""
_FIXED = 61
"""Letters of a patron information response before its fields: code, status, language, date, six counts."""
_STATUS = 14


class Sip2Error(Exception):
    """The library system does not answer, or not as SIP2 says; the text is a sentence that says what to do."""


class Patron(msgspec.Struct, frozen=True, kw_only=True):
    """What the library system says about a card number. ``known``: it is one of theirs. ``blocked``: charging is
    denied, or the card was reported lost. ``born`` and ``expires``: where it sends them (PB and PA, as most systems
    do)."""

    known: bool
    blocked: bool = False
    born: date | None = None
    expires: date | None = None


def checksum(text: bytes) -> str:
    """The four digits after AZ: with them the sum of all bytes is zero."""
    return f"{-sum(text) & 0xFFFF:04X}"


def sealed(body: str, number: int) -> bytes:
    """A line with its sequence number and checksum. What SIP2 has no place for becomes a question mark."""
    text = f"{body}AY{number % 10}AZ".encode("latin-1", "replace")
    return text + checksum(text).encode() + b"\r"


def opened(line: bytes, number: int) -> str:
    """The line without sequence number and checksum. Raises ``Sip2Error`` where they are not right."""
    text = line.strip(b"\r\n")
    body, mark, rest = text.rpartition(b"AY")
    if not mark:
        raise Sip2Error("the library system answers without checksums; switch its error detection on")
    if len(rest) != 7 or rest[1:3] != b"AZ" or checksum(body + mark + rest[:3]) != rest[3:].decode("latin-1").upper():
        raise Sip2Error("the library system's answer is damaged: its checksum does not match")
    if rest[:1] != str(number % 10).encode():
        raise Sip2Error("the library system answers a different question")
    return body.decode("utf-8", "replace")


def login(server: Sip2Server) -> str:
    return f"9300CN{server.username}|CO{server.password}|CP{server.location}|"


def ask_about(server: Sip2Server, number: str, now: datetime) -> str:
    """A patron information request; the number has no ``|``."""
    at = f"{now.astimezone(UTC):%Y%m%d    %H%M%S}"
    return f"63001{at}{' ' * 10}AO{server.institution}|AA{number}|AC|AD|"


def patron_of(answer: str) -> Patron:
    """What a patron information response says. Raises ``Sip2Error``."""
    if not answer.startswith("64") or len(answer) < _FIXED:
        raise Sip2Error(f"the library system answers with a {answer[:2]!r} instead of a 64")
    status = answer[2 : 2 + _STATUS]
    fields = {each[:2]: each[2:] for each in answer[_FIXED:].split("|") if len(each) >= 2}
    return Patron(
        known=fields.get("BL", "Y") == "Y",
        blocked=status[0] == "Y" or status[4] == "Y",
        born=_day(fields.get("PB", "")),
        expires=_day(fields.get("PA", "")),
    )


def _day(text: str) -> date | None:
    digits = text.replace("-", "")[:8]
    with contextlib.suppress(ValueError):
        return datetime.strptime(digits, "%Y%m%d").replace(tzinfo=UTC).date()
    return None


class Sip2Line:
    """A connection, logged in; use it in an ``async with`` block. Raises ``Sip2Error`` in whatever it does."""

    def __init__(self, server: Sip2Server) -> None:
        self._server = server
        self._number = 0
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def __aenter__(self) -> "Sip2Line":
        where = f"{self._server.host}:{self._server.port}"
        try:
            async with asyncio.timeout(PATIENCE_S):
                self._reader, self._writer = await asyncio.open_connection(
                    self._server.host, self._server.port, limit=LONGEST
                )
        except (OSError, TimeoutError) as error:
            raise Sip2Error(f"nothing answers at {where}; is that the library system's SIP2 port?") from error
        try:
            if self._server.username and await self._ask(login(self._server)) != "941":
                raise Sip2Error("the library system refuses the login; look at username and password under [sip2]")
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._close()

    async def patron(self, number: str, now: datetime) -> Patron:
        """What the library system says of a card's number."""
        if "|" in number or "\r" in number:
            return Patron(known=False)
        return patron_of(await self._ask(ask_about(self._server, number, now)))

    async def _ask(self, body: str) -> str:
        assert self._reader is not None
        assert self._writer is not None
        number, self._number = self._number, self._number + 1
        try:
            async with asyncio.timeout(PATIENCE_S):
                self._writer.write(sealed(body, number))
                await self._writer.drain()
                line = await self._reader.readuntil(b"\r")
        except asyncio.LimitOverrunError as error:
            raise Sip2Error(f"the library system's answer is longer than {LONGEST} bytes") from error
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as error:
            raise Sip2Error("the library system closed the connection; try again later") from error
        return opened(line, number)

    async def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError):
                await self._writer.wait_closed()


async def patrons(server: Sip2Server, numbers: list[str], now: datetime) -> AsyncIterator[tuple[str, Patron]]:
    """What the library system says of each, one after the other. Raises ``Sip2Error``."""
    async with Sip2Line(server) as line:
        for number in numbers:
            yield number, await line.patron(number, now)
