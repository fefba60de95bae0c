"""Plans: compiled when something changed, signed, kept, published, and followed until the edge has them."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from functools import partial

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from controller.access import service as access
from controller.access.other_grants import GrantScope, OtherGrants
from controller.changes import Changes, ChangeSubscription
from controller.db.engine import Database, Tx
from controller.db.retry import retry_until_available
from controller.diary.site_config import SiteConfig, SiteConfigs
from controller.estate import repository as estate
from controller.estate.errors import SiteUnknown
from controller.hours.modes import unexplained
from controller.plans import clock as clocks
from controller.plans import repository
from controller.plans.clock import ClockDoubtful
from controller.plans.clock_trust import ClockMonitor
from controller.plans.compile import (
    Compiled,
    DoorRules,
    PlanInput,
    TooMuchForOnePart,
    compile_plan,
    next_version,
    plan_window,
)
from controller.plans.model import SignedPlan
from controller.plans.overrides import repository as overrides
from controller.plans.overrides.model import ForPlan
from controller.plans.restored import repository as restored
from controller.plans.restored.carry_over import Carried, carried, carry
from controller.telemetry import repository as telemetry
from edge.wire.clock import Clock
from edge.wire.envelope import Purpose, Sealer
from edge.wire.link import Link
from edge.wire.plan import ClosingPart, Mode, ModeSpan
from edge.wire.topics import Topic

log = logging.getLogger(__name__)

COMPILE_EVERY_S = 1.0
"""Shortest time between two plans of one edge, in real seconds; the first change is compiled at once."""
THREAD_FROM = 500
"""Grants from which compiling moves off the event loop."""
RETRY_S = 1.0
SEND_AGAIN_AFTER_S = 5.0
"""How long a plan that was sent may take to be applied before all of it is sent again, in real seconds."""
_LOOK_EVERY_S = 600.0
_AT_ONCE = 20
_LOOKS = 3
"""How often a plan is made without holding the diary up before it is made under the site's lock."""
_MANIFEST = ""  # represents the manifest among the names of parts

EdgeName = tuple[str, str]
"""Site and edge."""
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


class PlanSuperseded(Exception):
    """Between compiling and signing, something in the plan was withdrawn, or another plan was signed."""


