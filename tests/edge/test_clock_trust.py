"""How far the clock is believed."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.clock.clock_trust import BATTERY_ERROR_S, DRIFT, HOLDOVER_LIMIT_S, SYNC_ERROR_S, ClockFloor, Timekeeper
from edge.wire.access_decision import ClockTrust
from edge.wire.machine_clock import battery_clock, kernel_synchronised, machine_boot_id, since_boot
from edge.wire.plan import HORIZON

NOON = datetime(2026, 10, 25, 12, 0, tzinfo=UTC)
HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
DEAD = datetime(1970, 1, 1, tzinfo=UTC) - NOON
SYNCED, HOLDOVER, UNPROVEN = ClockTrust.SYNCED, ClockTrust.HOLDOVER, ClockTrust.UNPROVEN


class Desk:
    """A timekeeper on its desk: ``wall`` is what the machine's clock says, the truth what it ought to say."""

    def __init__(
        self,
        *,
        floor: datetime | None = NOON - HOUR,
        wrong: timedelta = timedelta(0),
        battery: timedelta | None = None,
        kept: ClockFloor | None = None,
        boot: str = "b",
        mono: float = 0.0,
    ) -> None:
        self.mono, self.began, self.wrong = mono, mono, wrong
        if kept is None and floor is not None:
            kept = ClockFloor(at=floor, machine_boot="a")
        rtc = NOON + battery if battery is not None else None
        self.time = Timekeeper(floor=kept, machine_boot=boot, battery=rtc, now=NOON + wrong, mono=mono)

    @property
    def truth(self) -> datetime:
        return NOON + timedelta(seconds=self.mono - self.began)

    @property
    def off(self) -> timedelta:
        """How far what is gone by is from the truth, to the second."""
        return timedelta(seconds=round((self.time.now(self.mono) - self.truth) / timedelta(seconds=1)))

    def look(self, after_s: float = 10.0, *, wrong: timedelta | None = None, synchronised: bool = True) -> ClockTrust:
        self.mono += after_s
        self.wrong = self.wrong if wrong is None else wrong
        self.time.update(self.truth + self.wrong, self.mono, synchronised=synchronised)
        return self.time.trust

    def hello(self, *, wrong: timedelta = timedelta(0), late_s: float = 1.0) -> bool:
        return self.time.hello(self.truth + wrong, self.mono, session_began=self.mono - late_s)


def proven() -> Desk:
    """One that a time service proved, and that a signed hello has not seen."""
    writer = Desk()
    assert writer.look() is SYNCED
    return writer


def signed() -> Desk:
    writer = proven()
    assert writer.hello()
    return writer


# At the start


def test_after_a_power_cut_without_a_battery_clock_nothing_vouches_for_the_time() -> None:
    assert Desk().time.trust is UNPROVEN


@pytest.mark.parametrize(
    ("wrong", "battery", "floor", "trust"),
    [
        pytest.param(timedelta(0), timedelta(0), NOON - 30 * DAY, HOLDOVER, id="a month without power"),
        pytest.param(timedelta(0), timedelta(seconds=1), NOON + timedelta(seconds=1), HOLDOVER, id="a moment behind"),
        pytest.param(timedelta(0), timedelta(0), None, HOLDOVER, id="first use"),
        pytest.param(timedelta(0), None, NOON - HOUR, UNPROVEN, id="not there"),
        pytest.param(-HOUR, timedelta(0), NOON - DAY, UNPROVEN, id="the kernel did not set its clock from it"),
        pytest.param(
            DEAD,
            DEAD,
            None,
            UNPROVEN,
            id="dead, first use",
        ),
        pytest.param(
            DEAD,
            DEAD,
            NOON - DAY,
            UNPROVEN,
            id="dead",
        ),
        pytest.param(-YEAR, -YEAR, NOON - DAY, UNPROVEN, id="a year behind"),
        pytest.param(YEAR, YEAR, NOON - DAY, UNPROVEN, id="a year ahead"),
    ],
)
def test_a_battery_clock_proves_the_time_while_it_can_be_right(
    wrong: timedelta, battery: timedelta | None, floor: datetime | None, trust: ClockTrust
) -> None:
    writer = Desk(wrong=wrong, battery=battery, floor=floor)
    assert writer.time.trust is trust
    assert writer.time.battery_good is (trust is HOLDOVER)


@pytest.mark.parametrize("wrong", [-YEAR, YEAR, DEAD], ids=str)
def test_a_time_service_is_believed_despite_a_wrong_battery_clock(wrong: timedelta) -> None:
    writer = Desk(wrong=wrong, battery=wrong)
    assert writer.look(wrong=timedelta(0)) is SYNCED
    assert not writer.off


