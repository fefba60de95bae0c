"""The database itself does not let two claims of one atom overlap."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from controller.app.container import Container
from controller.bookings.diary.tables import CLAIM_OVERLAP, claims
from controller.db.errors import violates
from tests.controller.village import act, book, change, post

SIX = datetime(2026, 11, 26, 18, tzinfo=UTC)
HALL = "ramsey/hall"


async def claim(container: Container, booking: str, starts: datetime, hours: float, atom: str = HALL) -> None:
    async with container.database.write() as tx:
        row = {"booking_id": booking, "atom": atom, "starts": starts, "ends": starts + timedelta(hours=hours)}
        await tx.execute(insert(claims).values(row))


@pytest.mark.parametrize("offset", [-1.5, -1, 0, 0.5, 1.5])
async def test_an_overlapping_insert_is_refused_by_the_database(
    any_village: httpx.AsyncClient, any_container: Container, offset: float
) -> None:
    await book(any_village)
    other = await book(any_village, space="yard")
    with pytest.raises(IntegrityError) as refused:
        await claim(any_container, other["id"], SIX + timedelta(hours=offset), 3)
    assert violates(refused.value, CLAIM_OVERLAP)


async def test_touching_claims_and_other_atoms_are_taken(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await book(any_village)
    first = await book(any_village, space="yard")
    second = await book(any_village, space="yard", starts="2026-11-27T10:00", ends="2026-11-27T11:00")
    await claim(any_container, first["id"], SIX - timedelta(hours=1), 1)
    await claim(any_container, second["id"], SIX + timedelta(hours=2), 1)
    await claim(any_container, second["id"], SIX, 1, atom="ramsey/attic")


@pytest.mark.both_databases
async def test_an_overlapping_update_is_refused_by_the_database(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await book(any_village)
    later = await book(any_village, starts="2026-11-26T20:00", ends="2026-11-26T21:00")
    with pytest.raises(IntegrityError):
        async with any_container.database.write() as tx:
            await tx.execute(
                update(claims)
                .where(claims.c.booking_id == later["id"])
                .values(starts=SIX + timedelta(hours=1, minutes=59))
            )


@pytest.mark.both_databases
async def test_a_claim_of_over_31_days_is_refused_by_the_database(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village, space="yard")
    await claim(any_container, made["id"], SIX, 31 * 24)
    with pytest.raises(IntegrityError):
        await claim(any_container, made["id"], SIX + timedelta(days=60), 31 * 24 + 1, atom="ramsey/attic")


async def test_a_month_long_claim_is_seen_from_its_last_hour(any_village: httpx.AsyncClient) -> None:
    await book(any_village, starts="2026-12-01T00:00Z", ends="2027-01-01T00:00Z")
    late = {"starts": "2026-12-31T23:00Z", "ends": "2026-12-31T23:30Z"}
    assert (await post(any_village, **late)).status_code == 409


@pytest.mark.both_databases
async def test_claims_follow_the_booking(any_village: httpx.AsyncClient, any_container: Container) -> None:
    made = await book(any_village)

    async def held() -> list[tuple[str, datetime, datetime]]:
        async with any_container.database.read() as tx:
            rows = await tx.execute(select(claims.c.atom, claims.c.starts, claims.c.ends))
            return [(row.atom, row.starts, row.ends) for row in rows]

    assert await held() == [(HALL, SIX, SIX + timedelta(hours=2))]
    await change(any_village, made, ends="2026-11-26T19:00", space="studio")
    assert await held() == [("ramsey/studio", SIX, SIX + timedelta(hours=1))]
    await act(any_village, made, "cancel")
    assert await held() == []
    await act(any_village, made, "restore")
    assert await held() == [("ramsey/studio", SIX, SIX + timedelta(hours=1))]
