"""A series is changed from a date on or as a whole: changes of one date stay, and every date is listed first."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.bookings.diary.policy import ApprovalRule, Policy
from tests.controller.bookings.policing import put_policy
from tests.controller.bookings.test_weekly import everything, of_series, post
from tests.controller.clock import ManualClock
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, Json, act, book, change, code_of, look


async def edit(client: httpx.AsyncClient, series: str, status: int = 200, **body: object) -> Json:
    answer = await client.patch(f"{API}/series/{series}", json=body)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


def placed(dates: list[Json]) -> list[tuple[Any, ...]]:
    """Where each date is: day, times, status."""
    return [
        (each["starts"][5:10], each["starts"][11:16], each["ends"][11:16], each["status"])
        for each in dates
        if each["status"] is not None
    ]


def effects(edited: Json) -> list[tuple[str, str]]:
    return [(each["date"][5:], each["effect"]) for each in edited["dates"]]


@pytest.fixture
async def yoga(village: httpx.AsyncClient) -> Json:
    """Four Thursdays: 26 November, 3, 10 and 17 December, 19:00 to 21:00."""
    made: Json = (await post(village)).json()
    return made


@pytest.fixture
async def any_yoga(any_village: httpx.AsyncClient) -> Json:
    """As ``yoga``, on both databases."""
    made: Json = (await post(any_village)).json()
    return made


async def test_all_future_dates_get_a_new_time_and_keep_their_codes(village: httpx.AsyncClient, yoga: Json) -> None:
    edited = await edit(village, yoga["id"], scope="all", first_starts="2026-11-26T18:30")
    assert edited["id"] == yoga["id"]
    assert edited["rule_text"] == "Every Thursday, 18:30 to 20:30, 4 times"
    assert effects(edited) == [("11-26", "change"), ("12-03", "change"), ("12-10", "change"), ("12-17", "change")]
    found = await everything(village)
    assert [each["starts"][10:16] for each in found] == ["T18:30"] * 4
    assert [each["id"] for each in found] == [each["id"] for each in yoga["bookings"]]
    assert [await code_of(village, each) for each in found] == [each["code"] for each in yoga["bookings"]]
    dates = await of_series(village, yoga["id"])
    assert [each["occurrence"][10:] for each in dates] == ["T18:30:00"] * 4


async def test_this_and_following_become_a_series_of_their_own(any_village: httpx.AsyncClient, any_yoga: Json) -> None:
    edited = await edit(
        any_village,
        any_yoga["id"],
        scope="from_date",
        from_date="2026-12-10",
        title="Pilates",
        first_ends="2026-12-10T22:00",
    )
    assert edited["id"] != any_yoga["id"]
    assert edited["follows"] == any_yoga["id"]
    first = (await any_village.get(f"{API}/series/{any_yoga['id']}")).json()
    second = (await any_village.get(f"{API}/series/{edited['id']}")).json()
    assert (first["rule"], second["rule"]) == ("FREQ=WEEKLY;COUNT=2", "FREQ=WEEKLY;COUNT=2")
    assert (first["title"], second["title"]) == ("Yoga", "Pilates")
    assert (first["followed_by"], second["follows"]) == ([second["id"]], first["id"])
    assert [each["title"] for each in await everything(any_village)] == ["Yoga", "Yoga", "Pilates", "Pilates"]
    assert placed(second["dates"]) == [
        ("12-10", "19:00", "22:00", "confirmed"),
        ("12-17", "19:00", "22:00", "confirmed"),
    ]


async def test_a_change_of_one_date_survives_an_edit_of_the_series(
    any_village: httpx.AsyncClient, any_yoga: Json
) -> None:
    moved, renamed, gone, plain = any_yoga["bookings"]
    await change(any_village, moved, starts="2026-11-27T10:00", ends="2026-11-27T11:00")
    await change(any_village, renamed, title="Yoga with Ann", people=30)
    await act(any_village, gone, "cancel")
    edited = await edit(
        any_village, any_yoga["id"], scope="all", first_starts="2026-11-26T18:00", title="Tai chi", people=12
    )
    assert effects(edited) == [("11-26", "change"), ("12-03", "change"), ("12-10", "nothing"), ("12-17", "change")]
    found = {each["id"]: each for each in await everything(any_village)}
    assert (found[moved["id"]]["starts"][:16], found[moved["id"]]["title"]) == ("2026-11-27T10:00", "Tai chi")
    assert (found[renamed["id"]]["starts"][:16], found[renamed["id"]]["title"]) == ("2026-12-03T18:00", "Yoga with Ann")
    assert found[renamed["id"]]["people"] == 30
    assert found[gone["id"]]["status"] == "cancelled"
    assert (found[plain["id"]]["starts"][:16], found[plain["id"]]["people"]) == ("2026-12-17T18:00", 12)
    again = await edit(any_village, any_yoga["id"], scope="all", first_starts="2026-11-26T17:00")
    assert [each["changed_here"] for each in await of_series(any_village, again["id"])] == [
        ["starts", "ends"],
        ["title", "people"],
        [],
        [],
    ]
    assert (await look(any_village, moved))["starts"][:16] == "2026-11-27T10:00"


async def test_a_weekly_series_moves_to_another_day_as_a_whole(village: httpx.AsyncClient, yoga: Json) -> None:
    edited = await edit(
        village, yoga["id"], scope="all", first_starts="2026-11-28T10:00", first_ends="2026-11-28T11:00"
    )
    assert edited["rule_text"] == "Every Saturday, 10:00 to 11:00, 4 times"
    assert placed(await of_series(village, yoga["id"])) == [
        (day, "10:00", "11:00", "confirmed") for day in ("11-28", "12-05", "12-12", "12-19")
    ]
    assert [each["id"] for each in await everything(village)] == [each["id"] for each in yoga["bookings"]]


async def test_dates_that_the_new_rule_no_longer_gives_are_cancelled_and_new_ones_booked(
    village: httpx.AsyncClient, yoga: Json
) -> None:
    edited = await edit(village, yoga["id"], scope="all", rule="FREQ=WEEKLY;INTERVAL=2;COUNT=3")
    assert effects(edited) == [
        ("11-26", "nothing"),
        ("12-10", "nothing"),
        ("12-24", "book"),
        ("12-03", "cancel"),
        ("12-17", "cancel"),
    ]
    found = await everything(village)
    assert [(each["starts"][5:10], each["status"]) for each in found] == [
        ("11-26", "confirmed"),
        ("12-03", "cancelled"),
        ("12-10", "confirmed"),
        ("12-17", "cancelled"),
        ("12-24", "confirmed"),
    ]
    assert edited["dates"][2]["booking"] == found[4]["id"]
    story = (await village.get(f"{API}/bookings/{found[1]['id']}/log")).json()["items"]
    assert (story[-1]["what"], story[-1]["reason"]) == ("cancel", "no longer a date of the series")


async def test_dates_that_have_begun_or_are_over_stay(
    village: httpx.AsyncClient, yoga: Json, clock: ManualClock
) -> None:
    clock.advance(days=8, hours=8)  # Thursday 3 December, 20:00
    edited = await edit(village, yoga["id"], scope="all", first_starts="2026-11-26T09:00", title="Morning yoga")
    assert effects(edited) == [("12-10", "change"), ("12-17", "change")]
    assert [(each["starts"][5:16], each["title"]) for each in await everything(village)] == [
        ("11-26T19:00", "Yoga"),
        ("12-03T19:00", "Yoga"),
        ("12-10T09:00", "Morning yoga"),
        ("12-17T09:00", "Morning yoga"),
    ]
    dates = await of_series(village, yoga["id"])
    assert [each["status"] for each in dates if each["status"]] == ["finished", "confirmed", "confirmed", "confirmed"]


async def test_a_check_shows_the_effect_on_each_date_and_writes_nothing(village: httpx.AsyncClient, yoga: Json) -> None:
    before = await everything(village)
    choir = await book(village, title="Choir", starts="2026-12-10T17:00", ends="2026-12-10T18:30")
    wish: Json = {"scope": "all", "first_starts": "2026-11-26T18:00"}
    told = await edit(village, yoga["id"], check=True, **wish)
    assert effects(told) == [("11-26", "change"), ("12-03", "change"), ("12-10", "refuse"), ("12-17", "change")]
    clash = told["dates"][2]
    assert (clash["status"], [each["id"] for each in clash["conflicts"]]) == ("clash", [choir["id"]])
    assert [each["starts"][11:16] for each in clash["moves"] if each["space"] == "hall"] == ["18:30", "15:00"]
    refused = await edit(village, yoga["id"], 409, **wish)
    assert [each["field"] for each in refused["errors"]] == ["2026-12-10"]
    assert [each for each in await everything(village) if each["id"] != choir["id"]] == before


@pytest.mark.parametrize(
    ("how", "time", "status"),
    [
        ({"otherwise": "keep"}, "19:00", "confirmed"),
        ({"choices": {"2026-12-10": "keep"}}, "19:00", "confirmed"),
        ({"otherwise": "hold"}, "18:00", "requested"),
        ({"otherwise": "skip"}, "19:00", "cancelled"),
        ({"choices": {"2026-12-10": "skip"}}, "19:00", "cancelled"),
        ({"choices": {"2026-12-10": {"move": {"starts": "2026-12-10T20:30"}}}}, "20:30", "confirmed"),
    ],
)
async def test_a_date_that_cannot_follow_is_kept_asked_for_cancelled_or_moved(
    village: httpx.AsyncClient, how: Json, time: str, status: str
) -> None:
    yoga = (await post(village)).json()
    await book(village, title="Choir", starts="2026-12-10T17:00", ends="2026-12-10T18:30")
    await edit(village, yoga["id"], scope="all", first_starts="2026-11-26T18:00", **how)
    dates = await of_series(village, yoga["id"])
    assert [each["starts"][11:16] for each in dates if each["date"] != "2026-12-10"] == ["18:00"] * 3
    (one,) = (each for each in dates if each["date"] == "2026-12-10")
    assert (one["starts"][11:16], one["status"]) == (time, status)
    own = {"confirmed": ["starts", "ends"]}.get(status, [])
    assert one["changed_here"] == own
    # It stays so: the next edit leaves it alone as well.
    await edit(village, yoga["id"], scope="all", first_starts="2026-11-26T12:00", otherwise="keep")
    (one,) = (each for each in await of_series(village, yoga["id"]) if each["date"] == "2026-12-10")
    assert one["status"] == status
    assert one["starts"][11:16] == (time if status != "requested" else "12:00")


async def test_dates_move_into_each_others_place(any_village: httpx.AsyncClient) -> None:
    """A daily series an hour and a day on: each takes the place of the next, and none is in the way of another."""
    daily = {"first_starts": "2026-11-26T10:00", "first_ends": "2026-11-26T18:00", "rule": "FREQ=DAILY;COUNT=5"}
    made = (await post(any_village, **daily)).json()
    edited = await edit(any_village, made["id"], scope="all", first_starts="2026-11-27T10:00")
    assert {each["effect"] for each in edited["dates"]} == {"change"}
    assert [each["starts"][5:10] for each in await everything(any_village)] == [
        "11-27",
        "11-28",
        "11-29",
        "11-30",
        "12-01",
    ]


async def test_a_date_left_as_it_is_keeps_others_out_of_its_place(village: httpx.AsyncClient) -> None:
    daily = {"first_starts": "2026-11-26T10:00", "first_ends": "2026-11-26T18:00", "rule": "FREQ=DAILY;COUNT=5"}
    made = (await post(village, **daily)).json()
    await book(village, title="Wedding", starts="2026-12-01T12:00", ends="2026-12-01T13:00")
    edited = await edit(village, made["id"], scope="all", first_starts="2026-11-27T10:00", otherwise="keep")
    assert {each["effect"] for each in edited["dates"]} == {"keep"}
    days = [each["starts"][5:10] for each in await everything(village) if each["title"] == "Yoga"]
    assert days == ["11-26", "11-27", "11-28", "11-29", "11-30"]


async def test_a_date_left_as_it_is_does_not_block_itself(village: httpx.AsyncClient, yoga: Json) -> None:
    choir = await book(village, title="Choir", starts="2026-12-10T17:00", ends="2026-12-10T18:30")
    told = await edit(village, yoga["id"], scope="all", first_starts="2026-11-26T18:00", otherwise="keep", check=True)
    one = told["dates"][2]
    assert (one["effect"], one["status"], [each["id"] for each in one["conflicts"]]) == ("keep", "clash", [choir["id"]])


async def test_a_date_that_was_left_out_stays_left_out_until_it_is_wanted(village: httpx.AsyncClient) -> None:
    yoga = (await post(village, choices={"2026-12-03": "skip"})).json()
    edited = await edit(village, yoga["id"], scope="all", first_starts="2026-11-26T18:00")
    assert effects(edited)[1] == ("12-03", "nothing")
    assert len(await everything(village)) == 3
    wanted = await edit(village, yoga["id"], scope="all", title="Tai chi", choices={"2026-12-03": "book"})
    assert effects(wanted)[1] == ("12-03", "book")
    assert [each["starts"][5:16] for each in await everything(village)][1] == "12-03T18:00"
    assert (await village.get(f"{API}/series/{yoga['id']}")).json()["without"] == []


async def test_another_space_applies_to_all_dates_but_those_moved_by_hand(village: httpx.AsyncClient) -> None:
    yoga = (await post(village)).json()
    await change(village, yoga["bookings"][1], space="yard")
    await edit(village, yoga["id"], scope="all", space="studio")
    assert [each["space"] for each in await everything(village)] == ["studio", "yard", "studio", "studio"]
    other = await post(village, title="Choir")
    assert other.status_code == 201, other.text


async def test_approval_is_asked_for_again_where_the_rules_would_not_confirm(village: httpx.AsyncClient) -> None:
    yoga = (await post(village)).json()
    await edit(
        village, yoga["id"], scope="from_date", from_date="2026-12-10", first_ends="2026-12-10T22:00", by_rules=True
    )
    assert [each["status"] for each in await everything(village)] == ["confirmed", "confirmed", "held", "held"]
    await edit(village, yoga["id"], scope="all", notes="bring mats", by_rules=True)
    assert [each["status"] for each in await everything(village)] == ["confirmed", "confirmed", "held", "held"]


async def test_a_date_that_belongs_to_another_party_by_now_is_left_alone_and_listed(
    any_app: FastAPI, any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    for party in ("choir", "scouts"):
        await put_party(any_village, party)
    await put_policy(any_container, Policy(rules=(ApprovalRule(name="all"),)))
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as choir:
        yoga = (await post(choir)).json()
        one, theirs, *_ = yoga["bookings"]
        await change(any_village, theirs, party="scouts")
        said = "now belongs to another party and stays as it is"

        async def untouched() -> bool:
            found = await look(any_village, theirs)
            return (found["starts"], found["title"], found["status"]) == (theirs["starts"], "Yoga", "confirmed")

        edited = await edit(choir, yoga["id"], scope="all", first_starts="2026-11-26T18:00", title="Pilates")
        assert effects(edited) == [("11-26", "change"), ("12-03", "keep"), ("12-10", "change"), ("12-17", "change")]
        assert edited["dates"][1]["text"] == said
        gone = await edit(choir, yoga["id"], scope="all", rule="FREQ=WEEKLY;COUNT=1")
        assert effects(gone)[1:] == [("12-03", "keep"), ("12-10", "cancel"), ("12-17", "cancel")]
        refused = await edit(choir, yoga["id"], 422, scope="all", title="Yin", choices={"2026-12-03": "skip"})
        assert [each["field"] for each in refused["errors"]] == ["choices.2026-12-03"]
        assert await untouched()

        clock.advance(minutes=1)
        path = f"{API}/series/{yoga['id']}"
        cancelled = (await choir.post(f"{path}/cancel")).json()
        assert [each["id"] for each in cancelled["bookings"]] == [one["id"]]
        assert [(each["booking"], each["text"]) for each in cancelled["left"]] == [(theirs["id"], said)]
        assert await untouched()
        await choir.post(f"{path}/restore")

        all_of = (await any_village.post(f"{path}/cancel")).json()
        assert [each["id"] for each in all_of["bookings"]] == [one["id"], theirs["id"]]
        restored = (await choir.post(f"{path}/restore")).json()
        assert [each["id"] for each in restored["bookings"]] == [one["id"]]
        assert [(each["booking"], each["text"]) for each in restored["left"]] == [(theirs["id"], said)]
        assert (await look(any_village, theirs))["status"] == "cancelled"


async def test_a_date_that_was_let_into_a_buffer_stays_so_unless_it_wants_something_else(
    village: httpx.AsyncClient,
) -> None:
    await village.put(f"{API}/sites/{SITE}/spaces/hall", json={"name": "Hall", "capacity": 60, "setup_min": 30})
    await book(village, title="Choir", starts="2026-12-03T17:00", ends="2026-12-03T19:00")
    yoga = (await post(village, overrule=True)).json()
    assert [each["overruled"] for each in yoga["bookings"]] == [True] * 4
    await edit(village, yoga["id"], scope="all", people=20)
    found = [each for each in await everything(village) if each["title"] == "Yoga"]
    assert [(each["people"], each["overruled"]) for each in found] == [(20, True)] * 4
    told = await edit(village, yoga["id"], scope="all", first_ends="2026-11-26T21:30", otherwise="keep", check=True)
    assert [each["effect"] for each in told["dates"]] == ["change", "keep", "change", "change"]


REFUSED: list[tuple[Json, str]] = [
    ({"scope": "one"}, "scope"),
    ({"scope": "from_date"}, "from_date"),
    ({"scope": "from_date", "from_date": "2026-12-18"}, "from_date"),
    ({"scope": "all", "first_starts": "2026-11-26T22:00", "first_ends": "2026-11-26T21:00"}, "first_ends"),
    ({"scope": "all", "rule": "FREQ=NEVER"}, "rule"),
    ({"scope": "all", "rule": "FREQ=DAILY;COUNT=1000000"}, "rule"),
    ({"scope": "all", "term_only": True}, "term_only"),
    ({"scope": "all", "title": None}, "body"),
    ({"scope": "all", "title": "🎺" * 10_000}, "title"),
    ({"scope": "all", "choices": {"2026-12-04": "keep"}}, "choices.2026-12-04"),
    ({"scope": "all", "first_starts": "2026-11-20T19:00", "first_ends": "2026-11-20T21:00"}, "first_starts"),
]


async def test_an_edit_that_cannot_be_names_the_field(village: httpx.AsyncClient) -> None:
    yoga = (await post(village)).json()
    before = await everything(village)
    for body, field in REFUSED:
        refused = await edit(village, yoga["id"], 422, **body)
        assert refused["errors"][0]["field"] == field, body
    assert await everything(village) == before


async def test_a_day_that_the_rule_names_asks_for_the_rule(village: httpx.AsyncClient) -> None:
    monthly = {"rule": "FREQ=MONTHLY;BYDAY=-1TH;COUNT=3"}
    made = (await post(village, **monthly)).json()
    refused = await edit(
        village, made["id"], 422, scope="all", first_starts="2026-11-27T19:00", first_ends="2026-11-27T21:00"
    )
    assert refused["errors"][0]["message"] == "is on another day, and the rule says which days; give the rule too"
    edited = await edit(
        village,
        made["id"],
        scope="all",
        first_starts="2026-11-27T19:00",
        first_ends="2026-11-27T21:00",
        rule="FREQ=MONTHLY;BYDAY=-1FR;COUNT=3",
    )
    assert [each["effect"] for each in edited["dates"]] == ["change", "change", "change"]


async def test_somebody_elses_change_is_not_overwritten(village: httpx.AsyncClient) -> None:
    yoga = (await post(village)).json()
    await edit(village, yoga["id"], scope="all", title="Tai chi", version=1)
    refused = await edit(village, yoga["id"], 409, scope="all", title="Pilates", version=1)
    assert refused["type"].endswith(":stale")


@pytest.mark.cases_full
async def test_an_imported_series_is_changed_in_its_calendar(village: httpx.AsyncClient, container: Container) -> None:
    text = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Choir\r\n"
        "DTSTART:20261203T180000\r\nDTEND:20261203T200000\r\nRRULE:FREQ=WEEKLY;COUNT=2\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    answer = await village.post(
        f"{API}/sites/{SITE}/calendar?space=hall", content=text, headers={"content-type": "text/calendar"}
    )
    assert answer.is_success, answer.text
    series = (await everything(village))[0]["series"]
    found = (await village.get(f"{API}/series/{series}")).json()
    assert (found["imported"], [each["date"] for each in found["dates"]]) == (True, ["2026-12-03", "2026-12-10"])
    refused = await edit(village, series, 409, scope="all", title="Pilates")
    assert "comes from a calendar" in refused["detail"]
