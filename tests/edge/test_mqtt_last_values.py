"""The last values of MQTT devices: which become an event, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from edge.sensors.mqtt_devices.last_values import (
    CHANGE_S,
    DEVICES_LIMIT,
    FORGET_S,
    NEVER,
    STEADY_S,
    LastValues,
    device_id,
)
from edge.sensors.mqtt_devices.report import Aside, Family, Reading, Report
from edge.wire.ids import is_slug
from edge.wire.readings import ReadingKind

NOW = datetime(2026, 3, 28, 17, tzinfo=UTC)


def report(*readings: tuple[ReadingKind, float], device: str = "a", at: datetime | None = None) -> Report:
    return Report(family=Family.SHELLY, device=device, readings=tuple(Reading(*each, at) for each in readings))


def told(book: LastValues, mono: float) -> list[dict[str, float]]:
    return [dict(data.values) for _, data in book.events(mono)]


def test_a_change_is_told_at_once_and_the_next_five_seconds_later() -> None:
    book = LastValues()
    book.take(report((ReadingKind.OPEN, 1)), 0)
    assert told(book, 0) == [{"open": 1}]
    book.take(report((ReadingKind.OPEN, 0)), 1)
    assert told(book, CHANGE_S - 0.1) == []
    assert book.due() == CHANGE_S
    assert told(book, CHANGE_S) == [{"open": 0}]


def test_other_values_are_told_once_a_minute_and_the_last_counts() -> None:
    book = LastValues()
    found = []
    for at in range(120):
        book.take(report((ReadingKind.TEMPERATURE, 20 + at / 10)), at)
        found += [(at, dict(data.values), data.replaced) for _, data in book.events(at)]
    assert found == [(0, {"temperature": 20}, 0), (STEADY_S, {"temperature": 26}, STEADY_S - 1)]


def test_somebody_who_moved_is_told_though_they_stand_still_again() -> None:
    book = LastValues()
    book.take(report((ReadingKind.MOTION, 0)), 0)
    book.events(0)
    book.take(report((ReadingKind.MOTION, 1)), 1)
    book.take(report((ReadingKind.MOTION, 0)), 2)
    assert told(book, CHANGE_S) == [{"motion": 1}]
    assert told(book, 2 * CHANGE_S) == [{"motion": 0}]


def test_what_the_broker_had_kept_is_measured_only_if_it_is_recent() -> None:
    book = LastValues()
    book.take(report((ReadingKind.CO2, 900)), 0, kept_at=NOW)
    book.take(report((ReadingKind.CO2, 901), at=NOW - timedelta(hours=1)), 0, kept_at=NOW)
    book.take(report((ReadingKind.CO2, 902), at=NOW - timedelta(minutes=1)), 0, kept_at=NEVER)
    ((_, data),) = book.events(0)
    assert (data.values, data.set_aside) == ({}, {Aside.OLD: 3})
    book.take(report((ReadingKind.CO2, 903), at=NOW - timedelta(minutes=1)), 1, kept_at=NOW)
    assert told(book, STEADY_S) == [{"co2": 903}]


def test_facts_of_a_node_hold_for_its_parts_and_make_no_device() -> None:
    book = LastValues()
    book.take(Report(family=Family.TASMOTA, device="hall", available=True, link=70), 0)
    assert len(book) == 0
    sensor = (Reading(ReadingKind.TEMPERATURE, 20),)
    book.take(Report(family=Family.TASMOTA, device="hall", part="AM2301", readings=sensor), 0)
    ((device, data),) = book.events(0)
    assert (device, data.name, data.available, data.link) == ("tasmota-hall-am2301-b8e6559b", "hall/AM2301", True, 70)
    book.take(Report(family=Family.TASMOTA, device="hall", available=False), 1)
    ((_, gone),) = book.events(CHANGE_S)
    assert gone.available is False


def test_no_more_devices_than_the_limit_and_a_silent_one_makes_room() -> None:
    book = LastValues()
    for number in range(DEVICES_LIMIT + 5):
        book.take(report((ReadingKind.CO2, 500), device=f"d{number}"), number)
    assert (len(book), book.foreign) == (DEVICES_LIMIT, 5)
    book.take(report((ReadingKind.CO2, 500), device="late"), FORGET_S + 1)
    assert "shelly-late" in dict(book.events(FORGET_S + 1))
    assert len(book) == DEVICES_LIMIT


@pytest.mark.parametrize("name", ["hall/front_door", "hall-front-door", "Hall Front Door", "é" * 90, "", "x" * 200])
def test_an_id_is_a_slug_of_its_own(name: str) -> None:
    assert is_slug(device_id(Family.ZIGBEE2MQTT, name))
    assert device_id(Family.ZIGBEE2MQTT, name) != device_id(Family.ZIGBEE2MQTT, f"{name}/")
