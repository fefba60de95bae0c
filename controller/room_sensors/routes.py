"""Sensors in rooms over HTTP."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, status

from controller.estate.errors import SiteUnknown, SpaceUnknown
from controller.people.authentication import Runs, SeesLive
from controller.people.optimistic_locking import VersionStale
from controller.room_sensors.service import RoomSensors, SensorUnknown
from controller.telemetry.room_sensors import RoomSensor
from controller.text import local_time
from controller.web.fields import Answer, Slug, SlugPath, Versioned
from controller.web.problem import NotSignedIn, described
from controller.web.services import service
from edge.wire.readings import ReadingKind, unit

router = APIRouter(tags=["telemetry"], responses=described(NotSignedIn))
TheSensors = Annotated[RoomSensors, service(RoomSensors)]


class SensorReading(Answer):
    """``value``: in ``unit``, or 1 for yes and 0 for no."""

    kind: str
    value: float
    unit: str
    at: str


class SensorAnswer(Answer):
    """A sensor that an edge hears. ``name``: as its messages name it; ``space``: the room it was added to, null for
    none yet; ``silent``: nothing has come from it for half an hour; ``link``: its link quality as it says it;
    ``available``: whether it says that it is there; ``set_aside``: how many messages and values were set aside, by
    reason; ``replaced``: how many values newer ones replaced."""

    id: str
    edge: str
    name: str
    family: str
    space: str | None
    first_at: str
    heard_at: str
    silent: bool
    readings: list[SensorReading]
    battery: float | None
    battery_low: bool | None
    link: float | None
    available: bool | None
    set_aside: dict[str, int]
    replaced: int
    version: int


class SensorList(Answer):
    items: list[SensorAnswer]


class SensorBody(Versioned):
    """``space``: the room that the sensor is in; null takes it out of its room."""

    space: Slug | None


def sensor_answer(found: RoomSensor, zone: ZoneInfo, *, silent: bool) -> SensorAnswer:
    return SensorAnswer(
        id=found.device,
        edge=found.edge,
        name=found.name,
        family=found.family,
        space=found.space,
        first_at=local_time.rfc3339(found.first_at, zone),
        heard_at=local_time.rfc3339(found.heard_at, zone),
        silent=silent,
        readings=[
            SensorReading(kind=kind, value=last.value, unit=_unit(kind), at=local_time.rfc3339(last.at, zone))
            for kind, last in sorted(found.values.items())
        ],
        battery=found.battery,
        battery_low=found.battery_low,
        link=found.link,
        available=found.available,
        set_aside=found.aside,
        replaced=found.replaced,
        version=found.version,
    )


def _unit(kind: str) -> str:
    return unit(ReadingKind(kind)) if kind in set(ReadingKind) else ""


@router.get("/sites/{site}/sensors", responses=described(SiteUnknown))
async def list_sensors(
    site: SlugPath,
    sensors: TheSensors,
    actor: SeesLive,
    unknown: Annotated[bool, Query(description="Only those that are in no room yet")] = False,
) -> SensorList:
    """Sensors that send to a building's own broker, with what each sent last and what was set aside; those that are in
    no room yet first."""
    zone, found = await sensors.zone(site), await sensors.of_site(site, unknown=unknown)
    return SensorList(items=[sensor_answer(each, zone, silent=sensors.silent(each)) for each in found])


@router.get("/sites/{site}/edges/{edge}/sensors/{sensor}", responses=described(SiteUnknown, SensorUnknown))
async def get_sensor(
    site: SlugPath, edge: SlugPath, sensor: SlugPath, sensors: TheSensors, actor: SeesLive
) -> SensorAnswer:
    """A sensor that an edge hears."""
    found = await sensors.one(site, edge, sensor)
    return sensor_answer(found, await sensors.zone(site), silent=sensors.silent(found))


@router.put(
    "/sites/{site}/edges/{edge}/sensors/{sensor}",
    responses=described(SiteUnknown, SpaceUnknown, SensorUnknown, VersionStale),
)
async def put_sensor(
    site: SlugPath, edge: SlugPath, sensor: SlugPath, body: SensorBody, sensors: TheSensors, actor: Runs
) -> SensorAnswer:
    """Add a sensor to a room, or take it out: what it measures from then on is the room's. Idempotent."""
    found = await sensors.put_in(site, edge, sensor, body.space, version=body.version, actor=actor)
    return sensor_answer(found, await sensors.zone(site), silent=sensors.silent(found))


@router.delete(
    "/sites/{site}/edges/{edge}/sensors/{sensor}",
    status_code=status.HTTP_204_NO_CONTENT,
    responses=described(SiteUnknown, SensorUnknown, VersionStale),
)
async def delete_sensor(
    site: SlugPath,
    edge: SlugPath,
    sensor: SlugPath,
    sensors: TheSensors,
    actor: Runs,
    version: Annotated[int, Query(ge=0, lt=2**53, description="As it was read")],
) -> None:
    """Take a sensor that is gone off the list, with its alerts. What it measured stays. If it sends again, it is back,
    in the room that it was in."""
    await sensors.remove(site, edge, sensor, version=version, actor=actor)
