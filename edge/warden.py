"""What a door knows beside its plan when it decides: offline codes, the keys that sign passes, and who is inside."""

import asyncio
from collections.abc import Iterable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from edge import passback
from edge.files import Files
from edge.house import House
from edge.offline import BoundCodes, OfflineCodes, read_bound, write_bound
from edge.passback import Forgot, Inside
from edge.pulse import OUTSIDE_STUCK_S, Pulse
from edge.wire.credentials import Presented
from edge.wire.decide import ClockTrust, Decision
from edge.wire.envelope import Keyring
from edge.wire.events import EventData, FootfallData
from edge.wire.offline import OfflineWindow
from edge.wire.plan import Passback

LOOK_S = 30.0
"""The tables of codes are brought up to the hour this often; they know of each window an hour ahead."""
NIGHT = timedelta(hours=4)
"""When everybody is taken to have left, by the site's clock."""


class Warden:
    """One for all doors of an edge; where there are counters, they tell it when its idea of who is inside is wrong."""

    def __init__(self, house: House, *, files: Files, doors: Iterable[str]) -> None:
        self._house = house
        self._files = files
        self._doors = tuple(doors)
        self._codes: dict[str, dict[bytes, OfflineCodes]] = {door: {} for door in self._doors}
        self._inside = Inside()
        self._counted = 0
        self._night: date | None = None
        self._pulse = Pulse(OUTSIDE_STUCK_S)
        house.record_listeners.append(self._recorded)

    def start(self) -> None:
        """Read what is kept, then keep the tables up to the hour."""
        self._house.keep("offline codes", self._run(), self._pulse)

    @property
    def keys(self) -> Keyring:
        """The controller's, which sign passes."""
        return self._house.plans.keys

    def meaning(self, door: str, digits: str) -> tuple[OfflineWindow, ...]:
        """What an offline code can mean at a door."""
        return tuple(window for codes in self._codes[door].values() for window in codes.windows(digits))

    def judge(self, door: str, decision: Decision) -> Decision:
        """A decision at the way in, with what is known of who is inside."""
        return passback.judge(self._inside, self._policy(door), decision, self._house.now())

    def passed(self, door: str, presented: Presented, decision: Decision, *, way_in: bool) -> None:
        """Somebody was let through."""
        if not way_in:
            self._inside = passback.left(self._inside, decision.holder)
            return
        if self._policy(door) is not Passback.OFF:
            self._inside = passback.came_in(self._inside, decision.holder, self._house.now())
        if decision.offline is not None:
            self._use(door, presented.digits, decision.offline)

    def fire(self, on: bool) -> None:
        """There is fire, or no longer: whoever was inside has left by any door."""
        self._forget(Forgot.FIRE)

    def _use(self, door: str, digits: str, window: OfflineWindow) -> None:
        for codes in self._codes[door].values():
            if window in codes.windows(digits) and codes.use(digits, window):
                self._house.spawn(f"used codes of {door}", self._keep(door))

    async def _keep(self, door: str) -> None:
        now = self._house.now()
        for at, codes in enumerate(self._codes[door].values()):
            kept = await write_bound(self._files, f"{door}-{at}" if at else door, codes.bound(now))
            self._house.fault(door, "used offline codes cannot be kept on the disk", present=not kept)

    def _policy(self, door: str) -> Passback:
        plan = self._house.plans.plan
        here = plan.doors.get(door) if plan is not None else None
        return here.hours.passback if here is not None else Passback.OFF

    def _recorded(self, device: str, data: EventData) -> None:
        if isinstance(data, FootfallData):
            self._counted += data.ins - data.outs
            if not passback.agrees(self._inside, self._counted):
                self._forget(Forgot.COUNT)

    def _forget(self, why: Forgot) -> None:
        self._inside = passback.forget(self._inside, why)
        self._counted = 0

    async def _run(self) -> None:
        while True:
            self._pulse.stirred()
            for door in self._doors:
                await self._prepare(door)
            night = (self._house.now().astimezone(ZoneInfo(self._house.config.timezone)) - NIGHT).date()
            if self._night not in (None, night):
                self._forget(Forgot.NIGHT)
            self._night = night
            await self._house.clock.sleep(LOOK_S)

    async def _prepare(self, door: str) -> None:
        """With the clock unproven no code can be judged, so nothing is worked out for a time that is not."""
        known, wanted = self._codes[door], self._house.secrets.offline(door)
        if tuple(known) != wanted:
            fresh = {secret: known.get(secret) or OfflineCodes(door, secret) for secret in wanted}
            for at, codes in enumerate(fresh.values()):
                kept = await read_bound(self._files, f"{door}-{at}" if at else door)
                codes.remember(kept or BoundCodes())
                self._house.fault(door, "used offline codes on the disk cannot be read", present=kept is None)
            known = self._codes[door] = fresh
        if self._house.trust is not ClockTrust.UNPROVEN:
            for codes in known.values():
                for _ in codes.prepare(self._house.now()):
                    await asyncio.sleep(0)
