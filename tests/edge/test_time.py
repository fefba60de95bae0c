"""Power cuts, false clocks and long silences at a door, with the whole agent in virtual time."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from edge.clock.clock_trust import DRIFT
from edge.wire.access_decision import ClockTrust, Reason
from edge.wire.credentials import CredentialKind
from edge.wire.events import AccessData, FaultData
from edge.wire.faults import FaultCode
from edge.wire.interval import Interval
from edge.wire.plan import DoorSpan, Grant, GrantsPart
from tests.edge.disk import MemoryDisk
from tests.edge.hall import ZERO, Hall, config, grant, hours, run
from tests.edge.machine import DEAD, Machine
from tests.virtual_time import VirtualClock

HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
CODE, STAFF, KEY_HOLDER = "482913", "117733", "558822"
WITH_RTC = msgspec.structs.replace(config(), rtc=True)
SYNCED, HOLDOVER, UNPROVEN = ClockTrust.SYNCED, ClockTrust.HOLDOVER, ClockTrust.UNPROVEN


def codes(*more: Grant) -> tuple[Grant, ...]:
    """A booking's code for a month, and those of staff and a key holder."""
    end = ZERO + 40 * DAY
    return (
        grant(CODE, ZERO - HOUR, end),
        grant(STAFF, ZERO - HOUR, end, kind=CredentialKind.STAFF),
        grant(KEY_HOLDER, ZERO - HOUR, end, kind=CredentialKind.KEY_HOLDER),
        *more,
    )


class Pi(Hall):
    """A hall on a machine with a clock of its own."""

    def __init__(self, truth: VirtualClock, *, rtc: bool, drift: float) -> None:
        self.pi = Machine(truth, drift=drift)
        self.memory = MemoryDisk()
        super().__init__(truth, machine=self.pi, disk=self.memory, config=WITH_RTC if rtc else None)
        self.battery = truth.now() if rtc else None

    async def cut(self, *, for_: timedelta = timedelta(minutes=5), clock: datetime | None = None) -> None:
        """Power goes and comes back; then the machine's clock says ``clock``."""
        self.memory.power_cut()
        self.memory.read_only = True
        await self.stop()
        self.memory.read_only = False
        await asyncio.sleep(for_ / timedelta(seconds=1))
        self.pi.boot(clock)
        await self.start()

    async def pass_(self, time: timedelta) -> None:
        await asyncio.sleep(time / timedelta(seconds=1))

    async def tries(self, code: str) -> Reason:
        await asyncio.sleep(6)
        await self.enter(code)
        return self.data(AccessData)[-1].reason

    async def greet(self) -> None:
        """The controller says what time it is, in this very session."""
        await self.hello(session=self.status().nonce)

    async def reconnect(self) -> None:
        assert self.link is not None
        self.link.cut()
        await asyncio.sleep(5)
        self.link.repair()
        await asyncio.sleep(5)

    def disputed(self) -> bool:
        told = [data.present for data in self.data(FaultData) if data.code == FaultCode.CLOCK_DISPUTED]
        return bool(told) and told[-1]


def play(act: Callable[[Pi], Awaitable[None]], *, rtc: bool = False, drift: float = 0.0, zero: datetime = ZERO) -> None:
    async def main(clock: VirtualClock) -> None:
        pi = Pi(clock, rtc=rtc, drift=drift)
        await pi.start()
        try:
            await pi.send_codes(1, *codes())
            assert await pi.tries(CODE) is Reason.GRANTED
            await act(pi)
        finally:
            await pi.close()

    run(main, zero=zero)


# Power cuts


def test_after_a_power_cut_without_network_only_staff_and_key_holders_enter() -> None:
    async def act(pi: Pi) -> None:
        pi.synchronised = False
        await pi.cut()
        assert pi.status().trust is UNPROVEN
        assert pi.status().clock_error_s is None
        answers = [await pi.tries(code) for code in (CODE, STAFF, KEY_HOLDER)]
        assert answers == [Reason.CLOCK, Reason.GRANTED, Reason.GRANTED]

    play(act)


def test_a_battery_clock_keeps_a_door_at_work_over_a_power_cut_without_network() -> None:
    async def act(pi: Pi) -> None:
        pi.synchronised = False
        pi.battery = pi.clock.now() + 2 * HOUR
        await pi.cut(for_=2 * HOUR)
        assert await pi.tries(CODE) is Reason.GRANTED
        error_s = pi.status().clock_error_s
        assert error_s is not None
        assert error_s < 10

    play(act, rtc=True)


