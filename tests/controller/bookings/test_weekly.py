"""Series over HTTP: every date checked and marked, nothing half-written, cancelled and restored whole or in part."""

import httpx
import msgspec
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.bookings.diary.policy import ApprovalRule, Policy, PriorityWindow, Quota, QuotaPeriod
from controller.people.model import Tier
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.running import USER
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import (
    API,
    SITE,
    Json,
    act,
    apply_plan,
    as_later,
    book,
    change,
    compile_plan,
    look,
    wanted,
)


def evening(**changes: object) -> Json:
    plain = {
        "space": "hall",
        "title": "Yoga",
        "first_starts": "2026-11-26T19:00",
        "first_ends": "2026-11-26T21:00",
        "rule": "FREQ=WEEKLY;COUNT=4",
    }
    return plain | changes


async def check(client: httpx.AsyncClient, **changes: object) -> list[Json]:
    answer = await client.post(f"{API}/sites/{SITE}/series/check", json=evening(**changes))
    assert answer.status_code == 200, answer.text
    dates: list[Json] = answer.json()["dates"]
    return dates


async def post(client: httpx.AsyncClient, **changes: object) -> httpx.Response:
    return await client.post(f"{API}/sites/{SITE}/series", json=evening(**changes))


async def of_series(client: httpx.AsyncClient, series: str) -> list[Json]:
    """Its dates as it tells them."""
    answer = await client.get(f"{API}/series/{series}")
    assert answer.status_code == 200, answer.text
    dates: list[Json] = answer.json()["dates"]
    return dates


async def everything(client: httpx.AsyncClient) -> list[Json]:
    answer = await client.get(f"{API}/sites/{SITE}/bookings?from=2026-11-20&to=2027-01-20")
    items: list[Json] = answer.json()["items"]
    return items


async def test_a_series_books_every_week_with_a_code_each(village: httpx.AsyncClient) -> None:
    answer = await post(village)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert [each["starts"] for each in made["bookings"]] == [
        f"2026-{day}T19:00:00+00:00" for day in ("11-26", "12-03", "12-10", "12-17")
    ]
    assert len({each["code"] for each in made["bookings"]}) == 4
    assert {each["series"] for each in made["bookings"]} == {made["id"]}
    assert made["skipped"] == []
    assert await everything(village) == [as_later(each) for each in made["bookings"]]


async def test_each_date_has_its_own_mark_and_where_it_could_go(village: httpx.AsyncClient) -> None:
    choir = await book(village, starts="2026-12-03T18:00", ends="2026-12-03T20:00")
    dates = await check(village)
    assert [each["status"] for each in dates] == ["free", "clash", "free", "free"]
    assert [each["effect"] for each in dates] == ["book", "refuse", "book", "book"]
    assert "Choir, Thu 3 Dec, 18:00 to 20:00" in dates[1]["text"]
    assert [each["kind"] for each in dates[1]["reasons"]] == ["clash"]
    assert [each["id"] for each in dates[1]["conflicts"]] == [choir["id"]]
    assert [(each["space"], each["starts"][11:16], each["ends"][11:16]) for each in dates[1]["moves"]] == [
        ("hall", "20:00", "22:00"),
        ("hall", "16:00", "18:00"),
        ("studio", "19:00", "21:00"),
        ("yard", "19:00", "21:00"),
    ]
    assert dates[1]["moves"][2]["text"] == "Studio, Thu 3 Dec, 19:00 to 21:00"
    assert dates[0]["moves"] == []


async def test_the_answer_says_the_rule_in_words_and_until_when(village: httpx.AsyncClient) -> None:
    path = f"{API}/sites/{SITE}/series/check"
    ended = (await village.post(path, json=evening())).json()
    assert ended["rule_text"] == "Every Thursday, 19:00 to 21:00, 4 times"
    assert ended["until"] == "2026-12-17"
    both = evening(rule="RRULE:FREQ=WEEKLY;BYDAY=TH,SA;UNTIL=20270102")
    longer = (await village.post(path, json=both)).json()
    assert longer["rule_text"] == "Every Thursday and Saturday, 19:00 to 21:00, until 2 January 2027"
    assert (longer["until"], len(longer["dates"])) == ("2027-01-02", 12)


