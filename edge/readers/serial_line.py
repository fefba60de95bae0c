"""A serial line of the machine, 8N1, raw, for us alone."""

import contextlib
import fcntl
import os
import termios

from edge.readers.fd_wait import readable

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
"""Far more than a line can bring between two questions: one that brings more is never empty."""


class SerialLine:
    """An open line. Every method raises ``OSError`` once it has gone, and this where ``path`` is no serial line."""

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
            raise OSError(error.args[0], f"{path} is no serial line") from error
        except OSError:
            self.close()
            raise

    def write(self, data: bytes) -> None:
        """Send; what a line that does not move cannot take is lost, as on any line."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._line, data)

    async def read(self) -> bytes:
        """What has come, at least one byte."""
        while True:
            await readable(self._line)
            with contextlib.suppress(BlockingIOError):
                return self._read()

    def pending(self) -> bytes:
        """What has come by now; does not wait."""
        with contextlib.suppress(BlockingIOError):
            return self._read()
        return b""

    def drain(self) -> int:
        """Throw away what has come; how many bytes that were, as far as they were counted."""
        drained = 0
        with contextlib.suppress(BlockingIOError):
            while drained < _DRAIN_BYTES:
                drained += len(self._read())
        return drained

    def close(self) -> None:
        """What is not sent yet is thrown away: the driver would wait for a line that does not move, half a minute."""
        with contextlib.suppress(termios.error):
            termios.tcflush(self._line, termios.TCOFLUSH)
        os.close(self._line)

    def _read(self) -> bytes:
        data = os.read(self._line, _READ_BYTES)
        if not data:
            raise OSError(0, "it was unplugged")
        return data
