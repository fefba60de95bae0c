"""Problems that people of a booking report, and who runs the site ticks off."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from controller.bookings import repository as bookings
from controller.bookings.diary.model import Booking
from controller.bookings.diary.site_config import SiteConfigs
from controller.bookings.errors import BookingUnknown
from controller.bookings.problem_reports import repository
from controller.bookings.problem_reports.model import (
    ADDS_PHOTO,
    AFTER_END,
    MOST_OPEN,
    NoReportPhoto,
    NotReportable,
    Report,
    ReportUnknown,
    ShownReport,
)
from controller.db.engine import Database, Tx
from controller.people.model import Actor
from controller.platform.key_files import KeyFiles
from controller.platform.uploads.parser import Parser
from controller.platform.uploads.photo import cleaned
from controller.records.audit import audit_log
from controller.records.changes import Changes
from edge.wire.clock import Clock
from edge.wire.ids import new_id

MOST_SHOWN = 200
Teller = Callable[[Tx, Report], Awaitable[None]]


class ProblemReports:
    """The caller checks permissions. ``changes`` hears of new reports, so that open pages show them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        changes: Changes,
        keys: KeyFiles,
        parser: Parser,
        site_configs: SiteConfigs,
    ) -> None:
        self._database = database
        self._clock = clock
        self._changes = changes
        self._keys = keys
        self._parser = parser
        self._site_configs = site_configs
        self._tellers: list[Teller] = []

    def when_reported(self, tell: Teller) -> None:
        """Have it called in the transaction of each new report."""
        self._tellers.append(tell)

    async def add(
        self, booking_id: str, text: str, *, actor: Actor, photo: bytes = b"", seen_at: str | None = None
    ) -> Report:
        """``photo``: empty for none. ``seen_at``: the space whose tablet it is reported at, where the same report
        counts once while it is open; ``None`` for the booking's. Raises ``BookingUnknown``, ``NotReportable``,
        ``Invalid``, ``TooLarge``."""
        kind, picture = await self._parser.run(cleaned, photo) if photo else (None, b"")
        report_id = new_id(self._clock.now())
        sealed = await self._sealed(report_id, picture) if picture else None

        async def add(tx: Tx) -> Report:
            booking = await bookings.booking(tx, booking_id)
            if booking is None:
                raise BookingUnknown(booking_id)
            now = self._clock.now()
            if not booking.certain or booking.ends + AFTER_END <= now:
                raise NotReportable("only for a confirmed booking, up to a week after it, can a problem be reported")
            new = Report(
                id=report_id,
                site=booking.site,
                space=seen_at or booking.space,
                booking_id=booking_id,
                text=text,
                reported_at=now,
                reported_by=actor.name,
                media_type=kind,
                size=len(picture),
            )
            if seen_at is not None and (same := await repository.same_open(tx, new)) is not None:
                return same
            if await repository.open_of(tx, booking_id) >= MOST_OPEN:
                raise NotReportable(
                    f"{MOST_OPEN} problems of this booking wait for the staff already; ring them instead"
                )
            await repository.add(tx, new)
            if sealed is not None:
                await repository.put_photo(tx, new.id, sealed)
            await self._record(tx, "report problem", new, actor)
            for tell in self._tellers:
                await tell(tx, new)
            return new

        return await self._told(await self._database.run(add))

    async def add_photo(self, booking_id: str, report_id: str, content: bytes, *, actor: Actor) -> Report:
        """Once, within an hour. Raises ``ReportUnknown``, ``NotReportable``, ``Invalid``, ``TooLarge``."""
        kind, picture = await self._parser.run(cleaned, content)
        sealed = await self._sealed(report_id, picture)

        async def add(tx: Tx) -> Report:
            old = await repository.report(tx, report_id)
            if old is None or old.booking_id != booking_id:
                raise ReportUnknown
            if old.media_type is not None or old.reported_at + ADDS_PHOTO <= self._clock.now():
                raise NotReportable("a report takes one photograph, within an hour; make a new report")
            new = replace(old, media_type=kind, size=len(picture))
            await repository.change(tx, new)
            await repository.put_photo(tx, report_id, sealed)
            await self._record(tx, "add photo of problem", new, actor)
            return new

        return await self._told(await self._database.run(add))

    async def zone(self, site: str) -> ZoneInfo:
        """Of a site. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            return (await self._site_configs.of(tx, site)).site.tz

    async def of_site(self, site: str, *, done: bool = False) -> list[ShownReport]:
        """Open ones from the oldest on, or done ones from the latest on, 200 at most. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            return await self.in_site(tx, site, done=done)

    async def in_site(self, tx: Tx, site: str, *, done: bool = False) -> list[ShownReport]:
        """As ``of_site``, in a transaction that there is already."""
        where = await self._site_configs.of(tx, site)
        found = await repository.of_site(tx, site, done=done, limit=MOST_SHOWN)
        by_id = {each.id: each for each in await bookings.some(tx, sorted({each.booking_id for each in found}))}
        names = {each: there.space.name for each, there in where.by_space.items()}
        return [_shown(each, names.get(each.space, each.space), by_id.get(each.booking_id)) for each in found]

    async def mark(self, site: str, report_id: str, *, done: bool, actor: Actor) -> Report:
        """Tick one off, or put it back. Idempotent. Raises ``ReportUnknown``."""

        async def mark(tx: Tx) -> Report:
            old = await repository.report(tx, report_id)
            if old is None or old.site != site:
                raise ReportUnknown
            if (old.done_at is not None) is done:
                return old
            at = self._clock.now() if done else None
            new = replace(old, done_at=at, done_by=actor.name if done else "")
            await repository.change(tx, new)
            await self._record(tx, "tick off problem" if done else "put problem back", new, actor)
            return new

        return await self._told(await self._database.run(mark))

    async def photo(self, site: str, report_id: str) -> tuple[str, bytes]:
        """Its media type and the picture. Raises ``ReportUnknown``, ``NoReportPhoto``, ``CannotUnseal``."""
        async with self._database.read() as tx:
            found = await repository.report(tx, report_id)
            sealed = await repository.photo(tx, report_id)
        if found is None or found.site != site:
            raise ReportUnknown
        if found.media_type is None or sealed is None:
            raise NoReportPhoto
        return found.media_type, await asyncio.to_thread(self._keys.unseal, sealed, _about(report_id))

    async def _sealed(self, report_id: str, picture: bytes) -> bytes:
        return await asyncio.to_thread(self._keys.seal, picture, _about(report_id))

    async def _told(self, report: Report) -> Report:
        self._changes.site_changed(report.site)
        return report

    async def _record(self, tx: Tx, act: str, report: Report, actor: Actor) -> None:
        at, thing = self._clock.now(), f"problem of booking {report.booking_id}"
        await audit_log.record(tx, actor=actor.name, at=at, act=act, site=report.site, thing=thing)


def _about(report_id: str) -> str:
    """What its photograph is sealed for."""
    return f"photo of problem {report_id}"


def _shown(report: Report, space_name: str, booking: Booking | None) -> ShownReport:
    return ShownReport(
        report=report,
        space_name=space_name,
        title=booking.title if booking is not None else "",
        contact_name=booking.contact_name if booking is not None else "",
        contact_phone=booking.contact_phone if booking is not None else "",
    )


def lines(found: Sequence[ShownReport]) -> list[str]:
    """Each in one line, for a mail."""
    return [f"{each.space_name}: {each.report.text}" for each in found]
