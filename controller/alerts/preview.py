"""What is stored of the last 30 days as the times in which the conditions of alerts held, for a preview of rules.

Doors held open, broken glass, faults and lock-outs are known from events, so that a rule in force does not hide them.
What neither events nor reports say, such as how long a Pi was away, is known from its alerts alone: shorter than the
delay in force at that time, it left nothing.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

import msgspec

from controller.alerts import repository
from controller.alerts.conditions import LOOK_BACK, REPORTED
from controller.alerts.machine import AlertKey, AlertState
from controller.alerts.replay import Away, Ring, Spell, replay
from controller.alerts.rules import SiteRules, settable
from controller.db.engine import Tx
from controller.estate import repository as estate
from controller.telemetry import queries
from controller.telemetry.alert_codes import AlertCode, code_of_fault
from controller.telemetry.model import LoggedEvent
from controller.telemetry.validation import read_data
from edge.wire.event_text import happened, spoken
from edge.wire.events import (
    BootData,
    ClosingData,
    ClosingStage,
    DoorChange,
    DoorData,
    EventData,
    FaultData,
    LockoutData,
)
from edge.wire.faults import advise

DAYS = 30
MOST = 20_000
"""Events, reports and alerts that are looked at, each."""
_DOOR_ENDS = {DoorChange.CLEARED: AlertCode.HELD, DoorChange.GLASS_WHOLE: AlertCode.GLASS}
_DOOR_BEGINS = {DoorChange.HELD: AlertCode.HELD, DoorChange.GLASS_BROKEN: AlertCode.GLASS}
_FROM_EVENTS = {*_DOOR_BEGINS.values(), AlertCode.FAULT, AlertCode.DISK, AlertCode.LOCKOUT}
_DOOR_TEXT = {AlertCode.HELD: "is held open", AlertCode.GLASS: "is unlocked, since its break-glass unit is broken"}


class History(msgspec.Struct, frozen=True, kw_only=True):
    """``names``: of doors. ``whole``: false where more is stored than was looked at, and then only the time from
    ``start`` counts."""

    site: str
    names: Mapping[str, str]
    events: Sequence[LoggedEvent]
    reports: Sequence[tuple[queries.Alert, datetime]]
    raised: Sequence[AlertState]
    start: datetime
    end: datetime
    whole: bool


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """``rings``: with the rules that were asked about; ``as_now``: with those in force. The first first."""

    start: datetime
    end: datetime
    whole: bool
    rings: list[Ring]
    as_now: list[Ring]


async def history(tx: Tx, site: str, now: datetime) -> History:
    """What is stored of the last 30 days. Writes nothing."""
    start = now - timedelta(days=DAYS)
    events = await queries.events_for_alerts(tx, site, start, now, limit=MOST + 1)
    kinds = [code for code in REPORTED if code in settable()]
    reports = await queries.alerts_learned(tx, site, kinds=kinds, since=start, limit=MOST + 1)
    raised = await repository.since(tx, site, start, limit=MOST + 1)
    more = (  # of each of which more is stored, when the first that is looked at happened
        events[-MOST].at if len(events) > MOST else None,
        reports[-MOST][1] if len(reports) > MOST else None,
        raised[-MOST].begun_at if len(raised) > MOST else None,
    )
    firsts = [at for at in more if at is not None]
    return History(
        site=site,
        names={door.id: door.name for door in await estate.site_doors(tx, site)},
        events=events[-MOST:],
        reports=reports[-MOST:],
        raised=raised[-MOST:],
        start=max([start, *firsts]),
        end=now,
        whole=not firsts,
    )


def preview(found: History, wanted: SiteRules, in_force: SiteRules) -> Preview:
    """What rules would have raised, beside those in force. Pure; takes up to seconds where much happened."""
    spells = [
        *_from_events(found.site, found.names, found.events),
        *_from_reports(found.site, found.reports, found.raised, found.events),
        *_from_alerts(found.raised),
    ]
    away = _away(found.raised)
    rings, as_now = (replay(spells, each, away=away, start=found.start, end=found.end) for each in (wanted, in_force))
    return Preview(start=found.start, end=found.end, whole=found.whole, rings=rings, as_now=as_now)


def _read(events: Iterable[LoggedEvent]) -> Iterable[tuple[LoggedEvent, EventData]]:
    for event in events:
        if (data := read_data(event.kind, event.data)) is not None:
            yield event, data


def _known(event: LoggedEvent) -> datetime:
    """When we knew of it: late where it came late."""
    return max(event.at, event.received_at) if event.learned_late else event.at


def _from_events(site: str, names: Mapping[str, str], events: Iterable[LoggedEvent]) -> list[Spell]:
    """Spells of states. The start of an agent ends those of its devices from its earlier runs: it reports them again if
    they still hold. A lock-out lasts across a start."""

    def name(device: str) -> str:
        return names.get(device) or spoken(device)

    running: dict[tuple[AlertKey, str], Spell] = {}
    runs: dict[tuple[AlertKey, str], str] = {}
    done: list[Spell] = []

    def begin(
        event: LoggedEvent, code: AlertCode, about: str, text: str, member: str = "", *, ends: datetime | None = None
    ) -> None:
        key = AlertKey(site=site, kind=code, edge=event.edge, about=about)
        spell = Spell(key=key, text=text, since=event.at, known_at=_known(event), ends=ends, member=member)
        if running.setdefault((key, member), spell) is spell:
            runs[key, member] = event.boot

    def end(at: datetime, *ended: tuple[AlertKey, str]) -> None:
        over = [running.pop(key) for key in ended if key in running]
        done.extend(msgspec.structs.replace(each, ends=min(at, each.ends or at)) for each in over)

    for event, data in _read(events):
        match data:
            case DoorData(door=door, change=change) if change in _DOOR_BEGINS:
                code = _DOOR_BEGINS[change]
                begin(event, code, door, f"{name(door)} {_DOOR_TEXT[code]}")
            case DoorData(door=door, change=change) if change in _DOOR_ENDS:
                end(_known(event), (AlertKey(site=site, kind=_DOOR_ENDS[change], edge=event.edge, about=door), ""))
            case FaultData(code=fault, part=part, present=present):
                member = f"{fault}:{part}"
                code = code_of_fault(fault)
                key = AlertKey(site=site, kind=code, edge=event.edge, about=event.device)
                if present:
                    begin(event, code, event.device, advise(name(event.device), fault, part), member)
                else:
                    end(_known(event), (key, member))
            case LockoutData(door=door, card=False, ended=ended):
                key = AlertKey(site=site, kind=AlertCode.LOCKOUT, edge=event.edge, about=door)
                end(_known(event), (key, data.reader))
                if not ended:
                    text = f"{name(door)}: {happened(data)}"
                    begin(event, AlertCode.LOCKOUT, door, text, data.reader, ends=data.until)
            case BootData():
                its = [key for key in running if key[0].edge == event.edge and key[0].kind is not AlertCode.LOCKOUT]
                end(_known(event), *[key for key in its if runs[key] != event.boot])
            case _:
                pass
    return [*done, *running.values()]


def _from_reports(
    site: str,
    reports: Iterable[tuple[queries.Alert, datetime]],
    raised: Iterable[AlertState],
    events: Iterable[LoggedEvent],
) -> list[Spell]:
    """Spells of what was reported: until its alert was over or seen, the building was secured, or a day had gone by.
    That its code was switched off ended nothing."""
    over: dict[AlertKey, list[AlertState]] = {}
    for each in raised:
        over.setdefault(each.key, []).append(each)
    secured = [
        (event.edge, _known(event))
        for event, data in _read(events)
        if isinstance(data, ClosingData) and data.stage is not ClosingStage.NOT_SECURED
    ]
    found = []
    for report, learned in reports:
        key = AlertKey(site=site, kind=report.kind, edge=report.edge, about=report.about)
        ends = [learned + LOOK_BACK]
        ends += [
            alert.over_since or alert.cleared_at
            for alert in over.get(key, ())
            if alert.cleared_at is not None and alert.begun_at <= learned < alert.cleared_at and not alert.switched_off
        ]
        if report.kind is AlertCode.NOT_SECURED:
            ends += [at for edge, at in secured if edge == report.edge and at > learned]
        found.append(
            Spell(key=key, text=report.text, since=report.at, known_at=learned, ends=min(ends), report=report.id)
        )
    return found


def _from_alerts(raised: Iterable[AlertState]) -> list[Spell]:
    """Spells of what is known from its alerts alone, such as Pis that were away."""
    known = set(settable()) - set(REPORTED) - _FROM_EVENTS
    return [
        Spell(
            key=each.key,
            text=each.text,
            since=each.since or each.begun_at,
            known_at=each.begun_at,
            ends=each.over_since or each.cleared_at,
        )
        for each in raised
        if each.kind in known
    ]


def _away(raised: Iterable[AlertState]) -> list[Away]:
    """When nothing new was known of edges, by their alerts."""
    return [
        Away(edge=edge, known_at=each.begun_at, ends=each.over_since or each.cleared_at)
        for each in raised
        if each.kind is AlertCode.OFFLINE
        for edge in each.members.split("\n")
    ]
