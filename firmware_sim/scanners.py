"""Simulated scanners on USB: named pipes in the place of input devices, written with the kernel's own events."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Self

from edge.readers.config import ReaderConfig, UsbScannerConfig
from edge.readers.input_events import ENTER, typed


class Scanners:
    """The scanners among ``readers``, plugged in until they are closed."""

    def __init__(self, readers: Iterable[ReaderConfig]) -> None:
        self._pipes: dict[str, int] = {}
        for reader in readers:
            if isinstance(reader, UsbScannerConfig):
                path = Path(reader.device)
                path.unlink(missing_ok=True)
                os.mkfifo(path, 0o600)
                # Both ways, so that it waits for no reader.
                self._pipes[reader.id] = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)

    def scan(self, reader: str, text: str) -> None:
        """It reads ``text``. A scanner that is not there does nothing; what its cable cannot take is lost."""
        if (pipe := self._pipes.get(reader)) is not None:
            try:
                os.write(pipe, typed(text + ENTER))
            except BlockingIOError:
                return

    def close(self) -> None:
        for pipe in self._pipes.values():
            os.close(pipe)
        self._pipes.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
