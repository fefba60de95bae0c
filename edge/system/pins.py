"""The pins of the Pi. The only file that knows gpiozero.

A pin that is closed, or whose process died, becomes an *input*: each relay must be wired so that a floating
control line leaves the door in its safe state (docs/wiring.md).
"""

from collections.abc import Callable
from typing import Any, Protocol

from edge.errors import PinError
from edge.system.pinout import OutputPin

OnChange = Callable[[bool, float], None]
"""Called with the new level (true is high) and the tick of the change, on *any* thread. Ticks are seconds of one
scale per factory, taken by the kernel where it can: only differences between them mean something."""


class Input(Protocol):
    @property
    def level(self) -> bool:
        """The electrical level now; true is high."""
        ...


class Output(Protocol):
    @property
    def level(self) -> bool: ...

    def set(self, level: bool) -> None:
        """Drive the pin; true is high. Returns once it is driven."""
        ...


class Pins(Protocol):
    """A set of pins. Both backends keep tests/contract/test_pins.py."""

    def input(self, pin: int, *, pull_up: bool, on_change: OnChange, falls_only: bool = False) -> Input:
        """Take BCM ``pin`` as an input, pulled up or not pulled at all. No change is filtered or lost.

        ``falls_only``: only changes to low are reported. For pulses of less than a millisecond: the kernel reads the
        level after the change (gpiolib-cdev.c), and reports both ends of a pulse that is over by then as rising.

        Raises ``PinError`` for a pin that is taken or not there.
        """
        ...

    def output(self, pin: int, *, initial: bool) -> Output:
        """Take BCM ``pin`` as an output at level ``initial``, without passing through the other level.

        Raises ``PinError`` for a pin that is taken or not there.
        """
        ...

    def astray(self) -> list[int]:
        """The outputs that are not at the level they were set to: shorted, or another program moves them too."""
        ...

    def close(self) -> None:
        """Let go of all pins: they become inputs. Idempotent."""
        ...


class Relay:
    """An output as the configuration names it. Off until it is set."""

    def __init__(self, pins: Pins, wired: OutputPin) -> None:
        self._wired = wired
        self._output = pins.output(wired.pin, initial=wired.level(False))
        self._on = False

    @property
    def obeys(self) -> bool:
        """Whether the pin has the level that was set."""
        return self._output.level is self._wired.level(self._on)

    def set(self, on: bool) -> None:
        self._output.set(self._wired.level(on))
        self._on = on


class GpioPins:
    """Pins of a gpiozero factory, passed in by name and never the global one."""

    def __init__(self, factory: Any) -> None:
        self._factory = factory
        self._taken: dict[int, Any] = {}
        self._outputs: dict[int, _GpioOutput] = {}

    def input(self, pin: int, *, pull_up: bool, on_change: OnChange, falls_only: bool = False) -> Input:
        device = self._take(pin)

        def changed(ticks: float, state: float) -> None:
            on_change(bool(state), ticks)

        try:
            device.input_with_pull("up" if pull_up else "floating")
            device.bounce = None
            device.edges = "falling" if falls_only else "both"
            device.when_changed = changed
        except Exception as error:
            raise PinError(f"pin {pin} cannot be an input: {error}") from error
        return _GpioInput(device, changed)

    def output(self, pin: int, *, initial: bool) -> Output:
        device = self._take(pin)
        try:
            device.output_with_state(int(initial))
        except Exception as error:
            raise PinError(f"pin {pin} cannot be an output: {error}") from error
        output = self._outputs[pin] = _GpioOutput(device, initial)
        return output

    def astray(self) -> list[int]:
        return sorted(pin for pin, output in self._outputs.items() if output.level is not output.wanted)

    def close(self) -> None:
        self._outputs.clear()
        for device in self._taken.values():
            device.close()
        self._taken.clear()

    def _take(self, pin: int) -> Any:
        if pin in self._taken:
            raise PinError(f"pin {pin} is taken already")
        try:
            device = self._factory.pin(pin)
        except Exception as error:
            raise PinError(f"pin {pin} is not there: {error}") from error
        self._taken[pin] = device
        return device


class _GpioInput:
    def __init__(self, device: Any, changed: Callable[[float, float], None]) -> None:
        self._device = device
        # gpiozero keeps callbacks weakly in places: the owner of the input keeps its callback.
        self._changed = changed

    @property
    def level(self) -> bool:
        return bool(self._device.state)


class _GpioOutput:
    def __init__(self, device: Any, wanted: bool) -> None:
        self._device = device
        self.wanted = wanted

    @property
    def level(self) -> bool:
        return bool(self._device.state)

    def set(self, level: bool) -> None:
        self.wanted = level
        self._device.state = int(level)


def machine_pins() -> GpioPins:
    """The pins of the Pi this runs on. Raises ``PinError`` where there are none."""
    try:
        from gpiozero.pins import lgpio as backend

        class Pin(backend.LGPIOPin):  # type: ignore[misc]  # gpiozero has no types
            def output_with_state(self, state: int) -> None:
                # gpiozero claims low first and sets the state after: an active-low relay would click.
                backend.lgpio.gpio_claim_output(self.factory._handle, self._number, state)

        factory = backend.LGPIOFactory()
        factory.pin_class = Pin
    except Exception as error:
        raise PinError(f"this machine has no pins that lgpio can reach: {error}") from error
    return GpioPins(factory)
