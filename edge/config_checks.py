"""Checks across the parts of a configuration: ids and pins used once, references to doors that exist."""

from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from edge.alarm.config import AnnouncerConfig, AreaConfig, FireConfig, OutputConfig
from edge.doors.config import DoorConfig
from edge.errors import ConfigError
from edge.readers.config import OsdpConfig, ReaderConfig, UsbKeypadConfig, UsbScannerConfig
from edge.sensors.config import (
    AnyWifiConfig,
    CounterConfig,
    ListingConfig,
    MotionConfig,
    MqttCounterConfig,
    MqttSensorsConfig,
    RoomSensorConfig,
    SnmpConfig,
    WebSourceConfig,
    filter_trouble,
)
from edge.wire.allowed_values import is_host

_TABLES = {
    "doors": "door",
    "readers": "reader",
    "counters": "counter",
    "mqtt_counters": "mqtt_counter",
    "room_sensors": "room_sensor",
    "areas": "area",
}
_TABLES |= {"announcers": "announcer", "outputs": "output"}


SNMP_LOGIN = "snmp.conf"
_CONTACT = "Give the door a contact"


class ConfiguredDevices(msgspec.Struct, frozen=True, kw_only=True, rename=_TABLES):
    """The devices of a configuration file, by kind; a ``[[door]]`` table is one of ``doors``."""

    fire: FireConfig | None = None
    doors: tuple[DoorConfig, ...] = ()
    readers: tuple[ReaderConfig, ...] = ()
    counters: tuple[CounterConfig, ...] = ()
    mqtt_counters: tuple[MqttCounterConfig, ...] = ()
    motion: tuple[MotionConfig, ...] = ()
    room_sensors: tuple[RoomSensorConfig, ...] = ()
    wifi: tuple[AnyWifiConfig, ...] = ()
    mqtt_sensors: MqttSensorsConfig | None = None
    areas: tuple[AreaConfig, ...] = ()
    announcers: tuple[AnnouncerConfig, ...] = ()
    outputs: tuple[OutputConfig, ...] = ()


def check(path: Path, parts: ConfiguredDevices) -> None:
    """Raises ``ConfigError`` about ``path`` for the first key that conflicts with another."""
    taken = _Taken(path)
    for at, door in enumerate(parts.doors):
        _check_door(taken, f"door[{at}]", door)
    _check_interlocks(path, parts.doors)
    doors = {door.id for door in parts.doors}
    if parts.fire is not None:
        taken.name("fire.id", parts.fire.id)
        taken.pin("fire.loop", parts.fire.loop.pin)
    for at, reader in enumerate(parts.readers):
        _check_reader(taken, f"reader[{at}]", reader)
        taken.door(f"reader[{at}].door", reader.door, doors)
    for at, counter in enumerate(parts.counters):
        here = f"counter[{at}]"
        taken.name(f"{here}.id", counter.id)
        _check_counter(path, here, counter)
        for key, wired in counter.inputs.items():
            taken.pin(f"{here}.{key}", wired.pin)
        if counter.door is not None:
            taken.door(f"{here}.door", counter.door, doors)
    for at, motion in enumerate(parts.motion):
        taken.name(f"motion[{at}].id", motion.id)
        taken.pin(f"motion[{at}].pin", motion.pin)
    for at, sensor in enumerate(parts.room_sensors):
        _check_room_sensor(taken, f"room_sensor[{at}]", sensor)
    for at, wifi in enumerate(parts.wifi):
        _check_wifi(taken, f"wifi[{at}]", wifi)
    if parts.mqtt_sensors is not None:
        taken.name("mqtt_sensors.id", parts.mqtt_sensors.id)
        _check_sensors_login(path, parts.mqtt_sensors)
        for at, name in enumerate(parts.mqtt_sensors.topics):
            if (trouble := filter_trouble(name)) is not None:
                raise ConfigError(
                    path, f"mqtt_sensors.topics[{at}]", trouble, "Write it like zigbee2mqtt/# or +/online"
                )
    for at, counting in enumerate(parts.mqtt_counters):
        here = f"mqtt_counter[{at}]"
        taken.name(f"{here}.id", counting.id)
        if counting.door is not None:
            taken.door(f"{here}.door", counting.door, doors)
        for key, name in zip(("topic", "out_topic"), counting.topics, strict=False):
            if (trouble := filter_trouble(name)) is not None:
                raise ConfigError(path, f"{here}.{key}", trouble, "Write it like application/+/device/ID/event/up")
        _check_ways(path, here, counting)
        if parts.mqtt_sensors is None:
            raise ConfigError(path, here, "needs a broker to listen to", "Add [mqtt_sensors]")
    _check_areas(taken, parts)
    for at, announcer in enumerate(parts.announcers):
        _check_announcer(taken, f"announcer[{at}]", announcer)
    for at, output in enumerate(parts.outputs):
        taken.name(f"output[{at}].id", output.id)
        taken.pin(f"output[{at}].relay", output.relay.pin)
        for zone in output.zones:
            _check_watched(path, f"output[{at}].zones", zone, parts)


