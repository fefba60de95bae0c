"""Two doors in a row under the whole agent, whatever is done to them: people inside get out, and nothing lets
anybody in but what may. The locks are those of ``firmware_sim.lock_circuit``, on the pins that the agent drives."""

import asyncio
from collections.abc import Awaitable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from edge.doors.config import DoorConfig
from edge.doors.door_state_machine import EXIT_HOLD_S
from edge.doors.interlock import WAIT_S
from edge.system.pinout import InputPin, OutputPin
from edge.wire.events import AccessData, BootData, DoorChange, DoorData, Event, FaultData
from edge.wire.interval import Interval
from edge.wire.plan import DoorSpan, Override, OverrideKind
from firmware_sim.lock_circuit import Circuit
from tests.edge.disk import MemoryDisk
from tests.edge.hall import CONTACT, DOOR, REX, STRIKE, ZERO
from tests.edge.lobby import (
    CODE,
    GLASS,
    INNER_CONTACT,
    INNER_DOOR,
    INNER_RELAY,
    INNER_REX,
    KEY_HOLDER,
    LEVELS,
    LOOP,
    SENSOR,
    STAFF,
    Lobby,
    front,
    lobby,
    spans,
)
from tests.fuzz.effort import examples
from tests.virtual_time import VirtualClock, VirtualLoop

SETTLED_S = 0.1
"""Longer than any contact bounces."""
LOOSE, LOOSE_EVERY_S = 40, 0.025
"""How often, and how quickly, a loose wire opens and closes: enough to be found out."""
ENTERS_S = 3.0
HOLD_S = 5.0
LONG = Interval(start=ZERO - timedelta(days=1), end=ZERO + timedelta(days=30))
OUTER = front(fire="release", interlock="lobby", break_glass=InputPin(pin=GLASS), lock_sensor=InputPin(pin=SENSOR))
CONFIG = lobby(OUTER, lock="maglock", feed="closed", interlock="lobby", relay=OutputPin(pin=INNER_RELAY))
DOORS = {DOOR: CONFIG.doors[0], INNER_DOOR: CONFIG.doors[1]}
RELAYS = {DOOR: STRIKE, INNER_DOOR: INNER_RELAY}
CONTACTS = {DOOR: CONTACT, INNER_DOOR: INNER_CONTACT}
BUTTONS = {DOOR: REX, INNER_DOOR: INNER_REX}
OTHER = {DOOR: INNER_DOOR, INNER_DOOR: DOOR}
names = st.sampled_from(sorted(DOORS))


