"""Changes of a site, with a preview, and the differences after them. Pure."""

from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from controller.estate.model import Door, Edge, Equipment, Floor, SiteParts, Space

Thing: TypeAlias = Floor | Space | Equipment | Door | Edge
SECTIONS: dict[str, type[Thing]] = {
    "floors": Floor,
    "spaces": Space,
    "equipment": Equipment,
    "doors": Door,
    "edges": Edge,
}
"""What a site consists of, by the name it has in ``SiteParts``, in paths and in a site's file."""
SINGULAR = {"floors": "floor", "spaces": "space", "equipment": "equipment", "doors": "door", "edges": "edge"}
_SECTION_OF = {kind: section for section, kind in SECTIONS.items()}


class Put(msgspec.Struct, frozen=True, kw_only=True):
    """A thing made, or changed to this. ``version``: of the one that it takes the place of, as it was read."""

    value: Thing
    version: int

    @property
    def section(self) -> str:
        return _SECTION_OF[type(self.value)]

    @property
    def id(self) -> str:
        return self.value.id

    def applied(self, parts: SiteParts) -> SiteParts:
        return with_things(parts, self.section, things(parts, self.section) | {self.id: self.value})


class Remove(msgspec.Struct, frozen=True, kw_only=True):
    """A thing taken away."""

    section: str
    id: str

    def applied(self, parts: SiteParts) -> SiteParts:
        left = things(parts, self.section)
        left.pop(self.id, None)
        return with_things(parts, self.section, left)


Edit: TypeAlias = Put | Remove


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One difference. ``what``: add, change or remove; ``fields``: the changed fields. ``section`` is "site" for the
    site itself."""

    section: str
    id: str
    what: str
    fields: tuple[str, ...] = ()

    @property
    def named(self) -> str:
        """As a person reads it: "space hall"."""
        return f"{SINGULAR.get(self.section, self.section)} {self.id}".rstrip()


def things(parts: SiteParts, section: str) -> dict[str, Thing]:
    """What a site has of one kind, by id."""
    return {each.id: each for each in getattr(parts, section)}


def with_things(parts: SiteParts, section: str, values: dict[str, Thing]) -> SiteParts:
    """The site with these instead, in the order of their ids."""
    return replace(parts, **{section: tuple(values[each] for each in sorted(values))})


def differences(before: SiteParts | None, after: SiteParts) -> list[Difference]:
    """All that is different; ``before`` is ``None`` for a site that is new."""
    if before is None:
        found = [Difference(section="site", id=after.site.id, what="add")]
    else:
        fields = _changed(before.site, after.site)
        found = [Difference(section="site", id=after.site.id, what="change", fields=fields)] if fields else []
    for section in SECTIONS:
        old, new = things(before, section) if before is not None else {}, things(after, section)
        for each in sorted(old | new):
            if each not in old:
                found.append(Difference(section=section, id=each, what="add"))
            elif each not in new:
                found.append(Difference(section=section, id=each, what="remove"))
            elif fields := _changed(old[each], new[each]):
                found.append(Difference(section=section, id=each, what="change", fields=fields))
    return found


def _changed(old: msgspec.Struct, new: msgspec.Struct) -> tuple[str, ...]:
    return tuple(name for name in old.__struct_fields__ if getattr(old, name) != getattr(new, name))
