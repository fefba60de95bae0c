"""When something happened at an edge, by our clock: from the run of the agent that it is of and the monotonic time in
it, held against the replies of that edge to our hellos. Pure.

An edge's own time may be wrong whatever it believes of it; its monotonic clock counts on. docs/time.md has the rules.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from edge.wire.events import RUN_LIMIT_MS, EarlierRun

AHEAD_LIMIT = timedelta(minutes=5)
"""An edge's own time is believed where it is no further than this from what its monotonic clock says, or ahead of ours
where that says nothing."""
DRIFT = 100e-6
"""Seconds that a crystal may lose or gain each second; those of a Pi are five times as good."""
UNKNOWN = timedelta(days=35)
"""How long before the first run that we know of an earlier one may have been: as long as a plan reaches."""


class ClockSample(msgspec.Struct, frozen=True, kw_only=True):
    """At ``mono_ms`` of the run ``boot`` of an edge it was between ``earliest`` and ``latest``, by our clock."""

    boot: str
    mono_ms: int
    earliest: datetime
    latest: datetime

    def span(self, mono_ms: int) -> tuple[datetime, datetime]:
        """Between which instants it was ``mono_ms`` of that run: wider by what a crystal may drift meanwhile."""
        away = timedelta(milliseconds=min(max(mono_ms - self.mono_ms, -RUN_LIMIT_MS), RUN_LIMIT_MS))
        drift = abs(away) * DRIFT
        return self.earliest + away - drift, self.latest + away + drift


def better(known: ClockSample | None, new: ClockSample) -> ClockSample:
    """Which of two samples of one run to go by: the one that says more of the time of the ``new`` one; that one where
    they contradict each other, since our clock has been set in between."""
    if known is None:
        return new
    earliest, latest = known.span(new.mono_ms)
    contradict = earliest > new.latest or latest < new.earliest
    return new if contradict or new.latest - new.earliest <= latest - earliest else known


def of_earlier(
    newest: ClockSample, earlier: Sequence[EarlierRun], known: Mapping[str, ClockSample]
) -> list[ClockSample]:
    """Samples of the runs before ``newest``, the oldest first, that none is ``known`` of: each ended before the next
    one began, and began after the one before it had ended."""
    latest: dict[str, datetime] = {}
    begun = newest.span(0)[1]
    for run in reversed(earlier):
        sample = known.get(run.boot)
        latest[run.boot] = begun
        begun = sample.span(0)[1] if sample is not None else begun - timedelta(milliseconds=run.mono_ms)
    found: list[ClockSample] = []
    ended = begun - UNKNOWN
    for run in earlier:
        sample = known.get(run.boot)
        if sample is None:
            least = ended + timedelta(milliseconds=run.mono_ms)
            end = latest[run.boot]
            sample = ClockSample(boot=run.boot, mono_ms=run.mono_ms, earliest=min(least, end), latest=end)
            found.append(sample)
        ended = sample.span(run.mono_ms)[0]
    return found
