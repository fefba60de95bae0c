"""The ``[[counter]]``, ``[[mqtt_counter]]``, ``[[motion]]``, ``[[room_sensor]]``, ``[[wifi]]`` and ``[mqtt_sensors]``
tables of the configuration."""

from typing import Annotated, Literal

import msgspec

from edge.sensors.mqtt_devices.decode import TOPICS
from edge.sensors.one_beam import APART_S
from edge.system.pinout import InputPin, PinNumber, Positive
from edge.wire.ids import Slug

NO_NUL = r"^[^\x00]+$"
PathText = Annotated[str, msgspec.Meta(pattern=NO_NUL)]


class CounterConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Two light beams across an entrance. A person who breaks ``outer`` first and clears ``inner`` last has come in.
    Instead of them ``both_ways``: one beam, a mat or the output of a counter, active while somebody passes, whichever
    way; what follows within ``apart_s`` is of the same person."""

    id: Slug
    door: Slug | None = None
    outer: InputPin | None = None
    inner: InputPin | None = None
    both_ways: InputPin | None = None
    apart_s: Annotated[float, msgspec.Meta(ge=0, le=10)] = APART_S

    @property
    def inputs(self) -> dict[str, InputPin]:
        """Its inputs by key."""
        its = {"outer": self.outer, "inner": self.inner, "both_ways": self.both_ways}
        return {key: pin for key, pin in its.items() if pin is not None}


class MotionConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A PIR. Most drive their output high while they detect movement."""

    id: Slug
    zone: Slug
    pin: PinNumber
    active_high: bool = True


class RoomSensorConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A sensor of a room that is wired to this computer. Either ``device``, the folder in /sys that its kernel driver
    keeps for it, or ``contact``, which is closed while its window or cupboard is."""

    id: Slug
    device: PathText | None = None
    contact: InputPin | None = None


class WifiConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="format"):
    """Lists the stations that the WiFi of a zone serves; ``format`` says how."""

    id: Slug
    zone: Slug
    every_s: Positive = 60.0


Word = Annotated[str, msgspec.Meta(min_length=1, pattern=NO_NUL)]


class ListingConfig(WifiConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The output of ``command`` or the content of ``file``."""

    command: Annotated[tuple[Annotated[str, msgspec.Meta(pattern=NO_NUL)], ...], msgspec.Meta(min_length=1)] | None = (
        None
    )
    file: PathText | None = None


class IwConfig(ListingConfig, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="iw"):
    """As ``iw dev X station dump`` prints it."""


class HostapdConfig(ListingConfig, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="hostapd"):
    """As ``hostapd_cli all_sta`` prints it, which asks by hostapd's control interface."""


Oid = Annotated[str, msgspec.Meta(pattern=r"^\.?[0-2](\.[0-9]{1,10}){2,100}$")]


class SnmpConfig(WifiConfig, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="snmp"):
    """An SNMP agent: ``addresses`` is the column of a table with each station's address, in its values or at the start
    of its index; ``count`` is one or more numbers of stations, which are added. ``login_file``: version and login as in
    snmp.conf(5), so named."""

    host: Word
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 161
    login_file: PathText
    addresses: Oid | None = None
    address_in: Literal["value", "index"] = "value"
    count: Oid | None = None


class WebSourceConfig(WifiConfig, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Asked over HTTP. ``password``: read from ``password_file``. ``fingerprint``: SHA-256 of its certificate, if no
    authority has signed that."""

    url: Word
    username: Word
    password_file: PathText
    password: str = ""
    fingerprint: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Fa-f]{2}(:?[0-9A-Fa-f]{2}){31}$")] | None = None


class UbusConfig(WebSourceConfig, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="ubus"):
    """OpenWrt's ubus over HTTP. ``interfaces``: of its hostapd, such as ``phy0-ap0``."""

    interfaces: Annotated[tuple[Word, ...], msgspec.Meta(min_length=1)]


class UnifiConfig(WebSourceConfig, frozen=True, kw_only=True, forbid_unknown_fields=True, tag="unifi"):
    """A UniFi console or controller. ``access_points``: addresses of those in the zone; all without them."""

    site: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]+$")] = "default"
    access_points: tuple[Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}$")], ...] = ()


AnyWifiConfig = IwConfig | HostapdConfig | SnmpConfig | UbusConfig | UnifiConfig


def filter_trouble(text: str) -> str | None:
    """What is wrong with a topic filter (MQTT 5, 4.7); ``None`` if nothing is."""
    *levels, last = text.split("/")
    if "#" in levels or any(len(level) > 1 and {"+", "#"} & set(level) for level in (*levels, last)):
        return f"{text!r} is not a topic filter: + stands for one whole level, # for all levels from there, at the end"
    return None


def hears(name: str, topic: str) -> bool:
    """Whether the filter ``name`` takes messages on ``topic``, which may be a filter without # (MQTT 5, 4.7)."""
    wanted, levels = name.split("/"), topic.split("/")
    if wanted[-1] == "#":
        wanted, levels = wanted[:-1], levels[: len(wanted) - 1]
    return len(wanted) == len(levels) and all(a in ("+", b) for a, b in zip(wanted, levels, strict=True))


TopicFilter = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=NO_NUL)]


class MqttCounterConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A bought people counter that reports on ``topic`` of the broker of ``[mqtt_sensors]``. ``out_topic``: where it
    reports who went out, if on ``topic`` only who came in. ``line``: which line of a sensor that counts at several.
    ``swapped``: its in is out. ``both_ways``: it sends one total of all who pass, whichever way; ``total``: where in a
    JSON object that is, names with dots between; without it the message is a bare number."""

    id: Slug
    topic: TopicFilter
    out_topic: TopicFilter | None = None
    line: Annotated[str, msgspec.Meta(min_length=1, max_length=100)] | None = None
    door: Slug | None = None
    swapped: bool = False
    both_ways: bool = False
    total: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=NO_NUL)] | None = None

    @property
    def topics(self) -> tuple[str, ...]:
        return (self.topic,) if self.out_topic is None else (self.topic, self.out_topic)

    @property
    def source(self) -> str:
        """What it counts by: with another, counting begins again."""
        both_ways = "both ways" if self.both_ways else None
        return " ".join(filter(None, (self.topic, self.out_topic, self.line, self.total, both_ways)))

    def takes(self, topic: str) -> bool:
        return any(hears(each, topic) for each in self.topics)


class MqttSensorsConfig(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The building's own broker, to which Zigbee2MQTT, Shelly, Tasmota and ESPHome devices send. ``tls``: connect by
    TLS; ``ca_file`` holds the authority of the broker's certificate, without it those of the system are trusted;
    ``cert_file`` and ``key_file`` hold ours, if the broker wants one. ``password``, ``ca`` and ``login``, our key with
    its certificate, are read from files. ``topics``: the filters to listen to."""

    id: Slug = "mqtt-sensors"
    host: Annotated[str, msgspec.Meta(min_length=1, pattern=NO_NUL)] = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=1, le=65_535)] = 1883
    username: str | None = None
    password_file: PathText | None = None
    password: str | None = None
    tls: bool = False
    ca_file: PathText | None = None
    cert_file: PathText | None = None
    key_file: PathText | None = None
    ca: str | None = None
    login: str | None = None
    topics: Annotated[tuple[TopicFilter, ...], msgspec.Meta(min_length=1)] = TOPICS
