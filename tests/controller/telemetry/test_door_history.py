"""A door is shown as it was at an earlier moment, and what is not known of it is shown as not known."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from controller.platform.text import local_time
from controller.screens.live.door_history import DoorSpell, PastEvent, ToldDoor, spells
from controller.screens.live.past import GapWhy, gaps_of
from controller.telemetry.model import EdgeState
from controller.telemetry.queries import Outage
from edge.wire.access_decision import ClockTrust
from edge.wire.events import BootData, DoorChange, DoorData, EventData, FaultData
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval

START = datetime(2026, 11, 25, tzinfo=UTC)
DAY = Interval(start=START, end=START + timedelta(days=1))
CHATTERS = FaultData(code=FaultCode.INPUT_CHATTERS, part="contact", present=True)


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def between(start: float, end: float) -> Interval:
    return Interval(start=hour(start), end=hour(end))


def said(at: float, data: EventData, *, door: str = "front", edge: str = "main", seq: int = 0) -> PastEvent:
    return PastEvent(hour(at), seq or int(at * 100) + 10_000, edge, door, data)


def moved(at: float, change: DoorChange, why: str | None = None, *, door: str = "front") -> PastEvent:
    return said(at, DoorData(door=door, change=change, why=why), door=door)


def at(found: list[DoorSpell], number: float) -> DoorSpell:
    return [each for each in found if each.starts <= hour(number)][-1]


def looks(found: list[DoorSpell], number: float) -> tuple[str, str]:
    spell = at(found, number)
    assert spell.known
    return spell.contact, spell.lock


def front(*events: PastEvent, gaps: tuple[Interval, ...] = (), told: ToldDoor | None = None) -> list[DoorSpell]:
    return spells("front", "main", events, gaps, DAY, told)


ENTRY = (
    moved(9, DoorChange.UNLOCKED, "grant"),
    moved(9.1, DoorChange.OPENED),
    moved(9.2, DoorChange.CLOSED),
    moved(9.3, DoorChange.LOCKED, "closed"),
)


def test_a_door_is_as_its_last_change_left_it_and_before_its_first_as_that_found_it() -> None:
    found = front(*ENTRY)
    shown = [looks(found, number) for number in (8, 9.05, 9.15, 9.25, 10)]
    assert shown == [
        ("closed", "locked"),
        ("closed", "unlocked"),
        ("open", "unlocked"),
        ("closed", "unlocked"),
        ("closed", "locked"),
    ]
    assert (at(found, 9.05).why, found[0].starts) == ("grant", START)


def test_the_order_in_which_events_came_changes_nothing() -> None:
    assert front(*reversed(ENTRY)) == front(*ENTRY)


def test_what_happened_before_the_time_still_holds_in_it() -> None:
    assert looks(front(moved(-30, DoorChange.OPENED), moved(-20, DoorChange.UNLOCKED, "schedule")), 12) == (
        "open",
        "unlocked",
    )


def test_of_a_door_without_events_nothing_is_known_but_what_it_has_reported_ever_since() -> None:
    others = [moved(9, DoorChange.OPENED, door="back"), said(10, BootData(version="1"), edge="annexe")]
    assert looks(front(*others), 12) == ("unknown", "unknown")
    found = front(*others, told=ToldDoor(since=hour(8), contact="closed", lock="locked"))
    assert [looks(found, number) for number in (7, 9)] == [("unknown", "unknown"), ("closed", "locked")]


def test_in_a_gap_nothing_is_known_and_after_it_nothing_that_was_known_before() -> None:
    found = front(*ENTRY, moved(15, DoorChange.OPENED), gaps=(between(10, 12), between(13, 14)))
    assert [at(found, number).known for number in (9.9, 10, 11.9, 12, 13.5, 14)] == [
        *(True, False, False),
        *(True, False, True),
    ]
    assert looks(found, 12.5) == ("unknown", "unknown")
    assert looks(found, 14.5) == ("closed", "unknown")


def test_a_gap_that_began_before_the_time_is_a_gap_at_its_start() -> None:
    assert not front(gaps=(between(-5, 3),))[0].known


def test_a_start_of_the_agent_locks_and_forgets_faults_and_alarms() -> None:
    fault = FaultData(code=FaultCode.LOCK_NOT_LOCKED, present=True)
    found = front(
        moved(8, DoorChange.OPENED), moved(8.1, DoorChange.HELD), said(8.2, fault), said(9, BootData(version="1"))
    )
    before, after = at(found, 8.5), at(found, 9.5)
    assert (before.contact, before.alarm, before.faults) == ("open", "held", (("lock_not_locked", ""),))
    assert (after.contact, after.lock, after.alarm, after.faults) == ("unknown", "locked", None, ())


def test_an_alarm_and_a_fault_last_until_they_are_over() -> None:
    fault = FaultData(code=FaultCode.LOCK_NOT_LOCKED, present=True)
    over = FaultData(code=FaultCode.LOCK_NOT_LOCKED, present=False)
    found = front(moved(8, DoorChange.FORCED), said(8, fault, seq=5), said(9, over), moved(10, DoorChange.CLEARED))
    assert [(at(found, number).alarm, len(at(found, number).faults)) for number in (8.5, 9.5, 10.5)] == [
        ("forced", 1),
        ("forced", 0),
        (None, 0),
    ]


def test_while_a_contact_chatters_nobody_knows_whether_the_door_is_open() -> None:
    found = front(moved(8, DoorChange.OPENED), said(9, CHATTERS), moved(10, DoorChange.CLOSED))
    assert [looks(found, number)[0] for number in (8.5, 9.5, 10.5)] == ["open", "unknown", "closed"]


def test_glass_stays_broken_while_the_door_is_forced_and_shut_again() -> None:
    changes = (DoorChange.GLASS_BROKEN, DoorChange.FORCED, DoorChange.CLEARED, DoorChange.GLASS_WHOLE)
    found = front(*(moved(8 + number, change) for number, change in enumerate(changes)))
    assert [at(found, number).alarm for number in (8.5, 9.5, 10.5, 11.5)] == ["glass", "forced", "glass", None]
    changes = (DoorChange.FORCED, DoorChange.GLASS_BROKEN, DoorChange.GLASS_WHOLE, DoorChange.CLEARED)
    found = front(*(moved(8 + number, change) for number, change in enumerate(changes)))
    assert [at(found, number).alarm for number in (8.5, 9.5, 10.5, 11.5)] == ["forced", "forced", "forced", None]


def test_an_alarm_that_has_been_told_of_since_before_a_gap_is_there_after_it() -> None:
    told = ToldDoor(since=hour(8), contact="open", lock="locked", alarm="forced")
    found = front(moved(8, DoorChange.FORCED), gaps=(between(10, 12),), told=told)
    assert [at(found, number).alarm for number in (9, 11, 13)] == ["forced", None, "forced"]


def test_of_a_door_that_was_at_another_edge_then_the_starts_of_its_present_one_say_nothing() -> None:
    before = said(9, DoorData(door="front", change=DoorChange.OPENED), edge="annexe")
    starts = [said(number, BootData(version="1")) for number in (-5, 3, 11)]
    found = front(before, *starts, moved(12, DoorChange.OPENED))
    assert [at(found, number).known for number in (0, 5, 8.9)] == [False] * 3
    assert [looks(found, number) for number in (10, 11.5, 13)] == [
        ("unknown", "unknown"),
        ("closed", "locked"),
        ("open", "locked"),
    ]


@pytest.mark.parametrize(("day", "hours"), [("2027-03-28", 23), ("2026-10-25", 25)])
def test_a_day_on_which_the_clocks_change_has_all_its_hours_and_each_moment_once(day: str, hours: int) -> None:
    zone = local_time.zone("Europe/London")
    during = local_time.day_bounds(datetime.fromisoformat(day).date(), zone)
    opened = [
        PastEvent(
            during.start + timedelta(hours=number, minutes=30),
            number,
            "main",
            "front",
            DoorData(door="front", change=(DoorChange.CLOSED, DoorChange.OPENED)[number % 2]),
        )
        for number in range(hours)
    ]
    found = spells("front", "main", opened, (), during)
    assert len(found) == hours + 1
    assert {later.starts - one.starts for one, later in pairwise(found[1:])} == {timedelta(hours=1)}


STATE = EdgeState(
    site="ramsey",
    edge="main",
    online=True,
    since=START,
    boot="b",
    connection=1,
    nonce="n",
    at=START,
    software="1",
    trust=ClockTrust.SYNCED,
)


def test_each_gap_says_why_nothing_is_known() -> None:
    heard = [between(2, 5), between(6, 8), between(10, 20)]
    found = gaps_of(heard, DAY, [Outage(edge="main", during=between(8, 10))], None, hour(24))
    assert [(each.during, each.why) for each in found] == [
        (between(0, 2), GapWhy.NOT_YET),
        (between(5, 6), GapWhy.LOST),
        (between(8, 10), GapWhy.NOT_RUNNING),
        (between(20, 24), GapWhy.AWAY),
    ]


def test_what_an_online_edge_says_each_minute_leaves_no_gap_at_the_end() -> None:
    heard = [between(0, 23.98)]
    assert gaps_of(heard, DAY, [], STATE, hour(24)) == []
    assert [each.why for each in gaps_of([between(0, 20)], DAY, [], STATE, hour(24))] == [GapWhy.AWAY]


def test_an_edge_that_was_never_heard_is_a_gap_of_the_whole_time() -> None:
    assert [(each.during, each.why) for each in gaps_of([], DAY, [], None, hour(24))] == [(DAY, GapWhy.NOT_YET)]
