"""Anti-passback: who has come in and not left again. Pure; lives at the edge, and nowhere else.

A card that is handed back through the window lets a second person in. With ``soft`` that is told, with ``hard`` it is
refused. It never applies to the way out, nor to codes that a whole group shares, and it forgets rather than keeps
somebody out: at night, after a fire, and where the door's count says that more people left than it knows of.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from edge.wire.credentials import TIME_INDEPENDENT
from edge.wire.decide import Decision, Reason
from edge.wire.interval import Instant
from edge.wire.plan import Passback

LONGEST = timedelta(hours=16)
"""Whoever came in longer ago has left some other way."""


class Forgot(StrEnum):
    """Why everybody is taken to have left."""

    NIGHT = "night"
    FIRE = "fire"
    COUNT = "count"


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    """Since when each holder is inside, by the id that their grant names."""

    since: dict[str, Instant] = {}


def apply(inside: Inside, policy: Passback, decision: Decision, now: datetime) -> Decision:
    """The decision at the way in, with what is known of who is inside. Key holders and staff are told, never refused:
    whoever answers for the building gets in."""
    holder = decision.holder
    since = inside.since.get(holder) if holder is not None else None
    if policy is Passback.OFF or not decision.granted or since is None or not since <= now < since + LONGEST:
        return decision
    if policy is Passback.HARD and decision.kind not in TIME_INDEPENDENT:
        return msgspec.structs.replace(decision, granted=False, reason=Reason.PASSBACK, hold_s=0.0, passback=True)
    return msgspec.structs.replace(decision, passback=True)


def came_in(inside: Inside, holder: str | None, now: datetime) -> Inside:
    """Somebody has passed the way in. ``None``: nobody in particular, such as by a group's code."""
    return inside if holder is None else Inside(since=inside.since | {holder: now})


def left(inside: Inside, holder: str | None) -> Inside:
    """Somebody was seen at the way out."""
    if holder is None or holder not in inside.since:
        return inside
    return Inside(since={each: at for each, at in inside.since.items() if each != holder})


def forget(inside: Inside, why: Forgot) -> Inside:
    """Everybody is taken to have left, for any of the reasons."""
    return Inside() if inside.since else inside


def agrees(inside: Inside, counted: int) -> bool:
    """Whether the doors' count of people inside can be right: no fewer than the holders who are known to be."""
    return counted >= len(inside.since)
