"""What no diary can hold is refused at every route that takes it: the field and the limit are named, in few words
however much was sent, and nothing is written."""

import json
from typing import Any

import httpx
import msgspec
import pytest

from controller.app.container import Container
from tests.controller.counting import row_counts
from tests.controller.village import API, SITE, Json, book, look

AT_SITE = f"{API}/sites/{SITE}"
TRUMPETS = "🎺" * 10_000
A_WHILE = 2500
"""Most bytes of a refusal."""

WISH = {"title": "Football", "space": "hall", "starts": "2026-11-26T18:00", "ends": "2026-11-26T20:00"}
SINGLE = {
    "book": f"{AT_SITE}/bookings",
    "check": f"{AT_SITE}/bookings/check",
    "instead": f"{AT_SITE}/bookings/instead",
    "wait": f"{AT_SITE}/waiting",
    "quote": f"{AT_SITE}/quote",
    "find": f"{API}/find",
}
"""Routes that take a single wish."""
DANCE = {
    "title": "Line dance",
    "space": "hall",
    "first_starts": "2026-12-01T18:00",
    "first_ends": "2026-12-01T20:00",
    "rule": "FREQ=WEEKLY;COUNT=3",
}
SERIES = {
    "series": f"{AT_SITE}/series",
    "check series": f"{AT_SITE}/series/check",
    "find series": f"{API}/find/series",
}
"""Routes that take a wish for many dates."""
STORED = frozenset({"book", "wait", "series", "check", "check series", "instead"})
"""Those that read a space and a title."""
WRITTEN = frozenset({"book", "wait", "series"})
"""Those that need a title."""


class Bad(msgspec.Struct, frozen=True):
    """``changes``: what is wrong with the wish. ``field``, ``words``: what the refusal says. ``at``: the routes that
    look at it, all where empty."""

    changes: dict[str, Any]
    field: str
    words: str
    at: frozenset[str] = frozenset()


