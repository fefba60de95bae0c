"""The catalogue of alerts: how serious each is, when it is raised and cleared, and what to do. Its wording may change;
the codes (``AlertCode``) may not."""

from datetime import timedelta
from enum import StrEnum

import msgspec

from controller.alerts.machine import Timing
from controller.telemetry.alert_codes import AlertCode
from edge.wire.faults import CATALOGUE as FAULTS
from edge.wire.faults import FaultCode


class Severity(StrEnum):
    """How soon somebody must look, the soonest first."""

    DANGER = "danger"
    """At once: people, or a building that anybody can enter. Nobody can snooze it."""
    SERIOUS = "serious"
    """Today: a door, a Pi or a plan does not do what it should."""
    MINOR = "minor"
    """When there is time: something is on record that has to be explained."""


class AlertKind(msgspec.Struct, frozen=True, kw_only=True):
    """``hint``: what to do. ``timing``: how long it must hold before it is raised, and be over before it is cleared."""

    severity: Severity
    hint: str
    timing: Timing


def _kind(severity: Severity, hint: str, *, raise_s: int = 0, clear_s: int = 0) -> AlertKind:
    timing = Timing(raise_after=timedelta(seconds=raise_s), clear_after=timedelta(seconds=clear_s))
    return AlertKind(severity=severity, hint=hint, timing=timing)


_DANGER, _SERIOUS, _MINOR = Severity
CATALOGUE: dict[AlertCode, AlertKind] = {
    AlertCode.FIRE: _kind(
        _DANGER, "doors are released; once it is safe, a key holder's code or card at any reader ends it"
    ),
    AlertCode.DURESS: _kind(_DANGER, "somebody was forced to open: call the police, and do not ring the building"),
    AlertCode.INTRUDER: _kind(_DANGER, "go there or send somebody; a valid entry or a command unsets the alarm"),
    AlertCode.FIRE_LATCHED: _kind(_DANGER, "a key holder's code or card at any reader ends it"),
    AlertCode.FORCED: _kind(_DANGER, FAULTS[FaultCode.DOOR_FORCED].hint),
    AlertCode.GLASS: _kind(_SERIOUS, FAULTS[FaultCode.GLASS_BROKEN].hint, clear_s=10),
    AlertCode.HELD: _kind(_SERIOUS, FAULTS[FaultCode.DOOR_STANDS_OPEN].hint, clear_s=10),
    AlertCode.NOT_SECURED: _kind(_SERIOUS, "go and look, or ask who was there last"),
    AlertCode.WITHHELD: _kind(
        _SERIOUS, "check that nobody is inside and everything is closed, then set it at the building"
    ),
    AlertCode.FAULT: _kind(_SERIOUS, "", raise_s=15, clear_s=60),
    AlertCode.LOCKOUT: _kind(
        _SERIOUS, "cards still work; a key holder's card lets the keypad accept codes again", clear_s=10
    ),
    AlertCode.TABLET_LOCKOUT: _kind(_SERIOUS, "go and look who is there; codes at the door itself still work"),
    AlertCode.OFFLINE: _kind(
        _SERIOUS,
        "if it has power, its doors go on by their last plan; look at its line and its power",
        raise_s=20,
        clear_s=60,
    ),
    AlertCode.CLOCK: _kind(_SERIOUS, "correct the controller's clock or its time service"),
    AlertCode.EDGE_CLOCK: _kind(
        _SERIOUS, "its battery clock must keep UTC: look with `timedatectl` and `hallkeeper doctor` on the Pi"
    ),
    AlertCode.UNKNOWN_PLAN: _kind(
        _SERIOUS, "its doors go on as they are, and get no other plan until this one has been fetched"
    ),
    AlertCode.PLAN_REFUSED: _kind(_SERIOUS, "its doors continue by the last plan; a newer agent may be needed"),
    AlertCode.RESTORED: _kind(_SERIOUS, "decide on this page what to keep"),
    AlertCode.NEW_LOG: _kind(
        _MINOR, "if nobody replaced its disk, look at the Pi: its card may have been exchanged or have failed"
    ),
    AlertCode.EVENTS_GONE: _kind(_MINOR, "its disk was full or is damaged: look at the Pi"),
    AlertCode.UNSTORABLE: _kind(_MINOR, "they are stored unchanged in quarantine; report it"),
    AlertCode.BROKER_FILLED: _kind(_MINOR, "check its Pi, or revoke it with `hallkeeper edge revoke`"),
}
"""The most serious first. For a fault the hint is in its text, since it depends on the fault."""
_ORDER = {code: number for number, code in enumerate(CATALOGUE)}


def rank(code: AlertCode) -> int:
    """Its place among all codes, the most serious first."""
    return _ORDER[code]


def hint_of(code: AlertCode) -> str:
    return CATALOGUE[code].hint
