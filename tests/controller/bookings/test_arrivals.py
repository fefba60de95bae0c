"""A booking turns to arrived when somebody let in by its code comes through, and counts who comes in."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import msgspec
import pytest
from sqlalchemy import text

from controller.app.container import Container
from controller.bookings import arrivals
from controller.bookings.diary.policy import Policy, ReleaseRule
from controller.people.model import Actor
from controller.telemetry import repository as telemetry
from controller.telemetry.model import GoodEvent, StoredEvent
from edge.wire.access_decision import ClockTrust, Reason
from edge.wire.credentials import CredentialKind
from edge.wire.events import AccessData, DoorChange, DoorData, Event, EventData, FootfallData
from edge.wire.messages import DeviceState
from tests.controller.bookings.hearing import hear
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.hours.test_changing import OPEN, put
from tests.controller.running import NOW
from tests.controller.village import SITE, Json, book, change, look

SIX = NOW + timedelta(hours=30)


def event(data: EventData, *, after_s: float = 0, start: datetime = SIX) -> StoredEvent:
    return StoredEvent(
        edge="pi-front",
        log="0" * 32,
        seq=1,
        at=start + timedelta(seconds=after_s),
        device="front-door",
        kind="any",
        data=data,
    )


def access(
    booking: Json,
    *,
    granted: bool = True,
    after_s: float = 0,
    door: str = "front-door",
    reader: str | None = None,
) -> StoredEvent:
    data = AccessData(
        door=door,
        reader=reader,
        granted=granted,
        reason=next(iter(Reason)),
        credential=CredentialKind.BOOKING_CODE,
        booking=booking["id"],
    )
    return event(data, after_s=after_s)


def caretaker(*, door: str = "front-door", granted: bool = True, reader: str | None = None) -> StoredEvent:
    """Somebody with a card of their own was let in."""
    data = AccessData(
        door=door,
        reader=reader,
        granted=granted,
        reason=next(iter(Reason)),
        credential=CredentialKind.STAFF,
        holder="019aa000-0000-7000-8000-000000000001",
    )
    return event(data)


def opened(after_s: float, door: str = "front-door") -> StoredEvent:
    return event(DoorData(door=door, change=DoorChange.OPENED), after_s=after_s)


def crossed(after_s: float, ins: int = 1, outs: int = 0, door: str | None = "front-door") -> StoredEvent:
    data = FootfallData(counter="beam", door=door, ins=ins, outs=outs, total_ins=ins, total_outs=outs)
    return event(data, after_s=after_s)


async def told(client: httpx.AsyncClient, booking: Json) -> list[tuple[str, str]]:
    """When its story says that it was come to, and how."""
    answer = await client.get(f"/api/v1/bookings/{booking['id']}/log")
    return [(each["at"], each["reason"]) for each in answer.json()["items"] if each["what"] == "arrive"]


async def note(container: Container, *batches: Sequence[StoredEvent]) -> None:
    for batch in batches:
        async with container.database.write() as tx:
            await arrivals.note(tx, SITE, batch)


async def stored(container: Container, made: StoredEvent) -> None:
    """An event of a batch that has been noted."""
    data = msgspec.json.encode(made.data)
    good = GoodEvent(
        event=Event(
            seq=1,
            boot="019aa000-0000-7000-8000-000000000002",
            mono_ms=1,
            at=made.at,
            trust=ClockTrust.SYNCED,
            device=made.device,
            data=msgspec.Raw(data),
        ),
        kind="access",
        data=made.data,
        text=data.decode(),
        raw=data,
    )
    async with container.database.write() as tx:
        log = await telemetry.open_log(tx, SITE, made.edge, made.log, NOW)
        await telemetry.insert_events(tx, SITE, made.edge, log, [(good, False)], NOW)


async def test_let_in_and_the_door_opens_is_arrived(any_village: httpx.AsyncClient, any_container: Container) -> None:
    made = await book(any_village)
    await note(any_container, [access(made)])
    assert (await look(any_village, made))["status"] == "confirmed"
    await note(any_container, [opened(4)])
    there = await look(any_village, made)
    assert (there["status"], there["arrived_at"]) == ("arrived", "2026-11-26T18:00:04+00:00")
    await note(any_container, [access(made, after_s=60), opened(64)])
    assert await told(any_village, made) == [
        ("2026-11-26T18:00:04+00:00", "somebody came in with its code at Front door")
    ]


async def test_within_one_batch_and_by_the_beam_alone(village: httpx.AsyncClient, container: Container) -> None:
    made = await book(village)
    await note(container, [access(made), crossed(6), opened(7)])
    assert (await look(village, made))["arrived_at"] == "2026-11-26T18:00:06+00:00"


@pytest.mark.parametrize(
    ("code_granted", "door", "after_s"),
    [(False, "front-door", 4), (True, "side-door", 4), (True, "front-door", 121), (True, "front-door", -1)],
)
async def test_refused_another_door_too_late_or_before_is_not(
    village: httpx.AsyncClient, container: Container, code_granted: bool, door: str, after_s: float
) -> None:
    made = await book(village)
    await note(container, [access(made, granted=code_granted)], [opened(after_s, door)])
    assert (await look(village, made))["status"] == "confirmed"


async def test_the_first_arrival_is_not_overwritten(village: httpx.AsyncClient, container: Container) -> None:
    made = await book(village)
    await note(container, [access(made), opened(5)], [access(made, after_s=600), opened(605)])
    assert (await look(village, made))["arrived_at"] == "2026-11-26T18:00:05+00:00"


async def test_a_code_at_a_reader_inside_lets_people_out_and_is_no_arrival(
    village: httpx.AsyncClient, container: Container
) -> None:
    await put_policy(container, Policy(release=(ReleaseRule(after_min=20, warn_min=10),)))
    way_out = DeviceState(
        device="way-out", kind="reader", seq=1, values={"door": "side-door", "side": "inside"}, at=SIX
    )
    async with container.database.write() as tx:
        await telemetry.put_device_states(tx, SITE, "pi-front", [way_out])
    made = await book(village)
    await note(container, [access(made, door="side-door", reader="way-out"), opened(4, "side-door")])
    there = await look(village, made)
    assert (there["status"], there["arrived_at"]) == ("confirmed", None)
    assert there["release_at"] is None, "who leaves by its code was there"
    await stored(container, caretaker(door="side-door", reader="way-out"))
    await note(container, [crossed(30, door="side-door")])
    assert (await look(village, made))["counted_in"] == 1, "nobody else was let in there"


@pytest.mark.both_databases
async def test_people_coming_in_are_counted_while_the_code_is_good(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village)
    later = await book(any_village, starts="2026-11-26T21:00", ends="2026-11-26T22:00")
    early, late = -15 * 60, (2 * 60 + 15) * 60
    await note(
        any_container,
        [crossed(early - 1, 100), crossed(early, 1), crossed(5, 2, outs=50), crossed(9, 4, door="side-door")],
        [crossed(late - 1, 8), crossed(late, 100), crossed(30, 100, door=None), crossed(30, 0, outs=7)],
    )
    assert (await look(any_village, made))["counted_in"] == 15
    assert (await look(any_village, later))["counted_in"] == 0


async def test_at_a_shared_door_of_a_staffed_building_only_people_behind_the_code_count(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await put(any_village, "hours", OPEN)
    club = await book(any_village)
    await note(
        any_container,
        [crossed(-600, 20), access(club), crossed(4), crossed(9, 11)],
        [crossed(119), crossed(121, 5), crossed(3600, 25)],
    )
    there = await look(any_village, club)
    assert (there["counted_in"], there["arrived_how"]) == (13, "code")


async def test_people_with_another_bookings_code_do_not_count_for_this_booking(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await put_policy(any_container, Policy(release=(ReleaseRule(after_min=20, warn_min=10),)))
    hall, studio = await book(any_village), await book(any_village, space="studio")
    clock.set(SIX + timedelta(minutes=1))
    await note(any_container, [access(studio), crossed(5, 3)])
    found = await look(any_village, hall)
    assert (found["release_at"], found["counted_in"]) == ("2026-11-26T18:20:00+00:00", 0)
    assert (await look(any_village, studio))["counted_in"] == 3
    await note(any_container, [crossed(300)])
    kept = await look(any_village, hall)
    assert (kept["release_at"], kept["counted_in"]) == (None, 0), "they may have been its people, or not"


async def test_an_event_for_a_booking_nobody_knows_changes_nothing(
    village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village)
    await note(container, [access(made | {"id": "00000000-0000-7000-8000-000000000000"}), opened(3)], [])
    assert (await look(village, made))["status"] == "confirmed"


async def test_walking_in_at_a_door_of_one_space_is_arrived_by_presence(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    hall, studio = await book(any_village), await book(any_village, space="studio")
    await note(any_container, [crossed(30)])
    assert (await look(any_village, hall))["status"] == "confirmed"  # the front door leads to the studio as well
    await note(any_container, [crossed(60, door="side-door")])
    there = await look(any_village, hall)
    assert (there["status"], there["arrived_at"]) == ("arrived", "2026-11-26T18:01:00+00:00")
    assert await told(any_village, hall) == [("2026-11-26T18:01:00+00:00", "somebody walked in at Side door")]
    assert (await look(any_village, studio))["status"] == "confirmed"


@pytest.mark.parametrize("together", [True, False])
async def test_a_caretaker_on_a_round_makes_no_booking_arrived(
    any_village: httpx.AsyncClient, any_container: Container, together: bool
) -> None:
    """Told in one batch with the crossing, or in one before."""
    await put_policy(any_container, Policy(release=(ReleaseRule(after_min=20, warn_min=10),)))
    made = await book(any_village)
    came = caretaker(door="side-door")
    if not together:
        await stored(any_container, came)
    await note(any_container, [*([came] if together else []), crossed(4, door="side-door")])
    there = await look(any_village, made)
    assert (there["status"], there["counted_in"]) == ("confirmed", 0)
    assert there["release_at"] is None, "they may have let its people in"
    await note(any_container, [crossed(121, 2, door="side-door")])
    there = await look(any_village, made)
    assert (there["status"], there["counted_in"]) == ("arrived", 2)


@pytest.mark.both_databases
async def test_a_change_that_was_read_before_an_arrival_does_not_undo_it(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made, container = await book(any_village), any_container
    async with container.database.write() as tx:
        old = await container.bookings.locked(tx, made["id"])
        site_config = await container.writer.site_configs.of(tx, SITE)
        noting = asyncio.create_task(note(container, [access(made), opened(4), crossed(5, 3)]))
        if not container.database.sqlite:  # which has one writer at a time, so that there the arrival comes second
            await noting
        new = msgspec.structs.replace(old, title="Big choir")
        await container.writer.rewrite(
            tx, site_config, old, new, actor=Actor.acting("Ada"), now=container.clock.now(), what="change"
        )
    await noting
    there = await look(any_village, made)
    assert (there["title"], there["status"], there["counted_in"]) == ("Big choir", "arrived", 3)


@pytest.mark.both_databases
async def test_one_that_is_put_off_has_not_been_come_to_yet(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village)
    await note(any_container, [access(made), opened(4), crossed(5, 3)])
    put_off = await change(any_village, made, starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    assert (put_off["status"], put_off["arrived_at"], put_off["counted_in"]) == ("confirmed", None, 0)


@pytest.mark.both_databases
async def test_a_room_is_not_released_while_somebody_is_being_let_in(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    container = any_container
    await put_policy(container, Policy(release=(ReleaseRule(after_min=20, warn_min=0),)))
    made = await book(any_village)
    for minutes in (20, 21):
        clock.set(SIX + timedelta(minutes=minutes))
        await hear(container, clock.now())
        if minutes == 20:
            await container.no_shows.look()
    async with container.database.write() as tx:
        await arrivals.note(tx, SITE, [access(made, after_s=21 * 60)])
        looking = asyncio.create_task(container.no_shows.look())
        while not container.database.sqlite and not await somebody_waits(container):  # noqa: ASYNC110  # only PostgreSQL knows
            await asyncio.sleep(0)
    await looking
    assert (await look(any_village, made))["status"] == "confirmed"


async def somebody_waits(container: Container) -> bool:
    """Whether one transaction on PostgreSQL waits for another."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    async with container.database.read() as tx:
        return bool((await tx.execute(text(query))).scalar_one())


async def test_who_passes_a_counter_of_both_ways_came_through_after_a_code_and_is_counted_in_by_nothing(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await put_policy(container, Policy(release=(ReleaseRule(after_min=20, warn_min=10),)))
    hall, studio = await book(village), await book(village, space="studio")
    clock.set(SIX + timedelta(minutes=1))
    both_ways = FootfallData(
        counter="mat",
        door="front-door",
        ins=0,
        outs=0,
        total_ins=0,
        total_outs=0,
        passages=3,
        total_passages=3,
    )
    await note(container, [access(hall), event(both_ways, after_s=4)])
    there = await look(village, hall)
    assert (there["status"], there["counted_in"]) == ("arrived", 0)
    assert (await look(village, studio))["release_at"] == "2026-11-26T18:20:00+00:00"
    await note(container, [event(both_ways, after_s=300)])
    kept = await look(village, studio)
    assert (kept["release_at"], kept["arrived_at"], kept["counted_in"]) == (None, None, 0)
