"""Explains why a door opened or not, by deciding again with the plan that it had, and shows what the door reported."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
from sqlalchemy import select

from controller.access.holders import repository as holders
from controller.access.members import repository as members
from controller.access.members.model import against
from controller.access.offline_codes import booking_of
from controller.bookings import repository as bookings
from controller.bookings.diary.model import Booking
from controller.bookings.diary.site_config import SiteConfig, SiteConfigs
from controller.db.engine import Database, Tx
from controller.estate.errors import DoorUnknown
from controller.estate.model import Door, DoorSecrets
from controller.estate.service import EstateService
from controller.people.model import Actor
from controller.plans import repository as plans
from controller.plans.model import SignedPlan
from controller.platform.key_files import KeyFiles
from controller.platform.text import local_time
from controller.records.audit import audit_log
from controller.telemetry.tables import events
from controller.telemetry.validation import read_data
from edge.wire import qr_passes
from edge.wire.access_decision import ClockTrust, Decision, decide, in_force, span_at
from edge.wire.clock import Clock
from edge.wire.credentials import Method, Presented, is_offline_code
from edge.wire.envelope import Keyring, Signer
from edge.wire.events import AccessData, LockoutData, UnreadData
from edge.wire.offline_codes import EPOCH, QUARTER, QUARTERS_MAX, SLOTS, Lookup, OfflineWindow, digits_of, quarter_at
from edge.wire.plan import DoorSpan, Grant, Mode, Override, Plan
from edge.wire.plan_assembly import assemble

SHOWN_AROUND = timedelta(minutes=2)
"""How far from the moment asked about what the door reported is still shown."""
_MOST = 10
_COUNTED = timedelta(minutes=15)
"""This long after the first refusal the door may still report others that it refused during a lockout."""
_TELLS = AccessData | UnreadData | LockoutData


class RecordedEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody asked to come in, what was read became no code, card or pass, or codes began to wait, as the door
    reported it."""

    at: datetime
    trust: ClockTrust
    data: AccessData | UnreadData | LockoutData


async def reported_around(tx: Tx, site: str, edge: str, door: str, at: datetime) -> Sequence[RecordedEvent]:
    """What the door reported about people who asked to come in around a moment, in its order."""
    c = events.c
    query = select(c.at, c.trust, c.kind, c.data).where(
        c.site == site,
        c.kind.in_(("access", "unread", "lockout")),
        c.edge == edge,
        c.at >= at - SHOWN_AROUND,
        c.at <= at + SHOWN_AROUND + _COUNTED,
    )
    found = [
        RecordedEvent(at=row.at, trust=ClockTrust(row.trust), data=data)
        for row in await tx.execute(query.order_by(c.id))
        if isinstance(data := read_data(row.kind, row.data), _TELLS)
    ]
    return [each for each in found if each.data.door == door and _began(each) <= at + SHOWN_AROUND][:_MOST]


def _began(reported: RecordedEvent) -> datetime:
    since = reported.data.since if isinstance(reported.data, AccessData) else None
    return reported.at if since is None else since


AROUND = 8
"""Quarter hours around a moment in which an offline window may begin later or have ended earlier and is still known."""


class WhyQuery(msgspec.Struct, frozen=True, kw_only=True):
    """What was presented at a door, and when. ``whose``: the id of a booking or holder, for what it opens with."""

    site: str
    door: str
    at: datetime
    shown: Presented
    whose: str = ""


class Explained(msgspec.Struct, frozen=True, kw_only=True):
    """A decision and all that it rests on. ``past``: it is about a moment that is over. ``assumed``: the door did
    not report the trust of its clock, and ``trust`` is assumed. ``grant``: what was found; ``reported``: what
    the door itself reported around that moment. ``secret_gone``: the secret that the plan was made with is no longer
    stored, so that no code of then is recognised. ``unlisted``: it is an offline code that the plan does not list.
    ``kept_out``: of a library member who is in no grant, what is in the way on that day, as far as is known today;
    "" where it is nothing; ``None``: it is no member's."""

    question: WhyQuery
    place: SiteConfig
    door: Door
    now: datetime
    past: bool
    plan: SignedPlan | None
    decision: Decision
    trust: ClockTrust
    assumed: bool
    span: DoorSpan | None
    mode: Mode
    override: Override | None
    grant: Grant | None
    booking: Booking | None
    holder: str
    reported: tuple[RecordedEvent, ...]
    secret_gone: bool
    unlisted: bool
    kept_out: str | None


