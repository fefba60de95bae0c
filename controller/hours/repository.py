"""All SQL about opening hours."""

from collections import defaultdict
from datetime import date

from sqlalchemy import Table, delete, insert, select

from controller.database import Tx
from controller.hours.model import OtherDay, Span, Timetable, Weekly
from controller.hours.tables import free_doors, other_day_spans, other_days, weekly_spans
from edge.wire.plan import Mode


async def timetable(tx: Tx, site: str) -> Timetable:
    """The site's opening hours; an empty timetable where none are set."""
    week = await tx.execute(
        select(weekly_spans).where(weekly_spans.c.site == site).order_by(weekly_spans.c.weekday, weekly_spans.c.opens)
    )
    pattern = tuple(
        Weekly(weekday=row.weekday, span=Span(opens=row.opens, closes=row.closes, mode=Mode(row.mode))) for row in week
    )
    spans: dict[date, list[Span]] = defaultdict(list)
    for row in await tx.execute(
        select(other_day_spans).where(other_day_spans.c.site == site).order_by(other_day_spans.c.opens)
    ):
        spans[row.date].append(Span(opens=row.opens, closes=row.closes, mode=Mode(row.mode)))
    days = await tx.execute(select(other_days).where(other_days.c.site == site).order_by(other_days.c.date))
    doors = await tx.execute(select(free_doors.c.door).where(free_doors.c.site == site).order_by(free_doors.c.door))
    return Timetable(
        pattern=pattern,
        exceptions=tuple(OtherDay(date=row.date, note=row.note, spans=tuple(spans[row.date])) for row in days),
        free_doors=tuple(doors.scalars()),
    )


async def put_timetable(tx: Tx, site: str, value: Timetable) -> None:
    """Replace the site's opening hours."""
    for table in (weekly_spans, other_day_spans, other_days, free_doors):
        await tx.execute(delete(table).where(table.c.site == site))
    await _insert(tx, weekly_spans, [{"site": site, "weekday": day.weekday} | _row(day.span) for day in value.pattern])
    await _insert(tx, other_days, [{"site": site, "date": day.date, "note": day.note} for day in value.exceptions])
    await _insert(
        tx,
        other_day_spans,
        [{"site": site, "date": day.date} | _row(span) for day in value.exceptions for span in day.spans],
    )
    await _insert(tx, free_doors, [{"site": site, "door": door} for door in value.free_doors])


def _row(span: Span) -> dict[str, object]:
    return {"opens": span.opens, "closes": span.closes, "mode": span.mode.value}


async def _insert(tx: Tx, table: Table, rows: list[dict[str, object]]) -> None:
    if rows:
        await tx.execute(insert(table), rows)
