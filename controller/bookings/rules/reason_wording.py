"""Figures and names as reasons say them. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from controller.bookings.diary.model import Claimed
from controller.people.model import Tier
from controller.platform.text import times

NAMED = 5
"""Bookings named in a text."""
CARRIED = 20
"""Bookings that a reason carries as data."""

TIERS = {
    Tier.COUNCIL: "the council",
    Tier.PARTNER: "partners",
    Tier.COMMUNITY: "community groups",
    Tier.COMMERCIAL: "commercial hirers",
}
"""Who is in a tier."""


def plural(count: float, one: str, many: str = "") -> str:
    """“1 booking”, “2 bookings”, “1,000 people”."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def places(count: int) -> str:
    return plural(count, "place")


def quoted(names: Iterable[str]) -> str:
    """“theatre”, “boardroom” and “cabaret”."""
    found = [f"“{name}”" for name in names]
    return times.listed(found) if found else ""


def minutes(lasts: timedelta) -> float:
    """As a reason carries it."""
    return lasts.total_seconds() / 60


def booking(each: Claimed, zone: ZoneInfo, *, space: str | None = None) -> str:
    """“Choir, Thu 26 Nov, 18:00 to 20:00”, with the name of its space if one is given, and whose diary it is from."""
    where = f" in {space}" if space else ""
    return f"{title(each)}{where}, {times.window(each.during, zone, now=each.during.start)}"


def title(each: Claimed) -> str:
    """“Choir”; of a block “Baby clinic (blocked by the diary of the GP surgery)”; “another booking” of one that is not
    to be seen."""
    if each.hidden:
        return "another booking"
    return f"{each.title} (blocked by the diary of {each.diary})" if each.diary else each.title


def bookings(found: Sequence[Claimed], zone: ZoneInfo) -> str:
    """The first of them, and how many more."""
    named = "; ".join(booking(each, zone) for each in found[:NAMED])
    return named + (f" and {len(found) - NAMED} more" if len(found) > NAMED else "")