SLUG = "must be 1 to 40 small letters, digits and hyphens"
ANY_WISH = {
    "no people": Bad({"people": 0}, "people", "at least 1"),
    "a country of people": Bad({"people": 2**63}, "people", "at most 100,000"),
    "people in words": Bad({"people": "a dozen"}, "people", "whole number"),
    "half a person": Bad({"people": 1.5}, "people", "whole number"),
    "seats below zero": Bad({"seats": -1}, "seats", "at least 1"),
    "chairs below zero": Bad({"equipment": {"chair": -1}}, "equipment.chair", "at least 1"),
    "chairs that are trumpets": Bad({"equipment": {TRUMPETS: 1}}, "equipment.🎺", SLUG),
    "a party with a path": Bad({"party": "../choir"}, "party", SLUG),
    "a space with a path": Bad({"space": "hall/yard"}, "space", SLUG, STORED | {"quote"}),
    "two spaces": Bad({"space": ["hall", "yard"]}, "space", "must be text", STORED | {"quote"}),
    "a name of trumpets": Bad({"title": TRUMPETS}, "title", "at most 200 characters", STORED),
    "a name that turns round": Bad({"title": "\u202ellab"}, "title", "direction of reading", STORED),
    "a name with NUL": Bad({"title": "a\0b"}, "title", "one line without control characters", STORED),
    "a name with an old control": Bad({"title": "a\x85b"}, "title", "one line without control characters", STORED),
    "a name on two lines": Bad({"title": "a\u2028b"}, "title", "one line", STORED),
    "a name of spaces": Bad({"title": " \t\n "}, "title", "must not be empty", WRITTEN),
    "a name that nobody sees": Bad({"title": "\u200b\u2060"}, "title", "something that can be seen", WRITTEN),
    "a note without end": Bad({"notes": TRUMPETS}, "notes", "at most 2,000 characters", STORED),
    "set-up of days": Bad({"setup_min": 1441}, "setup_min", "1,440", STORED | {"find", "find series"}),
}
SINGLE_WISH = ANY_WISH | {
    "end before start": Bad({"ends": "2026-11-26T17:00"}, "ends", "must be after starts"),
    "no length": Bad({"ends": "2026-11-26T18:00"}, "ends", "not at the same time"),
    "a time that does not exist": Bad(
        {"starts": "2027-03-28T01:30", "ends": "2027-03-28T04:00"}, "starts", "02:00 is the next time there is"
    ),
    "an end that does not exist": Bad(
        {"starts": "2027-03-28T00:30", "ends": "2027-03-28T01:30"}, "ends", "02:00 is the next time there is"
    ),
    "the hour that comes twice, backwards": Bad(
        {"starts": "2026-10-25T01:30:00+00:00", "ends": "2026-10-25T01:45:00+01:00"}, "ends", "must be after starts"
    ),
    "too long": Bad({"ends": "2026-12-28T18:00"}, "ends", "at most 31 days"),
    "the year 1": Bad({"starts": "0001-01-01T00:00"}, "starts", "the year must be 2000 to 2199"),
    "the year 9999": Bad({"ends": "9999-12-31T23:59:00-14:00"}, "ends", "the year must be 2000 to 2199"),
    "no time at all": Bad({"starts": "soon"}, "starts", "must be a time like"),
    "a time that is a number": Bad({"starts": 1795629600}, "starts", "must be text"),
}
SERIES_WISH = ANY_WISH | {
    "end before start": Bad({"first_ends": "2026-12-01T17:00"}, "first_ends", "must be after first_starts"),
    "no length": Bad({"first_ends": "2026-12-01T18:00"}, "first_ends", "must be after first_starts"),
    "25 hours on a day of 23": Bad(
        {"first_starts": "2027-03-28T00:00", "first_ends": "2027-03-29T01:00", "rule": "FREQ=DAILY;COUNT=2"},
        "first_ends",
        "each date must be over before the next",
    ),
    "an offset": Bad({"first_starts": "2026-12-01T18:00Z"}, "first_starts", "without an offset"),
    "the year 1": Bad({"first_starts": "0001-01-01T00:00"}, "first_starts", "the year must be 2000 to 2199"),
    "the year 9999": Bad({"first_ends": "9999-12-31T00:00"}, "first_ends", "the year must be 2000 to 2199"),
    "every second for ever": Bad(
        {"rule": "FREQ=SECONDLY"}, "rule", "has no end; add UNTIL or COUNT: at most 366 dates"
    ),
    "every second for a minute": Bad(
        {"rule": "FREQ=SECONDLY;COUNT=60"}, "first_ends", "each date must be over before the next"
    ),
    "a million dates": Bad({"rule": "FREQ=MINUTELY;COUNT=1000000"}, "rule", "more than 366 dates"),
    "every day to the year 9999": Bad({"rule": "FREQ=DAILY;UNTIL=99991231"}, "rule", "more than 366 dates"),
    "the 30th of February": Bad({"rule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30;COUNT=3"}, "rule", "gives no date"),
    "a rule of trumpets": Bad({"rule": TRUMPETS}, "rule", "at most 2,100 characters"),
    "the 40th of December": Bad({"extra": ["2026-12-40"]}, "extra.0", "day"),
    "too many extra dates": Bad({"extra": ["2026-12-24"] * 367}, "extra", "at most 366"),
    "a choice for no date": Bad({"choices": {"2026-12-02": "skip"}}, "choices.2026-12-02", "not a date of", STORED),
    "a choice of trumpets": Bad({"choices": {TRUMPETS: "skip"}}, "choices.🎺", "at most 19 characters", STORED),
    "a choice that is none": Bad(
        {"choices": {"2026-12-01": "burn"}}, "choices.2026-12-01", "must be book, skip, hold, keep or", STORED
    ),
    "a move backwards": Bad(
        {"choices": {"2026-12-01": {"move": {"starts": "2026-12-01T20:00", "ends": "2026-12-01T19:00"}}}},
        "choices.2026-12-01.ends",
        "must be after starts",
        STORED,
    ),
}


def refused(answer: httpx.Response, status: int = 422) -> Json:
    """The problem, which is short whatever was sent."""
    assert answer.status_code == status, answer.text[:A_WHILE]
    assert answer.headers["content-type"] == "application/problem+json"
    assert len(answer.content) < A_WHILE
    problem: Json = answer.json()
    return problem


