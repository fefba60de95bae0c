"""Whoever can reach the broker can send anything. No door moves by it, and no event is lost."""

import asyncio
import base64
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiomqtt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.wire.codec import decode
from edge.wire.envelope import Envelope, Purpose, Signer
from edge.wire.events import Ack
from edge.wire.messages import Command
from edge.wire.topics import Topic
from firmware_sim.rig import Rig
from tests.faults.ledger import CODE_DOOR, SITE, Ledger

EDGE = "ramsey-pi"
COMMAND = str(Topic(site=SITE, edge=EDGE, name="command"))
ACK = str(Topic(site=SITE, edge=EDGE, name="events/ack"))


@asynccontextmanager
async def _broker(rig: Rig) -> AsyncIterator[aiomqtt.Client]:
    async with aiomqtt.Client("127.0.0.1", rig.broker_port, protocol=aiomqtt.ProtocolVersion.V5) as client:
        yield client


def _releases(rig: Rig) -> int:
    return sum(mark.what == "released" and mark.door == CODE_DOOR for mark in rig.world.truth.doors)


async def _health(rig: Rig, name: str) -> int:
    edges = (await rig.api.get(f"/sites/{SITE}/now"))["edges"]
    return int(edges[0]["health"].get(name, 0))


async def _refused(
    rig: Rig, counter: str, client: aiomqtt.Client, topic: str, payload: bytes, *, retain: bool = False
) -> None:
    """Send something and wait until the edge has counted it as refused."""
    before = await _health(rig, counter)
    await client.publish(topic, payload, qos=1, retain=retain)

    async def counted() -> bool:
        return await _health(rig, counter) > before

    await rig.until(counted, f"the edge has counted {counter}", within_s=20)


@pytest.fixture
async def genuine(rig: Rig) -> bytes:
    """A command of the controller's own, heard on the broker, after it has been carried out."""
    async with _broker(rig) as client:
        await client.subscribe(COMMAND, qos=1)
        order = {"kind": "unlock", "reason": "somebody forgot the code"}
        issued = await rig.api.post(f"/sites/{SITE}/doors/{CODE_DOOR}/commands", order)
        message = await asyncio.wait_for(anext(aiter(client.messages)), 10)
    assert isinstance(message.payload, bytes)

    async def done() -> bool:
        return bool((await rig.api.get(f"/commands/{issued['id']}"))["outcome"] == "done")

    await rig.until(done, "the command was carried out")

    async def locked_again() -> bool:
        return not rig.world.site(SITE).doorway(CODE_DOOR).circuit.released

    await rig.until(locked_again, "the door has locked again")
    assert _releases(rig) == 1
    return message.payload


async def test_no_copied_late_retained_unsigned_or_foreign_command_moves_a_door(rig: Rig, genuine: bytes) -> None:
    envelope = decode(genuine, Envelope)
    command = decode(envelope.payload, Command)
    stranger = Signer(Ed25519PrivateKey.generate())
    now = rig.clock.now()
    fresh = msgspec.structs.replace(
        command, id="0195d6a0-0000-7000-8000-00000000000f", issued_at=now, expires_at=now + timedelta(seconds=10)
    )
    altered = msgspec.structs.replace(envelope, payload=msgspec.json.encode(fresh))
    async with _broker(rig) as client:
        # A copy of what was carried out: seen before, and by now late as well.
        await _refused(rig, "command_refused", client, COMMAND, genuine)
        # The same, kept by the broker for whoever connects.
        await _refused(rig, "command_refused", client, COMMAND, genuine, retain=True)
        # A fresh one, but signed by nobody the edge knows, or under the old signature, or not signed at all.
        await _refused(rig, "bad_signature", client, COMMAND, stranger.seal(Purpose.COMMAND, fresh))
        await _refused(rig, "bad_signature", client, COMMAND, msgspec.json.encode(altered))
        await _refused(rig, "malformed", client, COMMAND, msgspec.json.encode(fresh))
        await _refused(rig, "malformed", client, COMMAND, b"\xff open the door")
        # After a new connection there is a new session, and the broker hands out what it kept.
        before = await _health(rig, "command_refused")
        rig.set_network(SITE, up=False)

        async def offline() -> bool:
            return not (await rig.api.get(f"/sites/{SITE}/now"))["edges"][0]["online"]

        await rig.until(offline, "the edge is out of reach")
        rig.set_network(SITE, up=True)
        await rig.online(SITE)

        async def kept_was_refused() -> bool:
            return await _health(rig, "command_refused") > before

        await rig.until(kept_was_refused, "the retained command was refused on connecting")
        await _refused(rig, "command_refused", client, COMMAND, genuine)
    assert _releases(rig) == 1


async def test_a_forged_acknowledgement_deletes_nothing(rig: Rig, ledger: Ledger) -> None:
    stored = await ledger.all_stored()
    log = stored[0]["log"]
    await rig.controller.kill()
    ledger.send(10)
    await ledger.crossings_recorded(15)
    forged = Ack(site=SITE, edge=EDGE, log=log, seq=2**40)
    stranger = Signer(Ed25519PrivateKey.generate())
    ours = base64.b64decode((rig.folder / "edges" / SITE / "edge.key").read_text())
    async with _broker(rig) as client:
        for payload in (
            stranger.seal(Purpose.ACK, forged),
            # An edge's own key is not the controller's.
            Signer(Ed25519PrivateKey.from_private_bytes(ours)).seal(Purpose.ACK, forged),
            msgspec.json.encode(forged),
            b"{}",
        ):
            await client.publish(ACK, payload, qos=1)
        ledger.send(5)
        await ledger.crossings_recorded(5)
    await rig.controller.start()
    await ledger.everybody_gone()
    stored = await ledger.all_stored()
    assert len(ledger.each_once(stored)) == 1
    ledger.counts_are_true(stored)
    assert await _health(rig, "bad_signature") >= 2
