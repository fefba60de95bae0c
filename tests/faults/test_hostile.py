"""An attacker who can reach the broker can send anything. No door moves by it, and no event is lost."""

import asyncio
import contextlib
import random
import secrets
from datetime import timedelta

import aiomqtt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.net.identity import FILE, read_identity
from edge.wire.codec import decode
from edge.wire.envelope import Envelope, Keyring, Purpose, Signer, open_envelope
from edge.wire.errors import WireError
from edge.wire.event_batch import Ack, EventBatch, seq_of
from edge.wire.messages import Command, Status
from edge.wire.topics import CATALOGUE, Topic
from firmware_sim.hub_processes import SimHub
from firmware_sim.provision import DATA
from tests.faults.ledger import CODE_DOOR, SITE
from tests.faults.orders import (
    COMMAND,
    EDGE,
    PATIENCE_S,
    RESULT,
    STATUS,
    broker,
    controllers_hand,
    dated,
    health,
    outcome_of,
    unlocking,
)
from tests.faults.trial import Trial
from tests.fuzz.mutations import bent, extreme

ACK = str(Topic(site=SITE, edge=EDGE, name="events/ack"))
EVENTS = str(Topic(site=SITE, edge=EDGE, name="events"))
Heard = list[tuple[str, bytes]]
"""Topics and payloads as they came by."""


def _releases(hub: SimHub) -> int:
    return sum(mark.what == "released" and mark.door == CODE_DOOR for mark in hub.world.truth.doors)


async def _refused(
    hub: SimHub, counter: str, client: aiomqtt.Client, topic: str, payload: bytes, *, retain: bool = False
) -> None:
    """Send something and wait until the edge has counted it as refused."""
    before = await health(hub, counter)
    await client.publish(topic, payload, qos=1, retain=retain)

    async def counted() -> bool:
        return await health(hub, counter) > before

    await hub.until(counted, f"the edge has counted {counter}", within_s=PATIENCE_S)


async def _said(client: aiomqtt.Client, *, online: bool, **counts: int) -> None:
    """Wait until the edge's status says so, with at least those counts of what it refused."""
    async with asyncio.timeout(PATIENCE_S):
        async for message in client.messages:
            assert isinstance(message.payload, bytes)
            status = decode(decode(message.payload, Envelope).payload, Status)
            if status.online is online and all(status.health.get(name, 0) >= many for name, many in counts.items()):
                return


async def _next_batch_after_a_cut(hub: SimHub) -> EventBatch:
    """The first batch that the edge sends on a new connection: it begins after what was acknowledged."""
    async with broker(hub) as client:
        await client.subscribe(STATUS, qos=1)
        hub.set_network(SITE, up=False)
        await _said(client, online=False)
    # Nothing of the old connection can arrive any more.
    async with broker(hub) as client:
        await client.subscribe(EVENTS, qos=1)
        hub.set_network(SITE, up=True)
        message = await asyncio.wait_for(anext(aiter(client.messages)), PATIENCE_S)
    assert isinstance(message.payload, bytes)
    return decode(decode(message.payload, Envelope).payload, EventBatch)


def _seqs(batch: EventBatch) -> tuple[int, int]:
    first, last = seq_of(bytes(batch.events[0])), seq_of(bytes(batch.events[-1]))
    assert first is not None
    assert last is not None
    return first, last


async def _genuine(trial: Trial) -> bytes:
    """A command of the controller's own, heard on the broker, after it has been carried out."""
    hub, before = trial.hub, _releases(trial.hub)
    trial.lawful["command"] += 1
    async with broker(hub) as client:
        await client.subscribe(COMMAND, qos=1)
        order = {"kind": "unlock", "reason": "somebody forgot the code"}
        issued = await hub.api.post(f"/sites/{SITE}/doors/{CODE_DOOR}/commands", order)
        message = await asyncio.wait_for(anext(aiter(client.messages)), PATIENCE_S)
    assert isinstance(message.payload, bytes)

    async def done() -> bool:
        return bool((await hub.api.get(f"/commands/{issued['id']}"))["outcome"] == "done")

    await hub.until(done, "the command was carried out")

    async def locked_again() -> bool:
        return not hub.world.site(SITE).doorway(CODE_DOOR).circuit.released

    await hub.until(locked_again, "the door has locked again")
    assert _releases(hub) == before + 1
    return message.payload


