"""Detects what has changed of a booking since its recipient was last told: which notice is due. Pure."""

from datetime import datetime

from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import BookingStatus, Cause
from controller.notices.door_trouble.model import is_new
from controller.notices.model import NoticeKind, Told

_AHEAD = {
    BookingStatus.REQUESTED: NoticeKind.REQUESTED,
    BookingStatus.HELD: NoticeKind.REQUESTED,
    BookingStatus.CONFIRMED: NoticeKind.CONFIRMED,
    BookingStatus.ARRIVED: NoticeKind.CONFIRMED,
}
_GONE = {
    BookingStatus.DECLINED: NoticeKind.DECLINED,
    BookingStatus.CANCELLED: NoticeKind.CANCELLED,
    BookingStatus.RELEASED: NoticeKind.RELEASED,
    BookingStatus.EXPIRED: NoticeKind.EXPIRED,
}
_TAKING_PLACE = frozenset({BookingStatus.CONFIRMED, BookingStatus.ARRIVED})


def detect_change(
    view: BookingView, now: Told, before: Told | None, *, since: datetime, whole: bool = False
) -> NoticeKind | None:
    """What to tell of a booking; ``None`` where its recipient knows it, or it is over. Of what was never told, only
    what changed ``since`` the notice was written is news; with ``whole`` also what is ahead."""
    if before is None and max(view.booking.changed_at, _code_changed_at(view), _closed_at(view)) < since:
        if now.door_trouble and now.status is BookingStatus.CONFIRMED and not whole:
            return NoticeKind.DOOR_TROUBLE
        return _AHEAD.get(now.status) if whole and view.booking.ends > view.now else None
    if now.status in _GONE:
        return None if before is not None and before.status is now.status else _GONE[now.status]
    if _ended_early(view, now, before):
        return NoticeKind.ENDED_EARLY
    kind = _AHEAD.get(now.status)
    if kind is None:
        return None
    if kind is NoticeKind.REQUESTED and view.offer is not None:
        kind = NoticeKind.OFFERED
    if before is None and now.closed_tag:
        return NoticeKind.CLOSED
    if before is None or _AHEAD.get(before.status) is not _AHEAD[now.status]:
        return kind
    if before.closed_tag != now.closed_tag:
        return NoticeKind.CLOSED if now.closed_tag else NoticeKind.REOPENED
    if (before.space, before.starts, before.ends) != (now.space, now.starts, now.ends):
        return NoticeKind.MOVED
    if now.status in _TAKING_PLACE and before.code_tag != now.code_tag:
        return NoticeKind.NEW_CODE
    if now.warned and not before.warned and now.status is not BookingStatus.ARRIVED:
        return NoticeKind.LATE
    if now.status is BookingStatus.CONFIRMED and now.ends > view.now:
        if is_new(now.door_trouble, before.door_trouble):
            return NoticeKind.DOOR_TROUBLE
        if before.door_trouble and not now.door_trouble:
            return NoticeKind.DOOR_WORKS
    if now.reminded and not before.reminded and now.status is BookingStatus.CONFIRMED and now.starts > view.now:
        return NoticeKind.REMINDER
    return None


def _ended_early(view: BookingView, now: Told, before: Told | None) -> bool:
    """Whether somebody has ended it while it was on, and its recipient believes that it goes on."""
    known = before is not None and before.status in _TAKING_PLACE and now.ends < before.ends
    return known and view.booking.ends_before is not None and now.status in (*_TAKING_PLACE, BookingStatus.FINISHED)


def _closed_at(view: BookingView) -> datetime:
    shut = [each.kept_at or each.at for each in view.impacts if each.cause is Cause.CLOSED]
    return max(shut, default=view.booking.created_at)


def _code_changed_at(view: BookingView) -> datetime:
    changed_at = view.codes.changed_at if view.codes is not None else None
    return changed_at or view.booking.created_at
