"""The agent: the program that runs on one Pi."""

import asyncio
import contextlib
import logging
from collections.abc import Callable
from datetime import datetime

from edge.alarm.area_io import read_areas
from edge.alarm.fire import read_latch
from edge.clock.clock_monitor import REFRESH_S, ClockWatch
from edge.config import Config
from edge.device_factory import Devices, build_devices
from edge.doors.lockout_service import read_lock_outs
from edge.events.outbox import Outbox
from edge.events.recovery import RecoveredLog
from edge.events.sender import EventSender
from edge.net.command_handlers import CommandHandlers, check_outputs
from edge.net.connect_options import ConnectOptions, EdgeLink, LinkMaker, context_of
from edge.net.controller_session import Conversation
from edge.net.identity_renewal import IdentityRenewal
from edge.net.plan_applier import PlanApplier
from edge.net.plan_store import PlanStore
from edge.runtime import Runtime
from edge.sensors.mqtt_devices.listener import SensorsLinkMaker
from edge.system.disk_room import free_bytes, room_faults, rounded_mb
from edge.system.durable_files import Files
from edge.system.liveness import OUTSIDE_STUCK_S, Liveness
from edge.system.own_faults import OwnFaults
from edge.system.persisted_state import PersistedState, earlier_runs, floor_of, read_persisted, write_persisted
from edge.system.pins import Pins
from edge.system.watchdog import ServiceManager, watch
from edge.updates.host import UpdateHost
from edge.updates.updater import Updater
from edge.version import installed_version
from edge.wire import events
from edge.wire.access_decision import ClockTrust
from edge.wire.broker_link import Connected, Disconnected, Link, Message
from edge.wire.clock import Clock
from edge.wire.envelope import Keyring, Purpose, Signer, open_envelope
from edge.wire.errors import WireError
from edge.wire.event_batch import Ack, EventBatch
from edge.wire.faults import FaultCode
from edge.wire.ids import new_id
from edge.wire.machine_clock import battery_clock, kernel_synchronised, machine_boot_id
from edge.wire.messages import DISK_FREE_MB
from edge.wire.topics import Topic, parse, subscriptions

log = logging.getLogger(__name__)

HEARTBEAT_S = 60.0
"""How often the clock floor is written to disk. A gap after the last one without an event is reported as an outage."""


