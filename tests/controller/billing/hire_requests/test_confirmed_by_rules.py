"""How much of a hall the rules let people book who have no account."""

import pytest

from tests.controller.billing.hire_requests.hiring import Hiring, open_hire, token_in
from tests.controller.clock import ManualClock
from tests.controller.village import API, Json, act

RULE = {"name": "Halls", "spaces": ["hall"]}
FAIR = {"name": "Fair", "most_bookings": 2, "per": "ahead"}


@pytest.fixture
async def confirming(hiring: Hiring) -> Hiring:
    await open_hire(hiring.manager, policy={"rules": [RULE], "quotas": [FAIR]}, confirms=True)
    return hiring


async def hired(hiring: Hiring, day: int, **fields: object) -> Json:
    return await hiring.hired(starts=f"2026-12-{day:02}T14:00", ends=f"2026-12-{day:02}T16:00", **fields)


@pytest.mark.cases_full
async def test_a_manager_decides_beyond_three_coming_bookings_of_an_address_in_any_names(
    confirming: Hiring, clock: ManualClock
) -> None:
    made = [await hired(confirming, day, name=f"Anna {day}") for day in (1, 2, 3)]
    assert [each["status"] for each in made] == ["confirmed"] * 3
    _, sent = await confirming.ask(starts="2026-12-04T14:00", ends="2026-12-04T16:00", name="Anna 4")
    token = token_in(sent)
    looked = await confirming.phone.post(f"{API}/hire-requests/proof/check", json={"token": token})
    assert looked.json()["needs_approval"] is True
    answer = await confirming.confirm(token=token)
    assert (answer.status_code, answer.json()["status"]) == (201, "held")
    [waiting] = await confirming.waiting()
    assert "a manager decides on each request from this page" in waiting["why"]
    await act(confirming.manager, waiting, "approve")
    clock.advance(minutes=61)
    assert (await hired(confirming, 5, name="Anna 5"))["status"] == "held"
    assert (await hired(confirming, 6, name="Bea", email="bea@home.test"))["status"] == "confirmed"


@pytest.mark.cases_full
@pytest.mark.both_databases
async def test_a_cancelled_booking_of_an_address_counts_no_more(confirming: Hiring, clock: ManualClock) -> None:
    for day in (1, 2, 3):
        await hired(confirming, day, name=f"Anna {day}")
    await act(confirming.manager, (await confirming.diary())[0], "cancel")
    assert (await hired(confirming, 4, name="Anna 4"))["status"] == "confirmed"


@pytest.mark.cases_full
async def test_a_manager_decides_beyond_so_many_that_the_rules_confirmed_at_the_site(confirming: Hiring) -> None:
    await open_hire(confirming.manager, policy={"rules": [RULE]}, confirms=True, most_waiting=2)
    made = [await hired(confirming, day, name=f"Guest {day}", email=f"g{day}@home.test") for day in (1, 2, 3)]
    assert [each["status"] for each in made] == ["confirmed", "confirmed", "held"]
    check = {"site": "ramsey", "space": "hall", "starts": "2026-12-04T14:00", "ends": "2026-12-04T16:00", "people": 9}
    looked = await confirming.phone.post(f"{API}/hire-requests/check", json=check)
    assert looked.json()["needs_approval"] is True
    await act(confirming.manager, (await confirming.waiting())[0], "approve")
    await act(confirming.manager, (await confirming.diary())[0], "cancel")
    again = await hired(confirming, 5, name="Guest 5", email="g5@home.test")
    assert again["status"] == "confirmed", "one that a manager approved is not among those of the rules"
