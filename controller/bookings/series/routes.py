"""Series over HTTP, and the bodies that they take. What they answer is in ``answers``."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from fastapi import APIRouter, Response, status
from pydantic import AfterValidator, BeforeValidator, Field

from controller.bookings.diary.model import Details
from controller.bookings.errors import NotNow
from controller.bookings.schemas import BookingDetails, DetailsUpdate, WallText, needs
from controller.bookings.series.answers import (
    SeriesCancelled,
    SeriesCheckRead,
    SeriesCodesRead,
    SeriesEdited,
    SeriesMade,
    SeriesRead,
    SeriesRestored,
    booked_answer,
    cancelled_answer,
    check_answer,
    codes_answer,
    edited_answer,
    restored_answer,
    view_answer,
)
from controller.bookings.series.date_edits import EditScope, SeriesChange
from controller.bookings.series.model import (
    Choice,
    DateAction,
    Otherwise,
    SeriesDraft,
    SeriesRefused,
    SeriesRequest,
    SeriesUnknown,
)
from controller.bookings.series.service import SeriesService
from controller.estate.errors import SiteUnknown
from controller.hours.recurrence.pattern import MOST_EXCEPTIONS, RecurrencePattern, read_extras
from controller.hours.recurrence.shift_pattern import PatternChange
from controller.people.authentication import Books, Reads, SeesCodes
from controller.platform.web.fields import (
    Body,
    Day,
    IdPath,
    Line,
    MomentText,
    Note,
    Slug,
    SlugPath,
    Whole,
    Yes,
    read_date,
    read_moment,
)
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service


def _readable(text: str) -> str:
    starts, slash, ends = text.partition("/")
    if not slash and "T" not in text:
        read_date(text)
    else:
        for each in (starts, ends) if slash else (starts,):
            if read_moment(each).wall is None:
                raise ValueError("must be the site's own time, without an offset")
    return text


RuleText = Annotated[str, Field(max_length=2100, examples=["FREQ=WEEKLY;BYDAY=TU;COUNT=10"])]
"""A rule as in RFC 5545, such as `FREQ=WEEKLY;BYDAY=TU;COUNT=10`."""
ExtraText = Annotated[str, Field(max_length=40, examples=["2026-12-24"]), AfterValidator(_readable)]
"""A date besides the rule's: `2026-12-24`, `2026-12-24T19:00` or `2026-12-24T19:00/2026-12-24T22:00`."""
WithoutText = Annotated[str, Field(max_length=19, examples=["2026-12-24"]), AfterValidator(_readable)]
"""A date to leave out: `2026-12-24` or, where there are several that day, `2026-12-24T19:00`."""
Extras = Annotated[list[ExtraText], Field(max_length=MOST_EXCEPTIONS)]
Withouts = Annotated[list[WithoutText], Field(max_length=MOST_EXCEPTIONS)]


class MoveDateBody(Body):
    """What is left out stays; without `ends` it lasts as long as it did. A `layout` goes with its `space`."""

    starts: MomentText | None = None
    ends: MomentText | None = None
    space: Slug | None = None
    layout: Slug | None = None


class MoveChoice(Body):
    move: MoveDateBody

    def choice(self) -> Choice:
        return Choice(
            act=DateAction.MOVE,
            starts=read_moment(self.move.starts) if self.move.starts else None,
            ends=read_moment(self.move.ends) if self.move.ends else None,
            space=self.move.space,
            layout=self.move.layout,
        )


def _a_choice(value: object) -> object:
    if not (isinstance(value, dict | MoveChoice) or value in _WORDS):
        raise ValueError(f'must be {", ".join(_WORDS)} or {{"move": {{"starts", "ends", "space"}}}}')
    return value


_WORDS = ("book", "skip", "hold", "keep")
ChoiceBody = Annotated[Literal["book", "skip", "hold", "keep"] | MoveChoice, BeforeValidator(_a_choice)]
ChoiceDate = Annotated[str, Field(max_length=19)]
Choices = Annotated[dict[ChoiceDate, ChoiceBody], Field(max_length=MOST_EXCEPTIONS)]
"""By date, or by `occurrence` where there are several that day."""


