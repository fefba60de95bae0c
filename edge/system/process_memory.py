"""Keeps what is in this process's memory, such as addresses of WiFi stations, out of core dumps and swap."""

import ctypes
import os
import resource

_PR_SET_DUMPABLE = 4
_CURRENT, _FUTURE, _ON_FAULT = 1, 2, 4
"""Flags of mlockall(2): only pages that are used take memory."""


def keep_memory_private() -> bool:
    """Prevent core dumps, and lock the memory; whether that could be done. Raises ``OSError``."""
    prevent_core_dumps()
    return lock_memory()


def prevent_core_dumps() -> None:
    """Neither a crash nor another process of the same user gets at the memory (prctl(2), PR_SET_DUMPABLE); children
    inherit only the limit. Raises ``OSError``."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    _call("prctl", _PR_SET_DUMPABLE, 0, 0, 0, 0)


def lock_memory() -> bool:
    """Lock all memory, now and later, so that none is swapped out (mlockall(2)). False without RLIMIT_MEMLOCK
    ``infinity``, as systemd's ``LimitMEMLOCK`` sets it: under a lower limit, later allocations could fail."""
    if resource.getrlimit(resource.RLIMIT_MEMLOCK)[0] != resource.RLIM_INFINITY:
        return False
    try:
        _call("mlockall", _CURRENT | _FUTURE | _ON_FAULT)
    except OSError:
        return False
    return True


def _call(name: str, *numbers: int) -> None:
    function = getattr(ctypes.CDLL(None, use_errno=True), name)
    if function(*map(ctypes.c_ulong, numbers)) != 0:
        raise OSError(ctypes.get_errno(), f"{name}: {os.strerror(ctypes.get_errno())}")
