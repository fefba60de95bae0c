"""What bookings hold beside the time of rooms: places by the quarter hour, equipment, what neighbours must leave."""

from datetime import datetime, timedelta

import msgspec
import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import IntegrityError

from controller.bookings import repository
from controller.bookings.claims import contended, write_claims
from controller.bookings.diary.model import Booking, BookingState, Changed, Need
from controller.bookings.diary.tables import claims, equipment_claims, pool_quarters
from controller.db.engine import Database
from tests.controller.bookings.hub import SIX, SPACES, asked, booking, build, site_config
from tests.controller.running import NOW

QUARTER = timedelta(minutes=15)


@pytest.fixture
async def hub(db: Database) -> Database:
    async with db.write() as tx:
        await build(tx)
    return db


async def make(db: Database, *values: Booking) -> list[Changed]:
    async with db.write() as tx:
        await repository.insert_bookings(tx, values)
        return await write_claims(db, tx, site_config(), values, now=NOW, new=True)


async def rewrite(db: Database, *values: Booking, size: int = 8) -> None:
    spaces = [msgspec.structs.replace(each, pool_size=size if each.pool_size else None) for each in SPACES]
    async with db.write() as tx:
        for each in values:
            await repository.update_booking(tx, each)
        await write_claims(db, tx, site_config(all_spaces=spaces), values, now=NOW)


async def taken(db: Database) -> dict[datetime, tuple[int, int]]:
    """Quarter hour -> places taken and there."""
    async with db.read() as tx:
        rows = await tx.execute(select(pool_quarters.c.quarter, pool_quarters.c.taken, pool_quarters.c.size))
        return {row.quarter: (row.taken, row.size) for row in rows}


async def test_a_booking_takes_places_in_every_quarter_hour_it_touches(hub: Database) -> None:
    await make(hub, booking(asked("desks", SIX + timedelta(minutes=10), 0.5, seats=3)))
    await make(hub, booking(asked("desks", SIX + QUARTER, 0.25, people=2)), booking(asked("desks", SIX, 0.25)))
    assert await taken(hub) == {SIX: (4, 8), SIX + QUARTER: (5, 8), SIX + 2 * QUARTER: (3, 8)}


async def test_the_whole_takes_all_places_of_its_pool(hub: Database) -> None:
    await make(hub, booking(asked("library", SIX, 0.25, people=40)))
    assert await taken(hub) == {SIX: (8, 8)}


async def test_the_database_refuses_more_places_than_there_are(hub: Database) -> None:
    await make(hub, booking(asked("desks", SIX, 0.5, seats=6)))
    with pytest.raises(IntegrityError) as refused:
        await make(hub, booking(asked("desks", SIX + QUARTER, 1, seats=3)))
    assert contended(refused.value)
    assert await taken(hub) == {SIX: (6, 8), SIX + QUARTER: (6, 8)}


@pytest.mark.parametrize("state", [BookingState.CANCELLED, BookingState.RELEASED, BookingState.DECLINED])
async def test_what_a_booking_releases_is_free_again(hub: Database, state: BookingState) -> None:
    mine, other = booking(asked("desks", SIX, 0.5, seats=6)), booking(asked("desks", SIX + QUARTER, 0.5, seats=2))
    await make(hub, mine, other)
    shorter = msgspec.structs.replace(mine, ends=SIX + QUARTER)
    await rewrite(hub, shorter)
    assert await taken(hub) == {SIX: (6, 8), SIX + QUARTER: (2, 8), SIX + 2 * QUARTER: (2, 8)}
    await rewrite(hub, msgspec.structs.replace(shorter, state=state))
    assert await taken(hub) == {SIX + QUARTER: (2, 8), SIX + 2 * QUARTER: (2, 8)}


async def test_bookings_that_change_places_with_each_other_do_so_in_one_write(hub: Database) -> None:
    first, second = booking(asked("desks", SIX, 0.25, seats=8)), booking(asked("desks", SIX + QUARTER, 0.25, seats=7))
    await make(hub, first, second)
    swapped = [
        msgspec.structs.replace(first, starts=second.starts, ends=second.ends),
        msgspec.structs.replace(second, starts=first.starts, ends=first.ends),
    ]
    await rewrite(hub, *swapped)
    assert await taken(hub) == {SIX: (7, 8), SIX + QUARTER: (8, 8)}


async def test_a_pool_made_smaller_releases_places_but_takes_no_more(hub: Database) -> None:
    mine, other = booking(asked("desks", SIX, 0.25, seats=4)), booking(asked("desks", SIX, 0.25, seats=2))
    await make(hub, mine, other)
    with pytest.raises(IntegrityError) as refused:
        await rewrite(hub, msgspec.structs.replace(mine, seats=5), size=5)
    assert contended(refused.value)
    await rewrite(hub, msgspec.structs.replace(mine, seats=3), size=5)
    assert await taken(hub) == {SIX: (5, 8)}