async def test_a_rule_that_never_ends_is_refused_by_name_of_the_limit(village: httpx.AsyncClient) -> None:
    no_end = {"field": "rule", "message": "has no end; add UNTIL or COUNT: at most 366 dates within 10 years"}
    yoga = (await post(village)).json()
    endless: Json = {"rule": "FREQ=WEEKLY;BYDAY=TH"}
    for answer in (
        await post(village, **endless),
        await village.post(f"{API}/sites/{SITE}/series/check", json=evening(**endless)),
        await village.patch(f"{API}/series/{yoga['id']}", json={"scope": "all", "check": True, **endless}),
        await village.patch(
            f"{API}/series/{yoga['id']}", json={"scope": "from_date", "from_date": "2026-12-03", **endless}
        ),
    ):
        assert (answer.status_code, answer.json()["errors"]) == (422, [no_end])
    assert len(await everything(village)) == 4


async def test_a_taken_date_fails_the_series_unless_something_is_chosen_for_it(village: httpx.AsyncClient) -> None:
    choir = await book(village, starts="2026-12-03T18:00", ends="2026-12-03T20:00")
    refused = await post(village)
    assert refused.status_code == 409
    problem = refused.json()
    assert problem["type"].endswith(":clash")
    assert [each["field"] for each in problem["errors"]] == ["2026-12-03"]
    assert "Choir" in problem["errors"][0]["message"]
    assert [each["id"] for each in problem["conflicts"]] == [choir["id"]]
    assert len(await everything(village)) == 1
    made = await post(village, choices={"2026-12-03": "skip"})
    assert made.status_code == 201, made.text
    assert len(made.json()["bookings"]) == 3
    assert [each["date"] for each in made.json()["skipped"]] == ["2026-12-03"]


async def test_a_date_is_moved_as_chosen_and_keeps_its_name(village: httpx.AsyncClient) -> None:
    await book(village, starts="2026-12-03T18:00", ends="2026-12-03T20:00")
    choices = {
        "2026-12-03": {"move": {"starts": "2026-12-03T20:00"}},
        "2026-12-10T19:00": {"move": {"space": "studio"}},
        "2026-12-17": "hold",
    }
    made = (await post(village, choices=choices)).json()
    placed = [(each["space"], each["starts"][5:16], each["ends"][11:16], each["status"]) for each in made["bookings"]]
    assert placed == [
        ("hall", "11-26T19:00", "21:00", "confirmed"),
        ("hall", "12-03T20:00", "22:00", "confirmed"),
        ("studio", "12-10T19:00", "21:00", "confirmed"),
        ("hall", "12-17T19:00", "21:00", "requested"),
    ]
    dates = await of_series(village, made["id"])
    assert [(each["occurrence"], each["changed_here"]) for each in dates] == [
        ("2026-11-26T19:00:00", []),
        ("2026-12-03T19:00:00", ["starts", "ends"]),
        ("2026-12-10T19:00:00", ["space"]),
        ("2026-12-17T19:00:00", []),
    ]


async def test_a_requested_date_holds_no_time(village: httpx.AsyncClient) -> None:
    choir = await book(village, starts="2026-12-03T18:00", ends="2026-12-03T20:00")
    made = (await post(village, otherwise="hold")).json()
    assert [each["status"] for each in made["bookings"]] == ["confirmed", "requested", "confirmed", "confirmed"]
    assert made["bookings"][1]["code"] is None
    await act(village, choir, "cancel")
    await book(village, starts="2026-12-03T19:30", ends="2026-12-03T20:00")


