"""Whether a server that a test started answers."""

import socket


def answers(port: int) -> bool:
    """True when something accepts a TCP connection on this loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
