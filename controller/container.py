"""The composition root: every part of the controller, made once, handed to whoever needs it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated

from fastapi import Depends
from prometheus_client import CollectorRegistry
from starlette.requests import HTTPConnection

from controller.absence.service import Absence
from controller.access.holders.csv_import import HolderImport
from controller.access.holders.new_doors import NewDoors
from controller.access.holders.service import Holders
from controller.access.members.library_check import Checking
from controller.access.members.service import Members
from controller.access.other_grants import Others
from controller.access.service import Access
from controller.availability.service import Finding
from controller.billing.service import Billing
from controller.billing.site_section import TariffsSection
from controller.bookings import ownership
from controller.bookings.affected.service import AffectedBookings
from controller.bookings.code_issuing import BookingCodes
from controller.bookings.code_lengths import CodeLengths
from controller.bookings.csv_rows.service import Sheets
from controller.bookings.door_codes import DoorCodes
from controller.bookings.estate_changes.apply import Recast
from controller.bookings.policies.service import Policies
from controller.bookings.policies.site_section import PolicySection
from controller.bookings.series.service import Recurring
from controller.bookings.service import Bookings
from controller.bookings.writer import Desk
from controller.calendars.feeds.fetching import Fetcher
from controller.calendars.feeds.polling import Poller
from controller.calendars.feeds.service import Feeds
from controller.calendars.service import Calendars
from controller.calendars.subscriptions.service import Subscriptions
from controller.calendars.whats_on.board import NoticeBoard
from controller.changes import Changes
from controller.db.engine import Database, Tx
from controller.db.write_probe import WriteProbe
from controller.enrolment.change_hooks import Hung
from controller.enrolment.service import Enrolment
from controller.enrolment.setup import open_enrolment
from controller.enrolment.signing_keyring import Hand
from controller.estate.service import Estate
from controller.estate.site_file.sections import Section
from controller.estate.site_file.service import SiteFile
from controller.hours.change_hooks import Anchored
from controller.hours.service import Hours
from controller.hours.site_section import HoursSection
from controller.key_files import Keys, load_keys
from controller.mqtt.app import Exchange
from controller.people import directory
from controller.people.directory import Directory
from controller.people.party_import import PartyImport
from controller.people.passwords import Passwords
from controller.people.permissions import Thing
from controller.people.service import People
from controller.plans import repository as plans
from controller.plans.clock_trust import GIVEN, Sources
from controller.plans.overrides import repository as overrides
from controller.plans.restored import repository as restored
from controller.plans.why.service import Why
from controller.settings import Settings
from controller.telemetry.edge_metrics import EdgeMetrics
from controller.telemetry.wiring_check import told_apart
from controller.uploads.parser import Parser
from controller.waitlist import repository as waits
from controller.waitlist.service import Waiting
from edge.wire.clock import Clock
from edge.wire.link import Link

Check = Callable[[], Awaitable[str | None]]
"""Whether a part is ready: None, or a sentence that says what is wrong."""


@dataclass(frozen=True, kw_only=True)
class NamedTask:
    """Something that runs as long as the controller does; its end, however it comes, ends the process."""

    name: str
    run: Callable[[], Coroutine[None, None, None]]


@dataclass(kw_only=True)
class House:
    """All parts. ``checks`` are what /readyz asks, by name; ``tasks`` are what the process runs."""

    settings: Settings
    clock: Clock
    database: Database
    keys: Keys
    changes: Changes
    registry: CollectorRegistry
    edge_metrics: EdgeMetrics
    people: People
    directory: Directory
    party_import: PartyImport
    holder_import: HolderImport
    estate: Estate
    site_file: SiteFile
    hours: Hours
    access: Access
    holders: Holders
    why: Why
    members: Members
    checking: Checking
    desk: Desk
    bookings: Bookings
    door_codes: DoorCodes
    recurring: Recurring
    finding: Finding
    billing: Billing
    calendars: Calendars
    feeds: Feeds
    subscriptions: Subscriptions
    notice_board: NoticeBoard
    exchange: Exchange
    enrolment: Enrolment
    absence: Absence
    waiting: Waiting
    policies: Policies
    sheets: Sheets
    affected: AffectedBookings
    own_parser: Parser | None
    whereabouts: dict[str, Callable[[Tx, str], Awaitable[Thing | None]]] = field(default_factory=dict)
    """By the name of a route's path parameter: whose thing that is."""
    checks: dict[str, Check] = field(default_factory=dict)
    tasks: list[NamedTask] = field(default_factory=list)

    async def start(self) -> None:
        """What has to be done before the first request, on a migrated database."""
        await self.people.prepare()
        await self.enrolment.prepare()

    async def close(self) -> None:
        if self.own_parser is not None:
            await asyncio.to_thread(self.own_parser.close)
        await self.database.close()


