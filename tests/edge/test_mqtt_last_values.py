"""The last values of MQTT devices: which become an event, and when."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import msgspec
import pytest

from edge.sensors.last_values import (
    BUDGET,
    BUDGET_MOST,
    CHANGE_S,
    DEVICES_LIMIT,
    FORGET_S,
    NEVER,
    PATIENCE_S,
    STEADY_S,
    LastValues,
    device_id,
)
from edge.sensors.report import Aside, Family, Reading, Report
from edge.wire.ids import is_slug
from edge.wire.readings import ReadingKind

NOW = datetime(2026, 3, 28, 17, tzinfo=UTC)


def report(*readings: tuple[ReadingKind, float], device: str = "a", at: datetime | None = None) -> Report:
    found = tuple(Reading(*each, at) for each in readings)
    return Report(family=Family.SHELLY, device=device, readings=found, at=at)


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
    book.take(report((ReadingKind.CO2, 800)), 0)
    book.events(0)
    book.take(report((ReadingKind.CO2, 900)), 0, kept_at=NOW)
    book.take(report((ReadingKind.CO2, 901), at=NOW - timedelta(hours=1)), 0, kept_at=NOW)
    book.take(report((ReadingKind.CO2, 902), at=NOW - timedelta(minutes=1)), 0, kept_at=NEVER)
    ((_, data),) = book.events(STEADY_S)
    assert (data.values, data.set_aside) == ({}, {Aside.OLD: 3})
    book.take(report((ReadingKind.CO2, 903), at=NOW - timedelta(minutes=1)), STEADY_S, kept_at=NOW)
    assert told(book, 2 * STEADY_S) == [{"co2": 903}]


def test_of_what_the_broker_had_kept_for_long_only_the_availability_holds_and_nobody_was_heard() -> None:
    book = LastValues()
    kept = Report(family=Family.SHELLY, device="a", battery=80, link=9, readings=(Reading(ReadingKind.CO2, 900),))
    book.take(kept, 0, kept_at=NOW)
    book.take(Report(family=Family.SHELLY, device="a", available=False), 0, kept_at=NOW)
    assert (len(book), book.foreign) == (0, 1)
    book.take(report((ReadingKind.CO2, 500)), 0)
    ((_, data),) = book.events(0)
    assert (data.values, data.battery, data.link, data.available) == ({"co2": 500}, None, None, False)
    for number in range(DEVICES_LIMIT - 1):
        book.take(report((ReadingKind.CO2, 500), device=f"d{number}"), FORGET_S)
    book.take(kept, FORGET_S, kept_at=NOW)
    book.take(report((ReadingKind.CO2, 500), device="late"), FORGET_S)
    assert "shelly-late" in dict(book.events(FORGET_S))


@pytest.mark.parametrize(
    "junk",
    [
        Report(family=Family.SHELLY, device="a", aside=(Aside.MALFORMED,)),
        Report(family=Family.SHELLY, device="a", part="b", battery=5),
        Report(family=Family.SHELLY, device="a", available=True),
    ],
)
def test_a_message_without_a_reading_makes_no_device(junk: Report) -> None:
    book = LastValues()
    book.take(junk, 0)
    assert len(book) == 0


def test_what_a_silent_node_said_of_itself_makes_room() -> None:
    def is_here(number: int) -> Report:
        return Report(family=Family.SHELLY, device=f"d{number}", available=True)

    book = LastValues()
    for number in range(2 * DEVICES_LIMIT):
        book.take(is_here(number), number)
    book.take(is_here(0), 300)
    book.take(is_here(1), 300, kept_at=NOW)
    for late in (1000, 1001):
        book.take(is_here(late), FORGET_S + 1.5)
    for number in (0, 1, 2, 1000):
        book.take(report((ReadingKind.CO2, 500), device=f"d{number}"), FORGET_S + 2)
    here = {data.name: data.available for _, data in book.events(FORGET_S + 2)}
    assert here == {"d0": True, "d1": None, "d2": True, "d1000": True}


# The budget


def test_the_same_value_is_told_again_only_every_fifteen_minutes() -> None:
    book = LastValues()
    found = []
    for at in range(0, 3600, 5):
        steady = (ReadingKind.TEMPERATURE, 20), (ReadingKind.MOTION, 1)
        book.take(msgspec.structs.replace(report(*steady), link=at % 7, device="a"), at)
        found += [(at, each) for each in told(book, at)]
    assert found == [(at, {"temperature": 20, "motion": 1}) for at in (0, 900, 1800, 2700)]


def test_a_value_that_is_back_to_what_was_told_is_told_no_more() -> None:
    book = LastValues()
    for value in (20, 21, 20):
        book.take(report((ReadingKind.TEMPERATURE, value)), 0)
        book.events(0)
    assert told(book, STEADY_S) == []


@pytest.mark.cases_full
def test_all_devices_together_have_a_budget_and_what_was_last_is_told_in_the_end() -> None:
    """Half of them flap every second and half never stand still."""
    book = LastValues()
    by_device: dict[str, list[float]] = {}
    for at in range(2 * 3600):
        for number in range(10):
            book.take(report((ReadingKind.OPEN, at % 2), device=f"flaps{number}"), at)
            book.take(report((ReadingKind.CO2, 400 + at % 100), device=f"drifts{number}"), at)
        for _, data in book.events(at):
            by_device.setdefault(data.name, []).append(at)
    assert 2 * BUDGET < sum(map(len, by_device.values())) <= 2 * BUDGET + BUDGET_MOST
    for times in by_device.values():  # nobody waits for ever
        assert len(by_device) == 20
        assert max(after - before for before, after in pairwise(times)) <= PATIENCE_S + 200
    book.take(report((ReadingKind.CO2, 1234), device="drifts0"), 7200)
    after = [data for at in range(7200, 9000) for _, data in book.events(at) if data.name == "drifts0"]
    assert after[0].values == {"co2": 1234}
    assert after[0].replaced > 0


def test_a_change_does_not_wait_for_values_that_can_wait() -> None:
    book = LastValues()
    for at in range(0, 3600, 10):
        for number in range(60):
            book.take(report((ReadingKind.CO2, 400 + at), device=f"d{number}"), at)
        book.events(at)
    book.take(report((ReadingKind.MOTION, 1), device="pir"), 3600)
    assert {"motion": 1} in told(book, 3600)


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
