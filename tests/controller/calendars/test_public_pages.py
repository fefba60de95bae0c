"""What's on as pages, frames and calendars for everybody: what they show, and that they show nothing else."""

import gzip
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from html import unescape
from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from icalendar import Calendar
from sqlalchemy import insert, update

from controller.app.container import Container
from controller.bookings.diary.model import EventKind
from controller.calendars.public_events import KIND_NAMES
from controller.screens.door_pages.poster import poster
from controller.screens.door_pages.whats_on_view import ShownDay, ShownEvent
from tests.controller.clock import ManualClock
from tests.controller.running import stranger
from tests.controller.signin.signing import put_party
from tests.controller.statements import counted
from tests.controller.village import API, SITE, act, book, change, show_public

PAGE = f"/whats-on/{SITE}"
EMBED = f"/embed/whats-on/{SITE}"
EVERY = ("/whats-on", PAGE, "/embed/whats-on", EMBED, "/whats-on.ics", f"{PAGE}.ics", f"{API}/sites/{SITE}/whats-on")
LISTED = {
    "public": True,
    "listed_as": "Open rehearsal",
    "event_kind": "arts",
    "about": "Come and sing.\nTea at eight.",
    "web_link": "https://choir.example.org/open",
}


@pytest.fixture
async def outside(app: FastAPI, village: httpx.AsyncClient) -> AsyncIterator[httpx.AsyncClient]:
    await show_public(village)
    async with stranger(app) as client:
        yield client


async def text_of(outside: httpx.AsyncClient, path: str, **params: str) -> str:
    """What a reader of the page sees."""
    answer = await outside.get(path, params=params)
    assert answer.status_code == 200, answer.text
    body = answer.text.partition("<main>")[2]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


