"""A site's policy over HTTP: what it takes, what it refuses and by which name, what a change would mean."""

from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from tests.controller.clock import ManualClock
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, Json, book, change, code_of, look, wanted, without_versions

POLICY = f"{API}/sites/ramsey/policy"
PLAIN: Json = {
    "rules": [],
    "windows": [],
    "quotas": [],
    "release": [],
    "requests_hold": True,
    "hold_hours": 72,
    "offer_hours": 24,
    "codes": [],
    "member_age": 16,
    "reminder_hour": 17,
    "documents": [],
    "induction": [],
    "document_reminder_days": [60, 30, 7],
    "quiet_hours": "21:30-07:30",
    "quiet_mail": False,
    "public_page": {"shown": False, "in_use": False, "unstaffed": False, "access": "", "contact": ""},
    "tablet_names": False,
    "tablet_end": False,
    "tablet_book": False,
    "lead_in_min": None,
    "lag_min": None,
    "notice_min": 0,
    "hire": None,
}
EVENINGS: Json = {
    "name": "Community evenings",
    "tiers": ["community"],
    "parties": ["choir"],
    "spaces": ["hall"],
    "modes": ["staffed", "closed"],
    "most_minutes": 180,
    "most_days_ahead": 90,
    "most_people": 30,
    "most_a_week": 2,
    "no_under_16s": True,
}
FULL: Json = PLAIN | {
    "rules": [EVENINGS],
    "windows": [{"tier": "community", "days": 90, "spaces": []}, {"tier": "commercial", "days": 0, "spaces": ["hall"]}],
    "quotas": [
        {
            "name": "Fair use",
            "per": "week",
            "tiers": ["community"],
            "parties": [],
            "spaces": [],
            "most_bookings": 3,
            "most_minutes": None,
        }
    ],
    "release": [{"after_min": 30, "warn_min": 15, "check_in": True, "spaces": ["hall"], "tiers": []}],
    "requests_hold": False,
    "hold_hours": None,
    "offer_hours": 12,
    "codes": [
        {"per": "season", "each_door": True, "spaces": ["hall"]},
        {"per": "series", "each_door": False, "spaces": []},
    ],
    "member_age": 0,
    "reminder_hour": None,
    "documents": [
        {"kind": "insurance", "name": "Insurance", "needed": True, "lapsing": "hold", "tiers": ["community"]},
    ],
    "induction": [{"people": 2, "spaces": ["hall"], "tiers": ["community"]}],
    "document_reminder_days": [14],
    "quiet_hours": None,
    "quiet_mail": True,
    "public_page": {
        "shown": True,
        "in_use": True,
        "unstaffed": True,
        "access": "Two parking bays",
        "contact": "01487 555 010",
    },
    "tablet_names": True,
    "tablet_end": True,
    "tablet_book": True,
    "lead_in_min": 30,
    "lag_min": 0,
}


async def put(client: httpx.AsyncClient, body: Json, status: int = 200, **params: str) -> Json:
    answer = await client.put(POLICY, json=body, params=params)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


@pytest.fixture
async def parish(village: httpx.AsyncClient) -> httpx.AsyncClient:
    """Ramsey and its choir."""
    await put_party(village, "choir", name="Ramsey Choir")
    return village


async def test_a_site_without_one_has_the_plain_policy(village: httpx.AsyncClient) -> None:
    assert without_versions((await village.get(POLICY)).json()) == PLAIN


async def test_a_written_policy_is_read_and_can_be_written_again(parish: httpx.AsyncClient) -> None:
    assert without_versions(await put(parish, FULL)) == FULL
    assert without_versions((await parish.get(POLICY)).json()) == FULL
    assert without_versions(await put(parish, FULL)) == FULL
    assert without_versions(await put(parish, {})) == PLAIN


async def test_a_new_policy_is_followed_at_once(parish: httpx.AsyncClient) -> None:
    wish = wanted(party="choir", by_rules=True, starts="2026-11-27T10:00", ends="2026-11-27T12:00")
    await put(parish, PLAIN | {"windows": [{"tier": "community", "days": 1}]})
    refused = await parish.post(f"{API}/sites/ramsey/bookings", json=wish)
    assert refused.status_code == 409, refused.text
    assert refused.json()["reasons"][0]["kind"] == "too_early"
    await put(parish, PLAIN | {"rules": [{"name": "Anything"}]})
    made = await parish.post(f"{API}/sites/ramsey/bookings", json=wish)
    assert (made.status_code, made.json()["status"]) == (201, "confirmed")


def rule(**fields: Any) -> Json:
    return {"rules": [EVENINGS | fields]}


def quota(**fields: Any) -> Json:
    return {"quotas": [{"name": "Fair use", "per": "week", "most_bookings": 1} | fields]}


