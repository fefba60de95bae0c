"""Mail addresses of users, who need no password then."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("users") as users:
        users.alter_column("password_hash", existing_type=sa.String(200), nullable=True)
        users.add_column(sa.Column("email", sa.String(200)))
        users.add_column(sa.Column("email_key", sa.String(600)))
    op.create_index("ix_users_email_key", "users", ["email_key"])
