"""Sensors in rooms that are no devices of an edge: what each sends, and adding it to a room."""

from zoneinfo import ZoneInfo

from msgspec.structs import replace

from controller.db.engine import Database, Tx
from controller.estate.errors import SpaceUnknown
from controller.estate.service import require_parts, require_site
from controller.people.model import Actor
from controller.people.optimistic_locking import require_version
from controller.platform.web.problem import NotFound
from controller.records.audit import audit_log
from controller.records.changes import Changes
from controller.telemetry import queries
from controller.telemetry.movement_holds import Holds, holds_of
from controller.telemetry.room_sensors import model as room_sensors
from controller.telemetry.room_sensors.model import RoomSensor
from edge.wire.clock import Clock


class SensorUnknown(NotFound):
    def __init__(self, edge: str, sensor: str) -> None:
        super().__init__(f"{edge} has heard of no sensor {sensor!r}; look at the list of the site's sensors")


class RoomSensors:
    """The caller checks permissions."""

    def __init__(self, database: Database, clock: Clock, changes: Changes) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes

    def silent(self, sensor: RoomSensor) -> bool:
        """Whether nothing has come from it for longer than it may be."""
        return self._clock.now() - sensor.heard_at > room_sensors.SILENT_AFTER

    async def zone(self, site: str) -> ZoneInfo:
        """Of a site. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            return (await require_site(tx, site)).tz

    async def of_site(self, site: str, *, unknown: bool = False) -> list[RoomSensor]:
        """Those without a room first, or with ``unknown`` only these. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            await require_site(tx, site)
            found = await room_sensors.of_site(tx, site)
        return [each for each in found if each.space is None or not unknown]

    async def one(self, site: str, edge: str, sensor: str) -> RoomSensor:
        """Raises ``SiteUnknown``, ``SensorUnknown``."""
        async with self._database.read() as tx:
            await require_site(tx, site)
            return await _require(tx, site, edge, sensor)

    async def movement(self, site: str) -> tuple[list[tuple[str, str, str]], Holds]:
        """The PIRs on pins by edge, id and zone, in order; and for how long sensors hold a report of movement."""
        async with self._database.read() as tx:
            states = await queries.site_devices(tx, site)
            holds = await holds_of(tx, site)
        return sorted(
            (edge, each.device, str(each.values.get("zone", ""))) for edge, each in states if each.kind == "motion"
        ), holds

    async def put_in(
        self, site: str, edge: str, sensor: str, space: str | None, *, version: int, actor: Actor
    ) -> RoomSensor:
        """Add a sensor to a room; ``None`` takes it out. Its samples are those of the room from now on. Idempotent.
        Raises ``SiteUnknown``, ``SpaceUnknown``, ``SensorUnknown``, ``VersionStale``."""

        async def put(tx: Tx) -> RoomSensor:
            parts = await require_parts(tx, site)
            if space is not None and all(each.id != space for each in parts.spaces):
                raise SpaceUnknown(site, space)
            old = await _require(tx, site, edge, sensor)
            thing = f"sensor {sensor} of {edge}"
            await require_version(tx, version, old.version, site=site, thing=thing)
            new = replace(old, space=space)
            if new.space != old.space:
                await room_sensors.put_in(tx, old, space)
                act = "add sensor to room" if space is not None else "take sensor out of room"
                await audit_log.record(
                    tx,
                    actor=actor.name,
                    at=self._clock.now(),
                    act=act,
                    site=site,
                    thing=thing,
                    changes={"space": (old.space, new.space)},
                )
            return new

        new = await self._database.run(put)
        self._changes.site_changed(site)
        return new

    async def remove(self, site: str, edge: str, sensor: str, *, version: int, actor: Actor) -> None:
        """Take a sensor off the list, and with it its alerts. Its history stays. Once it sends again it is back, in its
        room. Raises ``SiteUnknown``, ``SensorUnknown``, ``VersionStale``."""

        async def remove(tx: Tx) -> None:
            await require_site(tx, site)
            old = await _require(tx, site, edge, sensor)
            thing = f"sensor {sensor} of {edge}"
            await require_version(tx, version, old.version, site=site, thing=thing)
            now = self._clock.now()
            await room_sensors.remove(tx, old, now)
            await audit_log.record(
                tx,
                actor=actor.name,
                at=now,
                act="remove sensor",
                site=site,
                thing=thing,
                changes={"space": (old.space, None)},
            )

        await self._database.run(remove)
        self._changes.site_changed(site)


async def _require(tx: Tx, site: str, edge: str, sensor: str) -> RoomSensor:
    found = (await room_sensors.of_edge(tx, site, edge, [sensor])).get(sensor)
    if found is None or found.removed_at is not None:
        raise SensorUnknown(edge, sensor)
    return found