@pytest.mark.parametrize("wrong", [timedelta(0), HOUR, -HOUR, 20 * YEAR, -20 * YEAR], ids=str)
def test_an_agent_restarted_on_a_running_machine_continues_by_its_monotonic_clock(wrong: timedelta) -> None:
    """For any state of the machine's clock."""
    before = signed()
    kept = before.time.floor(before.mono)
    again = Desk(kept=kept, wrong=wrong, mono=before.mono + 30)
    again.began = before.began
    assert again.time.trust is HOLDOVER
    assert again.time.now(again.mono) == kept.at + timedelta(seconds=30)
    assert again.look(wrong=wrong) is (HOLDOVER if wrong else SYNCED)


def test_an_agent_restarted_before_any_proof_of_the_time_has_none() -> None:
    before = Desk()
    assert Desk(kept=before.time.floor(10.0), mono=20.0).time.trust is UNPROVEN


def test_another_boot_of_the_machine_has_another_monotonic_clock() -> None:
    before = signed()
    assert Desk(kept=before.time.floor(before.mono), boot="c", mono=before.mono + 30).time.trust is UNPROVEN


def test_a_clock_below_the_floor_continues_from_the_floor() -> None:
    writer = Desk(floor=NOON, wrong=DEAD)
    assert writer.time.now(10.0) == NOON + timedelta(seconds=10)
    assert writer.time.trust is UNPROVEN


def test_a_machine_that_never_had_the_time_believes_the_first_time_service() -> None:
    for floor in (None, datetime(1970, 1, 1, 0, 5, tzinfo=UTC)):
        writer = Desk(floor=floor, wrong=DEAD)
        assert writer.look(wrong=timedelta(0)) is SYNCED
        assert not writer.off


# Time services


def test_a_time_service_within_a_day_of_the_floor_is_believed_and_held_over_once_it_is_gone() -> None:
    for floor in (NOON - HOUR, NOON - DAY + timedelta(minutes=1)):
        writer = Desk(floor=floor)
        assert [writer.look(), writer.look(3600, synchronised=False)] == [SYNCED, HOLDOVER]
        assert not writer.off


def test_a_time_service_more_than_a_day_ahead_of_the_floor_is_not() -> None:
    writer = Desk(floor=NOON - 2 * DAY)
    assert writer.look() is UNPROVEN
    assert writer.time.wants_proof
    assert writer.hello()
    assert writer.look() is SYNCED


STEPS = [HOUR, 23 * HOUR, 2 * DAY, 20 * YEAR]


@pytest.mark.parametrize("step", [*STEPS, *(-step for step in STEPS)], ids=str)
@pytest.mark.parametrize("make", [proven, signed])
@pytest.mark.parametrize("synchronised", [True, False])
def test_a_false_step_is_not_followed_once_the_time_is_proven_and_does_no_harm(
    step: timedelta, make: object, synchronised: bool
) -> None:
    """The kernel says that it is synchronised while somebody answers for the time service."""
    writer = make()  # type: ignore[operator]
    floor = NOON - HOUR
    ambiguous = synchronised and make is proven and floor < writer.truth + step < writer.truth
    for _ in range(20):
        assert writer.look(wrong=step, synchronised=synchronised) is (UNPROVEN if ambiguous else HOLDOVER)
        assert ambiguous or not writer.off
    assert writer.time.disputed is synchronised
    # It comes right by itself, at once.
    assert writer.look(wrong=timedelta(0)) is SYNCED
    assert not writer.off
    assert not writer.time.disputed


def test_a_day_is_gained_once_and_not_by_23_hours_again_and_again() -> None:
    writer = Desk()
    assert writer.look(wrong=22 * HOUR) is SYNCED
    for day in range(2, 10):
        for _ in range(100):
            assert writer.look(wrong=day * 22 * HOUR) is HOLDOVER
        assert writer.off == 22 * HOUR


@pytest.mark.parametrize("there_and_back", [(23 * HOUR, HOUR), (2 * HOUR, timedelta(0))], ids=str)
def test_nor_by_going_there_and_back(there_and_back: tuple[timedelta, timedelta]) -> None:
    writer = Desk()
    for _ in range(50):
        for wrong in there_and_back:
            writer.look(wrong=wrong)
    assert writer.off <= 23 * HOUR


