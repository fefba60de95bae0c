"""Hours over HTTP. A write that would affect bookings is refused with their list
without ``anyway=true``; ``check=true`` shows the effect and writes nothing."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response, status

from controller.estate.errors import SiteUnknown, SpaceUnknown
from controller.hours.answers import (
    BankHolidaysAnswer,
    ClosureAnswer,
    ClosurePage,
    DayAnswer,
    HoursAnswer,
    HoursEffectAnswer,
    ModesAnswer,
    SpaceHoursAnswer,
    TermsAnswer,
    bank_holidays_answer,
    closure_answer,
    day_answer,
    effect_answer,
    hours_answer,
    modes_answer,
    space_hours_answer,
    terms_answer,
)
from controller.hours.change_preview import NewTerms, NewTimetable, NewWindows, NoClosure
from controller.hours.impact import ClosureUnknown, WouldBreak
from controller.hours.schemas import ClosureBody, PutHoursBody, PutSpaceHoursBody, PutTermsBody
from controller.hours.service import HoursService
from controller.hours.timetable import Timetable
from controller.people.authentication import Reads, Runs
from controller.people.errors import NotAllowed
from controller.people.model import Actor
from controller.people.optimistic_locking import VersionStale
from controller.people.permissions import Action, Thing, may
from controller.platform.text import local_time
from controller.platform.web.fields import After, Day, From, IdPath, Limit, SlugPath, To, read_edge
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import TheClock, service
from edge.wire.ids import new_id
from edge.wire.interval import Interval

LONGEST = timedelta(days=400)
"""Longest time whose modes one answer covers."""

router = APIRouter(tags=["hours"], responses=described(NotSignedIn, SiteUnknown, WouldBreak, VersionStale))
TheHours = Annotated[HoursService, service(HoursService)]
Check = Annotated[bool, Query(description="Preview the change, and write nothing")]
Anyway = Annotated[bool, Query(description="Write in spite of bookings that it affects; they stay as they are")]


@router.get("/sites/{site}/hours")
async def get_hours(site: SlugPath, hours: TheHours, actor: Reads) -> HoursAnswer:
    """The week, the seasons, the dates that differ, what a bank holiday means, and the doors that are unlocked while
    the site is staffed."""
    return hours_answer((await hours.book(site)).timetable)


@router.put("/sites/{site}/hours")
async def put_hours(
    site: SlugPath,
    body: PutHoursBody,
    hours: TheHours,
    actor: Runs,
    check: Check = False,
    anyway: Anyway = False,
) -> HoursAnswer | HoursEffectAnswer:
    """Replace the opening hours."""
    proposal = NewTimetable(timetable=body.timetable(), version=body.version)
    if check:
        return effect_answer(await hours.check(site, proposal))
    changed = await hours.change(site, proposal, anyway=anyway, actor=actor.name)
    return hours_answer(changed.timetable)


@router.get("/sites/{site}/hours/{day}")
async def get_day(site: SlugPath, day: Day, hours: TheHours, actor: Reads) -> DayAnswer:
    """A local day: its modes, what they follow, holiday and term, and when spaces cannot be booked."""
    return day_answer(_read_by(actor, await hours.book(site)), day)


@router.get("/sites/{site}/modes")
async def get_modes(
    site: SlugPath,
    hours: TheHours,
    actor: Reads,
    from_: From,
    to: To,
) -> ModesAnswer:
    """Which mode holds from when to when, over at most 400 days."""
    book = _read_by(actor, await hours.book(site))
    zone = book.site.tz
    start, end = read_edge(from_, "from", zone), read_edge(to, "to", zone)
    if end <= start:
        raise invalid_field("to", "must be after `from`")
    if end - start > LONGEST:
        raise invalid_field("to", f"must be at most {LONGEST.days} days after `from`")
    return modes_answer(book.modes(Interval(start=start, end=end)), zone)


@router.get("/sites/{site}/bank-holidays")
async def get_bank_holidays(
    site: SlugPath,
    hours: TheHours,
    clock: TheClock,
    actor: Reads,
    year: Annotated[int | None, Query(ge=local_time.FIRST_YEAR, le=2100)] = None,
) -> BankHolidaysAnswer:
    """The bank holidays of the site's nation in a year, this one if none is named, and what each means here. What they
    mean is part of the opening hours."""
    book = _read_by(actor, await hours.book(site))
    now = clock.now()
    return bank_holidays_answer(book, year or local_time.local_day(now, book.site.tz).year)


@router.get("/sites/{site}/closures")
async def get_closures(
    site: SlugPath,
    hours: TheHours,
    actor: Reads,
    ended: Annotated[bool, Query(description="With those that are over")] = False,
    limit: Limit = 100,
    after: After = None,
) -> ClosurePage:
    """The closures of the site and of its spaces in the order they were made."""
    found, page = await hours.closures(site, ended=ended, after=after, limit=limit + 1)
    staff = may(actor, Action.RUN, Thing(site=site))
    items = [closure_answer(each, found.tz, staff=staff) for each in page[:limit]]
    return ClosurePage(items=items, next=items[-1].id if len(page) > limit else None)


@router.post(
    "/sites/{site}/closures",
    status_code=status.HTTP_201_CREATED,
    responses={200: {"model": HoursEffectAnswer, "description": "What it would do, for a check"}},
)
async def post_closure(
    site: SlugPath,
    body: ClosureBody,
    clock: TheClock,
    hours: TheHours,
    actor: Runs,
    response: Response,
    check: Check = False,
    anyway: Anyway = False,
) -> ClosureAnswer | HoursEffectAnswer:
    """Close the site, or some of its spaces. Nothing can be booked there then, and a closed site's mode is closed."""
    now = clock.now()
    proposal = body.closure(new_id(now), made_at=now, made_by=actor.name)
    if check:
        response.status_code = status.HTTP_200_OK
        return effect_answer(await hours.check(site, proposal))
    changed = await hours.change(site, proposal, anyway=anyway, actor=actor.name)
    return closure_answer(changed.closures[-1], changed.site.tz)


