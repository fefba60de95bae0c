"""A booking's states, buffers, equipment, seats; the policy of a site."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("state", sa.String(12), nullable=False, server_default="confirmed"),
        sa.Column("state_at", Instant()),
        sa.Column("held_until", Instant()),
        sa.Column("state_before", sa.String(12)),
        sa.Column("ends_before", Instant()),
        sa.Column("party", sa.String(40)),
        sa.Column("contact_email", sa.String(200), nullable=False, server_default=sa.text("''")),
        sa.Column("key_holder", sa.String(200), nullable=False, server_default=sa.text("''")),
        sa.Column("under_16s", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("notes", sa.String(2000), nullable=False, server_default=sa.text("''")),
        sa.Column("layout", sa.String(40)),
        sa.Column("seats", sa.Integer()),
        sa.Column("equipment", sa.String(2000), nullable=False, server_default="{}"),
        sa.Column("setup_min", sa.Integer()),
        sa.Column("cleardown_min", sa.Integer()),
        sa.Column("overruled", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("occurrence", sa.String(19)),
        sa.Column("changed_here", sa.String(200), nullable=False, server_default=sa.text("''")),
        sa.Column("arrived_how", sa.String(10), nullable=False, server_default=sa.text("''")),
        sa.Column("release_warned_at", Instant()),
    ):
        op.add_column("bookings", column)
    op.execute("UPDATE bookings SET state = 'cancelled', state_at = cancelled_at WHERE cancelled_at IS NOT NULL")
    op.execute("UPDATE bookings SET arrived_how = 'code' WHERE arrived_at IS NOT NULL")
    op.drop_column("bookings", "cancelled_at")
    op.create_index("ix_bookings_party_starts", "bookings", ["party", "starts"])
    waits = sa.text("state IN ('requested', 'held')")
    op.create_index("ix_bookings_open", "bookings", ["site", "starts"], sqlite_where=waits, postgresql_where=waits)
    for column in (
        sa.Column("space", sa.String(40), nullable=False, server_default=sa.text("''")),
        sa.Column("layout", sa.String(40), nullable=False, server_default=sa.text("''")),
        sa.Column("setup_min", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("cleardown_min", sa.Integer(), nullable=False, server_default="0"),
    ):
        op.add_column("claims", column)
    op.execute("UPDATE claims SET space = (SELECT space FROM bookings WHERE bookings.id = claims.booking_id)")
    op.drop_index("ix_claims_atom_starts", "claims")
    kept = ["atom", "starts", "ends", "space", "layout", "setup_min", "cleardown_min"]
    op.create_index("ix_claims_atom_starts", "claims", kept)
    op.create_table(
        "pool_quarters",
        sa.Column("pool", sa.String(81), primary_key=True),
        sa.Column("quarter", Instant(), primary_key=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken BETWEEN 0 AND size", name="taken"),
    )
    op.create_table(
        "pool_claims",
        sa.Column("booking_id", sa.String(36), primary_key=True),
        sa.Column("pool", sa.String(81), primary_key=True),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"]),
    )
    op.create_index("ix_pool_claims_pool_starts", "pool_claims", ["pool", "starts", "ends"])
    op.create_table(
        "equipment_claims",
        sa.Column("booking_id", sa.String(36), primary_key=True),
        sa.Column("equipment", sa.String(81), primary_key=True),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"]),
    )
    op.create_index("ix_equipment_claims_equipment_starts", "equipment_claims", ["equipment", "starts", "ends"])
    op.create_table(
        "policies",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
    )


def downgrade() -> None:
    op.drop_table("policies")
    op.drop_table("equipment_claims")
    op.drop_table("pool_claims")
    op.drop_table("pool_quarters")
    op.drop_index("ix_claims_atom_starts", "claims")
    for column in ("space", "layout", "setup_min", "cleardown_min"):
        op.drop_column("claims", column)
    op.create_index("ix_claims_atom_starts", "claims", ["atom", "starts"])
    op.drop_index("ix_bookings_open", "bookings")
    op.drop_index("ix_bookings_party_starts", "bookings")
    op.add_column("bookings", sa.Column("cancelled_at", Instant()))
    op.execute("UPDATE bookings SET cancelled_at = state_at WHERE state = 'cancelled'")
    for column in (
        "state",
        "state_at",
        "held_until",
        "state_before",
        "ends_before",
        "party",
        "contact_email",
        "key_holder",
        "under_16s",
        "notes",
        "layout",
        "seats",
        "equipment",
        "setup_min",
        "cleardown_min",
        "overruled",
        "occurrence",
        "changed_here",
        "arrived_how",
        "release_warned_at",
    ):
        op.drop_column("bookings", column)
