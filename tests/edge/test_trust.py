"""How far the clock is believed."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.trust import Floor, Timekeeper, kernel_synchronised, machine_boot_id
from edge.wire.decide import ClockTrust

NOON = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def keeper(
    *, now: datetime = NOON, floor: datetime | None = NOON - HOUR, rtc: bool = False, boot: str = "b"
) -> Timekeeper:
    kept = Floor(at=floor, machine_boot="a") if floor is not None else None
    return Timekeeper(floor=kept, machine_boot=boot, rtc=rtc, now=now, mono=0.0)


def test_after_a_power_cut_without_a_battery_clock_nothing_vouches_for_the_time() -> None:
    assert keeper().trust is ClockTrust.UNPROVEN


def test_a_battery_clock_vouches_for_it() -> None:
    assert keeper(rtc=True, floor=NOON - 30 * DAY).trust is ClockTrust.HOLDOVER


def test_an_agent_restarted_on_a_running_machine_holds_over() -> None:
    assert keeper(boot="a").trust is ClockTrust.HOLDOVER


def test_an_agent_restarted_before_anything_proved_the_time_is_no_wiser() -> None:
    kept = keeper(boot="b").floor(NOON, 10.0)
    again = Timekeeper(floor=kept, machine_boot="b", rtc=False, now=NOON, mono=20.0)
    assert again.trust is ClockTrust.UNPROVEN


def test_a_clock_below_the_floor_stands_at_the_floor() -> None:
    time = keeper(now=datetime(1970, 1, 1, tzinfo=UTC), floor=NOON)
    assert time.now(datetime(1970, 1, 1, 0, 0, 10, tzinfo=UTC), 10.0) == NOON + timedelta(seconds=10)
    assert time.trust is ClockTrust.UNPROVEN


def test_a_time_service_within_a_day_of_the_floor_is_believed() -> None:
    time = keeper()
    seen = []
    for mono, synchronised in ((0.0, True), (3600.0, False)):
        time.look(NOON + timedelta(seconds=mono), mono, synchronised=synchronised)
        seen.append(time.trust)
    assert seen == [ClockTrust.SYNCED, ClockTrust.HOLDOVER]


def test_a_step_of_20_years_forward_is_not_believed_even_from_a_time_service() -> None:
    time = keeper()
    time.look(NOON, 0.0, synchronised=True)
    time.look(NOON + 20 * 365 * DAY, 10.0, synchronised=True)
    assert time.now(NOON + 20 * 365 * DAY, 11.0) == NOON + timedelta(seconds=11)
    assert time.trust is ClockTrust.HOLDOVER


def test_time_goes_back_for_nobody_but_a_signed_hello_of_this_session() -> None:
    time = keeper()
    time.look(NOON, 0.0, synchronised=True)
    assert time.now(NOON - HOUR, 10.0) == NOON + timedelta(seconds=10)
    assert time.hello(NOON - HOUR, NOON - HOUR, 10.0, session_began=5.0)
    assert time.now(NOON - HOUR, 11.0) <= NOON - HOUR + timedelta(seconds=1)


@pytest.mark.parametrize("fast", [HOUR, 23 * HOUR, 2 * DAY, -HOUR])
def test_a_wrong_clock_is_not_followed_again_after_a_hello_corrected_it(fast: timedelta) -> None:
    time = keeper(now=NOON + fast, floor=None)
    assert time.hello(NOON, NOON + fast, 10.0, session_began=5.0)
    for mono in (11.0, 100.0, 10_000.0):
        passed = timedelta(seconds=mono - 10)
        time.look(NOON + fast + passed, mono, synchronised=False)
        assert time.now(NOON + fast + passed, mono) == NOON + passed


def test_a_hello_held_back_proves_nothing() -> None:
    time = keeper()
    assert not time.hello(NOON - HOUR, NOON, 100.0, session_began=5.0)
    assert time.trust is ClockTrust.UNPROVEN


def test_a_long_outage_ends_in_a_hello_that_moves_the_clock_far_forward() -> None:
    time = keeper(floor=NOON - 40 * DAY)
    assert time.now(NOON, 1.0) == NOON - 40 * DAY + timedelta(seconds=1)
    assert time.hello(NOON, NOON, 2.0, session_began=1.0)
    assert time.now(NOON + timedelta(seconds=1), 3.0) == NOON + timedelta(seconds=1)
    assert time.trust is ClockTrust.HOLDOVER


@given(st.lists(st.tuples(st.floats(-2e5, 2e5), st.floats(0, 100), st.booleans()), max_size=30))
def test_time_never_goes_back_whatever_the_clock_does(steps: list[tuple[float, float, bool]]) -> None:
    time, mono, wall, last = keeper(), 0.0, NOON, NOON - HOUR
    for step, wait, synchronised in steps:
        mono += wait
        wall += timedelta(seconds=wait + step)
        time.look(wall, mono, synchronised=synchronised)
        now = time.now(wall, mono)
        assert now >= last
        last = now


@pytest.mark.parametrize("mono", [0.0, 60.0])
def test_the_floor_is_what_has_certainly_passed(mono: float) -> None:
    floor = keeper(rtc=True).floor(NOON + timedelta(seconds=mono), mono)
    assert floor == Floor(at=NOON + timedelta(seconds=mono), machine_boot="b")


def test_the_machine_can_be_asked() -> None:
    assert kernel_synchronised() in (True, False)
    assert len(machine_boot_id()) == 36
