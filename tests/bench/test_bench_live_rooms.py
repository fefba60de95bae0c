"""How near the live figure of each room comes on simulated weeks that chose nothing, from the events of its edges."""

import math
from bisect import bisect_left
from collections.abc import Iterator
from datetime import datetime, timedelta

import msgspec
import numpy as np
import pytest

from controller.estate.model import Space
from controller.occupancy.expected import RoomBooking
from controller.occupancy.rooms import SitePeople, site_people
from controller.occupancy.sensing import RoomDevice, Sensing
from controller.occupancy.site_rows import HeardEvent, SiteRows
from edge.wire.events import MotionData, ReadingData
from firmware_sim.occupancy_score import Score, booked, score
from firmware_sim.sensed_rooms import SensedRoom, sensed_rooms
from firmware_sim.sensed_weeks import MINUTES, SCENARIOS, SensedWeeks, sensed_weeks
from tests.bench.test_bench_live_occupancy import SEEDS, reports, sensing

EVERY = 127
"""Minutes between the moments that are looked at in the second week."""
_WIRED = ("hall", "studio")
"""Rooms whose PIR is wired to the edge; that of the others speaks MQTT."""


def room_reports(room: SensedRoom) -> Iterator[HeardEvent]:
    """Changes at once, numbers once a minute, and what stays the same every quarter of an hour."""
    last: dict[str, float] = {}
    for minute in range(len(room.people)):
        at = room.start + timedelta(minutes=minute + 1, seconds=-2)
        for kind, values in room.columns.items():
            value, again = values[minute], minute % 15 == 0
            changed = value != last.get(kind)
            last[kind] = value
            device = f"{room.name}-{kind}"
            data: MotionData | ReadingData | None = None
            if kind == "pir" and room.name in _WIRED:
                data = MotionData(zone=room.name, active=bool(value)) if changed else None
            elif changed or again:
                names = {"pir": "presence", "present": "people", "contact": "open"}
                data = ReadingData(name=device, family="zigbee", values={names.get(kind, kind): value})
            if data is not None:
                yield HeardEvent(at, at, "main", "log", minute, device, data)


def with_rooms(weeks: SensedWeeks, rooms: list[SensedRoom]) -> Sensing:
    spaces = [Space(site="r", id=each.name, name=each.name.title(), capacity=each.capacity) for each in rooms]
    rest = max(weeks.scenario.capacity - sum(each.capacity for each in rooms), 20)
    spaces.append(Space(site="r", id="floor", name="Floor", capacity=rest))
    known = sensing(weeks)
    return msgspec.structs.replace(
        known,
        parts=msgspec.structs.replace(known.parts, spaces=tuple(spaces)),
        pirs={("main", f"{name}-pir"): weeks.start for name in _WIRED},
        in_rooms={
            ("main", f"{each.name}-{kind}"): RoomDevice(space=each.name, name=f"{each.name} {kind}")
            for each in rooms
            for kind in each.columns
        },
    )


def booked_in(room: SensedRoom, at: datetime) -> list[RoomBooking]:
    def moment(minute: int) -> datetime:
        return room.start + timedelta(minutes=minute)

    return [
        RoomBooking(
            starts=moment(each.starts),
            ends=moment(each.ends),
            people=each.people,
            code_at=moment(each.code_at) if each.code_at is not None and moment(each.code_at) <= at else None,
        )
        for each in room.bookings
        if abs(moment(each.starts) - at) < timedelta(days=2)
    ]


def shown(weeks: SensedWeeks, rooms: list[SensedRoom]) -> Iterator[tuple[int, SitePeople]]:
    """What was shown at moments of the second week, by minute."""
    heard = [*reports(weeks, air=False), *(each for room in rooms for each in room_reports(room))]
    heard.sort(key=lambda each: each.at)
    known, rows, ahead = with_rooms(weeks, rooms), SiteRows(weeks.start), 0
    for minute in range(7 * MINUTES, len(weeks.people), EVERY):
        start, at = weeks.start + timedelta(days=minute // MINUTES - 7), weeks.start + timedelta(minutes=minute + 1)
        if not weeks.open[minute] and not weeks.people[minute]:
            continue
        if rows.start != start:
            rows, ahead = SiteRows(start), bisect_left(heard, start, key=_at)
        while ahead < len(heard) and heard[ahead].at <= at:
            rows.add(heard[ahead])
            ahead += 1
        yield minute, site_people(rows, known, {room.name: booked_in(room, at) for room in rooms}, at)


def _at(event: HeardEvent) -> datetime:
    return event.at


@pytest.mark.bench
@pytest.mark.parametrize("scenario", ["library", "hall", "centre"])
def test_the_live_figure_of_rooms_in_the_second_week(scenario: str) -> None:
    kept: dict[tuple[str, str], list[tuple[Score, Score]]] = {}
    summed, held = [], []
    for seed in range(SEEDS):
        weeks = sensed_weeks(SCENARIOS[scenario], f"live-{seed}", 2)
        rooms = sensed_rooms(weeks, f"live-{seed}")
        figures = {room.name: [(math.nan, math.nan, math.nan)] * len(weeks.people) for room in rooms}
        for minute, found in shown(weeks, rooms):
            assert found.building is not None
            for each in found.rooms:
                if each.people is not None and each.low is not None and each.high is not None:
                    figures[each.space][minute] = (float(each.people), float(each.low), float(each.high))
            known = [each.mean for each in found.rooms if each.mean is not None]
            if found.elsewhere is not None:
                summed.append(abs(sum(known) + found.elsewhere.mean - found.building.mean))
        for room in rooms:
            looked = [not math.isnan(each[0]) for each in figures[room.name]]
            there = [many > 0 and other for many, other in zip(room.people, looked, strict=True)]
            for when, chosen in (("open", looked), ("occupied", there)):
                pair = score(booked(room), room.people, chosen), score(figures[room.name], room.people, chosen)
                kept.setdefault((room.name, when), []).append(pair)
            held += [
                (figures[room.name][minute][0] > 0) == (room.people[minute] > 0) for minute in np.flatnonzero(looked)
            ]
    for (name, when), pairs in kept.items():
        base = np.mean([each.error for each, _ in pairs])
        error, covered, width = np.mean([(f.error, f.covered, f.width) for _, f in pairs], axis=0)
        print(
            f"\n{scenario} {name}, {when}: booked {base:.2f}, error {error:.2f}, covered {covered:.0%}, "
            f"width {width:.1f}",
            end="",
        )
    print(f"\n{scenario}: occupied or empty right in {np.mean(held):.1%}; the sum is off by at most {max(summed):.2f}")
    assert max(summed) < 0.5
