"""The real mosquitto with the configuration of deploy/mosquitto."""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from firmware_sim.ports import free_port
from tests.services.ports import answers
from tests.services.process import Service, program

CONF_DIR = Path(__file__).parents[2] / "deploy" / "mosquitto"


class Broker:
    """mosquitto on a loopback port of its own; keeps port and persistence over kill and restart."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, users: Sequence[str] = ()) -> None:
        """`users`: who may sign in, each with the name as password, under deploy's ACL. Without: anybody."""
        self.port = free_port()
        conf = folder / "mosquitto.conf"
        data = folder / "mosquitto-data"
        data.mkdir()
        conf.write_text(
            f"include_dir {CONF_DIR}\n"
            f"persistence_location {data}/\n"
            f"log_dest stderr\n"
            f"listener {self.port} {self.host}\n"
            + ("user root\n" if os.getuid() == 0 else "")
            + (_with_accounts(folder, users) if users else "allow_anonymous true\n")
        )
        self._service = Service(
            "mosquitto",
            [program("mosquitto", package="mosquitto"), "-c", str(conf)],
            log=folder / "mosquitto.log",
            ready=lambda: answers(self.port),
        )

    @property
    def pid(self) -> int:
        return self._service.pid

    @property
    def log(self) -> Path:
        return self._service.log

    def start(self) -> None:
        """Listen; returns once it accepts connections."""
        self._service.start()

    def stop(self) -> None:
        """SIGTERM: retained messages are kept for the next start."""
        self._service.stop()

    def kill(self) -> None:
        """SIGKILL: what was not saved yet is gone, retained messages too."""
        self._service.kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze it: connections stay open, nothing is answered."""
        self._service.pause()

    def resume(self) -> None:
        self._service.resume()


def _with_accounts(folder: Path, users: Sequence[str]) -> str:
    passwords = folder / "mosquitto.passwd"
    passwords.touch(mode=0o600)
    command = program("mosquitto_passwd", package="mosquitto")
    for user in users:
        subprocess.run([command, "-b", str(passwords), user, user], check=True, capture_output=True)
    # The broker warns of rules that others can read, so it gets a copy that only it reads.
    rules = folder / "hallkeeper.acl"
    rules.touch(mode=0o600)
    rules.write_bytes((CONF_DIR / "hallkeeper.acl").read_bytes())
    return f"allow_anonymous false\npassword_file {passwords}\nacl_file {rules}\n"
