"""Documents of parties and what was seen for safeguarding."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "party_documents",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("party", sa.String(40), sa.ForeignKey("parties.id"), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_until", sa.Date),
        sa.Column("seen_by", sa.String(200), nullable=False),
        sa.Column("notes", sa.String(2000), nullable=False),
        sa.Column("media_type", sa.String(40)),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("reminded_days", sa.Integer),
    )
    op.create_index("ix_party_documents_party", "party_documents", ["party"])
    op.create_index("ix_party_documents_valid_until", "party_documents", ["valid_until"])
    op.create_table(
        "document_files",
        sa.Column("document", sa.String(36), sa.ForeignKey("party_documents.id"), primary_key=True),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
    )
    op.create_table(
        "safeguarding",
        sa.Column("party", sa.String(40), sa.ForeignKey("parties.id"), primary_key=True),
        sa.Column("level", sa.String(20), nullable=False),
        sa.Column("seen_on", sa.Date, nullable=False),
        sa.Column("seen_by", sa.String(200), nullable=False),
        sa.Column("review_on", sa.Date, nullable=False),
    )
    op.create_index("ix_safeguarding_review_on", "safeguarding", ["review_on"])
