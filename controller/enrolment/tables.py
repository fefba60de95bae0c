"""Enrolment's tables: tokens, the keys that edges sign with, the identities they hold, certificates, revocations."""

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, LargeBinary, String, Table, Text, false

from controller.db.engine import NAMES_ACTOR, Instant, Serial, metadata

enrolment_tokens = Table(
    "enrolment_tokens",
    metadata,
    Column("id", String(32), primary_key=True),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the token's secret, with code.key
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
    Column("used_by", LargeBinary(32)),  # the key that it let in, which alone may ask again
    ForeignKeyConstraint(["site", "edge"], ["edges.site", "edges.id"], ondelete="CASCADE"),
    Index("ix_enrolment_tokens_site_edge", "site", "edge"),
)

edge_keys = Table(
    "edge_keys",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("public_key", LargeBinary(32), primary_key=True),
    Column("box", LargeBinary(32), nullable=False),
    Column("state", String(10), nullable=False),  # current, next or retired
    Column("since", Instant, nullable=False),
    Column("retired_at", Instant),
    ForeignKeyConstraint(["site", "edge"], ["edges.site", "edges.id"], ondelete="CASCADE"),
    Index("uq_edge_keys_public_key", "public_key", unique=True),
)
"""``box``: what its identity is encrypted to. A key that was retired never comes back."""

edge_identities = Table(
    "edge_identities",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("edge", String(40), primary_key=True),
    Column("version", Serial, nullable=False),
    Column("controller_kids", Text, nullable=False),  # in the identity of this version, oldest first
    Column("held", Serial, nullable=False, server_default="0"),
    Column("held_kids", Text, nullable=False),
    Column("renew", Boolean, nullable=False, server_default=false()),
    ForeignKeyConstraint(["site", "edge"], ["edges.site", "edges.id"], ondelete="CASCADE"),
)
"""``version``: that of the identity an edge should hold; ``held``: that of the one it has said it holds. The names of
the controller's keys in it are separated by blanks. ``renew``: it is to ask for an identity under new keys."""

certificates = Table(
    "certificates",
    metadata,
    Column("serial", String(40), primary_key=True),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("public_key", LargeBinary(32), nullable=False),  # the signing key it was issued with
    Column("pem", Text, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Index("ix_certificates_site_edge", "site", "edge"),
)

revocations = Table(
    "revocations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), nullable=False),
    Column("edge", String(40), nullable=False),
    Column("at", Instant, nullable=False),
    Column("actor", String(200), nullable=False, info=NAMES_ACTOR),
    Column("reason", Text, nullable=False),
    Column("told", Text, nullable=False),  # whom to tell, as JSON
    Index("ix_revocations_site_edge_at", "site", "edge", "at"),
)

key_files = Table(
    "key_files",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("fingerprint", LargeBinary(32), primary_key=True),
    Column("since", Instant, nullable=False),
    Column("until", Instant),  # null: the one that is in use
)
"""The key files that this database was written with. ``fingerprint``: SHA-256 of a prefix and the file."""
