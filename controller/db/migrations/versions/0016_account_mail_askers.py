"""Who asked for an account mail: a network or a browser, and the session."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("account_mails", sa.Column("session_hash", sa.LargeBinary(32)))
    op.drop_index("ix_account_mails_network", "account_mails")
    op.execute("ALTER TABLE account_mails RENAME COLUMN network_digest TO asker_digest")
    op.create_index("ix_account_mails_asker", "account_mails", ["asker_digest", "made_at"])
