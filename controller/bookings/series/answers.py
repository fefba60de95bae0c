"""What series answer. Times carry the site's offset; dates and occurrences are the site's own."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from controller.bookings.answers import booking_answer
from controller.bookings.errors import conflicts, reason_bodies
from controller.bookings.schemas import BookingRead, DetailsRead, DoorCode
from controller.bookings.series.edit_plan import OF_OTHERS
from controller.bookings.series.edit_service import EditedSeries
from controller.bookings.series.model import DateEffect, DateStatus, Move, SeriesDate
from controller.bookings.series.service import BookedSeries, CancelledSeries, CheckedSeries, RestoredSeries, SeriesView
from controller.bookings.series.summary import SeriesDates, series_message
from controller.diary.model import Booking, BookingStatus, Claimed, Details
from controller.people.model import Actor, Role
from controller.people.permissions import Thing, redacted, seen
from controller.recurrence.describe import describe_pattern
from controller.recurrence.expand import SeriesOccurrence
from controller.recurrence.pattern import ExtraDate, RecurrencePattern
from controller.text import local_time
from controller.web.fields import Answer
from controller.web.problem import Conflict, ReasonBody


class MoveRead(Answer):
    """Where a date could go: pass it on as a choice. `text` says it in words."""

    space: str
    layout: str | None
    starts: str
    ends: str
    text: str


class SeriesDateRead(Answer):
    """One date. `occurrence`: its start by the rule, in the site's own time, which is its name for choices where there
    are several on a `date`. `starts`, `ends`, `space`: where it would be, null where the clocks leave nothing of it.
    `status`: its status; `effect`: what a request with these choices does to it; `text` and `reasons`: why. `moves`:
    alternatives. `booking`: the one it has already. `lingering` and `notes` refuse nothing."""

    date: str
    occurrence: str
    starts: str | None
    ends: str | None
    space: str
    status: DateStatus
    effect: DateEffect
    text: str
    reasons: list[ReasonBody]
    conflicts: list[Conflict]
    moves: list[MoveRead]
    booking: str | None
    lingering: list[str]
    notes: list[str]


class SeriesCheckRead(Answer):
    """`rule_text`: the series in words; `until`: its last date. `one_code`: its dates would have one door code, since
    it is asked for or the site's policy has it so."""

    rule_text: str
    until: str
    one_code: bool
    dates: list[SeriesDateRead]


class SeriesMade(Answer):
    """`bookings`: what was written, `requested` where a date is only asked for. `skipped`: dates without a booking.
    `message`: one text to send for all dates, their codes in it; `link`: the page with all of them, a secret."""

    id: str
    rule_text: str
    until: str
    link: str
    message: str
    bookings: list[BookingRead]
    skipped: list["SkippedDate"]


class SeriesCodesRead(Answer):
    """`codes`: those that all confirmed dates share, each with the doors that it opens; empty where dates have their
    own, which `message` tells."""

    codes: list[DoorCode]
    message: str


class SkippedDate(Answer):
    date: str
    occurrence: str
    text: str


class StandingDate(Answer):
    """The current state of one date of a series. `text`: why it has no booking, or how a clock change affects it.
    `changed_here`: what an edit of the series leaves alone."""

    date: str
    occurrence: str
    starts: str | None
    ends: str | None
    space: str
    booking: str | None
    status: BookingStatus | None
    changed_here: list[str]
    text: str


class SeriesRead(DetailsRead):
    """`follows`: the series that it was split from; `followed_by`: those that were split from it. `cancelled_at`:
    when it was last cancelled; what was cancelled then can be restored together. `imported`: it came from a
    calendar. `one_code`: its dates have one door code, whatever the site's policy says. `link`: the page with all
    dates, a secret; `message`: one text to send for all of them, its codes masked unless the series is the booker's
    own who asks. The rest as in a new series."""

    id: str
    site: str
    first_starts: str
    first_ends: str
    rule: str
    rule_text: str
    extra: list[str]
    without: list[str]
    term_only: bool
    skip_holidays: bool
    until: str
    imported: bool
    one_code: bool
    link: str
    message: str
    follows: str | None
    followed_by: list[str]
    cancelled_at: str | None
    created_at: str
    actor: str
    version: int
    dates: list[StandingDate]


