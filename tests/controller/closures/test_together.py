"""Many bookings are moved or cancelled together, each on its own, with nothing closed, and undone within the hour."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from controller.bookings.booking_view import BookingView
from controller.bookings.errors import NotNow
from controller.closures.model import Batch
from controller.closures.service import ClosureBatches
from tests.controller.clock import ManualClock
from tests.controller.signin.signing import signed_in_as
from tests.controller.village import API, SITE, Json, act, book, change, look

ROOT = f"{API}/sites/{SITE}/closure-batches"
EVENING = {"starts": "2026-12-10T18:00", "ends": "2026-12-10T20:00"}
MORNING = {"starts": "2026-12-10T09:00", "ends": "2026-12-10T11:00"}


def to(space: str, booking: Json) -> Json:
    target = {"site": SITE, "space": space, "starts": booking["starts"], "ends": booking["ends"]}
    return {"booking": booking["id"], "version": booking["version"], "decision": "move", "target": target}


def off(booking: Json) -> Json:
    return {"booking": booking["id"], "version": booking["version"], "decision": "cancel"}


async def post(client: httpx.AsyncClient, path: str, decisions: Sequence[Json], status: int) -> Json:
    body = {"reason": "floor sanding", "decisions": list(decisions)}
    answer = await client.post(f"{ROOT}/bookings{path}", json=body)
    assert answer.status_code == status, answer.text
    found: Json = answer.json()
    return found


async def check(client: httpx.AsyncClient, *decisions: Json) -> list[str]:
    return [each["refused"] for each in (await post(client, "/check", decisions, 200))["items"]]


async def carry_out(client: httpx.AsyncClient, *decisions: Json) -> Json:
    return await post(client, "", decisions, 201)


async def test_the_check_names_each_booking_with_its_result_and_writes_nothing(any_village: httpx.AsyncClient) -> None:
    choir = await book(any_village, title="Choir", people=10, **EVENING)
    drama = await book(any_village, title="Drama", people=10, **MORNING)
    await book(any_village, title="Yoga", space="studio", **MORNING)
    gone = await book(any_village, title="Gone", starts="2026-12-11T09:00", ends="2026-12-11T10:00")
    await act(any_village, gone, "cancel")
    fits, taken, over = await check(
        any_village, to("studio", choir), to("studio", drama), off(await look(any_village, gone))
    )
    assert fits == ""
    assert "Studio is taken then: Yoga" in taken
    assert "Gone" in over
    assert (await look(any_village, choir))["space"] == "hall"
    assert (await any_village.get(ROOT)).json()["items"] == []
    assert await check(any_village, off(choir), off(drama)) == ["", ""]


async def test_two_that_go_to_one_room_at_one_time_are_told_apart_in_the_check_and_when_it_is_done(
    village: httpx.AsyncClient,
) -> None:
    choir = await book(village, title="Choir", people=10, **EVENING)
    drama = await book(village, title="Drama", people=10, space="studio", **EVENING)
    both = (to("yard", choir), to("yard", drama))
    first, second = await check(village, *both)
    assert first == ""
    assert "“Choir” goes to Yard at that time as well" in second
    done = await carry_out(village, *both)
    assert [each["id"] for each in done["done"]] == [choir["id"]]
    assert [each["id"] for each in done["refused"]] == [drama["id"]]
    assert (await look(village, drama))["space"] == "studio"


async def test_one_that_is_refused_stays_and_the_others_are_done_and_undone_with_their_codes(
    any_village: httpx.AsyncClient,
) -> None:
    choir = await book(any_village, title="Choir", people=10, **EVENING)
    drama = await book(any_village, title="Drama", people=10, **MORNING)
    yoga = await book(any_village, title="Yoga", space="studio", **MORNING)
    done = await carry_out(any_village, to("studio", choir), to("studio", drama), off(yoga))
    assert (done["moved"], done["cancelled"], done["closure"], done["override"]) == (1, 1, None, None)
    assert [each["id"] for each in done["refused"]] == [drama["id"]]
    assert (await look(any_village, choir))["space"] == "studio"
    assert [each["id"] for each in (await any_village.get(ROOT)).json()["items"]] == [done["id"]]
    assert (await any_village.get(f"{API}/sites/{SITE}/closures")).json()["items"] == []
    answer = await any_village.post(f"{ROOT}/{done['id']}/undo")
    assert (answer.status_code, answer.json()["refused"]) == (200, [])
    assert (await look(any_village, choir))["space"] == "hall"
    assert (await look(any_village, yoga))["status"] == "confirmed"
    for each in (choir, yoga):
        told = (await any_village.post(f"{API}/bookings/{each['id']}/code")).json()
        assert told["codes"][0]["code"] == each["code"]


async def test_a_booking_that_was_changed_since_it_was_chosen_stays(village: httpx.AsyncClient) -> None:
    choir = await book(village, title="Choir", people=10, **EVENING)
    await change(village, choir, title="Big choir")
    assert "changed since" in (await check(village, off(choir)))[0]
    assert "changed since" in (await carry_out(village, off(choir)))["refused"][0]["detail"]


async def test_what_was_sent_twice_is_done_once(village: httpx.AsyncClient) -> None:
    choir = await book(village, title="Choir", people=10, **EVENING)
    body, key = {"reason": "floor sanding", "decisions": [off(choir)]}, {"Idempotency-Key": "together"}
    first, again = [await village.post(f"{ROOT}/bookings", json=body, headers=key) for _ in range(2)]
    assert (first.status_code, again.json()) == (201, first.json())
    assert len((await village.get(ROOT)).json()["items"]) == 1


async def test_where_all_were_refused_there_is_nothing_to_undo(village: httpx.AsyncClient) -> None:
    choir = await book(village, title="Choir", people=10, **EVENING)
    await change(village, choir, title="Big choir")
    assert (await carry_out(village, off(choir)))["done"] == []
    assert (await village.get(ROOT)).json()["items"] == []


async def test_the_check_leaves_time_to_clear_down_between_those_that_move(village: httpx.AsyncClient) -> None:
    await village.put(f"{API}/sites/{SITE}/spaces/studio", json={"name": "Studio", "cleardown_min": 30})
    early, late = [
        await book(village, title=title, people=10, starts=f"2026-12-10T{starts}", ends=f"2026-12-10T{ends}")
        for title, starts, ends in (("Choir", "09:00", "10:00"), ("Drama", "10:00", "11:00"))
    ]
    both = (to("studio", early), to("studio", late))
    first, second = await check(village, *both)
    assert first == ""
    assert "Choir" in second
    assert [each["id"] for each in (await carry_out(village, *both))["refused"]] == [late["id"]]


async def test_the_check_counts_places_of_a_pool_that_others_of_them_take(village: httpx.AsyncClient) -> None:
    for pool in ("desks", "bench", "shelf"):
        body = {"name": pool.title(), "kind": "pool", "pool_size": 6}
        assert (await village.put(f"{API}/sites/{SITE}/spaces/{pool}", json=body)).is_success
    chosen = [
        await book(village, title=title, space=space, people=4, seats=4, **EVENING)
        for title, space in (("Choir", "bench"), ("Drama", "shelf"))
    ]
    first, second = await check(village, *[to("desks", each) for each in chosen])
    assert (first, bool(second)) == ("", True)


async def test_after_an_hour_it_stays_done(village: httpx.AsyncClient, clock: ManualClock) -> None:
    choir = await book(village, title="Choir", people=10, **EVENING)
    done = await carry_out(village, off(choir))
    clock.advance(hours=2)
    answer = await village.post(f"{ROOT}/{done['id']}/undo")
    assert answer.status_code == 409
    assert "closure" not in answer.json()["detail"]


async def test_bookings_of_other_sites_other_decisions_and_other_people_are_refused(
    village: httpx.AsyncClient, app: FastAPI
) -> None:
    choir = await book(village, title="Choir", people=10, **EVENING)
    await village.put(f"{API}/sites/march", json={"name": "March", "zone": "Europe/London"})
    body = {"reason": "floor sanding", "decisions": [off(choir)]}
    assert (await village.post(f"{API}/sites/march/closure-batches/bookings/check", json=body)).status_code == 404
    for wrong in ([{"booking": choir["id"], "decision": "keep"}], [off(choir), off(choir)], []):
        await post(village, "", wrong, 422)
    async with signed_in_as(app, village, "porter") as porter:
        await post(porter, "", [off(choir)], 403)
    assert (await look(village, choir))["status"] == "confirmed"


async def test_the_check_says_what_each_costs_now_and_would_then(any_village: httpx.AsyncClient) -> None:
    rates = [
        {"name": space.title(), "spaces": [space], "per_hour_pence": pence}
        for space, pence in (("hall", 1200), ("studio", 2000))
    ]
    cancelling = [{"name": "usual", "steps": [], "late_percent": 50, "no_show_percent": 100}]
    tariffs = {"rates": rates, "cancelling": cancelling, "version": 0}
    assert (await any_village.put(f"{API}/sites/{SITE}/tariffs", json=tariffs)).is_success
    choir = await book(any_village, title="Choir", people=10, **EVENING)
    drama = await book(any_village, title="Drama", people=10, **MORNING)
    yard = await book(any_village, title="Yard", people=10, space="yard", **MORNING)
    wanted = (to("studio", choir), off(drama), off(yard))
    foreseen = (await post(any_village, "/check", wanted, 200))["items"]
    assert [(each["before_pence"], each["after_pence"]) for each in foreseen] == [(2400, 4000), (2400, 0), (None, None)]
    await carry_out(any_village, *wanted)
    for each, cost in ((choir, 4000), (drama, 0)):
        assert (await any_village.get(f"{API}/bookings/{each['id']}/quote")).json()["total_pence"] == cost


async def test_only_what_nobody_is_at_any_more_was_cut_short(
    village: httpx.AsyncClient, app: FastAPI, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    choir = await book(village, title="Choir", people=10, **EVENING)
    seen = []

    async def of_another_controller(self: ClosureBatches, batch: Batch, *_: object) -> BookingView:
        del self.progress[batch.id]
        for minutes in (0, 5):
            clock.advance(minutes=minutes)
            [one] = (await village.get(ROOT)).json()["items"]
            seen.append((one["state"], one["planned"], one["cut_short"]))
        raise NotNow("stays")

    monkeypatch.setattr(ClosureBatches, "_decide", of_another_controller)
    await carry_out(village, off(choir))
    assert seen == [("running", None, False), ("running", None, True)]


async def test_what_is_under_way_says_how_many_are_done(
    village: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [await book(village, title="Choir", people=10, **EVENING), await book(village, title="Drama", **MORNING)]
    decide, seen = ClosureBatches._decide, []

    async def look_first(self: ClosureBatches, *args: Any) -> BookingView:
        [batch] = (await village.get(ROOT)).json()["items"]
        seen.append((batch["state"], batch["finished"], batch["planned"], batch["key"]))
        return await decide(self, *args)

    monkeypatch.setattr(ClosureBatches, "_decide", look_first)
    village.headers["Idempotency-Key"] = "of-this-tab"
    await carry_out(village, *map(off, some))
    assert seen == [("running", 0, 2, "of-this-tab"), ("running", 1, 2, "of-this-tab")]
    [batch] = (await village.get(ROOT)).json()["items"]
    assert (batch["state"], batch["planned"], batch["key"]) == ("finished", None, None)
