"""Loopback ports for servers that a hub or a test starts."""

import itertools
import os
import random
import socket

from firmware_sim.errors import SimError

_PORTS = range(20_000 + os.getpid() % 8, 32_000, 8)
"""Below the range the kernel hands to outgoing connections, so that a server that was killed gets its port again; every
eighth, by this process's id, so that two processes do not reach for the same one."""

_turns = itertools.cycle(random.sample(_PORTS, k=len(_PORTS)))
"""Ports are handed out in turn, because a server may not listen yet when the next one asks."""


def free_port(wanted: int | None = None) -> int:
    """A free loopback TCP port: the first from ``wanted`` on, or any.

    Raises ``SimError`` when there is none.
    """
    ports = range(wanted, min(wanted + 100, 65_536)) if wanted is not None else itertools.islice(_turns, 200)
    for port in ports:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise SimError("no free port on 127.0.0.1; end what holds them, or name another with --port")
