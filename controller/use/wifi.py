"""Sessions and minutes on the WiFi of each zone. Pure."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from controller.telemetry.rollups.crossings import DoorCounter
from controller.use.model import WifiUse
from controller.use.spans import common, seconds_in, span_of
from controller.use.visits import measured_time
from edge.wire.interval import Interval


def wifi_use(
    sources: Sequence[DoorCounter],
    sums: Mapping[tuple[str, str], int],
    told_from: Mapping[str, datetime],
    past: Interval,
) -> tuple[WifiUse, ...]:
    """Zone by zone. ``sources``: what lists devices, each with the time in which it worked. ``sums``: by zone and
    field; sessions of zones do not add up to the building's. ``told_from``: since when sessions are told, by zone: that
    there are none before is not known."""
    found = []
    for zone in sorted({each.place for each in sources}):
        known = measured_time([each for each in sources if each.place == zone], past)
        told = zone in told_from
        if told:
            known = common(known, [(int(told_from[zone].timestamp()), span_of(past)[1])])
        measured = seconds_in(known)
        its = {name: sums.get((zone, name), 0) if measured and told else None for name in ("sessions", "minutes")}
        found.append(
            WifiUse(
                zone=zone,
                sessions=its["sessions"],
                stayed=its["minutes"],
                minutes=round(seconds_in([span_of(past)]) / 60),
                measured=round(measured / 60),
            )
        )
    return tuple(found)
