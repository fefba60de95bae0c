"""Every event once, acknowledged after commit, whatever comes in whatever order."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

import msgspec
import pytest
from sqlalchemy import select

from controller.platform.settings import Settings
from controller.telemetry import queries
from controller.telemetry.ingest_queue import WAITING_LIMIT
from controller.telemetry.tables import events, holes, outages, quarantine, refusals, samples
from edge.wire.access_decision import Reason
from edge.wire.codec import encode
from edge.wire.envelope import Purpose
from edge.wire.event_batch import EventBatch
from edge.wire.events import (
    AccessData,
    AlarmChange,
    AlarmData,
    ClosingData,
    ClosingStage,
    DoorChange,
    DoorData,
    DroppedData,
    EventData,
    FireChange,
    FireData,
    OutageData,
)
from edge.wire.interval import Interval
from edge.wire.topics import Topic
from tests.controller.telemetry.speaking import LOG, NOW, OTHER_LOG, Speaker, crossing, event, run_of
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub
from tests.memory_link import MemoryBroker


@pytest.fixture
def settings(any_settings: Settings) -> Settings:
    """All of it on both databases."""
    return any_settings


async def seqs(hub: Hub) -> list[int]:
    async with hub.container.database.read() as tx:
        return list((await tx.execute(select(events.c.seq).order_by(events.c.seq))).scalars())


async def refused(hub: Hub) -> dict[str, int]:
    await hub.container.mqtt.ingest.store_counts()
    async with hub.container.database.read() as tx:
        return {row.reason: row.number for row in await tx.execute(select(refusals))}


@pytest.mark.both_databases
async def test_a_batch_is_stored_and_then_acknowledged(hub: Hub, edge: FakeEdge) -> None:
    await edge.send(run_of(1, 200))
    await edge.acknowledged(200)
    assert await seqs(hub) == list(range(1, 201))


async def test_a_batch_that_comes_twice_is_stored_once_and_acknowledged_twice(hub: Hub, edge: FakeEdge) -> None:
    await edge.send(run_of(1, 5))
    await edge.send(run_of(1, 5))
    await edge.until(lambda: len(edge.acks) >= 1 and edge.acks[-1].seq == 5, "an acknowledgement")
    before = len(edge.acks)
    await edge.send(run_of(3, 7))
    await edge.until(lambda: len(edge.acks) > before, "another acknowledgement")
    await edge.acknowledged(7)
    assert await seqs(hub) == [1, 2, 3, 4, 5, 6, 7]


async def test_batches_that_wait_are_stored_and_acknowledged_64_at_a_time(hub: Hub, edge: FakeEdge) -> None:
    for seq in range(1, 81):
        hub.container.mqtt.ingest.offer("ramsey", "main", edge.speaker.batch([event(seq)]))
    await edge.acknowledged(80)
    assert len(edge.acks) == 2
    assert await seqs(hub) == list(range(1, 81))


@pytest.mark.cases_full
async def test_a_gap_holds_the_acknowledgement_and_nothing_else(hub: Hub, edge: FakeEdge) -> None:
    await edge.send(run_of(1, 3))
    await edge.acknowledged(3)
    await edge.send(run_of(6, 8))
    await edge.until(lambda: len(edge.acks) == 2, "a second acknowledgement")
    assert edge.acks[-1].seq == 3
    assert await seqs(hub) == [1, 2, 3, 6, 7, 8]
    await edge.send(run_of(4, 6))
    await edge.acknowledged(8)
    assert await seqs(hub) == [1, 2, 3, 4, 5, 6, 7, 8]


@pytest.mark.cases_full
async def test_batches_in_any_order_end_in_the_same_acknowledgement(hub: Hub, edge: FakeEdge) -> None:
    for first in (31, 11, 41, 21, 1):
        await edge.send(run_of(first, first + 9))
    await edge.acknowledged(50)
    assert await seqs(hub) == list(range(1, 51))


async def test_what_cannot_be_read_is_quarantined_as_it_came_and_counts_as_committed(hub: Hub, edge: FakeEdge) -> None:
    bad = encode(event(2)).replace(b'"hall"', b"-1")
    never = event(3, at=NOW.replace(year=2300))
    await edge.send([event(1), bad, never, b'"nonsense"', event(5)])
    await edge.acknowledged(5)
    assert await seqs(hub) == [1, 5]
    async with hub.container.database.read() as tx:
        rows = (await tx.execute(select(quarantine).order_by(quarantine.c.seq))).all()
    assert [(row.seq, row.reason) for row in rows] == [
        (2, "malformed"),
        (3, "absurd"),
        (4, "malformed"),
    ]
    assert [row.raw for row in rows] == [bad, encode(never), b'"nonsense"']
    assert await refused(hub) == {"malformed": 2, "absurd": 1}


@pytest.mark.cases_full
async def test_a_batch_without_any_number_gets_its_own_when_it_comes_again(hub: Hub, edge: FakeEdge) -> None:
    await edge.send(run_of(1, 3))
    await edge.acknowledged(3)
    await edge.send([b'"nonsense"'])
    await edge.until(lambda: len(edge.acks) == 2, "a second acknowledgement")
    assert edge.acks[-1].seq == 3
    await edge.send([b'"nonsense"'])
    await edge.acknowledged(4)
    await edge.send([b'"nonsense"'])
    await edge.until(lambda: len(edge.acks) == 4, "a fourth acknowledgement")
    assert edge.acks[-1].seq == 4


@pytest.mark.cases_full
async def test_an_unknown_kind_is_stored(hub: Hub, edge: FakeEdge) -> None:
    await edge.send([encode(event(1)).replace(b'"motion"', b'"lift"')])
    await edge.acknowledged(1)
    async with hub.container.database.read() as tx:
        (found,) = await queries.site_events(tx, "ramsey", after=None, limit=10)
    assert (found.kind, msgspec.json.decode(found.data)["zone"]) == ("lift", "hall")


async def test_a_dropped_run_answers_for_its_numbers(hub: Hub, edge: FakeEdge) -> None:
    await edge.send([event(1), event(20, DroppedData(first=2, last=20, counts={"motion": 19})), event(21)])
    await edge.acknowledged(21)
    assert await seqs(hub) == [1, 20, 21]
    async with hub.container.database.read() as tx:
        assert [(row.first, row.last, row.why) for row in await tx.execute(select(holes))] == [(2, 19, "dropped")]


@pytest.mark.cases_full
async def test_a_dropped_run_answers_also_where_its_own_number_was_stored_before(hub: Hub, edge: FakeEdge) -> None:
    await edge.send([event(1), *run_of(10, 12)])
    await edge.until(lambda: edge.acks, "an acknowledgement")
    await edge.send([event(12, DroppedData(first=2, last=12, counts={"motion": 11})), event(13)])
    await edge.acknowledged(13)
    assert await seqs(hub) == [1, 10, 11, 12, 13]


async def test_another_event_under_a_number_that_is_stored_is_set_aside_once_and_somebody_hears_of_it(
    hub: Hub, edge: FakeEdge
) -> None:
    """An edge whose disk took nothing told the first from memory, and lost power before it could be known to have."""
    await edge.send(run_of(1, 3))
    await edge.acknowledged(3)
    other = msgspec.structs.replace(event(3, at=NOW), boot="0193a3c1-0000-7000-8000-000000000002")
    for _ in range(2):
        edge.acks.clear()
        await edge.send([event(2, at=NOW + timedelta(milliseconds=2)), other])
        await edge.acknowledged(3)
    await edge.send(run_of(4, 5))
    await edge.acknowledged(5)
    assert await seqs(hub) == [1, 2, 3, 4, 5]
    async with hub.container.database.read() as tx:
        aside = [(row.seq, row.reason, row.raw) for row in await tx.execute(select(quarantine))]
        (alert,) = await queries.site_alerts(tx, "ramsey", limit=9)
    assert aside == [(None, "number_taken", encode(other))]
    assert (alert.kind, "its number 3 belongs to another event" in alert.text) == ("unstorable", True)


async def test_a_dropped_run_under_a_number_that_is_stored_is_no_other_event(hub: Hub, edge: FakeEdge) -> None:
    await edge.send(run_of(1, 3))
    await edge.acknowledged(3)
    edge.acks.clear()
    unreadable = event(3, DroppedData(first=1, last=3, counts={"unreadable": 3}))
    await edge.send([msgspec.structs.replace(unreadable, boot="00000000-0000-0000-0000-000000000000")])
    await edge.acknowledged(3)
    async with hub.container.database.read() as tx:
        assert (await tx.execute(select(quarantine))).first() is None


@pytest.mark.cases_full
async def test_events_that_are_gone_from_the_edge_are_a_hole_and_hold_nothing_up(hub: Hub, edge: FakeEdge) -> None:
    await edge.send(run_of(1, 2))
    await edge.acknowledged(2)
    await edge.send(run_of(10, 12), first_kept=10)
    await edge.acknowledged(12)
    async with hub.container.database.read() as tx:
        assert [(row.first, row.last, row.why) for row in await tx.execute(select(holes))] == [(3, 9, "gone")]
        assert [alert.kind for alert in await queries.site_alerts(tx, "ramsey", limit=9)] == ["events_gone"]


@pytest.mark.cases_full
async def test_a_first_kept_beyond_what_is_sent_answers_for_nothing_more(hub: Hub, edge: FakeEdge) -> None:
    await edge.send(run_of(1, 2), first_kept=1_000_000)
    await edge.acknowledged(2)


async def test_a_new_log_begins_at_one_and_somebody_hears_of_it(hub: Hub, edge: FakeEdge) -> None:
    await edge.send(run_of(1, 9))
    await edge.acknowledged(9)
    await edge.send(run_of(1, 4), log=OTHER_LOG)
    await edge.acknowledged(4, log=OTHER_LOG)
    assert len(await seqs(hub)) == 13
    async with hub.container.database.read() as tx:
        (alert,) = await queries.site_alerts(tx, "ramsey", limit=9)
    assert alert.kind == "new_log"
    assert "up to 9 are known" in alert.text


@pytest.mark.parametrize(
    "spoil",
    [
        lambda good: good.replace(b'"v":2', b'"v":1'),
        lambda good: good[:-40] + b"A" * 38 + good[-2:],
        lambda good: b"{" * 2000,
        lambda good: b"\x00\xff" * 500,
        lambda good: b" " * 1_100_000,
    ],
    ids=["unknown_version", "bad_signature", "broken_json", "binary", "too_large"],
)
async def test_a_batch_that_is_not_the_edges_is_refused_counted_and_harms_nobody(
    hub: Hub, edge: FakeEdge, spoil: Callable[[bytes], bytes]
) -> None:
    await edge.say("events", spoil(edge.speaker.batch(run_of(1, 3))))
    await edge.send(run_of(1, 3))
    await edge.acknowledged(3)
    assert sum((await refused(hub)).values()) == 1
    assert await seqs(hub) == [1, 2, 3]


@pytest.mark.both_databases
async def test_counts_that_another_call_is_storing_are_stored_when_a_call_returns(hub: Hub, edge: FakeEdge) -> None:
    await edge.say("events", b"\x00\xff")
    ingest = hub.container.mqtt.ingest

    async def is_refused() -> bool:
        return bool(ingest.verifier.refused)

    await eventually(is_refused, what="the message is refused")
    other = asyncio.create_task(ingest.store_counts())
    await asyncio.sleep(0)  # it has taken the counts and waits for the database
    await ingest.store_counts()
    async with hub.container.database.read() as tx:
        assert [row.number for row in await tx.execute(select(refusals))] == [1]
    await other


async def test_another_key_site_edge_or_purpose_is_refused(hub: Hub, edge: FakeEdge) -> None:
    mine = edge.speaker
    for stranger in (Speaker(), Speaker(site="other"), Speaker(edge="other")):
        await edge.say("events", stranger.batch(run_of(1, 3)))
    elsewhere = Speaker(edge="other")
    elsewhere.signer = mine.signer
    await edge.say("events", elsewhere.batch(run_of(1, 3)))
    batch = EventBatch.of(site="ramsey", edge="main", log=LOG, first_kept=1, events=tuple(run_of(1, 3)))
    await edge.say("events", mine.signer.seal(Purpose.APPLIED, batch))
    await edge.send(run_of(1, 1))
    await edge.acknowledged(1)
    assert await seqs(hub) == [1]
    assert await refused(hub) == {"bad_signature": 3, "wrong_address": 2}


async def test_an_edge_that_is_not_in_the_estate_is_not_heard(hub: Hub, broker: MemoryBroker) -> None:
    nobody = Speaker(edge="nobody")
    topic = Topic(site="ramsey", edge="nobody", name="events")
    broker.publish(str(topic), nobody.batch(run_of(1, 3)))

    async def look() -> bool:
        return hub.container.mqtt.verifier.refused["unknown_edge"] == 1

    await eventually(look, what="it is counted")
    assert await seqs(hub) == []


@pytest.mark.cases_full
async def test_late_events_are_marked_and_only_a_forced_door_and_fire_raise_an_alert(hub: Hub, edge: FakeEdge) -> None:
    hour = NOW - timedelta(hours=1)
    held = DoorData(door="front-door", change=DoorChange.HELD)
    forced = DoorData(door="front-door", change=DoorChange.FORCED)
    glass = DoorData(door="front-door", change=DoorChange.GLASS_BROKEN)
    fire, reset = FireData(change=FireChange.ACTIVE), FireData(change=FireChange.LATCHED)
    told: list[EventData] = [held, forced, glass, fire, reset]
    late = [event(seq, data, at=hour) for seq, data in enumerate(told, start=1)]
    await edge.send([*late, event(6, held), event(7, glass), event(8)])
    await edge.acknowledged(8)
    async with hub.container.database.read() as tx:
        found = await queries.site_events(tx, "ramsey", after=None, limit=10)
        alerts = await queries.site_alerts(tx, "ramsey", limit=10)
    assert [each.learned_late for each in found] == [True] * 5 + [False] * 3
    assert sorted(alert.kind for alert in alerts) == ["fire", "forced", "glass", "held"]
    assert next(alert.at for alert in alerts if alert.kind == "held") == NOW


async def test_duress_and_intruders_raise_an_alert_however_late_and_an_alarm_that_does_not_set_only_while_recent(
    hub: Hub, edge: FakeEdge
) -> None:
    hour = NOW - timedelta(hours=1)
    forced = AccessData(door="front-door", granted=True, reason=Reason.GRANTED, duress=True)
    refused = AccessData(door="front-door", granted=False, reason=Reason.TOO_LATE, duress=True)
    intruder = AlarmData(area="hall", change=AlarmChange.TRIGGERED, why="movement in hall")
    withheld = AlarmData(area="hall", change=AlarmChange.WITHHELD, why="hall-window is open")
    not_secured = ClosingData(stage=ClosingStage.NOT_SECURED, closes_at=hour, zones=("hall",))
    told: list[EventData] = [forced, refused, intruder, withheld, not_secured]
    late = [event(seq, data, at=hour) for seq, data in enumerate(told, start=1)]
    await edge.send([*late, event(6, withheld), event(7, not_secured)])
    await edge.acknowledged(7)
    async with hub.container.database.read() as tx:
        alerts = await queries.site_alerts(tx, "ramsey", limit=10)
    assert sorted((alert.kind, alert.text) for alert in alerts) == [
        ("duress", "front-door: opened UNDER DURESS: somebody was forced"),
        ("intruder", "hall: INTRUDER ALARM: movement in hall"),
        ("not_secured", "main: NOT SECURED after closing: somebody in hall"),
        ("withheld", "hall: the alarm cannot set by itself, please check: hall-window is open"),
    ]


async def test_an_outage_is_an_interval(hub: Hub, edge: FakeEdge) -> None:
    start, end = NOW - timedelta(hours=2), NOW - timedelta(hours=1)
    await edge.send([event(1, OutageData(start=start, end=end))])
    await edge.acknowledged(1)
    async with hub.container.database.read() as tx:
        rows = (await tx.execute(select(outages))).all()
    assert [(row.edge, row.starts, row.ends) for row in rows] == [("main", start, end)]


@pytest.mark.cases_full
async def test_totals_make_good_what_a_hole_swallowed(hub: Hub, edge: FakeEdge) -> None:
    dropped = event(4, DroppedData(first=2, last=4, counts={"footfall": 3}))
    await edge.send(
        [
            crossing(1, ins=2, total=(102, 50)),
            dropped,
            crossing(5, ins=1, outs=1, total=(113, 55)),
        ]
    )
    await edge.acknowledged(5)
    (counter,) = (await hub.container.mqtt.live.snapshot("ramsey")).counters
    assert (counter.ins_today, counter.outs_today) == (13, 5)


@pytest.mark.cases_full
async def test_counts_are_the_same_in_any_order_and_by_the_sites_day(hub: Hub, edge: FakeEdge) -> None:
    yesterday = NOW - timedelta(hours=13)
    crossings = [
        crossing(1, ins=5, total=(5, 0), at=yesterday),
        crossing(2, ins=1, total=(6, 0)),
        crossing(3, outs=1, total=(6, 1)),
        crossing(4, ins=3, total=(9, 1)),
    ]
    for one in (crossings[3], crossings[1], crossings[0], crossings[2], crossings[1]):
        await edge.send([one])
    await edge.acknowledged(4)
    snapshot = await hub.container.mqtt.live.snapshot("ramsey")
    assert [(counter.ins_today, counter.outs_today) for counter in snapshot.counters] == [(4, 1)]
    assert snapshot.people is not None
    # The five of the evening before are still inside.
    assert (snapshot.people.estimate, snapshot.people.error) == (8, 1)


@pytest.mark.cases_full
async def test_samples_are_stored_with_the_events(hub: Hub, edge: FakeEdge) -> None:
    await edge.send([crossing(1, ins=2, outs=1, total=(2, 1)), event(2)])
    await edge.acknowledged(2)
    async with hub.container.database.read() as tx:
        rows = (await tx.execute(select(samples).order_by(samples.c.measurement, samples.c.field))).all()
    assert [(row.measurement, row.place, row.field, row.value) for row in rows] == [
        ("footfall", "front-door", "ins", 2.0),
        ("footfall", "front-door", "outs", 1.0),
        ("motion", "hall", "active", 1.0),
    ]


@pytest.mark.both_databases
async def test_a_flood_of_batches_from_many_edges_at_once_is_stored_once_each(hub: Hub, edge: FakeEdge) -> None:
    batches = [run_of(first, first + 19) for first in range(1, 1000, 20)]
    await asyncio.gather(*(edge.send(batch) for batch in batches for _ in range(2)))
    await edge.acknowledged(1000)
    await hub.quiet()
    assert await seqs(hub) == list(range(1, 1001))


async def test_an_edge_that_floods_leaves_room_for_the_batches_of_others(hub: Hub, edge: FakeEdge) -> None:
    ingest = hub.container.mqtt.ingest
    for _ in range(2 * WAITING_LIMIT):
        ingest.offer("ramsey", "floods", b"anything")
    ingest.offer("ramsey", "main", edge.speaker.batch(run_of(1, 3)))
    await edge.acknowledged(3)


@pytest.mark.cases_full
async def test_the_recent_list_and_the_door_say_what_happened_in_words(hub: Hub, edge: FakeEdge) -> None:
    refusal = AccessData(door="front-door", granted=False, reason=Reason.TOO_LATE)
    await edge.send([event(1, refusal, device="front-door")])
    await edge.acknowledged(1)
    snapshot = await hub.container.mqtt.live.snapshot("ramsey")
    assert [each.text for each in snapshot.recent] == ["Front door: refused: the code is no longer valid"]
    assert snapshot.doors[0].last is not None
    assert snapshot.doors[0].last.text == "refused: the code is no longer valid"
    async with hub.container.database.read() as tx:
        none = await queries.site_outages(tx, "ramsey", Interval(start=NOW, end=NOW + timedelta(days=1)))
    assert none == []
