"""A disk in memory on which power can be cut at any step: unsynced data is dropped, torn at any byte, or written in
another order. (kill -9 loses nothing: what was written is in the kernel's hands.)

It is the layer below ``edge.system.durable_files.SafeFiles``, so that the tested order of steps is the real one.
All steps can be kept in a journal and taken again on another medium, up to any of them: one run has as many cuts as
steps.
"""

import random
from collections.abc import Callable
from typing import NamedTuple

from edge.system.durable_files import SafeFiles

SECTOR = 512
"""Bytes that a disk writes whole; what it writes of a file in another order is missing by as much."""


class DiskStep(NamedTuple):
    """One step that changes something: a method of ``VirtualMedium``, and what it was called with."""

    act: str
    path: str
    new: str = ""
    data: bytes = b""
    truncate: bool = False
    at: int = 0


class _File:
    """``synced``: how many of the appended writes are on the medium. ``over``: writes within the file since it was last
    synced, each with its place; what was there ``before`` the first of them."""

    def __init__(self, content: bytes = b"") -> None:
        self.writes = [content] if content else []
        self.synced = len(self.writes)
        self.over: list[tuple[int, bytes]] = []
        self.before = b""

    @property
    def content(self) -> bytes:
        return b"".join(self.writes)

    def overwrite(self, at: int, data: bytes) -> None:
        """Write within a file that was not appended to since it was synced."""
        content = self.content
        if not self.over:
            self.before = content
        self.over.append((at, data))
        self.writes = [content[:at] + data + content[at + len(data) :]]
        self.synced = 1

    def sync(self) -> None:
        self.synced, self.over = len(self.writes), []

    def left(self, chance: "_Chance") -> bytes:
        safe = bytearray(self.before if self.over else b"".join(self.writes[: self.synced]))
        for at, data in self.over:
            for start in range(0, len(data), SECTOR):
                if chance.happens():
                    part = data[start : start + SECTOR]
                    safe[at + start : at + start + len(part)] = part
        return bytes(safe) + chance.torn(b"".join(self.writes[self.synced :]), at=len(safe))


Names = dict[str, _File | None]
"""Files, and folders (``None``), by path."""


class _Change(NamedTuple):
    """A change of names that its folder has not been synced after."""

    folder: str
    gone: str | None
    there: str | None
    what: _File | None

    def apply(self, names: Names) -> None:
        if self.gone is not None:
            names.pop(self.gone, None)
        if self.there is not None:
            names[self.there] = self.what

    def touches(self) -> set[str]:
        return {path for path in (self.gone, self.there) if path is not None}


