"""Sessions and minutes on the WiFi of each zone. Pure."""

from collections.abc import Mapping, Sequence

from controller.telemetry.rollups.crossings import DoorCounter
from controller.use.model import WifiUse
from controller.use.spans import seconds_in, span_of
from controller.use.visits import measured_time
from edge.wire.interval import Interval


def wifi_use(
    sources: Sequence[DoorCounter], sums: Mapping[tuple[str, str], int], past: Interval
) -> tuple[WifiUse, ...]:
    """Zone by zone. ``sources``: what lists devices, each with the time in which it worked. ``sums``: by zone and
    field; sessions of zones do not add up to the building's."""
    found = []
    for zone in sorted({each.place for each in sources}):
        measured = seconds_in(measured_time([each for each in sources if each.place == zone], past))
        known = {name: sums.get((zone, name)) if measured else None for name in ("sessions", "minutes")}
        found.append(
            WifiUse(
                zone=zone,
                sessions=known["sessions"],
                stayed=known["minutes"],
                minutes=round(seconds_in([span_of(past)]) / 60),
                measured=round(measured / 60),
            )
        )
    return tuple(found)
