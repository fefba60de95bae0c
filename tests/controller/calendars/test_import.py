"""Importing over HTTP and from the command line: sound events are booked, twice changes nothing."""

import asyncio
import sys
from datetime import datetime
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from firmware_sim.building_file import DATA
from tests.controller.clock import ManualClock
from tests.controller.serving import serving
from tests.controller.signin.signing import put_party
from tests.controller.village import API, SITE, Json, act, book, look
from tests.make_diary import CHOIR

CHOIR_SERIES = """\
BEGIN:VEVENT
UID:choir
SUMMARY:Choir
DTSTART;TZID=Europe/London:20261201T190000
DTEND;TZID=Europe/London:20261201T210000
RRULE:FREQ=WEEKLY;COUNT=4
EXDATE;TZID=Europe/London:20261222T190000
END:VEVENT
"""
YOGA = """\
BEGIN:VEVENT
UID:yoga
SUMMARY:Yoga
DTSTART:20261202T190000
DTEND:20261202T210000
END:VEVENT
"""
BROKEN = YOGA.replace("yoga", "broken").replace("DTEND:2026", "DTEND:x")


def calendar(*events: str) -> bytes:
    return ("BEGIN:VCALENDAR\nVERSION:2.0\n" + "".join(events) + "END:VCALENDAR\n").encode()


async def send(client: httpx.AsyncClient, data: bytes, **params: str) -> httpx.Response:
    return await client.post(
        f"{API}/sites/{SITE}/calendar",
        params={"space": "hall"} | params,
        content=data,
        headers={"Content-Type": "text/calendar"},
    )


async def take(client: httpx.AsyncClient, data: bytes, **params: str) -> Json:
    answer = await send(client, data, **params)
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


async def titles(client: httpx.AsyncClient, status: str = "confirmed") -> list[str]:
    answer = await client.get(f"{API}/sites/{SITE}/bookings?from=2026-11-20&to=2027-01-10")
    return [f"{each['starts'][5:16]} {each['title']}" for each in answer.json()["items"] if each["status"] == status]


@pytest.mark.cases_full
async def test_valid_events_are_booked_with_codes_and_the_rest_is_listed(village: httpx.AsyncClient) -> None:
    answer = await take(village, calendar(CHOIR_SERIES, BROKEN, YOGA))
    assert [(each["uid"], each["how"]) for each in answer["imported"]] == [
        ("choir", "new"),
        ("yoga", "new"),
        ("choir", "new"),
        ("choir", "new"),
    ]
    [refused] = answer["refused"]
    assert (refused["line"], refused["uid"]) == (15, "broken")
    assert await titles(village) == [
        "12-01T19:00 Choir",
        "12-02T19:00 Yoga",
        "12-08T19:00 Choir",
        "12-15T19:00 Choir",
    ]
    choir = await look(village, {"id": answer["imported"][0]["booking"]})
    assert choir["actor"] == "import:Una Porter"
    assert choir["series"] is not None
    assert len(choir["code"]) == 6
    assert (await look(village, {"id": answer["imported"][1]["booking"]}))["series"] is None


async def test_importing_twice_changes_nothing(village: httpx.AsyncClient) -> None:
    first = await take(village, calendar(CHOIR_SERIES, YOGA))
    second = await take(village, calendar(CHOIR_SERIES, YOGA))
    assert (second["imported"], second["unchanged"], second["clashes"]) == ([], 4, [])
    booking = await look(village, {"id": first["imported"][0]["booking"]})
    assert booking["version"] == 1


async def test_a_preview_says_the_same_and_writes_nothing(village: httpx.AsyncClient) -> None:
    twin = YOGA.replace("yoga", "twin").replace("Yoga", "Twin")
    seen = await take(village, calendar(CHOIR_SERIES, YOGA, twin), preview="true")
    assert await titles(village) == []
    done = await take(village, calendar(CHOIR_SERIES, YOGA, twin))
    for each in seen["imported"] + done["imported"]:
        each.pop("booking")
    assert seen["imported"] == done["imported"]
    assert [each["uid"] for each in seen["clashes"]] == [each["uid"] for each in done["clashes"]]


