"""Events in words, as somebody who watches the building reads them."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from edge.wire import events
from edge.wire.access_decision import ClockTrust, Reason
from edge.wire.credentials import CredentialKind, Method
from firmware_sim.event_words import words_of

AT = datetime(2026, 11, 25, 18, 2, 11, tzinfo=UTC)
DOORS = {"front-door": "Front door"}
BOOKING = "01a224bd-248e-79fe-93b8-7464feb12fac"


def _access(granted: bool, reason: Reason, **more: object) -> events.AccessData:
    data = {"door": "front-door", "granted": granted, "reason": reason, "method": Method.CODE, **more}
    return msgspec.convert(data, events.AccessData, from_attributes=True)


@pytest.mark.parametrize(
    ("data", "said", "tone"),
    [
        (
            _access(True, Reason.GRANTED, booking=BOOKING, credential=CredentialKind.BOOKING_CODE),
            "Front door: opened with a booking code (Ramsey Choir)",
            "ok",
        ),
        (_access(False, Reason.UNKNOWN), "Front door: refused: no such code at this door", "bad"),
        (_access(False, Reason.UNKNOWN, method=Method.CARD), "Front door: refused: no such card at this door", "bad"),
        (_access(False, Reason.UNKNOWN, times=7), "Front door: refused: no such code at this door, 7 times", "bad"),
        (events.DoorData(door="front-door", change=events.DoorChange.OPENED), "Front door: opened", "plain"),
        (events.DoorData(door="front-door", change=events.DoorChange.FORCED), "Front door: forced open", "bad"),
        (
            events.FootfallData(
                counter="front-beams", door="front-door", ins=2, outs=1, total_ins=9, total_outs=8, turned_back=1
            ),
            "Front door: counted 2 came in, 1 came out, 1 turned back",
            "ok",
        ),
        (
            events.LockoutData(door="front-door", reader="keypad", until=AT, tries=5),
            "Front door: 5 wrong codes at keypad: typed codes are refused for a while; cards work",
            "bad",
        ),
        (
            events.OutageData(start=AT - timedelta(minutes=4), end=AT),
            "The Pi: was not running for a while; nobody knows what happened for 4 min",
            "warn",
        ),
        (
            events.FaultData(code="beam_blocked", part="outer", present=True),
            "The Pi: the outer beam is blocked",
            "bad",
        ),
    ],
)
def test_an_event_reads_as_one_line(data: events.EventData, said: str, tone: str) -> None:
    words = words_of(_event(data), DOORS, "Ramsey Choir" if "Choir" in said else "")
    assert words is not None
    assert (words.text, words.tone) == (said, tone)


@pytest.mark.parametrize("change", list(events.DoorChange))
def test_every_change_of_a_door_has_words(change: events.DoorChange) -> None:
    words = words_of(_event(events.DoorData(door="front-door", change=change)), DOORS)
    assert words is not None
    assert "Front door" in words.text


def test_what_tells_nothing_about_people_and_doors_is_left_out() -> None:
    for data in (
        events.WifiData(zone="building", stations=3),
        events.FootfallData(counter="front-beams", ins=0, outs=0, total_ins=9, total_outs=9),
    ):
        assert words_of(_event(data), DOORS) is None


def _event(data: events.EventData) -> events.Event:
    return events.Event(
        seq=1,
        boot=BOOKING,
        mono_ms=1,
        at=AT,
        trust=ClockTrust.SYNCED,
        device="front-beams",
        data=msgspec.Raw(msgspec.json.encode(data)),
    )
