"""Leases of the work that one controller does at a time, and on PostgreSQL rows that tell others of changes."""

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

_DIARY = (
    *("bookings", "series", "waits", "closures", "closure_batches", "hire_requests", "imported", "feeds"),
    *("grants", "offline_codes", "tariffs", "quotes", "problem_reports", "room_sensors", "ways"),
    *("floor_plans", "floor_plan_drawings", "inductions", "induction_results", "members"),
)
_ESTATE = (
    *("sites", "edge_identities", "edge_keys", "certificates", "revocations", "holder_places"),
    *("overrides", "restored", "alert_rules"),
)
_FUNCTION = """
CREATE FUNCTION hallkeeper_note_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    this_xact bigint := pg_current_xact_id()::text::bigint;
    this_process text := current_setting('application_name');
    this_kind boolean := TG_ARGV[0]::boolean;
BEGIN
    IF NOT EXISTS (SELECT FROM touched) THEN
        RETURN NULL;
    END IF;
    IF TG_TABLE_NAME = 'sites' THEN
        INSERT INTO site_changes (xact, site, estate, process, at)
        SELECT DISTINCT this_xact, id, this_kind, this_process, now() FROM touched ON CONFLICT DO NOTHING;
    ELSIF TG_TABLE_NAME = 'members' THEN
        INSERT INTO site_changes (xact, site, estate, process, at)
        VALUES (this_xact, '', this_kind, this_process, now()) ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO site_changes (xact, site, estate, process, at)
        SELECT DISTINCT this_xact, COALESCE(site, ''), this_kind, this_process, now() FROM touched
        ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("holder", sa.String(63), nullable=False),
        sa.Column("number", sa.BigInteger, nullable=False),
        sa.Column("until", Instant(), nullable=False),
    )
    op.create_table(
        "site_changes",
        sa.Column("xact", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("estate", sa.Boolean, primary_key=True),
        sa.Column("process", sa.String(63), nullable=False),
        sa.Column("at", Instant(), nullable=False),
    )
    if op.get_bind().dialect.name == "sqlite":
        return
    op.execute(_FUNCTION)
    for tables, estate in ((_DIARY, "false"), (_ESTATE, "true")):
        for table in tables:
            for moment, rows in (("INSERT", "NEW"), ("UPDATE", "NEW"), ("DELETE", "OLD")):
                op.execute(
                    f"CREATE TRIGGER note_{moment.lower()} AFTER {moment} ON {table}"
                    f" REFERENCING {rows} TABLE AS touched"
                    f" FOR EACH STATEMENT EXECUTE FUNCTION hallkeeper_note_change('{estate}')"
                )
