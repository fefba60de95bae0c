"""Which edges get a release next: one, then a tenth, then all, each stage after the one before has worked for a while;
and when a roll-out stops by itself. Pure.
"""

from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.platform.text.local_time import instant_moved
from edge.wire.errors import ReleaseRefused
from edge.wire.interval import Interval
from edge.wire.releases import UpdatePhase, numbered

STAGES = 3
NIGHTS = 7
OFFLINE_FOR = timedelta(minutes=15)
"""An updated edge that has been away for so long has not come back."""


class RolloutState(StrEnum):
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    """By itself, since an edge did not work with it, or refused it."""
    CANCELLED = "cancelled"
    DONE = "done"


class Rollout(msgspec.Struct, frozen=True, kw_only=True):
    """``stage``: 0 to 2. ``soak_hours``: how long a stage must have worked. ``opens`` and ``closes``: wall time in
    each site's zone, between which edges may restart. ``first``: the edge to begin with, SITE/EDGE, or empty."""

    id: str
    version: str
    state: RolloutState
    stage: int
    soak_hours: int
    opens: str
    closes: str
    first: str
    why: str
    started_at: datetime
    started_by: str


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """An edge that takes part. ``fits``: there is a package for it. ``ordered``: in this roll-out. ``answered``: what
    it says is about that order. ``since``: since when it says this. ``offline_since``: ``None`` while it is there."""

    site: str
    edge: str
    version: str
    phase: str
    why: str
    since: datetime
    fits: bool
    ordered: bool
    answered: bool
    offline_since: datetime | None = None

    @property
    def name(self) -> str:
        return f"{self.site}/{self.edge}"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """``order``: edges that are to get it now, as SITE/EDGE. ``failed``: the edge by which it has stopped."""

    state: RolloutState
    stage: int
    why: str = ""
    order: tuple[str, ...] = ()
    failed: str | None = None


def next_step(rollout: Rollout, members: list[Member], now: datetime) -> Step:
    """What a running roll-out does now."""
    inside = [each for each in members if each.fits]
    for each in inside:
        if (why := _trouble(each, rollout, now)) is not None:
            return Step(state=RolloutState.STOPPED, stage=rollout.stage, why=f"{each.name}: {why}", failed=each.name)
    inside.sort(
        key=lambda each: (
            not (each.ordered or _runs(each, rollout)),
            each.name != rollout.first,
            each.offline_since is not None,
            each.name,
        )
    )
    if not inside:
        return Step(state=RolloutState.RUNNING, stage=rollout.stage, why="there is no edge that it is made for")
    stage = rollout.stage
    while True:
        chosen = inside[: (1, max(1, -(-len(inside) // 10)), len(inside))[stage]]
        missing = [each for each in chosen if not _runs(each, rollout)]
        if missing:
            waits = f"waiting for {len(missing)} of {len(chosen)}: {', '.join(each.name for each in missing[:5])}"
            order = tuple(each.name for each in missing if not each.ordered)
            return Step(state=RolloutState.RUNNING, stage=stage, why=waits, order=order)
        works_until = max(each.since for each in chosen) + timedelta(hours=rollout.soak_hours)
        if stage == STAGES - 1:
            return Step(state=RolloutState.DONE, stage=stage)
        if now < works_until:
            why = f"{len(chosen)} work with it; the next stage begins at {works_until:%d %b %H:%M} UTC"
            return Step(state=RolloutState.RUNNING, stage=stage, why=why)
        stage += 1


def _trouble(member: Member, rollout: Rollout, now: datetime) -> str | None:
    """Why the roll-out stops at this edge."""
    if not member.ordered:
        return None
    if member.answered and member.phase in (UpdatePhase.RETURNED, UpdatePhase.REFUSED):
        return member.why or f"it has {member.phase} it"
    away = member.offline_since
    if _runs(member, rollout) and away is not None and now - away >= OFFLINE_FOR and away >= member.since:
        return "it has been offline since it runs this version"
    return None


def _runs(member: Member, rollout: Rollout) -> bool:
    """Whether it runs the version, or a newer one, and stays with it."""
    try:
        newer = numbered(member.version) >= numbered(rollout.version)
    except ReleaseRefused:
        return False
    return newer and member.phase not in (UpdatePhase.INSTALLING, UpdatePhase.DOWNLOADING)


def windows(rollout: Rollout, zone: ZoneInfo, now: datetime) -> tuple[Interval, ...]:
    """When an edge at a place may restart in the next nights: from ``opens`` to ``closes``, which is on the day after
    where it is not later."""
    opens, closes = time.fromisoformat(rollout.opens), time.fromisoformat(rollout.closes)
    today = now.astimezone(zone).date()
    found = [_window(today + timedelta(days=day), opens, closes, zone) for day in range(-1, NIGHTS + 1)]
    return tuple(each for each in found if each is not None and each.end > now)


def _window(day: date, opens: time, closes: time, zone: ZoneInfo) -> Interval | None:
    ends = day if closes > opens else day + timedelta(days=1)
    start, end = (instant_moved(datetime.combine(on, at), zone)[0] for on, at in ((day, opens), (ends, closes)))
    return Interval(start=start, end=end) if end > start else None
