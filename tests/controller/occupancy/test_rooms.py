"""People in each room: what its sensors say, what the building knows, and what a booking lets one expect."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
import numpy as np
import pytest

from controller.estate.model import Door, Space, SpaceKind
from controller.occupancy.bookings_then import BookedThen, RoomBookings
from controller.occupancy.expected import CAME, LATE, UNSURE, RoomBooking, expecting
from controller.occupancy.filter import OccupancyFilter, unseen, usual
from controller.occupancy.rooms import RoomEstimate, SitePeople, own_counters, site_people
from controller.occupancy.sensing import RoomDevice, Sensing
from controller.occupancy.sharing import SharingRoom, shared
from controller.occupancy.site_rows import HeardEvent, SiteRows
from edge.wire.events import AlarmChange, EventData, MotionData, ReadingData
from tests.controller.occupancy.test_live_estimate import FRONT, HALL, MIDNIGHT, PARTS, SENSING, Telling, hours

START = MIDNIGHT - timedelta(days=1)
BEHIND = msgspec.structs.replace(HALL, doors=("front-door",))
STUDIO = Space(site="ramsey", id="studio", name="Studio", capacity=20, doors=("front-door",))
YARD = Space(site="ramsey", id="yard", name="Yard", capacity=12)
COUNTER, PIR = ("main", "camera"), ("main", "hall-pir")
ROOMS = msgspec.structs.replace(
    SENSING,
    parts=msgspec.structs.replace(PARTS, spaces=(BEHIND, STUDIO, YARD)),
    pirs={PIR: START},
    in_rooms={PIR: RoomDevice(space="hall", name="hall-pir"), COUNTER: RoomDevice(space="studio", name="Camera")},
)
BOOKED = RoomBooking(starts=hours(9), ends=hours(12), people=12)


class RoomTelling(Telling):
    def counts(self, first: datetime, last: datetime, people: int) -> None:
        """The camera says the same every quarter of an hour."""
        while first < last:
            self.say(first, "camera", ReadingData(name="Camera", family="zigbee", values={"people": float(people)}))
            first += timedelta(minutes=15)

    def moves(self, first: datetime, last: datetime, every: int = 4) -> None:
        """Somebody in the hall is seen for half a minute, every few minutes."""
        while first < last:
            for after, active in ((0, True), (30, False)):
                self.say(first + timedelta(seconds=after), "hall-pir", MotionData(zone="hall", active=active))
            first += timedelta(minutes=every)

    def people(
        self, at: datetime, sensing: Sensing = ROOMS, start: datetime = START, **bookings: Sequence[RoomBooking]
    ) -> SitePeople:
        rows = SiteRows(start)
        for each in self.events:
            if each.received_at <= at:
                rows.add(each)
        return site_people(rows, sensing, bookings, at)


def of(found: SitePeople, room: str) -> RoomEstimate:
    return next(each for each in found.rooms if each.space == room)


@pytest.fixture
def day() -> RoomTelling:
    """The alarm was set at night; 20 people come from nine on and stay; the camera in the studio counts 6 from 9:30 on,
    and somebody moves in the hall."""
    told = RoomTelling()
    told.alarm(hours(-3), AlarmChange.SET)
    told.alarm(hours(8.5), AlarmChange.UNSET)
    for minute in range(20):
        told.pass_(hours(9) + timedelta(minutes=minute), ins=1)
    told.counts(hours(8), hours(9.5), 0)
    told.counts(hours(9.5), hours(12), 6)
    told.moves(hours(9), hours(11))
    return told


def test_rooms_and_what_is_elsewhere_add_up_to_the_building(day: RoomTelling) -> None:
    found = day.people(hours(10.5))
    hall, studio, yard = (of(found, each) for each in ("hall", "studio", "yard"))
    assert found.building is not None
    assert found.elsewhere is not None
    assert (hall.mean or 0) + (studio.mean or 0) + found.elsewhere.mean == pytest.approx(found.building.mean, abs=0.2)
    assert studio.low is not None
    assert studio.low <= 6 <= (studio.high or 0) <= 9
    assert studio.rests_on == "a sensor counts 6"
    assert studio.state == "measured"
    assert hall.low is not None
    assert hall.low >= 1
    assert (hall.high or 0) <= found.building.high
    assert hall.missing == ("how many: its sensors see only whether anybody is there",)
    assert (yard.state, yard.people, yard.high) == ("not measured", None, None)
    assert found.disagree == ""


def test_a_room_without_a_sensor_is_not_measured_though_it_is_booked(day: RoomTelling) -> None:
    assert of(day.people(hours(10.5), yard=[BOOKED]), "yard") == of(day.people(hours(10.5)), "yard")


def test_a_silent_room_is_not_known_though_it_is_booked_and_its_code_was_used(day: RoomTelling) -> None:
    came = msgspec.structs.replace(BOOKED, ends=hours(16), code_at=hours(9))
    room = of(day.people(hours(15), studio=[came]), "studio")
    assert (room.state, room.people) == ("not known", None)
    assert len(room.missing) == 1
    assert room.missing[0].startswith("Camera is silent since 12:")


def test_while_the_alarm_is_set_nobody_is_in_any_room_whatever_unsigned_sensors_say(day: RoomTelling) -> None:
    day.counts(hours(3), hours(4), 5)
    room = of(day.people(hours(3.5)), "studio")
    assert (room.people, room.high) == (0, 0)
    assert room.rests_on.startswith("nobody can be in the building")


def test_rooms_hold_no_more_than_the_building_and_what_contradicts_is_said(day: RoomTelling) -> None:
    day.counts(hours(12), hours(14), 30)
    found = day.people(hours(13.5))
    assert found.building is not None
    assert (of(found, "studio").high or 0) <= found.building.high < 30
    assert found.disagree == "the sensors of its rooms see more people than the doors have counted"


def test_rooms_are_known_where_no_door_has_a_counter(day: RoomTelling) -> None:
    bare = msgspec.structs.replace(ROOMS, counters={})
    found = day.people(hours(10.5), bare)
    assert (found.building, found.elsewhere) == (None, None)
    studio = of(found, "studio")
    assert studio.low is not None
    assert studio.low <= 6 <= (studio.high or 0)
    assert of(day.people(hours(8.3), bare), "studio").high == 0


def chance(sign: float | None, hours_: float) -> float:
    """That anybody is there, by a booking alone."""
    comings = usual(30) if sign is None else expecting(usual(30), 12, sign)
    believed = OccupancyFilter(comings, unseen(usual(30)))
    for _ in range(round(hours_ * 12)):
        believed.pass_time(300)
    return float(1 - believed.belief[0])


def test_a_booking_says_what_is_likely_and_alone_never_that_anybody_is_there_for_certain() -> None:
    none, late, unsure, came = (chance(sign, 1) for sign in (None, LATE, UNSURE, CAME))
    assert none < late < unsure < came
    assert chance(CAME, 24) < 0.95
    assert expecting(usual(30), 12, CAME).sizes.argmax() == pytest.approx(10, abs=1)


def test_a_booking_raises_what_is_expected_and_a_used_code_more_but_no_sensor_is_overruled(day: RoomTelling) -> None:
    bare = msgspec.structs.replace(ROOMS, counters={})

    def mean(*bookings: RoomBooking) -> float:
        return of(day.people(hours(9.4), bare, hall=bookings), "hall").mean or 0.0

    booked = msgspec.structs.replace(BOOKED, people=70)
    came = msgspec.structs.replace(booked, code_at=hours(9))
    assert mean() < mean(booked) < mean(came)
    quiet = of(day.people(hours(11.9), bare, hall=[came]), "hall")
    assert quiet.low == 0


def test_a_room_of_which_all_doors_lead_to_it_alone_and_count_is_measured_by_them() -> None:
    side = Door(site="ramsey", id="side", name="Side", edge="main", hold_s=5, held_after_s=60, counter="side-beams")
    annexe = Space(site="ramsey", id="annexe", name="Annexe", capacity=30, doors=("side",), parts=("nook",))
    nook = Space(site="ramsey", id="nook", name="Nook", doors=("side",))
    both = Space(site="ramsey", id="both", name="Both", doors=("side", "front-door"))
    counters = {**SENSING.counters, ("main", "side-beams"): START}
    parts = msgspec.structs.replace(PARTS, spaces=(annexe, BEHIND, nook, STUDIO), doors=(FRONT, side))
    sensing = msgspec.structs.replace(SENSING, parts=parts, counters=counters)
    assert own_counters(sensing, annexe) == [("main", "side-beams")]
    assert own_counters(sensing, BEHIND) == []  # the studio is behind that door too
    assert own_counters(sensing, both) == []
    uncounted = msgspec.structs.replace(sensing, counters=SENSING.counters)
    assert own_counters(uncounted, annexe) == []


def test_a_whole_without_a_sensor_is_the_sum_of_its_parts(day: RoomTelling) -> None:
    whole = Space(site="ramsey", id="whole", name="Whole", capacity=100, parts=("hall", "studio"))
    parts = msgspec.structs.replace(PARTS, spaces=(BEHIND, STUDIO, whole))
    found = day.people(hours(10.5), msgspec.structs.replace(ROOMS, parts=parts))
    hall, studio, both = (of(found, each) for each in ("hall", "studio", "whole"))
    assert both.mean == pytest.approx((hall.mean or 0) + (studio.mean or 0), abs=0.15)
    assert both.rests_on == "the sum of its parts"
    assert both.state == "uncertain"


def test_one_sensor_for_each_desk_of_a_pool_counts_who_is_there() -> None:
    told = RoomTelling()
    pool = Space(site="ramsey", id="desks", name="Desks", kind=SpaceKind.POOL, pool_size=3)
    desks = {("main", f"desk-{each}"): RoomDevice(space="desks", name=f"Desk {each}") for each in range(3)}
    for minute in range(0, 120, 10):
        for each, name in enumerate(desks):
            here = ReadingData(name=name[1], family="zigbee", values={"presence": float(each < 2)})
            told.say(hours(9) + timedelta(minutes=minute), name[1], here)
    parts = msgspec.structs.replace(PARTS, spaces=(pool,))
    sensing = Sensing(parts=parts, counters={}, areas=[], away={}, marks=[], in_rooms=desks)
    room = of(told.people(hours(10.9), sensing), "desks")
    assert room.people == 2
    assert room.rests_on.startswith("a sensor counts 2")


def test_people_are_shared_out_exactly() -> None:
    """Against every way to share them out."""
    rng = np.random.default_rng(1)
    total, one, other = (rng.dirichlet(np.ones(size)) for size in (7, 4, 5))
    parts = [SharingRoom(one, 0.5), SharingRoom(other, 0.2)]
    rooms, rest = shared(total, parts, 0.3)
    even = [np.ones(7) for _ in range(2)]
    flat = [SharingRoom(each, part.part) for each, part in zip(even, parts, strict=True)]
    wanted = [np.zeros(4), np.zeros(5), np.zeros(7)]
    for number, likely in enumerate(total):
        ways = {
            (first, second): one[first] * other[second] * _expected_way(flat, first, second, number - first - second)
            for first in range(4)
            for second in range(5)
            if first + second <= number
        }
        for (first, second), way in ways.items():
            share = likely * way / sum(ways.values())
            wanted[0][first] += share
            wanted[1][second] += share
            wanted[2][number - first - second] += share
    for found, right in zip([*rooms, rest], wanted, strict=True):
        assert found == pytest.approx(right, abs=1e-9)


def _expected_way(parts: Sequence[SharingRoom], *numbers: int) -> float:
    found = 1.0
    for part, number in zip((parts[0].part, parts[1].part, 0.3), numbers, strict=True):
        for each in range(1, number + 1):
            found *= (each - 1 + 2.0 * part) / each
    return found


@pytest.mark.parametrize("night", [datetime(2026, 10, 25, tzinfo=UTC), datetime(2027, 3, 28, tzinfo=UTC)])
def test_in_the_night_in_which_clocks_change_a_room_is_followed_hour_by_hour(night: datetime) -> None:
    """23 or 25 hours: the hour that comes twice is two hours, and the one that is skipped is none."""
    told = RoomTelling()
    told.counts(night - timedelta(hours=1), night + timedelta(hours=1), 3)
    told.counts(night + timedelta(hours=1), night + timedelta(hours=2), 8)
    sensing = msgspec.structs.replace(ROOMS, counters={}, areas=[])
    start = night - timedelta(hours=9)
    for after, people in ((0.9, 3), (1.9, 8)):
        room = of(told.people(night + timedelta(hours=after), sensing, start), "studio")
        assert room.low is not None
        assert room.low <= people <= (room.high or 0) <= people + 3
    silent = of(told.people(night + timedelta(hours=3), sensing, start), "studio")
    spoke = "01:" if night.month == 10 else "03:"  # 01:45 UTC and half an hour
    assert silent.state == "not known"
    assert spoke in silent.missing[0] or "02:" in silent.missing[0]


def test_the_order_in_which_a_room_s_events_come_changes_nothing(day: RoomTelling) -> None:
    first = day.people(hours(10.4))
    day.events.reverse()
    assert day.people(hours(10.4)) == first


def test_a_device_that_is_gone_says_nothing() -> None:
    told = RoomTelling()
    data: EventData = ReadingData(name="Camera", family="zigbee", values={"people": 4.0}, available=False)
    told.events.append(HeardEvent(hours(9), hours(9), "main", "log", 1, "camera", data))
    room = of(told.people(hours(9.2), msgspec.structs.replace(ROOMS, counters={})), "studio")
    assert room.state == "not measured"


def test_where_one_of_several_sensors_is_silent_the_others_say_whether_anybody_is_there(day: RoomTelling) -> None:
    """What they count is no longer how many there are, and the room is not unknown."""
    other = ("main", "other")
    both = {**ROOMS.in_rooms, other: RoomDevice(space="studio", name="Other")}
    sensing = msgspec.structs.replace(ROOMS, counters={}, in_rooms=both)
    day.say(hours(8), "other", ReadingData(name="Other", family="zigbee", values={"people": 2.0}))
    room = of(day.people(hours(11.9), sensing), "studio")
    assert room.state == "uncertain"
    assert room.low is not None
    assert room.low >= 1
    assert (room.high or 0) > 10
    assert [each[:15] for each in room.missing] == ["Other is silent", "how many: its s"]
    day.counts(hours(12), hours(14), 0)
    assert of(day.people(hours(13.9), sensing), "studio").people == 0


def test_a_silent_camera_counts_no_more_while_a_pir_goes_on(day: RoomTelling) -> None:
    """It spoke last at 11:45, and is silent after half an hour."""
    pir = {PIR: RoomDevice(space="studio", name="hall-pir"), COUNTER: RoomDevice(space="studio", name="Camera")}
    sensing = msgspec.structs.replace(ROOMS, counters={}, in_rooms=pir)
    day.moves(hours(11), hours(13))
    before, after = (of(day.people(at, sensing), "studio") for at in (hours(12.2), hours(12.5)))
    assert "a sensor counts 6" in before.rests_on
    assert "counts" not in after.rests_on
    assert after.missing[0].startswith("Camera is silent since 12:")
    assert after.low is not None
    assert after.low >= 1


def test_rooms_that_share_floor_hold_the_people_there_once(day: RoomTelling) -> None:
    """A whole of a whole, and two wholes with a part in common."""
    names = {"house": ("wing", "attic"), "wing": ("hall", "studio"), "other": ("studio", "attic"), "attic": ()}
    spaces = [Space(site="ramsey", id=one, name=one, capacity=40, parts=parts) for one, parts in names.items()]
    eyes = {("main", f"{one}-eye"): RoomDevice(space=one, name=one) for one in names}
    for (_, device), where in eyes.items():
        for minute in range(0, 90, 15):
            moved = ReadingData(name=where.name, family="zigbee", values={"presence": 1.0})
            day.say(hours(9.1) + timedelta(minutes=minute), device, moved)

    def seen(*ids: str) -> dict[str, float]:
        here = tuple(each for each in spaces if each.id in ids)
        parts = msgspec.structs.replace(PARTS, spaces=(BEHIND, STUDIO, *here))
        its = {one: each for one, each in eyes.items() if each.space in ids}
        found = day.people(hours(10.5), msgspec.structs.replace(ROOMS, parts=parts, in_rooms={**ROOMS.in_rooms, **its}))
        assert found.building is not None
        assert found.elsewhere is not None
        assert found.disagree == ""
        return {each.space: each.mean or 0.0 for each in found.rooms} | {
            "elsewhere": found.elsewhere.mean,
            "all": found.building.mean,
        }

    nested = seen("house", "wing", "attic")
    assert nested["house"] + nested["elsewhere"] == pytest.approx(nested["all"], abs=0.2)
    assert nested["wing"] + nested["attic"] <= nested["house"] + 0.2
    assert nested["hall"] + nested["studio"] <= nested["wing"] + 0.2
    across = seen("wing", "other", "attic")
    assert across["hall"] + across["studio"] <= across["wing"] + 0.2
    assert min(across["other"] + across["hall"], across["wing"] + across["attic"]) + across[
        "elsewhere"
    ] == pytest.approx(across["all"], abs=0.2)


@pytest.mark.parametrize(
    ("room", "people"), [("both", 24), ("one", 10), ("two", 10), ("across", 12), ("three", None), ("whole", 24)]
)
def test_a_booking_of_a_room_is_expected_in_its_parts_and_wholes_as_far_as_they_share(
    room: str, people: float | None
) -> None:
    sizes = {"one": 10, "two": 10, "three": 10, "both": 24, "across": 24, "whole": 0}
    inside = {"both": ("one", "two"), "across": ("two", "three"), "whole": ("both", "three")}
    spaces = tuple(
        Space(site="ramsey", id=one, name=one, capacity=size or None, parts=inside.get(one, ()))
        for one, size in sizes.items()
    )
    then = BookedThen(id="1", space="both", starts=hours(9), ends=hours(10), people=24, seats=None, state="confirmed")
    parts = msgspec.structs.replace(PARTS, spaces=spaces)
    found = RoomBookings(parts=parts, booked=[then]).by_room({}, hours(9.5))
    assert [each.people for each in found.get(room, [])] == ([] if people is None else [pytest.approx(people)])
