"""The composition root: creates every part of the controller once and injects it where it is needed."""

from datetime import timedelta
from functools import partial
from importlib.metadata import version

from prometheus_client import CollectorRegistry, Gauge

from controller.access.holder_and_member_grants import OtherGrants
from controller.access.holders.csv_import import HolderImport
from controller.access.holders.service import HolderService
from controller.access.induction import repository as induction_repository
from controller.access.induction.service import InductionService
from controller.access.members.library_check import LibraryCheck
from controller.access.members.service import MemberService
from controller.access.service import AccessService
from controller.app.container import EVERYWHERE, WORK, Container, NamedTask
from controller.app.mqtt.app import MqttApp
from controller.app.notice_parts import fenced, notice_parts
from controller.billing.hire_requests import repository as hire_repository
from controller.billing.hire_requests.service import HireRequests
from controller.billing.service import BillingService
from controller.billing.site_section import TariffsSection
from controller.bookings import person_contacts
from controller.bookings import repository as bookings_repository
from controller.bookings.affected.hours_changes import HoursChanges
from controller.bookings.affected.service import AffectedBookings
from controller.bookings.code_issuing import BookingCodes, CodeWindows
from controller.bookings.code_search import CodeSearch
from controller.bookings.csv_import.service import BookingCsv
from controller.bookings.diary import waitlist_repository
from controller.bookings.diary.policy_repository import least_age
from controller.bookings.door_codes import DoorCodes
from controller.bookings.estate_changes.apply import EstateChanges
from controller.bookings.link_renewal import LinkRenewal
from controller.bookings.listing import BookingListing
from controller.bookings.no_shows.service import NoShowService
from controller.bookings.party_leaving import PartyLeaving
from controller.bookings.policies.service import PolicyService
from controller.bookings.policies.site_section import PolicySection
from controller.bookings.problem_reports import repository as problem_reports
from controller.bookings.problem_reports.service import ProblemReports
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
from controller.closures.kept_offers import KeptOffers
from controller.closures.preview import ClosurePreview, shut_this_week
from controller.closures.service import ClosureBatches
from controller.closures.together import TogetherPreview
from controller.db.engine import Database
from controller.db.lease import WorkLease
from controller.db.write_probe import WriteProbe
from controller.enrolment import repository as enrolment_repository
from controller.enrolment.broker_files import authority, broker_files, broker_of_edges
from controller.enrolment.certificate_metrics import CertificateMetrics
from controller.enrolment.edge_identity import EdgeIdentities
from controller.enrolment.service import EnrolmentService
from controller.enrolment.signing_keyring import SigningKeyring
from controller.estate.floor_plans import site_section as floor_plan_section
from controller.estate.floor_plans.service import FloorPlanService
from controller.estate.repository import known_sites, known_spaces, site_ids, site_zones
from controller.estate.service import EstateService
from controller.estate.site_file.sections import FileSection
from controller.estate.site_file.service import SiteFile
from controller.estate.ways.service import WayService
from controller.find.service import AvailabilityService
from controller.find.waitlist.service import WaitlistService
from controller.hours.service import Anchored, HoursService
from controller.hours.site_section import HoursSection
from controller.notices import call_repository
from controller.notices import repository as notices
from controller.notices.calls import CallService
from controller.notices.morning.service import MorningService
from controller.notices.preferences.service import NoticePreferences
from controller.notices.smtp import SmtpMailer
from controller.notices.template_service import NoticeTemplates
from controller.occupancy.forecast.service import ForecastService
from controller.people import party_service
from controller.people.account_mails.address_verification import MailProofs
from controller.people.account_mails.queue import AccountMails
from controller.people.breached_passwords import BreachedPasswords
from controller.people.documents import repository as documents
from controller.people.documents.service import DocumentService
from controller.people.erasure import PersonalData
from controller.people.groups import repository as groups
from controller.people.groups.contact_replacement import PartyContacts
from controller.people.groups.invitation_link_revocation import end_open_links
from controller.people.groups.invitations import Invitations
from controller.people.groups.people import GroupPeople
from controller.people.merging import repository as merges
from controller.people.merging.service import PartyMerging
from controller.people.model import Role
from controller.people.party_import import PartyImport
from controller.people.party_repository import PartyHook
from controller.people.party_service import PartyService
from controller.people.passwords import Passwords
from controller.plans import repository as plans
from controller.plans.clock_trust import GIVEN, Sources
from controller.plans.overrides import repository as overrides
from controller.plans.restored import repository as restored
from controller.plans.why.replay_decision import WhyService
from controller.platform.key_files import load_keys
from controller.platform.settings import Settings
from controller.platform.uploads.parser import Parser
from controller.platform.uploads.virus_scan import VirusScanner
from controller.privacy.audit.daily_mail import HeadMail
from controller.privacy.audit.service import AuditService
from controller.privacy.erasure_log import Erasures
from controller.privacy.nightly_run import RetentionService
from controller.privacy.rules_by_kind import rules as retention_rules
from controller.privacy.subject_access import SubjectAccess
from controller.privacy.user_erasure import EraseUsers, UserErasure
from controller.records.audit import audit_log
from controller.records.audit.sealer import AuditSealer
from controller.records.change_log import ChangeLog
from controller.records.changes import Changes
from controller.screens.door_pages.door_page import DoorPages
from controller.screens.live.edge_metrics import EdgeMetrics
from controller.screens.room_tablets.service import RoomTablets
from controller.signin.displays.service import Displays
from controller.signin.joining import Joining
from controller.signin.mail_sign_in import MailSignIn
from controller.signin.oidc.service import OidcSignIn
from controller.signin.passkeys.service import Passkeys
from controller.signin.second_factor.service import SecondFactors
from controller.signin.sign_in import SignInService
from controller.signin.tokens import TokenService
from controller.telemetry.hand_counts.service import HandCounts
from controller.telemetry.movement_holds import HoldLearning
from controller.telemetry.rollups.figure_reader import FigureReader, row_source
from controller.telemetry.room_sensors.service import RoomSensors
from controller.telemetry.wiring_check import wiring_faults_of
from controller.use.attendance.service import AttendanceService
from controller.use.service import UseService
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
    if settings.breached_passwords is not None:
        people.passwords.breached = BreachedPasswords(settings.breached_passwords)
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

    reports = ProblemReports(database, clock, changes, keys, parser, writer.site_configs)
    told = notice_parts(
        settings=settings,
        clock=clock,
        keys=keys,
        writer=writer,
        billing=billing,
        account_mails=account_mails,
        reports=reports,
        mqtt=mqtt,
        registry=registry,
        party_hooks=party_hooks,
        lease=lease,
    )
    document_service = DocumentService(database, clock, keys, VirusScanner(settings.virus_scanner))
    ways = WayService(database, clock, parser)
    notice_preferences = NoticePreferences(database, clock, told.recipients)
    subscription_service = SubscriptionService(database, clock, writer, keys, people.sessions, address=settings.address)
    leaving = PartyLeaving(database, writer, link_renewal)
    contacts = PartyContacts(party_hooks, (end_open_links, leaving.follow, subscription_service.follow_departure))
    people.users.when_leaving.append(contacts.follow)
    people.users.when_to_leave.append(end_open_links)
    policies = PolicyService(database, clock, changes, writer.site_configs, codes)
    estate.when_a_site_changes(codes)
    calendars = CalendarImport(database, clock, changes, writer, bookings, parser)
    fetcher = Fetcher(settings.feeds.allowed, settings.feeds.hosts, encrypted_only=settings.encrypted_only)
    poller = Poller(database, clock, changes, calendars, keys, fetcher)
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
        notices=told.service,
        notice_worker=told.worker,
        bounces=told.bounces,
        bounce_reader=told.bounce_reader,
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
        lapsing=told.lapsing,
        digests=told.digests,
        mornings=MorningService(database, clock, writer, listing, calls, told.lapsing, reports, shut_this_week),
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
        "broker files": enrolment.follow,
    }
    if told.channels:
        runs |= {"notices": told.worker.run, "lapsing documents": container.lapsing.run}
        container.checks |= {str(each.channel): each.ready for each in told.channels}
    if settings.mail.host:
        runs["digests"] = container.digests.run
    if container.bounce_reader is not None:
        runs["bounces"] = container.bounce_reader.run
        container.checks["bounces"] = container.bounce_reader.ready
    if settings.audit.mail_to:
        to = settings.audit.mail_to
        own_mailer = fenced(SmtpMailer(settings.mail, settings.bounces), lease)  # one connection for each task
        runs["audit mail"] = HeadMail(database, clock, sealer, own_mailer, sender=settings.mail.sender, to=to).run
    if (watch := database.watch_servers) is not None:
        runs["database servers"] = watch
    if not database.sqlite:
        runs["sessions"] = partial(people.sessions.cache.watch, database.url)
        container.change_log = ChangeLog(database, changes, since_boot)
        runs["changes of others"] = container.change_log.run
        if told.channels:
            runs["account mails of others"] = account_mails.hear
    container.tasks += [NamedTask(name=name, run=run, everywhere=name in EVERYWHERE) for name, run in runs.items()]
    return container


def site_sections(hours_changes: HoursChanges, policies: PolicyService) -> list[FileSection]:
    """The sections of a site's file besides the building, in order."""
    return [
        HoursSection(hours_changes),
        PolicySection(policies),
        TariffsSection(),
        floor_plan_section.FloorPlanSection(),
    ]
