"""Names of spaces, layouts and equipment to ids of the site. Pure."""

import re
from collections.abc import Mapping

from controller.bookings.csv_import.model import ParsedBookingRow
from controller.diary.model import Booking, Need
from controller.diary.site_config import SiteConfig

_COUNT_FIRST = re.compile(r"(?P<count>\d{1,6})\s*[x×*]?\s+(?P<name>\D.*)")
_COUNT_LAST = re.compile(r"(?P<name>.*?\S)\s*[x×*:]?\s+(?P<count>\d{1,6})")


def placed(
    wanted: ParsedBookingRow, site_config: SiteConfig, old: Booking | None
) -> tuple[dict[str, object], list[tuple[str, str]]]:
    """The fields of a row with ids of this site, and what there is not. ``old``: the booking that it changes."""
    given = dict(wanted.given)
    faults: list[tuple[str, str]] = []

    def wrong(column: str, reason: str) -> None:
        faults.append((column, reason))

    space = None if old is None else old.space
    if "space" in given:
        said = str(given["space"])
        names = {each.space.id: each.space.name for each in site_config.by_space.values()}
        space = _found(said, names)
        if space is None:
            wrong("space", f"there is no space {said[:40]!r} here; there are {', '.join(sorted(names))}")
        given["space"] = space
    if "layout" in given:
        said = str(given["layout"])
        layouts = {} if space is None else {each.id: each.name for each in site_config.require(space).space.layouts}
        given["layout"] = _found(said, layouts) if said else None
        if said and given["layout"] is None and space is not None:
            wrong("layout", f"{space} has no layout {said[:40]!r}; it has {', '.join(sorted(layouts)) or 'none'}")
    if "equipment" in given:
        needs: dict[str, int] = {}
        names = {each.id: each.name for each in site_config.equipment.values()}
        for part in filter(None, (each.strip() for each in str(given["equipment"]).split(";"))):
            name, count = _counted(part)
            thing = _found(name, names)
            if thing is None or count < 1:
                wrong(
                    "equipment",
                    f"{part[:40]!r} is none of {', '.join(sorted(names)) or 'none'}; write “chairs 20; urn 1”",
                )
            else:
                needs[thing] = needs.get(thing, 0) + count
        given["equipment"] = tuple(Need(equipment=each, count=count) for each, count in sorted(needs.items()))
    return given, faults


def _found(said: str, names: Mapping[str, str]) -> str | None:
    """The id, given as such or by a name that is unique."""
    if said in names:
        return said
    plain = said.casefold()
    called = [each for each, name in names.items() if plain in (each, name.casefold())]
    return called[0] if len(called) == 1 else None


def _counted(part: str) -> tuple[str, int]:
    """“20 x chairs”, “chairs 20”, “projector”."""
    found = _COUNT_FIRST.fullmatch(part) or _COUNT_LAST.fullmatch(part)
    return (found["name"], int(found["count"])) if found else (part, 1)
