"""A serial line of the machine: 8N1, raw, opened exclusively."""

import contextlib
import fcntl
import os
import termios

from edge.system.blocking_io import readable

_SPEEDS = {
    9600: termios.B9600,
    19200: termios.B19200,
    38400: termios.B38400,
    57600: termios.B57600,
    115200: termios.B115200,
    230400: termios.B230400,
}
_READ_BYTES = 4096
_DRAIN_BYTES = 65536
"""Far more than a line can receive between two polls; a line that receives more is never empty."""


class SerialLine:
    """An open line. Every method raises ``OSError`` once it is gone; the constructor also if ``path`` is not a serial
    line."""

    def __init__(self, path: str, baud: int) -> None:
        self._line = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        try:
            speed = _SPEEDS[baud]
            control = termios.tcgetattr(self._line)[6]
            control[termios.VMIN], control[termios.VTIME] = 1, 0
            flags = termios.CS8 | termios.CREAD | termios.CLOCAL
            termios.tcsetattr(self._line, termios.TCSANOW, [0, 0, flags, 0, speed, speed, control])
            fcntl.ioctl(self._line, termios.TIOCEXCL)
        except termios.error as error:
            self.close()
            raise OSError(error.args[0], f"{path} is not a serial line") from error
        except OSError:
            self.close()
            raise

    def write(self, data: bytes) -> None:
        """Send; bytes that a stalled line cannot take are lost."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._line, data)

    async def read(self) -> bytes:
        """Wait for data; returns at least one byte."""
        while True:
            await readable(self._line)
            with contextlib.suppress(BlockingIOError):
                return self._read()

    def pending(self) -> bytes:
        """The data received so far; does not wait."""
        with contextlib.suppress(BlockingIOError):
            return self._read()
        return b""

    def drain(self) -> int:
        """Discard received data. Returns the number of bytes, as far as they were counted."""
        drained = 0
        with contextlib.suppress(BlockingIOError):
            while drained < _DRAIN_BYTES:
                drained += len(self._read())
        return drained

    def close(self) -> None:
        """Close, discarding unsent data: the driver would wait half a minute for a stalled line."""
        with contextlib.suppress(termios.error):
            termios.tcflush(self._line, termios.TCOFLUSH)
        os.close(self._line)

    def _read(self) -> bytes:
        data = os.read(self._line, _READ_BYTES)
        if not data:
            raise OSError(0, "it was unplugged")
        return data
