"""Which events are given up as the disk runs out of space, and what is said instead. Pure."""

from collections import Counter
from collections.abc import Sequence

import msgspec

from edge.events.segments import OUTBOX_DEVICE, dropped_data, span_of
from edge.wire.codec import encode
from edge.wire.events import REFUSAL, DroppedData, Event

_LAST = frozenset({"access", "fire", "alarm", "outage"})
KEPT: tuple[frozenset[str], ...] = (
    _LAST | {"footfall", "lockout", "recount", "closing", REFUSAL},
    _LAST | {"footfall", "lockout", "recount", "closing"},
    _LAST | {"footfall"},
    _LAST,
    frozenset(),
)
"""The ranks that are kept, step by step, as space runs out. Admissions, outages, fire and alarm are dropped last;
crossings before them, because their totals are known; refused entries before anything else."""


def squeeze(events: Sequence[Event], *, keep: frozenset[str]) -> list[Event]:
    """Compact events: each run of events whose rank is not in ``keep`` becomes one ``dropped`` event."""
    kept: list[Event] = []
    run: list[Event] = []
    for event in events:
        if event.rank in keep:
            kept += _merged(run)
            run = []
            kept.append(event)
        else:
            run.append(event)
    return kept + _merged(run)


def _merged(run: list[Event]) -> list[Event]:
    if len(run) < 2:
        return run
    counts: Counter[str] = Counter()
    for event in run:
        counts.update(data.counts if (data := dropped_data(event)) is not None else {event.rank: 1})
    last = run[-1]
    merged = DroppedData(first=span_of(run[0])[0], last=last.seq, counts=dict(counts))
    return [msgspec.structs.replace(last, device=OUTBOX_DEVICE, data=msgspec.Raw(encode(merged)))]
