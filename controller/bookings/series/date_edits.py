"""What an edit of a series does to each of its dates: the intent, before it is judged. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from enum import StrEnum

import msgspec
from msgspec.structs import replace

from controller.bookings import change_impact
from controller.bookings.change_impact import ChangedParts
from controller.bookings.diary.model import Booking, BookingChange, BookingState, Details
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.series.intents import (
    EFFECTS,
    DateIntent,
    check_choices,
    moved,
    placed,
    request,
    require_timely,
)
from controller.bookings.series.model import (
    FIELDS,
    OF_TIME,
    Choice,
    DateAction,
    DateEffect,
    DateStatus,
    SeriesRequest,
    own_fields,
)
from controller.hours.recurrence.expand import SeriesOccurrence
from controller.hours.recurrence.shift_pattern import PatternChange
from controller.platform.web.fields import Moment
from controller.platform.web.problem import invalid_field

OF_OTHERS = "now belongs to another party and stays as it is"
ACTIVE = frozenset({BookingState.REQUESTED, BookingState.HELD, BookingState.CONFIRMED})
"""The states of a date that an edit may touch; the others are over and stay."""
_PLACE = frozenset({"space", "layout", "seats"})
"""Fields that go together: what is booked in another space by hand stays there."""


class EditScope(StrEnum):
    ALL = "all"
    """Every date to come."""
    FROM_DATE = "from_date"
    """This date and those that follow it."""


class SeriesChange(msgspec.Struct, frozen=True, kw_only=True):
    """What to change. ``details``: the changed fields of ``Details``. ``check``: only show the effect. ``version``:
    the version that was read, if given."""

    scope: EditScope
    from_date: date | None = None
    check: bool = False
    version: int | None = None
    pattern: PatternChange = PatternChange()
    details: dict[str, object] = msgspec.field(default_factory=dict)
    wanted: SeriesRequest = SeriesRequest()


class Edit(msgspec.Struct, frozen=True, kw_only=True):
    """One part of a series that becomes another. ``pairs``: which new date each old one becomes. ``others``: ids of
    bookings that are another party's by now, for somebody who may not change those."""

    details: Details
    occurrences: tuple[SeriesOccurrence, ...]
    pairs: Mapping[datetime, datetime]
    given: frozenset[str]  # the details that were given
    wanted: SeriesRequest
    others: frozenset[str] = frozenset()


def intend_edit(edit: Edit, booked: Sequence[Booking], site_config: SiteConfig, *, now: datetime) -> list[DateIntent]:
    """The intent for every future date, in the order of the new dates, then for those that are no longer dates.

    ``booked``: all bookings of this part. Raises ``Invalid``.
    """
    by_new: dict[datetime, Booking] = {}
    gone: list[DateIntent] = []
    for each in booked:
        if each.starts <= now:
            continue  # what has begun stays as it is
        wall = datetime.fromisoformat(each.occurrence or "")
        if wall in edit.pairs:
            by_new[edit.pairs[wall]] = each
        elif each.state in ACTIVE:
            was = SeriesOccurrence(wall=wall, during=each.during, out="no longer a date of the series")
            gone.append(_gone(was, each, edit))
    coming = [
        each for each in edit.occurrences if each.wall in by_new or each.during is None or each.during.start > now
    ]
    check_choices(edit.wanted, [*coming, *(each.occurrence for each in gone)], known=DateAction)
    return [_planned(each, by_new.get(each.wall), edit, site_config, now) for each in coming] + gone


def _cancelled(occurrence: SeriesOccurrence, before: Booking, text: str) -> DateIntent:
    return DateIntent(
        occurrence=occurrence, effect=DateEffect.CANCEL, before=before, status=DateStatus.LEFT_OUT, text=text
    )


def _gone(was: SeriesOccurrence, before: Booking, edit: Edit) -> DateIntent:
    """A booking that is no longer a date of the series."""
    choice = edit.wanted.of(was)
    if _of_others(was, before, edit) or (choice is not None and choice.act is DateAction.KEEP):
        return _kept(was, before, own_fields(before), edit)
    return _cancelled(was, before, was.out)


def _of_others(each: SeriesOccurrence, before: Booking, edit: Edit) -> bool:
    """Whether the actor may not change it. Raises ``Invalid`` where they chose to."""
    if before.id not in edit.others:
        return False
    choice = edit.wanted.of(each)
    if choice is not None and choice.act is not DateAction.KEEP:
        raise invalid_field(f"choices.{each.wall.date().isoformat()}", f"{OF_OTHERS}; leave this choice out")
    return True


def _left_alone(
    each: SeriesOccurrence, before: Booking, edit: Edit, site_config: SiteConfig, now: datetime
) -> DateIntent:
    """A date that stays as it is keeps every changed field as its own."""
    own = own_fields(before)
    if each.during is None or each.out:
        return _kept(each, before, own | OF_TIME, edit)
    return _kept(each, before, kept_fields(_changed(each, before, own, None, edit, site_config, now)), edit)


