"""What is worth knowing of a booking that is asked for, though it does not stand in the way. Pure."""

from controller import localtime
from controller.access.words import length
from controller.bookings.picture import Place
from edge.wire.interval import Interval


def notes(place: Place, during: Interval, people: int | None) -> tuple[str, ...]:
    """More people than the space holds; a night in which the clocks change."""
    found = []
    capacity = place.space.capacity
    if capacity is not None and people is not None and people > capacity:
        found.append(f"{people} people are more than {place.space.name} holds ({capacity})")
    zone = place.site.tz
    on_the_wall = localtime.wall(during.end, zone) - localtime.wall(during.start, zone)
    real = during.end - during.start
    if real != on_the_wall:
        word = "longer" if real > on_the_wall else "shorter"
        found.append(f"the clocks change: it lasts {length(real)}, {length(abs(real - on_the_wall))} {word}")
    return tuple(found)
