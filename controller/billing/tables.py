"""Tariffs and frozen quotes. That a booking has at most one live quote is an index of the database."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from controller.db.engine import Instant, metadata

tariffs = Table(
    "tariffs",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),  # the highest holds; the others are kept
    Column("document", Text, nullable=False),  # JSON, as controller.billing.model has it
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False),
)

quotes = Table(
    "quotes",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("booking_id", String(36), ForeignKey("bookings.id"), nullable=False),
    Column("number", Integer, nullable=False),  # counts the quotes of a booking from 1
    Column("site", String(40), nullable=False),
    Column("party", String(40)),
    Column("tariff_version", Integer, nullable=False),
    Column("why", String(12), nullable=False),
    Column("total_pence", BigInteger),  # NULL where no charge is set
    Column("vat_pence", BigInteger, nullable=False),
    Column("document", Text, nullable=False),  # JSON: the bill, as controller.billing.model has it
    Column("made_at", Instant, nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("superseded_at", Instant),  # since when another one holds
    UniqueConstraint("booking_id", "number"),
)
live_quote = Index(
    "uq_quotes_live",
    quotes.c.booking_id,
    unique=True,
    sqlite_where=quotes.c.superseded_at.is_(None),
    postgresql_where=quotes.c.superseded_at.is_(None),
)

allowance_uses = Table(
    "allowance_uses",
    metadata,
    Column("quote_id", String(36), ForeignKey("quotes.id"), primary_key=True),
    Column("allowance", String(40), primary_key=True),
    Column("period", String(7), primary_key=True),  # 2026-11, or the year it begins in
    Column("site", String(40), nullable=False),
    Column("party", String(40), nullable=False),
    Column("us", BigInteger, nullable=False),  # microseconds of real time
    Index("ix_allowance_uses_site_party", "site", "party"),
)
