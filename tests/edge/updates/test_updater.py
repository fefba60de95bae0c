"""The agent's part in an update: an edge with one door, in virtual time; the test is its controller and its helper."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import pytest

from edge.updates.handover import HEALTHY, PACKAGE_FILE, REQUEST, Healthy, Request
from edge.updates.host import UpdateHost
from edge.updates.slots import STATE, Outcome, Result, SlotState, Trial
from edge.version import installed_version
from edge.wire.codec import decode, encode
from edge.wire.envelope import Purpose, Signer
from edge.wire.interval import Interval
from edge.wire.plan import Override, OverrideKind, OverridesPart, Session, SessionsPart
from edge.wire.releases import (
    UPDATE_PART,
    ReleaseManifest,
    UpdateOrder,
    UpdatePhase,
    UpdateState,
    UpdateWanted,
    part_name,
)
from tests.edge.disk import MemoryDisk
from tests.edge.hall import BOOKING, DOOR, EDGE, REX, SITE, ZERO, Hall, hours, run
from tests.edge.updates.made import ARCHITECTURE, OTHER_KEY, SYSTEM, TRUSTED, manifest, signed
from tests.virtual_time import VirtualClock

PACKAGE = bytes(range(256)) * 2600
"""Ten parts and a bit, which is more than is asked for at once."""
LONG = Interval(start=ZERO, end=ZERO + timedelta(days=3))


class Updating:
    """``hall`` with a helper's folder."""

    def __init__(self, clock: VirtualClock) -> None:
        self.hall = Hall(clock)
        self.slots = MemoryDisk()
        self.hall.updates = UpdateHost(slots=self.slots, shipped=TRUSTED, system=SYSTEM, architecture=ARCHITECTURE)
        self.manifest = manifest("0.9.0", PACKAGE)
        self.number = 0
        self._answered = 0

    async def start(self) -> None:
        await self.hall.start()
        await self.greet()

    async def greet(self) -> None:
        await self.hall.hello(session=self.hall.status().nonce)

    def order(self, *, of: ReleaseManifest | None = None, number: int | None = None, **fields: Any) -> None:
        self.number = self.number + 1 if number is None else number
        values: dict[str, Any] = {"release": signed(of or self.manifest), "windows": (LONG,)}
        order = UpdateOrder(site=SITE, edge=EDGE, number=self.number, at=self.hall.clock.now(), **values | fields)
        self.hall.send("update", self.hall.seal(Purpose.UPDATE, order), retain=True)

    def wanted(self) -> list[UpdateWanted]:
        return self.hall.got("update/wanted", Purpose.UPDATE_WANTED, UpdateWanted)

    def state(self) -> UpdateState:
        return self.hall.got("update/state", Purpose.UPDATE_STATE, UpdateState)[-1]

    def serve(self, package: bytes = PACKAGE) -> None:
        """Send what was asked for since the last time."""
        asked = self.wanted()
        for each in asked[self._answered :]:
            for offset in range(each.offset, each.offset + each.parts * UPDATE_PART, UPDATE_PART):
                if part := package[offset : offset + UPDATE_PART]:
                    self.hall.send("update/part", part, item=part_name(each.sha256, offset))
        self._answered = len(asked)

    async def until(self, phase: UpdatePhase, *, package: bytes = PACKAGE, within_s: float = 600.0) -> None:
        async with asyncio.timeout(within_s):
            while self.state().phase != phase:
                self.serve(package)
                await asyncio.sleep(5)

    def request(self) -> Request | None:
        data = self.hall.disk.read(REQUEST)
        return decode(data, Request) if data is not None else None

    def helper_says(self, **fields: Any) -> None:
        self.slots.replace(STATE, encode(SlotState(**fields)))


def updating(test: Callable[[Updating], Coroutine[Any, Any, None]]) -> None:
    async def main(clock: VirtualClock) -> None:
        edge = Updating(clock)
        await edge.start()
        try:
            await test(edge)
        finally:
            await edge.hall.close()

    run(main)


def test_an_edge_that_no_helper_updates_says_so() -> None:
    async def main(clock: VirtualClock) -> None:
        hall = Hall(clock)
        await hall.start()
        state = hall.got("update/state", Purpose.UPDATE_STATE, UpdateState)[-1]
        assert (state.phase, state.version) == (UpdatePhase.BY_HAND, installed_version())
        await hall.close()

    run(main)


def test_a_package_is_fetched_a_few_parts_at_a_time_and_handed_to_the_helper() -> None:
    async def test(edge: Updating) -> None:
        edge.order()
        await edge.until(UpdatePhase.INSTALLING)
        assert [each.parts for each in edge.wanted()] == [8, 3]
        assert edge.hall.disk.read(PACKAGE_FILE) == PACKAGE
        request = edge.request()
        assert request is not None
        assert request.machine_boot == edge.hall.machine_boot
        edge.helper_says(outcome=Outcome(request=request.id, version="0.9.0", result=Result.RETURNED, why="it hangs"))
        await edge.until(UpdatePhase.RETURNED)
        assert edge.state().why == "it hangs"

    updating(test)


def test_a_download_goes_on_after_a_power_cut_and_after_parts_were_lost() -> None:
    async def test(edge: Updating) -> None:
        edge.order()
        await edge.hall.until(lambda: len(edge.wanted()) == 1)
        edge.serve()
        await edge.hall.until(lambda: len(edge.wanted()) == 2)
        await edge.hall.stop()
        await edge.start()  # what was asked for last never comes
        await edge.until(UpdatePhase.INSTALLING)
        assert edge.wanted()[2].offset == 8 * UPDATE_PART

    updating(test)


