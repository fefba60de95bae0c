"""Tells those who run a site of a reported problem at once, if they chose it. Morning and the digest have it anyway."""

from datetime import datetime

from controller.bookings import repository as bookings
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.problem_reports import repository as problems
from controller.bookings.problem_reports.model import Report
from controller.db.engine import Database, Tx
from controller.notices.model import Notice, NoticeKind
from controller.notices.non_booking_notice import NonBookingNotice
from controller.notices.recipients import Recipients
from controller.notices.service import NoticeService
from controller.notices.site_runners import contact_of, who_runs
from controller.platform.text import times


class ProblemNotices:
    """``address``: of our pages; empty where there is none."""

    def __init__(self, database: Database, notices: NoticeService, recipients: Recipients, *, address: str) -> None:
        self._database = database
        self._notices = notices
        self._recipients = recipients
        self._address = address

    async def tell(self, tx: Tx, report: Report) -> None:
        """Write down the notices of a new report, in its transaction."""
        await self._database.lock_site(tx, report.site)
        site, kind, at = report.site, NoticeKind.PROBLEM, report.reported_at
        for each in await who_runs(tx, self._recipients, site, at):
            await self._notices.add_other(tx, site, kind, each, about=report.id, party=None, now=at)

    async def notice(self, tx: Tx, notice: Notice, site_config: SiteConfig, now: datetime) -> NonBookingNotice | None:
        """As things are now; ``None`` where it is done, or its recipient no longer runs the site."""
        report = await problems.report(tx, notice.about)
        if report is None or report.done_at is not None:
            return None
        contact = contact_of(notice, await who_runs(tx, self._recipients, notice.site, now))
        if contact is None:
            return None
        site, place = site_config.site, site_config.by_space.get(report.space)
        space = place.space.name if place is not None else report.space
        booking = await bookings.booking(tx, report.booking_id)
        of = f" for {booking.title}" if booking is not None else ""
        when = times.at(report.reported_at, site.tz, now=now)
        where = f"\n{self._address}/morning?site={site.id}" if self._address else ""
        return NonBookingNotice(
            kind=NoticeKind.PROBLEM,
            contact=contact,
            subject=f"{NoticeKind.PROBLEM}: {space}, {site.name}",
            text=f"{report.text}\n\nReported {when}{of}: {space}, {site.name}. "
            f"It stands on Morning until somebody ticks it off.{where}\n\n"
            f"You get this because you run {site.name} and chose it under your account.\n",
            sms=f"{site.name}, {space}: {report.text[:100]}",
        )
