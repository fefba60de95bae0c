"""Seasons, closures, terms, hours of a space's own. The opening hours become one document a site."""

import json
from collections import defaultdict
from datetime import date

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "site_hours",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("timetable", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
    )
    op.create_table(
        "space_hours",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("space", sa.String(40), primary_key=True),
        sa.Column("windows", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["site", "space"], ["spaces.site", "spaces.id"], ondelete="CASCADE"),
    )
    op.create_table(
        "closures",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("site", sa.String(40), nullable=False),
        sa.Column("starts", Instant(), nullable=False),
        sa.Column("ends", Instant(), nullable=False),
        sa.Column("whole_days", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("spaces", sa.Text(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
        sa.CheckConstraint("ends > starts", name="window"),
    )
    op.create_index("ix_closures_site_ends", "closures", ["site", "ends"])
    documents = _documents(op.get_bind())
    if documents:
        rows = [{"site": site, "timetable": json.dumps(each), "terms": "[]"} for site, each in documents.items()]
        op.bulk_insert(_SITE_HOURS, rows)
    for table in ("other_day_spans", "other_days", "weekly_spans"):
        op.drop_table(table)


def downgrade() -> None:
    """What the old tables cannot hold is lost: seasons, bank holidays, closures, terms, and the part of a night that
    lies past midnight."""
    op.create_table(
        "weekly_spans",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("weekday", sa.Integer(), primary_key=True),
        sa.Column("opens", sa.Integer(), primary_key=True),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name="order"),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
    )
    op.create_table(
        "other_days",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("date", sa.Date(), primary_key=True),
        sa.Column("note", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["site"], ["sites.id"]),
    )
    op.create_table(
        "other_day_spans",
        sa.Column("site", sa.String(40), primary_key=True),
        sa.Column("date", sa.Date(), primary_key=True),
        sa.Column("opens", sa.Integer(), primary_key=True),
        sa.Column("closes", sa.Integer(), nullable=False),
        sa.Column("mode", sa.String(20), nullable=False),
        sa.CheckConstraint("0 <= opens AND opens < closes AND closes <= 1440", name="order"),
        sa.ForeignKeyConstraint(["site", "date"], ["other_days.site", "other_days.date"]),
    )
    week, days, spans = [], [], []
    for row in op.get_bind().execute(sa.select(_SITE_HOURS)).all():
        timetable = json.loads(row.timetable)
        week += [
            {"site": row.site, "weekday": each["weekday"]} | _old(each["span"]) for each in timetable.get("pattern", ())
        ]
        for each in timetable.get("exceptions", ()):
            day = {"site": row.site, "date": date.fromisoformat(each["date"])}
            days.append(day | {"note": each.get("note", "")})
            spans += [day | _old(span) for span in each.get("spans", ())]
    for table, rows in ((_WEEKLY, week), (_DAYS, days), (_DAY_SPANS, spans)):
        if rows:
            op.bulk_insert(table, rows)
    for name in ("closures", "space_hours", "site_hours"):
        op.drop_table(name)


def _documents(connection: sa.Connection) -> dict[str, dict[str, list[object]]]:
    """Site -> its opening hours as the code writes them."""
    found: dict[str, dict[str, list[object]]] = defaultdict(lambda: {"pattern": [], "exceptions": []})
    for row in connection.execute(sa.select(_WEEKLY).order_by(_WEEKLY.c.weekday, _WEEKLY.c.opens)):
        found[row.site]["pattern"].append({"weekday": row.weekday, "span": _span(row)})
    spans: dict[tuple[str, date], list[dict[str, object]]] = defaultdict(list)
    for row in connection.execute(sa.select(_DAY_SPANS).order_by(_DAY_SPANS.c.opens)):
        spans[row.site, row.date].append(_span(row))
    for row in connection.execute(sa.select(_DAYS).order_by(_DAYS.c.date)):
        day = {"date": row.date.isoformat(), "note": row.note, "spans": spans[row.site, row.date]}
        found[row.site]["exceptions"].append(day)
    return found


def _span(row: sa.Row[tuple[object, ...]]) -> dict[str, object]:
    return {"opens": row.opens, "closes": row.closes, "mode": row.mode}


def _old(span: dict[str, object]) -> dict[str, object]:
    return span | {"closes": min(int(str(span["closes"])), 1440)}


_SITE_HOURS = sa.table("site_hours", *(sa.column(name, sa.String()) for name in ("site", "timetable", "terms")))
_WEEKLY = sa.table(
    "weekly_spans",
    sa.column("site", sa.String()),
    sa.column("weekday", sa.Integer()),
    sa.column("opens", sa.Integer()),
    sa.column("closes", sa.Integer()),
    sa.column("mode", sa.String()),
)
_DAYS = sa.table(
    "other_days",
    sa.column("site", sa.String()),
    sa.column("date", sa.Date()),
    sa.column("note", sa.String()),
)
_DAY_SPANS = sa.table(
    "other_day_spans",
    sa.column("site", sa.String()),
    sa.column("date", sa.Date()),
    sa.column("opens", sa.Integer()),
    sa.column("closes", sa.Integer()),
    sa.column("mode", sa.String()),
)
