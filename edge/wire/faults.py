"""The faults of an edge: each has a code, and one catalogue says what it is and what to do.

A fault is identified by its code, its device and its part; the wording may change. Events, states and alerts carry
codes.
"""

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from edge.wire.broker_link import Trouble


class FaultCode(StrEnum):
    """What is wrong with a device."""

    LOCK_DISOBEYS = "lock_disobeys"
    LOCK_NOT_RELEASED = "lock_not_released"
    LOCK_NOT_LOCKED = "lock_not_locked"
    LOCK_SENSOR_CONTRADICTS = "lock_sensor_contradicts"
    CONTACT_NEVER_OPEN = "contact_never_open"
    EXIT_BUTTON_STUCK = "exit_button_stuck"
    GLASS_BROKEN = "glass_broken"
    DOOR_STANDS_OPEN = "door_stands_open"
    DOOR_FORCED = "door_forced"
    INPUT_CHATTERS = "input_chatters"
    OUTPUT_ASTRAY = "output_astray"
    BEAM_BLOCKED = "beam_blocked"
    BEAM_DEAD = "beam_dead"
    BEAM_FLICKERS = "beam_flickers"
    BEAMS_SILENT = "beams_silent"
    BEAMS_SWAPPED = "beams_swapped"
    COUNTER_SILENT = "counter_silent"
    PIR_STUCK = "pir_stuck"
    TAMPER_OPEN = "tamper_open"
    READER_CUT_OFF = "reader_cut_off"
    READER_SILENT = "reader_silent"
    READER_WRONG_KEY = "reader_wrong_key"
    READER_UNENCRYPTED = "reader_unencrypted"
    READER_TAMPERED = "reader_tampered"
    READER_POWER = "reader_power"
    READER_INSTALL_MODE = "reader_install_mode"
    READER_UNREADABLE = "reader_unreadable"
    SERIAL_UNREADABLE = "serial_unreadable"
    KEY_STUCK = "key_stuck"
    LINE_HELD_LOW = "line_held_low"
    STATIONS_UNREADABLE = "stations_unreadable"
    STATIONS_REFUSED = "stations_refused"
    SENSORS_CUT_OFF = "sensors_cut_off"
    SENSOR_UNREADABLE = "sensor_unreadable"
    SOUND_NOT_PLAYED = "sound_not_played"
    CLOCK_DISPUTED = "clock_disputed"
    BATTERY_CLOCK_MISSING = "battery_clock_missing"
    BATTERY_CLOCK_WRONG = "battery_clock_wrong"
    DISK_REFUSES = "disk_refuses"
    DISK_NEARLY_FULL = "disk_nearly_full"
    OUTBOX_NEARLY_FULL = "outbox_nearly_full"
    STATE_NOT_KEPT = "state_not_kept"
    FILE_DAMAGED = "file_damaged"
    OUTBOX_LOST = "outbox_lost"
    OUTBOX_TORN = "outbox_torn"
    OUTBOX_GAP = "outbox_gap"
    PLAN_DAMAGED = "plan_damaged"
    IDENTITY_REFUSED = "identity_refused"


class FaultText(msgspec.Struct, frozen=True):
    """``text``: what is wrong, with ``{part}`` for one of several parts; ``hint``: what to do."""

    text: str
    hint: str


