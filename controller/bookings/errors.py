"""Errors of bookings."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from controller.bookings.diary.model import Booking, Claimed
from controller.bookings.rules.model import ReasonKind, RuleReason, Verdict
from controller.bookings.rules.reason_wording import title
from controller.platform.text import local_time, times
from controller.platform.web.problem import Conflict, Conflicting, NotFound, Problem, ReasonBody


class BookingUnknown(NotFound):
    def __init__(self, booking_id: str) -> None:
        super().__init__(
            f"there is no booking {booking_id!r}; check that the link or id is complete, or look for it in the diary"
        )


class LinkUnknown(NotFound):
    """Does not repeat the link, which would be a secret if it were valid."""

    def __init__(self) -> None:
        super().__init__("this link belongs to no booking; look for the newest message about yours")


_FOR_ASKING = "Choose another time or space."
_FOR_DECIDING = "Decline the request, or move it or what is in its way."


class Clash(Conflicting, kind="clash", title="The time is taken"):
    """The time is taken. ``conflicts`` names the bookings, ``reasons`` everything that refuses it."""

    def __init__(
        self,
        space: str,
        claimed: Sequence[Claimed],
        zone: ZoneInfo,
        reasons: Sequence[RuleReason] = (),
        *,
        hint: str = _FOR_ASKING,
    ) -> None:
        named = "; ".join(
            f"{title(each)}, {times.window(each.during, zone, now=each.during.start)}" for each in claimed[:5]
        )
        super().__init__(
            f"{space} is taken then: {named}. {hint}",
            conflicts=conflicts(claimed, zone),
            reasons=reason_bodies(reasons, zone),
        )


class NotPossible(Conflicting, kind="not-possible", title="This cannot be booked"):
    """The diary or the rules forbid it, for another reason than a clash. ``reasons`` says why."""

    def __init__(self, space: str, verdict: Verdict, zone: ZoneInfo) -> None:
        texts = "; ".join(each.text for each in verdict.refusals)
        super().__init__(
            f"{space} cannot be booked like this: {texts}.",
            conflicts=conflicts(verdict.conflicts, zone),
            reasons=reason_bodies(verdict.refusals, zone),
        )


def refusal(space: str, verdict: Verdict, zone: ZoneInfo, *, deciding: bool = False) -> Clash | NotPossible:
    """A verdict with refusals as an error. ``deciding``: the text is for the person who would approve."""
    taken = [each for reason in verdict.refusals if reason.why is ReasonKind.CLASH for each in reason.conflicts]
    if taken:
        hint = _FOR_DECIDING if deciding else _FOR_ASKING
        return Clash(space, taken, zone, verdict.refusals, hint=hint)
    return NotPossible(space, verdict, zone)


class NotNow(Conflicting, kind="not-now", title="The booking does not allow this now"):
    """The booking is in a state that does not allow this."""


class Stale(Conflicting, kind="stale", title="Somebody else changed it"):
    """Somebody has changed the booking since it was read."""

    def __init__(self, booking: Booking) -> None:
        super().__init__(_stale(booking))


class PreconditionFailed(Problem, status=412, kind="stale", title="Somebody else changed it"):
    """As ``Stale``, for a version in If-Match (RFC 9110 13.1.1)."""

    def __init__(self, booking: Booking) -> None:
        super().__init__(_stale(booking))


def _stale(booking: Booking) -> str:
    return (
        f"“{booking.title}” is at version {booking.version}, changed by {booking.changed_by}; "
        "read it again and repeat your change"
    )


def conflicts(claimed: Sequence[Claimed], zone: ZoneInfo) -> list[Conflict]:
    """As the API names them."""
    return [
        Conflict(
            id=each.id,
            title=each.title,
            space=each.space,
            starts=local_time.rfc3339(each.during.start, zone),
            ends=local_time.rfc3339(each.during.end, zone),
            diary=each.diary,
        )
        for each in claimed
    ]


def reason_bodies(reasons: Sequence[RuleReason], zone: ZoneInfo) -> list[ReasonBody]:
    """As the API names them."""
    return [
        ReasonBody(
            kind=each.why.value,
            text=each.text,
            field=each.field,
            conflicts=conflicts(each.conflicts, zone),
            asked=each.asked,
            limit=each.limit,
        )
        for each in reasons
    ]
