"""Plans: compiles them after a change, signs, stores and publishes them, and tracks whether the edge has them."""

import asyncio
import logging
import time
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime
from functools import partial

from prometheus_client import CollectorRegistry, Summary
from sqlalchemy.exc import SQLAlchemyError

from controller.access import repository as access
from controller.access.holder_and_member_grants import OtherGrants
from controller.bookings.diary.site_config import SiteConfigs
from controller.db.engine import Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.estate import repository as estate
from controller.plans import clock_trust as clocks
from controller.plans import repository
from controller.plans.clock_trust import ClockDoubtful, ClockMonitor
from controller.plans.compile import Compiled, TooMuchForOnePart, next_version, plan_window
from controller.plans.compile_throttle import COMPILE_EVERY_S, CompileThrottle
from controller.plans.model import EdgeName, SignedPlan
from controller.plans.overrides import repository as overrides
from controller.plans.plan_inputs import PlanMemory, PlanSource, PlanSources, SecretNames, compile_from
from controller.plans.plan_requests import PlanRequests
from controller.records.changes import Changes, ChangeSubscription
from controller.telemetry import repository as telemetry
from edge.wire.broker_link import Link
from edge.wire.clock import Clock, real_s
from edge.wire.envelope import Purpose, Sealer
from edge.wire.log_format import plan_id
from edge.wire.topics import Topic

log = logging.getLogger(__name__)

