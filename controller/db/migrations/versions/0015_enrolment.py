"""Edges enrol: their keys, papers, certificates and tokens, and a second secret for each door, for offline codes.

Keys that were entered by hand are forgotten: such an edge has no certificate and is enrolled anew.
"""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("edges") as edges:
        edges.drop_constraint("uq_edges_public_key", type_="unique")
        edges.drop_column("public_key")
    for name in ("offline", "next_secret", "next_offline"):
        op.add_column("doors", sa.Column(name, sa.LargeBinary()))
    _of_an_edge(
        "enrolment_tokens",
        sa.Column("id", sa.String(32), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("edge", sa.String(40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant()),
        sa.Column("used_by", sa.LargeBinary(32)),
    )
    op.create_index("ix_enrolment_tokens_site_edge", "enrolment_tokens", ["site", "edge"])
    _of_an_edge(
        "edge_keys",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("edge", sa.String(40), primary_key=True),
        sa.Column("public_key", sa.LargeBinary(32), primary_key=True),
        sa.Column("box", sa.LargeBinary(32), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("retired_at", Instant()),
    )
    op.create_index("uq_edge_keys_public_key", "edge_keys", ["public_key"], unique=True)
    _of_an_edge(
        "edge_papers",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("edge", sa.String(40), primary_key=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("controller_kids", sa.Text(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("held_kids", sa.Text(), nullable=False),
        sa.Column("renew", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_table(
        "certificates",
        sa.Column("serial", sa.String(40), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("edge", sa.String(40), nullable=False),
        sa.Column("public_key", sa.LargeBinary(32), nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant()),
    )
    op.create_index("ix_certificates_site_edge", "certificates", ["site", "edge"])
    op.create_table(
        "revocations",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("edge", sa.String(40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
    )
    op.create_index("ix_revocations_site_edge_at", "revocations", ["site", "edge", "at"])


def downgrade() -> None:
    for name in ("revocations", "certificates", "edge_papers", "edge_keys", "enrolment_tokens"):
        op.drop_table(name)
    for name in ("offline", "next_secret", "next_offline"):
        op.drop_column("doors", name)
    with op.batch_alter_table("edges") as edges:
        edges.add_column(sa.Column("public_key", sa.LargeBinary(32)))
        edges.create_unique_constraint("uq_edges_public_key", ["public_key"])


def _of_an_edge(name: str, *columns: sa.Column[object]) -> None:
    edge = sa.ForeignKeyConstraint(["site", "edge"], ["edges.site", "edges.id"], ondelete="CASCADE")
    op.create_table(name, *columns, edge)
