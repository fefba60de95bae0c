"""The table of alerts, and all SQL about it."""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    or_,
    select,
    text,
    update,
)

from controller.alerts.conditions import Reports
from controller.alerts.machine import AlertKey, AlertState
from controller.alerts.rules import SiteRule, SiteRules
from controller.db.engine import NAMES_ACTOR, Instant, Serial, Tx, metadata
from controller.db.row_mapping import all_of, columns_of, first_of
from controller.telemetry.alert_codes import AlertCode

alerts = Table(
    "alerts",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), nullable=False),
    Column("kind", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("about", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("since", Instant),
    Column("begun_at", Instant, nullable=False),
    Column("report", Serial),
    Column("momentary", Boolean, nullable=False),
    Column("raised_at", Instant),
    Column("over_since", Instant),
    Column("cleared_at", Instant, index=True),
    Column("acknowledged_at", Instant),
    Column("acknowledged_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("snoozed_until", Instant),
    Column("members", Text, nullable=False, server_default=text("''")),
    Column("escalated_at", Instant),
    Column("escalation", String(36), nullable=False, server_default=text("''"), index=True),
    Index("ix_alerts_site", "site", "begun_at"),
)
"""Each alert from when its condition began; see ``AlertState``."""
_UNCLEARED = alerts.c.cleared_at.is_(None)
Index(
    "ix_alerts_uncleared",
    *(alerts.c.site, alerts.c.kind, alerts.c.edge, alerts.c.about),
    unique=True,
    sqlite_where=_UNCLEARED,
    postgresql_where=_UNCLEARED,
)
alert_rules = Table(
    "alert_rules",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("code", String(40), primary_key=True),
    Column("off", Boolean, nullable=False),
    Column("raise_after_s", Integer),
    Column("clear_after_s", Integer),
)
"""What a site has set for a code; see ``SiteRule``. A code without a row has the usual rule."""
_c = alerts.c
_COLUMNS = columns_of(AlertState, alerts)
_SITES_IN_QUERY = 200
_CODES = frozenset(AlertCode)


async def uncleared(tx: Tx, sites: Collection[str], *, lock: bool) -> list[AlertState]:
    """Pending and open alerts of these sites. ``lock``: nobody else changes them before the commit."""
    query = select(*_COLUMNS).where(_UNCLEARED)
    if lock:
        query = query.order_by(_c.id).with_for_update()
    if len(sites) <= _SITES_IN_QUERY:
        query = query.where(_c.site.in_(sites))
    return [each for each in await all_of(tx, AlertState, query) if each.site in sites]


async def seen_reports(tx: Tx, sites: Collection[str], since: datetime) -> Reports:
    """The newest report of each alert that somebody has seen, and that was cleared since then."""
    here = (_c.cleared_at >= since) & _c.acknowledged_at.is_not(None) & _c.report.is_not(None)
    key = (_c.site, _c.kind, _c.edge, _c.about)
    return {
        AlertKey(site=row.site, kind=AlertCode(row.kind), edge=row.edge, about=row.about): row.report
        for row in await tx.execute(select(*key, func.max(_c.report).label("report")).where(here).group_by(*key))
        if row.site in sites
    }


async def unseen(tx: Tx, sites: Collection[str] | None = None, *, lock: bool = False) -> list[AlertState]:
    """Open alerts about which no notices were written and that nobody has seen. ``sites``: of these alone. ``lock``:
    nobody else changes them before the commit."""
    here = _UNCLEARED & _c.raised_at.is_not(None) & _c.acknowledged_at.is_(None) & _c.escalated_at.is_(None)
    query = select(*_COLUMNS).where(here).order_by(_c.id)
    if sites is not None:
        query = query.where(_c.site.in_(sites))
    return await all_of(tx, AlertState, query.with_for_update() if lock else query)


async def last_escalated(tx: Tx, since: datetime) -> dict[tuple[str, AlertCode], datetime]:
    """When notices about a site's alerts of a code were written last, of those since then."""
    newest = func.max(_c.escalated_at).label("at")
    query = select(_c.site, _c.kind, newest).where(_c.escalated_at >= since).group_by(_c.site, _c.kind)
    return {(row.site, AlertCode(row.kind)): row.at for row in await tx.execute(query)}


async def of_escalation(tx: Tx, escalation: str) -> list[AlertState]:
    """The alerts that a notice is about."""
    return await all_of(tx, AlertState, select(*_COLUMNS).where(_c.escalation == escalation).order_by(_c.id))


async def rules(tx: Tx, sites: Collection[str]) -> dict[str, dict[AlertCode, SiteRule]]:
    """What sites have set, of those that have set anything. A code that only a newer controller knows is left out."""
    query, c = select(alert_rules), alert_rules.c
    if len(sites) <= _SITES_IN_QUERY:
        query = query.where(c.site.in_(sites))
    found: dict[str, dict[AlertCode, SiteRule]] = {}
    for row in await tx.execute(query.order_by(c.site, c.code)):
        if row.site in sites and row.code in _CODES:
            rule = SiteRule(off=row.off, raise_after_s=row.raise_after_s, clear_after_s=row.clear_after_s)
            found.setdefault(row.site, {})[AlertCode(row.code)] = rule
    return found


async def put_rules(tx: Tx, site: str, given: SiteRules) -> None:
    """All that a site has set, in place of what it had. What only a newer controller knows stays."""
    c = alert_rules.c
    await tx.execute(delete(alert_rules).where(c.site == site, c.code.in_(_CODES)))
    if rows := [{"site": site, "code": code} | msgspec.structs.asdict(rule) for code, rule in given.items()]:
        await tx.execute(insert(alert_rules), rows)


async def lock_alert(tx: Tx, site: str, alert_id: str) -> AlertState | None:
    """An alert that nobody else changes before the commit."""
    query = select(*_COLUMNS).where(_c.id == alert_id, _c.site == site).with_for_update()
    return await first_of(tx, AlertState, query)


async def of_site(tx: Tx, site: str, *, past: bool, before: str | None, limit: int) -> list[AlertState]:
    """Alerts that were raised and are open, or cleared, those that began last first; ``before``: an id."""
    query = select(*_COLUMNS).where(_c.site == site, _c.raised_at.is_not(None))
    query = query.where(_c.cleared_at.is_not(None) if past else _UNCLEARED).order_by(_c.id.desc()).limit(limit)
    return await all_of(tx, AlertState, query if before is None else query.where(_c.id < before))


async def since(tx: Tx, site: str, start: datetime, *, limit: int, until: datetime | None = None) -> list[AlertState]:
    """The newest so many that were raised, before ``until`` if that is given, and were not over before ``start``, the
    first first."""
    query = select(*_COLUMNS).where(_c.site == site, _c.raised_at.is_not(None))
    query = query.where(or_(_UNCLEARED, _c.cleared_at >= start)).order_by(_c.begun_at.desc(), _c.id.desc())
    query = query if until is None else query.where(_c.raised_at < until)
    return (await all_of(tx, AlertState, query.limit(limit)))[::-1]


async def add(tx: Tx, new: Iterable[AlertState]) -> None:
    if rows := [msgspec.structs.asdict(each) for each in new]:
        await tx.execute(insert(alerts).inline(), rows)


async def change(tx: Tx, changed: AlertState) -> None:
    await tx.execute(update(alerts).where(_c.id == changed.id).values(msgspec.structs.asdict(changed)))


async def remove(tx: Tx, alert_id: str) -> None:
    """A pending one whose condition is over."""
    await tx.execute(delete(alerts).where(_c.id == alert_id))
