"""OSDP readers: the bus of one serial line, and each reader on it."""

import asyncio
import logging
import math
import os
from collections.abc import Callable, Mapping
from functools import partial

from edge.doors.buzzer_and_lights import DoorSignal, SignalFrame, SignalPlayer
from edge.readers.config import OsdpConfig
from edge.readers.door_side import DoorSide, Reader
from edge.readers.osdp_frame import Frame, Stream
from edge.readers.osdp_panel import BUZ, LED, Bits, FaultChange, Garbled, Online, Panel, PanelCounter, PanelEvent
from edge.readers.reading import Card, Keys
from edge.readers.serial_line import SerialLine
from edge.readers.wiegand_formats import length, read
from edge.runtime import Runtime
from edge.system.blocking_io import LATE_S, run_blocking
from edge.system.liveness import Liveness
from edge.wire.events import UnreadWhat
from edge.wire.faults import FaultCode

_BLACK, _RED, _GREEN, _AMBER = range(4)
_COLOURS = {(False, False): _BLACK, (True, False): _GREEN, (False, True): _RED, (True, True): _AMBER}
_KEEP, _SET = 0, 1
_SILENCE, _TONE = 1, 2
_LONGEST_DS = 255


def orders(frame: SignalFrame) -> list[tuple[int, bytes]]:
    """The commands with their data: the first light of the first reader permanently, its buzzer as long as the
    frame."""
    colour = _COLOURS[frame.green, frame.red]
    light = bytes([0, 0, _KEEP, *bytes(6), _SET, _LONGEST_DS, 0, colour, colour])
    tenths = min(_LONGEST_DS, max(1, math.ceil(frame.for_s * 10)))
    sound = bytes([0, _TONE, tenths, 0, 1] if frame.beep else [0, _SILENCE, 0, 0, 0])
    return [(LED, light), (BUZ, sound)]


log = logging.getLogger(__name__)

ANSWER_S = 0.200
"""A peripheral must begin to answer within this (OSDP 2.2, 5.7)."""
PAUSE_S = 0.030
"""Pause between two polls of all readers on a line; a key is reported within a tenth of a second."""
OpenLine = Callable[[str, int], SerialLine]
"""Opens a serial line by path and speed."""
RETRY_S = 1.0
"""How often a missing line or a silent reader is tried again."""


