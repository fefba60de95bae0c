"""The controller's MQTT side: builds its parts around one link."""

from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from pathlib import Path

from prometheus_client import CollectorRegistry

from controller.access.holder_and_member_grants import OtherGrants
from controller.access.offline_codes import booking_of
from controller.alerts.crowds import Crowds
from controller.alerts.service import AlertService
from controller.alerts.unexpected_people import UnexpectedPeople
from controller.app.mqtt.router import MqttRouter
from controller.bookings import arrivals
from controller.bookings.diary.site_config import SiteConfigs
from controller.db.engine import Database
from controller.db.lease import WorkLease
from controller.db.write_probe import WriteProbe
from controller.enrolment.broker_files import COMMANDS, BrokerFiles
from controller.enrolment.identity_delivery import IdentityDelivery
from controller.enrolment.service import EnrolmentService
from controller.enrolment.signing_keyring import SigningKeyring
from controller.enrolment.updates.delivery import UpdateDelivery
from controller.enrolment.updates.service import UpdateService
from controller.occupancy.metrics import PeopleMetrics
from controller.occupancy.service import OccupancyService
from controller.plans.clock_trust import FILE, GIVEN, ClockMetrics, ClockMonitor, Sources
from controller.plans.commands import CommandService
from controller.plans.edge_sessions import EdgeSessions
from controller.plans.overrides.service import OverrideService
from controller.plans.restored.service import RestoredPlans
from controller.plans.service import Planner
from controller.platform.backups.state import BackupWatch
from controller.platform.each_minute import each_minute
from controller.platform.mqtt_client import BrokerLink
from controller.platform.settings import Broker, Settings
from controller.records.changes import Changes
from controller.screens.live.disk_room import DiskRoom
from controller.screens.live.push import Live
from controller.screens.live.sites_push import LiveSites
from controller.telemetry.alert_causes import AlertCauses
from controller.telemetry.device_states import DeviceStates, RetainedSweep
from controller.telemetry.envelope_verifier import EdgeName, EnvelopeVerifier
from controller.telemetry.event_store import EventStore
from controller.telemetry.history import HistoryFollower
from controller.telemetry.ingest_queue import Ingest
from controller.telemetry.metrics import TelemetryMetrics
from edge.wire.broker_link import Link
from edge.wire.clock import Clock, real_s
from edge.wire.messages import DeviceState
from edge.wire.topics import subscriptions

Run = Callable[[], Coroutine[None, None, None]]


