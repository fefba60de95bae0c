"""What bookings answer. Times carry the site's offset."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from controller.access.code_status import CodeState, CodeStatus, lingering_texts
from controller.access.codes import masked
from controller.bookings.errors import conflicts, reason_bodies
from controller.bookings.lifecycle import BookingAction, possible
from controller.bookings.messages import message
from controller.bookings.service import CheckedRequest, Request
from controller.bookings.writer import BookingView
from controller.diary.model import BookingState, BookingStatus, Cause, Impact, LogEntry
from controller.estate.model import Site, SpaceKind
from controller.people.model import Actor, Role, Tier
from controller.people.permissions import Seen, Thing, redacted, seen
from controller.rules.model import OVERRULED, seats_of
from controller.text import local_time
from controller.waitlist.model import Wait
from controller.web.fields import Answer
from controller.web.problem import Conflict, ReasonBody


class CodeWindow(Answer):
    """When the code opens: the booking with its lead-in and lag."""

    starts: str
    ends: str


class OnOneDoor(Answer):
    door: str
    name: str
    state: CodeState
    since: str | None
    text: str


class OnDoor(Answer):
    """``state``: ``on`` every door; ``later`` where it is not due yet; ``waiting`` or ``unreachable`` while one has not
    got it; ``removing`` while one may still open to a code that should be off; ``gone``; ``none`` where there is no
    door."""

    state: CodeState
    text: str
    doors: list[OnOneDoor]


class DoorCode(Answer):
    """A code with the names of the doors that it opens."""

    code: str
    doors: list[str]


class OfflineCodeAnswer(Answer):
    """A code that a door checks by itself, since it is out of reach."""

    door: str
    name: str
    code: str
    starts: str
    ends: str
    text: str


class OfferAnswer(Answer):
    """``wait``: the place in the waiting list that it is offered to, and that accepts or declines it by ``until``."""

    wait: str
    until: str


class ImpactAnswer(Answer):
    """What a change did to a booking. ``cause``: ``closed`` by a closure or the space's own hours, ``mode`` where the
    building is less open than it was to be, ``term`` where its series keeps to school terms and it lies outside them,
    ``policy`` where it goes beyond a window or a quota, ``building`` where the space has changed. ``kept_at``: since
    when it is decided that the booking goes ahead all the same; null while nobody has decided."""

    cause: Cause
    text: str
    at: str
    actor: str
    kept_at: str | None
    kept_by: str | None


class BookingAnswer(Answer):
    """``status``: its status, ``why``: the reason if it is not confirmed, ``held_until``: when a hold expires.
    ``offer``: of a hold that is on offer to somebody who waited for its time; null once it is answered, and for any
    other booking. ``warned_at``: when its people were warned that nobody has come; ``release_at``: when it is released
    if nobody arrives; ``kept``: why it has not been released although that time is over, not yet or, where
    ``release_at`` is null, never. ``setup_starts`` and ``cleardown_ends``: the booking with set-up and clear-down.
    ``ends_before``: its end before it was finished early. ``contact_name``, ``contact_phone``, ``contact_email``: its
    own, or else its party's. ``code``: of a confirmed one; where doors have their own, that of the first door, and
    ``codes`` has all. ``offline_codes``: for doors that are out of reach. Codes are shown in the answer that creates
    them and masked afterwards, as in ``48••••``; ``POST /bookings/{id}/code`` shows them. ``still_opens``: what its own
    code still opens and should not. ``lingering``: what other bookings' old codes still open during this one.
    ``message``: a text to send, whose codes are masked too unless the booking is the user's own. ``link``: its door
    page, a secret. ``diary``: whose outside diary it comes from; empty for any other booking. ``affected_by``: changes
    that were made in spite of it, and how they affect it. ``actions``: what the user can do now."""

    id: str
    site: str
    site_name: str
    space: str
    space_name: str
    title: str
    contact_name: str
    contact_phone: str
    contact_email: str
    key_holder: str
    under_16s: bool
    public: bool
    notes: str
    people: int | None
    party: str | None
    party_name: str | None
    party_tier: Tier | None
    layout: str | None
    layout_name: str | None
    seats: int | None
    equipment: dict[str, int]
    setup_min: int | None
    cleardown_min: int | None
    overruled: bool
    starts: str
    ends: str
    setup_starts: str
    cleardown_ends: str
    ends_before: str | None
    status: BookingStatus
    why: str
    held_until: str | None
    offer: OfferAnswer | None
    warned_at: str | None
    release_at: str | None
    kept: str
    series: str | None
    diary: str
    affected_by: list[ImpactAnswer]
    code: str | None
    codes: list[DoorCode]
    offline_codes: list[OfflineCodeAnswer]
    code_window: CodeWindow
    on_door: OnDoor
    still_opens: list[str]
    lingering: list[str]
    arrived_at: str | None
    arrived_how: str
    counted_in: int
    link: str
    message: str
    actor: str
    created_at: str
    changed_at: str
    cancelled_at: str | None
    version: int
    actions: list[BookingAction]


class BookingList(Answer):
    items: list[BookingAnswer]


class RequestAnswer(BookingAnswer):
    """A booking that waits for approval. ``reasons``: what prevents approving it now; empty for users who cannot
    decide. ``approve`` is among the ``actions`` only where it is possible, if necessary by overruling a buffer."""

    reasons: list[ReasonBody]


class RequestPage(Answer):
    """``next``: give it as ``after`` for the page behind; null on the last."""

    items: list[RequestAnswer]
    next: str | None


class ToldAnswer(Answer):
    """``what``: book, change, move, approve, decline, cancel, restore, finish, check in, check out, expire, warn,
    release, no-show and the like. ``why`` is empty where nobody said."""

    at: str
    actor: str
    what: str
    why: str


class BookingLogAnswer(Answer):
    """Oldest first."""

    items: list[ToldAnswer]


class CheckAnswer(Answer):
    """``free``: it can be booked; ``needs_approval``: and then waits for a manager. ``reasons``: all that refuses it,
    or for which it needs approval. ``conflicts``: the bookings among them. ``lingering`` and ``notes`` refuse nothing;
    they are worth knowing."""

    free: bool
    needs_approval: bool
    reasons: list[ReasonBody]
    conflicts: list[Conflict]
    lingering: list[str]
    notes: list[str]


def booking_list(views: Sequence[BookingView], actor: Actor) -> BookingList:
    """Bookings as the actor may see them; a booker does not get other people's bookings that hold no time."""
    return BookingList(
        items=[
            booking_answer(view, actor)
            for view in views
            if view.booking.status(view.now) in _TAKING or _seen(view, actor) is not Seen.TAKEN
        ]
    )