@dataclass(eq=False)
class WhyService:
    """Reads only, except for an audit entry: the answer shows whether a code is valid."""

    database: Database
    clock: Clock
    site_configs: SiteConfigs
    estate: EstateService
    keys: KeyFiles

    async def explain(self, question: WhyQuery, *, actor: Actor) -> Explained:
        """Raises ``SiteUnknown``, ``DoorUnknown``."""
        signer = Signer(self.keys.signing)
        async with self.database.read() as tx:
            place = await self.site_configs.of(tx, question.site)
            door = next((each for each in place.doors if each.id == question.door), None)
            if door is None:
                raise DoorUnknown(question.site, question.door)
            now = self.clock.now()
            past = question.at <= now
            gone_by, plan = await self._plan(tx, door, question.at, past=past)
            reported = await reported_around(tx, question.site, door.edge, door.id, question.at) if past else ()
            trust, assumed = (reported[0].trust, False) if reported else (ClockTrust.SYNCED, True)
            shown = question.shown
            if question.whose:
                token = qr_passes.issue(signer, site=question.site, holder=question.whose, now=question.at)
                shown = Presented(token=token)
            held = await self.estate.secrets_of(tx, question.site, door.id)
            here = plan.doors.get(door.id) if plan is not None else None
            wanted = here.hours.secret if here is not None else ""
            made_with = _made_with(held, wanted, question.at)
            offline = _offline_secrets(held, made_with, question.at)
            found = await asyncio.to_thread(_meaning, offline, door.id, shown.digits, question.at)
            heard, alone = (
                decide(
                    plan,
                    door=door.id,
                    secret=made_with.secret if made_with is not None else b"",
                    credential=shown,
                    now=question.at,
                    trust=trust,
                    keys=Keyring(signer.public_key),
                    offline=found,
                    in_touch=in_touch,
                )
                for in_touch in (True, False)
            )
            booking_id = alone.booking
            if alone.offline is not None and booking_id is None:
                booking_id = await booking_of(tx, question.site, door.id, alone.offline)
            unlisted = alone != heard
            decision = alone if unlisted and _was_alone(reported, issued=booking_id is not None) else heard
            named = await bookings.some(tx, [booking_id]) if booking_id else []
            holder = await holders.holder(tx, decision.holder) if decision.holder else None
            explained = Explained(
                question=question,
                place=place,
                door=door,
                now=now,
                past=past,
                plan=gone_by,
                decision=decision,
                trust=trust,
                assumed=assumed,
                span=span_at(here, question.at) if here is not None else None,
                mode=plan.mode_at(question.at) if plan is not None else Mode.CLOSED,
                override=in_force(here.overrides, question.at) if here is not None else None,
                grant=_grant_of(plan, door.id, decision),
                booking=named[0] if named and decision.kind is not None else None,
                holder=holder.draft.name if holder is not None else "",
                reported=tuple(reported),
                secret_gone=made_with is None,
                unlisted=unlisted,
                kept_out=await self._kept_out(tx, place, question) if decision.kind is None else None,
            )
        await self.database.run(self._record, question, actor)
        return explained

    async def _kept_out(self, tx: Tx, place: SiteConfig, question: WhyQuery) -> str | None:
        """What keeps the member out whose card or id it is; ``None`` where it is no member's."""
        if question.whose:
            member = await members.member(tx, self.keys, question.whose)
        elif question.shown.card:
            member = await members.carded(tx, self.keys, question.shown.card)
        else:
            return None
        if member is None:
            return None
        day = local_time.local_day(question.at, place.site.tz)
        return against(member, place.site.id, day, least_age=place.policy.member_age)

    async def _plan(self, tx: Tx, door: Door, at: datetime, *, past: bool) -> tuple[SignedPlan | None, Plan | None]:
        """What the edge carried out at a moment that is over; else what it has been given."""
        signed = await (
            plans.in_force_at(tx, door.site, door.edge, at) if past else plans.latest(tx, door.site, door.edge)
        )
        if signed is None:
            return None, None
        parts = await plans.parts_of(tx, signed.manifest)
        return signed, await asyncio.to_thread(assemble, signed.manifest, parts)

    async def _record(self, tx: Tx, question: WhyQuery, actor: Actor) -> None:
        thing = f"door {question.door}"
        await audit_log.record(
            tx, actor=actor.name, at=self.clock.now(), act="ask why", site=question.site, thing=thing
        )


def _grant_of(plan: Plan | None, door: str, decision: Decision) -> Grant | None:
    """The grant that a decision is about, as far as the plan holds it."""
    here = plan.doors.get(door) if plan is not None else None
    owner = decision.booking or decision.holder
    if here is None or owner is None:
        return None
    owned = [each for each in here.of_owner(owner) if each.kind is decision.kind]
    return next((each for each in owned if each.duress is decision.duress), None)


def _was_alone(reported: Sequence[RecordedEvent], *, issued: bool) -> bool:
    """Whether the door had lost its controller, as far as can be known: by the outcome of an offline code there; where
    it reported none, an ``issued`` offline code is taken as a sign, since they are only issued in that case."""
    came = [
        each.data.granted
        for each in reported
        if isinstance(each.data, AccessData) and each.data.method is Method.OFFLINE_CODE
    ]
    return any(came) if came else issued


def _made_with(held: Sequence[DoorSecrets], named: str, at: datetime) -> DoorSecrets | None:
    """The secrets that a plan which names them so was made with; where it names none, those that were the door's at
    the moment. ``None`` where they are no longer stored."""
    if named:
        return next((each for each in held if each.name == named), None)
    return next((each for each in held if each.held_at(at)), None)


def _offline_secrets(held: Sequence[DoorSecrets], made_with: DoorSecrets | None, at: datetime) -> list[bytes]:
    """What offline codes may have been made from at a moment: a door that was offline goes on by the secrets of
    its plan, whatever they are at the controller."""
    known = [each for each in (made_with, *held) if each is not None and (each is made_with or each.held_at(at))]
    return list(dict.fromkeys(each.offline for each in known if each.offline is not None))


def _meaning(secrets: Sequence[bytes], door: str, digits: str, at: datetime) -> Lookup:
    """What an offline code can mean around a moment; tried one by one, as there is no table of that time."""
    found: list[OfflineWindow] = []
    for secret in secrets if is_offline_code(digits) else ():
        now = int((quarter_at(at) - EPOCH) // QUARTER)
        for start in range(now - QUARTERS_MAX - AROUND, now + AROUND + 1):
            for quarters in range(max(1, now - AROUND - start), QUARTERS_MAX + 1):
                for slot in range(SLOTS):
                    if digits_of(secret, door, start, quarters, slot) == digits:
                        began = EPOCH + timedelta(seconds=start * QUARTER.total_seconds())
                        found.append(OfflineWindow(start=began, quarters=quarters, slot=slot))
    return lambda asked: tuple(found)
