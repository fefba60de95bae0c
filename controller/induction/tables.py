"""Inductions of sites, and who took them."""

from sqlalchemy import Boolean, Column, Date, ForeignKey, Index, Integer, String, Table, Text

from controller.db.engine import NAMES_ACTOR, Instant, metadata

site_inductions = Table(
    "site_inductions",
    metadata,
    Column("site", String(40), ForeignKey("sites.id"), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("counts_from", Integer, nullable=False),
    Column("draft", Text, nullable=False),  # JSON
    Column("changed_at", Instant, nullable=False),
    Column("changed_by", String(200), nullable=False, info=NAMES_ACTOR),
)

induction_results = Table(
    "induction_results",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("site", String(40), ForeignKey("sites.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("user_id", String(36), ForeignKey("users.id"), index=True),
    Column("party", String(40), ForeignKey("parties.id"), index=True),
    Column("member", String(36), index=True),  # of the library; goes with the member's own induction
    Column("taken_at", Instant, nullable=False),
    Column("taken_on", Date, nullable=False),
    Column("passed", Boolean, nullable=False),
    Column("score", Integer, nullable=False),
    Column("questions", Integer, nullable=False),
    Column("valid_until", Date, nullable=False, index=True),
    Index("ix_induction_results_site", "site", "id"),
)
"""``valid_until``: of a try that failed the day of it."""
