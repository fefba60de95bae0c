"""State that door decisions use besides the plan: offline codes, and who is inside (``edge.doors.anti_passback``)."""

import asyncio
from collections.abc import Callable, Iterable

from edge.doors.anti_passback import AntiPassback, Forgot
from edge.doors.offline_code_table import BoundCodes, OfflineCodes, Windows, bound_file, read_bound, to_store
from edge.runtime import Runtime
from edge.system.liveness import OUTSIDE_STUCK_S, Liveness, wait_first
from edge.system.state_file import StateFile
from edge.wire.access_decision import ClockTrust, Decision
from edge.wire.codec import encode
from edge.wire.credentials import Presented
from edge.wire.faults import FaultCode
from edge.wire.offline_codes import OfflineWindow

REFRESH_S = 30.0
"""How often the tables of offline codes are updated. They include windows that begin within the next hour."""


class AccessState:
    """One instance serves all doors of an edge."""

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
        self._passback = AntiPassback(runtime)
        self._liveness = Liveness(OUTSIDE_STUCK_S)

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
        return self._passback.apply(door, decision)

    def passed(self, door: str, presented: Presented, decision: Decision, *, way_in: bool) -> None:
        """Record that somebody was let through."""
        self._passback.passed(door, decision, way_in=way_in)
        if way_in and decision.offline is not None:
            self._use(door, presented.digits, decision.offline)

    def fire(self, on: bool) -> None:
        """A fire began or ended: everybody is assumed to have left, by any door."""
        self._passback.forget(Forgot.FIRE)

    def _use(self, door: str, digits: str, window: OfflineWindow) -> None:
        for codes in self._codes[door].values():
            if window in codes.windows(digits) and codes.use(digits, window):
                self.state_files[door].changed()

    def _kept_of(self, door: str) -> Callable[[], bytes]:
        return lambda: encode(to_store(self._bound[door], self._runtime.now()))

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
            self._passback.forget_at_night()
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
