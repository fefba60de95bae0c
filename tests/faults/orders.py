"""Commands to the edge in the controller's own hand, dated as a test wants them, and what the edge says of them."""

import asyncio
from datetime import timedelta

import aiomqtt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.wire.codec import decode
from edge.wire.envelope import Envelope, Purpose, Signer
from edge.wire.ids import new_id
from edge.wire.messages import Command, CommandResult, Status
from edge.wire.topics import Topic
from firmware_sim.hub_processes import SimHub
from tests.faults.ledger import CODE_DOOR, SITE

EDGE = "ramsey-pi"
COMMAND = str(Topic(site=SITE, edge=EDGE, name="command"))
RESULT = str(Topic(site=SITE, edge=EDGE, name="command/result"))
STATUS = str(Topic(site=SITE, edge=EDGE, name="status"))
AHEAD = timedelta(seconds=8)
"""How far ahead of now a command may be dated and still be in time: what it takes on the way, at thirty times the pace,
shall not make it late."""
LIFE = timedelta(seconds=10)
PATIENCE_S = 60.0


def broker(hub: SimHub) -> aiomqtt.Client:
    """A client of the hub's broker that is nobody in particular."""
    return aiomqtt.Client("127.0.0.1", hub.broker_port, protocol=aiomqtt.ProtocolVersion.V5, timeout=PATIENCE_S)


def controllers_hand(hub: SimHub) -> Signer:
    """What it signs is refused for another reason than the signature, or not at all."""
    key = (hub.folder / "controller" / "data" / "keys" / "controller.key").read_bytes()
    return Signer(Ed25519PrivateKey.from_private_bytes(key))


def dated(hub: SimHub, like: Command, *, ahead: timedelta = AHEAD, nonce: str | None = None) -> Command:
    """The same order under a new id, issued ``ahead`` of now."""
    issued = hub.clock.now() + ahead
    return msgspec.structs.replace(
        like,
        id=new_id(issued),
        nonce=nonce or like.nonce,
        issued_at=issued,
        expires_at=issued + LIFE,
    )


async def unlocking(hub: SimHub) -> Command:
    """An order to unlock the front door once, for the edge's present session."""
    async with broker(hub) as client:
        await client.subscribe(STATUS, qos=1)
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            status = decode(decode(message.payload, Envelope).payload, Status)
            now = hub.clock.now()
            like = Command(
                site=SITE,
                edge=EDGE,
                id=new_id(now),
                nonce=status.nonce,
                issued_at=now,
                expires_at=now,
                kind="unlock",
                door=CODE_DOOR,
            )
            return dated(hub, like)
    raise AssertionError("the broker has closed the connection")


async def send(hub: SimHub, client: aiomqtt.Client, command: Command, *, retain: bool = False) -> None:
    """As the controller would, by way of the broker."""
    await client.publish(COMMAND, controllers_hand(hub).seal(Purpose.COMMAND, command), qos=1, retain=retain)


async def outcome_of(client: aiomqtt.Client, command: Command) -> CommandResult:
    """What the edge says next that became of a command, to a client that listens to ``RESULT`` alone."""
    async with asyncio.timeout(PATIENCE_S):
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            found = decode(decode(message.payload, Envelope).payload, CommandResult)
            if found.id == command.id:
                return found
    raise AssertionError("the broker has closed the connection")


async def health(hub: SimHub, name: str) -> int:
    """What the live page says that the edge has counted."""
    edges = (await hub.api.get(f"/sites/{SITE}/now"))["edges"]
    return int(edges[0]["health"].get(name, 0))
