"""What is wired to the machine's pins: a keypad and a strike."""

import json
from collections.abc import Iterable
from pathlib import Path

from firmware_sim.wiegand import BIT_EVERY_S, PULSE_S, key_number
from tests.pi.machine import Machine

RELAY, EXIT_BUTTON, D0, D1, OUTER, INNER = 17, 22, 5, 6, 23, 24
KEY_EVERY_S = 0.3
_PROGRAM = Path(__file__).parent / "guest_wires.py"
_THERE = "/run/wires.py"
_VALUE = "/sys/devices/platform/gpio-sim.*/gpiochip*/sim_gpio{}/value"
Step = tuple[float, int, bool]
"""Seconds after the step before, BCM pin, level."""

CONFIG = f"""
data_dir = "/var/lib/hallkeeper-edge"
timezone = "Europe/London"
rtc = true

[[door]]
id = "front-door"
lock = "strike"
fail = "secure"
feed = "open"
fire = "stay"
relay = {{ pin = {RELAY} }}
rex = {{ pin = {EXIT_BUTTON} }}

[[reader]]
kind = "wiegand"
id = "front-keypad"
door = "front-door"
d0 = {D0}
d1 = {D1}
formats = ["keys4"]
"""

COUNTER = f"""
[[counter]]
id = "entrance"
outer = {{ pin = {OUTER} }}
inner = {{ pin = {INNER} }}
"""


def typed(keys: str, *, bit_every_s: float = BIT_EVERY_S) -> list[Step]:
    """The pulses of keys pressed one after another. `bit_every_s`: from one bit of a key to the next."""
    steps = []
    for key in keys:
        for place, bit in enumerate(f"{key_number(key):04b}"):
            pin = D1 if bit == "1" else D0
            steps += [(bit_every_s if place else KEY_EVERY_S, pin, False), (PULSE_S, pin, True)]
    return steps


def play(machine: Machine, steps: Iterable[Step], *, outruns: bool = False) -> list[float]:
    """Move wires; for each step the second of the machine's CLOCK_MONOTONIC at which it was made. `outruns`: the kernel
    looks at a line only when a pulse is over, as on a Pi with much to do."""
    machine.put(_THERE, _PROGRAM.read_text())  # /run is empty after each boot
    said = machine.run("python3", _THERE, "60" if outruns else "40", stdin=json.dumps(list(steps)).encode())
    times: list[float] = json.loads(said)
    return times


def is_on(machine: Machine, pin: int = RELAY) -> bool:
    """Whether an output drives its line."""
    return machine.sh(f"cat {_VALUE.format(pin)}").strip() == "1"


def wait_for(machine: Machine, pin: int = RELAY, *, on: bool) -> None:
    """Returns once an output does, or does not, drive its line; the machine looks. Raises `MachineFailed`."""
    machine.sh(f"set -- {_VALUE.format(pin)}; until read value <$1 && [ $value = {int(on)} ]; do sleep 0.2; done")
