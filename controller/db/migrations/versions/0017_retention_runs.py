"""What went wrong in a run of retention, and indexes by which a party's series and waits are found."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("retention_runs", sa.Column("failure", sa.Text))
    op.create_index("ix_series_party", "series", ["party"])
    op.create_index("ix_waits_party", "waits", ["party"])