async def test_a_series_that_goes_on_is_listed_with_the_last_booked_day(village: httpx.AsyncClient) -> None:
    endless = YOGA.replace("DTEND", "RRULE:FREQ=MONTHLY\nDTEND")
    seen = await take(village, calendar(CHOIR_SERIES, endless), preview="true")
    last = f"{datetime.fromisoformat(seen['until']):%-d %B %Y}"
    told = {"line": 11, "uid": "yoga", "title": "Yoga", "text": f"goes on; booked until {last}"}
    assert seen["goes_on"] == [told]
    assert (await take(village, calendar(CHOIR_SERIES, endless)))["goes_on"] == [told]


async def test_what_is_taken_is_listed_as_a_clash_and_not_written(village: httpx.AsyncClient) -> None:
    made = await book(village, title="Ringers", starts="2026-12-08T20:00", ends="2026-12-08T21:00")
    answer = await take(village, calendar(CHOIR_SERIES))
    assert len(answer["imported"]) == 2
    [clash] = answer["clashes"]
    assert (clash["uid"], clash["starts"], clash["line"]) == ("choir", "2026-12-08T19:00:00+00:00", 3)
    assert [each["id"] for each in clash["conflicts"]] == [made["id"]]
    await act(village, made, "cancel")
    again = await take(village, calendar(CHOIR_SERIES))
    assert (len(again["imported"]), again["unchanged"]) == (1, 2)


async def test_a_changed_file_moves_renames_and_cancels_what_it_imported(village: httpx.AsyncClient) -> None:
    first = await take(village, calendar(CHOIR_SERIES, YOGA))
    changed = YOGA.replace("T190000", "T180000").replace("SUMMARY:Yoga", "SUMMARY:Slow yoga")
    moved = await take(village, calendar(CHOIR_SERIES, changed))
    assert [(each["title"], each["how"]) for each in moved["imported"]] == [("Slow yoga", "changed")]
    assert moved["imported"][0]["booking"] == first["imported"][1]["booking"]
    gone = await take(village, calendar(CHOIR_SERIES, changed.replace("END:VEVENT", "STATUS:CANCELLED\nEND:VEVENT")))
    assert [each["how"] for each in gone["imported"]] == ["cancelled"]
    assert await titles(village, "cancelled") == ["12-02T18:00 Slow yoga"]
    assert gone["unchanged"] == 3


async def test_what_a_person_cancelled_stays_cancelled(village: httpx.AsyncClient) -> None:
    first = await take(village, calendar(YOGA))
    await act(village, {"id": first["imported"][0]["booking"]}, "cancel")
    again = await take(village, calendar(YOGA.replace("Yoga", "Slow yoga")))
    assert (again["imported"], again["unchanged"]) == ([], 1)
    assert await titles(village) == []


async def test_an_event_cancelled_from_the_start_is_listed(village: httpx.AsyncClient) -> None:
    answer = await take(village, calendar(YOGA.replace("END:VEVENT", "STATUS:CANCELLED\nEND:VEVENT")))
    assert "nothing to book" in answer["refused"][0]["why"]


async def test_what_is_long_over_is_counted_and_last_week_is_shown(
    village: httpx.AsyncClient, clock: ManualClock
) -> None:
    old = YOGA.replace("202612", "202511").replace("yoga", "old")
    recent = YOGA.replace("20261202", "20261124").replace("yoga", "recent")
    answer = await take(village, calendar(old, recent))
    assert (answer["past"], len(answer["imported"])) == (1, 1)
    assert await titles(village, "finished") == ["11-24T19:00 Yoga"]


@pytest.mark.parametrize(
    ("data", "status", "words"),
    [
        (b"<!doctype html>", 422, "web page"),
        (b"", 422, "empty"),
        (b"x" * 2_000_001, 413, "2 MB"),
    ],
)
async def test_what_is_no_calendar_is_refused_as_a_whole(
    village: httpx.AsyncClient, data: bytes, status: int, words: str
) -> None:
    answer = await send(village, data)
    assert answer.status_code == status
    assert words in answer.json()["detail"]


async def test_an_unknown_space_is_not_found(village: httpx.AsyncClient) -> None:
    assert (await send(village, calendar(YOGA), space="attic")).status_code == 404
    assert (await village.post(f"{API}/sites/{SITE}/calendar", content=b"")).status_code == 422


