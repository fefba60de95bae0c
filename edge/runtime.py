"""Shared services of an edge's devices: time, timers, event log, health, tasks, and calls from other threads."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import KW_ONLY, dataclass
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, Protocol, TypeVar

from edge.clock.clock_trust import Timekeeper
from edge.config import Config
from edge.errors import RestartWanted, TaskDied
from edge.events.outbox import Outbox
from edge.net.plan_store import PlanStore
from edge.system.durable_files import Files
from edge.system.liveness import Liveness
from edge.system.pins import Pins
from edge.wire.access_decision import ClockTrust, Decision
from edge.wire.clock import Clock
from edge.wire.enrolment import EdgeIdentity, secret_id
from edge.wire.events import URGENT, AccessData, EarlierRun, Event, EventData, FaultData, make_event
from edge.wire.faults import Fault, FaultCode, written
from edge.wire.log_format import event_id
from edge.wire.messages import WORD_STALE_S, DeviceState
from edge.wire.plan import DoorPlan

SETTLES_S = 60.0
"""How long the connection must have lasted: by then, the plan includes codes that were issued while the edge was
offline."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

D = TypeVar("D", bound=EventData)


class HeldDoorSecrets:
    """The door secrets of the identity in force. A plan names the secret that it was made with."""

    def __init__(self, issued: EdgeIdentity) -> None:
        self.replace(issued)

    def replace(self, issued: EdgeIdentity) -> None:
        """Use the secrets of this identity from now on."""
        self._by_id = {
            door: {secret_id(each.secret): each.secret for each in held} for door, held in issued.doors.items()
        }
        self._offline = {door: tuple(each.offline for each in held) for door, held in issued.doors.items()}

    def secret(self, door: str, here: DoorPlan | None) -> bytes:
        """The secret that hashes the codes of the plan ``here`` at a door. Empty for a door without a secret, where no
        code matches."""
        held = self._by_id.get(door, {})
        wanted = here.hours.secret if here is not None else ""
        return held.get(wanted, b"") if wanted else next(iter(held.values()), b"")

    def offline(self, door: str) -> tuple[bytes, ...]:
        """The secrets that offline codes of a door may be derived from, the current one first."""
        return self._offline.get(door, ())


class ControllerFreshness:
    """Whether the edge has recent news from the controller: the hellos of one session, each with the version of the
    newest plan that the controller has made. If so, its plan lists every offline code, and a door need not accept any
    other. Pure; times are monotonic seconds, so that no clock change affects it."""

    def __init__(self) -> None:
        self.lost()

    def lost(self) -> None:
        """The connection is lost, or a new session begins: nothing has been heard in it."""
        self._began, self._last = inf, -inf
        self._ahead = inf
        self._version = 0

    def heard(self, at: datetime, version: int | None, mono: float) -> None:
        """Note a hello of this session: at controller time ``at``, ``version`` was the newest plan. A delayed or
        repeated hello counts with the age that it had, relative to the least delayed one."""
        if version is None:
            return
        if mono - self._last > WORD_STALE_S:
            self._began, self._version = mono, 0
        said = (at - _EPOCH) / timedelta(seconds=1)
        self._ahead = min(self._ahead, mono - said)
        self._last = max(self._last, said + self._ahead)
        self._version = max(self._version, version)

    def is_fresh(self, applied: int | None, mono: float) -> bool:
        """Whether the plan in force, version ``applied``, is known to list all issued offline codes."""
        if applied is None or applied < self._version:
            return False
        return mono - self._began >= SETTLES_S and mono - self._last <= WORD_STALE_S


log = logging.getLogger(__name__)
LOGGED = URGENT | {"fault", "lockout"}
"""Kinds of events that have a line of the log each; others have one among debug messages."""


MIN_WAIT_S = 0.0005
"""No timer fires sooner than this, so that one which fires slightly early by rounding cannot fire forever."""


STOP_S = 5.0


class Device(Protocol):
    """A device with a state to publish."""

    @property
    def id(self) -> str: ...

    def state(self) -> DeviceState: ...


