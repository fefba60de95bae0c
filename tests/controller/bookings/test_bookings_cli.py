"""`hallkeeper bookings` and `hallkeeper waiting`: what waits, deciding on it, and lists, over HTTP."""

import json
import re
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from controller.access.code_generation import spoken
from controller.app.container import Container
from controller.platform.cli.client import REFUSED, SET_ASIDE
from tests.controller.access.test_access import go_offline
from tests.controller.find.waitlist.test_waitlist import wait
from tests.controller.keyboard import Typed, cells, keyboard
from tests.controller.signin.signing import put_party, signed_in_as
from tests.controller.village import API, SITE, act, book, look

DAYS = ("--from", "26/11/2026", "--to", "2026-11-27")


@pytest.fixture
async def hallkeeper(app: FastAPI, village: httpx.AsyncClient) -> AsyncIterator[Typed]:
    async with keyboard(app, village) as typed:
        yield typed


@pytest.mark.cases_full
async def test_requests_are_listed_with_their_reason_and_what_prevents_approval(
    hallkeeper: Typed, village: httpx.AsyncClient
) -> None:
    assert "Nothing waits for approval." in (await hallkeeper("bookings", "requests")).stdout
    await put_party(village, "drama", name="Drama club")
    asked = await book(village, space="studio", title="Drama [dress]", party="drama", people=12, by_rules=True)
    (row,) = cells(await hallkeeper("bookings", "requests", SITE))
    assert row[:4] == [
        asked["id"],
        "Thu 26 Nov 2026, 18:00 to 20:00",
        "Studio, Ramsey Hub",
        "Drama [dress] (Drama club, 12 people)",
    ]
    assert row[4].startswith("needs approval: a manager decides on every booking here; kept until Thu 26 Nov 2026")
    assert len(row) == 5
    whole = await village.put(f"/api/v1/sites/{SITE}/spaces/studio", json={"name": "Studio", "capacity": 10})
    assert whole.is_success
    (row,) = cells(await hallkeeper("bookings", "requests"))
    assert row[5] == "12 people are more than Studio holds (10)"


async def test_a_booking_is_published_in_words_of_its_own_and_made_private_again(
    hallkeeper: Typed, village: httpx.AsyncClient
) -> None:
    made = await book(village)
    said = await hallkeeper("bookings", "publish", made["id"], "--kind", "arts", "--title", "Open rehearsal")
    assert said.stdout.rstrip().endswith(": public"), said.stdout
    now = await look(village, made)
    assert (now["public"], now["event_kind"], now["listed_as"]) == (True, "arts", "Open rehearsal")
    assert (await hallkeeper("bookings", "publish", made["id"], "--private")).stdout.rstrip().endswith(": private")
    now = await look(village, made)
    assert (now["public"], now["listed_as"]) == (False, "Open rehearsal")


async def test_requests_are_decided_and_one_that_is_refused_keeps_none_back(
    hallkeeper: Typed, village: httpx.AsyncClient
) -> None:
    drama = await book(village, space="studio", title="Drama", by_rules=True)
    yoga = await book(village, title="Yoga", by_rules=True)
    chess = await book(village, title="Chess", starts="2026-11-27T18:00", ends="2026-11-27T20:00", by_rules=True)
    done = await hallkeeper("bookings", "approve", drama["id"], "nonsense", yoga["id"], "--reason", "as every year")
    assert done.exit_code == SET_ASIDE
    lines = done.stdout.splitlines()
    assert lines[0] == "Drama, Studio, Ramsey Hub, Thu 26 Nov 2026, 18:00 to 20:00: confirmed"
    assert lines[1].startswith("nonsense: ")
    assert lines[2] == "Yoga, Hall, Ramsey Hub, Thu 26 Nov 2026, 18:00 to 20:00: confirmed"
    turned = await hallkeeper("bookings", "decline", chess["id"], "--reason", "The hall is being painted")
    assert (turned.exit_code, turned.stdout.strip()[-10:]) == (0, ": declined")
    told = await look(village, chess)
    assert (told["status"], told["why"]) == ("declined", "The hall is being painted")
    assert (await hallkeeper("bookings", "decline", chess["id"])).exit_code == 2
    late = await hallkeeper("bookings", "decline", drama["id"], "--reason", "no")
    assert (late.exit_code, "Drama" in late.stdout) == (SET_ASIDE, True)


