"""Debian's HAProxy with the configuration of deploy/rabbitmq, before the nodes of a cluster."""

from pathlib import Path

from firmware_sim.ports import free_port
from tests.services.ports import answers
from tests.services.process import Service, program
from tests.services.rabbitmq import CONF_DIR, PortMapper, cluster


class Proxy:
    """It leads to those of the ``ports`` of this machine that answer."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, ports: list[int]) -> None:
        self.port = free_port()
        text = (CONF_DIR / "haproxy.cfg").read_text().replace("bind :8883", f"bind {self.host}:{self.port}")
        for number, port in enumerate(ports, 1):
            text = text.replace(f"broker-{number}:8883", f"{self.host}:{port}")
        file = folder / "haproxy.cfg"
        file.write_text(text)
        argv = [program("haproxy", package="haproxy"), "-db", "-f", str(file)]
        self._service = Service("haproxy", argv, log=folder / "haproxy.log", ready=lambda: answers(self.port))

    def start(self) -> None:
        self._service.start()

    def stop(self) -> None:
        self._service.stop()


class Cluster:
    """Three nodes of RabbitMQ; ``host`` and ``port`` lead to one that answers."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._mapper = PortMapper(folder)
        self.nodes = cluster(folder, self._mapper)
        self._proxy = Proxy(folder, [node.port for node in self.nodes])
        self.host, self.port = self._proxy.host, self._proxy.port

    def start(self) -> None:
        """Returns once all three answer and are one cluster."""
        self._mapper.start()
        for node in self.nodes:
            node.spawn()
        for node in self.nodes:
            node.answers()
        self.nodes[0].control("await_online_nodes", str(len(self.nodes)))
        self._proxy.start()

    def stop(self) -> None:
        self._proxy.stop()
        for node in self.nodes:
            node.kill()
        self._mapper.stop()
