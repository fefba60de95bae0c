"""Debian's RabbitMQ with the configuration of deploy/rabbitmq: one node, or three that form a cluster."""

import secrets
import shutil
import subprocess
from pathlib import Path

from firmware_sim.ports import free_port
from tests.services.broker_process import BrokerProcess
from tests.services.ports import answers
from tests.services.process import Service, ServiceFailed, program

CONF_DIR = Path(__file__).parents[2] / "deploy" / "rabbitmq"
_LIB = Path("/usr/lib/rabbitmq/bin")
_LOOPBACK = "127.0.0.1:1883"
_FILES = "/etc/rabbitmq/hallkeeper"


class PortMapper:
    """Erlang's epmd on a port of our own: by it nodes find each other. The system's own is not touched."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        argv = [program("epmd", package="rabbitmq-server"), "-port", str(self.port), "-address", "127.0.0.1"]
        self._service = Service("epmd", argv, log=folder / "epmd.log", ready=lambda: answers(self.port))

    def start(self) -> None:
        self._service.start()

    def stop(self) -> None:
        self._service.stop()


class RabbitNode(BrokerProcess):
    """One node on loopback ports of its own; keeps ports and data over kill and restart. ``tls``: the folder with the
    files that deploy's listener with TLS reads. ``more``: further lines of its settings."""

    def __init__(
        self, folder: Path, mapper: PortMapper, *, name: str = "rabbit", tls: Path | None = None, more: str = ""
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.name = f"{name}-{mapper.port}@localhost"
        settings = folder / "conf.d"
        settings.mkdir()
        shutil.copy(CONF_DIR / "hallkeeper.conf", settings / "10-hallkeeper.conf")
        listener = (CONF_DIR / "listeners" / ("loopback.conf" if tls is None else "tls.conf")).read_text()
        listener = listener.replace(_LOOPBACK, f"{self.host}:{self.port}").replace(
            "ssl.1 = 8883", f"ssl.1 = {self.port}"
        )
        (settings / "30-listener.conf").write_text(listener.replace(_FILES, str(tls)))
        (settings / "40-more.conf").write_text(more or "# nothing more\n")
        (folder / "enabled_plugins").write_text("[rabbitmq_mqtt].\n")
        advanced = (CONF_DIR / "listeners" / "advanced.config").read_text() if tls is not None else "[].\n"
        (folder / "advanced.config").write_text(advanced.replace(_FILES, str(tls)))
        self.environment = {
            "HOME": str(folder),
            "ERL_EPMD_PORT": str(mapper.port),
            "ERL_EPMD_ADDRESS": self.host,
            "RABBITMQ_NODENAME": self.name,
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_MNESIA_BASE": str(folder / "data"),
            "RABBITMQ_LOG_BASE": str(folder),
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_CONFIG_FILES": str(settings),
            "RABBITMQ_ADVANCED_CONFIG_FILE": str(folder / "advanced.config"),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(folder / "generated"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "enabled_plugins"),
            # One process, whose id is ours; without it a shell would stand between.
            "RABBITMQ_ALLOW_INPUT": "1",
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-noinput -kernel inet_dist_use_interface {127,0,0,1}",
        }
        self._service = Service(
            "rabbitmq",
            self._with("rabbitmq-server"),
            log=folder / "rabbitmq.log",
            ready=lambda: answers(self.port),
            patience_s=180.0,
        )

    def _with(self, name: str, *words: str) -> list[str]:
        """Debian's own scripts of these names become another user first; we want our own process, as ourselves."""
        environment = (f"{name}={value}" for name, value in self.environment.items())
        return ["/usr/bin/env", *environment, str(_LIB / name), *words]

    def control(self, *words: str) -> str:
        """What ``rabbitmqctl`` says for this node."""
        done = subprocess.run(
            self._with("rabbitmqctl", "-q", *words),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
        )
        if done.returncode:
            raise ServiceFailed(f"rabbitmqctl {' '.join(words)}: {done.stdout.strip()} {done.stderr.strip()}")
        return done.stdout

    def spawn(self) -> None:
        """As ``start``, and waits for nothing: the first start of a cluster's node ends with that of the others."""
        self._service.spawn()

    def answers(self) -> None:
        self._service.answers()


def cluster(folder: Path, mapper: PortMapper) -> list[RabbitNode]:
    """Three nodes, not started yet."""
    names = [f"rabbit{number}" for number in (1, 2, 3)]
    text = (CONF_DIR / "cluster.conf").read_text()
    for number, name in enumerate(names, 1):
        text = text.replace(f"rabbit@broker-{number}", f"{name}-{mapper.port}@localhost")
    cookie = secrets.token_hex(16)
    nodes = [RabbitNode(folder / name, mapper, name=name, more=text) for name in names]
    for node in nodes:
        file = node.folder / ".erlang.cookie"
        file.write_text(cookie)
        file.chmod(0o400)
    return nodes
