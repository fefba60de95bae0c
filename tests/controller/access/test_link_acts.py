"""What the link to manage does: move with the check and the price first, end early, drop dates, calendar, what is
charged. The link to show is refused each of them."""

import asyncio
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.access.code_generation import spoken
from controller.app.container import Container
from controller.bookings.diary.policy import ApprovalRule, Policy
from tests.controller.access.test_door_page import check_of, path_of, words
from tests.controller.billing.test_tariffs import HALL, put
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.running import stranger
from tests.controller.village import API, SITE, Json, book, look
from tests.digits import says

CONFIRMS = Policy(rules=(ApprovalRule(name="all"),))
THERE = {"day": "3/12/2026", "from": "19:00", "to": "21:00"}


def shown(made: Json) -> str:
    return httpx.URL(made["show_link"]).path


async def series(client: httpx.AsyncClient, **changes: Any) -> Json:
    """The choir, four Thursdays."""
    body = {"space": "hall", "title": "Choir", "first_starts": "2026-11-26T18:00", "first_ends": "2026-11-26T20:00"}
    answer = await client.post(f"{API}/sites/{SITE}/series", json=body | {"rule": "FREQ=WEEKLY;COUNT=4"} | changes)
    assert answer.status_code == 201, answer.text
    made: Json = answer.json()
    return made


# Move