class SeriesEdited(Answer):
    """The outcome for each future date; with `check`, a preview. `id`: the series that they belong to afterwards, a
    new one if the series was split."""

    id: str
    follows: str | None
    version: int
    rule_text: str
    until: str
    dates: list[SeriesDateRead]


class SeriesCancelled(Answer):
    """`bookings`: those that were cancelled now; `left`: those that are another party's by now, and stay."""

    id: str
    bookings: list[BookingRead]
    left: list["LeftAlone"]


class LeftAlone(Answer):
    """A booking that stays as it is, and why."""

    booking: str
    starts: str
    ends: str
    text: str
    conflicts: list[Conflict]


class SeriesRestored(Answer):
    """`bookings`: those that are active again; `left`: those that are not, since their time is taken by now or they are
    another party's."""

    id: str
    bookings: list[BookingRead]
    left: list[LeftAlone]


def until(dates: Iterable[SeriesOccurrence], pattern: RecurrencePattern) -> str:
    """The last date that is not left out."""
    left = [each.wall.date() for each in dates if not each.out]
    return (max(left) if left else pattern.first_starts.date()).isoformat()


def date_answer(each: SeriesDate, zone: ZoneInfo, made: Booking | None = None) -> SeriesDateRead:
    during = each.during
    booking = each.before or made
    return SeriesDateRead(
        date=each.date.isoformat(),
        occurrence=each.occurrence.name,
        starts=local_time.rfc3339(during.start, zone) if during else None,
        ends=local_time.rfc3339(during.end, zone) if during else None,
        space=each.space,
        status=each.status,
        effect=each.effect,
        text=each.text,
        reasons=reason_bodies(each.verdict.reasons, zone),
        conflicts=conflicts(each.verdict.conflicts, zone),
        moves=[_move_answer(move, zone) for move in each.moves],
        booking=booking.id if booking else None,
        lingering=list(each.lingering),
        notes=list(each.notes),
    )


def _move_answer(move: Move, zone: ZoneInfo) -> MoveRead:
    return MoveRead(
        space=move.space,
        layout=move.layout,
        starts=local_time.rfc3339(move.during.start, zone),
        ends=local_time.rfc3339(move.during.end, zone),
        text=move.text,
    )


def check_answer(checked: CheckedSeries) -> SeriesCheckRead:
    zone, pattern = checked.site.tz, checked.draft.pattern
    return SeriesCheckRead(
        rule_text=describe_pattern(pattern, zone),
        until=until((each.occurrence for each in checked.dates), pattern),
        one_code=checked.one_code,
        dates=[date_answer(each, zone) for each in checked.dates],
    )


def booked_answer(booked: BookedSeries, actor: Actor) -> SeriesMade:
    zone, pattern = booked.site.tz, booked.series.pattern
    return SeriesMade(
        id=booked.series.id,
        rule_text=describe_pattern(pattern, zone),
        until=until((each.occurrence for each in booked.dates), pattern),
        link=booked.together.link,
        message=series_message(booked.together, clear=True),
        bookings=[booking_answer(view, actor, drawn=True) for view in booked.views],
        skipped=[
            SkippedDate(date=each.date.isoformat(), occurrence=each.occurrence.name, text=each.text)
            for each in booked.dates
            if each.effect in (DateEffect.SKIP, DateEffect.NOTHING)
        ],
    )


def codes_answer(found: SeriesDates) -> SeriesCodesRead:
    return SeriesCodesRead(
        codes=[DoorCode(code=code, doors=list(doors)) for code, doors in found.shared],
        message=series_message(found, clear=True),
    )