def request_page(requests: Sequence[Request], actor: Actor, *, limit: int) -> RequestPage:
    """``requests``: one more than ``limit`` where there are more."""
    shown = requests[:limit]
    last = shown[-1].view.booking if len(requests) > limit else None
    return RequestPage(
        items=[
            RequestAnswer(
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


def booking_answer(view: BookingView, actor: Actor, *, drawn: bool = False) -> BookingAnswer:
    """A booking as the actor may see it. ``drawn``: its codes were created for the actor just now, and are shown this
    once; otherwise they are masked, except in the message of a booker's own booking."""
    how_much = _seen(view, actor)
    answer = redacted(_whole(view, actor, drawn=drawn), how_much)
    return answer if how_much is not Seen.TAKEN else _taken(answer, view)


def _taken(answer: BookingAnswer, view: BookingView) -> BookingAnswer:
    """Without what tells whether its people came, and when they came or left. Of a pool it is told how many places are
    taken, since what is left depends on it, and not for how many people."""
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


def _seen(view: BookingView, actor: Actor) -> Seen:
    return seen(actor, Thing(site=view.booking.site, party=view.booking.party))


_AS_BOOKED = frozenset({BookingStatus.ARRIVED, BookingStatus.FINISHED, BookingStatus.NO_SHOW})
_NO_DOOR = OnDoor(state=CodeState.NONE, text="", doors=[])
_TAKING = frozenset(
    {BookingStatus.HELD, BookingStatus.CONFIRMED, BookingStatus.ARRIVED, BookingStatus.FINISHED, BookingStatus.NO_SHOW}
)


def _whole(view: BookingView, actor: Actor, *, drawn: bool) -> BookingAnswer:
    shown = str if drawn else masked
    booking, zone = view.booking, view.place.site.tz
    offered = view.offer is not None and booking.status(view.now) is BookingStatus.HELD
    party, layout, held = view.party, view.place.space.layout(booking.layout), view.held
    return BookingAnswer(
        id=booking.id,
        site=booking.site,
        site_name=view.place.site.name,
        space=booking.space,
        space_name=view.place.space.name,
        title=booking.title,
        contact_name=booking.contact_name or (party.contact_name if party else ""),
        contact_phone=booking.contact_phone or (party.contact_phone if party else ""),
        contact_email=booking.contact_email or (party.contact_email if party else ""),
        key_holder=booking.key_holder,
        under_16s=booking.under_16s,
        public=booking.public,
        notes=booking.notes,
        people=booking.people,
        party=booking.party,
        party_name=party.name if party else None,
        party_tier=party.tier if party else None,
        layout=booking.layout,
        layout_name=layout.name if layout else None,
        seats=booking.seats,
        equipment={need.equipment: need.count for need in booking.equipment},
        setup_min=booking.setup_min,
        cleardown_min=booking.cleardown_min,
        overruled=booking.overruled,
        starts=local_time.rfc3339(booking.starts, zone),
        ends=local_time.rfc3339(booking.ends, zone),
        setup_starts=local_time.rfc3339(held.start, zone),
        cleardown_ends=local_time.rfc3339(held.end, zone),
        ends_before=_maybe(booking.ends_before, zone),
        status=booking.status(view.now),
        why=view.why,
        held_until=_maybe(booking.held_until, zone) if booking.state is BookingState.HELD else None,
        offer=_offer(view.offer, zone) if view.offer and offered else None,
        warned_at=_maybe(booking.release_warned_at, zone),
        release_at=_maybe(view.release_at, zone),
        kept=view.kept,
        series=booking.series_id,
        diary=booking.diary,
        affected_by=[_impact(each, zone) for each in view.impacts],
        code=view.code and shown(view.code),
        codes=[DoorCode(code=shown(code), doors=list(doors)) for code, doors in view.codes_by_doors],
        offline_codes=[
            OfflineCodeAnswer(
                door=each.door,
                name=each.name,
                code=shown(each.digits),
                starts=local_time.rfc3339(each.window.start, zone),
                ends=local_time.rfc3339(each.window.end, zone),
                text=each.text,
            )
            for each in view.offline
        ],
        code_window=CodeWindow(
            starts=local_time.rfc3339(view.code_window.start, zone), ends=local_time.rfc3339(view.code_window.end, zone)
        ),
        on_door=_on_door(view.standing, zone),
        still_opens=list(view.standing.still_opens),
        lingering=list(
            lingering_texts(
                view.lingering,
                doors=view.place.space.doors,
                window=view.code_window,
                zone=zone,
                now=view.now,
                actor=actor,
            )
        ),
        arrived_at=_maybe(booking.arrived_at, zone),
        arrived_how=booking.arrived_how,
        counted_in=booking.counted_in,
        link=view.link,
        message=message(view, clear=drawn or actor.role is Role.BOOKER),
        actor=booking.created_by,
        created_at=local_time.rfc3339(booking.created_at, zone),
        changed_at=local_time.rfc3339(booking.changed_at, zone),
        cancelled_at=_maybe(booking.state_at if booking.state is BookingState.CANCELLED else None, zone),
        version=booking.version,
        actions=list(possible(booking, actor, view.now, opens_at=view.code_window.start, offered=offered)),
    )


def _on_door(standing: CodeStatus, zone: ZoneInfo) -> OnDoor:
    doors = [
        OnOneDoor(door=each.door, name=each.name, state=each.state, since=_maybe(each.since, zone), text=each.text)
        for each in standing.doors
    ]
    return OnDoor(state=standing.state, text=standing.text, doors=doors)


def _impact(impact: Impact, zone: ZoneInfo) -> ImpactAnswer:
    return ImpactAnswer(
        cause=impact.cause,
        text=impact.text,
        at=local_time.rfc3339(impact.at, zone),
        actor=impact.actor,
        kept_at=_maybe(impact.kept_at, zone),
        kept_by=impact.kept_by,
    )


def _offer(wait: Wait, zone: ZoneInfo) -> OfferAnswer:
    assert wait.offered_until is not None
    return OfferAnswer(wait=wait.id, until=local_time.rfc3339(wait.offered_until, zone))


def _maybe(moment: datetime | None, zone: ZoneInfo) -> str | None:
    return None if moment is None else local_time.rfc3339(moment, zone)


def log_answer(site: Site, log_entries: Sequence[LogEntry]) -> BookingLogAnswer:
    return BookingLogAnswer(
        items=[
            ToldAnswer(at=local_time.rfc3339(each.at, site.tz), actor=each.actor, what=each.what, why=each.why)
            for each in log_entries
        ]
    )


def check_answer(checked: CheckedRequest) -> CheckAnswer:
    return CheckAnswer(
        free=checked.verdict.possible,
        needs_approval=checked.verdict.needs_approval,
        reasons=reason_bodies(checked.verdict.reasons, checked.site.tz),
        conflicts=conflicts(checked.verdict.conflicts, checked.site.tz),
        lingering=list(checked.lingering),
        notes=list(checked.notes),
    )
