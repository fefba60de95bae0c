"""Who may sign in, who is signed in, for whom bookings are made, and who wrote what."""

from sqlalchemy import Column, Date, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from controller.db.engine import Instant, Serial, metadata

NAMES_PARTY = {"about": "a party"}
"""``info`` of a column that names a party, where its name does not say so."""
DOCUMENT = {"about": "personal data"}
"""``info`` of a column with a document (JSON) in which there may be personal data of its row's party."""

users = Table(
    "users",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(200), nullable=False),
    Column("name_key", String(600), nullable=False, unique=True),  # case-folded, which may be longer
    Column("password_hash", String(200), nullable=False),
    Column("created_at", Instant, nullable=False),
    Column("role", String(10), nullable=False, server_default="admin"),
    Column("sites", Text),  # JSON: a list of ids; null: all of them
    Column("party", String(40)),  # for whom a booker books
    Column("ended_at", Instant),  # since when nobody can sign in by it
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary(32), primary_key=True),
    Column("user_id", String(36), ForeignKey("users.id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
)

sign_in_failures = Table(
    "sign_in_failures",
    metadata,
    Column("key", LargeBinary(32), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("blocked_until", Instant, nullable=False),
    Column("kept_until", Instant, nullable=False, index=True),
)
"""``key``: a digest of whose tries these are (``tries``)."""

parties = Table(
    "parties",
    metadata,
    Column("id", String(40), primary_key=True),
    Column("kind", String(12), nullable=False),
    Column("name", String(200), nullable=False),
    Column("name_key", String(600), nullable=False),  # case-folded, to be searched in
    Column("tier", String(10)),  # null: that of its organisation
    Column("organisation", String(40), ForeignKey("parties.id"), index=True, info=NAMES_PARTY),
    Column("responsible", String(40), ForeignKey("parties.id"), index=True, info=NAMES_PARTY),
    Column("site", String(40), index=True),  # to which it belongs; null: to the estate
    Column("contact_name", String(200), nullable=False),
    Column("contact_phone", String(200), nullable=False),
    Column("contact_email", String(200), nullable=False),
    Column("notes", String(2000), nullable=False),
    Column("ended_at", Instant),  # since when it can make no new bookings
    Column("forgotten_at", Instant),  # when its personal data were deleted
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False),
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False),
)

memberships = Table(
    "memberships",
    metadata,
    Column("party", String(40), ForeignKey("parties.id"), primary_key=True),
    Column("member", String(40), ForeignKey("parties.id"), primary_key=True, index=True),
    Column("role", String(200), nullable=False),
    Column("since", Date),
    Column("until", Date),  # the last day
)

writes = Table(
    "writes",
    metadata,
    Column("id", Serial, primary_key=True, autoincrement=True),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False),
    Column("act", String(40), nullable=False),
    Column("site", String(40)),
    Column("thing", String(200), nullable=False),
    Index("ix_writes_site_at", "site", "at"),
)