class OsdpReader(Reader[OsdpConfig]):
    """An OSDP reader; its bus polls it."""

    def __init__(
        self,
        config: OsdpConfig,
        *,
        bus: "Bus",
        runtime: Runtime,
        side: DoorSide,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        super().__init__(config, runtime=runtime, side=side)
        key = None if config.plain else config.key
        crc = config.check == "crc"
        self.panel = Panel(config.address, key=key, install=config.install, crc=crc, random=random)
        self._bus = bus
        bus.readers.append(self)
        self.tried_at = float("-inf")
        self._answered_at = float("-inf")
        self._made = ""
        self._lights = SignalPlayer(config.id, runtime=runtime, show=self._show)

    def start(self) -> None:
        self._runtime.fault(self.id, FaultCode.READER_INSTALL_MODE, present=self._config.install)
        self._bus.start()

    def values(self) -> Mapping[str, str | bool | None]:
        return {"there": self.panel.online, "secure": self.panel.secure, "made": self._made}

    def signal(self, signal: DoorSignal) -> None:
        super().signal(signal)
        self._lights.signal(signal)

    def close(self) -> None:
        """Stop reading; its bus ends with the agent."""
        super().close()
        self.forget()

    def answered(self, events: list[PanelEvent]) -> None:
        """Handle the events of a reply."""
        self.handle(events)
        self._answered_at = self._runtime.clock.monotonic()

    def handle(self, events: list[PanelEvent]) -> None:
        """Handle the events of a frame, or of a missing reply."""
        for event in events if self._open else ():
            if isinstance(event, Keys):
                # The reader buffers keys until it is polled; these may have been typed right after its last reply.
                now = self._runtime.clock.monotonic()
                self.take(event, now, earliest=self._answered_at)
            elif isinstance(event, Bits):
                self._card(event.bits)
            elif isinstance(event, Garbled):
                self.garbled(event.what, event.count)
            elif isinstance(event, PanelCounter):
                self._runtime.count(event.name)
            elif isinstance(event, FaultChange):
                self._runtime.fault(self.id, event.trouble, present=event.present)
            elif isinstance(event, Online):
                self._made = event.made
            if isinstance(event, FaultChange | Online):
                self._runtime.publish_state(self.id)
                if not self.panel.online:
                    self.forget()

    def line_there(self, there: bool) -> None:
        """Its serial line appeared or disappeared."""
        if not there:
            self.forget()
        self._runtime.fault(self.id, FaultCode.SERIAL_UNREADABLE, present=not there)
        self._runtime.publish_state(self.id)

    def _show(self, frame: SignalFrame) -> None:
        for code, data in orders(frame):
            self.panel.order(code, data)

    def _card(self, bits: str) -> None:
        reading = read(bits, self._config.formats)
        known = {length(name) for name in self._config.formats}
        if reading is None and self._config.uid and bits and len(bits) % 8 == 0 and len(bits) not in known:
            reading = Card(text=f"uid:{int(bits, 2):0{len(bits) // 4}X}")
        if reading is None:
            self.garbled(UnreadWhat.BITS, len(bits))
        else:
            self.take(reading, self._runtime.clock.monotonic())


class Bus:
    """The readers of one serial line, polled in turn."""

    def __init__(self, port: str, *, baud: int, runtime: Runtime, open_line: OpenLine, late_s: float = LATE_S) -> None:
        self._port = port
        self._baud = baud
        self._open_line = open_line
        self._runtime = runtime
        self._stream = Stream()
        self.readers: list[OsdpReader] = []
        self._liveness = Liveness()
        hangs = partial(self._line_there, False)
        self._run_blocking = partial(run_blocking, liveness=self._liveness, late=hangs, late_s=late_s)
        """Runs blocking work in a thread: a dead adapter's driver may hang while opening or closing its line."""
        self._started = False

    def start(self) -> None:
        """Start polling. Idempotent."""
        if not self._started:
            self._started = True
            self._runtime.supervise(f"readers on {self._port}", self._run(), self._liveness)

    async def _run(self) -> None:
        was_there = True
        while True:
            try:
                line = await self._run_blocking(self._open_line, self._port, self._baud)
            except OSError as error:
                if was_there:
                    fields = {"action": "unplugged", "port": self._port, "reason": error.strerror}
                    log.warning("A serial line cannot be used", extra=fields)
                was_there = False
            else:
                was_there = True
                self._line_there(True)
                try:
                    await self._poll(line)
                except OSError as error:
                    fields = {"action": "unplugged", "port": self._port, "reason": error.strerror}
                    log.warning("A serial line was lost", extra=fields)
                finally:
                    await self._run_blocking(line.close)
            self._line_there(False)
            await self._runtime.clock.sleep(RETRY_S)

    def _line_there(self, there: bool) -> None:
        for reader in self.readers:
            reader.line_there(there)

    async def _poll(self, line: SerialLine) -> None:
        """Poll the readers. Raises ``OSError`` when the line is lost."""
        while True:
            self._liveness.progressed()
            for reader in self.readers:
                now = self._runtime.clock.monotonic()
                if not reader.panel.gone or now >= reader.tried_at + RETRY_S:
                    reader.tried_at = now
                    await self._ask(reader, line)
            await self._runtime.clock.sleep(PAUSE_S)

    async def _ask(self, reader: OsdpReader, line: SerialLine) -> None:
        # Late bytes must not be taken for the reply to the next command, or every later reply would be late too.
        if line.drain():
            self._runtime.count("osdp_late")
        self._stream = Stream()
        line.write(reader.panel.command())
        try:
            async with asyncio.timeout(ANSWER_S):
                while not self._process(reader, self._feed(await line.read())):
                    pass
        except TimeoutError:
            # If this machine was too busy to read in time, a reply that has arrived by now still counts.
            if not self._process(reader, self._feed(line.pending())):
                reader.handle(reader.panel.silence())

    def _process(self, reader: OsdpReader, frames: list[Frame]) -> bool:
        """Process frames; whether the reply was among them."""
        answered = False
        for frame in frames:
            was_answer, events = reader.panel.answer(frame)
            if was_answer:
                reader.answered(events)
            else:
                reader.handle(events)
            answered = answered or was_answer
        return answered

    def _feed(self, data: bytes) -> list[Frame]:
        before = self._stream.spoilt
        frames = self._stream.feed(data)
        for _ in range(self._stream.spoilt - before):
            self._runtime.count("osdp_garbled")
        return frames
