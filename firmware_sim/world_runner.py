"""Runs the world along a clock, and carries out what the user of the simulator asks for."""

import asyncio
import time
from collections.abc import Awaitable, Callable

import msgspec

from edge.wire.access_decision import Reason, reason_text
from edge.wire.clock import Clock
from edge.wire.events import AccessData
from firmware_sim.timeline import Act, Process, Until
from firmware_sim.world import World

ANSWER_S = 5.0
_DIGITS = 6
_AGAIN = ", after typing the code again, since the door had locked"


class ActResult(msgspec.Struct, frozen=True, kw_only=True):
    """The result of an action. ``latency_ms``: real time from the last key to the lock. ``unread``: the
    machine was too busy to read what was presented; it is to be presented again."""

    done: bool
    text: str
    latency_ms: float | None = None
    unread: bool = False


class WorldRunner:
    """Runs a world. Its timeline's ticks are the clock's monotonic seconds, so that a late wake-up bends no pulse.

    ``answer_s``: real seconds within which an edge must have answered a code.
    """

    def __init__(self, world: World, clock: Clock, *, answer_s: float = ANSWER_S) -> None:
        self.world = world
        self._clock = clock
        self._answer_s = answer_s
        self._earlier = asyncio.Event()
        self._typed: dict[tuple[str, str], str] = {}
        self._pressed: dict[tuple[str, str], str] = {}

    async def run(self) -> None:
        """Run until cancelled."""
        timeline = self.world.timeline
        timeline.woken = self._earlier.set
        while True:
            self._earlier.clear()
            timeline.run_until(self._clock.monotonic())
            due = timeline.next_due
            await self._sleep(None if due is None else due - self._clock.monotonic())

    def catch_up(self) -> None:
        """Run the world up to the present, before something from outside happens."""
        self.world.timeline.run_until(self._clock.monotonic())

    async def act(self, process: Act) -> bool:
        """Do something on the timeline; whether it succeeded."""
        self.catch_up()
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.world.timeline.spawn(_told(process, done.set_result))
        return await done

    async def key(self, site: str, door: str, digits: str) -> ActResult:
        """Type ``digits`` at a door and watch. Raises ``NoSuchThing`` or ``ValueError``."""
        keys = "*" + digits + ("" if len(digits) == _DIGITS else "#")
        outcome = await self._show(site, door, lambda: self.world.type_keys(site, door, keys))
        if outcome.done:
            self._typed[site, door] = digits
            self._pressed.pop((site, door), None)
        return outcome

    def press(self, site: str, door: str, keys: str) -> ActResult:
        """Press keys as they are; the edge's answer comes as an event. Raises ``NoSuchThing`` or ``ValueError``."""
        self.catch_up()
        doorway = self.world.site(site).doorway(door)
        doorway.press(keys)
        pressed = self._pressed.get((site, door), "") + keys
        self._pressed[site, door] = pressed[-_DIGITS:] if pressed.isdigit() else ""
        return ActResult(done=True, text=f"{len(keys)} {_keys(keys)} pressed at {doorway.facts.name}")

    async def card(self, site: str, door: str, card: str, pin: str = "") -> ActResult:
        """Hold ``FACILITY:NUMBER`` at a door's card reader and watch; where it asks for the PIN, type ``pin``. Raises
        ``NoSuchThing`` or ``ValueError``."""
        doorway = self.world.site(site).doorway(door)
        return await self._with_pin(site, door, lambda: doorway.show_card(card), pin)

    async def scan(self, site: str, door: str, text: str, pin: str = "") -> ActResult:
        """Hold a QR code or barcode under a door's scanner and watch; where it asks for the PIN, type ``pin``. Raises
        ``NoSuchThing`` or ``ValueError``."""
        return await self._with_pin(site, door, lambda: self.world.scan(site, door, text), pin)

    async def _with_pin(self, site: str, door: str, show: Callable[[], float], pin: str) -> ActResult:
        outcome = await self._show(site, door, show)
        access = self.world.reported[site].last_access.get(door)
        if not pin or access is None or access.reason is not Reason.PIN_WANTED:
            return outcome
        return await self._show(site, door, lambda: self.world.type_keys(site, door, f"{pin}#"))

    async def _show(self, site: str, door: str, show: Callable[[], float]) -> ActResult:
        """Present something and watch. ``show`` returns the tick at which all of it has been presented."""
        self.catch_up()
        place = self.world.site(site)
        doorway = place.doorway(door)
        name = doorway.facts.name
        if place.wires is None:
            return ActResult(done=False, text=f"{name} stays shut: its readers are dead, no agent runs at {site}")
        reported = self.world.reported[site]
        reported.last_access.pop(door, None)
        was_released = doorway.circuit.released
        last = show()
        timeline = self.world.timeline
        marks: dict[str, float] = {}

        def mark(name: str) -> None:
            marks.setdefault(name, time.perf_counter())

        timeline.spawn(_mark(doorway.wait_released, lambda: mark("released")))
        timeline.at(last, lambda: mark("sent"))
        await self.act(_until(lambda: last - timeline.tick))
        access = await self._answered(site, door)
        if access is None and reported.codes_wait.get(door, self.world.now) > self.world.now:
            # Unknown codes are reported in one event, when the wait is over.
            return ActResult(done=False, text=f"{name} stays shut: {reason_text(Reason.LOCKED_OUT, None)}")
        if access is None:
            text = f"{name} stays shut: the agent did not answer within {self._answer_s:g} s"
            return ActResult(done=False, text=text, unread=True)
        if not access.granted:
            text = f"{name} stays shut: {reason_text(access.reason, access.method)}"
            return ActResult(done=False, text=text, unread=access.reason is Reason.UNREAD)
        released = marks.get("released")
        after = (released - marks["sent"]) * 1000 if released is not None else None
        latency = after if after is None or after >= 0 else None  # a long code opens before the # that ends it
        text = f"{name} opens: {reason_text(access.reason, access.method)}"
        if was_released:
            text += " (it was already unlocked)"
        elif released is None:
            return ActResult(done=False, text=f"{name} stays shut: it was granted, but its lock did not let go")
        return ActResult(done=True, text=text, latency_ms=latency)

    async def walk_in(self, site: str, door: str) -> ActResult:
        """Somebody walks in; where the door has locked again, with the code typed there last."""
        self.catch_up()
        doorway = self.world.site(site).doorway(door)
        typed = await self._typed_again(site, door)
        if typed is not None and not typed.done:
            return ActResult(done=False, text=f"Nobody came in: {typed.text}")
        again = "" if typed is None else _AGAIN
        if await self.act(self.world.walk_in(site, door, self.world.walker())):
            return ActResult(done=True, text=f"Somebody walked in at {doorway.facts.name}{again}")
        return ActResult(done=False, text=f"Nobody came in: {doorway.facts.name} is locked; type a code first")

    async def _typed_again(self, site: str, door: str) -> ActResult | None:
        """Where the door has locked, type the code that has opened it last; ``None`` where there is no need or none."""
        digits = self._opened_by(site, door)
        if self.world.site(site).doorway(door).enterable or not digits:
            return None
        return await self.key(site, door, digits)

    def _opened_by(self, site: str, door: str) -> str:
        """The digits that have opened a door last; empty if none have."""
        pressed = self._pressed.get((site, door), "")
        last = self.world.reported[site].last_access.get(door)
        if len(pressed) == _DIGITS and last is not None and last.granted:
            return pressed
        return self._typed.get((site, door), "")

    async def walk_out(self, site: str, door: str) -> ActResult:
        """The first person in this door's zone leaves by it."""
        self.catch_up()
        doorway = self.world.site(site).doorway(door)
        who = self.world.site(site).anyone_behind(door)
        if who is None:
            return ActResult(done=False, text=f"Nobody is behind {doorway.facts.name}")
        if await self.act(self.world.walk_out(site, door, who)):
            return ActResult(done=True, text=f"Somebody walked out at {doorway.facts.name}")
        return ActResult(done=False, text=f"SOMEBODY IS LOCKED IN behind {doorway.facts.name}")

    async def press_exit(self, site: str, door: str) -> ActResult:
        """Press a door's exit button. Raises ``NoSuchThing``."""
        doorway = self.world.site(site).doorway(door)
        let_go = await self.act(doorway.press_exit())
        what = "its lock lets go" if let_go else "its lock has no current to let go with, and its handle opens it"
        return ActResult(done=let_go, text=f"The exit button at {doorway.facts.name} is pressed: {what}")

    async def leaf(self, site: str, door: str, act: str) -> ActResult:
        """Move a door's leaf: ``open``, ``wedge``, ``force`` or ``shut``; where it has locked again, ``open`` and
        ``wedge`` with the code typed there last. Raises ``NoSuchThing``."""
        self.catch_up()
        doorway = self.world.site(site).doorway(door)
        name = doorway.facts.name
        if act == "shut":
            doorway.shut()
            return ActResult(done=True, text=f"{name} is pushed shut")
        if act == "force":
            doorway.force()
            return ActResult(done=True, text=f"{name} is forced open")
        typed = await self._typed_again(site, door)
        if typed is not None and not typed.done:
            return typed
        again = "" if typed is None else _AGAIN
        if not (doorway.wedge() if act == "wedge" else doorway.open_from_outside()):
            return ActResult(done=False, text=f"{name} stays shut: it is locked; type a code first")
        how = f"held open{again}. It stays open until it is let go" if act == "wedge" else f"pulled open{again}"
        return ActResult(done=True, text=f"{name} is {how}")

    def beam(self, site: str, door: str, beam: str, act: str) -> ActResult:
        """``tap``, ``block`` or ``clear`` one of a door's beams. Raises ``NoSuchThing``."""
        self.catch_up()
        doorway = self.world.site(site).doorway(door)
        if act == "tap":
            doorway.tap(beam)
        else:
            doorway.block(beam, act == "block")
        done = {"tap": "was broken for a moment", "block": "is blocked", "clear": "is clear"}[act]
        return ActResult(done=True, text=f"The {beam} beam at {doorway.facts.name} {done}")

    def set_fire(self, site: str, on: bool) -> ActResult:
        """Start or reset a building's fire alarm: its line leads to every edge. Raises ``NoSuchThing``."""
        self.catch_up()
        place = self.world.site(site)
        parts = self.world.parts(place.building.site)
        for part in parts:
            part.set_fire(on)
        name = place.building.name
        if on:
            inside = sum(part.people for part in parts)
            return ActResult(done=True, text=f"Fire alarm at {name}: {inside} people leave within two minutes")
        text = f"The fire alarm at {name} is reset; its doors stay as they are until a key holder comes in"
        if place.id in self.world.key_codes:
            text += ", in a minute"
        return ActResult(done=True, text=text)

    def set_glass(self, site: str, door: str, broken: bool) -> ActResult:
        """Break the glass of a door's unit, or put in a new one. Raises ``NoSuchThing``."""
        self.catch_up()
        doorway = self.world.site(site).doorway(door)
        doorway.set_glass(broken)
        name = doorway.facts.name
        return ActResult(
            done=True, text=f"The glass at {name} is {'broken: its magnet lets go' if broken else 'whole'}"
        )

    async def _answered(self, site: str, door: str) -> AccessData | None:
        last_access = self.world.reported[site].last_access
        deadline = asyncio.get_running_loop().time() + self._answer_s
        while door not in last_access:
            if asyncio.get_running_loop().time() > deadline:
                return None
            heard = asyncio.Event()
            self.world.reported_access(site, heard.set)
            try:
                async with asyncio.timeout_at(deadline):
                    await heard.wait()
            except TimeoutError:
                return None
        return last_access[door]

    async def _sleep(self, seconds: float | None) -> None:
        if seconds is not None and seconds <= 0:
            await asyncio.sleep(0)
            return
        waits: list[Awaitable[object]] = [self._earlier.wait()]
        if seconds is not None:
            waits.append(self._clock.sleep(seconds))
        tasks = [asyncio.ensure_future(wait) for wait in waits]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()


def _keys(keys: str) -> str:
    return "key" if len(keys) == 1 else "keys"


def _told(process: Act, tell: Callable[[bool], None]) -> Process:
    tell((yield from process))


def _until(remaining: Callable[[], float]) -> Act:
    while (seconds := remaining()) > 0:
        yield seconds
    return True


def _mark(wait: Callable[[float], Until], note: Callable[[], None]) -> Process:
    if (yield wait(86_400)):
        note()