def open_house(
    settings: Settings,
    clock: Clock,
    *,
    passwords: Passwords | None = None,
    parser: Parser | None = None,
    link: Link | None = None,
    time: Sources = GIVEN,
) -> House:
    """Make the parts; touches nothing but the key files and that of the clock. ``link`` takes the broker's place;
    ``time`` is what vouches for the clock; ``parser`` stays the caller's to close. Raises ``KeyFault``."""
    keys = load_keys(settings.data_dir)
    database = Database(settings.database_url)
    changes = Changes()
    own_parser = None if parser else Parser()
    parser = parser or own_parser
    assert parser is not None
    people = People(database, clock, passwords or Passwords(), keys, settings.data_dir / "setup-token")
    estate = Estate(database, clock, keys, changes)
    access = Access(estate, keys)
    codes = BookingCodes(
        access, lead_in=timedelta(minutes=settings.lead_in_minutes), lag=timedelta(minutes=settings.lag_minutes)
    )
    desk = Desk(database, access, keys, codes, address=settings.address)
    estate.when_a_space_changes(lambda tx, space: codes.follow_doors(tx, space, clock.now()))
    estate.when_a_site_changes(Anchored())
    estate.when_a_site_changes(Recast(database))
    bookings = Bookings(database, clock, changes, desk)
    registry = CollectorRegistry()
    holders = Holders(database, clock, changes, keys, estate)
    estate.when_a_site_changes(NewDoors(holders))
    members = Members(database, clock, changes, keys, parser)
    hand = Hand(keys)
    enrolment = open_enrolment(
        settings=settings,
        clock=clock,
        database=database,
        keys=keys,
        hand=hand,
        estate=estate,
        access=access,
        holders=holders,
        changes=changes,
    )
    estate.when_a_site_changes(Hung(enrolment.registry))
    exchange = Exchange(
        settings=settings,
        clock=clock,
        database=database,
        hand=hand,
        enrolment=enrolment,
        changes=changes,
        registry=registry,
        pictures=desk.pictures,
        others=Others(estate, keys, holders),
        link=link,
        time=time,
    )
    policies = Policies(database, clock, changes, desk.pictures, codes)
    estate.when_a_site_changes(CodeLengths(codes))
    calendars = Calendars(database, clock, changes, desk, bookings, parser)
    poller = Poller(database, clock, changes, calendars, keys, Fetcher(settings.feeds.allowed))
    house = House(
        settings=settings,
        clock=clock,
        database=database,
        keys=keys,
        changes=changes,
        registry=registry,
        edge_metrics=EdgeMetrics(database, clock, registry),
        people=people,
        directory=Directory(database, clock),
        party_import=PartyImport(database, clock, parser),
        holder_import=HolderImport(database, changes, holders, parser),
        estate=estate,
        site_file=SiteFile(database, clock, changes, estate, site_sections(policies), told_apart, parser),
        hours=Hours(database, clock, changes, desk.pictures),
        access=access,
        holders=holders,
        why=Why(database, clock, desk.pictures, estate, keys),
        members=members,
        checking=Checking(members, clock, settings.library_system),
        desk=desk,
        bookings=bookings,
        door_codes=DoorCodes(database, clock, changes, desk, estate),
        recurring=Recurring(database, clock, changes, desk, bookings, keys),
        finding=Finding(database, clock, desk.pictures),
        billing=Billing(database, clock, changes, desk),
        calendars=calendars,
        feeds=Feeds(database, clock, changes, desk, bookings, poller),
        notice_board=NoticeBoard(database, clock, desk.pictures),
        subscriptions=Subscriptions(database, clock, desk, keys, address=settings.address),
        exchange=exchange,
        enrolment=enrolment,
        absence=Absence(database, clock, changes, desk, bookings, ask=exchange.greeter.ask),
        waiting=Waiting(database, clock, changes, desk, bookings),
        policies=policies,
        own_parser=own_parser,
        sheets=Sheets(database, clock, changes, desk, bookings, parser),
        affected=AffectedBookings(database, clock, changes, desk, bookings),
    )
    house.whereabouts |= {"booking_id": ownership.booking, "series_id": ownership.series}
    house.whereabouts |= {"party": directory.whose, "command": plans.whose_command, "override_id": overrides.whose}
    house.whereabouts["restored_id"] = restored.whose
    house.checks["database"] = WriteProbe(database, clock).look
    house.checks |= exchange.checks
    house.tasks += [NamedTask(name=name, run=run) for name, run in exchange.tasks.items()]
    house.tasks.append(NamedTask(name="absence", run=house.absence.run))
    house.tasks.append(NamedTask(name="waiting lists", run=house.waiting.run))
    house.tasks.append(NamedTask(name="feeds", run=poller.run))
    house.tasks.append(NamedTask(name="members", run=house.checking.run))
    house.whereabouts["wait_id"] = waits.whose
    return house


def site_sections(policies: Policies) -> list[Section]:
    """What a site's file says beside the building, in its order."""
    return [HoursSection(), PolicySection(policies), TariffsSection()]


def the_house(connection: HTTPConnection) -> House:
    house: House = connection.app.state.house
    return house


async def _asked_for(connection: HTTPConnection) -> House:
    return the_house(connection)  # FastAPI would put what is not async on a thread


TheHouse = Annotated[House, Depends(_asked_for)]
"""The dependency by which routes reach everything else."""
