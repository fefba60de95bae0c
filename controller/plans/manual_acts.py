"""Acts at a site's doors and edges: who asked, why, and the outcome."""

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from controller.access import code_replacement
from controller.access.code_replacement import ReissuedCodes
from controller.db.engine import Tx
from controller.estate.model import SiteParts
from controller.plans import repository
from controller.plans.commands import CommandKind, outcome_of
from controller.plans.model import IssuedCommand
from controller.plans.overrides import repository as overrides
from controller.plans.overrides.model import Ordered
from controller.plans.overrides.service import OverridesView, show_all
from controller.plans.overrides.status import At, OverrideDoorStatus
from controller.plans.restored import repository as restored
from controller.plans.restored.model import RestoredEntry, describe, doors
from controller.plans.restored.service import RestoredView as ShownRestored
from controller.plans.restored.service import show as show_restored
from controller.platform.text import times
from controller.platform.web.fields import Answer, LocalTime, Page, answer_of, page_of
from edge.wire.credentials import CredentialKind

_EXPIRED = "not answered in time; it can no longer be carried out"
_HOLDERS = {
    CredentialKind.STAFF: "one of the staff",
    CredentialKind.KEY_HOLDER: "a key holder",
    CredentialKind.CONTRACTOR: "a contractor",
}
"""Without a name: who opens doors reads the record, and not who else may."""


class ActAnswer(Answer):
    """``kind``: that of a command or an override; ``new_code`` where a booking's or a holder's code or card was
    replaced, ``revoke`` where an edge was revoked and every code at its doors replaced. ``where``: names of doors, or
    of an edge; ``whole``: of every door of the site. ``outcome``: of a command waiting, done, refused or expired; of an
    override stands, ended or over; of codes waiting while an old one may still open a door, then done. ``text``: the
    outcome in words. ``keep_restored`` and ``remove_restored``: somebody decided on a restored entry."""

    id: str
    at: LocalTime
    kind: str
    doors: list[str]
    where: list[str]
    whole: bool
    until: LocalTime | None
    reason: str
    actor: str
    outcome: str
    text: str


class ActPage(Page[ActAnswer]): ...


async def acts(tx: Tx, parts: SiteParts, *, before: str | None, limit: int, now: datetime) -> ActPage:
    """A page of a site's acts, the newest first, from the one older than ``before``."""
    site = parts.site.id
    commands = await repository.commands_before(tx, site, before=before, limit=limit + 1)
    ordered = await overrides.before(tx, site, before=before, limit=limit + 1)
    shown = await show_all(tx, parts, tuple(ordered), now)
    decided = await show_restored(tx, parts, await restored.decided(tx, site, before=before, limit=limit + 1))
    renewed = await code_replacement.before(tx, site, before=before, limit=limit + 1)
    made = await repository.made_at(tx, site)
    still = await code_replacement.still_open(tx, site, renewed, made=made, now=now)
    found = [_command(issued, parts, now) for issued in commands] + [_override(one, shown, now) for one in ordered]
    found += [_new_codes(one, parts, still[one.id]) for one in renewed]
    found += [_decision(one, decided) for one in decided.entries]
    found.sort(key=lambda act: act.id, reverse=True)
    return page_of(ActPage, found, limit, lambda act: act, key=lambda act: act.id)


def _command(issued: IssuedCommand, parts: SiteParts, now: datetime) -> ActAnswer:
    outcome = outcome_of(issued, now)
    door = parts.door(issued.door) if issued.door else None
    edge = next((edge.name for edge in parts.edges if edge.id == issued.edge), issued.edge)
    text = issued.why or ""
    if issued.kind == CommandKind.RECOUNT and not text:
        text = f"{issued.args.get('inside')} people at {issued.args.get('counter')}"
    return answer_of(
        ActAnswer,
        issued,
        parts.site.tz,
        at=issued.issued_at,
        doors=[issued.door] if issued.door else [],
        where=[door.name if door else issued.door or edge],
        whole=False,
        until=None,
        outcome=outcome,
        text=_EXPIRED if outcome == "expired" else text,
    )


def _new_codes(one: ReissuedCodes, parts: SiteParts, still: Collection[str]) -> ActAnswer:
    names = {door.id: door.name for door in parts.doors} | {edge.id: edge.name for edge in parts.edges}
    opens = f"may still open {times.listed([names.get(door, door) for door in sorted(still)])}"
    old = f"the old one {opens if still else 'opens nothing'}"
    if one.kind is not None:
        text = f"{_HOLDERS[one.kind]} has another code, card or PIN; {old}"
    else:
        many = {1: "one booking has"}.get(one.bookings, f"{one.bookings} bookings have")
        text = f"{many} another code; {old}" if one.bookings else "no booking had a code"
    return answer_of(
        ActAnswer,
        one,
        parts.site.tz,
        kind="new_code" if one.edge is None else "revoke",
        where=[names.get(each, each) for each in (one.doors if one.edge is None else (one.edge,))],
        whole=False,
        until=None,
        reason=one.why,
        outcome="waiting" if still else "done",
        text=text,
    )


def _override(one: Ordered, shown: OverridesView, now: datetime) -> ActAnswer:
    zone, at_doors = shown.parts.site.tz, shown.doors[one.id]
    outcome = "stands" if one.wanted(now) else "over" if one.ended_at is None else "ended"
    return answer_of(
        ActAnswer,
        one,
        zone,
        at=one.made_at,
        doors=[at.door for at in one.doors],
        where=[at.name for at in at_doors],
        until=one.ends,
        outcome=outcome,
        text=_became(one, at_doors, zone, now),
    )


def _decision(one: RestoredEntry, shown: ShownRestored) -> ActAnswer:
    assert one.decision is not None
    zone, pieces = shown.parts.site.tz, shown.pieces[one.id]
    return answer_of(
        ActAnswer,
        one,
        zone,
        id=one.decision_id,
        at=one.decided_at,
        kind=f"{one.decision.value}_restored",
        doors=sorted({piece.door for piece in pieces if piece.door}),
        where=doors(pieces, shown.parts) or [shown.parts.site.name],
        whole=False,
        until=one.ends,
        reason=one.decided_why or "",
        actor=one.decided_by or "",
        outcome="done",
        text=describe(one, pieces, shown.parts, title=shown.titles.get(one.subject, "")),
    )


def _became(one: Ordered, at_doors: Sequence[OverrideDoorStatus], zone: ZoneInfo, now: datetime) -> str:
    """The outcome of an override, in a sentence without its first capital."""
    never = [at.door for at in one.doors if at.on_at is None]
    if one.ended_at is not None:
        why = f": {one.ended_why}" if one.ended_why else ""
        text = f"ended {times.at(one.ended_at, zone, now=now)} by {one.ended_by}{why}"
        still = [at.name for at in at_doors if at.state is At.REMOVING]
        return f"{text}; {times.listed(still)} may still have it" if still else text
    if one.wanted(now):
        missing = [at.name for at in at_doors if at.state is not At.ON]
        if missing:
            return f"not on {times.listed(missing)} yet"
        return "on the door" if len(at_doors) == 1 else f"on all {len(at_doors)} doors"
    if not never:
        return "expired"
    return f"expired; it was never on {len(never)} of {len(one.doors)} doors"