async def _copied_altered_or_unsigned(trial: Trial, genuine: bytes) -> None:
    """Commands that are not the controller's, or were carried out before."""
    hub, before = trial.hub, _releases(trial.hub)
    envelope = decode(genuine, Envelope)
    command = decode(envelope.payload, Command)
    stranger = Signer(Ed25519PrivateKey.generate())
    now = hub.clock.now()
    fresh = msgspec.structs.replace(
        command, id="0195d6a0-0000-7000-8000-00000000000f", issued_at=now, expires_at=now + timedelta(seconds=10)
    )
    altered = msgspec.structs.replace(envelope, payload=msgspec.json.encode(fresh))
    async with broker(hub) as client:
        # A copy of what was carried out: seen before, and by now late as well.
        await _refused(hub, "command_refused", client, COMMAND, genuine)
        # The same, kept by the broker for every client that connects.
        await _refused(hub, "command_refused", client, COMMAND, genuine, retain=True)
        # A fresh one, but signed by nobody the edge knows, or under the old signature, or not signed at all.
        await _refused(hub, "bad_signature", client, COMMAND, stranger.seal(Purpose.COMMAND, fresh))
        await _refused(hub, "bad_signature", client, COMMAND, msgspec.json.encode(altered))
        await _refused(hub, "malformed", client, COMMAND, msgspec.json.encode(fresh))
        await _refused(hub, "malformed", client, COMMAND, b"\xff open the door")
        # After a new connection there is a new session, and the broker hands out what it kept.
        so_far = await health(hub, "command_refused")
        hub.set_network(SITE, up=False)

        async def offline() -> bool:
            return not (await hub.api.get(f"/sites/{SITE}/now"))["edges"][0]["online"]

        await hub.until(offline, "the edge is offline")
        hub.set_network(SITE, up=True)
        await hub.online(SITE)

        async def kept_was_refused() -> bool:
            return await health(hub, "command_refused") > so_far

        await hub.until(kept_was_refused, "the retained command was refused on connecting")
        await _refused(hub, "command_refused", client, COMMAND, genuine)
        await client.publish(COMMAND, b"", qos=1, retain=True)
    assert _releases(hub) == before


async def _signed_but_wrong(trial: Trial) -> None:
    """Commands that the controller itself has signed, late, kept by the broker, or for another session."""
    hub, before = trial.hub, _releases(trial.hub)
    order, controller = await unlocking(hub), controllers_hand(hub)
    async with broker(hub) as client:
        await client.subscribe(RESULT, qos=1)

        async def sent(command: Command, *, retain: bool = False) -> None:
            await client.publish(COMMAND, controller.seal(Purpose.COMMAND, command), qos=1, retain=retain)

        late = dated(hub, order, ahead=timedelta(seconds=-11))
        await sent(late)
        result = await outcome_of(client, late)
        assert (result.outcome, result.why) == ("refused", "the command came too late")

        foreign = dated(hub, order, nonce=secrets.token_hex(16))
        await sent(foreign)
        result = await outcome_of(client, foreign)
        assert (result.outcome, result.why) == ("refused", "the command belongs to another session")

        # In time, and for this session; but another key than it names, or none.
        another = Signer(Ed25519PrivateKey.generate()).seal(Purpose.COMMAND, dated(hub, order))
        in_its_name = msgspec.structs.replace(decode(another, Envelope), kid=controller.kid)
        await _refused(hub, "bad_signature", client, COMMAND, another)
        await _refused(hub, "bad_signature", client, COMMAND, msgspec.json.encode(in_its_name))
        await _refused(hub, "malformed", client, COMMAND, msgspec.json.encode(dated(hub, order)))
        assert _releases(hub) == before

        # All that was wrong with them is what was said: the same, in time, opens.
        trial.lawful["command"] += 1
        right = dated(hub, order)
        await sent(right)
        assert (await outcome_of(client, right)).outcome == "done"

        async def released() -> bool:
            return _releases(hub) == before + 1

        await hub.until(released, "the door was released")

        # What the broker keeps comes marked as kept on the next connection.
        async with broker(hub) as listener:
            await listener.subscribe(STATUS, qos=1)
            hub.set_network(SITE, up=False)
            await _said(listener, online=False)
        kept = dated(hub, order)
        await sent(kept, retain=True)
        hub.set_network(SITE, up=True)
        result = await outcome_of(client, kept)
        assert (result.outcome, result.why) == ("refused", "a retained command is never executed")
        await client.publish(COMMAND, b"", qos=1, retain=True)
    assert _releases(hub) == before + 1


