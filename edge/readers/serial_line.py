"""A serial line of the machine, 8N1, raw, for us alone."""

import fcntl
import os
import termios

_SPEEDS = {
    9600: termios.B9600,
    19200: termios.B19200,
    38400: termios.B38400,
    57600: termios.B57600,
    115200: termios.B115200,
    230400: termios.B230400,
}


def open_line(path: str, baud: int) -> int:
    """The line's descriptor, which never waits. Raises ``OSError``, also where ``path`` is no serial line."""
    line = os.open(path, os.O_RDWR | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    try:
        speed = _SPEEDS[baud]
        control = termios.tcgetattr(line)[6]
        control[termios.VMIN], control[termios.VTIME] = 0, 0
        flags = termios.CS8 | termios.CREAD | termios.CLOCAL
        termios.tcsetattr(line, termios.TCSANOW, [0, 0, flags, 0, speed, speed, control])
        termios.tcflush(line, termios.TCIOFLUSH)
        fcntl.ioctl(line, termios.TIOCEXCL)
    except termios.error as error:
        os.close(line)
        raise OSError(error.args[0], f"{path} is no serial line") from error
    except OSError:
        os.close(line)
        raise
    return line
