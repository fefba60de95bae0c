"""What became of the last backup, in a file beside the database, and what is wrong with it: for /readyz, *Now*, *All
buildings* and /metrics."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from controller.db.backup import BACKUP_STATE
from controller.platform.key_files import replace_file
from controller.platform.settings import BackupSection
from edge.wire.clock import Clock

LATE = timedelta(hours=36)
"""A backup a day, and half a day to notice that there was none."""


class BackupState(msgspec.Struct, frozen=True, kw_only=True):
    """``tried_at``: when the last one was begun. ``fault``: what went wrong with it; empty for nothing. ``good_at``:
    when the last one was made that was restored and compared; of that one are ``snapshot``, its id, and how many
    ``files``, and ``rows`` in how many ``tables``, it has. ``added``: bytes that it added to the repository at
    ``place``."""

    tried_at: datetime
    fault: str = ""
    good_at: datetime | None = None
    snapshot: str = ""
    files: int = 0
    tables: int = 0
    rows: int = 0
    added: int = 0
    place: str = ""


def read_state(data_dir: Path) -> BackupState | None:
    """``None`` where none was tried, or what is there cannot be read."""
    try:
        return msgspec.json.decode((data_dir / BACKUP_STATE).read_bytes(), type=BackupState)
    except (OSError, msgspec.MsgspecError):
        return None


def write_state(data_dir: Path, state: BackupState) -> None:
    """Raises ``OSError``."""
    replace_file(data_dir / BACKUP_STATE, msgspec.json.encode(state))


class BackupWatch(Collector):
    """Says whether the backups that are set up are made, and can be restored."""

    def __init__(self, backup: BackupSection, data_dir: Path, clock: Clock) -> None:
        self.wanted = bool(backup.repository)
        self._data_dir = data_dir
        self._clock = clock
        self._read: tuple[int, BackupState | None] = (0, None)

    def trouble(self) -> str | None:
        """What is wrong, and what to do; ``None`` also where no backups are set up."""
        if not self.wanted:
            return None
        state = self.last()
        if state is None:
            return "no backup has been made yet; run `hallkeeper controller backup`"
        last = "" if state.good_at is None else f"; the last good one is of {_day(state.good_at)}"
        if state.fault:
            return f"the backup of {_day(state.tried_at)} failed: {state.fault}{last}"
        if state.good_at is None or self._clock.now() - state.good_at > LATE:
            return (
                f"no backup since {_day(state.good_at or state.tried_at)}; look at `systemctl list-timers "
                "hallkeeper-backup.timer` and `journalctl -u hallkeeper-backup`"
            )
        return None

    async def ready(self) -> str | None:
        """For /readyz."""
        return self.trouble()

    def last(self) -> BackupState | None:
        """What became of the last one. ``None`` also where no backups are set up."""
        if not self.wanted:
            return None
        try:
            changed = (self._data_dir / BACKUP_STATE).stat().st_mtime_ns
        except OSError:
            return None
        if changed != self._read[0]:
            self._read = (changed, read_state(self._data_dir))
        return self._read[1]

    def collect(self) -> Iterator[Metric]:
        if not self.wanted:
            return
        state = self.last()
        well = GaugeMetricFamily("hallkeeper_backup_ok", "1 while the last backup is restored, equal and not late")
        well.add_metric([], float(self.trouble() is None))
        yield well
        if state is not None and state.good_at is not None:
            good = GaugeMetricFamily("hallkeeper_backup_good_timestamp_seconds", "When the last good backup was made")
            good.add_metric([], state.good_at.timestamp())
            yield good


def _day(at: datetime) -> str:
    return f"{at:%-d %b %Y, %H:%M} UTC"
