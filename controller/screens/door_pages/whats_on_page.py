"""What's on, for everybody: plain pages of one site or of all, a small one for other websites to frame, and calendars.

They are the same for every reader, work without script and cookie, and hold public bookings only: title, kind, time,
place, the organiser if it is not a person, and what was written about it for the public.
"""

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.responses import HTMLResponse

from controller.bookings.diary.model import EventKind
from controller.bookings.diary.policy_repository import shown_sites
from controller.bookings.writer import BookingWriter
from controller.calendars.ics_writer import MEDIA_TYPE, CalendarEntry, calendar, etag, tagged
from controller.calendars.public_cache import KEPT_S, PublicCache
from controller.calendars.public_events import PublicEventRow, TakenTime, public_events, taken_times
from controller.calendars.subscriptions.booking_event import uid
from controller.calendars.whats_on import AHEAD, BACK, shown_site
from controller.db.engine import Database
from controller.estate.errors import SiteUnknown
from controller.estate.model import Site
from controller.estate.repository import list_sites, site_zones
from controller.hours.public_words import closures_ahead, open_days, open_now
from controller.occupancy.desks import Readers, free_desks
from controller.people.sign_in_throttle import network_of
from controller.platform.settings import Settings
from controller.platform.text import local_time
from controller.platform.web.problem import TooMany
from controller.platform.web.services import service
from controller.screens.door_pages.plain_page import PlainPage
from controller.screens.door_pages.whats_on_view import (
    day_text,
    desks_now,
    facts,
    kinds_of,
    shown_days,
    window,
    within_hours,
)
from controller.screens.door_pages.words import gettext, marked
from controller.telemetry.usual_footfall import usually
from edge.wire.clock import Clock
from edge.wire.interval import Interval

_PAGE = PlainPage("whats_on.html", "whats_on.css", title=marked("What’s on"), public=True)
_EMBED = PlainPage("whats_on_embed.html", "whats_on.css", title=marked("What’s on"), public=True, framed=True)
_STATEMENT = PlainPage("accessibility.html", title=marked("How accessible these pages are"), public=True)
SHOWN_DAYS = 14
_EMBED_DAYS = 28
_EMBED_EVENTS = 12
_DAY = timedelta(days=1)
_MOST_SITES = 100
"""Buildings that are listed by name."""
_LATER = 20
"""Events that are looked at to find the next one; those that began before are among them."""
_LONGEST_ID = 40
REFRESH = timedelta(hours=1)
"""How often programs should ask for a calendar again."""

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class PublicPages:
    """What the pages use, and what was asked for. ``from_``: the first day to show."""

    database: Annotated[Database, service(Database)]
    request: Request
    clock: Annotated[Clock, service(Clock)]
    cache: Annotated[PublicCache, service(PublicCache)]
    writer: Annotated[BookingWriter, service(BookingWriter)]
    settings: Annotated[Settings, service(Settings)]
    kind: Annotated[str, Query(max_length=20)] = ""
    from_: Annotated[str, Query(alias="from", max_length=10)] = ""
    if_none_match: Annotated[str | None, Header(max_length=1000)] = None
    accept_encoding: Annotated[str, Header(max_length=1000)] = ""

    @property
    def wanted(self) -> EventKind | None:
        return EventKind(self.kind) if self.kind in list(EventKind) else None

    @property
    def asked(self) -> date | None:
        today = self.clock.now().date()
        try:
            found = date.fromisoformat(self.from_)
        except ValueError:
            return None
        return min(max(found, today - _DAY), today + AHEAD + _DAY)  # few days, so that few pages are to be kept

    def first_day(self, today: date) -> date:
        """The first day to show: today, or a later one within a year."""
        return min(max(self.asked or today, today), today + AHEAD)


class _Pdf(Response):
    media_type = "application/pdf"


ThePages = Annotated[PublicPages, Depends()]
Make = Callable[[PublicPages, str], Awaitable[bytes]]


@router.api_route("/whats-on", methods=["GET", "HEAD"])
async def show_all(pages: ThePages) -> Response:
    """What's on at all sites."""
    return await _html(pages, "", _PAGE, _all_page)


@router.api_route("/whats-on.ics", methods=["GET", "HEAD"])
async def all_events(pages: ThePages) -> Response:
    """The calendar of all sites (RFC 5545)."""
    return await _ics(pages, "")


@router.api_route("/whats-on/{site}.ics", methods=["GET", "HEAD"])
async def site_events(pages: ThePages, site: str) -> Response:
    """The calendar of a site."""
    return await _ics(pages, site)


@router.api_route("/whats-on/{site}", methods=["GET", "HEAD"])
async def show_site(pages: ThePages, site: str) -> Response:
    """What's on at a site, whether it is open, and how one gets in."""
    return await _html(pages, site, _PAGE, _site_page)


