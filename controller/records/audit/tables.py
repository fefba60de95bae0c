"""The audit log, the names of the people in it, and the signed head of each chain."""

from sqlalchemy import Column, Index, LargeBinary, String, Table, Text, UniqueConstraint

from controller.db.engine import NAMES_ACTOR, Instant, Serial, metadata

audit_rows = Table(
    "audit_rows",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("site", String(40)),  # null: the estate
    Column("user_id", String(36)),  # null: not a person who signs in
    Column("actor", String(200), nullable=False, info=NAMES_ACTOR),  # what did it, where that is no user
    Column("source", String(10), nullable=False),
    Column("act", String(40), nullable=False),
    Column("thing", String(200), nullable=False),
    Column("subject", String(40), index=True),  # the party whose personal data are in it
    Column("changes", Text, nullable=False),  # JSON: field -> [before, after]
    Column("personal", Text),  # JSON with its salt; null once erased
    Column("personal_digest", LargeBinary(32), nullable=False),
    Column("sealed_at", Instant),
    Column("chain", String(40)),  # the site; empty for the estate
    Column("seq", Serial),  # place in the chain, from 1
    Column("hash", LargeBinary(32)),
    UniqueConstraint("chain", "seq"),
    Index("ix_audit_rows_site_at", "site", "at"),
    Index("ix_audit_rows_user_id", "user_id", "id"),
    Index("ix_audit_rows_thing", "thing"),
)
UNSEALED = audit_rows.c.seq.is_(None)
Index("ix_audit_rows_unsealed", audit_rows.c.id, sqlite_where=UNSEALED, postgresql_where=UNSEALED)

audit_people = Table(
    "audit_people",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False, index=True),  # empty once erased
)

audit_heads = Table(
    "audit_heads",
    metadata,
    Column("chain", String(40), primary_key=True),
    Column("seq", Serial, nullable=False),
    Column("hash", LargeBinary(32), nullable=False),
    Column("cut_seq", Serial, nullable=False),  # rows up to this one were deleted by retention
    Column("cut_hash", LargeBinary(32), nullable=False),
    Column("sealed_at", Instant, nullable=False),
    Column("kid", String(64), nullable=False),
    Column("signature", LargeBinary(64), nullable=False),
)

audit_mails = Table(
    "audit_mails",
    metadata,
    Column("day", String(10), primary_key=True),  # UTC
    Column("sent_at", Instant, nullable=False),
)
