"""Station listings as text: what ``iw`` and ``hostapd_cli`` print, from a command or a file."""

import os
import re
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from edge.errors import ListingUnreadable
from edge.sensors.config import HostapdConfig, IwConfig
from edge.sensors.station_set import Listing, listing_of
from edge.system.blocking_io import run_blocking
from edge.system.liveness import Liveness
from edge.system.subprocesses import ProgramRunner

Form = Literal["iw", "hostapd"]
ANSWER_S = 10.0
"""How long a source may take."""
LISTING_LIMIT = 4 * 1024 * 1024
STALE_S, STALE_POLLS = 300.0, 3
"""A file that has not been written for so long, whichever is longer, says nothing about now."""
_ADDRESS = r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"
_IW = re.compile(rf"^Station ({_ADDRESS}) \(on [^)]+\)", re.IGNORECASE)
_HOSTAPD = re.compile(rf"^({_ADDRESS})\s*$", re.IGNORECASE)
_FURTHER = {"iw": re.compile(r"\t"), "hostapd": re.compile(r"[^\s=]+=")}
"""How a line about a station begins."""


def read_listing(text: str, form: Form) -> Listing:
    """The stations in the output of ``iw dev X station dump`` or ``hostapd_cli all_sta``, without those that the access
    point has not authorised. Empty output means none.

    Raises ``ListingUnreadable`` for any other text, because an unknown count is not zero.
    """
    if len(text) > LISTING_LIMIT:
        raise ListingUnreadable(f"a station listing of {len(text)} characters is too long")
    begins = _IW if form == "iw" else _HOSTAPD
    stations: dict[bytes, bool] = {}
    current: bytes | None = None
    for line in text.splitlines():
        if found := begins.match(line):
            current = bytes.fromhex(found.group(1).replace(":", ""))
            stations[current] = True
        elif current is None:
            if line.strip() and not (form == "hostapd" and line.startswith("Selected interface")):
                raise ListingUnreadable(f"this is not a station listing of {form}: its first line does not fit")
        elif line.strip() and not _FURTHER[form].match(line):
            raise ListingUnreadable(f"this is not a station listing of {form}: a line does not fit")
        elif _unauthorised(line, form):
            stations[current] = False
    return listing_of(address for address, allowed in stations.items() if allowed)


def _unauthorised(line: str, form: Form) -> bool:
    if form == "iw":
        name, _, value = line.partition(":")
        return name.strip() == "authorized" and value.strip() == "no"
    return line.startswith("flags=") and "[AUTHORIZED]" not in line


class TextSource:
    """The output of a command or the content of a file. ``late``: called while the file's disk hangs."""

    def __init__(
        self,
        config: IwConfig | HostapdConfig,
        *,
        monotonic: Callable[[], float],
        liveness: Liveness,
        late: Callable[[], None],
    ) -> None:
        self._config = config
        self._form: Form = "iw" if isinstance(config, IwConfig) else "hostapd"
        self._caller = ProgramRunner(within_s=ANSWER_S, limit=LISTING_LIMIT)
        self._monotonic = monotonic
        self._liveness = liveness
        self._late = late
        self._written: tuple[int, int] | None = None
        """When, and its inode."""
        self._written_since = 0.0

    async def listing(self) -> Listing:
        """Raises any error of the command or file."""
        if self._config.file is not None:
            file, now = Path(self._config.file), self._monotonic()
            return await run_blocking(self._of_file, file, now, liveness=self._liveness, late=self._late)
        said = await self._caller.call(self._config.command or ())
        return await run_blocking(self._of_text, said, liveness=self._liveness, late=self._late)

    def _of_text(self, said: bytes) -> Listing:
        return read_listing(said.decode(), self._form)

    def _of_file(self, file: Path, now: float) -> Listing:
        """A file that is empty, ends within a line or has long not been written is no listing: its writer may have
        stopped, or be writing."""
        said, written = _read(file)
        if written != self._written:
            self._written, self._written_since = written, now
        if now - self._written_since >= max(STALE_S, STALE_POLLS * self._config.every_s):
            raise ListingUnreadable("its file has not been written for a while")
        if not said.endswith(b"\n"):
            raise ListingUnreadable("its file is empty or ends within a line")
        return self._of_text(said)


def _read(file: Path) -> tuple[bytes, tuple[int, int]]:
    """Read a regular file, and when and in which inode it was written; a pipe or device might never end."""
    with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as source:
        about = os.fstat(source.fileno())
        if not stat.S_ISREG(about.st_mode):
            raise ListingUnreadable("it is not a regular file")
        return source.read(LISTING_LIMIT + 1), (about.st_mtime_ns, about.st_ino)
