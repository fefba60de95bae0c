"""Dates the events of a batch before they are stored: when each happened, by our clock.

That comes from the run of the agent that an event is of and the monotonic time in it, held against the replies of that
edge to our hellos. An edge's own time may be wrong whatever it believes of it; its monotonic clock counts on.
docs/time.md has the rules.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from controller.db.engine import Tx
from controller.platform.text.times import rough_duration
from controller.telemetry import repository
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.model import GoodEvent
from edge.wire.access_decision import ClockTrust
from edge.wire.events import RUN_LIMIT_MS, EarlierRun, Event, OutageData

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


TELL_AGAIN = timedelta(days=1)


class Dated(msgspec.Struct, frozen=True, kw_only=True):
    """``error_s``: how far, in seconds, it may have been from ``at``."""

    at: datetime
    error_s: float


def dated(reported: datetime, trust: ClockTrust, span: tuple[datetime, datetime]) -> Dated | None:
    """The corrected time of an event for which the edge ``reported`` a time, where it can only have happened within
    ``span``; ``None`` where the edge's time is right. A time outside is moved to the nearer end."""
    earliest, latest = span
    unsure = trust is ClockTrust.UNPROVEN
    slack = timedelta(0) if unsure else AHEAD_LIMIT
    if not unsure and earliest - slack <= reported <= latest + slack:
        return None
    return Dated(at=min(max(reported, earliest), latest), error_s=(latest - earliest) / timedelta(seconds=1))


class EventDating:
    """For the events of one log of an edge, at ``now``, in one transaction."""

    def __init__(self, tx: Tx, *, site: str, edge: str, log: int, now: datetime) -> None:
        self._tx = tx
        self._site = site
        self._edge = edge
        self._log = log
        self._now = now

    async def date(self, good: Sequence[GoodEvent]) -> list[GoodEvent]:
        """The events, in their order, each with when it happened. Left out are those that say they are still to come,
        and of whose run nothing is known yet."""
        samples = await self._clock_samples(good)
        found: list[GoodEvent] = []
        wrong: defaultdict[str, list[Dated]] = defaultdict(list)
        worst: tuple[timedelta, float] | None = None
        for each in good:
            event = each.event
            sample = samples.get(event.boot)
            if sample is None:
                if not self._to_come(event):
                    found.append(await self._with_outage(each, samples, found))
                continue
            right = dated(event.at, event.trust, sample.span(event.mono_ms))
            if right is not None:
                wrong[event.boot].append(right)
                off = event.at - right.at
                if event.trust is not ClockTrust.UNPROVEN and (worst is None or abs(off) > abs(worst[0])):
                    worst = off, right.error_s
                moved = msgspec.structs.replace(event, at=right.at)
                each = msgspec.structs.replace(each, event=moved, told_at=event.at, error_s=right.error_s)
            found.append(await self._with_outage(each, samples, found))
        for boot, times in wrong.items():
            start = min(each.at - timedelta(seconds=each.error_s) for each in times)
            end = max(each.at + timedelta(seconds=each.error_s) for each in times)
            await repository.mark_wrong(self._tx, self._site, self._edge, boot, start, end)
        if worst is not None:
            await tell_wrong_clock(self._tx, self._site, self._edge, *worst, self._now)
        return found

    def _to_come(self, event: Event) -> bool:
        slack = timedelta(0) if event.trust is ClockTrust.UNPROVEN else AHEAD_LIMIT
        return event.at > self._now + slack

    async def _clock_samples(self, good: Sequence[GoodEvent]) -> dict[str, ClockSample]:
        """For the runs that the events belong to or mention; also where a finished run is known by its events alone: it
        was before the present run, and after the last stored event."""
        boots = {each.event.boot for each in good}
        boots |= {data.after.boot for each in good if isinstance(data := each.data, OutageData) and data.after}
        known = await repository.clock_samples(self._tx, self._site, self._edge, boots)
        odd = [each.event for each in good if each.event.boot not in known and self._to_come(each.event)]
        state = await repository.edge_state(self._tx, self._site, self._edge) if odd else None
        present = await repository.clock_samples(self._tx, self._site, self._edge, [state.boot]) if state else {}
        if state is None or state.boot not in present:
            return known
        latest = present[state.boot].span(0)[1]
        for boot in {event.boot for event in odd}:
            events = [event for event in odd if event.boot == boot]
            before = await repository.at_before(self._tx, self._log, min(event.seq for event in events))
            last = max(event.mono_ms for event in events)
            known[boot] = ClockSample(boot=boot, mono_ms=last, earliest=min(before or latest, latest), latest=latest)
            await repository.put_clock_samples(self._tx, self._site, self._edge, [known[boot]])
        return known

    async def _with_outage(
        self, each: GoodEvent, samples: Mapping[str, ClockSample], before: Sequence[GoodEvent]
    ) -> GoodEvent:
        """The event; of an outage with its two ends by our clock. What is not known exactly is part of it."""
        data, event = each.data, each.event
        if not isinstance(data, OutageData):
            return each
        start, end = data.start, data.end
        if each.told_at is not None:
            end = samples[event.boot].span(0)[1]
        end = min(end, event.at)
        if data.after is not None and (ended := samples.get(data.after.boot)) is not None:
            earliest, latest = ended.span(data.after.mono_ms)
            if not earliest - AHEAD_LIMIT <= start <= latest + AHEAD_LIMIT:
                start = earliest
        if start >= end:
            last = max((one.event for one in before), key=lambda one: one.seq, default=None)
            known = last.at if last is not None else await repository.at_before(self._tx, self._log, event.seq)
            start = min(start, known or start)
        if (start, end) == (data.start, data.end):
            return each
        data = msgspec.structs.replace(data, start=start, end=end)
        return msgspec.structs.replace(each, data=data, text=msgspec.json.encode(data).decode())


async def tell_wrong_clock(tx: Tx, site: str, edge: str, off: timedelta, error_s: float, now: datetime) -> None:
    """Raise an alert about an edge whose clock is ``off`` (positive: fast), once a day."""
    if await repository.alerted(tx, site, edge, AlertCode.EDGE_CLOCK, now - TELL_AGAIN):
        return
    way = "fast" if off > timedelta(0) else "slow"
    text = (
        f"The clock of {edge} was {rough_duration(abs(off))} {way}: its doors opened and closed by that time. What it "
        f"reported is dated by the controller's clock, within {rough_duration(timedelta(seconds=error_s))}"
    )
    await repository.alert(tx, site, edge, AlertCode.EDGE_CLOCK, text, now)
