"""`hallkeeper find` and `hallkeeper free` over HTTP."""

import json
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import FastAPI

from controller.app.container import Container
from controller.platform.cli.client import REFUSED
from tests.controller.find.county import book, build
from tests.controller.keyboard import Typed, cells, keyboard

EVENING = ("--when", "26/11/2026 18:00", "--until", "20:00")


@pytest.fixture
async def hallkeeper(app: FastAPI, client: httpx.AsyncClient, container: Container) -> AsyncIterator[Typed]:
    await build(container)
    async with keyboard(app, client) as typed:
        yield typed


async def test_a_space_is_found_near_a_site_or_a_place(hallkeeper: Typed) -> None:
    wish = ("--people", "30", "--step-free")
    by_site = await hallkeeper("find", *EVENING, *wish, "--near", "hub", "--miles", "20")
    then = "at the time asked for: Thu 26 Nov, 18:00 to 20:00"
    assert cells(by_site) == [
        ["warboys", "room", f"Room at Warboys Hub, 3.2 miles away, {then}; holds 40, step-free"],
        ["huntingdon", "hall", f"Hall at Huntingdon Hub, 8.7 miles away, {then}; holds 300, step-free"],
    ]
    by_place = await hallkeeper("find", *EVENING, *wish, "--near", "52.3306,-0.1832")
    assert [row[0] for row in cells(by_place)] == ["huntingdon", "warboys"]
    only = await hallkeeper("find", *EVENING, *wish, "--site", "huntingdon")
    assert [row[0] for row in cells(only)] == ["huntingdon"]


@pytest.mark.cases_full
async def test_a_space_that_is_free_later_is_found_where_that_would_do(
    hallkeeper: Typed, client: httpx.AsyncClient
) -> None:
    await book(client, "room", "2026-11-26T17:00", "2026-11-26T18:30", site="warboys")
    wish = ("--people", "20", "--site", "warboys", "--equipment", "projector")
    none = await hallkeeper("find", *EVENING, *wish)
    assert (none.exit_code, cells(none)) == (0, [])
    assert none.stdout.strip() == "1 space would fit, and none is free then"
    moved = await hallkeeper("find", "--when", "2026-11-26 18:00", "--minutes", "120", *wish, "--move", "60")
    assert ["30 minutes later: Thu 26 Nov, 18:30 to 20:30" in row[2] for row in cells(moved)] == [True]
    told = json.loads((await hallkeeper("find", *EVENING, *wish, "--move", "60", "--json")).stdout_bytes)
    assert [each["how"] for each in told["items"]] == ["other_time"]


async def test_a_series_lists_the_dates_a_space_does_not_take_and_why(
    hallkeeper: Typed, client: httpx.AsyncClient
) -> None:
    await book(client, "room", "2026-12-07T18:00", "2026-12-07T19:00", site="warboys", title="Yoga")
    wish = ("--when", "30 Nov 2026 6pm", "--until", "8pm", "--people", "20", "--site", "warboys")
    takes, missing, out = cells(await hallkeeper("find", *wish, "--weeks", "5", "--skip-holidays"))
    assert takes == ["warboys", "room", "Room at Warboys Hub, 3 of 4 dates; holds 40, step-free"]
    assert missing[:3] == ["warboys", "room", "Mon 7 Dec 2026, 18:00 to 20:00"]
    assert "Yoga" in missing[3]
    assert out == ["2026-12-28", "Boxing Day (substitute day)"]
    by_rule = await hallkeeper("find", *wish, "--rule", "FREQ=WEEKLY;COUNT=2")
    assert "1 of 2 dates" in cells(by_rule)[0][2]


async def test_free_times_are_listed_by_space_with_what_does_not_fit(
    hallkeeper: Typed, client: httpx.AsyncClient
) -> None:
    await book(client, "room", "2026-11-26T12:00", "2026-11-26T18:00", site="warboys")
    days = ("--from", "26/11/2026", "--to", "27/11/2026")
    assert cells(await hallkeeper("free", "warboys", *days, "--minutes", "60")) == [
        ["Room", "40", "Thu 26 Nov 2026, 00:00 to 12:00"],
        ["", "", "Thu 26 Nov 2026, 18:00 to 24:00"],
    ]
    long = await hallkeeper("free", "warboys", *days, "--minutes", "780", "--step-free", "--amenity", "piano")
    assert cells(long) == [["Room", "40", "at no time"]]
    assert cells(await hallkeeper("free", "huntingdon", *days, "--people", "15")) == [
        ["Desks", "20", "Thu 26 Nov 2026, 00:00 to 24:00", "20"],
        ["Hall", "300", "Thu 26 Nov 2026, 00:00 to 24:00", ""],
        ["Snug", "holds 14"],
    ]
    over = await hallkeeper("free", "warboys", "--from", "20/11/2026", "--to", "21/11/2026")
    assert (cells(over), "the time asked about is over" in over.stdout) == ([], True)
    assert "no space here has harp" in (await hallkeeper("free", "warboys", *days, "--amenity", "harp")).stdout
    told = json.loads((await hallkeeper("free", "warboys", *days, "--json")).stdout_bytes)
    assert [each["space"] for each in told["spaces"]] == ["room"]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ((*EVENING, "--minutes", "60"), 2, "give either --until or --minutes"),
        (EVENING[:2], 2, "give either --until or --minutes"),
        (("--when", "tonight", "--minutes", "60"), 2, "'tonight' is not a date with a time; write it like"),
        (("--when", "26/11/2026 18:00", "--until", "late"), 2, "'late' is no"),
        (("--when", "2026-11-26T18:00Z", "--until", "20:00"), 2, "--until needs its date and offset too"),
        ((*EVENING, "--near", "52.4,north"), 2, "write latitude,longitude like 52.45,-0.11"),
        ((*EVENING, "--near", "moon"), REFUSED, "moon"),
        ((*EVENING, "--equipment", "chair:many"), 2, "chair:30 for thirty of them"),
        ((*EVENING, "--people", "0"), REFUSED, "people: "),
        ((*EVENING, "--term-only"), 2, "--term-only: for a series only"),
        ((*EVENING, "--weeks", "3", "--move", "30", "--days", "2"), 2, "--move, --days: not for a series"),
        ((*EVENING, "--weeks", "3", "--rule", "FREQ=DAILY"), REFUSED, "leave one out"),
        (("--when", "31/10/2027 00:30", "--until", "24:00", "--weeks", "500"), REFUSED, "weeks: "),
        (("--when", "28/03/2027 01:30", "--minutes", "60", "--site", "warboys"), REFUSED, "02:00 is the next time"),
        ((*EVENING, "--miles", "3"), REFUSED, "needs a starting point"),
    ],
)
async def test_an_impossible_search_is_explained_in_a_sentence(
    hallkeeper: Typed, words: tuple[str, ...], code: int, said: str
) -> None:
    refused = await hallkeeper("find", *words)
    assert (refused.exit_code, said in " ".join(refused.output.split())) == (code, True), refused.output
    assert "Traceback" not in refused.output
