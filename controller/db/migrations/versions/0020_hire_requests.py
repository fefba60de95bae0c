"""Hire requests of people who are no users, the terms they accepted, and one-off persons."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("parties", sa.Column("one_off", sa.Boolean, nullable=False, server_default=sa.text("false")))
    op.create_table(
        "hire_requests",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("address_digest", sa.LargeBinary(32)),
        sa.Column("terms_version", sa.String(12), nullable=False),
        sa.Column("accepted_at", Instant(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("confirmed_at", Instant()),
        sa.Column("booking_id", sa.String(36), sa.ForeignKey("bookings.id"), unique=True),
        sa.Column("party", sa.String(40), sa.ForeignKey("parties.id")),
    )
    op.create_index("ix_hire_requests_party", "hire_requests", ["party"])
    op.create_index("ix_hire_requests_site", "hire_requests", ["site", "made_at"])
    op.create_table(
        "hire_terms",
        sa.Column("version", sa.String(12), primary_key=True),
        sa.Column("terms", sa.Text, nullable=False),
    )