async def test_one_booking_is_shown(hallkeeper: Typed, village: httpx.AsyncClient) -> None:
    choir = await book(village)
    shown = dict(line.split("\t") for line in (await hallkeeper("bookings", "show", choir["id"])).stdout.splitlines())
    assert (shown["Title"], shown["Where"], shown["Status"]) == ("Choir", "Hall, Ramsey Hub", "confirmed")
    assert shown["When"] == "Thu 26 Nov 2026, 18:00 to 20:00"
    assert json.loads((await hallkeeper("bookings", "show", choir["id"], "--json")).stdout)["id"] == choir["id"]
    unknown = await hallkeeper("bookings", "show", "nonsense")
    assert (unknown.exit_code, "Traceback" in unknown.output) == (REFUSED, False)


async def test_bookings_of_a_time_are_listed_and_narrowed(hallkeeper: Typed, village: httpx.AsyncClient) -> None:
    assert "There are no bookings in that time." in (await hallkeeper("bookings", "list", SITE, *DAYS)).stdout
    choir = await book(village)
    ball = await book(village, space="studio", title="Ball", starts="2026-11-26T21:00", ends="2026-11-27T00:00")
    await act(village, ball, "cancel")
    assert cells(await hallkeeper("bookings", "list", SITE, *DAYS)) == [
        [choir["id"], "Thu 26 Nov 2026, 18:00 to 20:00", "Hall", "Choir", "confirmed"],
        [ball["id"], "Thu 26 Nov 2026, 21:00 to 24:00", "Studio", "Ball", "cancelled"],
    ]
    only = await hallkeeper("bookings", "list", SITE, *DAYS, "--status", "confirmed", "--status", "held")
    assert [row[3] for row in cells(only)] == ["Choir"]
    late = await hallkeeper("bookings", "list", SITE, "--from", "26/11/2026 20:00", "--to", "26/11/2026 22:00")
    assert [row[3] for row in cells(late)] == ["Ball"]
    told = json.loads((await hallkeeper("bookings", "list", SITE, *DAYS, "--json")).stdout_bytes)
    assert [each["title"] for each in told["items"]] == ["Choir", "Ball"]


async def test_times_are_those_of_the_site_on_the_day_its_clocks_go_back(
    hallkeeper: Typed, village: httpx.AsyncClient
) -> None:
    await book(village, title="Night", starts="2027-10-31T00:30:00+01:00", ends="2027-10-31T02:30:00+00:00")
    days = ("--from", "31/10/2027", "--to", "1/11/2027")
    (row,) = cells(await hallkeeper("bookings", "list", SITE, *days))
    assert row[1] == "Sun 31 Oct 2027, 00:30 to 02:30"


async def test_a_booker_sees_the_requests_of_their_party_and_decides_none(
    app: FastAPI, village: httpx.AsyncClient
) -> None:
    await put_party(village, "drama")
    await book(village, space="studio", title="Drama", party="drama", by_rules=True)
    yoga = await book(village, title="Yoga", by_rules=True)
    async with (
        signed_in_as(app, village, "group_leader", party="drama") as booker,
        keyboard(app, booker) as hallkeeper,
    ):
        assert [row[3] for row in cells(await hallkeeper("bookings", "requests"))] == ["Drama"]
        refused = await hallkeeper("bookings", "approve", yoga["id"])
        assert (refused.exit_code, "may not" in refused.stdout) == (SET_ASIDE, True), refused.stdout


