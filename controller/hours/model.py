"""A site's opening hours as people set them: a week, and the dates that differ."""

from datetime import date
from typing import Annotated

import msgspec

from edge.wire.ids import Slug
from edge.wire.plan import Mode

DAY_MINUTES = 24 * 60
Minute = Annotated[int, msgspec.Meta(ge=0, le=DAY_MINUTES)]
"""Wall time as minutes after midnight; 1440 is the midnight that ends the day."""


class Span(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Part of a local day, ``[opens, closes)``, in a mode other than closed."""

    opens: Minute
    closes: Minute
    mode: Mode


class Weekly(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A span of every week. ``weekday``: 0 is Monday."""

    weekday: Annotated[int, msgspec.Meta(ge=0, le=6)]
    span: Span


class OtherDay(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A date on which ``spans`` take the place of the week's; none of them means closed all day."""

    date: date
    note: str = ""
    spans: tuple[Span, ...] = ()


class Timetable(msgspec.Struct, frozen=True, kw_only=True):
    """All opening hours of a site. ``free_doors`` stand unlocked while it is staffed."""

    pattern: tuple[Weekly, ...] = ()
    exceptions: tuple[OtherDay, ...] = ()
    free_doors: tuple[Slug, ...] = ()