_WIRE = "look for a loose wire"
_CARD = "`hallkeeper doctor` on the Pi says why; replace a worn SD card while the edge is connected"
CATALOGUE: dict[FaultCode, FaultText] = {
    FaultCode.LOCK_DISOBEYS: FaultText(
        "the lock does not respond", "look for a short at the relay's pin, and for another program that drives it"
    ),
    FaultCode.LOCK_NOT_RELEASED: FaultText(
        "the lock does not release", "check the relay, its supply and the bolt, which may be jammed"
    ),
    FaultCode.LOCK_NOT_LOCKED: FaultText(
        "the lock does not hold",
        "check whether the relay is stuck and the bolt meets its strike plate; the door may be unlocked",
    ),
    FaultCode.LOCK_SENSOR_CONTRADICTS: FaultText(
        "the lock sensor says locked while the contact says open",
        "one of the two is wrong: look at the contact's magnet and at the sensor's wires",
    ),
    FaultCode.CONTACT_NEVER_OPEN: FaultText(
        "the contact says closed while people pass",
        "look for a short in the contact's wires and a magnet that has come off the frame",
    ),
    FaultCode.EXIT_BUTTON_STUCK: FaultText(
        "the exit button is stuck",
        "free the button, or look for a short in its wires; the door stays unlocked until then",
    ),
    FaultCode.GLASS_BROKEN: FaultText(
        "its break-glass unit or the unit's wire is broken",
        "replace the glass, or repair the wire to the unit; the door stays unlocked until then",
    ),
    FaultCode.DOOR_STANDS_OPEN: FaultText(
        "it is held open", "close the door; if it is closed, check the contact's magnet and wires"
    ),
    FaultCode.DOOR_FORCED: FaultText(
        "it was forced open",
        "go there and close the door; if it is closed, check the contact's magnet and wires",
    ),
    FaultCode.INPUT_CHATTERS: FaultText("{part} chatters", _WIRE),
    FaultCode.OUTPUT_ASTRAY: FaultText(
        "an output does not have the level that was set: pin {part}",
        "look for a short at that pin, and for another program that drives it",
    ),
    FaultCode.BEAM_BLOCKED: FaultText(
        "the {part} beam is blocked", "remove the obstacle, clean it, or align it with its receiver"
    ),
    FaultCode.BEAM_DEAD: FaultText(
        "the {part} beam is never broken while the other is",
        "look at its wires and receiver; nobody is counted until then",
    ),
    FaultCode.BEAM_FLICKERS: FaultText(
        "the {part} beam flickers", "shade its receiver from the sun, and look for a loose wire"
    ),
    FaultCode.BEAMS_SILENT: FaultText(
        "no beam is broken although the door is opened",
        "look at the supply of the beams and their receivers; nobody is counted until then",
    ),
    FaultCode.BEAMS_SWAPPED: FaultText(
        "most of the day more people had gone out than come in",
        "let one person come in: if that counts as going out, swap `outer` and `inner` in edge.toml"
        " (`swapped = true` for a counter over MQTT); counts stay as they are",
    ),
    FaultCode.COUNTER_SILENT: FaultText(
        "it has reported nothing for three hours", "look at its power, its radio and `topic` in edge.toml"
    ),
    FaultCode.PIR_STUCK: FaultText("it has seen movement without a pause for 12 hours", "look at the PIR and its wire"),
    FaultCode.TAMPER_OPEN: FaultText("the tamper loop is open", "look whether a lid is off or the loop's wire is cut"),
    FaultCode.READER_CUT_OFF: FaultText("it is cut off", "look at the reader's cable; somebody may have taken it down"),
    FaultCode.READER_SILENT: FaultText("it does not answer", "look at its power, its cable and its address"),
    FaultCode.READER_WRONG_KEY: FaultText(
        "it does not know its key",
        "the reader may have been replaced: put it in install mode to give it its key again",
    ),
    FaultCode.READER_UNENCRYPTED: FaultText(
        "it has no Secure Channel", "use a reader that has one, or allow this one with `plain = true`"
    ),
    FaultCode.READER_TAMPERED: FaultText("it has been tampered with", "go and look at the reader"),
    FaultCode.READER_POWER: FaultText("its power supply fails", "look at the reader's power supply"),
    FaultCode.READER_INSTALL_MODE: FaultText(
        "install mode is on, so it can be given a key",
        "remove `install = true` from the configuration once it has its key",
    ),
    FaultCode.READER_UNREADABLE: FaultText("its device cannot be read", "look whether the reader is plugged in"),
    FaultCode.SERIAL_UNREADABLE: FaultText(
        "its serial line cannot be read", "look whether the adapter is plugged in and the device's name is right"
    ),
    FaultCode.KEY_STUCK: FaultText("a key is stuck", "free the key; the keypad reads nothing until then"),
    FaultCode.LINE_HELD_LOW: FaultText(
        "{part} is held low", "look for a short on that wire, and whether the reader has power"
    ),
    FaultCode.STATIONS_UNREADABLE: FaultText(
        "the station listing cannot be read",
        "look at the access point and at what lists its stations by edge.toml: command, file or address",
    ),
    FaultCode.STATIONS_REFUSED: FaultText(
        "the source of the station listing refuses the login",
        "look at `username` and `password_file` in edge.toml, and at the rights of that account",
    ),
    FaultCode.SENSORS_CUT_OFF: FaultText(
        "the broker of its sensors does not answer", "look whether that broker runs, and at [mqtt_sensors] in edge.toml"
    ),
    FaultCode.SENSOR_UNREADABLE: FaultText(
        "nothing can be read from it", "`hallkeeper doctor` on the Pi says why; look at its wires and its driver"
    ),
    FaultCode.SOUND_NOT_PLAYED: FaultText(
        "its sound cannot be played", "try the announcer's command by hand; look at the loudspeaker"
    ),
    FaultCode.CLOCK_DISPUTED: FaultText(
        "the time service disagrees with the time that the edge uses",
        "check which time service the Pi uses; the controller or the battery clock decides",
    ),
    FaultCode.BATTERY_CLOCK_MISSING: FaultText(
        "there is no battery clock, or it does not answer", "look whether the clock module is plugged in"
    ),
    FaultCode.BATTERY_CLOCK_WRONG: FaultText("the battery clock cannot be right", "look at its battery"),
    FaultCode.DISK_REFUSES: FaultText("the disk cannot be written, so events are held in memory", _CARD),
    FaultCode.DISK_NEARLY_FULL: FaultText(
        "less than 100 MB of the disk are free", "remove what is not needed, or fit a larger card"
    ),
    FaultCode.OUTBOX_NEARLY_FULL: FaultText(
        "the events that the controller has not stored take four fifths of their room on the disk",
        "see why they do not arrive, or raise `outbox_mb` in edge.toml; when it is full, some are dropped",
    ),
    FaultCode.STATE_NOT_KEPT: FaultText("{part} cannot be stored on disk", _CARD),
    FaultCode.FILE_DAMAGED: FaultText(
        "{part} on disk cannot be used", "its content starts again; if it happens again, replace the SD card"
    ),
    FaultCode.OUTBOX_LOST: FaultText(
        "the outbox on disk cannot be used, so a new log begins", "if it happens again, replace the SD card"
    ),
    FaultCode.OUTBOX_TORN: FaultText(
        "the outbox ended in a torn record, which was cut off", "nothing: that is what a power cut leaves"
    ),
    FaultCode.OUTBOX_GAP: FaultText("events {part} of the outbox cannot be read", "replace the card"),
    FaultCode.PLAN_DAMAGED: FaultText(
        "the plan on disk cannot be used", "nothing while the edge is connected: the controller sends it again"
    ),
    FaultCode.IDENTITY_REFUSED: FaultText(
        "a new identity from the controller cannot be used", "`hallkeeper doctor` on the Pi says why"
    ),
}
_HINTS = {
    (FaultCode.INPUT_CHATTERS, "contact"): f"{_WIRE} and a magnet at the edge of its range",
    (FaultCode.INPUT_CHATTERS, "second_contact"): f"{_WIRE} and a magnet at the edge of its range",
    (FaultCode.INPUT_CHATTERS, "exit_button"): f"{_WIRE}; the door stays unlocked until then",
    (FaultCode.INPUT_CHATTERS, "break_glass"): f"{_WIRE}; the door stays unlocked until then",
    (FaultCode.INPUT_CHATTERS, "fire_line"): (
        f"{_WIRE} between the fire panel and the edge; it counts as fire until then"
    ),
}
OF_SENSORS: dict[str, FaultText] = {
    "messages": FaultText(
        "what its sensors send cannot be worked on", "`journalctl -u hallkeeper-edge` says which; report it"
    ),
    Trouble.UNTRUSTED: FaultText(
        "the certificate of its sensors' broker is of an authority that the edge does not trust",
        "put the authority of that broker into `ca_file` of [mqtt_sensors]",
    ),
    Trouble.EXPIRED: FaultText(
        "the certificate of its sensors' broker has ended, or has not begun",
        "renew it on that broker; check the clock of the Pi",
    ),
    Trouble.OTHER_NAME: FaultText(
        "the certificate of its sensors' broker is another host's",
        "write into `host` of [mqtt_sensors] a name or address that is in that certificate",
    ),
    Trouble.NO_TLS: FaultText(
        "TLS to the broker of its sensors fails", "look at `port` and `cert_file` of [mqtt_sensors], and at that broker"
    ),
    Trouble.LOGIN: FaultText(
        "the broker of its sensors refuses the login",
        "look at `username` and `password_file` of [mqtt_sensors], and at the rights of that login",
    ),
}
"""By part, what cuts the edge off from its sensors although their broker answers."""
_PARTS = {
    "contact": "the contact",
    "second_contact": "the second contact",
    "lock_sensor": "the lock sensor",
    "exit_button": "the exit button",
    "break_glass": "the break-glass",
    "fire_line": "the line",
    "reader_loop": "its loop",
    "tamper_loop": "the tamper loop",
    "lock_outs": "wrong tries",
    "alarm": "the state of the alarm",
    "fire_latch": "the fire latch",
    "offline_codes": "used offline codes",
}
"""Names of parts; others are shown unchanged."""


