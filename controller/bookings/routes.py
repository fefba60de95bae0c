"""Bookings over HTTP."""

import re
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response, status

from controller.bookings.answers import (
    BookingAnswer,
    BookingList,
    CheckAnswer,
    StoryAnswer,
    booking_answer,
    booking_list,
    check_answer,
    story_answer,
)
from controller.bookings.errors import (
    BookingUnknown,
    Clash,
    NotNow,
    PreconditionFailed,
)
from controller.bookings.schemas import (
    BookingBody,
    CancelBody,
    ChangeBody,
    CheckBody,
)
from controller.estate.errors import SiteUnknown
from controller.fields import IdPath, Slug, SlugPath
from controller.house import TheHouse
from controller.people.gate import Books, Reads, SeesContacts
from controller.problem import NotSignedIn, described, invalid_field

router = APIRouter(tags=["bookings"], responses=described(NotSignedIn))

Edge = Annotated[str, Query(max_length=40, description="A date, or a time as in bookings")]
IfMatch = Annotated[str | None, Header(description='A version in quotes, such as "3", or *')]


@router.get("/sites/{site}/bookings", responses=described(SiteUnknown))
async def list_bookings(
    site: SlugPath,
    house: TheHouse,
    actor: Reads,
    from_: Annotated[Edge, Query(alias="from")],
    to: Edge,
    space: Annotated[Slug | None, Query()] = None,
) -> BookingList:
    """The bookings that touch the time from `from` to before `to`, cancelled ones too, over at most 62 days."""
    views = await house.bookings.between(site, from_, to, space=space)
    return booking_list(views, actor)


@router.post("/sites/{site}/bookings", status_code=status.HTTP_201_CREATED, responses=described(SiteUnknown, Clash))
async def create_booking(
    site: SlugPath, body: BookingBody, house: TheHouse, actor: Books, response: Response
) -> BookingAnswer:
    """Book a space. It has a door code at once; `on_door` tells whether the doors know it yet."""
    view = await house.bookings.create(site, body.draft(), actor=actor)
    response.headers["Location"] = f"/api/v1/bookings/{view.booking.id}"
    return _tagged(booking_answer(view, actor), response)


@router.post("/sites/{site}/bookings/check", responses=described(SiteUnknown))
async def check_booking(site: SlugPath, body: CheckBody, house: TheHouse, actor: Reads) -> CheckAnswer:
    """What booking this would meet; writes nothing."""
    return check_answer(await house.bookings.check(site, body.draft(), but=body.id))


@router.get("/bookings/{booking_id}", responses=described(BookingUnknown))
async def get_booking(booking_id: IdPath, house: TheHouse, actor: Reads, response: Response) -> BookingAnswer:
    """One booking."""
    return _tagged(booking_answer(await house.bookings.get(booking_id), actor), response)


@router.get("/bookings/{booking_id}/log", responses=described(BookingUnknown))
async def get_booking_log(booking_id: IdPath, house: TheHouse, actor: SeesContacts) -> StoryAnswer:
    """Who did what to a booking, when and why."""
    return story_answer(*await house.bookings.story(booking_id))


@router.patch("/bookings/{booking_id}", responses=described(BookingUnknown, Clash, PreconditionFailed))
async def change_booking(
    booking_id: IdPath,
    body: ChangeBody,
    house: TheHouse,
    actor: Books,
    response: Response,
    if_match: IfMatch = None,
) -> BookingAnswer:
    """Change or move a booking. Its code stays the same unless somebody else has it at a new door."""
    version = _version(if_match)
    view = await house.bookings.change(booking_id, body.change(), if_match=version, actor=actor)
    return _tagged(booking_answer(view, actor), response)


@router.post("/bookings/{booking_id}/cancel", responses=described(BookingUnknown, NotNow))
async def cancel_booking(
    booking_id: IdPath, house: TheHouse, actor: Books, response: Response, body: CancelBody | None = None
) -> BookingAnswer:
    """Cancel a booking; cancelled already, it stays so. `on_door` tells what its code may still open."""
    view = await house.bookings.cancel(booking_id, why=body.why if body else "", actor=actor)
    return _tagged(booking_answer(view, actor), response)


@router.post("/bookings/{booking_id}/restore", responses=described(BookingUnknown, Clash))
async def restore_booking(booking_id: IdPath, house: TheHouse, actor: Books, response: Response) -> BookingAnswer:
    """Undo a cancel, as long as the time is free and not over."""
    return _tagged(booking_answer(await house.bookings.restore(booking_id, actor=actor), actor), response)


def _tagged(answer: BookingAnswer, response: Response) -> BookingAnswer:
    response.headers["ETag"] = f'"{answer.version}"'
    return answer


def _version(if_match: str | None) -> int | None:
    """The version of an If-Match header; ``*`` means any (RFC 9110 13.1.1)."""
    if if_match is None or if_match.strip() == "*":
        return None
    found = re.fullmatch(r'"(\d{1,9})"', if_match.strip())
    if found is None:
        raise invalid_field("If-Match", 'must be one version in quotes, such as "3", or *')
    return int(found.group(1))
