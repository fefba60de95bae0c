"""Sessions with edges: which are online, hello and its reply, heartbeats, which plan each has applied or refused."""

import asyncio
import logging
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import msgspec
from sqlalchemy.exc import SQLAlchemyError

from controller.db.engine import Database, Tx
from controller.db.retry_until_available import retry_until_available
from controller.plans import repository
from controller.plans.carried import Carried, note_carried
from controller.plans.edge_offline import ANSWER_WITHIN_S, OfflineWatch, put_offline, record_offline
from controller.plans.model import EdgeName
from controller.plans.restored.service import RestoredPlans
from controller.plans.service import Planner
from controller.telemetry import repository as telemetry
from controller.telemetry.alert_codes import AlertCode
from controller.telemetry.envelope_verifier import EnvelopeVerifier
from controller.telemetry.event_timestamps import AHEAD_LIMIT, ClockSample, better, of_earlier, tell_wrong_clock
from controller.telemetry.model import EdgeState
from edge.wire.access_decision import ClockTrust
from edge.wire.broker_link import Link
from edge.wire.clock import Clock
from edge.wire.envelope import Purpose, Sealer
from edge.wire.log_format import plan_id
from edge.wire.messages import WORD_EVERY_S, Applied, DeviceState, Hello, HelloReply, Status
from edge.wire.topics import Topic

log = logging.getLogger(__name__)

_QUESTIONS_LIMIT = 8


class _Question(msgspec.Struct, frozen=True, kw_only=True):
    """A hello without an answer. ``timed``: our clock was right ``at`` that time."""

    nonce: str
    session: str | None
    at: datetime
    timed: bool


class _Heard(msgspec.Struct, frozen=True, kw_only=True):
    """What a status comes to. ``taken``: it is written down; ``greet``: only the edge's reply says more."""

    taken: bool
    greet: bool


_HEALTH_LIMIT = 50  # most counters of an edge's own that are stored


