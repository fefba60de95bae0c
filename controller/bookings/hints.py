"""Notes on a requested booking: worth knowing, but they refuse nothing. Pure."""

from controller.diary.site_config import SpaceAtSite
from controller.text import local_time
from controller.text.times import length
from edge.wire.interval import Interval


def notes(place: SpaceAtSite, during: Interval) -> tuple[str, ...]:
    """A night in which the clocks change."""
    zone = place.site.tz
    on_the_wall = local_time.wall(during.end, zone) - local_time.wall(during.start, zone)
    real = during.end - during.start
    if real == on_the_wall:
        return ()
    word = "longer" if real > on_the_wall else "shorter"
    return (f"the clocks change: it lasts {length(real)}, {length(abs(real - on_the_wall))} {word}",)
