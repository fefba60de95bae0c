"""Quotes frozen at confirmation, and what follows them."""

import asyncio

import httpx
import msgspec
import pytest
from sqlalchemy import func, insert, select, update
from sqlalchemy.exc import IntegrityError

from controller.app.container import Container
from controller.billing import repository
from controller.billing.bill_changes import cancelled
from controller.billing.model import Cancelling, CancellingStep, Tariffs
from controller.billing.quote_freezing import QuoteFreezer
from controller.billing.repository import quotes
from controller.billing.tariff_cache import TariffCache
from controller.bookings import repository as bookings
from controller.bookings.diary.model import BookingState, Changed
from controller.bookings.diary.site_config import SiteConfigs
from controller.bookings.diary.tables import bookings as booking_table
from edge.wire.interval import Interval
from tests.controller.billing.test_tariffs import ANY, HALL, put
from tests.controller.billing.wishes import DAY, LONDON, bill, quote, wall
from tests.controller.clock import ManualClock
from tests.controller.village import API, SITE, Json, act, book, change

USUAL: Json = {
    "name": "usual",
    "steps": [{"days": 14, "percent": 0}, {"days": 2, "percent": 50}],
    "late_percent": 100,
    "no_show_percent": 100,
    "released_percent": 80,
}
GROUPS: Json = {"name": "groups", "id": "groups", "free_hours": 3, "per": "year"}


async def account(client: httpx.AsyncClient, booking: Json) -> Json:
    answer = await client.get(f"{API}/bookings/{booking['id']}/quote")
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def party(client: httpx.AsyncClient, name: str = "choir") -> str:
    body = {"kind": "group", "name": name.title(), "tier": "community"}
    answer = await client.put(f"{API}/parties/{name}", json=body)
    assert answer.is_success, answer.text
    return name


async def totals(client: httpx.AsyncClient, booking: Json) -> list[tuple[str, int | None]]:
    return [(each["cause"], each["total_pence"]) for each in (await account(client, booking))["quotes"]]


async def test_a_quote_is_frozen_at_confirmation_and_later_tariffs_do_not_touch_it(
    any_village: httpx.AsyncClient,
) -> None:
    await put(any_village, rates=[HALL])
    made = await book(any_village)
    before = await account(any_village, made)
    assert (before["frozen"], before["text"]) == (True, "£24.00")
    await put(any_village, rates=[HALL | {"per_hour_pence": 9999}])
    after = await account(any_village, made)
    assert after == before
    assert (after["quotes"][0]["tariff_version"], after["quotes"][0]["made_by"]) == (1, "Una Porter")


async def test_a_booking_confirmed_without_tariffs_stays_without_a_charge(village: httpx.AsyncClient) -> None:
    made = await book(village)
    await put(village, rates=[HALL])
    found = await account(village, made)
    assert (found["frozen"], found["total_pence"], found["quotes"]) == (True, None, [])
    assert found["lines"][0]["text"] == "no charge was set when it was confirmed"
    await act(village, made, "cancel")
    assert (await account(village, made))["total_pence"] is None


async def test_a_moved_booking_is_quoted_again_and_the_old_quote_is_stored(any_village: httpx.AsyncClient) -> None:
    await put(any_village, rates=[HALL])
    made = await book(any_village)
    await change(any_village, made, title="Choir and friends")
    await change(any_village, made, ends="2026-11-26T21:00")
    found = await account(any_village, made)
    assert [(each["number"], each["cause"], each["total_pence"]) for each in found["quotes"]] == [
        (2, "changed", 3600),
        (1, "confirmed", 2400),
    ]
    assert [each["superseded_at"] is None for each in found["quotes"]] == [True, False]


@pytest.mark.parametrize(
    ("days", "total", "words"),
    [
        (15, 0, "cancelled 14 days or more before (usual): 0 % of £24.00 is charged"),
        (3, 1200, "cancelled 2 days or more before (usual): 50 % of £24.00 is charged"),
        (2, 1200, "cancelled 2 days or more before (usual): 50 % of £24.00 is charged"),
        (1, 2400, "cancelled less than 2 days before (usual): 100 % of £24.00 is charged"),
    ],
)
async def test_cancelling_costs_what_the_rule_of_the_day_of_confirmation_says(
    village: httpx.AsyncClient, clock: ManualClock, days: int, total: int, words: str
) -> None:
    await put(village, rates=[HALL], cancelling=[USUAL])
    made = await book(village, starts="2026-12-17T18:00", ends="2026-12-17T20:00")
    assert "free until 14 days before, 50 % until 2 days before, then 100 %" in (await account(village, made))["terms"]
    await put(village, rates=[HALL], cancelling=[])
    clock.set(wall(f"2026-12-{17 - days:02} 18:00"))
    foreseen = await account(village, made)
    assert (foreseen["total_pence"], foreseen["if_cancelled_pence"]) == (2400, total)
    await act(village, made, "cancel")
    found = await account(village, made)
    assert (found["if_cancelled"], found["if_cancelled_pence"]) == ("", None)
    assert (found["total_pence"], found["lines"][-1]["text"]) == (total, words)
    assert found["lines"][0]["pence"] == 2400
    assert sum(line["pence"] for line in found["lines"]) == total