def _check_room_sensor(taken: "_Taken", here: str, sensor: RoomSensorConfig) -> None:
    taken.name(f"{here}.id", sensor.id)
    if (sensor.device is None) is (sensor.contact is None):
        raise ConfigError(taken.path, here, "needs either device or contact", "Keep one of the two")
    if sensor.contact is not None:
        taken.pin(f"{here}.contact", sensor.contact.pin)
    if sensor.device is not None:
        taken.device(f"{here}.device", sensor.device)
        if not Path(sensor.device).is_absolute():
            hint = "Write it like /sys/bus/i2c/devices/1-0062 or /sys/bus/w1/devices/28-0316a2799bf0"
            raise ConfigError(taken.path, f"{here}.device", f"{sensor.device!r} does not begin with /", hint)


def _check_sensors_login(path: Path, sensors: MqttSensorsConfig) -> None:
    here = "mqtt_sensors"
    for key, instead in (("password", "password_file"), ("ca", "ca_file"), ("login", "cert_file and key_file")):
        if getattr(sensors, key) is not None:
            raise ConfigError(path, f"{here}.{key}", "is not allowed here", f"Name its file with {instead}")
    files = [key for key in ("ca_file", "cert_file", "key_file") if getattr(sensors, key) is not None]
    if files and not sensors.tls:
        raise ConfigError(path, f"{here}.{files[0]}", "is for TLS only", "Set tls = true, and the port, mostly 8883")
    if (sensors.cert_file is None) is not (sensors.key_file is None):
        hint = "Name both files, or neither if the broker wants no certificate"
        raise ConfigError(path, here, "needs both cert_file and key_file, or neither", hint)


def _check_wifi(taken: "_Taken", here: str, wifi: AnyWifiConfig) -> None:
    taken.name(f"{here}.id", wifi.id)
    if isinstance(wifi, ListingConfig):
        if (wifi.command is None) is (wifi.file is None):
            raise ConfigError(taken.path, here, "needs either command or file", "Keep one of the two")
    elif isinstance(wifi, SnmpConfig):
        if (wifi.addresses is None) is (wifi.count is None):
            raise ConfigError(taken.path, here, "needs either addresses or count", "Keep one of the two")
        if not is_host(wifi.host):
            hint = "Write a host name such as ap.example.org, or an IP address"
            raise ConfigError(taken.path, f"{here}.host", f"{wifi.host!r} is not a host name or address", hint)
        if Path(wifi.login_file).name != SNMP_LOGIN:
            hint = f"Name the file {SNMP_LOGIN}, in a folder of its own: that is how snmpbulkwalk finds it"
            raise ConfigError(taken.path, f"{here}.login_file", f"{wifi.login_file!r} has another name", hint)
    else:
        _check_web_source(taken.path, here, wifi)


def _check_web_source(path: Path, here: str, wifi: WebSourceConfig) -> None:
    if wifi.password:
        raise ConfigError(path, f"{here}.password", "is not allowed here", "Name its file with password_file")
    try:
        url = urlsplit(wifi.url)
        good = url.scheme in ("http", "https") and is_host(url.hostname or "") and url.port != 0
    except ValueError:
        good = False
    if not good or url.username is not None or url.query or url.fragment or not wifi.url.isascii():
        hint = "Write it like https://router.example.org or http://192.168.1.1:8080"
        raise ConfigError(path, f"{here}.url", f"{wifi.url!r} is not the address of a web server", hint)
    if wifi.fingerprint is not None and url.scheme != "https":
        raise ConfigError(path, f"{here}.fingerprint", "only https has a certificate", "Remove it, or use https")


