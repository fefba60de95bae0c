"""Sections of a site's file besides the building; each domain can add one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol, TypeAlias

import msgspec

from controller.db.engine import Tx
from controller.estate.model import SiteParts
from controller.web.problem import Conflict

Plain: TypeAlias = dict[str, Any]
"""What a table of a TOML file is read as, and written from."""


class FileFault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that is wrong with a file, and where: ``place`` is like "spaces.hall.floor"."""

    place: str
    text: str


class AffectedBooking(msgspec.Struct, frozen=True, kw_only=True):
    """Something booked that a section would leave where it could not be made."""

    place: str
    text: str
    conflicts: tuple[Conflict, ...] = ()


class SectionValue(msgspec.Struct, frozen=True, kw_only=True):
    """What a section makes of its table: without ``problems`` it is ``value``, written as ``export`` would."""

    value: Plain = {}
    problems: tuple[FileFault, ...] = ()


class SectionPreview(msgspec.Struct, frozen=True, kw_only=True):
    """The preview of writing a table. Writing needs ``anyway`` if there are bookings in ``affected``."""

    affected: tuple[AffectedBooking, ...] = ()
    notes: tuple[str, ...] = ()


class FileSection(Protocol):
    """A table of its own in a site's file. ``parts``: the site as it is, or as it will be with the file."""

    @property
    def name(self) -> str:
        """The table's name."""
        ...

    async def export(self, tx: Tx, parts: SiteParts, *, now: datetime) -> Plain:
        """What holds, without what goes without saying; the same for the same."""
        ...

    def merged(self, current: Plain, given: Plain) -> Plain:
        """The table of a file, and what it leaves out as it is now. ``given`` may yet be anything."""
        ...

    async def read(self, tx: Tx, parts: SiteParts, table: Plain, *, now: datetime) -> SectionValue:
        """Whether a table makes sense. The site and its spaces may not be there yet."""
        ...

    async def preview_change(self, tx: Tx, parts: SiteParts, value: Plain, *, now: datetime) -> SectionPreview:
        """What it would do if this held; the site is there."""
        ...

    async def put(self, tx: Tx, parts: SiteParts, value: Plain, *, actor: str, now: datetime) -> None:
        """Make this hold in place of all before. The caller holds the site's lock and raises its revision."""
        ...


def overlaid(current: Plain, given: Plain, *tables: str) -> Plain:
    """The fields that are given in place of the current ones; those called ``tables`` are laid over each other by the
    ids in them."""
    found = {**current, **given}
    for name in tables:
        old, new = current.get(name), given.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            found[name] = {**old, **new}
    return found


def within(place: str, problems: Iterable[FileFault]) -> list[FileFault]:
    """Problems whose places are in a place."""
    return [FileFault(place=f"{place}.{each.place}".rstrip("."), text=each.text) for each in problems]
