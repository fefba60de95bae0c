"""The building itself in a site's file: site, floors, spaces, equipment, doors, edges, each thing a table by its id."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from controller.estate.change_preview import SECTIONS, Thing, things, with_things
from controller.estate.model import Door, Edge, Equipment, Floor, Layout, Site, SiteParts, Space
from controller.estate.schemas import (
    MOST_LAYOUTS,
    DoorBody,
    EdgeBody,
    EquipmentBody,
    FloorBody,
    OneLayoutBody,
    SiteBody,
    SpaceFields,
    thing_of,
)
from controller.estate.site_file.sections import FileFault, Plain, read, within, written
from controller.estate.validation import EstateFault
from controller.platform.text.id_patterns import IN_WORDS
from controller.platform.web.fields import Body
from edge.wire.ids import SLUG_PATTERN

_SLUG = re.compile(SLUG_PATTERN)
MOST_THINGS = 2000
"""Most things of one kind in a file."""


class Built(msgspec.Struct, frozen=True, kw_only=True):
    """What a file says about a building. ``things``: by section, for the sections that the file has. A field that
    cannot be read is left out, or replaced by a placeholder, so that everything else can be checked; ``doubtful`` are
    those fields, by section and id, with "" for the whole thing."""

    site: Site
    things: dict[str, dict[str, Thing]]
    doubtful: frozenset[tuple[str, str, str]]
    problems: tuple[FileFault, ...]

    def doubts(self, fault: EstateFault) -> bool:
        """Whether a fault may follow from a part that could not be read."""
        about = fault.section, fault.id
        return bool({(*about, ""), (*about, fault.field.partition(".")[0])} & self.doubtful)


def plain(parts: SiteParts) -> Plain:
    """All tables of the building."""
    site = msgspec.structs.asdict(parts.site)
    return {
        "site": {"id": site.pop("id"), **written(SiteBody(**site))},
        **{
            section: {name: _write(section, thing) for name, thing in things(parts, section).items()}
            for section in SECTIONS
        },
    }


def built(document: Plain, site_id: str) -> Built:
    """The building that a file describes."""
    problems: list[FileFault] = []
    doubtful: set[tuple[str, str, str]] = set()
    site = _site(document.get("site"), site_id, problems)
    found: dict[str, dict[str, Thing]] = {}
    for section in SECTIONS:
        if section in document:
            found[section] = _things(section, document[section], site_id, problems, doubtful)
    return Built(site=site, things=found, doubtful=frozenset(doubtful), problems=tuple(problems))


def merged(before: SiteParts | None, wanted: Built, *, prune: bool) -> SiteParts:
    """The site as it would be. What the file leaves out stays; with ``prune`` what it leaves out of the tables that it
    has is gone."""
    parts = SiteParts(site=wanted.site) if before is None else msgspec.structs.replace(before, site=wanted.site)
    for section, given in wanted.things.items():
        current = {} if prune else things(parts, section)
        parts = with_things(parts, section, current | given)
    return parts


def _site(value: object, site_id: str, problems: list[FileFault]) -> Site:
    stand_in = Site(id=site_id, name=site_id, zone="UTC")
    if not isinstance(value, dict):
        problems.append(FileFault(place="site", text="the file needs a table [site] with at least id, name and zone"))
        return stand_in
    body, faults = read(SiteBody, {name: each for name, each in value.items() if name != "id"})
    problems += within("site", faults)
    if value.get("id") != site_id:
        text = f"is {str(value.get('id'))[:60]!r}, but this file is being written to {site_id!r}"
        problems.append(FileFault(place="site.id", text=text))
    return stand_in if body is None else body.site(site_id)


def _things(
    section: str, value: object, site: str, problems: list[FileFault], doubtful: set[tuple[str, str, str]]
) -> dict[str, Thing]:
    found: dict[str, Thing] = {}
    if not isinstance(value, dict):
        problems.append(FileFault(place=section, text=f"must be tables by id, such as [{section}.main]"))
        return found
    if len(value) > MOST_THINGS:
        problems.append(FileFault(place=section, text=f"has {len(value):,} things; at most {MOST_THINGS:,} are taken"))
        return found
    for name, table in value.items():
        place = f"{section}.{name[:60]}"
        if not _SLUG.fullmatch(name):
            problems.append(FileFault(place=place, text=f"the id {IN_WORDS[SLUG_PATTERN]}"))
            continue
        thing, faults = _read(section, table, site, name)
        problems += within(place, faults)
        if thing is None:
            wrong = _wrong(faults)
            thing = _without(section, table, site, name, wrong)
            doubtful |= {(section, name, field) for field in wrong or {""}}
        if thing is None:
            doubtful.add((section, name, ""))
        found[name] = _STAND_IN[section](site, name) if thing is None else thing
    return found


def _wrong(faults: list[FileFault]) -> set[str]:
    """The fields that faults are about, with those that cannot be judged without them."""
    fields = {fault.place.partition(".")[0] for fault in faults}
    return fields.union(*(_JUDGED_BY.get(field, ()) for field in fields))


def _without(section: str, table: object, site: str, name: str, wrong: set[str]) -> Thing | None:
    """What a table says but for some fields."""
    if section not in _LEAST or not isinstance(table, dict):
        return None
    rest = {field: value for field, value in table.items() if field not in wrong}
    thing, _ = _read(section, {**_LEAST[section](name), **rest}, site, name)
    return thing


_JUDGED_BY = {"kind": ("pool_size",), "layouts": ("default_layout", "changeovers")}
_LEAST: Mapping[str, Callable[[str], Plain]] = {
    "spaces": lambda name: {"name": name},
    "equipment": lambda name: {"name": name, "count": 0},
    "doors": lambda name: {"name": name, "edge": name},
}
"""What a thing that refers to others must have."""

_STAND_IN: Mapping[str, Callable[[str, str], Thing]] = {
    "floors": lambda site, name: Floor(site=site, id=name, name=name, level=0),
    "spaces": lambda site, name: Space(site=site, id=name, name=name),
    "equipment": lambda site, name: Equipment(site=site, id=name, name=name, count=0),
    "doors": lambda site, name: Door(site=site, id=name, name=name, edge=name, hold_s=5, held_after_s=60),
    "edges": lambda site, name: Edge(site=site, id=name, name=name),
}


def _space(table: object, site: str, name: str) -> tuple[Thing | None, list[FileFault]]:
    if not isinstance(table, dict):
        return None, [FileFault(place="", text="must be a table")]
    body, faults = read(SpaceFields, {key: each for key, each in table.items() if key != "layouts"})
    layouts: list[Layout] = []
    given = table.get("layouts", {})
    if not isinstance(given, dict):
        return None, [
            *faults,
            FileFault(place="layouts", text="must be tables by id, such as [spaces.hall.layouts.theatre]"),
        ]
    if len(given) > MOST_LAYOUTS:
        return None, [*faults, FileFault(place="layouts", text=f"at most {MOST_LAYOUTS} are taken")]
    for layout, inner in given.items():
        if not _SLUG.fullmatch(layout):
            faults.append(FileFault(place=f"layouts.{layout[:60]}", text=f"the id {IN_WORDS[SLUG_PATTERN]}"))
            continue
        one, wrong = read(OneLayoutBody, inner)
        faults += within(f"layouts.{layout}", wrong)
        if one is not None:
            layouts.append(Layout(id=layout, **one.model_dump()))
    if body is None or faults:
        return None, faults
    return body.space(site, name, tuple(layouts)), []


def _read(section: str, table: object, site: str, name: str) -> tuple[Thing | None, list[FileFault]]:
    if section == "spaces":
        return _space(table, site, name)
    body, faults = read(_BODIES[section], table)
    kind: Any = SECTIONS[section]
    return (None, faults) if body is None else (thing_of(kind, body, site, name), [])


_BODIES: Mapping[str, type[Body]] = {
    "floors": FloorBody,
    "equipment": EquipmentBody,
    "doors": DoorBody,
    "edges": EdgeBody,
}


def _write(section: str, thing: Thing) -> Plain:
    fields = _own(thing)
    if section != "spaces":
        return written(_BODIES[section](**fields))
    layouts = fields.pop("layouts")
    table = written(SpaceFields.model_validate(msgspec.to_builtins(fields)))
    named = {each.id: written(OneLayoutBody(**_own(each, "id"))) for each in layouts}
    return table | ({"layouts": named} if named else {})


def _own(value: msgspec.Struct, *but: str) -> dict[str, Any]:
    left = but or ("site", "id")
    return {name: each for name, each in msgspec.structs.asdict(value).items() if name not in left}
