"""A manager's morning as the API answers it."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import AfterValidator, Field

from controller.bookings.answers import booking_answer, request_page
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import BookingStatus
from controller.bookings.problem_reports.routes import ReportAnswer, report_answer
from controller.bookings.schemas import ImpactRead, OnDoor, RequestPage
from controller.notices.morning.model import DocumentHit, DoorDown, Morning
from controller.notices.morning.service import MOST
from controller.notices.schemas import CallRead
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.platform.text import local_time
from controller.platform.web.fields import Answer, Body, DateText, answer_of


class MorningBooking(Answer):
    """What a line about a booking needs of it, as the user may see it; its fields are those of a booking.
    ``changed_by``: who changed it last; empty for users who may not see its log."""

    id: str
    space: str
    space_name: str
    title: str
    party: str | None
    party_name: str | None
    contact_name: str
    contact_phone: str
    contact_email: str
    people: int | None
    starts: str
    ends: str
    status: BookingStatus
    why: str
    series: str | None
    warned_at: str | None
    release_at: str | None
    kept: str
    on_door: OnDoor
    affected_by: list[ImpactRead]
    actor: str
    changed_by: str
    created_at: str
    changed_at: str
    version: int
    actions: list[str]


class MorningDoor(Answer):
    """A door that is known not to work, or is out of service: what is wrong (``text``) and what to do (``hint``).
    ``bookings``: the next ones in these days that pass through it, of a door out of service those that have no other
    way in; ``more``: how many follow them."""

    door: str
    text: str
    hint: str
    bookings: list[MorningBooking]
    more: int


class MorningDocument(Answer):
    """A document that its party has not, or no longer has, at its next ``bookings`` in these days; ``more``: how many
    follow them. ``until``: its last day; null where there is none. ``holds``: whether new bookings wait because of
    it. ``contact_name``, ``contact_phone``, ``contact_email``: whom to ask for it."""

    party: str
    party_name: str
    kind: str
    name: str
    until: DateText | None
    lapsed: bool
    holds: bool
    contact_name: str
    contact_phone: str
    contact_email: str
    bookings: list[MorningBooking]
    more: int


class MorningAnswer(Answer):
    """A manager's start of the day. ``since``: from when on changes are shown; ``until``: up to when bookings are
    looked through for doors and documents. ``requests``: what waits for approval. ``late``: running, and nobody has
    come, as far as its doors report. ``unready``: today's whose code is not on its doors although they are online.
    ``affected``: nobody has decided yet whether they go ahead. ``calls``: whom to ring. ``problems``: reported, and not
    done. ``new``, ``moved``, ``cancelled``: what stands so since then; ``unused``: released, or over and nobody came.
    ``next``: the next booking in these days. At most 200 of each. ``seen``: the keys that the reader has marked."""

    now: str
    since: str
    until: str
    requests: RequestPage
    late: list[MorningBooking]
    unready: list[MorningBooking]
    affected: list[MorningBooking]
    doors: list[MorningDoor]
    documents: list[MorningDocument]
    calls: list[CallRead]
    problems: list[ReportAnswer]
    new: list[MorningBooking]
    moved: list[MorningBooking]
    cancelled: list[MorningBooking]
    unused: list[MorningBooking]
    next: MorningBooking | None
    seen: list[str]


def _fits_index(key: str) -> str:
    if len(key.encode()) > _LONGEST_KEY:
        raise ValueError(f"has more than {_LONGEST_KEY} bytes")
    return key


_LONGEST_KEY = 2000
"""Bytes; an index of PostgreSQL takes some 2,700 of a row."""
SeenKey = Annotated[str, Field(max_length=1000, pattern=r"^[^\x00-\x1f\x7f]+$"), AfterValidator(_fits_index)]


class SeenBody(Body):
    """``keys``: the page's own names of what it shows, at most 1,000 characters. ``seen``: False shows them again."""

    keys: Annotated[list[SeenKey], Field(max_length=1000)]
    seen: bool = True


def morning_answer(found: Morning, actor: Actor) -> MorningAnswer:
    zone = found.site_config.site.tz

    def lines(views: Sequence[BookingView]) -> list[MorningBooking]:
        return [_line(view, actor) for view in views]

    def door(each: DoorDown) -> MorningDoor:
        return MorningDoor(
            door=each.door, text=each.text, hint=each.hint, bookings=lines(each.bookings), more=each.more
        )

    def document(each: DocumentHit) -> MorningDocument:
        its, party = each.document, each.document.party
        reachable = may(actor, Action.CONTACT, Thing(site=found.site_config.site.id, party=party.id))
        return answer_of(
            MorningDocument,
            its,
            party=party.id,
            party_name=party.name,
            contact_name=party.contact_name if reachable else "",
            contact_phone=party.contact_phone if reachable else "",
            contact_email=party.contact_email if reachable else "",
            bookings=lines(each.bookings),
            more=each.more,
        )

    return MorningAnswer(
        now=local_time.rfc3339(found.now, zone),
        since=local_time.rfc3339(found.since, zone),
        until=local_time.rfc3339(found.until, zone),
        requests=request_page(found.requests, actor, limit=MOST),
        late=lines(found.late),
        unready=lines(found.unready),
        affected=lines(found.affected),
        doors=[door(each) for each in found.doors],
        documents=[document(each) for each in found.documents],
        problems=[report_answer(each, zone) for each in found.problems],
        calls=[answer_of(CallRead, each, zone) for each in found.calls],
        new=lines(found.new),
        moved=lines(found.moved),
        cancelled=lines(found.cancelled),
        unused=lines(found.unused),
        next=_line(found.next, actor) if found.next else None,
        seen=list(found.seen),
    )


def _line(view: BookingView, actor: Actor) -> MorningBooking:
    booking = view.booking
    logged = may(actor, Action.LOG, Thing(site=booking.site, party=booking.party))
    changed_by = booking.changed_by if logged else ""
    return answer_of(MorningBooking, booking_answer(view, actor), changed_by=changed_by)
