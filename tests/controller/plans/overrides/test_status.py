"""The status of an override at a door, in data and in words; never reported as at the door before it is there."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from controller.plans.overrides.model import AtDoor, Ordered
from controller.plans.overrides.status import At, OverrideDoorStatus, current
from edge.wire.plan import OverrideKind

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
LOCK, HOLD, OUT = OverrideKind.LOCK_DOWN, OverrideKind.HOLD_OPEN, OverrideKind.OUT_OF_SERVICE


def ordered(
    kind: OverrideKind = LOCK,
    *,
    at: AtDoor | None = None,
    starts_h: float = -1,
    ends_h: float = 2,
    ended_h: float | None = None,
    name: str = "one",
    now: datetime = NOW,
) -> Ordered:
    return Ordered(
        id=name,
        site="ramsey",
        kind=kind,
        whole=False,
        starts=now + starts_h * HOUR,
        ends=now + ends_h * HOUR,
        reason="police ask for it",
        actor="Una Porter",
        made_at=now - HOUR,
        ended_at=None if ended_h is None else now + ended_h * HOUR,
        doors=(at or AtDoor(door="front"),),
    )


def at_front(*ones: Ordered, away_h: float | None = None, now: datetime = NOW) -> list[OverrideDoorStatus]:
    away = {} if away_h is None else {"front": now + away_h * HOUR}
    found = current(ones, names={"front": "Front door"}, away=away, now=now, zone=LONDON)
    return [found[one.id][0] for one in ones]


ON = AtDoor(door="front", on_version=7, on_at=NOW - HOUR / 2)
SENT = AtDoor(door="front", on_version=7)
TAKEN_OFF = AtDoor(door="front", on_version=7, on_at=NOW - HOUR / 2, off_version=8, off_at=NOW)

TABLE = [
    (ordered(), None, At.WAITING, "not locked down yet; the door is being updated"),
    (ordered(at=SENT), None, At.WAITING, "not locked down yet; the door is being updated"),
    (ordered(at=ON), None, At.ON, "locked down since 11:30 until 14:00"),
    (ordered(at=ON), -1.0, At.ON, "locked down since 11:30 until 14:00"),
    (
        ordered(),
        -1.0,
        At.UNREACHABLE,
        "NOT locked down: the door is offline since 11:00; it follows once it is back online",
    ),
    (ordered(at=ON, starts_h=1), None, At.ON, "locked down from 13:00 until 14:00; the door has it"),
    (
        ordered(at=ON, ended_h=-0.1),
        None,
        At.REMOVING,
        "still locked down, though this has ended; the door is being updated",
    ),
    (
        ordered(at=ON, ended_h=-0.1),
        -0.2,
        At.REMOVING,
        "may still be locked down until 14:00: the door is offline since 11:48",
    ),
    # Made at 11:00: one that was cut off by then never had it, another may have had it before it could say so.
    (
        ordered(at=SENT, ended_h=-0.1),
        -1.5,
        At.GONE,
        "was not locked down: the door is offline since 10:30, and this has ended",
    ),
    (
        ordered(at=SENT, ended_h=-0.1),
        -0.5,
        At.REMOVING,
        "not known to have been locked down: the door is offline since 11:30, and this has ended",
    ),
    (ordered(at=TAKEN_OFF, ended_h=-0.1), None, At.GONE, "no longer locked down"),
    (ordered(ended_h=-0.1), None, At.GONE, "no longer locked down"),
    (ordered(at=ON, ends_h=0), None, At.GONE, "no longer locked down"),
    (ordered(HOLD, at=ON), None, At.ON, "held open since 11:30 until 14:00"),
    (ordered(OUT, at=ON, ends_h=24), None, At.ON, "out of service since 11:30 until 12:00 on Thu 26 Nov"),
]


@pytest.mark.parametrize(("one", "away_h", "state", "text"), TABLE)
def test_the_state_of_a_door_is_as_the_table_says(one: Ordered, away_h: float | None, state: At, text: str) -> None:
    (found,) = at_front(one, away_h=away_h)
    assert (found.state, found.text) == (state, text)


def test_only_the_strictest_that_the_door_has_holds() -> None:
    hold, lock, out = (ordered(kind, at=ON, name=kind) for kind in (HOLD, LOCK, OUT))
    assert [each.holds for each in at_front(hold, lock, out)] == [False, False, True]
    assert [each.holds for each in at_front(hold, lock)] == [False, True]
    assert [each.text for each in at_front(hold, lock)] == [
        "to be held open until 14:00, but locked down now, which is stricter",
        "locked down since 11:30 until 14:00",
    ]
    assert [each.text for each in at_front(hold, ordered(HOLD, at=ON, ends_h=3, name="longer"))] == [
        "held open since 11:30 until 14:00",
        "held open since 11:30 until 15:00",
    ]
    # One that the door does not have yet decides nothing there, and one that was ended still does.
    waiting = ordered(OUT, name="waiting")
    ending = ordered(LOCK, at=ON, ended_h=-0.1, name="ending")
    assert [each.holds for each in at_front(hold, waiting)] == [True, False]
    assert [each.holds for each in at_front(hold, ending)] == [False, True]
    later = ordered(OUT, at=ON, starts_h=1, name="later")
    assert [each.holds for each in at_front(hold, later)] == [True, False]


def test_a_door_that_is_gone_from_the_building_is_left_out() -> None:
    assert current([ordered(at=ON)], names={}, away={}, now=NOW, zone=LONDON) == {"one": []}


@pytest.mark.parametrize(
    ("now", "until"),
    [
        # Half an hour before the clocks change; the override lasts two hours of real time.
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), "03:30"),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "02:30"),
    ],
)
def test_the_end_is_shown_in_the_sites_time_on_both_nights_of_a_clock_change(now: datetime, until: str) -> None:
    there = AtDoor(door="front", on_version=7, on_at=now)
    (found,) = at_front(ordered(at=there, now=now), now=now)
    assert found.text.endswith(f"until {until}")


def test_one_that_begins_at_once_begins_on_the_door_before_its_clock_can_be_behind() -> None:
    now = ordered(starts_h=-1)
    assert now.starts - now.on_the_door.start == timedelta(minutes=5)
    later = ordered(starts_h=1)
    assert later.starts == later.on_the_door.start