async def test_otherwise_decides_about_all_refused_dates(village: httpx.AsyncClient) -> None:
    for day in ("2026-12-03", "2026-12-10"):
        await book(village, starts=f"{day}T18:00", ends=f"{day}T20:00")
    made = (await post(village, otherwise="skip", choices={"2026-12-10": {"move": {"space": "studio"}}})).json()
    assert [each["starts"][5:10] for each in made["bookings"]] == ["11-26", "12-10", "12-17"]
    assert [each["date"] for each in made["skipped"]] == ["2026-12-03"]
    await book(village, space="studio", starts="2027-01-07T19:00", ends="2027-01-07T20:00")
    only = {"first_starts": "2027-01-07T19:00", "first_ends": "2027-01-07T21:00", "rule": "", "space": "studio"}
    assert (await post(village, **only, otherwise="skip")).status_code == 409


async def test_a_date_that_is_left_out_by_choice_says_so(village: httpx.AsyncClient) -> None:
    made = (await post(village, choices={"2026-12-03": "skip"})).json()
    assert [(each["date"], each["text"]) for each in made["skipped"]] == [("2026-12-03", "left out")]


HARD: list[tuple[Json, Policy, str]] = [
    ({"people": 61}, Policy(), "capacity"),
    ({"layout": "round"}, Policy(), "layout"),
    ({"equipment": {"stage": 1}}, Policy(), "equipment"),
    ({"seats": 2}, Policy(), "seats"),
    ({}, Policy(quotas=(Quota(name="fair", per=QuotaPeriod.MONTH, most_bookings=2),)), "quota"),
    ({}, Policy(windows=(PriorityWindow(tier=Tier.COMMUNITY, days=10),)), "too_early"),
]
"""What nobody who waits gets: the rules forbid it, or the hub has not got it."""


@pytest.mark.parametrize(("wish", "policy", "why"), HARD)
@pytest.mark.parametrize("how", [{"otherwise": "hold"}, {"choices": {"2026-12-17": "hold"}}])
async def test_a_date_that_a_single_booking_could_not_have_is_not_requested_by_a_series(
    app: FastAPI, village: httpx.AsyncClient, container: Container, wish: Json, policy: Policy, why: str, how: Json
) -> None:
    await put_party(village, "choir")
    await put_policy(container, msgspec.structs.replace(policy, rules=(ApprovalRule(name="all"),)))
    async with signed_in_as(app, village, "group_leader", party="choir") as choir:
        last = (await check(choir, **wish, **how))[-1]
        assert (last["effect"], [each["kind"] for each in last["reasons"]]) == ("refuse", [why])
        assert (await post(choir, **wish, **how)).status_code == 409
    assert await everything(village) == []


async def test_closed_days_are_not_asked_for(village: httpx.AsyncClient) -> None:
    closure = {"reason": "Polling day", "first": "2026-12-03", "last": "2026-12-03"}
    closed = await village.post(f"{API}/sites/{SITE}/closures", json=closure)
    assert closed.is_success, closed.text
    assert [each["effect"] for each in await check(village, otherwise="hold")] == ["book", "refuse", "book", "book"]


async def test_a_move_that_is_taken_is_refused_like_any_date(village: httpx.AsyncClient) -> None:
    made = await post(village, choices={"2026-12-03": {"move": {"starts": "2026-12-10T20:00"}}})
    assert made.status_code == 409
    assert [each["field"] for each in made.json()["errors"]] == ["2026-12-10"]  # moved into its own next date


