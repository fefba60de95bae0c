"""A door on its pins: feeds contact, exit button and credentials to the state machine, drives lock and signals."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import msgspec

from edge.doors import state_machine
from edge.doors.access_state import AccessState
from edge.doors.config import DoorConfig
from edge.doors.door_contact import DoorContact
from edge.doors.interlock import WAIT_S, Interlock
from edge.doors.lock import Lock
from edge.doors.lockout import is_typed
from edge.doors.lockout_service import LockoutService
from edge.doors.signal_player import PinLights, SignalPlayer
from edge.doors.signals import DoorSignal
from edge.readers import Reader
from edge.runtime import Runtime, Timer
from edge.sensors.switch import Switch
from edge.system.pins import Pins
from edge.wire.credentials import TIME_INDEPENDENT, Presented
from edge.wire.decide import Decision, Reason, decide, is_free, next_change, span_at
from edge.wire.errors import CommandRefused
from edge.wire.events import AccessData, DoorData, EventData
from edge.wire.faults import Fault, FaultCode
from edge.wire.messages import DeviceState
from edge.wire.overrides import in_force
from edge.wire.plan import DoorPlan, OverrideKind

REFRESH_S = 30.0
"""The plan is checked at least this often, so that a step of the clock cannot leave a door free for long."""
_ALARMS = {
    "glass": FaultCode.GLASS_BROKEN,
    "held": FaultCode.DOOR_STANDS_OPEN,
    "forced": FaultCode.DOOR_FORCED,
}
STUCK_S = 600.0
"""An exit button pressed this long is reported as stuck. It still releases the door, so that nobody is locked in."""

_ANSWERS = {
    Reason.TOO_EARLY: DoorSignal.TOO_EARLY,
    Reason.LOCKED_OUT: DoorSignal.LOCKED_OUT,
    Reason.PIN_WANTED: DoorSignal.PIN_WANTED,
}


def _signal(decision: Decision) -> DoorSignal:
    """The signal for a decision. A code that is not due within hours is refused like an unknown one, so that it is not
    given away."""
    if decision.granted:
        return DoorSignal.GRANTED
    if decision.reason is Reason.TOO_EARLY and not decision.near:
        return DoorSignal.REFUSED
    return _ANSWERS.get(decision.reason, DoorSignal.REFUSED)


class WaitingCredential(msgspec.Struct, frozen=True, kw_only=True):
    """A credential presented at ``reader`` while another door of the interlock was in use."""

    presented: Presented
    reader: str


class DoorIo:
    """One door. Its lock's relay is off on construction and after ``switch_off``."""

    def __init__(
        self,
        config: DoorConfig,
        *,
        runtime: Runtime,
        pins: Pins,
        lockouts: LockoutService,
        access_state: AccessState,
        interlock: Interlock | None = None,
    ) -> None:
        self._config = config
        self._runtime = runtime
        self._lockouts = lockouts
        self._access_state = access_state
        lockouts.listeners.append(self._lockout_changed)
        self.id = config.id
        self._clock = runtime.clock
        self._interlock = interlock
        self._sides = {reader.id: reader.side for reader in runtime.config.readers if reader.door == config.id}
        self.readers: dict[str, Reader] = {}
        self._lock = Lock(config, runtime=runtime, pins=pins, changed=self._lock_changed)
        lights = PinLights(pins, buzzer=config.buzzer, green=config.green, red=config.red)
        self._lights = SignalPlayer(config.id, runtime=runtime, show=lights.show)
        self._timer = Timer(runtime, f"door {config.id}", self._tick)
        self._schedule = Timer(runtime, f"schedule of {config.id}", self.refresh)
        self._stuck = Timer(runtime, f"exit button of {config.id} held", partial(self._exit_fault, True))
        self._wait_timer = Timer(runtime, f"patience at {config.id}", self._end_wait)
        self._waiting: WaitingCredential | None = None
        self._asking = False
        self._warning = DoorSignal.IDLE
        self._continuous: dict[str, DoorSignal] = {}
        self._entry_seen = False
        self.alarm_is_set: Callable[[], bool] = lambda: False
        """Whether the intruder alarm behind the door is set. If so, the door is not free before the first valid
        entry."""
        self._mode = ""
        show = partial(runtime.publish_state, config.id)
        switch = partial(Switch, device=config.id, runtime=runtime, pins=pins, doubted=show)
        self._contact = DoorContact(config, runtime=runtime, pins=pins, changed=self._contact_changed)
        self._rex = self._glass = None
        if config.rex is not None:
            self._rex = switch(config.rex, what="exit_button", doubtful=True, changed=self._pressed)
        if config.break_glass is not None:
            self._glass = switch(config.break_glass, what="break_glass", doubtful=False, changed=self._glass_changed)
        self._state = state_machine.begin(
            open=self._contact.open, held_after_s=config.held_after_s, now=self._clock.monotonic()
        )
        self._lock.set_open(self._state.open)
        if interlock is not None:
            interlock.join(self)

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
        self._step(state_machine.Release(hold_s=self._hold_s(), why="command"))

    def fire(self, on: bool) -> None:
        """There is fire, or no longer."""
        self._step(state_machine.Fire(on=on, releases=self._config.fire_releases))

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
        alarm = _ALARMS.get(self._alarm() or "")
        return self._lock.current_faults + ([Fault(alarm)] if alarm is not None else [])

    def refresh(self) -> None:
        """Apply the plan: whether the door is free, and its rules. Call it when the plan or the clock trust changed."""
        plan, now = self._runtime.plans.plan, self._runtime.now()
        here = plan.doors.get(self.id) if plan is not None else None
        held_after_s = here.hours.held_after_s if here is not None else self._config.held_after_s
        if held_after_s != self._state.held_after_s:
            self._step(state_machine.DoorTiming(held_after_s=held_after_s))
        free = self._free_now(here)
        if free is not self._state.free:
            self._step(state_machine.Free(on=free))
        change = next_change(plan, self.id, now)
        wait = REFRESH_S if change is None else min(REFRESH_S, max(0.001, (change - now) / timedelta(seconds=1)))
        self._schedule.set(self._clock.monotonic() + wait)
        if (mode := self._mode_now(here)) != self._mode:
            self._mode = mode
            self._runtime.publish_state(self.id)

    def state(self) -> DeviceState:
        contact = {None: "unknown", True: "open", False: "closed"}[self._state.open]
        return DeviceState(
            device=self.id,
            kind="door",
            seq=self._runtime.seq(self.id),
            at=self._runtime.now(),
            values={
                "contact": contact,
                "lock": "unlocked" if self._state.released else "locked",
                "alarm": self._alarm(),
                "fault": self._runtime.faults_of(self.id),
                "mode": self._mode or "locked",
                "codes_wait_until": self._codes_wait_until(),
                "interlock": self._config.interlock,
            },
        )

    # Readers

    def present(self, presented: Presented, reader: str) -> None:
        """Decide on a credential presented at ``reader``. The credential is discarded after that, or when the
        interlock's wait ends; it is never written to an event or log."""
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
            self._runtime.plans.plan,
            door=self.id,
            secret=self._runtime.secrets.secret(self.id, self._runtime.plans.plan),
            credential=presented,
            now=self._runtime.now(),
            trust=self._runtime.trust,
            keys=self._access_state.keys,
            offline=partial(self._access_state.meaning, self.id),
            in_touch=self._runtime.in_touch,
        )
        if not self._is_inside(reader):
            decision = self._access_state.apply_passback(self.id, decision)
        if decision.reason is Reason.FREE and not self._state.free:
            # The free hours have not begun, because nobody with a valid credential has come in yet.
            decision = msgspec.structs.replace(decision, granted=False, reason=Reason.UNKNOWN, hold_s=0.0)
        # A free door gives a guesser no information, so lock-outs do not apply there.
        return decision if self._state.free else self._lockouts.apply_lockout(presented, reader, decision)

    def _answer(self, presented: Presented, decision: Decision, reader: str) -> None:
        """Carry out a decision."""
        access = AccessData.of(decision, door=self.id, reader=reader)
        if decision.granted:
            self._step(state_machine.Release(hold_s=decision.hold_s, why="grant"), access)
            self._access_state.passed(self.id, presented, decision, way_in=not self._is_inside(reader))
            self._runtime.notify_entry(self.id, decision)
            self._entry_seen = self._entry_seen or self._is_free()
            self.refresh()
        else:
            self._runtime.count("wrong_codes")
            if decision.reason is Reason.LOCKED_OUT:
                self._lockouts.refuse(presented, access, reader)
            else:
                self._runtime.record(self.id, access)
            self._runtime.publish_state(self.id)
        self._lockouts.answered(presented, reader, decision, readers=self.readers)
        waits = is_typed(presented) and self._lockouts.waits_until(reader) is not None
        self._reply(DoorSignal.LOCKED_OUT if waits and not decision.granted else _signal(decision), presented, reader)

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
            self._step(state_machine.Yield(on=yields))

    def on_interlock_change(self) -> None:
        if self._waiting is not None and self._admits():
            waiting, self._waiting = self._waiting, None
            self._wait_timer.set(None)
            self._evaluate(waiting.presented, waiting.reader)

    def _admits(self) -> bool:
        """Whether the interlock admits somebody here now. Locks other doors that are only released by free hours."""
        if self._interlock is None or self._state.fire is not None:
            return True
        if not self._interlock.admits(self):
            return False
        self._asking = True
        try:
            self._interlock.lock_free_doors(self)
            return self._interlock.admits(self)
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
        self._runtime.publish_state(self.id)
        self._notify_interlock()

    def _notify_interlock(self) -> None:
        if self._interlock is not None:
            self._interlock.update()

    # Machine

    def _contact_changed(self) -> None:
        is_open = self._contact.open
        self._lock.set_open(is_open)
        if is_open is not self._state.open:
            self._step(state_machine.Contact(open=is_open))
        self._runtime.publish_state(self.id)

    def _pressed(self, pressed: bool) -> None:
        self._step(state_machine.Exit(pressed=pressed))
        self._stuck.set(self._clock.monotonic() + STUCK_S if pressed else None)
        if not pressed:
            self._exit_fault(False)

    def _exit_fault(self, present: bool) -> None:
        self._runtime.fault(self.id, FaultCode.EXIT_BUTTON_STUCK, present=present)
        self._runtime.publish_state(self.id)

    def _glass_changed(self, whole: bool) -> None:
        self._step(state_machine.Glass(broken=not whole))

    def _tick(self) -> None:
        self._step(state_machine.Tick())

    def _step(self, given: state_machine.Input, first: EventData | None = None) -> None:
        """Step the state machine. The lock is driven before anything is recorded."""
        before = self._state
        self._state, effects = state_machine.step(self._state, given, self._clock.monotonic())
        for effect in effects:
            if isinstance(effect, state_machine.SetLock):
                self._lock.drive(effect.released)
        if first is not None:
            self._runtime.record(self.id, first)
        for effect in effects:
            if isinstance(effect, state_machine.DoorReport):
                self._runtime.record(self.id, DoorData(door=self.id, change=effect.change, why=effect.why))
        self._timer.set(self._state.due)
        if first is not None or self._state is not before:
            self._runtime.publish_state(self.id)
        self._show_signals()
        self._notify_interlock()

    def _show_signals(self) -> None:
        """Show the continuous signal, if it changed."""
        own = {"fire": DoorSignal.FIRE, "forced": DoorSignal.FORCED, "held": DoorSignal.HELD}.get(self._alarm() or "")
        all_over = own or self._warning
        places: dict[str, SignalPlayer | Reader] = {"": self._lights, **self.readers}
        for place, lights in places.items():
            lasting = all_over
            if lasting is DoorSignal.IDLE and self._codes_wait_until(place) is not None:
                lasting = DoorSignal.CODES_WAIT
            if lasting is not self._continuous.get(place, DoorSignal.IDLE):
                self._continuous[place] = lasting
                lights.signal(lasting)

    def _lockout_changed(self, reader: str) -> None:
        """A reader's lock-out has begun or ended."""
        if reader in self.readers:
            self._runtime.publish_state(self.id)
            self._show_signals()

    def _codes_wait_until(self, reader: str = "") -> str | None:
        """The end of the lock-out of a reader, or the latest of all."""
        waits = [self._lockouts.waits_until(each) for each in ([reader] if reader else self.readers)]
        return max((at.isoformat() for at in waits if at is not None), default=None)

    def _alarm(self) -> str | None:
        """The present alarm, the most serious first."""
        if self._state.fire is not None:
            return "fire"
        stands_open = self._state.alarm if self._state.open is not None else None
        return stands_open or ("glass" if self._state.broken else None)

    # Plan

    def _is_free(self) -> bool:
        return is_free(self._runtime.plans.plan, self.id, self._runtime.now(), self._runtime.trust)

    def _free_now(self, here: DoorPlan | None) -> bool:
        """Whether the door is free for everybody: by its hours (with ``free_after_entry`` only after the first entry),
        or by a hold-open override."""
        free = self._is_free() and not self.alarm_is_set()
        self._entry_seen = self._entry_seen and free
        if not free or here is None or not self._config.free_after_entry:
            return free
        return self._entry_seen or in_force(here.overrides, self._runtime.now()) is not None

    def _hold_s(self) -> float:
        plan = self._runtime.plans.plan
        here = plan.doors.get(self.id) if plan is not None else None
        return here.hours.hold_s if here is not None else self._config.hold_s

    def _mode_now(self, here: DoorPlan | None) -> str:
        if self._state.free:
            return "free"
        plan, now = self._runtime.plans.plan, self._runtime.now()
        if here is None or plan is None or now >= plan.manifest.horizon:
            return "locked"
        blocked = in_force(here.overrides, now)
        if blocked is not None and blocked.kind is not OverrideKind.HOLD_OPEN:
            return "locked"
        return "code" if set(span_at(here, now).accepts) - TIME_INDEPENDENT else "locked"
