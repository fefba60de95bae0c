"""WiFi: polls which stations an access point lists, and reports how many. No address leaves this process or its memory
(``edge/system/process_memory.py``)."""

import os
import re
import stat
from pathlib import Path
from typing import Literal

from edge.errors import ListingUnreadable
from edge.runtime import Runtime, Timer
from edge.sensors.config import WifiConfig
from edge.sensors.station_set import Listing, StationSet, is_station
from edge.system.blocking_io import run_blocking
from edge.system.liveness import STUCK_S, Liveness
from edge.system.subprocesses import ProgramRunner
from edge.wire.events import WifiData
from edge.wire.faults import FaultCode
from edge.wire.messages import DeviceState

LISTING_LIMIT = 4 * 1024 * 1024
_ADDRESS = r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}"
_IW = re.compile(rf"^Station ({_ADDRESS}) \(on [^)]+\)", re.IGNORECASE)
_HOSTAPD = re.compile(rf"^({_ADDRESS})\s*$", re.IGNORECASE)


def read_listing(text: str, form: Literal["iw", "hostapd"]) -> Listing:
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
    authorised = [address for address, allowed in stations.items() if allowed]
    addresses = frozenset(filter(is_station, authorised))
    return Listing(addresses, set_aside=len(authorised) - len(addresses))


def _unauthorised(line: str, form: Literal["iw", "hostapd"]) -> bool:
    if form == "iw":
        name, _, value = line.partition(":")
        return name.strip() == "authorized" and value.strip() == "no"
    return line.startswith("flags=") and "[AUTHORIZED]" not in line


ANSWER_S = 10.0


class StationCounter:
    """Counts the stations of an access point in its own task. A failure of its source does not affect the doors."""

    def __init__(self, config: WifiConfig, *, runtime: Runtime, zone: StationSet) -> None:
        self._config = config
        self._runtime = runtime
        self._zone = zone
        self.id = config.id
        self._stations: int | None = None
        self._randomised: int | None = None
        self._set_aside = 0
        self._seconds = 0.0
        """Less than a minute that no event has reported yet."""
        self._forgetting = Timer(runtime, f"wifi {self.id} forgets", self._forget)
        self._caller = ProgramRunner(within_s=ANSWER_S, limit=LISTING_LIMIT)
        self._liveness = Liveness(config.every_s + ANSWER_S + STUCK_S)

    def state(self) -> DeviceState:
        counts = {"stations": self._stations, "randomised": self._randomised, "set_aside": self._set_aside}
        return self._runtime.device_state(self.id, "wifi", {**counts, "zone": self._config.zone})

    def start(self) -> None:
        self._runtime.supervise(f"wifi {self.id}", self._run(), self._liveness)

    async def _run(self) -> None:
        while True:
            self._liveness.progressed()
            await self._count()
            await self._runtime.clock.sleep(self._config.every_s)

    async def _count(self) -> None:
        try:
            self._take(read_listing(await self._listing(), self._config.format))
        except Exception:  # a foreign program's failure must not affect the doors
            # Without details: an error message might quote the listing.
            self._lost()

    def _take(self, listing: Listing) -> None:
        counts = self._zone.listed(self.id, listing.addresses, self._runtime.clock.monotonic())
        self._forget()
        self._stations, self._randomised = counts.stations, counts.randomised
        self._set_aside += listing.set_aside
        minutes = None
        if counts.seconds is not None:
            minutes, self._seconds = divmod(self._seconds + counts.seconds, 60)
        self._runtime.fault(self.id, FaultCode.STATIONS_UNREADABLE, present=False)
        data = WifiData(
            zone=self._config.zone,
            stations=counts.stations,
            randomised=counts.randomised,
            sessions=counts.sessions,
            minutes=None if minutes is None else int(minutes),
        )
        self._runtime.record(self.id, data)
        self._runtime.publish_state(self.id)

    def _forget(self) -> None:
        self._forgetting.set(self._zone.forget(self._runtime.clock.monotonic()))

    def _lost(self) -> None:
        self._stations = self._randomised = None
        self._runtime.fault(self.id, FaultCode.STATIONS_UNREADABLE, present=True)
        self._runtime.publish_state(self.id)

    async def _listing(self) -> str:
        if self._config.file is not None:
            listing = await run_blocking(_read, Path(self._config.file), liveness=self._liveness, late=self._lost)
        else:
            listing = await self._caller.call(self._config.command or ())
        return listing.decode()


def _read(file: Path) -> bytes:
    """Read a regular file; a pipe or device might never end."""
    with open(os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC), "rb") as source:
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            raise ListingUnreadable("it is not a regular file")
        return source.read(LISTING_LIMIT + 1)