def test_what_is_not_the_package_is_never_handed_on() -> None:
    async def test(edge: Updating) -> None:
        edge.order()
        await edge.until(UpdatePhase.REFUSED, package=bytes(len(PACKAGE)))
        assert edge.request() is None
        assert edge.hall.disk.read(PACKAGE_FILE) is None or edge.state().why is not None
        edge.order()  # once more, and this time it is right
        await edge.until(UpdatePhase.INSTALLING)

    updating(test)


@pytest.mark.parametrize(
    ("release", "why"),
    [
        (signed(manifest("0.9.0", PACKAGE), key=OTHER_KEY), "not trusted"),
        (b"nonsense", "not a ReleaseFile"),
        (signed(manifest("0.1.0", PACKAGE)), "older than"),
        (signed(manifest("0.9.0", PACKAGE, architecture="amd64")), "amd64"),
    ],
)
def test_what_cannot_be_installed_is_refused_before_a_byte_is_fetched(release: bytes, why: str) -> None:
    async def test(edge: Updating) -> None:
        edge.order(release=release)
        await edge.until(UpdatePhase.REFUSED)
        assert why in str(edge.state().why)
        assert edge.wanted() == []

    updating(test)


def test_an_order_that_is_replayed_or_not_the_controller_s_changes_nothing() -> None:
    async def test(edge: Updating) -> None:
        edge.order(number=5)
        await edge.until(UpdatePhase.INSTALLING)
        edge.order(number=4, release=None)
        edge.hall.send(
            "update", Signer(OTHER_KEY).seal(Purpose.UPDATE, UpdateOrder(site=SITE, edge=EDGE, number=9, at=ZERO))
        )
        await edge.hall.until(lambda: {"release_refused", "bad_signature"} <= edge.hall.status().health.keys())
        assert edge.state().number == 5
        await edge.hall.stop()
        await edge.start()
        edge.order(number=4, release=None)  # nor after a restart
        await edge.until(UpdatePhase.INSTALLING)
        assert edge.state().number == 5
        edge.order(number=6, release=None)
        await edge.until(UpdatePhase.NONE)
        assert edge.hall.disk.names("update") == ["update/order"]

    updating(test)


SOON = ZERO + timedelta(minutes=10)


@pytest.mark.parametrize("case", ["window", "booking", "override", "door", "clock"])
def test_nothing_is_installed_while_somebody_needs_the_doors(case: str) -> None:
    async def test(edge: Updating) -> None:
        hall = edge.hall
        during = Interval(start=SOON, end=SOON + timedelta(hours=1))
        session = Session(booking=BOOKING, space="hall", window=during)
        override = Override(door=DOOR, kind=OverrideKind.LOCK_DOWN, during=Interval(start=ZERO, end=during.end))
        if case == "booking":
            await hall.send_plan(1, hours(), SessionsPart(sessions=(session,)))
        elif case == "override":
            await hall.send_plan(1, hours(), OverridesPart(overrides=(override,)))
        else:
            await hall.send_plan(1, hours())
        if case == "door":
            await hall.drive(REX, False)  # held pressed
        if case == "clock":
            hall.synchronised = False
            hall.machine_boot = "another"
            await hall.stop()
            await hall.start()
        edge.order(windows=(during,) if case == "window" else (LONG,))
        await edge.until(UpdatePhase.WAITING)
        assert edge.state().why is not None
        assert edge.request() is None
        if case == "door":
            await hall.drive(REX, True)
        if case == "clock":
            await edge.greet()
        await edge.until(UpdatePhase.INSTALLING, within_s=2 * 3600)
        if case in ("booking", "override"):
            assert hall.clock.now() >= during.end
        if case == "window":
            assert SOON <= hall.clock.now() < during.end

    updating(test)


def test_with_little_room_on_the_disk_nothing_is_fetched_until_there_is_more() -> None:
    async def test(edge: Updating) -> None:
        edge.hall.free = 10 << 20
        edge.order()
        await edge.until(UpdatePhase.DOWNLOADING)
        await edge.hall.until(lambda: "no room" in str(edge.state().why))
        assert edge.wanted() == []
        edge.hall.free = 1 << 30
        await edge.until(UpdatePhase.INSTALLING)

    updating(test)


def test_a_version_on_trial_says_that_it_works_once_it_has_reached_the_controller() -> None:
    async def main(clock: VirtualClock) -> None:
        edge = Updating(clock)
        edge.helper_says(trial=Trial(slot="a", version=installed_version(), request="r1"))
        await edge.hall.start()
        await edge.hall.until(lambda: edge.state().phase == UpdatePhase.INSTALLING)
        await asyncio.sleep(120)
        assert edge.hall.disk.read(HEALTHY) is None
        await edge.greet()
        await edge.hall.until(lambda: edge.hall.disk.read(HEALTHY) is not None)
        assert decode(edge.hall.disk.read(HEALTHY) or b"", Healthy) == Healthy(request="r1")
        edge.helper_says(good="a", version=installed_version())
        edge.order(of=manifest(installed_version(), PACKAGE))
        await edge.until(UpdatePhase.GOOD)
        await edge.hall.close()

    run(main)


def test_the_version_that_was_returned_to_does_not_speak_for_the_one_that_failed() -> None:
    async def test(edge: Updating) -> None:
        edge.helper_says(trial=Trial(slot="a", version="0.9.0", request="r1", failed="it hangs"))
        await asyncio.sleep(120)
        assert edge.hall.disk.read(HEALTHY) is None

    updating(test)