RETRY_S = 1.0
SEND_AGAIN_AFTER_S = 5.0
"""How long a plan that was sent may take to be applied before all of it is sent again, in real seconds."""
_LOOK_EVERY_S = 600.0
_AT_ONCE = 20
_LOOKS = 3
"""How often a plan is made without holding the diary up before it is made under the site's lock."""
_MANIFEST = ""  # represents the manifest among the names of parts


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
        registry: CollectorRegistry,
        clock_right_on: date | None = None,
    ) -> None:
        self._stages = Summary(
            "hallkeeper_plan_stage_seconds", "Time that plans took, by stage.", ["stage"], registry=registry
        )
        self._time = time
        self._clock_right_on = clock_right_on
        self._database = database
        self._link = link
        self._signer = signer
        self._clock = clock
        self._changes = changes
        self.sources = PlanSources(clock=clock, site_configs=site_configs, others=others, secret_names=secret_names)
        self._turn = asyncio.Lock()
        self._memory: defaultdict[EdgeName, PlanMemory] = defaultdict(PlanMemory)
        """Used by who has the turn."""
        self._changed: list[ChangeSubscription] = []
        self._throttle = CompileThrottle()
        self.requests = PlanRequests()
        self._whole: set[EdgeName] = set()
        """Those that are due and for which more than the diary has changed, or may have."""
        self._wanted = asyncio.Event()
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
        return any(each.waiting for each in self._changed) or self._turn.locked() or self._throttle.any_due

    async def run(self) -> None:
        """Compile what is due, for ever."""
        while True:
            name = self._throttle.next()
            if isinstance(name, tuple):
                await self._compile_and_send(name)
                continue
            self._wanted.clear()
            try:
                async with asyncio.timeout(name):
                    await self._wanted.wait()
            except TimeoutError:
                continue

    async def watch_changes(self) -> None:
        """Hear of changed sites, for ever."""
        with self._changes.subscribe(every_s=COMPILE_EVERY_S) as changed:
            self._changed.append(changed)
            while True:
                for site in await changed.sites():
                    due = partial(self.want_site, site, diary=True, requests=changed.requests(site))
                    await retry_until_available(due, what=f"the edges of {site}")

    async def watch_estate(self) -> None:
        """Hear of sites that are another than they were themselves, for ever."""
        with self._changes.subscribe(estate=True) as changed:
            self._changed.append(changed)
            while True:
                for site in await changed.sites():
                    due = partial(self.want_site, site, requests=changed.requests(site))
                    await retry_until_available(due, what=f"the edges of {site}")

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

    async def want_site(self, site: str, *, diary: bool = False, requests: tuple[str, ...] = ()) -> None:
        """Every edge of the site is due. ``diary``: as in ``want``. ``requests``: the ids of those that changed it."""
        async with self._database.read_without_transaction() as tx:
            for edge in await estate.site_edges(tx, site):
                self.requests.due((site, edge.id), requests)
                self.want((site, edge.id), diary=diary)

    def want(self, name: EdgeName, *, at_once: bool = False, diary: bool = False) -> None:
        """An edge is due: when its last plan is old enough, or ``at_once``. ``diary``: nothing but what is booked, the
        hours or who is a member has changed, of which one question tells whether it concerns the plan."""
        if not diary:
            self._whole.add(name)
        self._throttle.want(name, at_once=at_once)
        self._wanted.set()

    def forget_sent(self) -> None:
        """The broker may have lost everything retained."""
        self._sent.clear()
        self._sent_at.clear()

    async def _compile_and_send(self, name: EdgeName) -> None:
        if name in self.unknown:
            return
        self._throttle.begun(name)
        used = time.thread_time()
        try:
            if await self._as_before(name):
                self.requests.drop(name)
                return
            await self.refresh(name)
            self._throttle.took(name, time.thread_time() - used)
        except (SQLAlchemyError, OSError) as error:
            fields = {"action": "plan", "site": name[0], "edge": name[1], "reason": str(error)[:200]}
            log.error("A plan could not be made; trying again", extra=fields)
            self._whole.add(name)
            self._throttle.retry(name, RETRY_S)
        except ClockDoubtful as error:
            if self.trouble is None:
                log.critical(
                    "The clock is not trusted, so no plan is signed", extra={"action": "plan", "reason": error}
                )
                self.trouble = str(error)
            self._whole.add(name)
            self._throttle.retry(name, RETRY_S * 10)
        except TooMuchForOnePart as error:
            fields = {"action": "plan", "site": name[0], "edge": name[1], "reason": str(error)}
            log.error("A plan cannot be made", extra=fields)

    async def _as_before(self, name: EdgeName) -> bool:
        """Whether nothing has changed that the plan of an edge is made from, and it has been published."""
        if name in self._whole or self._published(name) is None:
            self._whole.discard(name)
            return False
        async with self._turn, self._database.read() as tx:
            return await self.sources.as_before(tx, name, self._memory[name])

    def _published(self, name: EdgeName) -> str | None:
        """The digest of the plan that this connection has published."""
        return self._sent.get(name, {}).get(_MANIFEST)

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
            with self._stages.labels("publish").time():
                await self._publish(name, signed, compiled.parts)
            return signed

    async def send_again(self, name: EdgeName) -> None:
        """Publish the whole of an edge's present plan, unless that was done a moment ago."""
        async with self._turn:
            if real_s() - self._sent_at.get(name, float("-inf")) < SEND_AGAIN_AFTER_S:
                return
            async with self._database.read() as tx:
                signed = await repository.latest(tx, *name)
                parts = await repository.parts_of(tx, signed.manifest) if signed else {}
            if signed:
                self._sent.pop(name, None)
                await self._publish(name, signed, parts)

    async def compile_current(self, tx: Tx, name: EdgeName) -> Compiled | None:
        """The plan that an edge would be given now, under the site's lock; None where it would be given none."""
        memory = PlanMemory()
        seen = await self.sources.look(tx, name, memory)
        return None if seen is None else await compile_from(seen, memory)

    async def _make(self, name: EdgeName) -> tuple[SignedPlan, Compiled] | None:
        """Look and compile without holding anybody up; only the signature takes the site's lock. A booking that comes
        between has the next plan made; one that goes between, this one again."""
        memory = self._memory[name]
        for _ in range(_LOOKS):
            with self._stages.labels("look").time():
                async with self._database.read() as tx:
                    seen = await self.sources.look(tx, name, memory)
            if seen is None:
                return None
            with self._stages.labels("compile").time():
                compiled = await compile_from(seen, memory)
            try:
                with self._stages.labels("sign").time():
                    signed = await self._database.run(self._sign, name, seen, compiled)
                memory.stamp = seen.stamp
                return signed
            except PlanSuperseded:
                continue
        return await self._database.run(self._make_alone, name)

    async def _make_alone(self, tx: Tx, name: EdgeName) -> tuple[SignedPlan, Compiled] | None:
        """All under the site's lock, for a diary that does not rest."""
        await self._database.lock_site(tx, name[0])
        memory = self._memory[name]
        seen = await self.sources.look(tx, name, memory)
        return None if seen is None else await self._sign(tx, name, seen, await compile_from(seen, memory))

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
                await access.mark_applied(tx, site, doors, version=last.manifest.version, at=seen.now)
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
                self._unsent(name, refs)
                return
        plan = str(Topic(site=site, edge=edge, name="plan"))
        if not await self._link.publish(plan, signed.sealed, retain=True):
            self._unsent(name, refs)
            return
        gone = await self._gone(name, signed, sent)
        for part in gone:
            topic = str(Topic(site=site, edge=edge, name="plan/part", item=part))
            await self._link.publish(topic, b"", retain=True)
        self._sent[name] = refs | {_MANIFEST: signed.digest}
        self._sent_at[name] = real_s()
        version = signed.manifest.version
        fields = {"action": "plan", "site": site, "edge": edge, "plan": plan_id(site, edge, version)}
        asked = self.requests.made(name, version)
        log.info("Published a plan", extra=fields | {"parts": len(changed), "requests": asked})

    def _unsent(self, name: EdgeName, refs: dict[str, str]) -> None:
        """The broker has not confirmed a plan with these parts. All of it is sent again: on the next connection, which
        asks for it, or soon on this one, where the broker may be slow or the lease was uncertain."""
        if sent := self._sent.get(name):
            parts = (sent | refs).keys() - {_MANIFEST}  # the names are kept, to be cleared once they are gone
            self._sent[name] = dict.fromkeys(parts, "")
        if not self._link.connected:
            return
        fields = {"action": "plan", "site": name[0], "edge": name[1]}
        log.warning("The broker has not confirmed a plan; sending it again", extra=fields)
        self._whole.add(name)
        self._throttle.retry(name, RETRY_S)
        self._wanted.set()

    async def _gone(self, name: EdgeName, signed: SignedPlan, sent: Mapping[str, str]) -> set[str]:
        """Names that the broker may still hold parts under: what this connection sent, or the plan before."""
        names = set(sent) - {_MANIFEST}
        if not sent:
            async with self._database.read() as tx:
                before = await repository.before(tx, *name, signed.manifest.version)
            names = set(before.manifest.parts) if before else set()
        return names - set(signed.manifest.parts)
