"""What is expected at a site, from what its counters counted: silence is not zero, and what closes it is known."""

import asyncio
import csv
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta

import httpx
import pytest
from fastapi import FastAPI
from typer.testing import CliRunner, Result

from controller.app.container import Container
from controller.hours.model import Break, HolidayMeaning, HolidayRule, OpeningHours, OtherDay, Term
from controller.hours.timetable import Timetable
from controller.occupancy.forecast.cli import app as command
from controller.occupancy.forecast.days_ahead import days_ahead
from controller.occupancy.forecast.hours import ExpectedHour
from controller.occupancy.forecast.site_calendar import calendar_of
from controller.occupancy.forecast.site_forecast import SiteForecast, site_forecast
from controller.telemetry.rollups.counted_hours import counted_hours
from controller.telemetry.rollups.crossings import CrossingsAt, DoorCounter
from edge.wire.interval import Interval
from tests.controller.bookings.hub import HUB
from tests.controller.clock import ManualClock
from tests.controller.hours.books import closure
from tests.controller.serving import serving
from tests.controller.telemetry.rollups.storing import store
from tests.controller.telemetry.rollups.test_service import alive
from tests.controller.telemetry.speaking import crossing
from tests.controller.village import API, SITE, Json

HOUR = timedelta(hours=1)
FIRST = datetime(2026, 11, 2, tzinfo=UTC)
MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
CLOSED = {"first": "2026-11-26", "last": "2026-11-26", "reason": "Floor sanding"}


async def count(container: Container, days: int, until: datetime = MIDNIGHT) -> None:
    """Twenty people an hour from 9 to 17, on so many days up to midnight; the edge was heard of last at ``until``."""
    starts = [MIDNIGHT - timedelta(days=days) + HOUR * each for each in range(24 * days)]
    open_hours = [each for each in starts if 9 <= each.hour < 17]
    events = [
        crossing(n, ins=20, outs=20, total=(20 * n, 20 * n), at=each + HOUR / 2) for n, each in enumerate(open_hours, 1)
    ]
    await store(container.database, SITE, events)
    await alive(container.database, until, head=len(events))


async def ahead(client: httpx.AsyncClient, **params: str) -> Json:
    answer = await client.get(f"{API}/sites/{SITE}/forecast", params=params)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


