"""Recovery without ``code.key``: what only the lost key could open is deleted, so that the rest works.

Everything that a person typed or received has to be entered again; bookings get new codes automatically.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy import delete, func, select, update

from controller.access.cards_and_pins import tag
from controller.access.members.repository import retag
from controller.access.tables import code_claims, codes, grants, holders, inductions, members, offline_codes
from controller.app.composition import open_container
from controller.app.container import Container
from controller.app.idempotency import idempotency
from controller.app.schema import migrate
from controller.bookings.code_issuing import Recode
from controller.bookings.problem_reports import repository as problem_reports
from controller.calendars.tables import subscriptions
from controller.db.engine import Database, Tx
from controller.db.instance_lock import hold
from controller.enrolment.key_file_check import (
    CODE,
    PAGE,
    SIGNING,
    KeyFileFault,
    faults,
    fingerprints,
    known_keys,
    record,
)
from controller.enrolment.tables import edge_keys, enrolment_tokens
from controller.estate.repository import bump
from controller.estate.tables import sites
from controller.people.documents import repository as documents
from controller.platform.backups.before_upgrade import copy_before_upgrade
from controller.platform.key_files import KEY_FILES, make_key, token_hash
from controller.platform.settings import Settings
from controller.records.audit import audit_log
from controller.records.audit.sealer import sign_with_new_key
from edge.wire.clock import Clock

_NAME = "hallkeeper controller new-keys"
WHY = "the controller's keys were lost"


COSTS = {
    "code.key": "every door code, card, PIN, door secret and feed address is lost, and bookings get other codes",
    "controller.key": "no edge trusts the controller until it enrols again",
    "ca.key": "every edge's certificate is void until it enrols again",
    "page.key": "links to door pages and calendars that people have are void",
}
"""What it means that a key file is lost."""


class Forgotten(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers of edges that must enrol again, bookings with a new code, and holders and members to be entered again."""

    edges: int
    bookings: int
    holders: int
    members: int


async def forget_sealed(container: Container, tx: Tx, *, actor: str, now: datetime) -> Forgotten:
    """Delete what cannot be decrypted, and give doors new secrets and bookings new codes."""
    live = edge_keys.c.retired_at.is_(None)
    owners = select(edge_keys.c.site, edge_keys.c.edge).where(live).distinct()
    edges = [tuple(row) for row in await tx.execute(owners)]
    counts = [
        (await tx.execute(select(func.count()).select_from(table).where(table.c.ended_at.is_(None)))).scalar_one()
        for table in (holders, members)
    ]
    await _forget(tx, now)
    for site, edge in edges:
        await container.enrolment.retire_edge(tx, site, edge, now)
    for site in (await tx.execute(select(sites.c.id).order_by(sites.c.id))).scalars().all():
        await container.estate.restart_secrets(tx, site)
        policy = (await container.writer.site_configs.of(tx, site)).policy
        await container.writer.codes.follow_policy(tx, site, policy, now, Recode.KEEP)
        await bump(tx, site)
        await audit_log.record(tx, actor=actor, at=now, act="make new keys", site=site, thing=WHY)
    booked = (await tx.execute(select(func.count(codes.c.booking_id.distinct())))).scalar_one()
    return Forgotten(edges=len(edges), bookings=booked, holders=counts[0], members=counts[1])


async def _forget(tx: Tx, now: datetime) -> None:
    await tx.execute(update(grants).where(grants.c.ended_at.is_(None)).values(ended_at=now))
    await tx.execute(update(offline_codes).where(offline_codes.c.revoked_at.is_(None)).values(revoked_at=now))
    secrets = dict.fromkeys(("code", "card", "pin", "duress_code", "duress_pin", "card_tag"))
    await tx.execute(update(holders).where(holders.c.ended_at.is_(None)).values(**secrets, ended_at=now, ended_why=WHY))
    for table in (codes, code_claims, inductions, members, enrolment_tokens, idempotency):
        await tx.execute(delete(table))
    await documents.forget_files(tx)
    await problem_reports.forget_photos(tx)


async def follow_page_key(container: Container, tx: Tx) -> None:
    """Bring what is looked up by a digest under ``page.key`` in line with another one: calendars, cards, members.
    Links to bookings and series are made of the key itself."""
    for subscription in (await tx.execute(select(subscriptions.c.id))).scalars().all():
        hashed = token_hash(container.keys.calendar_token(subscription))
        await tx.execute(update(subscriptions).where(subscriptions.c.id == subscription).values(token_hash=hashed))
    carded = select(holders.c.id, holders.c.card).where(holders.c.card.is_not(None))
    for row in (await tx.execute(carded)).all():
        card = container.holders.opened(row.id, {"card": row.card}).card
        await tx.execute(update(holders).where(holders.c.id == row.id).values(card_tag=tag(container.keys, card)))
    await retag(tx, container.keys)


async def lost_keys(settings: Settings) -> dict[str, KeyFileFault]:
    """File name -> what is wrong with the key file. Raises ``DatabaseTaken``."""
    async with hold(settings.database_url, name=_NAME):
        await copy_before_upgrade(settings)
        await migrate(settings.database_url)
        database = Database(settings.database_url)
        try:
            async with database.read() as tx:
                return faults(fingerprints(settings.data_dir / "keys"), await known_keys(tx))
        finally:
            await database.close()


async def make_new_keys(settings: Settings, clock: Clock, wrong: Mapping[str, KeyFileFault]) -> Forgotten | None:
    """Make what is missing, and have the database know all of it; what was forgotten, where ``code.key`` is another.

    Broken off, it may be done again. Raises ``DatabaseTaken``, ``KeyFault``.
    """
    folder = settings.data_dir / "keys"
    async with hold(settings.database_url, name=_NAME):
        if any((folder / name).exists() for name in KEY_FILES):  # else all of them are made at once
            for name in KEY_FILES:
                if wrong.get(name) is KeyFileFault.MISSING:
                    make_key(folder / name)
        container = open_container(settings, clock)
        try:
            return await container.database.run(_begin_anew, container, wrong, folder)
        finally:
            await container.close()


async def _begin_anew(
    tx: Tx, container: Container, wrong: Mapping[str, KeyFileFault], folder: Path
) -> Forgotten | None:
    now = container.clock.now()
    done = await forget_sealed(container, tx, actor=_NAME, now=now) if CODE in wrong else None
    if PAGE in wrong:
        await follow_page_key(container, tx)
    if SIGNING in wrong:
        await sign_with_new_key(tx, container.keys)
    await record(tx, folder, now)
    return done
