"""A broker on loopback as a child process: mosquitto with the files of ``deploy/``, or the embedded one."""

import os
import shutil
import sys
from pathlib import Path

from firmware_sim.child_process import Child, accepts

_IN_THE_WHEEL = Path(__file__).parent / "mosquitto"
DEPLOYED = _IN_THE_WHEEL if _IN_THE_WHEEL.is_dir() else Path(__file__).parents[1] / "deploy" / "mosquitto"


def mosquitto_program() -> str | None:
    """Where mosquitto is installed; Debian uses a folder outside an ordinary user's PATH."""
    return shutil.which("mosquitto", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"]))


def make_broker(folder: Path, port: int, *, embedded: bool = False, tls: Path | None = None) -> Child:
    """A broker on ``port`` with its files in ``folder``; ``embedded``: use the embedded one.
    ``tls``: the folder with the files of deploy's TLS listener; needs mosquitto."""
    program = None if embedded else mosquitto_program()
    argv = _embedded(folder, port) if program is None else _mosquitto(program, folder, port, tls)
    return Child("broker", argv, log=folder / "broker.log", ready=lambda: accepts(port))


def _mosquitto(program: str, folder: Path, port: int, tls: Path | None) -> list[str]:
    data = folder / "mosquitto-data"
    data.mkdir(exist_ok=True)
    lines = [
        f"include_dir {DEPLOYED}",
        f"persistence_location {data}/",
        "log_dest stderr",
    ]
    if tls is None:
        lines += [f"listener {port} 127.0.0.1", "allow_anonymous true"]
    else:
        deployed = (
            (DEPLOYED / "listeners" / "tls.conf").read_text().replace("listener 8883", f"listener {port} 127.0.0.1")
        )
        lines += deployed.replace("/etc/mosquitto/hallkeeper", str(tls)).splitlines()
    if os.getuid() == 0:
        lines.append("user root")
    conf = folder / "mosquitto.conf"
    conf.write_text("\n".join(lines) + "\n")
    return [program, "-c", str(conf)]


def _embedded(folder: Path, port: int) -> list[str]:
    # rumqttd's own format; v5 has a listener of its own, and everybody here speaks MQTT 5.
    conf = folder / "iotcore.toml"
    conf.write_text(
        f"""\
id = 0

[router]
id = 0
max_connections = 100
max_outgoing_packet_count = 200
max_segment_size = 10485760
max_segment_count = 10

[v5.1]
name = "hallkeeper"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1

[v5.1.connections]
connection_timeout_ms = 60000
max_payload_size = 1048576
max_inflight_count = 100
dynamic_filters = true
"""
    )
    # It calls every packet an error: only silence keeps its log small.
    return [sys.executable, "-m", "iotcore", "--config", str(conf), "--log-level", "CRITICAL"]
