"""Opening hours and the modes they make."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query

from controller import localtime
from controller.estate.errors import SiteUnknown
from controller.fields import MomentText, SlugPath, read_moment
from controller.hours.schemas import HoursAnswer, HoursBody, ModeAnswer, ModesAnswer, hours_answer
from controller.house import TheHouse
from controller.people.gate import Reads, Runs
from controller.problem import NotSignedIn, described, invalid_field
from edge.wire.interval import Interval

LONGEST = timedelta(days=400)
"""Most time whose modes are told at once."""

router = APIRouter(tags=["hours"], responses=described(NotSignedIn, SiteUnknown))


@router.get("/sites/{site}/hours")
async def get_hours(site: SlugPath, house: TheHouse, actor: Reads) -> HoursAnswer:
    """The week, the dates that differ, and the doors that stand unlocked while the site is staffed."""
    return hours_answer(await house.hours.timetable(site))


@router.put("/sites/{site}/hours")
async def put_hours(site: SlugPath, body: HoursBody, house: TheHouse, actor: Runs) -> HoursAnswer:
    """Replace the opening hours."""
    timetable = body.timetable()
    await house.hours.put(site, timetable, actor=actor.name)
    return hours_answer(timetable)


@router.get("/sites/{site}/modes")
async def get_modes(
    site: SlugPath,
    house: TheHouse,
    actor: Reads,
    from_: Annotated[MomentText, Query(alias="from")],
    to: MomentText,
) -> ModesAnswer:
    """Which mode holds from when to when, over at most 400 days."""
    book = await house.hours.book(site)
    zone = book.site.tz
    start = read_moment(from_).resolve(zone, "from")
    end = read_moment(to).resolve(zone, "to")
    if end <= start:
        raise invalid_field("to", "must be after `from`")
    if end - start > LONGEST:
        raise invalid_field("to", f"must be at most {LONGEST.days} days after `from`")
    return ModesAnswer(
        items=[
            ModeAnswer(
                starts=localtime.rfc3339(period.during.start, zone),
                ends=localtime.rfc3339(period.during.end, zone),
                mode=period.mode,
                note=period.note or None,
            )
            for period in book.modes(Interval(start=start, end=end))
        ]
    )
