"""What the doctor finds in the database: whether it is sound, how large it is and grows, and what waits in it."""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import func, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import create_async_engine
from sqlalchemy.pool import NullPool

from controller.db.engine import Tx, server_of
from controller.db.errors import words_of
from controller.db.migrations import newest_revision, stored_revision
from controller.db.reports_copy import BEHIND, too_far_behind
from controller.enrolment.key_file_check import faults, fingerprints, known_keys
from controller.enrolment.tables import certificates
from controller.notices.model import NoticeState
from controller.notices.tables import notices
from controller.platform.settings import Settings
from controller.screens.live.edge_metrics import figures
from controller.telemetry.tables import edge_states, events, quarantine
from edge.wire.doctor_findings import Finding, fail, ok, warn

CONNECT_S = 5.0
LIMIT_S = 30.0
"""How long each check may take: in a large database one reads gigabytes."""
_AGAIN_S = 0.1
LARGE_LOG_MB = 256
"""SQLite's write-ahead log is checkpointed at 16 MB; far above that somebody holds a read open."""
FULL_SOON = timedelta(days=30)
LATE = timedelta(minutes=15)
MANY_EVENTS = 10_000
LIFE_LEFT = timedelta(days=60)
"""An edge renews its certificate of two years when a third of that is left."""
_RESTORE = "Stop the controller and put a backup back: docs/restore.md"


Found = Iterable[Finding]
_CANCELLED = "57014"
"""query_canceled of PostgreSQL, Appendix A."""


async def findings(
    settings: Settings, now: datetime, today: datetime, *, connected: bool, limit_s: float = LIMIT_S
) -> AsyncIterator[Finding]:
    """``now``: by the controller's clock, which a demonstration may set; ``today``: by the machine's. ``connected``:
    whether a running controller hears its edges. ``limit_s``: how long each check may take."""
    url = settings.database_url
    file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    if file is not None and not file.exists():
        yield fail("database", f"{file} does not exist", f"hallkeeper controller migrate makes one; {_RESTORE}")
        return
    try:
        async with _read_only(url, file, limit_s) as tx:
            async for found in _all(tx, settings, file, now, today, connected=connected, limit_s=limit_s):
                yield found
            if settings.reports_url is not None:
                yield await reports_copy(settings.reports_url, limit_s)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        why = words_of(error) if isinstance(error, SQLAlchemyError) else str(error) or "no answer"
        if file is not None:
            yield fail("database", f"{file} cannot be read ({why})", _RESTORE)
        else:
            hint = "systemctl status postgresql; check host, name, user and password of `database`"
            yield fail("database", f"{server_of(url)}/{url.database} cannot be used ({why})", hint)


@asynccontextmanager
async def _read_only(url: URL, file: Path | None, limit_s: float) -> AsyncIterator[Tx]:
    if file is not None:
        engine = create_async_engine(_sqlite_way(file), hide_parameters=True, poolclass=NullPool)
    else:
        engine = create_async_engine(
            url,
            hide_parameters=True,
            poolclass=NullPool,
            connect_args={
                "timeout": CONNECT_S,
                "server_settings": {
                    "default_transaction_read_only": "on",
                    "statement_timeout": f"{round(limit_s * 1000)}ms",
                },
            },
        )
    try:
        async with engine.connect() as tx:
            yield tx
    finally:
        await engine.dispose()


async def reports_copy(url: URL, limit_s: float) -> Finding:
    """Whether the copy at an address is read, and how far behind it is. ``limit_s``: how long it may take."""
    try:
        async with _read_only(url, None, limit_s) as tx:
            behind_s = (await tx.execute(BEHIND)).scalar_one()
        why = too_far_behind(behind_s)
    except (SQLAlchemyError, OSError, TimeoutError) as error:
        why = words_of(error) or "no answer"
    if why is None:
        return ok("copy for reports", f"{server_of(url)} is {behind_s:.0f} s behind")
    hint = "check `reports_database`, and on that server: SELECT * FROM pg_stat_wal_receiver"
    return warn("copy for reports", f"{server_of(url)} is not used, and the database is read instead: {why}", hint)


def _sqlite_way(file: Path) -> str:
    """Without a write-ahead log nobody has the file open, and it is read as it is: no file is made beside it."""
    alone = not file.with_name(f"{file.name}-wal").exists()
    return f"sqlite+aiosqlite:///{file.absolute().as_uri()}?mode=ro&uri=true{'&immutable=1' if alone else ''}"


