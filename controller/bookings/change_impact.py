"""The effect of a change on a booking, and how much of it must be judged again. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec
from msgspec.structs import replace

from controller.bookings.diary.model import (
    Booking,
    BookingChange,
    BookingRequest,
    Need,
    booking_time,
    last_moment,
    require_not_over,
    require_timely,
)
from controller.bookings.diary.site_config import SpaceAtSite
from controller.bookings.errors import NotNow
from controller.bookings.rules.model import ReasonKind, RuleRequest, Verdict
from controller.platform.text import local_time

_HOLDING = frozenset({"space", "starts", "ends", "layout", "seats", "equipment", "setup_min", "cleardown_min"})
"""Fields for what a booking holds of the building."""
_RULED = frozenset({"people", "party", "under_16s"})
"""Other fields that the rules use."""
PUBLIC_FIELDS = frozenset({"public", "listed_as", "event_kind", "about", "web_link"})
"""What everybody sees; it may be changed in every state, since what was cancelled is shown too."""
_APPROVAL = frozenset({ReasonKind.APPROVAL, ReasonKind.STANDS})
_WHOSE = frozenset({ReasonKind.TOO_EARLY, ReasonKind.QUOTA})


_SOON = timedelta(hours=24)


def keeps_terms(old: Booking, asked: BookingRequest, *, zone: ZoneInfo, now: datetime) -> bool:
    """Whether a changed booking needs no document or induction that it did not need before: it is confirmed, and keeps
    its space and its party. Its time lies within the old one; or it begins today by the site's clock, or within 24
    hours, before the change and after: a group with a code for tonight keeps it."""
    if not old.certain or (old.space, old.party) != (asked.space, asked.party):
        return False
    within = old.starts <= asked.during.start and asked.during.end <= old.ends
    return within or _begins_soon(old, asked, zone, now)


def stands(old: Booking, asked: BookingRequest, *, zone: ZoneInfo, now: datetime) -> bool:
    """Whether a change is refused rather than made to wait for approval, since its people would lose the code with
    which they come: the booking is confirmed, begins soon, as ``keeps_terms`` has it, and takes more or something
    else."""
    return old.certain and _begins_soon(old, asked, zone, now) and not _less(old.asked, asked)


def _begins_soon(old: Booking, asked: BookingRequest, zone: ZoneInfo, now: datetime) -> bool:
    today = local_time.local_day(now, zone)
    starts = (old.starts, asked.during.start)
    return all(each <= now + _SOON or local_time.local_day(each, zone) == today for each in starts)


def changing(request: RuleRequest, old: Booking | None, *, zone: ZoneInfo, now: datetime) -> RuleRequest:
    """The request as one to change ``old``; as it is without one."""
    if old is None:
        return request
    return replace(
        request,
        keeps_start=old.starts == request.asked.during.start,
        keeps_terms=keeps_terms(old, request.asked, zone=zone, now=now),
        had=old.during,
        stands=stands(old, request.asked, zone=zone, now=now),
        hired=old.hired and not (old.certain and _less(old.asked, request.asked)),
        self_confirmed=old.certain and old.state_before is None,
    )


class ChangedParts(StrEnum):
    """The name of a change in the booking's log."""

    NOTHING = "nothing"
    CHANGE = "change"
    MOVE = "move"


