"""Calendars to subscribe to: who may give what to whom, what a link shows, what programs make of it."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import icalendar
import pytest
from fastapi import FastAPI
from sqlalchemy import select, update

from controller.app.container import Container
from controller.bookings.diary.tables import bookings
from controller.calendars.tables import subscriptions
from controller.people.model import Role
from controller.people.tables import users
from controller.signin.second_factor import repository as second_factors
from controller.signin.second_factor.model import SecondFactor
from tests.controller.calendars.readers import faults, khal_reads, vdirsyncer_reads
from tests.controller.clock import ManualClock
from tests.controller.running import BASE_URL, NOW, stranger
from tests.controller.serving import serving
from tests.controller.signin.signing import put_party, reassign, signed_in_as, user_with
from tests.controller.village import API, SITE, Json, act, book, change

PATH = f"{API}/subscriptions"


async def subscribe(client: httpx.AsyncClient, status: int = 201, **body: object) -> Json:
    answer = await client.post(PATH, json=body)
    assert answer.status_code == status, answer.text
    made: Json = answer.json()
    return made


@pytest.fixture
async def outside(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a link and nothing else."""
    async with stranger(app) as client:
        yield client


@pytest.fixture
async def any_outside(any_app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with stranger(any_app) as client:
        yield client


async def fetch(client: httpx.AsyncClient, made: Json, **params: str) -> bytes:
    answer = await client.get(made["link"], params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return answer.content


def events(data: bytes) -> list[tuple[str, str, str]]:
    found = icalendar.Calendar.from_ical(data).walk("VEVENT")
    return [(str(each["SUMMARY"]), f"{each.decoded('DTSTART'):%m-%dT%H:%M}", str(each["STATUS"])) for each in found]


async def test_a_public_link_shows_that_the_time_is_taken_and_nothing_else(
    any_village: httpx.AsyncClient, any_outside: httpx.AsyncClient
) -> None:
    made = await book(any_village, contact_name="Ann", contact_phone="01487", notes="bring keys", people=12)
    link = await subscribe(any_village, site=SITE)
    assert link["link"].startswith(f"{BASE_URL}/c/")
    assert (link["name"], link["shows"]) == ("Ramsey Hub", "taken")
    data = await fetch(any_outside, link)
    assert faults(data) == []
    assert events(data) == [("Taken", "11-26T18:00", "CONFIRMED")]
    for secret in ("Choir", "Ann", "01487", "keys", "12 people", made["code"], made["link"].rpartition("/")[2]):
        assert secret not in data.decode()


async def test_a_link_for_staff_shows_titles_and_one_for_managers_contacts_and_none_a_code(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    await put_party(village, "choir", name="Ramsey Choir")
    fields = {"contact_name": "Ann", "contact_phone": "01487", "notes": "bring keys", "people": 12, "party": "choir"}
    made = await book(village, **fields)
    titles = (await fetch(outside, await subscribe(village, site=SITE, shows="titles"))).decode()
    assert "SUMMARY:Choir" in titles
    assert "12 people" in titles
    assert "Ann" not in titles
    contacts = (await fetch(outside, await subscribe(village, site=SITE, shows="contacts"))).decode()
    assert "DESCRIPTION:For Ramsey Choir\\nContact: Ann\\, 01487\\n12 people" in contacts
    for secret in ("keys", made["code"], made["link"].rpartition("/")[2]):
        assert secret not in titles + contacts


async def test_a_space_is_taken_with_what_it_shares_a_part_with(
    village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    whole = await village.put(
        f"{API}/sites/{SITE}/spaces/whole", json={"name": "Whole", "doors": [], "parts": ["hall", "studio"]}
    )
    assert whole.is_success, whole.text
    await book(village, space="whole")
    await book(village, space="yard", title="Market")
    link = await subscribe(village, site=SITE, space="studio", shows="titles")
    assert link["name"] == "Studio, Ramsey Hub"
    assert events(await fetch(outside, link)) == [("Choir", "11-26T18:00", "CONFIRMED")]


async def test_a_moved_booking_keeps_its_uid_and_grows_its_sequence(
    village: httpx.AsyncClient, outside: httpx.AsyncClient, clock: ManualClock
) -> None:
    made = await book(village)
    link = await subscribe(village, site=SITE)
    [before] = icalendar.Calendar.from_ical(await fetch(outside, link)).walk("VEVENT")
    clock.advance(minutes=5)
    await change(village, made, starts="2026-11-26T19:00", ends="2026-11-26T21:00")
    [after] = icalendar.Calendar.from_ical(await fetch(outside, link)).walk("VEVENT")
    assert str(before["UID"]) == str(after["UID"]) == f"{made['id']}@hallkeeper"
    assert (before.decoded("SEQUENCE"), after.decoded("SEQUENCE")) == (0, 1)
    assert (after.decoded("LAST-MODIFIED") - before.decoded("LAST-MODIFIED")).total_seconds() == 300
    await act(village, made, "cancel")
    assert events(await fetch(outside, link)) == []


async def test_what_is_held_is_tentative_until_it_runs_out(
    village: httpx.AsyncClient, outside: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    made = await book(village)
    until = clock.now().replace(hour=14)
    async with container.database.write() as tx:
        await tx.execute(update(bookings).where(bookings.c.id == made["id"]).values(state="held", held_until=until))
    link = await subscribe(village, site=SITE)
    assert events(await fetch(outside, link)) == [("Taken", "11-26T18:00", "TENTATIVE")]
    clock.set(until)
    assert events(await fetch(outside, link)) == []


async def test_what_nobody_has_decided_on_has_its_title_only_in_links_with_contacts_and_of_its_own_party(
    village: httpx.AsyncClient, outside: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await put_party(village, "choir", name="Choir")
    made = await book(village, title="Words of a stranger", party="choir")
    async with container.database.write() as tx:
        held = {"state": "held", "held_until": clock.now().replace(hour=14)}
        await tx.execute(update(bookings).where(bookings.c.id == made["id"]).values(held))
    cases: tuple[tuple[Json, str], ...] = (
        ({"site": SITE, "shows": "titles"}, "Requested"),
        ({"site": SITE, "space": "hall", "shows": "titles"}, "Requested"),
        ({"site": SITE, "shows": "contacts"}, "Words of a stranger"),
        ({"party": "choir", "shows": "titles"}, "Words of a stranger"),
    )
    for asked, title in cases:
        [(shown, _, status)] = events(await fetch(outside, await subscribe(village, **asked)))
        assert (shown, status) == (title, "TENTATIVE"), asked


async def test_a_person_sees_their_groups_over_all_sites_with_what_was_called_off(
    any_village: httpx.AsyncClient, any_outside: httpx.AsyncClient
) -> None:
    await put_party(any_village, "ann", kind="person", name="Ann")
    await put_party(any_village, "choir")
    member = await any_village.put(f"{API}/parties/choir/members/ann", json={})
    assert member.is_success, member.text
    await book(any_village, party="choir")
    gone = await book(any_village, party="choir", title="Concert", starts="2026-11-27T18:00", ends="2026-11-27T20:00")
    await book(any_village, party="ann", title="Birthday", starts="2026-11-28T18:00", ends="2026-11-28T20:00")
    await book(any_village, title="Judo", starts="2026-11-29T18:00", ends="2026-11-29T20:00")
    await act(any_village, gone, "cancel")
    link = await subscribe(any_village, party="ann", shows="titles")
    assert link["name"] == "Ann"
    assert events(await fetch(any_outside, link)) == [
        ("Choir", "11-26T18:00", "CONFIRMED"),
        ("Concert", "11-27T18:00", "CANCELLED"),
        ("Birthday", "11-28T18:00", "CONFIRMED"),
    ]


async def test_nobody_gives_away_more_than_they_see(app: FastAPI, village: httpx.AsyncClient) -> None:
    await put_party(village, "yoga")
    await put_party(village, "choir")
    async with signed_in_as(app, village, "group_leader", party="yoga", sites=[SITE]) as yoga:
        await subscribe(yoga, site=SITE, shows="taken")
        await subscribe(yoga, party="yoga", shows="contacts")
        for body in ({"site": SITE, "shows": "titles"}, {"party": "choir"}, {"site": "elsewhere"}):
            await subscribe(yoga, status=403, **body)
    async with signed_in_as(app, village, "wall") as reader:
        await subscribe(reader, status=403, site=SITE)
    async with signed_in_as(app, village, "manager", sites=[SITE]) as manager:
        limited = await subscribe(manager, party="choir", shows="contacts")
        assert limited["party"] == "choir"


async def test_a_managers_link_to_a_party_shows_their_sites_alone(
    app: FastAPI, village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    await put_party(village, "choir")
    made = await book(village, party="choir")
    await village.put(f"{API}/sites/elsewhere", json={"name": "Elsewhere", "zone": "Europe/London"})
    async with signed_in_as(app, village, "manager", sites=["elsewhere"]) as manager:
        link = await subscribe(manager, party="choir", shows="titles")
    assert events(await fetch(outside, link)) == []
    assert made["status"] == "confirmed"


async def test_links_are_listed_and_revoked_by_who_made_them_and_by_who_runs_the_site(
    app: FastAPI, village: httpx.AsyncClient, outside: httpx.AsyncClient, clock: ManualClock
) -> None:
    await put_party(village, "yoga")
    mine = await subscribe(village, site=SITE, shows="titles")
    clock.advance(seconds=1)
    async with signed_in_as(app, village, "group_leader", party="yoga", sites=[SITE]) as yoga:
        own = await subscribe(yoga, party="yoga")
        assert [each["id"] for each in (await yoga.get(PATH)).json()["items"]] == [own["id"]]
        assert (await yoga.delete(f"{PATH}/{mine['id']}")).status_code == 403
        assert (await village.get(PATH)).json()["items"] == [mine, own]
        assert (await yoga.delete(f"{PATH}/{own['id']}")).status_code == 204
        assert (await yoga.delete(f"{PATH}/{own['id']}")).status_code == 404
    assert (await outside.get(own["link"])).status_code == 404
    page = (await village.get(PATH, params={"limit": 1})).json()
    assert (page["items"], page["next"]) == ([mine], None)
    assert (await village.delete(f"{PATH}/{mine['id']}")).status_code == 204
    gone = await outside.get(mine["link"])
    assert gone.status_code == 404
    assert mine["link"].rpartition("/")[2] not in gone.text


async def test_a_link_gives_no_more_than_its_maker_may_see_today(
    app: FastAPI, village: httpx.AsyncClient, outside: httpx.AsyncClient
) -> None:
    async with signed_in_as(app, village, "manager", sites=[SITE]) as manager:
        link = (await subscribe(manager, site=SITE, shows="contacts"))["link"]
    user = await user_with(village, "manager")
    assert (await outside.get(link)).status_code == 200
    for role, status in (("wall", 404), ("manager", 200)):
        await reassign(village, user, role, sites=[SITE])
        assert (await outside.get(link)).status_code == status, role
    await village.patch(f"/api/v1/users/{user['id']}", json={"ended": True})
    assert (await outside.get(link)).status_code == 404


async def test_a_link_ends_with_its_maker_and_not_with_the_name(
    app: FastAPI, village: httpx.AsyncClient, outside: httpx.AsyncClient, container: Container
) -> None:
    async with signed_in_as(app, village, "manager", name="Mona", sites=[SITE]) as mona:
        made = await subscribe(mona, site=SITE, shows="contacts")
    await village.put(f"{API}/sites/elsewhere", json={"name": "Elsewhere", "zone": "Europe/London"})
    async with container.database.write() as tx:  # as an erasure leaves it
        gone = {"name": "erased 1", "name_key": "erased 1", "ended_at": NOW}
        await tx.execute(update(users).where(users.c.name == "Mona").values(gone))
    async with signed_in_as(app, village, "manager", name="Mona", sites=["elsewhere"]) as other:
        assert (await other.get(PATH)).json()["items"] == []
        assert (await outside.get(made["link"])).status_code == 404


async def test_a_link_rests_while_its_maker_lacks_the_second_factor_of_their_role(
    app: FastAPI, village: httpx.AsyncClient, outside: httpx.AsyncClient, container: Container
) -> None:
    async with signed_in_as(app, village, "manager", sites=[SITE]) as manager:
        link = (await subscribe(manager, site=SITE, shows="contacts"))["link"]
    container.people.sessions.second_factor_roles = frozenset({Role.MANAGER})
    assert (await outside.get(link)).status_code == 404
    app_of = SecondFactor(
        user_id=(await user_with(village, "manager"))["id"], sealed_secret=b"x", made_at=NOW, confirmed_at=NOW
    )
    await container.database.run(second_factors.put_factor, app_of)
    assert (await outside.get(link)).status_code == 200


async def test_only_the_hash_of_a_link_is_stored(village: httpx.AsyncClient, container: Container) -> None:
    link = await subscribe(village, site=SITE)
    token = link["link"].rpartition("/")[2].removesuffix(".ics")
    async with container.database.read() as tx:
        row = (await tx.execute(select(subscriptions))).mappings().one()
    assert all(token not in str(value) for value in row.values())
    assert len(row["token_hash"]) == 32


async def test_a_reader_asks_whether_anything_is_new(village: httpx.AsyncClient, outside: httpx.AsyncClient) -> None:
    made = await book(village)
    link = (await subscribe(village, site=SITE))["link"]
    first = await outside.get(link)
    tag = first.headers["etag"]
    assert first.headers["cache-control"] == "private, max-age=300"
    for named in (tag, f'"other", W/{tag}', "*"):
        again = await outside.get(link, headers={"If-None-Match": named})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    head = await outside.head(link)
    assert (head.status_code, head.content, head.headers["etag"]) == (200, b"", tag)
    await change(village, made, title="Choir and friends")
    assert (await outside.get(link, headers={"If-None-Match": tag})).status_code == 200


async def test_days_can_be_asked_for_within_limits(village: httpx.AsyncClient, outside: httpx.AsyncClient) -> None:
    await book(village)
    await book(village, title="Later", starts="2028-11-26T18:00", ends="2028-11-26T20:00")
    link = await subscribe(village, site=SITE, shows="titles")
    assert [title for title, *_ in events(await fetch(outside, link))] == ["Choir"]
    days = {"from": "2028-01-01", "to": "2029-01-01"}
    assert [title for title, *_ in events(await fetch(outside, link, **days))] == ["Later"]
    for params, field in (
        ({"from": "2026-01-01"}, "to"),
        ({"from": "2026-01-01", "to": "2026-01-01"}, "to"),
        ({"from": "2026-01-01", "to": "2029-01-01"}, "to"),
        ({"from": "yesterday", "to": "2026-01-01"}, "from"),
    ):
        refused = await outside.get(link["link"], params=params)
        assert refused.status_code == 422
        assert [each["field"] for each in refused.json()["errors"]] == [field]
        assert refused.json()["instance"] == "/c/…"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "give a site"),
        ({"site": SITE, "party": "choir"}, "give a site"),
        ({"space": "hall", "party": "choir"}, "the site that the space is in"),
        ({"party": "ghosts"}, "no party 'ghosts'"),
        ({"site": SITE, "shows": "codes"}, "taken"),
        ({"site": SITE, "name": "🎺" * 10_000}, "200"),
    ],
)
async def test_what_cannot_be_subscribed_to_is_refused(village: httpx.AsyncClient, body: Json, words: str) -> None:
    refused = await subscribe(village, status=422, **body)
    assert words in refused["detail"]
    await subscribe(village, status=404, site=SITE, space="attic")


@pytest.mark.cases_full
async def test_khal_and_vdirsyncer_read_a_link_and_follow_it(
    village: httpx.AsyncClient, app: FastAPI, tmp_path: Path
) -> None:
    long = "Ensemble für Alte Musik; Proben, Konzerte \\ 🎺 " * 4
    made = await book(village, title=long, people=12)
    await book(village, title="Night shelter", starts="2027-03-27T22:00", ends="2027-03-28T06:00")
    link = await subscribe(village, site=SITE, shows="titles")
    async with serving(app) as address:
        url = link["link"].replace(BASE_URL, address)
        async with httpx.AsyncClient() as client:
            data = (await client.get(url)).content
        assert faults(data) == []
        assert await khal_reads(tmp_path / "khal", data, "2026-11-26", "2027-04-01") == [
            f"2026-11-26 18:00 2026-11-26 20:00 {long.strip()}",
            "2027-03-27 22:00 2027-03-28 06:00 Night shelter",
            "2027-03-27 22:00 2027-03-28 06:00 Night shelter",
        ]
        assert len(await vdirsyncer_reads(tmp_path / "sync", url)) == 2
        await act(village, made, "cancel")
        [left] = await vdirsyncer_reads(tmp_path / "sync", url)
        assert b"Night shelter" in left


@pytest.mark.parametrize("name", ["", "Mine"])
async def test_what_is_not_there_cannot_be_subscribed_to(any_village: httpx.AsyncClient, name: str) -> None:
    for body in ({"site": "nowhere"}, {"site": SITE, "space": "nowhere"}):
        assert (await any_village.post(PATH, json=body | {"name": name})).status_code == 404
    answer = await any_village.post(PATH, json={"party": "nobody", "name": name})
    assert answer.status_code == 422
    assert (await any_village.get(PATH)).json()["items"] == []
