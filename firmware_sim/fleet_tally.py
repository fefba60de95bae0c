"""What a fleet counts while it runs, and what it came to."""

import bisect
import math
import time
from collections import Counter
from collections.abc import Iterable

import msgspec

_STEP = 1.05
"""Each bucket of latencies reaches 5 % further than the one before."""
SHARES = {"p50": 0.5, "p95": 0.95, "p99": 0.99}


class Latencies:
    """Latencies in buckets, each 5 % wide, so that any number of them takes no more memory."""

    def __init__(self) -> None:
        self._buckets: Counter[int] = Counter()
        self._most_s = 0.0

    def add(self, seconds: float) -> None:
        self._buckets[math.ceil(math.log(max(seconds, 1e-6), _STEP))] += 1
        self._most_s = max(self._most_s, seconds)

    @property
    def number(self) -> int:
        return self._buckets.total()

    def ms(self) -> dict[str, float]:
        """Milliseconds: the median, the 95th and the 99th percentile, to 5 %, and the most. Empty without any."""
        if not self._buckets:
            return {}
        steps = sorted(self._buckets)
        reached, total = [], 0
        for step in steps:
            total += self._buckets[step]
            reached.append(total)
        found = {
            name: min(_STEP ** steps[bisect.bisect_left(reached, share * total)], self._most_s)
            for name, share in SHARES.items()
        }
        return {name: round(seconds * 1000, 1) for name, seconds in (found | {"most": self._most_s}).items()}


class FleetTally:
    """Counts of a run. ``sent``: events that happened; ``batches``: messages of them, sent again included; ``losses``:
    connections that ended by themselves; ``refused``: messages of the controller that were; ``beyond``:
    acknowledgements of what was never sent; ``plans``: that were applied."""

    def __init__(self) -> None:
        self.sent = self.batches = self.plans = self.refused = self.beyond = self.losses = self.stored = 0
        self.latencies = Latencies()
        self._in_touch: set[str] = set()

    def connected(self, name: str) -> None:
        """An edge has connected, and has not heard the controller yet."""
        self._in_touch.discard(name)

    def greeted(self, name: str) -> None:
        """An edge has heard the controller."""
        self._in_touch.add(name)

    def lost(self, name: str) -> None:
        """An edge's connection has ended by itself."""
        self.losses += 1
        self._in_touch.discard(name)

    @property
    def in_touch(self) -> int:
        """How many edges have heard the controller on their present connection."""
        return len(self._in_touch)

    def acknowledged(self, added_at: Iterable[float]) -> None:
        """Events were acknowledged; ``added_at``: when each happened, 0 for one of an earlier run."""
        now = time.monotonic()
        for at in added_at:
            self.stored += 1
            if at:
                self.latencies.add(now - at)


class FleetReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a run came to. ``rate_per_s``: events a second that happened on average; ``waiting``: not acknowledged at
    the end; ``lost``: acknowledged but not stored; ``doubled``: stored more than once; both null where no controller
    was asked. ``all_served_s``: from the start until every edge had heard the controller. ``drained_s``: from
    the last event until all were acknowledged. ``cpu_s``: of this process. ``latency_ms``: from an event to its
    acknowledgement."""

    sites: int
    edges: int
    seconds: float
    online: int
    in_touch: int
    sent: int
    backlog: int
    acknowledged: int
    waiting: int
    lost: int | None
    doubled: int | None
    rate_per_s: float
    batches: int
    plans: int
    refused: int
    beyond: int
    losses: int
    all_after_s: list[float]
    drained_s: float | None
    cpu_s: float
    latency_ms: dict[str, float]

    @property
    def sound(self) -> bool:
        """Whether nothing is missing, doubled or left over."""
        return not (self.waiting or self.lost or self.doubled or self.refused or self.beyond)

    def lines(self) -> list[str]:
        """The report in words."""
        checked = (
            f"{self.lost:,} lost, {self.doubled:,} doubled"
            if self.lost is not None
            else "lost and doubled not checked (that needs --controller)"
        )
        delays = ", ".join(f"{name} {ms:g} ms" for name, ms in self.latency_ms.items()) or "none"
        after = ", ".join(f"{each:.1f} s" for each in self.all_after_s) or "(not reached)"
        drained = f"{self.drained_s:.1f} s" if self.drained_s is not None else "not reached"
        return [
            f"{self.sites:,} sites, {self.edges:,} edges, {self.seconds:.0f} s: {self.online:,} online, "
            f"{self.in_touch:,} in touch with the controller",
            f"{self.sent:,} events ({self.rate_per_s:,.1f}/s; {self.backlog:,} of them had waited), "
            f"{self.acknowledged:,} acknowledged, {self.waiting:,} waiting; {checked}",
            f"from event to acknowledgement: {delays}",
            f"all edges in touch after {after}; everything acknowledged {drained} after the last event",
            f"{self.batches:,} batches, {self.plans:,} plans applied, {self.refused:,} messages refused, "
            f"{self.losses:,} connections lost; {self.cpu_s:.1f} s of processor time here",
        ]
