"""All SQL about tokens, keys, identities, certificates and revocations."""

from collections.abc import Collection, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, RowMapping, delete, exists, insert, or_, select, update

from controller.db.engine import Tx
from controller.db.row_mapping import all_of, first_of, put_row, struct_of
from controller.enrolment.model import Certificate, EdgeKey, IdentityState, KeyState, Notified, Revocation, StoredToken
from controller.enrolment.tables import certificates, edge_identities, edge_keys, enrolment_tokens, revocations
from controller.telemetry.envelope_verifier import EdgeName


async def insert_token(tx: Tx, token: StoredToken) -> None:
    await tx.execute(insert(enrolment_tokens).values(msgspec.structs.asdict(token)))


async def token(tx: Tx, token_id: str) -> StoredToken | None:
    return await first_of(tx, StoredToken, select(enrolment_tokens).where(enrolment_tokens.c.id == token_id))


async def use_token(tx: Tx, token_id: str, *, key: bytes, at: datetime) -> None:
    here = enrolment_tokens.c.id == token_id
    await tx.execute(update(enrolment_tokens).where(here).values(used_at=at, used_by=key))


async def forget_tokens(tx: Tx, site: str, edge: str) -> None:
    """None of the edge's tokens lets anybody in any more."""
    here = (enrolment_tokens.c.site == site) & (enrolment_tokens.c.edge == edge)
    await tx.execute(delete(enrolment_tokens).where(here))


async def forget_old_tokens(tx: Tx, before: datetime) -> None:
    await tx.execute(delete(enrolment_tokens).where(enrolment_tokens.c.expires_at < before))


async def live_keys(tx: Tx, sites: Collection[str] | None = None) -> list[tuple[EdgeName, bytes]]:
    """The public keys that edges may sign with, of all of them or at these sites."""
    keys = edge_keys.c
    query = select(keys.site, keys.edge, keys.public_key).where(keys.state != KeyState.RETIRED)
    if sites is not None:
        query = query.where(keys.site.in_(sites))
    return [((site, edge), key) for site, edge, key in await tx.execute(query)]


async def keys_of(tx: Tx, site: str, edge: str) -> list[EdgeKey]:
    """The keys that an edge may sign with: the current one first."""
    here = (edge_keys.c.site == site) & (edge_keys.c.edge == edge) & (edge_keys.c.state != KeyState.RETIRED)
    return await all_of(tx, EdgeKey, select(edge_keys).where(here).order_by(edge_keys.c.state))


async def key(tx: Tx, public_key: bytes) -> EdgeKey | None:
    """Whose key that is, or was."""
    return await first_of(tx, EdgeKey, select(edge_keys).where(edge_keys.c.public_key == public_key))


async def insert_key(tx: Tx, new: EdgeKey) -> None:
    await tx.execute(insert(edge_keys).values(msgspec.structs.asdict(new)))


async def retire_keys(tx: Tx, site: str, edge: str, states: Sequence[KeyState], *, at: datetime) -> None:
    here = (edge_keys.c.site == site) & (edge_keys.c.edge == edge) & edge_keys.c.state.in_(states)
    await tx.execute(update(edge_keys).where(here).values(state=KeyState.RETIRED, retired_at=at))


async def activate_next_key(tx: Tx, site: str, edge: str) -> None:
    """Make the next key the current one."""
    here = (edge_keys.c.site == site) & (edge_keys.c.edge == edge) & (edge_keys.c.state == KeyState.NEXT)
    await tx.execute(update(edge_keys).where(here).values(state=KeyState.CURRENT))


async def identity_state(tx: Tx, site: str, edge: str) -> IdentityState | None:
    here = (edge_identities.c.site == site) & (edge_identities.c.edge == edge)
    row = (await tx.execute(select(edge_identities).where(here))).mappings().first()
    return _identity_state(row) if row else None


async def all_identity_states(tx: Tx, sites: Collection[str] | None = None) -> list[IdentityState]:
    """Of all edges, or of those at these sites."""
    query = select(edge_identities)
    if sites is not None:
        query = query.where(edge_identities.c.site.in_(sites))
    return [_identity_state(row) for row in (await tx.execute(query)).mappings()]


async def put_identity_state(tx: Tx, state: IdentityState) -> None:
    row = msgspec.structs.asdict(state) | {"held_kids": " ".join(state.held_kids)}
    row["controller_kids"] = " ".join(row.pop("kids"))
    await put_row(tx, edge_identities, row, "site", "edge")


async def insert_certificate(tx: Tx, new: Certificate) -> None:
    await tx.execute(insert(certificates).values(msgspec.structs.asdict(new)))


async def certificate_of(tx: Tx, public_key: bytes) -> Certificate | None:
    """The newest certificate that was issued with a signing key."""
    query = select(certificates).where(certificates.c.public_key == public_key)
    return await first_of(tx, Certificate, query.order_by(certificates.c.issued_at.desc()).limit(1))


async def revoke_certificates(tx: Tx, site: str, edge: str, *, at: datetime) -> None:
    here = (certificates.c.site == site) & (certificates.c.edge == edge) & certificates.c.revoked_at.is_(None)
    await tx.execute(update(certificates).where(here).values(revoked_at=at))


async def revoked_serials(tx: Tx, *, now: datetime) -> list[tuple[str, datetime]]:
    """Serials of certificates that were revoked and have not run out, each with since when."""
    query = select(certificates.c.serial, certificates.c.revoked_at)
    query = query.where(certificates.c.revoked_at.is_not(None), certificates.c.expires_at > now)
    return [(row.serial, row.revoked_at) for row in await tx.execute(query)]


async def insert_revocation(tx: Tx, new: Revocation) -> None:
    row = msgspec.structs.asdict(new)
    row["told"] = msgspec.json.encode(row.pop("notified")).decode()
    await tx.execute(insert(revocations).values(row))


async def revoked_at(tx: Tx, site: str) -> dict[str, datetime]:
    """The edges of a site that were revoked and have not enrolled again, and since when."""
    query = select(revocations.c.edge, revocations.c.at).where(revocations.c.site == site, ~_enrolled())
    return {row.edge: row.at for row in await tx.execute(query.order_by(revocations.c.at))}


def past_revocations() -> ColumnElement[bool]:
    """Which rows of ``revocations`` say nothing of today: the edge has enrolled again, or was revoked later. The newest
    row of an edge without a key is its state."""
    its, newer = revocations.c, revocations.alias()
    later = exists().where(newer.c.site == its.site, newer.c.edge == its.edge, newer.c.at > its.at)
    return or_(_enrolled(), later)


def _enrolled() -> ColumnElement[bool]:
    """Whether the edge of a revocation has a key that is not retired."""
    return exists().where(
        edge_keys.c.site == revocations.c.site,
        edge_keys.c.edge == revocations.c.edge,
        edge_keys.c.state != KeyState.RETIRED,
    )


async def last_revocation(tx: Tx, site: str, edge: str) -> Revocation | None:
    query = select(revocations).where(revocations.c.site == site, revocations.c.edge == edge)
    row = (await tx.execute(query.order_by(revocations.c.at.desc()).limit(1))).mappings().first()
    return struct_of(Revocation, row, notified=msgspec.json.decode(row["told"], type=Notified)) if row else None


def _identity_state(row: RowMapping) -> IdentityState:
    kids, held_kids = row["controller_kids"].split(), row["held_kids"].split()
    return struct_of(IdentityState, row, kids=kids, held_kids=held_kids)
