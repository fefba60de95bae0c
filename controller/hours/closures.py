"""Which closures meet which space, and how they are told. Pure."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from controller.estate.model import Site
from controller.hours.model import Closure, SpaceHours
from controller.hours.windows import ClosedPeriod
from controller.text import times
from controller.text.times import listed


def of_site(closures: Iterable[Closure]) -> list[Closure]:
    """Those that shut the whole site."""
    return [each for each in closures if not each.spaces]


def by_atom(closures: Iterable[Closure], spaces: Mapping[str, SpaceHours]) -> dict[str, list[Closure]]:
    """Atom -> the closures of spaces that it is a part of. A space meets those of its atoms: its own, those of a part,
    of a whole that it is a part of, and of another whole that has a part of it."""
    found: dict[str, list[Closure]] = {}
    for closure in closures:
        for atom in {atom for space in closure.spaces if space in spaces for atom in spaces[space].atoms}:
            found.setdefault(atom, []).append(closure)
    return found


def told(closure: Closure, site: Site, spaces: Mapping[str, SpaceHours], space: str = "") -> ClosedPeriod:
    """A closure in the words that are for ``space``: “Hall is closed Thu 26 Nov, 18:00 to 22:00: floor sanding”."""
    atoms = spaces[space].atoms if space in spaces else frozenset()
    met = [each for each in closure.spaces if each in spaces and spaces[each].atoms & atoms]
    subject = listed([spaces[each].name for each in met]) if met else site.name
    verb = "are" if len(met) > 1 else "is"
    return ClosedPeriod(during=closure.during, why=f"{subject} {verb} closed {when(closure, site)}: {closure.reason}")


def when(closure: Closure, site: Site) -> str:
    """“on Fri 25 Dec”, “Thu 24 Dec to Sun 27 Dec”, “Thu 24 Dec, 12:00 to Mon 28 Dec, 08:00”."""
    zone, start = site.tz, closure.during.start
    if not closure.whole_days:
        return times.window(closure.during, zone, now=start)
    first = times.day(start, zone, now=start)
    last = times.day(closure.during.end - timedelta(microseconds=1), zone, now=start)
    return f"on {first}" if first == last else f"{first} to {last}"
