"""How an edge introduces itself to a broker: who it is, what it hears, and what is said of it when it falls silent."""

from collections.abc import Callable

import msgspec

from edge.wire.link import Link


class Introduction(msgspec.Struct, frozen=True, kw_only=True):
    """``will``: the topic and signed bytes of the last will for the connection of that number (from 1), asked for
    before each attempt; it is published with QoS 1, retained, when the connection is lost without a goodbye.
    A failed attempt does not use its number up."""

    client_id: str
    filters: tuple[str, ...]
    will: Callable[[int], tuple[str, bytes]]


LinkMaker = Callable[[Introduction], Link]
"""Makes the link of an agent: the real one is ``edge.link.MqttLink`` with its broker filled in."""
