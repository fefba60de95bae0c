"""A site's own wording of its notices: checked, written, tried on a real booking."""

from datetime import datetime

import msgspec

from controller.billing.service import BillingService
from controller.bookings import repository as bookings
from controller.bookings.diary.model import Booking
from controller.bookings.errors import BookingUnknown
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.notices import mail_rendering, repository
from controller.notices.errors import NothingToPreview
from controller.notices.mail_rendering import News
from controller.notices.model import BOOKING_KINDS, NoticeKind, NoticeTemplate
from controller.notices.templates import faults
from controller.people.model import Actor
from controller.people.optimistic_locking import require_version, version_of
from controller.platform.text.mail_html import html_of
from controller.platform.web.problem import FieldError, Invalid
from controller.records.audit import audit_log
from edge.wire.clock import Clock


class NoticePreview(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as it would be sent; ``html``: its second part, which most people see."""

    booking: str
    subject: str
    text: str
    html: str


class NoticeTemplates:
    """The caller checks permissions; every change is recorded."""

    def __init__(self, database: Database, clock: Clock, writer: BookingWriter, billing: BillingService) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._billing = billing

    async def listed(self, site: str) -> list[NoticeTemplate]:
        """One for each kind of notice about bookings. Raises ``SiteUnknown``."""
        async with self._database.read() as tx:
            await self._writer.site_configs.of(tx, site)
            own = await repository.templates(tx, site)
        return [_template(kind, own.get(kind)) for kind in BOOKING_KINDS]

    async def put(self, site: str, kind: NoticeKind, text: str | None, *, version: int, actor: Actor) -> NoticeTemplate:
        """Have notices of a kind worded like that, from the next one on; ``None``: as usual. Raises ``SiteUnknown``,
        ``Invalid`` with the line of each fault, and ``VersionStale``."""
        if text is not None:
            require_usable(text)

        async def write(tx: Tx) -> None:
            await self._writer.site_configs.of(tx, site)
            await self._database.lock_site(tx, site)
            before, thing = (await repository.templates(tx, site)).get(kind), f"notice template {kind.name.lower()}"
            await require_version(tx, version, version_of(before), site=site, thing=thing)
            if before == text:
                return
            await repository.put_template(tx, site, kind, text)
            changes, now = {"text": (before, text)}, self._clock.now()
            act = "delete" if text is None else "make" if before is None else "change"
            await audit_log.record(tx, actor=actor.name, at=now, act=act, site=site, thing=thing, changes=changes)

        await self._database.run(write)
        return _template(kind, text)

    async def preview(self, site: str, kind: NoticeKind, text: str | None, booking_id: str | None) -> NoticePreview:
        """A notice of that kind about a booking of the site, without one about its next; ``text``: the wording to try,
        ``None`` for the usual one. Codes are made unreadable. Raises ``SiteUnknown``, ``Invalid``, ``BookingUnknown``,
        ``NothingToPreview``."""
        if text is not None:
            require_usable(text)
        async with self._database.read() as tx:
            site_config, now = await self._writer.site_configs.of(tx, site), self._clock.now()
            booking = await self._booking(tx, site, booking_id, now)
            [view] = await self._writer.views(tx, site_config, [booking], now)
            quotes = await self._billing.quotes(tx, [booking.id])
        news = [News(view=view, kind=kind, quote=quotes.get(booking.id))]
        shown = mail_rendering.body(news, {} if text is None else {kind: text}, clear=False)
        return NoticePreview(booking=booking.id, subject=mail_rendering.subject(news), text=shown, html=html_of(shown))

    async def _booking(self, tx: Tx, site: str, booking_id: str | None, now: datetime) -> Booking:
        if booking_id is None:
            found = await repository.next_booking(tx, site, now)
            if found is None:
                raise NothingToPreview
            booking_id = found
        booking = await bookings.booking(tx, booking_id)
        if booking is None or booking.site != site:
            raise BookingUnknown(booking_id)
        return booking


def require_usable(text: str) -> None:
    """Raises ``Invalid`` with the line of each fault."""
    found = [FieldError(field="text", message=f"line {each.line}: {each.text}") for each in faults(text)]
    if found:
        raise Invalid("; ".join(f"{each.field}: {each.message}" for each in found), errors=found)


def _template(kind: NoticeKind, text: str | None) -> NoticeTemplate:
    return NoticeTemplate(kind=kind, text=text or "", version=version_of(text))
