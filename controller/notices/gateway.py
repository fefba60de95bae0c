"""What mail server and SMS gateway have in common: what they take, and what they make of it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from email.message import EmailMessage
from enum import StrEnum
from typing import Protocol

import msgspec


class Delivery(StrEnum):
    """What a mail server or an SMS gateway did with a message."""

    TAKEN = "taken"
    LATER = "later"
    """It asked for this message to be tried again."""
    REFUSED = "refused"
    """It will never take this message."""
    NO_SERVER = "no_server"
    """It was not reached, or would not talk to us: nothing gets through."""


class SmsMessage(msgspec.Struct, frozen=True, kw_only=True):
    """``to``: a number in E.164, such as +447400123456. ``reference``: the same for the same text."""

    to: str
    text: str
    reference: str


class DeliveryResult(msgspec.Struct, frozen=True, kw_only=True):
    """``reply``: the server's words, or what went wrong on the way to it. ``code``: of its reply, where it gave one.
    ``blames_recipient``: it was refused for good when its recipient or its text was given."""

    delivery: Delivery
    reply: str
    code: int | None = None
    blames_recipient: bool = False


class Gateway(Protocol):
    """Takes messages of one channel."""

    async def send(self, message: EmailMessage | SmsMessage) -> DeliveryResult:
        """Hand a message over. Raises nothing: each has its result."""
        ...

    async def close(self) -> None:
        """End the connection until the next message. Idempotent."""
        ...


@dataclass(eq=False)
class FencedGateway:
    """Hands nothing over before ``certain`` has said that no other controller does this work."""

    gateway: Gateway
    certain: Callable[[], Awaitable[None]]

    async def send(self, message: EmailMessage | SmsMessage) -> DeliveryResult:
        await self.certain()
        return await self.gateway.send(message)

    async def close(self) -> None:
        await self.gateway.close()


def one_line(text: str) -> str:
    """What a database takes, in one line."""
    return " ".join(text.encode("utf-8", "replace").decode().replace("\0", "").split())[:400]
