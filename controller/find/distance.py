"""Distances in a straight line. Pure."""

from math import asin, cos, radians, sin, sqrt

import msgspec

_EARTH_MILES = 3958.76
"""Mean radius (IUGG)."""
_MILES_A_DEGREE = 69.0
"""Of latitude, at the least about 68.7; for boxes that are cut generously."""


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A place on the map, in degrees."""

    latitude: float
    longitude: float


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """All that is within a distance of a spot lies in here, and a little more. ``west`` is ``None`` near a pole or
    the date line, where longitude bounds nothing."""

    south: float
    north: float
    west: float | None
    east: float | None


def miles_between(one: Spot, other: Spot) -> float:
    """The great-circle distance (haversine)."""
    south, north = radians(one.latitude), radians(other.latitude)
    half = sin((north - south) / 2) ** 2
    half += cos(south) * cos(north) * sin(radians(other.longitude - one.longitude) / 2) ** 2
    return 2 * _EARTH_MILES * asin(min(1.0, sqrt(half)))


def box_around(spot: Spot, miles: float) -> Box:
    """A box that is sure to hold every place within so many miles."""
    high = miles / (_MILES_A_DEGREE - 1)
    south, north = spot.latitude - high, spot.latitude + high
    if max(abs(south), abs(north)) >= 89:
        return Box(south=south, north=north, west=None, east=None)
    wide = high / cos(radians(max(abs(south), abs(north))))
    west, east = spot.longitude - wide, spot.longitude + wide
    if west <= -180 or east >= 180:
        return Box(south=south, north=north, west=None, east=None)
    return Box(south=south, north=north, west=west, east=east)


def miles_words(miles: float) -> str:
    """“4.2 miles”, “12 miles”, “1.0 miles”; “less than 0.1 miles”."""
    if miles < 0.1:
        return "less than 0.1 miles"
    return f"{miles:.1f} miles" if miles < 10 else f"{miles:.0f} miles"