REFUSED: list[tuple[Json, str, str]] = [
    (rule(spaces=["attic"]), "rules.0.spaces.0", "has no space 'attic'"),
    (rule(parties=["yoga"]), "rules.0.parties.0", "there is no party 'yoga'"),
    (rule(tiers=["royal"]), "rules.0.tiers.0", "'council', 'partner', 'community' or 'commercial'"),
    (rule(modes=["party"]), "rules.0.modes.0", "'closed', 'staffed' or 'extended'"),
    (rule(most_minutes=0), "rules.0.most_minutes", "at least 1"),
    (rule(most_minutes=44641), "rules.0.most_minutes", "at most 44,640"),
    (rule(most_days_ahead=3651), "rules.0.most_days_ahead", "at most 3,650"),
    (rule(most_people=1.5), "rules.0.most_people", "whole number"),
    (rule(name="🎉" * 10_000), "rules.0.name", "at most 200 characters"),
    (rule(name="  "), "rules.0.name", "must not be empty"),
    (rule(spaces=["hall", "hall"]), "rules.0.spaces", "must name each one once, not 'hall' twice"),
    (rule(most_minute=5), "rules.0", "has no field 'most_minute'; it may have name, "),
    (
        {"rules": [EVENINGS, EVENINGS | {"name": "community EVENINGS"}]},
        "body",
        "rules.1: there are two of the name",
    ),
    ({"rules": [EVENINGS] * 101}, "rules", "at most 100 items"),
    ({"windows": [{"tier": "community", "days": -1}]}, "windows.0.days", "at least 0"),
    ({"windows": [{"tier": "community", "days": 3651}]}, "windows.0.days", "at most 3,650"),
    ({"windows": [{"tier": "community", "days": 1}] * 2}, "body", "windows.1: there are two for community"),
    (quota(per="year"), "quotas.0.per", "'day', 'week', 'month' or 'ahead'"),
    (quota(most_bookings=None), "quotas.0", "must have most_bookings or most_minutes, or both"),
    (quota(most_bookings=-1), "quotas.0.most_bookings", "at least 0"),
    ({"release": [{"after_min": 10, "warn_min": 11}]}, "release.0", "warn_min must be at most after_min (10)"),
    ({"release": [{"after_min": 10, "spaces": ["attic"]}]}, "release.0.spaces.0", "has no space 'attic'"),
    ({"hold_hours": 0}, "hold_hours", "at least 1"),
    ({"offer_hours": 721}, "offer_hours", "at most 720"),
    ({"rulez": []}, "body", "has no field 'rulez'"),
]


@pytest.mark.cases_full
async def test_an_invalid_policy_is_refused_naming_the_field(parish: httpx.AsyncClient) -> None:
    for body, field, told in REFUSED:
        for params in ({}, {"check": "true"}):
            refused = await put(parish, body, 422, **params)
            [error] = refused["errors"]
            assert (error["field"], told in error["message"]) == (field, True), error
    assert without_versions((await parish.get(POLICY)).json()) == PLAIN


async def test_only_a_manager_of_the_site_reads_and_sets_the_policy(app: FastAPI, parish: httpx.AsyncClient) -> None:
    assert (await parish.get(f"{API}/sites/atlantis/policy")).status_code == 404
    async with signed_in_as(app, parish, "group_leader", party="choir") as booker:
        assert [(await booker.get(POLICY)).status_code, (await booker.put(POLICY, json={})).status_code] == [403, 403]
    async with signed_in_as(app, parish, "manager", sites=["ramsey"]) as manager:
        assert without_versions(await put(manager, FULL)) == FULL


async def test_a_check_names_the_requests_that_it_would_confirm(parish: httpx.AsyncClient) -> None:
    theirs = {"party": "choir", "by_rules": True}
    short = await book(parish, **theirs)
    await book(parish, space="studio", title="Long", ends="2026-11-26T23:00", **theirs)
    await book(parish, space="yard", title="Ours")
    assert short["status"] == "held"
    found = await put(parish, {"rules": [{"name": "Two hours", "most_minutes": 120}]}, check="true")
    assert [each["id"] for each in found["confirmed"]["bookings"]] == [short["id"]]
    assert (found["confirmed"]["count"], found["exceeding"]) == (1, [])
    assert without_versions((await parish.get(POLICY)).json()) == PLAIN, "a check writes nothing"
    await put(parish, {"rules": [{"name": "Two hours", "most_minutes": 120}]})
    assert (await parish.get(f"{API}/bookings/{short['id']}")).json()["status"] == "held", "nothing is decided"
    again = await put(parish, {"rules": [{"name": "Three hours", "most_minutes": 180}]}, check="true")
    assert again["confirmed"]["count"] == 0, "the rules in force confirm it already"


