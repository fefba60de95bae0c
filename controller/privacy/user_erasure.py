"""Users who ended lose their names: in their own rows, and wherever a row says who did something."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, delete, select, update

from controller.calendars.model import IMPORT
from controller.db.engine import NAMES_ACTOR, Database, Tx, metadata
from controller.people.errors import UserNotEnded
from controller.people.model import Actor
from controller.people.repository import end_sessions
from controller.people.users import UserService
from controller.privacy.nightly_run import RetentionService
from controller.privacy.removal_methods import InOrder, Key, is_one, table
from controller.records.audit import audit_log
from controller.records.audit.tables import UNSEALED
from edge.wire.clock import Clock

_PREFIXES = ("", IMPORT)
"""What may stand before a name in a column of ``actor_columns``."""
_AT_ONCE = 100
"""Users whose names are searched for together."""


def actor_columns() -> list[Column[Any]]:
    """Those with names of users, but for the audit log, which has users by id."""
    return [
        column
        for each in metadata.sorted_tables
        for column in each.c
        if column.info == NAMES_ACTOR and each.name != "audit_rows"
    ]


def former(user_id: str) -> str:
    """What stands in place of the name."""
    return f"Former user {user_id}"


class EraseUsers(InOrder, frozen=True):
    """Names and addresses of users who ended, also in the audit log and wherever they did something, and what they
    signed in by; their ids stay. ``only``: of this user, whenever they ended."""

    only: str | None = None

    async def find(self, tx: Tx, cutoff: datetime, limit: int, after: Key | None = None) -> Sequence[Key]:
        """Keys with table, column and new text of rows that name one of some users, first from the column of ``after``
        on; without any such row, those users themselves."""
        users, people = table("users"), table("audit_people")
        which = users.c.ended_at < cutoff if self.only is None else users.c.id == self.only
        query = select(users.c.id, users.c.name).join_from(users, people, people.c.id == users.c.id)
        query = query.where(which, users.c.ended_at.is_not(None), people.c.name != "").order_by(users.c.id)
        rows = (await tx.execute(query.limit(min(limit, _AT_ONCE)))).all()
        if not rows:
            return []
        texts = {prefix + row.name: prefix + former(row.id) for row in rows for prefix in _PREFIXES}
        columns = actor_columns()
        places = [(column.table.name, column.name) for column in columns]
        start = places.index(after[:2]) if after is not None and after[:2] in places else 0
        found = await _naming(tx, texts, columns[start:] + columns[:start], limit)
        return found or [(row.id,) for row in rows]

    async def apply(self, tx: Tx, keys: Sequence[Key]) -> int:
        by_change: dict[tuple[str, str, str], list[Key]] = {}
        for key in keys:
            if len(key) == 1:
                await _erase(tx, key[0])
            else:
                by_change.setdefault(key[:3], []).append(key[3:])
        for (name, column, text), rows in by_change.items():
            its = table(name)
            await tx.execute(update(its).where(is_one(its, rows)).values({column: text}))
        return len(keys)


async def _naming(tx: Tx, texts: Mapping[str, str], columns: Sequence[Column[Any]], limit: int) -> list[Key]:
    found: list[Key] = []
    for column in columns:
        keys = column.table.primary_key.columns
        query = select(column, *keys).where(column.in_(list(texts))).limit(limit - len(found))
        found += [(column.table.name, column.name, texts[row[0]], *row[1:]) for row in await tx.execute(query)]
        if len(found) == limit:
            break
    return found


async def _erase(tx: Tx, user: str) -> None:
    users, people, rows = table("users"), table("audit_people"), table("audit_rows")
    accounts = table("user_accounts")  # who they are stays, so that nobody who ended comes back as a new user
    name = former(user)
    known = select(users.c.name).where(users.c.id == user).scalar_subquery()
    unsealed = (UNSEALED, rows.c.user_id.is_(None), rows.c.actor == known)  # as the sealer would name them
    await tx.execute(update(rows).where(*unsealed).values(user_id=user, actor=""))
    blank = {"name": name, "name_key": name.casefold(), "email": None, "email_key": None, "password_hash": None}
    await tx.execute(update(users).where(users.c.id == user).values(blank))
    for kept in map(table, ("passkeys", "second_factors", "recovery_codes", "notice_digests", "morning_seen")):
        await tx.execute(delete(kept).where(kept.c.user_id == user))
    await tx.execute(update(accounts).where(accounts.c.user_id == user).values(label=""))
    await tx.execute(update(people).where(people.c.id == user).values(name=""))
    await tx.execute(update(rows).where(rows.c.subject == user).values(personal=None))


@dataclass(eq=False)
class UserErasure:
    """Forgets a user on request; what they did stays, by their id."""

    database: Database
    clock: Clock
    users: UserService
    retention: RetentionService

    async def forget(self, user_id: str, *, actor: Actor) -> None:
        """Idempotent. Raises ``UserUnknown``, ``MayNotGive``, ``NotAllowed``, and ``UserNotEnded``."""
        async with self.database.read() as tx:
            user = await self.users.governed(tx, user_id, actor)
        if user.ended_at is None:
            raise UserNotEnded(user.name)
        if await self._forget(user_id):
            await self.database.run(self._record, user_id, actor.name)

    async def forget_again(self, user_id: str) -> None:
        """One who was forgotten before an older database came back, where they may still sign in."""
        await self.database.run(self._end, user_id)
        if await self._forget(user_id):
            await self.database.run(self._record, user_id, "hallkeeper")
        self.users.rights_changed()

    async def _forget(self, user_id: str) -> int:
        return await self.retention.carry_out(EraseUsers(user_id), self.clock.now())

    async def _end(self, tx: Tx, user_id: str) -> None:
        users = table("users")
        here = (users.c.id == user_id, users.c.ended_at.is_(None))
        await tx.execute(update(users).where(*here).values(ended_at=self.clock.now()))
        await end_sessions(tx, user_id)

    async def _record(self, tx: Tx, user_id: str, actor: str) -> None:
        await audit_log.record(tx, actor=actor, at=self.clock.now(), act="forget", thing=f"user {user_id}")
