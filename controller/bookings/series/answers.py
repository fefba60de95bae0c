"""What series answer. Times carry the site's offset; dates and occurrences are the site's own."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from controller.bookings.answers import booking_answer
from controller.bookings.diary.model import Booking, BookingStatus, Claimed
from controller.bookings.errors import conflicts, reason_bodies
from controller.bookings.schemas import BookingRead, DetailsRead, DoorCode
from controller.bookings.series.date_edits import OF_OTHERS
from controller.bookings.series.edit_service import EditedSeries
from controller.bookings.series.model import DateEffect, DateStatus, SeriesDate
from controller.bookings.series.service import BookedSeries, CancelledSeries, CheckedSeries, RestoredSeries, SeriesView
from controller.bookings.series.summary import SeriesDates, series_message
from controller.bookings.who_may_book import may_book
from controller.hours.recurrence.describe import describe_pattern
from controller.hours.recurrence.expand import SeriesOccurrence
from controller.hours.recurrence.pattern import RecurrencePattern
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, is_own, may
from controller.people.redaction import redacted
from controller.platform.web.fields import Answer, DateText, Ends, LocalTime, Starts, answer_of
from controller.platform.web.problem import Conflict, ReasonBody


class MoveRead(Answer):
    """Where a date could go: pass it on as a choice. `text` says it in words."""

    space: str
    layout: str | None
    starts: Starts
    ends: Ends
    text: str


class SeriesDateRead(Answer):
    """One date. `occurrence`: its start by the rule, in the site's own time, which is its name for choices where there
    are several on a `date`. `starts`, `ends`, `space`: where it would be, null where the clocks leave nothing of it.
    `status`: its status; `effect`: what a request with these choices does to it; `text` and `reasons`: why. `moves`:
    alternatives. `booking`: the one it has already. `lingering` and `notes` refuse nothing."""

    date: DateText
    occurrence: str
    starts: LocalTime | None
    ends: LocalTime | None
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
    `message`: one text to send for all dates, their codes in it; `link`: the page with all of them, for the person who
    booked; `show_link`: the page for those who come. Both are secrets."""

    id: str
    rule_text: str
    until: str
    link: str
    show_link: str
    message: str
    bookings: list[BookingRead]
    skipped: list["SkippedDate"]


class SeriesCodesRead(Answer):
    """`codes`: those that all confirmed dates share, each with the doors that it opens; empty where dates have their
    own, which `message` tells."""

    codes: list[DoorCode]
    message: str


class SkippedDate(Answer):
    date: DateText
    occurrence: str
    text: str


class StandingDate(Answer):
    """The current state of one date of a series. `text`: why it has no booking, or how a clock change affects it.
    `changed_here`: what an edit of the series leaves alone."""

    date: DateText
    occurrence: str
    starts: LocalTime | None
    ends: LocalTime | None
    space: str
    booking: str | None
    status: BookingStatus | None
    changed_here: list[str]
    text: str


class SeriesRead(DetailsRead):
    """`follows`: the series that it was split from; `followed_by`: those that were split from it. `cancelled_at`:
    when it was last cancelled; what was cancelled then can be restored together. `imported`: it came from a
    calendar. `one_code`: its dates have one door code, whatever the site's policy says. `link`: the page with all
    dates, a secret; `message`: one text to send for all of them, its codes masked unless the series is of
    a party of the user's. The rest as in a new series."""

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
    show_link: str
    message: str
    follows: str | None
    followed_by: list[str]
    cancelled_at: LocalTime | None
    created_at: LocalTime
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
    starts: LocalTime
    ends: LocalTime
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
    booking = each.before or made
    return answer_of(
        SeriesDateRead,
        each,
        zone,
        occurrence=each.occurrence.name,
        starts=each.during and each.during.start,
        ends=each.during and each.during.end,
        reasons=reason_bodies(each.verdict.reasons, zone),
        conflicts=conflicts(each.verdict.conflicts, zone),
        booking=booking and booking.id,
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
        show_link=booked.together.show_link,
        message=series_message(booked.together, clear=True, manage=True),
        bookings=[booking_answer(view, actor, drawn=True) for view in booked.views],
        skipped=[
            answer_of(SkippedDate, each, occurrence=each.occurrence.name)
            for each in booked.dates
            if each.effect in (DateEffect.SKIP, DateEffect.NOTHING)
        ],
    )


def codes_answer(found: SeriesDates, actor: Actor) -> SeriesCodesRead:
    manages = all(may_book(actor, view.booking) for view in found.views)
    return SeriesCodesRead(
        codes=[DoorCode(code=code, doors=list(doors)) for code, doors in found.shared],
        message=series_message(found, clear=True, manage=manages),
    )


def view_answer(found: SeriesView, actor: Actor) -> SeriesRead:
    """A series as the actor may see it."""
    series, zone = found.series, found.site.tz
    thing = Thing(site=series.site, party=series.details.party)
    pattern = series.pattern
    answer = answer_of(
        SeriesRead,
        series.details,
        zone,
        id=series.id,
        site=series.site,
        equipment={need.equipment: need.count for need in series.details.equipment},
        first_starts=pattern.first_starts.isoformat(),
        first_ends=pattern.first_ends.isoformat(),
        rule=pattern.rule,
        rule_text=describe_pattern(pattern, zone),
        extra=[f"{each.starts.isoformat()}/{each.ends.isoformat()}" for each in pattern.extra],
        without=[each.isoformat() for each in (*pattern.out_days, *pattern.out_times)],
        term_only=pattern.term_only,
        skip_holidays=pattern.skip_holidays,
        until=until((each for each, _ in found.dates), pattern),
        imported=series.imported,
        one_code=series.code_owner is not None,
        link=found.together.link,
        show_link=found.together.show_link,
        message=series_message(
            found.together, clear=is_own(actor, Action.CODE, thing), manage=may(actor, Action.BOOK, thing)
        ),
        follows=series.follows,
        followed_by=found.followers,
        cancelled_at=series.cancelled_at,
        created_at=series.created_at,
        actor=series.created_by,
        version=series.version,
        dates=[_current_date(each, booking, found) for each, booking in found.dates],
    )
    return redacted(answer, actor, thing)


def _current_date(each: SeriesOccurrence, booking: Booking | None, found: SeriesView) -> dict[str, object]:
    during = booking.during if booking else each.during
    return {
        "date": each.wall.date(),
        "occurrence": each.name,
        "starts": during and during.start,
        "ends": during and during.end,
        "space": booking.space if booking else found.series.details.space,
        "booking": booking and booking.id,
        "status": booking.status(found.now) if booking else None,
        "changed_here": [name for name in (booking.changed_here if booking else "").split(",") if name],
        "text": each.out or each.text,
    }


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
    return answer_of(LeftAlone, each, zone, booking=each.id, text=text, conflicts=conflicts(claimed, zone))
