"""How far the controller believes its machine's clock, in the states of an edge (docs/time.md).

- *synced*: a time service sets it, and no step of more than a day was seen.
- *holdover*: it was right earlier in this boot of the machine, or a battery clock or a person confirmed it.
- *unproven*: nothing confirms it, or it was set by more than a day; no plan is signed, no edge gets the time.

``check`` (pure) holds it against what was signed before.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import msgspec
from prometheus_client import Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from edge.wire.access_decision import ClockTrust
from edge.wire.clock import Clock
from edge.wire.machine_clock import battery_clock, kernel_synchronised, machine_boot_id, since_boot

MARGIN = timedelta(minutes=1)
LONGEST_OFF = timedelta(days=40)
"""A controller that seems to have signed nothing for longer than any plan reaches has a false clock, or was off."""


class ClockDoubtful(Exception):
    """The controller's clock is unproven: it signs no plan and sends no edge the time."""


def check(now: datetime, last: datetime | None, seen_right: date | None) -> None:
    """Hold ``now`` against the ``last`` plan signed. ``seen_right``: on that day somebody saw that the clock was right,
    so that plans of a later time than now were signed in error. Raises ``ClockDoubtful``."""
    hint = "no plan is signed until it is right; set the clock"
    floor = last
    if seen_right is not None:
        day = datetime.combine(seen_right, time(), UTC) - timedelta(days=1)
        floor = day if last is None or last > now + MARGIN else max(day, last)
    if floor is None:
        return
    if now < floor - MARGIN:
        raise ClockDoubtful(f"the clock says {_words(now)}, but a plan was signed at {_words(floor)}: {hint}")
    if now > floor + LONGEST_OFF and not (seen_right is not None and last is not None and last > now + MARGIN):
        raise ClockDoubtful(
            f"the clock says {_words(now)}, but nothing was signed since {_words(floor)}: {hint}, or say with "
            "clock_right_on in the configuration that it is"
        )


