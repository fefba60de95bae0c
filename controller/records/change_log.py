"""Changes that other processes make, on PostgreSQL: a trigger writes a row in the transaction that makes the change.

A notification only wakes those who read the rows. One that is lost costs ``LOOK_EVERY_S``. None of the rows is missed:
each look reads again from the oldest transaction that was open at the look before, so that it does not matter in which
order they are committed.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy import DDL, BigInteger, Boolean, Column, String, Table, event, text

from controller.db.engine import IN_BACKGROUND, Database, Instant, metadata
from controller.db.postgresql_notifications import listen
from controller.db.retry_until_available import retry_until_available
from controller.records.changes import Changes

log = logging.getLogger(__name__)

CHANNEL = "hallkeeper_changes"
LOOK_EVERY_S = 5.0
GATHER_S = 0.05
"""How long changes are gathered before others are woken: a notification in each transaction would let PostgreSQL commit
one at a time."""
KEPT_S = 600.0
"""How long rows are kept. Who has not looked for half of that takes every site to have changed."""

site_changes = Table(
    "site_changes",
    metadata,
    Column("xact", BigInteger, primary_key=True, autoincrement=False),
    Column("site", String(40), primary_key=True),
    Column("estate", Boolean, primary_key=True),
    Column("process", String(63), nullable=False),
    Column("at", Instant, nullable=False),
)
"""``xact``: the number of the transaction. ``site``: empty for all. ``estate``: as in ``Changes.site_changed``.
``process``: the ``Database.name`` of who made it. Written on PostgreSQL only."""

DIARY = (
    *("bookings", "series", "waits", "closures", "closure_batches", "hire_requests", "imported", "feeds"),
    *("grants", "offline_codes", "tariffs", "quotes", "problem_reports", "room_sensors", "ways"),
    *("floor_plans", "floor_plan_drawings", "inductions", "induction_results", "members"),
)
"""Tables of which a change is one of what is booked at a site, or of what its pages show."""
ESTATE = (
    *("sites", "edge_identities", "edge_keys", "certificates", "revocations", "holder_places"),
    *("overrides", "restored", "alert_rules"),
)
"""Tables of which a change is one of the site itself, and needs another look at everything that a plan is made from."""

FUNCTION = """
CREATE FUNCTION hallkeeper_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this_xact bigint := pg_current_xact_id()::text::bigint;
    this_process text := current_setting('application_name');
    this_kind boolean := TG_ARGV[0]::boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM touched) THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'sites' THEN
        INSERT INTO site_changes (xact, site, estate, process, at)
        SELECT DISTINCT this_xact, id, this_kind, this_process, now() FROM touched ON CONFLICT DO NOTHING;
    ELSIF TG_TABLE_NAME = 'members' THEN
        INSERT INTO site_changes (xact, site, estate, process, at)
        VALUES (this_xact, '', this_kind, this_process, now()) ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO site_changes (xact, site, estate, process, at)
        SELECT DISTINCT this_xact, COALESCE(site, ''), this_kind, this_process, now() FROM touched
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$
"""


def triggers() -> list[str]:
    """The statements that make the triggers; they need ``FUNCTION`` and all tables."""
    return [
        f"CREATE TRIGGER note_{moment.lower()} AFTER {moment} ON {table} REFERENCING {rows} TABLE AS touched"
        f" FOR EACH STATEMENT EXECUTE FUNCTION hallkeeper_note_change('{estate}')"
        for tables, estate in ((DIARY, "false"), (ESTATE, "true"))
        for table in tables
        for moment, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD"))
    ]


for _statement in (FUNCTION, *triggers()):
    event.listen(
        metadata,
        "after_create",
        DDL(_statement.replace("%", "%%")).execute_if(dialect="postgresql"),  # type: ignore[no-untyped-call]
    )

_LOOK = text(
    "SELECT xact, site, estate, process FROM site_changes WHERE xact >= :first"
    " UNION ALL SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint, NULL, NULL, NULL"
)
_SITES = text("SELECT id FROM sites")
_WAKE = text("SELECT pg_notify(:channel, '')")
_FORGET = text(
    "DELETE FROM site_changes WHERE xact < :before OR xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
)
"""Rows with a number that is yet to be given came from another server, with a backup: they would be read at each look,
and hide a change that gets their number, so they are deleted before the first change. Of a running transaction no row
is visible here."""


class ChangeLog:
    """Tells ``changes`` what others change, and wakes them after what is changed here. ``real``: seconds that pass also
    while the machine sleeps."""

    def __init__(self, database: Database, changes: Changes, real: Callable[[], float]) -> None:
        self._database = database
        self._changes = changes
        self._real = real
        self._woken = asyncio.Event()
        self._made = asyncio.Event()
        self._first = 0
        self._read: set[tuple[int, str, bool]] = set()
        """What was read of transactions that are read again."""
        self._looked_at = real()
        self._marks: deque[tuple[float, int]] = deque()
        """When the oldest transaction that is read again was which, at most one for each look: rows are deleted by
        these, since the database's clock may jump."""
        changes.when_changed_here.append(self._made.set)

    async def run(self) -> None:
        """Hear of changes since ``start`` and wake others, for ever."""
        IN_BACKGROUND.set(True)
        async with asyncio.TaskGroup() as group:
            hear = listen(self._database.url, CHANNEL, heard=self._woken.set, alive=lambda: None)
            group.create_task(hear, name="hear of changes")
            group.create_task(self._wake_others(), name="wake others")
            while True:
                with suppress(TimeoutError):
                    async with asyncio.timeout(LOOK_EVERY_S):
                        await self._woken.wait()
                self._woken.clear()
                await retry_until_available(self.look, what="changes of others")

    async def start(self) -> None:
        """Begin with what is committed from now on, without what another server has left here."""
        async with self._database.write() as tx:
            await tx.execute(_FORGET, {"before": 0})
        async with self._database.read_without_transaction() as tx:
            self._first = (await tx.execute(_LOOK, {"first": 2**62})).one().xact
        self._looked_at = self._real()

    async def look(self) -> None:
        """Pass on what is new."""
        began = self._real()
        too_late = began - self._looked_at > KEPT_S / 2
        async with self._database.read_without_transaction() as tx:
            rows = (await tx.execute(_LOOK, {"first": self._first})).all()
            of_all = too_late or any(row.site == "" for row in rows)
            every = [row.id for row in await tx.execute(_SITES)] if of_all else []
        found = {(row.xact, row.site, row.estate) for row in rows if row.site is not None}
        others = {(row.xact, row.site, row.estate) for row in rows if row.process not in (None, self._database.name)}
        self._first = next(row.xact for row in rows if row.site is None)
        new, self._read = others - self._read, {each for each in found if each[0] >= self._first}
        if too_late:
            new = {(0, "", True)}
        self._looked_at = began
        self._marks.append((began, self._first))
        while len(self._marks) > 1 and self._marks[1][0] <= began - KEPT_S:
            self._marks.popleft()
        for site, estate in sorted({(site, estate) for _, site, estate in new}):
            for one in [site] if site else every:
                self._changes.site_changed(one, estate=estate, here=False)

    async def _wake_others(self) -> None:
        while True:
            await self._made.wait()
            await asyncio.sleep(GATHER_S)
            self._made.clear()
            await retry_until_available(self._wake, what="waking others")

    async def _wake(self) -> None:
        async with self._database.read_without_transaction() as tx:
            await tx.execute(_WAKE, {"channel": CHANNEL})

    async def forget(self) -> None:
        """Delete rows of transactions that had ended ``KEPT_S`` ago, and of another server's."""
        if self._marks and self._marks[0][0] <= self._real() - KEPT_S:
            async with self._database.write() as tx:
                await tx.execute(_FORGET, {"before": self._marks[0][1]})
