"""What overrides do at a real agent's door: who comes in, that everybody gets out, power cuts, and their own end."""

import asyncio
from datetime import datetime, timedelta

import pytest

from edge.wire.credentials import CredentialKind
from edge.wire.envelope import Purpose
from edge.wire.interval import Interval
from edge.wire.plan import DoorSpan, GrantsPart, Override, OverrideKind, OverridesPart
from tests.edge.hall import DOOR, REX, ZERO, Hall, grant, hours, with_hall

LOCK, HOLD, OUT = OverrideKind.LOCK_DOWN, OverrideKind.HOLD_OPEN, OverrideKind.OUT_OF_SERVICE
CODE, KEY = "482913", "700700"
HOUR = timedelta(hours=1)
MINUTE_S = 60


def held(kind: OverrideKind, *, start: datetime = ZERO - HOUR, end: datetime = ZERO + HOUR) -> Override:
    return Override(door=DOOR, kind=kind, during=Interval(start=start, end=end))


async def plan(hall: Hall, version: int, *overrides: Override) -> None:
    whole = (ZERO - HOUR, ZERO + 48 * HOUR)
    grants = (grant(CODE, *whole), grant(KEY, *whole, kind=CredentialKind.STAFF))
    await hall.send_plan(version, hours(), GrantsPart(grants=grants), OverridesPart(overrides=overrides))


async def opens(hall: Hall, code: str) -> bool:
    """Whether a code releases the lock; waits until it is locked again."""
    await hall.enter(code)
    opened = hall.unlocked()
    await asyncio.sleep(15)
    return opened


TABLE = [
    # what is in force, does a booking's code open, does a staff code
    ((), True, True),
    ((LOCK,), False, True),
    ((OUT,), False, False),
    ((HOLD, LOCK), False, True),
    ((LOCK, HOLD), False, True),
    ((OUT, LOCK, HOLD), False, False),
]


@pytest.mark.parametrize(("kinds", "code_opens", "key_opens"), TABLE)
def test_which_credentials_open_under_overrides(
    kinds: tuple[OverrideKind, ...], code_opens: bool, key_opens: bool
) -> None:
    async def act(hall: Hall) -> None:
        await plan(hall, 1, *(held(kind) for kind in kinds))
        assert not hall.unlocked()
        assert await opens(hall, CODE) is code_opens
        assert await opens(hall, KEY) is key_opens

    with_hall(act)


@pytest.mark.parametrize("kinds", [(LOCK,), (OUT,), (HOLD,), (LOCK, OUT, HOLD)])
def test_the_exit_button_lets_everybody_out_under_any_order(kinds: tuple[OverrideKind, ...]) -> None:
    async def act(hall: Hall) -> None:
        await plan(hall, 1, *(held(kind) for kind in kinds))
        await hall.drive(REX, False)
        await asyncio.sleep(0.1)
        assert hall.unlocked()
        await hall.drive(REX, True)

    with_hall(act)


def test_a_door_held_open_locks_at_its_end_to_the_minute() -> None:
    async def act(hall: Hall) -> None:
        end = hall.clock.now() + timedelta(minutes=30)
        await plan(hall, 1, held(HOLD, end=end))
        assert hall.unlocked()
        await asyncio.sleep(30 * MINUTE_S - 2)
        assert hall.unlocked()
        await asyncio.sleep(3)
        assert not hall.unlocked()
        assert hall.state(DOOR).values["mode"] == "code"

    with_hall(act)


def test_an_ended_override_is_off_the_door_with_the_next_plan() -> None:
    async def act(hall: Hall) -> None:
        await plan(hall, 1, held(HOLD))
        assert hall.unlocked()
        await plan(hall, 2)
        assert not hall.unlocked()
        assert await opens(hall, CODE)

    with_hall(act)


def test_a_lock_down_overrides_a_door_held_open_and_restores_it_afterwards() -> None:
    async def act(hall: Hall) -> None:
        await plan(hall, 1, held(HOLD))
        assert hall.unlocked()
        await plan(hall, 2, held(HOLD), held(LOCK))
        assert not hall.unlocked()
        await plan(hall, 3, held(HOLD))
        assert hall.unlocked()

    with_hall(act)


def test_a_lock_down_holds_over_a_power_cut_with_no_network_and_ends_by_itself() -> None:
    async def act(hall: Hall) -> None:
        await plan(hall, 1, held(LOCK, end=ZERO + 2 * HOUR))
        await hall.stop()
        hall.broker.up = False
        await hall.start()
        assert not await opens(hall, CODE)
        assert await opens(hall, KEY)
        await asyncio.sleep(2 * 3600)
        assert await opens(hall, CODE)

    with_hall(act)


@pytest.mark.cases_full
@pytest.mark.parametrize(
    "evening",
    [
        datetime.fromisoformat("2026-03-28T17:00:00+00:00"),
        datetime.fromisoformat("2026-10-24T17:00:00+00:00"),
    ],
)
def test_it_lasts_as_many_real_hours_over_either_change_of_the_clocks(evening: datetime) -> None:
    async def act(hall: Hall) -> None:
        # Ordered on Saturday evening for twelve hours; in the night London's clocks change.
        whole = Interval(start=evening - HOUR, end=evening + 48 * HOUR)
        parts = (
            hours(DoorSpan(during=whole, accepts=tuple(CredentialKind))),
            GrantsPart(grants=(grant(CODE, whole.start, whole.end),)),
            OverridesPart(overrides=(held(LOCK, start=whole.start, end=evening + 12 * HOUR),)),
        )
        manifest, data = hall.plan(1, *parts, horizon_days=300)
        for name, part in data.items():
            hall.send("plan/part", part, item=name, retain=True)
        hall.send("plan", hall.seal(Purpose.PLAN, manifest), retain=True)
        await asyncio.sleep(12 * 3600 - MINUTE_S)
        assert not await opens(hall, CODE)
        await asyncio.sleep(MINUTE_S)
        assert await opens(hall, CODE)

    with_hall(act, zero=evening)
