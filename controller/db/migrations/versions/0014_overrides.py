"""Overrides of doors, what a command was told, and from how many people a count goes on."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "overrides",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.Column("ended_by", sa.String(200)),
        sa.Column("ended_why", sa.Text()),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
        sa.CheckConstraint("ends > starts", name="order"),
    )
    op.create_index("ix_overrides_site_ends", "overrides", ["site", "ends"])
    op.create_table(
        "override_doors",
        sa.Column("override", sa.String(36), primary_key=True),
        sa.Column("door", sa.String(40), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("on_version", Serial),
        sa.Column("on_at", Instant()),
        sa.Column("off_version", Serial),
        sa.Column("off_at", Instant()),
        sa.ForeignKeyConstraint(["override"], ["overrides.id"]),
    )
    op.create_index("ix_override_doors_site_door", "override_doors", ["site", "door"])
    op.create_table(
        "recounts",
        sa.Column("log_id", Serial, primary_key=True, autoincrement=False),
        sa.Column("seq", Serial, primary_key=True, autoincrement=False),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("edge", sa.String(40), nullable=False),
        sa.Column("counter", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("inside", Serial, nullable=False),
        sa.Column("total_ins", Serial, nullable=False),
        sa.Column("total_outs", Serial, nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["event_logs.id"]),
    )
    op.create_index("ix_recounts_site_day", "recounts", ["site", "day"])
    op.add_column("commands", sa.Column("args", sa.Text(), nullable=False, server_default="{}"))
    op.create_index("ix_commands_site_id", "commands", ["site", "id"])


def downgrade() -> None:
    op.drop_index("ix_commands_site_id", "commands")
    op.drop_column("commands", "args")
    op.drop_table("recounts")
    op.drop_table("override_doors")
    op.drop_table("overrides")
