"""All dates of a series in one message and on one page."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from controller.access.code_generation import masked, spoken
from controller.bookings import repository as bookings
from controller.bookings.answers import changed
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Booking, BookingStatus, closed_text
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.errors import LinkUnknown
from controller.bookings.series import repository
from controller.bookings.series.model import Series, SeriesUnknown
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.estate.model import Site
from controller.hours.recurrence.describe import describe_pattern
from controller.people.model import Actor
from controller.platform.key_files import LinkKind, linked
from controller.platform.text import times
from controller.records.audit import audit_log
from edge.wire.clock import Clock

_STATES = {
    BookingStatus.REQUESTED: "not confirmed yet",
    BookingStatus.HELD: "not confirmed yet",
    BookingStatus.EXPIRED: "not confirmed in time",
    BookingStatus.DECLINED: "declined",
    BookingStatus.CANCELLED: "cancelled",
    BookingStatus.RELEASED: "released, since nobody came",
}
"""What is said of a date that has no code."""
_CODED = frozenset({BookingStatus.CONFIRMED, BookingStatus.ARRIVED})


class SeriesDates(msgspec.Struct, frozen=True, kw_only=True):
    """``views``: those of its party that are not over, by start, also of series that it goes on from or that go on from
    it. ``over``: how many are. ``rule_text``: when it takes place. ``link``: the page of all dates, for the person who
    booked; ``show_link``: what those who come need of it."""

    site: Site
    title: str
    rule_text: str
    views: tuple[BookingView, ...]
    over: int
    link: str
    show_link: str
    now: datetime

    @property
    def shared(self) -> list[tuple[str, tuple[str, ...]]]:
        """The codes that all confirmed dates have alike, each with the doors that it opens; empty where they have
        not, or where there is none."""
        lots = [view.codes_by_doors for view in self.views if view.booking.status(self.now) in _CODED]
        return lots[0] if lots and all(each == lots[0] for each in lots) else []


class DateText(msgspec.Struct, frozen=True, kw_only=True):
    """One date in words. ``codes``: its own, where the dates do not share one. ``note``: what else to know."""

    when: str
    where: str
    state: str
    codes: tuple[tuple[str, tuple[str, ...]], ...]
    opens: str
    note: str
    link: str


def date_texts(found: SeriesDates) -> list[DateText]:
    """All dates that are not over. ``where``: only of those in another space than most."""
    zone, now, shared = found.site.tz, found.now, found.shared
    most = _most_frequent_space(found)
    texts: list[DateText] = []
    for view in found.views:
        status = view.booking.status(now)
        window, starts = view.code_window, view.booking.starts
        coded = status in _CODED and bool(view.codes_by_doors)
        notes = [closed_text(view.impacts)]
        if coded and (at := changed(view)) is not None:
            notes.append(f"The code was changed at {at}.")
        opens = f"{times.at(window.start, zone, now=starts)} to {times.at(window.end, zone, now=starts)}"
        texts.append(
            DateText(
                when=times.window(view.booking.during, zone, now=now),
                where=view.place.space.name if view.place.space.name != most else "",
                state=_STATES.get(status, ""),
                codes=tuple(view.codes_by_doors) if coded and not shared else (),
                opens=opens if coded else "",
                note=" ".join(each for each in notes if each),
                link=view.link,
            )
        )
    return texts


def space_text(found: SeriesDates) -> str:
    """The space that most of its dates have, and the site."""
    most = _most_frequent_space(found)
    return f"{most}, {found.site.name}" if most else found.site.name


def series_message(found: SeriesDates, *, clear: bool, manage: bool) -> str:
    """What to send: when and where, the code that all dates share or each date's own, the page with all of them, whom
    to ring. ``clear``: with the digits; else with masked ones. ``manage``: with the link of the person who
    booked."""
    shown = spoken if clear else masked
    lines = [f"{found.title}: {space_text(found)}. {found.rule_text}."]
    lines += [f"Door code for all dates: {shown(code)} for {times.listed(doors)}." for code, doors in found.shared]
    for each in date_texts(found):
        parts = [each.when, *([each.where] if each.where else []), *([each.state] if each.state else [])]
        parts += [f"door code {shown(code)} for {times.listed(doors)}" for code, doors in each.codes]
        parts += [f"the code works {each.opens}"] if each.opens else []
        lines.append(f"- {', '.join(parts)}." + (f" {each.note}" if each.note else ""))
    if manage:
        lines.append(f"See all dates: {found.link}")
    lines.append(f"To pass on to those who come: {found.show_link}")
    if found.site.phone:
        lines.append(f"If a door does not open, ring {found.site.phone}.")
    return "\n".join(lines)


def numbered(views: Sequence[BookingView], now: datetime) -> tuple[tuple[BookingView, ...], int]:
    """Those that are not over, and how many are."""
    ahead = tuple(view for view in views if view.booking.ends > now)
    return ahead, len(views) - len(ahead)


def _most_frequent_space(found: SeriesDates) -> str:
    """Of several, the one whose date comes first; empty where there are no dates."""
    spaces = [view.place.space.name for view in found.views]
    return max(spaces, key=spaces.count, default="")


class AllDates:
    def __init__(self, database: Database, clock: Clock, writer: BookingWriter) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer

    async def by_link(self, token: str) -> tuple[LinkKind, SeriesDates]:
        """What the link is for, and all dates of the series of its page. Raises ``LinkUnknown``."""
        async with self._database.read() as tx:
            named = linked(token)
            series = await repository.series(tx, named) if named is not None else None
            if series is None:
                raise LinkUnknown
            return self._writer.links.kind(token, series), await self._of(tx, series, self._clock.now())

    async def token_of(self, booking: Booking) -> str:
        """The token of the link to manage all dates of a booking's series; empty where the booking has no series,
        or the series belongs to another party."""
        if booking.series_id is None:
            return ""
        async with self._database.read() as tx:
            series = await require(tx, booking.series_id)
        return self._writer.links.token(series, LinkKind.MANAGE) if series.details.party == booking.party else ""

    async def show_codes(self, series_id: str, *, actor: Actor) -> SeriesDates:
        """All dates with their codes in the clear; records who asked. Raises ``SeriesUnknown``."""

        async def look(tx: Tx) -> SeriesDates:
            series, now = await require(tx, series_id), self._clock.now()
            thing = f"series {series_id}"
            await audit_log.record(tx, actor=actor.name, at=now, act="see the code", site=series.site, thing=thing)
            return await self._of(tx, series, now)

        return await self._database.run(look)

    async def _of(self, tx: Tx, series: Series, now: datetime) -> SeriesDates:
        return await self.of(tx, await self._writer.site_configs.of(tx, series.site), series, now)

    async def of(self, tx: Tx, site_config: SiteConfig, series: Series, now: datetime) -> SeriesDates:
        """Those of its party in the whole line of series that go on from each other."""
        found: list[Booking] = []
        for each in await repository.line(tx, series.id):
            found += await bookings.of_series(tx, each)
        mine = sorted((each for each in found if each.party == series.details.party), key=lambda one: one.starts)
        return self.from_views(site_config, series, await self._writer.views(tx, site_config, mine, now), now)

    def from_views(
        self, site_config: SiteConfig, series: Series, views: Sequence[BookingView], now: datetime
    ) -> SeriesDates:
        """Those that were read already. ``views``: all of them, by start."""
        ahead, over = numbered(views, now)
        rule_text = (
            f"{len(views)} dates from a calendar"
            if series.imported
            else describe_pattern(series.pattern, site_config.site.tz)
        )
        return SeriesDates(
            site=site_config.site,
            title=series.details.title,
            rule_text=rule_text,
            views=ahead,
            over=over,
            link=self._writer.links.to_series(series, LinkKind.MANAGE),
            show_link=self._writer.links.to_series(series, LinkKind.SHOW),
            now=now,
        )


async def require(tx: Tx, series_id: str) -> Series:
    """Raises ``SeriesUnknown``."""
    found = await repository.series(tx, series_id)
    if found is None:
        raise SeriesUnknown(series_id)
    return found