@pytest.mark.parametrize(("at", "left"), [("2027-03-27 18:00", 0), ("2027-03-27 18:01", 2000)])
def test_days_before_end_at_the_wall_time_of_the_start_over_a_clock_change(at: str, left: int) -> None:
    rule = Cancelling(name="usual", steps=(CancellingStep(days=1, percent=0),), late_percent=100)
    given = quote(Tariffs(rates=(DAY,), cancelling=(rule,)), "2027-03-28 18:00", "2027-03-28 20:00")
    booked = bill(given, Interval(start=wall("2027-03-28 18:00"), end=wall("2027-03-28 20:00")))
    assert cancelled(booked, zone=LONDON, at=wall(at)).quote.total == left


async def test_cancelling_is_free_where_no_rule_is_set(village: httpx.AsyncClient) -> None:
    await put(village, rates=[HALL])
    made = await book(village)
    await act(village, made, "cancel")
    assert await totals(village, made) == [("cancelled", 0), ("confirmed", 2400)]


async def test_a_restored_booking_has_its_first_quote_again_whatever_the_tariffs_are_now(
    village: httpx.AsyncClient,
) -> None:
    await put(village, rates=[HALL], cancelling=[USUAL])
    made = await book(village)
    await act(village, made, "cancel")
    await put(village, rates=[HALL | {"per_hour_pence": 1}])
    await act(village, made, "restore")
    assert await totals(village, made) == [("restored", 2400), ("cancelled", 2400), ("confirmed", 2400)]