async def send(client: httpx.AsyncClient, path: str, body: Json, method: str = "POST") -> httpx.Response:
    return await client.request(method, path, content=json.dumps(body), headers={"Content-Type": "application/json"})


@pytest.mark.parametrize("case", SINGLE_WISH)
async def test_a_single_wish_that_cannot_be_is_refused_everywhere_by_field_and_limit(
    village: httpx.AsyncClient, container: Container, openapi: Json, case: str
) -> None:
    await _everywhere(village, container, openapi, SINGLE_WISH[case], SINGLE, WISH)


@pytest.mark.parametrize("case", SERIES_WISH)
async def test_a_series_that_cannot_be_is_refused_everywhere_by_field_and_limit(
    village: httpx.AsyncClient, container: Container, openapi: Json, case: str
) -> None:
    await _everywhere(village, container, openapi, SERIES_WISH[case], SERIES, DANCE)


async def _everywhere(
    client: httpx.AsyncClient, container: Container, openapi: Json, bad: Bad, routes: dict[str, str], wish: Json
) -> None:
    before = await row_counts(container)
    for route in routes.keys() & (bad.at or routes.keys()):
        known = _fields(openapi, routes[route])
        body = {name: value for name, value in (wish | bad.changes).items() if name in known}
        problem = refused(await send(client, routes[route], body))
        [error] = problem["errors"]
        assert error["field"].startswith(bad.field), route
        assert bad.words in error["message"], route
    assert await row_counts(container) == before


def _fields(document: Json, path: str) -> set[str]:
    """What the body of a POST may have."""
    operation = document["paths"][path.replace(f"/{SITE}/", "/{site}/")]["post"]
    ref = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    return set(document["components"]["schemas"][ref.rpartition("/")[2]]["properties"])


CHANGES: dict[str, tuple[Json, str, str]] = {
    "end before start": ({"ends": "2026-11-26T17:00"}, "ends", "must be after starts"),
    "a time that does not exist": ({"starts": "2027-03-28T01:30"}, "starts", "02:00 is the next time there is"),
    "the year 9999": ({"ends": "9999-12-31T23:59"}, "ends", "the year must be 2000 to 2199"),
    "a name of trumpets": ({"title": TRUMPETS}, "title", "at most 200 characters"),
    "a name that nobody sees": ({"title": "\u200b"}, "title", "something that can be seen"),
    "seats below zero": ({"seats": -1}, "seats", "at least 1"),
    "a version below one": ({"version": 0}, "version", "at least 1"),
}


@pytest.mark.parametrize("case", CHANGES)
async def test_a_change_that_cannot_be_leaves_the_booking_as_it_is(
    village: httpx.AsyncClient, container: Container, case: str
) -> None:
    changes, field, words = CHANGES[case]
    stood = await look(village, await book(village))
    before = await row_counts(container)
    problem = refused(await send(village, f"{API}/bookings/{stood['id']}", changes, "PATCH"))
    assert [(each["field"], words in each["message"]) for each in problem["errors"]] == [(field, True)]
    assert await row_counts(container) == before
    assert await look(village, stood) == stood


async def test_ten_thousand_people_in_a_room_for_sixty_are_refused_with_both_figures(
    any_village: httpx.AsyncClient, any_container: Container
) -> None:
    made = await book(any_village)
    before = await row_counts(any_container)
    crowd = {"people": 10_000}
    for method, path, body in (
        ("POST", SINGLE["book"], WISH | crowd | {"starts": "2026-11-26T21:00", "ends": "2026-11-26T22:00"}),
        ("POST", SINGLE["wait"], WISH | crowd),
        ("PATCH", f"{API}/bookings/{made['id']}", crowd),
    ):
        problem = refused(await send(any_village, path, body, method), 409)
        [reason] = [each for each in problem["reasons"] if each["kind"] == "capacity"]
        assert (reason["field"], reason["asked"], reason["limit"]) == ("people", 10_000, 60)
    series = refused(await send(any_village, SERIES["series"], DANCE | crowd), 409)
    assert "10,000 people are more than Hall holds (60)" in series["errors"][0]["message"]
    assert await row_counts(any_container) == before


