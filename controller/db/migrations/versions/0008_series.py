"""Series by rule: what was weekly until a date becomes a rule; bookings learn which date of their series they are."""

import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

from controller.db.engine import Instant

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WEEK = timedelta(days=7)
_CONTACT = ("contact_name", "contact_phone", "people")

_sites = sa.table("sites", sa.column("id"), sa.column("zone"))
_series = sa.table(
    "series",
    *(sa.column(name) for name in ("id", "site", "space", "title", "first_starts", "first_ends", "details", "pattern")),
    sa.column("until", sa.Date()),
    sa.column("imported", sa.Boolean()),
)
_imported = sa.table("imported", sa.column("booking_id"))
_bookings = sa.table(
    "bookings",
    *(sa.column(name) for name in ("id", "series_id", "space", "title", "occurrence", "changed_here", *_CONTACT)),
    sa.column("starts", Instant()),
    sa.column("ends", Instant()),
)


def upgrade() -> None:
    for column in (
        sa.Column("party", sa.String(40)),
        sa.Column("details", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("pattern", sa.Text(), nullable=False, server_default="{}"),
        sa.Column("follows", sa.String(36)),
        sa.Column("imported", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("cancelled_at", Instant()),
        sa.Column("changed_at", Instant()),
        sa.Column("changed_by", sa.String(200), nullable=False, server_default=sa.text("''")),
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
    ):
        op.add_column("series", column)
    bind = op.get_bind()
    rows = bind.execute(sa.select(_series, _sites.c.zone).join_from(_series, _sites, _series.c.site == _sites.c.id))
    imported = set(
        bind.execute(
            sa.select(_bookings.c.series_id).join_from(_bookings, _imported, _imported.c.booking_id == _bookings.c.id)
        ).scalars()
    )
    for row in rows.all():
        pattern = {"first_starts": row.first_starts, "first_ends": row.first_ends}
        if row.id in imported:
            bind.execute(
                sa.update(_series).where(_series.c.id == row.id).values(pattern=json.dumps(pattern), imported=True)
            )
        else:
            _name_the_dates(bind, row, pattern)
    for name in ("first_starts", "first_ends", "until"):
        op.drop_column("series", name)


def _name_the_dates(bind: sa.Connection, series: sa.Row[tuple[object, ...]], pattern: dict[str, object]) -> None:
    """A date that was moved by hand is taken for the week that it is nearest to."""
    first, last = datetime.fromisoformat(series.first_starts), datetime.fromisoformat(series.first_ends)
    zone = ZoneInfo(series.zone)
    dates = bind.execute(
        sa.select(_bookings).where(_bookings.c.series_id == series.id).order_by(_bookings.c.starts)
    ).all()
    taken: set[int] = set()
    for each in dates:
        week = max(0, round((_wall(each.starts, zone) - first) / _WEEK))
        while week in taken:
            week += 1
        taken.add(week)
        walls = [each + _WEEK * week for each in (first, last)]
        own = ["starts", "ends"] if [_wall(each.starts, zone), _wall(each.ends, zone)] != _shown(walls, zone) else []
        own += [name for name in ("space", "title") if getattr(each, name) != getattr(series, name)]
        bind.execute(
            sa.update(_bookings)
            .where(_bookings.c.id == each.id)
            .values(occurrence=walls[0].isoformat(), changed_here=",".join(own))
        )
    weeks = (series.until - first.date()).days // 7 + 1
    missing = [(first + _WEEK * week).isoformat() for week in range(weeks) if week not in taken]
    pattern |= {"rule": f"FREQ=WEEKLY;UNTIL={series.until:%Y%m%d}", "out_times": missing}
    details = {name: value for name in _CONTACT if dates and (value := getattr(dates[0], name))}
    bind.execute(
        sa.update(_series)
        .where(_series.c.id == series.id)
        .values(pattern=json.dumps(pattern), details=json.dumps(details))
    )


def _wall(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(zone).replace(tzinfo=None, fold=0)


def _shown(walls: list[datetime], zone: ZoneInfo) -> list[datetime]:
    """As a clock shows them, which skips an hour in spring."""
    return [_wall(each.replace(tzinfo=zone, fold=0).astimezone(UTC), zone) for each in walls]


def downgrade() -> None:
    for column in (
        sa.Column("first_starts", sa.String(19), nullable=False, server_default=sa.text("''")),
        sa.Column("first_ends", sa.String(19), nullable=False, server_default=sa.text("''")),
        sa.Column("until", sa.Date(), nullable=False, server_default=sa.text("'2000-01-01'")),
    ):
        op.add_column("series", column)
    bind = op.get_bind()
    for row in bind.execute(sa.select(_series.c.id, _series.c.pattern)).all():
        pattern = json.loads(row.pattern)
        last: str | None = bind.scalar(
            sa.select(sa.func.max(_bookings.c.occurrence)).where(_bookings.c.series_id == row.id)
        )
        bind.execute(
            sa.update(_series)
            .where(_series.c.id == row.id)
            .values(
                first_starts=pattern["first_starts"],
                first_ends=pattern["first_ends"],
                until=date.fromisoformat((last or pattern["first_starts"])[:10]),
            )
        )
    for name in (
        "party",
        "details",
        "pattern",
        "follows",
        "imported",
        "cancelled_at",
        "changed_at",
        "changed_by",
        "version",
    ):
        op.drop_column("series", name)
