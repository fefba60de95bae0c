"""Whoever can reach the broker can send anything. No door moves by it, and no event is lost."""

import asyncio
import contextlib
import random
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import aiomqtt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.identity import FILE, read_identity
from edge.wire.codec import decode
from edge.wire.envelope import Envelope, Keyring, Purpose, Signer, open_envelope
from edge.wire.errors import WireError
from edge.wire.events import Ack, EventBatch, seq_of
from edge.wire.ids import uuid7
from edge.wire.messages import Command, CommandResult, Status
from edge.wire.topics import Topic
from firmware_sim.provision import DATA
from firmware_sim.rig import Rig
from tests.faults.ledger import CODE_DOOR, SITE, Ledger

EDGE = "ramsey-pi"
COMMAND = str(Topic(site=SITE, edge=EDGE, name="command"))
ACK = str(Topic(site=SITE, edge=EDGE, name="events/ack"))
EVENTS = str(Topic(site=SITE, edge=EDGE, name="events"))
RESULT = str(Topic(site=SITE, edge=EDGE, name="command/result"))
STATUS = str(Topic(site=SITE, edge=EDGE, name="status"))
AHEAD = timedelta(seconds=8)
"""How far ahead of now a command may be dated and still be in time: what it takes on the way, at thirty times the pace,
shall not make it late."""


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


def _controller(rig: Rig) -> Signer:
    """The controller's own hand: what it signs is refused for another reason than the signature, or not at all."""
    key = (rig.folder / "controller" / "data" / "keys" / "controller.key").read_bytes()
    return Signer(Ed25519PrivateKey.from_private_bytes(key))


def _dated(rig: Rig, like: Command, *, ahead: timedelta = AHEAD, nonce: str | None = None) -> Command:
    """The same order under a new id, issued ``ahead`` of now."""
    issued = rig.clock.now() + ahead
    return msgspec.structs.replace(
        like,
        id=uuid7(issued, secrets.token_bytes(10)),
        nonce=nonce or like.nonce,
        issued_at=issued,
        expires_at=issued + timedelta(seconds=10),
    )


async def _result(client: aiomqtt.Client, command: Command) -> CommandResult:
    """What the edge says became of a command."""
    async with asyncio.timeout(20):
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            result = decode(decode(message.payload, Envelope).payload, CommandResult)
            if result.id == command.id:
                return result
    raise AssertionError("the broker has closed the connection")


async def _said(client: aiomqtt.Client, *, online: bool, **health: int) -> None:
    """Wait until the edge's status says so, with at least those counts of what it refused."""
    async with asyncio.timeout(20):
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            status = decode(decode(message.payload, Envelope).payload, Status)
            if status.online is online and all(status.health.get(name, 0) >= many for name, many in health.items()):
                return


async def _next_batch_after_a_cut(rig: Rig) -> EventBatch:
    """The first batch that the edge sends on a new connection: it begins after what was acknowledged."""
    async with _broker(rig) as client:
        await client.subscribe(STATUS, qos=1)
        rig.set_network(SITE, up=False)
        await _said(client, online=False)
    # Nothing of the old connection can arrive any more.
    async with _broker(rig) as client:
        await client.subscribe(EVENTS, qos=1)
        rig.set_network(SITE, up=True)
        message = await asyncio.wait_for(anext(aiter(client.messages)), 20)
    assert isinstance(message.payload, bytes)
    return decode(decode(message.payload, Envelope).payload, EventBatch)


def _seqs(batch: EventBatch) -> tuple[int, int]:
    first, last = seq_of(bytes(batch.events[0])), seq_of(bytes(batch.events[-1]))
    assert first is not None
    assert last is not None
    return first, last


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


async def test_no_copied_altered_or_unsigned_command_moves_a_door(rig: Rig, genuine: bytes) -> None:
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


async def test_what_the_controller_itself_signed_is_refused_late_retained_or_for_another_session(
    rig: Rig, genuine: bytes
) -> None:
    order = decode(decode(genuine, Envelope).payload, Command)
    controller = _controller(rig)
    async with _broker(rig) as client:
        await client.subscribe(RESULT, qos=1)

        async def sent(command: Command, *, retain: bool = False) -> None:
            await client.publish(COMMAND, controller.seal(Purpose.COMMAND, command), qos=1, retain=retain)

        late = _dated(rig, order, ahead=timedelta(seconds=-11))
        await sent(late)
        result = await _result(client, late)
        assert (result.outcome, result.why) == ("refused", "the command came too late")

        foreign = _dated(rig, order, nonce=secrets.token_hex(16))
        await sent(foreign)
        result = await _result(client, foreign)
        assert (result.outcome, result.why) == ("refused", "the command belongs to another session")

        # In time, and for this session; but another key than it names, or none.
        another = Signer(Ed25519PrivateKey.generate()).seal(Purpose.COMMAND, _dated(rig, order))
        in_its_name = msgspec.structs.replace(decode(another, Envelope), kid=controller.kid)
        await _refused(rig, "bad_signature", client, COMMAND, another)
        await _refused(rig, "bad_signature", client, COMMAND, msgspec.json.encode(in_its_name))
        await _refused(rig, "malformed", client, COMMAND, msgspec.json.encode(_dated(rig, order)))
        assert _releases(rig) == 1

        # All that was wrong with them is what was said: the same, in time, opens.
        right = _dated(rig, order)
        await sent(right)
        assert (await _result(client, right)).outcome == "done"

        async def released() -> bool:
            return _releases(rig) == 2

        await rig.until(released, "the door was released")

        # What the broker keeps comes marked as kept on the next connection.
        async with _broker(rig) as listener:
            await listener.subscribe(STATUS, qos=1)
            rig.set_network(SITE, up=False)
            await _said(listener, online=False)
        kept = _dated(rig, order)
        await sent(kept, retain=True)
        rig.set_network(SITE, up=True)
        result = await _result(client, kept)
        assert (result.outcome, result.why) == ("refused", "a retained command is never carried out")
    assert _releases(rig) == 2


