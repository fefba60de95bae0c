"""A lobby with two doors, all that a door can have and a fire line, around the agent of ``hall``."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import msgspec

from edge.alarm.config import FireConfig
from edge.config import Config
from edge.doors.config import DoorConfig
from edge.readers.config import WiegandConfig
from edge.system.durable_files import Files
from edge.system.pinout import InputPin, OutputPin
from edge.wire.access_decision import Reason
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.events import AccessData, DoorData, FaultData, FireData
from edge.wire.interval import Interval
from edge.wire.plan import DoorSpan, Grant, GrantsPart, HoursPart, Override, OverridesPart
from tests.edge.enrolled import identity
from tests.edge.hall import CONTACT, D0, D1, DOOR, PIR, REX, SECRET, STRIKE, ZERO, Hall, config, hours, named, run
from tests.virtual_time import VirtualClock

INNER_DOOR = "inner-door"
INNER_RELAY, INNER_CONTACT, INNER_REX, INNER_D0, INNER_D1 = 18, 10, 12, 16, 20
SECOND, SENSOR, GLASS, BUZZER, GREEN, RED, LOOP = 7, 4, 8, 14, 19, 21, 26
CODE, STAFF, KEY_HOLDER = "482913", "117733", "558822"
EVENING = (ZERO, ZERO + timedelta(hours=4))
LEVELS = {
    CONTACT: False,
    SECOND: False,
    SENSOR: False,
    REX: True,
    GLASS: False,
    LOOP: False,
    D0: True,
    D1: True,
    PIR: False,
    INNER_CONTACT: False,
    INNER_REX: True,
    INNER_D0: True,
    INNER_D1: True,
}
"""Doors shut, locks holding, glass whole, no fire."""


def front(**changes: Any) -> DoorConfig:
    """The outer door; ``changes`` give it more."""
    return msgspec.structs.replace(config().doors[0], **changes)


def lobby(outer: DoorConfig | None = None, *, fire: bool = True, **inner: Any) -> Config:
    """A configuration with the outer door and, where ``inner`` says something of it, an inner one."""
    base, doors = config(), [outer or front()]
    readers = [base.readers[0]]
    if inner:
        contact, rex = InputPin(pin=INNER_CONTACT), InputPin(pin=INNER_REX)
        plain = front(id=INNER_DOOR, relay=OutputPin(pin=INNER_RELAY), contact=contact, rex=rex)
        doors.append(msgspec.structs.replace(plain, **inner))
        readers.append(WiegandConfig(id="inner-keypad", door=INNER_DOOR, d0=INNER_D0, d1=INNER_D1))
    line = FireConfig(loop=InputPin(pin=LOOP)) if fire else None
    return msgspec.structs.replace(
        base,
        identity=identity({door.id: SECRET for door in doors}),
        doors=tuple(doors),
        readers=tuple(readers),
        counters=(),
        motion=(),
        fire=line,
    )


def opening(code: str, kind: CredentialKind, *, door: str = DOOR, hold_s: float | None = None) -> Grant:
    window = Interval(start=EVENING[0], end=EVENING[1])
    return Grant(door=door, key=code_key(SECRET, kind, code), kind=kind, windows=(window,), hold_s=hold_s)


def grants(*more: Grant) -> GrantsPart:
    """A booking code, a staff code and a key holder's code at both doors."""
    kinds = (
        (CODE, CredentialKind.BOOKING_CODE),
        (STAFF, CredentialKind.STAFF),
        (KEY_HOLDER, CredentialKind.KEY_HOLDER),
    )
    made = [opening(code, kind, door=door) for code, kind in kinds for door in (DOOR, INNER_DOOR)]
    return GrantsPart(grants=(*made, *more))


def spans(*during: DoorSpan, door: str = DOOR) -> HoursPart:
    return msgspec.structs.replace(hours(*during), door=door)


class Lobby(Hall):
    """Hands for both doors, and what became of them."""

    version = 0

    async def plan_for(
        self, *hours_parts: HoursPart, overrides: tuple[Override, ...] = (), more: tuple[Grant, ...] = ()
    ) -> None:
        """Send the plan that ``grants`` gives, with accepting hours at doors that none are given for."""
        given = {part.door: part for part in hours_parts}
        both = [given.get(door, spans(door=door)) for door in (DOOR, INNER_DOOR)]
        self.version += 1
        await self.send_plan(self.version, *both, grants(*more), OverridesPart(overrides=overrides))

    async def enter_inside(self, code: str) -> None:
        """Type at the inner door."""
        for digit in code:
            for bit in f"{int(digit):04b}":
                pin = INNER_D1 if bit == "1" else INNER_D0
                await self.drive(pin, False)
                await asyncio.sleep(0.0001)
                await self.drive(pin, True)
                await asyncio.sleep(0.002)
            await asyncio.sleep(0.3)

    def level(self, pin: int) -> bool:
        """What the agent drives a pin to."""
        return self.outputs[pin][-1]

    def outer_open(self) -> bool:
        return self.level(STRIKE)

    def inner_open(self) -> bool:
        return self.level(INNER_RELAY)

    def changes(self, door: str = DOOR) -> list[str]:
        return [data.change.value for data in self.data(DoorData) if data.door == door]

    def fire(self) -> list[str]:
        return [data.change.value for data in self.data(FireData)]

    def faults(self) -> list[tuple[str, bool]]:
        return [(named(data), data.present) for data in self.data(FaultData)]

    def asked(self) -> list[tuple[str, Reason]]:
        return [(data.door, data.reason) for data in self.data(AccessData)]


def with_lobby(
    act: Callable[[Lobby], Awaitable[None]],
    config: Config,
    *,
    disk: Files | None = None,
    levels: dict[int, bool] | None = None,
    synchronised: bool = True,
) -> None:
    """Run ``act`` in virtual time on a lobby whose agent has started."""

    async def main(clock: VirtualClock) -> None:
        hall = Lobby(clock, disk=disk, config=config, synchronised=synchronised)
        hall.levels = LEVELS | (levels or {})
        await hall.start()
        try:
            await act(hall)
        finally:
            await hall.close()

    run(main)
