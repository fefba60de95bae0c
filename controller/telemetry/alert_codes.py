"""Alerts: each has a code, and one catalogue of hints says what to do. Its wording may
change; its code may not."""

from enum import StrEnum

from edge.wire.faults import CATALOGUE, FaultCode


class AlertCode(StrEnum):
    """Which alert it is; stored as ``kind``."""

    FIRE = "fire"
    FIRE_LATCHED = "fire_latched"
    DURESS = "duress"
    INTRUDER = "intruder"
    FORCED = "forced"
    GLASS = "glass"
    HELD = "held"
    LOCKOUT = "lockout"
    TABLET_LOCKOUT = "tablet_lockout"
    FAULT = "fault"
    WITHHELD = "withheld"
    NOT_SECURED = "not_secured"
    NEW_LOG = "new_log"
    EVENTS_GONE = "events_gone"
    UNSTORABLE = "unstorable"
    BROKER_FILLED = "broker_filled"
    PLAN_REFUSED = "plan_refused"
    UNKNOWN_PLAN = "unknown_plan"
    RESTORED = "restored"
    OFFLINE = "offline"
    CLOCK = "clock"
    EDGE_CLOCK = "edge_clock"


HINTS: dict[AlertCode, str] = {
    AlertCode.FIRE: "doors are released; once it is safe, a key holder's code or card at any reader ends it",
    AlertCode.FIRE_LATCHED: "a key holder's code or card at any reader ends it",
    AlertCode.DURESS: "somebody was forced to open: call the police, and do not ring the building",
    AlertCode.INTRUDER: "go there or send somebody; a valid entry or a command unsets the alarm",
    AlertCode.FORCED: CATALOGUE[FaultCode.DOOR_FORCED].hint,
    AlertCode.GLASS: CATALOGUE[FaultCode.GLASS_BROKEN].hint,
    AlertCode.HELD: CATALOGUE[FaultCode.DOOR_STANDS_OPEN].hint,
    AlertCode.LOCKOUT: "cards still work; a key holder's card lets the keypad accept codes again",
    AlertCode.TABLET_LOCKOUT: "go and look who is there; codes at the door itself still work",
    AlertCode.FAULT: "",
    AlertCode.WITHHELD: "check that nobody is inside and everything is closed, then set it at the building",
    AlertCode.NOT_SECURED: "go and look, or ask who was there last",
    AlertCode.NEW_LOG: "if nobody replaced its disk, look at the Pi: its card may have been exchanged or have failed",
    AlertCode.EVENTS_GONE: "its disk was full or is damaged: look at the Pi",
    AlertCode.UNSTORABLE: "they are stored unchanged in quarantine; report it",
    AlertCode.BROKER_FILLED: "check its Pi, or revoke it with `hallkeeper edge revoke`",
    AlertCode.PLAN_REFUSED: "its doors continue by the last plan; a newer agent may be needed",
    AlertCode.UNKNOWN_PLAN: "its doors go on as they are, and get no other plan until this one has been fetched",
    AlertCode.RESTORED: "decide on this page what to keep",
    AlertCode.OFFLINE: "if it has power, its doors go on by their last plan; look at its line and its power",
    AlertCode.EDGE_CLOCK: "its battery clock must keep UTC: look with `timedatectl` and `hallkeeper doctor` on the Pi",
    AlertCode.CLOCK: "correct the controller's clock or its time service",
}
"""What to do about each. For a fault the hint is in its text, since it depends on the fault."""
