"""What others change while a closure is carried out or undone stays, and what fails on the way can be undone."""

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from msgspec.structs import replace

from controller.bookings import lifecycle
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import BookingState
from controller.bookings.service import BookingService
from controller.closures.service import ClosureBatches
from tests.controller.clock import ManualClock
from tests.controller.closures.test_closure_batches import (
    EVENING,
    FLOOR,
    LATER,
    ROOT,
    cancelled,
    carry_out,
    listed,
    moved,
    undo,
)
from tests.controller.village import API, Json, act, book, change, look

YOGA = {"title": "Yoga", "starts": "2026-12-11T09:00", "ends": "2026-12-11T10:00"}
DOOR = {"reason": "new lock", "door": "front-door", "starts": "2026-12-10T09:00", "ends": "2026-12-10T12:00"}


async def march(client: httpx.AsyncClient) -> Json:
    """Another site, and its hall on that evening."""
    await client.put(f"{API}/sites/march", json={"name": "March Hall", "zone": "Europe/London"})
    await client.put(f"{API}/sites/march/spaces/hall", json={"name": "Hall", "capacity": 60, "doors": []})
    return LATER | {"site": "march", "starts": EVENING["starts"], "ends": EVENING["ends"]}


def rebooked(booking: Json, target: Json) -> Json:
    return {"booking": booking["id"], "decision": "rebook", "target": target}


async def at_march(client: httpx.AsyncClient) -> list[Json]:
    found: list[Json] = (await client.get(f"{API}/sites/march/bookings?from=2026-12-01&to=2026-12-30")).json()["items"]
    return found


async def shut(client: httpx.AsyncClient) -> list[str]:
    return [each["ends"][11:16] for each in await listed(client, "overrides") if each["stands"]]


async def test_a_cancelled_booking_is_not_decided_on(village: httpx.AsyncClient) -> None:
    target = await march(village)
    choir, yoga = await book(village, title="Choir", **EVENING), await book(village, **YOGA)
    for each in (choir, yoga):
        await act(village, each, "cancel")
    done = await carry_out(village, FLOOR, rebooked(choir, target), {"booking": yoga["id"], "decision": "cancel"})
    assert ["nothing to decide" in each["detail"] for each in done["refused"]] == [True, True]
    assert (await at_march(village), done["cancelled"]) == ([], 0)
    await undo(village, done)
    assert (await look(village, yoga))["status"] == "cancelled"


@pytest.mark.parametrize("decision", ["cancel", "rebook"])
async def test_a_booking_that_was_changed_since_it_was_decided_on_stays(
    village: httpx.AsyncClient, decision: str
) -> None:
    target = await march(village)
    choir = await book(village, title="Choir", **EVENING)
    await change(village, choir, title="Big choir")
    decided = cancelled(choir) if decision == "cancel" else rebooked(choir, target) | {"version": choir["version"]}
    done = await carry_out(village, FLOOR, decided)
    assert [each["id"] for each in done["refused"]] == [choir["id"]]
    assert ((await look(village, choir))["status"], await at_march(village)) == ("confirmed", [])


async def test_undo_leaves_a_booking_that_somebody_restored_moved_and_cancelled_since(
    village: httpx.AsyncClient,
) -> None:
    yoga = await book(village, space="studio", **YOGA)
    done = await carry_out(village, FLOOR, cancelled(yoga))
    await act(village, yoga, "restore")
    await change(village, yoga, starts="2026-12-18T09:00", ends="2026-12-18T10:00")
    await act(village, yoga, "cancel")
    back = await undo(village, done)
    assert ["changed since" in each["detail"] for each in back["refused"]] == [True]
    assert (await look(village, yoga))["status"] == "cancelled"


async def test_undo_leaves_both_bookings_where_the_one_at_the_other_site_was_changed(
    village: httpx.AsyncClient,
) -> None:
    target = await march(village)
    choir = await book(village, title="Choir", **EVENING)
    done = await carry_out(village, FLOOR, rebooked(choir, target))
    [there] = await at_march(village)
    await change(village, there, title="Big choir")
    back = await undo(village, done)
    assert ["changed since" in each["detail"] for each in back["refused"]] == [True]
    assert ((await look(village, choir))["status"], (await look(village, there))["status"]) == (
        "cancelled",
        "confirmed",
    )


