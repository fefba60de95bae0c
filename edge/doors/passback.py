"""Anti-passback: who has come in and not left. Pure; the state exists only on the edge.

A card that is passed back through a window lets a second person in. ``soft`` reports that, ``hard`` refuses it. It
never applies to the way out, nor to codes that a group shares. If in doubt it forgets who is inside: at night, after a
fire, and when the door counter shows that more people left than are known to be inside.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from edge.wire.credentials import TIME_INDEPENDENT
from edge.wire.decide import Decision, Reason
from edge.wire.interval import Instant
from edge.wire.plan import Passback

LONGEST = timedelta(hours=16)
"""A holder who came in longer ago is assumed to have left another way."""


class Forgot(StrEnum):
    """Why everybody is assumed to have left."""

    NIGHT = "night"
    FIRE = "fire"
    COUNT = "count"


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    """Since when each holder is inside, by the holder id of the grant."""

    since: dict[str, Instant] = {}


def apply(inside: Inside, policy: Passback, decision: Decision, now: datetime) -> Decision:
    """Apply the policy to a decision at the way in. Key holders and staff are reported, never refused: a person
    responsible for the building must get in."""
    holder = decision.holder
    since = inside.since.get(holder) if holder is not None else None
    if policy is Passback.OFF or not decision.granted or since is None or not since <= now < since + LONGEST:
        return decision
    if policy is Passback.HARD and decision.kind not in TIME_INDEPENDENT:
        return msgspec.structs.replace(decision, granted=False, reason=Reason.PASSBACK, hold_s=0.0, passback=True)
    return msgspec.structs.replace(decision, passback=True)


def came_in(inside: Inside, holder: str | None, now: datetime) -> Inside:
    """Record an entry. ``holder`` is ``None`` for a code that a group shares."""
    return inside if holder is None else Inside(since=inside.since | {holder: now})


def left(inside: Inside, holder: str | None) -> Inside:
    """Record that a holder left."""
    if holder is None or holder not in inside.since:
        return inside
    return Inside(since={each: at for each, at in inside.since.items() if each != holder})


def forget(inside: Inside, why: Forgot) -> Inside:
    """Assume that everybody has left, for any of the reasons."""
    return Inside() if inside.since else inside


def agrees(inside: Inside, counted: int) -> bool:
    """Whether the count of people inside is plausible: at least the number of holders known to be inside."""
    return counted >= len(inside.since)
