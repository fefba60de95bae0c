"""Bookings against their use over HTTP, with its answers."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from controller.csv_import.schemas import csv_response
from controller.estate.errors import SiteUnknown
from controller.people.authentication import SeesUse
from controller.use.csv_file import as_csv
from controller.use.model import Counts, GroupUse, Minutes, MonthUse, SiteUse, SpaceUse, Week
from controller.use.service import UseFound, UseService
from controller.web.fields import Answer, Ends, SlugPath, Starts, answer_of
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

router = APIRouter(tags=["use"], responses=described(NotSignedIn))
TheUse = Annotated[UseService, service(UseService)]
Edge = Annotated[str, Query(max_length=40, description="A date, which means where its day begins, or a time")]


class MinutesRead(Answer, of=Minutes):
    """Minutes of a room, of the places of a pool, or of all rooms together. `bookable`: open, staffed or not, less
    closures; 0: there is nothing to have a share of. `booked`: no-shows included; `outside`: what of it is not bookable
    time. `used`: of bookings whose people came, from their arrival to the end; when people left is not known, so this
    is the most. `no_show`: nobody came. `not_measured`: nothing is known."""


class CountsRead(Answer, of=Counts):
    """Bookings that began in the time: `arrived`, `no_shows` and `unknown`, of which nothing is known.
    `late_cancellations`, less than 24 hours before the start, are not among them."""


class WeekRead(Answer, of=Week):
    """Minutes by hour of the week on the wall clock, 168 of each, Monday 00:00 to 01:00 first. Where the clocks go
    back, an hour has 120 minutes."""


class SpaceUseRead(Answer, of=SpaceUse):
    """`places`: of a pool, whose minutes are those of its places; null for a room. `parts`: the rooms it divides into,
    of which its minutes are the mean. `counts`: of bookings of this very room."""

    minutes: MinutesRead
    counts: CountsRead
    week: WeekRead


class MonthUseRead(Answer, of=MonthUse):
    """All rooms in a month, such as 2026-11. A month without bookable time was closed."""

    minutes: MinutesRead


class GroupUseRead(Answer, of=GroupUse):
    """`party`: null for the bookings of no group. `booked` and `missed`: minutes of its bookings, and of those after
    which nobody came."""

    party_name: str | None
    counts: CountsRead


class UseRead(Answer, of=SiteUse, hidden=("during",)):
    """`until`: up to when it is measured, `ends` or now. `hours_set`: whether there are opening hours; without them
    nothing is bookable time. `minutes` and `week`: of all rooms, each part of a room that divides counted once, pools
    left out. `counts`: of all bookings. `unused`: what was bookable and not booked. `closed`: why it was closed, a
    sentence each. `groups_shown`: whether the reader may see who booked; else there are no `groups`."""

    starts: Starts
    ends: Ends
    minutes: MinutesRead
    counts: CountsRead
    week: WeekRead
    months: list[MonthUseRead]
    spaces: list[SpaceUseRead]
    groups: list[GroupUseRead]
    groups_shown: bool


@router.get("/sites/{site}/use", responses=described(SiteUnknown))
async def read_use(
    site: SlugPath, use: TheUse, actor: SeesUse, from_: Annotated[Edge, Query(alias="from")], to: Edge
) -> UseRead:
    """How much of a site was bookable, booked and used from `from` to before `to`, at most a year. Its hours and rooms
    count as they are set now."""
    return _answer(await use.between(site, from_, to, actor=actor))


@router.get(
    "/sites/{site}/use.csv",
    response_class=Response,
    responses=described(SiteUnknown) | {200: {"content": {"text/csv": {}}}},
)
async def export_use(
    site: SlugPath, use: TheUse, actor: SeesUse, from_: Annotated[Edge, Query(alias="from")], to: Edge
) -> Response:
    """The same as CSV, in hours, with notes in its first lines."""
    found = await use.between(site, from_, to, actor=actor)
    return csv_response(as_csv(found), f"use-{site}.csv")


def _answer(found: UseFound) -> UseRead:
    names = found.names or {}
    groups = [answer_of(GroupUseRead, each, party_name=names.get(each.party or "")) for each in found.use.groups]
    shown = found.names is not None
    return answer_of(UseRead, found.use, found.site.tz, groups=groups, groups_shown=shown)