@router.api_route("/whats-on/{site}/poster.pdf", methods=["GET", "HEAD"])
async def site_poster(pages: ThePages, site: str) -> Response:
    """A sheet of A4 to hang up."""
    data = await _kept(pages, site, _poster)
    headers = _kept_for(KEPT_S) | {"Content-Disposition": f'inline; filename="whats-on-{site}.pdf"'}
    return tagged(_Pdf, data, etag(data), pages.if_none_match, headers)


@router.api_route("/embed/whats-on", methods=["GET", "HEAD"])
async def embed_all(pages: ThePages) -> Response:
    """For a frame of another website: what's on at all sites."""
    return await _html(pages, "", _EMBED, _embedded)


@router.api_route("/embed/whats-on/{site}", methods=["GET", "HEAD"])
async def embed_site(pages: ThePages, site: str) -> Response:
    """For a frame of another website: what's on at a site."""
    return await _html(pages, site, _EMBED, _embedded)


@router.api_route("/accessibility", methods=["GET", "HEAD"])
async def show_statement() -> HTMLResponse:
    """How accessible the pages are, and how that is known."""
    return _STATEMENT.render(headers=_kept_for(KEPT_S))


async def _html(pages: PublicPages, site: str, page: PlainPage, make: Make) -> Response:
    try:
        data = await _kept(pages, site, make)
    except SiteUnknown:
        return page.render(
            404, heading=gettext("There is no such building"), page="none", headers={"Cache-Control": "no-store"}
        )
    except TooMany as error:
        headers = {"Cache-Control": "no-store", "Retry-After": "5"}
        return page.render(429, heading=gettext("Too many readers"), notice=error.detail, page="none", headers=headers)
    headers = page.headers | _kept_for(KEPT_S) | {"Vary": "Accept-Encoding"}
    tag = etag(data)
    if "gzip" in pages.accept_encoding:  # no secret is in them, whose length could be found out (BREACH)
        data, tag = gzip.compress(data, 6, mtime=0), f"{tag}-gzip"
        headers["Content-Encoding"] = "gzip"
    return tagged(HTMLResponse, data, tag, pages.if_none_match, headers)


async def _ics(pages: PublicPages, site: str) -> Response:
    data = await _kept(pages, site, _calendar)
    headers = _kept_for(300) | {"Content-Type": MEDIA_TYPE, "Access-Control-Allow-Origin": "*"}
    return tagged(Response, data, etag(data), pages.if_none_match, headers)


async def _kept(pages: PublicPages, site: str, make: Make) -> bytes:
    if len(site) > _LONGEST_ID:
        raise SiteUnknown(site[:_LONGEST_ID])
    day = pages.asked if make in (_site_page, _all_page) else None
    key = (make.__name__, site, pages.wanted or "", str(day or ""))
    network = network_of(pages.request.client.host if pages.request.client else "")
    return await pages.cache.of(site, key, lambda: make(pages, site), network=network)


def _kept_for(seconds: int) -> dict[str, str]:
    return {"Cache-Control": f"public, max-age={seconds}"}


async def _site_page(pages: PublicPages, site: str) -> bytes:
    now = pages.clock.now()
    async with pages.database.read() as tx:
        config = await shown_site(tx, pages.writer.site_configs, site)
        zone, said = config.site.tz, config.policy.public_page
        today = local_time.local_day(now, zone)
        first = pages.first_day(today)
        shown = window(first, SHOWN_DAYS, [zone])
        events = await public_events(tx, shown, of=[site])
        later = await public_events(tx, _after(shown), of=[site], kind=pages.wanted, limit=_LATER)
        usual = await usually(tx, config.hours, now) if not pages.asked else ""
        desks = [] if pages.asked else await free_desks(tx, [site], now, to=Readers.PUBLIC)
        taken: list[TakenTime] = []
        if said.in_use and pages.wanted is None and first < today + timedelta(days=SHOWN_DAYS):
            coming = Interval(start=shown.start, end=window(today, SHOWN_DAYS, [zone]).end)
            taken = within_hours(await taken_times(tx, site, coming), config.hours, unstaffed=said.unstaffed)
    days = shown_days(_of_kind(pages, events), first, today=today, now=now, taken=taken, zone=zone)
    return _PAGE.html(
        heading=gettext("What’s on at %(site)s", site=config.site.name),
        page="site",
        site=config.site,
        address=pages.settings.address,
        days=days,
        opening=open_now(config.hours, now, unstaffed=said.unstaffed),
        usual=usual,
        desks=[desks_now(each, now) for each in desks if not each.closed],
        hours=open_days(config.hours, now, unstaffed=said.unstaffed),
        closures=list(closures_ahead(config.hours, now)),
        facts=facts(config),
        said=said,
        **_frame(pages, events, later, first, shown),
    ).encode()