def view_answer(found: SeriesView, actor: Actor) -> SeriesRead:
    """A series as the actor may see it."""
    series, zone = found.series, found.site.tz
    pattern = series.pattern
    own = {name: getattr(series.details, name) for name in Details.__struct_fields__ if name != "equipment"}
    answer = SeriesRead(
        id=series.id,
        site=series.site,
        equipment={need.equipment: need.count for need in series.details.equipment},
        first_starts=pattern.first_starts.isoformat(),
        first_ends=pattern.first_ends.isoformat(),
        rule=pattern.rule,
        rule_text=describe_pattern(pattern, zone),
        extra=[_extra_text(each) for each in pattern.extra],
        without=[each.isoformat() for each in (*pattern.out_days, *pattern.out_times)],
        term_only=pattern.term_only,
        skip_holidays=pattern.skip_holidays,
        until=until((each for each, _ in found.dates), pattern),
        imported=series.imported,
        one_code=series.code_owner is not None,
        link=found.together.link,
        message=series_message(found.together, clear=actor.role is Role.BOOKER),
        follows=series.follows,
        followed_by=list(found.followers),
        cancelled_at=_maybe(series.cancelled_at, zone),
        created_at=local_time.rfc3339(series.created_at, zone),
        actor=series.created_by,
        version=series.version,
        dates=[_standing(each, booking, found, zone) for each, booking in found.dates],
        **own,
    )
    return redacted(answer, seen(actor, Thing(site=series.site, party=series.details.party)))


def _standing(each: SeriesOccurrence, booking: Booking | None, found: SeriesView, zone: ZoneInfo) -> StandingDate:
    during = booking.during if booking else each.during
    return StandingDate(
        date=each.wall.date().isoformat(),
        occurrence=each.name,
        starts=_maybe(during.start if during else None, zone),
        ends=_maybe(during.end if during else None, zone),
        space=booking.space if booking else found.series.details.space,
        booking=booking.id if booking else None,
        status=booking.status(found.now) if booking else None,
        changed_here=[name for name in (booking.changed_here if booking else "").split(",") if name],
        text=each.out or each.text,
    )


def _extra_text(each: ExtraDate) -> str:
    return f"{each.starts.isoformat()}/{each.ends.isoformat()}"


def _maybe(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else local_time.rfc3339(moment, zone)


def edited_answer(edited: EditedSeries) -> SeriesEdited:
    zone, pattern = edited.site.tz, edited.series.pattern
    return SeriesEdited(
        id=edited.series.id,
        follows=edited.series.follows,
        version=edited.series.version,
        rule_text=describe_pattern(pattern, zone),
        until=until((each.occurrence for each in edited.dates if each.effect is not DateEffect.CANCEL), pattern),
        dates=[date_answer(each, zone, edited.made.get(each.occurrence.name)) for each in edited.dates],
    )


def cancelled_answer(done: CancelledSeries, actor: Actor) -> SeriesCancelled:
    return SeriesCancelled(
        id=done.series.id,
        bookings=[booking_answer(view, actor) for view in done.views],
        left=[_left(each, done.site.tz, OF_OTHERS) for each in done.left],
    )


def restored_answer(done: RestoredSeries, actor: Actor) -> SeriesRestored:
    zone = done.site.tz
    return SeriesRestored(
        id=done.series.id,
        bookings=[booking_answer(view, actor) for view in done.views],
        left=[
            *(
                _left(each, zone, "; ".join(reason.text for reason in verdict.refusals), verdict.conflicts)
                for each, verdict in done.left
            ),
            *(_left(each, zone, OF_OTHERS) for each in done.others),
        ],
    )


def _left(each: Booking, zone: ZoneInfo, text: str, claimed: Sequence[Claimed] = ()) -> LeftAlone:
    return LeftAlone(
        booking=each.id,
        starts=local_time.rfc3339(each.starts, zone),
        ends=local_time.rfc3339(each.ends, zone),
        text=text,
        conflicts=conflicts(claimed, zone),
    )
