"""Who shares a door code: a booking has its own, or that of its series, its group, or its group's season. Pure."""

from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import msgspec

from controller.text import local_time

_NAMES = UUID("6f1c0d52-3c1b-5a37-9a0e-4b1f0f2b7c11")
"""Under which the ids of groups and seasons are made; never another, or every shared code would be."""
SUMMER = range(4, 10)
"""Months of the summer season; the rest is the winter, which is named after the year it begins in."""


class CodePer(StrEnum):
    """What has one code."""

    BOOKING = "booking"
    SERIES = "series"
    """All dates of a series; a single booking has its own."""
    GROUP = "group"
    """All bookings of a party at the site."""
    SEASON = "season"
    """All bookings of a party at the site that begin from April to September, or from October to March."""


class CodeRule(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How codes are given out in some spaces; without ``spaces`` in all. ``each_door``: every door on the way in has a
    code of its own."""

    per: CodePer = CodePer.BOOKING
    each_door: bool = False
    spaces: tuple[str, ...] = ()


PLAIN = CodeRule()
"""Where no rule fits."""


class Sharer(Protocol):
    """What of a booking says with whom it shares."""

    @property
    def id(self) -> str: ...
    @property
    def site(self) -> str: ...
    @property
    def series_id(self) -> str | None: ...
    @property
    def party(self) -> str | None: ...
    @property
    def starts(self) -> datetime: ...


def owner(rule: CodeRule, booking: Sharer, zone: ZoneInfo) -> str:
    """The id of those who share the booking's code; its own where it shares with nobody."""
    if rule.per is CodePer.SERIES and booking.series_id is not None:
        return booking.series_id
    if rule.per in (CodePer.GROUP, CodePer.SEASON) and booking.party is not None:
        name = f"{booking.site} {booking.party}"
        if rule.per is CodePer.SEASON:
            name += f" {season(booking.starts, zone)}"
        return str(uuid5(_NAMES, name))
    return booking.id


def season(starts: datetime, zone: ZoneInfo) -> str:
    """“2026 summer”, “2026 winter”: that in which something begins, by the site's calendar."""
    day = local_time.local_day(starts, zone)
    if day.month in SUMMER:
        return f"{day.year} summer"
    return f"{day.year - (day.month < SUMMER.start)} winter"
