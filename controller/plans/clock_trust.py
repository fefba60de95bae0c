"""How far the controller believes its machine's clock, in the states of an edge (docs/time.md).

- *synced*: a time service sets it, and nothing speaks against it.
- *holdover*: it was right in this boot of the machine, or a battery clock or somebody who looked says so.
- *unproven*: nothing vouches for it, or it was set by more than a day; no plan is signed, and no edge told the time.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
from prometheus_client import CollectorRegistry, Metric
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from controller.plans.clock import ClockDoubtful
from edge.wire.clock import Clock
from edge.wire.decide import ClockTrust
from edge.wire.machine_clock import battery_clock, kernel_synchronised, machine_boot_id, since_boot

log = logging.getLogger(__name__)

LOOK_S = 10.0
DRIFT = 100e-6
"""Seconds that a machine's clock may lose or gain each second while nothing sets it."""
HOLDOVER_LIMIT_S = 900.0
"""Off by more than this, after 104 days, the time is no longer proven."""
STEP_LIMIT = timedelta(days=1)
"""A clock that is set by more is not believed: time services are not signed, and one answer may be false."""
BATTERY_TOLERANCE = timedelta(seconds=60)
KEEP_EVERY_S = 86_400.0
FILE = "clock.json"
_HINT = (
    "no plan is signed until it is right. Start a time service (`timedatectl` says whether one is at work) or set the "
    "clock; if you see that it is right, write the present day into the configuration, as in clock_right_on = "
    "2026-11-26, and restart the controller"
)


class Sources(msgspec.Struct, frozen=True, kw_only=True):
    """What vouches for a clock: whether a time service sets it now, what a battery clock says, which boot of the
    machine it is, and how many seconds of that boot have passed, those that the machine slept included. ``settable``:
    somebody can set it."""

    synchronised: Callable[[], bool]
    battery: Callable[[], datetime | None] = lambda: None
    boot: Callable[[], str] = lambda: ""
    passed: Callable[[], float]
    settable: bool = True


GIVEN = Sources(synchronised=lambda: True, passed=lambda: 0.0, settable=False)
"""Of a clock that is right by definition: one that is simulated."""
MACHINE = Sources(synchronised=kernel_synchronised, battery=battery_clock, boot=machine_boot_id, passed=since_boot)


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """That it was ``at`` when ``passed`` seconds of a boot of the machine had passed."""

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
        self._proof = self._kept()
        self._synced = False
        self._stepped = False
        self._said = ("", "")
        self._kept_at = self._proof.passed if self._proof is not None else float("-inf")
        self.changed: Callable[[], None] = lambda: None
        now, battery = clock.now(), sources.battery()
        looked = seen_right is not None and abs(now.date() - seen_right) <= timedelta(days=1)
        if looked or (self._proof is None and battery is not None and abs(battery - now) <= BATTERY_TOLERANCE):
            self._prove(now)
        self.look()

    async def run(self) -> None:
        """Look, for ever."""
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
        """Take note of the clock."""
        now, synchronised = self._clock.now(), self._sources.synchronised()
        expected = self._expected()
        self._stepped = self._sources.settable and expected is not None and abs(now - expected) > STEP_LIMIT
        self._synced = synchronised and not self._stepped
        if self._synced:
            self._prove(now)

    @property
    def error_s(self) -> float | None:
        """How far the clock may be off, in seconds; None where nothing vouched for it."""
        if self._proof is None:
            return None
        return 0.0 if self._synced else (self._sources.passed() - self._proof.passed) * DRIFT

    @property
    def doubt(self) -> str | None:
        """Why the clock is not believed, or None: the same words for as long as it is for the same reason."""
        error_s = self.error_s
        if error_s is None:
            why = "nothing"
        elif self._stepped:
            why = "stepped"
        else:
            why = "adrift" if error_s > HOLDOVER_LIMIT_S else ""
        if self._said[0] != why:
            self._said = (why, self._words(why))
        return self._said[1] if why else None

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
        """What it is by the proof and the time that has passed since."""
        if self._proof is None:
            return None
        return self._proof.at + timedelta(seconds=self._sources.passed() - self._proof.passed)

    def _prove(self, now: datetime) -> None:
        self._proof = Proof(boot=self._boot, passed=self._sources.passed(), at=now)
        if self._boot and self._proof.passed > self._kept_at + KEEP_EVERY_S:
            self._kept_at = self._proof.passed
            try:
                self._file.write_bytes(msgspec.json.encode(self._proof))
            except OSError as error:
                log.warning("The clock trust cannot be stored", extra={"action": "trust", "reason": error.strerror})

    def _kept(self) -> Proof | None:
        """The proof of an earlier run in this boot of the machine."""
        try:
            kept = msgspec.json.decode(self._file.read_bytes(), type=Proof)
        except (OSError, msgspec.DecodeError):
            return None
        return kept if self._boot and kept.boot == self._boot else None


class _Told(Collector):
    def __init__(self, watch: ClockMonitor) -> None:
        self._watch = watch

    def collect(self) -> Iterable[Metric]:
        trusted = GaugeMetricFamily("hallkeeper_clock", "1 for the state that the clock is in.", labels=("state",))
        for state in ClockTrust:
            trusted.add_metric((state.value,), float(self._watch.trust is state))
        yield trusted
        if (error_s := self._watch.error_s) is not None:
            yield GaugeMetricFamily("hallkeeper_clock_error_seconds", "How far the clock may be off.", error_s)


def publish_time(registry: CollectorRegistry, watch: ClockMonitor) -> None:
    """Adds the clock trust to /metrics."""
    registry.register(_Told(watch))


def _words(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