class PlannedChange(msgspec.Struct, frozen=True, kw_only=True):
    """``new`` is the changed booking, in its old state; ``fields`` are those that differ."""

    old: Booking
    new: Booking
    fields: frozenset[str]

    @property
    def what(self) -> ChangedParts:
        if not self.fields:
            return ChangedParts.NOTHING
        return ChangedParts.MOVE if self.fields & {"space", "starts", "ends"} else ChangedParts.CHANGE

    @property
    def holds_other(self) -> bool:
        """Whether it would hold something else of the building."""
        return bool(self.fields & _HOLDING)

    def overrules(self, given: bool) -> bool:
        """Whether it may be in a buffer: it is overruled now, or was before and would hold nothing else of the
        building."""
        return given or (self.new.overruled and not self.holds_other)

    def require_timely(self, zone: ZoneInfo, *, now: datetime) -> None:
        """Raises ``NotNow`` for a booking that is over, ``Invalid`` for a time that is."""
        if not self.holds_other:
            return
        if self.old.certain and self.old.ends <= now:
            raise NotNow(f"“{self.old.title}” is over; make a new booking")
        check = require_timely if "starts" in self.fields else require_not_over
        check(self.new.during, zone=zone, now=now)

    def judged(self, *, now: datetime) -> bool:
        """Whether the diary and the rules judge it: not if a confirmed booking only takes less than before, nor for
        corrections when it is over. A request may no longer need approval."""
        if not self.fields & (_HOLDING | _RULED):
            return False
        return not self.old.certain or (not self.less and self.old.ends > now)

    def concerned(self, verdict: Verdict) -> Verdict:
        """The verdict without reasons that existed before and do not depend on the change."""
        if self.holds_other:
            return verdict
        about = self.fields | ({"seats"} if "people" in self.fields else set())
        party = "party" in self.fields
        kept = [
            each
            for each in verdict.reasons
            if each.why in _APPROVAL or each.field in about or (party and each.why in _WHOSE)
        ]
        return replace(verdict, reasons=tuple(kept))

    @property
    def less(self) -> bool:
        """Whether it only takes less than before."""
        return _less(self.old.asked, self.new.asked)


def _less(old: BookingRequest, new: BookingRequest) -> bool:
    return (
        (old.space, old.layout, old.party) == (new.space, new.layout, new.party)
        and old.during.start <= new.during.start
        and new.during.end <= old.during.end
        and _at_most(new.people, old.people)
        and _at_most(new.seats, old.seats)
        and _at_most(new.setup_min or 0, old.setup_min or 0)
        and _at_most(new.cleardown_min or 0, old.cleardown_min or 0)
        and old.under_16s >= new.under_16s
        and _within(new.equipment, old.equipment)
    )


def _at_most(new: int | None, old: int | None) -> bool:
    return new == old or (new is not None and old is not None and new <= old)


def _within(new: Sequence[Need], old: Sequence[Need]) -> bool:
    had = {need.equipment: need.count for need in old}
    return all(need.count <= had.get(need.equipment, 0) for need in new)


def wanted(old: Booking, change: BookingChange, place: SpaceAtSite, *, now: datetime) -> PlannedChange:
    """What is asked for. ``place``: where it is to be. A postponed booking has no arrival yet.

    Raises ``Invalid``.
    """
    given = {
        name: value
        for name in BookingChange.__struct_fields__
        if name in Booking.__struct_fields__
        and name not in ("starts", "ends", "version")
        and (value := getattr(change, name)) is not msgspec.UNSET
    }
    zone = place.site.tz
    starts = old.starts if change.starts is msgspec.UNSET else change.starts.resolve(zone, "starts")
    ends = old.ends if change.ends is msgspec.UNSET else change.ends.resolve(zone, "ends")
    during = booking_time(starts, ends)
    new = replace(old, **given, starts=during.start, ends=during.end)
    fields = frozenset(name for name in Booking.__struct_fields__ if getattr(old, name) != getattr(new, name))
    if fields & {"starts", "ends"}:
        new = replace(new, ends_before=None)
        if new.held_until is not None:
            new = replace(new, held_until=min(new.held_until, last_moment(during, now=now)))
    if "starts" in fields and new.starts > now:
        new = replace(
            new,
            let_in_at=None,
            let_in_door=None,
            arrived_at=None,
            arrived_how="",
            release_warned_at=None,
            counted_in=0,
            maybe_in=0,
        )
    return PlannedChange(old=old, new=new, fields=fields)
