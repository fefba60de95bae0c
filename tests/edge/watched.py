"""A hall with an intruder alarm, lights and announcers around the agent of ``hall``; it closes at six."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import msgspec

from edge.alarm.config import AnnouncerConfig, AreaConfig, FireConfig, OutputConfig, WindowConfig
from edge.config import Config
from edge.system.durable_files import Files
from edge.system.pinout import InputPin, OutputPin
from edge.wire.credentials import CredentialKind, code_key
from edge.wire.events import AlarmData, ClosingData
from edge.wire.interval import Interval
from edge.wire.plan import (
    ClosingPart,
    DoorSpan,
    Grant,
    GrantsPart,
    Mode,
    ModeSpan,
    ModesPart,
    Part,
    Session,
    SessionsPart,
)
from tests.edge.hall import BOOKING, CONTACT, DOOR, INNER, OUTER, PIR, REX, SECRET, ZERO, Hall, config, hours, run
from tests.virtual_time import VirtualClock

AREA = "ground-floor"
WINDOW, LID, LOOP = 7, 8, 9
SIREN, STROBE, WARNING, SET, LIGHT, MAGNET, SPEAKER, BUZZER = 10, 11, 12, 13, 14, 15, 16, 18
CLOSES = ZERO + timedelta(hours=1)
OPENS = ZERO + timedelta(hours=16)
CODE, STAFF, DURESS = "482913", "117733", "482914"
QUIET, WARN = 900, 60


def area(**changes: Any) -> AreaConfig:
    plain = AreaConfig(
        id=AREA,
        doors=(DOOR,),
        zones=("hall",),
        counters=("front-beams",),
        windows=(WindowConfig(id="hall-window", contact=InputPin(pin=WINDOW)),),
        tamper=InputPin(pin=LID),
        siren=OutputPin(pin=SIREN),
        strobe=OutputPin(pin=STROBE),
        warning=OutputPin(pin=WARNING),
        set=OutputPin(pin=SET),
    )
    return msgspec.structs.replace(plain, **changes)


def watched(
    *areas: AreaConfig, announcers: tuple[AnnouncerConfig, ...] = (), door: dict[str, Any] | None = None
) -> Config:
    base = config()
    return msgspec.structs.replace(
        base,
        doors=(msgspec.structs.replace(base.doors[0], buzzer=OutputPin(pin=BUZZER), **(door or {})),),
        fire=FireConfig(loop=InputPin(pin=LOOP)),
        areas=areas,
        announcers=announcers,
        outputs=(
            OutputConfig(id="hall-light", relay=OutputPin(pin=LIGHT), zones=("hall",)),
            OutputConfig(id="hall-magnets", use="hold_open", relay=OutputPin(pin=MAGNET)),
        ),
    )


class Watched(Hall):
    """Hands for an evening."""

    version = 0
    parts: tuple[Part, ...] = ()

    async def evening(
        self,
        *sessions: tuple[datetime, datetime],
        closes: datetime = CLOSES,
        closing: ClosingPart | None = None,
        free: bool = False,
    ) -> None:
        """Send the plan: staffed until ``closes`` and again from nine in the morning."""
        self.version += 1
        staffed = [
            Interval(start=ZERO - timedelta(hours=8), end=closes),
            Interval(start=OPENS, end=OPENS + timedelta(hours=2)),
        ]
        doors = [DoorSpan(during=each, free=free, accepts=tuple(CredentialKind)) for each in staffed]
        doors.append(DoorSpan(during=Interval(start=closes, end=OPENS), accepts=tuple(CredentialKind)))
        window = Interval(start=ZERO, end=ZERO + timedelta(days=2))
        kinds = (
            (CODE, CredentialKind.BOOKING_CODE, False),
            (STAFF, CredentialKind.STAFF, False),
            (DURESS, CredentialKind.STAFF, True),
        )
        self.parts = (
            hours(*doors),
            ModesPart(spans=tuple(ModeSpan(during=each, mode=Mode.STAFFED) for each in staffed)),
            GrantsPart(
                grants=tuple(
                    Grant(door=DOOR, key=code_key(SECRET, kind, code), kind=kind, windows=(window,), duress=duress)
                    for code, kind, duress in kinds
                )
            ),
            SessionsPart(
                sessions=tuple(
                    Session(booking=BOOKING, space="hall", window=Interval(start=start, end=end))
                    for start, end in sessions
                )
            ),
            closing or ClosingPart(),
        )
        await self.send_plan(self.version, *self.parts)

    async def move(self, for_s: float = 1.0) -> None:
        """Somebody moves before the PIR."""
        await self.drive(PIR, True)
        await asyncio.sleep(for_s)
        await self.drive(PIR, False)

    async def count(self, inside: int = 0) -> None:
        """Somebody has counted."""
        await self.order(self.command("recount", args={"counter": "front-beams", "inside": inside}))

    async def leave(self, *, seen: bool = True) -> None:
        """Somebody goes out by the door; the beams may miss it."""
        await self.drive(REX, False)
        await asyncio.sleep(0.3)
        await self.drive(REX, True)
        await self.drive(CONTACT, True)
        await asyncio.sleep(0.5)
        if seen:
            await self.walk(INNER, OUTER)
        await asyncio.sleep(1)
        await self.drive(CONTACT, False)
        await asyncio.sleep(0.2)

    async def come_in(self, code: str = CODE, *, seen: bool = True) -> None:
        await self.enter(code)
        await asyncio.sleep(0.3)
        await self.drive(CONTACT, True)
        await asyncio.sleep(0.5)
        if seen:
            await self.walk(OUTER, INNER)
        await asyncio.sleep(1)
        await self.drive(CONTACT, False)
        await asyncio.sleep(0.2)
        await self.move()

    async def used(self) -> None:
        """The day is known to the area: the PIR has seen somebody, and everybody is counted out."""
        await self.evening()
        await self.move()
        await self.count(0)

    async def sleep_until(self, moment: datetime, more_s: float = 0.0) -> None:
        await asyncio.sleep(max(0.0, (moment - self.clock.now()).total_seconds() + more_s))

    async def set_itself(self) -> None:
        await self.used()
        await self.sleep_until(CLOSES, QUIET + WARN + 60)
        assert self.alarm() == "set", self.changes()

    def alarm(self) -> str:
        return str(self.state(AREA).values["state"])

    def changes(self) -> list[tuple[str, str | None]]:
        return [(data.change.value, data.why) for data in self.data(AlarmData)]

    def told(self) -> list[ClosingData]:
        return self.data(ClosingData)

    def on(self, pin: int) -> bool:
        return self.outputs.get(pin, [False])[-1]


def with_watched(
    act: Callable[[Watched], Awaitable[None]],
    config: Config | None = None,
    *,
    disk: Files | None = None,
    synchronised: bool = True,
    zero: datetime = ZERO,
) -> None:
    """Run ``act`` in virtual time on a hall whose agent has started, by default one with an alarm."""

    async def main(clock: VirtualClock) -> None:
        hall = Watched(clock, disk=disk, config=config or watched(area()), synchronised=synchronised)
        hall.levels |= {WINDOW: False, LID: False, LOOP: False}
        await hall.start()
        try:
            await act(hall)
        finally:
            await hall.close()

    run(main, zero=zero)
