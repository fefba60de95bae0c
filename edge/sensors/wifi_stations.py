"""WiFi: polls which stations an access point lists, and reports how many. No address leaves this process or its memory
(``edge/system/process_memory.py``)."""

from collections.abc import Collection
from typing import Protocol

from edge.errors import LoginRefused
from edge.runtime import Runtime, Timer
from edge.sensors.config import AnyWifiConfig, HostapdConfig, IwConfig, SnmpConfig, UbusConfig
from edge.sensors.station_listings import ANSWER_S, TextSource
from edge.sensors.station_set import Listing, StationSet
from edge.sensors.station_snmp import SnmpSource
from edge.sensors.station_web import UbusSource, UnifiSource
from edge.system.liveness import STUCK_S, Liveness
from edge.wire.events import WifiData
from edge.wire.faults import FaultCode
from edge.wire.messages import DeviceState

_TROUBLES = (FaultCode.STATIONS_UNREADABLE, FaultCode.STATIONS_REFUSED)


class StationSource(Protocol):
    """Where stations are listed."""

    async def listing(self) -> Listing:
        """The stations that are associated now. Raises any error if that cannot be known."""
        ...


def station_sets(sources: Collection[AnyWifiConfig]) -> dict[str, StationSet]:
    """Of each zone the stations; those of its sources that give numbers only are not waited for."""
    listing = [each for each in sources if not (isinstance(each, SnmpConfig) and each.count is not None)]
    return {
        zone: StationSet([each.id for each in listing if each.zone == zone]) for zone in {each.zone for each in sources}
    }


class StationCounter:
    """Counts the stations of an access point in its own task. A failure of its source does not affect the doors."""

    def __init__(self, config: AnyWifiConfig, *, runtime: Runtime, zone: StationSet) -> None:
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
        self._failures = 0
        self._liveness = Liveness(config.every_s + ANSWER_S + STUCK_S)
        self._source = self._source_of(config)

    def _source_of(self, config: AnyWifiConfig) -> StationSource:
        monotonic = self._runtime.clock.monotonic
        if isinstance(config, IwConfig | HostapdConfig):
            return TextSource(config, monotonic=monotonic, liveness=self._liveness, late=self._lost)
        if isinstance(config, SnmpConfig):
            return SnmpSource(config, within_s=ANSWER_S, liveness=self._liveness, late=self._lost)
        if isinstance(config, UbusConfig):
            return UbusSource(config, monotonic=monotonic, liveness=self._liveness, late=self._lost)
        return UnifiSource(config, monotonic=monotonic, liveness=self._liveness, late=self._lost)

    def state(self) -> DeviceState:
        counts = {"stations": self._stations, "randomised": self._randomised}
        trouble = {"set_aside": self._set_aside, "failures": self._failures}
        return self._runtime.device_state(self.id, "wifi", {**counts, **trouble, "zone": self._config.zone})

    def start(self) -> None:
        self._runtime.supervise(f"wifi {self.id}", self._run(), self._liveness)

    async def _run(self) -> None:
        while True:
            self._liveness.progressed()
            await self._count()
            await self._runtime.clock.sleep(self._config.every_s)

    async def _count(self) -> None:
        try:
            self._take(await self._source.listing())
        except LoginRefused:
            self._failures += 1
            self._lost(FaultCode.STATIONS_REFUSED)
        except Exception:  # a foreign program's failure must not affect the doors
            # Without details: an error message might quote the listing.
            self._failures += 1
            self._lost()

    def _take(self, listing: Listing) -> None:
        data = self._data(listing)
        self._stations, self._randomised = data.stations, data.randomised
        self._set_aside += listing.set_aside
        for code in _TROUBLES:
            self._runtime.fault(self.id, code, present=False)
        self._runtime.record(self.id, data)
        self._runtime.publish_state(self.id)

    def _data(self, listing: Listing) -> WifiData:
        if listing.number is not None:
            return WifiData(zone=self._config.zone, stations=listing.number)
        counts = self._zone.listed(self.id, listing.addresses, self._runtime.clock.monotonic())
        self._forget()
        minutes = None
        if counts.seconds is not None:
            minutes, self._seconds = divmod(self._seconds + counts.seconds, 60)
        return WifiData(
            zone=self._config.zone,
            stations=counts.stations,
            randomised=counts.randomised,
            sessions=counts.sessions,
            minutes=None if minutes is None else int(minutes),
        )

    def _forget(self) -> None:
        self._forgetting.set(self._zone.forget(self._runtime.clock.monotonic()))

    def _lost(self, why: FaultCode = FaultCode.STATIONS_UNREADABLE) -> None:
        self._zone.failed(self.id)
        self._stations = self._randomised = None
        for code in _TROUBLES:
            self._runtime.fault(self.id, code, present=code is why)
        self._runtime.publish_state(self.id)
