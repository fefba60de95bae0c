"""Anti-passback: who has come in and not left. The state exists only on the edge.

A card that is passed back through a window lets a second person in. ``soft`` reports that, ``hard`` refuses it. It
never applies to the way out, nor to codes that a group shares. If in doubt it forgets who is inside: at night, after a
fire, and when the door counter shows that more people left than are known to be inside.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from edge.runtime import Runtime
from edge.wire.access_decision import Decision, Reason
from edge.wire.credentials import TIME_INDEPENDENT
from edge.wire.events import FootfallData
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


NIGHT = timedelta(hours=4)
"""Time of day, on the site's clock, at which everybody is assumed to have left."""


class AntiPassback:
    """One instance serves all doors of an edge. Footfall counters correct its record of who is inside."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._inside = Inside()
        self._counted = 0
        # One that counts both ways says nothing of how many are inside.
        self._trusted = {each.id for each in runtime.config.counters if each.both_ways is None}
        self._night: date | None = None
        runtime.listen(FootfallData, self._on_footfall)

    def apply(self, door: str, decision: Decision) -> Decision:
        """Apply the door's policy to a decision at the way in."""
        return apply(self._inside, self._policy(door), decision, self._runtime.now())

    def passed(self, door: str, decision: Decision, *, way_in: bool) -> None:
        """Record that somebody was let through."""
        if not way_in:
            self._inside = left(self._inside, decision.holder)
        elif self._policy(door) is not Passback.OFF:
            self._inside = came_in(self._inside, decision.holder, self._runtime.now())

    def forget(self, why: Forgot) -> None:
        """Assume that everybody has left, by any door."""
        self._inside = forget(self._inside, why)
        self._counted = 0

    def forget_at_night(self) -> None:
        """Forget everybody where a night has passed since this was called last."""
        night = (self._runtime.now().astimezone(ZoneInfo(self._runtime.config.timezone)) - NIGHT).date()
        if self._night not in (None, night):
            self.forget(Forgot.NIGHT)
        self._night = night

    def _policy(self, door: str) -> Passback:
        here = self._runtime.door_plan(door)
        return here.hours.passback if here is not None else Passback.OFF

    def _on_footfall(self, counter: str, data: FootfallData) -> None:
        if counter not in self._trusted:
            return
        self._counted += data.ins - data.outs
        if not agrees(self._inside, self._counted):
            self.forget(Forgot.COUNT)