def _words(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"


log = logging.getLogger(__name__)

LOOK_S = 10.0
DRIFT = 100e-6
"""Seconds that a machine's clock may lose or gain each second while nothing sets it."""
HOLDOVER_LIMIT_S = 900.0
"""Off by more than this, after 104 days, the time is no longer proven."""
STEP_LIMIT = timedelta(days=1)
"""A clock that is set by more is not trusted: time services are not signed, and one answer may be false."""
BATTERY_TOLERANCE = timedelta(seconds=60)
STORE_EVERY_S = 86_400.0
FILE = "clock.json"
_HINT = (
    "no plan is signed until it is right. Start a time service (`timedatectl` says whether one is at work) or set the "
    "clock; if you see that it is right, write the present day into the configuration, as in clock_right_on = "
    "2026-11-26, and restart the controller"
)


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """What confirms a clock: whether a time service sets it now, what a battery clock says, which boot of the
    machine it is, and how many seconds of that boot have passed, including sleep of the machine. ``settable``:
    somebody can set it."""

    synchronised: Callable[[], bool]
    battery: Callable[[], datetime | None] = lambda: None
    boot: Callable[[], str] = lambda: ""
    passed: Callable[[], float]
    settable: bool = True


GIVEN = Sources(synchronised=lambda: True, passed=lambda: 0.0, settable=False)
"""Sources of a clock that is right by definition, such as a simulated one."""
MACHINE = Sources(synchronised=kernel_synchronised, battery=battery_clock, boot=machine_boot_id, passed=since_boot)


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """Proof that the time was ``at`` when ``passed`` seconds of a boot had passed."""

    boot: str
    passed: float
    at: datetime


class ClockMonitor:
    """Monitors ``clock``. ``file``: stores the proof across restarts within one boot of the machine. ``seen_right``:
    the day on which somebody checked that the clock was right. ``changed`` is called when the trust in it changes."""

    def __init__(self, clock: Clock, sources: Sources, *, file: Path, seen_right: date | None) -> None:
        self._clock = clock
        self._sources = sources
        self._file = file
        self._boot = sources.boot()
        self._proof = self._load_proof()
        self._synced = False
        self._stepped = False
        self._last_doubt = ("", "")
        self._stored_at = self._proof.passed if self._proof is not None else float("-inf")
        self.changed: Callable[[], None] = lambda: None
        now, battery = clock.now(), sources.battery()
        looked = seen_right is not None and abs(now.date() - seen_right) <= timedelta(days=1)
        if looked or (self._proof is None and battery is not None and abs(battery - now) <= BATTERY_TOLERANCE):
            self._prove(now)
        self.look()

    async def run(self) -> None:
        """Looks at the clock until cancelled."""
        reported = ClockTrust.SYNCED
        while True:
            self.look()
            if (trust := self.trust) is not reported:
                reported = trust
                level = logging.CRITICAL if trust is ClockTrust.UNPROVEN else logging.INFO
                fields = {"action": "trust", "trust": trust.value, "reason": self.doubt or "plans are signed"}
                log.log(level, "The clock trust has changed", extra=fields)
                self.changed()
            await self._clock.sleep(LOOK_S)

    def look(self) -> None:
        """Compares the clock with the proof and the time service."""
        now, synchronised = self._clock.now(), self._sources.synchronised()
        expected = self._expected()
        self._stepped = self._sources.settable and expected is not None and abs(now - expected) > STEP_LIMIT
        self._synced = synchronised and not self._stepped
        if self._synced:
            self._prove(now)

    @property
    def error_s(self) -> float | None:
        """How far the clock may be off, in seconds; None where nothing confirmed it."""
        if self._proof is None:
            return None
        return 0.0 if self._synced else (self._sources.passed() - self._proof.passed) * DRIFT

    @property
    def doubt(self) -> str | None:
        """Why the clock is not trusted, or None. The words do not change while the reason is the same."""
        error_s = self.error_s
        if error_s is None:
            why = "nothing"
        elif self._stepped:
            why = "stepped"
        else:
            why = "drifted" if error_s > HOLDOVER_LIMIT_S else ""
        if self._last_doubt[0] != why:
            self._last_doubt = (why, self._words(why))
        return self._last_doubt[1] if why else None

    @property
    def trust(self) -> ClockTrust:
        if self.doubt is not None:
            return ClockTrust.UNPROVEN
        return ClockTrust.SYNCED if self._synced else ClockTrust.HOLDOVER

    def check(self) -> None:
        """Raises ``ClockDoubtful`` where the clock is unproven."""
        self.look()
        if (doubt := self.doubt) is not None:
            raise ClockDoubtful(doubt)

    def _words(self, why: str) -> str:
        now, expected = self._clock.now(), self._expected()
        if why == "nothing":
            return f"no time source confirms the clock, which says {_words(now)}: {_HINT}"
        if why == "stepped" and expected is not None:
            return f"the clock was set to {_words(now)}, while it can only be {_words(expected)}: {_HINT}"
        return f"no time service has set the clock for {HOLDOVER_LIMIT_S / DRIFT / 86_400:.0f} days: {_HINT}"

    def _expected(self) -> datetime | None:
        """The time by the proof and the seconds that have passed since."""
        if self._proof is None:
            return None
        return self._proof.at + timedelta(seconds=self._sources.passed() - self._proof.passed)

    def _prove(self, now: datetime) -> None:
        self._proof = Proof(boot=self._boot, passed=self._sources.passed(), at=now)
        if self._boot and self._proof.passed > self._stored_at + STORE_EVERY_S:
            self._stored_at = self._proof.passed
            try:
                self._file.write_bytes(msgspec.json.encode(self._proof))
            except OSError as error:
                log.warning("The clock trust cannot be stored", extra={"action": "trust", "reason": error.strerror})

    def _load_proof(self) -> Proof | None:
        """The proof of an earlier run in this boot of the machine."""
        try:
            proof = msgspec.json.decode(self._file.read_bytes(), type=Proof)
        except (OSError, msgspec.DecodeError):
            return None
        return proof if self._boot and proof.boot == self._boot else None


@dataclass(frozen=True)
class ClockMetrics(Collector):
    """The clock trust on /metrics."""

    monitor: ClockMonitor

    def collect(self) -> Iterable[Metric]:
        trusted = GaugeMetricFamily("hallkeeper_clock", "1 for the state that the clock is in.", labels=("state",))
        for state in ClockTrust:
            trusted.add_metric((state.value,), float(self.monitor.trust is state))
        yield trusted
        if (error_s := self.monitor.error_s) is not None:
            yield GaugeMetricFamily("hallkeeper_clock_error_seconds", "How far the clock may be off.", error_s)