def _check_counter(path: Path, here: str, counter: CounterConfig) -> None:
    """Check that a counter has two beams, or one input for both ways."""
    if counter.inputs.keys() not in ({"outer", "inner"}, {"both_ways"}):
        what = "has not the inputs of a counter"
        hint = "Give it outer and inner, or both_ways alone for one beam that does not tell in from out"
        raise ConfigError(path, here, what, hint)


def _check_ways(path: Path, here: str, counter: MqttCounterConfig) -> None:
    """Check that a counter over MQTT that sends one total has no keys of one that sends two, and the reverse."""
    if counter.both_ways:
        its = {"out_topic": counter.out_topic, "line": counter.line, "swapped": counter.swapped or None}
        for key in (name for name, value in its.items() if value is not None):
            hint = f"Remove {key}, or both_ways if it sends who came in and who went out"
            raise ConfigError(path, f"{here}.{key}", "says which way people go, and both_ways that nobody knows", hint)
    elif counter.total is not None:
        raise ConfigError(path, f"{here}.total", "is for a counter of both ways", "Add both_ways = true, or remove it")


def _check_areas(taken: "_Taken", parts: ConfiguredDevices) -> None:
    """Check that every area is complete on this edge: its doors have contacts, and a PIR watches each of its rooms."""
    doors, counters = {door.id: door for door in parts.doors}, {counter.id: counter for counter in parts.counters}
    led: dict[str, str] = {}
    for at, area in enumerate(parts.areas):
        here = f"area[{at}]"
        taken.name(f"{here}.id", area.id)
        for key, wired in area.outputs().items():
            taken.pin(f"{here}.{key}", wired.pin)
        if area.tamper is not None:
            taken.pin(f"{here}.tamper", area.tamper.pin)
        for number, window in enumerate(area.windows):
            taken.name(f"{here}.windows[{number}].id", window.id)
            taken.pin(f"{here}.windows[{number}].contact", window.contact.pin)
        for door in area.doors:
            taken.door(f"{here}.doors", door, set(doors))
            if doors[door].contact is None:
                hint = "Give the door a contact, or remove it from the area"
                raise ConfigError(
                    taken.path,
                    f"{here}.doors",
                    f"{door!r} has no contact, so the alarm cannot know whether it is closed",
                    hint,
                )
        for counter in area.counters:
            if counter not in counters or counters[counter].door not in area.doors:
                hint = "Name a [[counter]] of this file at one of the area's doors"
                raise ConfigError(taken.path, f"{here}.counters", f"{counter!r} counts at none of its doors", hint)
            if counters[counter].both_ways is not None:
                what, hint = f"{counter!r} does not tell in from out", "Remove it: nobody can be counted out by it"
                raise ConfigError(taken.path, f"{here}.counters", what, hint)
        for zone in area.zones:
            _check_watched(taken.path, f"{here}.zones", zone, parts)
        for key, names in (("doors", area.doors), ("zones", area.zones)):
            for name in names:
                if (other := led.setdefault(f"{key}/{name}", here)) != here or names.count(name) > 1:
                    hint = "Name it once, in one area"
                    raise ConfigError(taken.path, f"{here}.{key}", f"{name!r} is named by {other} already", hint)


def _check_watched(path: Path, key: str, zone: str, parts: ConfiguredDevices) -> None:
    if zone not in {motion.zone for motion in parts.motion}:
        hint = "Give the zone a [[motion]] on this edge"
        raise ConfigError(path, key, f"no PIR watches {zone!r}", hint)


def _check_announcer(taken: "_Taken", here: str, announcer: AnnouncerConfig) -> None:
    taken.name(f"{here}.id", announcer.id)
    for key, wired in (("buzzer", announcer.buzzer), ("relay", announcer.relay)):
        if wired is not None:
            taken.pin(f"{here}.{key}", wired.pin)
    if sum(each is not None for each in (announcer.buzzer, announcer.relay, announcer.command)) != 1:
        raise ConfigError(
            taken.path, here, "needs one of buzzer, relay and command", "Write one [[announcer]] for each"
        )