_CODES = frozenset(each.value for each in FaultCode)


class Fault(msgspec.Struct, frozen=True, order=True):
    """Which fault a device has. ``part``: which of several parts, a pin, a file; empty where there is but one."""

    code: FaultCode
    part: str = ""

    @property
    def text(self) -> str:
        return describe(self.code, self.part)

    @property
    def hint(self) -> str:
        return hint(self.code, self.part)


def describe(code: str, part: str = "") -> str:
    """What is wrong, as text; the code itself if it is not in the catalogue, for example of a newer edge."""
    if code not in _CODES:
        return f"fault {code} {part}".rstrip()
    if code == FaultCode.SENSORS_CUT_OFF and part in OF_SENSORS:
        return OF_SENSORS[part].text
    return CATALOGUE[FaultCode(code)].text.format(part=_PARTS.get(part, part))


def hint(code: str, part: str = "") -> str:
    """What to do about it; empty for a code that is not in the catalogue."""
    if code not in _CODES:
        return ""
    known = FaultCode(code)
    if known is FaultCode.SENSORS_CUT_OFF and part in OF_SENSORS:
        return OF_SENSORS[part].hint
    return _HINTS.get((known, part), CATALOGUE[known].hint)


def advise(device: str, code: str, part: str = "") -> str:
    """A sentence that names the device, what is wrong with it and what to do."""
    said = hint(code, part)
    return f"{device}: {describe(code, part)}" + (f" ({said})" if said else "")


def written(faults: Iterable[Fault]) -> str:
    """Faults as a device's state carries them, such as ``lock_not_released,input_chatters:contact``."""
    return ",".join(f"{each.code}:{each.part}".rstrip(":") for each in faults)


def read(state: str) -> list[tuple[str, str]]:
    """Code and part of each fault in a device's state, as ``written`` makes it."""
    found = (each.partition(":") for each in state.split(",") if each)
    return [(code, part) for code, _, part in found]