async def test_nobody_waits_for_more_chairs_or_places_than_there_are(
    village: httpx.AsyncClient, container: Container
) -> None:
    await village.put(f"{AT_SITE}/equipment/chair", json={"name": "Chair", "count": 40})
    await village.put(f"{AT_SITE}/spaces/desks", json={"name": "Desks", "kind": "pool", "pool_size": 4})
    await book(village, space="desks", seats=3)
    await book(village, space="yard", equipment={"chair": 30})
    before = await row_counts(container)
    never: list[Json] = [{"equipment": {"piano": 1}}, {"equipment": {"chair": 41}}, {"space": "desks", "seats": 5}]
    for changes in never:
        problem = refused(await send(village, SINGLE["wait"], WISH | changes), 409)
        assert problem["type"].endswith((":not-possible", ":clash"))
    assert await row_counts(container) == before
    one_day: list[Json] = [{"equipment": {"chair": 40}}, {"space": "desks", "seats": 4}]
    for changes in one_day:
        assert (await send(village, SINGLE["wait"], WISH | changes)).status_code == 201


@pytest.mark.parametrize(
    ("starts", "ends", "shown"),
    [
        ("2027-10-31T01:30", "2027-10-31T02:30", ("01:30:00+01:00", "02:30:00+00:00")),
        ("2027-10-31T01:30:00+01:00", "2027-10-31T01:30:00+00:00", ("01:30:00+01:00", "01:30:00+00:00")),
        ("2027-10-31T01:30:00+00:00", "2027-10-31T02:30", ("01:30:00+00:00", "02:30:00+00:00")),
    ],
)
async def test_the_hour_that_comes_twice_is_the_first_or_the_one_its_offset_says(
    village: httpx.AsyncClient, starts: str, ends: str, shown: tuple[str, str]
) -> None:
    made = await book(village, starts=starts, ends=ends)
    assert (made["starts"][11:], made["ends"][11:]) == shown


