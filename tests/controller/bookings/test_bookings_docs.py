"""The page about the life of a booking: its table is what the code does, and its examples run as they stand."""

import json
import re
import shlex
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from controller.bookings import lifecycle
from controller.bookings.diary.model import Arrival, Booking, BookingState, BookingStatus
from controller.bookings.errors import NotNow
from controller.bookings.lifecycle import BookingAction
from controller.people.permissions import Action
from tests.controller.bookings.hub import asked, booking
from tests.controller.clock import ManualClock

PAGE = (Path(__file__).parents[3] / "docs" / "bookings.md").read_text(encoding="utf-8")
COLUMNS = (
    BookingAction.CHANGE,
    BookingAction.APPROVE,
    BookingAction.DECLINE,
    BookingAction.CANCEL,
    BookingAction.FINISH,
    BookingAction.CHECK_IN,
    BookingAction.RESTORE,
)
DURING = asked().during
BEFORE, WITHIN, AFTER = DURING.start - timedelta(hours=6), DURING.start + timedelta(minutes=30), DURING.end
OPENS = timedelta(minutes=15)
ROWS: dict[str, tuple[Booking, datetime]] = {
    "`requested`": (booking(state=BookingState.REQUESTED), BEFORE),
    "`held`": (booking(state=BookingState.HELD, held_until=DURING.start), BEFORE),
    "`expired`": (booking(state=BookingState.HELD, held_until=BEFORE), BEFORE),
    "`confirmed`, to come": (booking(), BEFORE),
    "`confirmed`, approved last": (booking(state_before=BookingState.HELD, state_at=BEFORE, changed_at=BEFORE), BEFORE),
    "`confirmed`, running": (booking(), WITHIN),
    "`arrived`": (booking(arrived_at=WITHIN, arrived_how=Arrival.TABLET.value), WITHIN),
    "`arrived`, finished early": (
        booking(arrived_at=WITHIN, ends=WITHIN + timedelta(minutes=1), ends_before=DURING.end),
        WITHIN + timedelta(seconds=30),
    ),
    "`finished`": (booking(), AFTER),
    "`no_show`": (booking(state=BookingState.NO_SHOW), AFTER),
    "`declined`": (booking(state=BookingState.DECLINED, state_before=BookingState.HELD), BEFORE),
    "`cancelled`": (booking(state=BookingState.CANCELLED, state_before=BookingState.CONFIRMED), BEFORE),
    "`released`": (booking(state=BookingState.RELEASED, state_before=BookingState.CONFIRMED), WITHIN),
    "over, whatever gave it up": (booking(state=BookingState.CANCELLED, state_before=BookingState.CONFIRMED), AFTER),
}
"""Bookings at every turn of their course, and when they are looked at."""


def cell(act: BookingAction, old: Booking, now: datetime) -> str:
    """Who may do it, and what it is then; empty where it cannot be done or does nothing."""
    try:
        if act is BookingAction.CHANGE:
            lifecycle.require_changeable(old)
            return f"`{lifecycle.needs(act, old)}`"
        if act is BookingAction.CHECK_IN:
            new = lifecycle.check_in(old, now, opens_at=old.starts - OPENS)
        else:
            new = getattr(lifecycle, act.value)(old, now)
    except NotNow:
        return ""
    if new is old:
        return ""
    if new.state in (BookingState.HELD, BookingState.REQUESTED):
        return f"`{lifecycle.needs(act, old)}`: as it was"
    status = BookingStatus.FINISHED if act is BookingAction.FINISH else new.status(now)
    return f"`{lifecycle.needs(act, old)}`: {status}"


def test_the_documented_table_of_allowed_moves_matches_the_code() -> None:
    lines = [
        f"| {name} | " + " | ".join(cell(act, old, now) for act in COLUMNS) + " |" for name, (old, now) in ROWS.items()
    ]
    assert "\n".join(lines) in PAGE, "the table is:\n" + "\n".join(lines)


def test_every_state_and_every_action_is_documented() -> None:
    for word in BookingStatus:
        assert f"`{word}`" in PAGE
    for action in (Action.BOOK, Action.DECIDE):
        assert f"`{action}`" in PAGE


ANY_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
EXAMPLE = re.compile(r"```sh\n(.*?)```\n(?:```json\n(.*?)```)?", re.DOTALL)
CURL = re.compile(r"^(?:#[^\n]*\n)?curl -s (.*)$", re.DOTALL)
MOMENTS = {"check-in": "2026-11-26T17:50:00+00:00", "finish": "2026-11-26T19:09:30+00:00"}
"""When an example of a running booking is tried, by the last word of its address."""


async def test_the_examples_run_and_answer_what_the_page_says(village: httpx.AsyncClient, clock: ManualClock) -> None:
    known = {
        "HK": "http://hub.test/api/v1",
        "TOKEN": village.headers["Authorization"].removeprefix("Bearer "),
        "DAY": "2026-11-26",
        "ID": "",
    }
    examples = EXAMPLE.findall(PAGE)
    assert len(examples) > 5
    for command, expected in examples:
        found = CURL.match(command.strip())
        assert found, command
        assert not ANY_DAY.search(command), "it is to run whatever the day"
        for name, value in known.items():
            command = command.replace(f"${name}", value)
        answer = await _curl(village, clock, shlex.split(command, comments=True)[2:])
        body = answer.json()
        known["ID"] = body.get("id", known["ID"])
        assert _holds(body, json.loads(expected)) if expected else answer.is_success, answer.text


async def _curl(client: httpx.AsyncClient, clock: ManualClock, words: list[str]) -> httpx.Response:
    address, *options = words
    method, headers, body = "GET", {}, None
    for option, value in zip(options[::2], options[1::2], strict=True):
        if option == "-X":
            method = value
        elif option == "-H":
            name, _, text = value.partition(": ")
            headers[name] = text
        else:
            assert option == "--json", option
            method = "POST" if method == "GET" else method
            body = value
            headers["Content-Type"] = "application/json"
    if moment := MOMENTS.get(address.rpartition("/")[2]):
        clock.set(datetime.fromisoformat(moment))
    return await client.request(method, address, headers=headers, content=body)


def _holds(found: Any, expected: Any) -> bool:
    """Whether an answer has at least what is expected of it; of a list the items in their order."""
    if isinstance(expected, dict):
        return isinstance(found, dict) and all(_holds(found.get(name), each) for name, each in expected.items())
    if isinstance(expected, list):
        return len(found) >= len(expected) and all(
            _holds(one, other) for one, other in zip(found, expected, strict=False)
        )
    return bool(found == expected)