async def test_dates_out_of_term_or_on_bank_holidays_are_shown_and_not_booked(village: httpx.AsyncClient) -> None:
    winter = {"first_starts": "2026-12-18T19:00", "first_ends": "2026-12-18T21:00"}
    dates = await check(village, **winter, skip_holidays=True, without=["2027-01-08"])
    assert [(each["date"], each["status"], each["text"]) for each in dates] == [
        ("2026-12-18", "free", "free"),
        ("2026-12-25", "left_out", "Christmas Day"),
        ("2027-01-01", "left_out", "New Year's Day"),
        ("2027-01-08", "left_out", "left out"),
    ]
    made = (await post(village, **winter, skip_holidays=True, choices={"2027-01-01": "book"})).json()
    assert [each["starts"][:10] for each in made["bookings"]] == ["2026-12-18", "2027-01-01", "2027-01-08"]


async def test_the_clock_change_is_marked_on_its_date(village: httpx.AsyncClient) -> None:
    three = {"rule": "FREQ=WEEKLY;COUNT=3"}
    dates = await check(village, first_starts="2027-03-21T01:30", first_ends="2027-03-21T03:30", **three)
    assert [each["status"] for each in dates] == ["free", "moved_by_clock", "free"]
    assert (dates[1]["starts"], dates[1]["ends"]) == ("2027-03-28T02:30:00+01:00", "2027-03-28T03:30:00+01:00")
    empty = {"first_starts": "2027-03-21T01:30", "first_ends": "2027-03-21T02:15"} | three
    assert [each["status"] for each in await check(village, **empty)] == ["free", "empty", "free"]
    made = (await post(village, **empty)).json()
    assert len(made["bookings"]) == 2
    assert [each["date"] for each in made["skipped"]] == ["2027-03-28"]


async def test_a_series_over_a_year_keeps_its_wall_time(village: httpx.AsyncClient) -> None:
    made = (await post(village, rule="FREQ=WEEKLY;UNTIL=20271125")).json()
    assert len(made["bookings"]) == 53
    assert {each["starts"][10:19] for each in made["bookings"]} == {"T19:00:00"}
    assert {each["starts"][19:] for each in made["bookings"]} == {"+00:00", "+01:00"}


async def test_a_series_that_needs_approval_holds_its_dates(village: httpx.AsyncClient) -> None:
    dates = await check(village, by_rules=True)
    assert [each["status"] for each in dates] == ["approval"] * 4
    made = (await post(village, by_rules=True)).json()
    assert [each["status"] for each in made["bookings"]] == ["held"] * 4
    assert (await post(village, title="Others")).status_code == 409


REFUSED: list[tuple[dict[str, object], str]] = [
    ({"rule": "FREQ=WEEKLY;UNTIL=20261125"}, "rule"),
    ({"rule": "FREQ=DAILY;COUNT=367"}, "rule"),
    ({"rule": "🎺" * 10_000}, "rule"),
    ({"first_ends": "2026-11-26T19:00"}, "first_ends"),
    ({"first_ends": "2026-12-03T19:01"}, "first_ends"),
    ({"first_starts": "2026-11-26T19:00Z"}, "first_starts"),
    ({"first_starts": "2026-11-24T19:00", "first_ends": "2026-11-24T21:00"}, "first_starts"),
    ({"choices": {"2026-11-27": "skip"}}, "choices.2026-11-27"),
    ({"choices": {"2026-11-26": "keep"}}, "choices.2026-11-26"),
    (
        {"choices": {"2026-11-26": {"move": {"starts": "2026-11-26T20:00", "ends": "2026-11-26T20:00"}}}},
        "choices.2026-11-26.ends",
    ),
    ({"choices": {"2026-11-26": {"move": {"starts": "2027-03-28T01:30"}}}}, "choices.2026-11-26.starts"),
    ({"choices": {"2026-11-26": {"move": {"starts": "2026-11-20T10:00"}}}}, "choices.2026-11-26"),
    ({"choices": dict.fromkeys(("2026-11-26", "2026-12-03", "2026-12-10", "2026-12-17"), "skip")}, "choices"),
    ({"extra": ["2026-13-01"]}, "extra.0"),
    ({"extra": ["2026-12-01T10:00/2026-12-01T09:00"]}, "extra.0"),
    ({"without": ["tomorrow"]}, "without.0"),
    ({"term_only": True}, "term_only"),
    ({"title": ""}, "title"),
    ({"contact_email": "not-an-email"}, "contact_email"),
    ({"title": "🎺" * 10_000}, "title"),
    ({"otherwise": "keep"}, "otherwise"),
]


