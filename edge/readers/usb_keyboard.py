"""USB keypads and scanners that act as keyboards, read exclusively through /dev/input."""

import fcntl
import logging
import os
import stat
import struct
import time
from collections.abc import Mapping
from functools import partial

from edge.readers.config import UsbKeypadConfig, UsbScannerConfig
from edge.readers.door_side import DoorSide, PauseTimer, Reader
from edge.readers.keyboard_events import ENTER, EVENT_BYTES, LOST, Keyboard, key_of
from edge.readers.reading import Keys, Scan
from edge.runtime import Runtime, TickScale
from edge.system.blocking_io import readable, run_blocking
from edge.system.liveness import Liveness
from edge.wire.credentials import UNREAD_KEY
from edge.wire.events import UnreadWhat
from edge.wire.faults import FaultCode

log = logging.getLogger(__name__)

RETRY_S = 1.0
"""How often a missing device is looked for."""
SCAN_PAUSE_S = 1.0
"""After a pause this long within a text, the scanner has lost the rest of it."""
SCAN_LIMIT = 1024
"""Characters; a pass has about 250."""
_EVIOCGRAB = 0x40044590
"""Grabs the device (linux/input.h), so that digits do not reach a console."""
_EVIOCSCLOCKID = 0x400445A0
"""Sets the clock of its event timestamps: a step of the time of day must not separate two keys."""


class UsbReader(Reader[UsbKeypadConfig | UsbScannerConfig]):
    """A USB keypad or scanner."""

    def __init__(self, config: UsbKeypadConfig | UsbScannerConfig, *, runtime: Runtime, side: DoorSide) -> None:
        super().__init__(config, runtime=runtime, side=side)
        self._timer = PauseTimer(runtime, f"scan at {config.id}", self._forget)
        self._ticks = TickScale(runtime.clock)
        self._keyboard = Keyboard()
        self._scanned_at = float("-inf")
        self._text = ""
        self._there = True
        self._liveness = Liveness()
        hangs = partial(self._is_there, False, "its driver hangs")
        self._run_blocking = partial(run_blocking, liveness=self._liveness, late=hangs)
        """Runs blocking work in a thread: a dead device's driver may hang while opening or closing it."""

    def start(self) -> None:
        self._runtime.supervise(f"reader {self.id}", self._run(), self._liveness)

    def values(self) -> Mapping[str, str | bool | None]:
        return {"there": self._there}

    def close(self) -> None:
        """Stop reading; its task ends with the agent."""
        super().close()
        self._timer.set(None)
        self.forget()

    async def _run(self) -> None:
        while True:
            try:
                device = await self._run_blocking(_open, self._config.device)
            except OSError as error:
                self._is_there(False, error.strerror or "it is not an input device")
            else:
                try:
                    self._is_there(True)
                    await self._listen(device)
                finally:
                    await self._run_blocking(os.close, device)
                self._is_there(False, "it was unplugged")
            await self._runtime.clock.sleep(RETRY_S)

    async def _listen(self, device: int) -> None:
        """Read until the device is gone."""
        while True:
            self._liveness.idle()
            await readable(device)
            self._liveness.progressed()
            try:
                data = os.read(device, 64 * EVENT_BYTES)
            except BlockingIOError:
                continue
            except OSError:
                return
            if not data:
                return
            for character, tick in self._keyboard.feed(data):
                self._take(character, self._when(tick))

    def _is_there(self, there: bool, why: str = "") -> None:
        if there is not self._there:
            self._there = there
            if not there:
                fields = {"action": "unplugged", "reader": self.id, "device": self._config.device, "reason": why}
                log.warning("A reader's device cannot be read", extra=fields)
                self.forget()
                self._keyboard, self._text = Keyboard(), ""
            self._runtime.publish_state(self.id)
        self._runtime.fault(self.id, FaultCode.READER_UNREADABLE, present=not there)

    def _when(self, tick: float) -> float:
        """When a character was typed, in monotonic seconds."""
        if not tick:
            return self._runtime.clock.monotonic()
        self._ticks.seen(tick)
        return self._ticks.instant(tick)

    def _take(self, character: str, at: float) -> None:
        if not self._open:
            return
        if isinstance(self._config, UsbScannerConfig):
            self._scan(character, at)
        else:
            self._press(character, at)

    def _press(self, character: str, at: float) -> None:
        key = UNREAD_KEY if character == LOST else key_of(character)
        if key is None or character == LOST:
            self.garbled(UnreadWhat.KEYS, 1)
        if key is not None:
            self.take(Keys(keys=key), at)

    def _scan(self, character: str, at: float) -> None:
        if self._text and at > self._scanned_at + SCAN_PAUSE_S:
            self._forget()
        self._scanned_at = at
        self._timer.set(self._runtime.clock.monotonic() + SCAN_PAUSE_S)
        if character != ENTER:
            self._text = (self._text + character)[: SCAN_LIMIT + 1]
            return
        text, self._text = self._text, ""
        self._timer.set(None)
        if len(text) > SCAN_LIMIT or not text.isprintable():
            self.garbled(UnreadWhat.CHARACTERS, len(text))
        elif text:
            self.take(Scan(text=text), at)

    def _forget(self) -> None:
        """The rest of a text did not arrive."""
        self.garbled(UnreadWhat.CHARACTERS, len(self._text))
        self._text = ""


def _open(path: str) -> int:
    """Open the device exclusively. Raises ``OSError``."""
    device = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        mode = os.fstat(device).st_mode
        if stat.S_ISCHR(mode):
            fcntl.ioctl(device, _EVIOCGRAB, 1)
            fcntl.ioctl(device, _EVIOCSCLOCKID, struct.pack("i", time.CLOCK_MONOTONIC))
        elif not stat.S_ISFIFO(mode):
            raise OSError(f"{path} is not an input device")
    except OSError:
        os.close(device)
        raise
    return device
