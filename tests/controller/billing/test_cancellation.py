"""What becomes of a frozen quote when a booking is changed, given up late, let off, or over."""

import httpx
import pytest
from sqlalchemy import func, select

from controller.app.container import Container
from controller.billing.repository import quotes
from controller.bookings.diary.policy import ApprovalRule, Policy
from tests.controller.billing.test_quote_freezing import GROUPS, USUAL, account, party, totals
from tests.controller.billing.test_tariffs import ANY, HALL, put
from tests.controller.billing.wishes import wall
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.village import API, SITE, Json, act, book, change

DEARER = HALL | {"per_hour_pence": 9999}
LONG: Json = {"starts": "2026-12-17T10:00", "ends": "2026-12-17T18:00"}
"""Eight hours at £12; cancelling is free until 3 December, half until the 15th, then nothing is given back."""


async def fit_out(client: httpx.AsyncClient) -> None:
    """Desks, a projector, and a layout of the hall."""
    for path, body in (
        ("equipment/projector", {"name": "Projector", "count": 2}),
        ("spaces/desks", {"name": "Desks", "kind": "pool", "pool_size": 4}),
        ("spaces/hall", {"name": "Hall", "capacity": 60, "layouts": [{"id": "empty", "name": "Empty"}]}),
    ):
        answer = await client.put(f"{API}/sites/{SITE}/{path}", json=body)
        assert answer.is_success, answer.text


async def owed(client: httpx.AsyncClient, booking: Json) -> int | None:
    total: int | None = (await account(client, booking))["total_pence"]
    return total


async def letting_off(client: httpx.AsyncClient, booking: Json, status: int = 200, **said: object) -> Json:
    answer = await client.post(f"{API}/bookings/{booking['id']}/quote/waive", json={"reason": "flood", **said})
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


@pytest.mark.parametrize(
    "fields",
    [
        {"people": 11},
        {"under_16s": True},
        {"title": "Choir and friends"},
        {"layout": "empty"},
        {"equipment": {"projector": 1}},
    ],
)
async def test_what_the_price_does_not_depend_on_leaves_the_quote_alone(
    any_village: httpx.AsyncClient, fields: Json
) -> None:
    await fit_out(any_village)
    await put(any_village, rates=[HALL])
    made = await book(any_village, people=10, **LONG)
    await put(any_village, rates=[DEARER])
    await change(any_village, made, **fields)
    assert await totals(any_village, made) == [("confirmed", 9600)]


async def test_what_the_price_list_of_then_or_of_now_names_makes_another_quote(village: httpx.AsyncClient) -> None:
    priced = [{"equipment": "projector", "per_use_pence": 500}]
    await fit_out(village)
    await put(village, rates=[HALL], equipment=priced)
    made = await book(village, equipment={"projector": 1}, **LONG)
    other = await book(village, space="studio", **LONG)
    assert await owed(village, made) == 10100
    await put(village, rates=[HALL])
    await change(village, made, equipment={})
    assert await totals(village, made) == [("changed", 9600), ("confirmed", 10100)]
    await put(village, rates=[HALL], equipment=priced)
    await change(village, made, equipment={"projector": 1})
    assert await owed(village, made) == 10100
    assert await owed(village, other) is None


async def test_a_pool_is_charged_by_its_seats_however_they_are_given(village: httpx.AsyncClient) -> None:
    await fit_out(village)
    rate = {"name": "desks", "spaces": ["desks"], "per_hour_pence": 100, "each_seat": True}
    await put(village, rates=[rate])
    made = await book(village, space="desks", people=2, **LONG)
    await change(village, made, people=3)
    assert await totals(village, made) == [("changed", 2400), ("confirmed", 1600)]


