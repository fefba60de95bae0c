"""The composition root: creates every part of the controller once and injects it where it is needed."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import partial
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Gauge

from controller.access.holder_and_member_grants import OtherGrants
from controller.access.holders.csv_import import HolderImport
from controller.access.holders.service import HolderService
from controller.access.members.library_check import LibraryCheck
from controller.access.members.service import MemberService
from controller.access.service import AccessService
from controller.alerts.escalation import Escalation
from controller.attendance.service import AttendanceService
from controller.audit import audit_log
from controller.audit.sealer import AuditSealer
from controller.audit_api.daily_mail import HeadMail
from controller.audit_api.service import AuditService
from controller.availability.service import AvailabilityService
from controller.billing.service import BillingService
from controller.billing.site_section import TariffsSection
from controller.bookings import person_contacts
from controller.bookings import repository as bookings_repository
from controller.bookings.affected.hours_changes import HoursChanges
from controller.bookings.affected.service import AffectedBookings
from controller.bookings.code_issuing import BookingCodes, CodeWindows
from controller.bookings.code_search import CodeSearch
from controller.bookings.csv_import.service import BookingCsv
from controller.bookings.door_codes import DoorCodes
from controller.bookings.estate_changes.apply import EstateChanges
from controller.bookings.link_renewal import LinkRenewal
from controller.bookings.listing import BookingListing
from controller.bookings.party_leaving import PartyLeaving
from controller.bookings.policies.service import PolicyService
from controller.bookings.policies.site_section import PolicySection
from controller.bookings.series.service import SeriesService
from controller.bookings.service import BookingService
from controller.bookings.writer import BookingWriter
from controller.calendars.external_feeds import repository as feeds
from controller.calendars.external_feeds.fetching import Fetcher
from controller.calendars.external_feeds.polling import Poller
from controller.calendars.external_feeds.service import FeedService
from controller.calendars.public_cache import PublicCache
from controller.calendars.service import CalendarImport
from controller.calendars.subscriptions import repository as subscriptions
from controller.calendars.subscriptions.service import SubscriptionService
from controller.change_log import ChangeLog
from controller.changes import Changes
from controller.closures.kept_offers import KeptOffers
from controller.closures.preview import ClosurePreview, shut_this_week
from controller.closures.service import ClosureBatches
from controller.closures.together import TogetherPreview
from controller.db.engine import Database
from controller.db.lease import WorkLease
from controller.db.write_probe import WriteProbe
from controller.diary import waitlist_repository
from controller.diary.policy_repository import least_age
from controller.documents import repository as documents
from controller.documents.service import DocumentService
from controller.door_pages.door_page import DoorPages
from controller.enrolment import repository as enrolment_repository
from controller.enrolment.broker_files import authority, broker_files, broker_of_edges
from controller.enrolment.certificate_metrics import CertificateMetrics
from controller.enrolment.edge_identity import EdgeIdentities
from controller.enrolment.service import EnrolmentService
from controller.enrolment.signing_keyring import SigningKeyring
from controller.estate.repository import known_sites, known_spaces, site_ids, site_zones
from controller.estate.service import EstateService
from controller.estate.site_file.sections import FileSection
from controller.estate.site_file.service import SiteFile
from controller.floor_plans import site_section as floor_plan_section
from controller.floor_plans.service import FloorPlanService
from controller.forecast.service import ForecastService
from controller.hand_counts.service import HandCounts
from controller.hire_requests import repository as hire_repository
from controller.hire_requests.service import HireRequests
from controller.hours.service import Anchored, HoursService
from controller.hours.site_section import HoursSection
from controller.induction import repository as induction_repository
from controller.induction.service import InductionService
from controller.key_files import KeyFiles, load_keys
from controller.live.edge_metrics import EdgeMetrics
from controller.mqtt.app import MqttApp
from controller.no_shows.service import NoShowService
from controller.notices import call_repository
from controller.notices import repository as notices
from controller.notices.bounces.mailbox import BounceMailbox
from controller.notices.bounces.reader import BounceReader
from controller.notices.bounces.service import BounceService
from controller.notices.bounces.tokens import BounceTokens
from controller.notices.calls import CallService
from controller.notices.delivery_worker import NoticeWorker
from controller.notices.digest.documents_section import documents_section
from controller.notices.digest.problems_section import problems_section
from controller.notices.digest.service import DigestService
from controller.notices.document_reminders import DocumentReminders
from controller.notices.door_trouble.service import DoorTroubles
from controller.notices.gateway import FencedGateway, Gateway
from controller.notices.model import Channel
from controller.notices.morning.service import MorningService
from controller.notices.outgoing_channel import OutgoingChannel
from controller.notices.preferences.service import NoticePreferences
from controller.notices.problem_notices import ProblemNotices
from controller.notices.recipients import Recipients
from controller.notices.render_at_send import NoticeRendering
from controller.notices.service import NoticeService
from controller.notices.sms import SmsGateway
from controller.notices.smtp import SmtpMailer
from controller.notices.template_service import NoticeTemplates
from controller.people import party_service
from controller.people.account_mails.address_verification import MailProofs
from controller.people.account_mails.queue import AccountMails
from controller.people.account_mails.service import MailSignIn
from controller.people.authentication import Owners
from controller.people.displays.service import Displays
from controller.people.erasure import PersonalData
from controller.people.groups import repository as groups
from controller.people.groups.contact_replacement import PartyContacts
from controller.people.groups.invitation_link_revocation import end_open_links
from controller.people.groups.invitations import Invitations
from controller.people.groups.joining import Joining
from controller.people.groups.people import GroupPeople
from controller.people.merging import repository as merges
from controller.people.merging.service import PartyMerging
from controller.people.model import Role
from controller.people.oidc.service import OidcSignIn
from controller.people.party_import import PartyImport
from controller.people.party_repository import PartyHook
from controller.people.party_service import PartyService
from controller.people.passkeys.service import Passkeys
from controller.people.passwords import Passwords
from controller.people.second_factor.service import SecondFactors
from controller.people.sign_in import SignInService
from controller.people.tokens import TokenService
from controller.plans import repository as plans
from controller.plans.clock_trust import GIVEN, Sources
from controller.plans.overrides import repository as overrides
from controller.plans.restored import repository as restored
from controller.plans.why.replay_decision import WhyService
from controller.problem_reports import repository as problem_reports
from controller.problem_reports.service import ProblemReports
from controller.retention.erasure_log import Erasures
from controller.retention.nightly_run import RetentionService
from controller.retention.rules_by_kind import rules as retention_rules
from controller.retention.subject_access import SubjectAccess
from controller.retention.user_erasure import EraseUsers, UserErasure
from controller.room_sensors.service import RoomSensors
from controller.room_tablets.service import RoomTablets
from controller.settings import Settings
from controller.telemetry.movement_holds import HoldLearning
from controller.telemetry.rollups.figure_reader import FigureReader, row_source
from controller.telemetry.wiring_check import wiring_faults_of
from controller.uploads.parser import Parser
from controller.use.service import UseService
from controller.waitlist.service import WaitlistService
from controller.ways.service import WayService
from edge.wire.broker_link import Link
from edge.wire.clock import Clock, SystemClock
from edge.wire.machine_clock import since_boot

PERSONAL_DATA = PersonalData(
    still=(bookings_repository.still, person_contacts.still, waitlist_repository.still, feeds.still),
    forget=(
        person_contacts.forget,
        *(bookings_repository.forget, subscriptions.forget, notices.forget, documents.forget),
        *(call_repository.forget, problem_reports.forget),
        *(hire_repository.forget, induction_repository.forget, groups.forget, merges.forget),
        audit_log.forget,
    ),
)
"""What domains know of a party beyond their tables' columns."""
Check = Callable[[], Awaitable[str | None]]
"""Whether a part is ready: None, or a sentence that says what is wrong."""