async def test_a_move_says_first_whether_it_is_free_and_what_it_costs(
    village: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    await put_policy(container, CONFIRMS)
    await put(village, rates=[HALL])
    made = await book(village)
    path = f"{path_of(made)}/move"
    async with stranger(app) as phone:
        form = await phone.get(path)
        assert 'value="26/11/2026"' in form.text
        asked = await phone.post(path, data=THERE)
        assert "Thu 3 Dec, 19:00 to 21:00 is free, and confirmed at once." in words(asked)
        assert "Price then: £" in words(asked)
        assert (await look(village, made))["starts"] == made["starts"], "nothing is moved by looking"
        done = await phone.post(path, data=THERE | {"check": check_of(asked)})
        assert done.status_code == 303
        after = await phone.get(str(done.url.join(done.headers["location"])))
    assert "It is moved." in words(after)
    assert "Thu 3 Dec, 19:00 to 21:00" in words(after)
    assert spoken(made["code"]) in words(after), "it keeps its code"
    assert (await look(village, made))["starts"] == "2026-12-03T19:00:00+00:00"


@pytest.mark.parametrize("rules", [CONFIRMS, Policy()])
async def test_a_move_that_is_pressed_twice_is_done_once_and_says_so_twice(
    village: httpx.AsyncClient, app: FastAPI, container: Container, rules: Policy
) -> None:
    await put_policy(container, rules)
    made = await book(village)
    path = f"{path_of(made)}/move"
    async with stranger(app) as phone:
        pressed = THERE | {"check": check_of(await phone.post(path, data=THERE))}
        answers = await asyncio.gather(*(phone.post(path, data=pressed) for _ in range(2)))
        answers.append(await phone.post(path, data=pressed))
    assert [each.status_code for each in answers] == [303] * 3
    assert len({each.headers["location"] for each in answers}) == 1
    log = (await village.get(f"{API}/bookings/{made['id']}/log")).json()["items"]
    assert [each["what"] for each in log].count("move") == 1


async def test_the_dates_of_a_series_are_shifted_once_by_two_presses(
    village: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    await put_policy(container, CONFIRMS)
    made = await series(village)
    first = (await village.get(f"{API}/series/{made['id']}")).json()["dates"][0]["booking"]
    booking = (await village.get(f"{API}/bookings/{first}")).json()
    path = f"{path_of(booking)}/move"
    later = {"day": "26/11/2026", "from": "18:30", "to": "20:30", "scope": "all"}
    async with stranger(app) as phone:
        pressed = later | {"check": check_of(await phone.post(path, data=later))}
        answers = await asyncio.gather(*(phone.post(path, data=pressed) for _ in range(2)))
        answers.append(await phone.post(path, data=pressed))
    assert [each.status_code for each in answers] == [303] * 3
    assert (await look(village, booking))["starts"] == "2026-11-26T18:30:00+00:00"


async def test_another_room_is_named_and_kept_when_another_time_is_looked_for(
    village: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    await put_policy(container, CONFIRMS)
    made = await book(village, space="studio")
    path, typed = f"{path_of(made)}/move", THERE | {"space": "hall", "layout": ""}
    async with stranger(app) as phone:
        asked = await phone.post(path, data=typed)
        assert "Thu 3 Dec, 19:00 to 21:00 in Hall is free, and confirmed at once." in words(asked)
        assert "In Hall, no longer in Studio." in words(asked)
        assert 'name="space" value="hall"' in asked.text
        assert '<option value="hall" selected>' in asked.text, "the lower form keeps it too"
        await book(village, starts="2026-12-03T19:00", ends="2026-12-03T20:00")
        taken = await phone.post(path, data=typed)
        assert "Thu 3 Dec, 19:00 to 21:00 in Hall: that cannot be." in words(taken)
        assert '<option value="hall" selected>' in (await phone.post(path, data=typed | {"from": "late"})).text


async def test_room_and_people_are_changed_with_check_and_price_and_the_time_stays(
    village: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    await put_policy(container, CONFIRMS)
    await put(village, rates=[HALL])
    made = await book(village, space="studio", people=8)
    path = f"{path_of(made)}/move"
    async with stranger(app) as phone:
        form = await phone.get(path)
        assert '<option value="studio" selected>Studio</option>' in form.text
        assert "Hall, 60 people" in words(form)
        typed = {"space": "hall", "people": "61"}
        assert "that cannot be" in words(await phone.post(path, data=typed)), "more than the hall holds"
        asked = await phone.post(path, data=typed | {"people": "40"})
        assert "Thu 26 Nov, 18:00 to 20:00 in Hall, for 40 people is free" in words(asked)
        assert "Price then: £" in words(asked)
        done = await phone.post(path, data=typed | {"people": "40", "check": check_of(asked)})
        assert done.status_code == 303
        again = await phone.post(path, data={"people": "some"})
        assert "The number of people must be a whole number." in words(again)
    now = await look(village, made)
    assert (now["space"], now["people"], now["starts"]) == ("hall", 40, made["starts"])


async def test_room_and_people_are_of_one_date_of_a_series(
    village: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    await put_policy(container, CONFIRMS)
    made = await series(village)
    first = (await village.get(f"{API}/series/{made['id']}")).json()["dates"][0]["booking"]
    path = f"{path_of((await village.get(f'{API}/bookings/{first}')).json())}/move"
    async with stranger(app) as phone:
        asked = await phone.post(path, data={"space": "studio", "scope": "all"})
    assert "can be changed for one date at a time only" in words(asked)


async def test_a_taken_time_is_refused_with_what_would_fit_and_without_strangers_names(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    await book(village, title="Support group", starts="2026-12-03T18:00", ends="2026-12-03T22:00")
    made = await book(village)
    path = f"{path_of(made)}/move"
    async with stranger(app) as phone:
        asked = await phone.post(path, data=THERE)
        assert "that cannot be" in words(asked)
        assert "What would fit instead" in words(asked)
        assert "Support group" not in asked.text
        assert 'name="check"' not in asked.text
        forced = await phone.post(path, data=THERE | {"check": "A" * 22})
        assert "that cannot be" in words(forced)
    assert (await look(village, made))["starts"] == made["starts"]


async def test_a_time_that_was_just_taken_moves_nothing(village: httpx.AsyncClient, app: FastAPI) -> None:
    made = await book(village)
    path = f"{path_of(made)}/move"
    async with stranger(app) as phone:
        asked = await phone.post(path, data=THERE)
        await book(village, title="Faster", starts="2026-12-03T19:00", ends="2026-12-03T20:00")
        late = await phone.post(path, data=THERE | {"check": check_of(asked)})
        assert "that cannot be" in words(late)
    assert (await look(village, made))["starts"] == made["starts"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"day": "soon"}, "The day must be written as 26/11/2026."),
        ({"from": "late"}, "Each time must be written as 18:00."),
        ({"from": "24:00"}, "Each time must be written as 18:00."),
        ({"to": "19:00"}, "The end must not be the start."),
        ({"day": "26/11/2026", "from": "18", "to": "20.00"}, "nothing is different yet"),
        ({"day": "1/11/2026"}, "must be in the future"),
    ],
)
async def test_what_cannot_be_read_is_said_and_stays_in_the_form(
    village: httpx.AsyncClient, app: FastAPI, typed: dict[str, str], said: str
) -> None:
    made = await book(village)
    async with stranger(app) as phone:
        answer = await phone.post(f"{path_of(made)}/move", data=THERE | typed)
    assert answer.status_code == 422
    assert said in words(answer)
    for value in typed.values():
        assert f'value="{value}"' in answer.text


async def test_a_move_that_somebody_has_to_approve_says_so_and_that_the_code_stops(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    made = await book(village)
    path = f"{path_of(made)}/move"
    async with stranger(app) as phone:
        asked = await phone.post(path, data=THERE)
        assert "Somebody has to agree first. Until then it is not confirmed" in words(asked)
        done = await phone.post(path, data=THERE | {"check": check_of(asked)})
        assert "waits until somebody has agreed" in words(await phone.get(str(done.url.join(done.headers["location"]))))
    assert (await look(village, made))["status"] == "held"


async def test_this_and_the_following_dates_move_together(
    village: httpx.AsyncClient, app: FastAPI, container: Container
) -> None:
    await put_policy(container, CONFIRMS)
    made = await series(village)
    second = (await village.get(f"{API}/series/{made['id']}")).json()["dates"][1]["booking"]
    booking = (await village.get(f"{API}/bookings/{second}")).json()
    path, typed = f"{path_of(booking)}/move", THERE | {"scope": "following"}
    async with stranger(app) as phone:
        asked = await phone.post(path, data=typed)
        assert "3 dates move." in words(asked)
        assert "Thu 17 Dec, 19:00 to 21:00" in words(asked)
        done = await phone.post(path, data=typed | {"check": check_of(asked)})
    assert done.status_code == 303
    starts = [each["starts"][5:16] for each in await dates_of(village)]
    assert starts == ["11-26T18:00", "12-03T19:00", "12-10T19:00", "12-17T19:00"]


async def dates_of(client: httpx.AsyncClient) -> list[Json]:
    answer = await client.get(f"{API}/sites/{SITE}/bookings", params={"from": "2026-11-20", "to": "2027-01-10"})
    found: list[Json] = answer.json()["items"]
    return [each for each in found if each["status"] == "confirmed"]


# End early, drop dates


async def test_who_has_finished_gives_back_the_rest_and_can_undo_it(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    made = await book(village)
    path = path_of(made)
    async with stranger(app) as phone:
        assert "We have finished" not in words(await phone.get(path)), "it has not begun"
        clock.advance(hours=31)
        assert "We have finished" in words(await phone.get(path))
        asked = await phone.post(path, data={"step": "leaving"})
        assert "Others can book the rest at once" in words(asked)
        assert (await look(village, made))["ends"] == made["ends"]
        unread = await phone.post(path, data={"step": "left"})
        assert "has changed meanwhile" in words(unread)
        assert (await look(village, made))["ends"] == made["ends"], "only who has read the page ends it"
        await phone.post(path, data={"step": "left", "check": check_of(asked)})
        assert (await look(village, made))["ends"] == "2026-11-26T19:00:00+00:00"
        over = await phone.get(path)
        assert "Choir is over" in words(over)
        assert "Undo: we are still here" in words(over)
        assert "has changed meanwhile" in words(await phone.post(path, data={"step": "back"}))
        assert (await look(village, made))["ends"] != made["ends"]
        back = await phone.post(path, data={"step": "back", "check": check_of(over)})
        assert "The rest of your time is yours again." in words(back)
    assert (await look(village, made))["ends"] == made["ends"]


async def test_dates_of_a_term_are_dropped_once_the_charge_was_said(village: httpx.AsyncClient, app: FastAPI) -> None:
    await put(village, rates=[HALL])
    made = await series(village)
    path = path_of(made)
    dates = [each["booking"] for each in (await village.get(f"{API}/series/{made['id']}")).json()["dates"]]
    async with stranger(app) as phone:
        nothing = await phone.post(path, data={"step": "ask"})
        assert "tick the dates first" in words(nothing)
        ticked = {dates[1]: "yes", dates[3]: "yes"}
        asked = await phone.post(path, data=ticked)
        assert "Cancel 2 dates of Choir?" in words(asked)
        assert "Thu 3 Dec, 18:00 to 20:00" in words(asked)
        assert "nothing is charged" in words(asked)
        assert len(await dates_of(village)) == 4
        forged = await phone.post(path, data=ticked | {"check": "A" * 22})
        assert "changed meanwhile" in words(forged)
        other = await phone.post(path, data={dates[0]: "yes", "check": check_of(asked)})
        assert "changed meanwhile" in words(other), "a check is for the dates that were shown"
        done = await phone.post(path, data=ticked | {"check": check_of(asked)})
    assert "2 dates are cancelled." in words(done)
    assert [each["id"] for each in await dates_of(village)] == [dates[0], dates[2]]


# Calendar, what is charged


async def test_the_calendar_file_has_the_time_and_no_code(village: httpx.AsyncClient, app: FastAPI) -> None:
    made, term = await book(village), await series(village, space="studio", title="Term")
    async with stranger(app) as phone:
        one = await phone.get(f"{shown(made)}/booking.ics")
        many = await phone.get(f"{shown(term)}/dates.ics")
    assert one.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "DTSTART;TZID=Europe/London:20261126T180000" in one.text
    assert many.text.count("BEGIN:VEVENT") == 4
    assert not says(one.text, made["code"])
    assert "/d/" not in one.text + many.text


async def test_what_is_charged_is_listed_with_its_lines(village: httpx.AsyncClient, app: FastAPI) -> None:
    await put(village, rates=[HALL])
    made = await book(village)
    price = (await village.get(f"{API}/bookings/{made['id']}/quote")).json()
    async with stranger(app) as phone:
        answer = await phone.get(f"{path_of(made)}/charge")
    assert f"Total: {price['text']}" in words(answer)
    assert price["lines"][0]["text"] in words(answer)
    assert "no proof that it was paid" in words(answer)


# Rights


async def test_a_link_to_show_is_refused_every_act(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock
) -> None:
    await put(village, rates=[HALL])
    made, term = await book(village, space="studio"), await series(village)
    date = (await village.get(f"{API}/series/{term['id']}")).json()["dates"][0]["booking"]
    clock.advance(hours=30, minutes=10)
    before = await look(village, made)
    async with stranger(app) as phone:
        for step in ("ask", "cancel", "leaving", "left", "back", "renew"):
            answer = await phone.post(shown(made), data={"step": step, "check": "0"})
            assert answer.status_code == 403, step
        for tick in ({}, {"step": "renew"}, {date: "yes"}):
            assert (await phone.post(shown(term), data=tick)).status_code == 403
        for method, what in (
            ("GET", "move"),
            ("POST", "move"),
            ("GET", "charge"),
            ("GET", "upload"),
            ("POST", "upload"),
        ):
            answer = await phone.request(method, f"{shown(made)}/{what}", data=THERE if method == "POST" else None)
            assert answer.status_code == 403, what
            assert "£" not in answer.text
        page = await phone.get(shown(made))
        for word in ("£", "Cancel", "Move", "finished", "charged", "Pass on", "broken"):
            assert word not in words(page)
        listed = await phone.get(shown(term))
        for word in ("£", "Choose dates to cancel", "Make a new link", httpx.URL(term["link"]).path):
            assert word not in listed.text
    assert await look(village, made) == before
    assert len(await dates_of(village)) == 5


async def test_a_withdrawn_link_to_a_series_and_its_dates_opens_nothing(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    made = await series(village)
    async with stranger(app) as phone:
        page = await phone.get(path_of(made))
        old, check = shown(made), check_of(page)
        date = (await phone.get(old)).text.partition('<a href="../')[2].partition('"')[0]
        assert (await phone.get(f"/d/{date}")).status_code == 200
        again = await phone.post(path_of(made), data={"step": "renew", "check": check})
        assert "has ended" in words(again)
        for dead in (old, f"{old}/dates.ics", f"/d/{date}", f"/d/{date}/booking.ics"):
            assert (await phone.get(dead)).status_code == 404
        twice = await phone.post(path_of(made), data={"step": "renew", "check": check})
        assert check_of(twice) == check_of(again), "loading the page again makes no other link"
