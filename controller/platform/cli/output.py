"""Output of commands: tables, and times in a readable form."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

ID = "ID"
"""The heading of ids, which people copy: their column is never broken."""
_UUID_LENGTH = 36


def show(console: "Console", headings: Sequence[str], rows: Iterable[Sequence[str]]) -> bool:
    """Write a table, if it has rows; answers whether it has. On a screen without the columns that are empty in all of
    them; where it is narrow words are broken, and none is cut off. For another program (a pipe, a file) a line for each
    row, its cells parted by tabs, the headings first."""
    from rich.markup import escape
    from rich.table import Table

    rows = list(rows)
    if rows and not console.is_terminal:
        for row in (headings, *rows):
            console.file.write("\t".join(" ".join(cell.split()) for cell in row) + "\n")
        return True
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


def show_one(console: "Console", facts: Mapping[str, str]) -> None:
    """Write what is known of one thing, a line for each that is not empty."""
    filled = {name: " ".join(value.split()) for name, value in facts.items() if value.strip()}
    width = max(map(len, filled), default=0)
    for name, value in filled.items():
        line = f"{name:<{width}}  {value}" if console.is_terminal else f"{name}\t{value}"
        console.file.write(f"{line}\n")


def moment(at: datetime | str) -> str:
    """“Thu 26 Nov 2026, 18:00”, in the zone that it carries; a text is one of the API."""
    return f"{_read(at):%a %-d %b %Y, %H:%M}"


def clock(at: datetime | str) -> str:
    """“18:00”, as ``moment``."""
    return f"{_read(at):%H:%M}"


def span(starts: datetime | str, ends: datetime | str) -> str:
    """“Thu 26 Nov 2026, 18:00 to 20:00”; an end on another day has its own date, and midnight is the day's 24:00."""
    starts, ends = _read(starts), _read(ends)
    if ends.date() == starts.date():
        return f"{moment(starts)} to {clock(ends)}"
    if clock(ends) == "00:00" and (ends.date() - starts.date()).days == 1:
        return f"{moment(starts)} to 24:00"
    return f"{moment(starts)} to {moment(ends)}"


def _read(at: datetime | str) -> datetime:
    return datetime.fromisoformat(at) if isinstance(at, str) else at
