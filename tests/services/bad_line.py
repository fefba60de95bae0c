"""A mail server whose line dies, hangs or drips, as a test says: raw, so that it can do what no library does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email import message_from_bytes
from enum import StrEnum

from controller.platform.settings import MailSection
from tests.services.mail import SENDER
from tests.services.raw_server import raw_server


class Line(StrEnum):
    """What happens to one connection; the values that are replies are given at RCPT."""

    GOOD = "good"
    CUT_IN_DATA = "cut before the final dot"
    CUT_AFTER_DOT = "cut after the final dot, and taken"
    HANG_AT_GREETING = "hangs before its greeting"
    HANG_AT_RECIPIENT = "hangs at RCPT"
    HANG_AFTER_DOT = "hangs after the final dot, and taken"
    DRIP = "drips its reply to RCPT and never ends it"
    FLOOD = "a reply to RCPT of a megabyte without an end of line"
    NO_SMTP = "speaks no SMTP at RCPT"
    CLOSING = "421 4.3.2 closing down"
    LATER = "450 4.2.1 try later"
    FULL_NOW = "452 4.2.2 mailbox full for now"
    NO_SUCH_USER = "550 5.1.1 no such user"
    FULL = "552 5.2.2 mailbox full"
    DATA_LATER = "451 4.3.0 queue full"
    DATA_NEVER = "554 5.6.0 not like this"


_AT_DATA = frozenset({Line.DATA_LATER, Line.DATA_NEVER})


class BadLine:
    """``next``: what becomes of the next connections; then they are good. ``taken``: whom each mail was for, and its
    Message-ID. It offers no STARTTLS."""

    def __init__(self) -> None:
        self.next: list[Line] = []
        self.taken: list[tuple[str, str]] = []
        self.connections = 0
        self.settings = MailSection()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        line = self.next.pop(0) if self.next else Line.GOOD
        try:
            await self._talk(line, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the other end has had enough
        finally:
            writer.transport.abort()

    async def _talk(self, line: Line, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(text: str) -> None:
            writer.write(text.encode() + b"\r\n")
            await writer.drain()

        if line is Line.HANG_AT_GREETING:
            await reader.read()  # until the other end gives up
        await say("220 mail.test")
        while command := (await reader.readline()).decode().upper():
            if command.startswith("RCPT"):
                if line is Line.HANG_AT_RECIPIENT:
                    await reader.read()
                if line is Line.DRIP:
                    await self._drip(writer)
                if line is Line.FLOOD:
                    writer.write(b"250 " + b"x" * 1_000_000)
                    await reader.read()
                await say(_at_recipient(line))
            elif command.startswith("DATA"):
                await say("354 go on")
                if line is Line.CUT_IN_DATA:
                    await reader.readline()
                    return
                raw = await reader.readuntil(b"\r\n.\r\n")
                if line in _AT_DATA:
                    await say(line)
                    continue
                head = message_from_bytes(raw)
                self.taken.append((str(head["To"]), str(head["Message-ID"])))
                if line is Line.CUT_AFTER_DOT:
                    return
                if line is Line.HANG_AFTER_DOT:
                    await reader.read()
                await say("250 2.0.0 queued")
            elif command.startswith("QUIT"):
                await say("221 bye")
                return
            else:
                await say("250 mail.test")

    async def _drip(self, writer: asyncio.StreamWriter) -> None:
        while True:
            writer.write(b"250-a")
            await writer.drain()
            await asyncio.sleep(0.02)
            writer.write(b"\r\n")


def _at_recipient(line: Line) -> str:
    if line is Line.NO_SMTP:
        return "Welcome to the web server of mail.test"
    return line if line[:1].isdigit() and line not in _AT_DATA else "250 2.1.5 ok"


@asynccontextmanager
async def bad_line() -> AsyncIterator[BadLine]:
    """Listens inside the block."""
    line = BadLine()
    async with raw_server(line.serve, limit=2**22) as port:
        line.settings = MailSection(host="127.0.0.1", port=port, security="none", sender=SENDER)
        yield line