class MqttApp:
    """All parts that speak with edges. ``link`` takes the place of the real broker's where it is given. ``lease``:
    without it nothing is said to edges but what a person commands here."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        database: Database,
        keyring: SigningKeyring,
        enrolment: EnrolmentService,
        changes: Changes,
        registry: CollectorRegistry,
        site_configs: SiteConfigs,
        others: OtherGrants,
        link: Link | None = None,
        lease: WorkLease | None = None,
        time: Sources = GIVEN,
    ) -> None:
        signer = keyring
        self.time = ClockMonitor(clock, time, file=settings.data_dir / FILE, seen_right=settings.clock_right_on)
        registry.register(ClockMetrics(self.time))
        fence = None if lease is None else lease.certain
        self.link = link if link is not None else broker_link(settings.broker, enrolment.files, before=fence)
        self._lease = lease
        self._changes = changes
        self._commanding = self.link
        """What commands go over, which are not fenced: each is for one session of its edge, and for seconds."""
        if lease is not None:
            self._commanding = broker_link(settings.broker, enrolment.files, hears=False)
        self.occupancy = OccupancyService(database, clock)
        registry.register(PeopleMetrics(self.occupancy))
        disk = DiskRoom(folder=settings.data_dir)
        registry.register(disk)
        self.backups = BackupWatch(settings.backup, settings.data_dir, clock)
        registry.register(self.backups)
        self.live = Live(
            database=database,
            clock=clock,
            changes=changes,
            site_configs=site_configs,
            doubt=self.doubt,
            disk=disk.trouble,
            backup=self.backups.trouble,
            occupancy=self.occupancy,
        )
        self.live_sites = LiveSites(
            database=database, clock=clock, live=self.live, occupancy=self.occupancy, backups=self.backups
        )
        self.crowds = Crowds(database, clock, self.occupancy)
        self.unexpected = UnexpectedPeople(database, clock, site_configs)
        causes = AlertCauses()
        self.alerts = AlertService(database, clock, self.live.seen, lambda: self.crowds.found, causes)
        self.verifier = EnvelopeVerifier()
        self.time.changed = lambda: self._stored(frozenset(site for site, _ in self.verifier.edges))
        self.identity_delivery = IdentityDelivery(
            database=database,
            link=self.link,
            clock=clock,
            verifier=self.verifier,
            enrolment=enrolment,
            registry=enrolment.registry,
            changes=changes,
            real=real_s,
        )
        self.hook = _hook(settings, database)
        self.planner = Planner(
            database=database,
            link=self.link,
            signer=signer,
            clock=clock,
            changes=changes,
            site_configs=site_configs,
            others=others,
            secret_names=enrolment.registry.secret_names,
            time=self.time,
            clock_right_on=settings.clock_right_on,
            registry=registry,
        )
        self.restored = RestoredPlans(
            database=database,
            clock=clock,
            verifier=self.verifier,
            planner=self.planner,
            public_keys=lambda: keyring.public_keys,
            due=self._due_at_once,
            seen=self._seen,
        )
        self.states = DeviceStates(database=database, clock=clock, verifier=self.verifier, seen=self._seen)
        self.retained = RetainedSweep(database=database, link=self.link, clock=clock, verifier=self.verifier)
        self.edge_sessions = EdgeSessions(
            database=database,
            link=self.link,
            signer=signer,
            clock=clock,
            verifier=self.verifier,
            planner=self.planner,
            restored=self.restored,
            seen=self._seen,
            codes_changed=self.live.diary,
            greet_soon=lambda name: self.router.greet(name),
            holds=self.identity_delivery.heard,
            devices=self._devices,
        )
        self.overrides = OverrideService(database=database, clock=clock, due=self._due_at_once, seen=self._seen)
        self.commander = CommandService(
            database=database,
            link=self._commanding,
            signer=signer,
            clock=clock,
            verifier=self.verifier,
            seen=self._seen,
        )
        self.ingest = Ingest(
            database=database,
            link=self.link,
            signer=signer,
            clock=clock,
            verifier=self.verifier,
            event_store=EventStore(note=arrivals.note, booking_of=booking_of, in_sql=self.hook is None),
            stored=self._stored,
            undated=self.edge_sessions.ask_time,
            registry=registry,
            causes=causes,
        )
        self.updates = UpdateDelivery(
            database=database,
            link=self.link,
            signer=signer,
            verifier=self.verifier,
            service=UpdateService(database, clock, self._seen),
        )
        self.router = MqttRouter(
            database=database,
            probe=WriteProbe(database, clock),
            link=self.link,
            changes=changes,
            verifier=self.verifier,
            ingest=self.ingest,
            edge_sessions=self.edge_sessions,
            commander=self.commander,
            states=self.states,
            identity_delivery=self.identity_delivery,
            retained=self.retained,
            updates=self.updates,
        )
        registry.register(
            TelemetryMetrics(
                link=self._commanding,
                lease=lease,
                verifier=self.verifier,
                strays=self.router.strays,
                failed=self.router.failed,
                dropped=lambda: self.router.dropped,
                hook=self.hook,
            )
        )

    @property
    def busy(self) -> bool:
        """Whether anything that came or changed is still being dealt with."""
        parts = (self.router, self.ingest, self.states, self.planner, self.retained)
        return any(part.busy for part in parts)

    @property
    def checks(self) -> dict[str, Callable[[], Awaitable[str | None]]]:
        """What /readyz asks, by name."""
        return {"broker": self._broker_ready, "clock": self._clock_ready}

    @property
    def tasks(self) -> dict[str, Run]:
        """What runs as long as the controller does, by name."""
        tasks: dict[str, Run] = {
            "router": self.router.run,
            "time": self.time.run,
            "watch estate": self.router.watch_estate,
            "ingest": self.ingest.run,
            "count refusals": self.ingest.flush_counts,
            "device states": self.states.run,
            "retained": self.retained.run,
            "plans": self.planner.run,
            "watch changes": self.planner.watch_changes,
            "watch edges' sites": self.planner.watch_estate,
            "watch days": self.planner.watch_days,
            "watch silence": self.edge_sessions.watch_silence,
            "word": self.edge_sessions.run_heartbeats,
            "live": self.live.watch_changes,
            "people inside": self.live.work_out,
            "crowds": partial(each_minute, self.crowds.look, "Which buildings are too full"),
            "unexpected people": partial(each_minute, self.unexpected.look, "Whether anybody is where nobody may be"),
            "alerts": self.alerts.run,
            "identity": self.identity_delivery.run,
            "updates": self.updates.run_stages,
            "packages": self.updates.run_parts,
        }
        if self._commanding is not self.link:
            tasks["commands"] = self._keep_commanding
        if self.hook is not None:
            tasks["history"] = self.hook.run
        return tasks

    async def _keep_commanding(self) -> None:
        """Keep the connection that commands go over; it hears nothing."""
        async for _ in self._commanding.events():
            pass

    async def _broker_ready(self) -> str | None:
        """For /readyz: what is connected depends on whether edges are heard here or at another controller."""
        links = [self._commanding, self.link] if self._lease is None or self._lease.number else [self._commanding]
        return None if all(each.connected for each in links) else "the broker is not connected"

    async def _devices(self, site: str, edge: str, states: Sequence[DeviceState]) -> None:
        """An edge has said how all its devices are."""
        await self.states.report(site, edge, states)
        self.retained.report((site, edge), [state.device for state in states])

    def _due_at_once(self, name: EdgeName) -> None:
        """An edge's plan must be made at once, by whichever controller makes plans."""
        self.planner.want(name, at_once=True)
        self._changes.wake_others()

    def _seen(self, site: str) -> None:
        """Something to look at, which may be worth an alert, changed at the site."""
        self.live.seen(site)
        self.alerts.look(site)

    def _stored(self, sites: frozenset[str]) -> None:
        for site in sites:
            self._seen(site)
        if self.hook is not None:
            self.hook.wake()

    def doubt(self) -> str | None:
        """Why the controller does not believe its clock, or None."""
        return self.time.doubt or self.planner.trouble

    async def _clock_ready(self) -> str | None:
        return self.doubt()


def broker_link(
    broker: Broker, files: BrokerFiles, *, hears: bool = True, before: Callable[[], Awaitable[None]] | None = None
) -> BrokerLink:
    """A link to the broker of the settings. ``hears``: every edge. ``before``: awaited last before each message."""
    return BrokerLink(
        host=broker.host,
        port=broker.port,
        subscribe=subscriptions("up") if hears else (),
        username=broker.username,
        password=_line(broker.password_file) if broker.password_file else None,
        tls=partial(files.login_context, "" if hears else COMMANDS) if broker.tls else None,
        before=before,
    )


def _hook(settings: Settings, database: Database) -> HistoryFollower | None:
    history = settings.history
    if history.kind != "influx":
        return None
    from controller.telemetry.influx_history import InfluxHistory  # its library is in an extra of its own

    assert history.url is not None
    assert history.org is not None
    assert history.bucket is not None
    assert history.token_file is not None
    influx = InfluxHistory(url=history.url, org=history.org, bucket=history.bucket, token=_line(history.token_file))
    return HistoryFollower(database=database, history=influx)


def _line(file: Path) -> str:
    return file.read_text(encoding="utf-8").strip()