@pytest.mark.cases_full
async def test_a_public_booking_is_shown_as_it_is_to_be_listed(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    await put_party(village, "choir", name="Ramsey Choir")
    made = await book(village, title="Rehearsal with Jo", party="choir", **LISTED)
    assert {name: made[name] for name in LISTED} == LISTED
    for path in (PAGE, "/whats-on", EMBED):
        text = await text_of(outside, path)
        for part in ("Open rehearsal", "18:00 to 20:00", "Hall", "Arts and music", "Ramsey Choir", "Come and sing."):
            assert part in text, (path, part)
        assert "More at choir.example.org" in text
        assert "Jo" not in text
    assert "Thursday 26 November" in await text_of(outside, PAGE)


async def test_no_page_and_no_calendar_tells_anything_of_what_is_not_public(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    await put_party(village, "zebra", name="Zebra Support Group")
    await put_party(village, "quagga", kind="person", name="Mrs Quagga")
    secret = {
        "contact_name": "Narwhal",
        "contact_phone": "01487 999",
        "contact_email": "okapi@example.org",
        "key_holder": "Pangolin",
        "notes": "Wombat",
    }
    draft = {"listed_as": "Tapir evening", "about": "Dingo", "web_link": "https://ibex.example.org/a"}
    hidden = await book(village, title="Axolotl meeting", party="zebra", **secret, **draft)
    shown = await book(village, title="Book sale", public=True, party="quagga", space="studio", **secret)
    asked = await village.post(
        f"{API}/sites/{SITE}/series",
        json={
            "space": "yard",
            "title": "Gecko club",
            "first_starts": "2026-11-27T10:00",
            "first_ends": "2026-11-27T11:00",
            "rule": "FREQ=WEEKLY;COUNT=2",
        },
    )
    assert asked.status_code == 201
    await show_public(village, in_use=True)
    words = ["Axolotl", "Zebra", "Quagga", "Gecko", *secret.values(), *draft.values(), "ibex"]
    words += [hidden["code"], shown["code"], hidden["link"].rsplit("/", 1)[1], shown["show_link"].rsplit("/", 1)[1]]
    for path in EVERY:
        answer = await outside.get(path)
        assert answer.status_code == 200, path
        assert "Book sale" in answer.text, path
        for word in words:
            assert word not in answer.text, (path, word)
        assert hidden["id"] not in answer.text


async def test_a_site_says_that_its_spaces_are_in_use_only_if_it_wants_to(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    await book(village, title="Axolotl meeting")
    assert "In use" not in await text_of(outside, PAGE)
    await show_public(village, in_use=True)
    assert "In use" not in await text_of(outside, PAGE), "nobody has said when it is open"
    await book(village, title="Axolotl evening", starts="2027-01-28T18:00", ends="2027-01-28T20:00")
    pattern = [{"weekday": 3, "opens": "09:00", "closes": "19:00", "mode": "staffed"}]
    pattern += [{"weekday": 3, "opens": "19:00", "closes": "19:30", "mode": "extended"}]
    hours = (await village.get(f"{API}/sites/{SITE}/hours")).json()
    assert (await village.put(f"{API}/sites/{SITE}/hours", json=hours | {"pattern": pattern})).is_success
    assert "18:00 to 19:00 In use: Hall" in await text_of(outside, PAGE)
    assert "In use" not in await text_of(outside, PAGE, **{"from": "2027-01-27"}), "only fourteen days ahead"
    assert "In use" not in await text_of(outside, PAGE, kind="arts")
    assert "In use" not in await text_of(outside, EMBED)


async def test_a_site_that_has_not_said_so_is_as_unknown_as_one_that_there_is_not(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    await book(village, **LISTED)
    await show_public(village, shown=False)
    for path in EVERY:
        answer = await outside.get(path)
        assert answer.status_code == (404 if SITE in path else 200), path
        for word in ("Open rehearsal", "Ramsey"):
            assert word not in answer.text, path
    assert (await outside.get(f"{PAGE}/poster.pdf")).status_code == 404


async def test_a_change_shows_at_once_and_what_is_called_off_says_so(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    made = await book(village, **LISTED)
    tag = (await outside.get(PAGE)).headers["etag"]
    assert (await outside.get(PAGE, headers={"If-None-Match": tag})).status_code == 304
    await act(village, made, "cancel")
    assert "Open rehearsal Cancelled" in await text_of(outside, PAGE)
    assert (await outside.get(PAGE, headers={"If-None-Match": tag})).status_code == 200
    await act(village, made, "restore")
    await change(village, made, public=False)
    assert "Open rehearsal" not in await text_of(outside, PAGE)
    assert "Nothing is listed" in await text_of(outside, PAGE)


async def test_events_are_chosen_by_kind(village: httpx.AsyncClient, outside: httpx.AsyncClient) -> None:
    await book(village, **LISTED)
    await book(village, title="Rhyme time", public=True, event_kind="children", space="studio")
    assert set(KIND_NAMES) == set(EventKind)
    text = await text_of(outside, PAGE, kind="children")
    assert "Rhyme time" in text
    assert "Open rehearsal" not in text
    page = (await outside.get(PAGE, params={"kind": "children"})).text
    assert 'href="/whats-on/ramsey?kind=children" aria-current="true"' in page
    assert "Arts and music" in text, "the other kinds can still be chosen"
    assert "of this kind" in await text_of(outside, PAGE, kind="children", **{"from": "2027-01-01"})
    assert "Open rehearsal" in await text_of(outside, PAGE, kind="<nonsense>")


@pytest.mark.cases_full
async def test_many_of_another_kind_push_none_out_of_a_frame(
    village: httpx.AsyncClient, outside: httpx.AsyncClient, container: Container
) -> None:
    await book(village, **LISTED)
    await _many(village, container, 250)
    rhyme = {"starts": "2026-11-27T10:00", "ends": "2026-11-27T11:00", "event_kind": "children"}
    await book(village, title="Rhyme time", public=True, **rhyme)
    assert "Rhyme time" in await text_of(outside, EMBED, kind="children")


async def test_later_events_are_one_press_away_and_no_empty_page_comes_between(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    await book(village, title="Spring fair", public=True, starts="2027-03-20T10:00", ends="2027-03-20T12:00")
    assert "Later, from 20 March 2027" in await text_of(outside, PAGE)
    text = await text_of(outside, PAGE, **{"from": "2027-03-20"})
    assert "Saturday 20 March 2027" in text
    assert "Spring fair" in text
    assert "Back to today" in text
    assert "Later" not in text


async def test_the_page_says_whether_it_is_open_what_is_closed_and_what_is_recorded_of_access(
    village: httpx.AsyncClient, outside: httpx.AsyncClient, clock: ManualClock
) -> None:
    text = await text_of(outside, PAGE)
    assert "Opening hours" not in text, "nobody has said when it is open"
    pattern = [{"weekday": day, "opens": "09:00", "closes": "17:00", "mode": "staffed"} for day in range(5)]
    pattern += [{"weekday": 2, "opens": "17:00", "closes": "20:00", "mode": "extended"}]
    hours = (await village.get(f"{API}/sites/{SITE}/hours")).json()
    other = [{"date": "2026-11-27", "note": "Boiler man alone", "spans": []}]
    answer = await village.put(f"{API}/sites/{SITE}/hours", json=hours | {"pattern": pattern, "exceptions": other})
    assert answer.is_success, answer.text
    closure = {
        "reason": "Alarm broken, building stands empty",
        "spaces": ["hall"],
        "first": "2026-12-07",
        "last": "2026-12-08",
    }
    works = closure | {"first": "2026-12-14", "last": "2026-12-14", "public_words": "floor works"}
    for each in (closure, works):
        assert (await village.post(f"{API}/sites/{SITE}/closures", json=each)).is_success
    path = f"{API}/sites/{SITE}/spaces/hall"
    hall = (await village.get(f"{API}/sites/{SITE}")).json()
    [space] = [each for each in hall["spaces"] if each["id"] == "hall"]
    fields = {name: space[name] for name in ("name", "capacity", "doors", "version")}
    answer = await village.put(path, json=fields | {"step_free": True, "amenities": ["kitchen", "hearing-loop"]})
    assert answer.is_success, answer.text
    await show_public(village, access="Two bays by the door", contact="01487 555 010")
    clock.set(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))
    text = await text_of(outside, PAGE)
    assert "Open until 17:00." in text
    assert "Wed 25 Nov 09:00 to 17:00" in text
    assert "Sat 28 Nov Closed" in text
    assert "Hall is closed Mon 7 Dec to Tue 8 Dec." in text
    assert "Hall is closed on Mon 14 Dec: floor works." in text
    for secret in ("Alarm", "Boiler man", "embers", "Open until 20:00"):
        assert secret not in text, secret
    assert "Hall No steps on the way in Hearing loop Has: kitchen Up to 60 people" in text
    assert "Yard Nothing is recorded" in text
    assert "Two bays by the door" in text
    assert "Ask: 01487 555 010" in text
    clock.advance(hours=6)
    assert "Closed now. Opens at 09:00 on Thu 26 Nov." in await text_of(outside, PAGE)
    await show_public(village, unstaffed=True)
    text = await text_of(outside, PAGE)
    assert "Open until 20:00 for members with card and PIN, without staff." in text
    assert "Members also 17:00 to 20:00" in text
    for secret in ("Alarm", "Boiler man"):
        assert secret not in text, secret


async def test_only_the_small_page_can_be_framed_and_it_is_light(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    for hour in range(8, 20):
        await book(village, **LISTED | {"starts": f"2026-11-26T{hour:02}:00", "ends": f"2026-11-26T{hour:02}:30"})
    for path in ("/embed/whats-on", EMBED):
        answer = await outside.get(path, headers={"Accept-Encoding": "identity"})
        assert "frame-ancestors *" in answer.headers["content-security-policy"]
        assert "x-frame-options" not in answer.headers
        assert "<script" not in answer.text
        head = sum(len(f"{name}: {value}\r\n") for name, value in answer.headers.items())
        assert len(answer.content) + head < 15_000, "transferred, not even packed, with nothing that it loads"
        assert not re.search(r"src=|url\(|@import|rel=.stylesheet", answer.text)
    for path in ("/whats-on", PAGE, "/accessibility"):
        answer = await outside.get(path)
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert answer.headers["x-frame-options"] == "DENY"


async def test_pages_may_be_kept_found_and_packed(village: httpx.AsyncClient, outside: httpx.AsyncClient) -> None:
    await book(village, **LISTED)
    answer = await outside.get(PAGE, headers={"Accept-Encoding": "gzip"})
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert (answer.headers["content-encoding"], answer.headers["vary"]) == ("gzip", "Accept-Encoding")
    assert "noindex" not in answer.text
    assert "x-robots-tag" not in answer.headers
    plain = await outside.get(PAGE, headers={"Accept-Encoding": "identity"})
    assert plain.text == answer.text
    assert len(gzip.compress(plain.content)) < 6_000
    assert (await outside.head(PAGE)).status_code == 200


async def test_calendars_have_the_public_events_only(village: httpx.AsyncClient, outside: httpx.AsyncClient) -> None:
    made = await book(village, **LISTED)
    await book(village, title="Axolotl meeting", space="studio")
    for path in (f"{PAGE}.ics", "/whats-on.ics"):
        answer = await outside.get(path)
        assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
        [event] = Calendar.from_ical(answer.text).walk("VEVENT")
        assert (str(event["summary"]), str(event["location"])) == ("Open rehearsal", "Hall, Ramsey Hub")
        assert (event["uid"], str(event["status"])) == (f"{made['id']}@hallkeeper", "CONFIRMED")
        assert "Come and sing." in str(event["description"])
        tag = answer.headers["etag"]
        assert (await outside.get(path, headers={"If-None-Match": tag})).status_code == 304
    await act(village, made, "cancel")
    [event] = Calendar.from_ical((await outside.get(f"{PAGE}.ics")).text).walk("VEVENT")
    assert str(event["status"]) == "CANCELLED"
    assert not Calendar.from_ical((await outside.get(f"{PAGE}.ics?kind=sport")).text).walk("VEVENT")


async def test_the_poster_is_one_sheet_with_a_title_and_what_fits(
    village: httpx.AsyncClient, outside: httpx.AsyncClient, container: Container
) -> None:
    await book(village, title="Axolotl meeting", space="studio")
    await book(village, **LISTED | {"listed_as": "Ŷ <b>Cŵn</b> 中"})
    first = await outside.get(f"{PAGE}/poster.pdf")
    assert (first.status_code, first.headers["content-type"]) == (200, "application/pdf")
    assert first.content.startswith(b"%PDF-")
    assert first.content.count(b"/Type /Page\n") == 1
    await _many(village, container, 100)
    full = await outside.get(f"{PAGE}/poster.pdf")
    assert full.content.count(b"/Type /Page\n") == 1
    tag = full.headers["etag"]
    assert (await outside.get(f"{PAGE}/poster.pdf", headers={"If-None-Match": tag})).status_code == 304
    assert (await outside.get("/whats-on/atlantis/poster.pdf")).status_code == 404


def test_the_poster_shows_its_events_and_leaves_out_whole_ones() -> None:
    events = [ShownEvent(time="18:00 to 20:00", title=f"Evening {each}", where="Hall") for each in range(60)]
    said: dict[str, Any] = {"site": "Ramsey Hub", "address": "", "notes": [], "as_of": "25 November 2026"}
    link = "https://hub.example.org/whats-on/ramsey"
    days = [ShownDay(name="Thursday 26 November", events=events)]
    made = poster(days=days, link=link, **said)
    assert made == poster(days=days, link=link, **said)
    assert made != poster(days=days[:0], link=link, **said)
    assert made != poster(days=days, link=f"{link}2", **said), "the code leads to the page"


async def test_an_unknown_building_is_answered_in_words(village: httpx.AsyncClient, outside: httpx.AsyncClient) -> None:
    for path in ("/whats-on/atlantis", "/embed/whats-on/atlantis", f"/whats-on/{'x' * 200}", "/whats-on/%2E%2E"):
        answer = await outside.get(path)
        assert answer.status_code == 404, path
    assert "There is no such building" in (await outside.get("/whats-on/atlantis")).text
    assert (await outside.get("/whats-on/atlantis.ics")).status_code == 404


@pytest.mark.cases_full
async def test_the_number_of_statements_does_not_grow_with_the_events(
    village: httpx.AsyncClient, outside: httpx.AsyncClient, container: Container
) -> None:
    async def statements(path: str) -> int:
        async with counted() as said:
            assert (await outside.get(path)).status_code == 200
        return len(said)

    paths = ("/whats-on", PAGE, "/embed/whats-on", EMBED, "/whats-on.ics", f"{PAGE}.ics")
    await book(village, **LISTED)
    few = [await statements(path) for path in paths]
    await _many(village, container, 300)
    many = [await statements(path) for path in paths]
    assert many == few
    assert [await statements(path) for path in paths] == [0] * len(paths), "kept until something changes"
    assert (await text_of(outside, "/whats-on")).count("Copy") == 300


async def _many(village: httpx.AsyncClient, container: Container, number: int) -> None:
    """Copies of the booking that there is, in a yard that nobody claims."""
    from controller.bookings.diary.tables import bookings

    async with container.database.write() as tx:
        row: dict[str, Any] = dict((await tx.execute(bookings.select().limit(1))).mappings().one())
        for each in range(number):
            own = {"id": f"{each:036}", "space": "yard", "listed_as": f"Copy {each}"}
            await tx.execute(insert(bookings).values(row | own))
    container.changes.site_changed(SITE)


@pytest.mark.cases_full
async def test_addresses_that_show_the_same_are_kept_as_one_and_unknown_ones_cost_nothing(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    for number in range(100):
        assert (await outside.get(f"/whats-on/none-{number}")).status_code == 404
        assert (await outside.get(PAGE, params={"from": f"{1900 + number}-01-01"})).status_code == 200
        assert (await outside.get(PAGE, params={"from": f"{2100 + number}-01-01"})).status_code == 200
        assert (await outside.get(f"{PAGE}.ics", params={"from": f"2027-01-{number % 28 + 1:02}"})).status_code == 200


@pytest.mark.cases_full
async def test_a_flood_of_addresses_is_refused_and_what_is_kept_is_still_read(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    assert (await outside.get(PAGE)).status_code == 200
    answers = [
        await outside.get(PAGE, params={"from": f"2027-{month:02}-{day:02}"})
        for month in range(1, 5)
        for day in range(1, 21)
    ]
    statuses = [each.status_code for each in answers]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert answers[-1].headers["retry-after"] == "5"
    assert (await outside.get(PAGE)).status_code == 200
    assert (await outside.get(f"{PAGE}.ics")).status_code == 429


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("web_link", "javascript:alert(1)"),
        ("web_link", "https://user:secret@example.org/"),
        ("web_link", "https://localhost/"),
        ("web_link", "//example.org"),
        ("web_link", "https://[a.b"),
        ("web_link", "https://a].b/x"),
        ("web_link", "https://ex℀mple.org/x"),
        ("event_kind", "party"),
        ("about", "x" * 501),
        ("listed_as", "two\nlines"),
    ],
)
async def test_what_is_no_public_text_is_refused(village: httpx.AsyncClient, field: str, value: str) -> None:
    body = {"space": "hall", "title": "Choir", "starts": "2026-11-26T18:00", "ends": "2026-11-26T20:00"}
    answer = await village.post(f"{API}/sites/{SITE}/bookings", json=body | {field: value})
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)


async def test_a_link_that_cannot_be_read_is_left_out_and_the_rest_is_shown(
    village: httpx.AsyncClient, outside: httpx.AsyncClient, container: Container
) -> None:
    from controller.bookings.diary.tables import bookings

    made = await book(village, **LISTED)
    for link in ("https://[a.b", "https://a].b/x", "https://ex℀mple.org/x"):
        async with container.database.write() as tx:
            await tx.execute(update(bookings).where(bookings.c.id == made["id"]).values(web_link=link))
        container.changes.site_changed(SITE)
        for path in EVERY:
            assert (await outside.get(path)).status_code == 200, (path, link)
        assert "More at" not in await text_of(outside, PAGE)


async def test_html_in_a_text_stays_text(village: httpx.AsyncClient, outside: httpx.AsyncClient) -> None:
    await book(village, **LISTED | {"listed_as": "<b>Loud</b>", "about": "<script>alert(1)</script>"})
    for path in (PAGE, "/whats-on", EMBED):
        text = (await outside.get(path)).text
        assert "<script" not in text
        assert "&lt;b&gt;Loud" in text