async def test_waits_are_listed_with_the_end_of_an_offer(hallkeeper: Typed, village: httpx.AsyncClient) -> None:
    assert "Nobody is waiting." in (await hallkeeper("waiting", "list", SITE)).stdout
    choir, _ = await book(village), await book(village, space="studio", title="Drama")
    band = await wait(village, title="Band", people=12, also=["studio"])
    chess = await wait(village, title="Chess")
    await act(village, choir, "cancel")
    evening = "Thu 26 Nov 2026, 18:00 to 20:00"
    assert cells(await hallkeeper("waiting", "list", SITE)) == [
        [band["id"], evening, "hall or studio", "Band", "12", "on offer until Thu 26 Nov 2026, 12:00"],
        [chess["id"], evening, "hall", "Chess", "", "waits, number 1"],
    ]
    told = json.loads((await hallkeeper("waiting", "list", SITE, "--json")).stdout_bytes)
    assert [each["state"] for each in told["items"]] == ["offered", "waiting"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("bookings", "list", "nowhere", *DAYS), REFUSED, "no site 'nowhere'"),
        (
            ("bookings", "list", SITE, "--from", "soon", "--to", "2026-11-27"),
            2,
            "'soon' is not a date; write day/month/year like 26/11/2026",
        ),
        (("bookings", "list", SITE, "--from", "2026-11-26", "--to", "2027-11-26"), REFUSED, "62 days"),
        (("bookings", "requests", "nowhere"), REFUSED, "no site 'nowhere'"),
        (("waiting", "list", "nowhere"), REFUSED, "no site 'nowhere'"),
    ],
)
async def test_a_request_that_is_invalid_is_refused_in_a_sentence(
    hallkeeper: Typed, words: tuple[str, ...], code: int, said: str
) -> None:
    refused = await hallkeeper(*words)
    assert (refused.exit_code, said in " ".join(refused.output.split())) == (code, True), refused.output
    assert "Traceback" not in refused.output


async def test_a_code_that_others_know_is_reissued_with_a_reason_and_printed_once(
    hallkeeper: Typed, village: httpx.AsyncClient
) -> None:
    made = await book(village, title="Choir", people=None)
    done = await hallkeeper("bookings", "reissue", made["id"], "--reason", "it hung on the board")
    assert done.exit_code == 0, done.output
    told = (await village.post(f"{API}/bookings/{made['id']}/code")).json()
    [code] = told["codes"]
    assert done.stdout.startswith(f"Choir: code {code['spoken']} for Front door, Side door\n")
    assert spoken(made["code"]) not in done.stdout
    [act] = (await village.get(f"{API}/sites/{SITE}/acts")).json()["items"]
    assert (act["kind"], act["reason"]) == ("new_code", "it hung on the board")
    refused = await hallkeeper("bookings", "reissue", "nonsense", "--reason", "lost")
    assert (refused.exit_code, "must be an id" in refused.output) == (REFUSED, True)


async def test_the_link_that_was_passed_on_is_ended_from_the_terminal(
    hallkeeper: Typed, village: httpx.AsyncClient
) -> None:
    made = await book(village, title="Choir", people=None)
    done = await hallkeeper("bookings", "new-link", made["id"], "--kind", "show")
    now = (await village.get(f"{API}/bookings/{made['id']}")).json()
    assert (done.exit_code, done.stdout) == (0, f"Choir: {now['show_link']}\n")
    assert (now["show_link"] != made["show_link"], now["link"]) == (True, made["link"])
    refused = await hallkeeper("bookings", "new-link", made["id"], "--kind", "all")
    assert (refused.exit_code, "manage" in refused.output) == (2, True)


async def test_a_door_offline_gets_an_offline_code_from_the_terminal(
    hallkeeper: Typed, village: httpx.AsyncClient, container: Container
) -> None:
    made = await book(village, title="Choir", people=None)
    refused = await hallkeeper("bookings", "offline-code", made["id"])
    assert (refused.exit_code, "needs no offline code" in refused.output) == (REFUSED, True)
    await go_offline(container, "pi-side", 30)
    done = await hallkeeper("bookings", "offline-code", made["id"])
    assert done.exit_code == 0, done.output
    assert re.fullmatch(r"Choir: offline code 9( \d{3}){3} .*Side door.*\n", done.stdout), done.stdout
