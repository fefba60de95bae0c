"""What holds now at some sites, by what their edges and devices last reported: the input of the machine.

Where many go at once there is one alert: an edge that is away stands for its devices, whose states are then unknown;
more than ``FEW`` edges of a site that are away, or devices of an edge with faults, are one together.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import and_, func, or_, select

from controller.alerts.machine import FALSE, UNKNOWN, AlertKey, Observation, Truth
from controller.alerts.standing import look_standing
from controller.db.engine import Tx
from controller.estate import repository as estate
from controller.estate.model import Site
from controller.estate.tables import doors, edges
from controller.plans import repository as plans
from controller.plans.restored import repository as restored
from controller.telemetry import queries, repository
from controller.telemetry.alert_codes import AlertCode, code_of_fault
from controller.telemetry.tables import device_states, edge_alerts, edge_states
from controller.telemetry.validation import read_data
from edge.wire.event_text import spoken
from edge.wire.events import ClosingData, ClosingStage
from edge.wire.faults import advise, describe
from edge.wire.faults import read as read_faults

LOOK_BACK = timedelta(hours=24)
"""For how long what was reported once stays an alert that nobody has seen."""
FEW = 3
"""Up to so many edges away, or devices with faults, are an alert each."""
_PLAN_ALERTS = (AlertCode.PLAN_REFUSED, AlertCode.UNKNOWN_PLAN)
MOMENTARY = (
    *(AlertCode.DURESS, AlertCode.INTRUDER, AlertCode.FORCED, AlertCode.TABLET_LOCKOUT),
    *(AlertCode.PRESENT, AlertCode.LET_INS),
    *(AlertCode.NEW_LOG, AlertCode.EVENTS_GONE, AlertCode.UNSTORABLE, AlertCode.BROKER_FILLED, AlertCode.EDGE_CLOCK),
    AlertCode.UPDATE,
)
REPORTED = (*MOMENTARY, *_PLAN_ALERTS, AlertCode.NOT_SECURED, AlertCode.WITHHELD, AlertCode.RESTORED)
"""What is known from reports; the rest is known from states."""
_GLASS = "is unlocked, since its break-glass unit is broken"
_STATES: Mapping[tuple[str, str], Mapping[str, tuple[AlertCode, str]]] = {
    ("fire", "state"): {
        "active": (AlertCode.FIRE, "fire alarm"),
        "latched": (AlertCode.FIRE_LATCHED, "the fire alarm is reset, and doors are still as in a fire"),
    },
    ("alarm", "state"): {"triggered": (AlertCode.INTRUDER, "intruder alarm")},
    ("door", "alarm"): {
        "forced": (AlertCode.FORCED, "was forced open"),
        "held": (AlertCode.HELD, "is held open"),
        "glass": (AlertCode.GLASS, _GLASS),
    },
}
"""Kind of device and name of a value -> the alert, and what somebody has to know in words."""
FROM_DEVICES = frozenset(
    {code for words in _STATES.values() for code, _ in words.values()}
    | {AlertCode.LOCKOUT, AlertCode.FAULT, AlertCode.LEFT_UNLOCKED, AlertCode.BACKLOG, AlertCode.DISK}
    | {AlertCode.SENSOR_SILENT}
)
"""What is not known while its Pi is away."""
_WITH_FAULT = '"fault":"'
_SITES_IN_QUERY = 200

Reports = Mapping[AlertKey, int]
"""The newest report of each that somebody has seen."""


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """``holds``: what is true. ``grouped``: what another stands for, or is not known at present. ``away``: edges of
    which nothing new is known, by site and edge, since when."""

    holds: dict[AlertKey, Observation]
    grouped: frozenset[AlertKey]
    away: dict[tuple[str, str], datetime | None]

    def of(self, key: AlertKey) -> Observation:
        """What is known of it."""
        if key in self.grouped:
            return UNKNOWN
        silent = key.kind in FROM_DEVICES and (key.site, key.edge) in self.away
        return self.holds.get(key, UNKNOWN if silent else FALSE)


class _Away(msgspec.Struct, frozen=True):
    edge: str
    name: str
    since: datetime | None


async def look(
    tx: Tx, sites: Mapping[str, Site], seen: Reports, now: datetime, crowds: Mapping[str, Observation] | None = None
) -> Conditions:
    """What holds at these sites. ``crowds``: whether sites are too full, which others are not; None where that is not
    known. A thousand quiet sites take as many statements as one."""
    away = await _away(tx, sites)
    since = {(site, each.edge): each.since for site, found in away.items() for each in found}
    devices = await _devices(tx, sites, since, now)
    holds = dict(devices)
    for site in await _with_reports(tx, sites, now - LOOK_BACK):
        for key, report in (await _reported(tx, sites[site], seen, now)).items():
            state = devices.get(key)
            holds[key] = (
                report if state is None else msgspec.structs.replace(report, since=state.since, momentary=False)
            )
    standing, unknown = await look_standing(tx, sites, since, now)
    holds |= standing
    grouped = group_faults(holds) | unknown
    silent = await _silent(tx, sites) if away else {}
    for site, found in away.items():
        grouped |= _hold_away(site, found, silent, holds)
    for site in sites:
        full = UNKNOWN if crowds is None else crowds.get(site, FALSE)
        key = AlertKey(site=site, kind=AlertCode.OVER_CAPACITY, edge="", about="")
        if full.truth is Truth.TRUE:
            holds[key] = full
        elif full.truth is Truth.UNKNOWN:
            grouped.add(key)
    return Conditions(holds=holds, grouped=frozenset(grouped), away=since)


def _held(
    text: str, since: datetime | None, *, known_to: datetime | None = None, members: Iterable[str] = ()
) -> Observation:
    return Observation(truth=Truth.TRUE, text=text[:500], since=since, known_to=known_to, members=frozenset(members))


async def _away(tx: Tx, sites: Mapping[str, Site]) -> dict[str, list[_Away]]:
    states = and_(edge_states.c.site == edges.c.site, edge_states.c.edge == edges.c.id)
    query = select(edges.c.site, edges.c.id, edges.c.name, edge_states.c.since).outerjoin(edge_states, states)
    query = query.where(edge_states.c.online.is_not(True)).order_by(edges.c.site, edges.c.id)
    if len(sites) <= _SITES_IN_QUERY:
        query = query.where(edges.c.site.in_(sites))
    found: defaultdict[str, list[_Away]] = defaultdict(list)
    for row in await tx.execute(query):
        if row.site in sites:
            found[row.site].append(_Away(row.id, row.name, row.since))
    return found


async def _silent(tx: Tx, sites: Mapping[str, Site]) -> dict[tuple[str, str], int]:
    """How many devices each edge that is away has, by site and edge."""
    c = device_states.c
    states = and_(edge_states.c.site == c.site, edge_states.c.edge == c.edge)
    query = select(c.site, c.edge, func.count()).outerjoin(edge_states, states)
    query = query.where(c.device != c.edge, edge_states.c.online.is_not(True))
    if len(sites) <= _SITES_IN_QUERY:
        query = query.where(c.site.in_(sites))
    return {(site, edge): number for site, edge, number in await tx.execute(query.group_by(c.site, c.edge))}


def _hold_away(
    site: str, found: list[_Away], silent: Mapping[tuple[str, str], int], holds: dict[AlertKey, Observation]
) -> set[AlertKey]:
    """Add a site's edges that are away, each with how many devices are ``silent`` with it; what one alert for all of
    them stands for."""
    keys = [AlertKey(site=site, kind=AlertCode.OFFLINE, edge=each.edge, about=each.edge) for each in found]
    if len(found) > FEW:
        since = sorted(each.since for each in found if each.since is not None)
        text = f"{len(found)} Pis are offline: {', '.join(each.name for each in found)}"
        key = AlertKey(site=site, kind=AlertCode.OFFLINE, edge="", about="")
        holds[key] = _held(text, since[0] if since else None, members=(each.edge for each in found))
        return set(keys)
    for key, each in zip(keys, found, strict=True):
        many = silent.get((site, each.edge), 0)
        its = f" with {many} devices" if many > FEW else ""
        text = f"{each.name}{its} is offline" if each.since else f"{each.name} has not reported yet"
        holds[key] = _held(text, each.since, members=[each.edge])
    return set()


async def _devices(
    tx: Tx, sites: Mapping[str, Site], away: Mapping[tuple[str, str], datetime | None], now: datetime
) -> dict[AlertKey, Observation]:
    """What the states of devices say. Of an edge that is away, as it was when it was last known."""
    kinds = {kind for kind, _ in _STATES}
    c = device_states.c
    door = and_(doors.c.site == c.site, doors.c.id == c.device)
    query = select(device_states, doors.c.name).outerjoin(doors, door)
    query = query.where(or_(c.kind.in_(kinds), c.state.contains(_WITH_FAULT, autoescape=True)))
    if len(sites) <= _SITES_IN_QUERY:
        query = query.where(c.site.in_(sites))
    found = {}
    for row in await tx.execute(query.order_by(c.site, c.edge, c.device)):
        if row.site not in sites:
            continue
        values = msgspec.json.decode(row.state, type=dict[str, str | int | float | bool | None])
        name = row.name or spoken(row.device)
        known_to = away.get((row.site, row.edge))
        for code, text, members in _said(row.kind, values, name, now):
            key = AlertKey(site=row.site, kind=code, edge=row.edge, about=row.device)
            since = _instant(values.get("not_counting_since")) if code is AlertCode.FAULT else None
            found[key] = _held(text, since or row.since, known_to=known_to, members=members)
    fire = {key.site for key in found if key.kind in {AlertCode.FIRE, AlertCode.FIRE_LATCHED}}
    return {key: each for key, each in found.items() if key.kind is not AlertCode.LEFT_UNLOCKED or key.site not in fire}


def _said(
    kind: str, values: Mapping[str, str | int | float | bool | None], name: str, now: datetime
) -> list[tuple[AlertCode, str, list[str]]]:
    """The alerts in the values of one device, with their texts and what they are of."""
    said: list[tuple[AlertCode, str, list[str]]] = []
    for (of, value_name), words in _STATES.items():
        value = values.get(value_name)
        if kind == of and isinstance(value, str) and value in words:
            code, text = words[value]
            said.append((code, f"{name} {text}" if kind == "door" else text.capitalize(), []))
    if kind == "door" and values.get("glass") is True and values.get("alarm") != "glass":
        said.append((AlertCode.GLASS, f"{name} {_GLASS}", []))  # a more serious alarm does not hide it
    faults = values.get("fault")
    if isinstance(faults, str) and (read := read_faults(faults[:400])):
        for alert in (AlertCode.FAULT, AlertCode.DISK):
            if its := [(code, part) for code, part in read if code_of_fault(code) is alert]:
                texts = [
                    advise(name, code, part) if alert is AlertCode.FAULT else f"{name}: {describe(code, part)}"
                    for code, part in its
                ]
                text = "; ".join(texts)
                said.append((alert, text, [f"{code}:{part}" for code, part in its]))
    unlocked = kind == "door" and values.get("lock") == "unlocked" and values.get("mode") in {"locked", "code"}
    if unlocked and AlertCode.GLASS not in {code for code, _, _ in said}:
        said.append((AlertCode.LEFT_UNLOCKED, f"{name} is unlocked, and should not be", []))
    if _later(values.get("codes_wait_until"), now):
        said.append((AlertCode.LOCKOUT, f"{name} accepts no codes for now: too many wrong ones were typed", []))
    return said


def _later(value: object, now: datetime) -> bool:
    """Whether a device reports an instant that is still to come."""
    moment = _instant(value)
    return moment is not None and moment > now


def _instant(value: object) -> datetime | None:
    """An instant in a device's state; ``None`` for anything else."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        return moment.astimezone(UTC) if moment is not None and moment.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def group_faults(holds: dict[AlertKey, Observation]) -> set[AlertKey]:
    """Put one alert in place of the faults of many devices of an edge; what it stands for."""
    faults = sorted(key for key in holds if key.kind is AlertCode.FAULT)
    many = Counter((key.site, key.edge) for key in faults)
    grouped = {key for key in faults if many[key.site, key.edge] > FEW}
    for (site, edge), number in many.items():
        if number <= FEW:
            continue
        its = [key for key in faults if (key.site, key.edge) == (site, edge)]
        names = ", ".join(spoken(key.about) for key in its)
        since = min((at for key in its if (at := holds[key].since) is not None), default=None)
        whole = AlertKey(site=site, kind=AlertCode.FAULT, edge=edge, about="")
        members = (f"{key.about} {each}" for key in its for each in holds[key].members)
        held = _held(f"{spoken(edge)}: {number} devices have faults at once: {names}", since, members=members)
        holds[whole] = msgspec.structs.replace(held, known_to=holds[its[0]].known_to)
    for key in grouped:
        del holds[key]
    return grouped


