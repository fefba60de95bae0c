"""Each broker that docs/brokers.md names does what its column there says: what Hallkeeper needs, and what else."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from firmware_sim.broker import make_broker
from firmware_sim.ports import free_port
from tests.contract.broker_traits import NEEDED, TRAITS, Restartable
from tests.contract.mqtt_clients import Refused
from tests.services.mosquitto import Broker
from tests.services.ports import answers
from tests.services.process import Service
from tests.services.rabbitmq import PortMapper, RabbitNode

DOCS = Path(__file__).parents[2] / "docs" / "brokers.md"
BROKERS = ("mosquitto", "embedded", "RabbitMQ")
MAIN = list(TRAITS)[:NEEDED][:6]
"""What make test asks of the first two."""


class Embedded:
    """The demo's own broker."""

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        argv = make_broker(folder, self.port, embedded=True).argv
        self._service = Service("embedded", argv, log=folder / "embedded.log", ready=lambda: answers(self.port))
        self.start, self.stop, self.kill = self._service.start, self._service.stop, self._service.kill

    def restart(self) -> None:
        self.stop()
        self.start()


@pytest.fixture(scope="module")
def shared_mosquitto(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restartable]:
    broker = Broker(tmp_path_factory.mktemp("mosquitto"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def shared_embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restartable]:
    broker = Embedded(tmp_path_factory.mktemp("embedded"))
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture(scope="module")
def shared_rabbitmq(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restartable]:
    folder = tmp_path_factory.mktemp("rabbitmq")
    mapper = PortMapper(folder)
    mapper.start()
    node = RabbitNode(folder / "node", mapper)
    node.start()
    yield node
    node.stop()
    mapper.stop()


def _table() -> dict[str, dict[str, bool]]:
    """What docs/brokers.md says of each broker, by line."""
    found: dict[str, dict[str, bool]] = {}
    for line in DOCS.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 1 + len(BROKERS) and set(cells[1:]) <= {"yes", "no"}:
            found[cells[0]] = {broker: cell == "yes" for broker, cell in zip(BROKERS, cells[1:], strict=True)}
    return found


def test_the_page_about_brokers_has_each_line_and_each_named_broker_does_what_is_needed() -> None:
    table = _table()
    assert list(table) == list(TRAITS)
    assert [trait for trait in list(TRAITS)[:NEEDED] if not all(table[trait].values())] == []


def _cases() -> Iterator[object]:
    for broker in BROKERS:
        for trait in TRAITS:
            quick = broker != "RabbitMQ" and trait in MAIN
            mark = pytest.mark.scale_full if broker == "RabbitMQ" else pytest.mark.cases_full
            yield pytest.param(broker, trait, marks=() if quick else mark)


@pytest.mark.parametrize(("broker", "trait"), list(_cases()))
async def test_a_broker_does_what_the_page_says(request: pytest.FixtureRequest, broker: str, trait: str) -> None:
    running: Restartable = request.getfixturevalue(f"shared_{broker.lower()}")
    try:
        does = await TRAITS[trait](running)
    except Refused:
        does = False
    assert does is _table()[trait][broker]