class Doors(RuleBasedStateMachine):
    """What is done to them. ``may_until``: until when, in monotonic seconds, something lets a door be released."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = VirtualLoop()
        self.threads = ThreadPoolExecutor(2)
        self.loop.set_default_executor(self.threads)
        self.clock = VirtualClock(ZERO)
        self.may_until = dict.fromkeys(DOORS, -1.0)
        self.pressed, self.free = dict.fromkeys(DOORS, False), dict.fromkeys(DOORS, False)
        self.fire, self.broken, self.dead = False, False, False
        self.doubtful: set[str] = set()
        self.typed: set[str] = set()
        self.wrong: list[str] = []

    def do(self, act: Awaitable[None]) -> None:
        async def doing() -> None:
            await act

        self.loop.run_until_complete(doing())

    @initialize(synchronised=st.booleans())
    def wake(self, synchronised: bool) -> None:
        async def waking() -> None:
            self.hall = Lobby(self.clock, disk=MemoryDisk(), config=CONFIG, synchronised=synchronised)
            self.hall.levels = dict(LEVELS)
            self.hall.watch = self.watch
            await self.hall.start()
            await self.hall.plan_for()

        self.do(waking())

    def teardown(self) -> None:
        try:
            if hasattr(self, "hall"):
                self.everybody_gets_out()
        finally:
            if hasattr(self, "hall"):
                self.do(self.hall.close())
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.close()
            self.threads.shutdown()

    # What is done

    @rule(door=names, code=st.sampled_from([CODE, STAFF, KEY_HOLDER, "000000"]))
    def type_code(self, door: str, code: str) -> None:
        self.typed.add(code)
        self.do(self.hall.enter(code) if door == DOOR else self.hall.enter_inside(code))

    @rule()
    @precondition(lambda self: not self.dead)
    def command(self) -> None:
        """Its result says whether it was carried out."""

        async def ordering() -> None:
            await self.hall.order(self.hall.command())

        self.do(ordering())
        if self.hall.results() and self.hall.results()[-1].outcome == "done":
            self.may(DOOR, HOLD_S)

    @rule(door=names, pressed=st.booleans())
    def button(self, door: str, pressed: bool) -> None:
        self.press(door, pressed)

    @rule(door=names, is_open=st.booleans())
    def leaf(self, door: str, is_open: bool) -> None:
        self.drive(CONTACTS[door], is_open)

    @rule(door=names, what=st.sampled_from([CONTACTS, BUTTONS]))
    def loosen(self, door: str, what: dict[str, int]) -> None:
        """A wire is loose for a while, and then as it was."""

        async def chattering() -> None:
            rest = self.hall.levels[what[door]]
            for number in range(2 * LOOSE):
                await self.hall.drive(what[door], rest if number % 2 else not rest)
                await asyncio.sleep(LOOSE_EVERY_S)

        self.may(door, 2 * LOOSE * LOOSE_EVERY_S + EXIT_HOLD_S + 2 * SETTLED_S)
        self.do(chattering())
        self.everybody_gets_out()

    @rule(broken=st.booleans())
    def glass(self, broken: bool) -> None:
        if self.broken and not broken:
            self.may(DOOR, 1)
        self.drive(GLASS, broken)
        self.broken = broken

    @rule(on=st.booleans())
    def burn(self, on: bool) -> None:
        self.fire = self.fire or on
        self.drive(LOOP, on)

    @rule(holds=st.booleans())
    def sense(self, holds: bool) -> None:
        self.drive(SENSOR, not holds)

    @rule(door=names, kind=st.sampled_from([None, *OverrideKind]), free=st.booleans())
    def plan(self, door: str, kind: OverrideKind | None, free: bool) -> None:
        self.free = dict.fromkeys(DOORS, False)
        self.free[door] = (free and kind is None) or kind is OverrideKind.HOLD_OPEN
        overrides = (Override(door=door, kind=kind, during=LONG),) if kind is not None else ()
        hours = (spans(DoorSpan(during=LONG, free=True), door=door),) if free else ()
        for each in DOORS:
            self.may(each, 2)
        self.do(self.hall.plan_for(*hours, overrides=overrides))

    @rule(synchronised=st.booleans())
    def time_service(self, synchronised: bool) -> None:
        self.hall.synchronised = synchronised

    @rule(seconds=st.sampled_from([0.5, 4.0, 12.0, 70.0]))
    def wait(self, seconds: float) -> None:
        self.do(asyncio.sleep(seconds))

    @rule()
    @precondition(lambda self: not self.dead)
    def stop(self) -> None:
        self.do(self.hall.stop())
        self.dead = True

    @rule()
    @precondition(lambda self: self.dead)
    def start(self) -> None:
        self.do(self.hall.start())
        self.dead = False

    # What must hold

    @invariant()
    def whoever_is_inside_gets_out_by_the_lock_itself(self) -> None:
        if hasattr(self, "hall"):
            assert all(self.circuit(door).opens_from_inside for door in DOORS)

    @invariant()
    def nothing_releases_but_what_may(self) -> None:
        assert self.wrong == []
        if not hasattr(self, "hall") or self.dead:
            return
        now = self.loop.time()
        for door, config in DOORS.items():
            cause = self.pressed[door] or self.free[door] or self.fire or (door == DOOR and self.broken)
            cause = cause or door in self.doubtful
            if self.released(door, config) and not cause:
                assert now <= self.may_until[door], f"{door} is released, and nothing lets it be"

    @invariant()
    def broken_glass_and_fire_have_released(self) -> None:
        if hasattr(self, "hall") and not self.dead:
            assert self.released(DOOR, OUTER) or not self.broken
            assert all(self.released(door, config) for door, config in DOORS.items()) or not self.burning

    def everybody_gets_out(self) -> None:
        """By the button of each door, whatever came before: by the agent where one runs, by the wires where not."""
        for door, config in DOORS.items():
            self.press(door, True)
            assert self.circuit(door).opens_from_inside
            if not self.dead:
                assert self.released(door, config)
                assert self.circuit(door).released
            self.press(door, False)

    # How it is done

    @property
    def burning(self) -> bool:
        return self.hall.levels[LOOP]

    def released(self, door: str, config: DoorConfig) -> bool:
        """Whether the agent drives the relay as for a released door."""
        return self.hall.level(RELAYS[door]) is config.relay.level(config.energised(True))

    def circuit(self, door: str) -> Circuit:
        """The door's circuit as it stands; a dead agent's pin is an input, so its relay is off."""
        config = DOORS[door]
        return Circuit(
            lock=config.lock,
            fail="safe" if config.fails_safe else "secure",
            feed=config.feed,
            relay=not self.dead and self.hall.level(RELAYS[door]),
            break_glass=self.broken and door == DOOR,
            fire=self.burning,
            exit_pressed=self.pressed[door],
        )

    def may(self, door: str, for_s: float) -> None:
        self.may_until[door] = max(self.may_until[door], self.loop.time() + for_s)

    def press(self, door: str, pressed: bool) -> None:
        if self.pressed[door] and not pressed:
            self.may(door, EXIT_HOLD_S + 2 * SETTLED_S)
        self.drive(BUTTONS[door], not pressed)
        self.pressed[door] = pressed

    def drive(self, pin: int, level: bool) -> None:
        async def driving() -> None:
            await self.hall.drive(pin, level)
            await asyncio.sleep(SETTLED_S)

        self.do(driving())

    def watch(self, event: Event) -> None:
        """Hear what is recorded, as it is."""
        data = event.read()
        if isinstance(data, AccessData) and data.granted:
            self.may(data.door, HOLD_S)
            if not self.typed & {CODE, STAFF, KEY_HOLDER} and not self.free[data.door]:
                self.wrong.append(f"{data.door} was opened by a code that nobody has")
        if isinstance(data, DoorData) and data.change is DoorChange.UNLOCKED and data.why in ("grant", "command"):
            other = OTHER[data.door]
            in_use = self.hall.levels[CONTACTS[other]] or self.released(other, DOORS[other])
            if in_use and not self.fire:
                self.wrong.append(f"{data.door} let somebody in while {other} was in use")
        if isinstance(data, FaultData) and data.part in ("exit_button", "break_glass"):
            self.doubtful = (self.doubtful | {event.device}) if data.present else self.doubtful - {event.device}
            self.may(event.device, EXIT_HOLD_S + 2 * SETTLED_S)
        if isinstance(data, BootData):
            self.doubtful = set()
        kind = msgspec.json.decode(event.data).get("kind")
        if kind == "fire" and msgspec.json.decode(event.data)["change"] == "cleared":
            self.fire = False
            for door in DOORS:
                self.may(door, HOLD_S)


def test_whatever_is_done_to_two_doors_everybody_gets_out_and_nobody_is_let_in_but_who_may() -> None:
    assert WAIT_S > ENTERS_S
    run_state_machine_as_test(Doors, settings=settings(max_examples=examples(15), stateful_step_count=30))
