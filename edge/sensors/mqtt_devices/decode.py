"""Chooses the decoder of a message by its topic, and the shape of what arrives. Pure, but for what devices announce."""

from datetime import tzinfo

from edge.sensors.mqtt_devices import esphome, shelly, tasmota, zigbee2mqtt
from edge.sensors.report import Report

TOPICS = (
    "zigbee2mqtt/#",
    "tele/#",
    "stat/#",
    "+/status/#",
    "+/events/rpc",
    "+/online",
    "+/status",
    "+/sensor/+/state",
    "+/binary_sensor/+/state",
    "homeassistant/#",
)
"""What the four families publish by their own defaults."""


class Decoder:
    """Reads the messages of one broker. ``zone``: in which times without a zone are."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._announced = esphome.Announcements()

    def decode(self, topic: str, payload: bytes) -> tuple[Report, ...] | None:
        """What a message says of which devices. ``None`` for a topic of no known family."""
        if topic.startswith("homeassistant/"):
            return () if self._announced.take(topic, payload) else None
        if topic.startswith(zigbee2mqtt.BASE):
            return zigbee2mqtt.decode(topic, payload, self._zone)
        if topic.startswith(("tele/", "stat/")):
            return tasmota.decode(topic, payload, self._zone)
        found = esphome.decode(topic, payload, self._announced)
        return found if found is not None else shelly.decode(topic, payload, self._zone)
