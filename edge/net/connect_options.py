"""How an edge connects to a broker: client id, subscriptions, last will and TLS."""

import ssl
from collections.abc import Callable
from typing import Protocol

import msgspec

from edge.wire.link import Link


class ConnectOptions(msgspec.Struct, frozen=True, kw_only=True):
    """``will``: the topic and signed payload of the last will for a connection number (from 1), requested before each
    attempt; published with QoS 1, retained, if the connection is lost without a goodbye. A failed attempt does not use
    up its number. ``login``: the TLS context of this edge, requested before each attempt; ``None`` without TLS."""

    client_id: str
    filters: tuple[str, ...]
    will: Callable[[int], tuple[str, bytes]]
    login: Callable[[], ssl.SSLContext] | None = None


class EdgeLink(Link, Protocol):
    """A link that can reconnect with new options."""

    def renew(self) -> None:
        """End the connection, if any, and reconnect: the edge's identity has changed."""
        ...


LinkMaker = Callable[[ConnectOptions], EdgeLink]
"""Makes an agent's link; the real one is ``edge.net.mqtt_client.MqttLink`` for a given broker."""
