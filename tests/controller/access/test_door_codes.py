"""A booking's codes: shared or its own as the policy has it, of the length that its doors need, reissued when they
leak, and issued for a door that is offline."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from sqlalchemy import select

from controller.access import offline_codes
from controller.access.code_generation import pattern_of, spoken
from controller.app.container import Container
from controller.db.engine import Tx
from controller.plans.repository import last_acts
from controller.records.audit.tables import audit_rows
from controller.telemetry.event_store import EventStore, ValidatedBatch
from controller.telemetry.model import StoredEvent
from controller.telemetry.tables import events
from controller.telemetry.validation import validate_all
from edge.wire.access_decision import Reason
from edge.wire.codec import PART_LIMIT, decode, encode
from edge.wire.credentials import Method, Presented, is_code, is_offline_code
from edge.wire.events import AccessData
from edge.wire.interval import Interval
from edge.wire.offline_codes import QUARTER, OfflineWindow
from edge.wire.plan import OfflinePart
from tests.controller.access.asking import ask, plan_of
from tests.controller.access.test_access import go_offline
from tests.controller.clock import ManualClock
from tests.controller.running import NOW
from tests.controller.telemetry.speaking import LOG, event
from tests.controller.village import API, SITE, Json, act, book, change, code_of, look

DAY = timedelta(days=1)


async def policy(client: httpx.AsyncClient, *, recode: str = "keep", check: str = "false", **fields: object) -> Json:
    answer = await client.put(f"{API}/sites/{SITE}/policy", json=fields, params={"codes": recode, "check": check})
    assert answer.is_success, answer.text
    found: Json = answer.json()
    return found


async def door(client: httpx.AsyncClient, name: str, edge: str, **fields: object) -> None:
    answer = await client.put(f"{API}/sites/{SITE}/doors/{name}", json={"name": name, "edge": edge} | fields)
    assert answer.is_success, answer.text


async def say(client: httpx.AsyncClient, booking: Json, what: str, status: int = 200, **said: object) -> Any:
    answer = await client.post(f"{API}/bookings/{booking['id']}/{what}", json=said or None)
    assert answer.status_code == status, answer.text
    return answer.json()


async def party(client: httpx.AsyncClient, name: str) -> None:
    answer = await client.put(f"{API}/parties/{name}", json={"kind": "group", "name": name})
    assert answer.is_success, answer.text


async def test_a_group_shares_one_code_and_others_have_another(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await party(any_village, "choir")
    await party(any_village, "yoga")
    await policy(any_village, codes=[{"per": "group"}])
    first = await book(any_village, party="choir")
    # Back to back: their windows overlap at the doors, and the code is still one.
    second = await book(any_village, party="choir", starts="2026-11-26T20:00", ends="2026-11-26T21:00")
    other = await book(any_village, party="yoga", starts="2026-11-27T20:00", ends="2026-11-27T21:00")
    nobody = await book(any_village, starts="2026-11-28T20:00", ends="2026-11-28T21:00")
    assert first["code"] == second["code"]
    assert len({first["code"], other["code"], nobody["code"]}) == 3


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2027-03-31T18:00", "2027-04-01T18:00", False),
        ("2027-04-01T18:00", "2027-09-30T18:00", True),
        ("2026-12-31T18:00", "2027-01-01T18:00", True),
        ("2027-09-30T23:00", "2027-10-01T00:30", False),
    ],
)
async def test_a_season_goes_by_the_sites_calendar(
    village: httpx.AsyncClient, container: Container, first: str, second: str, same: bool
) -> None:
    await party(village, "choir")
    await policy(village, codes=[{"per": "season"}])
    made = [
        await book(village, party="choir", starts=starts, ends=starts[:11] + f"{int(starts[11:13]) + 0:02}:59")
        for starts in (first, second)
    ]
    assert (made[0]["code"] == made[1]["code"]) is same


async def test_dates_of_a_series_share_a_code_where_the_policy_says_so(
    village: httpx.AsyncClient, container: Container
) -> None:
    await policy(village, codes=[{"per": "series", "spaces": ["hall"]}])
    body = {
        "space": "hall",
        "title": "Yoga",
        "first_starts": "2026-11-26T10:00",
        "first_ends": "2026-11-26T11:00",
        "rule": "FREQ=WEEKLY;COUNT=3",
    }
    made = (await village.post(f"{API}/sites/{SITE}/series", json=body)).json()
    assert len(made["bookings"]) == 3, made
    assert len({each["code"] for each in made["bookings"]}) == 1


@pytest.mark.cases_full
async def test_doors_may_have_codes_of_their_own(any_village: httpx.AsyncClient, any_container: Container) -> None:
    await policy(any_village, codes=[{"each_door": True}])
    made = await book(any_village)
    [front, side] = made["codes"]
    assert (front["doors"], side["doors"]) == (["Front door"], ["Side door"])
    assert front["code"] != side["code"]
    assert f"Door code: {side['code'][:3]} {side['code'][3:]} for Side door" in made["message"]
    page = (await any_village.get(made["link"])).text
    assert "Door code, Side door" in page
    at = NOW + timedelta(hours=30)
    at = at.replace(hour=18, minute=30)
    for name, mine, theirs in (("front-door", front, side), ("side-door", side, front)):
        assert (await ask(any_container, Presented(digits=mine["code"]), at, door=name)).granted
        assert (await ask(any_container, Presented(digits=theirs["code"]), at, door=name)).reason is Reason.UNKNOWN


async def test_each_door_says_how_long_its_codes_are_and_those_given_out_follow(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village)
    await door(any_village, "side-door", "pi-side", code_length=4)
    after = await look(any_village, made)
    assert [(len(each["code"]), each["doors"]) for each in after["codes"]] == [(6, ["Front door"]), (4, ["side-door"])]
    assert await code_of(any_village, made) == made["code"]
    fresh = await book(any_village, starts="2026-11-27T18:00", ends="2026-11-27T19:00")
    assert [is_code(each["code"], size) for each, size in zip(fresh["codes"], (6, 4), strict=True)] == [True, True]
    assert not any(pattern_of(each["code"]) for each in fresh["codes"])
    assert (await plan_of(any_container, "side-door")).doors["side-door"].hours.code_length == 4


@pytest.mark.parametrize("length", [3, 9, "6", None])
async def test_a_length_that_no_door_can_have_names_field_and_limit(village: httpx.AsyncClient, length: object) -> None:
    answer = await village.put(
        f"{API}/sites/{SITE}/doors/side-door", json={"name": "Side", "edge": "pi-side", "code_length": length}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "code_length"


async def test_lead_in_and_lag_are_the_sites_and_codes_given_out_follow(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village)
    await policy(any_village, lead_in_min=0, lag_min=45)
    after = await look(any_village, made)
    assert after["code_window"] == {"starts": "2026-11-26T18:00:00+00:00", "ends": "2026-11-26T20:45:00+00:00"}
    assert await code_of(any_village, made) == made["code"]
    start = NOW.replace(day=26, hour=18, minute=0)
    shown = Presented(digits=made["code"])
    assert (await ask(any_container, shown, start - timedelta(minutes=1))).reason is Reason.TOO_EARLY
    assert (await ask(any_container, shown, start + timedelta(minutes=164))).granted
    assert not (await ask(any_container, shown, start + timedelta(minutes=165))).granted


async def three(client: httpx.AsyncClient) -> list[Json]:
    """The choir's: one whose code opens now, and two to come."""
    await party(client, "choir")
    times = [("2026-11-25T11:00", "2026-11-25T13:00")]
    times += [(f"2026-11-{day}T18:00", f"2026-11-{day}T19:00") for day in (26, 27)]
    return [await book(client, party="choir", starts=starts, ends=ends) for starts, ends in times]


