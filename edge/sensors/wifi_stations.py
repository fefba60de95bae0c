"""WiFi: polls how many stations an access point lists."""

import os
import stat
from pathlib import Path

from edge.errors import ListingUnreadable
from edge.runtime import Runtime
from edge.sensors import wifi_listing
from edge.sensors.config import WifiConfig
from edge.system.blocking_io import run_blocking
from edge.system.liveness import STUCK_S, Liveness
from edge.system.programs import ProgramRunner
from edge.wire.events import WifiData
from edge.wire.faults import FaultCode
from edge.wire.messages import DeviceState

ANSWER_S = 10.0
_UNREADABLE = "the station listing cannot be read"


class StationCounter:
    """Counts the stations of an access point in its own task. A failure of its source does not affect the doors."""

    def __init__(self, config: WifiConfig, *, runtime: Runtime) -> None:
        self._config = config
        self._runtime = runtime
        self.id = config.id
        self._stations: int | None = None
        self._caller = ProgramRunner(within_s=ANSWER_S, limit=wifi_listing.LISTING_LIMIT)
        self._liveness = Liveness(config.every_s + ANSWER_S + STUCK_S)

    def state(self) -> DeviceState:
        return DeviceState(
            device=self.id,
            kind="wifi",
            seq=self._runtime.seq(self.id),
            at=self._runtime.now(),
            values={"stations": self._stations, "zone": self._config.zone},
        )

    def start(self) -> None:
        self._runtime.supervise(f"wifi {self.id}", self._run(), self._liveness)

    async def _run(self) -> None:
        while True:
            self._liveness.progressed()
            await self._count()
            await self._runtime.clock.sleep(self._config.every_s)

    async def _count(self) -> None:
        try:
            stations = wifi_listing.count(await self._listing(), self._config.format)
        except Exception:  # a foreign program's failure must not affect the doors
            # Without details: an error message might quote the listing.
            self._lost()
        else:
            self._stations = stations
            self._runtime.fault(self.id, FaultCode.STATIONS_UNREADABLE, present=False)
            self._runtime.record(self.id, WifiData(zone=self._config.zone, stations=stations))
            self._runtime.publish_state(self.id)

    def _lost(self) -> None:
        self._stations = None
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
        return source.read(wifi_listing.LISTING_LIMIT + 1)
