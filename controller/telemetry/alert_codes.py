"""The codes of alerts. ``controller/alerts/catalogue.py`` says how serious each is and what to do; its wording may
change, the codes may not."""

from enum import StrEnum


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
    OVER_CAPACITY = "over_capacity"
    LEFT_UNLOCKED = "left_unlocked"
    BACKLOG = "backlog"
    CERTIFICATE = "certificate"
    CO2 = "co2"
    SENSOR_BATTERY = "sensor_battery"
