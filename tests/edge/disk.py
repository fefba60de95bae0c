"""A disk in memory that can lose power, fill up, go read-only and refuse to be read."""

import errno


class MemoryDisk:
    """``Files`` whose appended bytes are safe only after ``sync``. ``room``: most bytes it holds."""

    def __init__(self, room: int | None = None) -> None:
        self.room = room
        self.refuse = False
        self.read_only = False
        self.unreadable: set[str] = set()
        self._now: dict[str, bytes] = {}
        self._safe: dict[str, bytes] = {}
        self.syncs = 0

    def read(self, name: str) -> bytes | None:
        if name in self.unreadable:
            raise OSError(errno.EIO, "the disk does not give it out")
        return self._now.get(name)

    def names(self, folder: str) -> list[str]:
        return sorted(name for name in self._now if name.rpartition("/")[0] == folder)

    def append(self, name: str, data: bytes) -> None:
        old = self._now.get(name, b"")
        fits = self._fitting(len(data))
        self._now[name] = old + data[:fits]
        if fits < len(data):
            raise OSError(errno.ENOSPC, "no space left on device")

    def sync(self, name: str) -> None:
        self.syncs += 1
        self._fitting(0)
        self._safe[name] = self._now[name]

    def replace(self, name: str, data: bytes) -> None:
        if self._fitting(len(data)) < len(data):
            raise OSError(errno.ENOSPC, "no space left on device")
        self._now[name] = self._safe[name] = data

    def record(self, name: str) -> bytes | None:
        return self.read(name)

    def put_record(self, name: str, data: bytes) -> None:
        self.replace(name, data)

    def remove(self, name: str) -> None:
        if self.read_only:
            raise OSError(errno.EROFS, "read-only file system")
        self._now.pop(name, None)
        self._safe.pop(name, None)

    def power_cut(self, torn: int = 0) -> None:
        """Back to what was synced, plus the first ``torn`` bytes of what was not."""
        kept = {}
        for name, now in self._now.items():
            safe = self._safe.get(name)
            if safe is not None or torn:
                kept[name] = now[: len(safe or b"") + torn]
        self._now, self._safe = kept, dict(kept)

    def spoil(self, name: str, at: int) -> None:
        """Flip a bit of a file that lies there."""
        data = bytearray(self._now[name])
        data[at] ^= 0x20
        self._now[name] = self._safe[name] = bytes(data)

    @property
    def used(self) -> int:
        return sum(map(len, self._now.values()))

    def _fitting(self, wanted: int) -> int:
        if self.read_only:
            raise OSError(errno.EROFS, "read-only file system")
        if self.refuse:
            raise OSError(errno.EIO, "the disk does not answer")
        return wanted if self.room is None else max(0, min(wanted, self.room - self.used))