@dataclass(eq=False, repr=False)
class Runtime:
    """Shared by the devices of one agent. Use it on its event loop only; ``post`` may be called from any thread."""

    config: Config
    _: KW_ONLY
    clock: Clock
    pins: Pins
    files: Files
    boot: str
    timekeeper: Timekeeper
    outbox: Outbox
    plans: PlanStore
    earlier: tuple[EarlierRun, ...] = ()

    def __post_init__(self) -> None:
        """The earlier runs of the agent, the oldest first."""
        self.health: Counter[str] = Counter()
        self.observer: Callable[[Event], None] | None = None
        self.publish_state: Callable[[str], None] = lambda device: None
        self.status_changed: Callable[[], None] = lambda: None
        self._listeners: defaultdict[type[Any], list[Callable[[str, Any], None]]] = defaultdict(list)
        self.entry_listeners: list[Callable[[str, Decision], None]] = []
        self._began = self.clock.monotonic()
        self._loop = asyncio.get_running_loop()
        self._faults: set[tuple[str, Fault]] = set()
        self._seqs: dict[str, int] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.supervised: dict[asyncio.Task[None], Liveness] = {}
        """The tasks that the agent needs, each with its liveness."""
        self._stopping = False
        self.secrets = HeldDoorSecrets(self.config.identity.issued)
        self.identity_version = self.config.identity.issued.version
        """The version of the identity in force."""
        self.controller_freshness = ControllerFreshness()
        """How recent the controller's messages in this session are."""
        self.failure: asyncio.Future[None] = self._loop.create_future()

    # Time

    def now(self) -> datetime:
        """The current time of the edge."""
        return self.timekeeper.now(self.clock.monotonic())

    @property
    def mono_ms(self) -> int:
        """Milliseconds of the monotonic clock since this run began."""
        return int((self.clock.monotonic() - self._began) * 1000)

    @property
    def trust(self) -> ClockTrust:
        return self.timekeeper.trust

    @property
    def in_touch(self) -> bool:
        """Whether the plan in force is known to list all offline codes."""
        plan = self.plans.plan
        return self.controller_freshness.is_fresh(
            plan.manifest.version if plan is not None else None, self.clock.monotonic()
        )

    # Plan

    def door_plan(self, door: str) -> DoorPlan | None:
        """The part of the plan in force about a door; ``None`` without a plan or if it does not name the door."""
        return self.plans.plan.doors.get(door) if self.plans.plan is not None else None

    # Events

    def listen(self, kind: type[D], listener: Callable[[str, D], None]) -> None:
        """Call ``listener`` with the device and data of every event of this kind, once it is recorded."""
        self._listeners[kind].append(listener)

    def record(self, device: str, data: EventData) -> Event:
        """Add an event to the outbox, which writes it to disk and sends it to the controller. Calls those who
        ``listen``."""
        event = make_event(
            seq=self.outbox.next_seq,
            boot=self.boot,
            mono_ms=self.mono_ms,
            at=self.now(),
            trust=self.trust,
            device=device,
            data=data,
        )
        self.outbox.add(event)
        self._seqs[device] = event.seq
        self._log_event(event, data)
        if self.observer is not None:
            self.observer(event)
        for listener in self._listeners[type(data)]:
            listener(device, data)
        return event

    def _log_event(self, event: Event, data: EventData) -> None:
        """Of a person at a door only where and how it was decided; who it was is in no line."""
        level = logging.INFO if event.kind in LOGGED else logging.DEBUG
        if not log.isEnabledFor(level):
            return
        fields: dict[str, object] = {
            "action": "event",
            "event": event_id(self.config.site, self.config.edge, event.seq),
            "kind": event.kind,
            "device": event.device,
        }
        if isinstance(data, AccessData):
            fields |= {"door": data.door, "granted": data.granted, "reason": data.reason.value}
        log.log(level, "An event was recorded", extra=fields)

    def device_state(
        self, device: str, kind: str, values: Mapping[str, str | int | float | bool | None]
    ) -> DeviceState:
        """The state of a device now, as of its last event."""
        return DeviceState(device=device, kind=kind, seq=self.seq(device), at=self.now(), values=dict(values))

    def notify_entry(self, door: str, decision: Decision) -> None:
        """Tell the ``entry_listeners`` that somebody was admitted at ``door``."""
        for listener in self.entry_listeners:
            listener(door, decision)

    def seq(self, device: str) -> int:
        """The seq of the device's last event, 0 before its first."""
        return self._seqs.get(device, 0)

    def forget_seqs(self) -> None:
        """A new log began: it holds no device's last event."""
        self._seqs.clear()

    def fault(
        self, device: str, code: FaultCode, part: str = "", *, present: bool, since: datetime | None = None
    ) -> None:
        """A device has a fault, or no longer. Recorded if that changed. ``since``: when it began, if not just now."""
        fault = Fault(code, part)
        if present is not ((device, fault) in self._faults):
            self._faults ^= {(device, fault)}
            self.record(device, FaultData(code=code, part=part, present=present, since=since))
            fields = {"action": "fault", "device": device, "code": code.value, "part": part, "text": fault.text}
            log.warning("A fault began" if present else "A fault ended", extra=fields)
            if device == self.config.edge:
                self.publish_state(device)

    @property
    def faults(self) -> list[tuple[str, Fault]]:
        """All present faults, as device and fault."""
        return sorted(self._faults)

    def faults_of(self, device: str) -> str | None:
        """A device's faults in the form that its state carries."""
        found = sorted(fault for each, fault in self._faults if each == device)
        return written(found) if found else None

    def count(self, name: str) -> None:
        """Count an unexpected occurrence; the counters are part of the device health."""
        self.health[name] += 1
        self.status_changed()

    # Tasks

    def spawn(self, name: str, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Run ``work``, which ends by itself, as a task. If it fails, the agent ends with an error that names it."""
        task = self._loop.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def supervise(self, name: str, work: Coroutine[Any, Any, None], liveness: Liveness) -> asyncio.Task[None]:
        """Run ``work``, which lasts as long as the agent. If it ends earlier, for any reason, the agent ends too.
        ``liveness`` shows whether it makes progress."""
        task = self.spawn(name, work)
        self.supervised[task] = liveness
        return task

    def stuck(self) -> list[str]:
        """The supervised tasks that have made no progress for too long although they have work."""
        now = self._loop.time()
        return [task.get_name() for task, liveness in self.supervised.items() if liveness.stuck(now)]

    def stopping(self) -> None:
        """The agent is stopping: from now on supervised tasks may end."""
        self._stopping = True

    def post(self, act: Callable[..., None], *args: Any) -> None:
        """Call ``act`` on the event loop, from any thread, in the order of the calls."""
        self._loop.call_soon_threadsafe(self._guarded, act, args)

    def fail(self, task: str, cause: BaseException | None) -> None:
        """End the agent."""
        if not self.failure.done():
            error = cause if isinstance(cause, RestartWanted) else TaskDied(task, cause)
            error.__cause__ = None if error is cause else cause
            self.failure.set_exception(error)

    async def stop_tasks(self) -> None:
        """Cancel all tasks, repeatedly if one swallows the cancellation."""
        while self._tasks:
            for task in list(self._tasks):
                task.cancel()
            await asyncio.wait(self._tasks, timeout=STOP_S)

    def _guarded(self, act: Callable[..., None], args: tuple[Any, ...]) -> None:
        try:
            act(*args)
        except Exception as error:
            self.fail("pins", error)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        supervised = self.supervised.pop(task, None) is not None and not self._stopping
        error = None if task.cancelled() else task.exception()
        if error is not None or supervised:
            self.fail(task.get_name(), error)


class Timer:
    """Calls back once at a time in monotonic seconds."""

    def __init__(self, runtime: Runtime, name: str, callback: Callable[[], None]) -> None:
        self._runtime = runtime
        self._name = name
        self._callback = callback
        self._at: float | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def at(self) -> float | None:
        """When it will fire."""
        return self._at

    def set(self, at: float | None) -> None:
        """Fire at ``at``, replacing any earlier setting; ``None`` cancels it."""
        if at == self._at:
            return
        if self._task is not None:
            self._task.cancel()
        self._at = at
        self._task = self._runtime.spawn(self._name, self._wait(at)) if at is not None else None

    async def _wait(self, at: float) -> None:
        await self._runtime.clock.sleep(max(MIN_WAIT_S, at - self._runtime.clock.monotonic()))
        self._at = self._task = None
        self._callback()


_DRIFT = 0.001
"""The most that the two time scales may drift apart, as a share of the elapsed time."""
_STEP_S = 60.0
"""No change is reported this late: the ticks were reset."""


class TickScale:
    """Relates pin ticks to the clock: by how much monotonic seconds are ahead of them."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ahead = 0.0
        self._least: float | None = None
        self._seen_at = 0.0

    def seen(self, tick: float, at: float | None = None) -> None:
        """A change with this tick arrived ``at``, by default just now."""
        now = self._clock.monotonic() if at is None else at
        self._ahead = now - tick
        least = self._ahead if self._least is None else self._least + (now - self._seen_at) * _DRIFT
        self._least = self._ahead if abs(self._ahead - least) > _STEP_S else min(self._ahead, least)
        self._seen_at = now

    def now(self) -> float:
        """A lower bound of the current tick."""
        return self._clock.monotonic() - self._ahead

    def mono(self, tick: float | None) -> float | None:
        """When ``tick`` will be reached, in monotonic seconds."""
        return None if tick is None else tick + self._ahead

    def instant(self, tick: float) -> float:
        """When ``tick`` was, in monotonic seconds, based on the change that arrived with the least delay."""
        now = self._clock.monotonic()
        return now if self._least is None else min(now, tick + self._least)
