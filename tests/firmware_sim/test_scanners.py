"""Scanners that are named pipes."""

import os
from pathlib import Path

from edge.readers.config import UsbScannerConfig, WiegandConfig
from edge.readers.keyboard_events import Keyboard
from firmware_sim.simulated_pi import Scanners


def test_a_scan_is_typed_into_the_pipe_of_the_scanner(tmp_path: Path) -> None:
    device = tmp_path / "scanner"
    readers = (
        UsbScannerConfig(id="scanner", door="front-door", device=str(device)),
        WiegandConfig(id="keypad", door="front-door", d0=5, d1=6),
    )
    with Scanners(readers) as scanners:
        reading = os.open(device, os.O_RDONLY | os.O_NONBLOCK)
        scanners.scan("scanner", "HK1.aB-_")
        scanners.scan("elsewhere", "nothing")
        assert "".join(each.character for each in Keyboard().feed(os.read(reading, 10_000))) == "HK1.aB-_\n"
        for _ in range(100):
            scanners.scan("scanner", "a text that nobody reads, until the pipe is full")
    os.close(reading)


def test_a_pipe_left_over_is_replaced(tmp_path: Path) -> None:
    device = tmp_path / "scanner"
    readers = (UsbScannerConfig(id="scanner", door="front-door", device=str(device)),)
    for _ in range(2):
        Scanners(readers).close()
    assert device.is_fifo()
