"""What somebody without an account changes by the link of their booking, judged by the hire policy."""

import httpx
import pytest

from tests.controller.access.test_door_page import check_of, words
from tests.controller.billing.hire_requests.hiring import Hiring, open_hire
from tests.controller.billing.hire_requests.test_confirmed_by_rules import RULE
from tests.controller.village import Json, act, change, look

AT = {"day": "5/12/2026", "from": "14:00", "to": "17:00"}
ALL = {"name": "all"}
HALL = {"spaces": ["hall"], "most_days_ahead": 30}


@pytest.fixture
async def decided(hire: Hiring) -> Hiring:
    """The rules confirm everything, and a manager decides on what comes from the hire page."""
    await open_hire(hire.manager, policy={"rules": [ALL]}, **HALL)
    return hire


async def one(hire: Hiring) -> Json:
    """The hirer's booking, as the manager sees it."""
    [found] = await hire.diary()
    return found


async def moved(hire: Hiring, made: Json, **typed: str) -> httpx.Response:
    """Ask for a move and press the button, where there is one."""
    path = f"{httpx.URL(made['link']).path}/move"
    asked = await hire.phone.post(path, data=AT | typed)
    if 'name="check"' not in asked.text:
        return asked
    assert "confirmed at once" not in words(asked)
    return await hire.phone.post(path, data=AT | typed | {"check": check_of(asked)})


@pytest.mark.cases_full
@pytest.mark.parametrize("typed", [{"to": "16:59"}, {"to": "19:00"}, {"day": "6/12/2026"}, {"from": "10:00"}])
async def test_a_request_that_waits_for_a_manager_waits_still_however_its_hirer_moves_it(
    decided: Hiring, typed: dict[str, str]
) -> None:
    made = await decided.hired()
    answer = await moved(decided, made, **typed)
    assert answer.status_code == 303, words(answer)
    booking = await one(decided)
    assert (booking["status"], booking["code"]) == ("held", None)
    assert len(await decided.waiting()) == 1


@pytest.mark.cases_full
async def test_a_request_beyond_what_the_rules_may_confirm_is_not_confirmed_by_a_move(hire: Hiring) -> None:
    await open_hire(hire.manager, policy={"rules": [RULE]}, confirms=True, most_waiting=1)
    await hire.hired(starts="2026-12-01T14:00", ends="2026-12-01T16:00")
    made = await hire.hired(name="Bea", email="bea@home.test")
    await moved(hire, made, to="16:00")
    assert [each["status"] for each in await hire.diary()] == ["confirmed", "held"]


@pytest.mark.cases_full
async def test_an_approved_booking_waits_again_when_its_hirer_takes_more_and_not_when_less(decided: Hiring) -> None:
    made = await decided.hired()
    await act(decided.manager, await one(decided), "approve")
    path = f"{httpx.URL(made['link']).path}/move"
    shorter = AT | {"to": "16:00"}
    asked = await decided.phone.post(path, data=shorter)
    assert "confirmed at once" in words(asked)
    assert "Somebody has to agree" not in words(asked)
    await decided.phone.post(path, data=shorter | {"check": check_of(asked)})
    booking = await one(decided)
    assert (booking["status"], booking["ends"][11:16]) == ("confirmed", "16:00")
    await moved(decided, made, to="20:00")
    booking = await one(decided)
    assert (booking["status"], booking["code"], booking["ends"][11:16]) == ("held", None, "20:00")


@pytest.mark.cases_full
async def test_an_approved_booking_is_not_confirmed_in_a_larger_form_where_the_rules_may_confirm(hire: Hiring) -> None:
    small = {"name": "Small", "spaces": ["hall"], "most_minutes": 120}
    await open_hire(hire.manager, policy={"rules": [small]}, confirms=True)
    made = await hire.hired()
    await act(hire.manager, await one(hire), "approve")
    await moved(hire, made, day="6/12/2026", to="16:00")
    assert (await one(hire))["status"] == "held"


async def test_a_booking_that_the_rules_confirmed_is_moved_by_the_rules(hire: Hiring) -> None:
    await open_hire(hire.manager, policy={"rules": [RULE]}, confirms=True)
    made = await hire.hired()
    path = f"{httpx.URL(made['link']).path}/move"
    asked = await hire.phone.post(path, data=AT | {"to": "18:00"})
    assert "confirmed at once" in words(asked)
    await hire.phone.post(path, data=AT | {"to": "18:00", "check": check_of(asked)})
    assert (await one(hire))["status"] == "confirmed"


@pytest.mark.parametrize("confirms", [False, True])
async def test_a_hirer_moves_to_no_room_and_no_day_that_is_not_hired_out(hire: Hiring, confirms: bool) -> None:
    await open_hire(hire.manager, policy={"rules": [ALL]}, confirms=confirms, **HALL)
    made = await hire.hired()
    elsewhere = await moved(hire, made, space="studio")
    assert "Studio is not hired out" in words(elsewhere)
    late = await moved(hire, made, day="5/1/2027")
    assert "Hirers can book at most 30 days ahead" in words(late)
    booking = await one(hire)
    assert (booking["space"], booking["starts"][:10]) == ("hall", "2026-12-05")


async def test_a_manager_may_do_all_of_it(decided: Hiring) -> None:
    await decided.hired()
    booking = await one(decided)
    await act(decided.manager, booking, "approve")
    old = await look(decided.manager, booking)
    starts, ends = "2027-01-06T14:00", "2027-01-06T22:00"
    await change(decided.manager, old, space="studio", starts=starts, ends=ends)
    after = await look(decided.manager, booking)
    assert (after["status"], after["space"], after["starts"][:10]) == ("confirmed", "studio", "2027-01-06")


@pytest.mark.cases_full
async def test_a_site_that_takes_requests_no_more_lets_a_manager_decide_on_changes(decided: Hiring) -> None:
    made = await decided.hired()
    answer = await decided.manager.put("/api/v1/sites/ramsey/policy", json={"rules": [ALL]})
    assert answer.status_code == 200
    await moved(decided, made, to="16:00")
    assert (await one(decided))["status"] == "held"