def _kept(occurrence: SeriesOccurrence, before: Booking, own: frozenset[str], edit: Edit) -> DateIntent:
    text = OF_OTHERS if before.id in edit.others else "stays as it is"
    return DateIntent(
        occurrence=occurrence, effect=DateEffect.KEEP, before=before, own=own, status=DateStatus.FREE, text=text
    )


def _planned(
    each: SeriesOccurrence, before: Booking | None, edit: Edit, site_config: SiteConfig, now: datetime
) -> DateIntent:
    zone = site_config.site.tz
    choice = edit.wanted.of(each)
    act = choice.act if choice else None
    if before is None:
        if act is DateAction.KEEP:
            return DateIntent(occurrence=each, effect=DateEffect.SKIP, status=DateStatus.LEFT_OUT, text="not booked")
        if each.out and act not in (DateAction.BOOK, DateAction.MOVE, DateAction.HOLD):
            return DateIntent(occurrence=each, effect=DateEffect.NOTHING, status=DateStatus.LEFT_OUT, text=each.out)
        if each.during is None and act is not DateAction.MOVE:
            return DateIntent(occurrence=each, effect=DateEffect.SKIP, status=DateStatus.EMPTY, text=each.text)
        asked, own = request(each, edit.details, edit.wanted, zone)
        return DateIntent(occurrence=each, effect=EFFECTS.get(act, DateEffect.BOOK), asked=asked, own=own)
    own = own_fields(before)
    if before.state not in ACTIVE:
        return DateIntent(
            occurrence=each,
            effect=DateEffect.NOTHING,
            before=before,
            own=own,
            status=DateStatus.LEFT_OUT,
            text=before.state.value,
        )
    if _of_others(each, before, edit) or act is DateAction.KEEP:
        return _left_alone(each, before, edit, site_config, now)
    if act is DateAction.SKIP:
        return _cancelled(each, before, "left out")
    if each.out and act is None:
        return _cancelled(each, before, each.out)
    if each.during is None and act is not DateAction.MOVE and not own & OF_TIME:
        return _cancelled(each, before, each.text)
    return _changed(each, before, own, choice, edit, site_config, now)


def _changed(
    each: SeriesOccurrence,
    before: Booking,
    own: frozenset[str],
    choice: Choice | None,
    edit: Edit,
    site_config: SiteConfig,
    now: datetime,
) -> DateIntent:
    details, during = edit.details, each.during
    if choice is not None and choice.act is DateAction.MOVE:
        during = moved(each.during, choice, site_config.site.tz, key=each.wall.date().isoformat())
        details = placed(details, choice)
        own = (own - OF_TIME - _PLACE) | _differing(each, during, details, edit.details)
        fixed = frozenset[str]()
    else:
        fixed = own | (OF_TIME if own & OF_TIME else frozenset()) | (_PLACE if "space" in own else frozenset())
    given = edit.given | ({"space", "layout"} if choice is not None and choice.space else frozenset())
    fields: dict[str, object] = {name: getattr(details, name) for name in given if name not in fixed}
    if during is not None and not fixed & OF_TIME:
        fields |= {"starts": Moment(instant=during.start), "ends": Moment(instant=during.end)}
    change = replace(BookingChange(), **fields)
    place = site_config.require(str(fields.get("space", before.space)))
    asked = change_impact.wanted(before, change, place, now=now)
    if asked.what is ChangedParts.NOTHING:
        return DateIntent(
            occurrence=each, effect=DateEffect.NOTHING, before=before, own=own, status=DateStatus.FREE, text="as it is"
        )
    require_timely(each, asked.new.during, choice, now=now)
    waits = before.state is BookingState.REQUESTED or (choice is not None and choice.act is DateAction.HOLD)
    judged = asked.judged(now=now) or waits
    overrule = asked.overrules(edit.wanted.overrule)
    requested = replace(asked.new.asked, overrule=overrule, by_rules=edit.wanted.by_rules)
    return DateIntent(
        occurrence=each,
        effect=DateEffect.HOLD if waits else DateEffect.CHANGE,
        asked=requested if judged else None,
        before=before,
        change=asked,
        own=own,
    )


def _differing(each: SeriesOccurrence, during: object, details: Details, plain: Details) -> frozenset[str]:
    """Fields that a choice sets for this date alone."""
    found = OF_TIME if during != each.during else frozenset[str]()
    return found | {name for name in _PLACE if getattr(details, name) != getattr(plain, name)}


def kept_fields(plan: DateIntent) -> frozenset[str]:
    """The fields that become a kept date's own."""
    return plan.own | (plan.change.fields & frozenset(FIELDS) if plan.change else frozenset())
