"""Sensors in rooms over HTTP."""

from collections.abc import Sequence
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, status

from controller.estate.errors import SiteUnknown, SpaceUnknown
from controller.people.authentication import Runs, SeesLive
from controller.people.optimistic_locking import VersionStale
from controller.platform.text import local_time
from controller.platform.web.fields import Answer, Slug, SlugPath, Versioned
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service
from controller.telemetry.movement_holds import Holds, MovementHold
from controller.telemetry.room_sensors.model import RoomSensor
from controller.telemetry.room_sensors.service import RoomSensors, SensorUnknown
from edge.wire.readings import ReadingKind, unit

router = APIRouter(tags=["telemetry"], responses=described(NotSignedIn))
TheSensors = Annotated[RoomSensors, service(RoomSensors)]


class SensorReading(Answer):
    """``value``: in ``unit``, or 1 for yes and 0 for no."""

    kind: str
    value: float
    unit: str
    at: str


class HoldAnswer(Answer):
    """For how long a sensor goes on saying movement after the last one, which is taken off: ``seconds``, learned
    ``since`` then, last from so many ``spells`` of movement."""

    seconds: float
    spells: int
    since: str


class PirAnswer(Answer):
    """A PIR on a pin of an edge, in a zone. ``hold``: null while it is not learned."""

    id: str
    edge: str
    zone: str
    hold: HoldAnswer | None


class SensorAnswer(Answer):
    """A sensor that an edge hears. ``name``: as its messages name it; ``space``: the room it was added to, null for
    none yet; ``silent``: nothing has come from it for half an hour; ``link``: its link quality as it says it;
    ``available``: whether it says that it is there; ``set_aside``: how many messages and values were set aside, by
    reason; ``replaced``: how many values newer ones replaced; ``hold``: null where it sees no movement, and while it is
    not learned."""

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
    hold: HoldAnswer | None
    version: int


class SensorList(Answer):
    """``pirs``: those on pins, which are no sensors over MQTT; their zones are rooms."""

    items: list[SensorAnswer]
    pirs: list[PirAnswer]


class SensorBody(Versioned):
    """``space``: the room that the sensor is in; null takes it out of its room."""

    space: Slug | None


def _hold_answer(known: Sequence[MovementHold], zone: ZoneInfo) -> HoldAnswer | None:
    if not known:
        return None
    last = known[-1]
    return HoldAnswer(seconds=last.hold_s, spells=last.spells, since=local_time.rfc3339(last.since, zone))


def sensor_answer(found: RoomSensor, zone: ZoneInfo, holds: Holds, *, silent: bool) -> SensorAnswer:
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
        hold=_hold_answer(holds.get((found.edge, found.device), ()), zone),
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
    no room yet first. And the PIRs on pins."""
    zone, found = await sensors.zone(site), await sensors.of_site(site, unknown=unknown)
    pirs, holds = await sensors.movement(site)
    return SensorList(
        items=[sensor_answer(each, zone, holds, silent=sensors.silent(each)) for each in found],
        pirs=[
            PirAnswer(id=pir, edge=edge, zone=place, hold=_hold_answer(holds.get((edge, pir), ()), zone))
            for edge, pir, place in ([] if unknown else pirs)
        ],
    )


@router.get("/sites/{site}/edges/{edge}/sensors/{sensor}", responses=described(SiteUnknown, SensorUnknown))
async def get_sensor(
    site: SlugPath, edge: SlugPath, sensor: SlugPath, sensors: TheSensors, actor: SeesLive
) -> SensorAnswer:
    """A sensor that an edge hears."""
    found, (_, holds) = await sensors.one(site, edge, sensor), await sensors.movement(site)
    return sensor_answer(found, await sensors.zone(site), holds, silent=sensors.silent(found))


@router.put(
    "/sites/{site}/edges/{edge}/sensors/{sensor}",
    responses=described(SiteUnknown, SpaceUnknown, SensorUnknown, VersionStale),
)
async def put_sensor(
    site: SlugPath, edge: SlugPath, sensor: SlugPath, body: SensorBody, sensors: TheSensors, actor: Runs
) -> SensorAnswer:
    """Add a sensor to a room, or take it out: what it measures from then on is the room's. Idempotent."""
    found = await sensors.put_in(site, edge, sensor, body.space, version=body.version, actor=actor)
    _, holds = await sensors.movement(site)
    return sensor_answer(found, await sensors.zone(site), holds, silent=sensors.silent(found))


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
