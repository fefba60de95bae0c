"""A whole Zigbee2MQTT as a process, with a radio in memory (``radio.cjs``): the test says what its devices send."""

import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatch_build import NodeFolder, node
from tests.services.process import Service

FOLDER = Path(__file__).parent
LONG_AGO_MS = 1_600_000_000_000
"""When a device was last heard, so that it is offline until it sends something."""


@dataclass(frozen=True)
class Device:
    """``name``: as its messages name it; ``model`` and ``maker``: as it said when it joined."""

    ieee: str
    name: str
    model: str
    maker: str
    clusters: tuple[int, ...]
    heard_ms: int | None = None


class Zigbee2Mqtt:
    """What its devices send: ``report`` of attributes of a cluster, or a ``command``."""

    def __init__(self, radio: socket.socket) -> None:
        self._radio = radio

    def report(self, device: Device, cluster: str, **attributes: object) -> None:
        self._say(device, cluster=cluster, report=attributes)

    def command(self, device: Device, cluster: str, command: str, **payload: object) -> None:
        self._say(device, cluster=cluster, command=command, payload=payload)

    def leave(self, device: Device) -> None:
        self._say(device, leaves=True)

    def _say(self, device: Device, **said: Any) -> None:
        self._radio.sendall(json.dumps({"ieee": device.ieee, **said}).encode() + b"\n")
        assert self._radio.recv(100) == b"taken\n"


@contextmanager
def zigbee2mqtt(folder: Path, port: int, devices: tuple[Device, ...]) -> Iterator[Zigbee2Mqtt]:
    """Connected to the broker on ``port`` inside the block. Raises ``PagesNotBuilt`` where it cannot be fetched."""
    NodeFolder(FOLDER).install()
    data, where = folder / "zigbee2mqtt", folder / "radio"
    data.mkdir()
    short = {each.ieee: 0x1000 + number for number, each in enumerate(devices)}
    (data / "configuration.yaml").write_text(json.dumps(_settings(port, devices)))  # JSON is YAML
    (data / "database.db").write_text("".join(f"{json.dumps(row)}\n" for row in _rows(devices, short)))
    argv = [str(node()), "--require", str(FOLDER / "radio.cjs"), "cli.js"]
    environment = {"ZIGBEE2MQTT_DATA": str(data), "RADIO": str(where), "RADIO_DEVICES": json.dumps(short)}
    argv = ["env", *(f"{name}={value}" for name, value in environment.items()), *argv[:-1]]
    argv.append(str(FOLDER / "node_modules" / "zigbee2mqtt" / "cli.js"))
    log = folder / "zigbee2mqtt.log"
    service = Service("zigbee2mqtt", argv, log=log, ready=lambda: "Zigbee2MQTT started!" in log.read_text())
    service.start()
    try:
        with socket.socket(socket.AF_UNIX) as radio:
            radio.connect(os.fspath(where))
            yield Zigbee2Mqtt(radio)
    finally:
        service.stop()


def _settings(port: int, devices: tuple[Device, ...]) -> dict[str, Any]:
    return {
        "version": 5,
        "mqtt": {"server": f"mqtt://127.0.0.1:{port}", "base_topic": "zigbee2mqtt"},
        "serial": {"port": "/dev/null", "adapter": "ember"},
        "availability": {"enabled": True},
        "homeassistant": {"enabled": True},
        "ota": {"disable_automatic_update_check": True},
        "advanced": {
            "log_output": ["console"],
            "log_level": "info",
            "network_key": list(range(1, 17)),
            "pan_id": 6754,
            "ext_pan_id": [1, 2, 3, 4, 5, 6, 7, 8],
            "channel": 11,
        },
        "devices": {each.ieee: {"friendly_name": each.name} for each in devices},
    }


def _rows(devices: tuple[Device, ...], short: dict[str, int]) -> Iterator[dict[str, Any]]:
    """The database of a network whose devices joined some time ago."""
    yield _row(1, "Coordinator", "0x00124b0000000000", 0, ())
    for number, each in enumerate(devices, start=2):
        heard = {"lastSeen": each.heard_ms} if each.heard_ms is not None else {}
        about = {"modelId": each.model, "manufName": each.maker, "powerSource": "Battery"} | heard
        yield _row(number, "EndDevice", each.ieee, short[each.ieee], each.clusters) | about


def _row(number: int, kind: str, ieee: str, short: int, clusters: tuple[int, ...]) -> dict[str, Any]:
    endpoint = {"profId": 260, "epId": 1, "devId": 0, "inClusterList": clusters, "outClusterList": [], "clusters": {}}
    return {
        "id": number,
        "type": kind,
        "ieeeAddr": ieee,
        "nwkAddr": short,
        "manufId": 0,
        "epList": [1],
        "endpoints": {"1": endpoint | {"binds": [], "configuredReportings": [], "meta": {}}},
        "interviewCompleted": True,
        "meta": {"configured": 1},
    }
