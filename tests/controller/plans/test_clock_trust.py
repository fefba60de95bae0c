"""How far the controller believes its clock: synced, holdover, unproven."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from controller.plans.clock_trust import ClockDoubtful, ClockMonitor, Sources
from edge.wire.access_decision import ClockTrust

NOW = datetime(2026, 11, 26, 7, 0, tzinfo=UTC)
DAY = timedelta(days=1)
SYNCED, HOLDOVER, UNPROVEN = ClockTrust.SYNCED, ClockTrust.HOLDOVER, ClockTrust.UNPROVEN


class Machine:
    """A clock that can be set, and the time service that sets it."""

    def __init__(self) -> None:
        self.at, self.passed = NOW, 1000.0
        self.synchronised = False
        self.battery: datetime | None = None
        self.boot = "boot-1"

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        raise AssertionError("it leaves out what the machine sleeps")

    async def sleep(self, seconds: float) -> None:
        raise AssertionError("nobody sleeps here")

    def pass_time(self, time: timedelta) -> None:
        self.at += time
        self.passed += time.total_seconds()

    def watch(self, folder: Path, *, seen_right: date | None = None) -> ClockMonitor:
        sources = Sources(
            synchronised=lambda: self.synchronised,
            battery=lambda: self.battery,
            boot=lambda: self.boot,
            passed=lambda: self.passed,
        )
        return ClockMonitor(self, sources, file=folder / "clock.json", seen_right=seen_right)


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.mark.parametrize(
    ("vouches", "trust"),
    [
        pytest.param({}, UNPROVEN, id="nothing"),
        pytest.param({"synchronised": True}, SYNCED, id="a time service"),
        pytest.param({"battery": NOW + timedelta(seconds=30)}, HOLDOVER, id="a battery clock"),
        pytest.param({"battery": NOW + timedelta(hours=3)}, UNPROVEN, id="a battery clock that says another time"),
    ],
)
def test_at_the_start_the_clock_is_believed_as_something_vouches_for_it(
    machine: Machine, vouches: dict[str, object], trust: ClockTrust, tmp_path: Path
) -> None:
    for name, value in vouches.items():
        setattr(machine, name, value)
    watch = machine.watch(tmp_path)
    assert watch.trust is trust
    assert (trust is UNPROVEN) is ("as in clock_right_on = " in (watch.doubt or ""))


@pytest.mark.parametrize(
    ("day", "trust"),
    [(NOW.date(), HOLDOVER), (NOW.date() - DAY, HOLDOVER), (NOW.date() - 2 * DAY, UNPROVEN), (None, UNPROVEN)],
)
def test_somebody_who_looked_vouches_for_that_day(
    machine: Machine, day: date | None, trust: ClockTrust, tmp_path: Path
) -> None:
    assert machine.watch(tmp_path, seen_right=day).trust is trust


def test_what_was_set_once_holds_over_without_the_time_service_and_the_bound_grows(
    machine: Machine, tmp_path: Path
) -> None:
    machine.synchronised = True
    watch = machine.watch(tmp_path)
    assert (watch.trust, watch.error_s) == (SYNCED, 0.0)
    machine.synchronised = False
    machine.pass_time(35 * DAY)
    watch.look()
    assert watch.trust is HOLDOVER
    assert watch.error_s == pytest.approx(302.4)
    machine.pass_time(70 * DAY)
    assert watch.trust is UNPROVEN
    machine.synchronised = True
    watch.look()
    assert watch.trust is SYNCED


def test_a_controller_restarted_in_the_same_boot_is_in_holdover_and_after_a_power_cut_is_not(
    machine: Machine, tmp_path: Path
) -> None:
    machine.synchronised = True
    machine.watch(tmp_path)
    machine.synchronised = False
    machine.pass_time(timedelta(hours=5))
    assert machine.watch(tmp_path).trust is HOLDOVER
    machine.boot = "boot-2"
    assert machine.watch(tmp_path).trust is UNPROVEN


@pytest.mark.parametrize("step", [2 * DAY, -2 * DAY, 7300 * DAY])
@pytest.mark.parametrize("restarted", [False, True])
def test_a_step_of_more_than_a_day_is_not_believed_until_it_is_undone_or_somebody_checked(
    machine: Machine, step: timedelta, restarted: bool, tmp_path: Path
) -> None:
    machine.synchronised = True
    watch = machine.watch(tmp_path)
    machine.pass_time(timedelta(minutes=10))
    machine.at += step
    if restarted:
        watch = machine.watch(tmp_path)
    with pytest.raises(ClockDoubtful, match="the clock was set to"):
        watch.check()
    said = watch.doubt
    machine.pass_time(timedelta(minutes=1))
    assert (watch.trust, watch.doubt) == (UNPROVEN, said)
    assert machine.watch(tmp_path, seen_right=machine.at.date()).trust is SYNCED
    machine.at -= step
    watch.check()
    assert watch.trust is SYNCED


def test_a_smaller_step_is_a_time_service_at_work(machine: Machine, tmp_path: Path) -> None:
    machine.synchronised = True
    watch = machine.watch(tmp_path)
    machine.at += timedelta(hours=23)
    watch.check()
    assert watch.trust is SYNCED


@pytest.mark.parametrize("kept", [b"", b"{}", b'{"boot":"boot-1"}', b"\xff" * 100])
def test_a_file_that_says_nothing_vouches_for_nothing(machine: Machine, kept: bytes, tmp_path: Path) -> None:
    (tmp_path / "clock.json").write_bytes(kept)
    assert machine.watch(tmp_path).trust is UNPROVEN
