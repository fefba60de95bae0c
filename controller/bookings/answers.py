"""Bookings as the user may see them, and the message for the person who booked. Pure."""

from collections.abc import Sequence

from controller.access.code_generation import masked, spoken
from controller.access.code_status import CodeState, lingering_texts
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import BookingState, BookingStatus, LogEntry, closed_text
from controller.bookings.errors import conflicts, reason_bodies
from controller.bookings.lifecycle import BookingAction, possible
from controller.bookings.listing import Request
from controller.bookings.rules.model import OVERRULED, seats_of
from controller.bookings.schemas import (
    BookingList,
    BookingLog,
    BookingPage,
    BookingRead,
    CheckRead,
    LogEntryRead,
    OnDoor,
    OwnBookingPage,
    OwnBookingRead,
    RequestPage,
    RequestRead,
)
from controller.bookings.service import CheckedRequest
from controller.estate.model import Site, SpaceKind
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, is_own, may
from controller.people.redaction import REQUESTED, reads_requests, redacted
from controller.platform.text import times
from controller.platform.web.fields import answer_of, page_of


def booking_list(views: Sequence[BookingView], actor: Actor) -> BookingList:
    """Bookings as the actor may see them; bookings that hold no time only with their details."""
    return BookingList(
        items=[
            booking_answer(view, actor)
            for view in views
            if view.booking.status(view.now) in _TAKING or may(actor, Action.DETAILS, _thing(view))
        ]
    )


def booking_page(views: Sequence[BookingView], actor: Actor, *, limit: int) -> BookingPage:
    """``views``: of which the actor may see the details, one more than ``limit`` where there are more."""
    return page_of(
        BookingPage, views, limit, lambda each: booking_answer(each, actor), key=lambda each: each.booking.id
    )


def own_booking_page(views: Sequence[BookingView], actor: Actor, *, limit: int) -> OwnBookingPage:
    """``views``: of the actor's own parties, one more than ``limit`` where there are more."""

    def answer(view: BookingView) -> OwnBookingRead:
        clear = is_own(actor, Action.CODE, _thing(view))
        shown = booking_answer(view, actor, drawn=clear).model_dump()
        return OwnBookingRead(**shown, step_free=view.place.space.step_free)

    return page_of(OwnBookingPage, views, limit, answer, key=lambda each: each.booking.id)


def request_page(requests: Sequence[Request], actor: Actor, *, limit: int) -> RequestPage:
    """``requests``: one more than ``limit`` where there are more."""
    shown = requests[:limit]
    last = shown[-1].view.booking if len(requests) > limit else None
    return RequestPage(
        items=[
            RequestRead(
                **answer.model_dump(exclude={"actions"}),
                actions=[act for act in answer.actions if act is not BookingAction.APPROVE or _approvable(each)],
                reasons=reason_bodies(each.refusals, each.view.place.site.tz),
            )
            for each in shown
            for answer in (booking_answer(each.view, actor),)
        ],
        next=last.id if last else None,
    )


def _approvable(request: Request) -> bool:
    """Whether a manager can confirm it now, if necessary by overruling a buffer."""
    return all(each.why in OVERRULED for each in request.refusals)


def booking_answer(view: BookingView, actor: Actor, *, drawn: bool = False) -> BookingRead:
    """A booking as the actor may see it. ``drawn``: its codes were created for the actor just now, and are shown this
    once; otherwise they are masked, except in the message of a booking of the actor's own party."""
    thing = _thing(view)
    answer = redacted(_whole(view, actor, drawn=drawn), actor, thing)
    if not may(actor, Action.DETAILS, thing):
        return _taken(answer, view)
    if view.booking.never_confirmed and not reads_requests(actor, thing):
        return answer.model_copy(update={"title": REQUESTED, "party_name": None})
    return answer


