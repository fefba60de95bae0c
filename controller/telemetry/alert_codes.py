"""The codes of alerts. ``controller/alerts/catalogue.py`` says how serious each is and what to do; its wording may
change, the codes may not."""

from enum import StrEnum

from edge.wire.faults import FaultCode


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
    UPDATE = "update"
    OFFLINE = "offline"
    CLOCK = "clock"
    EDGE_CLOCK = "edge_clock"
    OVER_CAPACITY = "over_capacity"
    LEFT_UNLOCKED = "left_unlocked"
    BACKLOG = "backlog"
    DISK = "disk"
    BACKUP = "backup"
    PRESENT = "present"
    LET_INS = "let_ins"
    SENSOR_SILENT = "sensor_silent"
    CERTIFICATE = "certificate"
    CO2 = "co2"
    SENSOR_BATTERY = "sensor_battery"


_FULL = (FaultCode.DISK_NEARLY_FULL, FaultCode.OUTBOX_NEARLY_FULL)


def code_of_fault(fault: str) -> AlertCode:
    """Which alert a fault of a device is."""
    return AlertCode.DISK if fault in _FULL else AlertCode.FAULT
