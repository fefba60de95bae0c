"""One file makes several processes share a faster clock; without it the machine's own is used."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from edge.wire.clock import ClockFile, ScaledClock, SystemClock, clock_from
from edge.wire.codec import encode
from edge.wire.errors import Malformed

EPOCH = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def an_hour_ago(rate: float) -> ClockFile:
    return ClockFile(epoch=EPOCH, started=datetime.now(UTC) - timedelta(hours=1), rate=rate)


def test_without_a_file_it_is_the_machines_clock() -> None:
    clock = clock_from(None)
    assert isinstance(clock, SystemClock)
    before = datetime.now(UTC), time.monotonic()
    assert before[0] <= clock.now() <= datetime.now(UTC)
    assert before[1] <= clock.monotonic() <= time.monotonic()


@pytest.mark.parametrize("rate", [1, 1.5, 60])
def test_all_readers_of_the_file_have_the_same_time_at_the_same_rate(rate: float) -> None:
    file = an_hour_ago(rate)
    clock = clock_from(encode(file))
    least = EPOCH + rate * (datetime.now(UTC) - file.started)
    found, seconds = clock.now(), clock.monotonic()
    most = EPOCH + rate * (datetime.now(UTC) - file.started)
    # Within a second: the machine keeps its own two clocks a little apart.
    assert least - SECOND <= found <= most + SECOND
    assert found.tzinfo is UTC
    assert abs(EPOCH + timedelta(seconds=seconds) - found) <= most - least + SECOND


async def test_a_wait_is_over_once_its_seconds_of_that_clock_have_passed() -> None:
    clock = clock_from(encode(an_hour_ago(60)))
    begun = clock.monotonic()
    await asyncio.wait_for(clock.sleep(6), 60)
    assert clock.monotonic() - begun >= 6 - 0.5


@pytest.mark.parametrize("rate", [0.99, 60.01, -1.0])
def test_a_rate_outside_1_to_60_is_refused(rate: float) -> None:
    with pytest.raises(ValueError, match=f"^rate {rate} is outside 1 to 60$"):
        clock_from(encode(an_hour_ago(rate)))


@pytest.mark.parametrize("fold", [0, 1])
def test_an_epoch_in_the_repeated_hour_is_its_own_instant(fold: int) -> None:
    local = datetime(2026, 10, 25, 1, 30, fold=fold, tzinfo=ZoneInfo("Europe/London"))
    started = datetime.now(UTC)
    clock = ScaledClock(epoch=local, started=started, rate=1)
    first = EPOCH + fold * timedelta(hours=1)
    assert first - SECOND <= clock.now() <= first + (datetime.now(UTC) - started) + SECOND


@pytest.mark.parametrize("data", [b"", b"{}", b'{"epoch":"2026-10-25T00:30:00","started":1,"rate":60}'])
def test_a_bad_clock_file_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        clock_from(data)