def _taken(answer: BookingRead, view: BookingView) -> BookingRead:
    """Without arrival data: whether and when people came or left. Of a pool it shows how many places are taken, but
    not for how many people."""
    status = BookingStatus.CONFIRMED if answer.status in _AS_BOOKED else answer.status
    pool = view.place.space.kind is SpaceKind.POOL
    return answer.model_copy(
        update={
            "on_door": _NO_DOOR,
            "status": status,
            "version": 1,
            "changed_at": answer.created_at,
            "seats": seats_of(seats=view.booking.seats, people=view.booking.people) if pool else None,
        }
    )


def _thing(view: BookingView) -> Thing:
    return Thing(site=view.booking.site, party=view.booking.party)


_AS_BOOKED = frozenset({BookingStatus.ARRIVED, BookingStatus.FINISHED, BookingStatus.NO_SHOW})
_NO_DOOR = OnDoor(state=CodeState.NONE, text="", doors=[])
_TAKING = frozenset(
    {BookingStatus.HELD, BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.FINISHED, BookingStatus.NO_SHOW}
)


def _whole(view: BookingView, actor: Actor, *, drawn: bool) -> BookingRead:
    shown = str if drawn else masked
    booking, zone = view.booking, view.place.site.tz
    offered = view.offer is not None and booking.status(view.now) is BookingStatus.HELD
    party, layout, held = view.party, view.place.space.layout(booking.layout), view.held
    return answer_of(
        BookingRead,
        booking,
        zone,
        site_name=view.place.site.name,
        space_name=view.place.space.name,
        contact_name=booking.contact_name or (party.contact_name if party else ""),
        contact_phone=booking.contact_phone or (party.contact_phone if party else ""),
        contact_email=booking.contact_email or (party.contact_email if party else ""),
        party_name=party.name if party else None,
        party_tier=party.tier if party else None,
        layout_name=layout.name if layout else None,
        equipment={need.equipment: need.count for need in booking.equipment},
        setup_starts=held.start,
        cleardown_ends=held.end,
        status=booking.status(view.now),
        why=view.why,
        held_until=booking.held_until if booking.state is BookingState.HELD else None,
        offer={"wait": view.offer.id, "until": view.offer.offered_until} if view.offer and offered else None,
        warned_at=booking.release_warned_at,
        release_at=view.release_at,
        kept=view.kept,
        series=booking.series_id,
        affected_by=view.impacts,
        code=view.code and shown(view.code),
        codes=[{"code": shown(code), "doors": doors} for code, doors in view.codes_by_doors],
        offline_codes=[
            {
                "door": each.door,
                "name": each.name,
                "code": shown(each.digits),
                "starts": each.window.start,
                "ends": each.window.end,
                "text": each.text,
            }
            for each in view.offline
        ],
        code_window={"starts": view.code_window.start, "ends": view.code_window.end},
        on_door=view.code_status,
        still_opens=view.code_status.still_opens,
        lingering=lingering_texts(
            view.lingering,
            doors=view.place.space.doors,
            window=view.code_window,
            zone=zone,
            now=view.now,
            actor=actor,
        ),
        link=view.link,
        show_link=view.show_link,
        message=message(
            view,
            clear=drawn or is_own(actor, Action.CODE, _thing(view)),
            manage=may(actor, Action.BOOK, _thing(view)),
        ),
        actor=booking.created_by,
        cancelled_at=booking.state_at if booking.state is BookingState.CANCELLED else None,
        actions=possible(booking, actor, view.now, opens_at=view.code_window.start, offered=offered),
    )


def log_answer(site: Site, log_entries: Sequence[LogEntry]) -> BookingLog:
    return BookingLog(items=[answer_of(LogEntryRead, each, site.tz, reason=each.why) for each in log_entries])


def check_answer(checked: CheckedRequest) -> CheckRead:
    return CheckRead(
        free=checked.verdict.possible,
        needs_approval=checked.verdict.needs_approval,
        reasons=reason_bodies(checked.verdict.reasons, checked.site.tz),
        conflicts=conflicts(checked.verdict.conflicts, checked.site.tz),
        lingering=list(checked.lingering),
        notes=list(checked.notes),
    )