@pytest.mark.both_databases
async def test_nobody_is_charged_twice_for_a_booking_whatever_runs_at_once(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await put(any_village, rates=[HALL])
    made = await book(any_village)
    await asyncio.gather(*(act(any_village, made, "cancel") for _ in range(4)))
    async with any_container.database.read() as tx:
        live = select(func.count()).where(quotes.c.booking_id == made["id"], quotes.c.superseded_at.is_(None))
        assert (await tx.execute(live)).scalar_one() == 1
        row = (await tx.execute(select(quotes).where(quotes.c.superseded_at.is_(None)))).mappings().one()
    with pytest.raises(IntegrityError):
        async with any_container.database.write() as tx:
            await tx.execute(insert(quotes).values(dict(row) | {"id": "another", "number": 99}))


async def test_free_hours_are_counted_from_frozen_quotes_and_come_back_with_a_free_cancel(
    any_village: httpx.AsyncClient,
) -> None:
    await put(any_village, rates=[HALL], allowances=[GROUPS])
    choir = await party(any_village)
    first = await book(any_village, party=choir)
    second = await book(any_village, party=choir, starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    assert [(await account(any_village, each))["total_pence"] for each in (first, second)] == [0, 1200]
    assert "3 h left, 2 h taken" in (await account(any_village, first))["lines"][1]["text"]
    assert "1 h left, 1 h taken" in (await account(any_village, second))["lines"][1]["text"]
    await act(any_village, first, "cancel")
    third = await book(any_village, party=choir, starts="2026-11-28T18:00", ends="2026-11-28T20:00")
    assert (await account(any_village, third))["total_pence"] == 0
    # Its hours are gone to the third, so the restored one is priced again.
    await act(any_village, first, "restore")
    assert (await totals(any_village, first))[0] == ("changed", 2400)


async def test_free_hours_stay_spent_where_a_late_cancel_is_charged(village: httpx.AsyncClient) -> None:
    await put(village, rates=[HALL], allowances=[GROUPS], cancelling=[USUAL])
    choir = await party(village)
    first = await book(village, party=choir, ends="2026-11-26T21:00")
    await act(village, first, "cancel")
    second = await book(village, party=choir)
    assert (await account(village, second))["total_pence"] == 2400


@pytest.mark.both_databases
async def test_free_hours_are_not_given_twice_to_bookings_made_at_once(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await put(any_village, rates=[ANY], allowances=[GROUPS])
    choir = await party(any_village)
    made = await asyncio.gather(
        *(book(any_village, party=choir, space=space, ends="2026-11-26T20:00") for space in ("hall", "studio", "yard"))
    )
    paid = [(await account(any_village, each))["total_pence"] for each in made]
    assert sum(paid) == 3 * 800
    async with any_container.database.read() as tx:
        spent = await repository.usage(tx, SITE, [choir])
    assert [us // 3_600_000_000 for us in spent[choir].values()] == [3]


async def test_a_charge_can_be_let_off_for_a_reason_once(village: httpx.AsyncClient) -> None:
    await put(village, rates=[HALL])
    made = await book(village)
    path = f"{API}/bookings/{made['id']}/quote/waive"
    assert (await village.post(path, json={"reason": ""})).status_code == 422
    found = (await village.post(path, json={"reason": "the heating failed"})).json()
    assert (found["total_pence"], found["text"]) == (0, "free of charge")
    assert found["lines"][-1]["text"] == "waived: the heating failed: 0 % of £24.00 is charged"
    assert [each["cause"] for each in found["quotes"]] == ["waived", "confirmed"]
    assert (await village.post(path, json={"reason": "again"})).status_code == 409


async def turn(container: Container, made: Json, before: BookingState, after: BookingState, **fields: object) -> None:
    """As if the booking had come from one state to the other, where no route leads."""
    async with container.database.write() as tx:
        booking = await bookings.booking(tx, made["id"])
        assert booking is not None
        old = msgspec.structs.replace(booking, state=before)
        new = msgspec.structs.replace(booking, state=after, **fields)
        site_config = await SiteConfigs().of(tx, SITE)
        follow = QuoteFreezer(TariffCache()).follow
        await follow(tx, site_config, [Changed(before=old, after=new)], actor="Una", now=container.clock.now())


@pytest.mark.parametrize(
    ("state", "total", "words"),
    [
        (BookingState.NO_SHOW, 2400, "nobody came (usual): 100 % of £24.00 is charged"),
        (BookingState.RELEASED, 1920, "nobody came and the time was released (usual): 80 % of £24.00 is charged"),
        (BookingState.DECLINED, 0, "no longer confirmed: 0 % of £24.00 is charged"),
    ],
)
async def test_who_does_not_come_is_charged_by_the_rule(
    village: httpx.AsyncClient, container: Container, state: BookingState, total: int, words: str
) -> None:
    await put(village, rates=[HALL], cancelling=[USUAL])
    made = await book(village)
    await turn(container, made, BookingState.CONFIRMED, state)
    found = await account(village, made)
    assert (found["quotes"][0]["total_pence"], found["quotes"][0]["lines"][-1]["text"]) == (total, words)


async def test_a_no_show_is_charged_in_full_where_no_rule_is_set(
    village: httpx.AsyncClient, container: Container
) -> None:
    await put(village, rates=[HALL])
    made = await book(village)
    await turn(container, made, BookingState.CONFIRMED, BookingState.NO_SHOW)
    assert await totals(village, made) == [("no_show", 2400), ("confirmed", 2400)]


async def test_what_ends_early_is_charged_as_it_was_booked(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await put(village, rates=[HALL])
    made = await book(village)
    clock.set(wall("2026-11-26 19:00"))
    await turn(container, made, BookingState.CONFIRMED, BookingState.CONFIRMED, ends=wall("2026-11-26 19:00"))
    await act(village, made, "finish")
    await act(village, made, "restore")
    assert await totals(village, made) == [("confirmed", 2400)]
    await turn(container, made, BookingState.CONFIRMED, BookingState.CONFIRMED, ends=wall("2026-11-26 21:00"))
    assert (await totals(village, made))[0] == ("changed", 3600)


async def test_what_waits_for_a_decision_is_quoted_as_of_now_and_not_frozen(
    village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village)
    async with container.database.write() as tx:
        await tx.execute(update(booking_table).values(state="held"))
    checked = await put(village, check=True, rates=[HALL])
    [shift] = checked["effect"]["shifts"]
    assert (shift["booking"], shift["before"], shift["after"]) == (made["id"], "no charge is set", "£24.00")
    assert checked["effect"]["kept"] == 0
    await put(village, rates=[HALL])
    assert (await account(village, made))["text"] == "£24.00"
    assert (await account(village, made))["frozen"] is False
    await put(village, rates=[ANY])
    assert (await account(village, made))["text"] == "£16.00"
    await turn(container, made, BookingState.HELD, BookingState.CONFIRMED)
    await put(village, rates=[HALL])
    assert await totals(village, made) == [("confirmed", 1600)]


async def test_a_block_counts_the_active_dates_of_the_series(village: httpx.AsyncClient) -> None:
    await put(village, rates=[HALL], discounts=[{"name": "terms", "percent": 10, "dates": 4}])
    body = {
        "space": "hall",
        "title": "Choir",
        "first_starts": "2026-12-01T18:00",
        "first_ends": "2026-12-01T20:00",
        "rule": "FREQ=WEEKLY;COUNT=4",
    }
    answer = await village.post(f"{API}/sites/{SITE}/series", json=body)
    assert answer.status_code == 201, answer.text
    made = answer.json()["bookings"]
    assert [(await account(village, each))["total_pence"] for each in made] == [2160] * 4
    # Given once, the discount stays, though only one date of the block is left; a change is priced as it is then.
    for each in (made[0], *made[2:]):
        await act(village, each, "cancel")
    assert (await account(village, made[1]))["total_pence"] == 2160
    await change(village, made[1], ends="2026-12-08T21:00")
    assert (await account(village, made[1]))["total_pence"] == 3600
