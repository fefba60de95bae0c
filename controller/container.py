"""The composition root: creates every part of the controller once and injects it where it is needed."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, fields
from datetime import timedelta
from functools import partial

from prometheus_client import CollectorRegistry

from controller.absence.service import AbsenceService
from controller.access.holders.csv_import import HolderImport
from controller.access.holders.service import HolderService
from controller.access.members.library_check import LibraryCheck
from controller.access.members.service import MemberService
from controller.access.other_grants import OtherGrants
from controller.access.service import AccessService
from controller.availability.service import AvailabilityService
from controller.billing.service import BillingService
from controller.billing.site_section import TariffsSection
from controller.bookings import repository as bookings_repository
from controller.bookings.affected import hours_changes
from controller.bookings.affected.service import AffectedBookings
from controller.bookings.code_issuing import BookingCodes
from controller.bookings.csv_rows.service import BookingCsv
from controller.bookings.door_codes import DoorCodes
from controller.bookings.estate_changes.apply import EstateChanges
from controller.bookings.policies.service import PolicyService
from controller.bookings.policies.site_section import PolicySection
from controller.bookings.series.service import SeriesService
from controller.bookings.service import BookingService
from controller.bookings.writer import BookingWriter
from controller.calendars.feeds import repository as feeds
from controller.calendars.feeds.fetching import Fetcher
from controller.calendars.feeds.polling import Poller
from controller.calendars.feeds.service import FeedService
from controller.calendars.service import CalendarImport
from controller.calendars.subscriptions import repository as subscriptions
from controller.calendars.subscriptions.service import SubscriptionService
from controller.calendars.whats_on.board import NoticeBoard
from controller.changes import Changes
from controller.db.engine import Database
from controller.db.write_probe import WriteProbe
from controller.diary import waits_repository as waits
from controller.diary.policy_repository import least_age
from controller.door_pages.door_page import DoorPages
from controller.enrolment.service import EnrolmentService
from controller.enrolment.setup import open_enrolment
from controller.enrolment.signing_keyring import SigningKeyring
from controller.estate.repository import known_sites
from controller.estate.service import EstateService
from controller.estate.site_file.sections import FileSection
from controller.estate.site_file.service import SiteFile
from controller.hours.service import Anchored, HoursService
from controller.hours.site_section import HoursSection
from controller.key_files import KeyFiles, load_keys
from controller.live.edge_metrics import EdgeMetrics
from controller.mqtt.app import MqttApp
from controller.people import directory
from controller.people.authentication import Owners
from controller.people.directory import PartyDirectory
from controller.people.erasure import PersonalData
from controller.people.party_import import PartyImport
from controller.people.passwords import Passwords
from controller.people.service import SignInService
from controller.plans import repository as plans
from controller.plans.clock_trust import GIVEN, Sources
from controller.plans.overrides import repository as overrides
from controller.plans.restored import repository as restored
from controller.plans.why.service import WhyService
from controller.settings import Settings
from controller.telemetry.wiring_check import wiring_faults_of
from controller.uploads.parser import Parser
from controller.waitlist.service import WaitlistService
from edge.wire.clock import Clock
from edge.wire.link import Link

PERSONAL_DATA = PersonalData(
    still=(bookings_repository.still, waits.still, feeds.still),
    forget=(bookings_repository.forget, subscriptions.forget),
)
"""What domains know of a party beyond their tables' columns."""
Check = Callable[[], Awaitable[str | None]]
"""Whether a part is ready: None, or a sentence that says what is wrong."""


@dataclass(frozen=True, kw_only=True)
class NamedTask:
    """Something that runs as long as the controller does; its end, however it comes, ends the process."""

    name: str
    run: Callable[[], Coroutine[None, None, None]]


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
    directory: PartyDirectory
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
    door_codes: DoorCodes
    series: SeriesService
    availability: AvailabilityService
    billing: BillingService
    calendars: CalendarImport
    feeds: FeedService
    subscriptions: SubscriptionService
    notice_board: NoticeBoard
    mqtt: MqttApp
    enrolment: EnrolmentService
    absence: AbsenceService
    waitlist: WaitlistService
    policies: PolicyService
    booking_csv: BookingCsv
    affected: AffectedBookings
    door_pages: DoorPages
    own_parser: Parser | None
    owners: Owners = field(default_factory=Owners)
    checks: dict[str, Check] = field(default_factory=dict)
    tasks: list[NamedTask] = field(default_factory=list)

    async def start(self) -> None:
        """What has to be done before the first request, on a migrated database."""
        await self.people.prepare()
        await self.enrolment.prepare()

    def services(self) -> dict[object, object]:
        """What routes use (``controller.web.services``), by class."""
        ours = {each.type: getattr(self, each.name) for each in fields(self)}
        edges = (self.mqtt.commander, self.mqtt.live, self.mqtt.overrides, self.mqtt.restored)
        return ours | {type(each): each for each in edges} | {Container: self}

    async def close(self) -> None:
        if self.own_parser is not None:
            await asyncio.to_thread(self.own_parser.close)
        await self.database.close()


