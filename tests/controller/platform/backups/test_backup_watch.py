"""What is wrong with the backups is said by /readyz, on *Now*, on *All buildings* and in /metrics, until it is over."""

from datetime import timedelta
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry

from controller.app.doctor.machine import backups
from controller.platform.backups.state import LATE, BackupState, BackupWatch, read_state, write_state
from controller.platform.settings import BackupSection, Settings
from edge.wire.doctor_findings import Severity
from tests.controller.clock import ManualClock
from tests.controller.running import NOW, signed_in
from tests.integration.hub import Hub

SET_UP = BackupSection(repository="/mnt/backup/hallkeeper", password_file=Path("/etc/hallkeeper/backup-password"))
GOOD = BackupState(tried_at=NOW, good_at=NOW, snapshot="a3d8f7eb", place="/mnt/backup/hallkeeper")


def test_none_failed_ones_and_late_ones_are_trouble_and_good_ones_are_not(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    watch = BackupWatch(SET_UP, tmp_path, clock)
    assert "no backup has been made yet" in str(watch.trouble())
    write_state(tmp_path, msgspec.structs.replace(GOOD, good_at=None, fault="the disk is full"))
    assert watch.trouble() == "the backup of 25 Nov 2026, 12:00 UTC failed: the disk is full"
    write_state(tmp_path, GOOD)
    assert watch.trouble() is None
    clock.set(NOW + LATE)
    assert watch.trouble() is None
    clock.set(NOW + LATE + timedelta(seconds=1))
    assert "no backup since 25 Nov 2026, 12:00 UTC; look at" in str(watch.trouble())
    tried = msgspec.structs.replace(GOOD, tried_at=clock.now(), fault="the disk is full")
    write_state(tmp_path, tried)
    assert str(watch.trouble()).endswith("the disk is full; the last good one is of 25 Nov 2026, 12:00 UTC")
    registry = CollectorRegistry()
    registry.register(watch)
    assert registry.get_sample_value("hallkeeper_backup_ok") == 0
    assert registry.get_sample_value("hallkeeper_backup_good_timestamp_seconds") == NOW.timestamp()


def test_where_none_are_set_up_nothing_is_said(tmp_path: Path) -> None:
    watch = BackupWatch(BackupSection(), tmp_path, ManualClock(NOW))
    assert (watch.trouble(), watch.last(), list(watch.collect())) == (None, None, [])


def test_the_doctor_says_what_became_of_the_last_one(tmp_path: Path) -> None:
    clock = ManualClock(NOW)
    found = backups(Settings(data_dir=tmp_path), clock)
    assert (found.verdict, found.said) == (Severity.WARN, "no backups by themselves are set up")
    settings = Settings(data_dir=tmp_path, backup=SET_UP)
    assert backups(settings, clock).verdict is Severity.FAIL
    write_state(tmp_path, GOOD)
    found = backups(settings, clock)
    assert found.verdict is Severity.OK
    assert "of 2026-11-25 12:00 UTC was restored as a test" in found.said


def test_a_note_that_cannot_be_read_is_as_none(tmp_path: Path) -> None:
    (tmp_path / "backup-state.json").write_text("{")
    assert read_state(tmp_path) is None


async def test_now_and_all_buildings_say_it(hub: Hub) -> None:
    async with signed_in(hub.app) as client:
        container = hub.container
        assert (await client.get("/api/v1/estate")).json()["backup"] is None
        watch = container.mqtt.backups
        watch.wanted = True
        data_dir = container.settings.data_dir
        write_state(data_dir, msgspec.structs.replace(GOOD, tried_at=container.clock.now(), fault="the disk is full"))
        container.checks["backup"] = watch.ready
        ready = (await client.get("/readyz")).json()
        assert "the disk is full" in ready["checks"]["backup"]
        [alert] = [each for each in (await client.get("/api/v1/sites/ramsey/now")).json()["alerts"] if not each["id"]]
        assert alert["kind"] == "backup"
        assert "The controller's backups need somebody: the backup of" in alert["text"]
        told = (await client.get("/api/v1/estate")).json()["backup"]
        assert "the disk is full" in told["trouble"]
        assert told["good_at"] == "2026-11-25T12:00:00Z"
