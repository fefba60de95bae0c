"""Fetches a package over MQTT, a few parts at a time, so that a command need not wait for all of it.

It goes on where it was when power or network return."""

import asyncio
import hashlib

from edge.system.durable_files import Files
from edge.updates.handover import PACKAGE_FILE
from edge.wire.errors import Malformed
from edge.wire.releases import UPDATE_PART, WINDOW_PARTS, ReleaseManifest, read_part_name

TRIES = 3


class Download:
    """The package that ``manifest`` names. ``received``: bytes that have been written."""

    def __init__(self, manifest: ReleaseManifest, files: Files) -> None:
        self.manifest = manifest
        self._files = files
        self._digest = hashlib.sha256()
        self.received = 0
        self._asked_to = 0
        self._parts: dict[int, bytes] = {}
        self.failures = 0

    async def open(self) -> None:
        """Go on with what is on the disk, if it can be of this package. Raises ``OSError``."""
        there = await asyncio.to_thread(self._files.read, PACKAGE_FILE) or b""
        if len(there) > self.manifest.size or (len(there) < self.manifest.size and len(there) % UPDATE_PART):
            await self.begin_again()
            return
        self._digest.update(there)
        self.received = len(there)

    async def begin_again(self) -> None:
        """Raises ``OSError``."""
        await asyncio.to_thread(self._files.remove, PACKAGE_FILE)
        self._digest, self.received, self._asked_to = hashlib.sha256(), 0, 0
        self._parts.clear()

    @property
    def complete(self) -> bool:
        return self.received == self.manifest.size

    @property
    def missing(self) -> int:
        """Bytes that have still to come."""
        return self.manifest.size - self.received

    @property
    def sound(self) -> bool:
        """Whether what is complete is the package that was signed."""
        return self._digest.hexdigest() == self.manifest.sha256

    def part(self, name: str, data: bytes) -> bool:
        """A part has arrived; whether it was waited for. Raises ``Malformed`` for one that is none."""
        named = read_part_name(name)
        if named is None:
            raise Malformed("a part of a package has no name")
        digest, offset = named
        if digest != self.manifest.sha256 or not self.received <= offset < self._asked_to or offset % UPDATE_PART:
            return False
        if len(data) != min(UPDATE_PART, self.manifest.size - offset):
            raise Malformed(f"a part of a package has {len(data)} bytes")
        self._parts[offset] = data
        return True

    async def write(self) -> bool:
        """Write the parts that follow on what is written; whether there were any. Raises ``OSError``."""
        found = False
        while (data := self._parts.pop(self.received, None)) is not None:
            await asyncio.to_thread(self._files.append, PACKAGE_FILE, data)
            self._digest.update(data)
            self.received += len(data)
            found = True
        if found and (self.complete or self.received >= self._asked_to):
            await asyncio.to_thread(self._files.sync, PACKAGE_FILE)
        return found

    def next_window(self, *, again: bool) -> tuple[int, int] | None:
        """The offset and the number of parts to ask for now; ``again``: although they were asked for before."""
        if self.complete or (self.received < self._asked_to and not again):
            return None
        parts = min(WINDOW_PARTS, -(-(self.manifest.size - self.received) // UPDATE_PART))
        self._asked_to = min(self.manifest.size, self.received + parts * UPDATE_PART)
        self._parts.clear()
        return self.received, parts