async def _forged_acknowledgement(trial: Trial) -> None:
    """An acknowledgement of events that no controller has, while none runs."""
    hub, ledger = trial.hub, trial.ledger
    await ledger.all_stored()
    await hub.controller.kill()
    ledger.send(10)
    await ledger.crossings_recorded(15)
    waiting = await _next_batch_after_a_cut(hub)
    first, head = _seqs(waiting)
    # What is on the wire is on the edge's disk: the edge would believe this of its controller.
    assert head > first
    forged = Ack(site=SITE, edge=EDGE, log=waiting.log, seq=head, at=hub.clock.now())
    strangers = Signer(Ed25519PrivateKey.generate()).seal(Purpose.ACK, forged)
    in_its_name = msgspec.structs.replace(decode(strangers, Envelope), kid=controllers_hand(hub).kid)
    ours = read_identity(hub.folder / "edges" / SITE / DATA / FILE).keys.signing
    async with broker(hub) as client:
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
    again = await _next_batch_after_a_cut(hub)
    assert (again.log, _seqs(again)[0]) == (waiting.log, first)
    ledger.send(5)
    await ledger.crossings_recorded(5)
    await hub.controller.start()
    await hub.online(SITE)


def _forgeries(heard: Heard, chance: random.Random) -> Heard:
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


async def _new_connection(hub: SimHub) -> None:
    """Break the edge's connection and wait for the next one, despite forged messages."""
    ring = Keyring(read_identity(hub.folder / "edges" / SITE / DATA / FILE).keys.signing.public_key())
    async with broker(hub) as client:
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

        async with asyncio.timeout(60):
            last = await said(0)
            await hub.lines[SITE].stop()
            hub.set_network(SITE, up=True)
            await said(last)


async def _listened(trial: Trial, genuine: bytes) -> Heard:
    """All that goes over the broker in both directions while people come and go, and keys and plans are changed."""
    hub, heard = trial.hub, [(COMMAND, genuine)]
    async with broker(hub) as client:
        await client.subscribe("hk/1/#", qos=1)

        async def listen() -> None:
            async for message in client.messages:
                assert isinstance(message.payload, bytes)
                if message.payload:
                    heard.append((str(message.topic), message.payload))

        listening = asyncio.create_task(listen())
        trial.ledger.send(6)
        await hub.api.post(f"/sites/{SITE}/edges/{EDGE}/rotation", {})
        await trial.ledger.everybody_gone()
        await trial.ledger.all_stored()

        async def kinds_heard() -> bool:
            wanted = {
                "events",
                "events/ack",
                "hello",
                "hello/reply",
                "status",
                "plan",
                "identity",
                "renewal",
                "command",
            }
            return wanted <= {topic.split("/", 4)[4] for topic, _ in heard}

        await hub.until(kinds_heard, "every kind of message was heard")
        listening.cancel()
        await asyncio.wait((listening,))
    return heard


