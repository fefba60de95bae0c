"""Calendar subscriptions belong to a user, not to a name."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("subscriptions", sa.Column("user_id", sa.String(36)))
    op.execute(
        "UPDATE subscriptions SET user_id = (SELECT users.id FROM users WHERE users.name = subscriptions.created_by)"
    )
    op.drop_index("ix_subscriptions_created_by", "subscriptions")
    op.create_index("ix_subscriptions_user_id", "subscriptions", ["user_id"])
    op.create_index("ix_subscriptions_party", "subscriptions", ["party"])
    op.create_index("ix_subscriptions_owner_party", "subscriptions", ["owner_party"])