def wanted(choices: dict[str, ChoiceBody], otherwise: Otherwise, *, overrule: bool, by_rules: bool) -> SeriesRequest:
    return SeriesRequest(
        choices={
            _key(key): each.choice() if isinstance(each, MoveChoice) else Choice(act=DateAction(each))
            for key, each in choices.items()
        },
        otherwise=otherwise,
        overrule=overrule,
        by_rules=by_rules,
    )


def _key(text: str) -> str:
    """An occurrence as bookings keep it; the rest as it is, to be refused as no date of the series."""
    try:
        wall = read_moment(text).wall
    except ValueError:
        return text
    return wall.isoformat() if wall else text


class PatternBody(Body):
    """When a series takes place."""

    first_starts: WallText
    first_ends: WallText
    rule: RuleText = ""
    extra: Extras = Field(default_factory=list)
    without: Withouts = Field(default_factory=list)
    term_only: Yes = False
    skip_holidays: Yes = False

    def pattern(self, rule: str) -> RecurrencePattern:
        """Its dates by ``rule``. Raises ``Invalid``."""
        first, last = datetime.fromisoformat(self.first_starts), datetime.fromisoformat(self.first_ends)
        days, times = withouts(self.without)
        return RecurrencePattern(
            first_starts=first,
            first_ends=last,
            rule=rule.strip(),
            extra=read_extras(self.extra, first, last - first),
            out_days=days,
            out_times=times,
            term_only=self.term_only,
            skip_holidays=self.skip_holidays,
        )


class SeriesCreate(PatternBody, BookingDetails):
    """A requested series. Its dates are those that `rule` gives from `first_starts` on, in the site's local time, plus
    `extra` and minus `without`; without a rule only the first date and `extra`. A rule says when it ends, by `UNTIL` or
    `COUNT`: at most 366 dates within 10 years. `term_only` leaves out dates outside school terms, `skip_holidays` those
    on bank holidays. The other fields are those of a booking.

    `choices` says what to do with single dates: `book`, `skip`, `hold` (request it without holding the time) or
    `{"move": {"starts", "ends", "space"}}`; `otherwise` what to do with those that cannot be booked: `none` (nothing is
    booked at all), `skip` or `hold`. `one_code` gives all dates one door code, where the site's policy would give each
    its own.
    """

    choices: Choices = Field(default_factory=dict)
    otherwise: Literal["none", "skip", "hold"] = "none"
    one_code: Yes = False

    def draft(self) -> SeriesDraft:
        read: dict[str, Any] = {"equipment": needs(self.equipment)}
        details = Details(**{name: read.get(name, getattr(self, name)) for name in Details.__struct_fields__})
        how = wanted(self.choices, Otherwise(self.otherwise), overrule=self.overrule, by_rules=self.by_rules)
        return SeriesDraft(details=details, pattern=self.pattern(self.rule), wanted=how, one_code=self.one_code)


def withouts(texts: list[str]) -> tuple[tuple[date, ...], tuple[datetime, ...]]:
    """Days and times to leave out, each once."""
    days = sorted({date.fromisoformat(text) for text in texts if "T" not in text})
    times = sorted({datetime.fromisoformat(text) for text in texts if "T" in text})
    return tuple(days), tuple(times)


class SeriesCheck(SeriesCreate):
    title: Line = ""


class SeriesCancel(Body):
    """``from_date``: cancel from this local date on; without it, all that is left."""

    from_date: Day | None = None
    reason: Note = ""


