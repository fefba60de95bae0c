"""Batches of events on their way to the controller, and their acknowledgement."""

from typing import Annotated

import msgspec

from edge.wire.codec import decode, encode
from edge.wire.errors import Malformed
from edge.wire.events import Event, Total
from edge.wire.ids import Slug
from edge.wire.interval import Instant

BATCH_LIMIT = 200
"""Most events in one batch."""
IN_FLIGHT_LIMIT = 4
"""Most batches an edge sends ahead of their acknowledgement."""

LogId = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{32}$")]


class EventBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Consecutive events of one log. ``log`` is a random id made with the outbox; ``first_kept`` the lowest seq
    it still holds. One event that cannot be read does not spoil the batch: ``events`` are decoded one by one."""

    site: Slug
    edge: Slug
    log: LogId
    first_kept: Annotated[int, msgspec.Meta(ge=1, le=2**53)]
    events: Annotated[tuple[msgspec.Raw, ...], msgspec.Meta(max_length=BATCH_LIMIT)]

    @classmethod
    def of(cls, *, site: str, edge: str, log: str, first_kept: int, events: tuple[Event, ...]) -> "EventBatch":
        """A batch of ``events``."""
        raws = tuple(msgspec.Raw(encode(event)) for event in events)
        return cls(site=site, edge=edge, log=log, first_kept=first_kept, events=raws)


class _Seq(msgspec.Struct, frozen=True):
    seq: Annotated[int, msgspec.Meta(ge=1, le=2**53)]


def seq_of(raw: bytes) -> int | None:
    """The seq of an event that cannot be read otherwise, so that quarantine answers for it; else ``None``."""
    try:
        return decode(raw, _Seq).seq
    except Malformed:
        return None


class Ack(msgspec.Struct, frozen=True, kw_only=True):
    """The controller has committed everything up to ``seq`` of ``log``; the edge may delete it. ``at``: when it was
    signed; one from before the last hello is void, because the controller may have been restored since."""

    site: Slug
    edge: Slug
    log: LogId
    seq: Total
    at: Instant
