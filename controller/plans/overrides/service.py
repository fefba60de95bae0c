"""Overrides: doors held open, locked down or taken out of service for a while, as desired state in the plan."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec

from controller.db.engine import Database, Tx
from controller.estate.errors import DoorUnknown
from controller.estate.model import SiteParts
from controller.estate.service import require_parts
from controller.people.errors import NotAllowed
from controller.people.model import Actor
from controller.people.permissions import Action, Thing, may
from controller.plans.model import EdgeName
from controller.plans.overrides import repository
from controller.plans.overrides.model import AHEAD, LONGEST, PER_DOOR, USUAL, AtDoor, Ordered, OverrideDraft
from controller.plans.overrides.status import WORDS, At, OverrideDoorStatus, current
from controller.platform.text import times
from controller.platform.web.problem import Conflicting, Invalid, NotFound, invalid_field
from controller.records.audit import audit_log
from controller.telemetry import repository as telemetry
from edge.wire.clock import Clock
from edge.wire.ids import new_id
from edge.wire.plan import OverrideKind

ACTION: Mapping[OverrideKind, Action] = {
    OverrideKind.HOLD_OPEN: Action.OPEN,
    OverrideKind.LOCK_DOWN: Action.LOCK_DOWN,
    OverrideKind.OUT_OF_SERVICE: Action.OPEN,
}
_ACT: Mapping[OverrideKind, str] = {
    OverrideKind.HOLD_OPEN: "hold open",
    OverrideKind.LOCK_DOWN: "lock down",
    OverrideKind.OUT_OF_SERVICE: "take out of service",
}


class OverridesView(msgspec.Struct, frozen=True, kw_only=True):
    """A site's overrides with their state at each door at ``now``. ``parts``: the site, for names and zone."""

    now: datetime
    parts: SiteParts
    ordered: tuple[Ordered, ...]
    doors: Mapping[str, Sequence[OverrideDoorStatus]]


@dataclass(eq=False, kw_only=True)
class OverrideService:
    """``due``: called with an edge whose plan must be made at once. ``seen``: called with a site when an override was
    made or ended."""

    database: Database
    clock: Clock
    due: Callable[[EdgeName], None]
    seen: Callable[[str], None]

    async def order(self, site: str, draft: OverrideDraft, *, actor: Actor) -> OverridesView:
        """Make an override and send the plans out at once. Raises ``NotAllowed``, ``SiteUnknown``, ``DoorUnknown``,
        ``TooManyOverrides`` and ``Invalid``."""
        _require(actor, draft.kind, site)
        ordered, parts = await self.database.run(self._order, site, draft, actor)
        self._notify(parts, ordered)
        return await self.look(ordered.id)

    async def end(self, override_id: str, *, why: str, actor: Actor) -> OverridesView:
        """End one early; one that has ended stays as it is. Raises ``OverrideUnknown`` and ``NotAllowed``."""
        ordered, parts = await self.database.run(self._end, override_id, why, actor)
        self._notify(parts, ordered)
        return await self.look(override_id)

    async def look(self, override_id: str) -> OverridesView:
        """One of them. Raises ``OverrideUnknown``."""
        async with self.database.read() as tx:
            ordered = await repository.one(tx, override_id)
            if ordered is None:
                raise OverrideUnknown(override_id)
            now = self.clock.now()
            shown = await show(tx, await require_parts(tx, ordered.site), now)
            if override_id in shown.doors:
                return msgspec.structs.replace(shown, ordered=(ordered,))
            return await show_all(tx, shown.parts, (ordered,), now)

    async def current(self, site: str) -> OverridesView:
        """Those that are in force, planned, or ended and perhaps still on a door. Raises ``SiteUnknown``."""
        async with self.database.read() as tx:
            return await show(tx, await require_parts(tx, site), self.clock.now())

    async def history(self, site: str, *, before: str | None, limit: int) -> OverridesView:
        """Every one there ever was, the newest first, from the one older than ``before``. Raises ``SiteUnknown``."""
        async with self.database.read() as tx:
            parts = await require_parts(tx, site)
            found = await repository.before(tx, site, before=before, limit=limit)
            return await show_all(tx, parts, tuple(found), self.clock.now())

    def _notify(self, parts: SiteParts, ordered: Ordered) -> None:
        touched = {at.door for at in ordered.doors}
        for edge in sorted({door.edge for door in parts.doors if door.id in touched}):
            self.due((ordered.site, edge))
        self.seen(ordered.site)

    async def _order(self, tx: Tx, site: str, draft: OverrideDraft, actor: Actor) -> tuple[Ordered, SiteParts]:
        await self.database.lock_site(tx, site)
        parts = await require_parts(tx, site)
        now = self.clock.now()
        doors = _doors(parts, draft)
        counts = await repository.counts(tx, site, now)
        for door in doors:
            if counts.get(door, 0) >= PER_DOOR:
                raise TooManyOverrides(door)
        starts, ends = _times(parts, draft, now)
        ordered = Ordered(
            id=draft.id or new_id(now),
            site=site,
            kind=draft.kind,
            whole=draft.doors is None,
            starts=starts,
            ends=ends,
            reason=draft.reason,
            actor=actor.name,
            made_at=now,
            doors=tuple(AtDoor(door=door) for door in doors),
        )
        await repository.add(tx, ordered)
        things = [f"door {door}" for door in doors]
        changes = {"starts": (None, starts.isoformat()), "ends": (None, ends.isoformat())}
        await audit_log.record_all(
            tx,
            actor=actor.name,
            at=now,
            act=_ACT[draft.kind],
            things=things,
            site=site,
            changes=changes,
            why=draft.reason,
        )
        return ordered, parts

    async def _end(self, tx: Tx, override_id: str, why: str, actor: Actor) -> tuple[Ordered, SiteParts]:
        ordered = await repository.one(tx, override_id)
        if ordered is None:
            raise OverrideUnknown(override_id)
        _require(actor, ordered.kind, ordered.site)
        await self.database.lock_site(tx, ordered.site)
        now = self.clock.now()
        if ordered.wanted(now):
            await repository.end(tx, override_id, at=now, by=actor.name, why=why)
            things = [f"door {at.door}" for at in ordered.doors]
            act = f"end: {_ACT[ordered.kind]}"
            await audit_log.record_all(tx, actor=actor.name, at=now, act=act, things=things, site=ordered.site, why=why)
        return ordered, await require_parts(tx, ordered.site)


