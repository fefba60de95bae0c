"""Clients of a hub's broker with TLS, which lets nobody in without a certificate."""

import aiomqtt

from edge.net.connect_options import context_of, context_with
from edge.net.identity import StoredIdentity
from edge.wire.codec import decode
from edge.wire.envelope import Envelope
from edge.wire.messages import Status
from firmware_sim.hub_processes import SimHub
from tests.faults.orders import PATIENCE_S


async def lets_in(hub: SimHub, who: StoredIdentity) -> bool:
    """Whether the broker lets an edge in with what was issued to it."""
    try:
        async with aiomqtt.Client("127.0.0.1", hub.broker_port, tls_context=context_of(who), timeout=3):
            return True
    except aiomqtt.MqttError:
        return False


def in_place_of_the_controller(hub: SimHub) -> aiomqtt.Client:
    """A client with the certificate of the controller, which must not run."""
    data = hub.folder / "controller" / "data"
    tls = context_with((data / "broker" / "ca.pem").read_text(), (data / "keys" / "broker-login.pem").read_text())
    return aiomqtt.Client(
        "127.0.0.1", hub.broker_port, protocol=aiomqtt.ProtocolVersion.V5, tls_context=tls, timeout=PATIENCE_S
    )


async def edge_connects(client: aiomqtt.Client) -> None:
    """Wait until the edge says that it is online, to a client that has subscribed to ``STATUS`` before."""
    async for message in client.messages:
        assert isinstance(message.payload, bytes)
        if not message.retain and decode(decode(message.payload, Envelope).payload, Status).online:
            return