class Planner:
    """Makes and publishes the plans of all edges, one at a time."""

    def __init__(
        self,
        *,
        database: Database,
        link: Link,
        signer: Sealer,
        clock: Clock,
        changes: Changes,
        site_configs: SiteConfigs,
        others: OtherGrants,
        secret_names: SecretNames,
        time: ClockMonitor,
        clock_right_on: date | None = None,
    ) -> None:
        self._time = time
        self._clock_right_on = clock_right_on
        self._database = database
        self._link = link
        self._signer = signer
        self._clock = clock
        self._changes = changes
        self._site_configs = site_configs
        self.others = others
        self._secret_names = secret_names
        self._turn = asyncio.Lock()
        self._changed: ChangeSubscription | None = None
        self._due: dict[EdgeName, float] = {}
        self._wanted = asyncio.Event()
        self._compiled_at: dict[EdgeName, float] = {}
        self._sent: dict[EdgeName, dict[str, str]] = {}
        self._sent_at: dict[EdgeName, float] = {}
        self._checked: dict[EdgeName, datetime] = {}
        self.unknown: set[EdgeName] = set()
        """Edges that carry out a plan which the database does not know: they get no other until it is fetched."""
        self.trouble: str | None = None
        """Why no plan can be signed at present, for the person who runs the controller."""

    @property
    def busy(self) -> bool:
        """Whether an edge's plan is due or being made."""
        told = self._changed is not None and self._changed.waiting
        return told or self._turn.locked() or bool(self._due)

    async def run(self) -> None:
        """Compile what is due, for ever."""
        while True:
            name = self._next()
            if isinstance(name, tuple):
                await self._compile_and_send(name)
                continue
            self._wanted.clear()
            try:
                await asyncio.wait_for(self._wanted.wait(), name)
            except TimeoutError:
                continue

    async def watch_changes(self) -> None:
        """Hear of changed sites, for ever."""
        with self._changes.subscribe(every_s=COMPILE_EVERY_S) as changed:
            self._changed = changed
            while True:
                for site in await changed.sites():
                    await retry_until_available(partial(self.want_site, site), what=f"the edges of {site}")

    async def watch_days(self) -> None:
        """Look at every edge now and at least daily, for ever: plans reach 35 days ahead of each day. Once a day
        what only plans that are gone needed goes too."""
        tidied: datetime | None = None
        while True:
            everyone = await retry_until_available(self._everyone, what="all edges")
            window = plan_window(self._clock.now())
            if tidied != window.start:
                tidy = partial(self._database.run, repository.forget_secrets)
                await retry_until_available(tidy, what="secrets that doors had")
                tidied = window.start
            for name in everyone:
                if self._checked.get(name) != window.start:
                    self.want(name)
            await self._clock.sleep(_LOOK_EVERY_S)

    async def _everyone(self) -> list[EdgeName]:
        async with self._database.read() as tx:
            return [(edge.site, edge.id) for edge in await estate.all_edges(tx)]

    async def want_site(self, site: str) -> None:
        """Every edge of the site is due."""
        async with self._database.read() as tx:
            for edge in await estate.site_edges(tx, site):
                self.want((site, edge.id))

    def want(self, name: EdgeName, *, at_once: bool = False) -> None:
        """An edge is due: when its last plan is a second old, or ``at_once``."""
        earliest = float("-inf") if at_once else self._compiled_at.get(name, float("-inf")) + COMPILE_EVERY_S
        self._due[name] = min(earliest, self._due.get(name, earliest))
        self._wanted.set()

    def forget_sent(self) -> None:
        """The broker may have lost everything retained."""
        self._sent.clear()
        self._sent_at.clear()

    def _next(self) -> EdgeName | float | None:
        """The edge that is due, or in how many seconds one will be, or None."""
        if not self._due:
            return None
        name = min(self._due, key=self._due.__getitem__)
        wait_s = self._due[name] - _real()
        if wait_s > 0:
            return wait_s
        del self._due[name]
        return name

    async def _compile_and_send(self, name: EdgeName) -> None:
        if name in self.unknown:
            return
        self._compiled_at[name] = _real()
        try:
            await self.refresh(name)
        except (SQLAlchemyError, OSError) as error:
            fields = {"action": "plan", "site": name[0], "edge": name[1], "reason": str(error)[:200]}
            log.error("A plan could not be made; trying again", extra=fields)
            self._due[name] = _real() + RETRY_S
        except ClockDoubtful as error:
            if self.trouble is None:
                log.critical(
                    "The clock is not trusted, so no plan is signed", extra={"action": "plan", "reason": error}
                )
                self.trouble = str(error)
            self._due[name] = _real() + RETRY_S * 10
        except TooMuchForOnePart as error:
            fields = {"action": "plan", "site": name[0], "edge": name[1], "reason": str(error)}
            log.error("A plan cannot be made", extra=fields)

    async def refresh(self, name: EdgeName) -> SignedPlan | None:
        """Compile an edge's plan and publish what is new in it; the plan it should have, or None for an unknown or
        revoked edge.

        Raises ``ClockDoubtful`` and ``TooMuchForOnePart``.
        """
        async with self._turn:
            made = await self._make(name)
            if made is None:
                return None
            self.trouble = None
            signed, compiled = made
            await self._publish(name, signed, compiled.parts)
            return signed

    async def send_again(self, name: EdgeName) -> None:
        """Publish the whole of an edge's present plan, unless that was done a moment ago."""
        async with self._turn:
            if _real() - self._sent_at.get(name, float("-inf")) < SEND_AGAIN_AFTER_S:
                return
            async with self._database.read() as tx:
                signed = await repository.latest(tx, *name)
                parts = await repository.parts_of(tx, signed.manifest) if signed else {}
            if signed:
                self._sent.pop(name, None)
                await self._publish(name, signed, parts)

    async def compile_current(self, tx: Tx, name: EdgeName) -> Compiled | None:
        """The plan that an edge would be given now, under the site's lock; None where it would be given none."""
        seen = await self._look(tx, name)
        return None if seen is None else await _compiled(seen)

    async def _make(self, name: EdgeName) -> tuple[SignedPlan, Compiled] | None:
        """Look and compile without holding anybody up; only the signature takes the site's lock. A booking that comes
        between has the next plan made; one that goes between, this one again."""
        for _ in range(_LOOKS):
            async with self._database.read() as tx:
                seen = await self._look(tx, name)
            if seen is None:
                return None
            compiled = await _compiled(seen)
            try:
                return await self._database.run(self._sign, name, seen, compiled)
            except PlanSuperseded:
                continue
        return await self._database.run(self._make_alone, name)

    async def _make_alone(self, tx: Tx, name: EdgeName) -> tuple[SignedPlan, Compiled] | None:
        """All under the site's lock, for a diary that does not rest."""
        await self._database.lock_site(tx, name[0])
        seen = await self._look(tx, name)
        return None if seen is None else await self._sign(tx, name, seen, await _compiled(seen))

    async def _look(self, tx: Tx, name: EdgeName) -> PlanSource | None:
        """What the plan of an edge is made from; None for an unknown or revoked edge: a plan made with secrets that a
        Pi does not have would lock everybody out there."""
        site, edge = name
        now = self._clock.now()
        try:
            site_config = await self._site_configs.of(tx, site)
        except SiteUnknown:
            return None
        if edge not in {each.id for each in site_config.edges}:
            return None
        secret_names = await self._secret_names(tx, site, edge)
        if secret_names is None:
            return None
        doors = [door.id for door in site_config.doors if door.edge == edge]
        ordered = await overrides.for_plan(tx, site, doors, now=now, horizon=plan_window(now).end)
        stands = carried(await restored.for_plan(tx, site, edge, now), now)
        given = msgspec.structs.replace(
            await self._given(tx, site_config, edge, doors, ordered, now), secrets=secret_names
        )
        return PlanSource(
            now=now,
            last=await repository.latest(tx, site, edge),
            given=stands.without_what_stays_off(given),
            gone=await access.ended(tx, site, doors),
            ordered=ordered,
            carried=stands,
        )

    async def _sign(self, tx: Tx, name: EdgeName, seen: PlanSource, compiled: Compiled) -> tuple[SignedPlan, Compiled]:
        """Give a plan its version, unless the last one has the same content, and record its parts. Raises
        ``PlanSuperseded``."""
        site, edge = name
        await self._database.lock_site(tx, site)
        await self._check_clock(tx, seen.now)
        last = seen.last
        if await repository.latest_version(tx, site, edge) != (last and last.manifest.version):
            raise PlanSuperseded
        self._checked[name] = compiled.window.start
        if (
            last is not None
            and compiled.says_as(last.manifest)
            and last.kid == self._signer.kid_for(site, edge)
            and last.manifest.knows_of(await repository.carried_out(tx, site, edge))
        ):
            # A grant that was ended and created again between two plans is the same on the door.
            await self._note(tx, seen, last.manifest.version)
            if last.applied_at is not None:
                doors = [door.id for door in seen.given.doors]
                await access.mark_applied(tx, site, doors, last.manifest.version, seen.now)
                await overrides.applied(tx, site, doors, version=last.manifest.version, at=seen.now)
            return last, compiled
        signed = await self._signed(tx, name, last, compiled, seen.now)
        await repository.insert_plan(tx, signed, compiled.parts)
        await self._note(tx, seen, signed.manifest.version)
        return signed, compiled

    async def _note(self, tx: Tx, seen: PlanSource, version: int) -> None:
        new = [grant.id for grant in seen.given.grants if grant.new]
        if not await access.mark_compiled(tx, version, new=new, gone=seen.gone):
            raise PlanSuperseded
        if not await overrides.compiled(tx, seen.given.site, seen.ordered, version=version):
            raise PlanSuperseded

    async def _given(
        self, tx: Tx, site_config: SiteConfig, edge: str, doors: list[str], ordered: ForPlan, now: datetime
    ) -> PlanInput:
        given = await _given(tx, site_config, edge, doors, ordered, now)
        at = GrantScope(
            site=site_config.site.id,
            revision=site_config.revision,
            doors=tuple(doors),
            zone=site_config.site.tz,
            least_age=site_config.policy.member_age,
        )
        extra = await self.others.admitted(tx, at, now=now, within=plan_window(now))
        return msgspec.structs.replace(given, extra=extra)

    async def _check_clock(self, tx: Tx, now: datetime) -> None:
        self._time.check()
        clocks.check(now, await repository.last_signed(tx), self._clock_right_on)

    async def knows_the_time(self, tx: Tx) -> bool:
        """Whether the controller's own clock can be right."""
        try:
            await self._check_clock(tx, self._clock.now())
        except ClockDoubtful:
            return False
        return True

    async def _signed(
        self, tx: Tx, name: EdgeName, last: SignedPlan | None, compiled: Compiled, now: datetime
    ) -> SignedPlan:
        state = await telemetry.edge_state(tx, *name)
        newest = last.manifest.version if last else 0
        version = next_version(max(newest, (state and state.applied_version) or 0), now)
        follows = await repository.known(tx, *name)
        manifest = compiled.manifest(site=name[0], edge=name[1], version=version, follows=follows)
        return SignedPlan(
            manifest=manifest,
            digest=manifest.digest,
            sealed=self._signer.seal(Purpose.PLAN, manifest),
            compiled_at=now,
            grants=compiled.grants,
        )

    async def _publish(self, name: EdgeName, signed: SignedPlan, parts: Mapping[str, bytes]) -> None:
        """Send parts that this connection has not sent yet, then the manifest, then clear names that are gone."""
        site, edge = name
        refs = {part: ref.digest for part, ref in signed.manifest.parts.items()}
        sent = self._sent.get(name, {})
        if sent.get(_MANIFEST) == signed.digest or not self._link.connected:
            return
        changed = [part for part, digest in refs.items() if sent.get(part) != digest]
        topics = {part: str(Topic(site=site, edge=edge, name="plan/part", item=part)) for part in refs}
        for lot in (changed[at : at + _AT_ONCE] for at in range(0, len(changed), _AT_ONCE)):
            taken = await asyncio.gather(*(self._link.publish(topics[part], parts[part], retain=True) for part in lot))
            if not all(taken):
                return  # the connection went; all is sent again on the next one
        plan = str(Topic(site=site, edge=edge, name="plan"))
        if not await self._link.publish(plan, signed.sealed, retain=True):
            return
        gone = await self._gone(name, signed, sent)
        for part in gone:
            topic = str(Topic(site=site, edge=edge, name="plan/part", item=part))
            await self._link.publish(topic, b"", retain=True)
        self._sent[name] = refs | {_MANIFEST: signed.digest}
        self._sent_at[name] = _real()
        fields = {"action": "plan", "site": site, "edge": edge, "version": signed.manifest.version}
        log.info("Published a plan", extra=fields | {"parts": len(changed)})

    async def _gone(self, name: EdgeName, signed: SignedPlan, sent: Mapping[str, str]) -> set[str]:
        """Names that the broker may still hold parts under: what this connection sent, or the plan before."""
        names = set(sent) - {_MANIFEST}
        if not sent:
            async with self._database.read() as tx:
                before = await repository.before(tx, *name, signed.manifest.version)
            names = set(before.manifest.parts) if before else set()
        return names - set(signed.manifest.parts)


async def _compiled(seen: PlanSource) -> Compiled:
    def work() -> Compiled:
        return carry(compile_plan(seen.given, seen.now), seen.carried)

    return await asyncio.to_thread(work) if len(seen.given.grants) >= THREAD_FROM else work()


async def _given(
    tx: Tx, site_config: SiteConfig, edge: str, doors: list[str], ordered: ForPlan, now: datetime
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
        grants=await access.grants_for_edge(tx, site, doors, now, window.end),
        overrides=[each.given for each in ordered.due],
        sessions=await repository.sessions(tx, site, spaces, window),
        closing=ClosingPart(
            warn_minutes=book.timetable.closing.warn_minutes,
            secure_within_minutes=book.timetable.closing.secure_within_minutes,
        ),
    )


def _real() -> float:
    """Seconds of real time; in a virtual run those of its loop."""
    return asyncio.get_running_loop().time()
