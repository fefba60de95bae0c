"""The one way to the disk for whatever the agent must not lose. A simulated disk can drop what is not yet synced."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol


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
        """Add to the end, making the file where needed. After a power cut any prefix of it may be there."""
        ...

    def sync(self, name: str) -> None:
        """Return once everything appended so far is on the medium, the file's own name included."""
        ...

    def replace(self, name: str, data: bytes) -> None:
        """Put ``data`` in place of the file, on the medium: a power cut leaves the old content or the new."""
        ...

    def remove(self, name: str) -> None:
        """Delete it; harmless when it is not there."""
        ...


class DiskFiles:
    """Files of a real folder, readable by their owner alone."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._new: set[str] = set()

    def read(self, name: str) -> bytes | None:
        try:
            return (self._root / name).read_bytes()
        except FileNotFoundError:
            return None

    def names(self, folder: str) -> list[str]:
        try:
            return sorted(f"{folder}/{path.name}" for path in (self._root / folder).iterdir() if path.suffix != ".new")
        except FileNotFoundError:
            return []

    def append(self, name: str, data: bytes) -> None:
        path = self._root / name
        if not path.exists():
            self._make_folder(path.parent)
            self._new.add(name)
        with _opened(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT) as file:
            _write(file, data)

    def sync(self, name: str) -> None:
        path = self._root / name
        with _opened(path, os.O_WRONLY) as file:
            os.fsync(file)
        if name in self._new:
            _sync_folder(path.parent)
            self._new.discard(name)

    def replace(self, name: str, data: bytes) -> None:
        path = self._root / name
        self._make_folder(path.parent)
        new = path.with_name(path.name + ".new")
        try:
            with _opened(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC) as file:
                _write(file, data)
                os.fsync(file)
        except OSError:
            new.unlink(missing_ok=True)
            raise
        new.replace(path)
        _sync_folder(path.parent)

    def remove(self, name: str) -> None:
        (self._root / name).unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(mode=0o700, parents=True)
            _sync_folder(folder.parent)


@contextlib.contextmanager
def _opened(path: Path, flags: int) -> Iterator[int]:
    file = os.open(path, flags | os.O_CLOEXEC, 0o600)
    try:
        yield file
    finally:
        os.close(file)


def _write(file: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _sync_folder(folder: Path) -> None:
    with _opened(folder, os.O_RDONLY | os.O_DIRECTORY) as file:
        os.fsync(file)
