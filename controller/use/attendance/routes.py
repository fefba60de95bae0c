"""Bookings against who was there, over HTTP, with its answers."""

from typing import Annotated

from fastapi import APIRouter, Response

from controller.estate.errors import SiteUnknown
from controller.people.authentication import SeesUse
from controller.platform.csv_import.schemas import csv_response
from controller.platform.web.fields import Answer, Ends, From, LocalTime, SlugPath, Starts, To, answer_of, large_answer
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import service
from controller.use.attendance.csv_file import as_csv
from controller.use.attendance.model import Attendance, Count, Finding, How, UnbookedRoom, UnbookedUse, Verdict, When
from controller.use.attendance.service import AttendanceFound, AttendanceService

router = APIRouter(tags=["use"], responses=described(NotSignedIn))
TheAttendance = Annotated[AttendanceService, service(AttendanceService)]


class WhenRead(Answer, of=When):
    """A time. `how`: `known`, `at_least` (it may be later), `at_most` (it may be earlier), `shared` (it may be of
    others), `none` (there was surely none), `not_measured` or `later`. `text`: how it is known, or why it is not."""

    how: How
    at: LocalTime | None
    text: str


class CountRead(Answer, of=Count):
    """`number` ± `error` people, codes or minutes, null where it is not measured, never 0. `how`: as of a time; of a
    count `at_most` is of all who cannot be told apart."""

    how: How
    number: int | None
    error: int
    text: str


class VerdictRead(Answer, of=Verdict):
    """`finding`: `yes`, `no`, `not_measured` or `later`. `text`: by what, or why it is not known."""

    finding: Finding
    text: str


class AttendanceRead(Answer, of=Attendance, hidden=("during",)):
    """One booking. `code_on`: since when all its doors have its code. `arrived`: the first of code, person or tablet.
    `came`: people counted in who are its; `let_ins`: how many more those are than codes used. `peak`: most people at
    once in the booked time. `left`: the last exit. `overstay`: minutes after its end. `capacity`: of the room in its
    layout. `shared`: what cannot be told apart, a sentence each."""

    starts: Starts
    ends: Ends
    space_name: str
    title: str
    party_name: str | None
    code_on: WhenRead
    first_code: WhenRead
    first_person: WhenRead
    arrived: WhenRead
    codes_used: CountRead
    came: CountRead
    let_ins: CountRead
    peak: CountRead
    left: WhenRead
    overstay: CountRead
    no_show: VerdictRead
    over_capacity: VerdictRead


class UnbookedUseRead(Answer, of=UnbookedUse, hidden=("during",)):
    """Somebody was in a room that was not booked. `people`: counted in; null where it was movement alone. `own_key`:
    somebody with a code or card of their own came in, such as staff."""

    space_name: str
    starts: Starts
    ends: Ends
    text: str


class UnbookedRoomRead(Answer, of=UnbookedRoom):
    """Which share of the time without a booking a sensor or counter of the room worked, from 0 to 1. Rooms without any
    are not listed: of them nothing is measured."""


class AttendanceList(Answer, of=AttendanceFound, hidden=("site", "during", "names")):
    """`until`: up to when it is known, `ends` or now. `items`: by start. `hidden`: how many bookings the reader may not
    see. `unbooked_shown`: whether the reader may see what doors and sensors report; else `unbooked` and `rooms` are
    empty."""

    starts: Starts
    ends: Ends
    until: LocalTime
    items: list[AttendanceRead]
    unbooked: list[UnbookedUseRead]
    rooms: list[UnbookedRoomRead]


@router.get("/sites/{site}/attendance", responses=described(SiteUnknown), response_model=AttendanceList)
async def read_attendance(site: SlugPath, attendance: TheAttendance, actor: SeesUse, from_: From, to: To) -> Response:
    """Who came to each booking that touches the time from `from` to before `to`, at most 62 days, and where somebody
    was without a booking. Computed from what doors, counters and sensors have reported by now."""
    found = await attendance.between(site, from_, to, actor=actor)
    return await large_answer(lambda: _answer(found))


@router.get(
    "/sites/{site}/attendance.csv",
    response_class=Response,
    responses=described(SiteUnknown) | {200: {"content": {"text/csv": {}}}},
)
async def export_attendance(site: SlugPath, attendance: TheAttendance, actor: SeesUse, from_: From, to: To) -> Response:
    """The same as CSV, with units, and with notes in its first lines."""
    found = await attendance.between(site, from_, to, actor=actor)
    return csv_response(as_csv(found), f"attendance-{site}.csv")


def _answer(found: AttendanceFound) -> AttendanceList:
    zone = found.site.tz
    items = [
        answer_of(AttendanceRead, each, zone, party_name=found.names.get(each.party or "")) for each in found.items
    ]
    return answer_of(AttendanceList, found, zone, items=items)
