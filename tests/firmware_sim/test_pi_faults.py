"""A simulated Pi's disk and clocks fail as real ones do."""

import errno
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from edge.system.durable_files import Folder, SafeFiles
from edge.wire.clock import SystemClock
from firmware_sim.pi_faults import DiskState, FailingMedium, WrongClock


@pytest.fixture
def disk(tmp_path: Path) -> FailingMedium:
    disk = FailingMedium(Folder(tmp_path))
    SafeFiles(disk).replace("old", b"x" * 100)
    return disk


@pytest.mark.parametrize(
    "change",
    [
        lambda files: files.append("old", b"more"),
        lambda files: files.replace("old", b"new"),
        lambda files: files.replace("folder/new", b"new"),
        lambda files: files.remove("old"),
    ],
)
def test_a_read_only_disk_reads_and_never_writes(disk: FailingMedium, change: Callable[[SafeFiles], None]) -> None:
    files = SafeFiles(disk)
    disk.become(DiskState.READ_ONLY)
    with pytest.raises(OSError, match=os.strerror(errno.EROFS)):
        change(files)
    assert files.read("old") == b"x" * 100
    disk.become(DiskState.SOUND)
    change(files)


def test_a_full_disk_writes_what_fits_and_tears_the_rest(disk: FailingMedium) -> None:
    files = SafeFiles(disk)
    disk.become(DiskState.FULL, room=3)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        files.append("old", b"abcdef")
    assert files.read("old") == b"x" * 100 + b"abc"


def test_a_full_disk_has_room_again_for_as_much_as_is_deleted_or_replaced(disk: FailingMedium) -> None:
    files = SafeFiles(disk)
    disk.become(DiskState.FULL, room=10)
    files.replace("old", b"y" * 10)
    files.append("other", b"z" * 100)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        files.append("other", b"z")
    files.remove("other")
    files.append("more", b"z" * 100)


def test_a_wrong_clock_is_wrong_about_the_time_of_day_alone() -> None:
    true = SystemClock()
    clock = WrongClock(true)
    clock.off_s, clock.battery_off_s = 3600.0, None
    assert timedelta(minutes=59) < clock.now() - datetime.now(UTC) <= timedelta(minutes=60)
    assert clock.battery() is None
    assert abs(clock.monotonic() - true.monotonic()) < 60