@pytest.mark.cases_full
async def test_a_diary_fresh_from_khal_is_imported_with_its_exceptions(
    village: httpx.AsyncClient, tmp_path: Path
) -> None:
    file = tmp_path / "diary.ics"
    maker = await asyncio.create_subprocess_exec(sys.executable, "-m", "tests.make_diary", str(file))
    assert await maker.wait() == 0
    data = file.read_bytes()
    answer = await take(village, data)
    assert (answer["refused"], answer["clashes"]) == ([], [])
    choir = {each["starts"][:10]: each["title"] for each in answer["imported"] if each["title"].startswith(CHOIR)}
    assert "2026-12-22" in choir
    assert "2026-12-29" not in choir
    assert "2027-02-23" not in choir
    assert choir["2027-02-24"] == f"{CHOIR} (concert rehearsal)"
    shelter = {each["starts"][:10]: each["ends"] for each in answer["imported"] if each["title"] == "Night shelter"}
    assert shelter["2027-03-20"] == "2027-03-21T07:00:00+00:00"
    assert shelter["2027-03-27"] == "2027-03-28T08:00:00+01:00"
    again = await take(village, data)
    assert (again["imported"], again["unchanged"]) == ([], len(answer["imported"]))


async def test_the_demos_diary_is_sound(village: httpx.AsyncClient) -> None:
    answer = await take(village, (DATA / "diary.ics").read_bytes(), preview="true")
    assert (answer["refused"], answer["clashes"]) == ([], [])
    assert len(answer["imported"]) > 350


