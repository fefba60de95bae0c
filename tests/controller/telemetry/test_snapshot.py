"""The live page is told what is known, and never takes silence for a number."""

from collections.abc import Callable
from datetime import timedelta

from controller.telemetry.snapshot import PeopleView, Snapshot
from edge.wire.events import DoorChange, DoorData, OutageData
from edge.wire.messages import DeviceState
from tests.controller.clock import ManualClock
from tests.controller.telemetry.speaking import NOW, OTHER_LOG, crossing, event, run_of
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub, book

MIDNIGHT = NOW - timedelta(hours=12)


async def snapshot(hub: Hub) -> Snapshot:
    return await hub.house.exchange.live.snapshot("ramsey")


async def told(hub: Hub, fits: Callable[[Snapshot], object], what: str) -> Snapshot:
    """The snapshot, once it is as it should be."""

    async def look() -> Snapshot | None:
        found = await snapshot(hub)
        return found if fits(found) else None

    found = await eventually(look, what=what)
    assert found is not None
    return found


async def people(hub: Hub) -> PeopleView:
    found = (await snapshot(hub)).people
    assert found is not None
    return found


async def say(edge: FakeEdge, kind: str, device: str, **values: str | int | float | bool | None) -> None:
    await edge.say_state(DeviceState(device=device, kind=kind, seq=1, at=NOW, values=values))


async def test_a_wifi_source_that_fails_is_unknown_and_not_nobody(hub: Hub, edge: FakeEdge) -> None:
    await say(edge, "wifi", "ap-hall", stations=None, zone="hall")
    found = await told(hub, lambda shot: shot.wifi, "the access point is shown")
    assert found.wifi[0].stations is None


async def test_a_wifi_source_that_counts_nobody_says_nought(hub: Hub, edge: FakeEdge) -> None:
    await say(edge, "wifi", "ap-hall", stations=0, zone="hall")
    assert (await told(hub, lambda shot: shot.wifi, "the access point is shown")).wifi[0].stations == 0


async def test_a_door_whose_mode_was_never_told_is_not_said_to_be_locked(hub: Hub, edge: FakeEdge) -> None:
    assert (await snapshot(hub)).doors[0].mode is None
    await say(edge, "door", "front-door", contact="closed", mode="ajar")
    found = await told(hub, lambda shot: shot.doors[0].contact == "closed", "the door is shown")
    assert found.doors[0].mode is None


async def test_nobody_is_counted_where_no_counter_ever_reported(hub: Hub, edge: FakeEdge) -> None:
    found = await snapshot(hub)
    assert (found.people, found.counters) == (None, [])


async def test_a_counter_that_is_there_and_saw_nobody_counts_nought(hub: Hub, edge: FakeEdge) -> None:
    await say(edge, "counter", "front-beams", total_ins=9, total_outs=9)
    found = await told(hub, lambda shot: shot.counters, "the counter is shown")
    (counter,) = found.counters
    assert (counter.door, counter.ins_today, counter.outs_today) == ("front-door", 0, 0)
    assert found.people is not None
    assert (found.people.estimate, found.people.error, found.people.stale_since) == (0, 0, None)


