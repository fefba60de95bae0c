"""Plans, commands, and what edges report."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commands",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commands")),
    )
    op.create_table(
        "device_states",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("seq", Serial, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "edge", "device", name=op.f("pk_device_states")),
    )
    op.create_table(
        "door_marks",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("text", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("site", "door", name=op.f("pk_door_marks")),
    )
    op.create_table(
        "edge_alerts",
        sa.Column("id", Serial, nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edge_alerts")),
    )
    op.create_index(op.f("ix_edge_alerts_site_id"), "edge_alerts", ["site", "id"])
    op.create_table(
        "edge_states",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("online", sa.Boolean(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("boot", sa.String(length=36), nullable=False),
        sa.Column("connection", Serial, nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("software", sa.String(length=100), nullable=False),
        sa.Column("trust", sa.String(length=20), nullable=False),
        sa.Column("applied_version", Serial, nullable=True),
        sa.Column("applied_digest", sa.String(length=64), nullable=True),
        sa.Column("head", Serial, nullable=False),
        sa.Column("log", sa.String(length=32), nullable=True),
        sa.Column("health", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("site", "edge", name=op.f("pk_edge_states")),
    )
    op.create_table(
        "event_logs",
        sa.Column("id", Serial, nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("log", sa.String(length=32), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_logs")),
        sa.UniqueConstraint("site", "edge", "log", name=op.f("uq_event_logs_site_edge_log")),
    )
    op.create_table(
        "history_cursor",
        sa.Column("history", sa.String(length=40), nullable=False),
        sa.Column("event_id", Serial, nullable=False),
        sa.PrimaryKeyConstraint("history", name=op.f("pk_history_cursor")),
    )
    op.create_table(
        "plan_parts",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_plan_parts")),
    )
    op.create_table(
        "plans",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("version", Serial, autoincrement=False, nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("compiled_at", Instant(), nullable=False),
        sa.Column("horizon", Instant(), nullable=False),
        sa.Column("grants", sa.Integer(), nullable=False),
        sa.Column("applied_at", Instant(), nullable=True),
        sa.Column("refused_at", Instant(), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("site", "edge", "version", name=op.f("pk_plans")),
    )
    op.create_index(op.f("ix_plans_compiled_at"), "plans", ["compiled_at"])
    op.create_table(
        "refusals",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("number", Serial, nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("site", "edge", "reason", name=op.f("pk_refusals")),
    )
    op.create_table(
        "samples",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("measurement", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("place", sa.String(length=40), nullable=True),
        sa.Column("value", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("site", "measurement", "device", "field", "at", "edge", name=op.f("pk_samples")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "counter_days",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("counter", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("log_id", Serial, autoincrement=False, nullable=False),
        sa.Column("door", sa.String(length=40), nullable=True),
        sa.Column("base_ins", Serial, nullable=False),
        sa.Column("base_outs", Serial, nullable=False),
        sa.Column("top_ins", Serial, nullable=False),
        sa.Column("top_outs", Serial, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["event_logs.id"], name=op.f("fk_counter_days_log_id")),
        sa.PrimaryKeyConstraint("site", "edge", "counter", "day", "log_id", name=op.f("pk_counter_days")),
    )
    op.create_table(
        "event_runs",
        sa.Column("log_id", Serial, autoincrement=False, nullable=False),
        sa.Column("first", Serial, autoincrement=False, nullable=False),
        sa.Column("last", Serial, nullable=False),
        sa.CheckConstraint("last >= first", name=op.f("ck_event_runs_order")),
        sa.ForeignKeyConstraint(["log_id"], ["event_logs.id"], name=op.f("fk_event_runs_log_id")),
        sa.PrimaryKeyConstraint("log_id", "first", name=op.f("pk_event_runs")),
    )
    op.create_table(
        "events",
        sa.Column("id", Serial, nullable=False),
        sa.Column("log_id", Serial, nullable=False),
        sa.Column("seq", Serial, nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("boot", sa.String(length=36), nullable=False),
        sa.Column("mono_ms", Serial, nullable=False),
        sa.Column("trust", sa.String(length=20), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.Column("learned_late", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["event_logs.id"], name=op.f("fk_events_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("log_id", "seq", name=op.f("uq_events_log_id_seq")),
    )
    op.create_index(op.f("ix_events_site_kind_id"), "events", ["site", "kind", "id"])
    op.create_table(
        "holes",
        sa.Column("log_id", Serial, autoincrement=False, nullable=False),
        sa.Column("first", Serial, autoincrement=False, nullable=False),
        sa.Column("last", Serial, nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("learned_at", Instant(), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["event_logs.id"], name=op.f("fk_holes_log_id")),
        sa.PrimaryKeyConstraint("log_id", "first", name=op.f("pk_holes")),
    )
    op.create_table(
        "outages",
        sa.Column("log_id", Serial, autoincrement=False, nullable=False),
        sa.Column("seq", Serial, autoincrement=False, nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["event_logs.id"], name=op.f("fk_outages_log_id")),
        sa.PrimaryKeyConstraint("log_id", "seq", name=op.f("pk_outages")),
    )
    op.create_index(op.f("ix_outages_site_starts"), "outages", ["site", "starts"])
    op.create_table(
        "quarantine",
        sa.Column("id", Serial, nullable=False),
        sa.Column("log_id", Serial, nullable=False),
        sa.Column("seq", Serial, nullable=True),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["event_logs.id"], name=op.f("fk_quarantine_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantine")),
        sa.UniqueConstraint("log_id", "seq", name=op.f("uq_quarantine_log_id_seq")),
    )
    op.create_index(op.f("ix_quarantine_log_id_digest"), "quarantine", ["log_id", "digest"])
    op.create_index(op.f("ix_quarantine_site_id"), "quarantine", ["site", "id"])
