"""A partner's diary, kept elsewhere and polled over a real socket, blocks a space here: twice changes nothing, what is
taken is a clash, and a feed that fails keeps its blocks."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from msgspec.structs import replace
from sqlalchemy import select

from controller.app.container import Container
from controller.calendars.tables import feeds
from controller.platform.settings import FeedSection, Settings
from controller.records.audit.tables import audit_rows
from tests.controller.calendars.external_feeds.partner import Partner, answer, calendar, event, packed, partner
from tests.controller.clock import ManualClock
from tests.controller.serving import serving
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, Json, act, book, look, post

PATH = f"{API}/sites/{SITE}/feeds"
CLINIC = event("clinic", "20261201T100000", "20261201T120000", "RRULE:FREQ=WEEKLY;COUNT=3", title="Baby clinic")
FLU = event("flu", "20261202T090000", "20261202T130000", title="Flu jabs")
_HERE = FeedSection(networks=("127.0.0.0/8",))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, feeds=_HERE)


@pytest.fixture
def any_settings(any_settings: Settings) -> Settings:
    return replace(any_settings, feeds=_HERE)


@pytest.fixture
async def surgery() -> AsyncIterator[Partner]:
    async with partner() as here:
        yield here


async def put(client: httpx.AsyncClient, status: int = 201, feed: str = "gp", **fields: object) -> Json:
    body = {"name": "the GP surgery", "space": "hall"} | fields
    answered = await client.put(f"{PATH}/{feed}", json=body)
    assert answered.status_code == status, answered.text
    made: Json = answered.json()
    return made


async def poll(client: httpx.AsyncClient, feed: str = "gp") -> Json:
    answered = await client.post(f"{PATH}/{feed}/poll")
    assert answered.status_code == 200, answered.text
    found: Json = answered.json()
    return found


async def follow(client: httpx.AsyncClient, surgery: Partner, *, party: str | None = None) -> Json:
    await put(client, address=surgery.address, party=party)
    return await poll(client)


async def diary(client: httpx.AsyncClient, *statuses: str) -> list[str]:
    answered = await client.get(f"{API}/sites/{SITE}/bookings?from=2026-11-20&to=2027-01-10")
    wanted = statuses or ("confirmed",)
    return [f"{each['starts'][5:16]} {each['title']}" for each in answered.json()["items"] if each["status"] in wanted]


def counts(feed: Json) -> tuple[int, ...]:
    last = feed["last"]
    return tuple(last[name] for name in ("new", "changed", "ended", "unchanged", "clashing", "refused"))


async def test_a_partners_events_become_blocks_that_say_whose_they_are(
    any_village: httpx.AsyncClient, surgery: Partner
) -> None:
    surgery.publish(CLINIC, FLU)
    made = await put(any_village, address=surgery.address)
    assert (made["status"], made["blocks"], made["address"]) == (
        "new",
        0,
        surgery.address.removesuffix("diary.ics") + "…",
    )
    found = await poll(any_village)
    assert (found["status"], found["blocks"], counts(found)) == ("ok", 4, (4, 0, 0, 0, 0, 0))
    assert await diary(any_village) == [
        "12-01T10:00 Baby clinic",
        "12-02T09:00 Flu jabs",
        "12-08T10:00 Baby clinic",
        "12-15T10:00 Baby clinic",
    ]
    day = (await any_village.get(f"{API}/sites/{SITE}/bookings?from=2026-12-02&to=2026-12-03")).json()["items"]
    assert [(each["diary"], each["actor"]) for each in day] == [("the GP surgery", "feed:gp")]
    refused = await post(any_village, starts="2026-12-01T11:00", ends="2026-12-01T13:00")
    assert refused.status_code == 409
    assert "Baby clinic (blocked by the diary of the GP surgery)" in refused.json()["detail"]
    assert refused.json()["conflicts"][0]["diary"] == "the GP surgery"
    assert "blocked by the diary of the GP surgery" in refused.json()["reasons"][0]["text"]


async def test_polling_twice_changes_nothing(any_village: httpx.AsyncClient, surgery: Partner) -> None:
    surgery.publish(CLINIC, FLU)
    await follow(any_village, surgery)
    again = await poll(any_village)
    assert (again["status"], counts(again)) == ("ok", (0, 0, 0, 4, 0, 0))
    answered = await any_village.get(f"{API}/sites/{SITE}/bookings?from=2026-11-20&to=2027-01-10")
    assert [each["version"] for each in answered.json()["items"]] == [1, 1, 1, 1]


async def test_what_changes_and_goes_there_changes_and_goes_here(
    any_village: httpx.AsyncClient, surgery: Partner
) -> None:
    surgery.publish(CLINIC, FLU)
    await follow(any_village, surgery)
    moved = event("clinic", "20261208T140000", "20261208T160000", "RECURRENCE-ID;TZID=Europe/London:20261208T100000")
    surgery.publish(CLINIC.replace("COUNT=3", "COUNT=2"), moved)
    found = await poll(any_village)
    assert (found["status"], found["blocks"], counts(found)) == ("ok", 2, (0, 1, 2, 1, 0, 0))
    assert await diary(any_village) == ["12-01T10:00 Baby clinic", "12-08T14:00 Clinic"]
    surgery.publish(CLINIC.replace("END:VEVENT", "STATUS:CANCELLED\nEND:VEVENT"))
    await poll(any_village)
    assert await diary(any_village) == []


async def test_a_block_never_takes_what_is_booked_and_comes_when_that_is_free(
    any_village: httpx.AsyncClient, surgery: Partner
) -> None:
    ours = await book(any_village, title="Ringers", starts="2026-12-08T11:00", ends="2026-12-08T13:00")
    surgery.publish(CLINIC, etag='"1"')
    found = await follow(any_village, surgery)
    assert (found["status"], found["blocks"], counts(found)) == ("clashes", 2, (2, 0, 0, 0, 1, 0))
    [clash] = found["last"]["clashes"]
    assert (clash["starts"], "Ringers" in clash["text"]) == ("2026-12-08T10:00:00+00:00", True)
    await act(any_village, ours, "cancel")
    found = await poll(any_village)
    assert (found["status"], found["blocks"]) == ("ok", 3)


@pytest.mark.both_databases
async def test_bookings_and_polls_at_once_never_share_a_time(any_village: httpx.AsyncClient, surgery: Partner) -> None:
    surgery.publish(CLINIC)
    await put(any_village, address=surgery.address)
    wishes = [post(any_village, starts=f"2026-12-{day:02}T11:00", ends=f"2026-12-{day:02}T12:30") for day in (1, 8, 15)]
    booked, *_ = await asyncio.gather(asyncio.gather(*wishes), poll(any_village), poll(any_village))
    taken = await diary(any_village)
    assert len(taken) == 3
    assert sum(each.status_code == 201 for each in booked) == sum("Choir" in each for each in taken)


@pytest.mark.parametrize(
    ("says", "trouble", "words"),
    [
        (answer(b"<!doctype html><title>Sign in</title>", "Content-Type: text/html"), "broken", "web page"),
        (answer(b""), "broken", "empty"),
        (answer(calendar(CLINIC, FLU)[:-40]), "broken", "breaks off"),
        (answer(calendar(CLINIC, FLU)[:-40], length=999), "broken", "broke off"),
        (answer(b"BEGIN:A\n" * 1000), "broken", "BEGIN:VCALENDAR"),
        (answer(b"BEGIN:VCALENDAR\n" + b"BEGIN:X\n" * 1000), "broken", "is nested in"),
        (packed(b"x" * 3_000_000), "too_large", "2 MB"),
        (answer(status="401 No"), "sign_in", "secret address"),
        (answer(status="404 No"), "gone", "no calendar"),
        (answer(status="500 No"), "server", "500"),
    ],
)
async def test_a_feed_that_fails_keeps_its_blocks_and_says_why_and_since_when(
    village: httpx.AsyncClient, surgery: Partner, clock: ManualClock, says: bytes, trouble: str, words: str
) -> None:
    surgery.publish(CLINIC, FLU)
    await follow(village, surgery)
    clock.advance(hours=1)
    surgery.says = says
    found = await poll(village)
    assert (found["status"], found["trouble"], words in found["text"]) == ("failing", trouble, True), found["text"]
    assert (found["stale_since"], found["failures"], found["blocks"]) == ("2026-11-25T12:00:00+00:00", 1, 4)
    assert len(await diary(village)) == 4
    surgery.publish(CLINIC)
    found = await poll(village)
    assert (found["status"], found["text"], found["stale_since"], found["failures"]) == ("ok", "", None, 0)
    assert len(await diary(village)) == 3


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (event("bad", "20261203T100000", "20261203T120000").replace("Europe/London", "Mars/Olympus"), "Mars/Olympus"),
        (event("bad", "20261203T100000", "20261203T120000", "RRULE:FREQ=SECONDLY"), "SECONDLY"),
        (event("bad", "20261203T100000", "20261203T103000", "RRULE:FREQ=DAILY;BYHOUR=9,10,11,12"), "more than 1000"),
        (event("bad", "20261203T120000", "20261203T100000"), "ends before it begins"),
        (event("b\x00d", "20261203T100000", "20261203T120000"), "control characters"),
        (event("b" * 600, "20261203T100000", "20261203T120000"), "500 characters"),
        (event("bad", "20261203T100000", "20261203T120000", *["EXDATE:20261203T100000Z"] * 9000), "100,000 characters"),
    ],
)
async def test_an_event_that_cannot_be_read_is_listed_and_costs_no_other(
    any_village: httpx.AsyncClient, surgery: Partner, bad: str, words: str
) -> None:
    surgery.publish(bad, FLU)
    found = await follow(any_village, surgery)
    assert (found["status"], found["blocks"]) == ("ok", 1)
    assert words in found["last"]["refusals"][0]["text"]


async def test_a_series_without_end_is_blocked_a_year_ahead_and_further_as_time_goes_on(
    village: httpx.AsyncClient, surgery: Partner, container: Container, clock: ManualClock
) -> None:
    surgery.publish(CLINIC.replace(";COUNT=3", ""), etag='"1"')
    assert (await follow(village, surgery))["blocks"] == 52
    clock.advance(days=8)
    await container.feeds.poller.look()
    found = (await village.get(f"{PATH}/gp")).json()
    assert (found["blocks"], found["last"]["new"]) == (52, 1)


@pytest.mark.cases_full
async def test_a_calendar_that_comes_empty_once_takes_nothing_away(
    village: httpx.AsyncClient, surgery: Partner
) -> None:
    surgery.publish(CLINIC)
    await follow(village, surgery)
    surgery.publish()
    found = await poll(village)
    assert (found["status"], found["trouble"], found["blocks"]) == ("failing", "empty", 3)
    found = await poll(village)
    assert (found["status"], found["blocks"], counts(found)) == ("ok", 0, (0, 0, 3, 0, 0, 0))


async def test_blocks_keep_their_wall_time_over_both_clock_changes(
    village: httpx.AsyncClient, surgery: Partner
) -> None:
    surgery.publish(event("clinic", "20270322T090000", "20270322T110000", "RRULE:FREQ=WEEKLY;COUNT=2"))
    await follow(village, surgery)
    answered = await village.get(f"{API}/sites/{SITE}/bookings?from=2027-03-20&to=2027-04-01")
    assert [each["starts"] for each in answered.json()["items"]] == [
        "2027-03-22T09:00:00+00:00",
        "2027-03-29T09:00:00+01:00",
    ]
    surgery.publish(
        event("night", "20271030T230000", "20271031T080000"), event("late", "20271031T013000Z", "20271031T023000Z")
    )
    found = await poll(village)
    assert (found["blocks"], found["last"]["clashing"]) == (1, 1)
    answered = await village.get(f"{API}/sites/{SITE}/bookings?from=2027-10-30&to=2027-11-01")
    assert [(each["starts"], each["ends"]) for each in answered.json()["items"]] == [
        ("2027-10-30T23:00:00+01:00", "2027-10-31T08:00:00+00:00")
    ]


async def test_the_task_polls_what_is_due_and_asks_only_whether_anything_is_new(
    village: httpx.AsyncClient, surgery: Partner, container: Container, clock: ManualClock
) -> None:
    surgery.publish(CLINIC, etag='"1"')
    await put(village, address=surgery.address, every_min=60)
    poller = container.feeds.poller
    assert await poller.look() == 30.0
    assert len(await diary(village)) == 3
    await poller.look()
    assert len(surgery.asked) == 1
    clock.advance(minutes=66)
    await poller.look()
    assert 'if-none-match: "1"' in surgery.asked[1].lower()
    found = (await village.get(f"{PATH}/gp")).json()
    assert (found["status"], found["fresh_at"], counts(found)[0]) == ("ok", "2026-11-25T13:06:00+00:00", 3)
    clock.advance(hours=25)
    await poller.look()
    assert "if-none-match" not in surgery.asked[2].lower()


@pytest.mark.cases_full
async def test_a_feed_that_fails_is_asked_ever_more_seldom(
    village: httpx.AsyncClient, surgery: Partner, container: Container, clock: ManualClock
) -> None:
    surgery.says = answer(status="500 No")
    await put(village, address=surgery.address)
    asked = []
    for _ in range(100):
        await container.feeds.poller.look()
        asked.append(len(surgery.asked))
        clock.advance(minutes=15)
    assert 4 <= asked[-1] <= 7


async def test_two_controllers_poll_a_feed_once(
    village: httpx.AsyncClient, surgery: Partner, container: Container
) -> None:
    surgery.publish(CLINIC)
    await put(village, address=surgery.address)
    await asyncio.gather(container.feeds.poller.look(), container.feeds.poller.look())
    assert len(surgery.asked) == 1


@pytest.mark.both_databases
async def test_a_feed_moved_to_another_space_moves_its_blocks_and_keeps_its_address(
    any_village: httpx.AsyncClient, surgery: Partner
) -> None:
    surgery.publish(CLINIC)
    await follow(any_village, surgery)
    await put(any_village, 200, space="studio")
    assert await diary(any_village) == []
    assert (await poll(any_village))["blocks"] == 3
    await put(any_village, 200, space="studio", name="Dr Ash")
    answered = await any_village.get(f"{API}/sites/{SITE}/bookings?from=2026-12-01&to=2026-12-02")
    assert [(each["space"], each["diary"]) for each in answered.json()["items"] if each["status"] == "confirmed"] == [
        ("studio", "Dr Ash")
    ]


@pytest.mark.both_databases
async def test_a_feed_that_is_removed_takes_its_blocks_to_come_away(
    any_village: httpx.AsyncClient, surgery: Partner
) -> None:
    surgery.publish(CLINIC)
    await follow(any_village, surgery)
    assert (await any_village.delete(f"{PATH}/gp")).is_success
    assert await diary(any_village) == []
    assert len(await diary(any_village, "cancelled")) == 3
    assert (await any_village.get(PATH)).json() == {"items": []}
    assert (await any_village.delete(f"{PATH}/gp")).status_code == 404
    assert (await any_village.post(f"{PATH}/gp/poll")).status_code == 404


async def test_a_removed_feed_is_put_back_without_its_address_being_shown(
    village: httpx.AsyncClient, surgery: Partner
) -> None:
    surgery.publish(CLINIC)
    await put(village, address=surgery.address, every_min=60)
    await poll(village)
    removed = (await village.delete(f"{PATH}/gp")).json()
    assert surgery.address not in str(removed)
    elsewhere = await village.put(f"{PATH}/other", json=removed | {"version": 0})
    assert [each["field"] for each in elsewhere.json()["errors"]] == ["sealed"]
    back = (await village.put(f"{PATH}/gp", json=removed | {"version": 0})).json()
    assert (back["name"], back["every_min"], back["address"]) == (
        "the GP surgery",
        60,
        surgery.address.removesuffix("diary.ics") + "…",
    )
    assert (await poll(village))["blocks"] == 3


async def test_a_paused_feed_keeps_its_blocks_and_is_not_polled(
    village: httpx.AsyncClient, container: Container, surgery: Partner, clock: ManualClock
) -> None:
    surgery.publish(CLINIC)
    await follow(village, surgery)
    asked = len(surgery.asked)
    paused = await put(village, 200, paused=True, version=1)
    assert (paused["paused"], paused["status"], paused["blocks"]) == (True, "ok", 3)
    clock.advance(minutes=90)
    assert await container.feeds.poller.look() == 30.0
    assert len(surgery.asked) == asked
    await put(village, 200, version=2)
    await container.feeds.poller.look()
    assert len(surgery.asked) == asked + 1


async def test_a_feed_that_is_removed_while_it_is_read_leaves_nothing(
    village: httpx.AsyncClient, surgery: Partner
) -> None:
    asked, gone = asyncio.Event(), asyncio.Event()

    async def late(writer: asyncio.StreamWriter) -> None:
        asked.set()
        await gone.wait()
        writer.write(answer(calendar(CLINIC)))

    surgery.says = late
    await put(village, address=surgery.address)
    polling = asyncio.create_task(village.post(f"{PATH}/gp/poll"))
    await asked.wait()
    await village.delete(f"{PATH}/gp")
    gone.set()
    assert (await polling).status_code == 404
    assert await diary(village) == []


async def test_a_preview_says_what_a_feed_would_bring_and_writes_nothing(
    any_village: httpx.AsyncClient, surgery: Partner
) -> None:
    surgery.publish(CLINIC)
    await book(any_village, starts="2026-12-08T11:00", ends="2026-12-08T13:00")
    body = {"name": "the GP surgery", "space": "hall", "address": surgery.address}
    seen = (await any_village.post(f"{PATH}/gp/preview", json=body)).json()
    assert (seen["preview"], len(seen["imported"]), len(seen["clashes"])) == (True, 2, 1)
    assert await diary(any_village) == ["12-08T11:00 Choir"]
    assert (await any_village.get(PATH)).json() == {"items": []}
    surgery.says = answer(b"<html>")
    refused = await any_village.post(f"{PATH}/gp/preview", json=body)
    assert (refused.status_code, refused.json()["errors"][0]["field"]) == (422, "address")


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({}, "address"),
        ({"address": "ftp://a/b"}, "address"),
        ({"address": "https://a/b", "every_min": 4}, "every_min"),
        ({"address": "https://a/b", "party": "ghosts"}, "party"),
        ({"address": "https://a/b", "name": "🎺" * 10_000}, "name"),
    ],
)
async def test_what_is_no_feed_is_refused_by_its_field(village: httpx.AsyncClient, fields: Json, field: str) -> None:
    refused = await put(village, 422, **fields)
    assert [each["field"] for each in refused["errors"]] == [field]
    await put(village, 404, address="https://a/b", space="attic")


async def test_an_address_inside_is_not_asked_unless_the_operator_allows_it(
    village: httpx.AsyncClient,
) -> None:
    await put(village, address="http://10.1.2.3/diary.ics")
    found = await poll(village)
    assert (found["trouble"], "networks" in found["text"]) == ("address", True)


async def test_only_who_runs_the_site_sees_and_sets_feeds_and_each_write_is_on_record(
    app: FastAPI, village: httpx.AsyncClient, surgery: Partner, container: Container
) -> None:
    await put_party(village, "yoga")
    other = await village.put(f"{API}/sites/other", json={"name": "Other", "zone": "Europe/London"})
    assert other.is_success, other.text
    surgery.publish(FLU)
    await follow(village, surgery)
    for role, extra in (("wall", {}), ("group_leader", {"party": "yoga"}), ("manager", {"sites": ["other"]})):
        async with signed_in_as(app, village, role, **extra) as client:
            answers = [
                await client.get(PATH),
                await client.get(f"{PATH}/gp"),
                await client.put(f"{PATH}/gp", json={"name": "x", "space": "hall"}),
                await client.post(f"{PATH}/gp/preview", json={"name": "x", "space": "hall"}),
                await client.post(f"{PATH}/gp/poll"),
                await client.delete(f"{PATH}/gp"),
            ]
            assert [each.status_code for each in answers] == [403] * 6
    await village.delete(f"{PATH}/gp")
    async with container.database.read() as tx:
        found = (await tx.execute(select(audit_rows.c.act).where(audit_rows.c.thing == "feed gp"))).scalars().all()
    assert list(found) == ["make", "poll", "delete"]


async def test_the_address_is_sealed_and_never_shown(
    village: httpx.AsyncClient, surgery: Partner, container: Container
) -> None:
    surgery.says = answer(status="404 No")
    await put(village, address=surgery.address)
    told = str(await poll(village)) + (await village.get(PATH)).text
    async with container.database.read() as tx:
        row = (await tx.execute(select(feeds))).mappings().one()
    assert all("diary.ics" not in str(value) for value in (told, *row.values()))


async def test_nobody_misses_the_people_of_a_block(
    village: httpx.AsyncClient, surgery: Partner, container: Container, clock: ManualClock
) -> None:
    surgery.publish(FLU)
    await follow(village, surgery)
    clock.advance(days=7, hours=1)
    await container.no_shows.look()
    assert await diary(village, "no_show", "released") == []


@pytest.mark.cases_full
async def test_the_command_adds_lists_polls_and_removes_feeds(
    village: httpx.AsyncClient, app: FastAPI, surgery: Partner
) -> None:
    token = village.headers["Authorization"].removeprefix("Bearer ")
    surgery.publish(CLINIC, FLU)

    async def run(address: str, *words: str, typed: str = "") -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("hallkeeper")),
            *("calendar", "feed", *words, "--server", address),
            env={"HALLKEEPER_TOKEN": token, "COLUMNS": "200", "PATH": "/usr/bin:/bin"},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate(typed.encode())
        return process.returncode, output.decode()

    async with serving(app) as server:
        wanted = ("add", SITE, "gp", "--space", "hall", "--name", "the GP surgery", "--address", "-")
        code, output = await run(server, *wanted, "--preview", typed=surgery.address)
        assert (code, output.splitlines()[0]) == (0, "4 would become blocks, 0 unchanged, 0 clash, 0 refused"), output
        code, output = await run(server, *wanted, typed=surgery.address)
        assert (code, "gp: 4 new" in output) == (0, True), output
        code, output = await run(server, "list", SITE)
        assert (code, "the GP surgery" in output, "diary.ics" in output) == (0, True, False), output
        surgery.says = answer(status="404 No")
        code, output = await run(server, "poll", SITE, "gp")
        assert (code, "no calendar at this address" in output, "4 blocks stay" in output) == (1, True, True), output
        code, output = await run(server, "remove", SITE, "gp")
        assert (code, await diary(village)) == (0, []), output


async def test_a_partys_feed_makes_its_bookings(village: httpx.AsyncClient, surgery: Partner) -> None:
    await put_party(village, "surgery")
    surgery.publish(FLU)
    await follow(village, surgery, party="surgery")
    [made] = (await village.get(f"{API}/sites/{SITE}/bookings?from=2026-12-02&to=2026-12-03")).json()["items"]
    assert (await look(village, made))["party"] == "surgery"
