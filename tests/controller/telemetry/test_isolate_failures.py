"""What the database refuses is kept as it came, and nothing else waits for it."""

from functools import partial

import pytest
from sqlalchemy import select, text

from controller.platform.settings import Settings
from controller.telemetry import envelope_verifier, event_store, ingest_queue, queries
from controller.telemetry.tables import events, quarantine
from edge.wire.codec import encode
from edge.wire.events import DroppedData, MotionData
from tests.controller.clock import ManualClock
from tests.controller.telemetry.speaking import event, run_of
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub

SQLITE = """CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN {when}
BEGIN SELECT RAISE(ABORT, 'the table will not have it'); END"""
POSTGRES = (
    "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RAISE EXCEPTION ''the table will not have it''; END'",
    "CREATE TRIGGER {name} BEFORE INSERT ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}()",
)


@pytest.fixture
def settings(any_settings: Settings) -> Settings:
    """All of it on both databases."""
    return any_settings


async def refuse(hub: Hub, table: str, when: str, *, name: str = "will_not") -> None:
    """From here on the database raises at such a row."""
    database = hub.container.database
    async with database.write() as tx:
        for statement in (SQLITE,) if database.sqlite else POSTGRES:
            # In one piece: a colon in it is no parameter.
            await tx.exec_driver_sql(statement.format(name=name, table=table, when=when))


async def relent(hub: Hub, table: str, *, name: str = "will_not") -> None:
    async with hub.container.database.write() as tx:
        await tx.execute(text(f"DROP TRIGGER {name}" + ("" if hub.container.database.sqlite else f" ON {table}")))


async def seqs(hub: Hub) -> list[int]:
    async with hub.container.database.read() as tx:
        return list((await tx.execute(select(events.c.seq).order_by(events.c.seq))).scalars())


async def set_aside(hub: Hub) -> list[tuple[int, str, bytes]]:
    async with hub.container.database.read() as tx:
        rows = await tx.execute(select(quarantine).order_by(quarantine.c.seq))
        return [(row.seq, row.reason, row.raw) for row in rows]


async def alerts(hub: Hub) -> list[str]:
    async with hub.container.database.read() as tx:
        return [each.kind for each in await queries.site_alerts(tx, "ramsey", limit=100)]


async def test_events_that_cannot_be_stored_are_set_aside_one_by_one_and_all_others_stored(
    hub: Hub, edge: FakeEdge
) -> None:
    await refuse(hub, "events", "NEW.seq IN (37, 38, 250)")
    sent = run_of(1, 300)
    for first in range(0, 300, 100):
        await edge.send(sent[first : first + 100])
    await edge.acknowledged(300)
    odd = {37, 38, 250}
    assert await seqs(hub) == [seq for seq in range(1, 301) if seq not in odd]
    assert await set_aside(hub) == [(seq, "unstorable", encode(sent[seq - 1])) for seq in sorted(odd)]
    assert await alerts(hub) == ["unstorable"]
    await hub.container.mqtt.ingest.store_counts()
    assert hub.container.mqtt.verifier.refused["unstorable"] == 3


@pytest.mark.cases_full
async def test_a_lot_of_bad_events_is_one_line_in_the_log_with_their_number_and_where_it_broke_once_a_minute(
    hub: Hub, edge: FakeEdge, clock: ManualClock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Such as by a defect of ours in what follows from an event."""

    def broken(data: object) -> str:
        raise ValueError("nothing like it")

    monkeypatch.setattr(event_store, "door_of", broken)

    def told() -> list[tuple[object, bool]]:
        named = [each for each in caplog.records if each.name == ingest_queue.__name__]
        return [(each.__dict__["events"], each.exc_info is not None) for each in named]

    async def refused(times: int) -> bool:
        return [each.name for each in caplog.records].count(envelope_verifier.__name__) == times

    first = 1
    for seconds, lines in ((0, [(20, True)]), (59, [(20, True), (20, False)]), (1, [(20, True), (20, False)] * 2)):
        clock.advance(seconds=seconds)
        await edge.send(run_of(first, first + 19))
        await edge.acknowledged(first + 19)
        first += 20
        # It is reported after the last acknowledgement, the refusal last of all.
        await eventually(partial(refused, times=first // 20), what=f"{first // 20} refusals in the log")
        assert told() == lines[: first // 20]
    refusals = [each for each in caplog.records if each.name == envelope_verifier.__name__]
    assert [each.__dict__["number"] for each in refusals] == [20, 20, 20]


@pytest.mark.cases_full
async def test_what_breaks_what_follows_from_an_event_is_set_aside_too(hub: Hub, edge: FakeEdge) -> None:
    """An event that can be stored itself: its sample cannot."""
    await refuse(hub, "samples", "NEW.device = 'odd'")
    odd = event(2, MotionData(zone="hall", active=True), device="odd")
    await edge.send([event(1), odd, event(3)])
    await edge.acknowledged(3)
    assert await seqs(hub) == [1, 3]
    assert await set_aside(hub) == [(2, "unstorable", encode(odd))]


@pytest.mark.cases_full
async def test_a_dropped_run_that_cannot_be_stored_still_answers_for_its_numbers(hub: Hub, edge: FakeEdge) -> None:
    await refuse(hub, "events", "NEW.kind = 'dropped'")
    await edge.send([event(1), event(9, DroppedData(first=2, last=9, counts={"motion": 8})), event(10)])
    await edge.acknowledged(10)
    assert await seqs(hub) == [1, 10]
    assert [seq for seq, _, _ in await set_aside(hub)] == [9]


@pytest.mark.cases_full
async def test_what_can_neither_be_stored_nor_set_aside_is_never_acknowledged_and_holds_up_nobody_else(
    hub: Hub, edge: FakeEdge
) -> None:
    await refuse(hub, "events", "NEW.seq = 3")
    await refuse(hub, "quarantine", "NEW.seq = 3", name="nor_this")
    await edge.send(run_of(1, 5))
    await edge.send(run_of(6, 9))

    async def others_are_stored() -> bool:
        return await seqs(hub) == [1, 2, 4, 5, 6, 7, 8, 9]

    await eventually(others_are_stored, what="the others are stored")
    await hub.quiet()
    assert {ack.seq for ack in edge.acks} <= {1, 2}
    assert (hub.container.registry.get_sample_value("hallkeeper_events_left_total") or 0) >= 1
    await relent(hub, "events")
    await edge.send(run_of(3, 3))
    await edge.acknowledged(9)
    assert await seqs(hub) == list(range(1, 10))
    assert await set_aside(hub) == []