async def _all(
    tx: Tx,
    settings: Settings,
    file: Path | None,
    now: datetime,
    today: datetime,
    *,
    connected: bool,
    limit_s: float,
) -> AsyncIterator[Finding]:
    async def size() -> int:
        return await _server_size(tx) if file is None else (await asyncio.to_thread(file.stat)).st_size

    async def sizes() -> Found:
        return _files(file, await size())

    async def growth() -> Found:
        return await _growth(tx, settings, file, await size(), today)

    checks: list[tuple[str, Callable[[], Awaitable[Found]]]] = [
        ("database size", sizes),
        ("growth", growth),
        ("keys", lambda: _keys(tx, settings)),
        ("edges", lambda: _edges(tx, now, connected=connected)),
        ("certificates of edges", lambda: _edge_certificates(tx, today)),
        ("quarantine", lambda: _quarantine(tx, today)),
        ("notices", lambda: _notices(tx, settings, now)),
    ]
    if file is not None:
        for each in await _in_time(tx, "database", lambda: _integrity(tx, file), limit_s):
            yield each
    revision = await stored_revision(tx)
    if revision is None or revision != newest_revision():
        yield _other_revision(revision)
        return
    yield ok("migrations", f"the database is at {revision}, the newest")
    for thing, check in checks:
        for each in await _in_time(tx, thing, check, limit_s):
            yield each


async def _in_time(tx: Tx, thing: str, check: Callable[[], Awaitable[Found]], limit_s: float) -> Found:
    """What a check finds, or that it took longer than it may."""
    stopping = asyncio.create_task(_stop_after(tx, limit_s))
    try:
        return list(await check())
    except DBAPIError as error:
        if not _was_stopped(error):
            raise
        hint = (
            "That says nothing of how it is: the database is large or busy. hallkeeper doctor --limit 600 waits longer"
        )
        return [warn(thing, f"not finished in {limit_s:g} s", hint)]
    finally:
        stopping.cancel()
        await tx.rollback()


async def _stop_after(tx: Tx, limit_s: float) -> None:
    """End what SQLite does then, again and again, since the next statement of a check may take long too. PostgreSQL
    does it by itself (``statement_timeout``)."""
    await asyncio.sleep(limit_s)
    if tx.dialect.name != "sqlite":
        return
    driver = (await tx.get_raw_connection()).driver_connection
    assert driver is not None
    while True:
        await driver.interrupt()
        await asyncio.sleep(_AGAIN_S)


def _was_stopped(error: DBAPIError) -> bool:
    cause = error.orig.__cause__ if error.orig is not None else None
    code = getattr(error.orig, "sqlite_errorcode", None) or getattr(cause, "sqlite_errorcode", None)
    return code == sqlite3.SQLITE_INTERRUPT or getattr(error.orig, "sqlstate", None) == _CANCELLED


async def _integrity(tx: Tx, file: Path) -> list[Finding]:
    told = (await tx.execute(text("PRAGMA quick_check(1)"))).scalar_one()
    if told != "ok":
        return [fail("database", f"{file} is damaged ({str(told).splitlines()[0]})", _RESTORE)]
    return [ok("database", f"{file} is sound")]


def _other_revision(revision: str | None) -> Finding:
    newest = newest_revision()
    if revision is not None and revision > newest:
        said = f"the database is at {revision}, which this version does not know; its newest is {newest}"
        return fail("migrations", said, "Install the version of Hallkeeper that last ran here, or a newer one")
    said = f"the database is at {revision}, not at {newest}" if revision else "the database is empty"
    return warn("migrations", said, "hallkeeper controller migrate, or start the controller; make a backup before")


async def _server_size(tx: Tx) -> int:
    """In bytes, on PostgreSQL."""
    return int((await tx.execute(text("SELECT pg_database_size(current_database())"))).scalar_one())


def _files(file: Path | None, size: int) -> Iterator[Finding]:
    log = file.with_name(f"{file.name}-wal") if file is not None else None
    log_mb = log.stat().st_size // 2**20 if log is not None and log.exists() else 0
    if log_mb > LARGE_LOG_MB:
        hint = "Something reads the database without an end: lsof shows which program has it open; end that one"
        yield warn("database size", f"its write-ahead log has {log_mb} MB", hint)
        return
    beside = f", its write-ahead log {log_mb} MB" if file is not None else ""
    yield ok("database size", f"{size / 2**20:.0f} MB{beside}")


async def _growth(tx: Tx, settings: Settings, file: Path | None, size: int, today: datetime) -> list[Finding]:
    """By the events of the last week, of which each takes as much as one takes on average."""
    week = timedelta(days=7)
    total, newest = (await tx.execute(select(func.count(), func.max(events.c.id)))).one()
    recent = select(func.count()).where(events.c.received_at > today - week)
    number = int((await tx.execute(recent)).scalar_one())
    a_day = size / max(total, 1) * number / 7
    said = f"{number} events in the last week, about {a_day / 2**20:.1f} MB a day"
    if file is None or not newest:
        return [ok("growth", said)]
    room = os.statvfs(settings.data_dir)
    free = room.f_bavail * room.f_frsize
    if a_day > 0 and timedelta(days=min(free / a_day, 10_000)) < FULL_SOON:
        hint = "Free some space, shorten [retention], or move to PostgreSQL (deploy/README.md)"
        return [warn("growth", f"{said}: the disk is full in {free / a_day:.0f} days", hint)]
    return [ok("growth", said)]


