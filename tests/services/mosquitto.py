"""The real mosquitto with the configuration of deploy/mosquitto."""

import os
from pathlib import Path

from firmware_sim.ports import free_port
from tests.services.broker_process import BrokerProcess
from tests.services.ports import answers
from tests.services.process import Service, program

CONF_DIR = Path(__file__).parents[2] / "deploy" / "mosquitto"


class Broker(BrokerProcess):
    """mosquitto on a loopback port of its own; keeps port and persistence over kill and restart."""

    def __init__(self, folder: Path, *, tls: Path | None = None, more: str = "") -> None:
        """`tls`: the folder with the files that deploy's listener with TLS reads. Without: anybody, plainly. `more`:
        further lines for the listener."""
        self.port = free_port()
        conf = folder / "mosquitto.conf"
        data = folder / "mosquitto-data"
        data.mkdir()
        conf.write_text(
            f"include_dir {CONF_DIR}\n"
            f"persistence_location {data}/\n"
            f"log_dest stderr\n"
            + ("user root\n" if os.getuid() == 0 else "")
            + (f"listener {self.port} {self.host}\nallow_anonymous true\n" if tls is None else self._listener(tls))
            + more
        )
        self._service = Service(
            "mosquitto",
            [program("mosquitto", package="mosquitto"), "-c", str(conf)],
            log=folder / "mosquitto.log",
            ready=lambda: answers(self.port),
        )

    def _listener(self, files: Path) -> str:
        """deploy's own, but for its port and the place of the files."""
        text = (CONF_DIR / "listeners" / "tls.conf").read_text()
        return text.replace("listener 8883", f"listener {self.port} {self.host}").replace(
            "/etc/mosquitto/hallkeeper", str(files)
        )
