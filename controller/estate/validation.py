"""Validates a site: every name in it exists, no space is a part of itself. Pure."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import TypeAlias, TypeVar

import msgspec

from controller.estate.model import Circular, SiteParts, Space, SpaceKind, atoms_of


class EstateFault(msgspec.Struct, frozen=True, kw_only=True):
    """Something that cannot be. ``section`` and ``id``: of the thing it is about; ``field``: within it."""

    section: str
    id: str
    field: str
    text: str

    @property
    def place(self) -> str:
        """Where in the whole site: "spaces.hall.floor"."""
        return ".".join(each for each in (self.section, self.id, self.field) if each)


T = TypeVar("T", bound=Hashable)
_Make: TypeAlias = Callable[[str, str], EstateFault]
"""Makes a fault of one thing from field and text."""


def faults(parts: SiteParts, *, first: str | None = None) -> list[EstateFault]:
    """All that is wrong with a site. ``first``: the space that a circle of parts is reported from, if it is part of
    one."""
    found = [fault for space in parts.spaces for fault in _of_space(space, parts)]
    found += _of_equipment(parts)
    found += _of_doors(parts)
    try:
        atoms_of({space.id: space.parts for space in parts.spaces})
    except Circular as error:
        way = _from(error.way, first)
        found.append(EstateFault(section="spaces", id=way[0], field="parts", text=str(Circular(way))))
    return found


def unfit(parts: SiteParts) -> list[str]:
    """Things that are allowed but look wrong, a sentence each."""
    found = [
        f"space {space.id!r} can be booked and has no door on its way in; its bookings will have no code"
        for space in parts.spaces
        if space.bookable and not space.doors
    ]
    found += [
        f"space {space.id!r} can be booked and has no capacity set; it accepts any number of people"
        for space in parts.spaces
        if space.bookable and space.kind is SpaceKind.ROOM and _unbounded(space)
    ]
    used = {door for space in parts.spaces for door in space.doors}
    found += [
        f"door {door.id!r} is on the way to no space; no code will open it"
        for door in parts.doors
        if door.id not in used
    ]
    hung = {door.edge for door in parts.doors}
    found += [f"edge {edge.id!r} has no door" for edge in parts.edges if edge.id not in hung]
    within = {part for space in parts.spaces for part in space.parts}
    found += [
        f"space {space.id!r} cannot be booked, and neither has it parts nor is it one"
        for space in parts.spaces
        if not space.bookable and not space.parts and space.id not in within
    ]
    return found


def users(parts: SiteParts, section: str, thing: str) -> list[str]:
    """What in the site refers to a thing, a clause each."""
    spaces = parts.spaces
    found: Iterable[str] = ()
    if section == "floors":
        found = (f"space {space.id!r} is on it" for space in spaces if space.floor == thing)
    elif section == "spaces":
        wholes = [f"space {space.id!r} divides into it" for space in spaces if thing in space.parts]
        bound = [f"equipment {each.id!r} is bound to it" for each in parts.equipment if each.space == thing]
        found = [*wholes, *bound]
    elif section == "doors":
        found = (f"it is on the way to space {space.id!r}" for space in spaces if thing in space.doors)
    elif section == "edges":
        found = (f"door {door.id!r} is on it" for door in parts.doors if door.edge == thing)
    return list(found)


def _of_space(space: Space, parts: SiteParts) -> Iterator[EstateFault]:
    def fault(field: str, text: str) -> EstateFault:
        return EstateFault(section="spaces", id=space.id, field=field, text=text)

    site = parts.site.id
    for door in space.doors:
        if parts.door(door) is None:
            yield fault("doors", f"site {site!r} has no door {door!r}; make it first")
    if space.floor is not None and space.floor not in {floor.id for floor in parts.floors}:
        yield fault("floor", f"site {site!r} has no floor {space.floor!r}; make it first")
    there = {each.id for each in parts.spaces}
    for part in dict.fromkeys(space.parts):
        if part not in there:
            yield fault("parts", f"site {site!r} has no space {part!r}; make it first")
    for part in _twice(space.parts):
        yield fault("parts", f"{part!r} is listed twice")
    yield from _of_kind(space, fault)
    yield from _of_layouts(space, fault)


def _unbounded(space: Space) -> bool:
    """Whether it has no capacity in some layout."""
    return any(space.holds(each) is None for each in (None, *(layout.id for layout in space.layouts)))


def _of_kind(space: Space, fault: _Make) -> Iterator[EstateFault]:
    if space.kind is SpaceKind.ROOM:
        if space.pool_size is not None:
            yield fault("pool_size", "goes with kind “pool” only; leave it out, or make this a pool")
        return
    if space.pool_size is None:
        yield fault("pool_size", "a pool needs one: how many places it has")
    if space.parts:
        yield fault("parts", "a pool is booked by number and does not divide; make it a room, or leave these out")
    if space.layouts:
        yield fault("layouts", "a pool has no layouts; make it a room, or leave these out")


def _of_layouts(space: Space, fault: _Make) -> Iterator[EstateFault]:
    names = [layout.id for layout in space.layouts]
    for layout in _twice(names):
        yield fault("layouts", f"the layout {layout!r} is listed twice; give each an id of its own")
    known = f"its layouts are {', '.join(sorted(set(names)))}" if names else "it has none"
    if space.default_layout is not None and space.default_layout not in names:
        yield fault("default_layout", f"there is no layout {space.default_layout!r} here; {known}")
    for number, change in enumerate(space.changeovers):
        for side in ("from_layout", "to_layout"):
            if (name := getattr(change, side)) not in names:
                yield fault(f"changeovers.{number}.{side}", f"there is no layout {name!r} here; {known}")
        if change.from_layout == change.to_layout:
            yield fault(f"changeovers.{number}.to_layout", f"{change.to_layout!r} to itself is not a change-over")
    for one, other in _twice((change.from_layout, change.to_layout) for change in space.changeovers):
        yield fault("changeovers", f"{one!r} to {other!r} is listed twice")


def _of_equipment(parts: SiteParts) -> Iterator[EstateFault]:
    for each in parts.equipment:
        if each.space is not None and parts.space(each.space) is None:
            text = f"site {parts.site.id!r} has no space {each.space!r}; make it first"
            yield EstateFault(section="equipment", id=each.id, field="space", text=text)


def _of_doors(parts: SiteParts) -> Iterator[EstateFault]:
    edges = {edge.id for edge in parts.edges}
    watching: dict[str, str] = {}
    for door in parts.doors:
        if door.edge not in edges:
            text = f"site {parts.site.id!r} has no edge {door.edge!r}; make it first"
            yield EstateFault(section="doors", id=door.id, field="edge", text=text)
        if door.counter is None:
            continue
        hangs = watching.setdefault(door.counter, door.edge)
        if hangs != door.edge:
            yield EstateFault(
                section="doors",
                id=door.id,
                field="edge",
                text=f"counter {door.counter!r} watches doors on the edges {hangs!r} and {door.edge!r}; what must act "
                "together without a network must be on one edge",
            )


def _twice(values: Iterable[T]) -> list[T]:
    return [value for value, count in Counter(values).items() if count > 1]


def _from(way: tuple[str, ...], first: str | None) -> tuple[str, ...]:
    """The same circle, whichever of its spaces comes first."""
    if first is None or first not in way:
        return way
    at = way.index(first)
    return (*way[at:-1], *way[:at], first)
