"""A door on its pins: what readers are shown, contact and button go into the machine, the strike comes out of it."""

from collections.abc import Callable
from datetime import timedelta

from edge import debounce, door
from edge.door_config import DoorConfig
from edge.house import House, TickScale, Timer
from edge.pinout import InputPin
from edge.pins import Input, Pins
from edge.readers import Reader
from edge.signals import Signal
from edge.wire.credentials import TIME_INDEPENDENT, Presented
from edge.wire.decide import decide, is_free, next_change, span_at
from edge.wire.events import AccessData, DoorData, EventData
from edge.wire.messages import DeviceState
from edge.wire.overrides import in_force
from edge.wire.plan import DoorPlan, OverrideKind

LOOK_S = 30.0
"""The plan is looked at this often at least, so that a step of the clock cannot leave a door free for long."""
STUCK_S = 600.0
"""An exit button pressed this long is reported as stuck. It goes on releasing the door: whoever is inside gets out."""


class Switch:
    """A debounced input. ``changed`` is told whether it is active (contact shut, button pressed)."""

    def __init__(
        self, config: InputPin, *, name: str, house: House, pins: Pins, changed: Callable[[bool], None]
    ) -> None:
        self._config = config
        self._house = house
        self._ticks = TickScale(house.clock)
        self._changed = changed
        self._timer = Timer(house, f"{name} settles", self._settle)
        self._input: Input = pins.input(config.pin, pull_up=not config.active_high, on_change=self._moved)
        self._state = debounce.begin(self._input.level)

    @property
    def active(self) -> bool:
        return self._config.active(self._state.level)

    def _moved(self, level: bool, tick: float) -> None:
        self._house.post(self._take, level, tick)

    def _take(self, level: bool, tick: float) -> None:
        self._ticks.seen(tick)
        self._become(debounce.change(self._state, level, tick))

    def _settle(self) -> None:
        self._become(debounce.settle(self._state, self._ticks.now()))

    def _become(self, state: debounce.Debounced) -> None:
        before, self._state = self._state, state
        self._timer.set(self._ticks.mono(state.due))
        if state.level is not before.level:
            self._changed(self.active)


