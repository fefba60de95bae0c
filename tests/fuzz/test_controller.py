"""Any bytes on any topic that goes up reach a running controller: it lives, all good is kept, the bad is counted."""

import json
from random import Random

import pytest
from sqlalchemy import select

from controller.platform.settings import Settings
from controller.telemetry.tables import device_states, events, quarantine
from edge.wire.codec import encode
from edge.wire.envelope import Envelope, Purpose
from edge.wire.events import Event, EventData
from edge.wire.messages import DeviceState
from edge.wire.topics import CATALOGUE
from tests.controller.telemetry.speaking import NOW, event
from tests.edge.wire.samples import DATA, FOLDER, SAMPLES
from tests.fuzz.effort import TIMES, is_long
from tests.fuzz.mutations import bent, extreme
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub
from tests.memory_link import MemoryBroker

FILES = {file.name: file.read_bytes() for file in sorted(FOLDER.iterdir())}
UP = [kind.name.replace("{device}", "front-door") for kind in CATALOGUE if kind.way == "up"]
SIGNED = {
    "status": (Purpose.STATUS, "status"),
    "hello/reply": (Purpose.HELLO_REPLY, "hello_reply"),
    "plan/applied": (Purpose.APPLIED, "applied"),
    "command/result": (Purpose.RESULT, "command_result"),
    "renewal": (Purpose.RENEWAL, "renewal"),
    "events": (Purpose.EVENTS, "batch"),
}
ROUNDS = 60
PLACES = ("ramsey/main", "ramsey/other-pi", "elsewhere/main")


@pytest.fixture
def settings(any_settings: Settings) -> Settings:
    """All of it on both databases."""
    return any_settings


@pytest.fixture
def random() -> Random:
    return Random() if is_long() else Random(13)


@pytest.fixture
def rounds() -> int:
    return ROUNDS * TIMES if is_long() else ROUNDS


def signed(edge: FakeEdge, purpose: Purpose, body: bytes) -> bytes:
    signer = edge.speaker.signer
    return encode(Envelope(kid=signer.kid, purpose=purpose, payload=body, signature=signer.sign(purpose, body)))


async def good_still_comes(hub: Hub, edge: FakeEdge, seq: int) -> None:
    """What an honest edge says next is stored and acknowledged."""
    await edge.send([event(seq)])
    await edge.acknowledged(seq)
    async with hub.container.database.read() as tx:
        assert seq in set((await tx.execute(select(events.c.seq))).scalars())


@pytest.mark.cases_full
async def test_any_bytes_on_any_topic_are_counted_and_hide_no_event(
    hub: Hub, edge: FakeEdge, broker: MemoryBroker, random: Random, rounds: int
) -> None:
    gate, board = hub.container.mqtt.verifier, hub.container.mqtt.router
    before, sent = sum(gate.refused.values()) + sum(board.strays.values()), 0
    for _ in range(rounds):
        name, place = random.choice(UP), random.choice(PLACES)
        data = FILES[random.choice(list(FILES))]
        payload = bent(data, random)
        broker.publish(f"hk/1/{place}/{name}", payload, retain=random.random() < 0.5)
        sent += bool(payload)
    await good_still_comes(hub, edge, 1)
    await hub.quiet()
    assert sum(gate.refused.values()) + sum(board.strays.values()) >= before + sent


@pytest.mark.cases_full
async def test_whatever_an_edge_signs_of_itself_hides_no_event(
    hub: Hub, edge: FakeEdge, random: Random, rounds: int
) -> None:
    for _ in range(rounds):
        name = random.choice([name for name in SIGNED if name != "events"])
        purpose, sample = SIGNED[name]
        tree = json.loads(extreme(encode(SAMPLES[sample]), random))
        if isinstance(tree, dict):
            tree |= {"site": "ramsey", "edge": "main"}
            if isinstance(status := tree.get("status"), dict):
                status |= {"site": "ramsey", "edge": "main"}
            if name == "hello/reply" and edge.hellos:
                tree["nonce"] = edge.hellos[-1].nonce
        await edge.say(name, signed(edge, purpose, json.dumps(tree).encode()))
        await edge.say("state", extreme(encode(SAMPLES["device_state"]), random), item="front-door")
    await good_still_comes(hub, edge, 1)
    await hub.quiet()