@dataclass(frozen=True, kw_only=True)
class NamedTask:
    """Something that runs as long as the controller does; its end, however it comes, ends the process. ``everywhere``:
    in each of several controllers over one database; the others run in one of them at a time."""

    name: str
    run: Callable[[], Coroutine[None, None, None]]
    everywhere: bool = False


EVERYWHERE = frozenset(
    {
        "time",
        "live",
        "people inside",
        "sessions",
        "changes of others",
        "revocations of others",
        "commands",
        "erasures",
        "database servers",
    }
)
"""Tasks that follow what this process holds in memory, or what it is asked, or that keep a file of its machine, of
which a copy goes with each backup there."""
WORK = "work"
"""The lease of the tasks that one controller runs at a time."""


@dataclass(kw_only=True)
class Container:
    """All parts. ``checks`` are what /readyz asks, by name; ``tasks`` are what the process runs."""

    settings: Settings
    clock: Clock
    database: Database
    keys: KeyFiles
    changes: Changes
    registry: CollectorRegistry
    edge_metrics: EdgeMetrics
    people: SignInService
    party_service: PartyService
    party_import: PartyImport
    holder_import: HolderImport
    estate: EstateService
    site_file: SiteFile
    hours: HoursService
    access: AccessService
    holders: HolderService
    why: WhyService
    members: MemberService
    library_check: LibraryCheck
    writer: BookingWriter
    bookings: BookingService
    booking_listing: BookingListing
    door_codes: DoorCodes
    code_search: CodeSearch
    series: SeriesService
    availability: AvailabilityService
    billing: BillingService
    calendars: CalendarImport
    feeds: FeedService
    subscriptions: SubscriptionService
    mqtt: MqttApp
    enrolment: EnrolmentService
    no_shows: NoShowService
    use: UseService
    forecasts: ForecastService
    attendance: AttendanceService
    waitlist: WaitlistService
    policies: PolicyService
    booking_csv: BookingCsv
    affected: AffectedBookings
    closure_preview: ClosurePreview
    closure_batches: ClosureBatches
    together_preview: TogetherPreview
    link_renewal: LinkRenewal
    door_pages: DoorPages
    public_cache: PublicCache
    notices: NoticeService
    notice_worker: NoticeWorker
    notice_templates: NoticeTemplates
    calls: CallService
    notice_preferences: NoticePreferences
    bounces: BounceService
    bounce_reader: BounceReader | None
    account_mails: AccountMails
    mail_sign_in: MailSignIn
    hire_requests: HireRequests
    group_people: GroupPeople
    invitations: Invitations
    joining: Joining
    party_merging: PartyMerging
    tokens: TokenService
    second_factors: SecondFactors
    documents: DocumentService
    ways: WayService
    floor_plans: FloorPlanService
    room_sensors: RoomSensors
    hand_counts: HandCounts
    figure_reader: FigureReader
    reports: ProblemReports
    lapsing: DocumentReminders
    digests: DigestService
    mornings: MorningService
    passkeys: Passkeys
    displays: Displays
    room_tablets: RoomTablets
    induction: InductionService
    oidc: OidcSignIn
    audit: AuditService
    retention: RetentionService
    user_erasure: UserErasure
    subject_access: SubjectAccess
    erasures: Erasures
    own_parser: Parser | None
    lease: WorkLease | None
    """Of the tasks that are not to run everywhere; ``None`` where this is the only controller."""
    change_log: ChangeLog | None = None
    owners: Owners = field(default_factory=Owners)
    checks: dict[str, Check] = field(default_factory=dict)
    tasks: list[NamedTask] = field(default_factory=list)

    async def start(self) -> None:
        """What has to be done before the first request, on a migrated database."""
        if self.change_log is not None:
            await self.change_log.start()  # before anything is read that a change elsewhere may make old
        await self.people.prepare()
        await self.enrolment.prepare()
        await self.erasures.repeat()

    def services(self) -> dict[object, object]:
        """What routes use (``controller.web.services``), by class."""
        ours = {each.type: getattr(self, each.name) for each in fields(self)}
        mqtt = self.mqtt
        edges = (mqtt.alerts, mqtt.backups, mqtt.commander, mqtt.live, mqtt.live_sites, mqtt.occupancy, mqtt.overrides)
        return ours | {type(each): each for each in (*edges, mqtt.restored)} | {Container: self}

    async def close(self) -> None:
        if self.own_parser is not None:
            await asyncio.to_thread(self.own_parser.close)
        await self.figure_reader.close()
        await self.database.close()