async def test_undo_is_refused_where_the_closure_was_changed_since_until_that_is_undone(
    village: httpx.AsyncClient,
) -> None:
    first = await carry_out(village, FLOOR)
    later = await carry_out(village, FLOOR | {"last": "2026-12-12", "replaces": first["closure"]})
    refused = await undo(village, first, 409)
    assert (refused["type"].rsplit(":", 1)[1], "undo that change first" in refused["detail"]) == (
        "closure-changed",
        True,
    )
    await undo(village, later)
    await undo(village, first)
    assert await listed(village, "closures") == []


async def test_a_change_of_a_closure_that_was_removed_since_is_not_undone(village: httpx.AsyncClient) -> None:
    first = await carry_out(village, FLOOR)
    later = await carry_out(village, FLOOR | {"last": "2026-12-12", "replaces": first["closure"]})
    assert (await village.delete(f"{ROOT}/closures/{first['closure']}")).is_success
    assert "removed since" in (await undo(village, later, 409))["detail"]


async def test_a_closure_whose_days_are_others_since_the_zone_was_corrected_stays(village: httpx.AsyncClient) -> None:
    first = await carry_out(village, FLOOR)
    corrected = {"name": "Ramsey Hub", "zone": "Europe/Paris", "phone": "01487 555 010"}
    assert (await village.put(f"{ROOT}", json=corrected)).is_success
    assert (await undo(village, first, 409))["type"].endswith(":closure-changed")
    assert [each["id"] for each in await listed(village, "closures")] == [first["closure"]]


async def test_to_try_again_leaves_the_closure_alone_that_was_put_back(village: httpx.AsyncClient) -> None:
    yoga = await book(village, **YOGA)
    first = await carry_out(village, FLOOR)
    later = await carry_out(village, FLOOR | {"last": "2026-12-12", "replaces": first["closure"]}, moved(yoga))
    await change(village, yoga, starts="2026-12-18T18:00", ends="2026-12-18T20:00")
    assert len((await undo(village, later))["refused"]) == 1
    assert (await village.delete(f"{ROOT}/closures/{first['closure']}")).is_success
    assert len((await undo(village, later))["refused"]) == 1
    assert await listed(village, "closures") == []


async def test_changes_of_a_shut_door_are_undone_one_after_the_other(village: httpx.AsyncClient) -> None:
    first = await carry_out(village, DOOR)
    later = await carry_out(village, DOOR | {"ends": "2026-12-10T15:00", "replaces": first["override"]})
    await undo(village, first, 409)
    await undo(village, later)
    assert await shut(village) == ["12:00"]
    await undo(village, first)
    assert await shut(village) == []


async def test_to_try_again_shuts_a_door_only_once(village: httpx.AsyncClient) -> None:
    yoga = await book(village, **YOGA)
    first = await carry_out(village, DOOR)
    done = await carry_out(village, DOOR | {"ends": "2026-12-10T15:00", "replaces": first["override"]}, moved(yoga))
    now = await look(village, yoga)
    await change(village, now, starts="2026-12-18T18:00", ends="2026-12-18T20:00")
    for _ in range(2):
        assert len((await undo(village, done))["refused"]) == 1
        assert await shut(village) == ["12:00"]


async def test_a_change_names_a_standing_override_of_the_door(village: httpx.AsyncClient) -> None:
    first = await carry_out(village, DOOR)
    await carry_out(village, DOOR | {"door": "side-door", "replaces": first["override"]}, status=422)
    await undo(village, first)
    await carry_out(village, DOOR | {"replaces": first["override"]}, status=422)
    assert (await shut(village), len(await listed(village, "closure-batches"))) == ([], 0)


