"""The audit log in place of the list of writes: user ids, where from, before and after, a chain for each site."""

import json

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant, Serial

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_UNSEALED = sa.text("seq IS NULL")


def upgrade() -> None:
    rows = op.create_table(
        "audit_rows",
        sa.Column("id", Serial, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("site", sa.String(40)),
        sa.Column("user_id", sa.String(36)),
        sa.Column("actor", sa.String(200), nullable=False),
        sa.Column("source", sa.String(10), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("thing", sa.String(200), nullable=False),
        sa.Column("subject", sa.String(40)),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("personal", sa.Text()),
        sa.Column("personal_digest", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed_at", Instant()),
        sa.Column("chain", sa.String(40)),
        sa.Column("seq", Serial),
        sa.Column("hash", sa.LargeBinary(32)),
        sa.PrimaryKeyConstraint("id", name="pk_audit_rows"),
        sa.UniqueConstraint("chain", "seq", name="uq_audit_rows_chain_seq"),
    )
    op.create_index("ix_audit_rows_site_at", "audit_rows", ["site", "at"])
    op.create_index("ix_audit_rows_user_id", "audit_rows", ["user_id", "id"])
    op.create_index("ix_audit_rows_thing", "audit_rows", ["thing"])
    op.create_index("ix_audit_rows_subject", "audit_rows", ["subject"])
    op.create_index("ix_audit_rows_unsealed", "audit_rows", ["id"], sqlite_where=_UNSEALED, postgresql_where=_UNSEALED)
    people = op.create_table(
        "audit_people",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_audit_people"),
    )
    op.create_index("ix_audit_people_name", "audit_people", ["name"])
    op.create_table(
        "audit_heads",
        sa.Column("chain", sa.String(40), nullable=False),
        sa.Column("seq", Serial, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.Column("cut_seq", Serial, nullable=False),
        sa.Column("cut_hash", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed_at", Instant(), nullable=False),
        sa.Column("kid", sa.String(64), nullable=False),
        sa.Column("signature", sa.LargeBinary(64), nullable=False),
        sa.PrimaryKeyConstraint("chain", name="pk_audit_heads"),
    )
    op.create_table(
        "audit_mails",
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("sent_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("day", name="pk_audit_mails"),
    )
    _take_over(rows, people)
    op.drop_table("writes")


def _take_over(rows: sa.Table, people: sa.Table) -> None:
    """What the list of writes had, with users by their ids. Names in what was done to users go."""
    bind = op.get_bind()
    users = sa.table("users", sa.column("id"), sa.column("name"))
    named = {name: each for each, name in bind.execute(sa.select(users.c.id, users.c.name))}
    if named:
        op.bulk_insert(people, [{"id": each, "name": name} for name, each in named.items()])
    writes = sa.table(
        "writes",
        sa.column("id"),
        sa.column("at", Instant()),
        sa.column("actor"),
        sa.column("act"),
        sa.column("site"),
        sa.column("thing"),
    )
    for part in bind.execute(sa.select(writes).order_by(writes.c.id)).partitions(1000):
        op.bulk_insert(rows, [_row(each, named) for each in part])


def _row(write: sa.Row[tuple[object, ...]], named: dict[str, str]) -> dict[str, object]:
    user = named.get(write.actor)
    thing, changes = write.thing, ""
    name, comma, what = write.thing.removeprefix("user ").partition(", ")
    if write.thing.startswith("user ") and name in named:
        thing = f"user {named[name]}"
        changes = json.dumps({"what": [None, what]}, ensure_ascii=False, separators=(",", ":")) if comma else ""
    return {
        "at": write.at,
        "site": write.site,
        "user_id": user,
        "actor": "" if user else write.actor,
        "source": "controller" if user is None else "api",
        "act": write.act,
        "thing": thing,
        "changes": changes,
        "personal_digest": bytes(32),
    }
