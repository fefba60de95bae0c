"""Sites' own wording of their notices."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_templates",
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name="fk_notice_templates_site"),
        sa.PrimaryKeyConstraint("site", "kind", name="pk_notice_templates"),
    )