async def test_a_check_names_what_goes_beyond_new_limits(parish: httpx.AsyncClient) -> None:
    for day in ("2026-11-25", "2026-11-26", "2026-11-30"):
        await book(parish, party="choir", starts=f"{day}T18:00", ends=f"{day}T20:00")
    await book(parish, space="yard", title="Nobody's")
    new = {
        "quotas": [
            {"name": "One a week", "per": "week", "most_bookings": 1},
            {"name": "Three hours", "per": "ahead", "most_minutes": 180},
        ],
        "windows": [{"tier": "community", "days": 4, "spaces": ["hall"]}],
    }
    found = await put(parish, new, check="true")
    assert [(each["text"], each["party"], each["count"]) for each in found["exceeding"]] == [
        ("Ramsey Choir has 2 bookings in the week from Mon 23 Nov; “One a week” would allow 1 booking", "choir", 2),
        ("Ramsey Choir has 6 hours ahead at a time; “Three hours” would allow 3 hours", "choir", 3),
        ("community groups could book Hall 4 days ahead; 1 booking is further ahead", None, 1),
    ]
    assert found["exceeding_count"] == 3
    await put(parish, new)
    assert (await put(parish, new, check="true"))["exceeding"] == [], "what holds already is no news"


async def test_a_room_that_already_runs_is_not_confirmed_but_stays_so_once_it_is(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    """By a rule; where the policy asks for no notice it is, and a manager need give none."""
    await put_party(village, "choir")
    running = {"starts": "2026-11-25T11:30", "ends": "2026-11-25T13:00"}
    anything = PLAIN | {"rules": [{"name": "Anything"}]}
    assert (await village.put(POLICY, json=anything)).status_code == 200
    async with signed_in_as(app, village, "group_leader", party="choir") as choir:
        made = await book(choir, **running)
        assert (made["status"], made["why"]) == ("held", "needs approval: it has begun already")
        approved = (await village.post(f"{API}/bookings/{made['id']}/approve")).json()
        assert approved["status"] == "confirmed"
        longer = {"ends": "2026-11-25T13:30", "version": approved["version"]}
        checked = await choir.post(
            f"{API}/sites/ramsey/bookings/check", json=wanted(**running | {"ends": longer["ends"]}, id=made["id"])
        )
        assert (checked.json()["free"], checked.json()["needs_approval"]) == (True, False), checked.text
        changed = await choir.patch(f"{API}/bookings/{made['id']}", json=longer)
        assert changed.json()["status"] == "confirmed", changed.text
        await village.post(f"{API}/bookings/{made['id']}/cancel")
        assert (await village.put(POLICY, json=anything | {"notice_min": None})).status_code == 200
        assert (await book(choir, **running))["status"] == "confirmed"


@pytest.mark.parametrize(
    "asked",
    [
        {"people": 40},
        {"under_16s": True},
        {"space": "studio"},
        {"ends": "2026-11-26T21:30"},
        {"starts": "2026-11-26T16:00", "ends": "2026-11-26T18:00", "space": "studio"},
    ],
)
async def test_no_change_that_needs_approval_costs_a_group_the_code_with_which_it_comes_tonight(
    any_app: FastAPI, any_village: httpx.AsyncClient, clock: ManualClock, asked: Json
) -> None:
    await put_party(any_village, "choir")
    rule = {"name": "Evenings", "spaces": ["hall"], "most_people": 30, "most_minutes": 180, "no_under_16s": True}
    assert (await any_village.put(POLICY, json={"rules": [rule]})).is_success
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as leader:
        made = await book(leader, party="choir", people=20)
        clock.advance(hours=23)  # 26 November, 11:00
        code = await code_of(leader, made)
        check = f"{API}/sites/ramsey/bookings/check"
        body = wanted(party="choir", people=20, id=made["id"])
        assert (await leader.post(check, json=body)).json()["reasons"] == []
        found = (await leader.post(check, json=body | asked)).json()
        assert ([each["kind"] for each in found["reasons"]], found["free"]) == (["stands"], False)
        refused = await change(leader, made, 409, **asked)
        assert "nothing is changed and the booking stands" in refused["detail"]
        assert ("Ask for the extra time" in refused["detail"]) is ("ends" in asked and "space" not in asked)
        await change(leader, made, title="Choir and friends", people=19)
        assert ((await look(leader, made))["status"], await code_of(leader, made)) == ("confirmed", code)
        assert (await change(any_village, made, **asked))["status"] == "confirmed", "a manager decides"


async def test_tonights_booking_that_is_given_up_for_another_day_waits_for_approval(
    any_app: FastAPI, any_village: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put_party(any_village, "choir")
    assert (await any_village.put(POLICY, json={"rules": [{"name": "Soon", "most_days_ahead": 7}]})).is_success
    async with signed_in_as(any_app, any_village, "group_leader", party="choir") as leader:
        made = await book(leader, party="choir")
        clock.advance(hours=23)
        moved = await change(leader, made, starts="2026-12-10T18:00", ends="2026-12-10T20:00")
        assert moved["status"] == "held"