async def codes_of(client: httpx.AsyncClient, made: list[Json]) -> list[str]:
    return [await code_of(client, each) for each in made]


async def test_issued_codes_survive_a_policy_change_and_new_ones_follow_it(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await three(any_village)
    told = [each["code"] for each in made]
    await policy(any_village, codes=[{"per": "group"}])
    assert await codes_of(any_village, made) == told
    for each in made:
        assert "was changed" not in (await look(any_village, each))["message"]
    later = [
        await book(any_village, party="choir", starts=f"2026-12-0{day}T18:00", ends=f"2026-12-0{day}T19:00")
        for day in (1, 2)
    ]
    assert len({*await codes_of(any_village, later), *told}) == 4


async def test_a_policy_change_reissues_all_or_coming_codes_on_request(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await three(any_village)
    told = [each["code"] for each in made]
    await policy(any_village, recode="coming", codes=[{"per": "group"}])
    now, *coming = await codes_of(any_village, made)
    assert now == told[0], "it opens the door at this moment"
    assert len(set(coming)) == 1
    assert not set(coming) & set(told)
    await policy(any_village, recode="all", codes=[{"per": "group"}])
    assert await codes_of(any_village, made) == [coming[0]] * 3
    await policy(any_village, recode="all")
    assert len(set(await codes_of(any_village, made))) == 3


async def test_a_code_that_opens_now_is_not_coming_even_if_the_new_policy_opens_it_later(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await party(any_village, "choir")
    soon = await book(any_village, party="choir", starts="2026-11-25T12:10", ends="2026-11-25T13:00")
    changed: Json = {"codes": [{"per": "group"}], "lead_in_min": 0}
    told = (await policy(any_village, check="true", **changed))["codes"]
    assert (told["running_count"], told["coming_count"]) == (1, 0)
    await policy(any_village, recode="coming", **changed)
    assert await code_of(any_village, soon) == soon["code"]


async def test_a_check_counts_codes_that_differ_from_the_policy(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await three(any_village)
    await book(any_village, space="yard")
    told = (await policy(any_village, check="true", codes=[{"per": "group"}], lag_min=30))["codes"]
    assert [each["id"] for each in told["running"]] == [made[0]["id"]]
    assert [each["id"] for each in told["coming"]] == [each["id"] for each in made[1:]]
    assert (told["running_count"], told["coming_count"], told["windows"]) == (1, 2, 3)
    await policy(any_village, codes=[{"per": "group"}])
    again = (await policy(any_village, check="true", codes=[{"per": "group"}]))["codes"]
    assert (again["running_count"], again["coming_count"], again["windows"]) == (1, 2, 0)
    await policy(any_village, recode="all", codes=[{"per": "group"}])
    done = (await policy(any_village, check="true", codes=[{"per": "group"}]))["codes"]
    assert (done["running_count"], done["coming_count"], done["windows"]) == (0, 0, 0)


async def test_an_issued_code_stays_when_its_booking_moves_or_a_door_is_added(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    first, second, third = await three(any_village)
    await policy(any_village, codes=[{"per": "group"}])
    await change(any_village, third, starts="2026-11-28T18:00", ends="2026-11-28T19:30")
    await door(any_village, "yard-gate", "pi-front")
    hall = {"name": "Hall", "capacity": 60, "doors": ["front-door", "side-door", "yard-gate"]}
    assert (await any_village.put(f"{API}/sites/{SITE}/spaces/hall", json=hall)).is_success
    assert await codes_of(any_village, [first, second, third]) == [first["code"], second["code"], third["code"]]
    done = await say(any_village, third, "code/reissue", reason="it hung on the board")
    assert done["together"] == [third["id"]]
    assert await codes_of(any_village, [first, second]) == [first["code"], second["code"]]


async def test_a_booking_that_goes_to_another_party_leaves_the_code_of_its_group(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await party(any_village, "drama")
    await party(any_village, "choir")
    await policy(any_village, codes=[{"per": "group"}])
    choir = [
        await book(any_village, party="choir", starts=f"2026-11-{day}T18:00", ends=f"2026-11-{day}T19:00")
        for day in (26, 27)
    ]
    await change(any_village, choir[1], party="drama")
    kept, other = await codes_of(any_village, choir)
    assert kept == choir[0]["code"]
    assert other != kept


async def test_to_see_a_code_is_written_down(any_village: httpx.AsyncClient, any_container: Container) -> None:
    made = await book(any_village)
    told = await say(any_village, made, "code")
    assert [each["code"] for each in told["codes"]] == [made["code"]]
    async with any_container.database.read() as tx:
        found = await tx.execute(select(audit_rows.c.act).where(audit_rows.c.thing == f"booking {made['id']}"))
    assert "see the code" in set(found.scalars())


@pytest.mark.both_databases
async def test_a_leaked_code_is_replaced_at_once_for_all_bookings_that_share_it(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await party(any_village, "choir")
    await policy(any_village, codes=[{"per": "group"}])
    made = [
        await book(any_village, party="choir", starts=f"2026-11-{day}T18:00", ends=f"2026-11-{day}T19:00")
        for day in (26, 27)
    ]
    other = await book(any_village, starts="2026-11-28T18:00", ends="2026-11-28T19:00")
    await say(any_village, made[0], "code/reissue", 422)
    done = await say(any_village, made[0], "code/reissue", reason="It hung on the board")
    assert sorted(done["together"]) == sorted(each["id"] for each in made)
    one, two = [await code_of(any_village, each) for each in made]
    assert one == two == done["booking"]["code"] != made[0]["code"]
    assert await code_of(any_village, other) == other["code"]
    at = NOW.replace(day=26, hour=18, minute=30)
    assert (await ask(any_container, Presented(digits=one), at)).granted
    assert (await ask(any_container, Presented(digits=made[0]["code"]), at)).reason is Reason.UNKNOWN
    story = (await any_village.get(f"{API}/bookings/{made[1]['id']}/log")).json()["items"]
    assert (story[-1]["what"], story[-1]["reason"]) == ("new code", "It hung on the board")


async def test_a_booking_that_is_over_or_not_confirmed_gets_no_new_code(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    made = await book(village)
    gone = await book(village, starts="2026-11-27T18:00", ends="2026-11-27T19:00")
    await act(village, gone, "cancel")
    await say(village, gone, "code/reissue", 409, reason="leaked")
    await say(village, gone, "code", 409)
    clock.set(NOW + 9 * DAY)
    await say(village, made, "code/reissue", 409, reason="leaked")
    await say(village, made, "offline-code", 409)


async def test_a_door_offline_opens_to_an_offline_code_in_its_own_window(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await go_offline(any_container, "pi-side", 30)
    made = await book(any_village)
    assert made["on_door"]["state"] == "unreachable"
    issued = await say(any_village, made, "offline-code")
    [code] = issued["offline_codes"]
    assert is_offline_code(code["code"])
    assert (code["door"], code["starts"], code["ends"]) == (
        "side-door",
        "2026-11-26T17:45:00+00:00",
        "2026-11-26T20:15:00+00:00",
    )
    assert "until 20:15" in code["text"]
    assert spoken(code["code"]) in issued["message"]
    assert code["text"] in (await any_village.get(made["link"])).text
    again = await say(any_village, made, "offline-code")
    assert again["offline_codes"] == issued["offline_codes"]
    masked_once = await look(any_village, made)
    assert masked_once["offline_codes"][0]["code"] == f"{code['code'][:3]}•••••••"
    assert spoken(code["code"]) not in masked_once["message"]
    window = OfflineWindow(start=NOW.replace(day=26, hour=17, minute=45), quarters=10)
    shown = Presented(digits=code["code"])
    for at, opens in ((window.start, True), (window.during.end, False), (window.start - QUARTER, False)):
        decision = await ask(any_container, shown, at, door="side-door", offline=lambda digits: (window,))
        assert decision.granted is opens
    assert decision.booking == made["id"]


async def test_a_door_gets_no_offline_code_before_it_knows_that_it_is_offline(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await go_offline(container, "pi-side", 1)
    made = await book(village)
    refused = await say(village, made, "offline-code", 409)
    assert "offline only just" in refused["detail"]
    assert "ask again at 12:02" in refused["detail"]
    clock.advance(minutes=2)
    assert (await say(village, made, "offline-code"))["offline_codes"]


async def test_a_door_that_is_offline_only_just_keeps_no_code_back_from_one_that_has_long_been(
    village: httpx.AsyncClient, container: Container
) -> None:
    await go_offline(container, "pi-side", 30)
    await go_offline(container, "pi-front", 1)
    made = await book(village)
    assert [each["door"] for each in (await say(village, made, "offline-code"))["offline_codes"]] == ["side-door"]


async def test_where_the_door_has_the_code_no_offline_code_is_issued(
    village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village)
    refused = await say(village, made, "offline-code", 409)
    assert "needs no offline code" in refused["detail"]


async def test_an_offline_code_is_withdrawn_with_its_booking(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await go_offline(any_container, "pi-front", 30)
    made = await book(any_village, space="studio")
    [code] = (await say(any_village, made, "offline-code"))["offline_codes"]
    await change(any_village, made, starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    assert (await look(any_village, made))["offline_codes"] == []
    window = OfflineWindow(start=NOW.replace(day=26, hour=17, minute=45), quarters=10)
    decision = await ask(any_container, Presented(digits=code["code"]), window.start, offline=lambda digits: (window,))
    assert decision.reason is Reason.REVOKED


async def test_eight_offline_codes_share_a_window_and_the_ninth_is_refused(
    any_container: Container, any_village: object
) -> None:
    window = OfflineWindow(start=NOW.replace(minute=0, second=0), quarters=4)
    async with any_container.database.write() as tx:
        made = [
            await offline_codes.issue(
                tx,
                site=SITE,
                door="front-door",
                booking_id=f"019a1b2c-0000-7000-8000-00000000000{at}",
                window=window,
                actor="x",
                now=NOW,
            )
            for at in range(9)
        ]
        assert [each and each.window.slot for each in made] == [*range(8), None]
        parts = await offline_codes.parts(tx, SITE, ["front-door"], now=NOW)
    part = decode(parts["offline-front-door"], OfflinePart, limit=PART_LIMIT)
    assert len({each.window for each in part.accepted}) == 8


@pytest.mark.parametrize(
    ("starts_min", "ends_min", "now_min", "start_min", "quarters"),
    [
        (0, 60, -100, 0, 4),
        (5, 65, -100, 15, 3),
        (0, 60, 20, 15, 3),
        (5, 65, 7, 15, 3),
        (0, 14, -100, 0, None),
        (0, 60, 59, 45, 1),
        (0, 60, 60, 0, None),
        (0, 13 * 60, -100, 0, 48),
    ],
)
@pytest.mark.parametrize("night", ["2026-03-29T01:00:00+00:00", "2026-10-25T01:00:00+00:00"])
def test_an_offline_window_is_whole_quarter_hours_inside_the_codes(
    night: str, starts_min: int, ends_min: int, now_min: int, start_min: int, quarters: int | None
) -> None:
    base = datetime.fromisoformat(night)

    def at(minutes: int) -> datetime:
        return base + timedelta(minutes=minutes)

    found = offline_codes.fitting(Interval(start=at(starts_min), end=at(ends_min)), at(now_min))
    expected = None if quarters is None else OfflineWindow(start=at(start_min), quarters=quarters)
    assert found == expected


@pytest.mark.both_databases
async def test_an_entry_by_an_offline_code_counts_for_its_booking_before_a_plan_lists_the_code(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    await go_offline(any_container, "pi-side", 30)
    made = await book(any_village)
    await say(any_village, made, "offline-code")
    window = OfflineWindow(start=NOW.replace(day=26, hour=17, minute=45), quarters=10)
    other = msgspec.structs.replace(window, slot=3)
    entries = [
        AccessData(door="side-door", granted=True, reason=Reason.GRANTED, method=Method.OFFLINE_CODE, offline=each)
        for each in (window, other)
    ]
    at = window.start + QUARTER
    raws = [msgspec.Raw(encode(event(seq, data, at=at))) for seq, data in enumerate(entries, 1)]
    heard: list[StoredEvent] = []

    async def note(tx: Tx, site: str, new: Sequence[StoredEvent]) -> None:
        heard.extend(new)

    judged = tuple(validate_all(raws))
    batch = ValidatedBatch(site=SITE, edge="pi-side", log=LOG, first_kept=1, judged=judged)
    async with any_container.database.write() as tx:
        await EventStore(note=note, booking_of=offline_codes.booking_of, in_sql=False).file(tx, [batch], at)
        stored = list((await tx.execute(select(events.c.data).order_by(events.c.seq))).scalars())
    whose = [made["id"], None]
    assert [each.data.booking for each in heard if isinstance(each.data, AccessData)] == whose
    assert [msgspec.json.decode(each, type=AccessData).booking for each in stored] == whose


async def test_a_reissued_code_is_recorded_and_its_booker_is_informed(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    made = await book(any_village)
    await any_container.mqtt.planner.refresh((SITE, "pi-front"))
    first = await say(any_village, made, "code")
    assert "changed" not in first["message"]
    clock.advance(minutes=5)
    again = await say(any_village, made, "code/reissue", reason="It hung on the board")
    assert again["together"] == [made["id"]]
    message = (await say(any_village, made, "code"))["message"]
    new = again["booking"]["code"]
    assert message.count("The code was changed at 12:05; forget the one you had before.") == 1
    assert spoken(new) in message
    assert spoken(first["codes"][0]["code"]) not in message
    assert "The code was changed at 12:05" in (await any_village.get(made["link"])).text
    [act] = (await any_village.get(f"{API}/sites/{SITE}/acts")).json()["items"]
    assert {name: act[name] for name in ("kind", "where", "actor", "reason", "outcome", "text")} == {
        "kind": "new_code",
        "where": ["Front door", "Side door"],
        "actor": "Una Porter",
        "reason": "It hung on the board",
        "outcome": "waiting",
        "text": "one booking has another code; the old one may still open Front door",
    }
    clock.set(NOW + 9 * DAY)
    [act] = (await any_village.get(f"{API}/sites/{SITE}/acts")).json()["items"]
    assert (act["outcome"], act["text"]) == ("done", "one booking has another code; the old one opens nothing")


async def test_codes_reissued_for_a_revoked_edge_are_one_entry_and_each_booker_is_informed(
    any_village: httpx.AsyncClient, any_container: Container, clock: ManualClock
) -> None:
    made = [await book(any_village, starts=f"2026-11-2{day}T18:00", ends=f"2026-11-2{day}T20:00") for day in (6, 7)]
    before = await any_container.database.run(last_acts, SITE)
    clock.advance(minutes=5)
    answer = await any_village.post(f"{API}/sites/{SITE}/edges/pi-front/revocation", json={"reason": "stolen"})
    assert answer.status_code == 200, answer.text
    for each in made:
        assert "The code was changed at 12:05" in (await say(any_village, each, "code"))["message"]
    [act] = (await any_village.get(f"{API}/sites/{SITE}/acts")).json()["items"]
    assert (act["kind"], act["where"], act["doors"]) == ("revoke", ["pi-front"], ["front-door"])
    assert act["reason"] == "stolen"
    assert (act["outcome"], act["text"]) == ("done", "2 bookings have another code; the old one opens nothing")
    assert await any_container.database.run(last_acts, SITE) != before


async def test_a_code_that_stays_as_it_is_is_not_said_to_be_another(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = await book(village)
    clock.advance(minutes=5)
    moved = await change(village, made, ends="2026-11-26T20:30")
    assert "changed" not in (await say(village, moved, "code"))["message"]
    await say(village, moved, "code/reissue", reason="leaked")
    clock.advance(minutes=5)
    again = await change(village, await look(village, moved), ends="2026-11-26T20:45")
    assert "changed at 12:05" in (await say(village, again, "code"))["message"]