@pytest.mark.parametrize(
    ("says", "fault"),
    [
        pytest.param(None, FaultCode.BATTERY_CLOCK_MISSING, id="none"),
        pytest.param(DEAD, FaultCode.BATTERY_CLOCK_WRONG, id="dead"),
        pytest.param(ZERO - YEAR, FaultCode.BATTERY_CLOCK_WRONG, id="a year behind"),
        pytest.param(ZERO + YEAR, FaultCode.BATTERY_CLOCK_WRONG, id="a year ahead"),
    ],
)
def test_an_unusable_battery_clock_is_reported_and_proves_nothing(says: datetime | None, fault: FaultCode) -> None:
    async def act(pi: Pi) -> None:
        pi.synchronised = False
        pi.battery = says
        await pi.cut(clock=says or DEAD)
        assert await pi.tries(CODE) is Reason.CLOCK
        assert await pi.tries(STAFF) is Reason.GRANTED
        assert FaultData(code=fault, present=True) in pi.data(FaultData)
        # A time service, or the controller, corrects it.
        pi.synchronised = True
        pi.pi.step(timedelta(0))
        await asyncio.sleep(20)
        assert await pi.tries(CODE) is Reason.GRANTED

    play(act, rtc=True)


# False clocks

STEPS = [HOUR, -HOUR, DAY, -DAY, 20 * YEAR, -20 * YEAR]


@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("flag", [True, False], ids=["called synchronised", "not synchronised"])
def test_a_false_step_while_the_door_is_at_work_changes_nothing_at_it(step: timedelta, flag: bool) -> None:
    async def act(pi: Pi) -> None:
        await pi.greet()
        pi.synchronised = flag
        pi.pi.step(step)
        await asyncio.sleep(60)
        assert (await pi.tries(CODE), pi.status().trust) == (Reason.GRANTED, HOLDOVER)
        assert pi.disputed() is flag
        assert abs(pi.recorded[-1].at - pi.clock.now()) < timedelta(seconds=10)
        pi.synchronised = True
        pi.pi.step(timedelta(0))
        await asyncio.sleep(20)
        assert (await pi.tries(CODE), pi.status().trust) == (Reason.GRANTED, SYNCED)
        assert not pi.disputed()

    play(act)


@pytest.mark.parametrize("step", STEPS, ids=str)
def test_an_agent_restarted_while_the_clock_is_wrong_continues(step: timedelta) -> None:
    async def act(pi: Pi) -> None:
        await pi.greet()
        pi.pi.step(step)
        await asyncio.sleep(60)
        await pi.stop()
        await asyncio.sleep(5)
        await pi.start()
        assert await pi.tries(CODE) is Reason.GRANTED
        assert abs(pi.recorded[-1].at - pi.clock.now()) < timedelta(seconds=10)

    play(act)


@pytest.mark.cases_full
@pytest.mark.parametrize("step", STEPS, ids=str)
@pytest.mark.parametrize("hint", ["service", "hello"])
def test_a_power_cut_while_the_clock_is_false_kills_no_door(step: timedelta, hint: str) -> None:
    """The time service lies from the boot on. The door comes back by it coming right or by a signed hello."""

    async def act(pi: Pi) -> None:
        pi.synchronised = True
        await pi.cut(clock=pi.clock.now() + timedelta(minutes=5) + step)
        await asyncio.sleep(30)
        assert await pi.tries(STAFF) is Reason.GRANTED
        pi.pi.step(timedelta(0))
        if hint == "hello":
            await pi.reconnect()
            await pi.greet()
            await asyncio.sleep(15)
        else:
            await pi.pass_(DAY + HOUR)
        assert (await pi.tries(CODE), pi.status().trust) == (Reason.GRANTED, SYNCED)
        assert abs(pi.recorded[-1].at - pi.clock.now()) < timedelta(seconds=10)

    play(act)


@pytest.mark.cases_full
def test_daily_steps_of_23_hours_gain_at_most_one_day_and_end_with_a_hello() -> None:
    async def act(pi: Pi) -> None:
        await pi.cut(clock=pi.clock.now() + timedelta(minutes=5) + 22 * HOUR)
        for times in range(2, 10):
            pi.pi.step(times * 22 * HOUR)
            await pi.pass_(HOUR)
        assert pi.recorded[-1].at - pi.clock.now() < DAY
        await pi.reconnect()
        await pi.greet()
        assert await pi.tries(CODE) is Reason.GRANTED
        assert abs(pi.recorded[-1].at - pi.clock.now()) < timedelta(seconds=10)

    play(act)


def test_a_floor_20_years_ahead_is_lowered_permanently() -> None:
    """As after a controller that was 20 years ahead. Neither the events of that time nor a power cut bring it back."""

    async def act(pi: Pi) -> None:
        await pi.reconnect()
        await pi.hello(session=pi.status().nonce, at=pi.clock.now() + 20 * YEAR)
        assert await pi.tries(CODE) is Reason.HORIZON
        await pi.pass_(timedelta(minutes=2))
        await pi.cut()
        assert await pi.tries(CODE) is Reason.CLOCK
        await pi.greet()
        assert await pi.tries(CODE) is Reason.GRANTED
        await pi.cut(for_=timedelta(minutes=1))
        await asyncio.sleep(20)
        assert (await pi.tries(CODE), pi.status().trust) == (Reason.GRANTED, SYNCED)

    play(act)


