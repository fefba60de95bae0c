"""Keeps what is in this process's memory, such as addresses of WiFi stations, out of core dumps and swap."""

import ctypes
import os
import resource
from collections.abc import Callable

_PR_SET_DUMPABLE = 4
_CURRENT, _FUTURE, _ON_FAULT = 1, 2, 4
"""Flags of mlockall(2): only pages that are used take memory."""


def keep_memory_private() -> bool:
    """Prevent core dumps, and lock the memory; whether that could be done. Raises ``OSError``."""
    prevent_core_dumps()
    return lock_memory(resource.getrlimit(resource.RLIMIT_MEMLOCK)[0])


def prevent_core_dumps() -> None:
    """Neither a crash nor another process of the same user gets at the memory (prctl(2), PR_SET_DUMPABLE); children
    inherit only the limit. Raises ``OSError``."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    call_libc("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


def call_libc(name: str, *numbers: int) -> None:
    """Raises ``OSError``."""
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    if function(*map(ctypes.c_ulong, numbers)) != 0:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")


def lock_memory(limit: int, call: Callable[..., None] = call_libc) -> bool:
    """Lock all memory, now and later, so that none is swapped out (mlockall(2)); whether that could be done. False
    unless ``limit``, RLIMIT_MEMLOCK, is infinity, as systemd's ``LimitMEMLOCK`` sets it: under a lower one, later
    allocations could fail."""
    if limit != resource.RLIM_INFINITY:
        return False
    try:
        call("mlockall", _CURRENT | _FUTURE | _ON_FAULT)
    except OSError:
        return False
    return True
