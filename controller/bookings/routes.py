"""Bookings over HTTP."""

import re
from typing import Annotated

from fastapi import APIRouter, Header, Query, Response, status
from pydantic import Field, StringConstraints

from controller.bookings.answers import (
    booking_answer,
    booking_list,
    booking_page,
    check_answer,
    log_answer,
    own_booking_page,
    request_page,
)
from controller.bookings.diary.model import BookingStatus
from controller.bookings.errors import BookingUnknown, Clash, NotNow, NotPossible, PreconditionFailed, Stale
from controller.bookings.listing import BookingListing
from controller.bookings.schemas import (
    ApproveBody,
    BoardClosedRead,
    BoardEntryRead,
    BoardRead,
    BookingCheck,
    BookingCreate,
    BookingList,
    BookingLog,
    BookingPage,
    BookingRead,
    BookingUpdate,
    CancelBody,
    CheckRead,
    DayCountList,
    DayCountRead,
    DeclineBody,
    OwnBookingPage,
    RequestPage,
)
from controller.bookings.service import BookingService
from controller.estate.errors import SiteUnknown
from controller.people.authentication import Books, ChecksIn, Decides, Reads, ReadsAnySite, SeesLog
from controller.platform.web.fields import (
    LIST_LIMIT,
    Body,
    From,
    Id,
    IdPath,
    Limit,
    Slug,
    SlugPath,
    To,
    Whole,
    answer_of,
)
from controller.platform.web.problem import NotSignedIn, described, invalid_field
from controller.platform.web.services import service

router = APIRouter(tags=["bookings"], responses=described(NotSignedIn))
TheBookings = Annotated[BookingService, service(BookingService)]
TheListing = Annotated[BookingListing, service(BookingListing)]
AfterBooking = Annotated[Id | None, Query(description="`next` of the page before; leave out for the first page")]
_JUDGED = described(BookingUnknown, Clash, NotPossible, NotNow)
_CHANGED = described(BookingUnknown, Clash, NotPossible, NotNow, Stale)
Sought = Annotated[str, StringConstraints(strip_whitespace=True, min_length=2, max_length=100)]
IfMatch = Annotated[str | None, Header(description='A version in quotes, such as "3", or *')]


@router.get("/sites/{site}/bookings", responses=described(SiteUnknown))
async def list_bookings(
    site: SlugPath,
    listing: TheListing,
    actor: Reads,
    from_: From,
    to: To,
    space: Annotated[Slug | None, Query()] = None,
    party: Annotated[Slug | None, Query()] = None,
    among: Annotated[
        list[BookingStatus] | None,
        Query(alias="status", max_length=len(BookingStatus), description="Any of these; all if none"),
    ] = None,
) -> BookingList:
    """The bookings that touch the time from `from` to before `to`, cancelled ones too, over at most 62 days."""
    chosen = frozenset(among or BookingStatus)
    views = await listing.between(site, from_, to, space=space, party=party, among=chosen, actor=actor)
    return booking_list(views, actor)


@router.get("/sites/{site}/diary", responses=described(SiteUnknown))
async def count_by_day(site: SlugPath, listing: TheListing, actor: Reads, from_: From, to: To) -> DayCountList:
    """How much is booked on each day from `from` to before `to`, over at most 62 days."""
    found = await listing.days(site, from_, to, actor=actor)
    return DayCountList(items=[answer_of(DayCountRead, each) for each in found])


@router.get("/sites/{site}/diary/whats-on", responses=described(SiteUnknown))
async def notice_board(site: SlugPath, listing: TheListing, actor: Reads, from_: From, to: To) -> BoardRead:
    """What takes place from `from` to before `to`, by start, as a notice board in the building may say it: never a
    person's name, and a group's only where the site's tablets show it. At most 62 days."""
    where, found, closed = await listing.board(site, from_, to)
    zone = where.site.tz
    return BoardRead(
        items=[answer_of(BoardEntryRead, each, zone) for each in found],
        closed=[answer_of(BoardClosedRead, each, zone) for each in closed],
    )