def open_container(
    settings: Settings,
    clock: Clock,
    *,
    passwords: Passwords | None = None,
    parser: Parser | None = None,
    link: Link | None = None,
    time: Sources = GIVEN,
    several: bool = False,
) -> Container:
    """Make the parts; touches nothing but the key files and that of the clock. ``link`` takes the broker's place;
    ``time`` is what vouches for the clock; ``parser`` stays the caller's to close. ``several``: other controllers may
    work on the same database, so that nothing leaves this one for an edge or a mailbox before it has the lease. Raises
    ``KeyFault``."""
    keys = load_keys(settings.data_dir)
    database = Database(settings.database_url, settings.reports_url)
    changes = Changes()
    lease = WorkLease(database.url, WORK, database.name) if several else None
    own_parser = None if parser else Parser()
    parser = parser or own_parser
    assert parser is not None
    account_mails = AccountMails(database, clock, keys, settings)
    mail_proofs = MailProofs(database, clock, account_mails)
    people = SignInService(
        database,
        clock,
        passwords or Passwords(),
        keys,
        settings.data_dir / "setup-token",
        site_zones,
        account_mails,
        changes,
    )
    people.sessions.second_factor_roles = frozenset(Role(each) for each in settings.second_factor_roles)
    people.sessions.oidc_length = timedelta(days=settings.oidc_days)
    people.sessions.issuers = frozenset(each.issuer for each in settings.oidc)
    people.sessions.vouching = frozenset(each.issuer for each in settings.oidc if each.shows_second_factor)
    estate = EstateService(database, clock, keys, changes)
    access = AccessService(estate, keys)
    lead_in, lag = (timedelta(minutes=each) for each in (settings.lead_in_minutes, settings.lag_minutes))
    codes = BookingCodes(access, CodeWindows(lead_in=lead_in, lag=lag))
    writer = BookingWriter(database, access, keys, codes, address=settings.address)
    estate.when_a_space_changes(lambda tx, space: codes.follow_doors(tx, space, clock.now()))
    estate.when_a_site_changes(Anchored())
    estate.when_a_site_changes(EstateChanges(database))
    hours_changes = HoursChanges(writer)
    hours = HoursService(database, clock, changes, writer.site_configs.hours, hours_changes)
    bookings = BookingService(database, clock, changes, writer)
    affected = AffectedBookings(database, clock, changes, writer, bookings)
    series = SeriesService(database, clock, changes, writer, bookings)
    link_renewal = LinkRenewal(database, clock, writer)
    billing = BillingService(database, clock, changes, writer)
    availability = AvailabilityService(database, clock, writer.site_configs)
    registry = CollectorRegistry()
    registry.register(CertificateMetrics(settings.data_dir))
    Gauge("hallkeeper_info", "1; the controller's version is a label.", ["version"], registry=registry).labels(
        version("hallkeeper")
    ).set(1)
    holders = HolderService(database, clock, changes, keys, estate)
    estate.when_a_site_changes(holders)
    members = MemberService(database, clock, changes, keys, parser, least_age)
    keyring = SigningKeyring(keys)
    calendar = SystemClock()
    ca = authority(keys, calendar.now())
    identities = EdgeIdentities(
        clock=clock,
        estate=estate,
        access=access,
        holders=holders,
        keyring=keyring,
        ca=ca.pem,
        broker=broker_of_edges(settings),
    )
    enrolment = EnrolmentService(
        database=database,
        clock=clock,
        calendar=calendar,
        keys=keys,
        keyring=keyring,
        authority=ca,
        registry=identities,
        files=broker_files(settings, keys),
        estate=estate,
        access=access,
        holders=holders,
        changes=changes,
    )
    estate.when_a_site_changes(identities)
    mqtt = MqttApp(
        settings=settings,
        clock=clock,
        database=database,
        keyring=keyring,
        enrolment=enrolment,
        changes=changes,
        registry=registry,
        site_configs=writer.site_configs,
        others=OtherGrants(estate, keys, holders),
        link=link,
        lease=lease,
        time=time,
    )
    invitations = Invitations(database, clock, site_zones, account_mails, mail_proofs)
    party_hooks: list[PartyHook] = []
    parties = PartyService(database, clock, known_sites, PERSONAL_DATA, party_hooks)
    sealer = AuditSealer(database, clock, keys, settings.data_dir)

    async def follow_console() -> None:
        """Doors and open pages follow what a command on this machine has changed, at any site."""
        async with database.read() as tx:
            changed = await site_ids(tx)
        people.users.rights_changed_with(changed)

    sealer.when_console.append(follow_console)

    def fenced(gateway: Gateway) -> Gateway:
        return gateway if lease is None else FencedGateway(gateway, lease.certain)

    channels = (
        [
            OutgoingChannel(
                Channel.MAIL,
                fenced(SmtpMailer(settings.mail, settings.bounces)),
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
                fenced(SmsGateway(settings.sms, clock)),
                most_per_minute=settings.sms.most_per_minute,
            )
        ]
        if settings.sms.address
        else []
    )
    recipients = Recipients(keys, frozenset(each.channel for each in channels), settings.sms.region)
    notice_service = NoticeService(database, clock, writer, recipients)
    if notice_service.sends:
        party_hooks.append(notice_service.follow_party)
    bounces = BounceService(database, clock, writer, notice_service, recipients)
    tokens = BounceTokens(keys.page)
    lapsing = DocumentReminders(database, clock, writer, notice_service, recipients)
    reports = ProblemReports(database, clock, changes, keys, parser, writer.site_configs)
    problem_notices = ProblemNotices(database, notice_service, recipients, address=settings.address)
    if notice_service.sends:
        reports.when_reported(problem_notices.tell)
    sections = [documents_section(lapsing), problems_section(reports)]
    digests = DigestService(database, clock, writer, notice_service, recipients, sections, address=settings.address)
    doors = DoorTroubles(writer, lambda: mqtt.router.link.connected, clock.now())
    escalation = Escalation(database, clock, notice_service, recipients, address=settings.address)
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
    notice_worker = NoticeWorker(
        database, clock, writer, notice_service, rendering, channels, account_mails, bounces, tokens, doors
    )
    document_service = DocumentService(database, clock, keys)
    ways = WayService(database, clock, parser)
    notice_preferences = NoticePreferences(database, clock, recipients)
    subscription_service = SubscriptionService(database, clock, writer, keys, people.sessions, address=settings.address)
    leaving = PartyLeaving(database, writer, link_renewal)
    contacts = PartyContacts(party_hooks, (end_open_links, leaving.follow, subscription_service.follow_departure))
    people.users.when_leaving.append(contacts.follow)
    people.users.when_to_leave.append(end_open_links)
    policies = PolicyService(database, clock, changes, writer.site_configs, codes)
    estate.when_a_site_changes(codes)
    calendars = CalendarImport(database, clock, changes, writer, bookings, parser)
    poller = Poller(database, clock, changes, calendars, keys, Fetcher(settings.feeds.allowed, settings.feeds.hosts))
    retention = RetentionService(
        database,
        clock,
        settings.retention,
        retention_rules(sealer, parties, enrolment_repository.past_revocations(), EraseUsers()),
    )
    user_erasure = UserErasure(database, clock, people.users, retention)
    listing, calls = BookingListing(database, clock, writer), CallService(database, clock, writer)
    waitlist = WaitlistService(database, clock, changes, writer, bookings)
    container = Container(
        settings=settings,
        clock=clock,
        database=database,
        keys=keys,
        changes=changes,
        registry=registry,
        edge_metrics=EdgeMetrics(database, clock, registry),
        people=people,
        party_service=parties,
        party_import=PartyImport(database, clock, parser, known_sites, party_hooks),
        holder_import=HolderImport(database, changes, holders, parser),
        estate=estate,
        site_file=SiteFile(
            database,
            clock,
            changes,
            estate,
            site_sections(hours_changes, policies),
            wiring_faults_of,
            parser,
            {floor_plan_section.NAME: floor_plan_section.rebuilt_table},
        ),
        hours=hours,
        access=access,
        holders=holders,
        why=WhyService(database, clock, writer.site_configs, estate, keys),
        members=members,
        library_check=LibraryCheck(members, clock, settings.library_system),
        writer=writer,
        bookings=bookings,
        booking_listing=listing,
        door_codes=DoorCodes(database, clock, changes, writer, estate),
        code_search=CodeSearch(database, clock, access, listing),
        series=series,
        availability=availability,
        billing=billing,
        calendars=calendars,
        feeds=FeedService(database, clock, changes, writer, bookings, poller),
        subscriptions=subscription_service,
        mqtt=mqtt,
        enrolment=enrolment,
        use=UseService(database, clock, writer.site_configs),
        forecasts=ForecastService(database, clock, writer.site_configs),
        attendance=AttendanceService(database, clock, writer.site_configs, codes),
        no_shows=NoShowService(database, clock, changes, writer, bookings, ask=mqtt.edge_sessions.ask),
        waitlist=waitlist,
        policies=policies,
        public_cache=PublicCache(clock, changes),
        door_pages=DoorPages(
            bookings=bookings,
            availability=availability,
            ways=ways,
            reports=reports,
            billing=billing,
            series=series,
            links=link_renewal,
            keys=keys,
            preferences=notice_preferences,
        ),
        notices=notice_service,
        notice_worker=notice_worker,
        bounces=bounces,
        bounce_reader=bounce_reader(settings, clock, tokens, bounces, registry),
        calls=calls,
        notice_templates=NoticeTemplates(database, clock, writer, billing),
        notice_preferences=notice_preferences,
        account_mails=account_mails,
        group_people=GroupPeople(database, clock, people.users),
        invitations=invitations,
        joining=Joining(invitations, people),
        party_merging=PartyMerging(database, clock, people.users.rights_changed),
        second_factors=SecondFactors(database, clock, keys, people),
        displays=Displays(database, clock, keys, people, known_spaces),
        room_tablets=RoomTablets(
            database, clock, changes, writer, bookings, billing, access, people.users.tries, reports
        ),
        passkeys=Passkeys(database, clock, keys, people, account_mails, settings.address),
        oidc=OidcSignIn(database, clock, keys, people, settings),
        tokens=TokenService(database, clock, people),
        mail_sign_in=MailSignIn(database, clock, people, account_mails, mail_proofs),
        hire_requests=HireRequests(
            database, clock, changes, keys, writer.site_configs, bookings, availability, billing, mail_proofs
        ),
        documents=document_service,
        ways=ways,
        floor_plans=FloorPlanService(database, clock, changes, parser),
        room_sensors=RoomSensors(database, clock, changes),
        hand_counts=HandCounts(database, clock),
        figure_reader=FigureReader(database, clock, row_source(settings.history)),
        reports=reports,
        induction=InductionService(database, clock, keys, members, address=settings.address),
        lapsing=lapsing,
        digests=digests,
        mornings=MorningService(database, clock, writer, listing, calls, lapsing, reports, shut_this_week),
        audit=AuditService(database, clock),
        retention=retention,
        user_erasure=user_erasure,
        subject_access=SubjectAccess(database, clock, document_service),
        erasures=Erasures(database, clock, parties, user_erasure, settings.data_dir),
        own_parser=own_parser,
        lease=lease,
        booking_csv=BookingCsv(database, clock, changes, writer, bookings, parser),
        link_renewal=link_renewal,
        affected=affected,
        closure_preview=ClosurePreview(database, clock, writer, hours_changes, availability),
        together_preview=TogetherPreview(database, clock, writer, billing),
        closure_batches=ClosureBatches(
            *(database, clock, changes, hours, mqtt.overrides, bookings, affected, billing),
            offers=KeptOffers(database, waitlist),
        ),
    )
    container.owners |= {"booking_id": bookings_repository.whose, "series_id": bookings_repository.whose_series}
    container.owners |= {"party": party_service.whose, "command": plans.whose_command, "override_id": overrides.whose}
    container.owners |= {"restored_id": restored.whose, "wait_id": waitlist_repository.whose}
    container.checks |= {"database": WriteProbe(database, clock).look, "audit log": sealer.ready} | mqtt.checks
    container.checks["erasures"] = container.erasures.ready
    if settings.backup.repository:
        container.checks["backup"] = mqtt.backups.ready
    runs = mqtt.tasks | {
        "no_shows": container.no_shows.run,
        "waiting lists": container.waitlist.run,
        "feeds": poller.run,
        "members": container.library_check.run,
        "audit": sealer.run,
        "retention": container.retention.run,
        "inductions": container.induction.run,
        "erasures": container.erasures.run,
        "movement holds": HoldLearning(database, clock).run,
    }
    if channels:
        runs |= {"notices": notice_worker.run, "lapsing documents": container.lapsing.run}
        container.checks |= {str(each.channel): each.ready for each in channels}
    if settings.mail.host:
        runs["digests"] = container.digests.run
    if container.bounce_reader is not None:
        runs["bounces"] = container.bounce_reader.run
        container.checks["bounces"] = container.bounce_reader.ready
    if settings.audit.mail_to:
        to = settings.audit.mail_to
        own_mailer = fenced(SmtpMailer(settings.mail, settings.bounces))  # one connection for each task
        runs["audit mail"] = HeadMail(database, clock, sealer, own_mailer, sender=settings.mail.sender, to=to).run
    if (watch := database.watch_servers) is not None:
        runs["database servers"] = watch
    if not database.sqlite:
        runs["sessions"] = partial(people.sessions.cache.watch, database.url)
        container.change_log = ChangeLog(database, changes, since_boot)
        runs["changes of others"] = container.change_log.run
        runs["revocations of others"] = enrolment.follow
        if channels:
            runs["account mails of others"] = account_mails.hear
    container.tasks += [NamedTask(name=name, run=run, everywhere=name in EVERYWHERE) for name, run in runs.items()]
    return container


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


def site_sections(hours_changes: HoursChanges, policies: PolicyService) -> list[FileSection]:
    """The sections of a site's file besides the building, in order."""
    return [
        HoursSection(hours_changes),
        PolicySection(policies),
        TariffsSection(),
        floor_plan_section.FloorPlanSection(),
    ]
