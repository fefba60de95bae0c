"""State that door decisions use besides the plan: offline codes, and who is inside.

Anti-passback: who has come in and not left. The state exists only on the edge.

A card that is passed back through a window lets a second person in. ``soft`` reports that, ``hard`` refuses it. It
never applies to the way out, nor to codes that a group shares. If in doubt it forgets who is inside: at night, after a
fire, and when the door counter shows that more people left than are known to be inside.
"""

import asyncio
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from edge.doors.offline_code_table import BoundCodes, OfflineCodes, Windows, bound_file, read_bound, to_store
from edge.runtime import Runtime
from edge.system.liveness import OUTSIDE_STUCK_S, Liveness, wait_first
from edge.system.state_file import StateFile
from edge.wire.access_decision import ClockTrust, Decision, Reason
from edge.wire.codec import encode
from edge.wire.credentials import TIME_INDEPENDENT, Presented
from edge.wire.events import FootfallData
from edge.wire.faults import FaultCode
from edge.wire.interval import Instant
from edge.wire.offline import OfflineWindow
from edge.wire.plan import Passback

LONGEST = timedelta(hours=16)
"""A holder who came in longer ago is assumed to have left another way."""


class Forgot(StrEnum):
    """Why everybody is assumed to have left."""

    NIGHT = "night"
    FIRE = "fire"
    COUNT = "count"


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    """Since when each holder is inside, by the holder id of the grant."""

    since: dict[str, Instant] = {}


def apply(inside: Inside, policy: Passback, decision: Decision, now: datetime) -> Decision:
    """Apply the policy to a decision at the way in. Key holders and staff are reported, never refused: a person
    responsible for the building must get in."""
    holder = decision.holder
    since = inside.since.get(holder) if holder is not None else None
    if policy is Passback.OFF or not decision.granted or since is None or not since <= now < since + LONGEST:
        return decision
    if policy is Passback.HARD and decision.kind not in TIME_INDEPENDENT:
        return msgspec.structs.replace(decision, granted=False, reason=Reason.PASSBACK, hold_s=0.0, passback=True)
    return msgspec.structs.replace(decision, passback=True)


def came_in(inside: Inside, holder: str | None, now: datetime) -> Inside:
    """Record an entry. ``holder`` is ``None`` for a code that a group shares."""
    return inside if holder is None else Inside(since=inside.since | {holder: now})


def left(inside: Inside, holder: str | None) -> Inside:
    """Record that a holder left."""
    if holder is None or holder not in inside.since:
        return inside
    return Inside(since={each: at for each, at in inside.since.items() if each != holder})


def forget(inside: Inside, why: Forgot) -> Inside:
    """Assume that everybody has left, for any of the reasons."""
    return Inside() if inside.since else inside


def agrees(inside: Inside, counted: int) -> bool:
    """Whether the count of people inside is plausible: at least the number of holders known to be inside."""
    return counted >= len(inside.since)


REFRESH_S = 30.0
"""How often the tables of offline codes are updated. They include windows that begin within the next hour."""
NIGHT = timedelta(hours=4)
"""Time of day, on the site's clock, at which everybody is assumed to have left."""


class AccessState:
    """One instance serves all doors of an edge. Footfall counters correct its record of who is inside."""

    def __init__(self, runtime: Runtime, *, doors: Iterable[str]) -> None:
        self._runtime = runtime
        self._doors = tuple(doors)
        self._codes: dict[str, dict[bytes, OfflineCodes]] = {door: {} for door in self._doors}
        self._bound: dict[str, Windows] = {door: {} for door in self._doors}
        self.state_files = {
            door: StateFile(
                runtime, path=bound_file(door), device=door, part="offline_codes", content=self._kept_of(door)
            )
            for door in self._doors
        }
        self._wake = asyncio.Event()
        self._inside = Inside()
        self._counted = 0
        self._night: date | None = None
        self._liveness = Liveness(OUTSIDE_STUCK_S)
        runtime.listen(FootfallData, self._on_footfall)

    def start(self) -> None:
        """Read the stored state, then keep the tables of codes current."""
        for door, state_file in self.state_files.items():
            state_file.start(f"used codes of {door}")
        self._runtime.supervise("offline codes", self._run(), self._liveness)

    def refresh(self) -> None:
        """Update the tables: the doors' secrets may have changed."""
        self._wake.set()

    def meaning(self, door: str, digits: str) -> tuple[OfflineWindow, ...]:
        """The windows that an offline code can stand for at a door."""
        known = self._codes[door]
        held = [known[secret] for secret in self._runtime.secrets.offline(door) if secret in known]
        return tuple(window for codes in held for window in codes.windows(digits))

    def apply_passback(self, door: str, decision: Decision) -> Decision:
        """Apply anti-passback to a decision at the way in."""
        return apply(self._inside, self._policy(door), decision, self._runtime.now())

    def passed(self, door: str, presented: Presented, decision: Decision, *, way_in: bool) -> None:
        """Record that somebody was let through."""
        if not way_in:
            self._inside = left(self._inside, decision.holder)
            return
        if self._policy(door) is not Passback.OFF:
            self._inside = came_in(self._inside, decision.holder, self._runtime.now())
        if decision.offline is not None:
            self._use(door, presented.digits, decision.offline)

    def fire(self, on: bool) -> None:
        """A fire began or ended: everybody is assumed to have left, by any door."""
        self._forget(Forgot.FIRE)

    def _use(self, door: str, digits: str, window: OfflineWindow) -> None:
        for codes in self._codes[door].values():
            if window in codes.windows(digits) and codes.use(digits, window):
                self.state_files[door].changed()

    def _kept_of(self, door: str) -> Callable[[], bytes]:
        return lambda: encode(to_store(self._bound[door], self._runtime.now()))

    def _policy(self, door: str) -> Passback:
        here = self._runtime.door_plan(door)
        return here.hours.passback if here is not None else Passback.OFF

    def _on_footfall(self, counter: str, data: FootfallData) -> None:
        self._counted += data.ins - data.outs
        if not agrees(self._inside, self._counted):
            self._forget(Forgot.COUNT)

    def _forget(self, why: Forgot) -> None:
        self._inside = forget(self._inside, why)
        self._counted = 0

    async def _run(self) -> None:
        for door in self._doors:
            kept = await read_bound(self._runtime.files, door)
            self._bound[door] |= {each.key: each.window for each in (kept or BoundCodes()).codes}
            self._runtime.fault(door, FaultCode.FILE_DAMAGED, "offline_codes", present=kept is None)
        while True:
            self._liveness.progressed()
            self._wake.clear()
            for door in self._doors:
                await self._prepare(door)
            night = (self._runtime.now().astimezone(ZoneInfo(self._runtime.config.timezone)) - NIGHT).date()
            if self._night not in (None, night):
                self._forget(Forgot.NIGHT)
            self._night = night
            await wait_first(self._runtime.clock.sleep(REFRESH_S), self._wake.wait())

    async def _prepare(self, door: str) -> None:
        """Update the table of a door. Skipped while the clock is unproven, because no code can be checked then."""
        known, wanted = self._codes[door], self._runtime.secrets.offline(door)
        if tuple(known) != wanted:
            known = self._codes[door] = {
                secret: known.get(secret) or OfflineCodes(door, secret, self._bound[door]) for secret in wanted
            }
        if self._runtime.trust is not ClockTrust.UNPROVEN:
            for codes in known.values():
                for _ in codes.prepare(self._runtime.now()):
                    await asyncio.sleep(0)
