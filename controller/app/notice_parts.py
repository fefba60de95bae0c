"""Makes what sends notices, and what people who got them are asked or told next."""

from dataclasses import dataclass

from prometheus_client import CollectorRegistry

from controller.alerts.escalation import Escalation
from controller.app.mqtt.app import MqttApp
from controller.billing.service import BillingService
from controller.bookings.problem_reports.service import ProblemReports
from controller.bookings.writer import BookingWriter
from controller.db.lease import WorkLease
from controller.notices.bounces.mailbox import BounceMailbox
from controller.notices.bounces.reader import BounceReader
from controller.notices.bounces.service import BounceService
from controller.notices.bounces.tokens import BounceTokens
from controller.notices.delivery_worker import NoticeWorker
from controller.notices.digest.documents_section import documents_section
from controller.notices.digest.problems_section import problems_section
from controller.notices.digest.service import DigestService
from controller.notices.document_reminders import DocumentReminders
from controller.notices.door_trouble.service import DoorTroubles
from controller.notices.gateway import FencedGateway, Gateway
from controller.notices.model import Channel
from controller.notices.outgoing_channel import OutgoingChannel
from controller.notices.problem_notices import ProblemNotices
from controller.notices.recipients import Recipients
from controller.notices.render_at_send import NoticeRendering
from controller.notices.service import NoticeService
from controller.notices.sms import SmsGateway
from controller.notices.smtp import SmtpMailer
from controller.people.account_mails.queue import AccountMails
from controller.people.party_repository import PartyHook
from controller.platform.key_files import KeyFiles
from controller.platform.settings import Settings
from edge.wire.clock import Clock


@dataclass(frozen=True, kw_only=True)
class NoticeParts:
    """``channels``: those that are set up; without any nothing is sent. ``bounce_reader``: ``None`` where there is no
    mailbox to read."""

    channels: list[OutgoingChannel]
    recipients: Recipients
    service: NoticeService
    bounces: BounceService
    bounce_reader: BounceReader | None
    lapsing: DocumentReminders
    digests: DigestService
    worker: NoticeWorker


def notice_parts(
    *,
    settings: Settings,
    clock: Clock,
    keys: KeyFiles,
    writer: BookingWriter,
    billing: BillingService,
    account_mails: AccountMails,
    reports: ProblemReports,
    mqtt: MqttApp,
    registry: CollectorRegistry,
    party_hooks: list[PartyHook],
    lease: WorkLease | None,
) -> NoticeParts:
    """Notices follow parties, reports and alerts from then on. ``lease``: nothing is sent without it."""
    database = account_mails.database
    channels = (
        [
            OutgoingChannel(
                Channel.MAIL,
                fenced(SmtpMailer(settings.mail, settings.bounces), lease),
                most_per_minute=settings.mail.most_per_minute,
            )
        ]
        if settings.mail.host
        else []
    )
    channels += (
        [
            OutgoingChannel(
                Channel.SMS,
                fenced(SmsGateway(settings.sms, clock), lease),
                most_per_minute=settings.sms.most_per_minute,
            )
        ]
        if settings.sms.address
        else []
    )
    recipients = Recipients(keys, frozenset(each.channel for each in channels), settings.sms.region)
    service = NoticeService(database, clock, writer, recipients)
    if service.sends:
        party_hooks.append(service.follow_party)
    bounces = BounceService(database, clock, writer, service, recipients)
    tokens = BounceTokens(keys.page)
    lapsing = DocumentReminders(database, clock, writer, service, recipients)
    problem_notices = ProblemNotices(database, service, recipients, address=settings.address)
    if service.sends:
        reports.when_reported(problem_notices.tell)
    sections = [documents_section(lapsing), problems_section(reports)]
    digests = DigestService(database, clock, writer, service, recipients, sections, address=settings.address)
    doors = DoorTroubles(writer, lambda: mqtt.router.link.connected, clock.now())
    escalation = Escalation(database, clock, service, recipients, address=settings.address)
    mqtt.alerts.when_looked.append(escalation.look)
    rendering = NoticeRendering(
        database,
        clock,
        writer,
        billing,
        recipients,
        tokens,
        doors,
        [lapsing, digests, problem_notices, escalation],
        sender=settings.mail.sender,
        address=settings.address,
    )
    worker = NoticeWorker(database, clock, writer, service, rendering, channels, account_mails, bounces, tokens, doors)
    return NoticeParts(
        channels=channels,
        recipients=recipients,
        service=service,
        bounces=bounces,
        bounce_reader=bounce_reader(settings, clock, tokens, bounces, registry),
        lapsing=lapsing,
        digests=digests,
        worker=worker,
    )


def fenced(gateway: Gateway, lease: WorkLease | None) -> Gateway:
    """A gateway that sends nothing before it is certain that nobody else has the lease."""
    return gateway if lease is None else FencedGateway(gateway, lease.certain)


def bounce_reader(
    settings: Settings, clock: Clock, tokens: BounceTokens, bounces: BounceService, registry: CollectorRegistry
) -> BounceReader | None:
    """``None`` where there is no mailbox to read."""
    if not settings.bounces.host:
        return None
    return BounceReader(
        clock,
        BounceMailbox(settings.bounces),
        tokens,
        bounces,
        registry,
        poll_seconds=settings.bounces.poll_seconds,
    )
