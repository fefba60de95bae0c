"""All SQL about releases, their roll-out, and what edges were told and say."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select

from controller.db.engine import Tx
from controller.db.row_mapping import all_of, columns_of, first_of, put_row
from controller.enrolment.updates.staging import Rollout, RolloutState
from controller.enrolment.updates.tables import edge_updates, release_parts, releases, rollouts
from controller.telemetry.tables import edge_states


class StoredRelease(msgspec.Struct, frozen=True, kw_only=True):
    """A package of a release. ``file``: as its maker signed it."""

    sha256: str
    version: str
    system: str
    architecture: str
    size: int
    minimum_edge: str
    minimum_controller: str
    file: bytes
    added_at: datetime
    added_by: str


class EdgeUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """What an edge says, and what it was told. ``since``: since when it says this phase. ``ordered``: the digest of the
    release that it was told to run. ``told``: the order, unsigned."""

    site: str
    edge: str
    version: str
    system: str
    architecture: str
    phase: str
    number: int
    received: int
    why: str
    since: datetime
    ordered_number: int = 0
    ordered: str | None = None
    rollout: str | None = None
    windows_end: datetime | None = None
    told: bytes | None = None


async def insert_release(tx: Tx, release: StoredRelease, parts: Iterable[bytes]) -> None:
    await tx.execute(insert(releases).values(msgspec.structs.asdict(release)))
    for number, data in enumerate(parts):
        await tx.execute(insert(release_parts).values(sha256=release.sha256, number=number, data=data))


async def all_releases(tx: Tx) -> list[StoredRelease]:
    return await all_of(tx, StoredRelease, select(releases).order_by(releases.c.added_at, releases.c.sha256))


async def forget_release(tx: Tx, sha256: str) -> None:
    await tx.execute(delete(release_parts).where(release_parts.c.sha256 == sha256))
    await tx.execute(delete(releases).where(releases.c.sha256 == sha256))


async def parts(tx: Tx, sha256: str, first: int, number: int) -> list[tuple[int, bytes]]:
    """Parts of a package, by number."""
    c = release_parts.c
    query = select(c.number, c.data).where(c.sha256 == sha256, c.number >= first, c.number < first + number)
    return [(row.number, row.data) for row in await tx.execute(query.order_by(c.number))]


async def live_rollout(tx: Tx) -> Rollout | None:
    """The one that has not come to an end."""
    live = rollouts.c.state.in_((RolloutState.RUNNING, RolloutState.PAUSED, RolloutState.STOPPED))
    return await first_of(tx, Rollout, select(rollouts).where(live).order_by(rollouts.c.started_at.desc()))


async def last_rollout(tx: Tx) -> Rollout | None:
    return await first_of(tx, Rollout, select(rollouts).order_by(rollouts.c.started_at.desc()).limit(1))


async def put_rollout(tx: Tx, rollout: Rollout) -> None:
    await put_row(tx, rollouts, msgspec.structs.asdict(rollout), "id")


async def edge_update(tx: Tx, site: str, edge: str) -> EdgeUpdate | None:
    c = edge_updates.c
    return await first_of(tx, EdgeUpdate, select(edge_updates).where(c.site == site, c.edge == edge))


async def all_edge_updates(tx: Tx) -> list[EdgeUpdate]:
    c = edge_updates.c
    return await all_of(tx, EdgeUpdate, select(*columns_of(EdgeUpdate, edge_updates)).order_by(c.site, c.edge))


async def untold(tx: Tx) -> list[EdgeUpdate]:
    """The edges that have not said that they have their newest order."""
    c = edge_updates.c
    return await all_of(tx, EdgeUpdate, select(edge_updates).where(c.told.is_not(None), c.number < c.ordered_number))


async def put_edge_update(tx: Tx, row: EdgeUpdate) -> None:
    await put_row(tx, edge_updates, msgspec.structs.asdict(row), "site", "edge")


async def offline_since(tx: Tx) -> dict[tuple[str, str], datetime]:
    """The edges that are not there, and since when."""
    c = edge_states.c
    query = select(c.site, c.edge, c.since).where(~c.online)
    return {(row.site, row.edge): row.since for row in await tx.execute(query)}
