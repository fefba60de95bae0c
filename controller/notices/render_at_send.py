"""Renders notices as things are when they are sent, by what their recipients chose."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from email.message import EmailMessage

import msgspec
from msgspec.structs import replace

from controller.billing.service import BillingService
from controller.bookings.booking_view import BookingView
from controller.bookings.diary.model import Booking, closed_text
from controller.bookings.diary.site_config import SiteConfig
from controller.bookings.writer import BookingWriter
from controller.db.engine import Database, Tx
from controller.notices import call_repository, mail_rendering, repository
from controller.notices.bounces.model import MailType
from controller.notices.bounces.tokens import BounceTokens, MailName, message_id
from controller.notices.bundles import bookings_about, text_of
from controller.notices.change_detection import detect_change
from controller.notices.door_trouble.model import DoorTrouble, told_doors, what_to_do
from controller.notices.door_trouble.service import DoorTroubles
from controller.notices.gateway import SmsMessage
from controller.notices.mail_message import preferences_line, stop_link, text_mail
from controller.notices.mail_rendering import News
from controller.notices.model import Channel, Notice, Told, remind_at
from controller.notices.non_booking_notice import NonBookingNotices, Sent
from controller.notices.preferences import repository as preferences
from controller.notices.preferences.channel_choice import channels_for
from controller.notices.quiet_hours import cannot_wait, quiet_until
from controller.notices.recipients import Recipient, Recipients
from edge.wire.clock import Clock


class RenderedNotice(msgspec.Struct, frozen=True, kw_only=True):
    """``told``: what its recipient knows then; empty where there is nothing to tell. ``message``: ``None`` where there
    is nothing to send. ``unwanted``: what they do not want to be told this way; ``instead``: where it goes.
    ``bounced``: since mail to its address comes back. ``quiet_until``: when it is sent, since it can wait until the
    quiet hours are over. ``sent``: what follows once it is."""

    subject: str = ""
    message: EmailMessage | SmsMessage | None = None
    told: Sequence[Told] = ()
    unwanted: Sequence[Told] = ()
    instead: Sequence[Recipient] = ()
    bounced: bool = False
    quiet_until: datetime | None = None
    sent: Sent | None = None


class NoticeRendering:
    """``others``: who renders notices that are about no booking."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        writer: BookingWriter,
        billing: BillingService,
        recipients: Recipients,
        tokens: BounceTokens,
        doors: DoorTroubles,
        others: Sequence[NonBookingNotices],
        *,
        sender: str,
        address: str,
    ) -> None:
        self._database = database
        self._clock = clock
        self._writer = writer
        self._billing = billing
        self._recipients = recipients
        self._tokens = tokens
        self._doors = doors
        self._others = others
        self._sender = sender
        self._address = address

    async def of(self, notice: Notice) -> RenderedNotice:
        """The notice as things are now. Raises ``ValueError`` for a mail address that is none."""
        async with self._database.read() as tx:
            return await self._rendered(tx, notice)

    async def _rendered(self, tx: Tx, notice: Notice) -> RenderedNotice:
        now = self._clock.now()
        about = await bookings_about(tx, notice.about)
        if not about:
            return await self._of_other(tx, notice, now)
        contacts = await self._recipients.of(tx, about)
        here = Recipient(channel=notice.channel, address=notice.contact_address)
        about = [each for each in about if here in contacts[each.id].recipients]
        site_config = await self._writer.site_configs.of(tx, notice.site)
        views, doors = await self._views(tx, about, now)
        tag = self._recipients.tag(notice.contact_address)
        known = await call_repository.known_of(tx, notice, [each.id for each in about], tag)
        hour, since = site_config.policy.reminder_hour, await call_repository.unrung_since(tx, notice)
        states = {
            view.booking.id: self._told(view, tag, hour, notice.id, doors=doors.get(view.booking.id), before=known)
            for view in views
        }
        kinds = {
            view.booking.id: detect_change(
                view, states[view.booking.id], known.get(view.booking.id), since=since, whole=notice.whole
            )
            for view in views
        }
        chosen = await preferences.of(tx, {each.person for each in contacts.values()})
        quotes = await self._billing.quotes(tx, [each for each, kind in kinds.items() if kind is not None])
        found, unwanted, instead = [], [], dict[Recipient, None]()
        for view in views:
            kind, contact = kinds[view.booking.id], contacts[view.booking.id]
            if kind is None:
                continue
            channels = channels_for(chosen[contact.person], kind, contact.channels)
            if here.channel in channels:
                wrong = what_to_do(doors.get(view.booking.id, ()), site_config.site.phone)
                found.append(News(view=view, kind=kind, quote=quotes.get(view.booking.id), doors=wrong))
            else:
                before = known.get(view.booking.id)
                unwanted.append(replace(states[view.booking.id], notice=before.notice if before else ""))
                instead |= dict.fromkeys(contact.by(channels))
        rest = [each for each in instead if not await self._on_its_way(tx, notice, each)]
        if not found:
            return RenderedNotice(unwanted=unwanted, instead=rest)
        until = quiet_until(now, self._quiet_hours(site_config, here), site_config.site.tz)
        if until is not None and not any(
            cannot_wait(
                states[each.view.booking.id],
                known.get(each.view.booking.id),
                held_until=each.view.booking.held_until,
                until=until,
                at=now,
            )
            for each in found
        ):
            return RenderedNotice(quiet_until=until)
        told = [states[each.view.booking.id] for each in found]
        digest = self._recipients.tag(repr([msgspec.structs.astuple(each) for each in told])).hex()
        why = await text_of(tx, notice.about)
        message: EmailMessage | SmsMessage | None = None
        if notice.contact_address and notice.channel is Channel.SMS:
            message = SmsMessage(
                to=notice.contact_address, text=mail_rendering.sms(found, why), reference=f"{notice.id}.{digest}"
            )
        elif notice.contact_address:
            chooser = self._recipients.token(contacts[found[0].view.booking.id].person)
            token = self._tokens.of(MailName(kind=MailType.NOTICE, id=notice.id), notice.contact_address)
            message = mail_rendering.mail(
                found,
                await repository.templates(tx, notice.site),
                sender=self._sender,
                to=notice.contact_address,
                # The same for the same text, so that a reader can drop a second copy (RFC 5322, 3.6.4).
                message_id=message_id(notice.id, digest, token),
                preferences=f"{self._address}/n/{chooser}",
                why=why,
            )
        return RenderedNotice(
            subject=mail_rendering.subject(found),
            message=message,
            told=told,
            unwanted=unwanted,
            instead=rest,
            bounced=any(contacts[each.id].bounced for each in about),
        )

    async def _views(
        self, tx: Tx, about: Sequence[Booking], now: datetime
    ) -> tuple[list[BookingView], Mapping[str, Sequence[DoorTrouble]]]:
        """All of them by start, and what is known of their doors; they may be at several sites."""
        views: list[BookingView] = []
        doors: dict[str, Sequence[DoorTrouble]] = {}
        for site in sorted({each.site for each in about}):
            here = [each for each in about if each.site == site]
            found = await self._writer.views(tx, await self._writer.site_configs.of(tx, site), here, now)
            doors |= await self._doors.of(tx, site, found, now)
            views += found
        return sorted(views, key=lambda each: (each.booking.starts, each.booking.id)), doors

    def _quiet_hours(self, site_config: SiteConfig, to: Recipient) -> str | None:
        """Those of the channel; who is to be rung disturbs nobody before somebody does so."""
        policy = site_config.policy
        return policy.quiet_hours if to.address and (to.channel is Channel.SMS or policy.quiet_mail) else None

    async def _on_its_way(self, tx: Tx, notice: Notice, other: Recipient) -> bool:
        """Whether a notice by the person's other channel was written with this one or later."""
        return await repository.written_since(tx, notice.about, notice.made_at, address=other.address)

    def _told(
        self,
        view: BookingView,
        address_tag: bytes,
        reminder_hour: int | None,
        notice_id: str,
        *,
        doors: Sequence[DoorTrouble] | None,
        before: Mapping[str, Told],
    ) -> Told:
        booking = view.booking
        known = before.get(booking.id)
        trouble = known.door_trouble if known else ""
        remind = remind_at(booking.starts, view.place.site.tz, reminder_hour)
        closed = closed_text(view.impacts)
        codes = [code for code, _ in view.codes_by_doors] + [each.digits for each in view.offline]
        return Told(
            booking_id=booking.id,
            address_tag=address_tag,
            status=booking.status(view.now),
            space=booking.space,
            starts=booking.starts,
            ends=booking.ends,
            code_tag=self._recipients.tag(" ".join(codes)) if codes else b"",
            closed_tag=self._recipients.tag(closed) if closed else None,
            warned=booking.release_warned_at is not None,
            reminded=remind is not None and remind <= view.now,
            door_trouble=trouble if doors is None else told_doors(doors, trouble),
            notice=notice_id,
        )

    async def _of_other(self, tx: Tx, notice: Notice, now: datetime) -> RenderedNotice:
        """One that is about no booking; empty where there is nothing to tell any more."""
        site_config = await self._writer.site_configs.of(tx, notice.site)
        for each in self._others:
            if (found := await each.notice(tx, notice, site_config, now)) is not None:
                break
        else:
            return RenderedNotice()
        here = Recipient(channel=notice.channel, address=notice.contact_address)
        wanted = await self._recipients.chosen(tx, found.contact, found.kind)
        if here not in wanted:
            return RenderedNotice(instead=[each for each in wanted if not await self._on_its_way(tx, notice, each)])
        until = quiet_until(now, self._quiet_hours(site_config, here), site_config.site.tz)
        if until is not None and not found.urgent:
            return RenderedNotice(quiet_until=until)
        message: EmailMessage | SmsMessage | None = None
        if here.address and here.channel is Channel.SMS:
            message = SmsMessage(to=here.address, text=found.sms, reference=notice.id)
        elif here.address:
            token = self._tokens.of(MailName(kind=MailType.NOTICE, id=notice.id), here.address)
            chooser = f"{self._address}/n/{self._recipients.token(found.contact.person)}"
            message = text_mail(
                found.subject,
                f"{found.text}{preferences_line(chooser)}",
                sender=self._sender,
                to=here.address,
                message_id=message_id(notice.id, token),
                at=now,
                stop=stop_link(chooser, [found.kind]),
            )
        return RenderedNotice(subject=found.subject, message=message, bounced=found.contact.bounced, sent=found.sent)