async def show(tx: Tx, parts: SiteParts, now: datetime) -> OverridesView:
    """The current state of a site's overrides that are in force, planned, or perhaps still on a door."""
    shown = await show_all(tx, parts, tuple(await repository.current(tx, parts.site.id, now)), now)
    stays = {name for name, doors in shown.doors.items() if any(at.state is At.REMOVING for at in doors)}
    return msgspec.structs.replace(
        shown, ordered=tuple(one for one in shown.ordered if one.wanted(now) or one.id in stays)
    )


async def show_all(tx: Tx, parts: SiteParts, ordered: tuple[Ordered, ...], now: datetime) -> OverridesView:
    """The current state of some of a site's overrides."""
    states = {state.edge: state for state in await telemetry.site_edge_states(tx, parts.site.id)}
    away: dict[str, datetime | None] = {}
    for door in parts.doors:
        state = states.get(door.edge)
        if state is None or not state.online:
            away[door.id] = state.since if state is not None else None
    names = {door.id: door.name for door in parts.doors}
    doors = current(ordered, names=names, away=away, now=now, zone=parts.site.tz)
    return OverridesView(now=now, parts=parts, ordered=ordered, doors=doors)


def _require(actor: Actor, kind: OverrideKind, site: str) -> None:
    thing = Thing(site=site)
    if not may(actor, ACTION[kind], thing):
        raise NotAllowed(actor, ACTION[kind], thing)


def _doors(parts: SiteParts, draft: OverrideDraft) -> tuple[str, ...]:
    if draft.doors is None:
        if not parts.doors:
            raise invalid_field("doors", f"site {parts.site.id!r} has no door")
        return tuple(door.id for door in parts.doors)
    for door in draft.doors:
        if parts.door(door) is None:
            raise DoorUnknown(parts.site.id, door)
    return tuple(sorted(set(draft.doors)))


def _times(parts: SiteParts, draft: OverrideDraft, now: datetime) -> tuple[datetime, datetime]:
    starts = max(draft.starts or now, now)
    ends = draft.ends or starts + (draft.length or USUAL[draft.kind])
    if ends <= starts:
        begins = times.at(starts, parts.site.tz, now=now)
        raise invalid_field("ends", f"must be after the start, which is {begins}")
    if ends - starts > LONGEST[draft.kind]:
        raise too_long(draft.kind, LONGEST[draft.kind])
    if ends > now + AHEAD:
        raise invalid_field("ends", f"must be within {AHEAD.days} days from now, as far as a door plans ahead")
    return starts, ends


class OverrideUnknown(NotFound):
    def __init__(self, override_id: str) -> None:
        super().__init__(f"there is no override {override_id!r}; look it up in the list of its site")


class TooManyOverrides(Conflicting, kind="too-many-overrides"):
    def __init__(self, door: str) -> None:
        super().__init__(f"{door!r} has {PER_DOOR} overrides in force or planned; end one of them first")


def too_long(kind: OverrideKind, longest: timedelta) -> Invalid:
    """``ends`` is too far from the start."""
    days = longest / timedelta(days=1)
    length = f"{days:g} days" if days > 1 else times.duration(longest)
    return invalid_field("ends", f"a door is {WORDS[kind]} for at most {length}; choose an earlier end")
