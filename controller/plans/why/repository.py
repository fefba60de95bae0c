"""SQL of ``why``: what a door reported."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select

from controller.db.engine import Tx
from controller.telemetry.tables import events
from edge.wire.access_decision import ClockTrust
from edge.wire.events import AccessData, LockoutData, UnreadData

AROUND = timedelta(minutes=2)
"""How far from the moment asked about what the door reported is still shown."""
_MOST = 10
_COUNTED = timedelta(minutes=15)
"""This long after the first refusal the door may still report others that it refused during a lockout."""
_TELLS = AccessData | UnreadData | LockoutData


class RecordedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked to come in, what was read became no code, card or pass, or codes began to wait, as the door
    reported it."""

    at: datetime
    trust: ClockTrust
    data: AccessData | UnreadData | LockoutData


async def reported_around(tx: Tx, site: str, edge: str, door: str, at: datetime) -> Sequence[RecordedEvent]:
    """What the door reported about people who asked to come in around a moment, in its order."""
    c = events.c
    query = select(c.at, c.trust, c.data).where(
        c.site == site,
        c.kind.in_(("access", "unread", "lockout")),
        c.edge == edge,
        c.at >= at - AROUND,
        c.at <= at + AROUND + _COUNTED,
    )
    found = [
        RecordedEvent(at=row.at, trust=ClockTrust(row.trust), data=msgspec.json.decode(row.data, type=_TELLS))
        for row in await tx.execute(query.order_by(c.id))
    ]
    return [each for each in found if each.data.door == door and _began(each) <= at + AROUND][:_MOST]


def _began(reported: RecordedEvent) -> datetime:
    since = reported.data.since if isinstance(reported.data, AccessData) else None
    return reported.at if since is None else since