def test_after_a_false_step_at_the_start_the_time_stops_until_the_corrected_service_has_caught_up() -> None:
    writer = Desk()
    assert writer.look(wrong=HOUR) is SYNCED
    assert writer.look(wrong=timedelta(0)) is UNPROVEN
    assert writer.time.wants_proof
    stood = writer.time.now(writer.mono)
    while writer.look(60.0) is UNPROVEN:
        assert writer.time.now(writer.mono) == stood
    assert writer.mono == pytest.approx(3600, abs=130)
    assert writer.look() is SYNCED
    assert abs(writer.off) <= timedelta(seconds=2)


def test_or_until_the_controller_has_said_what_time_it_is() -> None:
    writer = Desk()
    writer.look(wrong=23 * HOUR)
    writer.look(wrong=timedelta(0))
    assert writer.hello()
    assert not writer.off
    assert writer.look() is SYNCED


def test_if_it_was_the_second_that_was_false_the_first_goes_on() -> None:
    writer = Desk()
    writer.look()
    assert writer.look(wrong=-HOUR / 2) is UNPROVEN
    assert writer.look(600.0, wrong=timedelta(0)) is SYNCED
    assert not writer.off


@pytest.mark.parametrize("ahead", [22 * HOUR, 3 * DAY], ids=str)
def test_a_floor_raised_by_a_false_time_is_waited_for(ahead: timedelta) -> None:
    writer = Desk(floor=NOON + ahead)
    assert writer.look() is UNPROVEN
    while writer.look(600.0) is UNPROVEN:
        assert writer.mono <= ahead / timedelta(seconds=1) + 700
    assert writer.look() is SYNCED
    assert abs(writer.off) <= timedelta(seconds=2)


@pytest.mark.parametrize("battery", [None, timedelta(0)], ids=["no battery", "battery"])
def test_a_floor_20_years_ahead_is_lowered_by_a_signed_hello(battery: timedelta | None) -> None:
    writer = Desk(floor=NOON + 20 * YEAR, battery=battery)
    assert writer.look() is UNPROVEN
    assert writer.hello()
    assert not writer.off
    assert writer.look() is SYNCED
    floor = writer.time.floor(writer.mono)
    assert floor.at - writer.truth < timedelta(seconds=1)


def test_a_time_service_may_slew_the_clock_back_a_little() -> None:
    writer = proven()
    highest = writer.time.now(writer.mono)
    assert writer.look(wrong=-timedelta(seconds=1.5)) is SYNCED
    for _ in range(10):
        assert writer.time.now(writer.mono) >= highest
        highest = writer.time.now(writer.mono)
        writer.look(0.5)


# Signed hellos


def test_only_a_signed_hello_of_this_session_sets_the_time_back() -> None:
    writer = proven()
    assert writer.hello(wrong=-HOUR)
    assert writer.off == -HOUR


@pytest.mark.parametrize("late_s", [61.0, 3600.0])
def test_a_hello_held_back_proves_nothing(late_s: float) -> None:
    writer = Desk()
    assert not writer.hello(late_s=late_s)
    assert writer.time.trust is UNPROVEN


@pytest.mark.parametrize("fast", [HOUR, 23 * HOUR, 2 * DAY, -HOUR], ids=str)
@pytest.mark.parametrize("synchronised", [True, False])
def test_a_wrong_clock_is_not_followed_after_a_hello_corrected_it(fast: timedelta, synchronised: bool) -> None:
    writer = Desk(wrong=fast, floor=None)
    writer.look(synchronised=False)
    assert writer.hello()
    for wait in (1.0, 100.0, 10_000.0):
        writer.look(wait, wrong=fast, synchronised=synchronised)
        assert not writer.off


def test_a_long_outage_ends_in_a_hello_that_moves_the_clock_far_forward() -> None:
    writer = Desk(floor=NOON - 40 * DAY)
    assert writer.off == -40 * DAY
    assert writer.hello()
    assert not writer.off
    assert writer.time.trust is HOLDOVER


@pytest.mark.parametrize(("ahead_s", "stays"), [(-11.0, False), (-4.0, True), (11.0, True), (16.0, False)])
def test_a_hello_from_a_session_some_seconds_old_moves_an_impossible_clock(ahead_s: float, stays: bool) -> None:
    """One that is behind it would take every command for one from the future."""
    writer = Desk(wrong=timedelta(seconds=ahead_s))
    assert writer.off == timedelta(seconds=ahead_s)
    assert writer.hello(late_s=10.0)
    assert writer.off == (timedelta(seconds=ahead_s) if stays else timedelta(0))


def test_a_hello_is_as_exact_as_its_transit_was_short() -> None:
    for late_s in (0.5, 50.0):
        writer = Desk(floor=NOON - DAY)
        writer.hello(late_s=late_s)
        assert writer.time.error_s == pytest.approx(late_s)


# How far off


