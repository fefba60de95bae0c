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
    """Write a table, if it has rows, without the columns that are empty in all of them. Answers whether it has. Where
    the screen is narrow words are broken, and none is cut off."""
    columns = [(name, cells) for name, *cells in zip(headings, *rows, strict=True) if any(cells)]
    if not columns:
        return False
    table = Table()
    for name, _ in columns:
        table.add_column(name, min_width=_UUID_LENGTH if name == ID else None, no_wrap=name == ID, overflow="fold")
    for row in zip(*(cells for _, cells in columns), strict=True):
        table.add_row(*map(escape, row))
    console.print(table)
    return True


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