ELSEWHERE: dict[str, tuple[str, str, str, str, str]] = {
    "25 hours on a day of 23": (
        "GET",
        f"{AT_SITE}/free?from=2027-03-28&to=2027-03-29&minutes=1500",
        "",
        "minutes",
        "1380 minutes apart",
    ),
    "coordinates that are no number": (
        "GET",
        f"{API}/free?from=2026-11-26&to=2026-11-27&latitude=nan&longitude=0",
        "",
        "latitude",
        "a number",
    ),
    "the years 1 to 9999": ("GET", f"{AT_SITE}/bookings?from=0001-01-01&to=9999-12-31", "", "from", "2000 to 2199"),
    "hours to 25 o'clock": (
        "PUT",
        f"{AT_SITE}/hours",
        '{"pattern": [{"weekday": 6, "opens": "00:00", "closes": "25:00", "mode": "staffed"}]}',
        "pattern.0.closes",
        "24:00",
    ),
    "an unknown zone": ("PUT", f"{API}/sites/moor", '{"name": "Moor", "zone": "Mars/Base"}', "zone", "Europe/London"),
    "a zone that is a path": (
        "PUT",
        f"{API}/sites/moor",
        '{"name": "Moor", "zone": "../../etc/hosts"}',
        "zone",
        "not a time zone",
    ),
    "a latitude that is no number": (
        "PUT",
        f"{API}/sites/moor",
        '{"name": "Moor", "zone": "UTC", "latitude": NaN}',
        "latitude",
        "a number",
    ),
    "a latitude without end": (
        "PUT",
        f"{API}/sites/moor",
        '{"name": "Moor", "zone": "UTC", "latitude": 1e999}',
        "latitude",
        "a number",
    ),
    "money that is no number": (
        "PUT",
        f"{AT_SITE}/tariffs",
        '{"rates": [{"name": "x", "per_hour_pence": NaN}]}',
        "rates.0.per_hour_pence",
        "whole number",
    ),
    "half a penny": (
        "PUT",
        f"{AT_SITE}/tariffs",
        '{"rates": [{"name": "x", "per_hour_pence": 12.5}]}',
        "rates.0.per_hour_pence",
        "whole number",
    ),
    "money below zero": (
        "PUT",
        f"{AT_SITE}/tariffs",
        '{"rates": [{"name": "x", "per_hour_pence": -1}]}',
        "rates.0.per_hour_pence",
        "at least 0",
    ),
    "VAT without end": ("PUT", f"{AT_SITE}/tariffs", '{"vat_percent": "Infinity"}', "vat_percent", "a number"),
    "a policy of trumpets": (
        "PUT",
        f"{AT_SITE}/policy",
        json.dumps({"rules": [{"name": TRUMPETS}]}),
        "rules.0.name",
        "at most 200",
    ),
    "a closure backwards": (
        "POST",
        f"{AT_SITE}/closures",
        '{"reason": "x", "first": "2026-12-02", "last": "2026-12-01"}',
        "last",
        "before",
    ),
    "a party of trumpets": (
        "PUT",
        f"{API}/parties/choir",
        json.dumps({"kind": "group", "name": TRUMPETS}),
        "name",
        "at most 200",
    ),
    "a calendar that is a web page": (
        "POST",
        f"{AT_SITE}/calendar?space=hall",
        "<!doctype html><title>Sign in</title>",
        "body",
        "web page",
    ),
    "a site file that is a web page": (
        "PUT",
        f"{AT_SITE}/file",
        "<!doctype html><title>Sign in</title>",
        "body",
        "not TOML",
    ),
    "a spreadsheet that is a web page": (
        "POST",
        f"{AT_SITE}/bookings/import",
        "<!doctype html>\n<title>Sign in</title>",
        "body",
        "title",
    ),
    "a field with many names": ("POST", f"{AT_SITE}/bookings", json.dumps({"x" * 500_000: 1}), "space", "is missing"),
    "a nest of brackets": ("POST", f"{AT_SITE}/bookings", "[" * 1_000_000, "body", "must be a JSON object"),
    "a nest of names": ("POST", f"{AT_SITE}/bookings", '{"a":' * 150_000, "body", "must be a JSON object"),
    "bytes that are no text": ("POST", f"{AT_SITE}/bookings", "\udcff", "body", "must be a JSON object"),
}
KINDS = {"file": "application/toml", "calendar": "text/calendar", "import": "text/csv"}


@pytest.mark.parametrize("case", ELSEWHERE)
async def test_what_cannot_be_is_refused_by_field_and_limit(
    village: httpx.AsyncClient, container: Container, case: str
) -> None:
    method, path, body, field, words = ELSEWHERE[case]
    before = await row_counts(container)
    if method == "PUT" and body.startswith("{"):
        body = body.replace("{", '{"version": 0, ', 1)
    kind = KINDS.get(path.partition("?")[0].rpartition("/")[2], "application/json")
    answer = await village.request(
        method, path, content=body.encode("utf-8", "surrogateescape"), headers={"Content-Type": kind}
    )
    error = refused(answer)["errors"][0]
    assert (error["field"], words in error["message"]) == (field, True), error
    assert await row_counts(container) == before


@pytest.mark.parametrize("path", ["bookings/..%2f..%2fsites", "sites/ramsey/spaces/a%2fb", "sites/%00/bookings"])
async def test_an_id_with_a_path_in_it_leads_nowhere(
    village: httpx.AsyncClient, container: Container, path: str
) -> None:
    before = await row_counts(container)
    for method in ("GET", "PUT", "POST", "DELETE"):
        answer = await village.request(method, f"{API}/{path}", json={"name": "x"})
        assert answer.status_code in {404, 405, 422}
        assert answer.headers["content-type"] == "application/problem+json"
    assert await row_counts(container) == before


async def test_a_key_sent_again_with_another_booking_books_nothing(
    village: httpx.AsyncClient, container: Container
) -> None:
    key = {"Idempotency-Key": "football-1"}
    assert (await village.post(SINGLE["book"], json=WISH, headers=key)).status_code == 201
    before = await row_counts(container)
    other = await village.post(SINGLE["book"], json=WISH | {"space": "yard"}, headers=key)
    assert "belongs to another request" in refused(other)["detail"]
    assert await row_counts(container) == before
