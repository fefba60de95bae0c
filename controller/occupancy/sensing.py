"""What senses people at a site."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from controller.estate.model import SiteParts
from controller.occupancy.room_rows import Device
from controller.telemetry.movement_holds import Holds
from controller.telemetry.rollups.repository import BlindMark


class RoomDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A sensor in a room: the room, and what people call it."""

    space: str
    name: str


class Sensing(msgspec.Struct, frozen=True, kw_only=True):
    """What senses at a site. ``counters``: those that are there, with since when each is known to be; ``areas``: of the
    alarm. ``away``: edges that are out of reach, and since when. ``marks``: of each device and fault the last before
    the first row. ``pirs``: those that have ever seen movement, with since when. ``unsigned``: counters over MQTT.
    ``both_ways``: counters that do not tell in from out. ``in_rooms``: PIRs, and sensors over MQTT, that are in a
    room. ``holds``: what had been learned of how long sensors hold a report of movement."""

    parts: SiteParts
    counters: Mapping[Device, datetime]
    areas: Sequence[Device]
    away: Mapping[str, datetime]
    marks: Sequence[BlindMark]
    pirs: Mapping[Device, datetime] = {}
    unsigned: frozenset[Device] = frozenset()
    both_ways: frozenset[Device] = frozenset()
    in_rooms: Mapping[Device, RoomDevice] = {}
    holds: Holds = {}
