"""Events and batches as an edge would send them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from edge.wire.access_decision import ClockTrust
from edge.wire.codec import encode
from edge.wire.envelope import Purpose, Signer
from edge.wire.event_batch import EventBatch
from edge.wire.events import Event, EventData, FootfallData, MotionData, make_event

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)
BOOT = "0193a3c1-0000-7000-8000-000000000001"
LOG = "a" * 32
OTHER_LOG = "b" * 32


def event(seq: int, data: EventData | None = None, *, at: datetime = NOW, device: str = "pir-hall") -> Event:
    """Event ``seq``; motion where nothing else is given."""
    return make_event(
        seq=seq,
        boot=BOOT,
        mono_ms=seq * 10,
        at=at,
        trust=ClockTrust.SYNCED,
        device=device,
        data=data or MotionData(zone="hall", active=seq % 2 == 0),
    )


def crossing(seq: int, *, ins: int = 0, outs: int = 0, total: tuple[int, int], at: datetime = NOW) -> Event:
    """A footfall event of the counter at the front door, with the totals after it."""
    data = FootfallData(
        counter="front-beams", door="front-door", ins=ins, outs=outs, total_ins=total[0], total_outs=total[1]
    )
    return event(seq, data, at=at, device="front-beams")


def passing(seq: int, passages: int, *, total: int, at: datetime = NOW) -> Event:
    """A footfall event of the counter at the side door, which does not tell in from out, with its total after it."""
    data = FootfallData(
        counter="side-mat",
        door="side-door",
        ins=0,
        outs=0,
        total_ins=0,
        total_outs=0,
        passages=passages,
        total_passages=total,
    )
    return event(seq, data, at=at, device="side-mat")


def run_of(first: int, last: int) -> list[Event]:
    """Events ``first`` to ``last``, a millisecond apart."""
    return [event(seq, at=NOW + timedelta(milliseconds=seq)) for seq in range(first, last + 1)]


class Speaker:
    """An edge's voice: signs with its key."""

    def __init__(self, site: str = "ramsey", edge: str = "main", *, key: Ed25519PrivateKey | None = None) -> None:
        self.site = site
        self.edge = edge
        self.key = key or Ed25519PrivateKey.generate()
        self.signer = Signer(self.key)

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def batch(self, events: Sequence[Event | bytes], *, log: str = LOG, first_kept: int = 1) -> bytes:
        """A signed batch; bytes among the events go in as they are."""
        raws = tuple(msgspec.Raw(each if isinstance(each, bytes) else encode(each)) for each in events)
        batch = EventBatch(site=self.site, edge=self.edge, log=log, first_kept=first_kept, events=raws)
        return self.signer.seal(Purpose.EVENTS, batch)