async def test_what_is_carried_out_is_not_undone_meanwhile_unless_its_process_died(
    village: httpx.AsyncClient, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    choir, yoga = await book(village, title="Choir", **EVENING), await book(village, **YOGA)
    decide, seen = ClosureBatches._decide, []

    async def slowly(self: ClosureBatches, *args: Any) -> BookingView:
        view = await decide(self, *args)
        [batch] = await listed(village, "closure-batches")
        seen.append((await undo(village, batch, 409))["type"].rsplit(":", 1)[1])
        clock.advance(minutes=5)
        assert (await undo(village, batch))["refused"] == []
        return view

    monkeypatch.setattr(ClosureBatches, "_decide", slowly)
    done = await carry_out(village, FLOOR, moved(choir), cancelled(yoga))
    assert seen == ["being-carried-out"]
    assert [each["id"] for each in done["refused"]] == [yoga["id"]]
    assert done["undone_at"] is not None
    for each in (choir, yoga):
        assert ((now := await look(village, each))["status"], now["starts"]) == ("confirmed", each["starts"])


async def test_a_move_stays_at_its_site(village: httpx.AsyncClient) -> None:
    target = await march(village)
    choir = await book(village, title="Choir", **EVENING)
    done = await carry_out(village, FLOOR, moved(choir, site=target["site"]))
    assert "use rebook" in done["refused"][0]["detail"]
    assert (await look(village, choir))["starts"] == choir["starts"]


async def test_only_what_closing_does_to_a_booking_is_kept(village: httpx.AsyncClient) -> None:
    choir = await book(village, title="Choir", people=50, **EVENING)
    hall = {"name": "Hall", "capacity": 20, "doors": ["front-door", "side-door"]}
    assert (await village.put(f"{ROOT}/spaces/hall", json=hall)).is_success
    await carry_out(village, FLOOR, {"booking": choir["id"], "decision": "keep"})
    found = {each["cause"]: each["kept_at"] is not None for each in (await look(village, choir))["affected_by"]}
    assert found == {"closed": True, "building": False}


async def test_a_confirmed_booking_is_not_given_up_for_a_request(
    village: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = await march(village)
    choir = await book(village, title="Choir", **EVENING)
    outcome: Callable[..., Any] = lifecycle.outcome
    asked = BookingState.REQUESTED
    monkeypatch.setattr("controller.bookings.service.outcome", lambda *a, **b: replace(outcome(*a, **b), state=asked))
    done = await carry_out(village, FLOOR, rebooked(choir, target))
    assert "only be asked for" in done["refused"][0]["detail"]
    assert (await look(village, choir))["status"] == "confirmed"
    assert await at_march(village) == []


async def test_a_fault_at_one_booking_leaves_it_as_it_was_and_stops_no_other(
    village: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    choir, yoga = await book(village, title="Choir", **EVENING), await book(village, **YOGA)
    move = BookingService.change_in

    async def break_after(*args: Any, **more: Any) -> BookingView:
        await move(*args, **more)
        raise RuntimeError("the line went dead")

    with monkeypatch.context() as broken:
        broken.setattr(BookingService, "change_in", break_after)
        done = await carry_out(village, FLOOR, moved(choir), cancelled(yoga))
    assert [(each["id"], "fault" in each["detail"]) for each in done["refused"]] == [(choir["id"], True)]
    assert (await look(village, yoga))["status"] == "cancelled"
    assert ((now := await look(village, choir))["starts"], now["version"]) == (choir["starts"], choir["version"])
    assert (await undo(village, done))["refused"] == []
    for each in (choir, yoga):
        assert ((now := await look(village, each))["status"], now["starts"]) == ("confirmed", each["starts"])


async def test_a_closure_that_is_refused_leaves_nothing_to_undo(village: httpx.AsyncClient) -> None:
    await carry_out(village, FLOOR | {"spaces": ["attic"]}, status=422)
    await carry_out(village, DOOR | {"starts": "2027-12-10T09:00", "ends": "2027-12-10T12:00"}, status=422)
    assert await listed(village, "closure-batches") == []
