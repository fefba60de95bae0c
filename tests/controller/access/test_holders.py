"""Staff, key holders and contractors: where and when they get in, with what, and what is written down."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from controller.access.credential_hours import FOREVER, Validity, WeekHours, windows
from controller.access.tables import code_claims, holders
from controller.app.container import Container
from controller.plans.compile import plan_window
from controller.records.audit.tables import audit_rows
from edge.wire.access_decision import ClockTrust, Reason
from edge.wire.credentials import CredentialKind, Presented, code_key
from edge.wire.interval import Interval
from edge.wire.plan import HORIZON, Mode
from tests.controller.access.asking import ask
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.controller.signin.signing import signed_in_as
from tests.controller.village import API, SITE, Json, book
from tests.digits import says

LONDON = ZoneInfo("Europe/London")
CARD = "w26:118:1603"


def body(**fields: object) -> Json:
    plain: Json = {
        "kind": "key_holder",
        "name": "Una Porter",
        "places": [{"site": SITE}],
        "first": "2026-11-01",
        "code": True,
    }
    return plain | fields


def changed(version: int = 1, **fields: object) -> Json:
    """What a holder is changed to; no code is drawn by that."""
    return {name: value for name, value in body(**fields).items() if name != "code"} | {"version": version}


async def make(client: httpx.AsyncClient, status: int = 201, **fields: object) -> Any:
    answer = await client.post(f"{API}/holders", json=body(**fields))
    assert answer.status_code == status, answer.text
    return answer.json()


async def send(client: httpx.AsyncClient, method: str, path: str, status: int = 200, **said: object) -> Any:
    answer = await client.request(method, f"{API}/holders/{path}", json=said)
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_a_key_holder_gets_in_by_code_in_every_mode_and_with_no_clock(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await make(any_village)
    shown = Presented(digits=made["secrets"]["code"])
    for mode in Mode:
        decision = await ask(any_container, shown, NOW, mode=mode)
        assert (decision.granted, decision.holder) == (True, made["holder"]["id"])
    assert (await ask(any_container, shown, NOW + 9 * HORIZON)).granted
    assert (await ask(any_container, shown, NOW, trust=ClockTrust.UNPROVEN)).granted


async def test_card_pin_and_duress_each_open_as_they_should(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await make(any_village, kind="staff", card=CARD, pin=True, duress=True)
    has = made["secrets"]
    assert made["holder"]["has"] == ["code", "card", "pin", "duress_code", "duress_pin"]
    assert len({has["code"], has["duress_code"]}) == len({has["pin"], has["duress_pin"]}) == 2
    table = [
        (Presented(digits=has["code"]), True, False),
        (Presented(digits=has["duress_code"]), True, True),
        (Presented(card=CARD, digits=has["pin"]), True, False),
        (Presented(card=CARD, digits=has["duress_pin"]), True, True),
        (Presented(card=CARD), False, False),
        (Presented(card=CARD, digits="0000"), False, False),
    ]
    for shown, opens, duress in table:
        decision = await ask(any_container, shown, NOW)
        assert (decision.granted, decision.granted and decision.duress) == (opens, duress)


async def test_a_card_without_a_pin_opens_alone(village: httpx.AsyncClient, container: Container) -> None:
    await make(village, code=False, card="uid:04A1B2C3", hold_s=12.0)
    decision = await ask(container, Presented(card="uid:04A1B2C3"), NOW)
    assert (decision.granted, decision.hold_s) == (True, 12)


async def test_only_the_doors_that_are_named_open(village: httpx.AsyncClient, container: Container) -> None:
    made = await make(village, places=[{"site": SITE, "doors": ["side-door"]}])
    shown = Presented(digits=made["secrets"]["code"])
    assert (await ask(container, shown, NOW, door="side-door")).granted
    assert (await ask(container, shown, NOW)).reason is Reason.UNKNOWN


async def test_a_contractor_comes_between_two_dates_in_their_hours(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    hours = [{"days": ["wed", "thu"], "since": "08:00", "until": "17:00"}]
    made = await make(any_village, kind="contractor", first="2026-11-26", last="2026-12-02", hours=hours)
    shown = Presented(digits=made["secrets"]["code"])
    for day, hour, opens in (
        (26, 7, False),
        (26, 8, True),
        (26, 16, True),
        (26, 17, False),
        (27, 9, False),
        (25, 9, False),
    ):
        at = datetime(2026, 11, day, hour, tzinfo=UTC)
        assert (await ask(any_container, shown, at, mode=Mode.STAFFED)).granted is opens, (day, hour)
    assert (await ask(any_container, shown, datetime(2026, 12, 2, 16, 59, tzinfo=UTC), mode=Mode.STAFFED)).granted
    assert not (await ask(any_container, shown, datetime(2026, 12, 3, 9, tzinfo=UTC), mode=Mode.STAFFED)).granted
    assert (
        await ask(any_container, shown, datetime(2026, 11, 26, 9, tzinfo=UTC), mode=Mode.CLOSED)
    ).reason is Reason.NOT_NOW


async def test_hours_of_staff_count_no_more_past_the_horizon_but_their_last_day_does(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    hours = [{"days": ["mon"], "since": "08:00", "until": "09:00"}]
    made = await make(village, kind="staff", hours=hours, last="2027-01-31")
    shown = Presented(digits=made["secrets"]["code"])
    end = plan_window(NOW).end
    assert not (await ask(container, shown, NOW)).granted
    assert (await ask(container, shown, end)).granted
    assert (await ask(container, shown, datetime(2027, 1, 31, 23, 59, tzinfo=UTC))).granted
    assert not (await ask(container, shown, datetime(2027, 2, 1, tzinfo=UTC))).granted


async def test_no_holder_and_no_booking_ever_have_the_same_digits_at_a_door(
    any_village: httpx.AsyncClient, any_container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = await book(any_village)
    drawn = iter([made["code"], "604138"])
    monkeypatch.setattr("controller.access.code_generation.choose", lambda length: next(drawn))
    held = await make(any_village)
    assert held["secrets"]["code"] == "604138"


async def test_a_holder_whose_code_is_taken_at_a_new_door_stays_at_the_old_doors(
    village: httpx.AsyncClient, container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    front, side = ([{"site": SITE, "doors": [door]}] for door in ("front-door", "side-door"))
    monkeypatch.setattr("controller.access.code_generation.choose", lambda length: "604138")
    made = await make(village, places=front)
    await make(village, places=side)
    refused = await send(village, "PUT", made["holder"]["id"], 422, **changed(places=side))
    assert refused["errors"][0]["field"] == "places"


async def test_another_code_ends_the_old_one_and_the_rest_stays(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await make(any_village, card=CARD, pin=True)
    path = f"{made['holder']['id']}/reissue"
    await send(any_village, "POST", path, 422, code=True)
    again = await send(any_village, "POST", path, code=True, reason="Seen on a note")
    old, new = made["secrets"], again["secrets"]
    assert new["code"] != old["code"]
    assert (new["card"], new["pin"]) == ("", "")
    assert (await ask(any_container, Presented(digits=new["code"]), NOW)).granted
    assert not (await ask(any_container, Presented(digits=old["code"]), NOW)).granted
    assert (await ask(any_container, Presented(card=CARD, digits=old["pin"]), NOW)).granted


@pytest.mark.both_databases
async def test_an_ended_holder_opens_nothing_and_the_card_is_free(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await make(any_village, card=CARD)
    await make(any_village, 409, card=CARD)
    ended = await send(any_village, "POST", f"{made['holder']['id']}/end", reason="Left")
    assert (ended["has"], ended["ended_reason"]) == ([], "Left")
    for shown in (Presented(digits=made["secrets"]["code"]), Presented(card=CARD)):
        assert (await ask(any_container, shown, NOW)).reason is Reason.UNKNOWN
    await send(any_village, "POST", f"{made['holder']['id']}/reissue", 409, code=True, reason="x")
    await make(any_village, card=CARD)
    async with any_container.database.read() as tx:
        row = (await tx.execute(select(holders).where(holders.c.id == made["holder"]["id"]))).mappings().one()
    assert [row[name] for name in ("code", "card", "card_tag")] == [None, None, None]


@pytest.mark.both_databases
async def test_a_holders_codes_are_shown_on_request_and_that_is_recorded(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await make(any_village, card=CARD, pin=True, duress=True)
    path = made["holder"]["id"]
    plain = await any_village.get(f"{API}/holders/{path}")
    assert not says(plain.text, made["secrets"]["code"])
    assert CARD not in plain.text
    assert (await send(any_village, "POST", f"{path}/reveal"))["secrets"] == made["secrets"]
    async with any_container.database.read() as tx:
        found = await tx.execute(select(audit_rows.c.act).where(audit_rows.c.thing.contains(path)))
        kept = (await tx.execute(select(holders))).one()
    assert [*found.scalars()] == ["make", "see the code"]
    for secret in ("code", "card", "pin", "duress_code", "duress_pin"):
        assert made["secrets"][secret].encode() not in b"".join(each for each in kept if isinstance(each, bytes))


async def test_a_manager_of_another_site_neither_sees_nor_changes_holders_here(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    made = await make(village)
    holder = made["holder"]["id"]
    await village.put(f"{API}/sites/soham", json={"name": "Soham", "zone": "Europe/London"})
    async with signed_in_as(app, village, "manager", sites=["soham"]) as other:
        assert (await other.get(f"{API}/holders")).json()["items"] == []
        await send(other, "GET", holder, 403)
        await send(other, "PUT", holder, 403, **changed())
        for act in ("reissue", "reveal", "end"):
            said = {"reason": "Because"} | ({"code": True} if act == "reissue" else {})
            await send(other, "POST", f"{holder}/{act}", 403, **said)
        await make(other, 403)
    assert (await send(village, "GET", holder))["version"] == made["holder"]["version"]


async def test_lists_have_those_of_a_site_and_kind(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    one = await make(village)
    clock.set(NOW + timedelta(seconds=1))
    two = await make(village, kind="staff", name="Ben")
    await send(village, "POST", f"{two['holder']['id']}/end", reason="Left")

    async def names(query: str) -> list[str]:
        return [each["name"] for each in (await village.get(f"{API}/holders?{query}")).json()["items"]]

    assert await names("") == ["Una Porter", "Ben"]
    assert await names("kind=staff") == ["Ben"]
    assert await names(f"site={SITE}&ended=false") == ["Una Porter"]
    assert await names("site=wyton") == []
    first = (await village.get(f"{API}/holders?limit=1")).json()
    assert (first["next"], await names(f"after={first['next']}")) == (one["holder"]["id"], ["Ben"])


async def test_a_change_made_on_an_old_version_is_refused(village: httpx.AsyncClient, container: Container) -> None:
    made = (await make(village))["holder"]
    written = await send(village, "PUT", made["id"], **changed(name="Una P"))
    assert (written["name"], written["version"]) == ("Una P", 2)
    await send(village, "PUT", made["id"], 409, **changed(name="Una"))


BAD = [
    ({"places": []}, "places"),
    ({"places": [{"site": "wyton"}]}, "places.0.site"),
    ({"places": [{"site": SITE, "doors": ["attic"]}]}, "places.0.doors.0"),
    ({"places": [{"site": SITE}, {"site": SITE}]}, "body"),
    ({"first": "2026-11-31"}, "first"),
    ({"last": "2026-10-01"}, "last"),
    ({"kind": "member_card_pin"}, "kind"),
    ({"kind": "contractor"}, "last"),
    ({"card": "12345"}, "card"),
    ({"pin": True}, "pin"),
    ({"code": False}, "code"),
    ({"code": False, "card": CARD, "duress": True}, "duress"),
    ({"hold_s": 301.0}, "hold_s"),
    ({"hours": [{"days": [], "since": "08:00", "until": "09:00"}]}, "hours.0.days"),
    ({"hours": [{"days": ["mon"], "since": "24:00", "until": "09:00"}]}, "hours.0.since"),
    ({"name": ""}, "name"),
]


@pytest.mark.parametrize(("fields", "field"), BAD, ids=lambda value: str(value)[:40])
async def test_a_refused_row_names_its_field(
    village: httpx.AsyncClient, container: Container, fields: Json, field: str
) -> None:
    refused = await make(village, 422, **fields)
    assert refused["errors"][0]["field"] == field


async def test_doors_with_codes_of_different_lengths_need_a_holder_each(
    village: httpx.AsyncClient, container: Container
) -> None:
    changed = {"name": "Side door", "edge": "pi-side", "code_length": 5}
    assert (await village.put(f"{API}/sites/{SITE}/doors/side-door", json=changed)).is_success
    refused = await make(village, 422)
    assert "Side door (5 digits)" in refused["detail"]
    made = await make(village, places=[{"site": SITE, "doors": ["side-door"]}])
    assert len(made["secrets"]["code"]) == 5


# When somebody's hours are


def when(validity: Validity, within: Interval, *, timeless: bool = False) -> tuple[Interval, ...]:
    return windows(validity, LONDON, within, timeless=timeless)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


MARCH = Interval(start=utc(2026, 3, 28), end=utc(2026, 3, 31))
OCTOBER = Interval(start=utc(2026, 10, 24), end=utc(2026, 10, 27))


@pytest.mark.parametrize(
    ("within", "since", "until", "expected"),
    [
        (MARCH, time(8), time(17), (utc(2026, 3, 29, 7), utc(2026, 3, 29, 16))),
        (OCTOBER, time(8), time(17), (utc(2026, 10, 25, 8), utc(2026, 10, 25, 17))),
        (MARCH, time(0, 30), time(3), (utc(2026, 3, 29, 0, 30), utc(2026, 3, 29, 2))),
        (OCTOBER, time(0, 30), time(3), (utc(2026, 10, 24, 23, 30), utc(2026, 10, 25, 3))),
        (MARCH, time(22), time(6), (utc(2026, 3, 29, 21), utc(2026, 3, 30, 5))),
    ],
)
def test_both_ends_of_hours_keep_their_wall_time_across_the_clock_changes(
    within: Interval, since: time, until: time, expected: tuple[datetime, datetime]
) -> None:
    sunday = WeekHours(days=(7,), since=since, until=until)
    found = when(Validity(first=date(2026, 1, 1), hours=(sunday,)), within)
    assert found == (Interval(start=expected[0], end=expected[1]),)


def test_without_hours_the_window_is_the_same_every_day() -> None:
    always = Validity(first=date(2026, 7, 1), last=date(2026, 7, 31))
    whole = Interval(start=utc(2026, 6, 30, 23), end=utc(2026, 7, 31, 23))
    assert when(always, MARCH) == when(always, OCTOBER) == (whole,)
    assert always.whole(LONDON) == whole
    assert Validity(first=date(2026, 7, 1)).whole(LONDON).end == FOREVER


days = st.sets(st.integers(1, 7), min_size=1).map(lambda found: tuple(sorted(found)))
times = st.times().map(lambda found: found.replace(microsecond=0))


@given(
    st.lists(st.builds(WeekHours, days=days, since=times, until=times), min_size=1, max_size=4), st.integers(-40, 40)
)
def test_windows_lie_in_order_apart_and_within(hours: list[WeekHours], shift: int) -> None:
    within = Interval(start=utc(2026, 10, 1), end=utc(2026, 11, 5))
    last = date(2026, 10, 20) + timedelta(days=shift)
    validity = Validity(first=date(2026, 8, 20), last=last, hours=tuple(hours))
    whole = validity.whole(LONDON)
    found = when(validity, within)
    assert all(one.end < other.start for one, other in pairwise(found))
    assert all(
        max(within.start, whole.start) <= each.start and each.end <= min(within.end, whole.end) for each in found
    )
    timeless = when(validity, within, timeless=True)
    assert (timeless[-1].end == whole.end if timeless else True) or whole.end <= within.end


@pytest.mark.both_databases
async def test_a_holder_of_all_doors_has_their_code_at_a_later_door_and_nobody_else_gets_it(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await make(any_village)
    some = await make(any_village, name="Ben", places=[{"site": SITE, "doors": ["front-door"]}])
    answer = await any_village.put(f"{API}/sites/{SITE}/doors/yard-gate", json={"name": "Yard gate", "edge": "pi-side"})
    assert answer.is_success, answer.text
    assert (await ask(any_container, Presented(digits=made["secrets"]["code"]), NOW, door="yard-gate")).granted
    assert not (await ask(any_container, Presented(digits=some["secrets"]["code"]), NOW, door="yard-gate")).granted
    async with any_container.database.read() as tx:
        secret = (await any_container.estate.door_secrets(tx, SITE))["yard-gate"]
        rows = await tx.execute(
            select(code_claims.c.owner, code_claims.c.code_key).where(code_claims.c.door == "yard-gate")
        )
        claims = [tuple(row) for row in rows]
    key = code_key(secret, CredentialKind.BOOKING_CODE, made["secrets"]["code"])
    assert claims == [(made["holder"]["id"], key)]
