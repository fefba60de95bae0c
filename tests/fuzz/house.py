"""A hall with all there is to spoil: fire line, alarm, counter, codes. What must hold of it whatever comes."""

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import msgspec

from edge.alarm.config import AreaConfig, FireConfig
from edge.system.pinout import InputPin
from edge.wire.credentials import CredentialKind
from edge.wire.interval import Interval
from edge.wire.offline_codes import OfflineWindow, offline_code
from edge.wire.plan import (
    ClosingPart,
    GrantsPart,
    Manifest,
    Mode,
    ModeSpan,
    ModesPart,
    OfflineListing,
    OfflinePart,
    OverridesPart,
    Part,
    Session,
    SessionsPart,
)
from tests.edge.hall import BOOKING, CONTACT, DOOR, EDGE, REX, SECRET, SITE, STRIKE, ZERO, Hall, config, grant, hours
from tests.memory_link import MemoryLink
from tests.virtual_time import VirtualClock

LOOP = 26
CODE, KEY_CODE = "482913", "715604"
OFFLINE = OfflineWindow(start=ZERO, quarters=8)
OFFLINE_CODE = offline_code(SECRET[::-1], DOOR, OFFLINE)
SECRETS = (CODE, KEY_CODE, OFFLINE_CODE, SECRET.hex(), SECRET[::-1].hex())
CONFIG = msgspec.structs.replace(
    config(),
    fire=FireConfig(loop=InputPin(pin=LOOP)),
    areas=(AreaConfig(id="ground-floor", doors=(DOOR,), zones=("hall",), counters=("front-beams",)),),
)
LINE_LIMIT = 2000
"""Longest line of a log, in characters, that a message of somebody's may lead to."""


def parts() -> tuple[Part, ...]:
    """A plan with something of everything, by which nothing is open to anybody."""
    evening = Interval(start=ZERO - timedelta(hours=1), end=ZERO + timedelta(hours=4))
    return (
        hours(),
        GrantsPart(
            grants=(
                grant(CODE, evening.start, evening.end),
                grant(KEY_CODE, evening.start, evening.end, kind=CredentialKind.KEY_HOLDER),
            )
        ),
        ModesPart(spans=(ModeSpan(during=evening, mode=Mode.CLOSED),)),
        SessionsPart(sessions=(Session(booking=BOOKING, space="hall", window=evening, expected=20, capacity=80),)),
        OverridesPart(),
        OfflinePart(door=DOOR, accepted=(OfflineListing(window=OFFLINE, booking=BOOKING),)),
        ClosingPart(),
    )


class House(Hall):
    """``Hall`` with more in it, and a broker that hands its edge what the edge never asked for too."""

    def __init__(self, clock: VirtualClock, **more: Any) -> None:
        super().__init__(clock, **{"config": CONFIG, **more})
        self.levels[LOOP] = False
        self._ears = self.broker.client([f"hk/1/{SITE}/{EDGE}/#"])

    async def start(self) -> None:
        self.outputs.clear()
        await super().start()

    def _make_link(self, connect_options: Any) -> MemoryLink:
        more = ("strange/#", "hk/2/#", f"hk/1/{SITE}/{EDGE}/strange/#", f"hk/1/{SITE}/other-pi/#", "hk/1/elsewhere/#")
        return super()._make_link(msgspec.structs.replace(connect_options, filters=(*connect_options.filters, *more)))

    async def furnish(self, version: int = 10) -> Manifest:
        return await self.send_plan(version, *parts())

    def whole(self) -> None:
        """The agent lives."""
        assert self.task is not None
        if self.task.done():
            self.task.result()
            raise AssertionError("the agent has ended")

    def counted(self) -> int:
        """How often the edge has counted something odd, by what it tells."""
        return sum(self.status().health.values())

    async def said(self) -> int:
        """``counted``, once the edge has had the time to tell."""
        await asyncio.sleep(3)
        return self.counted()

    async def exits(self) -> None:
        """People inside get out, and nobody gets in behind them."""
        self.whole()
        await self.drive(REX, False)
        await asyncio.sleep(0.1)
        self.whole()
        assert self.unlocked(), "the exit button does not release the door"
        await self.drive(REX, True)
        await self.drive(CONTACT, True)
        await asyncio.sleep(1)
        await self.drive(CONTACT, False)

    def never_opened(self) -> bool:
        """Whether the lock has been held ever since the agent started."""
        return not any(self.outputs[STRIKE])


@asynccontextmanager
async def inhabited(clock: VirtualClock, **more: Any) -> AsyncIterator[House]:
    """A house that has started, and is closed at the end."""
    container = House(clock, **more)
    try:
        await container.start()
        yield container
    finally:
        await container.close()


class _Told(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.getMessage()} {vars(record)}" if record.exc_info else record.getMessage())


@contextmanager
def logged() -> Iterator[list[str]]:
    """What the edge logs meanwhile: bounded lines without secrets."""
    told, log = _Told(), logging.getLogger("edge")
    before = log.level
    log.addHandler(told)
    log.setLevel(logging.DEBUG)
    try:
        yield told.lines
    finally:
        log.removeHandler(told)
        log.setLevel(before)
    for line in told.lines:
        assert len(line) <= LINE_LIMIT, f"a line of {len(line)} characters: {line[:200]}"
        assert not any(secret in line for secret in SECRETS), line