async def test_a_forged_acknowledgement_deletes_nothing(rig: Rig, ledger: Ledger) -> None:
    await ledger.all_stored()
    await rig.controller.kill()
    ledger.send(10)
    await ledger.crossings_recorded(15)
    waiting = await _next_batch_after_a_cut(rig)
    first, head = _seqs(waiting)
    # What is on the wire is on the edge's disk: the edge would believe this of its controller.
    assert head > first
    forged = Ack(site=SITE, edge=EDGE, log=waiting.log, seq=head, at=rig.clock.now())
    strangers = Signer(Ed25519PrivateKey.generate()).seal(Purpose.ACK, forged)
    in_its_name = msgspec.structs.replace(decode(strangers, Envelope), kid=_controller(rig).kid)
    ours = read_identity(rig.folder / "edges" / SITE / DATA / FILE).keys.signing
    async with _broker(rig) as client:
        await client.subscribe(STATUS, qos=1)
        for payload in (
            strangers,
            msgspec.json.encode(in_its_name),
            # An edge's own key is not the controller's.
            Signer(ours).seal(Purpose.ACK, forged),
            msgspec.json.encode(forged),
            b"{}",
        ):
            await client.publish(ACK, payload, qos=1)
        await _said(client, online=True, bad_signature=3, malformed=2)
    again = await _next_batch_after_a_cut(rig)
    assert (again.log, _seqs(again)[0]) == (waiting.log, first)
    ledger.send(5)
    await ledger.crossings_recorded(5)
    await rig.controller.start()
    await ledger.everybody_gone()
    stored = await ledger.all_stored()
    assert len(ledger.each_once(stored)) == 1
    ledger.counts_are_true(stored)


def _forgeries(heard: list[tuple[str, bytes]], chance: random.Random) -> list[tuple[str, bytes]]:
    """All that was heard, out of order: as it was, elsewhere, with a bit flipped, cut short, under another hand."""
    topics = sorted({topic for topic, _ in heard})
    stranger = Signer(Ed25519PrivateKey.generate())
    made = list(heard)
    for topic, payload in heard:
        made.append((chance.choice(topics), payload))
        place = chance.randrange(len(payload))
        made.append(
            (topic, payload[:place] + bytes([payload[place] ^ 1 << chance.randrange(8)]) + payload[place + 1 :])
        )
        made.append((topic, payload[:place]))
        with contextlib.suppress(WireError):
            envelope = decode(payload, Envelope)
            own = stranger.seal(Purpose(envelope.purpose), msgspec.Raw(envelope.payload))  # type: ignore[arg-type]
            made.append((topic, own))
            in_its_name = msgspec.structs.replace(decode(own, Envelope), kid=envelope.kid)
            made.append((topic, msgspec.json.encode(in_its_name)))
    chance.shuffle(made)
    return made


async def _new_connection(rig: Rig) -> None:
    """Break the edge's connection and wait for the next one, whatever else claims to be its word."""
    ring = Keyring(read_identity(rig.folder / "edges" / SITE / DATA / FILE).keys.signing.public_key())
    async with _broker(rig) as client:
        await client.subscribe(STATUS, qos=1)
        last = 0

        async def said(after: int) -> int:
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                with contextlib.suppress(WireError):
                    word = open_envelope(
                        message.payload, purpose=Purpose.STATUS, kind=Status, site=SITE, edge=EDGE, keys=ring
                    )
                    if word.online and word.connection > after:
                        return word.connection
            raise AssertionError("the broker has closed the connection")

        async with asyncio.timeout(30):
            last = await said(0)
            await rig.lines[SITE].stop()
            rig.set_network(SITE, up=True)
            await said(last)


async def test_a_broker_that_repeats_edits_reorders_and_invents_whatever_it_carries_moves_no_door_and_loses_no_event(
    rig: Rig, ledger: Ledger, genuine: bytes
) -> None:
    """All that went over it in both directions while people came and went, and keys and plans were changed."""
    heard: list[tuple[str, bytes]] = [(COMMAND, genuine)]
    async with _broker(rig) as client:
        await client.subscribe("hk/1/#", qos=1)

        async def listen() -> None:
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                if message.payload:
                    heard.append((str(message.topic), message.payload))

        listening = asyncio.create_task(listen())
        ledger.send(10)
        await rig.api.post(f"/sites/{SITE}/edges/{EDGE}/rotation", {})
        await ledger.crossings_recorded(10)
        await ledger.all_stored()

        async def kinds_heard() -> bool:
            wanted = {"events", "events/ack", "hello", "hello/reply", "status", "plan", "papers", "renewal", "command"}
            return wanted <= {topic.split("/", 4)[4] for topic, _ in heard}

        await rig.until(kinds_heard, "every kind of message was heard")
        listening.cancel()
        await asyncio.wait((listening,))
    before = _releases(rig)
    chance = random.Random("hostile")
    async with _broker(rig) as client:
        for topic, payload in _forgeries(heard, chance):
            await client.publish(topic, payload, qos=1, retain=chance.random() < 0.2)
        ledger.send(5)
        await ledger.crossings_recorded(5)
        await _new_connection(rig)
        for topic, payload in _forgeries(heard, chance):
            await client.publish(topic, payload, qos=1)
    await ledger.everybody_gone()
    stored = await ledger.all_stored()
    assert len(ledger.each_once(stored)) == 1
    ledger.counts_are_true(stored)
    assert _releases(rig) == before
    await rig.online(SITE)
    assert all(child.running for child in rig.children)