@pytest.mark.cases_full
async def test_every_event_of_a_batch_is_stored_or_in_quarantine_however_absurd(
    hub: Hub, edge: FakeEdge, random: Random, rounds: int
) -> None:
    edge.mono_ms = 60_000
    await hub.times(edge)
    seq = 0
    for _ in range(rounds // 4):
        batch: list[Event | bytes] = []
        for _ in range(random.randrange(1, 12)):
            seq += 1
            data: EventData = random.choice(list(DATA.values()))
            if data is DATA["dropped"]:
                data = DATA["boot"]
            good = encode(event(seq, data))
            if random.random() < 0.3:
                batch.append(good)
                continue
            tree = json.loads(extreme(good, random))
            batch.append(json.dumps(tree | {"seq": seq} if isinstance(tree, dict) else {"seq": seq}).encode())
        await edge.send(batch)
        await edge.acknowledged(seq)
    async with hub.container.database.read() as tx:
        kept = list((await tx.execute(select(events.c.seq))).scalars())
        aside = list((await tx.execute(select(quarantine.c.seq))).scalars())
    assert sorted([*kept, *aside]) == list(range(1, seq + 1))
    await good_still_comes(hub, edge, seq + 1)


FIRST, LAST = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"


EVENTS: list[dict[str, object]] = [
    {"at": FIRST},
    {"at": "0001-01-01T00:00:00Z"},
    {"at": LAST},
    {"mono_ms": 2**60},
    {"mono_ms": 2**53},
    {"data": {"kind": "a\0b"}},
    {"data": {"kind": "\u202eabc", "x": "\0"}},
    {"data": {"kind": "fault", "code": "a\0b" * 400, "present": True}},
    {"data": {"kind": "plan", "version": 10**30, "applied": False, "why": "a\0b"}},
    {"data": {"kind": "boot", "version": "a\0b", "plan": -(10**30)}},
    {"data": {"kind": "outage", "start": FIRST, "end": "2026-11-25T12:00:00Z"}},
    {"data": {"kind": "outage", "start": "2026-11-25T11:00:00Z", "end": LAST}},
    {"data": {"kind": "lockout", "door": "front-door", "reader": "r", "until": LAST, "tries": 3}},
    {"data": {"kind": "closing", "stage": "warned", "closes_at": FIRST, "minutes": 10**30}},
    {"data": {"kind": "closing", "stage": "not_secured", "closes_at": LAST, "zones": ["a"] * 1000}},
    {"data": {"kind": "alarm", "area": "a", "change": "withheld", "why": "a\0b" * 400}},
    {"data": {"kind": "door", "door": "front-door", "change": "unlocked", "why": "a\0b" * 400}},
    {"data": {"kind": "recount", "counter": "c", "inside": 2**53, "total_ins": 2**53, "total_outs": 2**53}},
    {
        "at": "0001-01-02T00:00:00Z",
        "data": {"kind": "recount", "counter": "c", "inside": 1, "total_ins": 1, "total_outs": 1},
    },
    {
        "at": "0001-01-01T00:00:00Z",
        "data": {"kind": "footfall", "counter": "c", "ins": 1, "outs": 1, "total_ins": 2**53, "total_outs": 2**53},
    },
]


@pytest.mark.cases_full
async def test_an_event_past_all_sense_is_answered_for_and_the_next_one_comes(hub: Hub, edge: FakeEdge) -> None:
    edge.mono_ms = 60_000
    await hub.times(edge)
    for seq, change in enumerate(EVENTS, start=1):
        await edge.send([json.dumps(json.loads(encode(event(seq))) | change).encode()])
        await edge.acknowledged(seq)
    await good_still_comes(hub, edge, len(EVENTS) + 1)


WORDS: list[tuple[str, Purpose, str, dict[str, object]]] = [
    ("status", Purpose.STATUS, "status", {"version": "a\0b"}),
    ("status", Purpose.STATUS, "status", {"at": FIRST}),
    ("status", Purpose.STATUS, "status", {"at": LAST}),
    ("status", Purpose.STATUS, "status", {"mono_ms": 2**53}),
    ("status", Purpose.STATUS, "status", {"health": {"a\0b" * 100: 2**53}, "connection": 2**53}),
    (
        "status",
        Purpose.STATUS,
        "status",
        {"plan_version": 2**53, "identity_version": 2**53},
    ),
    ("plan/applied", Purpose.APPLIED, "applied", {"applied": False, "why": "a\0b" * 400, "version": 2**53}),
    ("plan/applied", Purpose.APPLIED, "applied", {"digest": "a\0b" * 400, "at": FIRST, "version": 2**53}),
    ("command/result", Purpose.RESULT, "command_result", {"why": "a\0b" * 400, "outcome": "\0", "at": LAST}),
    ("renewal", Purpose.RENEWAL, "renewal", {"csr": "AAAA", "version": 2**53}),
]


@pytest.mark.cases_full
async def test_a_word_past_all_sense_of_an_edge_hides_nothing(hub: Hub, edge: FakeEdge) -> None:
    for seq, (topic, purpose, sample, change) in enumerate(WORDS, start=1):
        tree = json.loads(encode(SAMPLES[sample])) | {"site": "ramsey", "edge": "main"} | change
        await edge.say(topic, signed(edge, purpose, json.dumps(tree).encode()))
        await good_still_comes(hub, edge, seq)
    await hub.quiet()


STATES: list[dict[str, object]] = [
    {"at": FIRST},
    {"kind": "a\0b"},
    {"values": {"a\0b": "\0", "b": 10**30}},
    {"seq": 2**53},
    {"kind": "x" * 3000},
]


@pytest.mark.cases_full
async def test_a_state_past_all_sense_hides_no_other(hub: Hub, edge: FakeEdge) -> None:
    for seq, change in enumerate(STATES, start=1):
        good = DeviceState(device=f"beams-{seq}", kind="counter", seq=1, at=NOW, values={"total_ins": 1})
        state = json.loads(encode(SAMPLES["device_state"])) | {"at": "2026-11-25T12:00:00Z"} | change
        await edge.say_state(good)
        await edge.say("state", json.dumps(state).encode(), item="front-door")
        await good_still_comes(hub, edge, seq)
        await hub.quiet()
        async with hub.container.database.read() as tx:
            assert good.device in set((await tx.execute(select(device_states.c.device))).scalars())
