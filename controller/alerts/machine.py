"""The life of one alert, pure: pending, raised, over, cleared.

A condition must hold for ``raise_after`` before its alert is raised, and be over for ``clear_after`` before it is
cleared, so that a loose wire makes one alert, not a hundred. One that is pending goes on after so short a time too,
which counts for nothing, so that what comes and goes is raised late rather than never. What is not known (the device is
silent) neither raises nor clears: time that nobody saw counts for neither.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from controller.telemetry.alert_codes import AlertCode


class Truth(StrEnum):
    """Whether a condition holds."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"


class AlertRule(msgspec.Struct, frozen=True, kw_only=True):
    """``raise_after``, ``clear_after``: how long a condition must hold, and be over. ``off``: it raises no alert, and
    one that is open is cleared."""

    raise_after: timedelta
    clear_after: timedelta
    off: bool = False


class AlertKey(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """What an alert is about. ``edge``: empty where it is not of one. ``about``: the door, area, edge or other
    device."""

    site: str
    kind: AlertCode
    edge: str
    about: str


class Observation(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a condition now. ``since``: when it began, where its source knows. ``known_to``: until when it
    is known, where that is not now. ``report``: the number of the newest report of it; None for a state. ``momentary``:
    it happened, and cannot be over before somebody has seen it. ``members``: where it can grow, all that it is of:
    faults of a device, or devices of a group."""

    truth: Truth
    text: str = ""
    since: datetime | None = None
    known_to: datetime | None = None
    report: int | None = None
    momentary: bool = False
    members: frozenset[str] = frozenset()


FALSE = Observation(truth=Truth.FALSE)
UNKNOWN = Observation(truth=Truth.UNKNOWN)


class AlertState(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as it is stored. ``id``: empty while it is not. ``since``: when its condition began, as its source says;
    ``begun_at``: as the machine counts. ``raised_at``: None while it is pending. ``over_since``: since when the
    condition no longer holds. ``snoozed_until``: nobody is called before that. ``members``: as last observed, a line
    each. ``escalated_at``: when notices about it were written, since nobody had seen it; ``escalation``: what they are
    about."""

    id: str = ""
    site: str
    kind: AlertCode
    edge: str
    about: str
    text: str
    since: datetime | None
    begun_at: datetime
    report: int | None = None
    momentary: bool = False
    raised_at: datetime | None = None
    over_since: datetime | None = None
    cleared_at: datetime | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str = ""
    snoozed_until: datetime | None = None
    members: str = ""
    escalated_at: datetime | None = None
    escalation: str = ""

    @property
    def key(self) -> AlertKey:
        return AlertKey(site=self.site, kind=self.kind, edge=self.edge, about=self.about)

    @property
    def open(self) -> bool:
        return self.raised_at is not None and self.cleared_at is None

    @property
    def switched_off(self) -> bool:
        """Whether it was cleared because its code was switched off, while its condition held."""
        seen = self.momentary and self.acknowledged_at is not None
        return self.cleared_at is not None and self.over_since is None and not seen

    def calls(self, now: datetime) -> bool:
        """Whether somebody has still to look: open, not seen by anybody, and not snoozed."""
        snoozed = self.snoozed_until is not None and self.snoozed_until > now
        return self.open and self.acknowledged_at is None and not snoozed


def step(
    key: AlertKey, before: AlertState | None, seen: Observation, *, now: datetime, rule: AlertRule
) -> AlertState | None:
    """The alert after an observation; None where there is none. ``before``: not cleared."""
    if rule.off:
        return replace(before, cleared_at=now) if before is not None and before.open else None
    if seen.truth is Truth.TRUE:
        return _holds(key, before, seen, now, rule)
    if before is None:
        return None
    if seen.truth is Truth.UNKNOWN:  # a pending one begins again with the next that is known
        return None if before.raised_at is None else replace(before, over_since=None)
    over = min(before.over_since or now, now)
    cleared = now if now - over >= rule.clear_after else None
    if before.raised_at is None and cleared is not None:
        return None
    return replace(before, over_since=over, cleared_at=cleared)


def _holds(key: AlertKey, before: AlertState | None, seen: Observation, now: datetime, rule: AlertRule) -> AlertState:
    """The condition holds, or did when it was last known."""
    if before is None:
        before = AlertState(
            site=key.site,
            kind=key.kind,
            edge=key.edge,
            about=key.about,
            text=seen.text,
            since=seen.since,
            begun_at=min(seen.since or now, now),
        )
    gap = now - min(before.over_since or now, now) if before.raised_at is None else timedelta(0)
    begun = min(before.begun_at + gap, now)
    held = max(min(seen.known_to or now, now) - begun, timedelta(0))  # what was learned after its Pi went away
    raised = before.raised_at or (now if held >= rule.raise_after else None)
    after = replace(
        before,
        text=seen.text,
        since=seen.since if raised is None or before.since is None else before.since,
        begun_at=begun,
        report=seen.report,
        momentary=seen.momentary,
        raised_at=raised,
        over_since=None,
        members="\n".join(sorted(seen.members)),
    )
    if _is_new_trouble(before, seen):
        again = replace(after, raised_at=now, since=seen.since, acknowledged_at=None, acknowledged_by="")
        return replace(again, snoozed_until=None, escalated_at=None, escalation="")
    over = seen.momentary and before.acknowledged_at is not None
    return replace(after, cleared_at=now) if over else after


def _is_new_trouble(before: AlertState, seen: Observation) -> bool:
    """Whether it has become more, or happened once more, since somebody has seen it or wanted quiet."""
    if before.members and (before.acknowledged_at is not None or before.snoozed_until is not None):
        return not seen.members <= frozenset(before.members.split("\n"))
    if before.acknowledged_at is None:
        return False
    if seen.report is not None:
        return seen.report > (before.report or 0)
    seen_at = max(before.acknowledged_at, before.since or before.acknowledged_at)  # a device's clock may be ahead
    return not seen.members and seen.since is not None and seen.since > seen_at
