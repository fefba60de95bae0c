"""How commands of the command line write what they were told: tables, and times as people read them."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

ID = "ID"
"""The heading of ids, which people copy: their column is never broken."""
_UUID_LENGTH = 36


def show(console: Console, headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bool:
    """Write a table, if it has rows. Answers whether it has."""
    table = Table()
    for heading in headings:
        width = _UUID_LENGTH if heading == ID else None
        table.add_column(heading, min_width=width, no_wrap=heading == ID)
    for row in rows:
        table.add_row(*map(escape, row))
    if table.row_count:
        console.print(table)
    return table.row_count > 0


def moment(at: datetime) -> str:
    """“Thu 26 Nov 2026, 18:00”, in the zone that it carries."""
    return f"{at:%a %-d %b %Y, %H:%M}"


def span(starts: datetime, ends: datetime) -> str:
    """“Thu 26 Nov 2026, 18:00 to 20:00”; an end on another day has its own date, and midnight is the day's 24:00."""
    if ends.date() == starts.date():
        return f"{moment(starts)} to {ends:%H:%M}"
    if (ends.hour, ends.minute) == (0, 0) and (ends.date() - starts.date()).days == 1:
        return f"{moment(starts)} to 24:00"
    return f"{moment(starts)} to {moment(ends)}"