async def test_a_refusal_names_the_field(village: httpx.AsyncClient) -> None:
    for changes, field in REFUSED:
        answer = await post(village, **changes)
        assert answer.status_code == 422, (changes, answer.text)
        assert answer.json()["errors"][0]["field"] == field, (changes, answer.text)
    assert await everything(village) == []


async def test_one_occurrence_moves_and_goes_like_any_booking(village: httpx.AsyncClient) -> None:
    made = (await post(village)).json()["bookings"]
    moved = await change(village, made[1], starts="2026-12-04T19:00", ends="2026-12-04T21:00")
    assert moved["series"] == made[1]["series"]
    await act(village, made[2], "cancel")
    assert (await look(village, made[0]))["status"] == "confirmed"


async def test_a_series_is_cancelled_from_a_date_or_whole_and_past_dates_stay(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = (await post(village)).json()
    path = f"{API}/series/{made['id']}/cancel"
    late = await village.post(path, json={"from_date": "2026-12-10"})
    assert [each["starts"][:10] for each in late.json()["bookings"]] == ["2026-12-10", "2026-12-17"]
    clock.advance(days=2)
    rest = await village.post(path)
    assert [each["starts"][:10] for each in rest.json()["bookings"]] == ["2026-12-03"]
    statuses = [each["status"] for each in await everything(village)]
    assert statuses == ["finished", "cancelled", "cancelled", "cancelled"]
    again = await village.post(path)
    assert again.json()["bookings"] == []


async def test_a_cancel_is_undone_as_far_as_the_time_is_free(village: httpx.AsyncClient, clock: ManualClock) -> None:
    made = (await post(village)).json()
    by_hand = made["bookings"][0]
    await act(village, by_hand, "cancel")
    clock.advance(minutes=1)
    path = f"{API}/series/{made['id']}"
    await village.post(f"{path}/cancel", json={"reason": "the roof leaks"})
    choir = await book(village, starts="2026-12-10T18:00", ends="2026-12-10T20:00")
    back = (await village.post(f"{path}/restore")).json()
    assert [each["starts"][:10] for each in back["bookings"]] == ["2026-12-03", "2026-12-17"]
    assert {each["status"] for each in back["bookings"]} == {"confirmed"}
    assert [(each["starts"][:10], each["conflicts"][0]["id"]) for each in back["left"]] == [("2026-12-10", choir["id"])]
    statuses = [each["status"] for each in await of_series(village, made["id"])]
    assert statuses == ["cancelled", "confirmed", "cancelled", "confirmed"]
    await act(village, choir, "cancel")
    assert len((await village.post(f"{path}/restore")).json()["bookings"]) == 1
    assert (await village.post(f"{path}/restore")).status_code == 409


async def test_dates_that_a_booker_restores_are_judged_like_new_requests(
    app: FastAPI, village: httpx.AsyncClient, container: Container
) -> None:
    await put_party(village, "choir")
    await put_policy(container, Policy(rules=(ApprovalRule(name="all"),)))
    async with signed_in_as(app, village, "group_leader", party="choir") as choir:
        made = (await post(choir)).json()
        path = f"{API}/series/{made['id']}"
        await choir.post(f"{path}/cancel")
        await put_policy(container, Policy(rules=(ApprovalRule(name="soon", most_days_ahead=10),)))
        back = (await choir.post(f"{path}/restore")).json()["bookings"]
        assert [each["status"] for each in back] == ["confirmed", "confirmed", "held", "held"]
        assert back[2]["why"] == "needs approval: more than 10 days ahead, which “soon” does not confirm at once"
        await choir.post(f"{path}/cancel")
        back = (await village.post(f"{path}/restore")).json()["bookings"]
        assert [each["status"] for each in back] == ["confirmed", "confirmed", "held", "held"]


async def test_a_series_tells_its_rule_and_every_date(village: httpx.AsyncClient) -> None:
    asked = evening(people=12, notes="bring mats", without=["2026-12-03"], extra=["2026-12-22"])
    made = (await village.post(f"{API}/sites/{SITE}/series", json=asked)).json()
    found = (await village.get(f"{API}/series/{made['id']}")).json()
    assert (found["title"], found["people"], found["notes"], found["version"]) == ("Yoga", 12, "bring mats", 1)
    assert (found["rule"], found["first_starts"]) == ("FREQ=WEEKLY;COUNT=4", "2026-11-26T19:00:00")
    assert found["extra"] == ["2026-12-22T19:00:00/2026-12-22T21:00:00"]
    assert found["without"] == ["2026-12-03"]
    assert [(each["date"], each["status"], each["text"]) for each in found["dates"]] == [
        ("2026-11-26", "confirmed", ""),
        ("2026-12-03", None, "left out"),
        ("2026-12-10", "confirmed", ""),
        ("2026-12-17", "confirmed", ""),
        ("2026-12-22", "confirmed", ""),
    ]
    nobody = "01930000-0000-7000-8000-000000000000"
    for answer in (
        await village.get(f"{API}/series/{nobody}"),
        await village.post(f"{API}/series/{nobody}/restore"),
        await village.patch(f"{API}/series/{nobody}", json={"scope": "all"}),
    ):
        assert answer.status_code == 404


@pytest.mark.cases_full
async def test_each_date_of_a_check_shows_what_a_single_check_shows(
    village: httpx.AsyncClient, container: Container
) -> None:
    old = await book(village, space="studio", title="Yoga", starts="2026-11-26T18:00", ends="2026-11-26T20:00")
    await compile_plan(container, 1)
    await apply_plan(container, 1)
    await act(village, old, "cancel")
    first, second = await check(village, rule="FREQ=WEEKLY;COUNT=2", people=61)
    single = wanted(starts="2026-11-26T19:00", ends="2026-11-26T21:00", people=61)
    alone = (await village.post(f"{API}/sites/{SITE}/bookings/check", json=single)).json()
    told = ("lingering", "notes", "reasons")
    assert [first[name] for name in told] == [alone[name] for name in told]
    assert first["lingering"] == ["the code of “Yoga” (cancelled) still opens Front door until 20:15 on Thu 26 Nov"]
    assert (first["status"], [each["kind"] for each in first["reasons"]]) == ("refused", ["capacity"])
    assert (second["lingering"], second["text"]) == ([], first["text"])


async def test_a_bookings_log_says_who_did_what_when_and_why(village: httpx.AsyncClient, clock: ManualClock) -> None:
    made = (await post(village)).json()
    booking = made["bookings"][0]
    clock.advance(minutes=5)
    await change(village, booking, title="Singers")
    clock.advance(minutes=5)
    path = f"{API}/series/{made['id']}/cancel"
    assert (await village.post(path, json={"reason": "the boiler is broken"})).is_success
    story = (await village.get(f"{API}/bookings/{booking['id']}/log")).json()["items"]
    assert story == [
        {"at": "2026-11-25T12:00:00+00:00", "actor": USER, "what": "book", "reason": ""},
        {"at": "2026-11-25T12:05:00+00:00", "actor": USER, "what": "change", "reason": ""},
        {"at": "2026-11-25T12:10:00+00:00", "actor": USER, "what": "cancel", "reason": "the boiler is broken"},
    ]
    nobody = "01930000-0000-7000-8000-000000000000"
    assert (await village.get(f"{API}/bookings/{nobody}/log")).status_code == 404
