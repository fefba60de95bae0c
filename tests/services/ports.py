"""Ports for servers that a test starts."""

import os
import random
import socket

_BELOW_EPHEMERAL = range(20_000 + os.getpid() % 8, 32_000, 8)
"""Tests run in more than one process: each looks among ports of its own."""


def free_port() -> int:
    """A loopback TCP port nobody listens on.

    It lies below the range the kernel hands to outgoing connections, so that a server that is killed
    can come back on the same port.
    """
    for port in random.sample(_BELOW_EPHEMERAL, k=200):
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise OSError("no free TCP port between 20000 and 32000 on 127.0.0.1: end what holds them")


def answers(port: int) -> bool:
    """True when something accepts a TCP connection on this loopback port."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False
