"""Fire releases what must be released, stays on record over power cuts, and is cleared on site by a key holder."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from edge.alarm.fire import FILE
from edge.wire.credentials import CredentialKind
from edge.wire.events import Event
from edge.wire.interval import Interval
from edge.wire.plan import Override, OverrideKind
from tests.edge.disk import MemoryDisk
from tests.edge.hall import CONTACT, DOOR, REX, ZERO
from tests.edge.lobby import (
    CODE,
    INNER_DOOR,
    KEY_HOLDER,
    LOOP,
    STAFF,
    Lobby,
    front,
    grants,
    lobby,
    opening,
    spans,
    with_lobby,
)

BOTH = lobby(lock="maglock")
"""A strike outside that stays locked in a fire, and a magnet inside."""
RELEASING = lobby(front(fire="release"))


def inner_released(hall: Lobby) -> bool:
    return not hall.inner_open()


async def burn(hall: Lobby, for_s: float = 1.0) -> None:
    await hall.drive(LOOP, True)
    await asyncio.sleep(for_s)
    await hall.drive(LOOP, False)
    await asyncio.sleep(0.5)


def test_fire_releases_magnets_and_not_strikes_configured_to_stay() -> None:
    async def act(hall: Lobby) -> None:
        await hall.drive(LOOP, True)
        await asyncio.sleep(0.1)
        assert inner_released(hall)
        assert not hall.outer_open()
        assert hall.fire() == ["active"]
        assert hall.state("fire-line").values == {"state": "active"}
        assert hall.state(INNER_DOOR).values["alarm"] == "fire"

    with_lobby(act, BOTH)


def test_a_strike_configured_to_release_in_a_fire_does() -> None:
    async def act(hall: Lobby) -> None:
        await hall.drive(LOOP, True)
        await asyncio.sleep(0.1)
        assert hall.outer_open()

    with_lobby(act, RELEASING)


def test_fire_releases_the_door_under_any_plan() -> None:
    always = Interval(start=ZERO, end=ZERO + timedelta(days=1))

    async def act(hall: Lobby) -> None:
        for kind in OverrideKind:
            await hall.plan_for(overrides=(Override(door=DOOR, kind=kind, during=always),))
            await hall.drive(LOOP, True)
            await asyncio.sleep(0.1)
            assert hall.outer_open()
            await hall.drive(LOOP, False)
            await asyncio.sleep(0.1)

    with_lobby(act, RELEASING)


def test_fire_is_latched_until_a_key_holder_enters_and_then_the_plan_applies_again() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await burn(hall)
        assert hall.fire() == ["active", "latched"]
        for code in ("000000", CODE, STAFF):
            await hall.enter(code)
            await asyncio.sleep(60)
            assert hall.outer_open()
        await hall.enter(KEY_HOLDER)
        await asyncio.sleep(6)
        assert not hall.outer_open()
        assert hall.fire() == ["active", "latched", "cleared"]
        assert hall.state("fire-line").values == {"state": "clear"}

    with_lobby(act, RELEASING)


def test_a_key_holder_clears_nothing_while_the_line_reports_fire() -> None:
    async def act(hall: Lobby) -> None:
        await hall.plan_for()
        await hall.drive(LOOP, True)
        await hall.enter(KEY_HOLDER)
        await asyncio.sleep(60)
        assert hall.outer_open()
        assert hall.fire() == ["active"]

    with_lobby(act, RELEASING)


def test_a_refused_key_holder_clears_nothing() -> None:
    async def act(hall: Lobby) -> None:
        kind, yesterday = CredentialKind.KEY_HOLDER, Interval(start=ZERO - timedelta(days=1), end=ZERO)
        expired = [each for each in grants().grants if each.kind is not kind]
        expired.append(msgspec.structs.replace(opening(KEY_HOLDER, kind), windows=(yesterday,)))
        part = msgspec.structs.replace(grants(), grants=tuple(expired))
        await hall.send_plan(1, spans(), part)
        await burn(hall)
        await hall.enter(KEY_HOLDER)
        await asyncio.sleep(60)
        assert hall.fire() == ["active", "latched"]
        assert hall.outer_open()

    with_lobby(act, RELEASING)


def test_fire_again_while_latched_is_fire_again() -> None:
    async def act(hall: Lobby) -> None:
        await burn(hall)
        await burn(hall)
        assert hall.fire() == ["active", "latched"] * 2

    with_lobby(act, RELEASING)


@pytest.mark.parametrize("orderly", [True, False])
def test_the_latch_outlasts_restart_and_power_cut_without_the_doors_locking_between(orderly: bool) -> None:
    disk = MemoryDisk()

    async def before(hall: Lobby) -> None:
        await hall.plan_for()
        await burn(hall)
        if not orderly:
            disk.power_cut()

    async def after(hall: Lobby) -> None:
        assert hall.outer_open()
        assert inner_released(hall)
        assert hall.outputs[18] == [False]
        assert hall.state("fire-line").values == {"state": "latched"}
        await hall.enter(KEY_HOLDER)
        await asyncio.sleep(6)
        assert not hall.outer_open()
        assert hall.fire() == ["cleared"]

    async def last(hall: Lobby) -> None:
        assert not hall.outer_open()
        assert hall.fire() == []

    config = lobby(front(fire="release"), lock="maglock")
    for act in (before, after, last):
        with_lobby(act, config, disk=disk)


def test_a_fire_at_the_very_end_of_a_run_is_on_the_disk() -> None:
    disk = MemoryDisk()

    async def act(hall: Lobby) -> None:
        assert hall.task is not None
        agent = hall.task

        def stop(event: Event) -> None:
            if event.kind == "fire":
                agent.cancel()

        hall.watch = stop
        await hall.drive(LOOP, True)
        await asyncio.wait((agent,))
        assert disk.read(FILE) is not None

    with_lobby(act, RELEASING, disk=disk)


def test_an_unreadable_latch_counts_as_a_latch() -> None:
    disk = MemoryDisk()
    disk.unreadable.add(FILE)

    async def act(hall: Lobby) -> None:
        assert hall.outer_open()

    with_lobby(act, RELEASING, disk=disk)


def test_a_disk_that_refuses_the_latch_is_reported_and_retried_while_the_doors_open_anyway() -> None:
    disk = MemoryDisk()

    async def act(hall: Lobby) -> None:
        disk.room = 0
        await hall.drive(LOOP, True)
        await asyncio.sleep(1)
        assert hall.outer_open()
        assert ("state_not_kept:fire_latch", True) in hall.faults()
        disk.room = None
        await asyncio.sleep(6)
        assert disk.read(FILE) is not None
        assert hall.faults()[-1] == ("state_not_kept:fire_latch", False)

    with_lobby(act, RELEASING, disk=disk)


def test_in_a_fire_no_door_is_reported_forced_or_held() -> None:
    async def act(hall: Lobby) -> None:
        await hall.drive(LOOP, True)
        await asyncio.sleep(0.1)
        await hall.drive(CONTACT, True)
        await asyncio.sleep(600)
        await hall.drive(CONTACT, False)
        await asyncio.sleep(0.1)
        assert hall.changes() == ["opened", "closed"]

    with_lobby(act, BOTH)


def test_the_button_works_in_a_fire_and_before_the_time_is_known() -> None:
    async def act(hall: Lobby) -> None:
        await hall.drive(LOOP, True)
        await hall.drive(REX, False)
        await asyncio.sleep(0.1)
        assert hall.outer_open()

    with_lobby(act, BOTH, synchronised=False)


def test_a_key_holder_clears_with_the_time_unproven() -> None:
    """After a power cut in the fire there may be neither network nor clock."""
    disk = MemoryDisk()

    async def before(hall: Lobby) -> None:
        await hall.plan_for()
        await burn(hall)

    async def after(hall: Lobby) -> None:
        await hall.enter(KEY_HOLDER)
        await asyncio.sleep(6)
        assert hall.fire() == ["cleared"]
        assert not hall.outer_open()

    with_lobby(before, RELEASING, disk=disk)
    with_lobby(after, RELEASING, disk=disk, synchronised=False)


def test_a_cut_wire_found_at_the_start_is_fire() -> None:
    async def act(hall: Lobby) -> None:
        assert hall.fire() == ["active"]
        assert hall.outer_open()

    with_lobby(act, RELEASING, levels={LOOP: True})


def test_a_spark_on_the_line_is_not_a_fire() -> None:
    async def act(hall: Lobby) -> None:
        for _ in range(20):
            await hall.drive(LOOP, True)
            await asyncio.sleep(0.001)
            await hall.drive(LOOP, False)
            await asyncio.sleep(0.03)
        assert hall.fire() == []

    with_lobby(act, RELEASING)
