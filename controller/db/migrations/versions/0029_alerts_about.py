"""An alert has a column for the device it is about, and a command for the code of its result: no text is parsed."""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("edge_alerts", sa.Column("about", sa.String(40)))
    op.execute(sa.text("UPDATE edge_alerts SET about = edge"))
    with op.batch_alter_table("edge_alerts") as table:
        table.alter_column("about", existing_type=sa.String(40), nullable=False)
    op.add_column("commands", sa.Column("code", sa.String(40)))


def downgrade() -> None:
    op.drop_column("commands", "code")
    op.drop_column("edge_alerts", "about")