async def _with_reports(tx: Tx, sites: Mapping[str, Site], since: datetime) -> list[str]:
    here = edge_alerts.c.kind.in_(REPORTED) & (queries.alert_learned_at >= since)
    rows = await tx.execute(select(edge_alerts.c.site).where(here).distinct().order_by(edge_alerts.c.site))
    return [row.site for row in rows if row.site in sites]


async def _reported(tx: Tx, site: Site, seen: Reports, now: datetime) -> dict[AlertKey, Observation]:
    """The newest report of each code, edge and device that is not over: of a plan until the newest plan is applied, of
    a building until it is secured, of an alarm until it sets, of restored entries until all are decided, of anything
    else until somebody has seen it, or for 24 hours. Names replace ids."""
    there = await estate.site_edges(tx, site.id)
    names = {door.id: door.name for door in await estate.site_doors(tx, site.id)} | {
        edge.id: edge.name for edge in there
    }
    applied = {state.edge: state.applied_version for state in await repository.site_edge_states(tx, site.id)}
    newest = {edge.id: await plans.latest_version(tx, site.id, edge.id) for edge in there}
    secured = await _secured(tx, site.id)
    undecided = await restored.undecided(tx, site.id, now)
    withheld = {
        (edge, state.device) for edge, state in await queries.site_devices(tx, site.id) if state.values.get("withheld")
    }
    found: dict[AlertKey, Observation] = {}
    for each in await queries.newest_alerts(tx, site.id, kinds=REPORTED, learned_since=now - LOOK_BACK):
        key = AlertKey(site=site.id, kind=each.kind, edge=each.edge, about=each.about)
        over = (
            (each.kind is AlertCode.NOT_SECURED and each.edge in secured)
            or (each.kind is AlertCode.RESTORED and not undecided)
            or (each.kind is AlertCode.WITHHELD and (each.edge, each.about) not in withheld)
            or (each.edge and each.edge not in newest)
            or (each.kind in _PLAN_ALERTS and applied.get(each.edge) == newest.get(each.edge))
            or (each.kind in MOMENTARY and each.id <= seen.get(key, 0))
        )
        if over:
            continue
        rest = each.text.removeprefix(each.about)
        text = names.get(each.about, spoken(each.about)) + rest if rest != each.text else each.text
        found[key] = Observation(
            truth=Truth.TRUE, text=text, since=each.at, report=each.id, momentary=each.kind in MOMENTARY
        )
    return found


async def _secured(tx: Tx, site: str) -> set[str]:
    """Edges of which the newest that is known about closing is not that something is wrong."""
    newest: dict[str, bool] = {}
    for event in await queries.latest_events(tx, site, kinds=("closing",), limit=20):
        if isinstance(data := read_data(event.kind, event.data), ClosingData):
            newest.setdefault(event.edge, data.stage is not ClosingStage.NOT_SECURED)
    return {edge for edge, well in newest.items() if well}
