"""A counter over MQTT reports some time after people passed: what it says proves no time, and its silence nothing."""

from collections.abc import Sequence

import httpx
import pytest
from sqlalchemy import select, update

from controller.app.container import Container
from controller.bookings import arrivals
from controller.bookings.diary.tables import bookings
from controller.telemetry.model import StoredEvent
from controller.telemetry.tables import device_states
from edge.wire.events import Event
from tests.controller.clock import ManualClock
from tests.controller.telemetry.speaking import LOG
from tests.controller.use.attendance.test_attendance import Hut, furnished
from tests.controller.village import SITE, Json


@pytest.fixture
async def hut(village: httpx.AsyncClient, container: Container, clock: ManualClock) -> Hut:
    return await furnished(village, container, clock)


async def told(hut: Hut, events: Sequence[Event], *, late: bool) -> Json:
    """The record of the hut's booking."""
    await hut.tell(events)
    if late:
        async with hut.container.database.write() as tx:
            heard = update(device_states).where(device_states.c.device == "beams")
            await tx.execute(heard.values(state='{"heard": "2026-11-26T22:50:00+00:00"}'))
    return await hut.record()


@pytest.mark.parametrize(("late", "finding"), [(False, "yes"), (True, "not_measured")])
async def test_the_silence_of_a_counter_that_reports_late_names_no_no_show(hut: Hut, late: bool, finding: str) -> None:
    found = await told(hut, [hut.moves(-360, active=False), hut.counts(-360), hut.counts(270)], late=late)
    assert found["no_show"]["finding"] == finding


async def test_people_reported_late_may_be_of_the_booking_and_stay_no_longer_for_it(hut: Hut) -> None:
    events = [hut.moves(-360, active=False), hut.counts(-360), hut.counts(40, ins=7), hut.counts(130, outs=7)]
    found = await told(hut, events, late=True)
    assert (found["came"]["how"], found["came"]["number"]) == ("shared", None)
    assert found["came"]["text"].startswith("7 came in who may have been its people")
    assert found["no_show"]["finding"] == "not_measured"
    assert found["overstay"]["number"] is None


async def test_the_diary_takes_people_reported_late_for_nobodys_alone(hut: Hut) -> None:
    events = [hut.code(0), hut.counts(1, ins=7)]
    await told(hut, events, late=True)
    noted = [
        StoredEvent(
            edge="main", log=LOG, seq=each.seq, at=each.at, device=each.device, kind=each.kind, data=each.read()
        )
        for each in events
    ]
    async with hut.container.database.write() as tx:
        await arrivals.note(tx, SITE, noted)
        row = (await tx.execute(select(bookings.c.counted_in, bookings.c.maybe_in, bookings.c.arrived_at))).one()
    assert tuple(row) == (0, 7, None)
