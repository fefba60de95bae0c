"""Notices, what their recipients know, and sites whose notices are paused."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_WAITING = sa.text("state = 'waiting'")
_HELD = sa.text("status = 'held'")


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("about", sa.String(36), nullable=False),
        sa.Column("party", sa.String(40)),
        sa.Column("contact_email", sa.String(200), nullable=False),
        sa.Column("state", sa.String(12), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("due_at", Instant(), nullable=False),
        sa.Column("tried_at", Instant()),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.Column("subject", sa.String(400), nullable=False),
        sa.Column("reply", sa.String(500), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_notices_site"),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    op.create_index("ix_notices_site", "notices", ["site", "id"])
    op.create_index("ix_notices_about", "notices", ["about"])
    op.create_index("ix_notices_party", "notices", ["party"])
    op.create_index(
        "uq_notices_waiting",
        "notices",
        ["about", "contact_email"],
        unique=True,
        sqlite_where=_WAITING,
        postgresql_where=_WAITING,
    )
    op.create_index("ix_notices_due", "notices", ["due_at"], sqlite_where=_WAITING, postgresql_where=_WAITING)
    op.create_table(
        "told",
        sa.Column("booking_id", sa.String(36), nullable=False),
        sa.Column("address_tag", sa.LargeBinary(16), nullable=False),
        sa.Column("status", sa.String(12), nullable=False),
        sa.Column("space", sa.String(40), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("code_tag", sa.LargeBinary(16), nullable=False),
        sa.Column("warned", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name="fk_told_booking_id"),
        sa.PrimaryKeyConstraint("booking_id", "address_tag", name="pk_told"),
    )
    op.create_index("ix_told_held", "told", ["booking_id"], sqlite_where=_HELD, postgresql_where=_HELD)
    op.create_table(
        "notice_pauses",
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_notice_pauses_site"),
        sa.PrimaryKeyConstraint("site", name="pk_notice_pauses"),
    )
