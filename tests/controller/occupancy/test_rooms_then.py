"""Rooms as they were shown are rooms worked out again later, whatever was booked, moved or cancelled since."""

from datetime import datetime, timedelta

import httpx
from sqlalchemy import insert

from controller.app.container import Container
from controller.estate.service import require_parts
from controller.occupancy.bookings_then import bookings_at
from controller.occupancy.rooms import SitePeople
from controller.occupancy.service import OccupancyService
from controller.telemetry.room_sensors.model import of_site, remove
from controller.telemetry.tables import device_states, room_sensors
from edge.wire.access_decision import Reason
from edge.wire.events import AccessData, EventData, ReadingData
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.controller.telemetry.rollups.storing import store
from tests.controller.telemetry.speaking import event
from tests.controller.village import SITE, act, book, change

MINUTE = timedelta(minutes=1)


async def furnish(container: Container) -> None:
    """A camera in the studio and a counter at a door."""
    async with container.database.write() as tx:
        state = {"site": SITE, "edge": "main", "seq": 1, "at": NOW, "since": NOW, "state": "{}"}
        await tx.execute(insert(device_states).values(device="front-beams", kind="counter", **state))
        sensor = {"site": SITE, "edge": "main", "name": "Camera", "family": "z", "first_at": NOW, "heard_at": NOW}
        sensor |= {"last_values": "{}", "set_aside": "{}", "replaced": 0}
        for device, space in (("camera", "studio"), ("presence", "hall")):
            await tx.execute(insert(room_sensors).values(device=device, space=space, **sensor))


async def test_rooms_as_they_were_shown_are_rooms_worked_out_again(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await furnish(container)
    service, shown, seq = OccupancyService(container.database, clock), list[SitePeople](), 0
    at_once = {"space": "hall", "people": 30, "starts": "2026-11-25T13:00", "ends": "2026-11-25T16:00"}
    hall = await book(village, **at_once)
    studio = await book(village, **at_once | {"space": "studio", "people": 9})

    async def say(data: EventData, device: str) -> None:
        nonlocal seq
        seq += 1
        await store(container.database, SITE, [event(seq, data, at=clock.now(), device=device)], now=clock.now())

    async def look() -> None:
        clock.advance(seconds=20)
        shown.append(await service.rooms_now(SITE))
        moments.append(clock.now())

    moments = list[datetime]()
    clock.set(NOW + 65 * MINUTE)
    for step in range(6):
        await say(ReadingData(name="Camera", family="z", values={"people": float(2 * step)}), "camera")
        await say(ReadingData(name="Presence", family="z", values={"presence": float(step % 2)}), "presence")
        await look()
        clock.advance(minutes=14)
        if step == 1:
            granted = AccessData(door="front-door", granted=True, reason=Reason.GRANTED, booking=hall["id"])
            await say(granted, "front-door")
        if step == 2:
            await change(village, studio, people=14, starts="2026-11-25T13:00", ends="2026-11-25T19:00")
        if step == 3:
            await act(village, studio, "cancel")
        if step == 4:
            await book(village, **at_once | {"space": "studio", "people": 3, "starts": "2026-11-25T14:20"})
    clock.advance(hours=3)
    again = [await service.rooms_at(SITE, moment) for moment in moments]
    assert again == shown
    said = [next(each for each in found.rooms if each.space == "studio").rests_on for found in shown]
    assert [text.rpartition("; ")[2] for text in said] == [
        *["booked for 9"] * 2,
        "booked for 9, its code was not used",
        "booked for 14, its code was not used",
        "a sensor counts 8",
        "booked for 3",
    ]
    halls = [next(each for each in found.rooms if each.space == "hall").rests_on for found in shown]
    assert halls[2].endswith("booked for 30, its code was used")


async def test_a_booking_that_was_moved_to_another_day_is_known_where_it_was(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    made = await book(village, space="hall", people=30, starts="2026-11-25T13:00", ends="2026-11-25T14:00")
    clock.advance(minutes=30)
    then = clock.now() + 40 * MINUTE
    clock.advance(minutes=50)
    await change(village, made, starts="2026-12-09T13:00", ends="2026-12-09T14:00")
    async with container.database.read() as tx:
        parts = await require_parts(tx, SITE)
        [before] = (await bookings_at(tx, parts, then)).booked
        assert (await bookings_at(tx, parts, clock.now())).booked == []
    assert (before.id, before.people, before.starts.hour) == (made["id"], 30, 13)


async def test_a_sensor_that_was_removed_later_still_measures_the_room_as_it_was(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await furnish(container)
    service = OccupancyService(container.database, clock)
    seen = event(1, ReadingData(name="Camera", family="z", values={"people": 4.0}), at=clock.now(), device="camera")
    await store(container.database, SITE, [seen], now=clock.now())
    clock.advance(seconds=20)
    shown, moment = await service.rooms_now(SITE), clock.now()
    clock.advance(minutes=1)
    async with container.database.write() as tx:
        camera = next(each for each in await of_site(tx, SITE) if each.device == "camera")
        await remove(tx, camera, clock.now())
    clock.advance(minutes=1)
    assert await service.rooms_at(SITE, moment) == shown
    before, after = (
        next(each for each in found.rooms if each.space == "studio").state
        for found in (shown, await service.rooms_now(SITE))
    )
    assert (before, after) == ("measured", "not measured")
