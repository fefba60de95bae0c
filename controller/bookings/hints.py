"""What is worth knowing of a booking that is asked for, though it does not stand in the way. Pure."""

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