_ENDED = {
    BookingStatus.CANCELLED: "This booking is cancelled.",
    BookingStatus.FINISHED: "This booking is over.",
    BookingStatus.NO_SHOW: "This booking is over.",
    BookingStatus.EXPIRED: "Nobody decided on this request in time, so the time is no longer kept for you. "
    "Ask again, or ring us.",
    BookingStatus.RELEASED: "Cancelled, because nobody had arrived. Ring us if you are on your way.",
}

LAPSED = "This time was offered to you, and nobody accepted it in time. Ask again, or ring us."
"""The text for an offer that has expired."""


def message(view: BookingView, *, clear: bool, manage: bool) -> str:
    """The message to send: what, when, its status, the code with its window, the link, whom to ring. ``clear``: with
    the digits, as it is sent; otherwise with masked ones. ``manage``: with the link by which it can be cancelled."""
    shown = spoken if clear else masked
    booking, site, zone = view.booking, view.place.site, view.place.site.tz
    when = times.window(booking.during, zone, now=view.now)
    lines = [f"{booking.title}: {view.place.space.name}, {site.name}, {when}."]
    lines += [text for text in (closed_text(view.impacts),) if text]
    status = booking.status(view.now)
    if status is BookingStatus.HELD and view.offer is not None:
        lines.append(waiting(view))
    elif status in (BookingStatus.REQUESTED, BookingStatus.HELD):
        lines.append(f"Not confirmed yet. {waiting(view)}")
    elif status is BookingStatus.DECLINED:
        lines.append("This request was declined" + (f": {view.why.rstrip('.')}." if view.why else "."))
    elif status in _ENDED:
        lines.append(LAPSED if view.offer is not None else _ENDED[status])
    elif view.code is not None:
        lines += [
            f"Door code: {shown(code)} for {times.listed(doors)}, {code_times(view)}."
            for code, doors in view.codes_by_doors
        ]
        if (changed_at := changed(view)) is not None:
            lines.append(f"The code was changed at {changed_at}; forget the one you had before.")
        lines += [f"Offline code: {shown(each.digits)} {each.text}." for each in view.offline]
    lines += [text for text in (given_back(view),) if text]
    if manage:
        lines.append(f"See it or cancel it: {view.link}")
    if view.code is not None:
        lines.append(f"To pass on to those who come: {view.show_link}")
    if site.phone:
        lines.append(f"If a door does not open, ring {site.phone}.")
    return "\n".join(lines)


def changed(view: BookingView) -> str | None:
    """When the codes replaced earlier ones, so that the person who booked must be informed; ``None``: they are the
    first."""
    at = view.codes.changed_at if view.codes is not None else None
    return None if at is None else times.at(at, view.place.site.tz, now=view.now)


def waiting(view: BookingView) -> str:
    """The notice while nobody has decided on a request, or its owner has not answered an offer."""
    booking = view.booking
    if booking.held_until is None:
        return "The time is not kept for you until it is confirmed."
    until = times.at(booking.held_until, view.place.site.tz, now=view.now)
    if view.offer is not None:
        return (
            f"This time, which you waited for, is offered to you until {until}: accept or decline it by then. "
            "After that it goes to the next on the waiting list."
        )
    return f"The time is kept for you until {until}, while somebody decides."


def given_back(view: BookingView) -> str:
    """The notice of what happens if nobody comes; empty where the room is kept."""
    if view.release_at is None or view.kept:
        return ""
    at = times.at(view.release_at, view.place.site.tz, now=view.booking.starts)
    if view.booking.release_warned_at is None:
        return f"Cancelled if nobody arrives by {at}."
    return f"Nobody has arrived yet. Cancelled if nobody arrives by {at}."


def code_times(view: BookingView) -> str:
    """“from 17:45 to 20:15”: when the code opens; a day is named if it is not the booking's."""
    zone, start = view.place.site.tz, view.booking.starts
    window = view.code_window
    return f"from {times.at(window.start, zone, now=start)} to {times.at(window.end, zone, now=start)}"
