"""Where a code stands, in the words people read."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from controller.access.code_status import CodeState, CodeStatus, HeldGrant, LingeringCode, code_status, lingering_texts
from controller.people.model import Actor, Role
from controller.people.permissions import Thing
from edge.wire.interval import Interval
from tests.controller.bookings.hub import MANAGER

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 25, 15, 0, tzinfo=UTC)
AT_1402 = datetime(2026, 11, 25, 14, 2, tzinfo=UTC)
TONIGHT = Interval(start=datetime(2026, 11, 25, 17, 45, tzinfo=UTC), end=datetime(2026, 11, 25, 22, 0, tzinfo=UTC))


def grant(**changes: object) -> HeldGrant:
    plain = HeldGrant(
        booking_id="b",
        door="front-door",
        door_name="Front door",
        code_key=b"key",
        window=TONIGHT,
        ended_at=None,
        on_version=None,
        on_at=None,
        off_version=None,
        off_at=None,
        offline_since=None,
    )
    return msgspec.structs.replace(plain, **changes)


SIDE = {"door": "side-door", "door_name": "Side door"}


def standing(*grants: HeldGrant, now: datetime = NOW) -> CodeStatus:
    """Of a booking that is cancelled if no grant is wanted."""
    cancelled = all(grant.ended_at is not None for grant in grants)
    return code_status(grants, off="cancelled" if cancelled else "", now=now, zone=LONDON)


def text(*grants: HeldGrant, now: datetime = NOW) -> str:
    return standing(*grants, now=now).text


def test_on_the_door_since_when_the_last_door_had_it() -> None:
    first = grant(on_version=1, on_at=AT_1402 - timedelta(minutes=5))
    found = standing(first, grant(on_version=1, on_at=AT_1402, **SIDE))
    assert (found.state, found.text) == (CodeState.ON, "on the door since 14:02")
    assert [door.text for door in found.doors] == ["on the door since 13:57", "on the door since 14:02"]


def test_the_date_is_added_when_it_is_not_today_and_the_year_when_it_is_another() -> None:
    assert text(grant(on_version=1, on_at=AT_1402 - timedelta(days=1))) == "on the door since 14:02 on Tue 24 Nov"
    later = grant(on_version=1, on_at=AT_1402, window=Interval(start=NOW, end=NOW + timedelta(days=60)))
    assert text(later, now=NOW + timedelta(days=40)) == "on the door since 14:02 on Wed 25 Nov 2026"


def test_summer_times_are_shown_in_local_time() -> None:
    summer = datetime(2026, 6, 3, 12, 0, tzinfo=UTC)
    during = Interval(start=summer, end=summer + timedelta(hours=4))
    assert text(grant(window=during, on_version=1, on_at=summer), now=summer) == "on the door since 13:00"


def test_waiting_names_the_doors_that_have_it_not() -> None:
    on = grant(on_version=1, on_at=AT_1402)
    assert text(on, grant(**SIDE)) == "waiting for Side door"
    assert text(grant(), grant(**SIDE)) == "waiting for Front door and Side door"


def test_waiting_says_since_when_the_door_is_offline() -> None:
    found = standing(grant(offline_since=AT_1402))
    assert found.state is CodeState.UNREACHABLE
    assert found.text == "waiting for Front door (offline since 14:02)"


def test_a_code_on_the_door_stays_on_it_while_the_door_is_offline() -> None:
    assert text(grant(on_version=1, on_at=AT_1402, offline_since=NOW)) == "on the door since 14:02"


def test_a_code_for_a_later_month_says_from_when_the_door_has_it() -> None:
    far = Interval(start=NOW + timedelta(days=50), end=NOW + timedelta(days=50, hours=2))
    assert text(grant(window=far)) == "goes on the door from Thu 10 Dec"
    for each in (grant(window=far), grant(window=far, offline_since=NOW)):
        assert standing(each).state is standing(each).doors[0].state is CodeState.LATER
    assert standing(grant(window=far), grant()).state is CodeState.WAITING


def test_cancelled_but_still_opens_until_its_window_ends() -> None:
    ended = grant(on_version=1, on_at=AT_1402, ended_at=NOW, offline_since=AT_1402)
    found = standing(ended)
    assert found.state is CodeState.REMOVING
    assert found.text == "cancelled, but its code still opens Front door until 22:00 (offline since 14:02)"
    assert found.still_opens == ("its code still opens Front door until 22:00 (offline since 14:02)",)
    # An offline code of the same door and window says nothing new.
    assert standing(ended, ended).still_opens == found.still_opens


def test_a_sent_code_may_open_although_nobody_has_acknowledged_it() -> None:
    assert text(grant(on_version=1, ended_at=NOW)) == "cancelled, but its code still opens Front door until 22:00"


OLD = {"on_version": 1, "on_at": AT_1402, "ended_at": NOW, "offline_since": NOW}
CUT = {"offline_since": NOW}


def test_wanted_again_while_the_door_still_has_it_it_is_on_the_door() -> None:
    found = standing(grant(**OLD), grant(**CUT))
    assert (found.state, found.text, found.still_opens) == (CodeState.ON, "on the door since 14:02", ())
    assert standing(grant(**OLD | {"off_version": 2}), grant(**CUT)) == found
    assert [door.state for door in found.doors] == [CodeState.ON]


def test_moved_to_less_of_its_old_time_it_is_on_the_door_and_opens_too_long() -> None:
    shorter = Interval(start=TONIGHT.start, end=TONIGHT.end - timedelta(hours=1))
    found = standing(grant(**OLD), grant(window=shorter, **CUT))
    assert found.state is CodeState.ON
    assert found.still_opens == (
        "the code still opens Front door until 22:00 (offline since 15:00), as before the change",
    )


def test_an_old_code_that_does_not_open_all_of_the_new_time_is_not_the_new_one() -> None:
    longer = Interval(start=TONIGHT.start, end=TONIGHT.end + timedelta(hours=1))
    off = OLD | {"off_at": NOW}
    unheard = OLD | {"on_at": None}
    taken_off_on_the_way = OLD | {"off_version": 2, "offline_since": NOW + timedelta(minutes=1)}
    for old, new in (
        (grant(**OLD), grant(window=longer, **CUT)),
        (grant(**OLD), grant(code_key=b"other", **CUT)),
        (grant(**OLD, **SIDE), grant(**CUT)),
        (grant(**off), grant(**CUT)),
        (grant(**unheard), grant(**CUT)),
        (grant(**taken_off_on_the_way), grant(**CUT)),
    ):
        assert standing(old, new).state is CodeState.UNREACHABLE


def test_cancelled_and_off_the_door() -> None:
    off = grant(on_version=1, on_at=AT_1402, ended_at=NOW, off_at=datetime(2026, 11, 25, 14, 5, tzinfo=UTC))
    found = standing(off)
    assert (found.state, found.text) == (CodeState.GONE, "cancelled; code off the door since 14:05")
    assert found.still_opens == ()


def test_cancelled_before_any_door_had_it() -> None:
    assert text(grant(ended_at=NOW)) == "cancelled; its code was never on the door"


def test_cancelled_and_never_acknowledged_ends_with_its_window() -> None:
    ended = grant(on_version=1, ended_at=NOW, offline_since=AT_1402)
    found = standing(ended, now=TONIGHT.end)
    assert (found.state, found.text) == (CodeState.GONE, "cancelled; its code ended at 22:00")


def test_one_door_off_and_one_not_names_the_one_that_is_not() -> None:
    off = grant(on_version=1, ended_at=NOW, off_at=NOW)
    assert text(off, grant(on_version=1, ended_at=NOW, **SIDE)) == (
        "cancelled, but its code still opens Side door until 22:00"
    )


def test_when_its_time_is_over_it_is_gone() -> None:
    found = standing(grant(on_version=1, on_at=AT_1402), now=TONIGHT.end)
    assert (found.state, found.text) == (CodeState.GONE, "its time was over at 22:00")


def test_a_lingering_code_is_shown_to_bookings_of_that_door_and_time() -> None:
    still = grant(on_version=1, ended_at=NOW, offline_since=AT_1402)
    old = LingeringCode(title="Choir", whose=Thing(site="ramsey", party="choir"), off="cancelled", grant=still)

    def told(door: str, starts_h: int, ends_h: int, actor: Actor = MANAGER) -> tuple[str, ...]:
        window = Interval(start=NOW.replace(hour=starts_h), end=NOW.replace(hour=ends_h))
        return lingering_texts([old], doors=[door], window=window, zone=LONDON, now=NOW, actor=actor)

    assert told("front-door", 21, 23) == (
        "the code of “Choir” (cancelled) still opens Front door until 22:00 (offline since 14:02)",
    )
    assert told("front-door", 22, 23) == ()
    assert told("side-door", 21, 23) == ()
    [text] = told("front-door", 21, 23, Actor.acting("Bo", Role.GROUP_LEADER, party="scouts"))
    assert text.startswith("the code of another booking (cancelled) still opens Front door")