async def test_two_weeks_of_hours_come_with_intervals_and_closures(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    made = await village.post(f"{API}/sites/{SITE}/closures", json=CLOSED)
    assert made.status_code == 201, made.text
    clock.set(MIDNIGHT + HOUR / 2)
    await count(container, 21)
    found = await ahead(village)
    assert (found["doors"], found["why_none"], found["counted_until"]) == (
        ["front-door"],
        "",
        "2026-11-23T00:00:00+00:00",
    )
    assert (found["counted_days"], found["counted_hours"]) == (21, 21 * 24 - 10)  # it was first heard of at 9:30
    hours = {each["starts"]: each for each in found["items"]}
    assert len(found["items"]) == 14 * 24
    assert found["items"][0]["starts"] == "2026-11-23T00:00:00+00:00"
    noon, night = hours["2026-11-24T12:00:00+00:00"], hours["2026-11-24T02:00:00+00:00"]
    assert noon["low"] <= noon["expected"] <= noon["high"]
    assert noon["expected"] == pytest.approx(20, abs=1)
    assert night["expected"] < 1
    shut = hours["2026-11-26T12:00:00+00:00"]
    assert (shut["expected"], shut["high"], shut["note"]) == (0, 0, "closed")
    days = {each["day"]: each for each in found["days"]}
    assert len(days) == 14
    assert [days["2026-11-24"][name] for name in ("used_from", "used_until", "booked_from")] == [
        "2026-11-24T09:00:00+00:00",
        "2026-11-24T17:00:00+00:00",
        None,
    ]
    assert days["2026-11-24"]["expected"] == pytest.approx(160, abs=8)
    assert (days["2026-11-26"]["used_from"], days["2026-11-26"]["expected"]) == (None, 0)
    short = await ahead(village, days="2")
    assert (len(short["items"]), len(short["days"])) == (48, 2)


def test_a_building_is_used_from_its_first_booking_or_person_to_its_last() -> None:
    zone = HUB.tz
    friday = datetime(2026, 10, 23, tzinfo=UTC)

    def expected(start: datetime, mean: float) -> ExpectedHour:
        local = start.astimezone(zone)
        return ExpectedHour(local, local + HOUR, mean, 0, 9, "", "")

    people = [expected(friday + HOUR * at, mean) for at, mean in ((6, 0.4), (8, 3.0), (15, 2.0))]
    evening = Interval(start=friday + HOUR * 18, end=friday + HOUR * 21)
    overnight = Interval(start=friday + HOUR * 45, end=friday + HOUR * 50)  # the night the clocks go back
    found = days_ahead(people, iter([evening, overnight]), zone, 4, friday + HOUR * 6)
    rows = [(str(each.day), each.used_from, each.used_until, each.booked_from, each.expected) for each in found]
    midnight = friday + HOUR * 47  # by local time, an hour before the one of UTC
    assert rows == [
        ("2026-10-23", friday + HOUR * 8, evening.end, evening.start, pytest.approx(5.4)),
        ("2026-10-24", overnight.start, midnight, overnight.start, None),
        ("2026-10-25", midnight, overnight.end, midnight, None),
        ("2026-10-26", None, None, None, None),
    ]


@pytest.mark.cases_full
async def test_too_short_a_history_says_how_much_is_needed(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    clock.set(MIDNIGHT)
    nothing = await ahead(village)
    assert (nothing["items"], nothing["doors"]) == ([], [])
    assert nothing["why_none"] == "No door has a counter that has counted anything."
    await count(container, 5)
    found = await ahead(village)
    assert (found["items"], found["counted_days"], found["needed_days"]) == ([], 5, 7)
    assert found["why_none"] == "5 days have enough counts; 7 are needed."


async def test_nothing_is_forecast_from_counts_that_ended_long_ago(
    village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    await count(container, 21)
    clock.set(MIDNIGHT + timedelta(days=8))
    found = await ahead(village)
    assert found["items"] == []
    assert found["why_none"] == "Nothing has been counted since 00:00 on Mon 23 Nov."
    clock.set(MIDNIGHT + timedelta(days=3))
    found = await ahead(village)
    assert (found["items"][0]["starts"], len(found["items"])) == ("2026-11-26T00:00:00+00:00", 14 * 24)


def counter(place: str, first: datetime, *, gone: bool = False, known: Interval | None = None) -> DoorCounter:
    until = FIRST + 10 * HOUR
    there = Interval(start=first, end=until)
    rows = [CrossingsAt(FIRST + 5 * HOUR, 7, 0)]
    return DoorCounter(
        device=f"{place}-beams", place=place, edge="main", gone=gone, there=there, known=[known or there], rows=rows
    )


def test_an_hour_is_unknown_where_one_counter_of_several_was_silent_or_not_there_yet() -> None:
    during, zone = Interval(start=FIRST, end=FIRST + 10 * HOUR), HUB.tz
    dark = Interval(start=FIRST, end=FIRST + 8 * HOUR)
    both = [counter("front", FIRST), counter("side", FIRST + 4 * HOUR, known=dark)]
    found = counted_hours(both, during, zone)
    assert found == {FIRST + 4 * HOUR: 0.0, FIRST + 5 * HOUR: 14.0, FIRST + 6 * HOUR: 0.0, FIRST + 7 * HOUR: 0.0}
    removed = counted_hours([counter("front", FIRST), counter("side", FIRST, gone=True)], during, zone)
    assert removed[FIRST + 5 * HOUR] == 7
    assert len(removed) == 10


def test_a_door_whose_counter_is_dead_is_left_out_and_the_others_are_forecast() -> None:
    first = MIDNIGHT - timedelta(days=30)
    past = Interval(start=MIDNIGHT - timedelta(days=400), end=MIDNIGHT)
    starts = [first + HOUR * each for each in range(24 * 30)]
    rows = [CrossingsAt(each, 20, 20) for each in starts if 9 <= each.hour < 17]
    there = Interval(start=first, end=MIDNIGHT)

    def door(place: str, until: datetime) -> DoorCounter:
        known = [Interval(start=first, end=until)]
        return DoorCounter(device=place, place=place, edge="main", gone=False, there=there, known=known, rows=rows)

    def asked(*counters: DoorCounter) -> SiteForecast:
        return site_forecast(Timetable(site=HUB, timetable=OpeningHours()), list(counters), past, 14, MIDNIGHT)

    dead = door("back", MIDNIGHT - timedelta(days=8))
    found = asked(door("front", MIDNIGHT), dead)
    assert (found.doors, found.left_out, found.why_none, len(found.hours)) == (("front",), ("back",), "", 14 * 24)
    assert found.hours == asked(door("front", MIDNIGHT)).hours
    alone = asked(dead)
    assert (alone.doors, alone.left_out, alone.hours) == (("back",), (), ())
    assert alone.why_none.startswith("Nothing has been counted since")


def test_days_that_are_not_like_others_come_from_the_sites_own_hours() -> None:
    terms = (
        Term(
            id="autumn",
            name="Autumn",
            first=date(2026, 9, 1),
            last=date(2026, 12, 18),
            breaks=(Break(first=date(2026, 10, 26), last=date(2026, 10, 30)),),
        ),
    )
    opening = OpeningHours(
        exceptions=(OtherDay(date=date(2026, 11, 9), note="Stocktaking"),),
        bank_holidays=HolidayRule(means=HolidayMeaning.CLOSED),
    )
    part = closure("2026-11-12", "2026-11-12", "Painting", "hall")
    hours = Timetable(
        site=HUB, timetable=opening, terms=terms, closures=(closure("2026-11-11", "2026-11-11", "Heating"), part)
    )
    during = Interval(start=datetime(2026, 8, 1, tzinfo=UTC), end=datetime(2027, 1, 2, tzinfo=UTC))
    calendar = calendar_of(hours, during)

    def notes(month: int, day: int) -> str:
        return calendar.note(datetime(2026, month, day, 12, tzinfo=UTC))

    assert (notes(11, 9), notes(11, 11), notes(11, 12), notes(12, 25)) == ("closed", "closed", "", "closed")
    assert calendar.holidays[date(2026, 12, 25)] == "Christmas Day"
    assert (notes(10, 27), notes(8, 20), notes(12, 20)) == ("school holidays", "", "")


def test_the_command_asks_for_a_file_or_a_site() -> None:
    found = CliRunner().invoke(command, [])
    assert found.exit_code == 2
    assert "give a file, or --site" in found.stderr
    both = CliRunner().invoke(command, ["--site", "ramsey", "--zone", "Europe/London"])
    assert "go with a file" in both.stderr


async def test_the_command_writes_what_the_controller_expects_at_a_site_or_why_it_cannot(
    app: FastAPI, village: httpx.AsyncClient, container: Container, clock: ManualClock
) -> None:
    clock.set(MIDNIGHT)
    await count(container, 5)
    token = village.headers["Authorization"].removeprefix("Bearer ")
    async with serving(app) as address:

        def run(*words: str) -> asyncio.Future[Result]:
            asked = ["--site", SITE, *words, "--server", address, "--token", token]
            return asyncio.get_running_loop().run_in_executor(None, lambda: CliRunner().invoke(command, asked))

        short = await run()
        await count(container, 21)
        whole = await run("--days", "1")
    assert short.exit_code == 2
    assert "Whole hours were counted on 5 days." in " ".join(short.stderr.split())
    rows = list(csv.DictReader(whole.stdout.splitlines()))
    assert (len(rows), rows[0]["start"]) == (24, "2026-11-23T00:00:00+00:00")
    assert list(rows[0]) == ["start", "end", "expected", "low", "high", "level", "note"]


@pytest.mark.cases_full
def test_a_controller_starts_without_what_only_forecasts_need() -> None:
    code = "import sys, controller.app.http_app; sys.exit('controller.occupancy.forecast.model' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