async def _pour(trial: Trial, payloads: Heard, chance: random.Random) -> None:
    async with broker(trial.hub) as client:
        for topic, payload in payloads:
            await client.publish(topic, payload, qos=1, retain=chance.random() < 0.2)


async def _forged(trial: Trial, heard: Heard, chance: random.Random) -> str:
    """All that was heard again, edited, elsewhere, under another hand and out of order, on two connections of the
    edge's; some of it kept by the broker for the second."""
    await _pour(trial, first := _forgeries(heard, chance), chance)
    await trial.opens()
    await _new_connection(trial.hub)
    await _pour(trial, second := _forgeries(heard, chance), chance)
    return f"{len(first) + len(second)} messages"


def _rain(heard: Heard, chance: random.Random, drops: int) -> Heard:
    """Any bytes, JSON of the right shape with senseless values, and real messages bent or cut, on every topic of both
    ways."""
    names = [kind.name.replace("{name}", "bookings").replace("{device}", CODE_DOOR) for kind in CATALOGUE]
    topics = [f"hk/1/{SITE}/{EDGE}/{name}" for name in names]
    real, sealed = [payload for _, payload in heard], list[Envelope]()
    for payload in real:
        with contextlib.suppress(WireError):
            sealed.append(decode(payload, Envelope))

    def drop() -> bytes:
        match chance.randrange(4):
            case 0:
                return chance.randbytes(chance.randrange(400))
            case 1:
                return bent(chance.choice(real), chance)
            case 2:
                return extreme(msgspec.json.encode(chance.choice(sealed)), chance)
            case _:
                envelope = chance.choice(sealed)
                inside = extreme(envelope.payload, chance)
                return msgspec.json.encode(msgspec.structs.replace(envelope, payload=inside))

    return [(topic, drop()) for _ in range(drops) for topic in topics]


async def _rained_on(trial: Trial, heard: Heard, chance: random.Random, drops: int) -> str:
    """So many drops on every topic of a hub at work, while people come and go and a code opens."""
    trial.ledger.send(4)
    rain = _rain(heard, chance, drops)
    async with asyncio.TaskGroup() as group:
        group.create_task(_pour(trial, rain, chance))
        group.create_task(trial.opens())
    await _new_connection(trial.hub)
    return f"{len(rain)} messages"


@pytest.mark.faults_full
async def test_access_to_the_broker_moves_no_door_and_loses_no_event(trial: Trial) -> None:
    chance = random.Random("hostile")
    await trial.begin()
    await _forged_acknowledgement(trial)
    await trial.ends_well(scenario="forged acknowledgements")
    genuine = await _genuine(trial)
    await _copied_altered_or_unsigned(trial, genuine)
    await _signed_but_wrong(trial)
    await trial.ends_well(scenario="replayed, altered and forged commands")
    heard = await _listened(trial, genuine)
    remark = await _forged(trial, heard, chance)
    await trial.ends_well(scenario="all that was heard, again and edited", remark=remark)
    remark = await _rained_on(trial, heard, chance, drops=8)
    await trial.ends_well(scenario="rubbish on every topic", remark=remark)
    await trial.hub.online(SITE)
    assert all(child.running for child in trial.hub.children)


@pytest.mark.faults_full
@pytest.mark.parametrize("seed", range(3))
async def test_much_rubbish_on_every_topic_moves_no_door_and_loses_no_event(trial: Trial, seed: int) -> None:
    chance = random.Random(seed)
    await trial.begin()
    heard = await _listened(trial, await _genuine(trial))
    remark = await _rained_on(trial, heard, chance, drops=400)
    await trial.ends_well(scenario=f"much rubbish on every topic, seed {seed}", remark=remark)
    await trial.hub.online(SITE)
    assert all(child.running for child in trial.hub.children)
