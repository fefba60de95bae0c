"""Offline codes at the door: what can be shown is known ahead, and a used code never means another window."""

import hmac
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.doors.offline_code_table import (
    AHEAD,
    AT_ONCE,
    BEHIND,
    BOUND_FOR,
    BoundCodes,
    OfflineCodes,
    Windows,
    bound_file,
    read_bound,
    to_store,
)
from edge.system.durable_files import DiskFiles
from edge.wire.codec import decode, encode
from edge.wire.errors import Malformed
from edge.wire.offline_codes import QUARTER, QUARTERS_MAX, SLOTS, OfflineWindow, offline_code, quarter_at

DOOR, SECRET = "front-door", bytes(range(32))
NIGHTS = [datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)]
"""The instants at which the clocks of London go forward and back."""
T = NIGHTS[1]


def ready(now: datetime, codes: OfflineCodes | None = None) -> OfflineCodes:
    codes = codes if codes is not None else OfflineCodes(DOOR, SECRET)
    for _ in codes.prepare(now):
        pass
    return codes


def window(start_q: int, quarters: int, slot: int = 0, night: datetime = T) -> OfflineWindow:
    return OfflineWindow(start=night + start_q * QUARTER, quarters=quarters, slot=slot)


@pytest.mark.parametrize("night", NIGHTS)
@given(
    start_q=st.integers(-60, 60),
    quarters=st.integers(1, QUARTERS_MAX),
    slot=st.integers(0, SLOTS - 1),
    asked_min=st.integers(-15 * 60, 15 * 60),
)
def test_every_code_inside_its_window_is_known_across_both_clock_changes(
    night: datetime, start_q: int, quarters: int, slot: int, asked_min: int
) -> None:
    meant = window(start_q, quarters, slot, night)
    now = night + timedelta(minutes=asked_min)
    known = meant in _AT[now].windows(offline_code(SECRET, DOOR, meant))
    assert known or now not in meant.during
    near = meant.start - (AHEAD - 1) * QUARTER <= now < meant.during.end + (BEHIND - 1) * QUARTER
    assert known or not near


class _Tables(dict[datetime, OfflineCodes]):
    """One table for each quarter hour that is asked about."""

    def __missing__(self, now: datetime) -> OfflineCodes:
        at = quarter_at(now)
        if at not in self:
            self[at] = ready(at)
        return self[at]


_AT = _Tables()


def test_a_table_built_quarter_by_quarter_equals_one_built_at_once() -> None:
    grown = ready(T)
    for at in (1, 2, 3, 7, 8):
        ready(T + at * QUARTER, grown)
        fresh = ready(T + at * QUARTER)
        assert len(grown) == len(fresh)
        for start_q in (-50, -40, -4, 0, 8, 11, 12):
            for quarters in (1, 30, QUARTERS_MAX):
                code = offline_code(SECRET, DOOR, window(start_q, quarters, 7))
                assert grown.windows(code) == fresh.windows(code)


@pytest.mark.parametrize("step", [timedelta(hours=-1), timedelta(hours=1), timedelta(days=1), timedelta(days=7300)])
def test_a_step_of_the_clock_leaves_the_codes_of_the_new_time(step: timedelta) -> None:
    codes = ready(T + step, ready(T))
    meant = OfflineWindow(start=quarter_at(T + step), quarters=4, slot=3)
    assert codes.windows(offline_code(SECRET, DOOR, meant)) == (meant,)
    assert len(codes) == len(ready(T + step))


def test_the_table_is_built_in_steps_short_enough_to_serve_a_key_in_between() -> None:
    codes = OfflineCodes(DOOR, SECRET)
    steps = sum(1 for _ in codes.prepare(T))
    assert abs(steps - len(codes) / AT_ONCE) < 1
    assert sum(1 for _ in codes.prepare(T)) == 0
    assert sum(1 for _ in codes.prepare(T + QUARTER)) == QUARTERS_MAX * SLOTS // AT_ONCE


def test_a_code_of_another_door_or_secret_means_nothing() -> None:
    codes = ready(T)
    for code in (offline_code(SECRET, "side-door", window(0, 4)), offline_code(bytes(32), DOOR, window(0, 4))):
        assert codes.windows(code) == ()


@pytest.mark.parametrize("digits", ["", "9", "48291", "0123456789", "99999999999", "9٢٣٤٥٦٧٨٩٠"])
def test_a_bad_offline_code_means_nothing(digits: str) -> None:
    assert ready(T).windows(digits) == ()


def test_a_used_code_stays_bound_to_its_window_also_over_a_restart() -> None:
    bound: Windows = {}
    codes, first, other = ready(T, OfflineCodes(DOOR, SECRET, bound)), window(0, 4), window(0, 48)
    code = offline_code(SECRET, DOOR, first)
    assert codes.use(code, first)
    assert not codes.use(code, first)
    assert not codes.use(code, other)  # by chance the same digits
    assert codes.windows(code) == (first,)
    again = OfflineCodes(DOOR, SECRET, bound)
    ready(T + timedelta(days=30), again)
    assert again.windows(code) == (first,)


def test_used_codes_are_forgotten_long_after_their_window() -> None:
    bound: Windows = {}
    ready(T, OfflineCodes(DOOR, SECRET, bound)).use(offline_code(SECRET, DOOR, window(0, 4)), window(0, 4))
    end = window(0, 4).during.end
    assert to_store(bound, end + BOUND_FOR - timedelta(seconds=1)).codes
    assert not to_store(bound, end + BOUND_FOR).codes
    assert not bound


async def test_used_codes_lie_on_the_disk_without_their_digits(tmp_path: Path) -> None:
    files, bound = DiskFiles(tmp_path), dict[bytes, OfflineWindow]()
    code = offline_code(SECRET, DOOR, window(0, 4))
    ready(T, OfflineCodes(DOOR, SECRET, bound)).use(code, window(0, 4))
    assert await read_bound(files, DOOR) == BoundCodes()
    files.replace(bound_file(DOOR), encode(to_store(bound, T)))
    assert await read_bound(files, DOOR) == to_store(bound, T)
    kept = files.read(f"offline/{DOOR}.json") or b""
    assert kept
    assert code.encode() not in kept
    files.replace(f"offline/{DOOR}.json", b"{spoilt")
    assert await read_bound(files, DOOR) is None


@pytest.mark.parametrize(("minutes", "quarters", "slot"), [(7, 4, 0), (0, 0, 0), (0, 49, 0), (0, 4, 8), (0, 4, -1)])
def test_a_window_starts_on_a_quarter_hour_and_lasts_twelve_hours_at_most(
    minutes: int, quarters: int, slot: int
) -> None:
    text = f'{{"start":"2026-10-25T01:{minutes:02}:00Z","quarters":{quarters},"slot":{slot}}}'
    with pytest.raises(Malformed):
        decode(text.encode(), OfflineWindow)


def test_a_code_is_the_hmac_that_its_format_says() -> None:
    meant = window(1, 5, 3)
    start = int((meant.start - datetime(1970, 1, 1, tzinfo=UTC)) / QUARTER)
    text = f"offline_code\0{DOOR}\0{start}\0005\0003".encode()
    value = int.from_bytes(hmac.digest(SECRET, text, "sha256")[:8]) % 10**9
    assert offline_code(SECRET, DOOR, meant) == f"9{value:09}"
