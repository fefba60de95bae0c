"""Bookings, the claims that keep them apart, and the codes on doors."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_31_DAYS_US = 31 * 24 * 3600 * 1_000_000


def upgrade() -> None:
    _bookings()
    _access()
    op.create_table(
        "imported",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("space", sa.String(40), primary_key=True),
        sa.Column("uid", sa.String(500), primary_key=True),
        sa.Column("recurrence_id", sa.String(16), primary_key=True),
        sa.Column("booking_id", sa.String(36), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"]),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
    )
    op.create_index("ix_imported_booking_id", "imported", ["booking_id"])
    if op.get_context().dialect.name == "postgresql":
        _exclusions()
    else:
        _triggers()


def _bookings() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("space", sa.String(40), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("first_starts", sa.String(19), nullable=False),
        sa.Column("first_ends", sa.String(19), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("space", sa.String(40), nullable=False),
        sa.Column("series_id", sa.String(36)),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("contact_name", sa.String(200), nullable=False),
        sa.Column("contact_phone", sa.String(200), nullable=False),
        sa.Column("people", sa.Integer()),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("cancelled_at", Instant()),
        sa.Column("let_in_at", Instant()),
        sa.Column("let_in_door", sa.String(40)),
        sa.Column("arrived_at", Instant()),
        sa.Column("counted_in", Serial, nullable=False),
        sa.Column("link_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(200), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"]),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"]),
        sa.UniqueConstraint("link_hash"),
        sa.CheckConstraint("ends > starts", name="window"),
        sa.CheckConstraint("counted_in >= 0", name="counted_in"),
    )
    op.create_index("ix_bookings_series_id", "bookings", ["series_id"])
    op.create_index("ix_bookings_site_starts", "bookings", ["site", "starts"])
    op.create_index("ix_bookings_site_let_in_at", "bookings", ["site", "let_in_at"])
    op.create_table(
        "claims",
        sa.Column("booking_id", sa.String(36), primary_key=True),
        sa.Column("atom", sa.String(81), primary_key=True),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"]),
        sa.CheckConstraint("ends > starts", name="window"),
        sa.CheckConstraint(_within_31_days(), name="length"),
    )
    op.create_index("ix_claims_atom_starts", "claims", ["atom", "starts"])
    op.create_table(
        "booking_log",
        sa.Column("id", Serial, primary_key=True),
        sa.Column("booking_id", sa.String(36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("why", sa.String(2000), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"]),
    )
    op.create_index("ix_booking_log_booking_id", "booking_log", ["booking_id"])


def _within_31_days() -> str:
    """The limit that lets the trigger look at the last 31 days only."""
    if op.get_context().dialect.name == "postgresql":
        return "ends <= starts + interval '744 hours'"
    return f"ends <= starts + {_31_DAYS_US}"


def _access() -> None:
    op.create_table(
        "grants",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("booking_id", sa.String(36), nullable=False),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("door", sa.String(40), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("code_key", sa.LargeBinary(32), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("hold_s", sa.Double()),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant()),
        sa.Column("on_version", sa.BigInteger()),
        sa.Column("on_at", Instant()),
        sa.Column("off_version", sa.BigInteger()),
        sa.Column("off_at", Instant()),
        sa.ForeignKeyConstraint(["site", "door"], ["doors.site", "doors.id"]),
        sa.CheckConstraint("ends > starts", name="window"),
    )
    op.create_index("ix_grants_booking_id", "grants", ["booking_id"])
    op.create_index("ix_grants_site_door_ends", "grants", ["site", "door", "ends"])
    lingers = sa.text("ended_at IS NOT NULL AND off_at IS NULL")
    op.create_index("ix_grants_lingering", "grants", ["site"], sqlite_where=lingers, postgresql_where=lingers)
    op.create_table(
        "code_claims",
        sa.Column("grant_id", sa.String(36), primary_key=True),
        sa.Column("booking_id", sa.String(36), nullable=False),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("door", sa.String(40), nullable=False),
        sa.Column("code_key", sa.LargeBinary(32), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["grant_id"], ["grants.id"]),
        sa.CheckConstraint("ends > starts", name="window"),
    )
    op.create_index("ix_code_claims_booking_id", "code_claims", ["booking_id"])
    op.create_index("ix_code_claims_site_code_key", "code_claims", ["site", "code_key"])
    op.create_table(
        "codes",
        sa.Column("booking_id", sa.String(36), primary_key=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
    )


def _exclusions() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "ALTER TABLE claims ADD CONSTRAINT claims_no_overlap"
        " EXCLUDE USING gist (atom WITH =, tstzrange(starts, ends) WITH &&)"
    )
    # One booking may hold its code twice: moved, while a door still knows the old time.
    op.execute(
        "ALTER TABLE code_claims ADD CONSTRAINT code_claims_no_overlap EXCLUDE USING gist"
        " (site WITH =, door WITH =, code_key WITH =, booking_id WITH <>, tstzrange(starts, ends) WITH &&)"
    )


def _triggers() -> None:
    same_code = "site = NEW.site AND door = NEW.door AND code_key = NEW.code_key"
    same_atom = f"atom = NEW.atom AND starts > NEW.starts - {_31_DAYS_US}"
    for table, same in (("claims", same_atom), ("code_claims", same_code)):
        for moment in ("INSERT", "UPDATE"):
            trigger = (
                f"CREATE TRIGGER {table}_no_overlap_{moment.lower()} BEFORE {moment} ON {table}"  # noqa: S608  # both from here
                f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same} AND booking_id <> NEW.booking_id"
                " AND starts < NEW.ends AND ends > NEW.starts)"
                f" BEGIN SELECT RAISE(ABORT, '{table}_no_overlap'); END"
            )
            op.execute(trigger)


def downgrade() -> None:
    for table in ("imported", "codes", "code_claims", "grants", "booking_log", "claims", "bookings", "series"):
        op.drop_table(table)
