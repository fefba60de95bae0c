"""Tablets beside a room's door over HTTP. Only a device that is paired as one is let in, and it is let in nowhere
else. No idempotency key is kept, since its fingerprint would tell of the code; each act is idempotent by itself."""

from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request, Response

from controller.bookings.errors import Clash, NotNow, NotPossible
from controller.bookings.problem_reports.model import NotReportable
from controller.estate.errors import SpaceUnknown
from controller.people.authentication import COOKIE, TheRoomTablet, cookie_name
from controller.people.errors import NotARoomTablet, TooManyTries
from controller.platform.web.fields import answer_of, read_moment
from controller.platform.web.pages import build_of
from controller.platform.web.problem import NotSignedIn, described
from controller.platform.web.services import TheSettings, service
from controller.screens.room_tablets.model import NeedsStaff, NoGroup, NotHere, NothingRuns, OtherRoom, WrongDoorCode
from controller.screens.room_tablets.schemas import (
    BookHalfHourBody,
    CodeBody,
    DoneAnswer,
    OfferAnswer,
    ReportHereBody,
    RoomTabletAnswer,
    ShutAnswer,
    TakenAnswer,
)
from controller.screens.room_tablets.service import RoomTablets
from controller.signin.displays.model import UNUSED_AFTER
from controller.signin.routes import set_cookie

router = APIRouter(tags=["room tablets"], responses=described(NotSignedIn, NotARoomTablet))
TheTablets = Annotated[RoomTablets, service(RoomTablets)]
_TYPED = described(WrongDoorCode, TooManyTries, SpaceUnknown)
_OFFERED = _TYPED | described(Clash, NotPossible, NeedsStaff, NoGroup, NotHere)


@router.get("/room-tablet", responses=described(SpaceUnknown))
async def get_room(
    tablets: TheTablets, tablet: TheRoomTablet, settings: TheSettings, request: Request, response: Response
) -> RoomTabletAnswer:
    """The room of the tablet that asks: what takes it in the next 24 hours, and when it cannot be booked."""
    view = await tablets.look(tablet)
    if token := request.cookies.get(cookie_name(COOKIE, settings)):
        set_cookie(response, COOKIE, token, settings, max_age=UNUSED_AFTER)  # or browsers forget it after a year
    zone = ZoneInfo(view.zone)
    taken = [
        answer_of(TakenAnswer, each, zone, held_from=each.held.start, held_until=each.held.end) for each in view.taken
    ]
    shut = [answer_of(ShutAnswer, each, zone) for each in view.shut]
    return answer_of(RoomTabletAnswer, view, zone, build=build_of(settings.pages_dir), taken=taken, shut=shut)


@router.post("/room-tablet/check-in", responses=_TYPED | described(OtherRoom, NotNow))
async def check_in_here(body: CodeBody, tablets: TheTablets, tablet: TheRoomTablet) -> DoneAnswer:
    """The people of the booking with this code have arrived. Idempotent."""
    return answer_of(DoneAnswer, await tablets.check_in(tablet, body.code))


@router.post("/room-tablet/report", responses=_TYPED | described(OtherRoom, NotReportable))
async def report_here(body: ReportHereBody, tablets: TheTablets, tablet: TheRoomTablet) -> DoneAnswer:
    """Report a problem in the room for the booking with this code; it stands on Morning until it is done. The same
    report sent again counts once while it is open."""
    return answer_of(DoneAnswer, await tablets.report(tablet, body.code, body.words))


@router.post("/room-tablet/offer", responses=_OFFERED)
async def offer_half_hour(body: CodeBody, tablets: TheTablets, tablet: TheRoomTablet) -> OfferAnswer:
    """The next half hour in the room for the group with this code, and what it costs. Nothing is booked yet."""
    typed = await tablets.offer(tablet, body.code)
    return answer_of(OfferAnswer, typed, await tablets.zone(tablet))


@router.post("/room-tablet/bookings", responses=_OFFERED)
async def book_half_hour(body: BookHalfHourBody, tablets: TheTablets, tablet: TheRoomTablet) -> DoneAnswer:
    """Book the next half hour in the room for the group with this code, by the rules and at the price of the group: the
    booking that is on lasts longer, or a new one begins at the next full minute."""
    starts = read_moment(body.starts).resolve(await tablets.zone(tablet), "starts")
    return answer_of(DoneAnswer, await tablets.book(tablet, body.code, starts))


@router.post("/room-tablet/end", responses=_TYPED | described(NothingRuns, NotHere, NotNow))
async def end_here(body: CodeBody, tablets: TheTablets, tablet: TheRoomTablet) -> DoneAnswer:
    """End the booking with this code that is on in the room, at the next full minute. The rest of its time is free."""
    return answer_of(DoneAnswer, await tablets.end(tablet, body.code))