def test_the_bound_grows_in_holdover_by_100_millionths() -> None:
    writer = proven()
    assert writer.time.error_s == SYNC_ERROR_S
    writer.look(86_400.0, synchronised=False)
    assert writer.time.error_s == pytest.approx(SYNC_ERROR_S + 8.64)


def test_an_unproven_time_has_no_bound() -> None:
    assert Desk().time.error_s is None


def test_a_battery_clock_is_bounded_by_how_long_it_ran_alone() -> None:
    writer = Desk(floor=NOON - 10 * DAY, battery=timedelta(0))
    assert writer.time.error_s == pytest.approx(BATTERY_ERROR_S + 86.4)


@pytest.mark.parametrize("drift", [-DRIFT, -20e-6, 20e-6, DRIFT])
def test_35_days_of_drift_stay_within_the_bound_and_end_in_the_time_service(drift: float) -> None:
    writer = proven()
    started, mono = writer.truth, writer.mono
    for day in range(1, HORIZON.days + 1):
        writer.mono = mono + day * 86_400 * (1 + drift)
        truth = started + timedelta(days=day)
        writer.time.update(truth, writer.mono, synchronised=False)
        error_s = writer.time.error_s
        assert error_s is not None
        assert abs(writer.time.now(writer.mono) - truth) <= timedelta(seconds=error_s) < timedelta(seconds=310)
    writer.time.update(truth, writer.mono, synchronised=True)
    assert writer.time.trust is SYNCED


def test_a_time_uncertain_by_more_than_a_lead_in_is_no_longer_proven() -> None:
    writer = proven()
    alone = (HOLDOVER_LIMIT_S - SYNC_ERROR_S) / DRIFT
    assert writer.look(alone - 60, synchronised=False) is HOLDOVER
    assert writer.look(120, synchronised=False) is UNPROVEN
    assert timedelta(seconds=alone) > 2 * HORIZON


# In general


@given(
    st.lists(st.tuples(st.floats(-2e5, 2e5), st.floats(0, 100), st.booleans()), max_size=30),
    st.sampled_from([None, timedelta(0), HOUR, -HOUR]),
)
def test_time_never_goes_back_for_any_clock(steps: list[tuple[float, float, bool]], battery: timedelta | None) -> None:
    writer, last = Desk(battery=battery), NOON - HOUR
    for step, wait, synchronised in steps:
        writer.look(wait, wrong=writer.wrong + timedelta(seconds=step), synchronised=synchronised)
        now = writer.time.now(writer.mono)
        assert now >= last
        last = now


@given(st.lists(st.tuples(st.floats(-3e5, 3e5), st.floats(0, 5000), st.booleans()), max_size=30))
def test_without_a_time_service_the_time_holds_for_a_day_within_one_boot(
    steps: list[tuple[float, float, bool]],
) -> None:
    writer = Desk()
    for wrong, wait, synchronised in steps:
        writer.look(wait, wrong=timedelta(seconds=wrong), synchronised=synchronised)
        assert writer.off <= DAY


@pytest.mark.cases_full
@given(st.lists(st.tuples(st.floats(-3e7, 3e9), st.floats(0, 5000), st.booleans()), max_size=20))
def test_a_signed_hello_corrects_the_time_after_anything(steps: list[tuple[float, float, bool]]) -> None:
    writer = Desk()
    for wrong, wait, synchronised in steps:
        writer.look(wait, wrong=timedelta(seconds=wrong), synchronised=synchronised)
    assert writer.hello()
    assert abs(writer.off) <= timedelta(seconds=6)
    assert writer.look(wrong=timedelta(0)) is SYNCED


def test_the_floor_is_the_time_that_has_certainly_passed() -> None:
    writer = proven()
    writer.look(50.0)
    assert writer.time.floor(60.0) == ClockFloor(
        at=NOON + timedelta(seconds=60), machine_boot="b", mono=60.0, error_s=SYNC_ERROR_S, ahead_s=3600.0
    )


# The machine


def test_the_machine_can_be_asked() -> None:
    assert kernel_synchronised() in (True, False)
    assert len(machine_boot_id()) == 36
    awake = time.monotonic()
    assert since_boot() >= awake


@pytest.mark.parametrize("text", ["1792929600\n", None, "", "what", "9" * 40])
def test_a_battery_clock_that_does_not_answer_counts_as_missing(text: str | None, tmp_path: Path) -> None:
    file = tmp_path / "since_epoch"
    if text is not None:
        file.write_text(text)
    good = text is not None and len(text) == 11
    assert battery_clock(file) == (datetime.fromtimestamp(1792929600, UTC) if good else None)