async def _all_page(pages: PublicPages, site: str) -> bytes:
    now = pages.clock.now()
    async with pages.database.read() as tx:
        zones = sorted(await site_zones(tx, None), key=str) or [local_time.zone("Europe/London")]
        today = min(local_time.local_day(now, zone) for zone in zones)
        first = pages.first_day(today)
        shown = window(first, SHOWN_DAYS, zones)
        public = await shown_sites(tx)
        events = await public_events(tx, shown, of=public)
        later = await public_events(tx, _after(shown), of=public, kind=pages.wanted, limit=_LATER)
        sites = await list_sites(tx, limit=_MOST_SITES + 1, only=public)
    listed = {each.id: each.name for each in sites} if len(sites) <= _MOST_SITES else {}
    listed |= {each.site: each.site_name for each in events}
    return _PAGE.html(
        page="all",
        address=pages.settings.address,
        site=None,
        sites=sorted(listed.items(), key=lambda each: each[1].casefold()),
        days=shown_days(_of_kind(pages, events), first, today=today, now=now, of_all=True),
        **_frame(pages, events, later, first, shown),
    ).encode()


async def _embedded(pages: PublicPages, site: str) -> bytes:
    now = pages.clock.now()
    async with pages.database.read() as tx:
        found: Site | None = (await shown_site(tx, pages.writer.site_configs, site)).site if site else None
        zones = [found.tz] if found else sorted(await site_zones(tx, None), key=str)
        first = min((local_time.local_day(now, zone) for zone in zones), default=now.date())
        shown = Interval(start=now, end=now + timedelta(days=_EMBED_DAYS))
        events = await public_events(
            tx, shown, of=[site] if site else await shown_sites(tx), kind=pages.wanted, limit=200
        )
    return _EMBED.html(
        heading=gettext("What’s on at %(site)s", site=found.name) if found else "",
        page="embed",
        days=shown_days(events[:_EMBED_EVENTS], first, today=first, now=now, of_all=found is None),
        more=len(events) > _EMBED_EVENTS,
        link=f"/whats-on/{site}" if site else "/whats-on",
    ).encode()


async def _poster(pages: PublicPages, site: str) -> bytes:
    from controller.screens.door_pages.poster import poster  # few want one, and it takes long to import

    now = pages.clock.now()
    async with pages.database.read() as tx:
        config = await shown_site(tx, pages.writer.site_configs, site)
        zone = config.site.tz
        today = local_time.local_day(now, zone)
        events = await public_events(tx, window(today, _EMBED_DAYS, [zone]), of=[site], kind=pages.wanted)
    hours = [f"{each.name}: {each.staffed or 'closed'}" for each in open_days(config.hours, now)]
    return await asyncio.to_thread(
        poster,
        site=config.site.name,
        address=config.site.address,
        days=shown_days(events, today, today=today, now=now),
        notes=[*(["Open this week:"] if hours else []), *hours],
        link=f"{pages.settings.address}/whats-on/{site}",
        as_of=f"{today:%-d %B %Y}",
    )


async def _calendar(pages: PublicPages, site: str) -> bytes:
    now = pages.clock.now()
    async with pages.database.read() as tx:
        name = (await shown_site(tx, pages.writer.site_configs, site)).site.name if site else "all buildings"
        shown = Interval(start=now - BACK, end=now + AHEAD)
        events = await public_events(tx, shown, of=[site] if site else await shown_sites(tx), kind=pages.wanted)
    return calendar(f"What’s on at {name}", [_entry(each) for each in events], refresh=REFRESH)


def _entry(event: PublicEventRow) -> CalendarEntry:
    by = f"By {event.organiser}" if event.organiser else ""
    geo = None if event.latitude is None or event.longitude is None else (event.latitude, event.longitude)
    return CalendarEntry(
        uid=uid(event.id),
        title=event.title,
        starts=event.starts,
        ends=event.ends,
        zone=event.tz,
        status="CANCELLED" if event.called_off else "CONFIRMED",
        sequence=event.version - 1,
        created=event.created_at,
        changed=event.changed_at,
        place=", ".join(each for each in (event.place, event.address) if each),
        about="\n".join(each for each in (event.about, by, event.web_link) if each),
        geo=geo,
    )


def _of_kind(pages: PublicPages, events: list[PublicEventRow]) -> list[PublicEventRow]:
    return [each for each in events if pages.wanted in (None, each.event_kind)]


def _after(shown: Interval) -> Interval:
    return Interval(start=shown.end, end=shown.end + AHEAD)


def _frame(
    pages: PublicPages, events: list[PublicEventRow], later: list[PublicEventRow], first: date, shown: Interval
) -> dict[str, Any]:
    """The kinds to choose from, which days are shown, and where the next event leads. What began before the end of the
    days that are shown is no later one."""
    kind = pages.wanted
    following = next((each for each in later if each.starts >= shown.end), None)
    return {
        "kinds": kinds_of(events),
        "kind": kind.value if kind else "",
        "first": first if pages.asked else None,
        "last": day_text(first + timedelta(days=SHOWN_DAYS - 1)),
        "later": local_time.local_day(following.starts, following.tz) if following else None,
    }
