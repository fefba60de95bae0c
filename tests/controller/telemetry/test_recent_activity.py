"""What happened, a line for each thing that did."""

from datetime import UTC, datetime, timedelta
from itertools import count

import msgspec

from controller.estate.model import Door, Edge, Site, SiteParts
from controller.telemetry.model import LoggedEvent
from controller.telemetry.recent_activity import lines
from edge.wire.access_decision import Reason
from edge.wire.credentials import CredentialKind, Method
from edge.wire.events import AccessData, DoorChange, DoorData, EventData, RecountData

NINE = datetime(2026, 11, 25, 9, tzinfo=UTC)
PARTS = SiteParts(
    site=Site(id="hub", name="Hub", zone="Europe/London"),
    doors=tuple(
        Door(site="hub", id=name.lower(), name=name, edge="pi", hold_s=5, held_after_s=60) for name in ("Front", "Side")
    ),
    edges=(Edge(site="hub", id="pi", name="The Pi"),),
)
_IDS = count(1)


def event(data: EventData, seconds: float, *, late: bool = False, start: datetime = NINE) -> LoggedEvent:
    at = start + timedelta(seconds=seconds)
    return LoggedEvent(
        id=next(_IDS),
        edge="pi",
        log="a",
        seq=1,
        kind=type(data).__struct_config__.tag,  # type: ignore[arg-type]  # it is a string in every event
        device="front",
        at=at,
        trust="synced",
        data=msgspec.json.encode(data).decode(),
        received_at=at,
        learned_late=late,
    )


def granted(door: str = "front") -> AccessData:
    code = CredentialKind.BOOKING_CODE
    return AccessData(door=door, granted=True, reason=Reason.GRANTED, method=Method.CODE, credential=code)


def refused(door: str = "front") -> AccessData:
    return AccessData(door=door, granted=False, reason=Reason.UNKNOWN, method=Method.CODE)


def moved(change: DoorChange, door: str = "front", why: str | None = None) -> DoorData:
    return DoorData(door=door, change=change, why=why)


ENTRY: list[tuple[EventData, float]] = [
    (granted(), 0.0),
    (moved(DoorChange.UNLOCKED, why="grant"), 0.0),
    (moved(DoorChange.OPENED), 2.0),
    (moved(DoorChange.CLOSED), 7.0),
    (moved(DoorChange.LOCKED), 8.0),
]


def said(*events: tuple[EventData, float], start: datetime = NINE) -> list[str]:
    found = lines(PARTS, [event(data, at, start=start) for data, at in events][::-1])
    return [each.words(PARTS, now=start + timedelta(hours=2)) for each in found]


def test_one_entry_is_one_line() -> None:
    assert said(*ENTRY) == ["Front: opened with a booking code"]


def test_of_two_entries_at_two_doors_at_once_each_keeps_its_own() -> None:
    other: list[tuple[EventData, float]] = [
        (granted("side"), 1.0),
        (moved(DoorChange.OPENED, "side"), 3.0),
        (moved(DoorChange.CLOSED, "side"), 4.0),
    ]
    assert said(*sorted([*ENTRY, *other], key=lambda each: each[1])) == [
        "Side: opened with a booking code",
        "Front: opened with a booking code",
    ]


def test_an_exit_is_one_line_and_so_is_an_opening_by_the_office() -> None:
    exit_, office = moved(DoorChange.EXIT), moved(DoorChange.UNLOCKED, why="command")
    assert said((exit_, 0), *ENTRY[1:]) == ["Front: request to exit"]
    assert said((office, 0), *ENTRY[2:]) == ["Front: unlocked by a command"]


def test_people_through_a_free_door_are_counted_up_in_one_line() -> None:
    steps = ((DoorChange.OPENED, 0.0), (DoorChange.CLOSED, 4.0))
    walks: list[tuple[EventData, float]] = [(moved(change), 60 * n + at) for n in range(3) for change, at in steps]
    assert said(*walks) == ["Front: opened and closed, 3 times since 09:00"]


def test_what_the_timetable_forced_doors_and_later_moves_do_stays_a_line_of_its_own() -> None:
    assert said(*ENTRY[:3], (moved(DoorChange.HELD), 60), (moved(DoorChange.CLOSED), 90)) == [
        "Front: closed",
        "Front: held open",
        "Front: opened with a booking code",
    ]
    assert said(*ENTRY[:3], (moved(DoorChange.CLOSED), 400)) == ["Front: closed", "Front: opened with a booking code"]
    assert said(*ENTRY, (moved(DoorChange.UNLOCKED, why="schedule"), 20)) == [
        "Front: unlocked",
        "Front: opened with a booking code",
    ]


def test_the_same_refusal_again_is_counted_and_another_thing_between_ends_that() -> None:
    recount = RecountData(counter="beams", inside=3, total_ins=3, total_outs=0)
    assert said((refused(), 0), (refused(), 5), (refused(), 9), (recount, 10), (refused(), 11)) == [
        "Front: refused: no such code at this door",
        "The Pi: re-counted: 3 people inside",
        "Front: refused: no such code at this door, 3 times since 09:00",
    ]


def test_what_was_refused_while_codes_waited_is_one_line_with_its_number() -> None:
    counted = msgspec.structs.replace(refused(), times=212, since=NINE)
    assert said((counted, 900)) == ["Front: refused: no such code at this door, 212 times since 09:00"]


def test_an_entry_over_the_night_the_clocks_go_back_is_one_line_too() -> None:
    night = datetime(2026, 10, 25, 0, 59, 58, tzinfo=UTC)
    assert said(*ENTRY, start=night) == ["Front: opened with a booking code"]


def test_what_was_learned_late_says_so_and_is_not_counted_with_what_was_seen() -> None:
    found = lines(PARTS, [event(refused(), 5), event(refused(), 0, late=True)])
    assert [each.words(PARTS, now=NINE) for each in found] == [
        "Front: refused: no such code at this door",
        "Front: refused: no such code at this door (learned late)",
    ]
