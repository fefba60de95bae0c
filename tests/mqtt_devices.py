"""A table of what MQTT devices send and what must be read from it; the same holds of the published payloads."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from edge.sensors.mqtt_devices.decode import Decoder
from edge.sensors.report import Report

TABLE = Path(__file__).parent / "data" / "mqtt_devices" / "payloads.tsv"
ZONE = ZoneInfo("Europe/London")


class Row(msgspec.Struct, frozen=True):
    """``says``: ``device[#part] kind=value ...`` for each device, joined with `` | ``; ``-`` for nothing."""

    topic: str
    payload: str
    says: str
    source: str


def rows() -> list[Row]:
    _, *lines = TABLE.read_text(encoding="utf-8").splitlines()
    return [Row(*line.split("\t")) for line in lines]


def topic_of(published: dict[str, Any]) -> str:
    """The topic of a published payload. A converter's has none: Zigbee2MQTT sends it under the device's name."""
    named = str(published.get("topic") or f"zigbee2mqtt/{published.get('device', '')}")
    return named.replace("<topic_prefix>", "shellypresenceg4")


def read(topic: str, payload: Any) -> str:
    return spoken(Decoder(ZONE).decode(topic, json.dumps(payload).encode()))


def spoken(reports: Sequence[Report] | None) -> str:
    """Reports as a row of the table has them."""
    return " | ".join(filter(None, map(_spoken, reports or ()))) or "-"


def _spoken(report: Report) -> str:
    words = [f"{each.kind}={each.value:g}" for each in report.readings]
    facts = {"battery": report.battery, "low": report.battery_low, "link": report.link, "here": report.available}
    words += [f"{name}={_word(value)}" for name, value in facts.items() if value is not None]
    words += [f"aside={each}" for each in report.aside]
    words += sorted({f"at={each.at:%Y-%m-%dT%H:%M:%SZ}" for each in report.readings if each.at is not None})
    name = f"{report.device}#{report.part}" if report.part else report.device
    return f"{report.family}:{name} {' '.join(words)}" if words else ""


def _word(value: float | bool) -> str:
    return ("no", "yes")[value] if isinstance(value, bool) else f"{value:g}"
