"""Moving a booking to another time or room, or for more or fewer people, by the link of who booked, without script: a
form, then what would come of it and what it costs, then the move itself. The dates of a series to come can go along to
another time."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from msgspec.structs import replace

from controller.billing.answers import summary
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import BookingChange, Draft
from controller.bookings.diary.site_config import SpaceAtSite
from controller.bookings.errors import LinkUnknown, Stale
from controller.bookings.rules.model import RuleReason
from controller.bookings.series.date_edits import EditScope, SeriesChange
from controller.bookings.series.model import DateEffect, DateStatus, Otherwise, SeriesDate, SeriesRequest, SeriesStale
from controller.hours.recurrence.shift_pattern import PatternChange
from controller.platform.key_files import LinkKind
from controller.platform.text import local_time, times
from controller.platform.web.fields import Moment, read_date
from controller.platform.web.problem import Problem, invalid_field
from controller.screens.door_pages.door_page import (
    STANDING,
    DoorPages,
    ThePages,
    Token,
    actor_of,
    draft_of,
    page_of,
    refuse_show,
    unknown,
)
from controller.screens.door_pages.plain_page import PlainPage, read_form, sentence, typed_day, why
from controller.screens.door_pages.words import gettext
from edge.wire.interval import Interval

_PAGE = PlainPage("move.html", "forms.css", referrer="no-referrer")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?", re.ASCII)
_DAY = timedelta(days=1)
_FIELDS = ("day", "from", "to", "people", "scope", "space", "layout")
_CALLED = {"day": "The day", "time": "Each time", "starts": "The start", "ends": "The end"}
_CALLED |= {"people": "The number of people", "space": "The room"}
_MOST_PEOPLE = 100_000
_FIT = 6
"""How many times and rooms are proposed."""
_SCOPES = {"following": EditScope.FROM_DATE, "all": EditScope.ALL}

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Where a booking is to go, on the site's wall, and for how many. ``scope``: "one", or which other dates go
    along."""

    starts: datetime
    ends: datetime
    space: str
    layout: str | None
    people: int | None
    scope: str = "one"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What a move would do. ``lines``: what becomes of which date, or why it cannot be. ``loses``: a confirmed one
    would wait for a decision. ``elsewhere``: the name of another room. ``proof``: all that the page said, for the check
    at the end."""

    possible: bool
    text: str
    lines: tuple[str, ...] = ()
    loses: bool = False
    elsewhere: str = ""
    price: str = ""
    instead: tuple[dict[str, str], ...] = ()

    @property
    def proof(self) -> str:
        return "\0".join((self.text, *self.lines, str(self.loses), self.price))


@router.api_route("/d/{token}/move", methods=["GET", "HEAD"])
async def show_form(pages: ThePages, token: str = Token) -> Response:
    """Where it is now, to be changed."""
    found = await _enter(pages, token)
    return found if isinstance(found, Response) else await _form(pages, found, token, _typed(found))


@router.post("/d/{token}/move")
async def move(pages: ThePages, request: Request, token: str = Token) -> Response:
    """What would come of it; and the move, if it is still so when that is wanted."""
    form = read_form(await request.body())
    found = await _enter(pages, token)
    if isinstance(found, Response):
        return found
    typed = _typed(found) | {name: form[name] for name in _FIELDS if name in form}
    given = form.get("check", "")
    try:
        asked = _read(found, typed, await pages.availability.rooms(found.booking.site))
        if given and _is_there(found, asked):
            return _moved(token, waits=not found.booking.certain)  # pressed twice
        outcome = await _look(pages, found, asked)
        check = pages.keys.confirmation(found.booking.id, found.booking.version, f"move\0{asked}\0{outcome.proof}")
        if not outcome.possible or not given:
            return await _form(pages, found, token, typed, outcome=outcome, check=check)
        if not hmac.compare_digest(check.encode(), given.encode(errors="replace")):
            notice = gettext("Nothing is moved yet: this has just changed. Look again before you move it.")
            return await _form(pages, found, token, typed, outcome=outcome, check=check, notice=notice)
        await _carry_out(pages, found, asked)
    except (Stale, SeriesStale):
        return await move(pages, request, token)  # as it is now
    except Problem as error:
        return await _form(pages, found, token, typed, status=422, notice=why(error, _CALLED))
    return _moved(token, waits=outcome.loses)


def _moved(token: str, *, waits: bool) -> Response:
    return RedirectResponse(f"../{token}?done={'waits' if waits else 'moved'}", 303)


async def _enter(pages: DoorPages, token: str) -> BookingView | Response:
    """The booking, where the link may move it and it can be moved; the page that says why not otherwise."""
    try:
        kind, view = await pages.bookings.by_link(token)
    except LinkUnknown:
        return unknown()
    if kind is LinkKind.SHOW:
        return refuse_show()
    if page_of(view) not in STANDING or view.offer is not None:
        return RedirectResponse(f"../{token}", 303)
    return view


def _typed(view: BookingView) -> dict[str, str]:
    starts, ends = _walls(view)
    booking = view.booking
    return {
        "day": f"{starts:%-d/%-m/%Y}",
        "from": f"{starts:%H:%M}",
        "to": f"{ends:%H:%M}",
        "people": "" if booking.people is None else str(booking.people),
        "scope": "one",
        "space": booking.space,
        "layout": booking.layout or "",
    }


def _walls(view: BookingView) -> tuple[datetime, datetime]:
    zone = view.place.site.tz
    return local_time.wall(view.booking.starts, zone), local_time.wall(view.booking.ends, zone)


def _is_there(view: BookingView, asked: Asked) -> bool:
    booking = view.booking
    now = (*_walls(view), booking.space, booking.people)
    return now == (asked.starts, asked.ends, asked.space, asked.people)


def _read(view: BookingView, typed: dict[str, str], rooms: Sequence[SpaceAtSite]) -> Asked:
    """What was typed. A booking of several days keeps their number. Raises ``Invalid``."""
    try:
        day = read_date(typed_day(typed["day"]))
    except ValueError:
        raise invalid_field("day", "must be written as 26/11/2026") from None
    begins, until = (_clock(day, typed[name]) for name in ("from", "to"))
    was_starts, was_ends = _walls(view)
    days = (was_ends - was_starts) // _DAY
    if begins == until and not days:
        raise invalid_field("ends", "must not be the start")
    ends = until + days * _DAY + (_DAY if until <= begins and not (days and until == begins) else timedelta())
    scope = typed["scope"] if typed["scope"] in _SCOPES and view.booking.series_id is not None else "one"
    booking, space, people = view.booking, typed["space"][:40], _people(typed["people"])
    if scope != "one":
        if (space, people) != (booking.space, booking.people):
            raise invalid_field("space", "and the number of people can be changed for one date at a time only")
        return Asked(
            starts=begins, ends=ends, space=booking.space, layout=booking.layout, people=booking.people, scope=scope
        )
    # A layout belongs to its room; one that has none of that name begins with its usual one.
    layout = typed["layout"][:40] or None
    has = space == booking.space or any(each.space.id == space and each.space.layout(layout) for each in rooms)
    layout = layout if has else None
    return Asked(starts=begins, ends=ends, space=space, layout=layout, people=people)


def _people(text: str) -> int | None:
    text = text.strip()
    if text and not (text.isascii() and text.isdigit() and 0 < int(text) <= _MOST_PEOPLE):
        raise invalid_field("people", "must be a whole number")
    return int(text) if text else None


def _clock(day: date, text: str) -> datetime:
    found = _CLOCK.fullmatch(text.strip())
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise invalid_field("time", "must be written as 18:00")
    return datetime(day.year, day.month, day.day, hour, minute)  # noqa: DTZ001  # the wall of the site


async def _look(pages: DoorPages, view: BookingView, asked: Asked) -> Outcome:
    """Raises ``Invalid`` and ``NotNow``."""
    if asked.scope != "one":
        return await _look_at_series(pages, view, asked)
    booking, actor = view.booking, actor_of(view.booking)
    draft = _draft(view, asked)
    if _is_there(view, asked):
        raise invalid_field("day", "or something else must be another: nothing is different yet")
    checked = await pages.bookings.check(booking.site, draft, but=booking.id, actor=actor)
    verdict, zone = checked.verdict, checked.site.tz
    during = Interval(start=draft.starts.resolve(zone, "starts"), end=draft.ends.resolve(zone, "ends"))
    elsewhere = "" if asked.space == booking.space else checked.place.space.name
    when = times.window(during, zone, now=view.now) + (f" in {elsewhere}" if elsewhere else "")
    when += f", for {asked.people} people" if asked.people not in (None, booking.people) else ""
    if not verdict.possible:
        found = await pages.availability.instead(
            booking.site, draft, but=booking.id, actor=actor, miles=None, limit=_FIT
        )
        lines = tuple(sentence(_said(each, view)) for each in verdict.refusals)
        instead = tuple(
            _proposal(each.candidate, each.text, each.approval) | {"people": str(asked.people or "")}
            for each in found.proposals
        )
        text = f"{when}: that cannot be."
        return Outcome(possible=False, text=text, lines=lines, elsewhere=elsewhere, instead=instead)
    _, [quoted], _ = await pages.billing.quote(booking.site, [draft], tier=None)
    quote = quoted.quote
    waits = verdict.needs_approval
    lines = tuple(sentence(each.text) for each in verdict.reasons) + tuple(map(sentence, checked.notes))
    return Outcome(
        possible=True,
        text=f"{when} is free." if waits else f"{when} is free, and confirmed at once.",
        lines=lines,
        loses=waits and booking.certain,
        elsewhere=elsewhere,
        price=summary(quote.total, quote.vat, quote.unset_us) if quote.total is not None else "",
    )


def _said(reason: RuleReason, view: BookingView) -> str:
    """Of other people's bookings only that they are there, if this one is no party's."""
    return "it is taken then" if reason.conflicts and view.booking.party is None else reason.text


def _proposal(candidate: Any, text: str, approval: str) -> dict[str, str]:
    starts, ends = (local_time.wall(each, candidate.zone) for each in (candidate.during.start, candidate.during.end))
    return {
        "day": f"{starts:%-d/%-m/%Y}",
        "from": f"{starts:%H:%M}",
        "to": f"{ends:%H:%M}",
        "space": candidate.fitting.place.space.id,
        "layout": candidate.fitting.layout or "",
        "text": f"{text}, once somebody has approved it" if approval else text,
    }


def _draft(view: BookingView, asked: Asked) -> Draft:
    return replace(
        draft_of(view.booking, starts=Moment(wall=asked.starts), ends=Moment(wall=asked.ends)),
        space=asked.space,
        layout=asked.layout,
        people=asked.people,
    )


async def _change(pages: DoorPages, view: BookingView, asked: Asked, *, check: bool) -> SeriesChange:
    """The change of the series that shifts its dates as this one goes."""
    booking = view.booking
    assert booking.series_id is not None, "only dates of a series have other scopes"
    series = (await pages.series.get(booking.series_id)).series
    scope = _SCOPES[asked.scope]
    was = datetime.fromisoformat(booking.occurrence) if booking.occurrence else _walls(view)[0]
    first = series.pattern.first_starts if scope is EditScope.ALL else was
    starts = first + (asked.starts - _walls(view)[0])
    return SeriesChange(
        scope=scope,
        from_date=was.date() if scope is EditScope.FROM_DATE else None,
        check=check,
        version=series.version,
        pattern=PatternChange(first_starts=starts, first_ends=starts + (asked.ends - asked.starts)),
        wanted=SeriesRequest(otherwise=Otherwise.KEEP, by_rules=True),
    )


async def _look_at_series(pages: DoorPages, view: BookingView, asked: Asked) -> Outcome:
    booking = view.booking
    change = await _change(pages, view, asked, check=True)
    edited = await pages.series.change(booking.series_id or "", change, actor=actor_of(booking))
    concerned = [each for each in edited.dates if each.before is not None and each.effect is not DateEffect.NOTHING]
    moved = [each for each in concerned if each.effect is DateEffect.CHANGE and each.during is not None]
    drafts = [
        draft_of(booking, starts=Moment(instant=each.during.start), ends=Moment(instant=each.during.end))
        for each in moved
        if each.during is not None
    ]
    price = ""
    if drafts:
        _, quoted, _ = await pages.billing.quote(booking.site, drafts, tier=None)
        totals = [each.quote.total for each in quoted if each.quote.total is not None]
        vat, unset = (sum(values) for values in zip(*((q.quote.vat, q.quote.unset_us) for q in quoted), strict=True))
        price = summary(sum(totals), vat, unset) if totals else ""
    number = len(moved)
    return Outcome(
        possible=bool(moved),
        text=f"{number} {'date moves' if number == 1 else 'dates move'}." if moved else "No date can move like this.",
        lines=tuple(_becomes(each, view) for each in concerned),
        loses=any(
            each.status is DateStatus.APPROVAL and each.before is not None and each.before.certain for each in moved
        ),
        price=price,
    )


def _becomes(each: SeriesDate, view: BookingView) -> str:
    zone, now = view.place.site.tz, view.now
    assert each.before is not None, "only what is booked already"
    if each.effect is DateEffect.CHANGE and each.during is not None:
        waits = ", once somebody has approved it" if each.status is DateStatus.APPROVAL else ""
        return f"{times.window(each.during, zone, now=now)}{waits}"
    if each.effect is DateEffect.CANCEL:
        return f"{times.window(each.before.during, zone, now=now)} is cancelled"
    text = "it is taken then" if each.verdict.conflicts and view.booking.party is None else each.text
    return f"{times.window(each.before.during, zone, now=now)} stays as it is: {text}"


async def _carry_out(pages: DoorPages, view: BookingView, asked: Asked) -> None:
    """Raises what the services raise."""
    booking, actor = view.booking, actor_of(view.booking)
    if asked.scope != "one":
        shifted = await _change(pages, view, asked, check=False)
        latest = (await pages.bookings.get(booking.id)).booking
        if latest.version != booking.version:  # or what another press has shifted is shifted again
            raise Stale(latest)
        await pages.series.change(booking.series_id or "", shifted, actor=actor)
        return
    change = BookingChange(
        space=asked.space,
        layout=asked.layout,
        people=asked.people,
        starts=Moment(wall=asked.starts),
        ends=Moment(wall=asked.ends),
        by_rules=True,
        version=booking.version,
    )
    await pages.bookings.change(booking.id, change, if_match=None, actor=actor)


async def _form(
    pages: DoorPages,
    view: BookingView,
    token: str,
    typed: dict[str, str],
    *,
    outcome: Outcome | None = None,
    check: str = "",
    status: int = 200,
    notice: str = "",
) -> HTMLResponse:
    rooms = [(each.space.id, _room_text(each)) for each in await pages.availability.rooms(view.booking.site)]
    here = view.place.space
    if here.id not in dict(rooms):  # one that takes no new bookings, or a place at a pool of desks
        rooms = [(here.id, here.name), *(() if here.pool_size else rooms)]
    return _PAGE.render(
        status,
        heading=gettext("Move %(booking)s", booking=view.booking.title),
        notice=notice,
        when=times.window(view.booking.during, view.place.site.tz, now=view.now),
        space=here.name,
        rooms=rooms,
        site=view.place.site.name,
        series=view.booking.series_id is not None,
        typed=typed,
        outcome=outcome,
        check=check,
        back=f"../{token}",
    )


def _room_text(place: SpaceAtSite) -> str:
    name, capacity = place.space.name, place.space.capacity
    return name if capacity is None else gettext("%(name)s, %(capacity)s people", name=name, capacity=capacity)