@dataclass(eq=False, kw_only=True)
class EdgeSessions:
    """``seen``: called with a site when something to look at changed; ``codes_changed``: when codes changed;
    ``greet_soon``: with an edge to ``greet``, also where the database goes away before that; ``holds``: with an edge
    and the version of the identity it says it holds; ``devices``: with site, edge and the states of all its devices.
    ``restored`` learns which plan each carries out and stores the plans that come back."""

    database: Database
    link: Link
    signer: Sealer
    clock: Clock
    verifier: EnvelopeVerifier
    planner: Planner
    restored: RestoredPlans
    seen: Callable[[str], None]
    codes_changed: Callable[[str], None]
    greet_soon: Callable[[EdgeName], None]
    holds: Callable[[EdgeName, int], Awaitable[None]]
    devices: Callable[[str, str, Sequence[DeviceState]], Awaitable[None]]

    def __post_init__(self) -> None:
        self._asked: dict[EdgeName, deque[_Question]] = {}
        self._time_asked: dict[EdgeName, float] = {}
        self._offline = OfflineWatch()

    @property
    def open_questions(self) -> dict[EdgeName, int]:
        """How many hellos to each edge have no answer yet, of the latest few."""
        return {name: len(nonces) for name, nonces in self._asked.items()}

    def connected(self) -> None:
        """On a new connection: the broker may have lost every plan, and each is published again."""
        self.planner.forget_sent()

    async def greet_first(self, name: EdgeName) -> None:
        """On a new connection: ask an edge, and publish its whole plan again."""
        try:
            await self.greet(name)
        finally:
            self.planner.want(name, at_once=True)

    async def greet(self, name: EdgeName) -> None:
        """Ask an edge who it is and what it has; its reply must echo the nonce, once."""
        site, edge = name
        async with self.database.read_without_transaction() as tx:
            state = await telemetry.edge_state(tx, site, edge)
            present = await telemetry.present_log(tx, site, edge, said=state.log if state else None)
            runs = await telemetry.runs(tx, present[0]) if present else None
            version = await repository.latest_version(tx, site, edge)
            knows_the_time = await self.planner.knows_the_time(tx)
        nonce = secrets.token_hex(16)
        session = state.nonce if state else None
        question = _Question(nonce=nonce, session=session, at=self.clock.now(), timed=knows_the_time)
        self._asked.setdefault(name, deque(maxlen=_QUESTIONS_LIMIT)).append(question)
        self._offline.asked(name)
        hello = Hello(
            site=site,
            edge=edge,
            nonce=nonce,
            at=question.at,
            session=session,
            plan_version=version,
            log=present[1] if present else None,
            trust=ClockTrust.SYNCED if knows_the_time else ClockTrust.UNPROVEN,
            next_seq=runs.contiguous + 1 if runs else 1,
            plan_wanted=self.restored.to_ask(name),
        )
        topic = str(Topic(site=site, edge=edge, name="hello"))
        await self.link.publish(topic, self.signer.seal(Purpose.HELLO, hello))

    async def ask(self, name: EdgeName) -> None:
        """Ask an edge, unless it has still to answer. Asked faster than it answers, more questions would be open than
        are remembered, and its replies to the forgotten ones be refused."""
        if self._offline.may_ask(name):
            await self.greet(name)

    async def ask_time(self, name: EdgeName) -> None:
        """Ask an edge whose events wait to be dated by its reply, in which it says how far its run has come."""
        now = asyncio.get_running_loop().time()
        if now - self._time_asked.get(name, -ANSWER_WITHIN_S) >= ANSWER_WITHIN_S:
            self._time_asked[name] = now
            await self.ask(name)

    async def run_heartbeats(self) -> None:
        """Tell every online edge regularly that this controller is reachable: a door whose plan lists all offline codes
        accepts no others while it hears that."""
        while True:
            await self.clock.sleep(WORD_EVERY_S)
            await retry_until_available(self.send_heartbeats, what="edges that are there")

    async def send_heartbeats(self) -> None:
        """Send one heartbeat to each edge that is online and has a plan."""
        if not self.link.connected:
            return
        async with self.database.read() as tx:
            there = await repository.sessions_online(tx)
            if not await self.planner.knows_the_time(tx):
                return
        for name in sorted(self.verifier.edges & there.keys()):
            site, edge = name
            session, version = there[name]
            word = Hello(
                site=site,
                edge=edge,
                nonce=secrets.token_hex(16),
                at=self.clock.now(),
                session=session,
                plan_version=version,
                asks=False,
            )
            topic = str(Topic(site=site, edge=edge, name="hello"))
            await self.link.publish(topic, self.signer.seal(Purpose.HELLO, word))

    async def take_status(self, name: EdgeName, payload: bytes) -> None:
        """An edge said who it is, or its last will did. On another connection than the last it is greeted, and wherever
        it is not known to be there: anybody who recorded a status can send it again, but nobody else can answer."""
        status = self.verifier.open(*name, payload, purpose=Purpose.STATUS, kind=Status)
        if status is None:
            return
        heard = await self.database.run_brief(self._note, status)
        if heard.greet and not self._is_asked(name, status.nonce):
            self.greet_soon(name)
        if heard.taken:
            await self._follow_up(name, status, proven=False)

    def _is_asked(self, name: EdgeName, session: str) -> bool:
        """Whether a hello to that session has no answer yet."""
        return self._offline.waits_for(name) and any(each.session == session for each in self._asked.get(name, ()))

    async def watch_silence(self) -> None:
        """Take an edge that does not answer for offline, for ever: a broker that was killed may have lost
        its last will."""
        while True:
            await asyncio.sleep(1.0)
            await retry_until_available(self.note_silent, what="edges that do not answer")
            await retry_until_available(self.ask_again, what="edges with a plan that is not known")

    async def ask_again(self) -> None:
        """Ask edges that carry out what the database does not know, and have not given it back."""
        for name in self.restored.overdue():
            await self.ask(name)

    async def note_silent(self, *, after_s: float = ANSWER_WITHIN_S) -> None:
        """Put down as offline the edges of which nothing is known, as ``OfflineWatch.silent`` says; ``after_s``: real
        seconds."""
        silent = self._offline.silent(self.verifier.edges, connected=self.link.connected, after_s=after_s)
        for name in silent:
            lost = await self.database.run_brief(self._lost, name, after_s)
            if lost is None:
                continue
            self._offline.taken(name, connected=self.link.connected)
            if lost:
                self.seen(name[0])
                self.codes_changed(name[0])

    async def _lost(self, tx: Tx, name: EdgeName, after_s: float) -> bool | None:
        connected = self.link.connected
        silent = partial(self._offline.is_silent, name, connected=connected, after_s=after_s)
        return await put_offline(tx, name, self.clock.now(), by_edge=connected, still_silent=silent)

    async def take_reply(self, name: EdgeName, payload: bytes) -> None:
        """An edge answered; a reply that answers no open question is an old one. Where the database is away, the
        question stays open: the reply may be handled again."""
        reply = self.verifier.open(*name, payload, purpose=Purpose.HELLO_REPLY, kind=HelloReply)
        if reply is None:
            return
        asked = self._asked.get(name, deque())
        question = next((each for each in asked if each.nonce == reply.nonce), None)
        if question is None or (reply.status.site, reply.status.edge) != name:
            self.verifier.refuse(*name, "wrong_address", "a hello reply to no open question")
            return
        while asked.popleft() is not question:
            pass
        self._offline.answered(name)
        try:
            await self._take_answer(name, question, reply)
        except (SQLAlchemyError, OSError):
            asked.appendleft(question)
            raise

    async def _take_answer(self, name: EdgeName, question: _Question, reply: HelloReply) -> None:
        await self.database.run_brief(self._answered, question, reply)
        await self.devices(*name, reply.states)
        if all(each.session != reply.status.nonce for each in (question, *self._asked[name])):
            await self.greet(name)  # it sends no events before a hello that knows its session
        if await self._follow_up(name, reply.status, proven=True):
            await self._bring_up_to_date(name, reply.status)
        else:
            await self.ask_again()

    async def take_held(self, name: EdgeName, item: str | None, payload: bytes) -> None:
        """An edge sent back a piece of its plan: the manifest, or the part ``item``. Once the plan is whole, the edge
        is asked again, so that what is on its doors is recorded."""
        if await self.restored.take(name, item, payload):
            self.greet_soon(name)

    async def take_applied(self, name: EdgeName, payload: bytes) -> None:
        """An edge reported the outcome of a plan."""
        applied = self.verifier.open(*name, payload, purpose=Purpose.APPLIED, kind=Applied)
        if applied is None:
            return
        if applied.applied:
            said = Carried(version=applied.version, digest=applied.digest, at=min(applied.at, self.clock.now()))
            news = await self.database.run(note_carried, name, said, proven=False)
            self._log_applied(name, applied.version, news=news)
        else:
            await self.database.run(self._refused, name, applied)
        self.seen(name[0])
        self.codes_changed(name[0])

    async def _follow_up(self, name: EdgeName, status: Status, *, proven: bool) -> bool:
        """Note what the edge carries out, and what identity it holds; whether what it carries out is known."""
        self.seen(name[0])
        if status.online:
            self._offline.heard(name)
        unknown = await self.restored.look(name, status, proven=proven)
        if status.plan_version is not None and status.plan_digest is not None:
            at = min(status.at, self.clock.now())
            said = Carried(version=status.plan_version, digest=status.plan_digest, at=at)
            news = await self.database.run(note_carried, name, said, proven=proven)
            self._log_applied(name, said.version, news=news)
            if news:
                self.codes_changed(name[0])
        if status.online:
            await self.holds(name, status.identity_version)
        else:
            self.codes_changed(name[0])
        return not unknown

    async def _bring_up_to_date(self, name: EdgeName, status: Status) -> None:
        """The whole plan again for an edge that does not have it, unless it is on its way; another where it would
        refuse this one, which was made without knowing of what it carries out."""
        async with self.database.read_without_transaction() as tx:
            latest = await repository.latest(tx, *name)
        if latest is None or not latest.manifest.knows_of(status.plan_version or 0):
            self.planner.want(name)
        elif latest.manifest.version != status.plan_version:
            await self.planner.send_again(name)

    async def _note(self, tx: Tx, status: Status) -> _Heard:
        """Record a status that may be an old one.

        An old last will must not mark an edge offline that has come back, nor an old status mark one online: within one
        boot, connection numbers only rise, and only a reply marks an edge online that was offline.
        """
        known = await telemetry.edge_state(tx, status.site, status.edge)
        same = known is not None and known.boot == status.boot
        if known is not None and same and status.connection < known.connection:
            return _Heard(taken=False, greet=False)
        if known is not None and not status.online and (not same or status.connection != known.connection):
            return _Heard(taken=False, greet=False)
        there = known is not None and known.online
        samples = await telemetry.clock_samples(tx, status.site, status.edge, [status.boot])
        at = min(status.at, self.clock.now())
        if status.boot in samples and status.mono_ms is not None:
            at = min(samples[status.boot].span(status.mono_ms)[0], at)
        new = await self._put(tx, status, known, online=status.online and there, at=at)
        other = known is None or (known.boot, known.connection, known.nonce) != (new.boot, new.connection, new.nonce)
        return _Heard(taken=there or not status.online, greet=status.online and (other or not there))

    async def _answered(self, tx: Tx, question: _Question, reply: HelloReply) -> None:
        """Write down what a reply says: it is of now. Whatever it says of the edge's log was so when it was asked."""
        status, now = reply.status, self.clock.now()
        name = status.site, status.edge
        known = await telemetry.edge_state(tx, *name)
        await self._put(tx, status, known, online=status.online, at=question.at)
        if status.mono_ms is None or not question.timed or question.at > now:
            return
        earlier = reply.earlier
        samples = await telemetry.clock_samples(tx, *name, [status.boot, *(run.boot for run in earlier)])
        present = ClockSample(boot=status.boot, mono_ms=status.mono_ms, earliest=question.at, latest=now)
        newest = better(samples.get(status.boot), present)
        found = of_earlier(newest, earlier, samples) if newest is present else []
        await telemetry.put_clock_samples(tx, *name, [*found, newest])
        off = status.at - (now if status.at > now else question.at)
        if status.trust is not ClockTrust.UNPROVEN and abs(off) > AHEAD_LIMIT:
            await tell_wrong_clock(tx, *name, off, (now - question.at) / timedelta(seconds=1), now)

    async def _put(self, tx: Tx, status: Status, known: EdgeState | None, *, online: bool, at: datetime) -> EdgeState:
        """Write who is there, ``at`` that time by our clock. A last will, signed when its connection began, says only
        that it has ended: all else that it says was said again since."""
        since = known.since if known is not None and known.online == online else self.clock.now()
        new = msgspec.convert(
            msgspec.structs.asdict(status)
            | {
                "online": online,
                "since": since,
                "at": at,
                "software": status.version[:100],
                "applied_version": known.applied_version if known else None,
                "applied_digest": known.applied_digest if known else None,
                "health": {name[:60]: number for name, number in list(status.health.items())[:_HEALTH_LIMIT]},
            },
            EdgeState,
        )
        if known is not None and not status.online and status.mono_ms is None:
            new = msgspec.structs.replace(known, online=False, since=since)
        await telemetry.put_edge_state(tx, new)
        if known is not None and known.online and not new.online:
            await record_offline(tx, (status.site, status.edge), self.clock.now())
        return new

    def _log_applied(self, name: EdgeName, version: int, *, news: bool) -> None:
        if news:
            fields = {"action": "plan", "site": name[0], "edge": name[1], "plan": plan_id(*name, version)}
            log.info("An edge carries out a plan", extra=fields | {"requests": self.planner.requests.of(name, version)})

    async def _refused(self, tx: Tx, name: EdgeName, applied: Applied) -> None:
        site, edge = name
        why = (applied.why or "it gave no reason")[:500]
        fields = {
            "action": "plan",
            "site": name[0],
            "edge": name[1],
            "plan": plan_id(*name, applied.version),
            "reason": why,
        }
        log.error("An edge refused its plan", extra=fields)
        plan = await repository.plan(tx, site, edge, applied.version)
        now = self.clock.now()
        if plan is not None and plan.digest == applied.digest and plan.applied_at is None:
            await repository.put_outcome(tx, site, edge, applied.version, refused_at=now, why=why)
        if name in self.planner.unknown:
            return  # it was made before the one that the edge carries out was known of
        text = f"{edge} refused plan {applied.version}: {why}"
        await telemetry.alert(tx, site, edge, AlertCode.PLAN_REFUSED, text, now)
