"""The codes of a booking over HTTP: show, replace, issue for a door that is offline."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import StringConstraints

from controller.access.codes import NoCodeLeft, spoken
from controller.bookings.answers import booking_answer, message
from controller.bookings.door_codes import DoorCodes
from controller.bookings.errors import BookingUnknown, NotNow
from controller.bookings.schemas import BookingRead
from controller.bookings.service import may_book
from controller.people.authentication import Books, Reissues, SeesCodes
from controller.web.fields import Answer, Body, IdPath, Note
from controller.web.problem import NotSignedIn, described
from controller.web.services import service

router = APIRouter(tags=["bookings"], responses=described(NotSignedIn, BookingUnknown, NotNow))
TheDoorCodes = Annotated[DoorCodes, service(DoorCodes)]


class DoorCodeAnswer(Answer):
    """``code``: the digits to type. ``spoken``: in groups, as people read them out. ``doors``: what it opens."""

    code: str
    spoken: str
    doors: list[str]


class CodesAnswer(Answer):
    """One code for all doors, or several, where doors have their own, and the offline codes. ``message``: the text to
    send, with the codes in it."""

    codes: list[DoorCodeAnswer]
    message: str


class ReissueBody(Body):
    """``reason``: recorded in the booking's log."""

    reason: Annotated[Note, StringConstraints(min_length=1)]


class ReissuedAnswer(Answer):
    """``together``: ids of all bookings that share the new code, this one included."""

    booking: BookingRead
    together: list[str]


@router.post("/bookings/{booking_id}/code")
async def show_code(booking_id: IdPath, door_codes: TheDoorCodes, actor: SeesCodes) -> CodesAnswer:
    """Show the door codes of a confirmed booking. Records who asked, and when."""
    shown = await door_codes.show(booking_id, actor=actor)
    return CodesAnswer(
        codes=[DoorCodeAnswer(code=code, spoken=spoken(code), doors=list(doors)) for code, doors in shown.codes],
        message=message(shown.view, clear=True, manage=may_book(actor, shown.view.booking)),
    )


@router.post("/bookings/{booking_id}/code/reissue", responses=described(NoCodeLeft))
async def reissue_code(
    booking_id: IdPath, body: ReissueBody, door_codes: TheDoorCodes, actor: Reissues
) -> ReissuedAnswer:
    """Give a booking another code at once, because others know the present one; all bookings that share it get the
    new one. The old one ends with the doors' next plan: see `on_door` and `still_opens`."""
    done = await door_codes.reissue(booking_id, why=body.reason, actor=actor)
    return ReissuedAnswer(booking=booking_answer(done.view, actor, drawn=True), together=list(done.together))


@router.post("/bookings/{booking_id}/offline-code")
async def issue_offline_code(booking_id: IdPath, door_codes: TheDoorCodes, actor: Books) -> BookingRead:
    """Issue a code of ten digits for each door of the booking that is offline and has not got its code: the door
    checks it by itself. `offline_codes` has it and until when it works. Idempotent."""
    return booking_answer(await door_codes.issue_offline(booking_id, actor=actor), actor, drawn=True)