class Agent:
    """One edge. Its hardware, network and disk are arguments, so that simulator and tests run the same code. ``run``
    starts it.

    ``link`` makes the connection from ``ConnectOptions``, ``sensors_link`` that to the broker of sensors.
    ``observer`` sees every event as it is recorded.
    ``synchronised``: whether a time service is setting ``clock``. ``battery``: the battery clock's time, used if the
    configuration has one. ``machine_boot``: identifies the boot of the machine. ``updates``: what installs releases
    here; ``None`` where only a person does.
    """

    def __init__(
        self,
        config: Config,
        *,
        clock: Clock,
        pins: Pins,
        link: LinkMaker,
        sensors_link: SensorsLinkMaker | None = None,
        files: Files,
        observer: Callable[[events.Event], None] | None = None,
        synchronised: Callable[[], bool] = kernel_synchronised,
        battery: Callable[[], datetime | None] = battery_clock,
        machine_boot: Callable[[], str] = machine_boot_id,
        manager: ServiceManager | None = None,
        free: Callable[[], int | None] | None = None,
        updates: UpdateHost | None = None,
    ) -> None:
        self._config = config
        self._site, self._edge = config.site, config.edge
        self._clock = clock
        self._pins = pins
        self._make_link = link
        self._sensors_link = sensors_link
        self._files = files
        self._observer = observer
        self._clock_watch = ClockWatch(
            clock, rtc=config.rtc, synchronised=synchronised, battery=battery, machine_boot=machine_boot
        )
        self._manager = manager or ServiceManager()
        self._free = free or (lambda: free_bytes(config.data_dir))

        self._machine_boot = machine_boot
        self._updates = updates

        self._keys = Keyring(*config.identity.controller_keys)
        self._signer = Signer(config.identity.keys.signing)
        self._version = installed_version()
        self._devices = Devices()
        self._heartbeat_liveness, self._clock_liveness, self._link_liveness = (
            Liveness(OUTSIDE_STUCK_S),
            Liveness(),
            Liveness(OUTSIDE_STUCK_S),
        )
        self._outbox_limit = config.outbox_mb * 1024 * 1024
        self._save_lock = asyncio.Lock()
        self.stored_seq = 0
        """The seq up to which the controller has told this run that it has stored the events."""

    async def run(self) -> None:
        """Run once, until cancelled. Ends in the safe state: every lock's relay off.

        Raises ``TaskDied`` when a task failed, ``RestartWanted`` on a command, ``PinError`` and ``OSError`` when it
        cannot start.
        """
        runtime, persisted, found = await self._open()
        link: EdgeLink | None = None
        try:
            self._devices = build_devices(
                runtime,
                persisted,
                fire_latched=self._fire_latched,
                stored_areas=self._stored_areas,
                stored_lock_outs=self._stored_lock_outs,
                sensors_link=self._sensors_link,
            )
            self._conversation.devices |= {self._edge: OwnFaults(runtime)} | self._devices.devices
            handlers = CommandHandlers(runtime, self._devices, behind=lambda: self._event_sender.behind)
            self._conversation.command_handlers |= handlers.by_kind
            self._note_start(found, persisted)
            self._devices.start()
            link = self._link = self._make_link(
                ConnectOptions(
                    client_id=f"hk-{self._site}-{self._edge}",
                    filters=subscriptions("down", site=self._site, edge=self._edge),
                    will=self._conversation.will,
                    login=(lambda: context_of(self._identity_renewal.identity)) if self._config.broker.tls else None,
                )
            )
            runtime.supervise("outbox", runtime.outbox.run(), runtime.outbox.wake.liveness)
            runtime.supervise("event sender", self._event_sender.run(), self._event_sender.wake.liveness)
            runtime.supervise("plan", self._plan_applier.run(), self._plan_applier.wake.liveness)
            runtime.supervise("updates", self._updater.run(), self._updater.wake.liveness)
            runtime.supervise("identity", self._identity_renewal.run(), self._identity_renewal.wake.liveness)
            runtime.supervise("heartbeat", self._heartbeat(), self._heartbeat_liveness)
            runtime.supervise("clock trust", self._watch_trust(), self._clock_liveness)
            runtime.supervise("conversation", self._conversation.run(link), self._conversation.wake.liveness)
            runtime.supervise("broker link", self._receive(link), self._link_liveness)
            # Only the service manager watches the watchdog.
            runtime.supervise("watchdog", watch(runtime, self._manager, self._summary), Liveness())
            self._manager.ready(self._summary())
            log.info(
                "The agent has started",
                extra={"action": "started", "site": self._site, "edge": self._edge},
            )
            await runtime.failure
        finally:
            runtime.stopping()
            self._manager.stopping()
            self._devices.switch_off()
            self._pins.close()
            with contextlib.suppress(asyncio.CancelledError):
                if link is not None:
                    await self._conversation.goodbye(link)
            await runtime.stop_tasks()
            await self._devices.save()
            await runtime.outbox.commit()
            await runtime.outbox.keep_ack()
            await self._save_state(runtime)
            log.info(
                "The agent has stopped",
                extra={"action": "stopped", "site": self._site, "edge": self._edge},
            )

    # Start

    async def _open(self) -> tuple[Runtime, PersistedState | None, RecoveredLog]:
        """Load the stored state. No error in it may keep the doors from working."""
        persisted, damaged = await read_persisted(self._files)
        self._fire_latched = self._config.fire is not None and await read_latch(self._files)
        self._stored_areas, lost = await read_areas(self._files, self._config.areas)
        self._stored_lock_outs, forgotten = await read_lock_outs(self._files)
        plans = PlanStore(
            self._files,
            site=self._site,
            edge=self._edge,
            keys=self._keys,
            using=lambda: self._plan_changed(),
            highest=persisted.plan if persisted is not None else None,
        )
        outbox = Outbox(
            self._files,
            limit=self._outbox_limit,
            count=lambda name: self._disk_refused() if name == "disk_refused" else runtime.count(name),
            committed=lambda: self._committed(),
        )
        found = await outbox.open()
        floor = self._floor = floor_of(persisted, log=outbox.log, head=outbox.head, last_at=found.last_at)
        timekeeper = self._clock_watch.begin(floor)
        boot = new_id(timekeeper.now(self._clock.monotonic()))
        runtime = self._runtime = Runtime(
            self._config,
            clock=self._clock,
            pins=self._pins,
            files=self._files,
            boot=boot,
            timekeeper=timekeeper,
            outbox=outbox,
            plans=plans,
            earlier=earlier_runs(persisted, found.last_run)[1 - events.EARLIER_RUNS_LIMIT :],
        )
        runtime.observer = self._observer
        self._event_sender = EventSender(outbox, site=self._site, edge=self._edge, send=self._send)
        self._conversation = Conversation(
            runtime,
            signer=self._signer,
            keys=self._keys,
            version=self._version,
        )
        self._plan_applier = PlanApplier(
            runtime,
            self._conversation,
            save_state=lambda: self._save_state(runtime),
            disk_refused=self._disk_refused,
        )
        self._identity_renewal = IdentityRenewal(
            self._config.identity,
            files=self._files,
            clock=self._clock,
            signer=self._signer,
            keys=self._keys,
            secrets=runtime.secrets,
            ask=self._conversation.request_identity,
            changed=self._identity_changed,
            time=lambda: None if runtime.trust is ClockTrust.UNPROVEN else runtime.now(),
            refused=self._on_identity_refused,
        )
        self._updater = Updater(
            runtime,
            host=self._updates,
            controller_keys=self._keys,
            version=self._version,
            machine_boot=self._machine_boot,
            doors=lambda: list(self._devices.doors.values()),
            publish_state=self._conversation.update_state,
            publish_wanted=self._conversation.want_update,
            free=self._free,
        )
        await self._updater.open()
        outbox.renewed = self._log_renewed
        runtime.publish_state, runtime.status_changed = (
            self._conversation.publish_state,
            self._conversation.status_changed,
        )
        found.troubles += lost
        found.troubles += [trouble for trouble in (damaged, forgotten) if trouble is not None]
        if (why := await plans.open()) is not None:
            found.trouble(FaultCode.PLAN_DAMAGED, why)
        return runtime, persisted, found

    def _note_start(self, found: RecoveredLog, persisted: PersistedState | None) -> None:
        """Record the first events of a run: the outage since the last run, and the start."""
        runtime, edge = self._runtime, self._edge
        if self._floor is not None:
            self._note_outage(self._floor.at)
        plan = runtime.plans.plan
        if self._clock_watch.trouble is not None:
            runtime.fault(edge, self._clock_watch.trouble, present=True)
        runtime.record(edge, events.BootData(version=self._version, plan=plan.manifest.version if plan else None))
        for trouble in found.troubles:
            runtime.count("disk_damaged")
            runtime.fault(edge, trouble.code, trouble.part, present=True)

    def _note_outage(self, start: datetime) -> None:
        """Record the time before this run that was not observed. It is recorded immediately, even if the clock is
        unproven, because a power cut might lose it; the controller dates it from the runs."""
        runtime, end = self._runtime, self._runtime.now()
        if start != end or runtime.trust is ClockTrust.UNPROVEN:
            after = runtime.earlier[-1] if runtime.earlier else None
            runtime.record(self._edge, events.OutageData(start=start, end=end, after=after))

    # Tasks

    async def _receive(self, link: Link) -> None:
        self._link_liveness.busy()
        async for event in link.events():
            if isinstance(event, Connected):
                self._link_liveness.idle()
                log.info("Connected to the broker", extra={"action": "connected", "connection": event.connection})
                self._conversation.connected(event.connection)
                self._identity_renewal.connected()
                self._plan_applier.connected()
                self._updater.connected()
                self._event_sender.online(up=True)
            elif isinstance(event, Disconnected):
                self._link_liveness.progressed()
                log.info("Disconnected from the broker", extra={"action": "disconnected", "reason": event.why})
                self._conversation.disconnected()
                self._updater.disconnected()
                self._event_sender.online(up=False)
            else:
                self._handle_message(event)

    async def _heartbeat(self) -> None:
        while True:
            self._heartbeat_liveness.progressed()
            check_outputs(self._runtime)
            free = await asyncio.to_thread(self._free)
            self._note_room(free)
            await self._save_state(self._runtime)
            await self._runtime.outbox.keep_ack()
            await self._plan_applier.save()
            await self._clock.sleep(HEARTBEAT_S)

    async def _save_state(self, runtime: Runtime) -> None:
        """Write the clock floor to disk, after every earlier event, so that no event is later than an outage."""
        floor = runtime.timekeeper.floor(self._clock.monotonic())
        log, seq = runtime.outbox.log, runtime.outbox.next_seq - 1
        days = {counter.id: counter.day for counter in self._devices.counters.values()}
        heard = self._devices.heard
        async with self._save_lock:
            runs = (*runtime.earlier, events.EarlierRun(boot=runtime.boot, mono_ms=runtime.mono_ms))
            plan = runtime.plans.highest
            persisted = PersistedState(floor=floor, log=log, seq=seq, days=days, heard=heard, plan=plan, runs=runs)
            if not await runtime.outbox.commit():
                return
            if not await write_persisted(self._files, persisted):
                self._disk_refused()
            elif runtime.plans.on_disk:
                runtime.fault(self._edge, FaultCode.DISK_REFUSES, present=False)

    def _note_room(self, free: int | None) -> None:
        runtime = self._runtime
        if free is not None:
            runtime.health[DISK_FREE_MB] = rounded_mb(free)
            self._conversation.status_changed()
        known = {fault.code for device, fault in runtime.faults if device == self._edge}
        waiting = runtime.outbox.waiting
        for code, present in room_faults(known, free=free, waiting=waiting, limit=self._outbox_limit).items():
            runtime.fault(self._edge, code, present=present)

    def _disk_refused(self) -> None:
        self._runtime.count("disk_refused")
        self._runtime.fault(self._edge, FaultCode.DISK_REFUSES, present=True)

    async def _watch_trust(self) -> None:
        runtime = self._runtime
        while True:
            self._clock_liveness.progressed()
            before = runtime.trust
            if self._clock_watch.update(
                runtime, connected=self._link.connected, hello_too_late=self._conversation.hello_too_late
            ):
                self._conversation.hello_too_late = False
                self._link.renew()
            self._trust_changed(before is not runtime.trust)
            for counter in self._devices.counters.values():
                counter.refresh()
            await self._clock.sleep(REFRESH_S)

    def _summary(self) -> str:
        """A status line for the service manager."""
        plan = self._runtime.plans.plan
        return (
            f"plan {plan.manifest.version if plan is not None else 'none'}, clock {self._runtime.trust}, "
            f"{self._event_sender.behind} events not acknowledged, {len(self._runtime.faults)} faults"
        )

    # Receiving

    def _handle_message(self, message: Message) -> None:
        """Handle a received message. A refused one is counted and has no effect."""
        runtime = self._runtime
        topic = parse(message.topic)
        try:
            if topic is None or (topic.site, topic.edge) != (self._site, self._edge):
                runtime.count("unknown_topic")
            elif topic.name == "plan/part":
                self._plan_applier.part(message.payload)
            elif topic.name == "plan":
                self._plan_applier.manifest(message.payload)
            elif topic.name == "events/ack":
                self._acked(message.payload)
            elif topic.name == "identity":
                self._identity_renewal.deliver(message.payload)
            elif topic.name == "update":
                self._updater.order(message.payload)
            elif topic.name == "update/part":
                self._updater.part(topic.item or "", message.payload)
            elif topic.name == "command":
                self._conversation.command(message.payload, retained=message.retained)
            elif topic.name == "hello":
                trust, before = runtime.trust, runtime.now()
                hello = self._conversation.hello(message.payload)
                lowered = runtime.now() < before
                self._trust_changed(trust is not runtime.trust or lowered)
                if lowered:
                    runtime.spawn("lowered floor", self._save_state(runtime))
                if self._conversation.answers(hello):
                    self._updater.greeted()
                if hello.asks and self._conversation.is_latest(hello):
                    self._conversation.return_plan(hello)
                    runtime.outbox.resend_from(hello.log, hello.next_seq)
                    self._event_sender.again()
            else:
                runtime.count("unknown_topic")
        except WireError as error:
            runtime.count(error.counter)
            fields = {"action": "refused", "topic": message.topic, "reason": str(error)}
            log.warning("A message was refused", extra=fields)
        self._conversation.status_changed()

    def _acked(self, payload: bytes) -> None:
        ack = open_envelope(
            payload,
            purpose=Purpose.ACK,
            kind=Ack,
            site=self._site,
            edge=self._edge,
            keys=self._keys,
        )
        if not self._conversation.since_hello(ack.at):
            self._runtime.count("ack_outdated")
        elif self._runtime.outbox.acknowledge(ack.log, ack.seq):
            self.stored_seq = ack.seq
            self._event_sender.nudge()

    # Changes

    def _identity_changed(self, reconnect: bool) -> None:
        """A new identity is in force. ``reconnect``: the broker and the last will need it, which takes a new
        connection."""
        self._runtime.identity_version = self._identity_renewal.version
        self._runtime.fault(self._edge, FaultCode.IDENTITY_REFUSED, present=False)
        self._plan_changed()
        if reconnect:
            self._link.renew()
        self._conversation.status_changed()

    def _on_identity_refused(self, why: str) -> None:
        self._runtime.count("identity_refused")
        log.warning("A new identity was refused", extra={"action": "identity", "reason": why})
        self._runtime.fault(self._edge, FaultCode.IDENTITY_REFUSED, present=True)

    def _plan_changed(self) -> None:
        """Another plan is in force; it may not be on disk yet."""
        self._devices.refresh()

    def _trust_changed(self, changed: bool) -> None:
        if changed:
            log.info("The clock trust has changed", extra={"action": "trust", "trust": self._runtime.trust.value})
            self._plan_changed()
        self._conversation.status_changed()

    def _log_renewed(self) -> None:
        self._runtime.forget_seqs()
        self._event_sender.again()
        self._conversation.status_changed()

    def _committed(self) -> None:
        self._event_sender.nudge()
        self._conversation.status_changed()

    async def _send(self, batch: EventBatch) -> bool:
        topic = str(Topic(site=self._site, edge=self._edge, name="events"))
        return await self._link.publish(topic, self._signer.seal(Purpose.EVENTS, batch))
