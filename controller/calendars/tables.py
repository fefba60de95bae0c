"""Calendars that come in and go out: which event became which booking, feeds that are polled, subscriptions."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    false,
    text,
)

from controller.db.engine import NAMES_ACTOR, Instant, metadata

imported = Table(
    "imported",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("space", String(40), primary_key=True),
    Column("uid", String(500), primary_key=True),
    Column("recurrence_id", String(16), primary_key=True),  # original start in UTC; empty if it comes once
    Column("booking_id", String(36), ForeignKey("bookings.id"), nullable=False, index=True),
    Column("fingerprint", String(64), nullable=False),
    Column("source", String(100), nullable=False, server_default=text("''")),  # which calendar; feed:ID for a feed's
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
)

subscriptions = Table(
    "subscriptions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("token_hash", LargeBinary(32), nullable=False, unique=True),  # SHA-256 of the link's token
    Column("name", String(200), nullable=False),
    Column("shows", String(10), nullable=False),  # taken, titles, contacts
    Column("site", String(40), ForeignKey("sites.id")),
    Column("space", String(40)),
    Column("party", String(40), index=True),
    Column("owner_party", String(40), index=True),  # the party of the user who created it
    Column("only_sites", Text),  # JSON; NULL for all, where a party is followed over sites
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("user_id", String(36), index=True),  # who created it; null where no user did
    Column("revoked_at", Instant),
)

feeds = Table(
    "feeds",
    metadata,
    Column("site", String(40), primary_key=True),
    Column("id", String(40), primary_key=True),
    Column("name", String(200), nullable=False),  # whose diary it is, as people read it
    Column("space", String(40), nullable=False),
    Column("party", String(40), index=True),  # whose bookings its events become
    Column("address", LargeBinary, nullable=False),  # sealed with code.key: it is often a secret
    Column("every_min", Integer, nullable=False),
    Column("paused", Boolean, nullable=False, server_default=false()),  # not polled; its blocks stay
    Column("etag", String(200), nullable=False, server_default=text("''")),
    Column("modified", String(100), nullable=False, server_default=text("''")),
    Column("next_at", Instant, nullable=False, index=True),
    Column("asked_at", Instant),
    Column("read_at", Instant),  # when it was last read as a whole
    Column("fresh_at", Instant),  # when its source last said the same as we know
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("came_empty", Boolean, nullable=False, server_default=false()),  # last time, where it had events before
    Column("status", String(10), nullable=False, server_default="new"),  # new, ok, clashes, failing
    Column("report", Text, nullable=False, server_default="{}"),  # JSON, as controller.calendars.external_feeds has it
    Column("created_at", Instant, nullable=False),
    Column("created_by", String(200), nullable=False, info=NAMES_ACTOR),
    Column("version", Integer, nullable=False),  # counts its changes by people
    ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
    CheckConstraint("every_min >= 5", name="every_min"),
)
