"""All tables of the first release. Later revisions change what is here; upgrades from it are kept and tested."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_31_DAYS_US = 31 * 24 * 3600 * 1_000_000


def upgrade() -> None:
    _tables_1()
    _tables_2()
    _tables_3()
    _tables_4()
    _tables_5()
    if op.get_context().dialect.name == "postgresql":
        _exclusions()
    else:
        _triggers()
    readiness = sa.table("readiness", sa.column("id", sa.Integer()), sa.column("at", Instant()))
    op.bulk_insert(readiness, [{"id": 1, "at": datetime(2000, 1, 1, tzinfo=UTC)}])


def _within_31_days() -> str:
    """The limit that lets the trigger look at the last 31 days only."""
    if op.get_context().dialect.name == "postgresql":
        return "ends <= starts + interval '744 hours'"
    return f"ends <= starts + {_31_DAYS_US}"


def _exclusions() -> None:
    """No two claims of an atom, and no two owners' claims of a code at a door, at one time."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        "ALTER TABLE claims ADD CONSTRAINT claims_no_overlap"
        " EXCLUDE USING gist (atom WITH =, tstzrange(starts, ends) WITH &&)"
    )
    # One owner may hold a code twice: moved, while a door still knows the old time.
    op.execute(
        "ALTER TABLE code_claims ADD CONSTRAINT code_claims_no_overlap EXCLUDE USING gist"
        " (site WITH =, door WITH =, code_key WITH =, owner WITH <>, tstzrange(starts, ends) WITH &&)"
    )


def _triggers() -> None:
    """The same on SQLite. No claim is longer than 31 days, so the trigger looks no further back."""
    same_atom = f"atom = NEW.atom AND starts > NEW.starts - {_31_DAYS_US} AND booking_id <> NEW.booking_id"
    same_code = "site = NEW.site AND door = NEW.door AND code_key = NEW.code_key AND owner <> NEW.owner"
    for table, same in (("claims", same_atom), ("code_claims", same_code)):
        for moment in ("INSERT", "UPDATE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_overlap_{moment.lower()} BEFORE {moment} ON {table}"  # noqa: S608  # all from here
                f" WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}"
                " AND starts < NEW.ends AND ends > NEW.starts)"
                f" BEGIN SELECT RAISE(ABORT, '{table}_no_overlap'); END"
            )