def test_an_edge_greeted_too_late_asks_again() -> None:
    """The controller on the same Pi starts two minutes after the broker."""

    async def act(pi: Pi) -> None:
        pi.synchronised = False
        await pi.cut()
        await asyncio.sleep(120)
        session = pi.status().nonce
        await pi.greet()
        assert await pi.tries(CODE) is Reason.CLOCK
        await asyncio.sleep(15)
        assert pi.status().nonce != session
        await pi.greet()
        assert await pi.tries(CODE) is Reason.GRANTED

    play(act)


def test_the_time_of_a_controller_without_proven_time_proves_nothing() -> None:
    async def act(pi: Pi) -> None:
        pi.synchronised = False
        await pi.cut()
        await pi.hello(session=pi.status().nonce, trust=UNPROVEN)
        assert await pi.tries(CODE) is Reason.CLOCK

    play(act)


# Long silences


@pytest.mark.parametrize(
    ("night", "opens", "closes"),
    [
        # 02:30 to 03:30 by the wall; on that night the clocks go from 01:00 to 02:00.
        pytest.param(datetime(2026, 3, 29, 0, tzinfo=UTC), (1, 30), (2, 30), id="spring"),
        # 01:30 the first time to 02:30; on that night they go from 02:00 to 01:00.
        pytest.param(datetime(2026, 10, 25, 0, tzinfo=UTC), (0, 30), (2, 30), id="autumn"),
    ],
)
def test_a_booking_across_a_change_of_the_clocks_opens_to_the_minute_with_the_edge_offline(
    night: datetime, opens: tuple[int, int], closes: tuple[int, int]
) -> None:
    """Off the network since the evening before."""
    first, last = (night + timedelta(hours=at[0], minutes=at[1]) for at in (opens, closes))

    async def main(clock: VirtualClock) -> None:
        pi = Pi(clock, rtc=False, drift=0.0)
        await pi.start()
        always = Interval(start=night - 30 * DAY, end=night + 30 * DAY)
        span = DoorSpan(during=always, accepts=tuple(CredentialKind))
        manifest, parts = pi.plan(1, hours(span), GrantsPart(grants=(grant("350174", first, last),)))
        manifest = msgspec.structs.replace(manifest, valid_from=night - 15 * DAY, horizon=night + 20 * DAY)
        await pi.publish(manifest, parts)
        pi.synchronised = False
        assert pi.link is not None
        pi.link.cut()
        minute = timedelta(minutes=1)
        try:
            for moment, reason in (
                (first - minute, Reason.TOO_EARLY),
                (first + minute, Reason.GRANTED),
                (last - minute, Reason.GRANTED),
                (last + minute, Reason.TOO_LATE),
            ):
                await pi.pass_(moment - clock.now() - timedelta(seconds=8))
                assert await pi.tries("350174") is reason
        finally:
            await pi.close()

    run(main, zero=night - timedelta(hours=6))


@pytest.mark.cases_full
def test_days_alone_with_the_worst_crystal_over_a_change_of_the_clocks() -> None:
    alone(4)


def alone(days: int) -> None:
    """So many days, by a plan that reaches a day less far. Windows are right within the bound; past the horizon no
    booking code works, no door is free, and staff and key holders get in. Nothing that was recorded meanwhile is
    lost."""
    opens = ZERO + (days - 2) * DAY
    closes, least, margin = opens + 2 * HOUR, (opens - ZERO) * DRIFT * 0.8, days * DAY * DRIFT * 1.06

    async def act(pi: Pi) -> None:
        coded = DoorSpan(during=Interval(start=ZERO - DAY, end=closes + HOUR), accepts=tuple(CredentialKind))
        free = DoorSpan(during=Interval(start=closes + HOUR, end=ZERO + (days + 2) * DAY), free=True)
        evening = grant("350174", opens, closes)
        plan = pi.plan(2, hours(coded, free), GrantsPart(grants=codes(evening)), horizon_days=days - 1)
        await pi.publish(*plan)
        pi.synchronised = False
        assert pi.link is not None
        pi.link.cut()
        for moment, reason in (
            (opens - margin, Reason.TOO_EARLY),
            (opens + margin, Reason.GRANTED),
            (closes - margin, Reason.GRANTED),
            (closes + margin, Reason.TOO_LATE),
        ):
            await pi.pass_(moment - pi.clock.now())
            assert await pi.tries("350174") is reason
        off = abs(pi.recorded[-1].at - pi.clock.now())
        await pi.pass_(closes + 2 * HOUR - pi.clock.now())
        assert pi.unlocked()
        await pi.pass_(ZERO + days * DAY - pi.clock.now())
        assert not pi.unlocked()
        answers = [await pi.tries(code) for code in (CODE, STAFF, KEY_HOLDER)]
        assert answers == [Reason.HORIZON, Reason.GRANTED, Reason.GRANTED]
        recorded = {event.seq for event in pi.recorded}
        await asyncio.sleep(10)
        pi.link.repair()
        await asyncio.sleep(5)
        error_s = pi.status().clock_error_s
        assert error_s is not None
        assert least < off <= timedelta(seconds=error_s) < margin
        pi.synchronised = True
        await asyncio.sleep(60)
        assert pi.status().trust is SYNCED
        assert {event.seq for event in pi.received()} >= recorded

    play(act, drift=DRIFT)
