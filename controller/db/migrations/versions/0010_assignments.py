"""Rights are assignments: users hold any number of them instead of one role. ``reader`` becomes ``wall``, which allows
the same."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant
from edge.wire.ids import new_id

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_ROLES = {"admin": "owner", "manager": "manager", "booker": "group_leader", "porter": "porter", "reader": "wall"}


def upgrade() -> None:
    assignments = op.create_table(
        "assignments",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("user_id", sa.String(36), nullable=False),
        sa.Column("role", sa.String(12), nullable=False),
        sa.Column("site", sa.String(40)),
        sa.Column("party", sa.String(40)),
        sa.Column("from_at", Instant()),
        sa.Column("until_at", Instant()),
        sa.Column("given_by", sa.String(200), nullable=False),
        sa.Column("given_at", Instant(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name="fk_assignments_user_id"),
        sa.PrimaryKeyConstraint("id", name="pk_assignments"),
    )
    for column in ("user_id", "site", "party"):
        op.create_index(f"ix_assignments_{column}", "assignments", [column])
    users = sa.table(
        "users",
        *(sa.column(name) for name in ("id", "role", "sites", "party")),
    )
    now = datetime.now(UTC)
    for user in op.get_bind().execute(sa.select(users).order_by(users.c.id)).mappings():
        for each in _assignments(dict(user), now):
            op.get_bind().execute(sa.insert(assignments).values(each))
    with op.batch_alter_table("users") as batch:
        for column in ("role", "sites", "party"):
            batch.drop_column(column)


def _assignments(user: dict[str, Any], now: datetime) -> Iterator[dict[str, Any]]:
    for site in [None] if user["sites"] is None else sorted(json.loads(user["sites"])):
        yield {
            "id": new_id(now),
            "user_id": user["id"],
            "role": _ROLES[user["role"]],
            "site": site,
            "party": user["party"],
            "from_at": None,
            "until_at": None,
            "given_by": "upgrade",
            "given_at": now,
        }
