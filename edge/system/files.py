"""The one way to the disk for whatever the agent must not lose. A simulated disk can drop what is not yet synced."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

NEW = ".new"
"""Ends the name of a file that is to take another one's place, and is none before."""


class Files(Protocol):
    """Files of one folder by relative name, such as ``outbox/7.log``. Calls block; the agent makes those that
    write from a thread, never two at once on one name. Each may raise ``OSError``."""

    def read(self, name: str) -> bytes | None:
        """The content, or ``None`` when there is no such file."""
        ...

    def names(self, folder: str) -> list[str]:
        """Names (with the folder) of the files in ``folder``, sorted; none when it does not exist."""
        ...

    def append(self, name: str, data: bytes) -> None:
        """Add to the end, making the file where needed. After a power cut any part of it may be there, or nothing."""
        ...

    def sync(self, name: str) -> None:
        """Return once everything appended so far is on the medium, the file's own name included."""
        ...

    def replace(self, name: str, data: bytes) -> None:
        """Put ``data`` in place of the file, on the medium: a power cut leaves the old content or the new."""
        ...

    def remove(self, name: str) -> None:
        """Delete it, on the medium; harmless when it is not there."""
        ...


class Medium(Protocol):
    """The single steps of a disk (POSIX.1-2017), by path below one folder; ``""`` is that folder. What is not synced
    may or may not outlast a power cut: a file's bytes in part, the names in a folder each for itself. Each may raise
    ``OSError``."""

    def read(self, path: str) -> bytes: ...

    def names(self, folder: str) -> list[str]: ...

    def exists(self, path: str) -> bool: ...

    def write(self, path: str, data: bytes, *, anew: bool = False) -> None:
        """Add to the end of a file that is made where needed, and emptied before where ``anew``."""
        ...

    def sync(self, path: str) -> None:
        """Return once the bytes of a file, or the names in a folder, are on the medium."""
        ...

    def rename(self, old: str, new: str) -> None: ...

    def unlink(self, path: str) -> None: ...

    def mkdir(self, path: str) -> None:
        """Make a folder; harmless when it is there."""
        ...


class SafeFiles:
    """``Files`` made of the steps of a medium, in the order that keeps their promises."""

    def __init__(self, medium: Medium) -> None:
        self._medium = medium
        self._new: set[str] = set()
        self._settled: set[str] = set()

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
            self._medium.write(new, data, anew=True)
            self._medium.sync(new)
        except OSError:
            with contextlib.suppress(FileNotFoundError):
                self._medium.unlink(new)
            raise
        self._medium.rename(new, name)
        self._medium.sync(_folder_of(name))

    def remove(self, name: str) -> None:
        self._new.discard(name)
        with contextlib.suppress(FileNotFoundError):
            self._medium.unlink(name)
            self._medium.sync(_folder_of(name))

    def _settle(self, folder: str) -> None:
        """Have a folder, and its names on the medium: a run before this one may have been killed before it had synced
        what is seen there."""
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
        """Before what is there is gone by. What cannot be written can be read all the same."""
        if folder not in self._settled and self._medium.exists(folder):
            with contextlib.suppress(OSError):
                self._settle(folder)


class DiskFiles(SafeFiles):
    """Files of a real folder, readable by their owner alone."""

    def __init__(self, root: Path) -> None:
        super().__init__(Folder(root))


class Folder:
    """A real folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def read(self, path: str) -> bytes:
        return (self._root / path).read_bytes()

    def names(self, folder: str) -> list[str]:
        return os.listdir(self._root / folder)

    def exists(self, path: str) -> bool:
        return (self._root / path).exists()

    def write(self, path: str, data: bytes, *, anew: bool = False) -> None:
        how = os.O_TRUNC if anew else os.O_APPEND
        with _opened(self._root / path, os.O_WRONLY | os.O_CREAT | how) as file:
            view = memoryview(data)
            while view:
                view = view[os.write(file, view) :]

    def sync(self, path: str) -> None:
        with _opened(self._root / path, os.O_RDONLY) as file:
            os.fsync(file)

    def rename(self, old: str, new: str) -> None:
        (self._root / old).replace(self._root / new)

    def unlink(self, path: str) -> None:
        (self._root / path).unlink()

    def mkdir(self, path: str) -> None:
        """The folder itself is made with those above it."""
        folder = self._root / path
        folder.mkdir(mode=0o700, parents=not path, exist_ok=True)
        if not path:
            with _opened(folder.parent, os.O_RDONLY) as above:
                os.fsync(above)


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    file = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def _folder_of(name: str) -> str:
    return name.rpartition("/")[0]
