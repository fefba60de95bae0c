"""Which booking each row of an imported spreadsheet became."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sheet_rows",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("reference", sa.String(200), primary_key=True),
        sa.Column("booking_id", sa.String(36), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(32), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"]),
    )
    op.create_index("ix_sheet_rows_booking_id", "sheet_rows", ["booking_id"])


def downgrade() -> None:
    op.drop_table("sheet_rows")
