"""Invitations to a party."""

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, text

from controller.db.engine import NAMES_ACTOR, Instant, metadata

invitations = Table(
    "invitations",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("party", String(40), nullable=False, index=True),
    Column("site", String(40)),  # where the role counts; null: at all sites
    Column("role", String(12), nullable=False),
    Column("inviter_id", String(36), ForeignKey("users.id"), nullable=False, index=True),
    Column("sealed_address", LargeBinary, nullable=False),  # empty: a link that several people use
    Column("address_digest", LargeBinary(32)),
    Column("number", Integer, nullable=False),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),
    Column("digits_digest", LargeBinary(32)),
    Column("digit_tries", Integer, nullable=False),
    Column("most_uses", Integer, nullable=False),
    Column("uses", Integer, nullable=False),
    Column("through", String(36)),  # the invitation by whose link somebody asked for this mail
    Column("made_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False, index=True),
    Column("accepted_at", Instant),  # last
    Column("withdrawn_at", Instant),
    Column("withdrawn_by", String(200), nullable=False, server_default=text("''"), info=NAMES_ACTOR),
    Index("ix_invitations_address", "address_digest"),
)
