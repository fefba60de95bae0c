"""All parts of the controller, by name: what routes and tasks take them from. ``composition`` makes them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, fields

from prometheus_client import CollectorRegistry

from controller.access.holders.csv_import import HolderImport
from controller.access.holders.service import HolderService
from controller.access.induction.service import InductionService
from controller.access.members.library_check import LibraryCheck
from controller.access.members.service import MemberService
from controller.access.service import AccessService
from controller.app.mqtt.app import MqttApp
from controller.billing.hire_requests.service import HireRequests
from controller.billing.service import BillingService
from controller.bookings.affected.service import AffectedBookings
from controller.bookings.code_search import CodeSearch
from controller.bookings.csv_import.service import BookingCsv
from controller.bookings.door_codes import DoorCodes
from controller.bookings.link_renewal import LinkRenewal
from controller.bookings.listing import BookingListing
from controller.bookings.no_shows.service import NoShowService
from controller.bookings.policies.service import PolicyService
from controller.bookings.problem_reports.service import ProblemReports
from controller.bookings.series.service import SeriesService
from controller.bookings.service import BookingService
from controller.bookings.writer import BookingWriter
from controller.calendars.external_feeds.service import FeedService
from controller.calendars.public_cache import PublicCache
from controller.calendars.service import CalendarImport
from controller.calendars.subscriptions.service import SubscriptionService
from controller.closures.preview import ClosurePreview
from controller.closures.service import ClosureBatches
from controller.closures.together import TogetherPreview
from controller.db.engine import Database
from controller.db.lease import WorkLease
from controller.enrolment.service import EnrolmentService
from controller.estate.floor_plans.service import FloorPlanService
from controller.estate.service import EstateService
from controller.estate.site_file.service import SiteFile
from controller.estate.ways.service import WayService
from controller.find.service import AvailabilityService
from controller.find.waitlist.service import WaitlistService
from controller.hours.service import HoursService
from controller.notices.bounces.reader import BounceReader
from controller.notices.bounces.service import BounceService
from controller.notices.calls import CallService
from controller.notices.delivery_worker import NoticeWorker
from controller.notices.digest.service import DigestService
from controller.notices.document_reminders import DocumentReminders
from controller.notices.morning.service import MorningService
from controller.notices.preferences.service import NoticePreferences
from controller.notices.service import NoticeService
from controller.notices.template_service import NoticeTemplates
from controller.occupancy.forecast.service import ForecastService
from controller.people.account_mails.queue import AccountMails
from controller.people.authentication import Identification, Owners
from controller.people.documents.service import DocumentService
from controller.people.groups.invitations import Invitations
from controller.people.groups.people import GroupPeople
from controller.people.merging.service import PartyMerging
from controller.people.party_import import PartyImport
from controller.people.party_service import PartyService
from controller.people.users import UserService
from controller.plans.why.replay_decision import WhyService
from controller.platform.key_files import KeyFiles
from controller.platform.settings import Settings
from controller.platform.uploads.parser import Parser
from controller.privacy.audit.service import AuditService
from controller.privacy.erasure_log import Erasures
from controller.privacy.nightly_run import RetentionService
from controller.privacy.subject_access import SubjectAccess
from controller.privacy.user_erasure import UserErasure
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
from controller.telemetry.rollups.figure_reader import FigureReader
from controller.telemetry.room_sensors.service import RoomSensors
from controller.use.attendance.service import AttendanceService
from controller.use.service import UseService
from edge.wire.clock import Clock

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
        "broker files",
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
        """What routes use (``controller.platform.web.services``), by class."""
        ours = {each.type: getattr(self, each.name) for each in fields(self)}
        mqtt = self.mqtt
        edges = (mqtt.alerts, mqtt.backups, mqtt.commander, mqtt.live, mqtt.live_sites, mqtt.occupancy, mqtt.overrides)
        people = {Identification: Identification(self.people.sessions.identify), UserService: self.people.users}
        return ours | people | {type(each): each for each in (*edges, mqtt.restored)} | {Container: self}

    async def close(self) -> None:
        if self.own_parser is not None:
            await asyncio.to_thread(self.own_parser.close)
        await self.figure_reader.close()
        await self.database.close()
