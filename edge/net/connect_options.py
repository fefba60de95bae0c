"""How an edge introduces itself to a broker: who it is, what it hears, and what is said of it when it falls silent."""

import ssl
from collections.abc import Callable
from typing import Protocol

import msgspec

from edge.wire.link import Link


class ConnectOptions(msgspec.Struct, frozen=True, kw_only=True):
    """``will``: the topic and signed bytes of the last will for the connection of that number (from 1), asked for
    before each attempt; it is published with QoS 1, retained, when the connection is lost without a goodbye.
    A failed attempt does not use its number up. ``login``: TLS as this edge, asked for before each attempt; ``None``
    without TLS."""

    client_id: str
    filters: tuple[str, ...]
    will: Callable[[int], tuple[str, bytes]]
    login: Callable[[], ssl.SSLContext] | None = None


class EdgeLink(Link, Protocol):
    """A link that can be told to introduce itself anew."""

    def renew(self) -> None:
        """End the connection, if there is one, and begin another: who we are has changed."""
        ...


LinkMaker = Callable[[ConnectOptions], EdgeLink]
"""Makes the link of an agent: the real one is ``edge.net.mqtt_client.MqttLink`` with its broker filled in."""
