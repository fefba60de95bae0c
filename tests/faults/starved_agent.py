"""The agent that ``starving`` starves: a real one on simulated pins, whose wires come in by standard input on a thread
of their own, as the real library's do. ``python -m tests.faults.starved_agent FOLDER KIND...``."""

import asyncio
import os
import signal
import sys
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from edge.agent import Agent
from edge.cli import until_told
from edge.readers.keypad_matrix import LAYOUT
from edge.system.durable_files import DiskFiles
from edge.system.pins import GpioPins
from edge.wire.clock import ScaledClock
from edge.wire.events import Event
from firmware_sim.simulated_pins import SimFactory
from tests.edge.hall import ZERO
from tests.faults.starving import COLUMNS, LEVELS, ROWS, Press, Pulse, Wire, hub
from tests.memory_link import MemoryBroker


class Matrix:
    """Keys without diodes on rows and columns. What is pressed is given in advance, so that a key is down when it is,
    whether or not this process runs; edges are told on a thread, late like any."""

    def __init__(self, factory: SimFactory) -> None:
        self._factory = factory
        self._low = set(ROWS)
        self._presses: list[Press] = []
        self._guard = threading.RLock()

    def row(self, pin: int, level: bool) -> None:
        """The agent drives a row."""
        with self._guard:
            self._low = self._low - {pin} if level else self._low | {pin}
            self._show(time.monotonic())

    def press(self, presses: tuple[Press, ...]) -> None:
        """Somebody types; returns when all is up again."""
        with self._guard:
            self._presses = list(presses)
        for each in presses:
            for tick in (each.down_at, each.up_at):
                time.sleep(max(0.0, tick - time.monotonic()))
                with self._guard:
                    self._show(tick)

    def _show(self, at: float) -> None:
        down = [each.key for each in self._presses if each.down_at <= at < each.up_at]
        low = {
            line.index(key) for key in down for row, line in enumerate(LAYOUT) if key in line and ROWS[row] in self._low
        }
        for column, pin in enumerate(COLUMNS):
            self._factory.drive(pin, column not in low, at)


def listen(factory: SimFactory, matrix: Matrix) -> None:
    """Follow standard input; the agent ends with it."""
    decoder = msgspec.json.Decoder(Wire)
    for text in sys.stdin.buffer:
        said = decoder.decode(text)
        if isinstance(said, Pulse):
            factory.drive(said.pin, False, said.tick)
            factory.drive(said.pin, True, said.tick + 0.00005)
        else:
            threading.Thread(target=matrix.press, args=(said.presses,), daemon=True).start()
    os.kill(os.getpid(), signal.SIGTERM)


def told(event: Event) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(event) + b"\n")
    sys.stdout.buffer.flush()


async def main(folder: Path, kinds: list[str]) -> None:
    wires: list[Matrix] = []

    def driven(pin: int, level: bool) -> None:
        if pin in ROWS and wires:
            wires[0].row(pin, level)

    factory = SimFactory(LEVELS, driven)
    wires.append(Matrix(factory))
    clock = ScaledClock(epoch=ZERO, started=datetime.now(UTC), rate=1.0)
    agent = Agent(
        hub(folder, kinds),
        clock=clock,
        pins=GpioPins(factory),
        link=MemoryBroker().link,
        files=DiskFiles(folder / "data"),
        observer=told,
        synchronised=lambda: True,
        battery=clock.now,
    )
    threading.Thread(target=listen, args=(factory, wires[0]), daemon=True).start()
    await agent.run()


if __name__ == "__main__":
    asyncio.run(until_told(main(Path(sys.argv[1]), sys.argv[2:])))
