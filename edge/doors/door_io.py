"""A door on its pins: feeds contact, exit button and credentials to the state machine, drives lock and signals."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import msgspec

from edge.doors import door_state_machine
from edge.doors.access_state import AccessState
from edge.doors.buzzer_and_lights import DoorSignal, PinLights, SignalPlayer, signal_of
from edge.doors.config import DoorConfig
from edge.doors.door_contact import DoorContact
from edge.doors.interlock import WAIT_S, Interlock
from edge.doors.lock_output import Lock
from edge.doors.lockout_service import LockoutService
from edge.readers.door_side import Reader
from edge.runtime import Runtime, Timer
from edge.sensors.debounced_input import Switch
from edge.wire.access_decision import Decision, Reason, decide, in_force, is_free, next_change, takes_codes
from edge.wire.credentials import Presented
from edge.wire.errors import CommandRefused
from edge.wire.events import AccessData, DoorData, EventData
from edge.wire.faults import Fault, FaultCode
from edge.wire.messages import DeviceState
from edge.wire.plan import DoorPlan

REFRESH_S = 30.0
"""The plan is checked at least this often, so that a step of the clock cannot leave a door free for long."""
_ALARMS: dict[str | None, FaultCode] = {
    "glass": FaultCode.GLASS_BROKEN,
    "held": FaultCode.DOOR_STANDS_OPEN,
    "forced": FaultCode.DOOR_FORCED,
}
STUCK_S = 600.0
"""An exit button pressed this long is reported as stuck. It still releases the door, so that nobody is locked in."""


class WaitingCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A credential presented at ``reader`` while another door of the interlock was in use."""

    presented: Presented
    reader: str


