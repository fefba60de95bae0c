"""People, estate, hours and idempotency keys."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("claimed_at", Instant(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_claimed_at"), "idempotency", ["claimed_at"])
    op.create_table(
        "sign_in_failures",
        sa.Column("name_key", sa.String(length=600), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("blocked_until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("name_key", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(op.f("ix_sign_in_failures_last_at"), "sign_in_failures", ["last_at"])
    op.create_table(
        "sites",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=200), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=600), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("name_key", name=op.f("uq_users_name_key")),
    )
    op.create_table(
        "writes",
        sa.Column("id", Serial, autoincrement=True, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=True),
        sa.Column("thing", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_writes")),
    )
    op.create_index("ix_writes_site_at", "writes", ["site", "at"])
    op.create_table(
        "edges",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_edges_site")),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_edges")),
        sa.UniqueConstraint("public_key", name=op.f("uq_edges_public_key")),
    )
    op.create_table(
        "other_days",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_other_days_site")),
        sa.PrimaryKeyConstraint("site", "date", name=op.f("pk_other_days")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=36), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"])
    op.create_table(
        "spaces",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("floor_area_m2", sa.Double(), nullable=True),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_spaces_capacity")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_spaces_site")),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_spaces")),
    )
    op.create_table(
        "weekly_spans",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name=op.f("ck_weekly_spans_order")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_weekly_spans_weekday")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_weekly_spans_site")),
        sa.PrimaryKeyConstraint("site", "weekday", "opens", name=op.f("pk_weekly_spans")),
    )
    op.create_table(
        "doors",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("hold_s", sa.Double(), nullable=False),
        sa.Column("held_after_s", sa.Double(), nullable=False),
        sa.Column("counter", sa.String(length=40), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["site", "edge"], ["edges.site", "edges.id"], name=op.f("fk_doors_site_edge")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_doors_site")),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_doors")),
    )
    op.create_table(
        "other_day_spans",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("opens", sa.Integer(), nullable=False),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(length=20), nullable=False),
        sa.CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name=op.f("ck_other_day_spans_order")),
        sa.ForeignKeyConstraint(
            ["site", "date"], ["other_days.site", "other_days.date"], name=op.f("fk_other_day_spans_site_date")
        ),
        sa.PrimaryKeyConstraint("site", "date", "opens", name=op.f("pk_other_day_spans")),
    )
    op.create_table(
        "free_doors",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["site", "door"], ["doors.site", "doors.id"], name=op.f("fk_free_doors_site_door")),
        sa.PrimaryKeyConstraint("site", "door", name=op.f("pk_free_doors")),
    )
    op.create_table(
        "space_doors",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["site", "door"], ["doors.site", "doors.id"], name=op.f("fk_space_doors_site_door")),
        sa.ForeignKeyConstraint(
            ["site", "space"], ["spaces.site", "spaces.id"], name=op.f("fk_space_doors_site_space")
        ),
        sa.PrimaryKeyConstraint("site", "space", "door", name=op.f("pk_space_doors")),
    )