def _tables_1() -> None:
    op.create_table(
        "certificates",
        sa.Column("serial", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("pem", sa.Text(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_certificates")),
    )
    op.create_index("ix_certificates_site_edge", "certificates", ["site", "edge"])
    op.create_table(
        "code_claims",
        sa.Column("grant_id", sa.String(length=36), nullable=False),
        sa.Column("owner", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("code_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.CheckConstraint("ends > starts", name=op.f("ck_code_claims_window")),
        sa.PrimaryKeyConstraint("grant_id", name=op.f("pk_code_claims")),
    )
    op.create_index(op.f("ix_code_claims_owner"), "code_claims", ["owner"])
    op.create_index("ix_code_claims_site_code_key", "code_claims", ["site", "code_key"])
    op.create_table(
        "codes",
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("door", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("owner", sa.String(length=36), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("booking_id", "door", name=op.f("pk_codes")),
    )
    op.create_index(op.f("ix_codes_owner"), "codes", ["owner"])
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
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("args", sa.Text(), server_default="{}", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_commands")),
    )
    op.create_index("ix_commands_site_id", "commands", ["site", "id"])
    op.create_table(
        "device_states",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("device", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("seq", Serial, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("since", Instant(), nullable=False),
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
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edge_alerts")),
    )
    op.create_index(op.f("ix_edge_alerts_site_id"), "edge_alerts", ["site", "id"])
    op.create_table(
        "edge_runs",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("boot", sa.String(length=36), nullable=False),
        sa.Column("mono_ms", Serial, nullable=False),
        sa.Column("earliest", Instant(), nullable=False),
        sa.Column("latest", Instant(), nullable=False),
        sa.Column("wrong_from", Instant(), nullable=True),
        sa.Column("wrong_until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("site", "edge", "boot", name=op.f("pk_edge_runs")),
    )
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
        "holders",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=600), server_default=sa.text("''"), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=True),
        sa.Column("hours", sa.Text(), nullable=False),
        sa.Column("hold_s", sa.Double(), nullable=True),
        sa.Column("code", sa.LargeBinary(), nullable=True),
        sa.Column("card", sa.LargeBinary(), nullable=True),
        sa.Column("pin", sa.LargeBinary(), nullable=True),
        sa.Column("duress_code", sa.LargeBinary(), nullable=True),
        sa.Column("duress_pin", sa.LargeBinary(), nullable=True),
        sa.Column("card_tag", sa.LargeBinary(length=32), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_why", sa.String(length=2000), server_default=sa.text("''"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holders")),
    )
    op.create_index(op.f("ix_holders_name_key"), "holders", ["name_key"])
    op.create_index(
        "uq_holders_card_tag",
        "holders",
        ["card_tag"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "idempotency",
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("rights", sa.LargeBinary(length=32), nullable=False),
        sa.Column("claimed_at", Instant(), nullable=False),
        sa.Column("answer", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("actor", "key", name=op.f("pk_idempotency")),
    )
    op.create_index(op.f("ix_idempotency_claimed_at"), "idempotency", ["claimed_at"])
    op.create_table(
        "key_files",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("name", "fingerprint", name=op.f("pk_key_files")),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("number_tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("number", sa.LargeBinary(), nullable=False),
        sa.Column("card", sa.LargeBinary(), nullable=False),
        sa.Column("card_tag", sa.LargeBinary(length=32), nullable=False),
        sa.Column("pin", sa.LargeBinary(), nullable=True),
        sa.Column("born", sa.Date(), nullable=True),
        sa.Column("expires", sa.Date(), nullable=True),
        sa.Column("suspended", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("suspended_until", sa.Date(), nullable=True),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("checked_at", Instant(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_members")),
        sa.UniqueConstraint("card_tag", name=op.f("uq_members_card_tag")),
        sa.UniqueConstraint("number_tag", name=op.f("uq_members_number_tag")),
    )
    op.create_table(
        "offline_codes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("quarters", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("issued_at", Instant(), nullable=False),
        sa.Column("issued_by", sa.String(length=200), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_codes")),
        sa.UniqueConstraint(
            "site", "door", "starts", "quarters", "slot", name=op.f("uq_offline_codes_site_door_starts_quarters_slot")
        ),
    )
    op.create_index(op.f("ix_offline_codes_booking_id"), "offline_codes", ["booking_id"])
    op.create_index("ix_offline_codes_site_ends", "offline_codes", ["site", "ends"])
    op.create_table(
        "parties",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=600), nullable=False),
        sa.Column("tier", sa.String(length=10), nullable=True),
        sa.Column("organisation", sa.String(length=40), nullable=True),
        sa.Column("responsible", sa.String(length=40), nullable=True),
        sa.Column("site", sa.String(length=40), nullable=True),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=200), nullable=False),
        sa.Column("contact_email", sa.String(length=200), nullable=False),
        sa.Column("notes", sa.String(length=2000), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("forgotten_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["organisation"], ["parties.id"], name=op.f("fk_parties_organisation")),
        sa.ForeignKeyConstraint(["responsible"], ["parties.id"], name=op.f("fk_parties_responsible")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parties")),
    )
    op.create_index(op.f("ix_parties_organisation"), "parties", ["organisation"])
    op.create_index(op.f("ix_parties_responsible"), "parties", ["responsible"])
    op.create_index(op.f("ix_parties_site"), "parties", ["site"])
    op.create_table(
        "plan_parts",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_plan_parts")),
    )


def _tables_2() -> None:
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
        "pool_quarters",
        sa.Column("pool", sa.String(length=81), nullable=False),
        sa.Column("quarter", Instant(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("taken", sa.Integer(), nullable=False),
        sa.CheckConstraint("taken BETWEEN 0 AND size", name=op.f("ck_pool_quarters_taken")),
        sa.PrimaryKeyConstraint("pool", "quarter", name=op.f("pk_pool_quarters")),
    )
    op.create_table(
        "readiness",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_readiness")),
    )
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
        "revocations",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_revocations")),
    )
    op.create_index("ix_revocations_site_edge_at", "revocations", ["site", "edge", "at"])
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
        "sign_in_failures",
        sa.Column("key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", Instant(), nullable=False),
        sa.Column("blocked_until", Instant(), nullable=False),
        sa.Column("kept_until", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_failures")),
    )
    op.create_index(op.f("ix_sign_in_failures_kept_until"), "sign_in_failures", ["kept_until"])
    op.create_table(
        "sites",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=200), nullable=False),
        sa.Column("phone", sa.String(length=200), nullable=False),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("organisation", sa.String(length=40), nullable=True),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sites")),
    )
    op.create_table(
        "users",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_key", sa.String(length=600), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("role", sa.String(length=10), server_default="admin", nullable=False),
        sa.Column("sites", sa.Text(), nullable=True),
        sa.Column("party", sa.String(length=40), nullable=True),
        sa.Column("ended_at", Instant(), nullable=True),
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
        "closures",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("whole_days", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("spaces", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.CheckConstraint("ends > starts", name=op.f("ck_closures_window")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_closures_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closures")),
    )
    op.create_index("ix_closures_site_ends", "closures", ["site", "ends"])
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
        "edges",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_edges_site")),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_edges")),
    )
    op.create_table(
        "equipment",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=True),
        sa.CheckConstraint("count >= 0", name=op.f("ck_equipment_count")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_equipment_site")),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_equipment")),
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
        sa.Column("told_at", Instant(), nullable=True),
        sa.Column("error_s", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(["log_id"], ["event_logs.id"], name=op.f("fk_events_log_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("log_id", "seq", name=op.f("uq_events_log_id_seq")),
    )
    op.create_index(op.f("ix_events_site_kind_id"), "events", ["site", "kind", "id"])
    op.create_table(
        "floors",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_floors_site")),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_floors")),
    )
    op.create_table(
        "holder_places",
        sa.Column("holder", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["holder"], ["holders.id"], name=op.f("fk_holder_places_holder")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_holder_places_site")),
        sa.PrimaryKeyConstraint("holder", "site", "door", name=op.f("pk_holder_places")),
    )
    op.create_index(op.f("ix_holder_places_site"), "holder_places", ["site"])
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
        "inductions",
        sa.Column("member", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["member"], ["members.id"], name=op.f("fk_inductions_member")),
        sa.PrimaryKeyConstraint("member", "site", name=op.f("pk_inductions")),
    )
    op.create_table(
        "memberships",
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("member", sa.String(length=40), nullable=False),
        sa.Column("role", sa.String(length=200), nullable=False),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["member"], ["parties.id"], name=op.f("fk_memberships_member")),
        sa.ForeignKeyConstraint(["party"], ["parties.id"], name=op.f("fk_memberships_party")),
        sa.PrimaryKeyConstraint("party", "member", name=op.f("pk_memberships")),
    )
    op.create_index(op.f("ix_memberships_member"), "memberships", ["member"])
    op.create_table(
        "new_codes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=True),
        sa.Column("holder", sa.String(length=36), nullable=True),
        sa.Column("bookings", sa.Integer(), nullable=False),
        sa.Column("doors", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_new_codes_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_new_codes")),
    )
    op.create_index("ix_new_codes_site_id", "new_codes", ["site", "id"])


def _tables_3() -> None:
    op.create_table(
        "old_secrets",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=16), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("offline", sa.LargeBinary(), nullable=True),
        sa.Column("since", Instant(), nullable=True),
        sa.Column("until", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_old_secrets_site")),
        sa.PrimaryKeyConstraint("site", "door", "name", name=op.f("pk_old_secrets")),
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
        "overrides",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("whole", sa.Boolean(), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("ended_by", sa.String(length=200), nullable=True),
        sa.Column("ended_why", sa.Text(), nullable=True),
        sa.CheckConstraint("ends > starts", name=op.f("ck_overrides_order")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_overrides_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_overrides")),
    )
    op.create_index("ix_overrides_site_ends", "overrides", ["site", "ends"])
    op.create_table(
        "policies",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_policies_site")),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_policies")),
    )
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
    op.create_table(
        "recounts",
        sa.Column("log_id", Serial, autoincrement=False, nullable=False),
        sa.Column("seq", Serial, autoincrement=False, nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("counter", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("inside", Serial, nullable=False),
        sa.Column("total_ins", Serial, nullable=False),
        sa.Column("total_outs", Serial, nullable=False),
        sa.ForeignKeyConstraint(["log_id"], ["event_logs.id"], name=op.f("fk_recounts_log_id")),
        sa.PrimaryKeyConstraint("log_id", "seq", name=op.f("pk_recounts")),
    )
    op.create_index("ix_recounts_site_day", "recounts", ["site", "day"])
    op.create_table(
        "restored",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False),
        sa.Column("found_at", Instant(), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("decision", sa.String(length=10), nullable=True),
        sa.Column("decision_id", sa.String(length=36), nullable=True),
        sa.Column("decided_at", Instant(), nullable=True),
        sa.Column("decided_by", sa.String(length=200), nullable=True),
        sa.Column("decided_why", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_restored_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_restored")),
    )
    op.create_index("ix_restored_site_ends", "restored", ["site", "ends"])
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
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"])
    op.create_table(
        "site_hours",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("timetable", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_site_hours_site")),
        sa.PrimaryKeyConstraint("site", name=op.f("pk_site_hours")),
    )
    op.create_table(
        "spaces",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("floor_area_m2", sa.Double(), nullable=True),
        sa.Column("kind", sa.String(length=10), server_default="room", nullable=False),
        sa.Column("pool_size", sa.Integer(), nullable=True),
        sa.Column("floor", sa.String(length=40), nullable=True),
        sa.Column("description", sa.String(length=2000), server_default=sa.text("''"), nullable=False),
        sa.Column("step_free", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("noise", sa.String(length=10), server_default="any", nullable=False),
        sa.Column("setup_min", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cleardown_min", sa.Integer(), server_default="0", nullable=False),
        sa.Column("changeover_min", sa.Integer(), server_default="0", nullable=False),
        sa.Column("share_buffers", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("default_layout", sa.String(length=40), nullable=True),
        sa.Column("bookable", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_spaces_capacity")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_spaces_site")),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_spaces")),
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("shows", sa.String(length=10), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=True),
        sa.Column("space", sa.String(length=40), nullable=True),
        sa.Column("party", sa.String(length=40), nullable=True),
        sa.Column("owner_party", sa.String(length=40), nullable=True),
        sa.Column("only_sites", sa.Text(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("revoked_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_subscriptions_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_subscriptions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_subscriptions_token_hash")),
    )
    op.create_index("ix_subscriptions_created_by", "subscriptions", ["created_by"])
    op.create_table(
        "tariffs",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_tariffs_site")),
        sa.PrimaryKeyConstraint("site", "version", name=op.f("pk_tariffs")),
    )
    op.create_table(
        "changeovers",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("from_layout", sa.String(length=40), nullable=False),
        sa.Column("to_layout", sa.String(length=40), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "space"], ["spaces.site", "spaces.id"], name=op.f("fk_changeovers_site_space")
        ),
        sa.PrimaryKeyConstraint("site", "space", "from_layout", "to_layout", name=op.f("pk_changeovers")),
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
        sa.Column("code_length", sa.Integer(), server_default="6", nullable=False),
        sa.Column("passback", sa.String(length=4), server_default="off", nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("offline", sa.LargeBinary(), nullable=True),
        sa.Column("next_secret", sa.LargeBinary(), nullable=True),
        sa.Column("next_offline", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["site", "edge"], ["edges.site", "edges.id"], name=op.f("fk_doors_site_edge")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_doors_site")),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_doors")),
    )
    op.create_table(
        "edge_keys",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("public_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("box", sa.LargeBinary(length=32), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", Instant(), nullable=False),
        sa.Column("retired_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["site", "edge"], ["edges.site", "edges.id"], name=op.f("fk_edge_keys_site_edge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site", "edge", "public_key", name=op.f("pk_edge_keys")),
    )
    op.create_index("uq_edge_keys_public_key", "edge_keys", ["public_key"], unique=True)
    op.create_table(
        "edge_identities",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("version", Serial, nullable=False),
        sa.Column("controller_kids", sa.Text(), nullable=False),
        sa.Column("held", Serial, server_default="0", nullable=False),
        sa.Column("held_kids", sa.Text(), nullable=False),
        sa.Column("renew", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "edge"], ["edges.site", "edges.id"], name=op.f("fk_edge_identities_site_edge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site", "edge", name=op.f("pk_edge_identities")),
    )
    op.create_table(
        "enrolment_tokens",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.Column("used_at", Instant(), nullable=True),
        sa.Column("used_by", sa.LargeBinary(length=32), nullable=True),
        sa.ForeignKeyConstraint(
            ["site", "edge"], ["edges.site", "edges.id"], name=op.f("fk_enrolment_tokens_site_edge"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_tokens")),
    )
    op.create_index("ix_enrolment_tokens_site_edge", "enrolment_tokens", ["site", "edge"])
    op.create_table(
        "feeds",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=True),
        sa.Column("address", sa.LargeBinary(), nullable=False),
        sa.Column("every_min", sa.Integer(), nullable=False),
        sa.Column("etag", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("modified", sa.String(length=100), server_default=sa.text("''"), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("asked_at", Instant(), nullable=True),
        sa.Column("read_at", Instant(), nullable=True),
        sa.Column("fresh_at", Instant(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("came_empty", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("status", sa.String(length=10), server_default="new", nullable=False),
        sa.Column("report", sa.Text(), server_default="{}", nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("every_min >= 5", name=op.f("ck_feeds_every_min")),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"], name=op.f("fk_feeds_site_space")),
        sa.PrimaryKeyConstraint("site", "id", name=op.f("pk_feeds")),
    )
    op.create_index(op.f("ix_feeds_next_at"), "feeds", ["next_at"])


def _tables_4() -> None:
    op.create_table(
        "layouts",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=True),
        sa.Column("setup_min", sa.Integer(), nullable=False),
        sa.Column("cleardown_min", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity >= 0", name=op.f("ck_layouts_capacity")),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"], name=op.f("fk_layouts_site_space")),
        sa.PrimaryKeyConstraint("site", "space", "id", name=op.f("pk_layouts")),
    )
    op.create_table(
        "override_doors",
        sa.Column("override", sa.String(length=36), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("on_version", Serial, nullable=True),
        sa.Column("on_at", Instant(), nullable=True),
        sa.Column("off_version", Serial, nullable=True),
        sa.Column("off_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["override"], ["overrides.id"], name=op.f("fk_override_doors_override")),
        sa.PrimaryKeyConstraint("override", "door", name=op.f("pk_override_doors")),
    )
    op.create_index("ix_override_doors_site_door", "override_doors", ["site", "door"])
    op.create_table(
        "restored_pieces",
        sa.Column("entry", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("edge", sa.String(length=40), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("part", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["entry"], ["restored.id"], name=op.f("fk_restored_pieces_entry")),
        sa.PrimaryKeyConstraint("entry", "number", name=op.f("pk_restored_pieces")),
    )
    op.create_index("ix_restored_pieces_site_edge_ends", "restored_pieces", ["site", "edge", "ends"])
    op.create_table(
        "series",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=True),
        sa.Column("details", sa.Text(), server_default="{}", nullable=False),
        sa.Column("pattern", sa.Text(), server_default="{}", nullable=False),
        sa.Column("follows", sa.String(length=36), nullable=True),
        sa.Column("imported", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("code_owner", sa.String(length=36), nullable=True),
        sa.Column("cancelled_at", Instant(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", Instant(), nullable=True),
        sa.Column("changed_by", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"], name=op.f("fk_series_site_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
    )
    op.create_table(
        "space_amenities",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("amenity", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "space"], ["spaces.site", "spaces.id"], name=op.f("fk_space_amenities_site_space")
        ),
        sa.PrimaryKeyConstraint("site", "space", "amenity", name=op.f("pk_space_amenities")),
    )
    op.create_table(
        "space_hours",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("windows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["site", "space"], ["spaces.site", "spaces.id"], name=op.f("fk_space_hours_site_space"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("site", "space", name=op.f("pk_space_hours")),
    )
    op.create_table(
        "space_parts",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("whole", sa.String(length=40), nullable=False),
        sa.Column("part", sa.String(length=40), nullable=False),
        sa.CheckConstraint("whole <> part", name=op.f("ck_space_parts_apart")),
        sa.ForeignKeyConstraint(["site", "part"], ["spaces.site", "spaces.id"], name=op.f("fk_space_parts_site_part")),
        sa.ForeignKeyConstraint(
            ["site", "whole"], ["spaces.site", "spaces.id"], name=op.f("fk_space_parts_site_whole")
        ),
        sa.PrimaryKeyConstraint("site", "whole", "part", name=op.f("pk_space_parts")),
    )
    op.create_table(
        "bookings",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("series_id", sa.String(length=36), nullable=True),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("contact_name", sa.String(length=200), nullable=False),
        sa.Column("contact_phone", sa.String(length=200), nullable=False),
        sa.Column("people", sa.Integer(), nullable=True),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("state", sa.String(length=12), server_default="confirmed", nullable=False),
        sa.Column("state_at", Instant(), nullable=True),
        sa.Column("held_until", Instant(), nullable=True),
        sa.Column("state_before", sa.String(length=12), nullable=True),
        sa.Column("ends_before", Instant(), nullable=True),
        sa.Column("party", sa.String(length=40), nullable=True),
        sa.Column("contact_email", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("key_holder", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("under_16s", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("public", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("notes", sa.String(length=2000), server_default=sa.text("''"), nullable=False),
        sa.Column("layout", sa.String(length=40), nullable=True),
        sa.Column("seats", sa.Integer(), nullable=True),
        sa.Column("equipment", sa.String(length=2000), server_default="{}", nullable=False),
        sa.Column("setup_min", sa.Integer(), nullable=True),
        sa.Column("cleardown_min", sa.Integer(), nullable=True),
        sa.Column("overruled", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("occurrence", sa.String(length=19), nullable=True),
        sa.Column("changed_here", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("diary", sa.String(length=200), server_default=sa.text("''"), nullable=False),
        sa.Column("arrived_how", sa.String(length=10), server_default=sa.text("''"), nullable=False),
        sa.Column("release_warned_at", Instant(), nullable=True),
        sa.Column("let_in_at", Instant(), nullable=True),
        sa.Column("let_in_door", sa.String(length=40), nullable=True),
        sa.Column("arrived_at", Instant(), nullable=True),
        sa.Column("counted_in", Serial, nullable=False),
        sa.Column("maybe_in", Serial, server_default="0", nullable=False),
        sa.Column("link_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("created_by", sa.String(length=200), nullable=False),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("counted_in >= 0", name=op.f("ck_bookings_counted_in")),
        sa.CheckConstraint("ends > starts", name=op.f("ck_bookings_window")),
        sa.ForeignKeyConstraint(["series_id"], ["series.id"], name=op.f("fk_bookings_series_id")),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"], name=op.f("fk_bookings_site_space")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bookings")),
        sa.UniqueConstraint("link_hash", name=op.f("uq_bookings_link_hash")),
    )
    op.create_index(
        "ix_bookings_open",
        "bookings",
        ["site", "starts"],
        sqlite_where=sa.text("state IN ('requested', 'held')"),
        postgresql_where=sa.text("state IN ('requested', 'held')"),
    )
    op.create_index("ix_bookings_party_starts", "bookings", ["party", "starts"])
    op.create_index(op.f("ix_bookings_series_id"), "bookings", ["series_id"])
    op.create_index("ix_bookings_site_let_in_at", "bookings", ["site", "let_in_at"])
    op.create_index("ix_bookings_site_starts", "bookings", ["site", "starts"])
    op.create_table(
        "free_doors",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["site", "door"], ["doors.site", "doors.id"], name=op.f("fk_free_doors_site_door")),
        sa.PrimaryKeyConstraint("site", "door", name=op.f("pk_free_doors")),
    )
    op.create_table(
        "grants",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("door", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("code_key", sa.LargeBinary(length=32), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("hold_s", sa.Double(), nullable=True),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("on_version", sa.BigInteger(), nullable=True),
        sa.Column("on_at", Instant(), nullable=True),
        sa.Column("off_version", sa.BigInteger(), nullable=True),
        sa.Column("off_at", Instant(), nullable=True),
        sa.CheckConstraint("ends > starts", name=op.f("ck_grants_window")),
        sa.ForeignKeyConstraint(["site", "door"], ["doors.site", "doors.id"], name=op.f("fk_grants_site_door")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_grants")),
    )
    op.create_index(op.f("ix_grants_booking_id"), "grants", ["booking_id"])
    op.create_index(
        "ix_grants_lingering",
        "grants",
        ["site"],
        sqlite_where=sa.text("ended_at IS NOT NULL AND off_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NOT NULL AND off_at IS NULL"),
    )
    op.create_index("ix_grants_site_door_ends", "grants", ["site", "door", "ends"])
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
    op.create_table(
        "booking_log",
        sa.Column("id", Serial, nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("what", sa.String(length=40), nullable=False),
        sa.Column("why", sa.String(length=2000), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_booking_log_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_booking_log")),
    )
    op.create_index(op.f("ix_booking_log_booking_id"), "booking_log", ["booking_id"])
    op.create_table(
        "claims",
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("atom", sa.String(length=81), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("space", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("layout", sa.String(length=40), server_default=sa.text("''"), nullable=False),
        sa.Column("setup_min", sa.Integer(), server_default="0", nullable=False),
        sa.Column("cleardown_min", sa.Integer(), server_default="0", nullable=False),
        sa.CheckConstraint(_within_31_days(), name=op.f("ck_claims_length")),
        sa.CheckConstraint("ends > starts", name=op.f("ck_claims_window")),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_claims_booking_id")),
        sa.PrimaryKeyConstraint("booking_id", "atom", name=op.f("pk_claims")),
    )
    op.create_index(
        "ix_claims_atom_starts", "claims", ["atom", "starts", "ends", "space", "layout", "setup_min", "cleardown_min"]
    )
    op.create_table(
        "equipment_claims",
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("equipment", sa.String(length=81), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_equipment_claims_booking_id")),
        sa.PrimaryKeyConstraint("booking_id", "equipment", name=op.f("pk_equipment_claims")),
    )
    op.create_index("ix_equipment_claims_equipment_starts", "equipment_claims", ["equipment", "starts", "ends"])
    op.create_table(
        "impacts",
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("cause", sa.String(length=10), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=2000), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.String(length=200), nullable=False),
        sa.Column("kept_at", Instant(), nullable=True),
        sa.Column("kept_by", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_impacts_booking_id")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_impacts_site")),
        sa.PrimaryKeyConstraint("booking_id", "cause", name=op.f("pk_impacts")),
    )
    op.create_index("ix_impacts_site", "impacts", ["site"])
    op.create_table(
        "imported",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("space", sa.String(length=40), nullable=False),
        sa.Column("uid", sa.String(length=500), nullable=False),
        sa.Column("recurrence_id", sa.String(length=16), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=100), server_default=sa.text("''"), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_imported_booking_id")),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"], name=op.f("fk_imported_site_space")),
        sa.PrimaryKeyConstraint("site", "space", "uid", "recurrence_id", name=op.f("pk_imported")),
    )
    op.create_index(op.f("ix_imported_booking_id"), "imported", ["booking_id"])


def _tables_5() -> None:
    op.create_table(
        "pool_claims",
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("pool", sa.String(length=81), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("seats", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_pool_claims_booking_id")),
        sa.PrimaryKeyConstraint("booking_id", "pool", name=op.f("pk_pool_claims")),
    )
    op.create_index("ix_pool_claims_pool_starts", "pool_claims", ["pool", "starts", "ends"])
    op.create_table(
        "quotes",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=True),
        sa.Column("tariff_version", sa.Integer(), nullable=False),
        sa.Column("why", sa.String(length=12), nullable=False),
        sa.Column("total_pence", sa.BigInteger(), nullable=True),
        sa.Column("vat_pence", sa.BigInteger(), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("superseded_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_quotes_booking_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quotes")),
        sa.UniqueConstraint("booking_id", "number", name=op.f("uq_quotes_booking_id_number")),
    )
    op.create_index(
        "uq_quotes_live",
        "quotes",
        ["booking_id"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    op.create_table(
        "sheet_rows",
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("reference", sa.String(length=200), nullable=False),
        sa.Column("booking_id", sa.String(length=36), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(length=32), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_sheet_rows_booking_id")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_sheet_rows_site")),
        sa.PrimaryKeyConstraint("site", "reference", name=op.f("pk_sheet_rows")),
    )
    op.create_index(op.f("ix_sheet_rows_booking_id"), "sheet_rows", ["booking_id"])
    op.create_table(
        "waits",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=True),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("spaces", sa.String(length=2000), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("state_at", Instant(), nullable=False),
        sa.Column("offered_until", Instant(), nullable=True),
        sa.Column("booking", sa.String(length=36), nullable=True),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(length=200), nullable=False),
        sa.Column("turn", Serial, nullable=False),
        sa.ForeignKeyConstraint(["booking"], ["bookings.id"], name=op.f("fk_waits_booking")),
        sa.ForeignKeyConstraint(["site"], ["sites.id"], name=op.f("fk_waits_site")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waits")),
    )
    op.create_index("ix_waits_booking", "waits", ["booking"])
    op.create_index("ix_waits_site_state", "waits", ["site", "state"])
    op.create_table(
        "allowance_uses",
        sa.Column("quote_id", sa.String(length=36), nullable=False),
        sa.Column("allowance", sa.String(length=40), nullable=False),
        sa.Column("period", sa.String(length=7), nullable=False),
        sa.Column("site", sa.String(length=40), nullable=False),
        sa.Column("party", sa.String(length=40), nullable=False),
        sa.Column("us", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["quote_id"], ["quotes.id"], name=op.f("fk_allowance_uses_quote_id")),
        sa.PrimaryKeyConstraint("quote_id", "allowance", "period", name=op.f("pk_allowance_uses")),
    )
    op.create_index("ix_allowance_uses_site_party", "allowance_uses", ["site", "party"])
