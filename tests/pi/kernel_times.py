"""When a wire's edge interrupted the kernel, and when the kernel drove a line: the machine's own trace.

Seconds of CLOCK_MONOTONIC, the scale of the time that the kernel gives with an edge. On an emulated processor the two
are up to half a millisecond apart.
"""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from statistics import median

from tests.pi.machine import Machine

_TRACING = "/sys/kernel/tracing"
_INTERRUPT = re.compile(r"^ *(\d+): +\d+ +irq_sim +(\d+) ", re.MULTILINE)
_EVENT = re.compile(r" (\d+\.\d+): (?:irq_handler_entry: irq=(\d+) |gpio_value: (\d+) set (\d))")


@dataclass(frozen=True, kw_only=True)
class LineEvent:
    """At `at` a wire on `pin` moved (`driven` is None), or the machine drove the line to a level."""

    at: float
    pin: int
    driven: bool | None = None


class KernelTimes:
    """The trace of some input pins of a running agent, and of its outputs."""

    def __init__(self, machine: Machine, inputs: Collection[int]) -> None:
        self._machine = machine
        found = {int(pin): int(number) for number, pin in _INTERRUPT.findall(machine.sh("cat /proc/interrupts"))}
        self._pins = {found[pin]: pin for pin in inputs}
        self._base = int(machine.sh("cat /sys/class/gpio/gpiochip*/base"))
        wanted = " || ".join(f"irq == {number}" for number in self._pins)
        machine.sh(
            f"cd {_TRACING}; echo mono >trace_clock; echo 1024 >buffer_size_kb\n"
            f"echo '{wanted}' >events/irq/irq_handler_entry/filter; echo 1 >events/irq/irq_handler_entry/enable\n"
            "echo 'get == 0' >events/gpio/gpio_value/filter; echo 1 >events/gpio/gpio_value/enable; echo 1 >tracing_on"
        )

    def until(self, pin: int, level: bool, *, within_s: float) -> list[LineEvent]:
        """What happened since the last call, up to when the line was driven to a level, or for so long. The machine
        waits without looking again and again, which would keep it busy."""
        last = f"gpio_value: {self._base + pin} set {int(level)}"
        said = self._machine.sh(f"timeout {within_s:g} sed -u '/{last}/q' {_TRACING}/trace_pipe", check=False)
        assert "LOST" not in said, "the kernel's buffer was too small"
        return [self._event(*found) for found in _EVENT.findall(said)]

    def forget(self) -> None:
        """Nothing that happened until now is in the next answer."""
        self._machine.sh(f"echo >{_TRACING}/trace")

    def _event(self, at: str, interrupt: str, line: str, level: str) -> LineEvent:
        if interrupt:
            return LineEvent(at=float(at), pin=self._pins[int(interrupt)])
        return LineEvent(at=float(at), pin=int(line) - self._base, driven=level == "1")


def spread(seconds: Sequence[float]) -> str:
    """Lowest, median, ninth decile and highest, in milliseconds."""
    found = sorted(seconds)
    ninth = found[min(len(found) - 1, round(0.9 * (len(found) - 1)))]
    picked = [found[0], median(found), ninth, found[-1]]
    names = ("least", "median", "90 %", "most")
    return ", ".join(f"{name} {value * 1000:.1f}" for name, value in zip(names, picked, strict=True)) + " ms"
