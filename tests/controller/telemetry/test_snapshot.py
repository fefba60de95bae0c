"""The live page shows what is known, and never takes silence for a number."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import msgspec
import pytest

from controller.screens.live.push import Live
from controller.screens.live.snapshot_schemas import PeopleView, Snapshot
from edge.wire.access_decision import Reason
from edge.wire.credentials import CredentialKind, Method
from edge.wire.event_text import happened
from edge.wire.events import AccessData, ClosingData, ClosingStage, DoorChange, DoorData, Event, OutageData, RecountData
from edge.wire.messages import DeviceState
from tests.controller.clock import ManualClock
from tests.controller.telemetry.speaking import NOW, OTHER_LOG, crossing, event, run_of
from tests.eventually import eventually
from tests.integration.fake_edge import FakeEdge
from tests.integration.hub import Hub, book

MIDNIGHT = NOW - timedelta(hours=12)


async def snapshot(hub: Hub) -> Snapshot:
    return await hub.container.mqtt.live.snapshot("ramsey")


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


@asynccontextmanager
async def watched(live: Live) -> AsyncIterator[None]:
    """Somebody watches the site."""

    async def take() -> None:
        async for _ in live.watch("ramsey", snapshots=True):
            pass

    watching = asyncio.create_task(take())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def asked_at_once(live: Live, times: int) -> set[bytes]:
    """The different answers."""
    return set(await asyncio.gather(*(live.now("ramsey") for _ in range(times))))


async def test_while_a_site_is_watched_what_is_known_now_is_what_watchers_share_until_something_happens(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    live = hub.container.mqtt.live

    async def shared() -> bool:
        before = await live.now("ramsey")
        clock.advance(seconds=1)
        return await live.now("ramsey") == before

    async with watched(live):
        await eventually(shared, what="the snapshot is shared")
        before = await live.now("ramsey")
        clock.advance(seconds=15)
        answers = await asked_at_once(live, 20)
        assert len(answers) == 1
        assert before not in answers
        await edge.send([crossing(1, ins=3, total=(3, 0), at=clock.now())])
        await edge.acknowledged(1)
        found = msgspec.json.decode(await live.now("ramsey"), type=Snapshot)
        assert [each.ins_today for each in found.counters] == [3]


@pytest.mark.both_databases
async def test_where_one_watchers_look_fails_the_others_are_still_told(
    hub: Hub, edge: FakeEdge, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = hub.container.mqtt.live
    look, fails = live.snapshot, [True]
    heard: dict[int, Snapshot] = {}

    async def snapshot(site: str) -> Snapshot:
        if fails and heard.keys() == {1, 2}:
            fails.clear()
            raise OSError("the disk is gone")
        return await look(site)

    async def take(number: int) -> None:
        async for message in live.watch("ramsey", snapshots=True):
            if b'"type":"snapshot"' in message:
                heard[number] = msgspec.json.decode(message, type=Snapshot)

    monkeypatch.setattr(live, "snapshot", snapshot)
    watching = [asyncio.create_task(take(number)) for number in (1, 2)]

    async def both() -> bool:
        return heard.keys() == {1, 2}

    async def told() -> bool:
        return any(counter.ins_today == 3 for each in heard.values() for counter in each.counters)

    try:
        await eventually(both, what="both watch")
        await edge.send([crossing(1, ins=3, total=(3, 0))])
        await eventually(told, what="the watcher whose look did not fail is told")
        assert [task.done() for task in watching].count(True) == 1
    finally:
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)


@pytest.mark.cases_full
async def test_a_wifi_source_that_fails_is_unknown_and_not_nobody(hub: Hub, edge: FakeEdge) -> None:
    await say(edge, "wifi", "ap-hall", stations=None, zone="hall")
    found = await told(hub, lambda shot: shot.wifi, "the access point is shown")
    assert found.wifi[0].stations is None


@pytest.mark.cases_full
async def test_a_wifi_source_that_counts_nobody_says_nought(hub: Hub, edge: FakeEdge) -> None:
    await say(edge, "wifi", "ap-hall", stations=0, zone="hall")
    assert (await told(hub, lambda shot: shot.wifi, "the access point is shown")).wifi[0].stations == 0


@pytest.mark.cases_full
async def test_a_door_whose_mode_was_never_reported_is_not_shown_as_locked(hub: Hub, edge: FakeEdge) -> None:
    assert (await snapshot(hub)).doors[0].mode is None
    await say(edge, "door", "front-door", contact="closed", mode="ajar")
    found = await told(hub, lambda shot: shot.doors[0].contact == "closed", "the door is shown")
    assert found.doors[0].mode is None


@pytest.mark.cases_full
@pytest.mark.parametrize("state", ["active", "latched"])
async def test_a_fire_line_is_shown_until_it_is_cleared(hub: Hub, edge: FakeEdge, state: str) -> None:
    await say(edge, "fire", "fire-line", state=state)
    (shown,) = (await told(hub, lambda shot: shot.fires, "it is shown")).fires
    assert (shown.edge, shown.state) == ("main", state)
    await say(edge, "fire", "fire-line", state="clear")
    await told(hub, lambda shot: not shot.fires, "it is over")


@pytest.mark.cases_full
async def test_a_state_reported_again_holds_since_it_was_first_reported(hub: Hub, edge: FakeEdge) -> None:
    async def say_at(minutes: int, fire: str, active: bool, contact: str) -> Snapshot:
        at = NOW - timedelta(minutes=minutes)
        told_of: list[tuple[str, str, dict[str, str | int | float | bool | None]]] = [
            ("fire", "fire-line", {"state": fire}),
            ("motion", "pir", {"active": active, "zone": "hall"}),
            ("door", "front-door", {"contact": contact}),
        ]
        for kind, device, values in told_of:
            await edge.say_state(DeviceState(device=device, kind=kind, seq=1, at=at, values=values))
        return await told(
            hub,
            lambda shot: shot.doors[0].at and datetime.fromisoformat(shot.doors[0].at) == at,
            "what was last told is shown",
        )

    def since(shot: Snapshot) -> list[int]:
        known = (shot.fires[0].since, shot.motion[0].since, shot.doors[0].since)
        return [(NOW - datetime.fromisoformat(each)) // timedelta(minutes=1) for each in known if each]

    assert since(await say_at(30, "latched", False, "closed")) == [30, 30, 30]
    again = await say_at(20, "latched", False, "closed")
    assert since(again) == [30, 30, 30]
    assert datetime.fromisoformat(again.motion[0].at) == NOW - timedelta(minutes=20)
    assert since(await say_at(10, "active", True, "open")) == [10, 10, 10]
    assert since(await say_at(5, "latched", False, "closed")) == [5, 5, 5]


@pytest.mark.cases_full
@pytest.mark.parametrize("alarm", ["fire", "glass", "forced", "held"])
async def test_a_door_shows_what_somebody_should_look_at(hub: Hub, edge: FakeEdge, alarm: str) -> None:
    await say(edge, "door", "front-door", contact="closed", alarm=alarm)
    assert (await told(hub, lambda shot: shot.doors[0].alarm, "it is shown")).doors[0].alarm == alarm


@pytest.mark.cases_full
async def test_a_lock_that_does_not_hold_is_shown_and_an_unknown_alarm_is_none(hub: Hub, edge: FakeEdge) -> None:
    await say(edge, "door", "front-door", contact="closed", alarm="made up", fault="lock_not_locked,of_a_newer_edge:x")
    found = (await told(hub, lambda shot: shot.doors[0].faults, "the fault is shown")).doors[0]
    assert found.alarm is None
    assert [(each.code, each.part, each.text) for each in found.faults] == [
        ("lock_not_locked", "", "the lock does not hold"),
        ("of_a_newer_edge", "x", "fault of_a_newer_edge x"),
    ]
    assert "may be unlocked" in found.faults[0].hint


@pytest.mark.cases_full
async def test_a_door_shows_until_when_codes_wait_in_the_time_of_its_site(hub: Hub, edge: FakeEdge) -> None:
    await say(edge, "door", "front-door", codes_wait_until="2026-07-25T12:30:00+00:00")
    found = await told(hub, lambda shot: shot.doors[0].codes_wait_until, "it is shown")
    assert found.doors[0].codes_wait_until == "2026-07-25T13:30:00+01:00"
    await say(edge, "door", "front-door", codes_wait_until="soon")
    await told(hub, lambda shot: shot.doors[0].codes_wait_until is None, "what is no instant is not")


@pytest.mark.cases_full
async def test_nobody_is_counted_where_no_counter_ever_reported(hub: Hub, edge: FakeEdge) -> None:
    found = await snapshot(hub)
    assert (found.people, found.counters) == (None, [])


@pytest.mark.cases_full
async def test_a_counter_that_is_there_and_saw_nobody_counts_nought(hub: Hub, edge: FakeEdge) -> None:
    await say(edge, "counter", "front-beams", total_ins=9, total_outs=9)
    found = await told(hub, lambda shot: shot.counters, "the counter is shown")
    (counter,) = found.counters
    assert (counter.door, counter.ins_today, counter.outs_today) == ("front-door", 0, 0)
    assert found.people is not None
    assert (found.people.estimate, found.people.error, found.people.stale_since) == (0, 0, None)


@pytest.mark.cases_full
async def test_a_counter_with_a_fault_says_since_when_it_does_not_count(hub: Hub, edge: FakeEdge) -> None:
    since = "2026-07-25T08:14:00+00:00"
    await say(edge, "counter", "front-beams", fault="beam_dead:inner", not_counting_since=since)
    (counter,) = (await told(hub, lambda shot: shot.counters, "the counter is shown")).counters
    assert (counter.not_counting_since, [each.text for each in counter.faults]) == (
        "2026-07-25T09:14:00+01:00",
        ["the inner beam is never broken while the other is"],
    )
    await say(edge, "counter", "front-beams", fault="beams_swapped", not_counting_since=None)
    found = await told(hub, lambda shot: shot.counters[0].not_counting_since is None, "it counts again")
    assert [each.code for each in found.counters[0].faults] == ["beams_swapped"]


@pytest.mark.cases_full
async def test_nothing_is_shown_of_a_day_on_which_an_offline_counter_reported_nothing(
    hub: Hub, edge: FakeEdge, clock: ManualClock
) -> None:
    await say(edge, "counter", "front-beams", total_ins=9, total_outs=9)
    await told(hub, lambda shot: shot.counters, "the counter is shown")
    await edge.say_status(online=False)
    await told(hub, lambda shot: not shot.edges[0].online, "the edge is offline")
    clock.advance(days=1)
    found = await snapshot(hub)
    assert (found.counters[0].ins_today, found.counters[0].outs_today, found.people) == (None, None, None)


@pytest.mark.cases_full
async def test_people_inside_are_old_from_when_an_edge_that_counts_is_offline(hub: Hub, edge: FakeEdge) -> None:
    await edge.send([crossing(1, ins=3, total=(3, 0))])
    await edge.acknowledged(1)
    assert (await people(hub)).stale_since is None
    await edge.say_status(online=False)
    found = await told(hub, lambda shot: not shot.edges[0].online, "the edge is offline")
    assert found.people is not None
    assert (found.people.estimate, found.people.stale_since) == (3, "2026-11-25T12:00:00+00:00")


@pytest.mark.cases_full
async def test_an_outage_is_shown_with_the_people_and_adds_to_the_error(hub: Hub, edge: FakeEdge) -> None:
    outage = OutageData(start=NOW - timedelta(hours=2, minutes=1), end=NOW - timedelta(hours=2))
    await edge.send([crossing(1, ins=1, total=(1, 0)), event(2, outage, device="main")])
    await edge.acknowledged(2)
    found = await people(hub)
    assert [(gap.starts, gap.ends) for gap in found.gaps] == [
        ("2026-11-25T09:59:00+00:00", "2026-11-25T10:00:00+00:00")
    ]
    assert (found.estimate, found.error) == (1, 2)


@pytest.mark.cases_full
async def test_people_who_are_inside_at_midnight_are_still_inside_after_it(hub: Hub, edge: FakeEdge) -> None:
    late, after = MIDNIGHT - timedelta(minutes=5), MIDNIGHT + timedelta(minutes=20)
    await edge.send([crossing(1, ins=40, total=(40, 0), at=late), crossing(2, outs=10, total=(40, 10), at=after)])
    await edge.acknowledged(2)
    found = await people(hub)
    assert (found.estimate, found.error, found.since) == (30, 2, "2026-11-24T00:00:00+00:00")
    assert (await snapshot(hub)).counters[0].outs_today == 10


@pytest.mark.cases_full
async def test_midnight_empties_a_building_whose_count_is_no_more_than_its_error(hub: Hub, edge: FakeEdge) -> None:
    late = MIDNIGHT - timedelta(minutes=5)
    await edge.send([crossing(1, ins=41, outs=40, total=(41, 40), at=late), crossing(2, ins=1, total=(42, 40))])
    await edge.acknowledged(2)
    found = await people(hub)
    assert (found.estimate, found.since) == (1, "2026-11-25T00:00:00+00:00")


def recount(seq: int, inside: int, total: tuple[int, int], *, at: datetime = NOW) -> Event:
    data = RecountData(counter="front-beams", inside=inside, total_ins=total[0], total_outs=total[1])
    return event(seq, data, at=at, device="front-beams")


@pytest.mark.cases_full
async def test_after_somebody_has_counted_people_are_that_many_and_those_who_came_and_went_since(
    hub: Hub, edge: FakeEdge
) -> None:
    morning, noon = NOW - timedelta(hours=3), NOW - timedelta(minutes=1)
    await edge.send(
        [
            crossing(1, ins=60, outs=50, total=(60, 50), at=morning),
            recount(2, 7, (60, 50), at=noon),
            crossing(3, ins=2, outs=1, total=(62, 51)),
        ]
    )
    await edge.acknowledged(3)
    found = await people(hub)
    assert (found.estimate, found.error, found.since) == (8, 1, "2026-11-25T11:59:00+00:00")
    shot = await snapshot(hub)
    assert (shot.counters[0].ins_today, shot.counters[0].outs_today) == (62, 51)
    assert "Main: re-counted: 7 people inside" in [each.text for each in shot.recent]


@pytest.mark.cases_full
async def test_a_re_count_holds_from_its_place_in_the_log_whatever_comes_in_first(hub: Hub, edge: FakeEdge) -> None:
    events = [crossing(1, ins=5, total=(5, 0)), recount(2, 1, (5, 0)), crossing(3, ins=1, total=(6, 0))]
    for each in (events[2], events[0], events[1]):
        await edge.send([each])
    await edge.acknowledged(3)
    assert (await people(hub)).estimate == 2


@pytest.mark.cases_full
async def test_the_last_re_count_of_a_day_holds_and_a_new_log_goes_on_from_it(hub: Hub, edge: FakeEdge) -> None:
    await edge.send([crossing(1, ins=5, total=(5, 0)), recount(2, 9, (5, 0)), recount(3, 2, (5, 0))])
    await edge.acknowledged(3)
    assert (await people(hub)).estimate == 2
    await edge.send([crossing(1, ins=3, total=(3, 0))], log=OTHER_LOG)
    await edge.acknowledged(1, log=OTHER_LOG)
    assert (await people(hub)).estimate == 5


@pytest.mark.cases_full
async def test_a_re_count_forgets_those_who_were_taken_over_midnight(hub: Hub, edge: FakeEdge) -> None:
    late = MIDNIGHT - timedelta(minutes=5)
    await edge.send([crossing(1, ins=40, total=(40, 0), at=late), recount(2, 0, (40, 0))])
    await edge.acknowledged(2)
    await say(edge, "counter", "front-beams", total_ins=40, total_outs=0)
    found = await told(hub, lambda shot: shot.people, "somebody has counted")
    assert found.people is not None
    assert (found.people.estimate, found.people.error) == (0, 0)


@pytest.mark.cases_full
async def test_who_was_counted_yesterday_is_taken_over_midnight_from_that_count(hub: Hub, edge: FakeEdge) -> None:
    late = MIDNIGHT - timedelta(minutes=5)
    await edge.send(
        [
            crossing(1, ins=90, total=(90, 0), at=late),
            recount(2, 30, (90, 0), at=late),
            crossing(3, outs=4, total=(90, 4)),
        ]
    )
    await edge.acknowledged(3)
    assert (await people(hub)).estimate == 26


@pytest.mark.cases_full
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


@pytest.mark.cases_full
async def test_a_replaced_event_log_is_an_alert_for_a_day(hub: Hub, edge: FakeEdge, clock: ManualClock) -> None:
    await edge.send(run_of(1, 2))
    await edge.acknowledged(2)
    await edge.send(run_of(1, 1), log=OTHER_LOG)
    await edge.acknowledged(1, log=OTHER_LOG)
    (alert,) = (await snapshot(hub)).alerts
    assert alert.text.startswith("Main has a new event log")
    clock.advance(hours=25)
    assert (await snapshot(hub)).alerts == []


@pytest.mark.cases_full
async def test_what_the_office_unlocked_says_so(hub: Hub, edge: FakeEdge) -> None:
    unlocked = DoorData(door="front-door", change=DoorChange.UNLOCKED, why="command")
    await edge.send([event(1, unlocked, device="front-door")])
    await edge.acknowledged(1)
    found = await snapshot(hub)
    assert [each.text for each in found.recent] == ["Front door: unlocked by a command"]


@pytest.mark.cases_full
async def test_areas_are_shown_with_the_sites_time_and_what_no_edge_would_say_is_not(hub: Hub, edge: FakeEdge) -> None:
    since = "2026-11-25T11:00:00+00:00"
    await say(edge, "alarm", "ground-floor", state="set", since=since, why=None, withheld=None, inside=0)
    (shown,) = (await told(hub, lambda shot: shot.areas, "it is shown")).areas
    assert (shown.id, shown.state, shown.why) == ("ground-floor", "set", None)
    assert datetime.fromisoformat(shown.since or "") == datetime.fromisoformat(since)
    await say(edge, "alarm", "ground-floor", state="unset", since="yesterday", why="staff at front-door")
    (shown,) = (await told(hub, lambda shot: shot.areas[0].state == "unset", "it is unset")).areas
    assert (shown.since, shown.why) == (None, "staff at front-door")
    await say(edge, "alarm", "ground-floor", state="asleep")
    await told(hub, lambda shot: not shot.areas, "nothing is shown")


@pytest.mark.cases_full
async def test_a_building_that_was_not_secured_calls_until_it_is(hub: Hub, edge: FakeEdge) -> None:
    def closing(seq: int, stage: ClosingStage) -> Event:
        return event(seq, ClosingData(stage=stage, closes_at=NOW))

    await edge.send([closing(1, ClosingStage.CLOSED), closing(2, ClosingStage.NOT_SECURED)])
    await edge.acknowledged(2)
    (alert,) = (await snapshot(hub)).alerts
    assert "NOT SECURED after closing" in alert.text
    await edge.send([closing(3, ClosingStage.SECURED)])
    await edge.acknowledged(3)
    assert (await snapshot(hub)).alerts == []


@pytest.mark.cases_full
async def test_duress_is_listed_for_each_door_by_its_name(hub: Hub, edge: FakeEdge) -> None:
    def forced(seq: int, door: str) -> Event:
        return event(
            seq,
            AccessData(
                door=door,
                method=Method.CODE,
                granted=True,
                reason=Reason.GRANTED,
                credential=CredentialKind.KEY_HOLDER,
                duress=True,
            ),
        )

    await edge.send([forced(1, "front-door"), forced(2, "side-door"), forced(3, "front-door")])
    await edge.acknowledged(3)
    said = [(alert.kind, alert.text) for alert in (await snapshot(hub)).alerts]
    words = "opened UNDER DURESS: somebody was forced"
    assert sorted(said) == [("duress", f"Front door: {words}"), ("duress", f"side door: {words}")]


@pytest.mark.cases_full
async def test_what_happened_while_the_line_was_cut_appears_in_its_place_and_says_so(hub: Hub, edge: FakeEdge) -> None:
    def opened(seq: int, minutes: int) -> Event:
        at = NOW - timedelta(minutes=minutes)
        return event(seq, DoorData(door="front-door", change=DoorChange.OPENED), device="front-door", at=at)

    await edge.send([opened(1, 30), opened(2, 0)])
    await edge.acknowledged(2)
    found = await snapshot(hub)
    assert [each.text for each in found.recent] == ["Front door: opened", "Front door: opened (learned late)"]
    assert datetime.fromisoformat(found.recent[1].at) == NOW - timedelta(minutes=30)


@pytest.mark.cases_full
async def test_a_refusal_over_and_over_is_one_line_with_its_number_and_times(hub: Hub, edge: FakeEdge) -> None:
    def refused(seq: int, door: str = "front-door") -> Event:
        data = AccessData(door=door, method=Method.CODE, granted=False, reason=Reason.UNKNOWN)
        return event(seq, data, device=door, at=NOW - timedelta(seconds=50 - seq))

    def opened(seq: int) -> Event:
        data = DoorData(door="front-door", change=DoorChange.OPENED)
        return event(seq, data, device="front-door", at=NOW - timedelta(seconds=50 - seq))

    await edge.send([opened(1), refused(2), opened(3), opened(4), *(refused(seq) for seq in range(5, 30))])
    await edge.send([refused(30, "side-door")])
    await edge.acknowledged(30)
    recent = (await snapshot(hub)).recent
    why = f"Front door: {happened(AccessData(door='', method=Method.CODE, granted=False, reason=Reason.UNKNOWN))}"
    assert [each.text for each in recent[1:]] == [
        f"{why}, 25 times since 11:59",
        "Front door: opened",
        "Front door: opened",
        why,
        "Front door: opened",
    ]
    assert datetime.fromisoformat(recent[1].at) == NOW - timedelta(seconds=21)
