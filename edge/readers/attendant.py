"""Takes what one reader reads, and shows its door what the person there presents."""

from edge import entry
from edge.house import House, Timer
from edge.readers import Present
from edge.readers.config import ReaderConfig
from edge.readers.reading import Card, Keys, Reading
from edge.signals import Signal
from edge.wire.credentials import CODE_LENGTH, Presented
from edge.wire.messages import DeviceState

_ANSWERS = {Signal.GRANTED, Signal.REFUSED, Signal.LOCKED_OUT, Signal.TOO_EARLY, Signal.PIN_WANTED}


class Attendant:
    """One for each reader, whatever its kind."""

    def __init__(self, config: ReaderConfig, *, house: House, present: Present) -> None:
        self._config = config
        self._house = house
        self._present = present
        self._entry = entry.Entry()
        self._timer = Timer(house, f"entry at {config.id}", self._wait)

    def take(self, reading: Reading) -> None:
        """Something was read."""
        now = self._house.clock.monotonic()
        self._wait()
        if isinstance(reading, Keys):
            for pressed in reading.keys:
                self._entry, presented = entry.key(self._entry, pressed, now, length=self._length())
                self._show(presented)
        elif isinstance(reading, Card):
            self._entry, presented = entry.card(reading.text, now)
            self._show(presented)
        else:
            self._entry = entry.Entry()
            self._show(entry.scan(reading.text))
        self._timer.set(self._entry.due)

    def answer(self, signal: Signal) -> None:
        """The door has said so to whoever stands there."""
        if signal in _ANSWERS:
            now = self._house.clock.monotonic()
            self._entry = entry.answered(self._entry, pin_wanted=signal is Signal.PIN_WANTED, now=now)
            self._timer.set(self._entry.due)

    def state(self, kind: str, **values: str | bool | None) -> DeviceState:
        """The state of the reader, of that kind; ``values`` is what no other kind shows."""
        config = self._config
        return DeviceState(
            device=config.id,
            kind="reader",
            seq=self._house.seq(config.id),
            at=self._house.now(),
            values={"door": config.door, "side": config.side, "kind": kind, **values},
        )

    def forget(self) -> None:
        """The reader has gone: whatever was begun there is over."""
        self._entry = entry.Entry()
        self._timer.set(None)

    def _wait(self) -> None:
        self._entry, presented = entry.wait(self._entry, self._house.clock.monotonic())
        self._show(presented)
        self._timer.set(self._entry.due)

    def _show(self, presented: Presented | None) -> None:
        if presented is not None:
            self._present(presented)

    def _length(self) -> int:
        plan = self._house.plans.plan
        here = plan.doors.get(self._config.door) if plan is not None else None
        return here.hours.code_length if here is not None else CODE_LENGTH
