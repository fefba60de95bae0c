"""Mails about signing in, with what proves that somebody reads them."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from controller.db.engine import Instant, metadata

account_mails = Table(
    "account_mails",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("purpose", String(16), nullable=False),
    Column("user_id", String(36), ForeignKey("users.id"), index=True),  # null: those who have the address
    Column("invitation_id", String(36), index=True),  # which invitation it brings
    Column("session_hash", LargeBinary(32)),  # of the session that asked; null: nobody was signed in
    Column("request_hash", LargeBinary(32), nullable=False, unique=True),
    Column("address_digest", LargeBinary(32), nullable=False),
    Column("asker_digest", LargeBinary(32)),
    Column("sealed_address", LargeBinary, nullable=False),  # empty where there was nobody to write to
    Column("state", String(12), nullable=False),
    Column("made_at", Instant, nullable=False, index=True),
    Column("due_at", Instant, nullable=False),
    Column("tried_at", Instant),
    Column("attempts", Integer, nullable=False),
    Column("token_hash", LargeBinary(32), unique=True),  # null until it is rendered
    Column("digits_digest", LargeBinary(32)),
    Column("expires_at", Instant),
    Column("digit_tries", Integer, nullable=False),
    Column("used_at", Instant),
    Index("ix_account_mails_address", "address_digest", "made_at"),
    Index("ix_account_mails_asker", "asker_digest", "made_at"),
)
"""Neither token nor digits stand here: a hash of the one, a keyed digest of the others."""
WAITING = text("state = 'waiting'")
Index("ix_account_mails_due", account_mails.c.due_at, sqlite_where=WAITING, postgresql_where=WAITING)
