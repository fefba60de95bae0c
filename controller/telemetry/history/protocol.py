"""The interface of the history: samples over time, in SQL or in a time series database."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from edge.wire.events import (
    AccessData,
    DoorChange,
    DoorData,
    EventData,
    FootfallData,
    MotionData,
    WifiData,
)
from edge.wire.ids import Slug


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers that a device gave at one instant. ``place``: the door or zone they speak of.

    (site, measurement, device, edge, at) is what it is known by: the same sample twice is one.
    """

    site: Slug
    edge: Slug
    measurement: Slug
    device: Slug
    place: Slug | None
    at: datetime
    fields: dict[str, int]


class HistoryDown(Exception):
    """The history did not take the samples; they must be written again. Says which history and why."""

    def __init__(self, history: str, why: str) -> None:
        super().__init__(f"{history} did not take the samples, they are kept and retried: {why}")


class HistoryRefuses(Exception):
    """The history refused some samples and would do so again. Says which history and why."""

    def __init__(self, history: str, why: str) -> None:
        super().__init__(f"{history} refused samples: {why}; fix the bucket, then write them again from the events")


class History(Protocol):
    """Takes samples and keeps them."""

    async def write(self, samples: Sequence[Sample]) -> None:
        """Keep the samples; idempotent. Raises ``HistoryDown`` when they are not all kept."""
        ...


_DOOR_FIELDS = {
    DoorChange.OPENED: ("open", 1),
    DoorChange.CLOSED: ("open", 0),
    DoorChange.UNLOCKED: ("unlocked", 1),
    DoorChange.LOCKED: ("unlocked", 0),
}


def sample_of(*, site: str, edge: str, device: str, at: datetime, data: EventData | None) -> Sample | None:
    """The numbers in an event, or ``None`` where it has none. No person is in them, only counts and states."""
    match data:
        case FootfallData():
            measurement, place = "footfall", data.door
            fields = {"ins": data.ins, "outs": data.outs}
        case MotionData():
            measurement, place, fields = "motion", data.zone, {"active": int(data.active)}
        case WifiData():
            measurement, place, fields = "wifi", data.zone, {"stations": data.stations}
        case AccessData():
            measurement, place, fields = "access", data.door, {"granted": int(data.granted)}
        case DoorData() if data.change in _DOOR_FIELDS:
            name, value = _DOOR_FIELDS[data.change]
            measurement, place, fields = "door", data.door, {name: value}
        case _:
            return None
    return Sample(site=site, edge=edge, measurement=measurement, device=device, place=place, at=at, fields=fields)
