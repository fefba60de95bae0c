"""The interface to the broker. The link contract tests hold for the real and the in-memory client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from enum import StrEnum
from typing import Protocol, TypeVar

import msgspec

T = TypeVar("T")
GOODBYE_S = 1.0


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """A received message. ``retained`` is the broker's flag and gives no security."""

    topic: str
    payload: bytes
    retained: bool = False


class Connected(msgspec.Struct, frozen=True, kw_only=True):
    """The link is up and subscribed. ``connection`` counts connections since the process started, from 1."""

    connection: int


class Trouble(StrEnum):
    """Why a broker cannot be used although it answers."""

    UNTRUSTED = "untrusted"
    """Its certificate is not of an authority that is trusted."""
    EXPIRED = "expired"
    """Its certificate has ended, or has not begun."""
    OTHER_NAME = "other_name"
    """Its certificate is another host's."""
    NO_TLS = "no_tls"
    """TLS fails for another reason, such as a port that does not speak it."""
    LOGIN = "login"
    """It refuses the login."""


class Disconnected(msgspec.Struct, frozen=True, kw_only=True):
    """The link is down; it comes back by itself. ``trouble``: what is wrong, if the broker answers."""

    why: str
    trouble: Trouble | None = None


class Link(Protocol):
    """A connection to the broker that restores itself."""

    def events(self) -> AsyncIterator[Message | Connected | Disconnected]:
        """All events, in order: ``Connected``, messages, ``Disconnected``, and so on without end."""
        ...

    async def publish(self, topic: str, payload: bytes, *, qos: int = 1, retain: bool = False) -> bool:
        """Publish a message. Returns whether the broker accepted it. Never waits for a connection, never raises without
        one."""
        ...

    @property
    def connected(self) -> bool: ...


@asynccontextmanager
async def entered(client: AbstractAsyncContextManager[T]) -> AsyncIterator[T]:
    """As ``async with client``, but left also where this task is cancelled while it enters, if that takes no longer
    than ``GOODBYE_S``.

    The MQTT client connects in a thread, which no cancellation stops: its connection would stay open, and nobody would
    close it.
    """
    async with AsyncExitStack() as leaving:
        entering = asyncio.ensure_future(client.__aenter__())
        try:
            await asyncio.wait((entering,))
        finally:
            if not entering.done():
                await asyncio.wait((entering,), timeout=GOODBYE_S)
            if not entering.done():
                entering.cancel()
            elif entering.exception() is None:
                leaving.push_async_exit(client)
        yield entering.result()


def stop_if_told() -> None:
    """Raise a cancellation that was swallowed on the way.

    ``asyncio.wait_for`` of Python 3.11, which the MQTT client uses, loses one that comes just as its future is done
    (bpo-37658); so may an error while taking leave of a broker that does not answer.
    """
    task = asyncio.current_task()
    if task is not None and task.cancelling():
        raise asyncio.CancelledError
