"""One door of the world: leaf, lock, exit handle, keypad and two beams, operated by people and by an edge's relay."""

import random
from collections.abc import Callable

import msgspec

from firmware_sim import footpath, wiring
from firmware_sim.building import DoorFacts
from firmware_sim.circuit import Circuit
from firmware_sim.errors import NoSuchThing
from firmware_sim.footpath import Passage
from firmware_sim.timeline import EventTimeline, Process, TimelineSignal, Until

CLOSER_S = 3.0
"""How long the door closer takes after the last person has passed."""


class SimulatedDoor:
    """``drive(pin, level)`` sets a wire's level; ``mark(what)`` writes to the log of true events."""

    def __init__(
        self,
        facts: DoorFacts,
        timeline: EventTimeline,
        *,
        drive: Callable[[int, bool], None],
        mark: Callable[[str], None],
    ) -> None:
        self.facts = facts
        self.circuit = Circuit(lock=facts.lock, fail=facts.fail, feed=facts.feed)
        self.is_open = False
        self._held: bool | None = None
        self.released = TimelineSignal()
        """Fires when the lock releases."""
        self._timeline = timeline
        self._drive = drive
        self._mark = mark
        self._bodies = {footpath.OUTER: 0, footpath.INNER: 0}
        self._beams = {footpath.OUTER: facts.counter.outer, footpath.INNER: facts.counter.inner}
        self._way_free_at = timeline.tick
        self._keypad_free_at = timeline.tick
        self._closes_at = timeline.tick
        drive(facts.contact, wiring.CONTACT_CLOSED)
        drive(facts.rex, not wiring.EXIT_PRESSED)
        if facts.break_glass is not None:
            drive(facts.break_glass, wiring.GLASS_WHOLE)
        self._sense()
        drive(facts.d0, wiring.WIEGAND_IDLE)
        drive(facts.d1, wiring.WIEGAND_IDLE)
        if facts.cards is not None:
            drive(facts.cards.d0, wiring.WIEGAND_IDLE)
            drive(facts.cards.d1, wiring.WIEGAND_IDLE)
        for pin in self._beams.values():
            drive(pin, wiring.BEAM_CLEAR)

    def rewire(self, **changes: bool | None) -> None:
        """Change parts of the circuit, or ``stuck``: its relay is welded, dead, or repaired."""
        before = self.circuit.released
        if changes.get("relay") and not self.circuit.relay:
            self._mark("driven")
        self.circuit = msgspec.structs.replace(self.circuit, **changes)
        released = self.circuit.released
        if released != before:
            self._mark("released" if released else "secured")
        self._sense()
        if released and not before:
            self.released.fire()

    def set_glass(self, broken: bool) -> None:
        """Break or replace the glass of the unit beside the door. Raises ``NoSuchThing``."""
        if self.facts.break_glass is None:
            raise NoSuchThing(f"{self.facts.name} has no break-glass unit")
        self.rewire(break_glass=broken)
        self._drive(self.facts.break_glass, wiring.GLASS_WHOLE is not broken)

    @property
    def tick(self) -> float:
        return self._timeline.tick

    @property
    def enterable(self) -> bool:
        """Whether somebody outside can just walk in now."""
        return self.is_open or self.circuit.released

    @property
    def keypad_busy_s(self) -> float:
        """How long the keypad will still be in use."""
        return max(0.0, self._keypad_free_at - self._timeline.tick)

    def type_keys(self, keys: str, rng: random.Random) -> float:
        """Somebody types ``keys`` once the keypad is free; the tick of the last pulse. Raises ``ValueError``."""
        tick = max(self._timeline.tick, self._keypad_free_at)
        for key in keys:
            for offset, pin, level in wiring.burst(key, d0=self.facts.d0, d1=self.facts.d1):
                self._at(tick + offset, pin, level)
            last = tick + 3 * wiring.BIT_EVERY_S + wiring.PULSE_S
            tick += rng.uniform(0.18, 0.4)
        self._keypad_free_at = last + 1.0
        return last

    def show_card(self, card: str) -> float:
        """Somebody holds ``FACILITY:NUMBER`` at the card reader; the tick of the last pulse. Raises ``ValueError``."""
        if self.facts.cards is None:
            raise ValueError(f"{self.facts.name} has no card reader")
        tick = self._timeline.tick
        changes = wiring.frame(wiring.card_bits(card), d0=self.facts.cards.d0, d1=self.facts.cards.d1)
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
        self._drive(self.facts.rex, wiring.EXIT_PRESSED)
        self.rewire(exit_pressed=True)
        yield rng.uniform(0.2, 0.5)
        if self.circuit.opens_from_inside:
            self._open()
        yield rng.uniform(0.2, 0.6)
        self._drive(self.facts.rex, not wiring.EXIT_PRESSED)
        self.rewire(exit_pressed=False)

    def walk(self, walk: Passage, rng: random.Random) -> tuple[float, float]:
        """Send a person through the doorway as soon as it is free; returns the ticks of the first beam broken and
        the last clear."""
        start = max(self._timeline.tick, self._way_free_at)
        self._way_free_at = start + walk.lasts_s + rng.uniform(0.25, 0.9)
        for pulse in walk.pulses:
            self._timeline.at(start + pulse.at_s, self._body(pulse.beam, 1 if pulse.broken else -1))
        self._closes_after(start + walk.lasts_s)
        return start + walk.pulses[0].at_s, start + walk.pulses[-1].at_s

    def wait_released(self, within_s: float) -> Until:
        return Until(signal=self.released, within_s=within_s)

    def _open(self) -> None:
        if not self.is_open:
            self.is_open = True
            self._mark("opened")
            self._drive(self.facts.contact, not wiring.CONTACT_CLOSED)
            self._sense()
        self._closes_after(self._timeline.tick)

    def _closes_after(self, tick: float) -> None:
        self._closes_at = max(self._closes_at, tick + CLOSER_S)
        self._timeline.at(self._closes_at, self._close)

    def _close(self) -> None:
        if self.is_open and self._timeline.tick >= self._closes_at:
            self.is_open = False
            self._mark("closed")
            self._drive(self.facts.contact, wiring.CONTACT_CLOSED)
            self._sense()

    def _sense(self) -> None:
        """The lock's own sensor: closed while it is locked and the door is closed."""
        holds = not (self.circuit.released or self.is_open)
        if self.facts.lock_sensor is not None and holds is not self._held:
            self._held = holds
            self._drive(self.facts.lock_sensor, wiring.LOCK_HOLDS is holds)

    def _body(self, beam: str, change: int) -> Callable[[], None]:
        def moved() -> None:
            before = self._bodies[beam]
            self._bodies[beam] = before + change
            if (before > 0) != (self._bodies[beam] > 0):
                self._drive(self._beams[beam], wiring.BEAM_CLEAR if before > 0 else not wiring.BEAM_CLEAR)

        return moved

    def _at(self, tick: float, pin: int, level: bool) -> None:
        self._timeline.at(tick, lambda: self._drive(pin, level))
