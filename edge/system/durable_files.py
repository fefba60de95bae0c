"""Disk access for everything that the agent must not lose. A simulated disk can drop writes that are not synced."""

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from edge.system import record_slots

NEW = ".new"
"""Suffix of a new file that will replace another one."""
CARD_REFUSES = frozenset({errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO})
"""Why a card that is worn, full or broken cannot be written. It can still be read, unlike a folder of another owner."""


class Files(Protocol):
    """Files of one folder by relative name, such as ``outbox/7.log``. Calls block; the agent writes from threads, never
    twice at once to one name. Each call may raise ``OSError``."""

    def read(self, name: str) -> bytes | None:
        """The content, or ``None`` if the file does not exist."""
        ...

    def names(self, folder: str) -> list[str]:
        """Names (with the folder) of the files in ``folder``, sorted; empty if it does not exist."""
        ...

    def append(self, name: str, data: bytes) -> None:
        """Append, creating the file if needed. After a power cut, any part of the data may be there."""
        ...

    def sync(self, name: str) -> None:
        """Return once all appended data is on the medium, including the file's name."""
        ...

    def replace(self, name: str, data: bytes) -> None:
        """Replace the file's content on the medium, atomically: after a power cut it is the old or the new."""
        ...

    def record(self, name: str) -> bytes | None:
        """The last record written to the file; empty if none can be read, ``None`` if the file does not exist."""
        ...

    def put_record(self, name: str, data: bytes) -> None:
        """Write a record to the medium, atomically, in place of the one before: for what is written often. It ends with
        no white space."""
        ...

    def remove(self, name: str) -> None:
        """Delete the file on the medium; no error if it does not exist."""
        ...


class Medium(Protocol):
    """The primitive operations of a disk (POSIX.1-2017), by path below one folder; ``""`` is that folder. What is not
    synced may or may not survive a power cut: file contents in part, each name in a folder independently. Each may
    raise ``OSError``."""

    def read(self, path: str) -> bytes: ...

    def names(self, folder: str) -> list[str]: ...

    def exists(self, path: str) -> bool: ...

    def write(self, path: str, data: bytes, *, truncate: bool = False) -> None:
        """Append to a file, creating it if needed; ``truncate``: empty it first."""
        ...

    def overwrite(self, path: str, at: int, data: bytes) -> None:
        """Write within a file that exists, from the byte ``at`` on; its size stays."""
        ...

    def sync(self, path: str) -> None:
        """Return once the bytes of a file, or the names in a folder, are on the medium."""
        ...

    def rename(self, old: str, new: str) -> None: ...

    def unlink(self, path: str) -> None: ...

    def mkdir(self, path: str) -> None:
        """Create a folder; no error if it exists."""
        ...


class SafeFiles:
    """``Files`` on top of a medium: performs its operations in the order that keeps the guarantees."""

    def __init__(self, medium: Medium) -> None:
        self._medium = medium
        self._new: set[str] = set()
        self._settled: set[str] = set()
        self._records: set[str] = set()
        """Files whose last record is certainly on the medium."""

    def read(self, name: str) -> bytes | None:
        self._settle_again(_folder_of(name))
        try:
            return self._medium.read(name)
        except FileNotFoundError:
            return None

    def names(self, folder: str) -> list[str]:
        self._settle_again(folder)
        try:
            return sorted(f"{folder}/{name}" for name in self._medium.names(folder) if not name.endswith(NEW))
        except FileNotFoundError:
            return []

    def append(self, name: str, data: bytes) -> None:
        if not self._medium.exists(name):
            self._settle(_folder_of(name))
            self._new.add(name)
        self._medium.write(name, data)

    def sync(self, name: str) -> None:
        self._medium.sync(name)
        if name in self._new:
            self._medium.sync(_folder_of(name))
            self._new.discard(name)

    def replace(self, name: str, data: bytes) -> None:
        self._settle(_folder_of(name))
        new = name + NEW
        try:
            self._medium.write(new, data, truncate=True)
            self._medium.sync(new)
        except OSError:
            with contextlib.suppress(FileNotFoundError):
                self._medium.unlink(new)
            raise
        self._medium.rename(new, name)
        self._medium.sync(_folder_of(name))

    def record(self, name: str) -> bytes | None:
        data = self.read(name)
        return data if data is None else record_slots.newest(data)

    def put_record(self, name: str, data: bytes) -> None:
        known = name in self._records
        self._records.discard(name)
        write = record_slots.following(self._medium.read(name), data) if known else None
        if write is None:
            self.replace(name, record_slots.first(data))
        else:
            self._medium.overwrite(name, *write)
            self._medium.sync(name)
        self._records.add(name)

    def remove(self, name: str) -> None:
        self._new.discard(name)
        self._records.discard(name)
        with contextlib.suppress(FileNotFoundError):
            self._medium.unlink(name)
            self._medium.sync(_folder_of(name))

    def _settle(self, folder: str) -> None:
        """Ensure that a folder and its names are on the medium: an earlier run may have been killed before it had
        synced them."""
        if folder in self._settled:
            return
        if folder:
            self._settle(_folder_of(folder))
        if not self._medium.exists(folder):
            self._medium.mkdir(folder)
            if folder:
                self._medium.sync(_folder_of(folder))
        self._medium.sync(folder)
        self._settled.add(folder)

    def _settle_again(self, folder: str) -> None:
        """Ensure the same before reading. A folder that cannot be written can still be read."""
        if folder not in self._settled and self._medium.exists(folder):
            with contextlib.suppress(OSError):
                self._settle(folder)


class DiskFiles(SafeFiles):
    """Files of a real folder, readable only by their owner."""

    def __init__(self, root: Path) -> None:
        super().__init__(Folder(root))


class Folder:
    """A real folder. ``mode``: of its files."""

    def __init__(self, root: Path, *, mode: int = 0o600) -> None:
        self._root = root
        self._mode = mode

    def read(self, path: str) -> bytes:
        return (self._root / path).read_bytes()

    def names(self, folder: str) -> list[str]:
        return os.listdir(self._root / folder)

    def exists(self, path: str) -> bool:
        return (self._root / path).exists()

    def write(self, path: str, data: bytes, *, truncate: bool = False) -> None:
        how = os.O_TRUNC if truncate else os.O_APPEND
        with _opened(self._root / path, os.O_WRONLY | os.O_CREAT | how, self._mode) as file:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]

    def overwrite(self, path: str, at: int, data: bytes) -> None:
        with _opened(self._root / path, os.O_WRONLY) as file:
            view = memoryview(data)
            while view:
                written = os.pwrite(file, view, at)
                view, at = view[written:], at + written

    def sync(self, path: str) -> None:
        with _opened(self._root / path, os.O_RDONLY) as file:
            (os.fsync if (self._root / path).is_dir() else os.fdatasync)(file)

    def rename(self, old: str, new: str) -> None:
        (self._root / old).replace(self._root / new)

    def unlink(self, path: str) -> None:
        (self._root / path).unlink()

    def mkdir(self, path: str) -> None:
        """Create a folder; the root folder with its parents."""
        folder = self._root / path
        folder.mkdir(mode=0o700, parents=not path, exist_ok=True)
        if not path:
            with _opened(folder.parent, os.O_RDONLY) as above:
                os.fsync(above)


@contextlib.contextmanager
def _opened(path: Path, flags: int, mode: int = 0o600) -> Iterator[int]:
    file = os.open(path, flags | os.O_CLOEXEC, mode)
    try:
        yield file
    finally:
        os.close(file)


def _folder_of(name: str) -> str:
    return name.rpartition("/")[0]
