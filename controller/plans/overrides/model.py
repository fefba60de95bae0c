"""Models of overrides, and their longest durations. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from edge.wire.interval import Interval
from edge.wire.plan import HORIZON, Override, OverrideKind

USUAL: Mapping[OverrideKind, timedelta] = {
    OverrideKind.HOLD_OPEN: timedelta(hours=1),
    OverrideKind.LOCK_DOWN: timedelta(hours=4),
    OverrideKind.OUT_OF_SERVICE: timedelta(days=1),
}
"""How long one lasts where nothing is said."""
LONGEST: Mapping[OverrideKind, timedelta] = {
    OverrideKind.HOLD_OPEN: timedelta(hours=24),
    OverrideKind.LOCK_DOWN: timedelta(days=7),
    OverrideKind.OUT_OF_SERVICE: HORIZON,
}
AHEAD = HORIZON
"""How far ahead one may end: as far as a plan reaches, so that every door carries it out by itself."""
PER_DOOR = 8
"""The limit of overrides of one door that are in force or planned."""
AT_ONCE = timedelta(minutes=5)
"""One that begins when it is made begins so much earlier on the door: a clock that is behind must not make it wait."""


class OverrideDraft(msgspec.Struct, frozen=True, kw_only=True):
    """As requested. ``doors``: ``None`` for every door of the site. ``starts``: ``None`` for now. It lasts until
    ``ends``, else for ``length``, else for the default length of its kind. ``id``: if its maker chose it."""

    kind: OverrideKind
    doors: tuple[str, ...] | None
    reason: str
    starts: datetime | None = None
    ends: datetime | None = None
    length: timedelta | None = None
    id: str | None = None


class AtDoor(msgspec.Struct, frozen=True, kw_only=True):
    """The state of an override at one door. ``on_version``: the first plan that had it, ``on_at``: since when the door
    carries it out; ``off_…``: the same of the first plan without it."""

    door: str
    on_version: int | None = None
    on_at: datetime | None = None
    off_version: int | None = None
    off_at: datetime | None = None


class Ordered(msgspec.Struct, frozen=True, kw_only=True):
    """An override that was ordered. ``whole``: of the whole site. ``ended_at``: when somebody ended it early."""

    id: str
    site: str
    kind: OverrideKind
    whole: bool
    starts: datetime
    ends: datetime
    reason: str
    actor: str
    made_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    ended_why: str | None = None
    doors: tuple[AtDoor, ...] = ()

    def wanted(self, now: datetime) -> bool:
        """Whether plans contain it: it is in force or planned."""
        return self.ended_at is None and now < self.ends

    @property
    def on_the_door(self) -> Interval:
        """The time that a door is given."""
        early = AT_ONCE if self.starts <= self.made_at else timedelta()
        return Interval(start=self.starts - early, end=self.ends)


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """One override at one door, as a plan must hold it. ``new``: no plan had it there before."""

    override: str
    given: Override
    new: bool


class ForPlan(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan of an edge must hold. ``gone``: override and door of what was ended and a plan still holds."""

    due: tuple[Due, ...]
    gone: tuple[tuple[str, str], ...]
