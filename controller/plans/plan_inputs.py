"""What a plan is made from: one look at the database; most of it is cached from the last plan."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import msgspec

from controller.access import service as access
from controller.access.code_generation import WantedGrant
from controller.access.holder_and_member_grants import GrantScope, OtherGrants
from controller.access.members import repository as members
from controller.access.members.repository import Stamp
from controller.access.repository import changed_for_plan, ended_in_plan
from controller.bookings.diary.site_config import SiteConfig, SiteConfigs
from controller.db.compiled_sql import Row, RowMemo
from controller.db.engine import Tx
from controller.estate.errors import SiteUnknown
from controller.hours.modes import unexplained
from controller.plans import repository
from controller.plans.compile import Compiled, DoorRules, MadeParts, PlanInput, compile_changes, plan_window
from controller.plans.model import EdgeName, SignedPlan
from controller.plans.overrides import repository as overrides
from controller.plans.overrides.model import ForPlan
from controller.plans.restored import repository as restored
from controller.plans.restored.carry_over import Carried, carried, carry
from edge.wire.clock import Clock
from edge.wire.interval import Interval
from edge.wire.plan import ClosingPart, Mode, ModeSpan, Session

THREAD_FROM = 500
"""Grants from which compiling moves off the event loop."""
SecretNames = Callable[[Tx, str, str], Awaitable[Mapping[str, str] | None]]
"""For a site and an edge: door id -> the name of the secret that the door's codes are hashed with; None for a revoked
edge, which has no such secret and gets no plan."""


class PlanSource(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan is made from, as one look at the database has it. ``gone``: ids of grants that ``last``
    still holds. ``carried``: what only the door knew."""

    now: datetime
    last: SignedPlan | None
    given: PlanInput
    gone: list[str]
    ordered: ForPlan
    carried: Carried
    stamp: "PlanStamp"


class PlanStamp(msgspec.Struct, frozen=True, kw_only=True):
    """Changes when the diary, the hours or the members of an edge's plan do. ``diary``: without the codes
    that the plan does not hold yet or should no longer hold, which are asked for themselves."""

    doors: tuple[str, ...]
    window: Interval
    members: Stamp
    diary: Row


class PlanMemory:
    """What was made for an edge's last plan. It is made again where what it was made from has changed."""

    def __init__(self) -> None:
        self.grants: RowMemo[WantedGrant] = RowMemo()
        self.sessions: RowMemo[Session | None] = RowMemo()
        self.parts: dict[str, MadeParts] = {}
        self.stamp: PlanStamp | None = None
        """Of the last plan that was signed."""
        self._spaces: dict[str, int | None] = {}

    def of(self, spaces: dict[str, int | None]) -> "PlanMemory":
        """For spaces with these capacities."""
        if self._spaces != spaces:
            self._spaces, self.sessions = spaces, RowMemo()
        return self


@dataclass(eq=False, kw_only=True)
class PlanSources:
    """Looks at what edges' plans are made from."""

    clock: Clock
    site_configs: SiteConfigs
    others: OtherGrants
    secret_names: SecretNames

    async def look(self, tx: Tx, name: EdgeName, memory: PlanMemory) -> PlanSource | None:
        """What the plan of an edge is made from; None for an unknown or revoked edge: a plan made with secrets that a
        Pi does not have would lock everybody out there."""
        site, edge = name
        now = self.clock.now()
        try:
            site_config = await self.site_configs.of(tx, site)
        except SiteUnknown:
            return None
        if edge not in {each.id for each in site_config.edges}:
            return None
        secret_names = await self.secret_names(tx, site, edge)
        if secret_names is None:
            return None
        doors = [door.id for door in site_config.doors if door.edge == edge]
        ordered = await overrides.for_plan(tx, site, doors, now=now, horizon=plan_window(now).end)
        carried_over = carried(await restored.for_plan(tx, site, edge, now), now)
        given = msgspec.structs.replace(
            await self._given(tx, site_config, edge, doors, ordered, now, memory), secrets=secret_names
        )
        return PlanSource(
            stamp=await self._stamp(tx, site, tuple(doors), now),
            now=now,
            last=await repository.latest(tx, site, edge),
            given=carried_over.without_removed_grants(given),
            gone=await ended_in_plan(tx, site, doors),
            ordered=ordered,
            carried=carried_over,
        )

    async def as_before(self, tx: Tx, name: EdgeName, memory: PlanMemory) -> bool:
        """Whether the diary, the hours and the members are for an edge's plan as when the last one was made."""
        last, now = memory.stamp, self.clock.now()
        if last is None or await changed_for_plan(tx, name[0], last.doors, now=now, horizon=last.window.end):
            return False
        return await self._stamp(tx, name[0], last.doors, now) == last

    async def _stamp(self, tx: Tx, site: str, doors: tuple[str, ...], now: datetime) -> PlanStamp:
        window = plan_window(now)
        return PlanStamp(
            doors=doors,
            window=window,
            members=await members.stamp(tx),
            diary=await repository.diary_stamp(tx, site, window),
        )

    async def _given(
        self,
        tx: Tx,
        site_config: SiteConfig,
        edge: str,
        doors: list[str],
        ordered: ForPlan,
        now: datetime,
        memory: PlanMemory,
    ) -> PlanInput:
        given = await _given(tx, site_config, edge, doors, ordered, now, memory)
        at = GrantScope(
            site=site_config.site.id,
            revision=site_config.revision,
            doors=tuple(doors),
            zone=site_config.site.tz,
            least_age=site_config.policy.member_age,
        )
        extra = await self.others.admitted(tx, at, now=now, within=plan_window(now))
        return msgspec.structs.replace(given, extra=extra)


async def compile_from(seen: PlanSource, memory: PlanMemory) -> Compiled:
    def work() -> tuple[Compiled, dict[str, MadeParts]]:
        compiled, made = compile_changes(seen.given, seen.now, memory.parts)
        return carry(compiled, seen.carried), made

    compiled, memory.parts = await asyncio.to_thread(work) if len(seen.given.grants) >= THREAD_FROM else work()
    return compiled


async def _given(
    tx: Tx, site_config: SiteConfig, edge: str, doors: list[str], ordered: ForPlan, now: datetime, memory: PlanMemory
) -> PlanInput:
    window = plan_window(now)
    site, book = site_config.site.id, site_config.hours
    spaces = {
        place.space.id: place.space.capacity
        for place in site_config.by_space.values()
        if set(place.space.doors) & set(doors)
    }
    return PlanInput(
        site=site,
        edge=edge,
        doors=tuple(
            DoorRules(
                id=door.id,
                name=door.name,
                hold_s=door.hold_s,
                held_after_s=door.held_after_s,
                free_when_staffed=door.id in book.timetable.free_doors,
                code_length=door.code_length,
                passback=door.passback,
            )
            for door in site_config.doors
            if door.edge == edge
        ),
        modes=tuple(
            ModeSpan(during=period.during, mode=period.mode)
            for period in unexplained(book.modes(window))
            if period.mode is not Mode.CLOSED
        ),
        grants=await access.grants_for_edge(tx, site, doors, now, window.end, memory.grants),
        overrides=[each.given for each in ordered.due],
        sessions=await repository.sessions(tx, site, spaces, window, memory.of(spaces).sessions),
        closing=ClosingPart(
            warn_minutes=book.timetable.closing.warn_minutes,
            secure_within_minutes=book.timetable.closing.secure_within_minutes,
        ),
    )
