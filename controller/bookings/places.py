"""Where bookings happen: a space with its site and the doors on its way in, read in one query."""

from collections.abc import Sequence
from itertools import groupby

import msgspec
from sqlalchemy import RowMapping, and_, select

from controller.database import Tx
from controller.estate.errors import SiteUnknown, SpaceUnknown
from controller.estate.model import Site, Space
from controller.estate.tables import doors, sites, space_doors, spaces

_SITE = {name: sites.c[name].label(f"site_{name}") for name in Site.__struct_fields__}
_SPACE = {name: spaces.c[name].label(f"space_{name}") for name in Space.__struct_fields__ if name != "doors"}
_PLACES = (
    select(*_SITE.values(), *_SPACE.values(), space_doors.c.door, doors.c.name.label("door_name"))
    .select_from(
        sites.outerjoin(spaces, spaces.c.site == sites.c.id)
        .outerjoin(space_doors, and_(space_doors.c.site == spaces.c.site, space_doors.c.space == spaces.c.id))
        .outerjoin(doors, and_(doors.c.site == space_doors.c.site, doors.c.id == space_doors.c.door))
    )
    .order_by(spaces.c.id, space_doors.c.door)
)


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A space and the site it is in. ``door_names`` go with ``space.doors``."""

    site: Site
    space: Space
    door_names: tuple[str, ...]


class Places(msgspec.Struct, frozen=True, kw_only=True):
    """All places of a site, by space."""

    site: Site
    by_space: dict[str, Place]

    def require(self, space: str) -> Place:
        """Raises ``SpaceUnknown``."""
        if space not in self.by_space:
            raise SpaceUnknown(self.site.id, space)
        return self.by_space[space]


async def places(tx: Tx, site: str) -> Places:
    """Raises ``SiteUnknown``."""
    rows = (await tx.execute(_PLACES.where(sites.c.id == site))).mappings().all()
    if not rows:
        raise SiteUnknown(site)
    found = Site(**{name: rows[0][f"site_{name}"] for name in _SITE})
    by_space: dict[str, Place] = {}
    for space_id, group in groupby(rows, key=lambda row: row["space_id"]):
        if space_id is not None:
            by_space[space_id] = _place(found, list(group))
    return Places(site=found, by_space=by_space)


def _place(site: Site, rows: Sequence[RowMapping]) -> Place:
    ways = [row for row in rows if row["door"] is not None]
    fields = {name: rows[0][f"space_{name}"] for name in _SPACE}
    return Place(
        site=site,
        space=Space(**fields, doors=tuple(row["door"] for row in ways)),
        door_names=tuple(row["door_name"] for row in ways),
    )


async def place(tx: Tx, site: str, space: str) -> Place:
    """Raises ``SiteUnknown`` and ``SpaceUnknown``."""
    return (await places(tx, site)).require(space)
