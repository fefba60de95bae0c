"""Where throw-away files do not wait for a disk."""

import shutil
from pathlib import Path

_MEMORY = Path("/dev/shm")
_ROOM = 2**30
"""A container may have as little as 64 MB there, and a cluster's log alone wants more."""


def in_memory() -> Path | None:
    """A folder in memory, for what is made only to be thrown away and proves nothing about disks; None, for the
    usual place, where the machine has none or too little."""
    return _MEMORY if _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ROOM else None