def open_container(
    settings: Settings,
    clock: Clock,
    *,
    passwords: Passwords | None = None,
    parser: Parser | None = None,
    link: Link | None = None,
    time: Sources = GIVEN,
) -> Container:
    """Make the parts; touches nothing but the key files and that of the clock. ``link`` takes the broker's place;
    ``time`` is what vouches for the clock; ``parser`` stays the caller's to close. Raises ``KeyFault``."""
    keys = load_keys(settings.data_dir)
    database = Database(settings.database_url)
    changes = Changes()
    own_parser = None if parser else Parser()
    parser = parser or own_parser
    assert parser is not None
    people = SignInService(
        database, clock, passwords or Passwords(), keys, settings.data_dir / "setup-token", known_sites
    )
    estate = EstateService(database, clock, keys, changes)
    access = AccessService(estate, keys)
    codes = BookingCodes(
        access, lead_in=timedelta(minutes=settings.lead_in_minutes), lag=timedelta(minutes=settings.lag_minutes)
    )
    writer = BookingWriter(database, access, keys, codes, address=settings.address)
    estate.when_a_space_changes(lambda tx, space: codes.follow_doors(tx, space, clock.now()))
    estate.when_a_site_changes(Anchored())
    estate.when_a_site_changes(EstateChanges(database))
    bookings = BookingService(database, clock, changes, writer)
    series = SeriesService(database, clock, changes, writer, bookings, keys)
    billing = BillingService(database, clock, changes, writer)
    registry = CollectorRegistry()
    holders = HolderService(database, clock, changes, keys, estate)
    estate.when_a_site_changes(holders)
    members = MemberService(database, clock, changes, keys, parser, least_age)
    keyring = SigningKeyring(keys)
    enrolment = open_enrolment(
        settings=settings,
        clock=clock,
        database=database,
        keys=keys,
        keyring=keyring,
        estate=estate,
        access=access,
        holders=holders,
        changes=changes,
    )
    estate.when_a_site_changes(enrolment.registry)
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
        time=time,
    )
    policies = PolicyService(database, clock, changes, writer.site_configs, codes)
    estate.when_a_site_changes(codes)
    calendars = CalendarImport(database, clock, changes, writer, bookings, parser)
    poller = Poller(database, clock, changes, calendars, keys, Fetcher(settings.feeds.allowed))
    container = Container(
        settings=settings,
        clock=clock,
        database=database,
        keys=keys,
        changes=changes,
        registry=registry,
        edge_metrics=EdgeMetrics(database, clock, registry),
        people=people,
        directory=PartyDirectory(database, clock, known_sites, PERSONAL_DATA),
        party_import=PartyImport(database, clock, parser, known_sites),
        holder_import=HolderImport(database, changes, holders, parser),
        estate=estate,
        site_file=SiteFile(database, clock, changes, estate, site_sections(policies), wiring_faults_of, parser),
        hours=HoursService(database, clock, changes, writer.site_configs.hours, hours_changes),
        access=access,
        holders=holders,
        why=WhyService(database, clock, writer.site_configs, estate, keys),
        members=members,
        library_check=LibraryCheck(members, clock, settings.library_system),
        writer=writer,
        bookings=bookings,
        door_codes=DoorCodes(database, clock, changes, writer, estate),
        series=series,
        availability=AvailabilityService(database, clock, writer.site_configs),
        billing=billing,
        calendars=calendars,
        feeds=FeedService(database, clock, changes, writer, bookings, poller),
        notice_board=NoticeBoard(database, clock, writer.site_configs),
        subscriptions=SubscriptionService(database, clock, writer, keys, address=settings.address),
        mqtt=mqtt,
        enrolment=enrolment,
        absence=AbsenceService(database, clock, changes, writer, bookings, ask=mqtt.hello_service.ask),
        waitlist=WaitlistService(database, clock, changes, writer, bookings),
        policies=policies,
        door_pages=DoorPages(bookings=bookings, billing=billing, series=series, keys=keys),
        own_parser=own_parser,
        booking_csv=BookingCsv(database, clock, changes, writer, bookings, parser),
        affected=AffectedBookings(database, clock, changes, writer, bookings),
    )
    container.owners |= {"booking_id": bookings_repository.whose, "series_id": bookings_repository.whose_series}
    container.owners |= {"party": directory.whose, "command": plans.whose_command, "override_id": overrides.whose}
    container.owners |= {"restored_id": restored.whose, "wait_id": waits.whose}
    container.checks |= {"database": WriteProbe(database, clock).look} | mqtt.checks
    runs = mqtt.tasks | {
        "absence": container.absence.run,
        "waiting lists": container.waitlist.run,
        "feeds": poller.run,
        "members": container.library_check.run,
    }
    if not database.sqlite:
        runs["sessions"] = partial(people.sessions.watch, database.url)
    container.tasks += [NamedTask(name=name, run=run) for name, run in runs.items()]
    return container


def site_sections(policies: PolicyService) -> list[FileSection]:
    """The sections of a site's file besides the building, in order."""
    return [HoursSection(hours_changes), PolicySection(policies), TariffsSection()]