@router.get("/sites/{site}/bookings/search", responses=described(SiteUnknown))
async def search_bookings(
    site: SlugPath,
    listing: TheListing,
    actor: Reads,
    text: Annotated[str, Query(min_length=2, max_length=100, description="Part of a title, a party or a contact")],
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> BookingList:
    """Bookings on any day with `text` in their title, their party's name or contact, as far as the user may see that:
    future ones first, by start, then past ones, the latest first."""
    return booking_list(await listing.search(site, text.strip(), actor=actor, limit=limit), actor)


@router.get("/bookings/search")
async def search_all_bookings(
    listing: TheListing,
    actor: ReadsAnySite,
    text: Annotated[str, Query(min_length=2, max_length=100, description="Part of a title, a party or a contact")],
    after: AfterBooking = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> BookingPage:
    """As the search of a site, at all the sites that the user may see, in pages."""
    found = await listing.search(None, text.strip(), actor=actor, after=after, limit=limit + 1)
    return booking_page(found, actor, limit=limit)


class TextSearchBody(Body):
    """``text``: part of a title, a party or a contact. ``site``: only there. ``after``: `next` of the page before."""

    text: Sought
    site: Slug | None = None
    after: Id | None = None
    limit: Annotated[Whole, Field(ge=1, le=100)] = 20


@router.post("/bookings/search/text", responses=described(SiteUnknown))
async def search_by_text(body: TextSearchBody, listing: TheListing, actor: ReadsAnySite) -> BookingPage:
    """As the search of all sites, or of one, with the text in the body: it may be somebody's name or number, and
    addresses stand in the logs of what is in between."""
    found = await listing.search(body.site, body.text, actor=actor, after=body.after, limit=body.limit + 1)
    return booking_page(found, actor, limit=body.limit)


@router.get("/sites/{site}/requests", responses=described(SiteUnknown))
async def list_site_requests(
    site: SlugPath, listing: TheListing, actor: Reads, after: AfterBooking = None, limit: Limit = LIST_LIMIT
) -> RequestPage:
    """What waits for approval at a site and is not over, by its start; group leaders see their own party's. Includes
    expired holds while nobody has taken their time."""
    found = await listing.requests(site, actor=actor, after=after, limit=limit + 1)
    return request_page(found, actor, limit=limit)


@router.get("/requests")
async def list_requests(
    listing: TheListing, actor: ReadsAnySite, after: AfterBooking = None, limit: Limit = LIST_LIMIT
) -> RequestPage:
    """What waits for approval at all the sites that the user may see."""
    found = await listing.requests(None, actor=actor, after=after, limit=limit + 1)
    return request_page(found, actor, limit=limit)


@router.get("/my/bookings")
async def list_own_bookings(
    listing: TheListing,
    actor: ReadsAnySite,
    over: Annotated[bool, Query(description="Those that are over, the latest first")] = False,
    after: AfterBooking = None,
    limit: Limit = LIST_LIMIT,
) -> OwnBookingPage:
    """The bookings of the user's own parties at all sites, cancelled ones too, by start, with their codes in full.
    Nothing for users without a party, whatever else they may see."""
    found = await listing.of_own_parties(over=over, actor=actor, after=after, limit=limit + 1)
    return own_booking_page(found, actor, limit=limit)


@router.post(
    "/sites/{site}/bookings", status_code=status.HTTP_201_CREATED, responses=described(SiteUnknown, Clash, NotPossible)
)
async def create_booking(
    site: SlugPath, body: BookingCreate, bookings: TheBookings, actor: Books, response: Response
) -> BookingRead:
    """Book a space. `status` is `confirmed` if the site's rules or a manager confirm it: then it has a door code at
    once, in this answer, and `on_door` says whether the doors have it yet. Otherwise it waits for approval, `held`
    or `requested`. A refusal has all its `reasons`; its type is `clash` where the time is taken, else
    `not-possible`."""
    view = await bookings.create(site, body.draft(), actor=actor)
    response.headers["Location"] = f"/api/v1/bookings/{view.booking.id}"
    return _tagged(booking_answer(view, actor, drawn=True), response)


@router.post("/sites/{site}/bookings/check", responses=described(SiteUnknown))
async def check_booking(site: SlugPath, body: BookingCheck, bookings: TheBookings, actor: Reads) -> CheckRead:
    """Check a booking: conflicts, notes and approval; writes nothing."""
    return check_answer(await bookings.check(site, body.draft(), but=body.id, actor=actor))


@router.get("/bookings/{booking_id}", responses=described(BookingUnknown))
async def get_booking(booking_id: IdPath, bookings: TheBookings, actor: Reads, response: Response) -> BookingRead:
    """One booking."""
    return _tagged(booking_answer(await bookings.get(booking_id), actor), response)


@router.get("/bookings/{booking_id}/log", responses=described(BookingUnknown))
async def get_booking_log(booking_id: IdPath, bookings: TheBookings, actor: SeesLog) -> BookingLog:
    """Who did what to a booking, when and why."""
    return log_answer(*await bookings.log_entries(booking_id))


@router.patch("/bookings/{booking_id}", responses=_CHANGED | described(PreconditionFailed))
async def change_booking(
    booking_id: IdPath,
    body: BookingUpdate,
    bookings: TheBookings,
    actor: Books,
    response: Response,
    if_match: IfMatch = None,
) -> BookingRead:
    """Change or move a booking. Its code stays the same unless somebody else has it at a new door. What the site's
    rules would not confirm waits for approval again; what a manager changes does not."""
    version = _version(if_match)
    view = await bookings.change(booking_id, body.change(), if_match=version, actor=actor)
    return _tagged(booking_answer(view, actor), response)


@router.post("/bookings/{booking_id}/approve", responses=_JUDGED)
async def approve_booking(
    booking_id: IdPath, bookings: TheBookings, actor: Decides, response: Response, body: ApproveBody | None = None
) -> BookingRead:
    """Confirm a request; it has a door code at once. It is judged again, and a refusal names the conflicts. One that is
    confirmed already stays so."""
    asked = body or ApproveBody()
    view = await bookings.approve(booking_id, why=asked.reason, overrule=asked.overrule, actor=actor)
    return _tagged(booking_answer(view, actor), response)


@router.post("/bookings/{booking_id}/decline", responses=described(BookingUnknown, NotNow))
async def decline_booking(
    booking_id: IdPath, body: DeclineBody, bookings: TheBookings, actor: Decides, response: Response
) -> BookingRead:
    """Decline a request, with a reason; its time is free at once. Idempotent."""
    view = await bookings.decline(booking_id, why=body.reason, actor=actor)
    return _tagged(booking_answer(view, actor), response)


@router.post("/bookings/{booking_id}/finish", responses=described(BookingUnknown, NotNow))
async def finish_booking(booking_id: IdPath, bookings: TheBookings, actor: Books, response: Response) -> BookingRead:
    """End a running booking at the next full minute; the rest of its time is free for others and its code ends."""
    return _tagged(booking_answer(await bookings.finish(booking_id, actor=actor), actor), response)


@router.post("/bookings/{booking_id}/check-in", responses=described(BookingUnknown, NotNow))
async def check_in_booking(
    booking_id: IdPath, bookings: TheBookings, actor: ChecksIn, response: Response
) -> BookingRead:
    """Record that the people of a booking have arrived, for example from a tablet by the door. Idempotent."""
    return _tagged(booking_answer(await bookings.check_in(booking_id, actor=actor), actor), response)


@router.delete("/bookings/{booking_id}/check-in", responses=described(BookingUnknown, NotNow))
async def check_out_booking(
    booking_id: IdPath, bookings: TheBookings, actor: ChecksIn, response: Response
) -> BookingRead:
    """Undo a mistaken check-in. Arrivals at a door stay."""
    return _tagged(booking_answer(await bookings.check_out(booking_id, actor=actor), actor), response)


@router.post("/bookings/{booking_id}/cancel", responses=described(BookingUnknown, NotNow))
async def cancel_booking(
    booking_id: IdPath, bookings: TheBookings, actor: Books, response: Response, body: CancelBody | None = None
) -> BookingRead:
    """Cancel a booking. Idempotent. `on_door` says what its code may still open."""
    view = await bookings.cancel(booking_id, why=body.reason if body else "", actor=actor)
    return _tagged(booking_answer(view, actor), response)


@router.post("/bookings/{booking_id}/restore", responses=_JUDGED)
async def restore_booking(booking_id: IdPath, bookings: TheBookings, actor: Books, response: Response) -> BookingRead:
    """Undo a cancel, a decline or a release as long as the time is free and not over, an early finish while the time
    runs, an approval that was the last action, or a no-show. The booking gets its earlier status; if the user cannot
    decide, only as far as the rules would confirm it now."""
    return _tagged(booking_answer(await bookings.restore(booking_id, actor=actor), actor), response)


def _tagged(answer: BookingRead, response: Response) -> BookingRead:
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
