"""A Wiegand keypad that sends each key as 4 bits.

Source: the common 4-bit key burst of Wiegand keypads; 0 to 9 are digits, 10 is ``*``, 11 is ``#``.
"""

from collections.abc import Callable

import msgspec

from edge import entry
from edge.house import House
from edge.pins import Input, Pins
from edge.readers import Present
from edge.readers.config import WiegandConfig
from edge.signals import Signal
from edge.wire.credentials import Presented
from edge.wire.messages import DeviceState

BITS = 4
BURST_GAP_S = 0.050
"""Bits of one key come 1 to 20 ms apart, keys no closer than 100 ms."""


class Burst(msgspec.Struct, frozen=True, kw_only=True):
    """The bits of a key so far, each with its tick. ``spoilt`` counts bursts that were no key."""

    bits: tuple[tuple[float, int], ...] = ()
    spoilt: int = 0


def pulse(burst: Burst, bit: int, tick: float) -> tuple[Burst, int | None]:
    """One more bit; the key (0 to 11) once its four are there. Two wires may be reported out of order: ticks decide."""
    bits, spoilt = burst.bits, burst.spoilt
    if bits and tick - bits[-1][0] > BURST_GAP_S:
        bits, spoilt = (), spoilt + 1
    bits = tuple(sorted((*bits, (tick, bit))))
    if len(bits) < BITS:
        return Burst(bits=bits, spoilt=spoilt), None
    key = int("".join(str(value) for _, value in bits), 2)
    if key > entry.HASH:
        return Burst(spoilt=spoilt + 1), None
    return Burst(spoilt=spoilt), key


class WiegandReader:
    """The keypad of ``config``."""

    def __init__(self, config: WiegandConfig, *, house: House, pins: Pins, present: Present) -> None:
        self._config = config
        self._house = house
        self._present = present
        self._burst = Burst()
        self._entry = entry.Entry()
        self._open = True
        # Kept, since a pin that nobody holds goes mute.
        self._lines: list[Input] = [
            pins.input(pin, pull_up=True, on_change=self._wire(bit)) for bit, pin in ((0, config.d0), (1, config.d1))
        ]

    @property
    def id(self) -> str:
        return self._config.id

    def state(self) -> DeviceState:
        return DeviceState(
            device=self.id,
            kind="reader",
            seq=self._house.seq(self.id),
            at=self._house.now(),
            values={"door": self._config.door, "side": self._config.side, "kind": "wiegand"},
        )

    def signal(self, signal: Signal) -> None:
        """It has neither light nor buzzer."""

    def close(self) -> None:
        self._open = False

    def _wire(self, bit: int) -> Callable[[bool, float], None]:
        def changed(level: bool, tick: float) -> None:
            if not level:
                self._house.post(self._bit, bit, tick)

        return changed

    def _bit(self, bit: int, tick: float) -> None:
        if not self._open:
            return
        spoilt = self._burst.spoilt
        self._burst, key = pulse(self._burst, bit, tick)
        if self._burst.spoilt > spoilt:
            self._house.count("keypad_garbled")
        if key is None:
            return
        self._entry, digits = entry.key(self._entry, key, self._house.clock.monotonic())
        if digits is not None:
            self._present(Presented(digits=digits))
