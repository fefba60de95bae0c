"""Where all dates of a series are read, for its message and its page."""

from collections.abc import Sequence
from datetime import datetime

from controller.bookings import links
from controller.bookings import repository as bookings
from controller.bookings.errors import LinkUnknown
from controller.bookings.series import repository
from controller.bookings.series.model import Series, SeriesUnknown
from controller.bookings.series.summary import SeriesDates, numbered
from controller.bookings.writer import BookingView, BookingWriter
from controller.db.engine import Database, Tx
from controller.diary.model import Booking
from controller.diary.site_config import SiteConfig
from controller.people import audit
from controller.people.model import Actor
from controller.recurrence.describe import describe_pattern
from edge.wire.clock import Clock


class AllDates:
    def __init__(self, database: Database, clock: Clock, writer: BookingWriter, page_key: bytes) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._page_key = page_key

    async def by_link(self, token: str) -> SeriesDates:
        """All dates of the series of such a page. Raises ``LinkUnknown``."""
        async with self._database.read() as tx:
            series_id = links.series_of(self._page_key, token)
            series = await repository.series(tx, series_id) if series_id is not None else None
            if series is None:
                raise LinkUnknown
            return await self._of(tx, series, self._clock.now())

    async def token_of(self, booking: Booking) -> str:
        """That of the page with all dates of a booking's series; empty where it has none or is another party's."""
        if booking.series_id is None:
            return ""
        async with self._database.read() as tx:
            series = await require(tx, booking.series_id)
        return links.series_token(self._page_key, series.id) if series.details.party == booking.party else ""

    async def show_codes(self, series_id: str, *, actor: Actor) -> SeriesDates:
        """All dates, for their codes to be told in the clear; who asked is written down. Raises ``SeriesUnknown``."""

        async def look(tx: Tx) -> SeriesDates:
            series, now = await require(tx, series_id), self._clock.now()
            thing = f"series {series_id}"
            await audit.record(tx, actor=actor.name, at=now, act="see the code", site=series.site, thing=thing)
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
            link=f"{self._writer.address}/d/series/{links.series_token(self._page_key, series.id)}",
            now=now,
        )


async def require(tx: Tx, series_id: str) -> Series:
    """Raises ``SeriesUnknown``."""
    found = await repository.series(tx, series_id)
    if found is None:
        raise SeriesUnknown(series_id)
    return found
