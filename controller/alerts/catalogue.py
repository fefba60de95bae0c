"""The catalogue of alerts: how serious each is, when it is raised and cleared, and what to do. Its wording may change;
the codes (``AlertCode``) may not."""

from datetime import timedelta
from enum import StrEnum

import msgspec

from controller.alerts.machine import AlertRule
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
    """``hint``: what to do. ``rule``: the usual one. ``longest``: the longest delays that a site may set; the usual
    ones are the shortest. ``may_be_off``: a site may do without it."""

    severity: Severity
    hint: str
    rule: AlertRule
    longest: AlertRule
    may_be_off: bool


_HOUR_S = 3600


def _kind(
    severity: Severity, hint: str, *, raise_s: int = 0, clear_s: int = 0, longest_s: int = 0, always: bool = False
) -> AlertKind:
    """``longest_s``: how long a site may put off raising it. ``always``: no site may do without it, since a danger
    could go unseen, or it is no site's own."""
    rule, longest = (
        AlertRule(raise_after=timedelta(seconds=raises), clear_after=timedelta(seconds=clears))
        for raises, clears in ((raise_s, clear_s), (max(raise_s, longest_s), max(clear_s, _HOUR_S) if clear_s else 0))
    )
    off = not always and severity is not Severity.DANGER
    return AlertKind(severity=severity, hint=hint, rule=rule, longest=longest, may_be_off=off)


_DANGER, _SERIOUS, _MINOR = Severity
CATALOGUE: dict[AlertCode, AlertKind] = {
    AlertCode.FIRE: _kind(
        _DANGER, "doors are released; once it is safe, a key holder's code or card at any reader ends it"
    ),
    AlertCode.DURESS: _kind(_DANGER, "somebody was forced to open: call the police, and do not ring the building"),
    AlertCode.INTRUDER: _kind(_DANGER, "go there or send somebody; a valid entry or a command unsets the alarm"),
    AlertCode.FIRE_LATCHED: _kind(_DANGER, "a key holder's code or card at any reader ends it"),
    AlertCode.FORCED: _kind(_DANGER, FAULTS[FaultCode.DOOR_FORCED].hint),
    AlertCode.PRESENT: _kind(
        _SERIOUS, "ask who is there; where nobody may be, go there with somebody, or call the police"
    ),
    AlertCode.OVER_CAPACITY: _kind(
        _SERIOUS,
        "let nobody else in, and ask some to leave; if it is wrong, count and correct the number on *Now*",
        raise_s=120,
        clear_s=600,
        longest_s=_HOUR_S,
    ),
    AlertCode.GLASS: _kind(_SERIOUS, FAULTS[FaultCode.GLASS_BROKEN].hint, clear_s=10, longest_s=600),
    AlertCode.HELD: _kind(_SERIOUS, FAULTS[FaultCode.DOOR_STANDS_OPEN].hint, clear_s=10, longest_s=_HOUR_S),
    AlertCode.LEFT_UNLOCKED: _kind(
        _SERIOUS,
        "go and lock it, or see what keeps it unlocked: its exit button, its lock, a command",
        raise_s=600,
        clear_s=10,
        longest_s=_HOUR_S,
    ),
    AlertCode.NOT_SECURED: _kind(_SERIOUS, "go and look, or ask who was there last", longest_s=_HOUR_S),
    AlertCode.WITHHELD: _kind(
        _SERIOUS,
        "check that nobody is inside and everything is closed, then set it at the building",
        raise_s=300,
        clear_s=60,
        longest_s=_HOUR_S,
        always=True,
    ),
    AlertCode.FAULT: _kind(_SERIOUS, "", raise_s=15, clear_s=60, longest_s=_HOUR_S, always=True),
    AlertCode.LET_INS: _kind(
        _SERIOUS, "look at the camera or go there: members must not let others in; ask for staffed hours if it goes on"
    ),
    AlertCode.LOCKOUT: _kind(
        _SERIOUS, "cards still work; a key holder's card lets the keypad accept codes again", clear_s=10, longest_s=600
    ),
    AlertCode.TABLET_LOCKOUT: _kind(_SERIOUS, "go and look who is there; codes at the door itself still work"),
    AlertCode.OFFLINE: _kind(
        _SERIOUS,
        "if it has power, its doors go on by their last plan; look at its line and its power",
        raise_s=60,
        clear_s=60,
        longest_s=_HOUR_S,
        always=True,
    ),
    AlertCode.CLOCK: _kind(_SERIOUS, "correct the controller's clock or its time service", always=True),
    AlertCode.EDGE_CLOCK: _kind(
        _SERIOUS, "its battery clock must keep UTC: look with `timedatectl` and `hallkeeper doctor` on the Pi"
    ),
    AlertCode.BACKLOG: _kind(
        _SERIOUS,
        "its line may be too slow, or something refuses its events: look at quarantine and at its log",
        raise_s=900,
        clear_s=300,
        longest_s=4 * _HOUR_S,
    ),
    AlertCode.DISK: _kind(
        _SERIOUS,
        "remove what is not needed from its disk; of an outbox, see why its events do not arrive here",
        raise_s=300,
        clear_s=300,
        longest_s=4 * _HOUR_S,
    ),
    AlertCode.BACKUP: _kind(
        _SERIOUS, "what it says, then run `hallkeeper controller backup` on the controller's machine", always=True
    ),
    AlertCode.CERTIFICATE: _kind(
        _SERIOUS, "see whether its agent is up to date and online, which renews it; else enrol it again"
    ),
    AlertCode.UNKNOWN_PLAN: _kind(
        _SERIOUS, "its doors go on as they are, and get no other plan until this one has been fetched"
    ),
    AlertCode.PLAN_REFUSED: _kind(_SERIOUS, "its doors continue by the last plan; a newer agent may be needed"),
    AlertCode.RESTORED: _kind(_SERIOUS, "decide on this page what to keep"),
    AlertCode.UPDATE: _kind(
        _SERIOUS,
        "it runs what it ran before, and no other edge gets it; `hallkeeper controller updates list` says more",
    ),
    AlertCode.CO2: _kind(
        _MINOR, "air the room, or see to its ventilation", raise_s=600, clear_s=600, longest_s=4 * _HOUR_S
    ),
    AlertCode.SENSOR_BATTERY: _kind(_MINOR, "replace its battery", raise_s=_HOUR_S, clear_s=6 * _HOUR_S),
    AlertCode.SENSOR_SILENT: _kind(
        _MINOR,
        "look at its battery, its power and its distance from the receiver",
        raise_s=_HOUR_S,
        clear_s=60,
        longest_s=4 * _HOUR_S,
    ),
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