async def test_of_a_day_on_which_a_counter_out_of_reach_said_nothing_nothing_is_told(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    await say(edge, "counter", "front-beams", total_ins=9, total_outs=9)
    await told(hub, lambda shot: shot.counters, "the counter is shown")
    await edge.say_status(online=False)
    await told(hub, lambda shot: not shot.edges[0].online, "the edge is out of reach")
    clock.advance(days=1)
    found = await snapshot(hub)
    assert (found.counters[0].ins_today, found.counters[0].outs_today, found.people) == (None, None, None)


async def test_people_inside_are_old_from_when_an_edge_that_counts_is_out_of_reach(hub: Hub, edge: FakeEdge) -> None:
    await edge.send([crossing(1, ins=3, total=(3, 0))])
    await edge.acknowledged(1)
    assert (await people(hub)).stale_since is None
    await edge.say_status(online=False)
    found = await told(hub, lambda shot: not shot.edges[0].online, "the edge is out of reach")
    assert found.people is not None
    assert (found.people.estimate, found.people.stale_since) == (3, "2026-11-25T12:00:00+00:00")


async def test_an_outage_is_told_with_the_people_and_leaves_a_doubt(hub: Hub, edge: FakeEdge) -> None:
    outage = OutageData(start=NOW - timedelta(hours=2, minutes=1), end=NOW - timedelta(hours=2))
    await edge.send([crossing(1, ins=1, total=(1, 0)), event(2, outage, device="main")])
    await edge.acknowledged(2)
    found = await people(hub)
    assert [(gap.starts, gap.ends) for gap in found.gaps] == [
        ("2026-11-25T09:59:00+00:00", "2026-11-25T10:00:00+00:00")
    ]
    assert (found.estimate, found.error) == (1, 2)


async def test_people_who_are_inside_at_midnight_are_still_inside_after_it(hub: Hub, edge: FakeEdge) -> None:
    late, after = MIDNIGHT - timedelta(minutes=5), MIDNIGHT + timedelta(minutes=20)
    await edge.send([crossing(1, ins=40, total=(40, 0), at=late), crossing(2, outs=10, total=(40, 10), at=after)])
    await edge.acknowledged(2)
    found = await people(hub)
    assert (found.estimate, found.error, found.since) == (30, 2, "2026-11-24T00:00:00+00:00")
    assert (await snapshot(hub)).counters[0].outs_today == 10


async def test_midnight_empties_a_building_whose_count_is_no_more_than_its_error(hub: Hub, edge: FakeEdge) -> None:
    late = MIDNIGHT - timedelta(minutes=5)
    await edge.send([crossing(1, ins=41, outs=40, total=(41, 40), at=late), crossing(2, ins=1, total=(42, 40))])
    await edge.acknowledged(2)
    found = await people(hub)
    assert (found.estimate, found.since) == (1, "2026-11-25T00:00:00+00:00")


async def test_a_refused_plan_is_an_alert_until_a_newer_one_is_carried_out(hub: Hub, edge: FakeEdge) -> None:
    assert ((await snapshot(hub)).alerts, (await snapshot(hub)).edges[0].plan_refused) == ([], None)
    edge.refuses = "its disk is full"
    await book(hub, "2026-11-25T18:00", "2026-11-25T20:00")
    found = await told(hub, lambda shot: shot.alerts, "the refusal is an alert")
    (alert,) = found.alerts
    assert (alert.edge, alert.at) == ("main", "2026-11-25T12:00:00+00:00")
    assert alert.text == f"Main refused plan {found.edges[0].plan_version}: its disk is full"
    assert found.edges[0].plan_refused == "its disk is full"
    edge.refuses = None
    await book(hub, "2026-11-26T18:00", "2026-11-26T20:00")
    found = await told(hub, lambda shot: not shot.alerts, "the alert is over")
    assert found.edges[0].plan_refused is None


async def test_a_replaced_event_log_is_an_alert_for_a_day(hub: Hub, edge: FakeEdge, clock: ManualClock) -> None:
    await edge.send(run_of(1, 2))
    await edge.acknowledged(2)
    await edge.send(run_of(1, 1), log=OTHER_LOG)
    await edge.acknowledged(1, log=OTHER_LOG)
    (alert,) = (await snapshot(hub)).alerts
    assert alert.text.startswith("Main came back with a new event log")
    clock.advance(hours=25)
    assert (await snapshot(hub)).alerts == []


async def test_what_the_office_unlocked_says_so(hub: Hub, edge: FakeEdge) -> None:
    unlocked = DoorData(door="front-door", change=DoorChange.UNLOCKED, why="command")
    await edge.send([event(1, unlocked, device="front-door")])
    await edge.acknowledged(1)
    found = await snapshot(hub)
    assert [each.text for each in found.recent] == ["Front door: unlocked by the office"]