class Doorway:
    """One door. Its strike is locked when this is made, and by ``secure``."""

    def __init__(self, config: DoorConfig, *, house: House, pins: Pins) -> None:
        self._config = config
        self._house = house
        self.id = config.id
        self._strike = pins.output(config.relay.pin, initial=config.relay.level(False))
        self._clock = house.clock
        self.readers: dict[str, Reader] = {}
        self._timer = Timer(house, f"door {config.id}", self._tick)
        self._schedule = Timer(house, f"schedule of {config.id}", self.look)
        self._stuck = Timer(house, f"exit button of {config.id} held", lambda: self._exit_fault(True))
        self._mode = ""
        self._contact = self._rex = None
        if config.contact is not None:
            name = f"contact of {config.id}"
            self._contact = Switch(config.contact, name=name, house=house, pins=pins, changed=self._moved)
        if config.rex is not None:
            name = f"exit button of {config.id}"
            self._rex = Switch(config.rex, name=name, house=house, pins=pins, changed=self._pressed)
        is_open = None if self._contact is None else not self._contact.active
        self._state = door.begin(open=is_open, held_after_s=config.held_after_s, now=self._clock.monotonic())

    def start(self) -> None:
        """Act on what is found: a button held down, a door that is free now."""
        if self._rex is not None and self._rex.active:
            self._pressed(True)
        self.look()

    def secure(self) -> None:
        """Lock the strike, at once and whatever else is going on."""
        self._strike.set(self._config.relay.level(False))

    def unlock(self) -> None:
        """Let somebody in once, on a command."""
        self._feed(door.Release(hold_s=self._hold_s(), why="command"))

    def strike_obeys(self) -> bool:
        """Whether the strike's pin is at the level it was set to."""
        return self._strike.level is self._config.relay.level(self._state.released)

    def look(self) -> None:
        """Look at the plan: is the door free, what are its rules? Call it when plan or clock trust changed."""
        plan, now = self._house.plans.plan, self._house.now()
        here = plan.doors.get(self.id) if plan is not None else None
        held_after_s = here.hours.held_after_s if here is not None else self._config.held_after_s
        if held_after_s != self._state.held_after_s:
            self._feed(door.Rules(held_after_s=held_after_s))
        free = is_free(plan, self.id, now, self._house.trust)
        if free is not self._state.free:
            self._feed(door.Free(on=free))
        change = next_change(plan, self.id, now)
        wait = LOOK_S if change is None else min(LOOK_S, max(0.001, (change - now) / timedelta(seconds=1)))
        self._schedule.set(self._clock.monotonic() + wait)
        if (mode := self._mode_now(here)) != self._mode:
            self._mode = mode
            self._house.show(self.id)

    def state(self) -> DeviceState:
        contact = {None: "unknown", True: "open", False: "closed"}[self._state.open]
        return DeviceState(
            device=self.id,
            kind="door",
            seq=self._house.seq(self.id),
            at=self._house.now(),
            values={
                "contact": contact,
                "strike": "unlocked" if self._state.released else "locked",
                "alarm": self._state.alarm,
                "mode": self._mode or "locked",
            },
        )

    # Readers

    def present(self, presented: Presented, reader: str) -> None:
        """Somebody asks to come in at ``reader``. What they present is forgotten here: neither event nor log ever
        has it."""
        decision = decide(
            self._house.plans.plan,
            door=self.id,
            secret=self._config.secret,
            credential=presented,
            now=self._house.now(),
            trust=self._house.trust,
        )
        access = AccessData(
            door=self.id,
            granted=decision.granted,
            reason=decision.reason,
            credential=decision.kind,
            booking=decision.booking,
        )
        if decision.granted:
            self._feed(door.Release(hold_s=decision.hold_s, why="grant"), access)
        else:
            self._house.count("wrong_codes")
            self._house.record(self.id, access)
            self._house.show(self.id)
        if reader in self.readers:
            self.readers[reader].signal(Signal.GRANTED if decision.granted else Signal.REFUSED)

    # Machine

    def _moved(self, shut: bool) -> None:
        self._feed(door.Contact(open=not shut))

    def _pressed(self, pressed: bool) -> None:
        self._feed(door.Exit(pressed=pressed))
        self._stuck.set(self._clock.monotonic() + STUCK_S if pressed else None)
        if not pressed:
            self._exit_fault(False)

    def _exit_fault(self, present: bool) -> None:
        self._house.fault(self.id, "exit button stuck", present=present)

    def _tick(self) -> None:
        self._feed(door.Tick())

    def _feed(self, given: door.Input, first: EventData | None = None) -> None:
        """The strike moves before anything is recorded."""
        before = self._state
        self._state, effects = door.step(self._state, given, self._clock.monotonic())
        for effect in effects:
            if isinstance(effect, door.Strike):
                self._strike.set(self._config.relay.level(effect.released))
        if first is not None:
            self._house.record(self.id, first)
        for effect in effects:
            if isinstance(effect, door.Report):
                self._house.record(self.id, DoorData(door=self.id, change=effect.change, why=effect.why))
        self._timer.set(self._state.due)
        if first is not None or self._state is not before:
            self._house.show(self.id)

    def _hold_s(self) -> float:
        plan = self._house.plans.plan
        here = plan.doors.get(self.id) if plan is not None else None
        return here.hours.hold_s if here is not None else self._config.hold_s

    def _mode_now(self, here: DoorPlan | None) -> str:
        if self._state.free:
            return "free"
        plan, now = self._house.plans.plan, self._house.now()
        if here is None or plan is None or now >= plan.manifest.horizon:
            return "locked"
        override = in_force(here.overrides, now)
        if override is not None and override.kind is not OverrideKind.HOLD_OPEN:
            return "locked"
        return "code" if set(span_at(here, now).accepts) - TIME_INDEPENDENT else "locked"