class _Chance:
    """The outcome of one cut. A third lose everything unsynced, a third only torn writes."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # a game of chance
        self._odds = self._random.choice((0.0, 0.5, 1.0))

    def happens(self) -> bool:
        return self._random.random() < self._odds

    def torn(self, data: bytes, *, at: int) -> bytes:
        """What is left of bytes that belong ``at`` an offset: any part of them, with sectors of it not written."""
        kept = bytearray(data[: self._random.choice((0, len(data), self._random.randint(0, len(data))))])
        if self.happens():
            for start in range(at - at % SECTOR, at + len(kept), SECTOR):
                if self._random.random() < 0.3:
                    first, last = max(0, start - at), min(len(kept), start + SECTOR - at)
                    kept[first:last] = bytes(last - first)
        return bytes(kept)


class VirtualMedium:
    """A ``Medium``. ``journal`` is called with each step before it is taken."""

    def __init__(self, journal: Callable[[DiskStep], None] = lambda step: None) -> None:
        self.journal = journal
        self._names: Names = {"": None}
        self._safe: Names = {"": None}
        self._changes: list[_Change] = []

    def read(self, path: str) -> bytes:
        return self._file(path).content

    def names(self, folder: str) -> list[str]:
        if not self.exists(folder):
            raise FileNotFoundError(folder)
        return [path.rpartition("/")[2] for path in self._names if path and path.rpartition("/")[0] == folder]

    def exists(self, path: str) -> bool:
        return path in self._names

    def write(self, path: str, data: bytes, *, truncate: bool = False) -> None:
        self.take(DiskStep("write", path, data=data, truncate=truncate))

    def overwrite(self, path: str, at: int, data: bytes) -> None:
        self.take(DiskStep("overwrite", path, data=data, at=at))

    def sync(self, path: str) -> None:
        self.take(DiskStep("sync", path))

    def rename(self, old: str, new: str) -> None:
        self.take(DiskStep("rename", old, new=new))

    def unlink(self, path: str) -> None:
        self.take(DiskStep("unlink", path))

    def mkdir(self, path: str) -> None:
        if not self.exists(path):
            self.take(DiskStep("mkdir", path))

    # Power

    def cut(self, seed: int) -> "VirtualMedium":
        """The state after a cut at this moment; this medium itself does not change."""
        chance, left = _Chance(seed), VirtualMedium()
        names, undone = dict(self._safe), set[str]()
        for change in self._changes:
            # Changes of one name keep their order; those of others may be on the medium before them.
            if undone & change.touches() or not chance.happens():
                undone |= change.touches()
            else:
                change.apply(names)
        for path, what in sorted(names.items(), key=lambda item: item[0]):
            # Nothing is left where the folder is not.
            if path.rpartition("/")[0] in left._names:
                left._names[path] = None if what is None else _File(what.left(chance))
        left._safe = dict(left._names)
        return left

    def copy(self) -> "VirtualMedium":
        """The same once more, which is what kill -9 leaves: nothing of it is any safer from a cut than before."""
        left, files = VirtualMedium(), dict[int, _File]()

        def copy(what: _File | None) -> _File | None:
            if what is None:
                return None
            if id(what) not in files:
                files[id(what)] = _File()
                files[id(what)].writes, files[id(what)].synced = list(what.writes), what.synced
                files[id(what)].over, files[id(what)].before = list(what.over), what.before
            return files[id(what)]

        left._names = {path: copy(what) for path, what in self._names.items()}
        left._safe = {path: copy(what) for path, what in self._safe.items()}
        left._changes = [change._replace(what=copy(change.what)) for change in self._changes]
        return left

    # Steps

    def take(self, step: DiskStep) -> None:
        """Do one step, now or again. Raises ``FileNotFoundError``."""
        if step.act in ("sync", "overwrite", "rename", "unlink") and step.path not in self._names:
            raise FileNotFoundError(step.path)
        self.journal(step)
        match step.act:
            case "write":
                self._write(step.path, step.data, truncate=step.truncate)
            case "overwrite":
                self._file(step.path).overwrite(step.at, step.data)
            case "sync":
                self._sync(step.path)
            case "rename":
                self._change(gone=step.path, there=step.new, what=self._names[step.path])
            case "unlink":
                self._change(gone=step.path)
            case _:
                self._change(there=step.path)

    def _file(self, path: str) -> _File:
        file = self._names.get(path)
        if file is None:
            raise FileNotFoundError(path)
        return file

    def _write(self, path: str, data: bytes, *, truncate: bool) -> None:
        if truncate or path not in self._names:
            # One that is emptied is taken for another file of that name: before it is synced either may be there.
            self._change(there=path, what=_File())
        self._file(path).writes.append(data)

    def _sync(self, path: str) -> None:
        file = self._names[path]
        if file is not None:
            file.sync()
            return
        for change in [each for each in self._changes if each.folder == path]:
            change.apply(self._safe)
            self._changes.remove(change)

    def _change(self, *, gone: str | None = None, there: str | None = None, what: _File | None = None) -> None:
        folder = (there if there is not None else gone or "").rpartition("/")[0]
        change = _Change(folder, gone, there, what)
        change.apply(self._names)
        self._changes.append(change)


class VirtualDisk(SafeFiles):
    """``Files`` on a virtual medium."""

    def __init__(self, medium: VirtualMedium | None = None) -> None:
        self.medium = medium or VirtualMedium()
        super().__init__(self.medium)