@pytest.mark.cases_full
async def test_the_command_imports_and_lists_what_it_left_out(
    village: httpx.AsyncClient, app: FastAPI, container: Container, tmp_path: Path
) -> None:
    file = tmp_path / "diary.ics"
    file.write_bytes(calendar(CHOIR_SERIES, BROKEN))
    token = village.headers["Authorization"].removeprefix("Bearer ")

    async def run(address: str, *extra: str) -> tuple[int | None, str]:
        words = ["calendar", "import", str(file), "--site", SITE, "--space", "hall", "--server", address, *extra]
        process = await asyncio.create_subprocess_exec(
            str(Path(sys.executable).with_name("hallkeeper")),
            *words,
            env={"HALLKEEPER_TOKEN": token, "COLUMNS": "200", "PATH": "/usr/bin:/bin"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        return process.returncode, output.decode()

    async with serving(app) as address:
        code, output = await run(address, "--preview")
        assert (code, output.splitlines()[0]) == (
            3,
            "3 would be imported, 0 unchanged, 0 over already, 0 clash, 1 refused",
        )
        assert await titles(village) == []
        code, output = await run(address, "--calendar", "choir")
        assert (code, "3 imported" in output, "DTEND cannot be read" in output) == (3, True, True)
        assert len(await titles(village)) == 3
        file.write_bytes(calendar(YOGA.replace("DTEND", "RRULE:FREQ=YEARLY\nDTEND")))
        code, output = await run(address, "--calendar", "choir", "--cancel-vanished")
        assert (code, "1 imported" in output, output.count("\tcancelled\n")) == (0, True, 3)
        assert "“Yoga” goes on; booked until" in output
        assert "Choir, Tue 1 Dec 2026, 19:00" in output
        file.write_bytes(calendar(YOGA))
        code, output = await run(address, "--calendar", "another")
        assert (code, "0 imported, 0 unchanged, 0 over already, 1 clash" in output) == (3, True)
        file.write_bytes(b"<html>")
        code, output = await run(address)
        assert (code, "web page" in output) == (1, True)


async def gone(client: httpx.AsyncClient, data: bytes, **params: str) -> list[tuple[str, bool]]:
    answer = await take(client, data, **params)
    return [(each["title"], each["cancelled"]) for each in answer["vanished"]]


async def test_what_is_no_longer_in_the_file_is_listed_and_cancelled_only_when_asked(
    village: httpx.AsyncClient,
) -> None:
    await take(village, calendar(CHOIR_SERIES, YOGA))
    left = calendar(CHOIR_SERIES.replace("COUNT=4", "COUNT=2"))
    expected = ["Yoga", "Choir"]
    assert await gone(village, left, preview="true") == [(each, False) for each in expected]
    assert await gone(village, left) == [(each, False) for each in expected]
    assert await gone(village, left, preview="true", vanished="cancel") == [(each, True) for each in expected]
    assert len(await titles(village)) == 4
    assert await gone(village, left, vanished="cancel") == [(each, True) for each in expected]
    assert await titles(village) == ["12-01T19:00 Choir", "12-08T19:00 Choir"]
    assert await gone(village, left, vanished="cancel") == []
    back = await take(village, calendar(CHOIR_SERIES, YOGA))
    assert sorted(each["title"] for each in back["imported"]) == ["Choir", "Yoga"]


async def test_what_comes_in_the_place_of_a_vanished_event_finds_it_free(village: httpx.AsyncClient) -> None:
    await take(village, calendar(YOGA))
    other = YOGA.replace("yoga", "pilates").replace("Yoga", "Pilates")
    assert len((await take(village, calendar(other)))["clashes"]) == 1
    answer = await take(village, calendar(other), vanished="cancel")
    assert (answer["clashes"], [each["title"] for each in answer["imported"]]) == ([], ["Pilates"])


async def test_a_file_that_is_cut_short_makes_nothing_vanish(village: httpx.AsyncClient) -> None:
    await take(village, calendar(CHOIR_SERIES, YOGA))
    cut = calendar(CHOIR_SERIES, YOGA)[:-40]
    answer = await take(village, cut, vanished="cancel")
    assert (answer["whole"], answer["vanished"]) == (False, [])
    assert len(await titles(village)) == 4


async def test_an_event_that_cannot_be_read_any_more_has_not_vanished(village: httpx.AsyncClient) -> None:
    await take(village, calendar(YOGA))
    assert await gone(village, calendar(YOGA.replace("DTEND:2026", "DTEND:x")), vanished="cancel") == []


async def test_two_calendars_of_one_space_do_not_cancel_each_others_events(village: httpx.AsyncClient) -> None:
    await take(village, calendar(CHOIR_SERIES), calendar="choir")
    assert await gone(village, calendar(YOGA), calendar="yoga", vanished="cancel") == []
    twice = await take(village, calendar(CHOIR_SERIES), calendar="yoga")
    assert twice["imported"] == []
    assert "from another calendar" in twice["refused"][0]["why"]


async def test_an_event_that_is_on_again_is_booked_again(village: httpx.AsyncClient) -> None:
    await take(village, calendar(YOGA))
    off = YOGA.replace("END:VEVENT", "STATUS:CANCELLED\nEND:VEVENT")
    assert [each["how"] for each in (await take(village, calendar(off)))["imported"]] == ["cancelled"]
    assert [each["how"] for each in (await take(village, calendar(YOGA)))["imported"]] == ["new"]
    assert await titles(village) == ["12-02T19:00 Yoga"]


async def test_events_that_change_places_are_moved_together(village: httpx.AsyncClient) -> None:
    one = YOGA.replace("yoga", "one").replace("Yoga", "One")
    two = (
        one.replace("one", "two")
        .replace("One", "Two")
        .replace("T19", "T21")
        .replace("T210000\nDTEND:20261202T21", "T210000\nDTEND:20261202T23")
    )
    await take(village, calendar(one, two))
    assert await titles(village) == ["12-02T19:00 One", "12-02T21:00 Two"]
    changed = calendar(
        one.replace("T190000", "T209999").replace("T210000", "T230000").replace("T209999", "T210000"),
        two.replace("T210000", "T190000").replace("T230000", "T210000"),
    )
    answer = await take(village, changed)
    assert ([each["how"] for each in answer["imported"]], answer["clashes"]) == (["changed", "changed"], [])
    assert await titles(village) == ["12-02T19:00 Two", "12-02T21:00 One"]


async def test_a_booking_that_may_not_move_stays_and_is_listed(village: httpx.AsyncClient) -> None:
    first = await take(village, calendar(YOGA))
    await book(village, title="Ringers", starts="2026-12-03T19:00", ends="2026-12-03T21:00")
    answer = await take(village, calendar(YOGA.replace("20261202", "20261203")))
    [clash] = answer["clashes"]
    assert clash["booking"] == first["imported"][0]["booking"]
    assert "Ringers" in clash["text"]
    assert "12-02T19:00 Yoga" in await titles(village)


async def test_what_a_closure_forbids_is_refused_with_its_reason(village: httpx.AsyncClient) -> None:
    closure = {"first": "2026-12-02", "last": "2026-12-02", "reason": "boiler"}
    answer = await village.post(f"{API}/sites/{SITE}/closures", json=closure)
    assert answer.is_success, answer.text
    [clash] = (await take(village, calendar(YOGA)))["clashes"]
    assert "boiler" in clash["text"]
    assert clash["conflicts"] == []


async def test_events_can_be_a_partys_bookings(village: httpx.AsyncClient) -> None:
    await put_party(village, "choir")
    answer = await take(village, calendar(CHOIR_SERIES), party="choir")
    assert (await look(village, {"id": answer["imported"][0]["booking"]}))["party"] == "choir"
    assert (await send(village, calendar(YOGA), party="ghosts")).status_code == 422
    assert (await send(village, calendar(YOGA), calendar="x" * 51)).status_code == 422
    assert (await send(village, calendar(YOGA), vanished="maybe")).status_code == 422


async def test_a_cancellation_cancels_the_dates_that_it_names_and_no_others(village: httpx.AsyncClient) -> None:
    await take(village, calendar(CHOIR_SERIES, YOGA))
    one = "BEGIN:VEVENT\nUID:choir\nRECURRENCE-ID;TZID=Europe/London:20261208T190000\nEND:VEVENT\n"
    message = calendar("METHOD:CANCEL\n", one)
    seen = await take(village, message, vanished="cancel", preview="true")
    assert [(each["uid"], each["how"]) for each in seen["imported"]] == [("choir", "cancelled")]
    done = await take(village, message, vanished="cancel")
    assert (done["vanished"], done["whole"], done["refused"]) == ([], False, [])
    assert await titles(village, "cancelled") == ["12-08T19:00 Choir"]
    everything = "BEGIN:VEVENT\nUID:choir\nSEQUENCE:3\nEND:VEVENT\n"
    nobody = everything.replace("choir", "nobody")
    ended = await take(village, calendar("METHOD:CANCEL\n", everything, nobody))
    assert [each["how"] for each in ended["imported"]] == ["cancelled", "cancelled"]
    assert [each["why"] for each in ended["refused"]] == ["is cancelled, and no booking to come was made of it here"]
    assert await titles(village) == ["12-02T19:00 Yoga"]


async def test_a_date_whose_override_cannot_be_read_keeps_what_it_has_and_gets_nothing(
    village: httpx.AsyncClient,
) -> None:
    moved = "BEGIN:VEVENT\nUID:choir\nRECURRENCE-ID;VALUE=DATE:20261208\nDTSTART:20261209T190000\nEND:VEVENT\n"
    first = await take(village, calendar(CHOIR_SERIES, moved))
    assert [each["starts"][5:10] for each in first["imported"]] == ["12-01", "12-15"]
    await take(village, calendar(CHOIR_SERIES))
    again = await take(village, calendar(CHOIR_SERIES, moved), vanished="cancel")
    assert (again["vanished"], again["unchanged"], len(again["refused"])) == ([], 2, 1)
    assert len(await titles(village)) == 3


def _weekly(count: int, first: str = "20261201", hour: int = 19) -> str:
    lines = (f"DTSTART;TZID=Europe/London:{first}T{hour}0000", f"DTEND;TZID=Europe/London:{first}T{hour + 2}0000")
    return "\n".join(("BEGIN:VEVENT", "UID:daily", *lines, f"RRULE:FREQ=DAILY;COUNT={count}", "END:VEVENT", ""))


async def test_a_preview_lets_go_of_what_vanishes_and_sees_what_came_long_before(
    village: httpx.AsyncClient,
) -> None:
    await take(village, calendar(_weekly(120)))
    twin = YOGA.replace("20261202", "20270320")
    other = YOGA.replace("yoga", "late").replace("20261202T19", "20261203T20").replace("20261202T21", "20261203T22")
    # An hour later on all days is another original start, so that each old date vanishes and a new one takes its place.
    data = calendar(_weekly(120, hour=20), twin, other)
    tried = await take(village, data, vanished="cancel", preview="true")
    done = await take(village, data, vanished="cancel")
    assert [each["uid"] for each in done["clashes"]] == ["late", "daily"]
    for name in ("clashes", "imported", "vanished"):
        assert [(each["uid"], each["starts"]) for each in tried[name]] == [
            (each["uid"], each["starts"]) for each in done[name]
        ]
    assert (len(done["imported"]), len(done["vanished"])) == (120, 120)