async def _keys(tx: Tx, settings: Settings) -> list[Finding]:
    folder = settings.data_dir / "keys"
    known = await known_keys(tx)
    if not known:
        return []
    try:
        wrong = faults(fingerprints(folder), known)
    except OSError as error:
        return [fail("keys", f"{error.filename} cannot be read ({error.strerror})", f"ls -l {folder}")]
    hint = "Put it back from the backup of the keys; if it is lost for good: hallkeeper controller new-keys"
    found = [fail("keys", f"{folder / name} {fault}", hint) for name, fault in wrong.items()]
    return found or [ok("keys", f"those in {folder} are the ones that the database was written with")]


async def _edges(tx: Tx, now: datetime, *, connected: bool) -> list[Finding]:
    """A controller that does not run hears nobody, so then only what edges said last is judged."""
    ours, found = version("hallkeeper"), []
    software = {(row.site, row.edge): row.software for row in await tx.execute(select(edge_states))}
    every = await figures(tx)
    for each in every:
        name, thing = f"{each.site}/{each.edge}", f"edge {each.site}/{each.edge}"
        theirs = software.get((each.site, each.edge), "").removeprefix("hallkeeper ")
        if each.since is None:
            hint = f"hallkeeper edge token {name}, then `hallkeeper edge enrol` on its Pi (docs/enrolment.md)"
            found.append(warn(thing, "it has never connected", hint))
            continue
        if connected and not each.online:
            hint = "Its doors go on by their last plan. Run `hallkeeper doctor` on its Pi"
            found.append(warn(thing, f"it is offline since {each.since:%Y-%m-%d %H:%M} UTC", hint))
        if connected and each.online and each.plan_waits is not None and now - each.plan_waits > LATE:
            said = f"it has not applied the plan of {each.plan_waits:%Y-%m-%d %H:%M} UTC"
            found.append(warn(thing, said, f"hallkeeper door test {name} --reason doctor; `hallkeeper doctor` there"))
        if each.outbox > MANY_EVENTS:
            hint = (
                "journalctl -u hallkeeper-controller says whether they come in; nothing is lost until its disk is full"
            )
            found.append(warn(thing, f"{each.outbox} of its events are not stored here yet", hint))
        if theirs and theirs != ours:
            said = f"it runs {theirs}, the controller {ours}"
            found.append(warn(thing, said, "Install the same version on both; edges one version behind keep working"))
    backlog = sum(each.outbox for each in every)
    online = sum(each.online for each in every)
    return found or [ok("edges", f"{online} of {len(every)} online as last heard; {backlog} events not stored yet")]


async def _edge_certificates(tx: Tx, today: datetime) -> list[Finding]:
    """The certificate of each edge that lasts longest."""
    c = certificates.c
    query = select(c.site, c.edge, func.max(c.expires_at).label("ends")).where(c.revoked_at.is_(None))
    rows = (await tx.execute(query.group_by(c.site, c.edge).order_by("ends"))).all()
    found = []
    for row in rows:
        thing, left = f"certificate of {row.site}/{row.edge}", row.ends - today
        again = f"hallkeeper edge token {row.site}/{row.edge}, then on its Pi: hallkeeper edge enrol TOKEN --again"
        if left <= timedelta():
            found.append(fail(thing, f"it ended on {row.ends:%Y-%m-%d}, so the broker refuses it", again))
        elif left < LIFE_LEFT:
            said = f"it ends on {row.ends:%Y-%m-%d}, in {left.days} days, and the edge has not renewed it"
            found.append(warn(thing, said, f"Connect the edge, which renews it by itself; else {again}"))
    if rows and not found:
        return [ok("certificates of edges", f"the first ends on {rows[0].ends:%Y-%m-%d}")]
    return found


async def _quarantine(tx: Tx, today: datetime) -> list[Finding]:
    query = select(func.count()).where(quarantine.c.received_at > today - timedelta(days=7))
    number = int((await tx.execute(query)).scalar_one())
    if number:
        said = f"{number} messages of edges could not be stored in the last week, and are set aside"
        return [warn("quarantine", said, "*Now* shows them by edge; journalctl -u hallkeeper-controller says why")]
    return [ok("quarantine", "nothing was set aside in the last week")]


async def _notices(tx: Tx, settings: Settings, now: datetime) -> list[Finding]:
    c = notices.c
    if not (settings.mail.host or settings.sms.address):
        return []
    late = select(func.count()).where(c.state == NoticeState.WAITING, c.due_at < now - LATE)
    number = int((await tx.execute(late)).scalar_one())
    last = (await tx.execute(select(func.max(c.ended_at)).where(c.state == NoticeState.SENT))).scalar()
    day = now - timedelta(days=1)
    failed = select(func.count()).where(c.state == NoticeState.FAILED, c.ended_at > day)
    refused = int((await tx.execute(failed)).scalar_one())
    said = f"the last was sent at {last:%Y-%m-%d %H:%M} UTC" if last is not None else "none was ever sent"
    if number:
        hint = "The line about mail says whether the server takes them; they are sent once it does"
        return [fail("notices", f"{number} are more than 15 minutes late; {said}", hint)]
    if refused:
        return [warn("notices", f"{refused} failed in a day; {said}", "hallkeeper notices list --state failed")]
    return [ok("notices", said)]