async def test_claims_carry_what_their_neighbours_have_to_leave(hub: Database) -> None:
    theatre, own = booking(asked("hall")), booking(asked("studio", setup_min=5, cleardown_min=45))
    await make(hub, theatre, own)
    c = claims.c
    async with hub.read() as tx:
        query = select(c.atom, c.space, c.layout, c.setup_min, c.cleardown_min).order_by(c.atom)
        rows = [tuple(row) for row in await tx.execute(query)]
    assert rows == [
        ("hub/half-a", "hall", "theatre", 15, 15),
        ("hub/half-b", "hall", "theatre", 15, 15),
        ("hub/studio", "studio", "", 10, 45),
    ]


async def test_equipment_follows_the_booking(hub: Database) -> None:
    mine = booking(asked(equipment=(Need(equipment="projector", count=2), Need(equipment="piano", count=1))))
    await make(hub, mine)

    async def held() -> list[tuple[str, int, datetime]]:
        c = equipment_claims.c
        async with hub.read() as tx:
            return [tuple(row) for row in await tx.execute(select(c.equipment, c.count, c.ends).order_by(c.equipment))]

    assert await held() == [("hub/piano", 1, mine.ends), ("hub/projector", 2, mine.ends)]
    later = mine.ends + timedelta(hours=1)
    await rewrite(hub, msgspec.structs.replace(mine, ends=later, equipment=mine.equipment[:1]))
    assert await held() == [("hub/projector", 2, later)]
    await rewrite(hub, msgspec.structs.replace(mine, state=BookingState.CANCELLED))
    assert await held() == []


async def test_a_hold_that_has_run_out_gives_way_and_its_story_says_why(hub: Database) -> None:
    def held(minutes: int, **more: object) -> Booking:
        wanted = asked("hall", SIX, 1, **more)
        return booking(wanted, state=BookingState.HELD, held_until=NOW - timedelta(minutes=minutes))

    out = held(5)
    await make(hub, out)
    desks = booking(asked("desks", SIX, seats=8), state=BookingState.HELD, held_until=NOW)
    elsewhere = booking(asked("studio"), state=BookingState.HELD, held_until=NOW)
    standing = booking(asked("yard"), state=BookingState.HELD, held_until=NOW + timedelta(seconds=1))
    await make(hub, desks, elsewhere, standing)
    [gone] = await make(hub, booking(asked("half-a")))
    assert gone.before == out
    assert gone.after == msgspec.structs.replace(
        out,
        state=BookingState.DECLINED,
        state_at=NOW,
        state_before=BookingState.HELD,
        changed_at=NOW,
        changed_by="hallkeeper",
        version=out.version + 1,
    )
    assert [each.after.id for each in await make(hub, booking(asked("desks", seats=8)))] == [desks.id]
    async with hub.read() as tx:
        [told] = await repository.log_entries(tx, out.id)
        assert (told.actor, told.what, told.why) == ("hallkeeper", "expire", "nobody decided by 11:55 on Wed 25 Nov")
        assert await repository.booking(tx, out.id) == gone.after
        left = await repository.booking(tx, elsewhere.id)
        assert left is not None
        assert left.state is BookingState.HELD
    with pytest.raises(IntegrityError) as refused:
        await make(hub, booking(asked("yard")))
    assert contended(refused.value)


async def test_new_bookings_without_conflicting_holds_read_no_claims(hub: Database) -> None:
    """Imports make thousands of them."""
    mine = booking(asked("library", equipment=(Need(equipment="projector", count=1),)))
    said: list[str] = []
    async with hub.write() as tx:
        await repository.insert_bookings(tx, [mine])
        connection = tx.sync_connection
        assert connection is not None
        event.listen(connection, "before_cursor_execute", lambda *given: said.append(given[2].split()[0]))
        assert await write_claims(hub, tx, site_config(), [mine], now=NOW, new=True, expired=()) == []
        assert "DELETE" not in said
        await write_claims(hub, tx, site_config(), [mine], now=NOW)
        assert "DELETE" in said


async def test_holds_named_by_a_verdict_are_not_looked_for_again(hub: Database) -> None:
    out = booking(asked("hall"), state=BookingState.HELD, held_until=NOW)
    await make(hub, out)
    mine = booking(asked("half-a"))
    async with hub.write() as tx:
        await repository.insert_bookings(tx, [mine])
        [gone] = await write_claims(hub, tx, site_config(), [mine], now=NOW, new=True, expired=[out.id])
    assert gone.after.id == out.id