def _check_door(taken: "_Taken", here: str, door: DoorConfig) -> None:
    taken.name(f"{here}.id", door.id)
    for key, pin in door.pins().items():
        taken.pin(f"{here}.{key}", pin)
    if (trouble := door_trouble(door)) is not None:
        key, problem, hint = trouble
        raise ConfigError(taken.path, f"{here}.{key}", problem, hint)


def door_trouble(door: DoorConfig) -> tuple[str, str, str] | None:
    """The key of a door that conflicts with another, the problem and the hint; ``None`` if all is well."""
    if door.lock == "maglock" and not door.fails_safe:
        return "fail", "a magnet does not hold without current", "Remove fail, or set it to safe"
    if door.feed == "closed" and not door.fails_safe:
        problem = "a fail-secure lock on a normally closed contact is released while no agent runs"
        return "feed", problem, "Wire it to the normally open contact, and set feed to open"
    if door.fire == "stay" and door.fails_safe:
        return "fire", "a fail-safe lock must release in a fire", "Remove fire, or set it to release"
    if door.fails_safe and door.rex is None:
        hint = "Fit an exit button that also cuts the lock's current; docs/wiring.md shows how"
        return "rex", "is missing: a fail-safe lock also holds the door from inside", hint
    if door.contact is None and door.second_contact is not None:
        return "second_contact", "there is no contact of the first leaf", "Give each leaf its contact"
    if door.contact is None and door.lock_sensor is not None:
        return "lock_sensor", "means nothing while it is not known whether the door is closed", _CONTACT
    if door.contact is None and door.interlock is not None:
        return "interlock", "cannot work while it is not known whether the door is closed", _CONTACT
    return None


def _check_interlocks(path: Path, doors: tuple[DoorConfig, ...]) -> None:
    """Check that every interlock has at least two doors."""
    named = [door.interlock for door in doors]
    for at, name in enumerate(named):
        if name is not None and named.count(name) < 2:
            hint = "Name it at the other door too; both doors must be on this edge"
            raise ConfigError(path, f"door[{at}].interlock", f"{name!r} has no other door", hint)


def _check_reader(taken: "_Taken", here: str, reader: ReaderConfig) -> None:
    taken.name(f"{here}.id", reader.id)
    for key, pin in reader.pins().items():
        taken.pin(f"{here}.{key}", pin)
    if isinstance(reader, UsbKeypadConfig | UsbScannerConfig):
        taken.device(f"{here}.device", reader.device)
    if isinstance(reader, OsdpConfig):
        taken.address(f"{here}.address", reader)
        if reader.key:
            raise ConfigError(taken.path, f"{here}.key", "is not allowed here", "Name its file with key_file")


class _Taken:
    """Tracks which key uses each id, pin, device and address."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._devices: dict[str, str] = {}
        self._lines: dict[str, OsdpConfig] = {}
        self._addresses: dict[tuple[str, int], str] = {}
        self._pins: dict[int, str] = {}
        self._ids: dict[str, str] = {}

    def pin(self, key: str, pin: int) -> None:
        if pin in self._pins:
            hint = "Give one of them another pin"
            raise ConfigError(self.path, key, f"pin {pin} is taken by {self._pins[pin]}", hint)
        self._pins[pin] = key

    def name(self, key: str, device: str) -> None:
        if device in self._ids:
            hint = "Give every device its own id"
            raise ConfigError(self.path, key, f"{device!r} is already {self._ids[device]}", hint)
        self._ids[device] = key

    def device(self, key: str, device: str) -> None:
        if device in self._devices:
            raise ConfigError(self.path, key, f"{device} is already {self._devices[device]}", "Name each device once")
        self._devices[device] = key

    def address(self, key: str, reader: OsdpConfig) -> None:
        """Check that readers on one serial line have the same speed and different addresses."""
        first = self._lines.setdefault(reader.port, reader)
        if first.baud != reader.baud:
            problem = f"{reader.id} and {first.id} have different speeds on {reader.port}"
            raise ConfigError(self.path, key.replace("address", "baud"), problem, "Set both readers to one speed")
        if (other := self._addresses.setdefault((reader.port, reader.address), key)) != key:
            hint = "Set one of the readers to another address"
            raise ConfigError(self.path, key, f"{reader.address} is already {other} on {reader.port}", hint)

    def door(self, key: str, door: str, doors: set[str]) -> None:
        if door not in doors:
            raise ConfigError(self.path, key, f"there is no door {door!r}", "Name a [[door]] of this file")