@router.delete(
    "/sites/{site}/closures/{closure}", status_code=status.HTTP_204_NO_CONTENT, responses=described(ClosureUnknown)
)
async def delete_closure(site: SlugPath, closure: IdPath, hours: TheHours, actor: Runs) -> None:
    """Delete a closure."""
    await hours.change(site, NoClosure(closure=closure), anyway=False, actor=actor.name)


@router.get("/sites/{site}/terms")
async def get_terms(site: SlugPath, hours: TheHours, actor: Reads) -> TermsAnswer:
    """The school terms, by date."""
    return terms_answer((await hours.book(site)).terms)


@router.put("/sites/{site}/terms")
async def put_terms(
    site: SlugPath,
    body: PutTermsBody,
    hours: TheHours,
    actor: Runs,
    check: Check = False,
    anyway: Anyway = False,
) -> TermsAnswer | HoursEffectAnswer:
    """Replace the school terms, or copy those of another site. It affects dates of series that keep to term."""
    terms = body.given()
    if body.copy_from is not None:
        if not may(actor, Action.READ, Thing(site=body.copy_from)):
            raise NotAllowed(actor, Action.READ, Thing(site=body.copy_from))
        terms = (await hours.book(body.copy_from)).terms
    proposal = NewTerms(terms=terms, version=body.version)
    if check:
        return effect_answer(await hours.check(site, proposal))
    changed = await hours.change(site, proposal, anyway=anyway, actor=actor.name)
    return terms_answer(changed.terms)


@router.get("/sites/{site}/spaces/{space}/hours", responses=described(SpaceUnknown))
async def get_space_hours(site: SlugPath, space: SlugPath, hours: TheHours, actor: Reads) -> SpaceHoursAnswer:
    """When a space can be booked."""
    book = await hours.book(site)
    if space not in book.spaces:
        raise SpaceUnknown(site, space)
    return space_hours_answer(book.spaces[space].windows)


@router.put("/sites/{site}/spaces/{space}/hours", responses=described(SpaceUnknown))
async def put_space_hours(
    site: SlugPath,
    space: SlugPath,
    body: PutSpaceHoursBody,
    hours: TheHours,
    actor: Runs,
    check: Check = False,
    anyway: Anyway = False,
) -> SpaceHoursAnswer | HoursEffectAnswer:
    """Replace when a space can be booked: hours of every week, or null for any time."""
    proposal = NewWindows(space=space, windows=body.sorted_windows(), version=body.version)
    if check:
        return effect_answer(await hours.check(site, proposal))
    changed = await hours.change(site, proposal, anyway=anyway, actor=actor.name)
    return space_hours_answer(changed.spaces[space].windows)


def _read_by(actor: Actor, book: Timetable) -> Timetable:
    return book if may(actor, Action.RUN, Thing(site=book.site.id)) else book.public
