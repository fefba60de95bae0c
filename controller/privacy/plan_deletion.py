"""Old plans and the parts that no plan names any more."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import delete, exists, select, tuple_

from controller.db.engine import Tx
from controller.plans.repository import manifest_of
from controller.privacy.removal_methods import Key, table

_PAGE = 200


class DeletePlans(msgspec.Struct, frozen=True):
    """Plans that an edge had replaced by the cutoff: a newer one was on it by then. The cutoff is that of events, so
    that every event that is kept has the plan that explains it."""

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        plans, newer = table("plans"), table("plans").alias()
        replaced = exists().where(
            newer.c.site == plans.c.site,
            newer.c.edge == plans.c.edge,
            newer.c.version > plans.c.version,
            newer.c.applied_at < cutoff,
        )
        query = select(plans.c.site, plans.c.edge, plans.c.version).where(plans.c.compiled_at < cutoff, replaced)
        return [tuple(row) for row in await tx.execute(query.limit(limit))]

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        c = table("plans").c
        gone = delete(table("plans")).where(tuple_(c.site, c.edge, c.version).in_(keys))
        return (await tx.execute(gone)).rowcount


class DeleteUnusedParts(msgspec.Struct, frozen=True):
    """Parts that no plan names. A key is a part's digest with when the newest plan was made that was looked at: what
    was made since is looked at again, under the parts' locks."""

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        plans, parts = table("plans"), table("plan_parts")
        newest = (await tx.execute(select(plans.c.compiled_at).order_by(plans.c.compiled_at.desc()).limit(1))).scalar()
        key = (plans.c.site, plans.c.edge, plans.c.version)
        used: set[str] = set()
        seen: Key | None = None
        while True:
            query = select(*key, plans.c.sealed).order_by(*key).limit(_PAGE)
            if seen is not None:
                query = query.where(tuple_(*key) > tuple_(*seen))
            page = (await tx.execute(query)).all()
            used |= await asyncio.to_thread(_named, [row.sealed for row in page])
            if len(page) < _PAGE:
                break
            seen = tuple(page[-1][:3])
        every = (await tx.execute(select(parts.c.digest))).scalars()
        return [(digest, newest) for digest in every if digest not in used][:limit]

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        plans, parts = table("plans"), table("plan_parts")
        wanted = [key[0] for key in keys]
        locked = select(parts.c.digest).where(parts.c.digest.in_(wanted)).with_for_update(skip_locked=True)
        free = set((await tx.execute(locked)).scalars())
        since = keys[0][1]
        recent = select(plans.c.sealed)
        if since is not None:
            recent = recent.where(plans.c.compiled_at >= since)
        free -= _named(list((await tx.execute(recent)).scalars()))
        return (await tx.execute(delete(parts).where(parts.c.digest.in_(sorted(free))))).rowcount


def _named(sealed: Sequence[bytes]) -> set[str]:
    """The digests of the parts that these plans name."""
    return {part.digest for each in sealed for part in manifest_of(each).parts.values()}