async def test_a_booking_from_before_any_tariffs_gets_none_until_it_is_another(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = await book(village, people=3, **LONG)
    gone = await book(village, starts="2026-12-18T10:00", ends="2026-12-18T11:00")
    await act(village, gone, "cancel")
    await put(village, rates=[HALL])
    await change(village, made, people=4)
    await act(village, gone, "restore")
    assert [await totals(village, each) for each in (made, gone)] == [[], []]
    await change(village, made, ends="2026-12-17T19:00")
    assert await totals(village, made) == [("confirmed", 10800)]
    clock.set(wall("2026-12-18 10:30"))
    await act(village, gone, "finish")
    await act(village, gone, "restore")
    assert await totals(village, gone) == []


async def test_a_past_booking_keeps_its_quote_when_it_is_corrected(
    any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put(any_village, rates=[HALL], cancelling=[USUAL])
    choir = await party(any_village)
    made = await book(any_village, people=10, **LONG)
    await put(any_village, rates=[DEARER])
    clock.set(wall("2026-12-20 12:00"))
    await change(any_village, made, people=12)
    await change(any_village, made, party=choir)
    assert await totals(any_village, made) == [("confirmed", 9600)]


@pytest.mark.parametrize("how", ["finish", "change"])
async def test_what_ended_early_is_charged_for_all_its_time_whatever_is_changed_later(
    village: httpx.AsyncClient, clock: ManualClock, how: str
) -> None:
    await put(village, rates=[HALL])
    made = await book(village, people=10, **LONG)
    clock.set(wall("2026-12-17 11:00"))
    await put(village, rates=[DEARER])
    if how == "finish":
        await act(village, made, "finish")
    else:
        await change(village, made, ends="2026-12-17T11:30")
    await change(village, made, people=9)
    clock.set(wall("2026-12-17 11:10"))
    await change(village, made, people=8)
    assert await totals(village, made) == [("confirmed", 9600)]


@pytest.mark.cases_full
async def test_shortening_late_costs_what_cancelling_the_rest_would(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put(village, rates=[HALL], cancelling=[USUAL])
    made = await book(village, **LONG)
    clock.set(wall("2026-12-10 12:00"))
    await change(village, made, ends="2026-12-17T14:00")
    found = await account(village, made)
    assert (found["total_pence"], found["lines"][-1]["text"]) == (
        4800 + 2400,
        "gave up Thu 17 Dec 10:00 to 18:00 2 days or more before (usual): 50 % of £48.00 is charged",
    )
    clock.set(wall("2026-12-16 12:00"))
    await put(village, rates=[HALL])
    await change(village, made, ends="2026-12-17T10:15")
    await act(village, made, "cancel")
    assert await totals(village, made) == [
        ("cancelled", 7200),
        ("changed", 7200),
        ("changed", 7200),
        ("confirmed", 9600),
    ]


async def test_shortening_in_time_costs_nothing(village: httpx.AsyncClient) -> None:
    await put(village, rates=[HALL], cancelling=[USUAL])
    made = await book(village, **LONG)
    await change(village, made, ends="2026-12-17T14:00")
    assert await totals(village, made) == [("changed", 4800), ("confirmed", 9600)]


async def test_moving_away_late_is_charged_as_a_cancel_and_the_terms_go_along(
    any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put(any_village, rates=[HALL], cancelling=[USUAL])
    made = await book(any_village, starts="2026-11-26T10:00", ends="2026-11-26T18:00")
    await put(any_village, rates=[HALL])
    await change(any_village, made, **LONG)
    assert await owed(any_village, made) == 9600 + 9600
    assert "free until 14 days before" in (await account(any_village, made))["terms"]
    await act(any_village, made, "cancel")
    assert await owed(any_village, made) == 9600
    await act(any_village, made, "restore")
    assert await owed(any_village, made) == 9600 + 9600
    clock.set(wall("2026-12-16 12:00"))
    await act(any_village, made, "cancel")
    assert await owed(any_village, made) == 9600 + 9600


@pytest.mark.parametrize(
    ("fields", "total"),
    [
        ({"starts": "2026-12-17T10:30", "ends": "2026-12-17T18:30"}, 9600 + 600),
        ({"space": "studio"}, 6400 + 3200),
        ({"ends": "2026-12-17T19:00"}, 10800),
        ({"party": "choir"}, 9600),
    ],
)
async def test_only_the_time_that_is_not_rebooked_is_given_up(
    village: httpx.AsyncClient, clock: ManualClock, fields: Json, total: int
) -> None:
    await put(village, rates=[ANY, HALL], cancelling=[USUAL])
    await party(village)
    made = await book(village, **LONG)
    clock.set(wall("2026-12-16 12:00"))
    await change(village, made, **fields)
    assert await owed(village, made) == total


async def test_a_change_that_must_be_approved_gives_up_what_was_confirmed_until_it_is(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await put_policy(any_container, Policy(rules=(ApprovalRule(name="long", most_minutes=480),)))
    await put(any_village, rates=[HALL], cancelling=[USUAL])
    other = await book(any_village, starts="2026-12-18T10:00", ends="2026-12-18T18:00")
    made = await book(any_village, starts="2026-12-19T10:00", ends="2026-12-19T18:00")
    for each, now, until in (
        (other, "2026-12-17 09:00", "2026-12-18T19:00"),
        (made, "2026-12-18 09:00", "2026-12-19T19:00"),
    ):
        clock.set(wall(now))
        found = await change(any_village, each, ends=until, by_rules=True)
        assert found["status"] == "held"
        assert (await totals(any_village, each))[0] == ("requested", 9600)
        assert await owed(any_village, each) == 10800  # as of now, if it were confirmed
    await act(any_village, made, "cancel")
    assert await totals(any_village, made) == [("requested", 9600), ("confirmed", 9600)]
    await act(any_village, other, "approve")
    assert await totals(any_village, other) == [("confirmed", 10800), ("requested", 9600), ("confirmed", 9600)]
    await act(any_village, other, "restore")
    assert (await totals(any_village, other))[0] == ("requested", 0)  # an approval undone is nobody's giving up
    await act(any_village, other, "approve")
    assert await owed(any_village, other) == 10800


async def test_a_move_that_was_approved_late_counts_as_of_when_it_was_asked_for(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await put_policy(container, Policy(rules=(ApprovalRule(name="short", most_minutes=60),)))
    await put(village, rates=[HALL], cancelling=[USUAL])
    made = await book(village, **LONG)
    await change(village, made, starts="2026-12-20T10:00", ends="2026-12-20T18:00", by_rules=True)
    clock.set(wall("2026-12-17 09:00"))
    await act(village, made, "approve")
    assert await totals(village, made) == [("confirmed", 9600), ("requested", 0), ("confirmed", 9600)]


async def test_what_has_begun_is_charged_as_it_was_booked_however_it_is_given_up(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put(village, rates=[HALL])
    made = await book(village, **LONG)
    assert (await account(village, made))["terms"].startswith("cancelling is free until the start")
    clock.set(wall("2026-12-17 17:59"))
    await act(village, made, "cancel")
    found = await account(village, made)
    assert (found["total_pence"], found["lines"][-1]["text"]) == (
        9600,
        "cancelled after it had begun: 100 % of £96.00 is charged",
    )


async def test_free_hours_that_are_given_up_late_stay_spent(village: httpx.AsyncClient, clock: ManualClock) -> None:
    await put(village, rates=[HALL], allowances=[GROUPS], cancelling=[USUAL])
    choir = await party(village)
    made = await book(village, party=choir, starts="2026-12-17T10:00", ends="2026-12-17T13:00")
    clock.set(wall("2026-12-16 12:00"))
    await change(village, made, ends="2026-12-17T11:00")
    assert await owed(village, made) == 0
    after = await book(village, party=choir, starts="2026-12-28T10:00", ends="2026-12-28T11:00")
    assert await owed(village, after) == 1200


async def test_a_waiver_stays_whatever_becomes_of_the_booking_until_it_is_taken_back(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await put(any_village, rates=[HALL], cancelling=[USUAL])
    made = await book(any_village, people=5, **LONG)
    await letting_off(any_village, made)
    await change(any_village, made, people=6)
    assert (await totals(any_village, made))[0] == ("waived", 0)
    await change(any_village, made, ends="2026-12-17T20:00")
    await act(any_village, made, "cancel")
    await act(any_village, made, "restore")
    assert await totals(any_village, made) == [
        ("restored", 0),
        ("cancelled", 0),
        ("changed", 0),
        ("waived", 0),
        ("confirmed", 9600),
    ]
    assert (await account(any_village, made))["lines"][-1]["text"] == "waived: flood: 0 % of £120.00 is charged"
    path = f"{API}/bookings/{made['id']}/quote/waive"
    for _ in range(2):
        answer = await any_village.delete(path)
        assert answer.status_code == 200, answer.text
        assert (answer.json()["total_pence"], answer.json()["quotes"][0]["cause"]) == (12000, "charged")
    async with any_container.database.read() as tx:
        assert (await tx.execute(select(func.count()).select_from(quotes))).scalar_one() == 6


@pytest.mark.cases_full
async def test_what_is_charged_for_time_given_up_can_be_let_off_alone(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put(village, rates=[HALL], cancelling=[USUAL])
    made = await book(village, **LONG)
    await letting_off(village, made, 409, given_up_only=True)
    clock.set(wall("2026-12-16 12:00"))
    await change(village, made, starts="2027-01-25T10:00", ends="2027-01-25T18:00")
    found = await letting_off(village, made, given_up_only=True)
    assert (found["total_pence"], found["lines"][-1]["text"]) == (9600, "waived: flood: 0 % of £96.00 is charged")
    assert (await letting_off(village, made))["total_pence"] == 0
    await letting_off(village, made, 409, given_up_only=True)