class SeriesUpdate(DetailsUpdate):
    """What is to be different in a series; fields left out stay. `scope`: `all` dates to come, or those `from_date`
    on (the series is then cut in two, and the second `follows` the first). A single date is changed as a booking.

    `first_starts` and `first_ends`: where the first of these dates is to be; without a `rule` all the others go with
    it. `extra` and `without` replace those of before. What was changed in a single date stays.

    `choices` and `otherwise` as in a new series, and `keep`: leave a date as it is. `skip` cancels a date that is
    booked. `check`: only show the effect on each date. `version`: refuse with 409 if it has changed.
    """

    never_null: ClassVar[frozenset[str]] = frozenset({"first_starts", "first_ends", "term_only", "skip_holidays"})

    scope: EditScope
    from_date: Day | None = None
    check: Yes = False
    version: Annotated[Whole, Field(ge=1)] | None = None
    first_starts: WallText | None = None
    first_ends: WallText | None = None
    rule: RuleText | None = None
    extra: Extras | None = None
    without: Withouts | None = None
    term_only: Yes | None = None
    skip_holidays: Yes | None = None
    choices: Choices = Field(default_factory=dict)
    otherwise: Literal["none", "skip", "hold", "keep"] = "none"

    def change(self) -> SeriesChange:
        return SeriesChange(
            scope=self.scope,
            from_date=self.from_date,
            check=self.check,
            version=self.version,
            pattern=msgspec.structs.replace(PatternChange(), **self._pattern()),
            details=self.details(),
            wanted=wanted(self.choices, Otherwise(self.otherwise), overrule=self.overrule, by_rules=self.by_rules),
        )

    def _pattern(self) -> dict[str, Any]:
        given = self.model_fields_set
        found: dict[str, Any] = {
            name: datetime.fromisoformat(getattr(self, name))
            for name in ("first_starts", "first_ends")
            if name in given
        }
        found |= {name: getattr(self, name) for name in ("term_only", "skip_holidays") if name in given}
        if "rule" in given:
            found["rule"] = (self.rule or "").strip()
        if "extra" in given:
            found["extra"] = tuple(self.extra or ())
        if "without" in given:
            found["out_days"], found["out_times"] = withouts(self.without or [])
        return found


router = APIRouter(tags=["series"], responses=described(NotSignedIn))
TheSeries = Annotated[SeriesService, service(SeriesService)]


@router.post("/sites/{site}/series/check", responses=described(SiteUnknown))
async def check_series(site: SlugPath, body: SeriesCheck, series: TheSeries, actor: Reads) -> SeriesCheckRead:
    """Every date of a series with its status, and alternatives for a refused one; writes nothing."""
    return check_answer(await series.check(site, body.draft(), actor=actor))


@router.post(
    "/sites/{site}/series", status_code=status.HTTP_201_CREATED, responses=described(SiteUnknown, SeriesRefused)
)
async def create_series(
    site: SlugPath, body: SeriesCreate, series: TheSeries, actor: Books, response: Response
) -> SeriesMade:
    """Book a series: every date as chosen, or none of them."""
    booked = await series.create(site, body.draft(), actor=actor)
    response.headers["Location"] = f"/api/v1/series/{booked.series.id}"
    return booked_answer(booked, actor)


@router.get("/series/{series_id}", responses=described(SeriesUnknown))
async def get_series(series_id: IdPath, series: TheSeries, actor: Reads) -> SeriesRead:
    """A series with its rule, what its dates have from it, and every date with its booking."""
    return view_answer(await series.get(series_id), actor)


@router.post("/series/{series_id}/code", responses=described(SeriesUnknown))
async def show_series_codes(series_id: IdPath, series: TheSeries, actor: SeesCodes) -> SeriesCodesRead:
    """The message for all dates of a series with its door codes in the clear. Records who asked, and when."""
    return codes_answer(await series.all_dates.show_codes(series_id, actor=actor), actor)


@router.patch("/series/{series_id}", responses=described(SeriesUnknown, SeriesRefused))
async def change_series(series_id: IdPath, body: SeriesUpdate, series: TheSeries, actor: Books) -> SeriesEdited:
    """Change the future dates of a series: its time, space, rule or anything else. Dates that it no longer has are
    cancelled, new ones booked; with `check` it only shows the effect on each."""
    return edited_answer(await series.change(series_id, body.change(), actor=actor))


@router.post("/series/{series_id}/cancel", responses=described(SeriesUnknown))
async def cancel_series(
    series_id: IdPath, series: TheSeries, actor: Books, body: SeriesCancel | None = None
) -> SeriesCancelled:
    """Cancel the remaining dates of a series, or those from a date on. `restore` undoes it."""
    asked = body or SeriesCancel()
    done = await series.cancel(series_id, from_date=asked.from_date, why=asked.reason, actor=actor)
    return cancelled_answer(done, actor)


@router.post("/series/{series_id}/restore", responses=described(SeriesUnknown, NotNow))
async def restore_series(series_id: IdPath, series: TheSeries, actor: Books) -> SeriesRestored:
    """Undo the last cancel of a series where the time is still free; other dates are listed."""
    return restored_answer(await series.restore(series_id, actor=actor), actor)