@dataclass(eq=False, repr=False)
class DoorIo:
    """One door. Its lock's relay is off on construction and after ``switch_off``."""

    config: DoorConfig
    _: KW_ONLY
    runtime: Runtime
    lockouts: LockoutService
    access_state: AccessState
    interlock: Interlock | None = None

    def __post_init__(self) -> None:
        self.lockouts.listeners.append(self._lockout_changed)
        self.id = self.config.id
        self._clock = self.runtime.clock
        self._sides = {
            reader.id: reader.side for reader in self.runtime.config.readers if reader.door == self.config.id
        }
        self.readers: dict[str, Reader[Any]] = {}
        self._lock = Lock(self.config, runtime=self.runtime, changed=self._lock_changed)
        lights = PinLights(self.runtime.pins, buzzer=self.config.buzzer, green=self.config.green, red=self.config.red)
        self._lights = SignalPlayer(self.config.id, runtime=self.runtime, show=lights.show)
        self._timer = Timer(self.runtime, f"door {self.config.id}", self._tick)
        self._schedule = Timer(self.runtime, f"schedule of {self.config.id}", self.refresh)
        self._stuck = Timer(self.runtime, f"exit button of {self.config.id} held", partial(self._exit_fault, True))
        self._wait_timer = Timer(self.runtime, f"patience at {self.config.id}", self._end_wait)
        self._waiting: WaitingCredential | None = None
        self._asking = False
        self._warning = DoorSignal.IDLE
        self._continuous: dict[str, DoorSignal] = {}
        self._entry_seen = False
        self.alarm_is_set: Callable[[], bool] = lambda: False
        """Whether the intruder alarm behind the door is set. If so, the door is not free before the first valid
        entry."""
        self._mode = ""
        show = partial(self.runtime.publish_state, self.config.id)
        switch = partial(Switch, device=self.config.id, runtime=self.runtime, doubted=show)
        self._contact = DoorContact(self.config, runtime=self.runtime, changed=self._contact_changed)
        self._rex = self._glass = None
        if self.config.rex is not None:
            self._rex = switch(self.config.rex, what="exit_button", doubtful=True, changed=self._pressed)
        if self.config.break_glass is not None:
            self._glass = switch(self.config.break_glass, what="break_glass", changed=self._glass_changed)
        self._state = door_state_machine.begin(
            open=self._contact.open, held_after_s=self.config.held_after_s, now=self._clock.monotonic()
        )
        self._lock.set_open(self._state.open)
        if self.interlock is not None:
            self.interlock.join(self)

    def start(self) -> None:
        """Act on the present state: a pressed button, broken glass, a door that is free now. Only then is the lock
        driven, so that one which must stay released never locks in between."""
        if self._rex is not None and self._rex.active:
            self._pressed(True)
        if self._glass is not None and not self._glass.active:
            self._glass_changed(False)
        self.refresh()
        self._lock.drive(self._state.released)
        self._notify_interlock()

    def switch_off(self) -> None:
        """Put the lock into the state that it has without the agent, immediately, in any state."""
        self._lock.switch_off()
        self._lights.silence()

    def unlock(self) -> None:
        """Admit somebody once, on a command. Raises ``CommandRefused`` if an interlock forbids it."""
        if not self._admits():
            self._notify_interlock()
            raise CommandRefused("another door of the same lobby is open")
        self._step(door_state_machine.Release(hold_s=self._hold_s(), why="command"))

    def fire(self, on: bool) -> None:
        """There is fire, or no longer."""
        self._step(door_state_machine.Fire(on=on, releases=self.config.fire_releases))

    def set_warning(self, signal: DoorSignal) -> None:
        """Show a warning for the whole building until ``IDLE``. The door's own alarms take precedence."""
        self._warning = signal
        self._show_signals()

    def signal_once(self, signal: DoorSignal) -> None:
        """Play a signal once, on the door and all its readers."""
        self._lights.signal(signal)
        for reader in self.readers.values():
            reader.signal(signal)

    @property
    def is_open(self) -> bool | None:
        """Whether the door is open; ``None`` if no contact can tell."""
        return self._state.open

    @property
    def released(self) -> bool:
        """Whether it is unlocked, for any reason."""
        return self._state.released

    @property
    def current_faults(self) -> list[Fault]:
        """The faults that its pins show now."""
        shown = dict.fromkeys((self._alarm(), "glass" if self._state.broken else None))
        return self._lock.current_faults + [Fault(_ALARMS[each]) for each in shown if each in _ALARMS]

    def refresh(self) -> None:
        """Apply the plan: whether the door is free, and its rules. Call it when the plan or the clock trust changed."""
        plan, now = self.runtime.plans.plan, self.runtime.now()
        here = self.runtime.door_plan(self.id)
        held_after_s = here.hours.held_after_s if here is not None else self.config.held_after_s
        if held_after_s != self._state.held_after_s:
            self._step(door_state_machine.DoorTiming(held_after_s=held_after_s))
        free = self._free_now(here)
        if free is not self._state.free:
            self._step(door_state_machine.Free(on=free))
        change = next_change(plan, self.id, now)
        wait = REFRESH_S if change is None else min(REFRESH_S, max(0.001, (change - now) / timedelta(seconds=1)))
        self._schedule.set(self._clock.monotonic() + wait)
        mode = "free" if self._state.free else "code" if takes_codes(plan, self.id, now) else "locked"
        if mode != self._mode:
            self._mode = mode
            self.runtime.publish_state(self.id)

    def state(self) -> DeviceState:
        values: dict[str, str | bool | None] = {
            "contact": {None: "unknown", True: "open", False: "closed"}[self._state.open],
            "lock": "unlocked" if self._state.released else "locked",
            "alarm": self._alarm(),
            "fault": self.runtime.faults_of(self.id),
            "mode": self._mode or "locked",
            "codes_wait_until": self._codes_wait_until(),
            "interlock": self.config.interlock,
        }
        if self._state.broken:
            values["glass"] = True  # whatever more serious alarm the door has
        return self.runtime.device_state(self.id, "door", values)

    # Readers

    def present(self, presented: Presented, reader: str) -> None:
        """Decide on a credential presented at ``reader``. The credential is discarded after that, or when the
        interlock's wait ends; it is never written to an event or log."""
        if self._waiting is not None:
            self._end_wait()
        self._evaluate(presented, reader)

    def _evaluate(self, presented: Presented, reader: str) -> None:
        decision = self._decide(presented, reader)
        if not decision.granted or self._is_inside(reader) or self._admits():
            self._answer(presented, decision, reader)
            return
        self._waiting = WaitingCredential(presented=presented, reader=reader)
        self._wait_timer.set(self._clock.monotonic() + WAIT_S)
        self._reply(DoorSignal.WAIT, presented, reader)
        self._notify_interlock()

    def _decide(self, presented: Presented, reader: str) -> Decision:
        """The decision on a credential. Changes no state, because it is evaluated again after a wait."""
        decision = decide(
            self.runtime.plans.plan,
            door=self.id,
            secret=self.runtime.secrets.secret(self.id, self.runtime.door_plan(self.id)),
            credential=presented,
            now=self.runtime.now(),
            trust=self.runtime.trust,
            keys=self.runtime.plans.keys,
            offline=partial(self.access_state.meaning, self.id),
            in_touch=self.runtime.in_touch,
        )
        if not self._is_inside(reader):
            decision = self.access_state.apply_passback(self.id, decision)
        if decision.reason is Reason.FREE and not self._state.free:
            # The free hours have not begun, because nobody with a valid credential has come in yet.
            decision = msgspec.structs.replace(decision, granted=False, reason=Reason.UNKNOWN, hold_s=0.0)
        # A free door gives a guesser no information, so lock-outs do not apply there.
        return decision if self._state.free else self.lockouts.apply_lockout(presented, reader, decision)

    def _answer(self, presented: Presented, decision: Decision, reader: str) -> None:
        """Carry out a decision."""
        access = AccessData.of(decision, door=self.id, reader=reader)
        if decision.granted:
            self._step(door_state_machine.Release(hold_s=decision.hold_s, why="grant"), access)
            self.access_state.passed(self.id, presented, decision, way_in=not self._is_inside(reader))
            self.runtime.notify_entry(self.id, decision)
            if self.config.free_after_entry and not self._entry_seen and self._is_free():
                self._entry_seen = True
                self.refresh()
        else:
            self.runtime.count("wrong_codes")
            if decision.reason is Reason.LOCKED_OUT:
                self.lockouts.refuse(presented, access, reader)
            else:
                self.runtime.record(self.id, access)
            self.runtime.publish_state(self.id)
        self.lockouts.answered(presented, reader, decision, readers=self.readers)
        waits = presented.is_typed and self.lockouts.waits_until(reader) is not None
        self._reply(DoorSignal.LOCKED_OUT if waits and not decision.granted else signal_of(decision), presented, reader)

    def _reply(self, signal: DoorSignal, presented: Presented, reader: str) -> None:
        """Signal the answer at ``reader``; for a card, at every reader of that side, because its PIN may be typed at
        any of them."""
        self._lights.signal(signal)
        for each, reported in self.readers.items():
            if each == reader or (presented.card and self._sides.get(each) == self._sides.get(reader)):
                reported.signal(signal)

    def _is_inside(self, reader: str) -> bool:
        return self._sides.get(reader) == "inside"

    # Interlock

    @property
    def blocks_others(self) -> bool:
        """Whether the other doors of the interlock must stay locked: this one is in use, or has not locked yet."""
        if self._state.fire is not None:
            return False
        # A door of an interlock has a contact; an unknown state means that it chatters.
        return (
            self._state.in_use or self._state.open is None or (not self._state.released and self._lock.holds is False)
        )

    @property
    def has_waiting(self) -> bool:
        return self._waiting is not None or self._asking

    def set_yield(self, yields: bool) -> None:
        if yields is not self._state.yields:
            self._step(door_state_machine.Yield(on=yields))

    def on_interlock_change(self) -> None:
        if self._waiting is not None and self._admits():
            waiting, self._waiting = self._waiting, None
            self._wait_timer.set(None)
            self._evaluate(waiting.presented, waiting.reader)

    def _admits(self) -> bool:
        """Whether the interlock admits somebody here now. Locks other doors that are only released by free hours."""
        if self.interlock is None or self._state.fire is not None:
            return True
        if not self.interlock.admits(self):
            return False
        self._asking = True
        try:
            self.interlock.lock_free_doors(self)
            return self.interlock.admits(self)
        finally:
            self._asking = False

    def _end_wait(self) -> None:
        """Refuse a waiting credential: its time is over, or another was presented."""
        if self._waiting is None:
            return
        waiting, self._waiting = self._waiting, None
        self._wait_timer.set(None)
        decision = self._decide(waiting.presented, waiting.reader)
        if decision.granted:
            decision = msgspec.structs.replace(decision, granted=False, reason=Reason.INTERLOCK, hold_s=0.0)
        self._answer(waiting.presented, decision, waiting.reader)
        self._notify_interlock()

    def _lock_changed(self) -> None:
        self.runtime.publish_state(self.id)
        self._notify_interlock()

    def _notify_interlock(self) -> None:
        if self.interlock is not None:
            self.interlock.update()

    # Machine

    def _contact_changed(self) -> None:
        is_open = self._contact.open
        self._lock.set_open(is_open)
        if is_open is not self._state.open:
            self._step(door_state_machine.Contact(open=is_open))
        self.runtime.publish_state(self.id)

    def _pressed(self, pressed: bool) -> None:
        self._step(door_state_machine.Exit(pressed=pressed))
        self._stuck.set(self._clock.monotonic() + STUCK_S if pressed else None)
        if not pressed:
            self._exit_fault(False)

    def _exit_fault(self, present: bool) -> None:
        self.runtime.fault(self.id, FaultCode.EXIT_BUTTON_STUCK, present=present)
        self.runtime.publish_state(self.id)

    def _glass_changed(self, whole: bool) -> None:
        self._step(door_state_machine.Glass(broken=not whole))

    def _tick(self) -> None:
        self._step(door_state_machine.Tick())

    def _step(self, given: door_state_machine.Input, first: EventData | None = None) -> None:
        """Step the state machine. The lock is driven before anything is recorded."""
        before = self._state
        self._state, effects = door_state_machine.step(self._state, given, self._clock.monotonic())
        for effect in effects:
            if isinstance(effect, door_state_machine.SetLock):
                self._lock.drive(effect.released)
        if first is not None:
            self.runtime.record(self.id, first)
        for effect in effects:
            if isinstance(effect, door_state_machine.DoorReport):
                self.runtime.record(self.id, DoorData(door=self.id, change=effect.change, why=effect.why))
        self._timer.set(self._state.due)
        if first is not None or self._state is not before:
            self.runtime.publish_state(self.id)
        self._show_signals()
        self._notify_interlock()

    def _show_signals(self) -> None:
        """Show the continuous signal, if it changed."""
        own = {"fire": DoorSignal.FIRE, "forced": DoorSignal.FORCED, "held": DoorSignal.HELD}.get(self._alarm() or "")
        all_over = own or self._warning
        places: dict[str, SignalPlayer | Reader[Any]] = {"": self._lights, **self.readers}
        for place, lights in places.items():
            lasting = all_over
            waits = self.lockouts.waits_until(place) if place else self._codes_wait_until()
            if lasting is DoorSignal.IDLE and waits is not None:
                lasting = DoorSignal.CODES_WAIT
            if lasting is not self._continuous.get(place, DoorSignal.IDLE):
                self._continuous[place] = lasting
                lights.signal(lasting)

    def _lockout_changed(self, reader: str) -> None:
        """A reader's lock-out has begun or ended."""
        if reader in self.readers:
            self.runtime.publish_state(self.id)
            self._show_signals()

    def _codes_wait_until(self) -> str | None:
        """The latest end of the readers' lock-outs."""
        waits = [at for each in self.readers if (at := self.lockouts.waits_until(each)) is not None]
        return max(waits).isoformat() if waits else None

    def _alarm(self) -> str | None:
        """The present alarm, the most serious first."""
        if self._state.fire is not None:
            return "fire"
        stands_open = self._state.alarm if self._state.open is not None else None
        return stands_open or ("glass" if self._state.broken else None)

    # Plan

    def _is_free(self) -> bool:
        return is_free(self.runtime.plans.plan, self.id, self.runtime.now(), self.runtime.trust)

    def _free_now(self, here: DoorPlan | None) -> bool:
        """Whether the door is free for everybody: by its hours (with ``free_after_entry`` only after the first entry),
        or by a hold-open override."""
        free = self._is_free() and not self.alarm_is_set()
        self._entry_seen = self._entry_seen and free
        if not free or here is None or not self.config.free_after_entry:
            return free
        return self._entry_seen or in_force(here.overrides, self.runtime.now()) is not None

    def _hold_s(self) -> float:
        here = self.runtime.door_plan(self.id)
        return here.hours.hold_s if here is not None else self.config.hold_s
