"""When a door is known not to work for a booking, and when it is known to work again. Pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import msgspec

from controller.access.code_status import CodeState
from controller.platform.text import times
from edge.wire.faults import FaultCode, describe

AHEAD = timedelta(hours=4)
"""How long before they begin people are told."""
OFFLINE_FOR = timedelta(minutes=10)
"""How long an edge is offline before its doors count as in trouble."""
MISSING_FOR = timedelta(minutes=10)
"""How long a code is not on a door that is online."""
FAULT_FOR = timedelta(minutes=2)
ONLINE_FOR = timedelta(minutes=10)
"""How long an edge is online again before its doors count as working, so that one that comes and goes is told once."""
LOCK_FAULTS = frozenset({FaultCode.LOCK_DISOBEYS, FaultCode.LOCK_NOT_RELEASED})


class Condition(StrEnum):
    BROKEN = "broken"
    WORKS = "works"
    UNSURE = "unsure"
    """Too early to say: what people were told last stays so."""


class DoorReport(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a door. ``since``: when its edge went online or offline, or, if that is later, when we could see
    so. ``faults``: of its lock; ``reported_since``: since when the door reports what it reports."""

    door: str
    online: bool
    since: datetime
    faults: tuple[str, ...] = ()
    reported_since: datetime | None = None


class DoorTrouble(msgspec.Struct, frozen=True, kw_only=True):
    """A door as it is for one booking. ``at``: when it became known."""

    door: str
    name: str
    condition: Condition
    at: datetime
    text: str = ""


def door_trouble(
    report: DoorReport, name: str, code: CodeState, *, code_since: datetime, zone: ZoneInfo, now: datetime
) -> DoorTrouble:
    """``code``: whether the door has the booking's code, which is as it is now ``code_since`` then."""
    has_it = code is CodeState.ON
    if not report.online:
        at = report.since + OFFLINE_FOR
        since = times.at(report.since, zone, now=now)
        then = "Your code is on it, so it should open all the same." if has_it else "It does not have your code."
        text = f"{name} has not been heard of since {since}. {then}"
        return _known(report.door, name, at, text, now)
    faults = LOCK_FAULTS.intersection(report.faults)
    reported = report.reported_since or report.since
    if faults:
        return _known(report.door, name, reported + FAULT_FOR, f"{name}: {describe(min(faults), '')}.", now)
    if code in (CodeState.WAITING, CodeState.UNREACHABLE):
        at = max(report.since, code_since) + MISSING_FOR
        return _known(report.door, name, at, f"{name} does not have your code yet.", now)
    at = max(report.since + ONLINE_FOR, reported + FAULT_FOR)
    works = Condition.WORKS if at <= now else Condition.UNSURE
    return DoorTrouble(door=report.door, name=name, condition=works, at=at)


def _known(door: str, name: str, at: datetime, text: str, now: datetime) -> DoorTrouble:
    condition = Condition.BROKEN if at <= now else Condition.UNSURE
    return DoorTrouble(door=door, name=name, condition=condition, at=at, text=text)


def down_text(report: DoorReport, name: str, *, zone: ZoneInfo, now: datetime) -> str:
    """What staff are told about a door that does not work; empty for one that works."""
    if not report.online:
        since = times.at(report.since, zone, now=now)
        return f"{name} has not been heard of since {since}" if now - report.since >= OFFLINE_FOR else ""
    return f"{name} has a lock that does not do what it should" if LOCK_FAULTS.intersection(report.faults) else ""


def told_doors(found: Sequence[DoorTrouble], before: str) -> str:
    """The ids of the doors in trouble, as ``Told`` has them: those that are broken, and those told ``before`` of which
    it is too early to say."""
    known = {each.door for each in found if each.condition is Condition.BROKEN}
    unsure = {each.door for each in found if each.condition is Condition.UNSURE}
    return " ".join(sorted(known | (unsure & set(before.split()))))


def is_new(now: str, before: str) -> bool:
    """Whether a door is in trouble of which they were not told."""
    return not set(now.split()) <= set(before.split())


def what_to_do(found: Sequence[DoorTrouble], phone: str) -> str:
    """What is wrong, which other door to use, and whom to ring; empty where nothing is known to be wrong."""
    broken = [each for each in found if each.condition is Condition.BROKEN]
    if not broken:
        return ""
    others = [each.name for each in found if each.condition is Condition.WORKS]
    lines = [each.text for each in broken]
    lines += [f"Use {times.listed(others)} instead."] if others else []
    lines += [f"If you cannot get in, ring {phone}."] if phone else []
    return " ".join(lines)
