"""One door of the world: leaf, lock, exit handle, keypad and two beams, operated by people and by an edge's relay."""

import random
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass

import msgspec

from firmware_sim import beam_crossing, lock_circuit, wiegand
from firmware_sim.beam_crossing import Passage
from firmware_sim.building_file import DoorFacts
from firmware_sim.errors import NoSuchThing
from firmware_sim.lock_circuit import Circuit
from firmware_sim.timeline import Act, EventTimeline, Process, TimelineSignal, Until

CLOSER_S = 3.0
"""How long the door closer takes after the last person has passed."""
PRESS_S = 0.4
"""How long somebody presses the exit button."""
TAP_S = 0.15
"""How long a hand that passes through a beam breaks it."""


@dataclass(eq=False, repr=False)
class SimulatedDoor:
    """``drive(pin, level)`` sets a wire's level; ``mark(what)`` writes to the log of true events."""

    facts: DoorFacts
    timeline: EventTimeline
    _: KW_ONLY
    drive: Callable[[int, bool], None]
    mark: Callable[[str], None]

    def __post_init__(self) -> None:
        self.circuit = Circuit(lock=self.facts.lock, fail=self.facts.fail, feed=self.facts.feed)
        self.is_open = False
        self._held: bool | None = None
        self.released = TimelineSignal()
        """Fires when the lock releases."""
        self._bodies = {beam_crossing.OUTER: 0, beam_crossing.INNER: 0}
        self._beams = {beam_crossing.OUTER: self.facts.counter.outer, beam_crossing.INNER: self.facts.counter.inner}
        self._way_free_at = self.timeline.tick
        self._keypad_free_at = self.timeline.tick
        self._closes_at = self.timeline.tick
        self._next_key_at = self.timeline.tick
        self.wedged = False
        """Whether something holds the leaf open."""
        self.blocked: set[str] = set()
        """The beams in which something stands."""
        self.drive(self.facts.contact, lock_circuit.CONTACT_CLOSED)
        self.drive(self.facts.rex, not lock_circuit.EXIT_PRESSED)
        if self.facts.break_glass is not None:
            self.drive(self.facts.break_glass, lock_circuit.GLASS_WHOLE)
        self._sense()
        self.drive(self.facts.d0, wiegand.WIEGAND_IDLE)
        self.drive(self.facts.d1, wiegand.WIEGAND_IDLE)
        if self.facts.cards is not None:
            self.drive(self.facts.cards.d0, wiegand.WIEGAND_IDLE)
            self.drive(self.facts.cards.d1, wiegand.WIEGAND_IDLE)
        for pin in self._beams.values():
            self.drive(pin, lock_circuit.BEAM_CLEAR)

    def rewire(self, **changes: bool | None) -> None:
        """Change parts of the circuit, or ``stuck``: its relay is welded, dead, or repaired."""
        before = self.circuit.released
        if changes.get("relay") and not self.circuit.relay:
            self.mark("driven")
        self.circuit = msgspec.structs.replace(self.circuit, **changes)
        released = self.circuit.released
        if released != before:
            self.mark("released" if released else "secured")
        self._sense()
        if released and not before:
            self.released.fire()

    def set_glass(self, broken: bool) -> None:
        """Break or replace the glass of the unit beside the door. Raises ``NoSuchThing``."""
        if self.facts.break_glass is None:
            raise NoSuchThing(f"{self.facts.name} has no break-glass unit")
        self.rewire(break_glass=broken)
        self.drive(self.facts.break_glass, lock_circuit.GLASS_WHOLE is not broken)

    @property
    def tick(self) -> float:
        return self.timeline.tick

    @property
    def enterable(self) -> bool:
        """Whether somebody outside can just walk in now."""
        return self.is_open or self.circuit.released

    @property
    def keypad_busy_s(self) -> float:
        """How long the keypad will still be in use."""
        return max(0.0, self._keypad_free_at - self.timeline.tick)

    def type_keys(self, keys: str, rng: random.Random) -> float:
        """Somebody types ``keys`` once the keypad is free; the tick of the last pulse. Raises ``ValueError``."""
        tick = max(self.timeline.tick, self._keypad_free_at)
        for key in keys:
            for offset, pin, level in wiegand.burst(key, d0=self.facts.d0, d1=self.facts.d1):
                self._at(tick + offset, pin, level)
            last = tick + 3 * wiegand.BIT_EVERY_S + wiegand.PULSE_S
            tick += rng.uniform(0.18, 0.4)
        self._keypad_free_at = self._next_key_at = last + 1.0
        return last

    def press(self, keys: str) -> float:
        """Somebody presses ``keys`` by hand, one call after another; the tick of the last pulse. Raises
        ``ValueError``."""
        for key in keys:
            tick = max(self.timeline.tick, self._next_key_at)
            for offset, pin, level in wiegand.burst(key, d0=self.facts.d0, d1=self.facts.d1):
                self._at(tick + offset, pin, level)
            self._next_key_at = tick + 0.1
            self._keypad_free_at = tick + 2.0
        return self._next_key_at

    def show_card(self, card: str) -> float:
        """Somebody holds ``FACILITY:NUMBER`` at the card reader; the tick of the last pulse. Raises ``ValueError``."""
        if self.facts.cards is None:
            raise ValueError(f"{self.facts.name} has no card reader")
        tick = self.timeline.tick
        changes = wiegand.frame(wiegand.card_bits(card), d0=self.facts.cards.d0, d1=self.facts.cards.d1)
        for offset, pin, level in changes:
            self._at(tick + offset, pin, level)
        return tick + changes[-1][0]

    def open_from_outside(self) -> bool:
        """Pull the door; whether it opened."""
        if not self.enterable:
            return False
        self._open()
        return True

    def open_from_inside(self, rng: random.Random) -> Process:
        """Press the handle and push; 0.2 to 0.5 s. If the lock holds, the door stays closed."""
        if self.is_open:
            return
        self.drive(self.facts.rex, lock_circuit.EXIT_PRESSED)
        self.rewire(exit_pressed=True)
        yield rng.uniform(0.2, 0.5)
        if self.circuit.opens_from_inside:
            self._open()
        yield rng.uniform(0.2, 0.6)
        self.drive(self.facts.rex, not lock_circuit.EXIT_PRESSED)
        self.rewire(exit_pressed=False)

    def press_exit(self) -> Act:
        """Press the exit button and leave the handle alone; whether the lock let go."""
        self.drive(self.facts.rex, lock_circuit.EXIT_PRESSED)
        self.rewire(exit_pressed=True)
        let_go = self.circuit.released
        yield PRESS_S
        self.drive(self.facts.rex, not lock_circuit.EXIT_PRESSED)
        self.rewire(exit_pressed=False)
        return let_go

    def wedge(self) -> bool:
        """Pull the door and keep it open; whether it opened."""
        self.wedged = self.open_from_outside()
        return self.wedged

    def force(self) -> None:
        """Break it open, whatever holds it."""
        self._open()

    def shut(self) -> None:
        """Take away what keeps it open, and push it shut."""
        self.wedged = False
        self._closes_at = max(self.timeline.tick, self._way_free_at)
        self.timeline.at(self._closes_at, self._close)

    def tap(self, beam: str) -> None:
        """A hand passes through one beam."""
        self._body(beam, 1)()
        self.timeline.after(TAP_S, self._body(beam, -1))

    def block(self, beam: str, blocked: bool) -> None:
        """Something stands in a beam, or is taken away."""
        if blocked is not (beam in self.blocked):
            self.blocked ^= {beam}
            self._body(beam, 1 if blocked else -1)()

    def broken(self, beam: str) -> bool:
        """Whether anything is in a beam."""
        return self._bodies[beam] > 0

    def walk(self, walk: Passage, rng: random.Random) -> tuple[float, float]:
        """Send a person through the doorway as soon as it is free; returns the ticks of the first beam broken and
        the last clear."""
        start = max(self.timeline.tick, self._way_free_at)
        self._way_free_at = start + walk.lasts_s + rng.uniform(0.25, 0.9)
        for pulse in walk.pulses:
            self.timeline.at(start + pulse.at_s, self._body(pulse.beam, 1 if pulse.broken else -1))
        self._closes_after(start + walk.lasts_s)
        return start + walk.pulses[0].at_s, start + walk.pulses[-1].at_s

    def wait_released(self, within_s: float) -> Until:
        return Until(signal=self.released, within_s=within_s)

    def _open(self) -> None:
        if not self.is_open:
            self.is_open = True
            self.mark("opened")
            self.drive(self.facts.contact, not lock_circuit.CONTACT_CLOSED)
            self._sense()
        self._closes_after(self.timeline.tick)

    def _closes_after(self, tick: float) -> None:
        self._closes_at = max(self._closes_at, tick + CLOSER_S)
        self.timeline.at(self._closes_at, self._close)

    def _close(self) -> None:
        if self.is_open and not self.wedged and self.timeline.tick >= self._closes_at:
            self.is_open = False
            self.mark("closed")
            self.drive(self.facts.contact, lock_circuit.CONTACT_CLOSED)
            self._sense()

    def _sense(self) -> None:
        """The lock's own sensor: closed while it is locked and the door is closed."""
        holds = not (self.circuit.released or self.is_open)
        if self.facts.lock_sensor is not None and holds is not self._held:
            self._held = holds
            self.drive(self.facts.lock_sensor, lock_circuit.LOCK_HOLDS is holds)

    def _body(self, beam: str, change: int) -> Callable[[], None]:
        def moved() -> None:
            before = self._bodies[beam]
            self._bodies[beam] = before + change
            if (before > 0) != (self._bodies[beam] > 0):
                self.drive(self._beams[beam], lock_circuit.BEAM_CLEAR if before > 0 else not lock_circuit.BEAM_CLEAR)

        return moved

    def _at(self, tick: float, pin: int, level: bool) -> None:
        self.timeline.at(tick, lambda: self.drive(pin, level))
