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
_ADDRESS = r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"
_IW = re.compile(rf"^Station ({_ADDRESS}) \(on [^)]+\)", re.IGNORECASE)
_HOSTAPD = re.compile(rf"^({_ADDRESS})\s*$", re.IGNORECASE)


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

    def __init__(self, config: IwConfig | HostapdConfig, *, liveness: Liveness, late: Callable[[], None]) -> None:
        self._config = config
        self._form: Form = "iw" if isinstance(config, IwConfig) else "hostapd"
        self._caller = ProgramRunner(within_s=ANSWER_S, limit=LISTING_LIMIT)
        self._liveness = liveness
        self._late = late

    async def listing(self) -> Listing:
        """Raises any error of the command or file."""
        if self._config.file is not None:
            said = await run_blocking(_read, Path(self._config.file), liveness=self._liveness, late=self._late)
        else:
            said = await self._caller.call(self._config.command or ())
        return read_listing(said.decode(), self._form)


def _read(file: Path) -> bytes:
    """Read a regular file; a pipe or device might never end."""
    with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise ListingUnreadable("it is not a regular file")
        return source.read(LISTING_LIMIT + 1)
