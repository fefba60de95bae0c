"""Nobody goes before the line, and what becomes of a wait that nothing can come of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from sqlalchemy import delete

from controller.app.container import Container
from controller.bookings.diary.policy import ApprovalRule, Policy, PriorityWindow, Quota, QuotaPeriod, ReleaseRule
from controller.find.waitlist import service
from controller.people.model import Tier
from controller.people.tables import parties
from tests.controller.bookings.hearing import hear
from tests.controller.bookings.policing import put_policy
from tests.controller.clock import ManualClock
from tests.controller.find.waitlist.test_waitlist import leave, line, now, say, wait
from tests.controller.signin.signing import put_party
from tests.controller.statements import counted
from tests.controller.village import API, SITE, Json, act, book, change, look, post
from tests.eventually import eventually

FAR: Json = {"starts": "2026-12-17T18:00", "ends": "2026-12-17T20:00"}
SIX = datetime(2026, 11, 26, 18, tzinfo=UTC)


async def story(client: httpx.AsyncClient, booking: Json) -> list[tuple[str, str, str]]:
    answer = await client.get(f"{API}/bookings/{booking['id']}/log")
    return [(each["actor"], each["what"], each["reason"]) for each in answer.json()["items"]]


@asynccontextmanager
async def kept(container: Container) -> AsyncIterator[None]:
    """The waiting lists are looked after meanwhile."""
    running = asyncio.create_task(container.waitlist.run())
    try:
        yield
    finally:
        running.cancel()
        [ended] = await asyncio.gather(running, return_exceptions=True)
        assert isinstance(ended, asyncio.CancelledError), ended


async def offered(client: httpx.AsyncClient, waiting: Json) -> None:
    async with asyncio.timeout(60):
        while (await now(client, waiting))["state"] != "offered":  # noqa: ASYNC110  # seen over HTTP only
            await asyncio.sleep(0)


async def test_a_change_at_a_site_where_nobody_waits_costs_one_question(
    container: Container, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "CHANGES_EVERY_S", 0.0)
    async with counted() as said, kept(container):
        for asked in (1, 2, 3):

            async def look(asked: int = asked) -> bool:
                return len([each for each in said if "waits" in each]) >= asked

            await eventually(look, what="it is asked whether anybody waits")
            container.changes.site_changed(SITE)
    assert len([each for each in said if "waits" in each]) == 3


async def test_a_new_request_comes_after_the_waiting_list_for_an_expired_hold(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await put_policy(any_container, Policy(hold_hours=1))
    held = await book(any_village, by_rules=True, **FAR)
    band = await wait(any_village, title="Band", **FAR)
    clock.advance(hours=1)
    late = await post(any_village, title="Newcomer", **FAR)
    assert late.status_code == 409
    assert [each["title"] for each in late.json()["conflicts"]] == ["Band"]
    assert (await now(any_village, band))["state"] == "offered"
    assert (await story(any_village, held))[-1] == ("hallkeeper", "expire", "nobody decided by 13:00")


@pytest.mark.both_databases
async def test_a_passer_by_comes_after_the_next_in_line_when_an_offer_has_run_out(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await put_policy(any_container, Policy(offer_hours=1))
    choir = await book(any_village, **FAR)
    band, club = [await wait(any_village, title=title, **FAR) for title in ("Band", "Chess")]
    await act(any_village, choir, "cancel")
    clock.advance(hours=1)
    newcomers = await asyncio.gather(*(post(any_village, title="Newcomer", **FAR) for _ in range(3)))
    assert [each.status_code for each in newcomers] == [409] * 3
    ended = await now(any_village, band)
    assert (ended["state"], (await now(any_village, club))["state"]) == ("expired", "offered")
    assert (await story(any_village, {"id": ended["booking"]}))[-1] == (
        "hallkeeper",
        "expire",
        "the offer was not accepted in time",
    )


@pytest.mark.parametrize("how", ["move", "series"])
async def test_no_other_route_bypasses_the_waiting_list(
    village: httpx.AsyncClient, container: Container, clock: ManualClock, how: str
) -> None:
    await put_policy(container, Policy(hold_hours=1))
    await book(village, by_rules=True, **FAR)
    mine = await book(village, starts="2026-12-16T18:00", ends="2026-12-16T20:00")
    band = await wait(village, title="Band", **FAR)
    clock.advance(hours=1)
    if how == "move":
        await change(village, mine, 409, **FAR)
    else:
        series: Json = {"space": "hall", "title": "Yoga", "first_starts": FAR["starts"], "first_ends": FAR["ends"]}
        answer = await village.post(f"{API}/sites/{SITE}/series", json=series | {"rule": "FREQ=WEEKLY;COUNT=2"})
        assert answer.status_code == 409, answer.text
    assert (await now(village, band))["state"] == "offered"


async def test_an_expired_hold_without_waits_can_be_booked_by_anybody(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await put_policy(any_container, Policy(hold_hours=1))
    await book(any_village, by_rules=True, **FAR)
    other = await book(any_village)
    band = await wait(any_village, title="Band")
    clock.advance(hours=1)
    await book(any_village, title="Newcomer", **FAR)
    assert (await now(any_village, band))["state"] == "waiting"
    assert (await look(any_village, other))["status"] == "confirmed"


async def test_an_undecided_hold_is_offered_when_it_expires(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await put_policy(any_container, Policy(hold_hours=1))
    await book(any_village, by_rules=True, **FAR)
    band = await wait(any_village, title="Band", **FAR)
    clock.advance(minutes=50)
    async with kept(any_container):
        while clock.sleeping == 0:  # noqa: ASYNC110  # less than until its next round, if it knows of the hold
            await asyncio.sleep(0)
        clock.advance(minutes=10)
        await offered(any_village, band)


async def test_a_closure_that_is_lifted_is_offered_when_it_is(village: httpx.AsyncClient, container: Container) -> None:
    body = {"reason": "Boiler", "first": "2026-12-17", "last": "2026-12-17"}
    closure = (await village.post(f"{API}/sites/{SITE}/closures", json=body)).json()
    band = await wait(village, title="Band", **FAR)
    async with kept(container):
        assert (await village.delete(f"{API}/sites/{SITE}/closures/{closure['id']}")).status_code == 204
        await offered(village, band)


@pytest.mark.cases_full
@pytest.mark.parametrize("rule", ["window", "quota"])
async def test_time_that_the_rules_open_with_the_day_is_offered_within_a_quarter_hour(
    village: httpx.AsyncClient, container: Container, clock: ManualClock, rule: str
) -> None:
    await put_party(village, "band", tier="community")
    policy = {
        "window": Policy(windows=(PriorityWindow(tier=Tier.COMMUNITY, days=21),)),
        "quota": Policy(quotas=(Quota(name="One", per=QuotaPeriod.AHEAD, most_bookings=1),)),
    }[rule]
    await put_policy(container, policy)
    await book(village, title="Before", party="band", starts="2026-11-25T18:00", ends="2026-11-25T20:00")
    band = await wait(village, title="Band", party="band", **FAR)
    async with kept(container):
        assert (await now(village, band))["state"] == "waiting"
        for _ in range(4 * 24):
            clock.advance(minutes=15)
            if (await now(village, band))["state"] == "offered":
                break
            await asyncio.sleep(0)
        await offered(village, band)


async def test_a_space_that_is_gone_breaks_nothing_for_anybody(any_village: httpx.AsyncClient) -> None:
    extra: Json = {"name": "Extra", "doors": [], "capacity": 4}
    assert (await any_village.put(f"{API}/sites/{SITE}/spaces/extra", json=extra)).is_success
    choir = await book(any_village, **FAR)
    band = await wait(any_village, title="Band", also=["extra"], people=5, **FAR)
    assert (await any_village.delete(f"{API}/sites/{SITE}/spaces/extra")).status_code == 204
    await act(any_village, choir, "cancel")
    assert (await now(any_village, band))["state"] == "offered"


async def test_a_wait_for_a_deleted_space_ends(any_village: httpx.AsyncClient, any_container: Container) -> None:
    extra: Json = {"name": "Extra", "doors": []}
    assert (await any_village.put(f"{API}/sites/{SITE}/spaces/extra", json=extra)).is_success
    body = {"reason": "Paint", "first": "2026-12-17", "last": "2026-12-17"}
    closure = await any_village.post(f"{API}/sites/{SITE}/closures", json=body)
    band = await wait(any_village, title="Band", space="extra", **FAR)
    assert (await any_village.delete(f"{API}/sites/{SITE}/spaces/extra")).status_code == 204
    await any_village.delete(f"{API}/sites/{SITE}/closures/{closure.json()['id']}")
    async with kept(any_container):
        async with asyncio.timeout(60):
            while (await now(any_village, band))["state"] == "waiting":  # noqa: ASYNC110  # seen over HTTP only
                await asyncio.sleep(0)
    assert (await now(any_village, band))["state"] == "over"


async def test_a_wait_that_cannot_be_judged_blocks_nobody(village: httpx.AsyncClient, container: Container) -> None:
    await put_party(village, "band")
    choir = await book(village, **FAR)
    await wait(village, title="Band", party="band", **FAR)
    club = await wait(village, title="Chess", **FAR)
    async with container.database.write() as tx:
        await tx.execute(delete(parties).where(parties.c.id == "band"))  # as the API never does
    await act(village, choir, "cancel")
    assert (await now(village, club))["state"] == "offered"


@pytest.mark.both_databases
async def test_concurrent_answers_to_an_offer_give_one_result(any_village: httpx.AsyncClient) -> None:
    choir = await book(any_village, **FAR)
    band = await wait(any_village, title="Band", **FAR)
    await act(any_village, choir, "cancel")
    said = ("accept", "accept", "decline", "accept")
    answers = await asyncio.gather(*(any_village.post(f"{API}/waiting/{band['id']}/{each}") for each in said))
    ended = await now(any_village, band)
    status = (await look(any_village, {"id": ended["booking"]}))["status"]
    assert (ended["state"], status) in {("accepted", "confirmed"), ("declined", "declined")}
    yes = ended["state"] == "accepted"
    for each, answer in zip(said, answers, strict=True):
        assert answer.status_code == (200 if (each == "accept") is yes else 409), answer.text


async def test_an_offer_that_the_rules_forbid_by_now_cannot_be_accepted(village: httpx.AsyncClient) -> None:
    choir = await book(village, **FAR)
    band = await wait(village, title="Band", **FAR)
    await act(village, choir, "cancel")
    body = {"reason": "Boiler", "first": "2026-12-17", "last": "2026-12-17"}
    answer = await village.post(f"{API}/sites/{SITE}/closures", json=body, params={"anyway": "true"})
    assert answer.status_code == 201, answer.text
    refused = await say(village, band, "accept", 409)
    assert [each["kind"] for each in refused["reasons"]] == ["closed"]
    assert (await now(village, band))["state"] == "offered"
    assert (await village.delete(f"{API}/sites/{SITE}/closures/{answer.json()['id']}")).status_code == 204
    assert (await say(village, band, "accept"))["state"] == "accepted"


@pytest.mark.parametrize(("how", "becomes"), [("lapse", "lost"), ("decline", "lost"), ("cancel", "withdrawn")])
async def test_an_accepted_offer_that_is_not_confirmed_is_lost_and_the_next_is_offered(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock, how: str, becomes: str
) -> None:
    await put_policy(any_container, Policy(rules=(ApprovalRule(name="Short", most_minutes=60),), hold_hours=24))
    choir = await book(any_village, **FAR)
    band, club = [await wait(any_village, title=title, by_rules=True, **FAR) for title in ("Band", "Chess")]
    await act(any_village, choir, "cancel")
    taken = await say(any_village, band, "accept")
    held = await look(any_village, {"id": taken["booking"]})
    assert (taken["state"], held["status"]) == ("accepted", "held")
    if how == "lapse":
        clock.advance(hours=24)
        assert await any_container.waitlist.look(SITE)
    else:
        await act(any_village, held, how, reason="the floor is being varnished")
    assert (await now(any_village, band))["state"] == becomes
    assert (await now(any_village, club))["state"] == "offered"
    await say(any_village, band, "accept", 409)


async def test_a_released_room_is_offered_to_waits_for_that_time(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    await put_policy(any_container, Policy(release=(ReleaseRule(after_min=20, warn_min=10),)))
    await book(any_village)
    band, club = [await wait(any_village, title=title) for title in ("Band", "Chess")]
    for minutes in (10, 20):
        clock.set(SIX + timedelta(minutes=minutes))
        await hear(any_container, clock.now())
        await any_container.no_shows.look()
    there = await now(any_village, band)
    # Once the time has begun nobody is waited for long.
    assert (there["state"], there["offered_until"]) == ("offered", "2026-11-26T18:35:00+00:00")
    clock.set(SIX + timedelta(minutes=35))
    assert await any_container.waitlist.look(SITE)
    assert (await now(any_village, band))["state"] == "expired"
    taken = await say(any_village, club, "accept")
    assert (await look(any_village, {"id": taken["booking"]}))["status"] == "confirmed"
    assert await line(any_village) == []


async def test_leaving_twice_is_leaving_once(village: httpx.AsyncClient) -> None:
    await book(village, **FAR)
    band = await wait(village, title="Band", **FAR)
    first, second = await leave(village, band), await leave(village, band)
    assert first == second
    assert first["state"] == "withdrawn"
